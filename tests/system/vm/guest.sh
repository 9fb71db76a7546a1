# shellcheck shell=sh disable=SC2016
# SPDX-License-Identifier: MIT
#
# Runs in the guest: client - gateway - internet, the nft rules and filterd in the gateway, real clients.

CONF=/filterd/guest.conf
NUM=0
DNS=198.51.100.53

client()   { ip netns exec client "$@"; }
gateway()  { ip netns exec gateway "$@"; }
internet() { ip netns exec internet "$@"; }

# check WHAT COMMAND...: a case that is good if the command succeeds.
check() {
	what=$1
	shift
	NUM=$((NUM + 1))
	if "$@" >/tmp/said 2>&1; then
		echo "ok $NUM - $what"
	else
		echo "not ok $NUM - $what"
		sed 's/^/# /' /tmp/said
	fi
}

# wait_for COMMAND...: until it succeeds; after two minutes it never will.
wait_for() {
	tries=0
	until "$@" >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ "$tries" -lt 1200 ] || return 1
		sleep 0.1
	done
}

ask()      { client dig +tries=1 +time=30 "$@" "@$DNS"; }
answered() { ask "$@" +short | grep -q 203.0.113.80; }
blocked()  { ask "$@" >/tmp/dig; grep -q 'status: NXDOMAIN' /tmp/dig && grep -q 'EDE: 15' /tmp/dig; }
recorded() { grep "\"app_proto\":\"$1\"" /tmp/log/audit.jsonl | grep '"host":"dnl-01.example.com"' | grep -q "\"reply\":\"$2\""; }
queued()   { gateway awk '{ sum += $8 } END { if (NR > 0) print sum }' /proc/net/netfilter/nfnetlink_queue; }
unqueued() { before=$(queued); "$@"; [ -n "$before" ] && [ "$(queued)" = "$before" ]; }
# The server says nothing: a connection that nobody resets is still open when the time is up.
# connected SECONDS FILE: says what is in the file, and stays connected for so long, unless somebody ends it.
# shellcheck disable=SC2317  # tap_ok calls it
connected() {
	exec 4<>/tmp/quiet
	cat "$2" >&4
	client timeout "$1" nc 203.0.113.80 443 <&4 4>&-
	[ $? -gt 100 ]
}
stays_open() { connected 3 "$1"; }
is_reset()   { ! connected 60 "$1"; }
removed()  { gateway filterctl rules remove -c $CONF && gateway nft list tables >/tmp/tables && ! grep -q filterd /tmp/tables; }
# One of our two tables is made anew and then listed last.
our_tables() {
	gateway nft list table inet filterd
	gateway nft list table inet filterd-unseen
}
same_rules_twice() {
	our_tables >/tmp/first
	gateway filterctl rules install -c $CONF && our_tables >/tmp/second && cmp /tmp/first /tmp/second
}
# A question that the kernel has no connection for: the firewall lets no answer come.
untracked() {
	gateway nft 'table inet raw { chain prerouting { type filter hook prerouting priority raw; iifname lan udp dport 53 notrack; }; }'
	client dig +tries=1 +time=1 www.example.org "@$DNS"
	gateway nft delete table inet raw
}
unseen()   { gateway nft list counter inet filterd-unseen unseen | grep -q "packets $1 "; }
went_around() { gateway nft list set inet filterd-unseen around | grep -q "\"$1\" counter packets $2 "; }
# The last record of that kind says so.
says()     { grep "\"type\":\"$1\"" /tmp/log/audit.jsonl | tail -n 1 | grep -q "$2"; }
# As everywhere where people live.
firewall() { gateway nft -D lan=lan -D wan=wan -f /lab.nft; }
# As Debian's nftables.service does.
flushed()  { gateway nft flush ruleset; firewall; wait_for says heartbeat '"hooks":"missing"'; }
# doctor CHECK HEALTH: what filterctl doctor finds.
protects() { doctor protect ok && grep -q "the rules protect $1\$" /tmp/doctor; }
doctor()   { gateway filterctl doctor -c $CONF >/tmp/doctor; grep -q "^$2 *$1 " /tmp/doctor; }
# The process itself, not a shell before it, has the number; and it keeps no client's connection open.
start_filterd() {
	: >/tmp/filterd.log
	ip netns exec gateway filterd -c "$1" 2>>/tmp/filterd.log 3>&- &
	filterd=$!
	wait_for grep -q ready /tmp/filterd.log && return
	sed 's/^/# /' /tmp/filterd.log
	return 1
}
# A flow table as routers have it.
offload() {
	gateway nft 'table inet fw { flowtable ft { hook ingress priority 0; devices = { lan, wan }; }
		chain forward { type filter hook forward priority 0; meta l4proto { tcp, udp } flow add @ft; }; }'
}

for name in client gateway internet; do
	ip netns add $name
	ip -n $name link set lo up
