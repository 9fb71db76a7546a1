#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The maps of config/siem over the records of the stories, a log of two months and a small one: siem.py says what holds.
#
#   tests/replay/siem.sh BUILD     TAP
set -u
# shellcheck source=tests/support/tap.sh
. "$(dirname "$0")/../support/tap.sh"

tap_need jq
build=$(realpath "$1")
source=$(realpath "$(dirname "$0")/../..")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/small" "$work/months"
"$build/tests/small_log" "$work/small" || tap_bail "there is no log"
"$build/tests/make_log" --folder "$work/months" --from 2026-10-01T00:00:00Z --days 61 --heartbeat 3600 --attempts-per-day 60 \
	2>"$work/said" || tap_bail "make_log failed: $(cat "$work/said")"
python3 "$source/tests/replay/siem.py" "$source" "$source"/tests/replay/*.audit "$work"/small/audit.jsonl "$work"/months/log/*.jsonl
