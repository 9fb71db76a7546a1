#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What a fault under load costs: questions lost, packets that passed unseen, records lost, connections reset. One lab, one
# client that asks one question after another, half of them prohibited, and a connection that was decided before; eight
# faults, with on-failure = closed where that makes a difference. The table is in config/debian/README.md.
#
# What passed unseen is counted outside: tcpdump on the server writes down each question that reaches it. As every name is asked
# once, and the permitted ones are watched by a policy of the lab (action = log), a name that reached the server and
# is not in the log has passed unseen. Answers go back by another way, so every packet that the gateway sees is a question.
# shellcheck disable=SC2317  # row and lab_wait call what they are given
set -u
LAB_VARIANT=plain       # answers come another way, which NAT does not allow
# shellcheck source=tests/support/system.sh
. "$(dirname "$0")/../support/system.sh"
# shellcheck source=tests/support/sums.sh
. "$(dirname "$0")/../support/sums.sh"
# shellcheck source=tests/support/flow.sh
. "$(dirname "$0")/../support/flow.sh"

RATE=400                # questions a second
PATIENT=1000            # seconds after which the client ends by itself; it is told to end before
NAMES=100000            # more than it asks for
QUEUE=64                # packets that may wait, where the queue is to be full or gone; as shipped, ten seconds of questions fit

programs=$LAB_DIR/programs
conf_as_shipped=$LAB_DIR/conf.as-shipped
log=$LAB_DIR/log
num_rows=0

# another_way: what the name server says reaches the client without passing the gateway.
another_way() {
	ip link add eth1 netns "$LAB_ID-client" type veth peer name eth1 netns "$LAB_ID-internet" &&
		ip -n "$LAB_ID-client" link set eth1 up && ip -n "$LAB_ID-internet" link set eth1 up &&
		ip -n "$LAB_ID-internet" rule add from "$LAB_DNS4" lookup 53 &&
		ip -n "$LAB_ID-internet" route add "$LAB_CLIENT4" dev eth1 table 53
}

# watch: who is on the server's side writes down what comes.
watch() {
	lab_internet iptables -A INPUT -i eth0 -p udp --dport 53
	lab_start internet "$LAB_DIR/server" tcpdump -n -l -i eth0 -B 8192 udp dst port 53
	lab_wait "tcpdump" grep -q "listening on" "$LAB_DIR/server"
}

# Names of this row that reached the server, once the kernel has shown all of them.
reached() {
	lab_wait "tcpdump's last lines" watched_all || tap_bail "tcpdump did not see all that reached the server"
	sed -n "s/.* A? \(h[0-9]*\.$tag\.[^ ]*\)\. .*/\1/p" "$LAB_DIR/server" | sort -u
}

# shellcheck disable=SC2016  # $1 is awk's
watched_all() {
	[ "$(grep -c ' A? ' "$LAB_DIR/server")" -eq "$(lab_internet iptables -nvxL INPUT | awk '/dpt:53/ { print $1 }')" ]
}

# meanwhile: the fault lasts for so many questions, and the old connection is used.
meanwhile() {
	sums_asked_more 200 && flow_is_alive
}

# kept [WRAPPER...]: filterd as the child of a service manager that keeps its queue.
kept() {
	lab_start gateway "$DAEMON_LOG" "$DAEMON_SOURCE/tests/system/manager.py" "$@" "$programs/filterd" -c "$DAEMON_CONF"
	manager=$LAB_PID
	lab_wait "filterd" told_times ready 1
}

# The first process dies at the start of the 400th word that one of its threads says to the kernel. The worker is the first to come so
# far, with a packet in its hands: before the answer to the client, or before the verdict.
kept_and_killed_inside() {
	touch "$LAB_DIR/not-yet"
	# shellcheck disable=SC2016  # the inner shell's
	kept /bin/sh -c 'if [ -e "$1" ]; then
			rm "$1"; shift
			exec strace -D -f -o /dev/null -e trace=sendto,sendmsg -e inject=sendto,sendmsg:signal=KILL:when=400 "$@"
		fi
		shift; exec "$@"' inside "$LAB_DIR/not-yet"
}

