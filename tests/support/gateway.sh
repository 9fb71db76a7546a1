# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# For tests in a machine of their own, with a service manager: the machine is the gateway, and the lab's client and internet are
# network namespaces beside it. The package is installed in it, and all programs are those of the package. Sourced instead of
# system.sh, with the source tree in $source and the folder shared with whoever started the machine in $job.
# shellcheck disable=SC2154,SC2034,SC2317  # those two; what is called from here, or for lab_wait and tap_ok

# The folder of builds is not asked for anything.
set -- /nonexistent
# shellcheck source=tests/support/system.sh
. "$source/tests/support/system.sh"
DAEMON_AUDIT=/var/log/filterd/audit.jsonl

listed=dnl-01.geo.kaspersky.com
conf=/etc/filterd/filterd.conf

lab_namespace_of_its_own=$(declare -f lab_namespace)
eval "${lab_namespace_of_its_own/lab_namespace/lab_namespace_made}"

# The machine's own network is the gateway's.
lab_namespace() {
	[ "$1" = gateway ] || { lab_namespace_made "$1"; return; }
	ip netns attach "$LAB_ID-gateway" 1
	lab_set gateway net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 net.ipv6.conf.default.accept_dad=0 \
		net.ipv6.conf.default.disable_ipv6=0
	ip link set lo up
}

# by_the_readme STEP: what config/debian/README.md has people type, as it stands there.
by_the_readme() {
	local commands

	commands=$(sed -n "/^\`\`\`sh gateway=$1\$/,/^\`\`\`\$/p" "$source/config/debian/README.md" | grep -v '^```')
	[ -n "$commands" ] && eval "$commands"
}

main_pid() { systemctl show -P MainPID filterd; }

is_active() { systemctl --quiet is-active filterd; }

# Is filterd up, as another process than this one?
came_back() {
	is_active && [ "$(main_pid)" != "$1" ]
}

# Without counts, and without who has sent something lately.
rules() {
	{
		nft list ruleset | sed -z -E 's/elements = \{[^}]*\}//g'
		iptables-save
		ip6tables-save
	} 2>/dev/null | grep -v '^#' | sed -E '/elements = \{/,/\}/d; s/packets [0-9]+ bytes [0-9]+//; s/\[[0-9]+:[0-9]+\]//'
}

answers_with() {
	[ "$(answer "$1" A "$LAB_DNS4")" = "$2" ]
}

has_reloaded() {
	journalctl -q -u filterd -o cat | grep -q "reloaded.*enforcing"
}

unseen() {
	jq -s '[.[].filterd.unfiltered // 0] | add' "$DAEMON_AUDIT"
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
				printf "%s\n" "n$i.$batch.example.net A" "n$i.$batch.$4.upd.kaspersky.com A"
			done >"$1/questions"
			dig +tries="$3" +time="$5" @"$2" -f "$1/questions"
			batch=$((batch + 1))
			echo "$batch" >"$1/batches"
		done' traffic "$LAB_DIR" "$LAB_DNS4" "$1" "$2" $((LAB_ANSWER_S / $1))
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

# traffic_judged WHAT: nothing of the traffic was lost, nothing passed unseen.
traffic_judged() {
	traffic_end
	tap_is "$1: no question is lost" "$(learnt 'no servers could be reached')" 0
	tap_is "$1: every prohibited name is refused" "$(learnt 'EDE: 15')" "$asked"
	tap_is "$1: none passes unseen" "$(($(unseen) - unseen_before))" 0
}

installed() {
	tap_case "$1" "it installs"
	tap_ok "and runs at once" lab_wait "filterd" is_active
	tap_is "and at each boot" "$(systemctl is-enabled filterd)" enabled
	tap_is "as a user of its own" "$(ps -o user= -p "$(main_pid)")" filterd
	tap_is "with one right" "$(awk '$1 == "CapEff:" || $1 == "CapPrm:" { print $2 }' "/proc/$(main_pid)/status" | sort -u)" 0000000000001000
	tap_is "it is held in by all that there is" "$(journalctl -q -u filterd -o cat | grep confinement)" ""
	tap_is "the log is not for everybody" "$(stat -c '%U %a' /var/log/filterd "$DAEMON_AUDIT" | paste -sd' ')" "filterd 750 filterd 640"
}

# observes FINDING...: these are what the doctor finds.
observes() {
	tap_is "as installed it blocks nothing" "$(answer "$listed" A "$LAB_DNS4")" NOERROR
	tap_is "the doctor finds that it observes" "$(filterctl doctor | awk '$1 != "ok" { print $2 }' | sort | paste -sd' ')" "$*"
	lab_wait "a record" grep -q would_block "$DAEMON_AUDIT"
	tap_is "and records what it would block" "$(daemon_record "$listed" .filterd.type)" would_block
}

# purged FOLDER...: nothing of it is in these.
purged() {
	by_the_readme purge >"$LAB_DIR/dpkg" 2>&1
	tap_case $? "it is purged"
	tap_is "no rule is left" "$(rules | grep -e filterd -e '^-A')" ""
	tap_is "nor what it wrote" "$(find "$@" -xdev -path /var/lib/dpkg -prune -o -name '*filterd*' ! -name 'filterdiff*' -print)" ""
	tap_is "nor a process" "$(pgrep -x filterd)" ""
	tap_ok "but for the user" getent passwd filterd
}
