#!/bin/bash
# SPDX-License-Identifier: MIT
#
# All JSON that filterctl prints is JSON, short or long, in any locale, and names in it are what they were.
#
#   tests/replay/json.sh BUILD          TAP
set -u

# shellcheck source=tests/support/tap.sh
. "$(dirname "$0")/../support/tap.sh"
build=$(realpath "$1")
filterctl=$build/filterd/filterctl
FILTERD_SOURCE=$(cd "$(dirname "$0")/../.." && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit
export TZ=UTC TMPDIR=$dir

# A log of so many attempts, each by another device, some with names that nobody should have; of several gateways. No chain holds in it, so
# that verify has as many findings.
cat >make.py <<'EOF'
import json, sys
names = ["Büro-PC", "日本 🍎", "a\"b\\c", "tab\there", "\u202eevil", "\x9b2J", "x" * 60, "b\u00fcro\u0000"]
for i in range(int(sys.argv[1])):
    print(json.dumps({"timestamp": "2026-11-%02dT%02d:%02d:%02d.000000+0000" % (1 + i % 28, i % 24, i % 60, i % 59),
        "event_type": "alert", "src_ip": "192.0.2.7", "src_port": 50000, "dest_ip": "203.0.113.5", "dest_port": 443, "proto": "TCP",
        "ether": {"src_mac": "02:00:00:%02x:%02x:%02x" % (i >> 16, i >> 8 & 255, i & 255)},
        "alert": {"action": "blocked", "signature_id": 1791001, "category": "Kaspersky update"}, "app_proto": "tls",
        "tls": {"sni": "a.example"}, "host": "gw%d" % (i % int(sys.argv[2])),
        "filterd": {"type": "block", "host": "x%d.kaspersky.com" % i, "rule": ".kaspersky.com", "category": "update%d" % (i % 50),
            "device": "02:00:00:%02x:%02x:%02x" % (i >> 16, i >> 8 & 255, i & 255), "name": names[i % len(names)],
            "reply": "reset", "count": 1 + i, "seq": 2 * i, "prev": "ab" * 32}}, separators=(",", ":"), ensure_ascii=i % 2 == 0))
EOF
cat >parse.py <<'EOF'
import json, sys
text = open(sys.argv[1], encoding="utf-8").read()
many = sys.argv[2] == "lines"
parsed = [json.loads(line) for line in text.splitlines()] if many else [json.loads(text)]
flat = json.dumps(parsed, ensure_ascii=False)
assert len(text) >= int(sys.argv[3]), "only %d bytes" % len(text)
assert sys.argv[4] == "" or sys.argv[4] in flat, "no " + sys.argv[4]
EOF

# is_json TITLE FORM LEAST NAME COMMAND...: an object or a line of them, at least so long, with that name in it. Whatever the command's status.
is_json() {
	local title=$1 form=$2 least=$3 name=$4 locale

	for locale in C.UTF-8 C; do
		[ "$least" -lt 500000 ] || [ "$locale" = C ] || continue
		LC_ALL=$locale "${@:5}" >out 2>said
		tap_ok "$title, at least $least bytes, locale $locale" python3 parse.py out "$form" "$least" "$name"
	done
}

# no_more BYTES: those, or as many as there are at most in this answer.
no_more() { echo $(($1 < $2 ? $1 : $2)); }

# Attempts and gateways, and the bytes that come of them at least. Findings and gaps are kept up to a bound.
for size in "8 1 1000" "80 8 10000" "50000 800 10000000"; do
	read -r num gateways least <<<"$size"
	python3 make.py "$num" 1 >one.jsonl
	python3 make.py "$num" "$gateways" >many.jsonl
	is_json "verify" object "$(no_more "$least" 900000)" "" "$filterctl" audit verify --json one.jsonl
	is_json "verify --collected" object "$(no_more $((least / 4)) 1800000)" "$([ "$gateways" -eq 1 ] || echo gw0)" \
		"$filterctl" audit verify --collected --json many.jsonl
	is_json "devices" object "$least" Büro-PC "$filterctl" audit devices --json one.jsonl
	is_json "hosts" object "$((least / 2))" x1.kaspersky.com "$filterctl" audit hosts --json one.jsonl
	is_json "categories" object 500 update1 "$filterctl" audit categories --json one.jsonl
	is_json "timeline" object 500 "" "$filterctl" audit timeline --by hour --json one.jsonl
	is_json "coverage" object 20 "" "$filterctl" audit coverage --json one.jsonl
	is_json "list" lines "$least" Büro-PC "$filterctl" audit list -o json one.jsonl
	python3 - "$FILTERD_SOURCE/tests/replay/D01_udp.pcap" "$((1 + least / 1000))" >many.pcap <<'EOF'
import sys
capture = open(sys.argv[1], "rb").read()
sys.stdout.buffer.write(capture[:24] + capture[24:] * int(sys.argv[2]))
EOF
	is_json "replay" lines "$least" www.blocked "$filterctl" replay -c "$FILTERD_SOURCE/tests/replay/replay.conf" many.pcap
done
note() { "$filterctl" audit ack --acks acks --force "$@" one.jsonl >said 2>&1; }
note 02:00:00:00:00:01 "Büro, \"JB\" \\ $(printf 'x%.0s' {1..400})"
note 02:00:00:00:00:02 "$(printf 'a\xe2\x80\xaeb\x1b\xf0\x9f\x8d\x8e')"
is_json "notes about devices" lines 400 "Büro, \\\"JB" cat acks
is_json "and what nobody should see in one" lines 400 $'a\u202eb\\u001b🍎' cat acks
printf '%s\n' '[policy]' "files = $FILTERD_SOURCE/config/policy/*.policy" '[audit]' "file = $dir/log/audit.jsonl" "keys = $dir/keys" \
	'[daemon]' "control = $dir/control" >filterd.conf
is_json "doctor" object 500 "" "$filterctl" doctor -c filterd.conf --json
is_json "status without filterd" object 50 "" "$filterctl" status -c filterd.conf --json
tap_done
