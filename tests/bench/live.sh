#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What filterd costs with the kernel's queue, held against the bare loop (bare_loop.c), the least loop, which is the bare one that does
# what no filter can leave out, and against no rules at all, in a lab of network namespaces.
#
#   tests/bench/live.sh BUILD [TURNS [VARIANT]]     default: 5 turns, plain
#
# The plain lab only routes. VARIANT nat is a gateway that translates addresses and has a stateful firewall (scripts/lab): there, what
# happens to flows that are decided soon, with and without filterd's rules.
#
# What is compared takes turns, so that a busy machine is busy for all; a ratio is of one turn, and the median of the turns counts. One line
# a measurement, for scripts/bench, separated by tabs:
#
#   what    figure    reference    ratio, with least and most    budget    met: yes, no or nothing
set -u

DAEMON_SOURCE=$(cd "$(dirname "$0")/../.." && pwd)
DAEMON_BUILD=$(realpath "${1:?which build folder? try: $0 build}")
TURNS=${2:-5}
LAB_VARIANT=${3:-plain}
# shellcheck source=scripts/lab
. "$DAEMON_SOURCE/scripts/lab"
# shellcheck source=tests/support/daemon.sh
. "$DAEMON_SOURCE/tests/support/daemon.sh"

PROGRAMS=$DAEMON_BUILD/tests
HELLO=$DAEMON_SOURCE/tests/fuzz/seeds/tls/post_quantum  # what browsers send: two segments
QUEUE=7100              # the first of TCP; those of UDP are behind them, one of each a worker
DEPTH=4096              # packets that wait in a queue when it is let go: the default of [queue] length
ROUNDS=4                # so often a turn fills the queue
DRAINS=3                # turns of what has a budget, for each of the others: whole seconds of a shared machine are slow
BULK_S=1 RATE_S=1 WAITS=1000
FLOOD=32768             # packets, and so often:
FLOODS=4
BEHIND=                 # what a row's name begins with
[ "$LAB_VARIANT" = plain ] || BEHIND="behind NAT and a firewall: "
BEGINNING="both ways, to the hello's ACK"       # what is queued of a connection

declare -A RUNS=()      # NAME/WHO: what each turn gave, separated by spaces

fail() { echo "bench: $*" >&2; exit 1; }
note() { RUNS[$1]+="$2 "; }

# captures NAME...: of tests/replay. No name in them is one of the shipped policy, so nothing is blocked or logged.
captures() { printf "$DAEMON_SOURCE/tests/replay/%s.pcap\n" "$@"; }

# Of ten connections: each second one asks for its name first, A and AAAA; seven are TLS, with a hello in two segments or one, over
# IPv4 and IPv6, three are QUIC. By packets that is two fifths DNS, half TLS, and a ninth QUIC.
mapfile -t MIXED < <(captures page_{a,aaaa,tls_post_quantum,tls,a,aaaa,tls_post_quantum,quic,a,aaaa,tls_post_quantum,tls_ipv6} \
	page_{quic,a,aaaa,tls_post_quantum,a,aaaa,tls_post_quantum,quic})
mapfile -t DNS < <(captures D01_udp)
mapfile -t TLS < <(captures page_tls_post_quantum)
mapfile -t QUIC < <(captures page_quic)
mapfile -t SYNS < <(captures T01_single D01_udp)

# ratios NAME OVER UNDER: OVER/UNDER of each turn.
ratios() {
	paste <(tr ' ' '\n' <<<"${RUNS[$1/$2]}") <(tr ' ' '\n' <<<"${RUNS[$1/$3]}") | awk 'NF == 2 { print $1 / $2 }'
}

# median: of numbers, one a line; with an argument, least and most, too.
median() {
	sort -g | awk -v spread="${1:-}" '{ v[NR] = $1 } END {
		printf spread == "" ? "%g" : "%.2f (%.2f-%.2f)", v[int((NR + 1) / 2)], v[1], v[NR] }'
}

of() { tr ' ' '\n' <<<"${RUNS[$1]}" | grep . | median; }

# row WHAT FIGURE REFERENCE RATIO BUDGET MET
row() { (IFS=$'\t'; echo "$BEHIND$*"); }

# met NUMBER '>=' BUDGET
met() { awk "BEGIN { print ($1 $2 $3) ? \"yes\" : \"no\" }"; }

