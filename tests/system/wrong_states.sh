#!/bin/bash
# SPDX-License-Identifier: MIT
#
# States in which filterd does not do what people believe, each made for real: what status, doctor, metrics, the log and its
# verification say, and with which exit status. None of them may stay green. The table is printed at the end.
#
#   wrong_states.sh BUILD                   all parts, some side by side, as most of the time is waiting
#   wrong_states.sh BUILD PART...           these, one after the other
#
# A row is made by `begin`, what makes the state, and `row ...`, in a part that is a function of tests/system/wrong_states.
# shellcheck disable=SC2317  # tap_ok and lab_wait call what cannot be seen to be called
set -u

# Disks are mounted here, which nobody else is to have a copy of: tests/system/disk.sh.
if [ "$(id -u)" -eq 0 ] && [ -z "${WRONG_STATES_ALONE:-}" ]; then
	WRONG_STATES_ALONE=yes exec unshare --mount "$0" "$@"
fi
here=$(cd "$(dirname "$0")" && pwd)
LAB_VARIANT=plain       # interfaces come and go here
# shellcheck source=tests/support/system.sh
. "$here/../support/system.sh"
# shellcheck source=tests/system/wrong_states/loaded.sh
. "$here/wrong_states/loaded.sh"
# shellcheck source=tests/system/wrong_states/kernel.sh
. "$here/wrong_states/kernel.sh"
# shellcheck source=tests/system/wrong_states/running.sh
. "$here/wrong_states/running.sh"
# shellcheck source=tests/system/wrong_states/evidence.sh
. "$here/wrong_states/evidence.sh"

PARTS=(clock leap nobody reloads starts lists dates flushed around marks queues networks ended silent files taken keys altered shortened)
AT_ONCE=${WRONG_STATES_AT_ONCE:-4}
listed=dnl-01.geo.kaspersky.com
metrics=$LAB_DIR/run/filterd.prom
policy=$LAB_DIR/config/policy
update=$policy/kaspersky-us/update.list
log=$LAB_DIR/log
around=()               # what doctor and status are started by
rows=()

ctl() { lab_gateway "${around[@]}" "$DAEMON_BUILD/filterd/filterctl" "$1" -c "$DAEMON_CONF" "${@:2}" 2>&1; }
gateway() { ip -n "$LAB_ID-gateway" "$@"; }

# begin [WRAPPER...]: a filterd that was never here, good; the log and the copy are new.
begin() {
	[ -z "$DAEMON_PID" ] || daemon_end TERM
	daemon_rules remove
	rm -rf "$LAB_DIR"/{log,keys,config,run}
	daemon_configure || tap_bail "the shipped configuration could not be copied"
	daemon_set metrics "$metrics"
	daemon_set heartbeat 5
	around=()
	system_run
}

# again [WRAPPER...]: filterd is started anew; whether it does start is for the row to say.
again() {
	[ -z "$DAEMON_PID" ] || daemon_end TERM
	lab_start "$LAB_GATEWAY" "$DAEMON_LOG" "$@" "$DAEMON_BUILD/filterd/filterd" -c "$DAEMON_CONF"
	DAEMON_PID=$LAB_PID
	lab_wait filterd daemon_is_up
	kill -0 "$DAEMON_PID" 2>/dev/null || DAEMON_PID=
}

metrics_say() { if [ "${1:0:1}" = ! ]; then ! grep -qE "^${1:1}" "$metrics"; else grep -qE "^$1$" "$metrics"; fi; }
log_says() { [ "$(cat "$LAB_DIR"/log/audit*.jsonl | jq -c "select($1)" | wc -l)" -gt 0 ]; }
status_says() { [[ $(ctl status) =~ $1 ]]; }
finding() {
	ctl doctor --json | jq -r --arg check "$1" \
		'[.checks[] | select(.check == $check)] | sort_by({ ok: 0, unknown: 1, attention: 2, broken: 3 }[.health]) | last | "\(.health): \(.what)"'
}

