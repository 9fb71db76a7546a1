#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Runs in the container, which is the gateway; the lab's client and internet are network namespaces beside it.
# shellcheck disable=SC2317  # lab_wait and tap_ok call what cannot be seen to be called
set -u

job=$1
# The folder of builds is not asked for anything: all programs are those of the package.
set -- /nonexistent
# shellcheck source=tests/support/system.sh
. /src/tests/support/system.sh
# shellcheck source=tests/support/flow.sh
. /src/tests/support/flow.sh
TAP_NUM=$(cat "$job/num")
DAEMON_AUDIT=/var/log/filterd/audit.jsonl

listed=dnl-01.geo.kaspersky.com
conf=/etc/filterd/filterd.conf

lab_namespace_of_its_own=$(declare -f lab_namespace)
eval "${lab_namespace_of_its_own/lab_namespace/lab_namespace_made}"

# The container's own network is the gateway's.
lab_namespace() {
	[ "$1" = gateway ] || { lab_namespace_made "$1"; return; }
	ip netns attach "$LAB_ID-gateway" 1
	sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 net.ipv6.conf.default.accept_dad=0 \
		net.ipv6.conf.default.disable_ipv6=0
	ip link set lo up
}

sudo() { "$@"; }

# by_the_readme STEP: what its page for gateways has people type, as it stands there.
by_the_readme() {
	local commands

	commands=$(sed -n "/^\`\`\`sh gateway=$1\$/,/^\`\`\`\$/p" /src/README.md | grep -v '^```')
	[ -n "$commands" ] && eval "$commands"
}

main_pid() { systemctl show -P MainPID filterd; }

is_active() { systemctl --quiet is-active filterd; }

# Is filterd up, as another process than this one?
came_back() {
	is_active && [ "$(main_pid)" != "$1" ]
}

rules() {
	{
		nft list ruleset
		iptables-save
		ip6tables-save
	} 2>/dev/null | grep -v '^#' | sed -E 's/packets [0-9]+ bytes [0-9]+//; s/\[[0-9]+:[0-9]+\]//'
}

no_rules() {
	! rules | grep -q filterd
}

# traffic TRIES TAG: the client asks on, free and prohibited names by turns, each name new, until traffic_end; $asked is how many
# of each.
traffic() {
	rm -f "$LAB_DIR/learnt" "$LAB_DIR/batches"
	unseen_before=$(unseen)
	: >"$LAB_DIR/go-on"
	# shellcheck disable=SC2016  # the inner shell's
	lab_start client "$LAB_DIR/learnt" bash -c '
		batch=0
		while [ -e "$1/go-on" ]; do
			for i in {1..50}; do
				printf "%s\n" "n$i.$batch.example.net A" "n$i.$batch.$4.geo.kaspersky.com A"
			done >"$1/questions"
			dig +tries="$3" +time=2 @"$2" -f "$1/questions"
			batch=$((batch + 1))
			echo "$batch" >"$1/batches"
		done' traffic "$LAB_DIR" "$LAB_DNS4" "$1" "$2"
	traffic_pid=$LAB_PID
	lab_wait "traffic" grep -q "^;n5.0.example" "$LAB_DIR/learnt"
}

traffic_end() {
	rm "$LAB_DIR/go-on"
	wait "$traffic_pid"
	asked=$((50 * $(cat "$LAB_DIR/batches")))
}

learnt() {
	grep -c "$1" "$LAB_DIR/learnt"
}

unseen() {
	jq -s '[.[].filterd.unfiltered // 0] | add' "$DAEMON_AUDIT"
}

installed() {
	dpkg -i "$job/old.deb" >"$LAB_DIR/dpkg" 2>&1
	tap_case $? "it installs"
	sed 's/^/# /' "$LAB_DIR/dpkg" >&2
	tap_ok "and runs at once" lab_wait "filterd" is_active
	tap_is "and at each boot" "$(systemctl is-enabled filterd)" enabled
	tap_is "as a user of its own" "$(ps -o user= -p "$(main_pid)")" filterd
	tap_is "with one right" "$(awk '$1 == "CapEff:" || $1 == "CapPrm:" { print $2 }' "/proc/$(main_pid)/status" | sort -u)" 0000000000001000
	tap_is "it is held in by all that there is" "$(journalctl -q -u filterd -o cat | grep confinement)" ""
	tap_is "the log is not for everybody" "$(stat -c '%U %a' /var/log/filterd "$DAEMON_AUDIT" | paste -sd' ')" "filterd 750 filterd 640"
}

