#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What meson asks for: the libraries of the parts that were chosen, and no other; and one version in all places that have one.
#
#   tests/replay/build.sh     TAP
set -u
source=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/support/tap.sh
. "$source/tests/support/tap.sh"

tap_need meson pkg-config gcc
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# What the OpenWrt package declares, but for Mbed TLS, of which not every version has a file for pkg-config.
ROUTER=(libmnl libnetfilter_queue libnfnetlink inih libcap-ng libseccomp libsodium)
GATEWAY=("${ROUTER[@]/libsodium/libcrypto}")
REVIEW=(zlib smartcols)

# configures MODULE... -- MESON_OPTION...: where no other library than these is known. What meson says is in $work/said.
configures() {
	local module

	rm -rf "$work/pc" "$work/build"
	mkdir "$work/pc"
	while [ "$1" != -- ]; do
		module=$(pkg-config --variable=pcfiledir "$1")/$1.pc
		cp "$module" "$work/pc/" || return
		shift
	done
	shift
	PKG_CONFIG_LIBDIR=$work/pc PKG_CONFIG_PATH='' meson setup "$work/build" "$source" "$@" >"$work/said" 2>&1 </dev/null
}

part() { sed -nE "s/^ *$1 *: (YES|NO)$/\1/p" "$work/said"; }

router_options() { sed -n 's/^MESON_ARGS+=//p' "$source/config/openwrt/filterd/Makefile"; }

for module in "${ROUTER[@]}" libcrypto "${REVIEW[@]}"; do
	pkg-config --exists "$module" || tap_skip_all "$module is missing; run as root: scripts/install unit"
done
# shellcheck disable=SC2046  # words
tap_ok "a router's package is configured with what it declares" configures "${ROUTER[@]}" -- $(router_options)
tap_is "and has no part that it does not want" "$(part audit) $(part replay) $(part zones) $(part tests)" "NO NO NO NO"
tap_ok "without a capture library there is a filter that reads no captures" configures "${GATEWAY[@]}" "${REVIEW[@]}" -- -Dreplay=auto
tap_is "which is said, and that there are no tests then" "$(part audit) $(part replay) $(part tests)" "YES NO NO"
configures "${GATEWAY[@]}" "${REVIEW[@]}" --
tap_like "who does not ask for less is told what is missing" "$? $(cat "$work/said")" '^1 .*"libpcap" not found'
configures "${GATEWAY[@]}" -- -Dreview=disabled -Dreplay=disabled -Dtests=enabled
tap_like "tests without the parts that they judge" "$? $(cat "$work/said")" "^1 .*the tests need review, replay and zones"

configures "${ROUTER[@]}" -- -Dreview=disabled -Dreplay=disabled
tap_like "a router's libraries do not do for who does not choose them" "$? $(cat "$work/said")" '^1 .*"libcrypto" not found'
configures "${GATEWAY[@]}" -- -Dcrypto=mbedtls -Dreview=disabled -Dreplay=disabled
tap_like "nor a gateway's for who chooses a router's" "$? $(cat "$work/said")" '^1 .*"libsodium" not found'

version=$(meson introspect --projectinfo "$source/meson.build" | sed -n 's/.*"version": "\([^"]*\)".*/\1/p')
tap_is "the list of changes begins with this version" "$(sed -n '1s/.*(\(.*\)).*/\1/p' "$source/config/debian/changelog")" "$version"
tap_is "OpenWrt's packages have it" "$(sed -n 's/^PKG_VERSION:=//p' "$source"/config/openwrt/*/Makefile | sort -u)" "$version"
tap_done
