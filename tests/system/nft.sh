#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The nft rules on a stock Debian kernel in an emulator: kernels without nft's queue expression cannot even check
# them. The cases run in the guest, tests/system/vm/guest.sh; this prepares it and passes on what it says.
set -u

build=$(realpath "${1:?which build folder? try: $0 build}")
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/support/tap.sh
. "$here/../support/tap.sh"

KERNEL_PACKAGE=linux-image-cloud-amd64
LIMIT_S=240             # the guest takes 20 s; a busy machine some times that

need() {
	command -v "$1" >/dev/null || tap_skip_all "$1 is missing; run: sudo ./scripts/install vm"
}

# The newest stock kernel, unpacked once a build folder.
fetch_kernel() {
	local folder=$1 package

	compgen -G "$folder/boot/vmlinuz-*" >/dev/null && return
	package=$(apt-cache depends "$KERNEL_PACKAGE" 2>/dev/null | awk '/Depends: linux-image/ { print $2; exit }')
	[ -n "$package" ] || return
	mkdir -p "$folder" && (cd "$folder" && apt-get download -q "$package" && dpkg -x "$package"_*.deb .) >/dev/null 2>&1
}

[ "$(uname -m)" = x86_64 ] || tap_skip_all "the emulator is set up for x86_64 only"
for program in qemu-system-x86_64 busybox cpio depmod nft dig dnsmasq; do
	need "$program"
done
fetch_kernel "$build/vm/kernel" || tap_skip_all "the Debian kernel package cannot be fetched"
version=$(ls "$build/vm/kernel/lib/modules")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$here/vm/initrd.sh" "$build" "$build/vm/kernel" "$version" "$work/initrd.gz" ||
	tap_bail "the guest's file system could not be made"

timeout -k 5 "$LIMIT_S" qemu-system-x86_64 -machine pc -accel tcg -cpu max -smp 1 -m 512 -display none -serial stdio \
	-monitor none -net none -no-reboot -kernel "$build/vm/kernel/boot/vmlinuz-$version" -initrd "$work/initrd.gz" \
	-append "console=ttyS0 quiet panic=-1 mitigations=off nokaslr" </dev/null 2>&1 | tr -d '\r' >"$work/console"
if ! grep -q '^1\.\.' "$work/console"; then
	tail -n 30 "$work/console" | sed 's/^/# /'
	tap_bail "the guest did not come to an end"
fi
grep -E '^(ok|not ok|1\.\.|# )' "$work/console"
! grep -q '^not ok' "$work/console"
