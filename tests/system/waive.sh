#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What an owner does with one word: filterctl waive lets a device pass for a time, filterctl mode has filterd block or only record,
# filterctl note says what was done. What the client sees of it, and what is on record.
# shellcheck disable=SC2119  # daemon_end has none here
# shellcheck disable=SC2317  # lab_wait and tap_ok call what they are given
set -u
# shellcheck source=tests/support/system.sh
. "$(dirname "$0")/../support/system.sh"

ctl() { lab_gateway env SUDO_USER=jb "$DAEMON_BUILD/filterd/filterctl" "$1" -c "$DAEMON_CONF" "${@:2}" 2>&1; }
said() { ctl "$@"; echo "status $?"; }
waivers() { ctl waive --list; }
file=$LAB_DIR/config/policy/waivers.policy
listed=dnl-01.geo.kaspersky.com
asks() { answer "$listed" A "$LAB_DNS4"; }
asks_and_gets() { [ "$(asks)" = "$1" ]; }

# of_policies FIELD: of the last record of a policy.
of_policies() { jq -r "select(.filterd.type == \"policy\") | $1" "$DAEMON_AUDIT" | tail -n 1; }
acks() { "$DAEMON_BUILD/filterd/filterctl" audit ack -c "$DAEMON_CONF" --list 2>&1; }
of_states() { jq -r "select(.filterd.type == \"state\") | $1" "$DAEMON_AUDIT" | tail -n 1; }
digest() { ctl status --json | jq -r .policy.sha256; }

refusals() {
	tap_like "neither a time nor a device: wrong usage" "$(said waive)" "usage: .*status 64"
	tap_like "a time alone" "$(said waive --for 1h)" "usage: .*status 64"
	tap_like "two times" "$(said waive --for 1h --until 2999-01-01 "$mac" x)" "usage: .*status 64"
	tap_like "without a reason" "$(said waive --for 1h "$mac")" "usage: .*status 64"
	tap_like "an empty one" "$(said waive --for 1h "$mac" "")" "expected a REASON.*status 64"
	tap_like "one with a line of its own" "$(said waive --for 1h "$mac" $'x\n[category a]')" "expected a REASON.*status 64"
	tap_like "a time without a unit" "$(said waive --for 60 "$mac" x)" "'60' is not a time.*status 64"
	tap_like "no time at all" "$(said waive --for 0h "$mac" x)" "'0h' is not a time.*status 64"
	tap_like "a day that is over" "$(said waive --until 2020-01-01 "$mac" x)" "in the past.*status 64"
	tap_like "a day that never is" "$(said waive --until 2027-02-30 "$mac" x)" "'2027-02-30' is not a time.*status 64"
	tap_like "what a device calls itself" "$(said waive --for 1h LAPTOP-7 x)" "'LAPTOP-7' is not a device.*status 64"
	tap_like "an address that is none" "$(said waive --for 1h 192.0.2.300 x)" "is not a device.*status 64"
	tap_like "a waiver that nobody made" "$(said waive --end nobody)" "there is no waiver 'nobody'.*status 1$"
	tap_ok "nothing was written" test ! -e "$file"
	tap_is "and nothing has changed" "$(asks) $(digest)" "NXDOMAIN+15 $before"
}

one_device() {
	tap_like "a device may pass for an hour" "$(said waive --for 1h "$mac" "the bank's programme")" \
		"^$mac passes until 20[0-9TZ:-]+, waiver ${mac//:/}-[0-9t]+.status 0"
	name=$(waivers | cut -d' ' -f1)
	tap_is "it does at once" "$(asks)" NOERROR
	tap_is "and the attempt is recorded as waived, with the reason" \
		"$(daemon_record "$listed" '.filterd | [.type, .waiver, .reason] | join(" ")')" "waived $name the bank's programme"
	tap_is "over IPv6 as well" "$(answer "$listed" A "$LAB_DNS6")" NOERROR
	tap_is "but never the test name" "$(answer blocked.filterd.test A "$LAB_DNS4")" NXDOMAIN+15
	tap_is "the record of the policy says who asked" "$(of_policies '.filterd | [.result, .caller.by, .caller.uid] | join(" ")')" \
		"loaded filterctl 0"
	tap_like "by which name, and why" "$(of_policies .filterd.caller.reason)" "^waiver for $mac until 20[0-9TZ:-]+ by jb: the bank's programme$"
	tap_is "and has the file among the policies" "$(of_policies '.filterd.policies[-1].id')" waivers
	tap_like "--list has it" "$(waivers)" "^$name  until 20[0-9TZ:-]+  $mac  the bank's programme$"
	tap_is "and the board, beside the device" "$(ctl board --json | jq -r '.devices[] | select(.waiver) | [.device, .waiver.id, .waiver.reason, .last_result] | join("|")')" \
		"$mac|$name|the bank's programme|waived"
	tap_like "check knows it" "$(ctl check --device "$mac" "$listed")" "passes by a waiver"
	tap_is "another device is blocked as ever" "$(ctl check --device 02:00:00:00:00:99 "$listed" | head -n 1)" "$listed: BLOCKED"
	daemon_end
	daemon_start
	tap_is "a restart changes nothing" "$(asks)" NOERROR
	tap_like "it is taken away" "$(said waive --end "$name")" "waiver $name is removed.status 0"
	tap_is "and blocked at once" "$(asks)" NXDOMAIN+15
	tap_like "on record, with who did" "$(of_policies .filterd.caller.reason)" "^waiver $name removed by jb$"
	tap_is "the policy is the one before" "$(digest)" "$before"
	tap_is "none is left" "$(waivers)" "no waivers"
}

