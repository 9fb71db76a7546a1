#!/bin/bash
# SPDX-License-Identifier: MIT
#
# filterctl board and recent on the logs that people have: of 400 days, of this morning, with holes, compressed, none; with a filterd that
# answers, and with none. Needs no root.
#
#   tests/replay/board.sh BUILD          TAP
set -u

build=$(realpath "${1:?which build folder? try: $0 build}")
source=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/support/tap.sh
. "$source/tests/support/tap.sh"
# shellcheck source=tests/support/answers.sh
. "$source/tests/support/answers.sh"

tap_need jq
filterctl=$build/filterd/filterctl
work=$(mktemp -d)
# shellcheck disable=SC2086  # none or one
trap '[ -z "$answering" ] || kill $answering 2>/dev/null; rm -rf "$work"' EXIT
log=$work/logs/gw0000
mkdir "$work/policy"
cp -r "$source/config/policy/." "$work/policy/"
sed -e "s|^file = .*|file = $log/audit.jsonl|; s|^control = .*|control = $work/control|" "$source/config/filterd.conf" >"$work/f.conf"

# make_days DAYS HEARTBEAT: a log that ends within a heartbeat of now, a file a day.
make_days() {
	rm -rf "$work/logs" "$work/keys"
	"$build/tests/make_fleet" --folder "$work" --gateways 1 --days "$1" --heartbeat "$2" --devices 3 --attempts 24 \
		--from "$(date -u -d "@$(($(date +%s) - $1 * 86400))" +%FT%TZ)" >"$work/said" || tap_bail "make_fleet failed: $(cat "$work/said")"
}

board() { "$filterctl" board -c "$work/f.conf" "$@"; }

# asked FILTER: of the answer in JSON, which must be one object of at most 64 KiB.
asked() {
	board --json >"$work/board.json" || { echo "exit status $?"; return; }
	[ "$(wc -c <"$work/board.json")" -le 65536 ] || echo "too long"
	jq -r -s 'if length == 1 then .[0] else "not one object" end | '"$1" "$work/board.json"
}

whys() { asked '[.days[] | .why // "known"] | group_by(.) | map("\(length) \(.[0])") | sort | join(", ")'; }

no_log() {
	tap_is "no log, no filterd: still an answer" "$(asked '.status | "\(.level): \(.answer)"')" "off: filterd does not run."
	tap_is "of which no day is known" "$(whys)" "30 there is no log"
	tap_is "nor any device" "$(asked '[(.devices | length), .devices_more, (.attempts | length)] | join(" ")')" "0 0 0"
	tap_like "and it says why" "$(asked '.status.troubles[0]')" "the log $log/audit.jsonl cannot be read: No such file or directory"
	tap_like "recent says so, too: 74" "$("$filterctl" recent -c "$work/f.conf" 2>&1; echo $?)" "audit.jsonl: No such file or directory.*74$"
	tap_like "a person sees the same" "$(board)" "^filterd does not run.*The log has no record of the last 24 hours"
}

