# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# What a test script says, as TAP: one line a case, the plan at the end.

export TZ=UTC                           # wherever the machine is
TAP_NUM=0
PATH=$PATH:/usr/sbin:/sbin              # as root has it; a user may not
TAP_FAILED=0

# tap_case STATUS WHAT: 0 is good.
tap_case() {
	TAP_NUM=$((TAP_NUM + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $TAP_NUM - $2"
	else
		TAP_FAILED=$((TAP_FAILED + 1))
		echo "not ok $TAP_NUM - $2"
	fi
}

# tap_ok WHAT COMMAND...: good if the command succeeds.
tap_ok() {
	local what=$1 status=0

	shift
	"$@" >/dev/null 2>&1 || status=$?
	tap_case "$status" "$what"
	[ "$status" -eq 0 ] || echo "# exit status $status of: $*"
}

# tap_is WHAT GOT WANTED
tap_is() {
	if [ "$2" = "$3" ]; then
		tap_case 0 "$1"
	else
		tap_case 1 "$1"
		printf '%s\n' "wanted '$3'" "got    '$2'" | sed 's/^/# /'
	fi
}

# tap_like WHAT GOT REGEX
tap_like() {
	if [[ $2 =~ $3 ]]; then
		tap_case 0 "$1"
	else
		tap_case 1 "$1"
		printf '%s\n' "wanted something like '$3'" "got '$2'" | sed 's/^/# /'
	fi
}

# tap_below WHAT NUMBER LIMIT: good if NUMBER is a number and less than LIMIT.
tap_below() {
	if [[ $2 =~ ^[0-9]+$ ]] && [ "$2" -lt "$3" ]; then
		tap_case 0 "$1"
	else
		tap_case 1 "$1"
		echo "# wanted less than $3, got '$2'"
	fi
}

# tap_skip WHAT WHY: what this host cannot do.
tap_skip() {
	TAP_NUM=$((TAP_NUM + 1))
	echo "ok $TAP_NUM - $1 # SKIP $2"
}

# Nothing of this file can run here. 77 is what people's harnesses know; meson reads the plan, takes any status but 0
# for an error, and so sets TAP_SKIP_STATUS.
tap_skip_all() {
	echo "1..0 # SKIP $1"
	exit "${TAP_SKIP_STATUS:-77}"
}

# tap_has PROGRAM...: are these here? If not, $TAP_MISSING says which, and how to come by it.
tap_has() {
	local program

	for program; do
		command -v "$program" >/dev/null && continue
		TAP_MISSING="$program is missing; run as root: scripts/install test"
		return 1
	done
}

# tap_need PROGRAM...: without these nothing of this file can run.
tap_need() { tap_has "$@" || tap_skip_all "$TAP_MISSING"; }

# tap_can WHAT PROGRAM...: or a line says that WHAT was skipped.
tap_can() {
	tap_has "${@:2}" && return
	tap_skip "$1" "$TAP_MISSING"
	return 1
}

# tap_wait WHAT COMMAND...: until it succeeds; after five minutes it never will.
tap_wait() {
	local what=$1 begin=$SECONDS

	shift
	until "$@" >/dev/null 2>&1; do
		[ $((SECONDS - begin)) -lt 300 ] || { echo "# waited in vain for $what"; return 1; }
		sleep 0.05
	done
}

# tap_merge WHAT FILE: the cases that another script said, numbered on; one that broke off is a case that failed.
tap_merge() {
	local line plan=

	while IFS= read -r line; do
		case $line in
		"ok "*" # SKIP "*) tap_skip "$(sed -E 's/^ok [0-9]+ - //; s/ # SKIP .*//' <<<"$line")" "${line##* # SKIP }" ;;
		"ok "*)            tap_case 0 "${line#ok * - }" ;;
		"not ok "*)        tap_case 1 "${line#not ok * - }" ;;
		"1..0"*)           plan=yes; tap_skip "$1" "${line#*SKIP }" ;;
		"1.."*)            plan=yes ;;
		*)                 echo "# ${line#\# }" ;;
		esac
	done <"$2"
	[ -n "$plan" ] || tap_case 1 "$1: all of it could be asked"
}

tap_bail() {
	echo "Bail out! $1"
	exit 1
}

tap_done() {
	echo "1..$TAP_NUM"
	[ "$TAP_FAILED" -eq 0 ]
	exit
}
