#!/bin/bash
# SPDX-License-Identifier: MIT
#
# filterd held in by each level of confinement: all of its work goes on, what lies outside is out of reach, and on a kernel
# that has less it runs with less.
# shellcheck disable=SC2317  # lab_wait calls what it is given
set -u
# shellcheck source=tests/support/system.sh
. "$(dirname "$0")/../support/system.sh"

listed=dnl-01.geo.kaspersky.com
free=www.example.org
log=$LAB_DIR/log
leases=$LAB_DIR/leases/dnsmasq.leases
without=$DAEMON_BUILD/tests/without
mac=

# Was filterd built with libseccomp?
has_seccomp() {
	[ -x "$without" ]
}

# Does the kernel have landlock? The daemon said if not.
has_landlock() {
	! daemon_says "no landlock"
}

# task_status FIELD: of all threads of filterd, the distinct values.
task_status() {
	cat "/proc/$DAEMON_PID"/task/*/status | awk -v field="$1:" '$1 == field { print $2 }' | sort -u | paste -sd' '
}

lease() {
	printf '1795442709 %s %s %s *\n' "$mac" "$LAB_CLIENT4" "$1" >"$leases.new"
	mv "$leases.new" "$leases"
}

num_asked=0

# is_named NAME: does the record of a new attempt have this name?
is_named() {
	num_asked=$((num_asked + 1))
	answer "n$num_asked.$listed" A "$LAB_DNS4" >/dev/null
	[ "$(daemon_record "n$num_asked.$listed" '.filterd.name // ""')" = "$1" ]
}

is_named_soon() {
	lab_wait "the name $1" is_named "$1"
}

closed_segments() {
	find "$log" -name 'audit-0*.jsonl' | wc -l
}

has_closed() {
	[ "$(closed_segments)" -gt "$1" ]
}

# reloads TO WHAT: a reload that comes to this word.
reloads() {
	system_reload
	tap_like "$2" "$(grep "reloaded\|keeping" "$DAEMON_LOG" | tail -n 1)" "$1"
}

# loads_by_itself LEVEL: a list is replaced, and nobody says so.
loads_by_itself() {
	local list=$LAB_DIR/config/policy/kaspersky-us/update.list before

	daemon_set watch 1
	reloads reloaded "$1: watching its files is begun"
	before=$(daemon_count_said "reloaded\|keeping")
	cp "$list" "$LAB_DIR/config/policy/update.before"
	{ cat "$list"; echo by-itself.example.com; } >"$list.new"
	mv "$list.new" "$list"
	tap_ok "$1: a list that was replaced is loaded by itself" lab_wait "the reload" system_has_reloaded "$before"
	tap_is "$1: and is in force" "$(answer by-itself.example.com A "$LAB_DNS4")" NXDOMAIN+15
	mv "$LAB_DIR/config/policy/update.before" "$list"
	daemon_set watch 0
	reloads reloaded "$1: and ended"
}

# What filterd does, under whatever level.
works() {
	local before

	tap_is "$1: a prohibited name is refused, another is not" \
		"$(answer "$listed" A "$LAB_DNS4") $(answer "$free" A "$LAB_DNS6")" "NXDOMAIN+15 NOERROR"
	tap_is "$1: so are pages" "$(page "$listed" "$LAB_LISTED4") $(page "$free" "$LAB_OTHER6")" "reset 200"
	reloads reloaded "$1: a policy is loaded anew"
	echo "no policy" >>"$LAB_DIR/config/policy/kaspersky-us.policy"
	reloads keeping "$1: a bad one is refused"
	sed -i '$d' "$LAB_DIR/config/policy/kaspersky-us.policy"
	daemon_set max-shrink 100       # a large list comes, and goes
	cp "$LAB_DIR/config/policy/kaspersky-us/update.list" "$LAB_DIR/config/policy/update.before"
	seq -f 'n%.0f.example.com' 200000 >>"$LAB_DIR/config/policy/kaspersky-us/update.list"
	reloads "reloaded: .* 200[0-9]* rules" "$1: a policy with 200,000 names more is loaded"
	mv "$LAB_DIR/config/policy/update.before" "$LAB_DIR/config/policy/kaspersky-us/update.list"
	reloads reloaded "$1: another file in the place of a list is read"
	loads_by_itself "$1"
	lease "first-$1"
	tap_ok "$1: leases are read" is_named_soon "first-$1"
	lease "second-$1"
	tap_ok "$1: and read again, in another file of that name" is_named_soon "second-$1"
	before=$(closed_segments)
	kill -USR1 "$DAEMON_PID"
	tap_ok "$1: a segment is closed" lab_wait "the segment" has_closed "$before"
	mv "$log/audit.jsonl" "$log/taken-$1.jsonl"
	tap_ok "$1: a log that was taken away is begun anew" lab_wait "the file" test -e "$log/audit.jsonl"
	tap_is "$1: and it is written to" "$(answer "last.upd.kaspersky.com" A "$LAB_DNS4") $(daemon_record last.upd.kaspersky.com .alert.action)" \
		"NXDOMAIN+15 blocked"
	tap_ok "$1: signatures are noted elsewhere" test -s "$LAB_DIR/anchors/notes"
}

# elsewhere LEVEL: a reload that names a policy which lies where none lay at the start.
elsewhere() {
	mkdir -p "$LAB_DIR/elsewhere"
	cp -r "$LAB_DIR/config/policy" "$LAB_DIR/elsewhere/"
	chmod -R a+rX "$LAB_DIR/elsewhere"
	daemon_set files "$LAB_DIR/elsewhere/policy/kaspersky-us.policy"
	if [[ $1 == full || $1 == landlock ]] && has_landlock; then
		reloads "elsewhere.*Permission denied; keeping" "$1: a policy that lies elsewhere is out of reach"
		tap_ok "$1: which is said with the remedy" daemon_says "to use another folder, restart it"
		daemon_end TERM
		daemon_start || tap_bail "filterd did not start again"
		tap_ok "$1: a restart takes it" daemon_says "starting: .*enforcing"
		reloads reloaded "$1: and from then on so does a reload"
	else
		reloads reloaded "$1: a policy that lies elsewhere is loaded"
	fi
	rm -r "$LAB_DIR/elsewhere"
	daemon_set files policy/kaspersky-us.policy
}

under() {
	local mode=0

	[[ $1 == full || $1 == seccomp ]] && has_seccomp && mode=2
	daemon_set confinement "$1"
	rm -f "$LAB_DIR/anchors/notes" "$leases"
	touch "$leases"
	daemon_start || tap_bail "filterd did not start under $1"
	tap_is "$1: every thread is held to the list, or none" "$(task_status Seccomp)" "$mode"
	works "$1"
	elsewhere "$1"
	daemon_end TERM
	tap_is "$1: the end is orderly" $? 0
	restarts "$1"
	tap_like "$1: the log is whole" \
		"$("$DAEMON_BUILD/filterd/filterctl" audit verify --key "$LAB_DIR/keys/audit.vkey" "$log" 2>&1 | grep result)" " (unaltered|complete up to its stop)"
}

# told_times WORD NUMBER: has the service manager heard it so often?
told_times() {
	[ "$(grep -c "^$1" "$LAB_DIR/manager.out")" -ge "$2" ]
}

# With a service manager that keeps the queues: restarted, and killed.
restarts() {
	local manager

	lab_start gateway "$LAB_DIR/manager.out" "$DAEMON_SOURCE/tests/system/manager.py" "$DAEMON_BUILD/filterd/filterd" -c "$DAEMON_CONF"
	manager=$LAB_PID
	lab_wait "filterd" told_times ready 1
	kill -USR2 "$manager"
	lab_wait "the restart" told_times ready 2
	tap_is "$1: a restart takes the queue over" "$(grep -c "queue 7100: goes on" "$LAB_DIR/manager.out")" 1
	kill -KILL "$(awk '$1 == "ready" { pid = $2 } END { print pid }' "$LAB_DIR/manager.out")"
	lab_wait "the start after kill -9" told_times ready 3
	tap_is "$1: so does a start after kill -9" "$(answer "$listed" A "$LAB_DNS4") $(grep -c "queue 7100: goes on" "$LAB_DIR/manager.out")" \
		"NXDOMAIN+15 2"
	tap_ok "$1: the manager hears that it is alive" lab_wait "a sign of life" told_times alive 1
	kill -TERM "$manager"
	wait "$manager"
}

# A folder for leases that comes to be after the start.
late_folder() {
	daemon_set leases "$leases $LAB_DIR/late/leases"
	daemon_start || tap_bail "filterd did not start"
	if has_landlock; then
		mkdir "$LAB_DIR/late"
		echo >"$LAB_DIR/late/leases"
		tap_ok "a folder of leases that came later is told, with the remedy" lab_wait "the message" \
			daemon_says "late/leases.*was not there when.*restart filterd"
	else
		tap_skip "a folder of leases that came later is told" "this kernel has no landlock"
	fi
	daemon_end TERM
	daemon_set leases "$leases"
}

# What a kernel lacks is done without.
lacking() {
	if ! has_seccomp; then
		tap_skip "a kernel without landlock, or without seccomp" "this filterd was built without libseccomp"
		return
	fi
	daemon_start "$without" landlock || tap_bail "filterd did not start without landlock"
	tap_is "a kernel without landlock: said once" "$(daemon_count_said "confinement: .*this kernel has no landlock")" 1
	tap_is "and names are refused" "$(answer "$listed" A "$LAB_DNS4")" NXDOMAIN+15
	daemon_end TERM
	daemon_start "$without" seccomp || tap_bail "filterd did not start without seccomp"
	tap_is "a kernel without seccomp: said once" "$(daemon_count_said "confinement: .*this kernel has no seccomp")" 1
	tap_is "and names are refused" "$(answer "$listed" A "$LAB_DNS4")" NXDOMAIN+15
	daemon_end TERM
}

# Started by a service manager as another user, with the capabilities that opening takes.
other_user() {
	local ambient=+net_admin,+net_raw,+dac_read_search

	chown -R nobody "$log" "$LAB_DIR/keys" "$LAB_DIR/run"
	daemon_set user root
	daemon_start setpriv --reuid nobody --regid nogroup --clear-groups --inh-caps "$ambient" --ambient-caps "$ambient" ||
		tap_bail "filterd did not start as another user"
	tap_is "started as another user it stays that user" "$(task_status Uid)" "$(id -u nobody)"
	tap_is "with CAP_NET_ADMIN and nothing else" "$(task_status CapEff) $(task_status CapPrm)" "0000000000001000 0000000000001000"
	tap_is "and none to hand on, nor a way to get more" \
		"$(task_status CapInh) $(task_status CapAmb) $(task_status NoNewPrivs)" "0000000000000000 0000000000000000 1"
	tap_is "it does its work" "$(answer "$listed" A "$LAB_DNS4")" NXDOMAIN+15
	chmod 600 "$leases"
	chown root "$leases"
	tap_ok "it names itself in messages" lab_wait "the message" daemon_says "user 'nobody' may not read it"
	chmod 644 "$leases"
	daemon_end TERM
	tap_is "and ends in order" $? 0
	daemon_start setpriv --reuid nobody --regid nogroup --clear-groups --inh-caps "$ambient,+setpcap" --ambient-caps "$ambient,+setpcap" ||
		tap_bail "filterd did not start as another user"
	tap_is "who may empties the bounding set too" "$(task_status CapBnd)" 0000000000000000
	daemon_end TERM
	daemon_set user nobody
}

# A syslog that is started anew: nothing else is ever connected to.
syslog_up() {
	lab_start gateway "$LAB_DIR/syslog" python3 -u -c 'import os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
if os.path.exists(sys.argv[1]): os.unlink(sys.argv[1])
s.bind(sys.argv[1])
os.chmod(sys.argv[1], 0o666)
while True: print(s.recv(4096).decode())' "$LAB_DIR/syslog.sock"
	syslog=$LAB_PID
	lab_wait "syslog" test -S "$LAB_DIR/syslog.sock"
}

syslog_says() {
	grep -q "$1" "$LAB_DIR/syslog"
}

to_syslog() {
	local syslog

	syslog_up
	daemon_set log syslog
	# shellcheck disable=SC2016  # for the shell inside
	lab_start gateway "$DAEMON_LOG" unshare -m bash -c 'mount -t tmpfs dev /dev && ln -s "$0" /dev/log && exec "$@"' \
		"$LAB_DIR/syslog.sock" "$DAEMON_BUILD/filterd/filterd" -c "$DAEMON_CONF"
	DAEMON_PID=$LAB_PID
	tap_ok "messages go to syslog" lab_wait "the message" syslog_says "ready: queues 7100 to 7101"
	kill "$syslog"
	wait "$syslog" 2>/dev/null
	rm "$LAB_DIR/syslog.sock"
	syslog_up
	kill -HUP "$DAEMON_PID"
	tap_ok "also to one that was started anew" lab_wait "the message" syslog_says "reloaded"
	daemon_end TERM
	daemon_set log stderr
	kill "$syslog"
}

# Calls that the list lacks would show here; clone3(2) is answered so on purpose.
no_call_is_missing() {
	local tracer trace=$LAB_DIR/trace

	tap_can "no call that filterd makes is missing on the list" strace || return
	daemon_start strace -f -q -o "$trace" || tap_bail "filterd did not start under strace"
	tracer=$DAEMON_PID
	DAEMON_PID=$(pgrep -P "$tracer")
	works strace
	kill -TERM "$DAEMON_PID"
	wait "$tracer"
	tap_is "no call that filterd makes is missing on the list" "$(grep ENOSYS "$trace" | grep -v clone3)" ""
	DAEMON_PID=
}

system_begin
mkdir "$LAB_DIR/leases" "$LAB_DIR/anchors"
chown nobody "$LAB_DIR/anchors"
mac=$(lab_client cat /sys/class/net/eth0/address)
daemon_set leases "$leases"
daemon_set anchors "$LAB_DIR/anchors/notes"
daemon_rules install || tap_bail "the rules could not be installed"
for level in full seccomp landlock rights; do
	under "$level"
done
daemon_set confinement full
late_folder
lacking
other_user
to_syslog
no_call_is_missing
tap_done
