#!/bin/bash
# SPDX-License-Identifier: MIT
#
# No DNS packet costs more than so many instructions, by callgrind.
#
#   costly_dns.sh COSTLY_DNS
set -u
# shellcheck source=tests/support/tap.sh
. "$(dirname "$0")/../support/tap.sh"

MOST=50000

tap_need valgrind
number=0
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
while read -r what; do
	cost=$(LD_BIND_NOW=1 valgrind --tool=callgrind --callgrind-out-file="$folder/out" --toggle-collect=costly_judge "$1" "$number" 2>&1 |
		sed -n 's/.*Collected : //p')
	tap_ok "$what: ${cost:-nothing was counted}" test "${cost:-0}" -gt 0 -a "${cost:-0}" -le "$MOST"
	number=$((number + 1))
done < <("$1")
tap_done
