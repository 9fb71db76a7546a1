#!/bin/bash
# SPDX-License-Identifier: MIT
#
# TLS through the real queue: prohibited hosts are reset at both ends, permitted ones cost the queue a few packets.
set -u
# shellcheck source=tests/support/system.sh
. "$(dirname "$0")/../support/system.sh"

listed=ds.kaspersky.com
free=www.example.org

refusals() {
	tap_is "a prohibited host is reset, IPv4, port 443" "$(page "$listed" "$LAB_LISTED4")" reset
	tap_is "IPv4, port 8443" "$(page "$listed" "$LAB_LISTED4" 8443)" reset
	tap_is "IPv6, port 443" "$(page "$listed" "$LAB_LISTED6")" reset
	tap_is "IPv6, port 8443" "$(page "$listed" "$LAB_LISTED6" 8443)" reset
	tap_is "a prohibited name at an address that is not its own" "$(page "$listed" "$LAB_OTHER4")" reset
	tap_ok "no server is left with a half-open connection" lab_wait "the servers" servers_are_free
}

# Does no server of the lab hold a connection any more?
# shellcheck disable=SC2317  # lab_wait calls it
servers_are_free() {
	[ -z "$(lab_internet ss -Htn state established state syn-recv state close-wait)" ]
}

passes() {
	tap_is "a free host is served, IPv4, port 443" "$(page "$free" "$LAB_OTHER4")" 200
	tap_is "a free host, IPv6, port 8443" "$(page "$free" "$LAB_OTHER6" 8443)" 200
	tap_is "a free name at an address that a prohibited one shares" "$(page "$free" "$LAB_LISTED4")" 200
	tap_is "an exempt host below a watched domain" "$(page support.kaspersky.com "$LAB_OTHER4")" 200
	tap_is "plain HTTP is served" "$(lab_client curl -sS --max-time "$LAB_ANSWER_S" "http://$LAB_OTHER4/")" "hello from $LAB_OTHER4"
}

# What the gateway itself asks for, as an updater on it would.
own() {
	local LAB_CLIENT=gateway

	tap_is "the gateway itself is reset, IPv4" "$(page "$listed" "$LAB_LISTED4")" reset
	tap_is "the gateway itself is reset, IPv6" "$(page "$listed" "$LAB_LISTED6")" reset
	tap_is "and served, by a free host" "$(page "$free" "$LAB_OTHER4")" 200
}

records() {
	tap_is "every refusal has its record" "$(daemon_count '.filterd.type == "block"')" 7
	tap_is "nothing else has one" "$(daemon_num_records)" 7
	tap_is "a record says which host was named" "$(daemon_record "$listed" .tls.sni)" "$listed"
	tap_is "a record says what the client got" "$(daemon_record "$listed" .filterd.reply)" reset
}

# A decided flow does not come back.
download() {
	local before got

	before=$(daemon_num_queued)
	got=$(lab_client curl -sS --max-time 300 --cacert "$LAB_CA" --resolve "$free:443:$LAB_OTHER4" \
		"https://$free/2mb" | wc -c)
	tap_is "2 MB of a free host arrive" "$got" 2097152
	tap_below "a few packets of it went through the queue" $(($(daemon_num_queued) - before)) 10
}

drop() {
	daemon_set on-block drop
	system_reload
	daemon_rules install
	tap_like "on-block = drop: the client of a prohibited host waits in vain" \
		"$(lab_client curl -sS --max-time 1 --cacert "$LAB_CA" --resolve "$listed:443:$LAB_LISTED4" \
			"https://$listed/" 2>&1)" "timed out|timeout"
	tap_is "on-block = drop: a free host is served" "$(page "$free" "$LAB_OTHER4")" 200
}

no_rules() {
	daemon_rules remove
	tap_is "with the rules removed the prohibited host is served" "$(page "$listed" "$LAB_LISTED4")" 200
	tap_is "and no rule of ours is left" "$(lab_gateway iptables-save | grep -c filterd)" 0
	tap_is "nor one for IPv6" "$(lab_gateway ip6tables-save | grep -c filterd)" 0
}

system_begin
system_run
refusals
passes
own
records
download
drop
no_rules
tap_ok "filterd ends cleanly" daemon_end
tap_done
