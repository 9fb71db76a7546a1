#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Exit status and first line of filterctl status where no filterd answers; tests/system/status.sh has one that does. Needs no root.
#
#   tests/replay/status.sh BUILD         TAP
set -u

build=$(realpath "${1:?which build folder? try: $0 build}")
source=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/support/tap.sh
. "$source/tests/support/tap.sh"
# shellcheck source=tests/support/answers.sh
. "$source/tests/support/answers.sh"

work=$(mktemp -d)
silent=
# shellcheck disable=SC2086  # none or one
trap '[ -z "$silent$answering" ] || kill $silent $answering; rm -rf "$work"' EXIT
sed -e "s|^file = .*|file = $work/audit.jsonl|; s|^control = .*|control = $work/control|" "$source/config/filterd.conf" >"$work/f.conf"

# said [OPTION...]: exit status and first line.
said() {
	local text status=0

	text=$("$build/filterd/filterctl" status -c "$work/f.conf" "$@" 2>&1) || status=$?
	echo "$status ${text%%$'\n'*}"
}

tap_is "no filterd runs: 3" "$(said)" "3 filterd does not run."
tap_like "in JSON, too" "$(said --json)" '^3 \{"running":false,"good":false'

answers $'0\nfilterd blocks what its policy says, and nothing needs attention.\n'
tap_is "all is well: 0" "$(said)" "0 filterd blocks what its policy says, and nothing needs attention."
wait "$answering"
answers $'1\nfilterd only observes.\n'
tap_is "something needs attention: 1" "$(said)" "1 filterd only observes."
wait "$answering"
rm -f "$work/control"
answering=

# A program of that name that has the log, and says nothing.
cp "$(command -v sleep)" "$work/filterd"
python3 -c 'import fcntl, os, sys
log = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)
fcntl.flock(log, fcntl.LOCK_EX)
os.set_inheritable(log, True)
os.execv(sys.argv[2], [sys.argv[2], "1000"])' "$work/audit.jsonl" "$work/filterd" &
silent=$!
# shellcheck disable=SC2317  # tap_wait calls it
is_filterd() { [ "$(cat "/proc/$silent/comm")" = filterd ]; }
tap_wait "the other program" is_filterd
tap_is "one runs and does not answer: 1" "$(said)" "1 filterd runs, but does not answer at $work/control: No such file or directory."
sed -i 's/^control = .*/control =/' "$work/f.conf"
tap_is "one runs and cannot be asked: 1" "$(said)" "1 filterd runs, but has no control socket: [daemon] control is empty."
tap_is "a wrong option: 64" "$(said --jason | cut -d' ' -f1)" 64
echo "wrong = 1" >>"$work/f.conf"
tap_is "a wrong configuration changes nothing of that" "$(said)" "1 filterd runs, but has no control socket: [daemon] control is empty."
tap_like "but the mistake is said" "$("$build/filterd/filterctl" status -c "$work/f.conf")" "  - .*f.conf: line [0-9]+: .*wrong"
tap_done
