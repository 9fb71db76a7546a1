#!/bin/bash
# SPDX-License-Identifier: MIT
#
# filterctl doctor: each thing that it looks for is broken in the lab, found, named with its remedy, and mended by it.
set -u
# shellcheck source=tests/support/system.sh
. "$(dirname "$0")/../support/system.sh"

doctor() { lab_gateway env "${DOCTOR_ENV[@]}" "$DAEMON_BUILD/filterd/filterctl" doctor -c "$DAEMON_CONF" "$@"; }
DOCTOR_ENV=(LC_ALL=C)

# finding CHECK: health and words of what this check found worst.
finding() {
	doctor --json | jq -r --arg check "$1" \
		'[.checks[] | select(.check == $check)] | sort_by({ ok: 0, unknown: 1, attention: 2, broken: 3 }[.health]) | last | "\(.health): \(.what)"'
}

remedy() { doctor --json | jq -r --arg check "$1" '.checks[] | select(.check == $check and .health != "ok").remedy'; }

# found WHAT CHECK REGEX, and mended CHECK: before and after.
found()  { tap_like "$1" "$(finding "$2")" "$3"; }
mended() { tap_like "and then all is well with it" "$(finding "$1")" "^ok: "; }

# Checks that are not ok but for the clock, which is this machine's own.
ailing() { doctor --json | jq -r '[.checks[] | select(.health != "ok" and .check != "clock").check] | join(" ")'; }

healthy() {
	tap_is "a gateway as it should be has nothing wrong" "$(ailing)" ""
	tap_is "its JSON is whole, and each check is a line for people" "$(doctor --json | jq '.checks | length')" "$(doctor | wc -l)"
	tap_like "no line has a remedy that is not needed" "$(doctor | grep -c '^ok .*Remedy')" "^0$"
	tap_is "a word too many is wrong usage" "$(doctor now >/dev/null 2>&1; echo $?)" 64
}

rules() {
	daemon_rules remove
	found "rules that are not there" rules "^broken: no rules bring packets"
	tap_is "are status 2" "$(doctor >/dev/null; echo $?)" 2
	lab_gateway "$DAEMON_BUILD/filterd/filterctl" rules install -c "$DAEMON_CONF"
	mended rules
	lab_gateway iptables -t mangle -F filterd-send
	found "one that is gone" rules "^broken: some of our rules are gone"
	daemon_rules install
	for table in raw mangle filter; do
		lab_gateway ip6tables -t "$table" -F
		lab_gateway ip6tables -t "$table" -X
	done
	found "IPv6 without any" ipv6 "^broken: IPv4 has rules and IPv6 has none"
	daemon_rules install
	mended ipv6
	daemon_set on-failure closed
	found "rules of other settings" settings "^attention: without filterd the rules let packets pass, but on-failure says otherwise"
	daemon_set on-failure open
	daemon_set workers 2
	found "and of other queues" settings "^broken: the rules send packets to queues 7100 to 7101, filterd listens on 7100 to 7103"
	daemon_set workers 1
}

order() {
	lab_gateway iptables -t mangle -I PREROUTING -i lan0 -j ACCEPT
	found "a rule that passes packets by ours" order "^broken: a rule in ip mangle PREROUTING accepts packets before ours see them"
	daemon_rules remove
	daemon_rules install
	mended order
	lab_gateway iptables -t mangle -D PREROUTING -i lan0 -j ACCEPT
	lab_gateway iptables -N DOCKER-USER
	lab_gateway iptables -I FORWARD -j DOCKER-USER
	found "docker's, started after us" order "^attention: a rule in ip filter FORWARD comes before ours"
	tap_like "whose chains are seen" "$(finding docker)" "^ok: docker has chains here; its containers are filtered"
	daemon_set protect lan0
	found "which protect leaves out" docker "^attention: .*protect = lan0 leaves its containers out"
	daemon_set protect auto
	daemon_rules remove
	daemon_rules install
	mended order
	lab_gateway iptables -D FORWARD -j DOCKER-USER
	lab_gateway iptables -X DOCKER-USER
}

