#!/bin/bash
# SPDX-License-Identifier: MIT
#
# New connections that go around filterd are counted and said: by a rule of another program that lets packets pass before ours,
# by a setting that names the wrong interface. Where all is in order there are none.
set -u
LAB_VARIANT=plain       # the Internet asks the gateway here, and the LAN, which a firewall would not let it
# shellcheck source=tests/support/system.sh
. "$(dirname "$0")/../support/system.sh"
# shellcheck source=tests/support/sums.sh
. "$(dirname "$0")/../support/sums.sh"

listed=dnl-01.geo.kaspersky.com
metrics=$LAB_DIR/run/filterd.prom
PRIVATE_GATEWAY=10.1.1.1 PRIVATE_CLIENT=10.1.1.2

ctl()     { lab_gateway env LC_ALL=C "$DAEMON_BUILD/filterd/filterctl" "$@" -c "$DAEMON_CONF"; }
member()  { ctl status --json | jq -r "$1"; }
counted() { member ".connections.$1 | map(select(.count > 0) | \"\(.interface) \(.count)\") | join(\", \")"; }
finding() { ctl doctor --json | jq -r '.checks[] | select(.check == "coverage") | "\(.health): \(.what)"'; }
# shellcheck disable=SC2317  # lab_wait calls these; a form of status is kept for a second
is_counted() { [ "$(counted "$1")" = "$2" ]; }
# shellcheck disable=SC2317
metrics_say() { grep -qxF "$1" "$metrics"; }

# heartbeats_say MEMBER SINCE: the sum over those since that record, once there is a new one.
heartbeats_say() {
	lab_wait "a heartbeat" sums_has_heartbeats "$(($(sums_heartbeats) + 1))"
	sums_records "$2" | jq -rs "[.[].filterd | select(.type == \"heartbeat\").$1] | if any(. == null) then \"unknown\" else add end"
}

# Rules made anew count anew, and filterd begins to look.
begin_anew() {
	[ -z "$DAEMON_PID" ] || daemon_end TERM
	daemon_rules remove
	daemon_rules install || tap_bail "the rules could not be installed"
	daemon_start || tap_bail "filterd did not start"
	since=$(sums_next_seq)
}

# outside ADDRESS: the Internet connects to a port on which nobody listens.
outside() {
	lab_internet curl -s --connect-timeout 2 "http://$1:9/"
}

in_order() {
	page www.example.org "$LAB_OTHER4" >/dev/null
	page www.example.org "$LAB_OTHER6" >/dev/null
	page "$listed" "$LAB_LISTED4" >/dev/null
	answer www.example.org A "$LAB_DNS4" >/dev/null
	answer www.example.org A "$LAB_GATEWAY4" >/dev/null
	lab_gateway dig +tries=1 +time=2 @127.0.0.1 www.example.org >/dev/null
	lab_gateway dig +tries=1 +time=2 @"$LAB_DNS4" www.example.org >/dev/null
	tap_is "connections that came through the queue are counted once each, blocked or not" "$(member .connections.met)" 6
	tap_is "none went around it" "$(counted around)" ""
	tap_is "none is of an interface that is left out" "$(counted left_out)" ""
	outside "$LAB_CLIENT4"
	outside 198.51.100.1
	outside "[$LAB_CLIENT6]"
	tap_is "what the Internet asks of us is counted apart" "$(sleep 1; counted left_out)" "wan0 3"
	tap_like "and nothing needs attention" "$(ctl status)" "^filterd blocks .* nothing needs attention.*coverage  6 new .* 0 went around it; 3 of .*wan0"
	tap_like "as the doctor says" "$(finding)" "^ok: 6 new connections came through the queue, none went around it; 3 are of interfaces"
	tap_is "heartbeats say so: through the queue" "$(heartbeats_say met "$since")" 6
	tap_is "around it" "$(heartbeats_say around "$since")" 0
	tap_is "left out" "$(heartbeats_say left_out "$since")" 3
	tap_ok "and the metrics" lab_wait "the metrics" metrics_say 'filterd_connections_around_total{interface="lo"} 0'
	daemon_rules install
	tap_is "rules that are loaded again keep the counts" "$(sleep 1; member .connections.met)" 6
}