# at_least WHAT FIGURE REFERENCE BUDGET NAME OVER UNDER: a row about a ratio.
at_least() {
	local ratio

	ratio=$(ratios "$5" "$6" "$7" | median spread)
	row "$1" "$2" "$3" "$ratio" "${4:+>= $4}" "${4:+$(met "${ratio%% *}" ">=" "$4")}"
}

# per_second NS: packets a second, in thousands.
per_second() { awk "BEGIN { printf \"%.0f k/s\", 1e6 / $1 }"; }

# What takes packets from the queue: nobody, the bare loop or filterd. Its process is CONSUMER.
CONSUMER=
consume() {
	case $1 in
	none) CONSUMER= ;;
	filterd)
		rm -rf "$LAB_DIR/log" "$LAB_DIR/keys"
		daemon_set workers "${2:-1}"
		daemon_start || fail "filterd did not start"
		CONSUMER=$DAEMON_PID
		;;
	*)
		lab_start gateway "$LAB_DIR/bare.log" "$PROGRAMS/bare_loop" "$QUEUE" "${2:-1}" "${1#bare}"
		CONSUMER=$LAB_PID
		lab_wait "the bare loop" grep -q ready "$LAB_DIR/bare.log" || fail "$(cat "$LAB_DIR/bare.log")"
		;;
	esac
}

consume_no_more() {
	[ -n "$CONSUMER" ] || return
	kill "$CONSUMER" && wait "$CONSUMER"
	CONSUMER=
}

