#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Runs what filterd-audit(5) says under CHECKING BY HAND, as it stands there, over a log as the filter writes it; and over
# spoiled copies, which each command has to refuse.
#
#   tests/replay/by_hand.sh MAKE_LOG         TAP
set -u

cd "$(dirname "$0")" || exit
# shellcheck source=tests/support/tap.sh
. ../support/tap.sh

make_log=$(realpath "$OLDPWD/$1" 2>/dev/null || realpath "$1")
page=$PWD/../../filterd/filterd-audit.5
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

tap_need openssl signify-openbsd

# The literal blocks of the section, one file each, without what roff needs.
awk -v folder="$folder" '
	/^\.Sh /   { inside = /CHECKING BY HAND/ }
	/^\.Ed/    { literal = 0 }
	inside && literal { print > (folder "/block." number) }
	/^\.Bd/    { literal = inside; number += inside }
' "$page"
sed -i "s/\\\\-/-/g; s/\\\\(aq/'/g" "$folder"/block.*
tap_is "the manual has five blocks of commands" "$(cd "$folder" && echo block.*)" "block.1 block.2 block.3 block.4 block.5"
tap_ok "and nothing in them that only roff understands" test -z "$(grep -Fh "\\" "$folder"/block.*)"

"$make_log" --folder "$folder/made" --days 2 --devices 6 --attempts-per-day 100 2>/dev/null || tap_bail "make_log failed"

# A copy of the log's folder with the key, as the manual wants it.
copy() {
	rm -rf "$folder/copy"
	cp -r "$folder/made/log" "$folder/copy"
	cp "$folder/made/keys/audit.vkey" "$folder/copy"
	chmod u+w "$folder"/copy/*
	cd "$folder/copy" || exit
}

# shellcheck disable=SC2317     # called through tap_ok and no
# by_hand SCRIPT...: one after the other in one shell, in the copy.
by_hand() {
	cat "$@" | (cd "$folder/copy" && sh -e) >"$folder/said" 2>&1
}

# The note and signature of the log's last record, in place of the first.
sed 1,2d "$folder/block.3" >"$folder/block.of_any"
# shellcheck disable=SC2317
last() {
	by_hand "$folder/block.2" "$folder/block.5" "$folder/block.of_any" "$@"
}

# no WHAT WORDS COMMAND...: the command must fail, and say so in these words.
no() {
	local what=$1 words=$2

	shift 2
	if "$@"; then
		tap_case 1 "$what"
	else
		tap_like "$what" "$(cat "$folder/said")" "$words"
	fi
}

copy
tap_ok "closed files are those that were closed" by_hand "$folder/block.1"
tap_ok "each line hangs on the one before" by_hand "$folder/block.2"
tap_is "and all of them were looked at" "$(wc -l <prevs)" "$(($(cat audit-*.jsonl audit.jsonl | wc -l) - 1))"
tap_ok "openssl holds the first signature for good" by_hand "$folder/block.3"
tap_ok "signify does, too" by_hand "$folder/block.3" "$folder/block.4"
tap_ok "openssl holds the last signature for good" last
tap_ok "signify does, too" last "$folder/block.4"

copy
sed -i '0,/kaspersky/s//kasperskx/' audit-*.jsonl
no "a closed file in which a letter was changed is refused" "computed checksum did NOT match" by_hand "$folder/block.1"
no "so is its chain" "differ: byte" by_hand "$folder/block.2"

copy
sed -i 5d audit-*.jsonl
no "a line taken out breaks the chain" "differ: byte" by_hand "$folder/block.2"

copy
sed -i '1s/"rules":/"rulez":/' audit.keys
no "openssl refuses a first record that was changed" "Verification Failure" by_hand "$folder/block.3"
sed '/^openssl pkeyutl/d' "$folder/block.3" >"$folder/block.silent"
no "signify does, too" "verification failed" by_hand "$folder/block.silent" "$folder/block.4"

copy
openssl genpkey -algorithm ed25519 -outform DER 2>/dev/null | openssl pkey -inform DER -pubout -outform DER |
	{ cut -d + -f 1,2 audit.vkey | tr '\n' +; { printf '\1'; tail -c 32; } | base64; } >other
mv other audit.vkey
no "openssl refuses another key" "Verification Failure" by_hand "$folder/block.3"
tap_done
