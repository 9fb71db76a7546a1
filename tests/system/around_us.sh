#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Rules of other programs that lead packets around filterd, or that stand among ours: each is made, and none of status, doctor, metrics
# and log may stay green. One that does no harm leaves them as they were.
set -u
# shellcheck source=tests/support/system.sh
. "$(dirname "$0")/../support/system.sh"
# shellcheck source=tests/support/sums.sh
. "$(dirname "$0")/../support/sums.sh"

listed=dnl-01.geo.kaspersky.com
metrics=$LAB_DIR/run/filterd.prom

ctl() { lab_gateway env LC_ALL=C "$DAEMON_BUILD/filterd/filterctl" "$@" -c "$DAEMON_CONF"; }

# Health and words of what the doctor finds wrong, but for the clock, which is this machine's own.
findings() {
	ctl doctor --json | jq -r '.checks[] | select(.health != "ok" and .check != "clock") | "\(.health) \(.check): \(.what)"'
}

# shellcheck disable=SC2317  # lab_wait calls it
metrics_say() { grep -q "^filterd_$1" "$metrics"; }

# shellcheck disable=SC2317
log_says() { sums_records "$since" | jq -es "any(.[].filterd; .type == \"heartbeat\" and ($1))" >/dev/null; }

anew() {
	[ -z "$DAEMON_PID" ] || daemon_end TERM
	daemon_rules remove
	daemon_rules install || tap_bail "the rules could not be installed"
	daemon_start || tap_bail "filterd did not start"
	since=$(sums_next_seq)
	ctl status >/dev/null
}

# A prohibited page, a free one, a question.
ask() {
	page "$listed" "$LAB_LISTED4"
	page www.example.org "$LAB_OTHER4"
	answer "$listed" A "$LAB_DNS4"
}

# wrong WHAT MAKE UNDO ANSWERS STATUS DOCTOR METRICS LOG [BLOCKS]: commands of the gateway; what a client gets then; what status and the
# doctor say, by a pattern; how a line of the metrics begins; what holds for a heartbeat. BLOCKS: 1 if it
# blocks all the same.
wrong() {
	local said

	anew
	lab_gateway sh -ec "$2" || tap_bail "this could not be made: $1"
	tap_like "$1" "$(ask | paste -sd' ')" "$4"
	sleep 1         # a form of status is kept for so long
	said=$(ctl status)
	tap_is "  status is 1" "$?" 1
	tap_like "  and says so" "$said" "$5"
	tap_is "  that filterd blocks it says only if it does" "$(grep -c '^filterd blocks' <<<"$said")" "${9:-0}"
	said=$(findings)
	tap_like "  so does the doctor" "$said" "$6"
	tap_is "  whose status is 2" "$(ctl doctor >/dev/null; echo $?)" 2
	tap_ok "  and the metrics" lab_wait "the metrics" metrics_say "$7"
	tap_ok "  and the log" lab_wait "a heartbeat" log_says "$8"
	lab_gateway sh -ec "$3"
}

# harmless WHAT MAKE UNDO
harmless() {
	anew
	lab_gateway sh -ec "$2" || tap_bail "this could not be made: $1"
	tap_is "$1: filterd blocks" "$(ask | paste -sd' ')" "reset 200 NXDOMAIN+15"
	sleep 1
	tap_like "  which status says" "$(ctl status)" "^filterd blocks .* nothing needs attention"
	tap_is "  and the doctor" "$(findings)" "${4:-}"
	lab_gateway sh -ec "$3"
}

all_pass="^200 200 NOERROR"
around="connections have gone around filterd in the last quarter of an hour .from lan0."
gone="broken coverage: [0-9]* connections went around filterd .from lan0."
mangle="iptables -t mangle"