another_programs_rule() {
	begin_anew
	lab_gateway iptables -t mangle -I PREROUTING -s "$LAB_CLIENT4" -p tcp --dport 443 -j ACCEPT
	ctl status >/dev/null
	tap_is "a rule before ours lets a prohibited page pass" "$(page "$listed" "$LAB_LISTED4")" 200
	page www.example.org "$LAB_OTHER4" >/dev/null
	tap_ok "which status counts, by interface" lab_wait "the count" is_counted around "lan0 2"
	tap_like "and says" "$(sleep 1; ctl status)" "needs attention:.*connections have gone around filterd in the last quarter of an hour .from lan0.; run filterctl doctor"
	tap_like "the doctor knows how many" "$(finding)" "^broken: 2 connections went around filterd .from lan0., of 2 since the rules were made"
	tap_is "heartbeats say it" "$(heartbeats_say around "$since")" 2
	tap_ok "so does a message" daemon_says "2 connections went around filterd since the last heartbeat"
	tap_ok "and the metrics" lab_wait "the metrics" metrics_say 'filterd_connections_around_total{interface="lan0"} 2'
	lab_gateway iptables -t mangle -D PREROUTING -s "$LAB_CLIENT4" -p tcp --dport 443 -j ACCEPT
	lab_gateway iptables -t mangle -I OUTPUT -p udp --dport 53 -d "$LAB_DNS4" -j ACCEPT
	lab_gateway dig +tries=1 +time=2 @"$LAB_DNS4" www.example.org >/dev/null
	tap_ok "what the gateway itself sends is told, too" lab_wait "the count" is_counted around "lan0 2, lo 1"
	lab_gateway iptables -t mangle -D OUTPUT -p udp --dport 53 -d "$LAB_DNS4" -j ACCEPT
	since=$(sums_next_seq)
	daemon_rules remove
	daemon_rules install
	tap_like "mended as the doctor says, all is well" "$(finding)" "^ok: "
	tap_is "the heartbeat after that does not claim to know" "$(heartbeats_say around "$since")" unknown
	tap_is "and the next one does" "$(heartbeats_say around "$(sums_next_seq)")" 0
}

wrong_interface() {
	daemon_set protect wan0
	begin_anew
	tap_is "protect names the wrong interface: a prohibited page passes" "$(page "$listed" "$LAB_LISTED4")" 200
	tap_ok "which is counted apart" lab_wait "the count" is_counted left_out "lan0 1"
	tap_like "status says that nothing comes through the queue" "$(ctl status)" "needs attention:.*forwarded .from lan0., and none of them through filterd.s queue"
	tap_like "so does the doctor" "$(finding)" "^attention: 1 connections were forwarded .from lan0., and none through the queue: protect = wan0 leaves"
	outside "$LAB_CLIENT4"
	tap_is "as soon as some do" "$(sleep 1; member '"\(.connections.met) \(.good)"')" "1 true"
	lab_gateway ip addr add "$PRIVATE_GATEWAY/24" dev lan0
	lab_client ip addr add "$PRIVATE_CLIENT/24" dev eth0
	lab_internet ip route add 10.1.1.0/24 via 198.51.100.1
	lab_client curl -sS --noproxy '*' --interface "$PRIVATE_CLIENT" --max-time "$LAB_ANSWER_S" -o /dev/null "http://$LAB_OTHER4/"
	sleep 1
	tap_like "it is private addresses that tell clients" "$(ctl status)" "needs attention:.*clients with private addresses go out unfiltered .from lan0."
	tap_like "also to the doctor" "$(finding)" "^attention: 1 connections of clients with private addresses went out unfiltered .from lan0.: protect = wan0"
	tap_is "heartbeats have what is left out" "$(heartbeats_say left_out "$since")" 2
	daemon_set protect lan0
	begin_anew
	tap_is "named rightly it is blocked" "$(page "$listed" "$LAB_LISTED4")" reset
	tap_like "and all is well" "$(finding)" "^ok: "
	daemon_set protect auto
}

# Rules that are gone count nothing through the queue, and what counts is still there.
no_rules() {
	begin_anew
	lab_gateway iptables -t mangle -F
	page "$listed" "$LAB_LISTED4" >/dev/null
	tap_ok "where our rules are gone, all goes around" lab_wait "the count" is_counted around "lan0 1"
	lab_gateway nft flush chain inet filterd-unseen passed_forward
	tap_is "where nothing counts, it is unknown" "$(sleep 1; member .connections)" null
	tap_like "also to the doctor" "$(finding)" "^attention: unknown: new connections are not counted: there is no rule for it"
}

system_begin
daemon_set heartbeat 5
daemon_set metrics "$metrics"
begin_anew
in_order
another_programs_rule
wrong_interface
no_rules
daemon_end TERM
tap_done