of_400_days() {
	local records

	make_days 400 3600
	# Whatever is read of these would be no record.
	find "$log" -name 'audit-*.jsonl' | sort | head -n 360 | while read -r file; do : >"$file"; done
	tap_is "a log of 400 days: 30 are known" "$(whys)" "30 known"
	tap_is "all of them read" "$(asked .days_partial)" false
	tap_is "the oldest first, today last" "$(asked '.days[0].day, .days[29].day' | paste -sd ' ')" "$(date -u -d '29 days ago' +%F) $(date -u +%F)"
	records=$(cat "$log"/*.jsonl | jq -r --argjson from "$(date -u -d "$(date -u -d '29 days ago' +%F)" +%s)" \
		'select(.event_type == "alert" and (.timestamp[0:19] + "Z" | fromdate) >= $from) | .filterd.count' | paste -sd +)
	tap_is "and their attempts are those of the records" "$(asked '[.days[].attempts] | add')" "$((records))"
	tap_is "as blocked" "$(asked '[.days[].blocked] | add')" "$((records))"
	tap_is "who asked long before is not new" "$(asked '.devices[] | "\(.device) \(.name) \(.is_new)"')" "3c:52:82:00:00:00 PC-0-0 false"
	tap_is "the last 20 attempts, the newest first" \
		"$(asked '.attempts[].seq' | paste -sd ' ')" "$(cat "$log"/*.jsonl | jq -r 'select(.event_type == "alert") | .filterd.seq' | tail -n 20 | tac | paste -sd ' ')"
	tap_like "in text, too" "$(board)" "Asked in the last 24 hours.*PC-0-0 .*The last attempts:.*In 30 days: .* blocked"$'\n'"?$"
}

recent() {
	tap_is "recent: 20, the newest last" "$("$filterctl" recent -c "$work/f.conf" --json | jq .seq | paste -sd ' ')" \
		"$(asked '[.attempts[].seq] | reverse | join(" ")')"
	tap_is "-n: so many, over as many files as it takes" "$("$filterctl" recent -c "$work/f.conf" -n 150 | wc -l)" 150
	tap_is "no line that a terminal would obey" "$("$filterctl" recent -c "$work/f.conf" | LC_ALL=C grep -c '[^ -~]')" 0
	for number in 0 1001 -1 x "" 1x; do
		tap_is "-n '$number': 64" "$("$filterctl" recent -c "$work/f.conf" -n "$number" 2>/dev/null; echo $?)" 64
	done
}

with_holes() {
	local ten attempts

	ten=$(find "$log" -name 'audit-*.jsonl' | sort | tail -n 10 | head -n 1)
	cp "$ten" "$work/kept"
	sed -i '5,6d' "$ten"
	tap_like "two records are missing: their day is not known" "$(whys)" "^(1|2) records are missing, (28|29) known$"
	rm "$ten"
	tap_like "a file is missing: its days are not known" "$(whys)" "^(2|3) records are missing, (27|28) known$"
	cp "$work/kept" "$ten"
	printf '{"timestamp":' >>"$log/audit.jsonl"
	tap_is "a line that is being written is no hole" "$(whys)" "30 known"
	sed -i '$d' "$log/audit.jsonl"
	gzip -k "$ten"
	rm "$ten"
	tap_is "a file that was compressed is read" "$(whys)" "30 known"
	gunzip -k "$ten.gz"
	attempts=$(asked '[.days[].attempts] | add')
	rm "$ten.gz"
	tap_is "one that is there twice is read once" "$attempts" "$(asked '[.days[].attempts] | add')"
	find "$log" -name 'audit-*.jsonl' | sort | head -n 395 | xargs rm
	tap_like "older files are gone: their days are not known" "$(whys)" "^(24|25) not in the log here, (5|6) known$"
}

# The last file has more than is read: its end counts.
too_long() {
	local bytes=70000000

	python3 -c 'import sys
lines = open(sys.argv[1]).read().splitlines(keepends=True)
first = next(line for line in lines if "\"alert\"" in line)
with open(sys.argv[2], "w") as out:
    written = 0
    while written < int(sys.argv[3]):
        out.write(first)
        written += len(first)
    out.writelines(lines)' "$log/audit.jsonl" "$work/long" "$bytes"
	cp "$log/audit.jsonl" "$work/kept"
	cp "$work/long" "$log/audit.jsonl"
	tap_is "a log that is too long to be read: days_partial" "$(asked .days_partial)" true
	tap_like "its days say so" "$(whys)" "the log is too long to be read so far"
	tap_is "and its end is there" "$(asked '.attempts[0].seq')" "$(jq -r 'select(.event_type == "alert") | .filterd.seq' "$work/kept" | tail -n 1)"
	cp "$work/kept" "$log/audit.jsonl"
}

fresh() {
	make_days 1 600
	rm -f "$log"/audit-*.jsonl
	tap_like "a log of one day: nothing before it is known" "$(whys)" "^(2 known, 28|1 known, 29) before the log began$"
	tap_is "and everybody is new" "$(asked '[.devices[].is_new] | unique | join(" ")')" true
	tap_is "the first of them blocked within the hour, or not" "$(asked '.devices[0].still | type')" boolean
}

notes_and_waivers() {
	printf '%s\n' '{"device":"3c:52:82:00:00:00","time":"2020-01-01T00:00:00Z","by":"jb","note":"told <b>him</b>"}' >"$log/audit.acks"
	tap_is "a note, and that it tried again" "$(asked '.devices[] | select(.note) | "\(.device) \(.still) \(.note | [.text, .by, .returned] | join("|"))"')" \
		"3c:52:82:00:00:00 true told <b>him</b>|jb|true"
	mkdir -p "$work/flash"
	mv "$log/audit.acks" "$work/flash/"
	sed -i "s|^#*flush-to *=.*|flush-to = $work/flash|" "$work/f.conf"
	tap_is "a log in memory has its notes beside its copy" "$(asked '[.devices[] | select(.note)] | length')" 1
	sed -i "s|^flush-to *=.*|flush-to =|" "$work/f.conf"
	rm -r "$work/flash"
	echo nonsense >"$log/audit.acks"
	tap_like "notes that cannot be read are said, and no more" "$(asked '.status.troubles | join("; ")')" "audit.acks: line 1: expected"
	rm "$log/audit.acks"
	tap_is "no waiver" "$(asked '[.devices[].waiver] | unique | tostring')" "[null]"
	cat >>"$work/policy/kaspersky-us.policy" <<-END

		[waiver short]
		devices = $1
		categories = update
		until = $(date -u -d '1 minute' +%FT%TZ)
		reason = ends before the next

		[waiver lab]
		devices = $1
		categories = update
		until = $(date -u -d tomorrow +%FT00:00:00Z)
		reason = a sample

		[waiver over]
		devices = $1
		categories = update
		until = 2025-01-01T00:00:00Z
		reason = over
	END
	tap_is "a waiver for $1" "$(asked '.devices[] | select(.waiver and .name == "PC-0-0") | "\(.device) \(.waiver.id) \(.waiver.reason) \(.waiver.until)"')" \
		"3c:52:82:00:00:00 lab a sample $(date -u -d tomorrow +%FT00:00:00Z)"
	cp "$source/config/policy/kaspersky-us.policy" "$work/policy/"
}

of_filterd() {
	answers $'1\n{"running":true,"good":false,"attention":["one","two"],"answer":"filterd runs, but needs attention:","level":"off","mode":"observe",'\
'"paused":{"until":"2026-11-30T18:00:00Z","reason":"a test"},"feed":{"result":"taken","says":"serial 7","looked":"2026-11-30T04:00:00Z"},'\
'"time":"2026-11-30T17:20:00Z","sensor":"gw7","uptime_s":60}'
	tap_is "what filterd says of itself is in its places" "$(asked '[.gateway, .status[], .feed[]] | flatten | join("|")')" \
		"gw7|filterd runs, but needs attention:|off|observe|2026-11-30T18:00:00Z|a test|2026-11-30T17:19:00Z|one|two|taken|2026-11-30T04:00:00Z|serial 7"
	wait "$answering"
	answers $'0\n<html>'
	tap_is "an answer that is none is unknown" "$(asked '.status | "\(.level) \(.answer)"')" "unknown filterd answers in a form that is not known here."
	wait "$answering"
	answering=
	rm -f "$work/control"
	echo "wrong = 1" >>"$work/f.conf"
	tap_like "a wrong configuration is said" "$(asked '.status.troubles | join("; ")')" "f.conf: line [0-9]+: .*wrong"
	sed -i '$d' "$work/f.conf"
}

# in_force WAIVERS: is the one in the file, of a filterd that says it has these?
in_force() {
	answers $'0\n{"answer":"a","level":"good","policy":{'"$1"'}}'
	asked '.devices[] | select(.waiver) | "\(.waiver.id) \(.waiver.in_force)"'
	wait "$answering"
}

loaded_waivers() {
	local lab='{"id":"lab","until":"2098-01-01T00:00:00Z"}'

	printf '%s\n' "[waiver lab]" "devices = 3c:52:82:00:00:00" "categories = *" "until = 2098-01-01T00:00:00Z" "reason = a test" >"$work/policy/waivers.policy"
	tap_is "a waiver that filterd has loaded is in force" "$(in_force '"waivers":['"$lab"'],"waivers_more":0')" "lab true"
	tap_is "one that stands in the file alone is not yet" "$(in_force '"waivers":[],"waivers_more":0')" "lab false"
	tap_is "nor is one whose end is another by now" "$(in_force '"waivers":['"${lab/2098/2097}"'],"waivers_more":0')" "lab false"
	tap_is "of a filterd that does not say all of them it is not known" "$(in_force '"waivers":[],"waivers_more":1') $(in_force '"rules":1')" "lab null lab null"
	answers $'0\n{"answer":"a","level":"good","policy":{"waivers":[]}}'
	tap_like "a person sees it" "$(board)" "waiver not in force yet, until 2098-01-01 00:00: a test"
	wait "$answering"
	answering=
	rm -f "$work/control"
	tap_is "nor is it known if none answers" "$(asked '.devices[] | select(.waiver) | "\(.waiver.id) \(.waiver.in_force)"')" "lab null"
	tap_like "a person sees the waiver" "$(board)" "waived until 2098-01-01 00:00: a test"
	rm "$work/policy/waivers.policy"
}

# Names as strangers choose them, in records of an hour ago.
hostile() {
	python3 -c 'import json, sys, time
names = ["<img src=x onerror=alert(1)>", "\u202eevil", "\x1b[31m", "a\"b\\c", "Büro 🍎"]
stamp = time.strftime("%Y-%m-%dT%H:%M:%S.000000+0000", time.gmtime(time.time() - 3600))
for i in range(3000):
    mac = "02:00:00:00:%02x:%02x" % (i >> 8, i & 255)
    print(json.dumps({"timestamp": stamp, "event_type": "alert", "src_ip": "192.0.2.7", "in_iface": names[i % 5], "app_proto": "tls",
        "filterd": {"type": "block", "host": names[i % 5] + "." + 60 * "ü" + ".example", "category": "update", "device": mac, "name": names[i % 5],
        "asked": "no", "count": 1, "seq": i, "prev": "ab" * 32}}, separators=(",", ":"), ensure_ascii=i % 2 == 0))' >"$log/audit.jsonl"
	rm -f "$log"/audit-*.jsonl
	tap_is "3,000 devices with hostile names: all are there, or counted" "$(asked '(.devices | length) + .devices_more')" 3000
	tap_is "names are what they were" "$(asked '[.devices[].name] | unique | sort | join("|")' | python3 -c 'import sys; print(ascii(sys.stdin.read().strip()))')" \
		"'\\x1b[31m|<img src=x onerror=alert(1)>|B\\xfcro \\U0001f34e|a\"b\\\\c|\\u202eevil'"
	tap_is "a terminal gets no character that it obeys" "$(board | LC_ALL=C tr -d '\n' | LC_ALL=C grep -c '[[:cntrl:]]')" 0
	tap_is "nor one that turns the line around" "$(board | grep -c $'\u202e')" 0
}

no_log
of_400_days
recent
with_holes
too_long
fresh
notes_and_waivers 3c:52:82:00:00:00
notes_and_waivers 192.168.1.0/27
notes_and_waivers pc-0-0
of_filterd
loaded_waivers
hostile
tap_is "of the text, too, the exit status is 0" "$(board >/dev/null 2>&1; echo $?)" 0
tap_is "a wrong option: 64" "$(board --jason >/dev/null 2>&1; echo $?)" 64
tap_is "a word too many: 64" "$(board now >/dev/null 2>&1; echo $?)" 64
tap_done