before_ours() {
	wrong "an ACCEPT in a chain that is jumped to before ours" \
		"$mangle -N other; $mangle -A other -j ACCEPT; $mangle -I PREROUTING -j other" \
		"$mangle -D PREROUTING -j other; $mangle -F other; $mangle -X other" \
		"$all_pass" "$around" "broken order: .*-A PREROUTING -j other.*$gone" \
		'connections_around_total{interface="lan0"} [1-9]' ".around > 0"
	wrong "one in a chain that such a chain leads to" \
		"$mangle -N far; $mangle -N other; $mangle -A far -i lan0 -j ACCEPT; $mangle -A other -p tcp -g far; $mangle -I PREROUTING -j other" \
		"$mangle -D PREROUTING -j other; $mangle -F other; $mangle -X other; $mangle -F far; $mangle -X far" \
		"^200 200 NXDOMAIN" "$around" "broken order: .*-A PREROUTING -j other.*$gone" \
		'connections_around_total{interface="lan0"} [1-9]' ".around > 0"
	wrong "a GOTO, which never comes back" \
		"$mangle -N other; $mangle -I PREROUTING -i lan0 -g other" \
		"$mangle -D PREROUTING -i lan0 -g other; $mangle -X other" \
		"$all_pass" "$around" "broken order: .*-g other.*$gone" \
		'connections_around_total{interface="lan0"} [1-9]' ".around > 0"
	wrong "an ACCEPT of what goes on, once a connection has begun" \
		"$mangle -I PREROUTING -m conntrack --ctstate ESTABLISHED -j ACCEPT" \
		"$mangle -D PREROUTING -m conntrack --ctstate ESTABLISHED -j ACCEPT" \
		"^200 200 NXDOMAIN" "servers have got bytes from clients, .* that never passed through filterd" "broken order: .*ESTABLISHED.*broken heard: servers got bytes .* in [12] connections" \
		'connections_missed_total [1-9]' ".missed > 0"
	wrong "the same by a mark that others save, as for several uplinks" \
		"$mangle -I PREROUTING -m mark ! --mark 0/0xff -j ACCEPT; $mangle -I PREROUTING -j CONNMARK --restore-mark --mask 0xff
		 $mangle -A POSTROUTING -j CONNMARK --set-mark 1/0xff" \
		"$mangle -D PREROUTING -m mark ! --mark 0/0xff -j ACCEPT; $mangle -D PREROUTING -j CONNMARK --restore-mark --mask 0xff
		 $mangle -D POSTROUTING -j CONNMARK --set-mark 1/0xff" \
		"^200 200 NXDOMAIN" "that never passed through filterd" "broken order: .*broken heard: servers got bytes .* in [12] connections" \
		'connections_missed_total [1-9]' ".missed > 0"
	wrong "an ACCEPT of answers alone" \
		"$mangle -I FORWARD -j ACCEPT" "$mangle -D FORWARD -j ACCEPT" \
		"^reset 200 NXDOMAIN" "answers of servers have gone around filterd" "broken order: .*attention heard: the answers of [1-9]* connections" \
		'connections_unheard_total [1-9]' ".unheard > 0" 1
}

among_ours() {
	local chain

	for chain in filterd-in filterd-queue filterd-send filterd-back; do
		wrong "a RETURN in our chain $chain" \
			"$mangle -I $chain -j RETURN" "$mangle -D $chain -j RETURN" "200" \
			"another program has changed our rules" "broken rules: another program has changed our rules in .mangle $chain." \
			'rules_in_place 0' '.hooks == "changed"'
	done
	wrong "one in the chain that stops what is blocked" \
		"iptables -I filterd-refuse -p udp -j RETURN" "iptables -D filterd-refuse -p udp -j RETURN" "^reset 200" \
		"another program has changed our rules" "broken rules: .*in .filter filterd-refuse." 'rules_in_place 0' '.hooks == "changed"'
	wrong "one for IPv6 alone" \
		"ip6tables -t mangle -I filterd-in -j RETURN" "ip6tables -t mangle -D filterd-in -j RETURN" "^reset 200" \
		"another program has changed our rules" "broken rules: .*in .mangle filterd-in." 'rules_in_place 0' '.hooks == "changed"'
	wrong "a rule of ours that is taken out, and leads to no queue" \
		"$mangle -D filterd-queue 1" "true" "^reset 200" \
		"another program has changed our rules" "broken rules: .*in .mangle." 'rules_in_place 0' '.hooks == "changed"'
	wrong "a rule that blinds what counts, and another that leads around" \
		"nft insert rule inet filterd-unseen passed_forward accept; $mangle -I PREROUTING -j ACCEPT" \
		"$mangle -D PREROUTING -j ACCEPT" "$all_pass" \
		"another program has changed our rules.*coverage *unknown" "broken rules: .*filterd-unseen passed_forward.*attention coverage: unknown" \
		'rules_in_place 0' '.hooks == "changed" and .met == null'
}

no_harm() {
	harmless "rules that are saved and loaded again are ours still" \
		"iptables-save | iptables-restore; ip6tables-save | ip6tables-restore" "true"
	harmless "and installed again" "$(printf '%q ' "$DAEMON_BUILD/filterd/filterctl" rules install -c "$DAEMON_CONF")" "true"
	harmless "a chain before ours that lets all go on" \
		"$mangle -N other; $mangle -A other -p tcp -j RETURN; $mangle -A other -j MARK --set-xmark 1/1; $mangle -I PREROUTING -j other" \
		"$mangle -D PREROUTING -j other; $mangle -F other; $mangle -X other"
	harmless "an accept of nft, at a hook before ours" \
		"nft 'add table inet other; add chain inet other c { type filter hook prerouting priority -300; }; add rule inet other c accept'" \
		"nft delete table inet other"
	harmless "connections that are not tracked, which the doctor tells" \
		"iptables -t raw -I PREROUTING -p tcp --dport 4242 -j CT --notrack" "iptables -t raw -D PREROUTING -p tcp --dport 4242 -j CT --notrack" \
		"attention untracked: a rule in ip raw PREROUTING keeps packets from connection tracking, so their flows are never decided: -A PREROUTING -p tcp -m tcp --dport 4242 -j CT --notrack"
}

system_begin
daemon_set heartbeat 5
daemon_set metrics "$metrics"
before_ours
among_ours
no_harm
daemon_end TERM
tap_done