marks() {
	lab_gateway iptables -t mangle -A FORWARD -j MARK --set-mark 5
	found "a mark written whole" marks "^broken: 1 rules of other programs overwrite bits of mark-mask 0xf0000000.*--set-xmark 0x5/0xffffffff"
	lab_gateway iptables -t mangle -D FORWARD -j MARK --set-mark 5
	lab_gateway iptables -t mangle -A FORWARD -j MARK --set-xmark 5/0xff
	mended marks
	lab_gateway iptables -t mangle -D FORWARD -j MARK --set-xmark 5/0xff
	lab_gateway nft 'add table inet other; add chain inet other c { type filter hook forward priority 10; }; add rule inet other c meta mark set 7'
	found "by nft too" marks "^broken: .*inet other c: meta mark set 0x00000007"
	lab_gateway nft delete table inet other
	lab_gateway ip rule add fwmark 1 table 99
	found "routes chosen by our bits" marks "^attention: .*such as this in ip rule: .*fwmark 0x1 lookup 99"
	lab_gateway ip rule del fwmark 1 table 99
	lab_gateway iptables -t raw -A PREROUTING -p udp --dport 5353 -j CT --notrack
	found "packets that are not tracked" untracked "^attention: a rule in ip raw PREROUTING"
	lab_gateway iptables -t raw -D PREROUTING -p udp --dport 5353 -j CT --notrack
	tap_is "all of it mended" "$(ailing)" ""
}

kernel() {
	tap_can "room for fragments" sysctl || return
	lab_set gateway net.netfilter.nf_conntrack_frag6_low_thresh=0 net.netfilter.nf_conntrack_frag6_high_thresh=0
	found "no room for fragments" fragments "^attention: IPv6: there is no room"
	lab_gateway sh -c "$(remedy fragments)" >/dev/null
	mended fragments
}

bridges() {
	if ! ip link add br9 netns "$LAB_ID-gateway" type bridge 2>/dev/null; then
		tap_skip "a transparent bridge" "this kernel has no bridges"
		return
	fi
	lab_gateway ip link add p1 type veth peer name p2
	lab_gateway ip link set p1 master br9
	tap_like "a bridge of one port switches nothing" "$(finding bridge)" "^ok: no bridge switches"
	lab_gateway ip link set p2 master br9
	if lab_set gateway net.bridge.bridge-nf-call-iptables=0 2>/dev/null; then
		found "a transparent bridge" bridge "^broken: packets that bridge br9 switches between its ports bypass the rules"
		lab_set gateway net.bridge.bridge-nf-call-iptables=1 net.bridge.bridge-nf-call-ip6tables=1
		tap_like "that is protected, as it leads nowhere" "$(finding bridge)" "^ok: packets that bridge br9 switches go through the rules"
		daemon_set protect lan0
		found "one that protect leaves out" bridge "^broken: bridge br9 is the way out and the way in: protect = lan0 leaves it out"
		daemon_set protect "lan0 br9"
		tap_like "and is, once it is named" "$(finding bridge)" "^ok: packets that bridge br9 switches go through the rules"
		daemon_set protect auto
	else
		found "a transparent bridge, without br_netfilter" bridge "^broken: packets that bridge br9 switches between its ports bypass the rules"
		tap_like "whose remedy names it" "$(remedy bridge)" "modprobe br_netfilter"
	fi
	lab_gateway ip addr add 203.0.113.200/32 dev br9
	tap_like "one of clients alone is routed" "$(finding bridge)" "^ok: no bridge switches"
	lab_gateway ip link del br9
	lab_gateway ip link del p1
}

dates() {
	daemon_set mode observe
	found "observing" mode "^attention: filterd only observes"
	daemon_set mode enforce
	echo "this is no policy" >>"$LAB_DIR/config/policy/kaspersky-us.policy"
	found "a policy that cannot be loaded" policy "^broken: the policy cannot be loaded: .*kaspersky-us.policy: line [0-9]+"
	sed -i '$d' "$LAB_DIR/config/policy/kaspersky-us.policy"
	tap_can "a clock before the log" faketime || return
	DOCTOR_ENV=("LD_PRELOAD=$(faketime -f +0 printenv LD_PRELOAD)" "FAKETIME=@2023-01-01 00:00:00" NO_FAKE_STAT=1 TZ=UTC)
	found "a clock before what has been" clock "^broken: the clock says 2023-01-01T00:00:0.Z, but filterd has seen 20[0-9TZ:-]+"
	mv "$LAB_DIR/keys/clock.floor" "$LAB_DIR/floor"
	found "a clock before the log" clock "^broken: the clock says 2023-01-01T00:00:0.Z, and files of filterd are newer"
	mv "$LAB_DIR/floor" "$LAB_DIR/keys/clock.floor"
	found "at which nothing is in force" policy "^attention: no category blocks today; the next change is at 2024-"
	DOCTOR_ENV=(LC_ALL=C)
	mended policy
}

