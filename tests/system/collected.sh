#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The logs of a fleet at its collector, by the files of config/fleet as they are shipped: a live copy by rsyslog over RELP and TLS, with the
# collector stopped, the sender restarted and the log rotated meanwhile, and the copy that the collector pulls with rsync over ssh. What either has
# not is said, to the record; both together have all of it.
#
#   tests/system/collected.sh BUILD         TAP; needs root, for sshd
set -u

# shellcheck source=tests/support/tap.sh
. "$(dirname "$0")/../support/tap.sh"
source=$(cd "$(dirname "$0")/../.." && pwd)
build=$(realpath "$1")
filterctl=$build/filterd/filterctl
sshd=/usr/sbin/sshd
[ "$(id -u)" -eq 0 ] || tap_skip_all "sshd lets nobody in without root"
tap_need rsyslogd rsync rrsync ssh ssh-keygen openssl jq "$sshd"

dir=$(mktemp -d)
pids=()
made_run=
# shellcheck disable=SC2317  # the trap calls it
clean_up() {
	for pid in "${pids[@]}"; do
		kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
	done
	[ -z "$made_run" ] || rmdir /run/sshd 2>/dev/null
	rm -rf "$dir"
}
trap clean_up EXIT
cd "$dir" || exit
export TZ=UTC TMPDIR=$dir

wait_for() {
	tap_wait "$@" || tap_bail "$(tail -n 5 ./*.said 2>/dev/null)"
}

