# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# The log: it cannot be written, is not where it should be, or is not what was written.

degraded='.filterd.type == "state" and .filterd.to == "degraded"'

# attempted: two attempts are in the log, and signed.
attempted() {
	ask
	lab_wait "the attempts" log_says '.filterd.type == "heartbeat" and .filterd.attempts == 2'
}

files() {
	begin
	daemon_end TERM
	rm -r "$LAB_DIR/keys"
	mount -t tmpfs -o size=8m log "$log" && chown nobody "$log" || tap_bail "no disk of its own could be mounted"
	again
	lab_wait "the reserve" test -s "$log/audit.jsonl.reserve"
	cat /dev/zero >"$log/filler" 2>/dev/null
	ask
	row "the disk of the log is full" "the audit log cannot be written: No space left on device" 1 \
		disk "(attention|broken): the disk of .*/log is (nearly )?full" 2 'filterd_state\{state="degraded"\} 1' "$degraded" \
		"^1 .*log not written  *blocked and counted meanwhile"
	tap_like "and the doctor knows of the log" "$(finding log)" "broken: the audit log cannot be written"
	daemon_end TERM
	umount "$log"
	if chattr +i "$DAEMON_CONF" 2>/dev/null; then
		chattr -i "$DAEMON_CONF"
		begin
		chattr +i "$log/audit.jsonl"
		ask
		row "the log cannot be written" "the audit log cannot be written: Operation not permitted" 1 \
			log "broken: the audit log cannot be written: Operation not permitted" 2 'filterd_state\{state="degraded"\} 1' - -
		chattr -i "$log/audit.jsonl"
		tap_ok "once it can, it says so" lab_wait "the verification" verified_says "^1 .*log not written  *blocked and counted meanwhile"
	else
		tap_skip "a log that cannot be written" "files here have no attributes"
	fi
}

taken() {
	begin
	attempted
	mv "$log" "$log.away"
	row "the log's folder is moved away" "the audit log's file was taken away, and none can be made in its place: No such file" 1 \
		running "broken: no filterd writes to" 2 "filterd_audit_wrong 1" - "^74 .*"
	mv "$log.away" "$log"
	begin
	attempted
	rm "$log/audit.jsonl"
	row "the log's file is removed" "another program has taken the audit log's file away" 1 \
		log "broken: another program has taken the audit log's file away" 2 "filterd_audit_wrong 1" - "^2 .*records missing"
	begin
	attempted
	: >"$log/audit.jsonl"
	row "the log is cut by another program" "another program has taken the audit log's file away, or cut it" 1 \
		log "broken: another program has taken the audit log's file away, or cut it" 2 "filterd_audit_wrong 1" \
		'.filterd.type == "gap" and .filterd.reason == "the file was cut by another program"' "^2 .*records missing"
}

keys() {
	begin
	chmod 755 "$LAB_DIR/keys"
	row "others may read the keys" "others than filterd may get at the key that signs the audit log" 1 \
		keys "broken: .*/keys: others may get at the key" 2 "filterd_audit_wrong 1" - -
	begin
	chmod 777 "$log"
	row "others may replace the log" "others than filterd may remove records by replacing the audit log's files" 1 \
		log-folder "broken: .*/log: others may remove records" 2 "filterd_audit_wrong 1" - -
	begin
	attempted
	mv "$LAB_DIR/keys" "$LAB_DIR/keys.away"
	vkey=$LAB_DIR/keys.away/audit.vkey
	row "the keys' folder is gone" "the mark of the audit log's end cannot be set: No such file" 1 \
		keys "broken: .*/keys: No such file" 2 "filterd_audit_wrong 1" - -
	again
	row "and filterd starts without its keys" "no key fitted the audit log that was there when filterd started" 1 \
		log "broken: no key fitted the audit log" 2 "filterd_audit_wrong 1" '.filterd.type == "start" and .filterd.previous == "lost"' "^2 .*foreign key"
	vkey=
	rm -r "$LAB_DIR/keys.away"
}

# edit EXPRESSION: of Python, over `data`, the bytes of the open file, which stays the same file.
edit() {
	python3 -c '
import re, sys
with open(sys.argv[1], "r+b") as file:
    data = file.read()
    data = eval(sys.argv[2])
    file.seek(0)
    file.write(data)
    file.truncate()' "$log/audit.jsonl" "$1"
}

# As root's timer does each day.
by_timer() { lab_gateway "$DAEMON_BUILD/filterd/filterctl" audit verify -c "$DAEMON_CONF" >/dev/null; }

altered() {
	begin
	attempted
	edit 'data.replace(b"dnl-01", b"dnl-02", 1)'
	by_timer
	row "a record is altered, and the log verified" "the audit log was found NOT sound at 20" 1 \
		log "broken: the audit log was found NOT sound at 20" 2 "filterd_audit_unsound 1" \
		'.filterd.type == "access" and .filterd.verb == "verify" and .filterd.result == "not-sound"' "^2 .*NOT sound: 1 record altered"
	begin
	attempted
	daemon_end TERM
	edit 'b"".join(line for line in data.splitlines(True) if b"alert" not in line)'
	again
	by_timer
	row "attempts are taken out of the log" "the audit log was found NOT sound at 20" 1 \
		log "broken: the audit log was found NOT sound at 20" 2 "filterd_audit_unsound 1" \
		'.filterd.type == "access" and .filterd.result == "not-sound"' "^2 .*NOT sound: 2 records missing"
}

shortened() {
	begin
	attempted
	daemon_end TERM
	edit 'b"".join(data.splitlines(True)[:-2])'
	row "the log is cut, and filterd does not run" "^filterd does not run" 3 running "broken: no filterd" 2 - - \
		"^1 .*no signature vouches for the 2 records behind it"
	again
	row "the log was cut when filterd started" "the audit log had lost its end when filterd started" 1 \
		log "broken: the audit log had lost its end" 2 "filterd_audit_wrong 1" '.filterd.type == "start" and .filterd.previous == "short"' \
		"^2 .*NOT sound: 2 records missing"
	begin
	attempted
	daemon_end TERM
	cp "$log/audit.jsonl" "$LAB_DIR/older"
	again
	daemon_end TERM
	cp "$LAB_DIR/older" "$log/audit.jsonl"
	row "an older log is put back, with its stop" "^filterd does not run" 3 running "broken: no filterd" 2 - - \
		"^2 .*as audit.keys shows.*NOT sound: 1 record cut off"
	again
	row "an older log had been put back when filterd started" "the audit log had lost its end when filterd started" 1 \
		log "broken: the audit log had lost its end" 2 "filterd_audit_wrong 1" '.filterd.type == "start" and .filterd.previous == "short"' \
		"^2 .*NOT sound: [0-9]+ records? missing"
}