kept_small() {
	daemon_set length "$QUEUE"
	kept
}

kept_at_shifted_clock() {
	daemon_set confinement rights           # what moves filterd's clock reads a file of its own
	daemon_shift 0
	kept "$(command -v env)" TZ=UTC LD_PRELOAD="$(faketime -f +0 printenv LD_PRELOAD)" \
		FAKETIME_TIMESTAMP_FILE="$LAB_DIR/shift" FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1
}

kept_on_small_disk() {
	mkdir -p "$log"
	mount -t tmpfs -o size=32m log "$log" && chown nobody "$log" && kept && lab_wait "the reserve" test -s "$log/audit.jsonl.reserve"
}

alone() {
	daemon_set length "$QUEUE"
	manager=
	daemon_start
}

told_times() {
	[ "$(grep -c "^$1" "$DAEMON_LOG")" -ge "$2" ]
}

main_pid() {
	awk '$1 == "ready" { pid = $2 } END { print pid }' "$DAEMON_LOG"
}

# settle: filterd ends in order, and starts again, so that all it knows is in the log.
settle() {
	if [ -n "$manager" ]; then
		kill -TERM "$manager"
		wait "$manager"
	elif [ -n "$DAEMON_PID" ]; then
		daemon_end TERM
	fi
	daemon_start || tap_bail "filterd did not start again"
	daemon_end TERM
}

# row NAME ON_FAILURE START FAULT LOST UNSEEN [VERIFY]: one line of the table. The fault comes while questions are asked and refused, and
# ends before they do. Expected, for LOST: 0; queued, what waits in the queue; away, all that is asked while nobody judges. For
# UNSEEN, 0; counted, some, and the log says how many; uncounted, some, and the log says that nobody counted.
# VERIFY: what audit verify has to say of it.
row() {
	local title="$1, $2" start=$3 fault=$4 status=0 resets=0

	num_rows=$((num_rows + 1))
	tag=row$num_rows
	prepare "$2"
	"$start" || tap_bail "$title: filterd did not start"
	flow_begin || tap_bail "$title: no connection"
	lab_start client "$LAB_DIR/hammer" "$SUMS_HAMMER" "$LAB_DNS4" "$RATE" "$PATIENT" "$tag.upd.kaspersky.com" "$NAMES" "$tag.free.example.net"
	hammer_pid=$LAB_PID
	refuses_more || status=1
	"$fault" || status=1
	refuses_more || status=1
	tap_case "$status" "$title: it came under load, and afterwards filterd goes on"
	kill -TERM "$hammer_pid"
	wait "$hammer_pid"
	flow_is_alive || resets=1
	flow_end
	settle
	measure
	tap_is "$title: the old connection was not reset" "$resets" 0
	expect_lost "$5"
	expect_unseen "$6"
	tap_is "$title: no record is lost" "$records_lost" 0
	verify "${7:-stopped}"
	! mountpoint -q "$log" || umount "$log"
	daemon_rules remove
	tell "$title" "$asked" "$answered" "$5 $lost" "$6 $unseen $said" "0 $records_lost" "0 $resets"
}

# What the row before has left goes.
prepare() {
	rm -rf "${log:?}" "$LAB_DIR/keys" "$LAB_DIR/run"
	cp "$conf_as_shipped" "$DAEMON_CONF"
	cp "$DAEMON_BUILD/filterd/filterd" "$DAEMON_BUILD/filterd/filterctl" "$programs/"
	daemon_set on-failure "$1"
	daemon_rules install || tap_bail "the rules could not be installed"
}

# Attempts come into the log.
refuses_more() {
	lab_wait "attempts" sums_has_attempts 0 $(($(sums_attempts 0) + 100))
}

