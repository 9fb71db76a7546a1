# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# What every system test begins with: a lab of its own with filterd's configuration in it, and words for what a
# client sees. The test was called with the build folder.

DAEMON_SOURCE=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
DAEMON_BUILD=${1:?which build folder? try: $0 build}
# shellcheck source=scripts/lab
. "$DAEMON_SOURCE/scripts/lab"
# shellcheck source=tests/support/tap.sh
. "$DAEMON_SOURCE/tests/support/tap.sh"
# shellcheck source=tests/support/daemon.sh
. "$DAEMON_SOURCE/tests/support/daemon.sh"

# system_begin: the lab stands, the configuration is the shipped one; neither rules nor filterd yet.
system_begin() {
	[ "$(id -u)" -eq 0 ] || tap_skip_all "network namespaces need root"
	tap_need "${LAB_PROGRAMS[@]}" jq iptables ip6tables nft
	lab_can || tap_skip_all "this machine does not let root make networks of its own. $LAB_ALONE"
	lab_trap
	lab_up || tap_bail "the lab did not come up"
	daemon_configure || tap_bail "the shipped configuration could not be copied"
}

# system_run: rules and filterd too.
system_run() {
	daemon_rules install || tap_bail "the rules could not be installed"
	daemon_start || tap_bail "filterd did not start"
}

# system_run_at TIME: with a clock of its own, as daemon_start_at.
system_run_at() {
	daemon_rules install || tap_bail "the rules could not be installed"
	daemon_start_at "$1" || tap_bail "filterd did not start"
}

# system_reload: SIGHUP, and wait until filterd has said what came of it.
system_reload() {
	local before

	before=$(daemon_count_said "reloaded\|keeping")
	kill -HUP "$DAEMON_PID"
	lab_wait "the reload" system_has_reloaded "$before"
}

system_has_reloaded() {
	[ "$(daemon_count_said "reloaded\|keeping")" -gt "$1" ]
}

# answer NAME TYPE SERVER [DIG OPTION...]: what the client learns, in one of the words
#   NXDOMAIN+15 (status and code of the Extended DNS Error), NOERROR, ..., reset, timeout
answer() {
	local said status=""

	said=$(lab_dig @"$3" "$1" "$2" "${@:4}" 2>&1)
	case $said in
	*"connection reset"*)  echo reset ;;
	*"timed out"*)         echo timeout ;;
	*)
		[[ $said =~ status:\ ([A-Z]+) ]] && status=${BASH_REMATCH[1]}
		[[ $said =~ EDE:\ ([0-9]+) ]] && status+="+${BASH_REMATCH[1]}"
		echo "${status:-no answer}"
		;;
	esac
}

# page NAME ADDRESS [PORT]: 200, reset, or what curl said.
page() {
	local said

	said=$(lab_get "$@" 2>&1)
	case $said in
	*reset*)        echo reset ;;
	*"timed out"*)  echo timeout ;;
	*)              echo "$said" ;;
	esac
}
