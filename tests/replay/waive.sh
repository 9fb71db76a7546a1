#!/bin/bash
# SPDX-License-Identifier: MIT
#
# filterctl waive where no filterd runs: which times it prints, whom it does not let pass, and what it says when filterd could not be
# asked. Needs no root; tests/system/waive.sh has it with filterd.
#
#   tests/replay/waive.sh BUILD     TAP
set -u

build=$(realpath "$1")
source=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/support/tap.sh
. "$source/tests/support/tap.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/policy"
cp -r "$source/config/policy/." "$work/policy/"
conf=$work/f.conf
file=$work/policy/waivers.policy
printf '%s\n' "[daemon]" "control = $work/control" "[policy]" "files = policy/kaspersky-us.policy" "waivers = policy/waivers.policy" >"$conf"
mac=3c:52:82:11:22:33

# waive ZONE ARGUMENT...: exit status and all that was said.
waive() {
	local said status=0

	said=$(TZ=$1 "$build/filterd/filterctl" waive -c "$conf" "${@:2}" 2>&1) || status=$?
	echo "$status $said"
}

# listed ZONE: when the only waiver ends.
listed() { waive "$1" --list | grep -o 'until [^ ]*' | cut -d ' ' -f 2; }

# New York's own rule, and no zone files needed.
york=EST5EDT,M3.2.0,M11.1.0

times() {
	waive UTC --until 2098-12-31T18:00:00-05:00 "$mac" "a test" >/dev/null
	tap_is "the end is said in local time, with its offset" "$(listed "$york")" 2098-12-31T18:00:00-05:00
	tap_is "in another zone, too" "$(listed "<+0530>-5:30")" 2099-01-01T04:30:00+05:30
	tap_is "in UTC with Z" "$(listed UTC)" 2098-12-31T23:00:00Z
	tap_ok "the file has it in UTC, whoever reads it" grep -qx "until = 2098-12-31T23:00:00Z" "$file"
	rm "$file"
	waive UTC --until "$(TZ=UTC date -d '2098-12-31 23:00Z' +%FT%TZ)" "$mac" "a test" >/dev/null
	waive UTC --until "$(listed "$york")" 192.0.2.7 "pasted" >/dev/null
	tap_is "what is printed is taken again as the same moment" "$(grep -c '^until = 2098-12-31T23:00:00Z$' "$file")" 2
	rm "$file"
	tap_like "a day that is over is said in it, too" "$(waive "$york" --until 2020-01-01 "$mac" x)" "^64 .*was at 2020-01-01T00:00:00-05:00, in the past;"
	tap_like "a zone that nobody knows is not taken for UTC" "$(waive Mars/Base --for 1h "$mac" x)" "^64 .*no such time zone"
	tap_like "nor for a list" "$(waive Mars/Base --list)" "^64 .*no such time zone"
	tap_ok "nothing was written" test ! -e "$file"
}

everybody() {
	for network in 0.0.0.0/0 192.0.2.7/0 128.0.0.0/1 10.0.0.0/7 ::/0 2000::/3 2001:db8::/31; do
		tap_like "$network is everybody, which is a pause" "$(waive UTC --for 1h "$network" x)" \
			"^64 .*'$network' covers practically everybody.*filterctl pause .*filterctl mode observe"
	done
	tap_ok "none is written" test ! -e "$file"
	for network in 10.0.0.0/8 2001:db8::/32 192.0.2.0/24 0.0.0.0 ::; do
		waive UTC --for 1h "$network" x >/dev/null
		tap_ok "$network is not" grep -qx "devices = ${network}" "$file"
	done
	rm "$file"
}

# 69: what is written is named, so that it can be taken away again, or looked for later.
not_asked() {
	local said name

	said=$(waive "$york" --until 2099-01-01 "$mac" "a test")
	name=$(waive UTC --list | cut -d ' ' -f 2)
	tap_like "filterd does not answer: who will pass, until when, by which name" "$said" \
		"^69 .*is written, but filterd does not answer .*waive: from then on $mac passes until 2099-01-01T00:00:00-05:00, waiver $name$"
	tap_like "and which one is taken away" "$(waive UTC --end "$name")" "^69 .*is written, .*waive: from then on waiver $name is removed$"
	tap_is "it is" "$(waive UTC --list)" "0 no waivers"
	rm "$file"
}

times
everybody
not_asked
tap_done
