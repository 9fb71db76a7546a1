#!/bin/bash
# SPDX-License-Identifier: MIT
#
# filterctl settings prints a configuration that says the same as the one it was given, and all of it.
set -u

build=${1:?which build folder? try: $0 build}
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/support/tap.sh
. "$here/../support/tap.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

settings() { "$build/filterd/filterctl" settings "$@"; }
pairs() { sed '/^#/d; /^$/d'; }

# Every other setting is not what it would be without a word.
sed 's/^mode = .*/mode = observe/; s/^protect = .*/protect = lan0 br-lan/; s/^sensor =.*/sensor = gw1/; s/^workers = .*/workers = 2/' \
	"$here/../../config/filterd.conf" >"$work/given.conf"
tap_is "it takes what is given, and nothing else differs" \
	"$(settings -c "$work/given.conf" | pairs | grep -v none)" "$(grep -v '= *$' "$work/given.conf" | pairs)"
settings -c "$work/given.conf" >"$work/printed.conf"
tap_is "what it prints is a configuration that says the same" "$(settings -c "$work/printed.conf")" "$(cat "$work/printed.conf")"
: >"$work/empty.conf"
tap_is "of an empty one all is there, as the defaults" "$(settings -c "$work/empty.conf" | grep -c ' = ')" \
	"$(grep -c '^[a-z-]* =' "$here/../../config/filterd.conf")"
tap_is "each with what it may be" "$(settings -c "$work/empty.conf" | grep -A1 'from 1 to 16 ')" \
	"# a number from 1 to 16 (threads); default: 1; at the next start
workers = 1"
tap_is "a change that waits for the start is one of --at-start" \
	"$(diff <(settings --at-start -c "$work/empty.conf") <(settings --at-start -c "$work/given.conf") | grep '^>' | paste -sd' ')" \
	"> workers = 2 > sensor = gw1"
echo "wrong" >"$work/wrong.conf"
settings -c "$work/wrong.conf" >"$work/out" 2>"$work/said"
tap_is "a wrong one is refused" "$? $(cat "$work/out")" "78 "
tap_like "by line" "$(cat "$work/said")" "wrong.conf: line 1: expected"
tap_done
