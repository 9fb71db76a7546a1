#!/bin/bash
# SPDX-License-Identifier: MIT
#
# filterctl pause: nothing is blocked for a while, and everything recorded; it ends by itself, and a restart changes nothing.
# shellcheck disable=SC2317  # lab_wait and tap_ok call what they are given
# shellcheck disable=SC2119  # daemon_end has none here
set -u
# shellcheck source=tests/support/system.sh
. "$(dirname "$0")/../support/system.sh"

ctl() { lab_gateway "$DAEMON_BUILD/filterd/filterctl" "$1" -c "$DAEMON_CONF" "${@:2}" 2>&1; }
said() { ctl "$@"; echo "status $?"; }
state() { ctl status --json | jq -rR 'fromjson? | .state'; }
state_is() { [ "$(state)" = "$1" ]; }

# of_states FIELD: of the last record of a state.
of_states() { jq -r "select(.filterd.type == \"state\") | $1" "$DAEMON_AUDIT" | tail -n 1; }

listed=dnl-01.geo.kaspersky.com
system_begin
daemon_set pause-most 10
daemon_set metrics "$LAB_DIR/run/filterd.prom"
system_run

tap_is "before, the name is blocked" "$(answer "$listed" A "$LAB_DNS4")" NXDOMAIN+15
tap_like "longer than pause-most is refused" "$(said pause 11m "a test")" "pause-most allows: 10 minutes.status 1"
tap_like "without a reason: wrong usage" "$(said pause 5m)" "usage: .*status 64"
tap_like "a time without a unit: wrong usage" "$(said pause 5 "a test")" "usage: .*status 64"
tap_like "a reason that would move a terminal's cursor is refused" "$(said pause 5m $'a\e[2Jtest')" "printable characters.status 1"
tap_like "off, where nothing is paused" "$(said pause off)" "it was not paused.status 0"
tap_is "all of that changed nothing" "$(answer "$listed" A "$LAB_DNS4")" NXDOMAIN+15
# shellcheck disable=SC2024
tap_like "filterd's own user may not" "$(lab_gateway setpriv --reuid nobody --clear-groups "$DAEMON_BUILD/filterd/filterctl" pause -c "$DAEMON_CONF" 5m x 2>&1)" \
	"only root may pause"

tap_like "paused" "$(said pause 5m "the bank's programme")" "paused until 20[0-9TZ:-]+: the bank's programme.status 0"
tap_is "the name resolves at once" "$(answer "$listed" A "$LAB_DNS4")" NOERROR
tap_is "and the attempt is recorded as one that would have been blocked" "$(daemon_record "$listed" .filterd.type)" would_block
tap_is "the state is observing" "$(state)" observing
tap_like "status says until when, and why" "$(ctl status)" "needs attention.*nothing is blocked, only recorded, until 20[^ ]+: paused, the bank's programme"
tap_is "and so does its JSON" "$(ctl status --json | jq -r '.mode + " " + .paused.reason')" "enforce the bank's programme"
tap_ok "and the metrics" tap_wait "the metrics" grep -qE '^filterd_paused_until_timestamp_seconds [1-9]' "$LAB_DIR/run/filterd.prom"
tap_like "the record has the reason" "$(of_states .filterd.reason)" "^paused until 20[0-9TZ:-]+: the bank's programme$"
tap_is "and who asked" "$(of_states '.filterd.caller.by + " " + .filterd.caller.uid')" "filterctl 0"
tap_is "and that nothing is blocked" "$(of_states '.filterd.from + " " + .filterd.to')" "enforcing observing"

system_reload
tap_is "a reload changes nothing" "$(answer "$listed" A "$LAB_DNS4") $(state)" "NOERROR observing"
daemon_end
daemon_start
tap_is "nor does a restart" "$(answer "$listed" A "$LAB_DNS4") $(state)" "NOERROR observing"
tap_like "it says so again" "$(of_states .filterd.reason)" "^paused until 20.*the bank's programme$"

