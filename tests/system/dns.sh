#!/bin/bash
# SPDX-License-Identifier: MIT
#
# DNS through the real queue: what a client learns about prohibited and permitted names, whomever it asks, however.
set -u
# shellcheck source=tests/support/system.sh
. "$(dirname "$0")/../support/system.sh"

listed=dnl-01.geo.kaspersky.com
free=www.example.org

num_refused=0

# refused WHAT WANTED NAME TYPE SERVER [DIG OPTION...]
refused() {
	num_refused=$((num_refused + 1))
	tap_is "$1" "$(answer "${@:3}")" "$2"
}

refusals() {
	local resolver

	refused "UDP: a prohibited name does not exist, and the answer says why" NXDOMAIN+15 "$listed" A "$LAB_DNS4"
	refused "UDP over IPv6" NXDOMAIN+15 "$listed" AAAA "$LAB_DNS6"
	refused "a question for an HTTPS record" NXDOMAIN+15 "$listed" HTTPS "$LAB_DNS4"
	refused "a question in mixed case" NXDOMAIN+15 DNL-01.Geo.kasperSKY.com A "$LAB_DNS4"
	refused "a question without EDNS" NXDOMAIN "$listed" A "$LAB_DNS4" +noedns
	refused "TCP: the connection is reset" reset "$listed" A "$LAB_DNS4" +tcp
	refused "TCP over IPv6" reset "$listed" A "$LAB_DNS6" +tcp
	for resolver in "${LAB_RESOLVERS[@]}"; do
		refused "asked of $resolver" NXDOMAIN+15 "$listed" A "$resolver"
	done
	refused "asked of the gateway's own resolver" NXDOMAIN+15 "$listed" A "$LAB_GATEWAY4"
	refused "the same over IPv6" NXDOMAIN+15 "$listed" A "$LAB_GATEWAY6"
	refused "the same over TCP" reset "$listed" A "$LAB_GATEWAY4" +tcp
	refused "a free name that is an alias of a prohibited host" NXDOMAIN+15 cdn.example.org A "$LAB_DNS4"
	refused "an HTTPS record that leads to a prohibited host" NXDOMAIN+15 shop.example.org HTTPS "$LAB_DNS6"
}

passes() {
	tap_is "UDP: a free name is answered" "$(answer "$free" A "$LAB_DNS4")" NOERROR
	tap_is "UDP over IPv6: a free name" "$(answer "$free" AAAA "$LAB_DNS6")" NOERROR
	tap_is "TCP: a free name" "$(answer "$free" A "$LAB_DNS4" +tcp)" NOERROR
	tap_is "a free name, asked of the gateway's resolver" "$(answer "$free" A "$LAB_GATEWAY4")" NOERROR
	tap_is "the gateway itself may ask for a free name" \
		"$(lab_gateway dig +short +tries=1 +time="$LAB_ANSWER_S" @"$LAB_DNS4" "$free" A)" "$LAB_OTHER4"
	tap_is "an exempt host below a watched domain" "$(answer support.kaspersky.com A 9.9.9.9)" NOERROR
	tap_is "an exempt host that is an alias of a prohibited one" "$(answer shielded.support.kaspersky.com A "$LAB_DNS4")" NOERROR
	tap_is "the resolver's own word on a name that does not exist is left alone" \
		"$(answer none.example.org A "$LAB_DNS4")" NXDOMAIN
}

# Each message of a flow is judged for itself.
one_flow_many_questions() {
	local both

	tap_is "a source port that has asked for a free name" \
		"$(answer "$free" A "$LAB_DNS4" -b "$LAB_CLIENT4#40001")" NOERROR
	refused "does not get a prohibited one after it" NXDOMAIN+15 "$listed" A "$LAB_DNS4" -b "$LAB_CLIENT4#40001"
	tap_is "and gets a free one again" \
		"$(answer "$free" A "$LAB_DNS4" -b "$LAB_CLIENT4#40001")" NOERROR
	num_refused=$((num_refused + 1))
	both=$(lab_dig @"$LAB_DNS4" +tcp +keepopen "$free" A @"$LAB_DNS4" +tcp +keepopen "$listed" A 2>&1)
	tap_like "the second question of a TCP connection is judged too" "$both" "NOERROR.*connection reset"
}

