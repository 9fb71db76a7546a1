# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# What a test script says, as TAP: one line a case, the plan at the end.

TAP_NUM=0
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

tap_bail() {
	echo "Bail out! $1"
	exit 1
}

tap_done() {
	echo "1..$TAP_NUM"
	[ "$TAP_FAILED" -eq 0 ]
	exit
}
