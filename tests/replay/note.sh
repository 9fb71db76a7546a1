#!/bin/bash
# SPDX-License-Identifier: MIT
#
# filterctl note: a note about a device without a log being read, in the file of filterctl audit ack.
#
#   tests/replay/note.sh BUILD     TAP
set -u
# shellcheck source=tests/support/tap.sh
. "$(dirname "$0")/../support/tap.sh"

tap_need jq
build=$(realpath "$1")
filterctl=$build/filterd/filterctl
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export SUDO_USER=jb
mkdir "$work/log" "$work/flash"
conf=$work/filterd.conf
printf '[audit]\nfile = %s\nkeys = %s\n' "$work/log/audit.jsonl" "$work/keys" >"$conf"
mac=3c:52:82:11:22:33

# note ARGUMENT...: exit status and all that was said.
note() {
	local said status=0

	said=$("$filterctl" note -c "$conf" "$@" 2>&1) || status=$?
	echo "$status $said"
}
notes() { jq -r '[.device, .by, .note] | join("|")' "$1"; }

tap_like "a name is no device: who has it tomorrow?" "$(note LAPTOP-7 gone)" "^64 .*'LAPTOP-7' is not a device; expected a MAC or an address"
tap_like "a device alone" "$(note "$mac")" "^64 .*expected a DEVICE and a TEXT, got 1"
tap_like "a word too many" "$(note "$mac" was uninstalled)" "^64 .*got 3"
tap_like "what is no text" "$(note "$mac" $'\xff')" "^64 .*UTF-8"
tap_like "a long one" "$(note "$mac" "$(printf 'x%.0s' {1..513})")" "^64 .*at most 512 bytes"
tap_ok "nothing was written" test ! -e "$work/log/audit.acks"
tap_is "a note" "$(note 3C:52:82:11:22:33 "uninstalled, says Zoë")" "0 noted about $mac, in $work/log/audit.acks"
tap_is "stands beside the log, with who and what" "$(notes "$work/log/audit.acks")" "$mac|jb|uninstalled, says Zoë"
if [ "$(id -u)" -eq 0 ]; then
	chgrp nogroup "$work/log"
	note 192.0.2.9 "for those who may read the log" >/dev/null
	tap_is "whoever may read the log, by its folder's group, may read the notes" "$(stat -c '%G %a' "$work/log/audit.acks")" "nogroup 640"
	note 192.0.2.9 "" >/dev/null
fi
tap_is "and an address may have one" "$(note 2001:DB8::0:7 "the printer")" "0 noted about 2001:db8::7, in $work/log/audit.acks"
tap_is "another one takes its place" "$(note "$mac" "back again"; notes "$work/log/audit.acks" | grep -c "^$mac")" \
	"0 noted about $mac, in $work/log/audit.acks
1"
"$build/tests/small_log" "$work/log" || tap_bail "there is no log"
tap_is "filterctl audit ack lists them" "$("$filterctl" audit ack -c "$conf" --list --json 2>/dev/null | jq -r '.acks[].device' | sort | paste -sd' ')" \
	"2001:db8::7 $mac"
tap_is "without a text it is gone" "$(note "$mac" "")" "0 removed the note about $mac"
tap_is "and only it" "$(notes "$work/log/audit.acks")" "2001:db8::7|jb|the printer"
tap_is "once more changes nothing" "$(note "$mac" "")" "0 there is no note about $mac in $work/log/audit.acks"
# One that is cut within a character, or is no text, would make the whole file unreadable.
for name in "x$(printf 'ü%.0s' {1..40})" $'\xff' $'a\nb'; do
	SUDO_USER=$name note 192.0.2.7 "by a strange account" >/dev/null
	tap_like "the notes are read whoever made one" "$(note 192.0.2.8 "the next")" "^0 noted"
done
tap_is "who is no name is left out" "$(LOGNAME=ann SUDO_USER=$'\xff' note 192.0.2.7 x >/dev/null; notes "$work/log/audit.acks" | grep '^192.0.2.7')" "192.0.2.7|ann|x"
for number in {1..20}; do
	"$filterctl" note -c "$conf" "192.0.2.$number" "at once" >/dev/null &
done
wait
tap_is "of many at once none is lost" "$(notes "$work/log/audit.acks" | grep -c "at once")" 20

# As on a router, whose log is in memory.
printf 'flush-to = %s\n' "$work/flash" >>"$conf"
tap_is "where the log has a copy on flash, the notes are there" "$(note "$mac" "on flash")" "0 noted about $mac, in $work/flash/audit.acks"
tap_like "and for filterctl audit ack, too" "$("$filterctl" audit ack -c "$conf" --list 2>&1)" "$mac .*on flash"
echo "no note" >>"$work/flash/audit.acks"
tap_like "a file with anything else is not written over" "$(note "$mac" again)" "^74 filterctl note: $work/flash/audit.acks: line 2: expected"
tap_is "and stays as it is" "$(tail -n 1 "$work/flash/audit.acks")" "no note"
rm -r "$work/flash"
tap_like "a folder that is missing is said" "$(note "$mac" again)" "^74 filterctl note: $work/flash/audit.acks: No such file"
tap_done
