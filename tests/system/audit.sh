#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The log of a filter that ran, with an auditor: on the gateway, and on a machine that has only the files and the key.
set -u
# shellcheck source=tests/support/system.sh
. "$(dirname "$0")/../support/system.sh"

filterctl=$DAEMON_BUILD/filterd/filterctl
log=$LAB_DIR/log
copy=$LAB_DIR/auditor

# audit VERB ARGUMENT...: exit status and all that was said.
audit() {
	local said status=0

	said=$("$filterctl" audit "$@" 2>&1) || status=$?
	echo "$status $said"
}

# shellcheck disable=SC2317  # lab_wait calls it
closed_segment() {
	ls "$log"/audit-0*.jsonl
}

# Two runs, with a segment closed in the first, and a name asked by each layer.
write_log() {
	daemon_set anchors "$LAB_DIR/notes"
	touch "$LAB_DIR/notes"
	chown nobody "$LAB_DIR/notes"
	made=$("$filterctl" key init -c "$DAEMON_CONF" 2>&1)
	system_run
	answer dnl-01.geo.kaspersky.com A "$LAB_DNS4" >/dev/null
	answer ksn-a-stat.kaspersky-labs.com A "$LAB_DNS4" >/dev/null
	page activation-v2.kaspersky.com "$LAB_LISTED4" >/dev/null
	rotated=$("$filterctl" rotate -c "$DAEMON_CONF" 2>&1; echo $?)
	lab_wait "the closed segment" closed_segment
	answer dnl-02.geo.kaspersky.com A "$LAB_DNS4" >/dev/null
	daemon_end TERM
	daemon_start || tap_bail "filterd did not start again"
	answer dnl-03.geo.kaspersky.com A "$LAB_DNS4" >/dev/null
	"$filterctl" audit verify -c "$DAEMON_CONF" >/dev/null
	tap_ok "that root read the log is on record" lab_wait "the record" grep -rq '"type":"access"' "$log"
	tap_is "by whom, and what came of it" "$(jq -r 'select(.filterd.type == "access") | "\(.filterd.verb) \(.filterd.uid) \(.filterd.result)"' "$log"/audit*.jsonl)" \
		"verify 0 declared"
	daemon_end TERM
}

rotation() {
	local holder

	tap_like "filterctl rotate finds the filterd that writes the log, and waits for it" "$rotated" "is new.0$"
	python3 -c 'import fcntl, sys, time
f = open(sys.argv[1]); fcntl.flock(f, fcntl.LOCK_EX); time.sleep(1000)' "$log/audit.jsonl" &
	holder=$!
	lab_wait "another program's lock" grep -q ":$(stat -c %i "$log/audit.jsonl") " /proc/locks
	tap_like "and signals no other program, were it to hold the lock" "$("$filterctl" rotate -c "$DAEMON_CONF" 2>&1; echo $?)" \
		"no running filterd.*1$"
	tap_ok "which still runs" kill -0 "$holder"
	kill "$holder"
	wait "$holder" 2>/dev/null
	tap_like "nor any when none runs" "$("$filterctl" rotate -c "$DAEMON_CONF" 2>&1; echo $?)" "no running filterd.*1$"
}

on_the_gateway() {
	local said

	said=$(audit verify -c "$DAEMON_CONF")
	tap_like "on the gateway: no argument is needed, and a restart is a declared gap" "$said" \
		"^1 log .*lab/filterd/.*unbroken.*5 attempts.*result +complete up to its stop"
	tap_like "filterd began its log with the key that was made before" "$("$filterctl" audit verify --key "$(sed -n 2p <<<"$made")" "$log")" \
		"log .*lab/filterd/.*result +complete up to its stop"
	tap_like "its key is the one of the keys' folder" "$("$filterctl" audit verify --json -c "$DAEMON_CONF" | jq .key_given)" true
	tap_like "the open segment and the closed one are found" "$said" "in 2 files"
	tap_like "devices: the client, by its MAC" "$(audit devices -c "$DAEMON_CONF")" "^0 device .*([0-9a-f]{2}:){5}[0-9a-f]{2}"
	tap_is "hosts: all five, as CSV for programs" \
		"$("$filterctl" audit hosts --csv -c "$DAEMON_CONF" | tail -n +2 | cut -d, -f1 | sort | paste -sd ' ')" \
		"activation-v2.kaspersky.com dnl-01.geo.kaspersky.com dnl-02.geo.kaspersky.com dnl-03.geo.kaspersky.com ksn-a-stat.kaspersky-labs.com"
	tap_is "timeline: all attempts of today" \
		"$("$filterctl" audit timeline --json -c "$DAEMON_CONF" | jq '[.timeline[].blocked] | add')" 5
	tap_like "coverage: the restart" "$(audit coverage -c "$DAEMON_CONF")" "^1 .*stopped"
	tap_like "nothing in a time without attempts" "$(audit devices --until 2020-01-01 -c "$DAEMON_CONF")" "^0 no attempts"
}

