#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The owner's page as luci-app-filterd brings it to a router, in a real browser: the package's own files, by its own recipe, in a
# stand-in of LuCI (tests/support/luci.py) that asks the package's rights as rpcd does, and runs filterd-board.
#
#   tests/system/luci.sh BUILD            TAP; needs no root
#   SHOTS=DIR tests/system/luci.sh BUILD  keeps pictures there, to be looked at
set -u

source=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/support/tap.sh
. "$source/tests/support/tap.sh"
# shellcheck source=tests/support/openwrt/router.sh
. "$source/tests/support/openwrt/router.sh"

tap_need chromium busybox make python3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
router_at "$work"
ROUTER_FEED=$source/config/openwrt/luci-app-filterd router_recipe install - "$work/package" || tap_bail "the package could not be put together"
mkdir "$work/bin" "$work/state"
ln -s "$source/tests/support/filterctl_stand_in.py" "$work/bin/filterctl"
unset IPKG_INSTROOT
HOME=$work python3 "$source/tests/system/luci.py" "$work" "${SHOTS:-}" >"$work/said" 2>"$work/errors"
tap_merge "the page" "$work/said"
[ ! -s "$work/errors" ] || tail -n 20 "$work/errors" | sed 's/^/# /'
tap_done
