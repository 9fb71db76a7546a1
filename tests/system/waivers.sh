#!/bin/bash
# SPDX-License-Identifier: MIT
#
# A waiver's life: before it, within it, at its end and after; what the client sees, and what the records, the counts, the
# report and the commands say of it.
set -u
# shellcheck source=tests/support/system.sh
. "$(dirname "$0")/../support/system.sh"

listed=ds.kaspersky.com                 # ksn
other=my.kaspersky.com                  # account: not waived
ends=$(date -ud '1 hour ago' +%FT%TZ)  # filterd's clock is before it, and ours behind it
own=$LAB_DIR/config/policy/own.policy

filterctl() { "$DAEMON_BUILD/filterd/filterctl" "$@"; }

to_the_end() {
	daemon_shift $(($(date -ud "$ends" +%s) - 2 - $(date +%s)))
}

before() {
	tap_is "before, a prohibited name is blocked" "$(answer "$listed" A "$LAB_DNS4")" NXDOMAIN+15
	tap_is "and a connection is reset" "$(page "$listed" "$LAB_LISTED4")" reset
}

# Beside the policy that others publish, by the client's MAC.
waive() {
	cat >"$own" <<-END
		[policy]
		id = own
		[waiver malware-lab]
		devices = $mac
		categories = ksn update
		until = $ends
		reason = Analysis of samples
	END
	daemon_set files "policy/kaspersky-us.policy policy/own.policy"
	system_reload
}

within() {
	tap_is "within it the name is answered" "$(answer "$listed" A "$LAB_DNS4")" NOERROR
	tap_is "its record says so, with waiver, end and reason" \
		"$(daemon_record "$listed" '.filterd | [.type, .category, .waiver, .until, .reason] | join(" ")')" \
		"waived ksn malware-lab $ends Analysis of samples"
	tap_is "and that it was allowed" "$(daemon_record "$listed" .alert.action)" allowed
	tap_is "by the gateway's own resolver too" "$(answer "$listed" A "$LAB_GATEWAY4")" NOERROR
	tap_is "the host is served" "$(page "$listed" "$LAB_LISTED4")" 200
	tap_is "over IPv6 as well: a MAC has any address" "$(page "$listed" "$LAB_LISTED6")" 200
	tap_is "nothing of it is one more block" "$(daemon_count '.filterd.type == "block"')" 2
	tap_is "another category stays blocked" "$(answer "$other" A "$LAB_DNS4")" NXDOMAIN+15
	tap_is "and the test name" "$(answer blocked.filterd.test A "$LAB_DNS4")" NXDOMAIN+15
}

# lease NAME: what DHCP calls the client from now on.
lease() {
	echo "0 $mac $LAB_CLIENT4 $1 *" >"$LAB_DIR/leases.new" && mv "$LAB_DIR/leases.new" "$LAB_DIR/leases"
}

# shellcheck disable=SC2317  # lab_wait calls it
is_answered() { [ "$(answer "$listed" A "$LAB_DNS4")" = "$1" ]; }

by_name() {
	sed -i 's/^devices = .*/devices = lab-3/' "$own"
	system_reload
	tap_is "a waiver for a DHCP name is not for this device" "$(answer "$listed" A "$LAB_DNS4")" NXDOMAIN+15
	lease LAB-3
	tap_ok "until DHCP gives it that name" lab_wait "the lease" is_answered NOERROR
	lease guest
	tap_ok "and not when it has another one" lab_wait "the lease" is_answered NXDOMAIN+15
	sed -i "s/^devices = .*/devices = $mac/" "$own"
	system_reload
}

# A download that is under way.
at_its_end() {
	local client

	lab_set client net.ipv4.tcp_rmem="4096 16384 65536"
	lab_start client "$LAB_DIR/download" curl -sS --max-time 600 --limit-rate 10k --cacert "$LAB_CA" -o "$LAB_DIR/cut" \
		--resolve "$listed:443:$LAB_LISTED4" "https://$listed/2mb"
	client=$LAB_PID
	lab_wait "the download" test -s "$LAB_DIR/cut"
	tap_is "a download begins by the waiver" "$(daemon_record "$listed" .filterd.type)" waived
	to_the_end
	wait "$client"
	tap_like "and is cut off when it ends" "$(cat "$LAB_DIR/download")" "reset"
	tap_is "which is a record of a block" "$(daemon_record "$listed" .filterd.type)" block
	tap_is "made from the end on" "$(daemon_count ".filterd.type == \"block\" and .timestamp >= \"${ends%Z}\"")" 1
}

after() {
	tap_is "after it the name is blocked again" "$(answer "$listed" A "$LAB_DNS4")" NXDOMAIN+15
	tap_like "filterd --check names the waiver that has ended" \
		"$("$DAEMON_BUILD/filterd/filterd" --check -c "$DAEMON_CONF" 2>&1)" "1 waiver has ended .*\[waiver malware-lab\] of .*own.policy"
	tap_like "and so does doctor" "$(lab_gateway "$DAEMON_BUILD/filterd/filterctl" doctor -c "$DAEMON_CONF" 2>&1)" \
		"\[waiver malware-lab\] of .* has ended"
	tap_ok "filterd ends cleanly" daemon_end
}

# checked DEVICE TIME: the first line.
checked() {
	filterctl check -c "$DAEMON_CONF" --device "$1" --at "$2" "$listed" | head -n 1
}

commands() {
	tap_is "filterctl check knows the device" "$(checked "$mac" 2025-01-01)" "$listed: passes by a waiver, recorded as waived"
	tap_is "and its end" "$(checked "$mac" "$ends")" "$listed: BLOCKED"
	tap_is "and another device" "$(checked 192.0.2.77 2025-01-01)" "$listed: BLOCKED"
	tap_like "the log is sound" "$(filterctl audit verify "$LAB_DIR/log" 2>&1)" "complete|not at work|declared"
	tap_is "devices counts waived attempts apart" \
		"$(filterctl audit devices --json "$LAB_DIR/log" | jq -r '.devices[0].waived > 0 and .devices[0].blocked > 0')" true
	tap_like "list finds them" "$(filterctl audit list --type waived "$LAB_DIR/log")" "waived .*$listed"
	tap_like "the report shows the waiver, its reason and its end" "$(filterctl audit report "$LAB_DIR/log")" \
		"malware-lab  *$ends .*Analysis of samples"
}

system_begin
tap_need faketime
mac=$(lab_client cat /sys/class/net/eth0/address)
lease none-of-these
daemon_set leases "$LAB_DIR/leases"
daemon_set clock believe          # these are moments of another time
daemon_set confinement rights     # what moves filterd's clock reads a file of its own
daemon_rules install || tap_bail "the rules could not be installed"
daemon_start_shifted $(($(date -ud "$ends" +%s) - 1000 - $(date +%s))) || tap_bail "filterd did not start"
before
waive
within
by_name
at_its_end
after
commands
tap_done
