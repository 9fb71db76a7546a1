#!/bin/bash
# SPDX-License-Identifier: MIT
#
# filterctl probe on a client: whether the filter works, in each state that it can be in, and what the log says of it.
set -u
# shellcheck source=tests/support/system.sh
. "$(dirname "$0")/../support/system.sh"

ctl() { "$DAEMON_BUILD/filterd/filterctl" "$@"; }

# probe [OPTION]...: how each way ended, in order, and the exit status.
probe() {
	lab_client env LC_ALL=C "$DAEMON_BUILD/filterd/filterctl" probe --resolver "$LAB_DNS4" --to "$LAB_OTHER4" "$@" >"$LAB_DIR/said" 2>&1
	status=$?
	sed -nE 's/^(dns, udp|dns, tcp|tls|quic|http) +(blocked|NOT BLOCKED|unknown|not tried) .*/\2/p' "$LAB_DIR/said" | paste -sd ,
	return "$status"
}

# ended WHAT WANTED STATUS [OPTION]...
ended() {
	local got

	got="$(probe "${@:4}"; echo $?)"
	tap_is "$1" "$(paste -sd ' ' <<<"$got")" "$2 $3"
}

# With a QUIC server there is one way more.
quic=blocked
open="NOT BLOCKED"
if tap_can "QUIC" gtlsserver; then
	serves_quic=yes
else
	serves_quic=no quic="not tried" open="not tried"
fi

blocks() {
	ended "where the filter blocks, all is blocked" "blocked,blocked,blocked,$quic,blocked" 0 --label Audit-1
	tap_like "with what the client got" "$(tr '\n' ' ' <"$LAB_DIR/said")" \
		"dns, udp +blocked +$LAB_DNS4: NXDOMAIN, \"blocked by policy\".*dns, tcp .*reset by peer.*tls .*$LAB_OTHER4: .*reset by peer.*http .*reset by peer"
	tap_is "a name of the client's own choice is in the log, in each way" \
		"$(ctl audit list --json --host audit-1.blocked.filterd.test "$DAEMON_AUDIT" | jq -r '"\(.filterd.type) \(.alert.action) \(.app_proto) \(.proto)"' | sort | paste -sd ',')" \
		"probe blocked dns TCP,probe blocked dns UDP,probe blocked http TCP,$([ $serves_quic = no ] || echo 'probe blocked quic UDP,')probe blocked tls TCP"
	tap_is "the name beside it is not" "$(daemon_count '.filterd.host == "audit-1.passes.filterd.test"')" 0
	tap_is "they are no attempts" "$(ctl audit hosts --json "$DAEMON_AUDIT" | jq -c '[.hosts[]?] | length')" 0
	tap_like "verify counts them apart" "$(ctl audit verify "$DAEMON_AUDIT")" "counts +0 attempts; [45] probes, the last at [-0-9: ]+, all blocked;"
	tap_like "and so does a report" "$(ctl audit report --text --since 2000-01-01 "$DAEMON_AUDIT")" "the test name: [45] probes, the last at [-0-9: ]+, all blocked"
	tap_like "of each kind" "$(ctl audit report --html --since 2000-01-01 "$DAEMON_AUDIT") $(ctl audit report --csv --since 2000-01-01 "$DAEMON_AUDIT")" \
		"asked for the test name to see the filter work: [45] probes.*probes,blocked.filterd.test,"
	tap_is "no device tries" "$(ctl status --json -c "$DAEMON_CONF" | jq -c '[.attempts.blocked, .attempts.devices, .probes.passed, .probes.blocked >= 4]')" \
		"[0,0,0,true]"
	ended "by IPv6 as well" "blocked,blocked,blocked,$quic,blocked" 0 --resolver "$LAB_DNS6" --to "$LAB_OTHER6"
	ended "and with a resolver on the gateway" "blocked,blocked,blocked,$quic,blocked" 0 --resolver "$LAB_GATEWAY4"
	tap_is "anybody sees it with dig" "$(answer blocked.filterd.test A "$LAB_DNS4")" NXDOMAIN+15
	tap_is "what cannot be tried is no proof" "$(probe --resolver 192.0.2.99 --to 192.0.2.99; echo $?)" \
		"$(printf '%s\n2' "not tried,not tried,not tried,not tried,not tried")"
	tap_is "a label that is none is wrong usage" "$(probe --label a.b >/dev/null; echo $?)" 64
	daemon_set dns-answer unspecified
	system_reload
	ended "an answer with an address can be a block" "blocked,blocked,blocked,$quic,blocked" 0
	daemon_set dns-answer nxdomain
	daemon_set on-block drop
	daemon_rules install
	system_reload
	ended "a silence is a block, where other names are answered" "blocked,blocked,blocked,$quic,blocked" 0
	tap_like "and is said to be one" "$(cat "$LAB_DIR/said")" "tls .*: no answer"
	daemon_set on-block reject
	daemon_rules install
	system_reload
}

# An answer of a resolver that nothing is below .test says nothing.
lets_pass() {
	daemon_set mode observe
	system_reload
	ended "a filter that observes does not block" "unknown,unknown,NOT BLOCKED,$open,NOT BLOCKED" 1 --label observed
	tap_is "and says so in its log" "$(daemon_count '.filterd.type == "probe" and .alert.action == "allowed" and .filterd.host == "observed.blocked.filterd.test"')" \
		"$([ $serves_quic = yes ] && echo 5 || echo 4)"
	tap_like "as verify does" "$(ctl audit verify "$DAEMON_AUDIT")" "probes, the last at [-0-9: ]+, [45] not blocked;"
	daemon_rules remove
	ended "nor does one without its rules" "unknown,unknown,NOT BLOCKED,$open,NOT BLOCKED" 1
}

system_begin
[ $serves_quic = no ] || for address in "$LAB_OTHER4" "$LAB_OTHER6"; do
	lab_start internet "$LAB_DIR/quic-$address.log" gtlsserver -q -d "$LAB_DIR/www" "$address" 443 "$LAB_DIR/server.key" "$LAB_DIR/server.pem"
done
system_run
blocks
lets_pass
daemon_end TERM
tap_done
