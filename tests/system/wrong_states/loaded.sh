# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# What is loaded, and by which clock: a configuration or a list that is wrong, a policy that blocks nothing, a clock that is not right.

# refuses WHAT FROM: reload fails, and what was in force stays.
refuses() {
	local said code=0

	said=$(ctl reload) || code=$?
	tap_like "$1: a reload says why" "$said" "$2"
	tap_is "$1: and fails" "$code" 1
	tap_is "$1: what was in force stays" "$(answer "$listed" A "$LAB_DNS4")" NXDOMAIN+15
}

mended() {
	tap_is "$1: mended, a reload is good" "$(ctl reload; echo $?)" $'loaded\n0'
	tap_ok "$1: and so is all" lab_wait "status" status_says "nothing needs attention"
	tap_ok "$1: also in the metrics" tap_wait "the metrics" metrics_say "filterd_last_load_good 1"
}

# What forbids a process to ask for the state of the clock, as a unit or a container may.
no_adjtimex() {
	cat >"$LAB_DIR/no_adjtimex.py" <<-'END'
		import ctypes, os, sys
		s = ctypes.CDLL("libseccomp.so.2")
		s.seccomp_init.restype = ctypes.c_void_p
		f = ctypes.c_void_p(s.seccomp_init(ctypes.c_uint32(0x7fff0000)))
		for name in (b"adjtimex", b"clock_adjtime"):
		    s.seccomp_rule_add(f, ctypes.c_uint32(0x00050001), s.seccomp_syscall_resolve_name(name), 0)
		s.seccomp_load(f)
		os.execv(sys.argv[1], sys.argv[1:])
	END
}

clock() {
	begin
	no_adjtimex
	around=(python3 "$LAB_DIR/no_adjtimex.py")
	again "${around[@]}"
	row "the kernel does not say whether the clock is kept" "does not say whether the clock is kept right" 1 \
		clock "attention: unknown:" 1 "!filterd_clock_synced " '.filterd.type == "start" and .filterd.clock == "unknown"'
	begin
	daemon_end TERM
	echo 2051-01-01T00:00:00Z >"$LAB_DIR/keys/clock.floor"
	again
	row "the newest time recorded is ahead of the clock" "the clock shows a time before 2051-01-01T00:00:00Z.*remove clock.floor" 1 \
		clock "broken: the clock says .* but filterd has seen 2051-01-01T00:00:00Z" 2 "filterd_clock_synced 0" \
		'.filterd.type == "start" and .filterd.clock == "untrusted"'
	daemon_end TERM
	rm "$LAB_DIR/keys/clock.floor"
	again
	tap_ok "that it was set back is on record" lab_wait "a record" log_says '.filterd.reason // "" | test("clock.floor, is gone")'
	tap_is "and the clock is believed" "$(ctl status --json | jq -r '.clock == "untrusted"')" false
}

# A clock that leaps, and is right again a little later: nothing remembers it.
leap() {
	tap_can "a clock that leaps" faketime || return
	begin
	daemon_set confinement rights
	daemon_end TERM
	daemon_start_shifted 0 || tap_bail "filterd did not start"
	daemon_shift $((5 * 366 * 86400))
	tap_ok "a clock that leaps is on record" lab_wait "a record" log_says '.filterd.reason // "" | test("^set forward by 1830 d")'
	lab_wait "heartbeats" log_says '.filterd.type == "heartbeat" and (.timestamp[:4] | tonumber) > 2029'
	daemon_end TERM
	tap_is "what has been stays where it was" "$(cut -c1-4 "$LAB_DIR/keys/clock.floor")" "$(date +%Y)"
}

mistake() { sed -i 's/^mode = enforce/mode = enfroce/' "$DAEMON_CONF"; }
no_mistake() { sed -i 's/^mode = enfroce/mode = enforce/' "$DAEMON_CONF"; }

reloads() {
	begin
	daemon_set strict-lists yes
	mistake
	refuses "a mistake in the configuration" "filterd.conf: line [0-9]+: 'mode = enfroce'"
	row "a reload of a wrong configuration was refused" "refused at 20.*line [0-9]+: 'mode = enfroce'.*the old one" 1 \
		configuration "broken: .*line [0-9]+: 'mode = enfroce'" 2 "filterd_last_load_good 0" \
		'.filterd.type == "policy" and (.filterd.result | test("enfroce"))'
	no_mistake
	mended "the configuration"
	echo "no name!" >>"$update"
	refuses "a mistake in a list" "update.list: line [0-9]+, column 4"
	row "a reload of a wrong policy was refused" "refused at 20.*update.list: line [0-9]+, column 4.*the old one" 1 \
		policy "broken: the policy cannot be loaded: .*update.list: line [0-9]+" 2 "filterd_last_load_good 0" \
		'.filterd.type == "policy" and (.filterd.result | test("update.list: line"))'
	sed -i '$d' "$update"
	mended "the list"
	tap_is "another user may not ask" "$(lab_gateway setpriv --reuid=65533 --regid=65533 --clear-groups \
		"$DAEMON_BUILD/filterd/filterctl" reload -c "$DAEMON_CONF" 2>&1; echo $?)" \
		$'filterctl reload: only root and the user of filterd may ask for a reload\n1'
}

