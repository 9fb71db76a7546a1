#!/bin/bash
# SPDX-License-Identifier: MIT
#
# filterctl mode where no filterd runs, and beside one that says little: one line of a configuration changes, however it is written, and
# what is not known is not said. Needs no root; tests/system/waive.sh has it with filterd.
#
#   tests/replay/mode.sh BUILD     TAP
set -u

build=$(realpath "$1")
source=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/support/tap.sh
. "$source/tests/support/tap.sh"
# shellcheck source=tests/support/answers.sh
. "$source/tests/support/answers.sh"

work=$(mktemp -d)
# shellcheck disable=SC2086  # none or one
trap '[ -z "$answering" ] || kill $answering 2>/dev/null; rm -rf "$work"' EXIT
mkdir "$work/policy"
cp -r "$source/config/policy/." "$work/policy/"
conf=$work/f.conf
files="files = policy/kaspersky-us.policy"

# mode ARGUMENT...: exit status and all that was said.
mode() {
	local said status=0

	said=$("$build/filterd/filterctl" mode -c "$conf" "$@" 2>&1) || status=$?
	echo "$status $said"
}

# becomes WHAT BEFORE AFTER: of a configuration, byte for byte; 69: there is no filterd to load it.
becomes() {
	printf '%b' "$2" >"$conf"
	tap_like "$1: written" "$(mode observe)" "^69 .*is written"
	tap_is "$1: the rest stays" "$(od -c "$conf")" "$(printf '%b' "$3" | od -c)"
}

# stays WHAT BEFORE SAYS
stays() {
	printf '%b' "$2" >"$conf"
	tap_like "$1: refused" "$(mode observe)" "^78 .*$3"
	tap_is "$1: as it was" "$(od -c "$conf")" "$(printf '%b' "$2" | od -c)"
}

head="[daemon]\ncontrol = $work/control\n[policy]\n$files\n"
becomes "lines of Windows" "${head//\\n/\\r\\n}mode = enforce\r\n" "${head//\\n/\\r\\n}mode = observe\r\n"
becomes "no newline at the end" "${head}mode = enforce" "${head}mode = observe"
becomes "a comment behind it" "${head}mode: enforce ; why\n" "${head}mode: observe ; why\n"
becomes "commented out" "${head}# mode = enforce\nwatch = 1\n" "${head}# mode = enforce\nmode = observe\nwatch = 1\n"
stays "twice" "${head}mode = enforce\n[daemon]\n[policy]\nmode = enforce\n" "'mode' occurs twice"
stays "in another section" "[daemon]\nmode = enforce\n[policy]\n$files\n" "no setting 'mode' in \[daemon\]"

printf '%b' "${head}mode = enforce\n" >"$work/real.conf"
chmod 640 "$work/real.conf"
ln -sf real.conf "$conf"
mode observe >/dev/null
tap_is "a link stays one, and its file as readable as before" "$(readlink "$conf") $(stat -c %a "$work/real.conf") $(grep -c '^mode = observe' "$work/real.conf")" \
	"real.conf 640 1"

answers $'0\n''{"mode":"observe","paused":null,"state":"observing"}'
tap_is "nothing is said of devices that nobody counted" "$(mode)" $'0 observe\nnothing is blocked; what would be is recorded'
wait "$answering"
answers $'0\n''{"mode":"enforce","paused":null,"state":"enforcing","attempts":{"devices":1}}'
tap_is "a filterd that goes on as before" "$(mode)" $'0 observe\nfilterd has not loaded this yet and goes on as before: filterctl reload
in the last quarter of an hour 1 device tried prohibited hosts'
wait "$answering"
answering=
tap_done
