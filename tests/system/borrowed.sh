#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Names that are shown and were never asked for, as a VPN shows them: what records, list, devices and report say of a device that only
# shows one, of one that asks first, and of one that asks a resolver in secret. A day passes for filterd meanwhile.
set -u
# shellcheck source=tests/support/system.sh
. "$(dirname "$0")/../support/system.sh"

listed=ds.kaspersky.com
free=www.example.org
server=203.0.113.99             # no name leads there

filterctl() { "$DAEMON_BUILD/filterd/filterctl" "$@"; }

# In all files of the log: another day begins another file.
records() { cat "$LAB_DIR"/log/audit-*.jsonl "$DAEMON_AUDIT" 2>/dev/null; }

# shellcheck disable=SC2317  # lab_wait calls it
is_closed() { compgen -G "$LAB_DIR/log/audit-*.jsonl"; }

# become NUMBER: the client is another device from now on.
become() {
	lab_client ip link set eth0 address "02:00:00:00:00:$1"
	lab_client ip addr flush dev eth0
	lab_address client eth0 "192.0.2.$1/24" && lab_default client "$LAB_GATEWAY4"
}

mac() { echo "02:00:00:00:00:$1"; }

# Both clocks go on by so many seconds: nobody has set one.
pass() {
	daemon_shift "$1"
}

# asked NUMBER: what the last record of a name that this device showed says.
asked() {
	records | jq -r "select(.filterd.device == \"$(mac "$1")\" and .app_proto == \"tls\") | .filterd.asked" | tail -n 1
}

# of_device NUMBER FIELD: what filterctl audit devices says of it.
of_device() {
	filterctl audit devices --json "$LAB_DIR/log" | jq -r ".devices[] | select(.device == \"$(mac "$1")\") | $2"
}

# Each asks in the open, as all do, before a day passes.
arrive() {
	local who

	for who in 11 12 13; do
		become $who
		tap_is "device $who comes, and asks" "$(answer "$free" A "$LAB_DNS4")" NOERROR
	done
	become 11
	tap_is "a name that it shows at once is blocked" "$(page "$listed" "$server")" reset
	tap_is "nobody knows whether it asked, as filterd has just come" "$(asked 11)" unknown
	pass 90000
	lab_wait "the file of the next day" is_closed
}

borrows() {
	become 11
	tap_is "a day later one asks for something else" "$(answer "$free" A "$LAB_DNS4")" NOERROR
	tap_is "and shows a prohibited name to a server that has nothing to do with it" "$(page "$listed" "$server")" reset
	tap_is "which it never asked for, says the record" "$(asked 11)" no
}

asks() {
	become 12
	tap_is "another one asks for it, and is refused" "$(answer "$listed" A "$LAB_DNS4")" NXDOMAIN+15
	tap_is "a record of a question says nothing more" "$(records | jq -r 'select(.app_proto == "dns") | .filterd | has("asked")')" false
	tap_is "it shows the name all the same" "$(page "$listed" "$LAB_LISTED4")" reset
	tap_is "and had asked for it" "$(asked 12)" yes
}

hides() {
	become 13
	tap_is "the third asks something in the open" "$(answer "$free" A "$LAB_DNS4")" NOERROR
	lab_client curl -sk --max-time "$LAB_ANSWER_S" --resolve "dns.example.org:443:$LAB_OTHER4" -o /dev/null https://dns.example.org/
	tap_is "and all else by HTTPS; it shows the name" "$(page "$listed" "$LAB_LISTED4")" reset
	tap_is "nobody knows whether it asked" "$(asked 13)" unknown
}

# What people are told.
told() {
	tap_is "list marks the name that was not asked for" "$(filterctl audit list "$LAB_DIR/log" | grep -c "blocked, unasked .*$listed")" 1
	tap_is "and no other" "$(filterctl audit list "$LAB_DIR/log" | grep -c unasked)" 1
	tap_is "devices: of the second it is sure that it tries" "$(of_device 12 '.sure + ": " + .seen')" "sure: questions, hellos"
	tap_is "of the third it is not" "$(of_device 13 '.sure + ": " + .seen')" "unsure: hellos"
	tap_is "CSV has it" "$(filterctl audit export --to csv "$LAB_DIR/log" | grep ",$listed," | cut -d, -f30 | tr -d '\r' | sort | uniq -c | xargs)" \
		"1 1 no 2 unknown 1 yes"
}

# Only the record of a day ago makes it more than doubtful.
of_this_day() {
	local since

	since=$(records | jq -r 'select(.filterd.asked == "no") | .timestamp[:10]')
	tap_is "devices: of the first it is doubtful" \
		"$(filterctl audit devices --since "$since" --json "$LAB_DIR/log" | jq -r ".devices[] | select(.device == \"$(mac 11)\") | \"\(.sure) \(.unasked)\"")" \
		"doubtful 1"
	tap_like "and why" "$(filterctl audit devices --since "$since" "$LAB_DIR/log" | tail -n 1)" \
		"^doubtful: it showed the name, never asked for it: perhaps a VPN's borrowed name$"
	tap_like "the report counts it apart" "$(filterctl audit report --since "$since" "$LAB_DIR/log")" \
		"2 devices still try.* 1 only showed the name, never asked for it: perhaps a VPN's borrowed name\."
	tap_like "and names it so" "$(filterctl audit report --since "$since" "$LAB_DIR/log")" \
		"$(mac 11) +perhaps a VPN +doubtful "
}

# Another policy has other names: who asked for them was not noted.
reloaded() {
	echo "# more" >>"$LAB_DIR/config/policy/kaspersky-us.policy"
	system_reload
	become 11
	tap_is "after another policy was loaded it is blocked as before" "$(page "$listed" "$server")" reset
	tap_is "and nobody knows again" "$(asked 11)" unknown
	become 12
	tap_is "of who did ask it is known still" "$(page "$listed" "$server") $(asked 12)" "reset yes"
}

system_begin
tap_need faketime
lab_client ip addr flush dev eth0 scope global
lab_internet ip addr add "$server/32" dev lo
daemon_set confinement rights     # what moves filterd's clock reads a file of its own
daemon_rules install || tap_bail "the rules could not be installed"
pass 0
daemon_start env TZ=UTC LD_PRELOAD="$(faketime -f +0 printenv LD_PRELOAD)" FAKETIME_TIMESTAMP_FILE="$LAB_DIR/shift" FAKETIME_NO_CACHE=1 ||
	tap_bail "filterd did not start"
arrive
borrows
asks
hides
told
of_this_day
reloaded
tap_ok "filterd ends cleanly" daemon_end
tap_is "nothing of it was said of the clock" "$(records | jq -c 'select(.filterd.type == "state" and (.filterd.reason | test("set (forward|back)")))')" ""
tap_done
