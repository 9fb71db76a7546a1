#!/bin/bash
# SPDX-License-Identifier: MIT
#
# What a router's package promises through ordinary events, as the table of config/openwrt/README.md says: after each one, does it
# filter, does the log go on, what was said, with which exit status. The package's scripts over stand-ins for OpenWrt's programs
# (tests/support/openwrt), filterd and the kernel's queue as they are.
# shellcheck disable=SC2016,SC2317  # event and lab_wait call what they are given, or have it read
set -u
# shellcheck source=tests/support/system.sh
. "$(dirname "$0")/../support/system.sh"
# shellcheck source=tests/support/openwrt/router.sh
. "$DAEMON_SOURCE/tests/support/openwrt/router.sh"

LAB_VARIANT=plain       # the firewall is fw4's here, or what stands for it
ZONE=upd.kaspersky.com  # all of it is prohibited
events=0
LAB_PATIENCE_S=20

tap_need busybox make
DAEMON_BUILD=$(realpath "$DAEMON_BUILD")
system_begin
router_at "$LAB_DIR/router"
chmod a+rX "$LAB_DIR"
export PROCD_IN="ip netns exec $LAB_ID-gateway"
daemon_in "$ROUTER"
DAEMON_AUDIT=$ROUTER/var/log/filterd/audit.jsonl

# The programs that touch the kernel do it in the gateway; of a mount there they need none.
in_gateway() {
	printf '%s\n' '#!/bin/sh' "exec ip netns exec $LAB_ID-gateway \"\$FILTERD_BUILD/$1\" \"\$@\"" >"$ROUTER/bin/$1"
	chmod +x "$ROUTER/bin/$1"
}

# fw4: what is here of its tables is one with no rule; flush takes all tables, ours too, and includes run at the end of a start.
firewall_script() {
	cat >"$ROUTER/etc/init.d/firewall" <<-END
		#!/bin/sh
		nft() { ip netns exec $LAB_ID-gateway nft "\$@"; }
		start() {
			printf '%s\\n' 'table inet fw4 {' 'chain forward {' 'type filter hook forward priority filter;' '}' '}' | nft -f -
			path=\$(uci -q get firewall.filterd.path) || return 0
			[ -e "$ROUTER\$path" ] || { echo "fw4: the include \$path is not there" >&2; return 0; }
			sh -c 'config() { echo "no uci in includes" >&2; exit 1; }; . "\$0"' "$ROUTER\$path"
		}
		case \$1 in
		start) start ;;
		reload | restart) nft delete table inet fw4; start ;;
		stop) nft flush ruleset ;;
		esac
	END
	chmod +x "$ROUTER/etc/init.d/firewall"
}

filterd_() { "$ROUTER/etc/init.d/filterd" "$@"; }
changed() { procd event config.change "${1:-filterd}"; }
set_option() { uci set "filterd.$1" && uci commit filterd; }

# asked NAME: what a client gets for a name of the prohibited zone that nobody asked for before: refused, NXDOMAIN+15, or what
# the lab's name server says, as it does not know it: NXDOMAIN.
asked() { answer "$1.$ZONE" A "$LAB_DNS4" +time=2 +tries=1; }
on_record() { cat "$ROUTER"/var/log/filterd/audit*.jsonl 2>/dev/null | jq -r "select(.filterd.host == \"$1.$ZONE\") | .filterd.type" | tail -n 1; }
# recorded NAME TYPE: once somebody asks, it is.
recorded() { asked "$1" >/dev/null && [ "$(on_record "$1")" = "$2" ]; }

# event WHAT STATUS GETS RECORD SAID COMMAND...: after it, the client gets that for a prohibited name, and it is on record so;
# SAID is a pattern of what was said meanwhile, "" for nothing.
event() {
	local what=$1 status=$2 gets=$3 record=$4 said=$5 got=0

	shift 5
	events=$((events + 1))
	: >"$ROUTER/syslog"
	"$@" >"$ROUTER/said" 2>&1 || got=$?
	tap_is "$what: exit status" "$got" "$status"
	# filterd may be on its way; where nothing is recorded there is nothing to wait for.
	[ -z "$record" ] || lab_wait "the filter" recorded "before$events" "$record"
	tap_is "$what: the client gets" "$(asked "e$events")" "$gets"
	tap_is "$what: on record" "$(on_record "e$events")" "$record"
	if [ -n "$said" ]; then
		tap_like "$what: it is said" "$(cat "$ROUTER/said" "$ROUTER/syslog")" "$said"
	else
		tap_is "$what: nothing is said" "$(cat "$ROUTER/said" "$ROUTER/syslog")" ""
	fi
}
blocks() { event "$1" "$2" NXDOMAIN+15 block "${@:3}"; }
passes() { event "$1" "$2" NXDOMAIN "" "${@:3}"; }

