#!/bin/bash
# SPDX-License-Identifier: MIT
#
# filterctl rules with iptables, in a namespace of its own beside rules of somebody else: atomic, idempotent, and
# gone without a trace.
set -u

build=$(realpath "${1:?which build folder? try: $0 build}")
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/support/tap.sh
. "$here/../support/tap.sh"
# shellcheck source=scripts/lab
. "$here/../../scripts/lab"

[ "$(id -u)" -eq 0 ] || tap_skip_all "network namespaces need root"
tap_need ip iptables ip6tables nft
lab_can || tap_skip_all "this machine does not let root make networks of its own. $LAB_ALONE"

space=fd-$$-rules
work=$(mktemp -d)
# shellcheck disable=SC2317  # the traps call it
clean() {
	ip netns del "$space" 2>/dev/null
	rm -rf "$work"
}
trap clean EXIT
trap 'exit 130' INT TERM HUP

inside() { ip netns exec "$space" "$@"; }
rules()  { inside "$build/filterd/filterctl" rules "$@" -c "$work/filterd.conf" --backend iptables; }

# Rules of both families, without counters, comments, and the tables that iptables itself adds when it looks at them.
saved() {
	{ inside iptables-save; echo --; inside ip6tables-save; } | grep -v '^[#:*]\|^COMMIT'
}

# Our chains in the output of a save, one a line.
chains() { inside "$1" | grep -c '^:filterd-'; }

# An interface with an address of IPv6, without which the host needs no rules for it.
with_ipv6() {
	ip -n "$space" link add p1 type veth peer name p2
	ip -n "$space" addr add 2001:db8::1/64 dev p1
	ip -n "$space" link set p1 up
}

flock /run ip netns add "$space" || tap_bail "the namespace could not be made"
with_ipv6
cp -r "$here/../../config/." "$work/"
inside iptables -A INPUT -p tcp --dport 22 -j ACCEPT
inside iptables -t mangle -A PREROUTING -j MARK --set-mark 5
inside ip6tables -t mangle -A FORWARD -j MARK --set-mark 7
before=$(saved)

tap_is "installing says nothing" "$(rules install 2>&1; echo $?)" 0
tap_is "IPv4 has the chains" "$(chains iptables-save)" 18
tap_is "IPv6 has the chains" "$(chains ip6tables-save)" 18
installed=$(saved)
tap_ok "what passes unseen is counted" inside nft list counter inet filterd-unseen unseen
counter=$(inside nft -a list table inet filterd-unseen | grep ^table)
rules install
tap_is "installing again changes nothing" "$(saved)" "$installed"
tap_is "and the counter is the same" "$(inside nft -a list table inet filterd-unseen | grep ^table)" "$counter"
rules print >"$work/printed"
tap_is "printing changes nothing" "$(saved)" "$installed"

sed -i 's/^on-block = .*/on-block = drop/' "$work/filterd.conf"
rules install
tap_is "another setting renews the rules: nothing is rejected" "$(saved | grep -c REJECT)" 0
tap_is "and no jump is there twice" "$(saved | grep -c -e '-A PREROUTING -j filterd-in')" 2

tap_is "nothing comes by where flows are held if none are" "$(saved | grep -c -e '-A FORWARD -j filterd-hold')" 0
sed -i 's/^offload = .*/offload = hold/' "$work/filterd.conf"
rules install
tap_is "it does if they are" "$(saved | grep -c -e '-A FORWARD -j filterd-hold')" 2
sed -i 's/^offload = .*/offload = none/' "$work/filterd.conf"
rules install
tap_is "and no longer if they are not any more" "$(saved | grep -c -e '-A FORWARD -j filterd-hold')" 0

inside ip6tables -t mangle -F filterd-send
rules install
tap_is "where a rule was missing it is another one" \
	"$(inside nft -a list table inet filterd-unseen | grep ^table | grep -cxF "$counter")" 0

inside iptables -t mangle -N filterd-pass      # as an older filterd had it
rules remove
tap_is "removing leaves the rules of others, and no other" "$(saved)" "$before"
tap_is "and no chain, not even one that an older filterd made" "$(chains iptables-save) $(chains ip6tables-save)" "0 0"
tap_is "and counts nothing any more" "$(inside nft list tables | grep -c filterd)" 0
tap_is "removing again is harmless" "$(rules remove 2>&1; echo $?)" 0
tap_is "and changes nothing" "$(saved)" "$before"

mkdir "$work/stub"
printf '#!/bin/sh\necho no nftables here >&2\nexit 1\n' >"$work/stub/nft"
chmod +x "$work/stub/nft"
said=$(PATH=$work/stub:$PATH rules install 2>&1)
tap_is "without nft installing works" "$? $(chains iptables-save)" "0 18"
tap_is "and says that what passes unseen is not counted" "$said" \
	"filterctl rules install: packets that pass unseen are not counted: nft ended with 1: no nftables here"
rules remove
rm "$work/stub/nft"

printf '#!/bin/sh\necho no IPv6 here >&2\nexit 3\n' >"$work/stub/ip6tables-restore"
chmod +x "$work/stub/ip6tables-restore"
cp "$work/stub/ip6tables-restore" "$work/stub/ip6tables"
ip -n "$space" link del p1
said=$(PATH=$work/stub:$PATH rules install 2>&1)
tap_is "with no address of IPv6 and no ip6tables installing works" "$? $(chains iptables-save) $(chains ip6tables-save)" "0 18 0"
tap_is "and says that IPv6 is not filtered" "$said" \
	"filterctl rules install: IPv6 is not filtered: this host has no IPv6 address (ip6tables-restore ended with 3: no IPv6 here)"
PATH=$work/stub:$PATH rules remove
rm "$work/stub/ip6tables-restore"
said=$(PATH=$work/stub:$PATH rules install 2>&1)
tap_is "so if it cannot make the jumps" "$? $(inside iptables -t mangle -S PREROUTING | grep -c filterd) $said" \
	"0 1 filterctl rules install: IPv6 is not filtered: this host has no IPv6 address (ip6tables ended with 3: no IPv6 here)"
rules remove

with_ipv6
cp "$work/stub/ip6tables" "$work/stub/ip6tables-restore"
said=$(PATH=$work/stub:$PATH rules install 2>&1)
tap_is "with an address of IPv6 it fails" $? 1
tap_is "and says why" "$said" "filterctl rules install: ip6tables-restore ended with 3: no IPv6 here"
tap_is "and IPv4 has no rule either" "$(saved)" "$before"
tap_done
