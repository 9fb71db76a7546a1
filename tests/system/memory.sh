#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What filterd takes of a small router: its own memory, with the shipped policy, idle and after some traffic.
set -u
# shellcheck source=tests/support/system.sh
. "$(dirname "$0")/../support/system.sh"

own_kib() { awk '$1 == "RssAnon:" { print $2 }' "/proc/$DAEMON_PID/status"; }
all_kib() { awk '$1 == "VmRSS:" { print $2 }' "/proc/$DAEMON_PID/status"; }

# With it the C library fills what it hands out, so that memory nobody uses is there all the same.
unset MALLOC_PERTURB_
system_begin
system_run
printf '# idle: %s KiB its own, %s KiB with what is shared\n' "$(own_kib)" "$(all_kib)"
tap_below "idle, less than 2 MiB are its own" "$(own_kib)" 2048
tap_below "and less than 8 MiB with all that it shares" "$(all_kib)" 8192
for host in "${LAB_BLOCKED_NAMES[@]}" "${LAB_OTHER_NAMES[@]}"; do
	answer "$host" A "$LAB_DNS4" >/dev/null
	page "$host" "$LAB_LISTED4" >/dev/null
done
printf '# after some traffic: %s KiB its own\n' "$(own_kib)"
tap_is "after some traffic it has records" "$([ "$(daemon_num_records)" -ge 12 ] && echo yes)" yes
tap_below "and still less than 2 MiB of its own" "$(own_kib)" 2048
tap_ok "filterd ends cleanly" daemon_end
tap_done
