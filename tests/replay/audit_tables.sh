#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The tables of filterctl audit on a terminal: what gives way where it is narrow, and that no name is ever cut.
#
#   tests/replay/audit_tables.sh BUILD     TAP
set -u
# shellcheck source=tests/support/tap.sh
. "$(dirname "$0")/../support/tap.sh"

build=$(realpath "$1")
filterctl=$build/filterd/filterctl
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$build/tests/make_log" --folder "$work" --days 20 --attempts-per-day 60 2>/dev/null || tap_bail "there is no log"
log=$work/log

# on COLUMNS VERB [LOG]: what a terminal of so many shows.
on() {
	script -qec "stty cols $1; LC_ALL=C.UTF-8 '$filterctl' audit $2 '${3:-$log}' 2>/dev/null" /dev/null </dev/null | tr -d '\r'
}
widest() { awk '{ sub(/ +$/, ""); if (length > n) n = length } END { print n + 0 }'; }
titles() { sed -n "/^$1 /p" | head -n 1 | tr -s ' ' | sed 's/ $//'; }
column() { "$filterctl" audit "$1" --csv "$2" 2>/dev/null | tail -n +2 | cut -d , -f 1 | sort; }

for verb in hosts devices; do
	for columns in 80 100 120; do
		on $columns $verb >"$work/shown"
		tap_ok "$verb on $columns columns: no line is longer" test "$(widest <"$work/shown")" -le $columns
		tap_is "$verb on $columns columns: every name is whole" "$(tail -n +2 "$work/shown" | awk 'NF { print $1 }' | sort)" "$(column $verb "$log")"
	done
done
tap_is "hosts on 80 columns" "$(on 80 hosts | titles host)" "host devices blocked watched last"
tap_is "devices on 80 columns" "$(on 80 devices | titles device)" "device name sure address blocked last"
tap_is "hosts with room for all" "$(on 200 hosts | titles host)" "host category devices blocked observed waived watched first last"
tap_is "what goes to a file has all columns" "$("$filterctl" audit hosts "$log" | titles host)" "$(on 200 hosts | titles host)"
tap_like "what was not counted is said not to be" "$(on 200 coverage)" "host off +not counted"

# Names as nobody would choose them.
long=$(printf 'a%.0s' {1..61}).$(printf 'b%.0s' {1..61}).$(printf 'c%.0s' {1..61}).$(printf 'd%.0s' {1..53}).kaspersky.com
mkdir "$work/odd"
cat "$log"/audit*.jsonl | sed -e "s/\"host\":\"ds\.kaspersky\.com\"/\"host\":\"$long\"/" -e 's/"NB-02"/"Müller-漢字-😀"/' >"$work/odd/audit.jsonl"
tap_is "a host of 253 letters goes on below, beside the columns that are left" "$(on 80 hosts "$work/odd" | awk -v bytes=${#long} '/^a+ / { begun = 1 } begun && n < bytes { printf "%s", $1; n += length($1) }')" "$long"
tap_is "and only where it has to" "$(on 400 hosts "$work/odd" | grep -c "^$long ")" 1
tap_ok "and so is a name in UTF-8" grep -q " Müller-漢字-😀 " <(on 80 devices "$work/odd")
tap_done
