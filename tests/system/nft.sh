#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The nft rules on a stock Debian kernel in an emulator: kernels without nft's queue expression cannot even check
# them. The cases run in the guest, tests/system/vm/guest.sh; this prepares it and passes on what it says.
# FILTERD_KERNEL=PACKAGE takes another kernel: see tests/system/vm/emulator.sh.
set -u

build=$(realpath "${1:?which build folder? try: $0 build}")
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/support/tap.sh
. "$here/../support/tap.sh"
# shellcheck source=tests/system/vm/emulator.sh
. "$here/vm/emulator.sh"

LIMIT_S=1100            # 60 s of processor time, which a busy machine takes long to give

vm_need nft dig dnsmasq conntrack dash
vm_kernel
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$here/vm/initrd.sh" "$build" "$work/initrd.gz" || tap_bail "the guest's file system could not be made"
vm_boot "$LIMIT_S" 512 "$work/initrd.gz" "$work/console"
if ! grep -q '^1\.\.' "$work/console"; then
	tail -n 30 "$work/console" | sed 's/^/# /'
	tap_bail "the guest did not come to an end"
fi
grep -E '^(ok|not ok|1\.\.|# )' "$work/console"
! grep -q '^not ok' "$work/console"