install() {
	router_take "$ROUTER/image"
	package_script default_postinst
}

# The old package's scripts are asked first, by opkg alone; then files are replaced under the program that runs.
upgrade() {
	[ "$1" = apk ] || package_script default_prerm 1
	router_take "$ROUTER/image"
	package_script default_postinst 1
}
another_program() { printf '\0' >>"$ROUTER/image/usr/sbin/filterd"; }
runs_from_disk() { [ "$(readlink "/proc/$(procd pid filterd)/exe")" = "$ROUTER/usr/sbin/filterd" ]; }

# What a kernel forgets, and a file system in memory.
lose_memory() {
	lab_gateway nft flush ruleset
	rm -rf "${ROUTER:?}/var"
	mkdir -p "$ROUTER"/var/{run,log}
}
boot() {
	local status=0

	[ ! -x "$ROUTER/etc/init.d/filterd" ] || ! filterd_ enabled || filterd_ boot || status=$?
	"$ROUTER/etc/init.d/firewall" start
	return "$status"
}
reboot() {
	filterd_ shutdown
	procd lose
	lose_memory
	boot
}
power_cut() {
	procd lose
	lose_memory
	boot
}

# A new image with the package, and what a backup keeps: files of packages that were changed, and those that keep.d names.
sysupgrade() {
	local kept file

	kept=$(mktemp -d)
	filterd_ shutdown
	procd lose
	lose_memory
	for file in $(router_recipe conffiles - -); do
		[ -e "$ROUTER/$file" ] || continue      # waivers, as long as there are none
		cmp -s "$ROUTER/shipped/$file" "$ROUTER/$file" || (cd "$ROUTER" && cp -p --parents ".$file" "$kept")
	done
	(cd "$ROUTER" && cp -p --parents etc/config/firewall etc/config/network "$kept")
	rm -rf "${ROUTER:?}"/etc/{filterd,rc.d} "${ROUTER:?}/usr" "$ROUTER"/etc/init.d/filterd "$ROUTER/etc/config/filterd"
	if [ "$1" = with ]; then
		router_take "$ROUTER/image"
		cp -rp "$kept/." "$ROUTER/"
		"$ROUTER/etc/init.d/filterd" enable
	fi
	rm -rf "$kept"
	boot
}

# The bridge is made anew under another name, and netifd says that the network is up.
rename_device() {
	lab_gateway ip addr flush dev "$LAB_LAN"
	lab_gateway ip link set "$LAB_LAN" down name "$1" && lab_address gateway "$1" "$LAB_GATEWAY4/24" "$LAB_GATEWAY6/64" &&
		sed -i "s/option device '$LAB_LAN'/option device '$1'/" "$ROUTER/etc/config/network" || return
	LAB_LAN=$1
	procd event interface lan
}

key() { cat "$ROUTER/etc/filterd/keys/audit.vkey"; }

mkdir -p "$ROUTER"
router_base
export FILTERD_BUILD=$DAEMON_BUILD/filterd
router_image "$ROUTER/image" || tap_bail "the package could not be put together"
firewall_script
sed -i "s|option log 'syslog'|option log 'stderr'|; s|option heartbeat '300'|option heartbeat '5'|" \
	"$ROUTER"/image/etc/config/filterd "$ROUTER"/image/usr/share/filterd/config/filterd
in_gateway filterctl
in_gateway filterd