# Of the last line of systemd-analyze security, which has another face in each locale.
exposure() {
	sed -nE 's/.* (filterd.service: [0-9.]+ OK).*/\1/p'
}

units() {
	local all=(filterd.service filterd-rules.service filterd-uplinks.service)

	tap_is "its units are understood, and in an order that can be" "$(systemd-analyze verify --man=no "${all[@]}" 2>&1 | grep filterd)" ""
	tap_is "filterd is exposed as the README says" "$(systemd-analyze security filterd.service | exposure)" \
		"$(grep Overall /src/README.md | exposure)"
}

observes() {
	tap_is "as installed it blocks nothing" "$(answer "$listed" A "$LAB_DNS4")" NOERROR
	tap_is "the doctor finds only that it observes" "$(filterctl doctor | awk '$1 != "ok" { print $1, $2 }')" "attention mode"
	lab_wait "a record" grep -q would_block "$DAEMON_AUDIT"
	tap_is "and records what it would block" "$(daemon_record "$listed" .filterd.type)" would_block
}

# The two commands that the package named when it was installed.
enforces() {
	local commands

	commands=$(sed -n 's/^  //p' "$LAB_DIR/dpkg")
	tap_is "it has said how to enforce, with two commands" "$(grep -c . <<<"$commands")" 2
	bash -e <<<"$commands" || true
	lab_wait "the reload" has_reloaded
	tap_is "with them it blocks" "$(answer "$listed" A "$LAB_DNS4")" NXDOMAIN+15
	tap_is "with a record" "$(daemon_record "$listed" .filterd.type)" block
	tap_is "they are those of the README" "$(grep -A 3 '^```sh gateway=enforce' /src/README.md | sed -n 's/^sudo //p')" "$commands"
	by_the_readme observe
	tap_ok "undone, it observes" lab_wait "the reload" answers_with "$listed" NOERROR
	by_the_readme enforce
	tap_ok "done again, it blocks" lab_wait "the reload" answers_with "$listed" NXDOMAIN+15
	tap_is "a page is reset" "$(page "$listed" "$LAB_LISTED4")" reset
}

answers_with() {
	[ "$(answer "$1" A "$LAB_DNS4")" = "$2" ]
}

has_reloaded() {
	journalctl -q -u filterd -o cat | grep -q "reloaded.*enforcing"
}

# judged WHAT: nothing of the traffic was lost, nothing passed unseen.
judged() {
	traffic_end
	tap_is "$1: no question is lost" "$(learnt 'no servers could be reached')" 0
	tap_is "$1: every prohibited name is refused" "$(learnt 'EDE: 15')" "$asked"
	tap_is "$1: none passes unseen" "$(($(unseen) - unseen_before))" 0
	tap_ok "$1: a decided flow goes on" flow_is_alive
}

restarts() {
	local before starts

	before=$(rules)
	starts=$(daemon_count '.filterd.type == "start"')
	traffic 1 restarted
	systemctl restart filterd
	systemctl restart filterd
	systemctl restart filterd
	judged "three restarts under traffic"
	tap_is "each has its start record" "$(($(daemon_count '.filterd.type == "start"') - starts))" 3
	tap_is "the queue goes on where it was" "$(journalctl -q -u filterd -o cat | grep -c 'queue 7100: goes on')" 3
	tap_is "the rules are as they were" "$(diff <(echo "$before") <(rules) | head -n 5)" ""
}

killed() {
	local pid before

	pid=$(main_pid)
	before=$(rules)
	traffic 2 killed
	kill -KILL "$pid"
	tap_ok "kill -9: it comes back by itself" lab_wait "filterd" came_back "$pid"
	judged "kill -9 under traffic"
	tap_is "kill -9: the rules are as they were" "$(diff <(echo "$before") <(rules) | head -n 5)" ""
	tap_like "kill -9: the log says so" "$(filterctl audit verify /var/log/filterd 2>&1)" "killed"
}

hangs() {
	local pid

	mkdir -p /run/systemd/system/filterd.service.d
	printf '%s\n' '[Service]' WatchdogSec=2 >/run/systemd/system/filterd.service.d/watchdog.conf
	systemctl daemon-reload
	systemctl restart filterd
	pid=$(main_pid)
	kill -STOP "$pid"
	tap_ok "one that hangs is ended and started anew" lab_wait "filterd" came_back "$pid"
	tap_ok "by the watchdog" grep -q "Watchdog timeout" <(journalctl -q -u filterd -o cat)
	tap_is "and blocks again" "$(answer "$listed" A "$LAB_DNS4")" NXDOMAIN+15
	rm -r /run/systemd/system/filterd.service.d
	systemctl daemon-reload
}

