#!/bin/bash
# SPDX-License-Identifier: MIT
#
# filterd-notify over a log that grows, is closed, begins anew: who is told of, once, and that nothing is lost if telling fails.
set -u
source=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/support/tap.sh
. "$source/tests/support/tap.sh"

tap_need busybox
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
log=$work/audit.jsonl
number=0

# record DEVICE HOST [TYPE [CATEGORY [NAME]]]: one more in the log.
record() {
	printf '{"timestamp":"2026-11-30T09:00:00.000000+0000","event_type":"alert","alert":{"action":"blocked","category":"Kaspersky update"},"host":"gw1","filterd":{"type":"%s","host":"%s","category":"%s","device":"%s","name":"%s","count":1,"seq":%d,"prev":"00"}}\n' \
		"${3:-block}" "$2" "${4:-update}" "$1" "${5:-}" "$number" >>"$log"
	number=$((number + 1))
}

beat() {
	printf '{"timestamp":"2026-11-30T09:00:00.000000+0000","event_type":"stats","host":"gw1","filterd":{"type":"heartbeat","seq":%d,"prev":"00"}}\n' "$number" >>"$log"
	number=$((number + 1))
}

# closes: as filterd does at midnight.
closes() {
	local first

	first=$(head -n 1 "$log" | sed 's/.*"seq":\([0-9]*\).*/\1/')
	mv "$log" "$work/audit-$(printf %012d "$first")-$(printf %012d $((number - 1))).jsonl"
}

# told: what came since; its exit status behind.
told() {
	: >"$work/told"
	busybox ash "$source/config/notify/filterd-notify" -c "$work/notify.conf" --once 2>>"$work/errors"
	echo "status $?" >>"$work/told"
	cat "$work/told"
}

# ago DEVICE SECONDS: it last tried so long before now.
ago() { echo "$(($(date +%s) - $2)) $(($(date +%s) - $2))" >"$work/state/seen/$1"; }

cat >"$work/run" <<END
#!/bin/sh
[ ! -e "$work/broken" ] || exit 7
printf '%s\n' "\$FILTERD_DEVICE|\$FILTERD_HOST|\$FILTERD_LINE" >>"$work/told"
END
chmod +x "$work/run"
printf '%s\n' "run = $work/run" "log = $log" "state = $work/state" >"$work/notify.conf"

record 02:00:00:00:00:09 old.example.org
tap_is "what was there before is old" "$(told)" "status 0"
beat
tap_is "a heartbeat tells nobody" "$(told)" "status 0"
record 02:00:00:00:00:07 ds.example.org block 'ksn","asked":"no'
tap_is "a name that was never asked for tells nobody" "$(told)" "status 0"
record 02:00:00:00:00:01 dnl.example.org block update LAPTOP-7
record 02:00:00:00:00:01 ds.example.org
record 02:00:00:00:00:02 touch.example.org log aux
record 02:00:00:00:00:03 blocked.filterd.test block probe
tap_is "a device's first attempt is told, once; what is only logged, and a probe, are not" "$(told)" \
	"02:00:00:00:00:01|dnl.example.org|2026-11-30T09:00:00 02:00:00:00:00:01 LAPTOP-7 tried dnl.example.org (Kaspersky update): blocked
status 0"
tap_is "and not again" "$(told)" "status 0"
record 02:00:00:00:00:01 dnl.example.org
tap_is "nor with its next attempt" "$(told)" "status 0"
ago 02:00:00:00:00:01 $((29 * 86400))
record 02:00:00:00:00:01 dnl.example.org
tap_is "29 days later neither" "$(told)" "status 0"
ago 02:00:00:00:00:01 $((30 * 86400))
record 02:00:00:00:00:01 dnl.example.org would_block
tap_like "after 30 days without one it is the first again" "$(told)" "dnl.example.org.*passed, as nothing is blocked now.status 0"

printf '{"timestamp":"2026-11-30T09:00:00.000000+0000","event_type":"alert","filterd":{"type":"block","host":"half' >>"$log"
tap_is "half a line is not read" "$(told)" "status 0"
printf '.example.org","category":"update","device":"02:00:00:00:00:04","name":"","seq":%d,"prev":"00"}}\n' "$number" >>"$log"
number=$((number + 1))
tap_like "the rest of it is waited for" "$(told)" "02:00:00:00:00:04\|half.example.org"

record 02:00:00:00:00:05 before.example.org
closes
record 02:00:00:00:00:06 after.example.org
tap_like "a file that was closed meanwhile is read to its end, and then the next" "$(told)" "before.example.org.*after.example.org"
record 02:00:00:00:00:07 one.example.org
closes
gzip "$work"/audit-*"$(printf %012d $((number - 1)))".jsonl
record 02:00:00:00:00:08 two.example.org
closes
record 02:00:00:00:00:0a three.example.org
tap_like "also two of them, and a compressed one" "$(told)" "one.example.org.*two.example.org.*three.example.org"

touch "$work/broken"
record 02:00:00:00:00:0b waits.example.org
tap_is "if telling fails, so does it" "$(told)" "status 1"
tap_like "and says so" "$(tail -n 1 "$work/errors")" "/run' ends with 7; it is tried again"
record 02:00:00:00:00:0c too.example.org
told >/dev/null
rm "$work/broken"
tap_like "nothing is lost" "$(told)" "waits.example.org.*too.example.org.*status 0"

record 'x\",\"device\":\"forged' 'a\"\\.example.org'
# shellcheck disable=SC2016
tap_is "what a stranger writes stays text" "$(told)" 'x\",\"device\":\"forged|a\"\\.example.org|2026-11-30T09:00:00 x\",\"device\":\"forged tried a\"\\.example.org (Kaspersky update): blocked
status 0'
touch "$work/broken"
for i in $(seq 1000 1150); do record "02:00:00:00:${i:0:2}:${i:2}" many.example.org; done
told >/dev/null
tap_is "whoever makes up addresses fills no mailbox" "$(find "$work/state/waiting" -type f | wc -l)" 100
rm "$work/broken"
tap_is "what waits is told then" "$(told | grep -c many.example.org)" 100

rm "$log" "$work/state/waiting/"* 2>/dev/null
number=0
record 02:00:00:00:00:0d anew.example.org
tap_like "a new log is read from its beginning" "$(told)" "anew.example.org"
sed -i 's|^run.*|run = /nowhere|' "$work/notify.conf"
tap_is "a program that is not there is a wrong configuration" "$(told)" "status 78"
tap_done