tap_like "off" "$(said pause off)" "the pause has ended.status 0"
tap_is "the name is blocked at once" "$(answer "$listed" A "$LAB_DNS4") $(state)" "NXDOMAIN+15 enforcing"
tap_is "on record, with who asked" "$(of_states '.filterd.to + ": " + .filterd.reason + " by " + .filterd.caller.uid')" "enforcing: the pause has ended by 0"

said pause 3s "a short one" >/dev/null
tap_is "a short one" "$(answer "$listed" A "$LAB_DNS4")" NOERROR
tap_ok "ends by itself" tap_wait "the end" state_is enforcing
tap_is "the name is blocked again" "$(answer "$listed" A "$LAB_DNS4")" NXDOMAIN+15
tap_is "on record, and nobody asked for it" "$(of_states '.filterd.reason + " " + (.filterd.caller | tostring)')" "the pause has ended null"
said pause 5s "over a restart" >/dev/null
daemon_end
sleep 5
daemon_start
tap_is "one whose time comes while filterd is not there is over at the start" "$(answer "$listed" A "$LAB_DNS4") $(state)" "NXDOMAIN+15 enforcing"
printf 'tomorrow, perhaps\n' >"$LAB_DIR/keys/paused"
daemon_end
daemon_start
tap_is "a file that says nothing pauses nothing" "$(state)" enforcing
printf '2999-01-01T00:00:00Z 9999999 for ever\n' >"$LAB_DIR/keys/paused"
daemon_end
daemon_start
tap_is "one that says too much" "$(state)" observing
tap_below "pauses for no longer than pause-most" "$(($(ctl status --json | jq '.paused.until | fromdate') - $(date +%s)))" 601
seconds_left() { echo $(($(ctl status --json | jq '.paused.until | fromdate') - $(date +%s))); }

# As if the clock had been set back by an hour while filterd was not there.
printf '%s 120 a clock that was set back\n' "$(date -ud '1 hour' +%FT%TZ)" >"$LAB_DIR/keys/paused"
daemon_end
daemon_start
tap_is "a clock that was set back meanwhile: it goes on" "$(state)" observing
tap_below "for no longer than it was to be" "$(seconds_left)" 121
said pause off >/dev/null

said pause 5m "settings change" >/dev/null
daemon_set mode enfroce
system_reload
tap_is "a reload that is refused changes nothing" "$(answer "$listed" A "$LAB_DNS4") $(state)" "NOERROR observing"
tap_like "off, while it is refused" "$(said pause off)" "the pause has ended.status 0"
tap_is "blocks" "$(answer "$listed" A "$LAB_DNS4") $(state)" "NXDOMAIN+15 enforcing"
said pause 5m "settings change" >/dev/null
daemon_set mode enforce
daemon_set pause-most 1
system_reload
tap_is "a lower pause-most, loaded: it goes on" "$(answer "$listed" A "$LAB_DNS4")" NOERROR
tap_below "for no longer than that" "$(seconds_left)" 61
tap_like "on record" "$(of_states '.filterd.reason')" "^paused until 20.*: settings change$"
tap_is "whose end is the new one" "$(of_states '.filterd.reason' | sed 's/paused until \(.*Z\):.*/\1/')" "$(ctl status --json | jq -r .paused.until)"
daemon_set pause-most 0
system_reload
tap_ok "none is allowed any more: it ends" tap_wait "the end" state_is enforcing
tap_is "and the name is blocked" "$(answer "$listed" A "$LAB_DNS4")" NXDOMAIN+15
tap_like "none can begin" "$(said pause 1s "a test")" "pause-most allows: 0 minutes.status 1"

daemon_end
tap_like "the proof has it as time that was not covered, with the reason" \
	"$("$DAEMON_BUILD/filterd/filterctl" audit coverage -c "$DAEMON_CONF" 2>&1)" "not enforcing.*paused until 20[0-9TZ:-]+: the bank"
tap_done
