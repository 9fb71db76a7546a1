#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What the pure part of the filter costs, the part that needs neither kernel nor root. A line for each figure, separated by
# tabs: what, figure, reference, ratio, budget, met (yes, no; - without a budget).
#
#   tests/bench/pure.sh BUILD
set -uo pipefail

build=$1
bench=$(dirname "$0")
status=0

for part in query look-up load zone flood; do
	"$build/tests/pure" "$part" || status=1
done
"$bench/stages.py" "$build/tests/stages" --rows || status=1
"$bench/worst.py" "$build/tests/worst" --rows || status=1
"$bench/replay.py" "$build" || status=1
exit "$status"