router_take "$ROUTER/image"
set_option policy.mode=maybe
passes "installed with a mistake in its configuration" 1 "policy.mode: .*there has been no good configuration yet" package_script default_postinst
cp "$ROUTER/image/etc/config/filterd" "$ROUTER/etc/config/filterd"
event "put right, and installed" 0 NXDOMAIN would_block "" install
first_key=$(key)
set_option policy.mode=enforce
blocks "mode = enforce, by uci" 0 "" changed
tap_is "which needed no new process" "$(grep -c ': good\|ready' "$PROCD/log")" 1
blocks "a reload without a change" 0 "" filterd_ reload
blocks "a policy loaded anew by hand" 0 "" filterd_ reload_policy
printf '%s\n' '#!/bin/sh' "exec \"$ROUTER/etc/init.d/\$1\" \"\$2\"" >"$ROUTER/bin/service"
chmod +x "$ROUTER/bin/service"
mode() { SUDO_USER=jb filterctl mode -c "$ROUTER/etc/filterd/filterd.conf" "$@" >"$LAB_DIR/mode"; }
event "filterctl mode observe: by uci, and by the service" 0 NXDOMAIN would_block "" mode observe "a test"
tap_is "uci has it, and so has filterd" "$(uci get filterd.policy.mode) $(head -n 1 "$LAB_DIR/mode")" "observe observe"
tap_is "the record says who asked, and why" "$(jq -r 'select(.filterd.type == "state") | .filterd.caller.reason' "$DAEMON_AUDIT" | tail -n 1)" \
	"mode = observe by jb: a test"
blocks "filterctl mode enforce" 0 "" mode enforce
tap_is "all by the same process" "$(grep -c ': good\|ready' "$PROCD/log")" 1
uci set filterd.queue.workers=many
uci commit filterd
event "a mistake elsewhere: it is refused, and blocks as before" 1 NXDOMAIN+15 block "queue.workers: " mode observe
tap_is "and uci has what it had" "$(uci get filterd.policy.mode)" enforce
uci delete filterd.queue.workers
uci commit filterd

another_program
blocks "an upgrade by opkg" 0 "" upgrade opkg
tap_ok "it is the new program that runs" runs_from_disk
another_program
blocks "an upgrade by apk" 0 "" upgrade apk
tap_ok "it is the new program that runs here, too" runs_from_disk
echo "new.example.org" >>"$ROUTER/image/etc/filterd/policy/kaspersky-us/update.list"
blocks "an upgrade of a list alone" 0 "" upgrade apk
tap_ok "the list is in force" lab_wait "the new list" eval '[ "$(answer new.example.org A "$LAB_DNS4")" = NXDOMAIN+15 ]'

blocks "a reboot" 0 "" reboot
blocks "a power cut" 0 "" power_cut
tap_is "the log is still the one that began first" "$(key)" "$first_key"
if tap_has faketime; then
	in_lab=$PROCD_IN
	PROCD_IN+=" env LD_PRELOAD=$(faketime -f +0 printenv LD_PRELOAD) FAKETIME=-$(date +%s) FAKETIME_DONT_FAKE_MONOTONIC=1"
	blocks "a power cut, and a clock that begins in 1970" 0 "" power_cut
	tap_is "the log says that it is not believed" "$(cat "$ROUTER"/var/log/filterd/audit*.jsonl | jq -r 'select(.filterd.type == "start") | .filterd.clock' | tail -n 1)" untrusted
	PROCD_IN=$in_lab
	blocks "the clock is right again" 0 "" reboot
else
	tap_skip "a clock that begins in 1970" "faketime is missing; run as root: scripts/install test"
fi
blocks "the firewall is reloaded" 0 "" "$ROUTER/etc/init.d/firewall" reload
blocks "the firewall is restarted" 0 "" "$ROUTER/etc/init.d/firewall" restart
passes "the firewall is stopped, and all tables with it" 0 "" "$ROUTER/etc/init.d/firewall" stop
tap_ok "which the log says" lab_wait "a record" eval 'cat "$ROUTER"/var/log/filterd/audit*.jsonl | grep -q "rules"'
blocks "the firewall is started again" 0 "" "$ROUTER/etc/init.d/firewall" start
blocks "the network has its bridge under another name" 0 "" rename_device lan1
blocks "and under the first one again" 0 "" rename_device lan0

