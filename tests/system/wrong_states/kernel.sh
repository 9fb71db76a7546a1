# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# Rules and networks: packets that do not come through the queue, or nobody's do.

mangle() { lab_gateway iptables -t mangle "$@"; }

nobody() {
	begin
	daemon_set protect lan00
	daemon_rules install
	row "an interface is mistyped in protect" "^filterd runs, but needs.*nobody is filtered: there is no interface lan00" 1 \
		protect "broken: nobody is filtered: there is no interface lan00" 2 "filterd_protecting 0" \
		'.filterd.type == "heartbeat" and .filterd.hooks == "nobody"' "^1 .*nobody protected .*declared gap"
	tap_is "--check has a status of its own for it" \
		"$(lab_gateway "$DAEMON_BUILD/filterd/filterd" --check -c "$DAEMON_CONF" >/dev/null; echo $?)" 1
	begin
	daemon_rules remove
	gateway link set lan0 down
	gateway addr flush dev lan0
	daemon_rules install
	row "auto finds one interface" "^filterd runs, but needs.*nobody is known to be filtered: wan0 alone" 1 \
		protect "broken: nobody is known to be filtered: wan0 alone" 2 "filterd_protecting 0" \
		'.filterd.type == "heartbeat" and .filterd.hooks == "nobody"' "^1 .*nobody protected .*declared gap"
	lab_address gateway lan0 "$LAB_GATEWAY4/24" "$LAB_GATEWAY6/64"
	lab_wait "IPv6 addresses" lab_no_tentative
}

flushed() {
	local table

	begin
	lab_gateway nft flush ruleset
	row "all rules are flushed" "no rules in the kernel bring packets to filterd: all pass unseen" 1 \
		rules "broken: no rules bring packets to filterd" 2 "filterd_rules_in_place 0" \
		'.filterd.type == "heartbeat" and .filterd.hooks == "missing"' "^1 .*no rules  .*declared gap"
	begin
	mangle -D filterd-queue 1
	row "one rule is deleted" "another program has changed our rules" 1 \
		rules "broken: another program has changed our rules in 'mangle'" 2 "filterd_rules_in_place 0" \
		'.filterd.type == "heartbeat" and .filterd.hooks == "changed"' "^1 .*rules changed  .*declared gap"
	begin
	mangle -I filterd-in -j RETURN
	row "a RETURN is put into our chain" "another program has changed our rules" 1 \
		rules "broken: another program has changed our rules in 'mangle filterd-in'" 2 "filterd_rules_in_place 0" \
		'.filterd.type == "heartbeat" and .filterd.hooks == "changed"' "^1 .*rules changed  .*declared gap"
	begin
	for table in raw mangle filter; do
		lab_gateway ip6tables -t "$table" -F
		lab_gateway ip6tables -t "$table" -X
	done
	row "IPv6 has no rules" "no rules in the kernel bring packets to filterd" 1 \
		ipv6 "broken: IPv4 has rules and IPv6 has none" 2 "filterd_rules_in_place 0" \
		'.filterd.type == "heartbeat" and .filterd.hooks == "missing"' "^1 .*no rules  .*declared gap"
	begin
	lab_gateway nft delete table inet filterd-unseen
	row "nothing counts what goes around" "nothing counts the connections that go around filterd" 1 \
		coverage "attention: unknown: new connections are not counted" 1 "!filterd_connections_met_total " \
		'.filterd.type == "heartbeat" and .filterd.met == null' "^1 .*new connections were not counted"
}

around() {
	begin
	mangle -N other
	mangle -A other -j ACCEPT
	mangle -I PREROUTING -j other
	ask
	row "a chain before ours accepts" "connections have gone around filterd in the last quarter of an hour .from lan0." 1 \
		coverage "broken: 2 connections went around filterd .from lan0., of 2" 2 \
		'filterd_connections_around_total\{interface="lan0"\} 2' '.filterd.type == "heartbeat" and .filterd.around == 2' \
		"^1 .*went around  .*looked at 0 of 2 new connections"
	tap_like "and the doctor knows the rule" "$(finding order)" "broken: a rule in ip mangle PREROUTING .*-A PREROUTING -j other"
	mangle -D PREROUTING -j other
	mangle -F other
	mangle -X other
	begin
	mangle -I PREROUTING -m conntrack --ctstate ESTABLISHED -j ACCEPT
	ask
	row "what has begun goes on around" "that never passed through filterd: connections begin through the queue and go on around it" 1 \
		heard "broken: servers got bytes that bypassed filterd, in [12] connections" 2 "filterd_connections_missed_total [12]" \
		'.filterd.type == "heartbeat" and .filterd.missed > 0' "^1 .*declared gap"
	mangle -D PREROUTING -m conntrack --ctstate ESTABLISHED -j ACCEPT
	begin
	mangle -I FORWARD -j ACCEPT
	ask
	row "answers go around" "answers of servers have gone around filterd" 1 \
		heard "attention: the answers of [12] connections went around filterd" 2 "filterd_connections_unheard_total [12]" \
		'.filterd.type == "heartbeat" and .filterd.unheard > 0' -
	mangle -D FORWARD -j ACCEPT
	begin
	lab_gateway iptables -t raw -I PREROUTING -j CT --notrack
	ask
	row "packets are not tracked" "answers of servers have gone around filterd" 1 \
		untracked "attention: a rule in ip raw PREROUTING keeps packets from connection tracking" 1 \
		"filterd_connections_unheard_total [12]" '.filterd.type == "heartbeat" and .filterd.unheard > 0' -
	lab_gateway iptables -t raw -D PREROUTING -j CT --notrack
}