done
ip link add lan netns client type veth peer name lan netns gateway
ip link add wan netns gateway type veth peer name wan netns internet
ip -n client addr add 192.0.2.2/24 dev lan
ip -n gateway addr add 192.0.2.1/24 dev lan
ip -n gateway addr add 198.51.100.1/24 dev wan
ip -n internet addr add 198.51.100.53/24 dev wan
ip -n internet addr add 203.0.113.80/32 dev lo
for place in client:lan gateway:lan gateway:wan internet:wan; do
	ip -n ${place%:*} link set ${place#*:} up
done
ip -n client addr add 2001:db8:1::2/64 dev lan nodad
ip -n gateway addr add 2001:db8:1::1/64 dev lan nodad
ip -n gateway addr add 2001:db8:2::1/64 dev wan nodad
ip -n internet addr add 2001:db8:2::53/64 dev wan nodad
ip -n internet addr add 2001:db8:3::80/128 dev lo
ip -n client route add default via 2001:db8:1::1
ip -n gateway route add default via 2001:db8:2::53 dev wan
ip -n internet route add 2001:db8:1::/64 via 2001:db8:2::1
ip -n client route add default via 192.0.2.1
ip -n gateway route add default via 198.51.100.53 dev wan
ip -n internet route add 192.0.2.0/24 via 198.51.100.1
gateway sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'
firewall
internet dnsmasq -C /dev/null --no-resolv --no-hosts --user=root --pid-file=/tmp/dnsmasq.pid \
	--address=/#/203.0.113.80 --address=/example.org/203.0.113.80
mkfifo /tmp/silence /tmp/quiet
internet sh -c 'while true; do nc -l -p 443 <>/tmp/silence >/dev/null; done' &

chmod 755 / /tmp          # filterd becomes nobody
sed 's|^files = .*|files = guest.policy|; s|^file = .*|file = /tmp/log/audit.jsonl|; s|^keys = .*|keys = /tmp/keys|; s|^repeat-window = .*|repeat-window = 0|; s|^sensor =.*|sensor = guest|; s|^user =.*|user = nobody|' \
	/filterd/filterd.conf >$CONF
printf '[policy]\nid = guest\n[category c]\naction = block\nnames = guest.list\n' >/filterd/guest.policy
echo dnl-01.example.com >/filterd/guest.list

check "without rules the listed name is answered" answered dnl-01.example.com
check "auto takes nft here" sh -c "ip netns exec gateway filterctl rules print -c $CONF | grep -q 'table inet filterd'"
check "the rules load" gateway filterctl rules install -c $CONF
check "loading them again changes nothing" same_rules_twice
check "with nobody listening, open lets pass" answered www.example.org
check "which is counted: the question and the answer" unseen 2
untracked >/tmp/said
check "so is a packet that the kernel does not track" unseen 3
check "loading the rules again keeps the count" sh -c "ip netns exec gateway filterctl rules install -c $CONF && \
	ip netns exec gateway nft list counter inet filterd-unseen unseen | grep -q 'packets 3 '"
start_filterd $CONF
check "the start says how much passed, and that the rules are in place" says start '"hooks":"ok","unfiltered":3,'
check "a permitted name is answered" answered www.example.org
check "nothing of it was unseen" unseen 3
check "a prohibited name is answered NXDOMAIN, with the reason" blocked dnl-01.example.com
check "its record says so" recorded dns nxdomain
ask +tcp dnl-01.example.com >/tmp/dig 2>&1
check "the same over TCP is reset" grep -q reset /tmp/dig
check "its record says so" recorded dns reset
check "a connection that names nobody stays open" stays_open /filterd/guest.conf
check "a hello that names it is reset" is_reset /filterd/hello
check "its record says so" recorded tls reset
check "the blocked flow has its mark" sh -c "ip netns exec gateway conntrack -L 2>/dev/null | grep -q 'dport=443.*mark=[1-9]'"
check "a packet from the unprotected side is not queued" unqueued internet dig +tries=1 +time=1 @192.0.2.2 a.com
# shellcheck source=tests/system/vm/offloading.sh
. /offloading.sh
check "doctor finds the rules in place" doctor rules ok
check "and reads back whom they protect" protects "lan 192.0.2.0/24.*; leaves out wan 198.51.100.0/24.*"
check "and those of the settings" doctor settings ok
check "and nothing that offloads flows" doctor offload ok
check "and that every connection came through the queue" doctor coverage ok
check "a flow table of another program comes" offload
check "doctor finds it" doctor offload broken
check "its remedy is taken" gateway filterctl rules install -c $CONF
check "doctor finds that it holds" doctor offload ok
gateway nft delete table inet fw
gateway filterctl rules install -c $CONF
check "rules flushed by another tool are a heartbeat that says so" flushed
check "they load again" gateway filterctl rules install -c $CONF
check "and their return is one" wait_for says heartbeat '"hooks":"ok"'
gateway nft flush chain inet filterd prerouting
check "where a rule of ours is gone, the listed name is answered" answered dnl-01.example.com
check "which is counted by interface: a connection that went around" went_around lan 1
check "doctor finds it" doctor coverage broken
check "its remedy is taken" sh -c "ip netns exec gateway filterctl rules remove -c $CONF && \
	ip netns exec gateway filterctl rules install -c $CONF"
check "and all is well again" doctor coverage ok
check "removing the rules leaves none" removed
check "and the listed name is answered again" answered dnl-01.example.com
echo "1..$NUM"