for wrong in "policy.mode=enforcing|policy.mode: 'mode = enforcing': expected enforce or observe" \
	"queue.network=gest|queue.network: there is no network 'gest'"; do
	cp "$ROUTER/etc/config/filterd" "$ROUTER/right"
	set_option "${wrong%%|*}"
	blocks "${wrong%%|*}, and a reload" 1 "/etc/config/filterd: ${wrong#*|}.*stays in force" filterd_ reload
	blocks "${wrong%%|*}, and a restart" 1 "${wrong#*|}" filterd_ restart
	blocks "${wrong%%|*}, and a reboot" 1 "${wrong#*|}" reboot
	cp "$ROUTER/right" "$ROUTER/etc/config/filterd"
	blocks "put right, and a reload" 0 "" filterd_ reload
done
sed -i "s/option mode 'enforce'/option mode 'enforce/" "$ROUTER/etc/config/filterd"
blocks "a quote that never ends, and a restart" 1 "unterminated '. at line" filterd_ restart
cp "$ROUTER/right" "$ROUTER/etc/config/filterd"
echo "	option on-failure 'closed'" >>"$ROUTER/etc/config/filterd"
blocks "a dash in a name, and a reload" 1 "invalid character in name field" filterd_ reload
tap_like "doctor names it, and its remedies" "$(filterd_ doctor 2>&1)" "invalid character in name field.*ok  *rules"
cp "$ROUTER/right" "$ROUTER/etc/config/filterd"
ln -s /dev/full "$ROUTER/etc/filterd/filterd.conf.new"
set_option policy.watch=5
blocks "another setting when flash is full" 1 "cannot be written: .*No space left.*stays in force" filterd_ reload
blocks "once there is room" 0 "" filterd_ reload
tap_is "the log began once" "$(key)" "$first_key"

pid=$(procd pid filterd)
set_option queue.first=7300
blocks "other queues, and a reload" 0 "" changed
set_option queue.workers=2
blocks "more workers, and a reload" 0 "" changed
tap_ok "these needed a new process" test "$(procd pid filterd)" != "$pid"

filterd_ disable
filterd_ stop
passes "switched off by disable and stop, and upgraded by apk" 0 "" upgrade apk
passes "and by opkg" 0 "" upgrade opkg
filterd_ enable
blocks "enabled and started" 0 "" filterd_ start
mistaken=$ROUTER/etc/filterd/policy/kaspersky-us/update.list
echo "not a name!" >>"$mistaken"
blocks "a mistake in a list, and a reload: that line is left out" 0 "" filterd_ reload
set_option policy.strict_lists=yes
blocks "and lists are strict" 1 "update.list: line .*the old configuration stays in force" changed
sed -i '$d' "$mistaken"
blocks "strict lists without a mistake" 0 "" changed
echo "not a name!" >>"$mistaken"
blocks "a mistake in a strict list, and a reload" 1 "update.list: line .*the old configuration stays in force" filterd_ reload
blocks "a mistake in a list, and a restart" 1 "update.list: line .*a start would use the copy of the last good one" filterd_ restart
blocks "a mistake in a list, and a reboot" 1 "update.list: line .*a start would use the copy of the last good one" reboot
sed -i '$d' "$mistaken"
blocks "mended, and a reload" 0 "" filterd_ reload

set_option main.enabled=0
passes "switched off by uci" 0 "" changed
tap_is "nothing of it runs, and no rule is left" "$(procd running filterd; echo $?) $(lab_gateway nft list ruleset | grep -ci filterd)" "1 0"
tap_like "its status says so" "$(filterd_ status)" "switched off"
set_option main.enabled=1
blocks "switched on by uci" 0 "" changed
passes "stopped" 0 "" filterd_ stop
blocks "started" 0 "" filterd_ start

set_option queue.on_failure=closed
blocks "on_failure = closed" 0 "" changed
"$ROUTER/etc/init.d/filterd" shutdown
tap_is "closed: while it shuts down nobody is let through" "$(asked closed)" timeout
blocks "and a boot" 0 "" boot

filterctl waive -c "$ROUTER/etc/filterd/filterd.conf" --for 1h 192.0.2.99 "a test" >/dev/null
blocks "sysupgrade with the package in the image" 0 "" sysupgrade with
tap_like "with the waivers that were made" "$(filterctl waive -c "$ROUTER/etc/filterd/filterd.conf" --list)" " 192.0.2.99  a test$"
tap_ok "with a key of its own: backups have none" test "$(key)" != "$first_key"
passes "sysupgrade without it" 0 "the include /usr/share/filterd/firewall is not there" sysupgrade without
tap_done