# verified: the exit status of a verification of the log with its own key, and what it says.
verified() {
	local code=0 said

	said=$("$DAEMON_BUILD/filterd/filterctl" audit verify --key "${vkey:-$LAB_DIR/keys/audit.vkey}" "$log" 2>&1) || code=$?
	printf '%s %s\n' "$code" "$said"
}
verified_says() { [[ $(verified) =~ $1 ]]; }

# What a client asks that is to be blocked.
ask() {
	page "$listed" "$LAB_LISTED4"
	answer "$listed" A "$LAB_DNS4"
} >/dev/null

# row NAME STATUS STATUS-EXIT CHECK DOCTOR DOCTOR-EXIT METRIC LOG [VERIFY]: regular expressions of what status and the doctor's CHECK say;
# a line of the metrics, with ! in front none that begins so; a jq condition of a record; a regular expression of the exit
# status of a verification and what it says. What says nothing of a state, as nothing is there that could, has - there.
row() {
	local name=$1 said code=0 found metric=- logged=- sound=- said_of_it

	lab_wait "status" status_says "$2"
	said=$(ctl status) || code=$?
	tap_like "$name: status" "$said" "$2"
	tap_is "$name: status does not exit as if all were well" "$code" "$3"
	if [[ ${said%%$'\n'*} =~ nothing\ needs\ attention ]]; then tap_case 1 "$name: status begins green"; fi
	found="$4: $(finding "$4")"
	tap_like "$name: doctor" "$found" "$5"
	ctl doctor >/dev/null
	tap_is "$name: doctor's exit status" "$?" "$6"
	if [ "$7" != - ]; then
		tap_ok "$name: metrics have $7" tap_wait "the metrics" metrics_say "$7"
		metric=$7
	fi
	if [ "$8" != - ]; then
		tap_ok "$name: the log has it" lab_wait "a record" log_says "$8"
		logged=$8
	fi
	if [ "${9:--}" != - ]; then
		lab_wait "the verification" verified_says "$9"
		sound=$(verified)
		tap_like "$name: so does its verification" "$sound" "$9"
		said_of_it=$(sed -nE 's/^result +//p' <<<"$sound")
		sound="${sound%% *}: ${said_of_it:-$(head -n 1 <<<"${sound#* }")}"
	fi
	said=$(sed -n 's/^  - //p; 1s/^filterd .*\.$/&/p' <<<"$said" | head -n 1)
	rows+=("$name|$code: $said|$6: $found|$metric|$logged|$sound")
}

heading() { echo "# state | status: exit, first trouble | doctor: exit, finding | metrics | log | verify: exit, result"; }

table() {
	local line

	for line in "${rows[@]}"; do
		echo "# ROW ${line//$LAB_DIR/}"
	done
}

# parts PART...: here.
parts() {
	local part

	system_begin
	for part; do
		"$part"
	done
	table
	tap_done
}

# side_by_side PART...: each in a lab of its own. The rows come last, in one table.
side_by_side() {
	local work part next=0 merged=0
	local -a pids=()

	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	trap 'exit 130' INT TERM HUP
	for part; do
		while [ "$next" -lt $# ] && [ "$next" -lt $((merged + AT_ONCE)) ]; do
			"$0" "$DAEMON_BUILD" "${@:next + 1:1}" >"$work/$((next + 1))" 2>&1 &
			pids[next]=$!
			next=$((next + 1))
		done
		wait "${pids[merged]}"
		merged=$((merged + 1))
		tap_merge "$part" <(grep -v '^# ROW ' "$work/$merged")
	done
	heading
	for part in $(seq $#); do
		sed -n 's/^# ROW /# /p' "$work/$part"
	done
	tap_done
}

shift
if [ $# -gt 0 ]; then
	parts "$@"
else
	[ "$(id -u)" -eq 0 ] || tap_skip_all "network namespaces need root"
	side_by_side "${PARTS[@]}"
fi