# Processor time of the consumer so far, in ns, with that of the interrupts it served.
consumed_ns() { [ -z "$CONSUMER" ] || awk '{ sum += $1 } END { printf "%d", sum }' /proc/"$CONSUMER"/task/*/schedstat; }

# rules NAMESPACE CHAIN-AND-MATCH...: for both families, TCP and UDP.
rules() {
	local program protocol

	for program in iptables ip6tables; do
		for protocol in tcp udp; do
			"lab_$1" "$program" -w "${@:2}" -p "$protocol" -j "${TARGET[@]}" || fail "no rule"
		done
	done
}

# Bits of a packet's mark, as shipped: to be judged (of a new flow, of a known one, a reply), and come back with a verdict.
BITS=0xf0000000 NEW=0xc0000000 KNOWN=0xd0000000 REPLY=0xe0000000 JUDGED=0x80000000

# queue_target FIRST NUM
queue_target() {
	if [ "$2" -eq 1 ]; then
		echo "NFQUEUE --queue-bypass --queue-num $1"
	else
		echo "NFQUEUE --queue-bypass --queue-balance $1:$(($1 + $2 - 1))"
	fi
}

# queue_all [WORKERS]: every packet of both directions, whatever filterd decides, TCP and UDP apart, until queue_none.
queue_all() {
	local program num=${1:-1}

	for program in iptables ip6tables; do
		lab_gateway "$program-restore" -w --noflush <<-END || fail "no rules"
			*mangle
			:bench -
			-A bench -m mark --mark $JUDGED/$NEW -j RETURN
			-A bench -i wan0 -j MARK --set-xmark $REPLY/$BITS
			-A bench -i lan0 -j MARK --set-xmark $NEW/$BITS
			-A bench -i lan0 -p tcp ! --syn -j MARK --set-xmark $KNOWN/$BITS
			-A bench -p tcp -j $(queue_target "$QUEUE" "$num")
			-A bench -p udp -j $(queue_target "$((QUEUE + num))" "$num")
			-A PREROUTING -j bench
			COMMIT
		END
	done
}

queue_none() {
	local program

	for program in iptables ip6tables; do
		lab_gateway "$program-restore" -w --noflush <<-END || fail "the rules stay"
			*mangle
			:bench -
			-D PREROUTING -j bench
			-X bench
			COMMIT
		END
	done
}

# silence -A|-D: the internet takes what is played, and answers nothing.
silence() {
	local TARGET=(DROP)

	rules internet -t raw "$1" PREROUTING
}

# track -A|-D: flows, as any gateway does that filterd's rules are on. They are told apart before the queue, and confirmed behind it.
track() {
	local program

	for program in iptables ip6tables; do
		lab_gateway "$program" -w -t mangle "$1" PREROUTING -m conntrack --ctstate INVALID || fail "no conntrack"
	done
}

# Flows that the player leaves behind.
forget_flows() { lab_gateway conntrack -F >/dev/null 2>&1; }

mac_of() { ip -n "$LAB_ID-$1" -br link show "$2" | awk '{ print $3 }'; }

# in_turn WHO...: every other turn begins with the last one, as a machine may become slower or faster within a turn.
in_turn() { if ((turn % 2)); then printf '%s\n' "$@" | tac; else printf '%s\n' "$@"; fi; }

# drained NAME WHO CAPTURE...: ns a packet.
drained() {
	local said

	forget_flows
	said=$(lab_client "$PROGRAMS/player" drain eth0 "$(mac_of gateway lan0)" "$ROUNDS" "$DEPTH" "$CONSUMER" "${@:3}") || fail "the player"
	note "$1/$2" "$(awk '{ print $6 }' <<<"$said")"
	note "lost" "$(awk '{ print $4 }' <<<"$said")"
}

drains() {
	local who

	silence -A
	track -A
	queue_all
	for ((turn = 0; turn < DRAINS * TURNS; turn++)); do
		for who in $(in_turn bare bareleast filterd); do
			consume "$who"
			drained mixed "$who" "${MIXED[@]}"
			consume_no_more
		done
	done
	for ((turn = 0; turn < TURNS; turn++)); do
		for who in $(in_turn bare filterd); do
			consume "$who"
			drained dns "$who" "${DNS[@]}"
			drained tls "$who" "${TLS[@]}"
			drained quic "$who" "${QUIC[@]}"
			consume_no_more
		done
	done
	queue_none
	queue_all 2
	for ((turn = 0; turn < DRAINS * TURNS; turn++)); do
		for who in $(in_turn bareleast filterd); do
			consume "$who" 2
			drained two "$who" "${MIXED[@]}"
			consume_no_more
		done
	done
	queue_none
	track -D
	silence -D
	say_drain mixed "queued packets, mixed traffic, none blocked" 0.90 bareleast
	say_drain two   "the same, two workers: each" 0.90 bareleast
	say_drain mixed "one worker, of a loop that reads nothing" ""
	at_least "what no filter can leave out: bytes, QUIC keys, the way back" "$(per_second "$(of mixed/bareleast)")" \
		"bare loop $(per_second "$(of mixed/bare)")" "" mixed bare bareleast
	say_drain dns   "a flood of DNS questions" ""
	say_drain tls   "a flood of new TLS connections" ""
	say_drain quic  "a flood of new QUIC connections" ""
}

# say_drain NAME WHAT BUDGET [LOOP]
say_drain() {
	local loop=${4:-bare} name="bare loop"

	[ "$loop" = bare ] || name="least loop"
	at_least "$2" "$(per_second "$(of "$1/filterd")")" "$name $(per_second "$(of "$1/$loop")")" "$3" "$1" "$loop" filterd
}

# bulk NAME WHO [FILE]: Gbit/s of one stream, and the consumer's ns a queued packet.
bulk() {
	local ns packets

	ns=$(consumed_ns) packets=$(daemon_num_queued)
	note "$1/$2" "$(lab_client "$PROGRAMS/bulk" send "$LAB_OTHER4" 9000 "$BULK_S" "${@:3}")"
	packets=$(($(daemon_num_queued) - packets))
	note "$1-packets/$2" "$packets"
	[ -z "$CONSUMER" ] || [ "$packets" -eq 0 ] || note "$1-ns/$2" "$((($(consumed_ns) - ns) / packets))"
}

# bulk_queued WHO: through rules that queue all.
bulk_queued() {
	consume "$1"
	bulk bulk "$1"
	consume_no_more
}

# The rules that filterd has in earnest: its flow is decided after a few packets.
bulk_decided() {
	daemon_rules install || fail "no rules"
	consume filterd
	bulk bulk decided "$HELLO"
	consume_no_more
	daemon_rules remove
}

bulks_queued() {
	local who

	queue_all
	for ((turn = 0; turn < DRAINS * TURNS; turn++)); do
		for who in $(in_turn baresingle bare filterd); do
			bulk_queued "$who"
		done
	done
	queue_none
	at_least "bulk TCP, every packet queued, GSO" "$(of bulk/filterd) Gbit/s" "bare loop $(of bulk/bare) Gbit/s" 0.90 bulk filterd bare
	at_least "the same, by the consumer's processor time" "$(of bulk-ns/filterd) ns a packet" "bare loop $(of bulk-ns/bare)" "" bulk-ns bare filterd
	at_least "bare loop, a verdict for each packet" "$(of bulk/baresingle) Gbit/s" "bare loop $(of bulk/bare) Gbit/s" "" bulk baresingle bare
}

bulks_decided() {
	local who

	for ((turn = 0; turn < DRAINS * TURNS; turn++)); do
		for who in $(in_turn none decided); do
			if [ "$who" = none ]; then bulk bulk none; else bulk_decided; fi
		done
	done
	at_least "bulk TCP through a decided flow" "$(of bulk/decided) Gbit/s" "no rules $(of bulk/none) Gbit/s" 0.98 bulk decided none
	row "packets of it that were queued" "$(of bulk-packets/decided)" "$BEGINNING" "" "<= 6" "$(met "$(of bulk-packets/decided)" "<=" 6)"
}

connections() {
	local who waits num_queued

	for ((turn = 0; turn < TURNS; turn++)); do
		for who in none bare filterd; do
			forget_flows
			[ "$who" = none ] || daemon_rules install || fail "no rules"
			consume "$who"
			note "rate/$who" "$(lab_client "$PROGRAMS/connect" rate "$LAB_OTHER4" 9443 "$RATE_S" "$HELLO")"
			num_queued=$(daemon_num_queued)
			read -ra waits < <(lab_client "$PROGRAMS/connect" wait "$LAB_OTHER4" 9443 "$WAITS" "$HELLO")
			note "wait/$who" "${waits[0]}"
			note "late/$who" "${waits[1]}"
			note "queued/$who" "$(awk "BEGIN { printf \"%.1f\", ($(daemon_num_queued) - $num_queued) / $WAITS }")"
			consume_no_more
			[ "$who" = none ] || daemon_rules remove
		done
	done
	at_least "new TLS connections a second" "$(of rate/filterd)" "bare loop $(of rate/bare)" "" rate filterd bare
	at_least "the same" "$(of rate/filterd)" "no rules $(of rate/none)" "" rate filterd none
	at_least "from connect to the first answer, median" "$(of wait/filterd) us" "no rules $(of wait/none) us, bare $(of wait/bare)" "" wait filterd none
	at_least "the same, 99 % of connections" "$(of late/filterd) us" "no rules $(of late/none) us, bare $(of late/bare)" "" late filterd none
	row "packets queued for a TLS connection" "$(of queued/filterd)" "$BEGINNING" "" "<= 6" "$(met "$(of queued/filterd)" "<=" 6)"
}

# From the unprotected side: what is asked of clients.
outside() {
	local who said mac

	mac=$(mac_of gateway wan0)
	ip -n "$LAB_ID-gateway" route replace 203.0.113.0/24 via "$LAB_CLIENT4"
	lab_client iptables -w -t raw -A PREROUTING -j DROP
	for ((turn = 0; turn < TURNS; turn++)); do
		for who in none filterd; do
			forget_flows
			if [ "$who" = filterd ]; then
				daemon_rules install || fail "no rules"
			else
				track -A
			fi
			consume "$who"
			said=$(lab_internet "$PROGRAMS/player" flood eth0 "$mac" "$FLOODS" "$FLOOD" "${SYNS[@]}") || fail "the player"
			note "outside/$who" "$(awk '{ print $6 }' <<<"$said")"
			[ "$who" = none ] || note "outside-packets/filterd" "$(daemon_num_queued)"
			consume_no_more
			if [ "$who" = filterd ]; then
				daemon_rules remove
			else
				track -D
			fi
		done
	done
	lab_client iptables -w -t raw -D PREROUTING -j DROP
	ip -n "$LAB_ID-gateway" route del 203.0.113.0/24
	at_least "a flood from outside" "$(per_second "$(of outside/filterd)")" "no rules, conntrack $(per_second "$(of outside/none)")" "" outside none filterd
	row "packets of it that were queued" "$(of outside-packets/filterd)" "" "" "0" "$(met "$(of outside-packets/filterd)" "==" 0)"
}

# status_of FIELD: of filterctl status, for the only queue.
status_of() {
	"$DAEMON_BUILD/filterd/filterctl" status --json -c "$DAEMON_CONF" | jq "[.. | objects | select(has(\"flows_evicted\"))][0].$1"
}

memory_kib() { awk -v field="$1:" '$1 == field { print $2 }' "/proc/$CONSUMER/status"; }

memory() {
	local idle own flows most

	consume filterd
	idle=$(memory_kib VmRSS) own=$(memory_kib RssAnon)
	daemon_rules install || fail "no rules"
	silence -A
	lab_client "$PROGRAMS/player" flood eth0 "$(mac_of gateway lan0)" "$FLOODS" "$FLOOD" "${SYNS[@]}" >/dev/null || fail "the player"
	lab_wait "the queue" is_empty || fail "the queue did not empty"
	flows=$(status_of flows) most=$(status_of flows_most)
	row "memory, shipped policy, one worker, idle" "$idle KiB" "" "" "<= 8192" "$(met "$idle" "<=" 8192)"
	row "of which its own" "$own KiB" "" "" "<= 2048" "$(met "$own" "<=" 2048)"
	row "flows kept in a flood of half-open ones" "$flows" "setting flows = $most" "" "<= $most" "$(met "$flows" "<=" "$most")"
	row "those forgotten, and counted" "$(status_of flows_evicted)" "flows seen, less those kept" "" "> 0" "$(met "$(status_of flows_evicted)" ">" 0)"
	row "memory then" "$(memory_kib VmRSS) KiB" "" "" "" ""
	daemon_rules remove
	silence -D
	consume_no_more
}

# shellcheck disable=SC2016,SC2317  # $3 is awk's; lab_wait calls it
is_empty() { [ "$(lab_gateway awk '{ sum += $3 } END { print sum + 0 }' /proc/net/netfilter/nfnetlink_queue)" -eq 0 ]; }

# Counted by perf, which costs next to nothing; strace would make the batches larger. Flows are not tracked, for that would hold the
# sender up, and filterd be without load.
system_calls() {
	local packets calls

	if ! perf stat -e raw_syscalls:sys_enter true >/dev/null 2>&1; then
		row "system calls for a queued packet, DNS flood" "not measured" "needs perf" "" "<= 0.5" ""
		return
	fi
	silence -A
	queue_all
	consume filterd
	packets=$(daemon_num_queued)
	perf stat -x, -o "$LAB_DIR/calls" -e raw_syscalls:sys_enter -p "$CONSUMER" -- \
		ip netns exec "$LAB_ID-client" "$PROGRAMS/player" flood eth0 "$(mac_of gateway lan0)" "$FLOODS" "$FLOOD" "${DNS[@]}" >/dev/null
	packets=$(($(daemon_num_queued) - packets))
	calls=$(awk -F, '/sys_enter/ { print $1 }' "$LAB_DIR/calls")
	calls=$(awk "BEGIN { printf \"%.3f\", $calls / $packets }")
	row "system calls for a queued packet, DNS flood" "$calls" "" "" "<= 0.5" "$(met "$calls" "<=" 0.5)"
	consume_no_more
	queue_none
	silence -D
}

[ "$(id -u)" -eq 0 ] || fail "network namespaces need root"
lab_trap
# One client sends what a fleet would.
if ! lab_up_network || ! daemon_configure || ! daemon_set source-rate 0; then
	fail "the lab did not come up"
fi
# The player's clients are of 10/8: as in a large network behind the gateway.
ip -n "$LAB_ID-gateway" address add 10.255.255.254/8 dev lan0 || fail "no network for the player"
for service in "bulk sink 9000" "connect serve 9443"; do
	# shellcheck disable=SC2086  # a command and its arguments
	lab_start internet "$LAB_DIR/${service%% *}.log" "$PROGRAMS/"$service
	lab_wait "$service" grep -q ready "$LAB_DIR/${service%% *}.log" || fail "$service"
done
if [ "$LAB_VARIANT" = plain ]; then
	memory
	# Room for what is drained.
	daemon_set length 65535 && daemon_set buffer 262144 || exit
	drains
	system_calls
	outside
	bulks_queued
fi
bulks_decided
connections
