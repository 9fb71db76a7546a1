# shellcheck shell=bash disable=SC2154  # the script's variables
# SPDX-License-Identifier: MIT
#
# Part of tests/system/networks.sh: the same table with the rules of nft, on a stock Debian kernel in an emulator, with this machine's
# own files. FILTERD_KERNEL=PACKAGE takes another kernel: see tests/system/vm/emulator.sh.

LIMIT_S=500             # and so many for each network: some 40 s of processor time, which a busy machine takes long to give
LIMIT_EACH_S=180

# in_the_emulator VARIANT...
in_the_emulator() {
	local build=$DAEMON_BUILD

	# shellcheck source=tests/system/vm/emulator.sh
	. "$here/vm/emulator.sh"
	[ "$(id -u)" -eq 0 ] || tap_skip_all "only root can show all of this machine's files to the guest"
	vm_need "${LAB_PROGRAMS[@]}" jq iptables ip6tables
	vm_kernel
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	trap 'exit 130' INT TERM HUP
	mkdir "$work/job"
	cp "$build"/filterd/filter{d,ctl} "$work/job/" || tap_bail "there is no build"
	printf '%s\n' '#!/bin/bash' 'export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/' \
		'export NETWORKS_ANSWER_S=60 NETWORKS_AT_ONCE=1 NETWORKS_BACKEND=nft NETWORKS_MODULES=yes' \
		'ip link set lo up' 'mkdir -p /tmp/build/filterd && cp /job/filter{d,ctl} /tmp/build/filterd/' \
		"/src/tests/system/networks.sh /tmp/build $* >/job/said 2>/job/errors" 'busybox sync' 'busybox poweroff -f' >"$work/job/run"
	vm_files_initrd "$work/initrd.gz" <<-'I' || tap_bail "the guest's files could not be made"
		mount -t tmpfs run /root/run
		ln -s /proc/self/fd /root/dev/fd
		exec switch_root /root /bin/bash /job/run
	I
	vm_boot_files $((LIMIT_S + $# * LIMIT_EACH_S)) "$work/initrd.gz" "$work/console" "$(cd "$here/../.." && pwd)" "$work/job"
	cat "$work/job/said"
	if ! grep -q '^1\.\.' "$work/job/said"; then
		tail -n 30 "$work/console" "$work/job/errors" | sed 's/^/# /'
		tap_bail "the guest did not come to an end"
	fi
	! grep -q '^not ok' "$work/job/said"
}