storage() {
	chmod 755 "$LAB_DIR/keys"
	found "keys that others can read" keys "^broken: .*/keys: others may get at the key"
	sh -c "$(remedy keys)"
	mended keys
	chmod 777 "$LAB_DIR/log"
	found "a log that others can replace" log-folder "^broken: .*/log: others may remove records"
	sh -c "$(remedy log-folder)"
	chown root "$LAB_DIR/log"
	found "a log's folder of somebody else" log-folder "^broken: .*/log does not belong to 'nobody'"
	sh -c "$(remedy log-folder)"
	mended log-folder
	mkdir "$LAB_DIR/full"
	mount -t tmpfs -o size=1m tmpfs "$LAB_DIR/full"
	mkdir "$LAB_DIR/full/log"
	head -c 1000000 /dev/zero >"$LAB_DIR/full/log/some"
	chown nobody "$LAB_DIR/full/log"
	daemon_set file "$LAB_DIR/full/log/audit.jsonl"
	found "a full disk" disk "^broken: the disk of $LAB_DIR/full/log is full"
	umount "$LAB_DIR/full"
	mkdir -p "$LAB_DIR/much" && chown nobody "$LAB_DIR/much"
	{
		printf '{"timestamp":"%s.000000+0000"}\n' "$(date -u -d '2 hours ago' +%FT%T)"
		head -c 20000000 /dev/zero
	} >"$LAB_DIR/much/audit.jsonl"
	daemon_set file "$LAB_DIR/much/audit.jsonl"
	found "a log that lasts for less than a month" log-lasts "^attention: at today's rate, 23[0-9]{4} KiB a day, .* for [0-9] days"
	rm -r "$LAB_DIR/much"
	daemon_set file "$DAEMON_AUDIT"
	mended disk
}

# filterd by another name, with a log of its own, is another program.
queues() {
	daemon_end TERM
	found "filterd that does not run" running "^broken: no filterd writes to"
	tap_like "leaves its queue free" "$(finding queue)" "^ok: queue 7101 is free"
	cp "$DAEMON_BUILD/filterd/filterd" "$LAB_DIR/suricate"
	sed "s|^file = .*|file = $LAB_DIR/other/audit.jsonl|; s|^keys = .*|keys = $LAB_DIR/other-keys|; s|^control = .*|control =|" \
		"$DAEMON_CONF" >"$LAB_DIR/config/other.conf"
	lab_start gateway "$LAB_DIR/other.log" "$LAB_DIR/suricate" -c "$LAB_DIR/config/other.conf"
	lab_wait "the other program" grep -q ready "$LAB_DIR/other.log"
	found "another program on the queue" queue "^broken: another program has queue 7101: suricate, process $LAB_PID"
	kill "$LAB_PID"
	wait "$LAB_PID" 2>/dev/null
	daemon_start || tap_bail "filterd did not start again"
	mended queue
	if tap_can "its own rights" capsh; then
		lab_gateway capsh --drop=cap_net_raw -- -c "exec $DAEMON_BUILD/filterd/filterctl doctor -c $DAEMON_CONF --json" >"$LAB_DIR/said"
		tap_is "with filterd running its own rights count" "$(jq -r '.checks[] | select(.check == "capability").health' "$LAB_DIR/said")" ok
		daemon_end TERM
		lab_gateway capsh --drop=cap_net_raw -- -c "exec $DAEMON_BUILD/filterd/filterctl doctor -c $DAEMON_CONF --json" >"$LAB_DIR/said"
		tap_is "without, those that it could get" "$(jq -r '.checks[] | select(.check == "capability").health' "$LAB_DIR/said")" broken
	fi
	lab_gateway setpriv --reuid=65533 --regid=65533 --clear-groups "$DAEMON_BUILD/filterd/filterctl" doctor -c "$DAEMON_CONF" --json >"$LAB_DIR/said"
	tap_is "what a user may not see is unknown, not good" "$(jq -r '[.checks[] | select(.health == "unknown").check] | unique | join(" ")' "$LAB_DIR/said")" \
		"coverage docker iptables ipv6 marks nfqueue offload order protect queue queue-length replies root rules source-rate untracked"
	tap_is "nor broken, and the remedy is to be root" "$(jq -r '[.checks[] | select((.health == "broken" and .check != "running") or (.health == "unknown" and
		.remedy != "sudo filterctl doctor")).check] | join(" ")' "$LAB_DIR/said")" ""
}

system_begin
system_run
healthy
rules
order
marks
kernel
bridges
dates
storage
queues
tap_done