starts() {
	begin
	daemon_set strict-lists yes
	mistake
	again
	row "started with a wrong configuration" "refused at 20.*'mode = enfroce'.*the copy of the last good one, of 20" 1 \
		configuration "broken: .*a start uses the copy of the last good one" 2 "filterd_last_load_good 0" \
		'.filterd.type == "start" and (.filterd.refused // "" | test("line [0-9]+: .mode = enfroce"))'
	tap_is "started with a wrong configuration: it blocks" "$(answer "$listed" A "$LAB_DNS4")" NXDOMAIN+15
	tap_ok "and says so in its messages" daemon_says "starting with the copy of the last good"
	daemon_rules remove
	tap_like "rules are made by the copy, too" "$(daemon_rules install 2>&1; echo $?)" "using the copy of the last good configuration.0$"
	tap_is "and it blocks" "$(answer "$listed" A "$LAB_DNS4")" NXDOMAIN+15
	no_mistake
	mended "the configuration of the start"
	echo "no name!" >>"$update"
	again
	row "started with a wrong policy" "refused at 20.*update.list: line [0-9]+.*the copy" 1 \
		policy "broken: the policy cannot be loaded" 2 "filterd_last_load_good 0" \
		'.filterd.type == "start" and (.filterd.refused // "" | test("update.list"))'
	tap_is "started with a wrong policy: it blocks" "$(answer "$listed" A "$LAB_DNS4")" NXDOMAIN+15
	sed -i '$d' "$update"
	mended "the policy of the start"
	mistake
	daemon_end TERM
	rm "$LAB_DIR/keys/last-good"
	again
	row "a wrong configuration, and never a good one" "filterd does not run.*line [0-9]+: 'mode = enfroce'" 3 \
		configuration "broken: .*a start fails, as there is no good copy" 2 - -
}

# one_list WHAT SAYS: the list is as it is; reload, and start, and the setting.
one_list() {
	refuses "$1" "update.list' $2"
	row "a list $1, at a reload" "refused at 20.*update.list' $2.*the old one" 1 \
		policy "broken: .*update.list' $2" 2 "filterd_last_load_good 0" \
		".filterd.type == \"policy\" and (.filterd.result | test(\"update.list. $2\"))"
	again
	row "a list $1, at a start" "refused at 20.*update.list' $2.*the copy" 1 \
		policy "broken: .*update.list' $2" 2 "filterd_last_load_good 0" \
		".filterd.type == \"start\" and (.filterd.refused // \"\" | test(\"update.list. $2\"))"
	tap_is "a list $1, at a start: it blocks" "$(answer "$listed" A "$LAB_DNS4")" NXDOMAIN+15
	daemon_set max-shrink 100
	mended "a list $1 that is meant"
}

lists() {
	begin
	: >"$update"
	one_list "left empty" "has 0 names, and had [0-9]+ when it last loaded"
	begin
	grep -v '^#' "$update" | head -n 3 >"$LAB_DIR/few" && cp "$LAB_DIR/few" "$update"
	one_list "that lost most of its names" "has [0-3] names, and had [0-9]+ when it last loaded"
	begin
	truncate -s -3 "$update"
	one_list "cut off in its last line" "is cut off within its last line"
	begin
	printf '%s\n' '[policy]' 'id = empty' '[category c]' 'action = block' 'names = empty.list' >"$policy/empty.policy"
	: >"$policy/empty.list"
	daemon_set files policy/empty.policy
	ctl reload >/dev/null
	row "a policy without a name" "nothing is blocked: the policy has no names" 1 \
		policy "attention: the policy has no names" 1 "filterd_policy_rules 0" '.filterd.type == "policy" and .filterd.rules == 0'
}


# blocks_none NAME SAYS FINDING SED: the policy's file edited so that nothing of it blocks.
blocks_none() {
	begin
	sed -i "$4" "$policy/kaspersky-us.policy"
	ctl reload >/dev/null
	ask
	row "$1" "$2" 1 policy "attention: no category blocks today; the next change is $3" 1 \
		'filterd_state\{state="waiting"\} 1' '.filterd.type == "heartbeat" and .filterd.state == "waiting"' \
		"^1 .*not enforcing.*1 declared gap"
}

dates() {
	begin
	daemon_set mode observe
	ctl reload >/dev/null
	ask
	row "mode is observe" "nothing is blocked, only recorded, as .policy. mode says; to block: filterctl mode enforce" 1 mode "attention: filterd only observes" 1 \
		'filterd_state\{state="observing"\} 1' '.filterd.type == "heartbeat" and .filterd.state == "observing"' \
		"^1 .*not enforcing.*1 declared gap"
	blocks_none "the date has not come" "nothing is blocked before 2040-01-01T00:00:00Z" "at 2040-" \
		's/^effective *= .*/effective = 2040-01-01T00:00:00Z/'
	blocks_none "the date is over" "nothing is blocked: no category of the policy is in force, nor ever will be" "never" \
		'/^effective *= /a until = 2025-01-01T00:00:00Z'
	blocks_none "the policy only logs" "nothing is blocked: no category of the policy is in force, nor ever will be" "never" \
		's/^action *= block/action = log/'
}
