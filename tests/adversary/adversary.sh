#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Plays variants of connections to real servers through filterd: what a server takes, filterd must have recorded and stopped.
#
#   adversary.sh BUILD [ARGUMENT OF adversary.py...]
set -u
# shellcheck source=tests/adversary/lab.sh
. "$(dirname "$0")/lab.sh"

shift
system_begin
adversary_configure || tap_bail "the policy could not be copied"
adversary_settings
[ "${ADVERSARY_MODE:-enforce}" = enforce ] || daemon_set mode "$ADVERSARY_MODE"
servers_up && adversary_clients || tap_bail "the servers did not start"
[ "${ADVERSARY_BARE:-no}" = yes ] || system_run
printf '# absent: %s\n' "${SERVERS_ABSENT[@]}"
adversary_play "$@"
