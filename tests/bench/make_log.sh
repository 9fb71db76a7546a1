#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The log that make_log writes is the same bytes each time, whichever library hashes and signs.
#
#   tests/bench/make_log.sh MAKE_LOG [MAKE_LOG_OF_THE_OTHER]         TAP
set -u

# shellcheck source=tests/support/tap.sh
. "$(dirname "$0")/../support/tap.sh"

make_log=$(realpath "$1")
make_log_other=${2:+$(realpath "$2")}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

make() {
	"$make_log" --folder "$folder/$1" --days 4 --devices 8 --attempts-per-day 200 --keep 500000 "${@:2}" 2>"$folder/said" ||
		tap_bail "make_log failed: $(cat "$folder/said")"
}

# How many records of a type there are.
records() {
	cat "$folder"/one/log/*.jsonl | grep -c "\"filterd\":{\"type\":\"$1\""
}

make one
make two
make other --seed 2
tap_ok "the same options make the same files" diff -r "$folder/one" "$folder/two"
tap_ok "another seed makes another log" test "$(cat "$folder"/one/log/*.jsonl | sha256sum)" != "$(cat "$folder"/other/log/*.jsonl | sha256sum)"
if [ -n "$make_log_other" ]; then
	make_log=$make_log_other make of_the_other_library
	tap_ok "with the other library of ciphers too, and the same keys" diff -r "$folder/one" "$folder/of_the_other_library"
else
	tap_skip "with the other library of ciphers too" "it is missing; run as root: scripts/install unit"
fi
for type in block log heartbeat policy segment prune start stop; do
	tap_ok "there is a record of type $type" test "$(records $type)" -gt 0
done
tap_ok "attempts that repeat are counted" grep -q '"count":[0-9][0-9]' "$folder"/one/log/audit-*.jsonl
tap_ok "devices have names, but for one" grep -q '"device":"a6:[0-9a-f:]*","name":"",' "$folder"/one/log/audit-*.jsonl
tap_ok "as the leases say" grep -q '"name":"LAPTOP-1",' "$folder"/one/log/audit-*.jsonl
tap_ok "repeats that a kill left behind are carried over" grep -q '"carried":[1-9]' "$folder"/one/log/audit-*.jsonl
tap_ok "packets passed while it was dead" grep -q '"type":"start".*"unfiltered":12,' "$folder"/one/log/audit-*.jsonl
tap_ok "every layer is there" test "$(cat "$folder"/one/log/*.jsonl | grep -o '"app_proto":"[a-z]*"' | sort -u | wc -l)" -eq 4
tap_done