tell() {
	printf '# %-36s %6s %9s  %-12s %-22s %-8s %s\n' "$@"
}

heading() {
	tell "expected, measured:" asked answered "lost" "unseen (log says)" records resets
}

expect_lost() {
	case $1 in
	0)      tap_is "$title: no question is lost" "$lost" 0 ;;
	queued) tap_below "$title: no more questions are lost than wait in the queue" "$lost" $((QUEUE + 1)) ;;
	away)   tap_ok "$title: questions are lost, and no more than nobody has judged" test "$lost" -gt 0 -a "$lost" -le $((asked - judged)) ;;
	esac
}

expect_unseen() {
	case $1 in
	0)         tap_is "$title: none passes unseen, and the log says so" "$unseen $said $prohibited" "0 0 0" ;;
	counted)   tap_is "$title: the log says exactly how many passed unseen" "$said" "$unseen" ;;
	uncounted) tap_is "$title: the log says that nobody counted what passed" "$said" unknown ;;
	esac
	[ "$1" = 0 ] || tap_ok "$title: some pass, questions for prohibited names among them" test "$prohibited" -gt 0 -a "$unseen" -gt "$prohibited"
}

# measure: asked, answered, lost, judged: questions. unseen: names that reached the server without a record; prohibited: those that should
# not have. said: packets that passed unseen, by the log. records_lost: refusals without a record. A record that
# stands for more than one attempt names one host and counts the others.
measure() {
	asked=$(sums_figure sent)
	answered=$(($(sums_figure blocked) + $(sums_figure passed) + $(sums_figure free)))
	lost=$((asked - answered))
	sums_records 0 | jq -r '.filterd.host // empty' | sort -u >"$LAB_DIR/recorded"
	sed -n 's/^refused //p' "$LAB_DIR/hammer" | sort -u >"$LAB_DIR/refused"
	reached >"$LAB_DIR/reached"
	unseen=$(($(comm -23 "$LAB_DIR/reached" "$LAB_DIR/recorded" | wc -l) - $(others log)))
	prohibited=$(grep -c kaspersky "$LAB_DIR/reached")
	records_lost=$(($(comm -23 "$LAB_DIR/refused" "$LAB_DIR/recorded" | wc -l) - $(others block)))
	judged=$(($(wc -l <"$LAB_DIR/recorded") + $(others log) + $(others block)))
	said=$(sums_records 0 | jq -rs '[.[].filterd | select(.type == "start" or .type == "heartbeat") | .unfiltered] |
		if any(. == null) then "unknown" else add // 0 end')
}

# others TYPE: attempts that records of this type count beyond the one that they name.
others() {
	sums_records 0 | jq -s "[.[].filterd | select(.type == \"$1\").count - 1] | add // 0"
}

# verify WORD: the log is sound, and says what happened.
verify() {
	local said status=0

	said=$("$DAEMON_BUILD/filterd/filterctl" audit verify --color never --key "$LAB_DIR/keys/audit.vkey" "$log" 2>&1) || status=$?
	tap_like "$title: the log is unaltered, with gaps that it declares" "$status $(sed -n 's/^result *//p' <<<"$said")" \
		"^1 (unaltered|complete up to its stop)"
	tap_like "$title: it says what happened" "$said" "$1"
}

kill_it() {
	local i

	for i in {2..6}; do
		kill -KILL "$(main_pid)"
		lab_wait "the next process" told_times ready "$i" || return
	done
}

killed_inside() {
	lab_wait "the death" told_times "ended -9" 1 && lab_wait "the next process" told_times ready 2
}

kill_for_good() {
	daemon_end KILL
	meanwhile && daemon_start
}

restart() {
	local i

	for i in {2..4}; do
		kill -USR2 "$manager"
		lab_wait "the restart" told_times ready "$i" || return
	done
}

# As dpkg does it: the new programs take the places of the old, the rules are made anew as they are others, filterd is
# started anew.
upgrade() {
	local program

	for program in filterd filterctl; do
		cp "$programs/$program" "$programs/$program.new" && mv "$programs/$program.new" "$programs/$program" || return
	done
	daemon_set protect lan0
	lab_gateway "$programs/filterctl" rules install -c "$DAEMON_CONF" || return
	kill -USR2 "$manager"
	lab_wait "the new version" told_times ready 2
	tap_is "$title: the new program runs, with its rules" "$(readlink "/proc/$(main_pid)/exe") $(
		lab_gateway iptables-save -t mangle | grep -c -e '-i lan0 -j filterd-queue')" "$programs/filterd 1"
}