# flood: more packets than a queue of 64 holds while nobody takes them out.
flood() {
	kill -STOP "$DAEMON_PID"
	lab_client python3 -c '
import socket, sys
for port in range(3000):
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"no name in it", (sys.argv[1], 20000 + port))
' "$LAB_OTHER4"
	kill -CONT "$DAEMON_PID"
}

queues() {
	begin
	daemon_set length 64
	again
	flood
	row "a full queue lets packets pass" "packets have passed unseen in the last quarter of an hour" 1 \
		unseen "attention: packets have passed unseen" 1 "filterd_unfiltered_packets_total [1-9][0-9]*" \
		'.filterd.type == "heartbeat" and .filterd.unfiltered > 0' "^1 .*packets unseen  .* packets passed unseen"
	begin
	daemon_set length 64
	daemon_set on-failure closed
	daemon_rules install
	again
	flood
	row "a full queue drops packets" "a queue has dropped packets in the last quarter of an hour" 1 \
		queue-length "attention: the kernel dropped [0-9]+ packets" 1 'filterd_queue_dropped_total\{queue="7101"\} [1-9][0-9]*' \
		'.filterd.type == "heartbeat" and .stats.capture.kernel_drops > 0' -
	begin
	daemon_set source-rate 20
	daemon_rules install
	again
	flood
	row "a client sends too much" "a client has sent more than source-rate" 1 \
		source-rate "attention: a client has sent more than 20 packets a second" 1 "filterd_over_rate_packets_total [1-9][0-9]*" \
		'.filterd.type == "heartbeat" and (.filterd.sources // [] | length > 0)' -
	begin
	daemon_set workers 2
	daemon_rules install
	ask
	row "rules lead to queues that nobody has" "packets have passed unseen in the last quarter of an hour" 1 \
		queue "broken: no program listens on queue 710[23]" 2 "filterd_unfiltered_packets_total [1-9][0-9]*" \
		'.filterd.type == "heartbeat" and .filterd.unfiltered > 0' "^1 .*packets unseen  .* packets? passed unseen"
}

networks() {
	begin
	daemon_set protect wan0
	daemon_rules install
	ctl reload >/dev/null
	ask
	row "protect names the wrong interface" "connections are forwarded .from lan0., and none of them through filterd's queue" 1 \
		coverage "attention: [12] connections were forwarded .from lan0., and none through the queue: protect = wan0" 1 \
		'filterd_connections_left_out_total\{interface="lan0"\} [12]' '.filterd.type == "heartbeat" and .filterd.left_out > 0' \
		"^1 .*[12] of interfaces that are left out"
	begin
	lab_link client eth1 gateway lan1
	lab_address client eth1 10.7.0.2/24
	lab_address gateway lan1 10.7.0.1/24
	lab_client ping -c 1 -W 5 10.7.0.1 >/dev/null 2>&1 || lab_client dig +tries=1 +time=1 @10.7.0.1 a.com >/dev/null 2>&1
	daemon_set protect lan0
	daemon_rules install
	ctl reload >/dev/null
	row "clients are behind an interface that is left out" "lan1 is left out, but has hosts with private addresses that are not routers" 1 \
		protect "attention: lan1 is left out, but has hosts with private addresses" 1 - - -
	gateway link del lan1
	begin
	gateway link add lan1 type veth peer name far1
	gateway addr add 10.7.0.1/24 dev lan1
	gateway link set lan1 up
	gateway link set far1 up
	gateway route del default dev wan0
	gateway -6 route del default dev wan0
	gateway route add default via 10.7.0.9 dev lan1
	row "the way out is another than when the rules were made" "clients of wan0 are not filtered: the rules leave it out" 1 \
		protect "attention: clients of wan0 are not filtered" 1 - - -
	gateway link del lan1
	gateway route replace default via 198.51.100.2
	gateway -6 route replace default via 2001:db8:2::2
}
