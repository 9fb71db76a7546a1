#!/bin/bash
# SPDX-License-Identifier: MIT
#
# A gateway as config/debian/README.md has it, on a stock Debian kernel with nft's queue: this machine's own files under that kernel, in an
# emulator, with a real service manager. The package is installed there, observes, enforces, is started anew under traffic,
# meets flow offloading with either remedy, and goes. The cases run in the guest, tests/system/appliance/guest.sh; this
# prepares it and passes on what it says.
# FILTERD_KERNEL=PACKAGE takes another kernel: see tests/system/vm/emulator.sh.
set -u

build=$(realpath "${1:?which build folder? try: $0 build}")
source=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/support/tap.sh
. "$source/tests/support/tap.sh"
# shellcheck source=tests/system/vm/emulator.sh
. "$source/tests/system/vm/emulator.sh"

LIMIT_S=1100            # 90 s of processor time, which a busy machine takes long to give

make_initrd() {
	vm_files_initrd "$work/initrd.gz" <<'I'
mount -t tmpfs dpkg /root/var/lib/dpkg
cp -r /root/job/dpkg/. /root/var/lib/dpkg/
rm -f /root/.dockerenv /root/usr/sbin/policy-rc.d
: >/root/etc/fstab
cp /root/job/appliance-test.service /root/etc/systemd/system/
# What no case is about, and takes time.
for unit in systemd-udevd.service systemd-udevd-control.socket systemd-udevd-kernel.socket systemd-udev-trigger.service \
	systemd-binfmt.service proc-sys-fs-binfmt_misc.automount systemd-hwdb-update.service systemd-pstore.service \
	systemd-journal-catalog-update.service systemd-timesyncd.service apparmor.service kmod-static-nodes.service \
	keyboard-setup.service console-setup.service modprobe@.service sys-kernel-debug.mount sys-kernel-tracing.mount \
	dev-hugepages.mount dev-mqueue.mount timers.target; do
	ln -sf /dev/null /root/etc/systemd/system/$unit
done
exec switch_root /root /lib/systemd/systemd --unit=appliance-test.service
I
}

# What dpkg knows in the guest: the packages that this one needs, with all that they need. A gateway has few others, and
# dpkg reads the files of all.
make_dpkg() {
	local deb=$work/job/filterd.deb into=$work/job/dpkg package names

	mkdir -p "$into"/{info,updates,triggers} && touch "$into"/{available,diversions,statoverride} || return
	names=$(dpkg-deb -f "$deb" Pre-Depends Depends | sed 's/^[A-Za-z-]*: //; s/([^)]*)//g; s/|[^,]*//g' | tr ',' '\n' | tr -d ' ')
	# shellcheck disable=SC2086  # words
	mapfile -t packages < <(apt-cache depends --recurse --installed --no-recommends --no-suggests --no-conflicts --no-breaks \
		--no-replaces --no-enhances init-system-helpers $names | grep -oE '^[a-z0-9][^ ]*' | sort -u)
	for package in "${packages[@]}"; do
		[ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || continue
		dpkg-query -s "$package" && echo
		cp /var/lib/dpkg/info/"$package"{.*,:*.*} "$into/info/" 2>/dev/null
	done >"$into/status"
	cp /var/lib/dpkg/info/format "$into/info/"
}

make_job() {
	mkdir "$work/job" && cp "$work/debs"/filterd_*.deb "$work/job/filterd.deb" && make_dpkg || return
	cat >"$work/job/appliance-test.service" <<-END
		[Unit]
		DefaultDependencies=no
		Requires=systemd-journald.service
		After=basic.target
		Wants=basic.target
		[Service]
		Type=oneshot
		ExecStart=/bin/bash /src/tests/system/appliance/guest.sh /job
		StandardOutput=file:/job/said
		StandardError=file:/job/errors
		ExecStopPost=/bin/systemctl --no-block --force poweroff
	END
}

boot() {
	: >"$work/job/said"
	vm_boot_files "$LIMIT_S" "$work/initrd.gz" "$work/console" "$source" "$work/job"
}

[ "$(id -u)" -eq 0 ] || tap_skip_all "only root can show all of this machine's files to the guest"
vm_need dpkg-buildpackage python3 nft dig dnsmasq nginx curl openssl jq conntrack
[ -x /lib/systemd/systemd ] || tap_skip_all "systemd is missing; run as root: scripts/install test"
vm_kernel
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
DEB_BUILD_OPTIONS=noautodbgsym "$source/scripts/package" deb "$work/debs" >"$work/built" 2>&1 ||
	{ sed 's/^/# /' "$work/built"; tap_bail "the package could not be made"; }
if ! make_initrd || ! make_job; then
	tap_bail "the guest's files could not be made"
fi
boot
cat "$work/job/said"
if ! grep -q '^1\.\.' "$work/job/said"; then
	tail -n 30 "$work/console" "$work/job/errors" | sed 's/^/# /'
	tap_bail "the guest did not come to an end"
fi
if grep -q '^not ok' "$work/job/said"; then
	tail -n 60 "$work/job/journal" "$work/job/errors" | sed 's/^/# /'
	exit 1
fi
