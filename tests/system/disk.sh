#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The audit log's own troubles: a disk that fills up, one that cannot be written, and other programs that take the file away
# or cut it. Blocking goes on, attempts are counted, and the log says what happened to it.
# shellcheck disable=SC2317  # lab_wait calls what it is given
set -u

# In a mount namespace of its own: else whoever makes one meanwhile, another test or a container, has a copy of our mounts in it, and a
# disk that is still mounted there cannot be mended here.
if [ "$(id -u)" -eq 0 ] && [ -z "${DISK_ALONE:-}" ]; then
	DISK_ALONE=yes exec unshare --mount "$0" "$@"
fi
# shellcheck source=tests/support/system.sh
. "$(dirname "$0")/../support/system.sh"
# shellcheck source=tests/support/sums.sh
. "$(dirname "$0")/../support/sums.sh"

suffix=upd.kaspersky.com
listed=p00.$suffix
log=$LAB_DIR/log

# disk_up TYPE OPTIONS DEVICE: the log's folder is a disk of its own; filterd runs.
disk_up() {
	mkdir -p "$log"
	mount -t "$1" -o "$2" "$3" "$log" || return
	chown nobody "$log"
	daemon_start
}

disk_down() {
	[ -z "$DAEMON_PID" ] || daemon_end TERM
	umount "$log"
	rm -rf "${log:?}" "$LAB_DIR/keys"
}

# The lab's own traps know nothing of what is mounted in its folder.
clean() {
	umount -l "$log" 2>/dev/null
	[ -z "${loop:-}" ] || losetup -d "$loop" 2>/dev/null
	lab_down
}

# fill NAME: until nothing fits any more.
fill() {
	cat /dev/zero >"$log/$1" 2>/dev/null
	return 0
}

num_of() {
	sums_records | jq -s "[.[] | select($1)] | length"
}

degraded='.filterd.type == "state" and .filterd.to == "degraded"'
recovered='.filterd.type == "state" and .filterd.from == "degraded"'
gap='.filterd.type == "gap"'

has_of() {
	[ "$(num_of "$1")" -ge "$2" ]
}

# hammer WHAT: 300 questions for 100 hosts; each is refused, whatever the log does.
hammer() {
	lab_client "$SUMS_HAMMER" "$LAB_DNS4" 300 1 "$suffix" 100 >"$LAB_DIR/hammer"
	tap_is "$1: every question is refused" "$(sums_figure sent) $(sums_figure blocked)" "300 300"
}

# sums_up WHAT: what has to hold once a log that could not be written for 300 of 600 attempts can be again.
sums_up() {
	tap_is "$1: there is one record of it, and one of its end" "$(num_of "$degraded") $(num_of "$recovered")" "1 1"
	tap_is "$1: and one of the gap, with the attempts in it" "$(num_of "$gap") $(sums_records | jq "select($gap).filterd.attempts")" "1 300"
	daemon_end TERM
	tap_is "$1: no attempt is lost" "$(sums_attempts 0)" 600
	tap_is "$1: the stop knows as many" "$(sums_records | jq 'select(.filterd.type == "stop").filterd.attempts')" 600
	tap_is "$1: every record agrees with the lines before it" "$(sums_disagreeing)" ""
}

full() {
	disk_up tmpfs size=8m log || tap_bail "filterd did not start on a disk of its own"
	hammer "room enough"
	lab_wait "the reserve" test -s "$log/audit.jsonl.reserve"
	fill filler
	lab_wait "filterd to say so" daemon_says "attempts are counted"
	lab_wait "its record" has_of "$degraded" 1
	tap_ok "a full disk: the log says so, in the room kept for that" has_of "$degraded" 1
	fill filler2
	hammer "a full disk"
	tap_is "a full disk: nothing is in the log after that" "$(sums_attempts 0)" 300
	rm "$log/filler2"
	tap_ok "the reserve alone is no room" test ! -e "$log/audit.jsonl.reserve"
	rm "$log/filler"
	lab_wait "filterd to go on" has_of "$recovered" 1
	sums_up "a full disk"
	disk_down
}

# The room is used up while filterd is away: the reserve is enough for its start.
full_at_start() {
	disk_up tmpfs size=8m log || tap_bail "filterd did not start on a disk of its own"
	lab_wait "the reserve" test -s "$log/audit.jsonl.reserve"
	daemon_end TERM
	fill filler
	tap_ok "on a full disk filterd starts" daemon_start
	lab_wait "its record" has_of "$degraded" 1
	tap_is "and blocks" "$(answer "$listed" A "$LAB_DNS4")" NXDOMAIN+15
	rm "$log/filler"
	lab_wait "filterd to go on" has_of "$recovered" 1
	daemon_end TERM
	tap_is "its sums are right" "$(sums_attempts 0) $(sums_disagreeing)" "1 "
	disk_down
}

# ext4 on a file.
ext4_up() {
	truncate -s 32M "$LAB_DIR/disk" && mkfs.ext4 -q -O ^has_journal "$LAB_DIR/disk" || return
	loop=$(losetup -f --show "$LAB_DIR/disk") || return
	disk_up ext4 errors=remount-ro "$loop"
}

ext4_down() {
	disk_down
	losetup -d "$loop"
	loop=
}

# The file cannot be written any more, and then it can.
unwritable() {
	hammer "a good disk"
	chattr +i "$log/audit.jsonl"
	hammer "a file that cannot be written"
	lab_wait "filterd to say so" daemon_says "attempts are counted"
	chattr -i "$log/audit.jsonl"
	lab_wait "filterd to go on" has_of "$recovered" 1
	sums_up "a file that cannot be written"
}

