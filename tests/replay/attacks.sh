#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What can be done to a log, and what filterctl audit verify says of it: a line each, with the exit status.
#
#   tests/replay/attacks.sh BUILD          TAP, with the table as comments
set -u

# shellcheck source=tests/support/tap.sh
. "$(dirname "$0")/../support/tap.sh"
build=$(realpath "$1")
filterctl=$build/filterd/filterctl
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit
export TZ=UTC TMPDIR=$dir

# Twelve days with a restart and a kill; another log; what a collector has of two gateways.
make() {
	"$build/tests/make_log" --folder "$1" --days 12 --heartbeat 3600 --attempts-per-day 40 "${@:2}" 2>said ||
		tap_bail "make_log failed: $(cat said)"
}
make honest
make other --seed 7 --days 3
"$build/tests/make_fleet" --folder fleet --gateways 2 --days 3 >said || tap_bail "make_fleet failed: $(cat said)"
mkdir live && for n in 0 1; do
	cat fleet/logs/gw000$n/audit-*.jsonl fleet/logs/gw000$n/audit.jsonl >live/gw000$n.example.net.jsonl
done
cat >edit.py <<'EOF'
import base64, hashlib, os, re, sys

def number(line):
    return int(re.search(r'"seq":(\d+),"prev"', line).group(1))

def forged(seq, host, signed=False, prev="ab" * 32):
    line = ('{"timestamp":"2026-11-02T10:00:00.000000+0000","event_type":"alert","host":"%s","filterd":{"type":"block",'
            '"host":"forged.kaspersky.com","count":1,"seq":%d,"prev":"%s"' % (host, seq, prev))
    if signed:
        line += ',"sig":"%s"' % base64.b64encode(os.urandom(68)).decode()
    return line + "}}\n"

what = sys.argv[1]
if what == "cut":                               # behind a record of a type; with audit.keys, as who knows it would
    lines = open("all").readlines()
    end = [i for i, line in enumerate(lines) if '"filterd":{"type":"%s"' % sys.argv[2] in line][int(sys.argv[3])]
    open("log/audit.jsonl", "w").writelines(lines[:end + 1])
    if len(sys.argv) == 4:
        keys = [key for key in open("log/audit.keys") if number(key) <= number(lines[end])]
        open("log/audit.keys", "w").writelines(keys)
elif what == "lines":                           # an expression over the list of lines, of the file that is given
    lines = open(sys.argv[2]).readlines()
    exec(sys.argv[3])
    open(sys.argv[2], "w").writelines(lines)
elif what == "flood":                           # lines that hang on each other and on nothing else
    prev = "ab" * 32
    lines = open(sys.argv[2]).readlines()
    made = []
    for seq in range(50, 1050):
        made.append(forged(seq, sys.argv[3], prev=prev))
        prev = hashlib.sha256(made[-1].encode()).hexdigest()
    open(sys.argv[2], "w").writelines(made + lines)
EOF

# one_file: the log in one piece, in the folder log/.
one_file() {
	rm -rf log && cp -r honest/log log && chmod -R u+w log && cat log/audit-*.jsonl log/audit.jsonl >all
	rm log/audit-*.jsonl log/SHA256SUMS && cp all log/audit.jsonl
}

# edit EXPRESSION: of Python, over `lines`.
edit() {
	python3 edit.py lines log/audit.jsonl "$1"
}

# attack TITLE STATUS SAYS ARGUMENT...: what verify is to say, as a pattern over all of it.
rows=()
attack() {
	local title=$1 said status=0

	said=$("$filterctl" audit verify "${@:4}" 2>&1) || status=$?
	rows+=("$title|$status|$(sed -n 's/^result *//p' <<<"$said")")
	tap_like "$title" "$status $said" "^$2 .*$3"
}
key=(--key honest/keys/audit.vkey)
notes=("${key[@]}" --anchors honest/anchors)

one_file
attack "nothing" 1 "complete up to its stop at [-0-9: ]+; .*gaps.*nothing vouches that nothing came after" "${key[@]}" log
attack "nothing, and there are notes of it" 1 "unaltered; [0-9]+ declared gaps" "${notes[@]}" log

edit 'lines[100] = lines[100].replace("kaspersky", "kaspersk1", 1) if "kaspersky" in lines[100] else lines[100].replace("\"host\"", "\"hosT\"", 1)'
attack "a byte is changed" 2 "1 record altered" "${key[@]}" log
one_file
edit 'del lines[100]'
attack "a record is taken out" 2 "1 record missing" "${key[@]}" log
one_file
edit 'del lines[100:200]'
attack "some days are taken out" 2 "records missing +packets not counted.*100 records missing" "${key[@]}" log
one_file
edit 'del lines[:100]'
attack "the beginning is taken away" 2 "100 records missing" "${key[@]}" log
one_file
edit 'lines.insert(100, lines[99])'
attack "a record stands there twice" 2 "records out of order in 1 place" "${key[@]}" log
one_file
edit 'lines[100], lines[101] = lines[101], lines[100]'
attack "two records are swapped" 2 "out of order" "${key[@]}" log
one_file
edit 'lines.insert(100, "junk that is no record\n")'
attack "a line of junk is put in" 2 "record(s)? altered" "${key[@]}" log
one_file
edit 'lines[:] = [re.sub(r",\"sig\":\"[^\"]*\"", "", line) for line in lines]'
attack "all signatures are taken off" 2 "signatures missing" "${key[@]}" log
one_file
edit 'lines.append(forged(number(lines[-1]) + 1, "gw1.example.net", False, hashlib.sha256(lines[-1].encode()).hexdigest()))'
attack "an attempt is added that did not happen" 1 "no signature vouches for the 1 record behind it" "${key[@]}" log
one_file
edit 'lines[-1] = lines[-1][:100]'
attack "the last line is half a line" 1 "its last line is torn" "${key[@]}" log
one_file
edit 'lines[:] = [line.replace("\n", "\r\n") for line in lines]'
attack "mail made CR LF of its lines' ends" 1 "ENDS +audit.jsonl, line 1: CR LF.*unaltered; .*its lines end in CR LF" "${notes[@]}" log
one_file
edit 'lines[:] = ["<p>a report</p>\n"] * 40'
attack "it is no log at all" 2 "FOREIGN +audit.jsonl is no log of filterd: none of its 40 lines is a record" log