# By nobody's question but its own.
own() {
	local LAB_CLIENT=gateway

	refused "the gateway itself asks for a prohibited name" NXDOMAIN+15 "$listed" A "$LAB_DNS4"
	refused "for one that is an alias of it" NXDOMAIN+15 own.example.org A "$LAB_DNS6"
	tap_is "and for a free name" "$(answer "$free" A "$LAB_DNS4")" NOERROR
	tap_is "both refusals are on record" "$(daemon_count '.filterd.type == "block"')" "$num_refused"
}

records() {
	tap_is "every refusal has its record" "$(daemon_count '.filterd.type == "block"')" "$num_refused"
	tap_is "nothing else has one" "$(daemon_num_records)" "$num_refused"
	tap_is "a record names the device" "$(daemon_record "$listed" .ether.src_mac)" \
		"$(lab_client cat /sys/class/net/eth0/address)"
}

# A host that is only watched: its question is one record, and the prohibited host behind it another.
watched() {
	tap_is "a watched host that is an alias of a prohibited one is refused" "$(answer keyfile.kaspersky.com A "$LAB_DNS4")" NXDOMAIN+15
	tap_is "its question is on record as watched" "$(daemon_record keyfile.kaspersky.com .filterd.type)" log
	tap_is "and its answer as blocked, with the question" \
		"$(daemon_count '.filterd.type == "block" and .dns.rrname == "keyfile.kaspersky.com"')" 1
	tap_is "an exempt one passes by the gateway's own resolver, too" "$(answer shielded.support.kaspersky.com A "$LAB_GATEWAY4")" NOERROR
}

other_answers() {
	tap_like "the answer carries the configured text" "$(lab_dig @"$LAB_DNS4" "$listed")" "blocked by policy"
	daemon_set dns-answer refused
	system_reload
	tap_is "dns-answer = refused" "$(answer "$listed" A "$LAB_DNS4")" REFUSED+15
	daemon_set dns-answer unspecified
	system_reload
	tap_is "dns-answer = unspecified, IPv4" "$(lab_dig +short @"$LAB_DNS4" "$listed" A)" 0.0.0.0
	tap_is "dns-answer = unspecified, IPv6" "$(lab_dig +short @"$LAB_DNS4" "$listed" AAAA)" ::
	daemon_set on-block drop
	system_reload
	daemon_rules install
	tap_is "on-block = drop: no answer over UDP" "$(answer "$listed" A "$LAB_DNS4" +time=1)" timeout
	tap_is "on-block = drop: none over TCP" "$(answer "$listed" A "$LAB_DNS4" +tcp +time=1)" timeout
	tap_is "on-block = drop: a free name is answered all the same" "$(answer "$free" A "$LAB_DNS4")" NOERROR
}

# Keys for encrypted hellos, in an answer that the gateway sends on.
keys() {
	lab_dig +short @"$1" ech.example.org HTTPS | sed -n 's/ ech=[^ ]*/ ECH/; p'
}

encrypted_hellos() {
	tap_is "ech-answers = keep: keys come with an answer" "$(keys "$LAB_DNS4")" '1 . alpn="h2" ipv4hint=203.0.113.5 ECH'
	daemon_set ech-answers remove
	system_reload
	tap_is "ech-answers = remove: the answer comes without them" "$(keys "$LAB_DNS4")" '1 . alpn="h2" ipv4hint=203.0.113.5'
	tap_is "so does one of IPv6" "$(keys "$LAB_DNS6")" '1 . alpn="h2" ipv4hint=203.0.113.5'
	tap_is "and one of the gateway's own resolver" "$(keys "$LAB_GATEWAY4")" '1 . alpn="h2" ipv4hint=203.0.113.5'
	daemon_set ech-answers keep
	system_reload
}

# RFC 9460: alpn and ipv4hint; ech with one configuration, whose public name is ech.example.
ech_record=0001000001000302683200040004cb007105
ech_record+=000500240022fe0d001e2a00200004706b6579000400010001000b6563682e6578616d706c650000
LAB_MORE_LINES=("dns-rr=ech.example.org,65,$ech_record" "cname=own.example.org,$listed"
	"cname=shielded.support.kaspersky.com,$listed" "cname=keyfile.kaspersky.com,$listed")
system_begin
system_run
refusals
passes
one_flow_many_questions
records
own
watched
encrypted_hellos
other_answers
tap_ok "filterd ends cleanly" daemon_end
tap_done