free_port() {
	python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

relp=$(free_port)
ssh=$(free_port)

# --- two gateways: gw0's log grows while it is sent and fetched, gw1's is there ---

"$build/tests/make_fleet" --folder fleet --gateways 2 --days 8 >/dev/null || tap_bail "there are no logs"
cat fleet/logs/gw0000/audit-*.jsonl fleet/logs/gw0000/audit.jsonl >all
total=$(wc -l <all)
log=$dir/gw0/audit.jsonl
mkdir gw0 gw1 && : >"$log"
cp fleet/logs/gw0001/* gw1

# write FROM TO: lines of the log, as filterd appends them.
write() {
	sed -n "$1,$2p" all >>"$log"
}

# rotate: as filterd closes a segment.
rotate() {
	local first last

	first=$(head -n 1 "$log" | grep -oP '"seq":\K[0-9]+(?=,"prev")')
	last=$(tail -n 1 "$log" | grep -oP '"seq":\K[0-9]+(?=,"prev")')
	mv "$log" "$(printf 'gw0/audit-%012d-%012d.jsonl' "$first" "$last")"
	: >"$log"
}

# --- the live copy ---

certificate() {
	openssl req -newkey rsa:2048 -nodes -keyout "$1.key" -subj "/CN=$2" -out "$1.csr" &&
		printf 'subjectAltName=DNS:%s\n' "$2" >"$1.ext" &&
		openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile "$1.ext" -out "$1.pem"
}
{ openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -subj /CN=fleet -days 2 -out ca.pem &&
	certificate gateway gw0000.example.net && certificate collector collector.example.net && certificate stranger gw0001.example.net; } \
	>openssl.said 2>&1 || tap_bail "no certificates: $(tail -n 1 openssl.said)"

# configure SIDE KEYS: the shipped file, with this test's port and places.
configure() {
	mkdir -p "spool_$2"
	{
		echo "global(workDirectory=\"$dir/spool_$2\")"
		sed -e "s|gw1.example.net|gw0000.example.net|g; s|target=\"collector.example.net\"|target=\"127.0.0.1\"|; s|20514|$relp|; s|/var/log/filterd|$dir/gw0|; s|/srv/filterd|$dir|" \
			-e "s|/etc/filterd/fleet/ca.pem|$dir/ca.pem|; s|/etc/filterd/fleet/cert.pem|$dir/$2.pem|; s|/etc/filterd/fleet/key.pem|$dir/$2.key|" \
			"$source/config/fleet/rsyslog-$1.conf"
	} >"$2.conf"
}
configure gateway gateway
configure gateway stranger
configure collector collector
for side in gateway collector; do
	tap_ok "rsyslog takes rsyslog-$side.conf" rsyslogd -N1 -f "$dir/$side.conf"
done

# start SIDE; stop SIDE: rsyslog with that configuration.
declare -A running
start() {
	rsyslogd -n -f "$dir/$1.conf" -i "$dir/$1.pid" >>"$1.said" 2>&1 &
	running[$1]=$!
	pids+=($!)
	wait_for "rsyslog of the $1" test -s "$1.pid"
}

stop() {
	kill "${running[$1]}" && wait "${running[$1]}"
	rm -f "$1.pid"
}

# has_arrived LINES: so many different ones.
# shellcheck disable=SC2317
has_arrived() {
	[ "$(sort -u live/*.jsonl | wc -l)" -ge "$1" ]
}

# shellcheck disable=SC2317
last_has_arrived() {
	grep -qxFf <(tail -n 1 all) live/*.jsonl
}

start collector
start gateway
write 1 200
wait_for "the first records at the collector" has_arrived 200
tap_ok "while both run the live copy is the log to the byte" diff <(head -n 200 all) <(cat live/*.jsonl)

tap_is "in a file named by the sender's certificate, whatever it calls itself" "$(echo live/*)" live/gw0000.example.net.jsonl

stop collector
write 201 500
stop gateway
start gateway
rotate
write 501 800
start collector
write 801 $((total - 1))

# --- the copy that is fetched, while all that goes on ---

[ -d /run/sshd ] || { mkdir /run/sshd && made_run=yes; }
for key in host_key pull_key; do
	ssh-keygen -q -t ed25519 -N '' -f $key || tap_bail "no keys for ssh"
done
for gateway in gw0 gw1; do
	sed -n "s|/var/log/filterd|$dir/$gateway|; s|/usr/bin/rrsync|$(command -v rrsync)|; s|ssh-ed25519.*|$(cat pull_key.pub)|p" \
		"$source/config/fleet/authorized_keys" >"keys_$gateway"
done
printf '%s\n' "ListenAddress 127.0.0.1" "Port $ssh" "HostKey $dir/host_key" "PidFile $dir/sshd.pid" "StrictModes no" "UsePAM no" \
	"PasswordAuthentication no" "PermitRootLogin prohibit-password" "AuthorizedKeysFile $dir/keys_gw0" >sshd.conf
# A gateway each: another port, another log.
ssh1=$(free_port)
sed "s|Port $ssh|Port $ssh1|; s|keys_gw0|keys_gw1|; s|sshd.pid|sshd1.pid|" sshd.conf >sshd1.conf
for name in sshd sshd1; do
	$sshd -D -f "$dir/$name.conf" -E "$dir/$name.said" &
	pids+=($!)
	wait_for "$name" test -s "$name.pid"
done
printf '%s\n' "Host gw0" "  Port $ssh" "Host gw1" "  Port $ssh1" "Host gw0 gw1 gone" "  HostName 127.0.0.1" "  User root" "  IdentityFile $dir/pull_key" \
	"  StrictHostKeyChecking no" "  UserKnownHostsFile $dir/known" "  LogLevel ERROR" "Host gone" "  Port 1" >ssh.conf
printf '%s\n' "# all of them" "gw0 gw0:" "gw1 gw1:" >gateways
export RSYNC_RSH="ssh -F $dir/ssh.conf"
pull() {
	"$source/config/fleet/filterd-pull" "$1" pulled 2>pull.said
}

tap_ok "filterd-pull fetches what is there" pull gateways
cp -r pulled pulled_early
write "$total" "$total"
wait_for "the last record at the collector" last_has_arrived
rotate
tap_ok "and what came since, under the name that it has now" pull gateways
tap_ok "closed segments are the gateway's to the byte" diff -r --exclude=audit.jsonl --exclude=.now gw0 pulled/gw0
tap_is "what a closed segment has is not kept twice" "$(find pulled/gw0/audit.jsonl -size +0 2>/dev/null)" ""
tap_is "nothing is missing in it" "$(cat pulled/gw0/audit-*.jsonl | wc -l)" "$total"
tap_is "the open file was never written again" "$(find pulled/gw0 -name '*.differs-*' -o -name '*.open-*')" ""

# A gateway that was taken over: its log is cut, and then goes on as if nothing had been, or is written anew.
rm -rf taken_over && cp -r gw1 taken_over && mkdir -p honest && echo "taken taken:" >taken
sed "s|$dir/gw1|$dir/taken_over|" keys_gw1 >keys_taken && cp keys_gw1 keys_gw1.kept && cp keys_taken keys_gw1
sed -i "s|Host gw1$|Host gw1 taken|; s|Host gw0 gw1 gone|Host gw0 gw1 taken gone|" ssh.conf
mv "$(find taken_over -name 'audit-*.jsonl' | sort | tail -n 1)" taken_over/audit.jsonl && chmod u+w taken_over/audit.jsonl
pull taken && cp -r pulled/taken honest/
head -n 20 taken_over/audit.jsonl >cut.jsonl && cat cut.jsonl >taken_over/audit.jsonl
pull taken
tap_is "a log that was cut is as it was here, and that is said" "$? $(grep -c "shorter now" pull.said) $(cmp honest/taken/audit.jsonl pulled/taken/audit.jsonl && echo same)" \
	"1 1 same"
sed 's/kaspersky/kaspersk1/' honest/taken/audit.jsonl >taken_over/audit.jsonl
pull taken
tap_is "one that was written anew is kept beside it" "$? $(grep -c "both are kept" pull.said) $(cmp honest/taken/audit.jsonl pulled/taken/audit.jsonl && echo same)" \
	"1 1 same"
tap_ok "to the byte" cmp taken_over/audit.jsonl pulled/taken/audit.jsonl.differs-*
"$filterctl" audit verify --collected --key fleet/keys pulled/taken >taken.said
tap_like "and verify says so" "$? $(cat taken.said)" "^2 .*copies (differ|tell two stories)"
# However many in a second.
mkdir clock && printf '#!/bin/sh\necho 1700000000\n' >clock/date && chmod +x clock/date
for i in {1..20}; do
	sed "s/kaspersky/kaspers$((100 + i))/" honest/taken/audit.jsonl >taken_over/audit.jsonl
	touch -d "2026-01-01 00:00:00.$((100 + i))" taken_over/audit.jsonl
	PATH=$dir/clock:$PATH pull taken
done
tap_ok "no more than 16 such copies are kept" test "$(find pulled/taken -name 'audit.jsonl.*' | wc -l)" -eq 16
cp keys_gw1.kept keys_gw1
rm -rf pulled/taken
rm gw0/audit-000000000000-*.jsonl
sed -i 's/kaspersky/kaspersk1/' gw0/audit-*.jsonl
pull gateways
tap_is "what is deleted or changed on the gateway stays as it was here" "$(cat pulled/gw0/audit-*.jsonl | sha256sum)" "$(sha256sum <all)"
tap_is "the key reads that folder, and runs nothing" "$(ssh -F ssh.conf gw0 id 2>&1 | grep -c 'uid=')" 0
tap_ok "nor does it write there" test "$(rsync all gw0:all >/dev/null 2>&1; echo $?)" -ne 0
echo "gone gone:" >>gateways
pull gateways
tap_is "a gateway that cannot be reached is an exit status, not a stop" "$? $(grep -c 'gone: not fetched' pull.said)" "1 1"

# --- what is missing is said ---

stop gateway
before=$(cat live/*.jsonl | wc -l)
head -n 50 all >>"$log"
start stranger
wait_for "a stranger to be refused" grep -q "omrelp.*error" stranger.said
stop stranger
stop collector
tap_is "another gateway sends nothing in this one's name" "$(cat live/*.jsonl | wc -l)" "$before"

# truth FILE...: ranges of the numbers that are not in these copies of gw0's log, as [[first,last],...]
truth() {
	python3 - "$total" "$@" <<'EOF'
import json, sys
here = set()
for path in sys.argv[2:]:
    for line in open(path):
        if line.endswith("}}\n"):
            here.add(json.loads(line)["filterd"]["seq"])
ranges = []
for seq in range(int(sys.argv[1])):
    if seq in here:
        continue
    if ranges and ranges[-1][1] == seq - 1:
        ranges[-1][1] = seq
    else:
        ranges.append([seq, seq])
print(json.dumps(ranges, separators=(",", ":")))
EOF
}

# missing PATH...: the same by filterctl.
missing() {
	"$filterctl" audit verify --collected --key fleet/keys --json "$@" >verify.json
	jq -c '.logs[] | select(.gateway == "gw0000.example.net") | .missing_ranges' verify.json
}

# The second gateway's log stands beside, so that there are two: a line each.
tap_is "of the live copy exactly what rsyslog lost is missing" "$(missing live gw1)" "$(truth live/*.jsonl)"
echo "# rsyslog lost, while its collector was away and it was restarted: $(truth live/*.jsonl)"
sed -i -e '301,340d' -e '77d' live/*.jsonl
tap_is "with more taken out, that too" "$(missing live gw1)" "$(truth live/*.jsonl)"
tap_is "and it is not sound" "$(jq -r .result verify.json)" not-sound
tap_is "both copies together have all of it" "$(missing live pulled)" "[]"
tap_is "and are unaltered" "$(jq -r .result verify.json)" declared
tap_is "the copy that is fetched alone, too" "$(missing pulled)" "[]"
tap_is "an early one and the live one: what is in either" "$(missing live pulled_early)" "$(truth live/*.jsonl pulled_early/gw0/*.jsonl)"
shuf --random-source=<(yes) live/*.jsonl >shuffled.jsonl
tap_is "disorder makes no difference" "$(missing shuffled.jsonl pulled)" "[]"
cat live/*.jsonl gw1/*.jsonl | shuf --random-source=<(yes) | gzip >one_for_all.jsonl.gz
tap_is "nor does one file for all gateways" "$(missing one_for_all.jsonl.gz)" "$(truth live/*.jsonl)"
tap_done
