#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Replays every story and compares its lines with <story>.audit, to the byte.
#
#   tests/replay/run.sh BUILD            TAP
#   tests/replay/run.sh BUILD --accept   writes the .audit files: read them, then commit
set -u

# Built for another processor: scripts/cross names the emulator.
read -ra filterctl <<<"${REPLAY_EMULATOR:-}"
filterctl+=("$(realpath "$1")/filterd/filterctl")
cd "$(dirname "$0")" || exit
stories=(*.pcap *.pcapng)

if [ "${2:-}" = --accept ]; then
	for story in "${stories[@]}"; do
		"${filterctl[@]}" replay -c replay.conf "$story" >"${story%.pcap*}.audit" 2>&1
	done
	exit
fi

echo "1..${#stories[@]}"
number=0
failed=0
for story in "${stories[@]}"; do
	number=$((number + 1))
	name=${story%.pcap*}
	if got=$("${filterctl[@]}" replay -c replay.conf "$story" 2>&1 | diff "$name.audit" - 2>&1); then
		echo "ok $number - ${name//_/ }"
	else
		failed=1
		echo "not ok $number - ${name//_/ }"
		# shellcheck disable=SC2001  # each of several lines
		sed 's/^/# /' <<<"$got"
	fi
done
exit "$failed"
