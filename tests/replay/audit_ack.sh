#!/bin/bash
# SPDX-License-Identifier: MIT
#
# filterctl audit ack: notes about devices, beside the log.
#
#   tests/replay/audit_ack.sh BUILD     TAP
set -u
# shellcheck source=tests/support/tap.sh
. "$(dirname "$0")/../support/tap.sh"

tap_need jq
build=$(realpath "$1")
filterctl=$build/filterd/filterctl
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$build/tests/small_log" "$work" || tap_bail "there is no log"
before=$(sha256sum <"$work/audit.jsonl")
export SUDO_USER=jb

# ack ARGUMENT...: exit status and all that was said.
ack() {
	local said status=0

	said=$("$filterctl" audit ack "$@" "$work" 2>&1) || status=$?
	echo "$status $said"
}

tap_like "no notes yet" "$(ack --list)" "^0 no notes in $work/audit.acks"
tap_like "a device that is not in the log" "$(ack LAPTOP-8 gone)" "^1 .*the log has no attempt of a device 'LAPTOP-8'"
tap_like "whose name alone is not enough by force either" "$(ack --force LAPTOP-8 gone)" "^1 .*neither a MAC nor an address"
mkdir "$work/two"
sed 's/"name":""/"name":"LAPTOP-7"/' "$work/audit.jsonl" >"$work/two/audit.jsonl"
tap_like "a name that two devices have: which one?" "$("$filterctl" audit ack LAPTOP-7 gone "$work/two" 2>&1; echo $?)" \
	"several devices .*3c:52:82:11:22:33.*a6:10:0b:77:01:9e.*1$"
tap_ok "and neither is noted" test ! -e "$work/two/audit.acks"
tap_like "no note" "$("$filterctl" audit ack LAPTOP-7 2>&1; echo $?)" "what is the NOTE.*64$"
tap_like "a note that is no text" "$(ack LAPTOP-7 $'\xff')" "^64 "
tap_like "a note without quotes: where they go" "$("$filterctl" audit ack LAPTOP-7 uninstalled by JB 2>&1; echo $?)" \
	'no log .by.*filterctl audit ack LAPTOP-7 "uninstalled by JB".*64$'
tap_ok "nothing was written" test ! -e "$work/audit.acks"
tap_like "a device by its name" "$(ack laptop-7 'uninstalled, "JB" ü')" "^0 noted about 3c:52:82:11:22:33"
tap_is "stands under its MAC, with who and what" "$(jq -r '[.device, .by, .note] | join("|")' "$work/audit.acks")" \
	'3c:52:82:11:22:33|jb|uninstalled, "JB" ü'
tap_like "another by its address" "$(ack 2001:db8:1::5a $'a phone\n\e[2J')" "^0 "
tap_like "by force one that is not in the log" "$(ack --force AA-BB-CC-00-11-22 'seen elsewhere')" "^0 noted about aa:bb:cc:00:11:22"
tap_is "a line each" "$(wc -l <"$work/audit.acks")" 3
tap_like "--list" "$(ack --list)" "^0 device .*3c:52:82:11:22:33 .*jb .*2026-11-01 00:17:55 .*uninstalled"
tap_is "nothing in it that a terminal would obey" "$(ack --list | LC_ALL=C grep -c $'\e')" 0
tap_is "a device that did not try since has not returned" \
	"$("$filterctl" audit ack --list --json "$work" | jq -c '[.acks[].returned] | unique')" "[false]"
sed -i 's/"time":"[0-9]*/"time":"2020/' "$work/audit.acks"
tap_is "one that did has" "$("$filterctl" audit ack --list --json "$work" | jq -r '.acks[] | select(.returned) | .device' | paste -sd ' ')" \
	"3c:52:82:11:22:33 a6:10:0b:77:01:9e"
tap_like "a new note in the place of the old one" "$(ack LAPTOP-7 again; wc -l <"$work/audit.acks")" "^0 .*3$"
tap_like "--remove" "$(ack --remove 3C-52-82-11-22-33; ack --remove 3c:52:82:11:22:33)" "^0.*1 .*there is no note"
ack --acks "$work/elsewhere" LAPTOP-7 gone >/dev/null
tap_is "--acks: another file, and devices finds it there" \
	"$("$filterctl" audit devices --done --acks "$work/elsewhere" --csv "$work" | grep -c LAPTOP-7)" 1
tap_is "the log is untouched" "$(sha256sum <"$work/audit.jsonl")" "$before"
echo '{"device":1}' >>"$work/audit.acks"
tap_like "a file that is damaged is named with its line, and left alone" "$(ack LAPTOP-7 x; wc -l <"$work/audit.acks")" \
	"^74 .*audit.acks: line 3: expected.*3$"
tap_done