others() {
	said waive --for 1h "$LAB_CLIENT4" "an address" >/dev/null
	tap_is "an address may pass" "$(asks)" NOERROR
	tap_is "and that alone" "$(answer "$listed" A "$LAB_DNS6")" NXDOMAIN+15
	said waive --end "$(waivers | cut -d' ' -f1)" >/dev/null
	tap_like "a MAC as Windows writes it" "$(said waive --for 1h "$(tr a-f: A-F- <<<"$mac")" "pasted")" "^$mac passes until"
	tap_is "may pass, too" "$(asks)" NOERROR
	said waive --end "$(waivers | cut -d' ' -f1)" >/dev/null
	said waive --until "$(date -ud '1 day' +%F)" "${LAB_CLIENT4%.*}.0/24" "a network" >/dev/null
	tap_is "so may a network" "$(asks)" NOERROR
	tap_like "until a day begins" "$(waivers)" "until $(date -ud '1 day' +%F)T00:00:00Z"
	said waive --end "$(waivers | cut -d' ' -f1)" >/dev/null
}

by_itself() {
	said waive --for 3s "$mac" "a short one" >/dev/null
	tap_is "a short one" "$(asks)" NOERROR
	tap_ok "ends by itself" lab_wait "its end" asks_and_gets NXDOMAIN+15
	tap_like "it is still there, and --list says so" "$(waivers)" "ended 20[0-9TZ:-]+  $mac  a short one"
	echo "# ours" >>"$file"
	said waive --for 1h 192.0.2.99 "another" >/dev/null
	tap_like "the next one takes it out" "$(waivers)" "^192-0-2-99-[0-9t]+  until [^ ]+  192.0.2.99  another$"
	tap_ok "and leaves what people wrote" grep -qx "# ours" "$file"
	said waive --end "$(waivers | cut -d' ' -f1)" >/dev/null
}

# Two at once, as two clicks on a page.
at_once() {
	ctl waive --for 1h 192.0.2.98 "one" >/dev/null &
	ctl waive --for 1h 192.0.2.97 "two" >/dev/null
	wait $!
	tap_is "of two at once none is lost" "$(waivers | awk '{ print $4 }' | sort | paste -sd' ')" "192.0.2.97 192.0.2.98"
	rm "$file"
	tap_is "the file may go" "$(ctl reload) $(digest)" "loaded $before"
}

refused_by_the_policy() {
	echo "[category mine]" >"$file"
	echo "action = allow" >>"$file"
	tap_like "a file with more than waivers is refused, by line" "$(said waive --for 1h "$mac" x)" "waivers.policy: line 2: .*status 1$"
	tap_is "and is as it was" "$(paste -sd' ' "$file")" "[category mine] action = allow"
	rm "$file"
	echo "no policy" >>"$LAB_DIR/config/policy/kaspersky-us.policy"
	tap_like "so is a waiver of a policy that cannot be loaded" "$(said waive --for 1h "$mac" x)" "kaspersky-us.policy: line [0-9]+.*status 1$"
	tap_ok "which is not written" test ! -e "$file"
	sed -i '$d' "$LAB_DIR/config/policy/kaspersky-us.policy"
}

# Good for filterctl, and not for filterd: it may not read what root alone may.
refused_by_filterd() {
	said waive --for 1h "$mac" "first" >/dev/null
	chmod 600 "$file"
	tap_like "what filterd refuses is said" "$(said waive --for 1h 192.0.2.98 "second")" "refused: .*waivers.policy.*Permission denied; the old ones stay in force.status 1$"
	tap_is "the file is the one before" "$(grep -c '^\[waiver' "$file") $(stat -c %a "$file")" "1 600"
	chmod 644 "$file"
	tap_is "what was in force still is" "$(asks)" NOERROR
	said waive --end "$(waivers | cut -d' ' -f1)" >/dev/null
}