# Whoever mistypes a setting gets what on-failure says, open here: packets pass, and are counted.
mistyped() {
	local before

	before=$(rules)
	unseen_before=$(unseen)
	sed -i 's/^mode = enforce/mode = enfroce/' "$conf"
	systemctl restart filterd 2>/dev/null
	tap_ok "a wrong configuration: it does not start" lab_wait "a second try" tries_again
	tap_is "everything passes, as on-failure says" "$(answer "$listed" A "$LAB_DNS4")" NOERROR
	tap_is "but the rules stay" "$(diff <(echo "$before") <(rules) | head -n 5)" ""
	sed -i 's/^mode = enfroce/mode = enforce/' "$conf"
	tap_ok "mended, it starts by itself" lab_wait "filterd" is_active
	tap_is "and blocks" "$(answer "$listed" A "$LAB_DNS4")" NXDOMAIN+15
	tap_ok "what passed meanwhile is in the log" test "$(unseen)" -gt "$unseen_before"
}

# As after a boot: neither rules nor filterd, and both have read the mistake.
mistyped_from_the_start() {
	systemctl stop filterd
	lab_wait "the rules to go" no_rules
	sed -i 's/^mode = enforce/mode = enfroce/' "$conf"
	tap_ok "a wrong configuration from the start: it does not start" not systemctl start filterd
	lab_wait "a second try" tries_again
	sed -i 's/^mode = enfroce/mode = enforce/' "$conf"
	tap_ok "mended, rules and filterd come by themselves" lab_wait "both" answers_with "$listed" NXDOMAIN+15
	# The rules are made once more meanwhile; who empties them afterwards finds them empty.
	tap_ok "and the uplinks are known" lab_wait "the uplinks" systemctl --quiet is-active filterd-uplinks
}

not() {
	! "$@"
}

tries_again() {
	[ "$(systemctl show -P NRestarts filterd)" -ge 2 ]
}

# Debian's own loader of rules empties the kernel's first.
flushed() {
	systemctl start nftables
	tap_ok "rules emptied by another: filterd says so" lab_wait "the complaint" says_missing
	tap_is "and nothing is filtered" "$(answer "$listed" A "$LAB_DNS4")" NOERROR
	systemctl reload filterd-rules
	tap_is "until they are put back" "$(answer "$listed" A "$LAB_DNS4")" NXDOMAIN+15
	systemctl reload nftables
	tap_ok "after a reload they are by themselves" lab_wait "the rules" answers_with "$listed" NXDOMAIN+15
	systemctl stop nftables
	systemctl reload filterd-rules
}

says_missing() {
	journalctl -q -u filterd -o cat | grep -q "no rules in the kernel"
}

upgraded() {
	local pid

	pid=$(main_pid)
	traffic 1 upgraded
	dpkg -i "$job/new.deb" >"$LAB_DIR/dpkg" 2>&1
	tap_case $? "it is upgraded"
	tap_ok "and runs as a new process" came_back "$pid"
	judged "an upgrade under traffic"
	tap_ok "the rules are those that the new version makes" grep -q -e "--connbytes 9 " <(iptables-save -t mangle)
	tap_is "the configuration is as it was" "$(grep -c '^mode = enforce' "$conf")" 1
}

stopped() {
	by_the_readme stop
	tap_ok "stopped: no rule is left" lab_wait "the rules to go" no_rules
	tap_is "stopped: everything passes" "$(answer "$listed" A "$LAB_DNS4")" NOERROR
	by_the_readme start
	tap_is "started: it blocks" "$(answer "$listed" A "$LAB_DNS4")" NXDOMAIN+15
}

purged() {
	by_the_readme purge >"$LAB_DIR/dpkg" 2>&1
	tap_case $? "it is purged"
	tap_is "no rule is left" "$(rules | grep -e filterd -e '^-A')" ""
	tap_is "nor what it wrote" "$(find /etc /lib/systemd /run /usr/lib /usr/share /var -xdev -path /var/lib/dpkg -prune -o -name '*filterd*' ! -name 'filterdiff*' -print)" ""
	tap_is "nor a process" "$(pgrep -x filterd)" ""
	tap_ok "but for the user" getent passwd filterd
}

lab_up || tap_bail "the lab did not come up"
installed
units
observes
enforces
flow_begin
restarts
killed
hangs
mistyped
mistyped_from_the_start
flushed
upgraded
stopped
flow_end
purged
journalctl -q -o short-precise -u 'filterd*' >"$job/journal"
tap_done
