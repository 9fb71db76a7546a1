#!/bin/bash
# SPDX-License-Identifier: MIT
#
# A second opinion on the names in the stories: tshark's. Where the two differ, tshark_differs.txt says who is right.
#
#   tests/replay/second_opinion.sh BUILD            TAP
set -u

filterctl=$(realpath "$1")/filterd/filterctl
cd "$(dirname "$0")" || exit
# shellcheck source=tests/support/tap.sh
. ../support/tap.sh
tap_need tshark jq

names() {
	tr '\t,' '\n' | tr '[:upper:]' '[:lower:]' | sed 's/:[0-9]*$//; s/\.$//' | grep . | sort -u | tr '\n' ' '
}

by_tshark() {
	tshark -nr "$1" -o tcp.reassemble_out_of_order:TRUE -d tcp.port==8443,tls -T fields -e dns.qry.name -e dns.cname -e dns.svcb.targetname \
		-e tls.handshake.extensions_server_name -e http.host 2>/dev/null | names
}

by_filterd() {
	"$filterctl" replay --all -c replay.conf "$1" 2>/dev/null |
		jq -r 'select((.filterd.rule // "") | startswith("builtin:") and . != "builtin:probe" | not) | .filterd.host' | names
}

version=$(tshark --version 2>/dev/null | sed -n '1s/[^0-9]*\([0-9.]*[0-9]\).*/\1/p')

# differs STORY: does this tshark, as tshark_differs.txt has it?
differs() {
	local row since

	row=$(grep "^$1	" tshark_differs.txt) || return
	since=$(cut -f 3 <<<"$row")
	[ -z "$since" ] || [ "$(printf '%s\n' "$since" "$version" | sort -V | head -n 1)" != "$since" ]
}

for story in *.pcap *.pcapng; do
	name=${story%.pcap*}
	theirs=$(by_tshark "$story")
	ours=$(by_filterd "$story")
	if differs "$name"; then
		tap_ok "${name//_/ }: other names, as written down" test "$theirs" != "$ours"
	else
		tap_is "${name//_/ }" "$ours" "$theirs"
	fi
done
tap_done