one_file
python3 edit.py cut heartbeat -20
attack "cut behind a heartbeat" 1 "its end is open" "${key[@]}" log
attack "cut behind a heartbeat, and there are notes" 2 "records cut off" "${notes[@]}" log
one_file
python3 edit.py cut stop 0
attack "cut behind a stop" 1 "complete up to its stop at [-0-9: ]+; nothing vouches that nothing came after" "${key[@]}" log
attack "cut behind a stop, and there are notes" 2 "records cut off" "${notes[@]}" log
one_file
python3 edit.py cut stop 0 with-keys
attack "cut behind a stop, audit.keys left" 2 "records cut off" "${key[@]}" log

one_file
cp other/log/audit-000000000000-*.jsonl log/other.jsonl
attack "a file of another log among its own" 1 "OTHER +0 - [0-9]+: other.jsonl is of another log, .*another log is among its files" "${key[@]}" log
attack "a file of another log among its own, and there are notes" 1 "unaltered; .*another log is among its files" "${notes[@]}" log
attack "another log in its place" 2 "foreign key" "${key[@]}" other/log
attack "another log in its place, no key at hand" 1 "key is only the log's own word" other/log
attack "another log in its place, and there are notes" 64 "there is no note of this log" --key other/keys/audit.vkey \
	--anchors honest/anchors other/log

# --- what a collector has ---

collected=(--collected --key fleet/keys)
attack "collected: nothing" 1 "unaltered, with what the logs declare themselves: all 2 logs" "${collected[@]}" live

# noise TITLE STATUS SAYS FILE EXPRESSION: in the name of gw0001, in a file of its own or of another.
noise() {
	rm -rf log && cp -r live log
	python3 edit.py lines "log/gw000$4.example.net.jsonl" "$5"
	attack "collected: $1" "$2" "$3" "${collected[@]}" log
}
noise "junk in a live file" 1 "noise +1 line.*unaltered" 1 'lines.insert(100, "junk\n")'
noise "a line of 70,000 bytes" 1 "noise +1 line.*unaltered" 1 'lines.insert(100, "x" * 70000 + "\n")'
noise "a record far beyond the end, by another gateway" 1 "noise +1 line.*unaltered" 0 'lines.insert(100, forged(10**12, "gw0001.example.net"))'
noise "the number that comes next, by another gateway" 1 "noise +1 line.*unaltered" 0 \
	'lines.insert(100, forged(number(open("live/gw0001.example.net.jsonl").readlines()[-1]) + 1, "gw0001.example.net"))'
noise "a record signed by nobody's key, by another gateway" 1 "noise +1 line.*unaltered" 0 'lines.insert(100, forged(100, "gw0001.example.net", True))'
noise "the same in the log's own file" 2 "foreign key|altered|NOT sound" 1 'lines.insert(100, forged(100, "gw0001.example.net", True))'
rm -rf log && cp -r live log
python3 edit.py flood log/gw0000.example.net.jsonl gw0001.example.net
attack "collected: a thousand linked records, by another gateway" 1 "noise +1 000 lines.*unaltered" "${collected[@]}" log
noise "a record is changed, and no other copy has it" 2 "NOT sound: 1 of 2 logs" 1 'lines[100] = lines[100].replace("\"timestamp\"", "\"timestamq\"", 1)'
rm -rf log && cp -r live log && sed 's/kaspersky/kaspersk1/' live/gw0001.example.net.jsonl >log/gw0001.example.net.jsonl.differs-1
attack "collected: the gateway wrote its log anew, and both are kept" 2 "NOT sound: 1 of 2 logs" "${collected[@]}" log
rm -rf log && cp -r live log && head -n 100 live/gw0001.example.net.jsonl >log/cut.jsonl
attack "collected: a copy that was cut, and one that was not" 1 "unaltered" "${collected[@]}" log
rm -rf log && mkdir log && cat honest/log/audit-*.jsonl honest/log/audit.jsonl >log/gw1.jsonl
attack "collected: an honest log that ends with a stop" 1 "unaltered; [0-9]+ declared gaps" --collected "${key[@]}" log

{
	echo "what is done to the log|status|what verify says"
	printf '%s\n' "${rows[@]}"
} | column -t -s '|' -c 400 | cut -c 1-200 | sed 's/^/# /'
tap_done