# A disk with an error makes itself read-only under a file that is open; it takes unmounting to mend it.
read_only() {
	hammer "a good disk"
	sync -f "$log/audit.jsonl"
	echo "a test of filterd" >"/sys/fs/ext4/${loop#/dev/}/trigger_fs_error"
	hammer "a read-only disk"
	lab_wait "filterd to say so" daemon_says "Read-only file system"
	tap_ok "a read-only disk: filterd says so" daemon_says "attempts are counted"
	daemon_end TERM
	umount "$log"
	e2fsck -fy "$LAB_DIR/disk" >/dev/null 2>&1
	mount "$loop" "$log"
	daemon_start || tap_bail "filterd did not start on the mended disk"
	tap_is "mended: the next start has what was counted" "$(sums_records | jq '.filterd.carried // empty')" 300
	daemon_end TERM
	tap_is "no attempt is lost" "$(sums_attempts 0)" 600
	tap_is "every record agrees with the lines before it" "$(sums_disagreeing)" ""
}

disks() {
	if ! type mkfs.ext4 losetup chattr e2fsck >/dev/null 2>&1 || ! losetup -f >/dev/null 2>&1; then
		tap_skip "a disk that turns read-only" "no loop device or no ext4 here"
		return
	fi
	ext4_up || tap_bail "filterd did not start on ext4"
	unwritable
	ext4_down
	ext4_up || tap_bail "filterd did not start on ext4"
	read_only
	ext4_down
}

block_all() {
	daemon_set on-log-failure block-all
	disk_up tmpfs size=8m log || tap_bail "filterd did not start on a disk of its own"
	tap_is "on-log-failure = block-all, room enough: a free name is answered" "$(answer www.example.org A "$LAB_DNS4")" NOERROR
	fill filler
	lab_wait "its record" has_of "$degraded" 1
	tap_is "a full disk: it is not" "$(answer www.example.org A "$LAB_DNS4" +time=1)" timeout
	rm "$log/filler"
	lab_wait "filterd to go on" has_of "$recovered" 1
	tap_is "room again: it is" "$(answer www.example.org A "$LAB_DNS4")" NOERROR
	disk_down
}

stop() {
	local status=0

	daemon_set on-log-failure stop
	disk_up tmpfs size=8m log || tap_bail "filterd did not start on a disk of its own"
	fill filler
	wait "$DAEMON_PID" || status=$?
	DAEMON_PID=
	tap_is "on-log-failure = stop: a full disk ends it with status 1" "$status" 1
	tap_ok "and it says why" daemon_says "ending, as on-log-failure says"
	tap_is "the log has that too" "$(num_of "$degraded")" 1
	rm "$log/filler"
	daemon_set on-log-failure enforce
	disk_down
}

is_new_file() {
	[ -s "$log/audit.jsonl" ] && daemon_says "taken away by another program"
}

# What logrotate does with `create`, and with `copytruncate`.
rotated_by_others() {
	daemon_set heartbeat 5
	disk_up tmpfs size=8m log || tap_bail "filterd did not start on a disk of its own"
	hammer "before logrotate"
	mv "$log/audit.jsonl" "$log/audit.0.jsonl"
	install -m 640 -o nobody /dev/null "$log/audit.jsonl"
	lab_wait "filterd to notice" daemon_says "taken away by another program"
	hammer "after a rotation by create"
	lab_wait "a heartbeat" is_new_file
	tap_is "the file taken away and the new one are one log" "$(chain_breaks "$log/audit.0.jsonl" "$log/audit.jsonl")" ""

	cp "$log/audit.jsonl" "$log/audit.1.jsonl"
	: >"$log/audit.jsonl"
	lab_wait "filterd to notice" grep -q '"type":"gap".*cut by another program' "$log/audit.jsonl"
	tap_ok "a file cut by copytruncate is a gap in the log" grep -q '"reason":"the file was cut by another program"' "$log/audit.jsonl"
	hammer "after a rotation by copytruncate"
	kill -USR1 "$DAEMON_PID"
	lab_wait "the segment" compgen -G "$log/audit-0*.jsonl"
	lab_wait "a heartbeat in the new file" grep -q heartbeat "$log/audit.jsonl"
	tap_is "with the copy it is whole: nothing was in between" \
		"$(chain_breaks "$log/audit.0.jsonl" "$log/audit.1.jsonl" "$log"/audit-0*.jsonl "$log/audit.jsonl")" ""
	tap_is "the segment's sum is right" "$(cd "$log" && sha256sum --quiet -c SHA256SUMS 2>&1)" ""
	daemon_end TERM
	tap_is "its sums are right" "$(sums_attempts 0) $(sums_disagreeing)" "900 "
	disk_down
}

# chain_breaks FILE...: numbers of lines whose number is not the one before and one, or whose `prev` is not the hash of the line
# before. By other tools than filterd's own.
chain_breaks() {
	cat "$@" | python3 -c '
import hashlib, json, sys
before = None
for line in sys.stdin.buffer:
    own = json.loads(line)["filterd"]
    if before and (own["seq"] != before[0] + 1 or own["prev"] != before[1]):
        print(own["seq"])
    before = own["seq"], hashlib.sha256(line).hexdigest()'
}

system_begin
trap clean EXIT
daemon_rules install || tap_bail "the rules could not be installed"
full
full_at_start
disks
block_all
stop
rotated_by_others
tap_done
