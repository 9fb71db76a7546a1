#!/bin/bash
# SPDX-License-Identifier: MIT
#
# filterctl audit list: which records it prints, and that it follows a log over whatever happens to its files.
#
#   tests/replay/audit_list.sh BUILD     TAP
set -u
# shellcheck source=tests/support/tap.sh
. "$(dirname "$0")/../support/tap.sh"

tap_need jq
build=$(realpath "$1")
filterctl=$build/filterd/filterctl
work=$(mktemp -d)
follower=
trap '[ -z "$follower" ] || kill "$follower" 2>/dev/null; rm -rf "$work"' EXIT
mkdir "$work/log" "$work/live"
"$build/tests/small_log" "$work/log" || tap_bail "there is no log"
log=$work/log/audit.jsonl

list() {
	"$filterctl" audit list "$@" "$log" 2>&1
}

# shellcheck disable=SC2317  # tap_wait calls it
has_lines() { [ "$(wc -l <"$work/out")" -ge "$1" ]; }

# wait_lines NUMBER: until that many lines have been printed.
# shellcheck disable=SC2317  # tap_ok calls it
wait_lines() { tap_wait "$1 lines" has_lines "$1"; }

whole_log() {
	tap_is "json: the records to the byte, and no others" "$(list -o json | sha256sum)" \
		"$(grep '"event_type":"alert"' "$log" | sha256sum)"
	tap_is "--all -o json: the whole log to the byte" "$(list --all -o json | sha256sum)" "$(sha256sum <"$log")"
	tap_is "csv: a header, a row a record, and as many cells in each" \
		"$(list -o csv | python3 -c 'import csv, sys; r = list(csv.reader(sys.stdin)); print(len(r), {len(x) for x in r})')" "141 {30}"
	tap_is "text: a head and a line a record" "$(list | wc -l)" 141
	tap_is "nothing that a terminal would obey, in any form" "$(for o in text csv; do list --all -o $o; done | tr -d '\r' | LC_ALL=C grep -c '[^ -~]')" 0
	tap_is "-n: the last ones" "$(list -o json -n 3)" "$(grep '"event_type":"alert"' "$log" | tail -n 3)"
}

selected() {
	tap_is "--device by name" "$(list -o json --device laptop-7 | jq -r .src_ip | sort -u)" 192.168.1.50
	tap_is "--device by address" "$(list -o json --device 2001:db8:1:0::5a | wc -l)" 40
	tap_is "--host with all below it" "$(list -o json --host .upd.kaspersky.com | jq -r .filterd.host | sort -u | paste -sd ' ')" \
		"p04.upd.kaspersky.com p05.upd.kaspersky.com"
	tap_is "--host with a pattern, or another" "$(list -o json --host 'p0*.upd.kaspersky.com' --host ds.kaspersky.com | wc -l)" 60
	tap_is "--layer and --type" "$(list -o json --layer tls --type observed | jq -r .filterd.host | sort -u)" p05.upd.kaspersky.com
	tap_is "--type of the filter's own records" "$(list --type stop | awk 'NR > 1 { print $3, $4, $5 }')" "filterd stop SIGTERM"
	tap_is "--since and --until" "$(list -o json --since 2026-11-01T00:02:00Z --until 2026-11-01T00:03:00Z | wc -l)" 8
	tap_like "a pattern that is none is refused" "$(list --host '*kaspersky*'; echo $?)" "is not a pattern; expected .*64$"
}

# Options that may be given again have room for so many.
many() {
	local hosts=() keys=()

	for i in {1..32}; do hosts+=(--host "h$i.example"); done
	for i in {1..65}; do keys+=(--key "k$i"); done
	tap_is "32 patterns are taken" "$(list -o json --host ds.kaspersky.com "${hosts[@]:2}" | wc -l)" "$(list -o json --host ds.kaspersky.com | wc -l)"
	tap_like "and one more is refused" "$(list "${hosts[@]}" --host ds.kaspersky.com; echo $?)" "more than 32 patterns.*64$"
	tap_like "as are more keys than there is room for" "$(list "${keys[@]}"; echo $?)" "--key: more than 64.*64$"
}

unsound() {
	local said

	sed '0,/"count":1,/s//"count":9,/' "$log" >"$work/altered.jsonl"
	said=$("$filterctl" audit list -o json "$work/altered.jsonl" 2>&1 >"$work/out"; echo $?)
	tap_like "a log that is not sound is listed, with a word of warning" "$said" "this log is NOT sound.*audit verify.*2$"
	tap_is "with all that can be read" "$(wc -l <"$work/out")" 140
}

follows() {
	local open=$work/live/audit.jsonl

	head -n 80 "$log" >"$open"
	# Emptied here: the follower, once it runs, may do so too late for who counts its lines.
	: >"$work/out"
	"$filterctl" audit list -f --all -o json "$work/live" >>"$work/out" 2>"$work/err" &
	follower=$!
	tap_ok "-f: the last ten" wait_lines 10
	sed -n 81,100p "$log" >>"$open"
	tap_ok "then what is appended" wait_lines 30
	sed -n 101p "$log" >>"$open"
	mv "$open" "$work/live/audit-0.jsonl"
	sed -n 102,110p "$log" >"$open"
	tap_ok "over a rotation" wait_lines 40
	sed -n 111p "$log" | head -c 99 >>"$open"
	sed -n 111p "$log" | tail -c +100 >>"$open"
	tap_ok "a line in two parts" wait_lines 41
	tap_is "none twice, none left out, to the byte" "$(sha256sum <"$work/out")" "$(sed -n 71,111p "$log" | sha256sum)"
	tap_is "and nothing to say" "$(cat "$work/err")" ""
	sed -n 120,121p "$log" >"$work/live/new"
	cat "$work/live/new" >"$open"
	tap_ok "a file that another program cut off" wait_lines 43
	kill "$follower"
	wait "$follower"
	follower=
	tap_like "of which it says so" "$(cat "$work/err")" "another program has truncated it.*does not follow"
}

whole_log
selected
many
unsound
follows
tap_done