elsewhere() {
	mkdir "$copy"
	cp "$log"/* "$copy"
	cp "$LAB_DIR/keys/audit.vkey" "$LAB_DIR/gw.vkey"
	tap_like "elsewhere: folder, key and notes are enough" \
		"$(audit verify --key "$LAB_DIR/gw.vkey" --anchors "$LAB_DIR/notes" "$copy")" "^1 .*([0-9]+) of ([0-9]+) agree.*unaltered"
	gzip "$copy"/audit-0*.jsonl
	tap_like "a closed segment may be compressed" "$(audit verify --key "$LAB_DIR/gw.vkey" "$copy")" "^1 .*unbroken"
	tap_like "the files may come in any order, or through a pipe" \
		"$(cat "$log"/audit-0*.jsonl "$log/audit.jsonl" | audit verify --key "$(cat "$LAB_DIR/gw.vkey")" -)" "^1 .*unbroken"
	cat "$log/audit.jsonl" "$log"/audit-0*.jsonl "$log/audit.jsonl" >"$LAB_DIR/collected.jsonl"
	tap_like "a collector's copy may be in disorder, with duplicates" \
		"$(audit verify --collected --key "$LAB_DIR/gw.vkey" "$LAB_DIR/collected.jsonl")" "^1 .*unbroken"
	tap_like "which would else be findings" "$(audit verify --key "$LAB_DIR/gw.vkey" "$LAB_DIR/collected.jsonl")" "^2 .*ORDER"
}

# spoil WHAT SED_EXPRESSION REGEX: a copy of the open segment, spoilt, is found out.
spoil() {
	cp "$log"/audit* "$copy"
	rm -f "$copy"/*.gz
	sed -i "$2" "$copy/audit.jsonl"
	tap_like "$1" "$(audit verify --key "$LAB_DIR/gw.vkey" --anchors "$LAB_DIR/notes" "$copy")" "$3"
}

tampered() {
	spoil "a host that was changed" 's/dnl-02/dnl-09/' "^2 .*ALTERED .*NOT sound"
	spoil "a record that was taken out" '/dnl-02/d' "^2 .*MISSING .*COUNT .*NOT sound"
	# shellcheck disable=SC2016  # $ is sed's
	spoil "an end that was cut" '$d' "^2 .*TRUNCATED .*NOT sound"
	# shellcheck disable=SC2016
	spoil "a signature that was taken off" '$s/,"sig":"[^"]*"//' "^2 .*UNSIGNED .*NOT sound"
	tap_like "the tables of such a log say so, too" "$(audit hosts "$copy")" "^2 .*NOT sound"
	printf 'half a line' >>"$copy/audit.jsonl"
	tap_like "half a line" "$(audit verify "$copy")" "PARTIAL"
	head -c 300000 /dev/zero | tr '\0' 'x' >"$copy/audit.jsonl"
	tap_like "a line that is too long" "$(audit verify "$copy")" "^2 .*no record is so long"
	head -c 40000 /dev/urandom >"$copy/audit.jsonl"
	tap_like "no text at all" "$(audit verify "$copy")" "^2 .*NOT sound"
	gzip -c "$log/audit.jsonl" | head -c 400 >"$copy/audit.jsonl"
	tap_like "compressed data that was cut" "$(audit verify "$copy")" "^2 .*ends too early"
}

wrong_usage() {
	tap_like "a log that is not there" "$(audit verify "$LAB_DIR/none")" "^74 .*none: No such file"
	tap_like "a folder without a log" "$(audit verify "$LAB_DIR/config")" "^74 .*no audit log in this folder"
	tap_like "a key that is none" "$(audit verify --key nonsense "$copy")" "^64 .*neither a file nor a verifier key"
	tap_like "notes that are none" "$(audit verify --anchors "$DAEMON_CONF" "$copy")" "^64 .*no note of this log"
	tap_like "a time that is none" "$(audit hosts --since "at some time" "$copy")" "^64 .*is not a time.*2 days ago"
	tap_like "a verb that is none" "$(audit verfy)" "^64 .*no verb 'verfy'.*verify"
	tap_like "help" "$(audit verify --help)" "^0 usage.*Exit status"
}

system_begin
write_log
rotation
on_the_gateway
elsewhere
tampered
wrong_usage
tap_done
