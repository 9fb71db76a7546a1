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
		LC_ALL=$locale "${@:5}" >out 2>said
		tap_ok "$title, at least $least bytes, locale $locale" python3 parse.py out "$form" "$least" "$name"
	done
}

# Attempts and gateways, and the bytes that come of them at least.
for size in "8 1 1000" "80 8 10000" "8000 800 1000000"; do
	read -r num gateways least <<<"$size"
	python3 make.py "$num" 1 >one.jsonl
	python3 make.py "$num" "$gateways" >many.jsonl
	is_json "verify" object "$((least < 500000 ? least : 500000))" "" "$filterctl" audit verify --json one.jsonl
	is_json "verify --collected" object "$((least / 4))" "$([ "$gateways" -eq 1 ] || echo gw0)" "$filterctl" audit verify --collected --json many.jsonl
	is_json "devices" object "$least" Büro-PC "$filterctl" audit devices --json one.jsonl
	is_json "hosts" object "$((least / 2))" x1.kaspersky.com "$filterctl" audit hosts --json one.jsonl
	is_json "categories" object 500 update1 "$filterctl" audit categories --json one.jsonl
	is_json "timeline" object 500 "" "$filterctl" audit timeline --by hour --json one.jsonl
	is_json "coverage" object 20 "" "$filterctl" audit coverage --json one.jsonl
	is_json "list" lines "$least" Büro-PC "$filterctl" audit list -o json one.jsonl
done
"$filterctl" audit ack --acks acks --force 02:00:00:00:00:01 "Büro, \"JB\" \\ $(printf 'x%.0s' {1..400})" one.jsonl >said 2>&1
is_json "a note about a device" lines 400 "Büro, \\\"JB" cat acks
printf '%s\n' '[policy]' "files = $FILTERD_SOURCE/config/policy/*.policy" '[audit]' "file = $dir/log/audit.jsonl" "keys = $dir/keys" \
	'[daemon]' "control = $dir/control" >filterd.conf
is_json "doctor" object 500 "" "$filterctl" doctor -c filterd.conf --json
is_json "status without filterd" object 50 "" "$filterctl" status -c filterd.conf --json
tap_done