signed() {
	daemon_set signed-by "$LAB_DIR/house.pub"
	tap_like "where the policy is signed, a waiver is for whoever signs" "$(said waive --for 1h "$mac" "the bank")" \
		"must be signed .*For the signer.*\[waiver ${mac//:/}-.*devices = $mac.*reason = the bank.status 1$"
	tap_ok "nothing is written" test -z "$(grep '^\[' "$file")"
	daemon_set signed-by ""
	daemon_set waivers none
	tap_like "without a file there are none" "$(said waive --for 1h "$mac" "the bank")" "\[policy\] waivers has no file.*status 1$"
	daemon_set waivers policy/waivers.policy
}

mode() {
	local was

	was=$(sha256sum <"$DAEMON_CONF")
	tap_like "mode says what holds" "$(said mode)" "^enforce.what the policy prohibits is blocked.in the last quarter of an hour [0-9]+ devices? tried.*status 0"
	tap_like "there are two" "$(said mode block)" "usage: .*status 64"
	tap_like "only recording" "$(said mode observe "the month's first week")" "^observe.nothing is blocked; what would be is recorded.*status 0"
	tap_is "a client's answer turns at once" "$(asks)" NOERROR
	tap_is "and the attempt is recorded as one that would have been blocked" "$(daemon_record "$listed" .filterd.type)" would_block
	tap_is "the record says who asked, and why" "$(of_states '.filterd | [.to, .caller.reason] | join(" ")')" \
		"observing mode = observe by jb: the month's first week"
	tap_is "one line of the configuration is another" "$(diff <(sed 's/^mode = observe/mode = enforce/' "$DAEMON_CONF") "$DAEMON_CONF")" \
		"$(printf '%s\n' "$(grep -n '^mode = ' "$DAEMON_CONF" | sed 's/:.*//;s/.*/&c&/')" "< mode = enforce" --- "> mode = observe")"
	daemon_end
	daemon_start
	tap_is "it is so for good" "$(asks)" NOERROR
	tap_like "blocking again" "$(said mode enforce)" "^enforce.what the policy prohibits is blocked.*status 0"
	tap_is "at once" "$(asks)" NXDOMAIN+15
	tap_is "and the configuration is as it was, byte for byte" "$(sha256sum <"$DAEMON_CONF")" "$was"
	daemon_set watch often
	tap_like "a configuration with a mistake is refused, by line" "$(said mode observe)" "line [0-9]+: 'watch = often'.*status 78"
	tap_is "and stays" "$(grep -c '^mode = enforce' "$DAEMON_CONF")" 1
	daemon_set watch 0
	daemon_set dns-text "ask the office"
	tap_like "whoever writes into it by hand may say why, too" "$(said reload "ticket 4711")" "^loaded.status 0"
	tap_is "on record" "$(of_states .filterd.caller.reason)" "ticket 4711"
	tap_like "in one word of the shell" "$(said reload ticket 4711)" "usage: .*status 64"
	was=$(sha256sum <"$DAEMON_CONF")
	said pause 5m "a test" >/dev/null
	tap_like "a pause is named" "$(said mode)" "^enforce.nothing is blocked, only recorded, while it is paused"
	said pause off >/dev/null
	chmod 600 "$DAEMON_CONF"
	tap_like "one that filterd refuses is as it was" "$(said mode observe)" "refused: .*status 1$"
	tap_is "line for line" "$(sha256sum <"$DAEMON_CONF")" "$was"
	chmod 644 "$DAEMON_CONF"
}

note() {
	tap_like "a note about the device" "$(said note "$mac" "uninstalled")" "noted about $mac, in $LAB_DIR/log/audit.acks.status 0"
	tap_like "filterctl audit ack has it, and that it came back" "$(acks)" "$mac .*jb .*uninstalled"
	tap_is "so has the board" "$(ctl board --json | jq -r '.devices[] | select(.note) | [.device, .note.text, .note.by] | join("|")')" "$mac|uninstalled|jb"
	said note "$mac" "" >/dev/null
	tap_like "and not when it is gone" "$(acks)" "no notes"
}

system_begin
mac=$(lab_client cat /sys/class/net/eth0/address)
system_run
before=$(digest)
tap_is "before, the name is blocked" "$(asks)" NXDOMAIN+15
refusals
one_device
others
by_itself
at_once
refused_by_the_policy
refused_by_filterd
signed
mode
note
tap_ok "filterd ends cleanly" daemon_end
tap_like "and without it a waiver is written for its start" "$(said waive --for 1h "$mac" "later")" "is written, but filterd does not answer.*status 69"
daemon_start
tap_is "which it has" "$(asks)" NOERROR
tap_like "the log is sound" "$("$DAEMON_BUILD/filterd/filterctl" audit verify "$LAB_DIR/log" 2>&1)" "complete|not at work|declared"
daemon_end
tap_done