bad_policy() {
	echo "efective = 2030-01-01T00:00:00Z" >>"$LAB_DIR/config/policy/watched.policy"
	kill -HUP "$(main_pid)"
	lab_wait "the refusal" daemon_says "keeping the policy" && meanwhile
	sed -i '$d' "$LAB_DIR/config/policy/watched.policy"
}

fill_disk() {
	cat /dev/zero >"$log/filler" 2>/dev/null
	lab_wait "filterd to say so" daemon_says "attempts are counted" && meanwhile
	rm "$log/filler"
	lab_wait "filterd to go on" logged '"type":"gap"'
}

fill_queue() {
	kill -STOP "$(main_pid)"
	meanwhile
	kill -CONT "$(main_pid)"
}

to_1970() {
	daemon_shift $((10 - $(date +%s)))
	lab_wait "filterd to notice" logged '"clock":"untrusted"' && meanwhile
	daemon_shift 0
	lab_wait "filterd to notice" logged 'believed again'
}

flush_rules() {
	lab_gateway nft flush ruleset
	lab_wait "filterd to notice" daemon_says "no rules in the kernel" && meanwhile
	daemon_rules install
	lab_wait "filterd to notice" daemon_says "in place again"
}

logged() {
	sums_records 0 | grep -q "$1"
}

# The lab's own traps know nothing of what is mounted in its folder.
clean() {
	umount -l "$log" 2>/dev/null
	lab_down
}

tap_need faketime strace tcpdump
system_begin
trap clean EXIT
if ! another_way || ! watch; then
	tap_bail "the lab could not be prepared"
fi
mkdir "$programs"
printf '%s\n' '[policy]' 'id = watched' '[category watched]' 'action = log' 'names = watched.list' >"$LAB_DIR/config/policy/watched.policy"
echo .free.example.net >"$LAB_DIR/config/policy/watched.list"
daemon_set files "policy/kaspersky-us.policy policy/watched.policy"
cp "$DAEMON_CONF" "$conf_as_shipped"
heading
row "kill -9, five times"         open   kept                  kill_it       0      0 'killed +0 packets passed unseen'
row "kill -9 inside a verdict"    open   kept_and_killed_inside killed_inside 0     0 'killed +0 packets passed unseen'
row "three restarts"              open   kept                  restart       0      0
row "an upgrade"                  open   kept                  upgrade       0      0
row "a reload with a bad policy"  open   kept                  bad_policy    0      0
row "a full disk"                 open   kept_on_small_disk    fill_disk     0      0 'log not written +blocked and counted'
row "a full queue"                open   kept_small            fill_queue    0      counted
row "a full queue"                closed kept_small            fill_queue    away   0
row "the clock to 1970"           open   kept_at_shifted_clock to_1970       0      0 'was set 2 times'
row "the rules flushed"           open   kept_small            flush_rules   queued uncounted 'no rules +packets not counted'
row "the rules flushed"           closed kept_small            flush_rules   queued uncounted 'no rules +packets not counted'
row "kill -9, no service manager" open   alone                 kill_for_good queued counted 'killed'
row "kill -9, no service manager" closed alone                 kill_for_good away   0 'killed +0 packets passed unseen'
tap_done
