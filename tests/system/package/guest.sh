#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Runs in the container, which is the gateway; the lab's client and internet are network namespaces beside it.
# shellcheck disable=SC2317  # lab_wait and tap_ok call what cannot be seen to be called
set -u

job=$1
source=/src
# shellcheck source=tests/support/gateway.sh
. "$source/tests/support/gateway.sh"
# shellcheck source=tests/support/flow.sh
. "$source/tests/support/flow.sh"
# shellcheck source=tests/support/feed.sh
. "$source/tests/support/feed.sh"
TAP_NUM=$(cat "$job/num")

told_pid='' FEED_PID=''

no_rules() {
	! rules | grep -q filterd
}

# kept: what the kernel says of the clock, as the log has it.
kept() {
	python3 -c '
import ctypes
state = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(1024))
print("unknown" if state < 0 else "unsynced" if state == 5 else "synced")'
}

# Of the last line of systemd-analyze security, which has another face in each locale.
exposure() {
	sed -nE 's/.* (filterd.service: [0-9.]+ OK).*/\1/p'
}

units() {
	local all=(filterd.service filterd-rules.service filterd-uplinks.service)

	tap_is "its units are understood, and in an order that can be" "$(systemd-analyze verify --man=no "${all[@]}" 2>&1 | grep filterd)" ""
	tap_is "filterd is exposed as the README says" "$(systemd-analyze security filterd.service | exposure)" \
		"$(grep Overall /src/config/debian/README.md | exposure)"
}

# limits [LINE...]: the unit with these besides, or as it was; filterd is started anew.
limits() {
	rm -rf /run/systemd/system/filterd.service.d
	if [ $# -gt 0 ]; then
		mkdir -p /run/systemd/system/filterd.service.d
		printf '%s\n' '[Service]' "$@" >/run/systemd/system/filterd.service.d/limits.conf
	fi
	systemctl daemon-reload
	systemctl restart filterd
}
last_start() { jq -r "select(.filterd.type == \"start\") | .filterd.$1" "$DAEMON_AUDIT" | tail -n 1; }

clock() {
	tap_is "the log says of the clock what the kernel says" "$(last_start clock)" "$(kept)"
	tap_like "and so does status" "$(filterctl status)" "clock +(synchronised|not synchronised);"
	limits ProtectClock=yes
	tap_is "where the kernel may not be asked, that is unknown" "$(last_start clock)" unknown
	tap_like "which needs attention" "$(filterctl status; echo "exit $?")" "needs attention:.*the kernel does not say whether the clock is kept right.*exit 1$"
	limits
	tap_is "the unit as it was: it is known again" "$(last_start clock)" "$(kept)"
}

# The command that the package named when it was installed.
enforces() {
	local commands

	commands=$(sed -n 's/^  //p' "$LAB_DIR/dpkg")
	tap_is "it has said how to enforce, with one command" "$(grep -c . <<<"$commands")" 1
	bash -e <<<"$commands" | sed 's|^|# |' || true
	lab_wait "the reload" has_reloaded
	tap_is "with it, it blocks" "$(answer "$listed" A "$LAB_DNS4")" NXDOMAIN+15
	tap_is "with a record" "$(daemon_record "$listed" .filterd.type)" block
	# shellcheck disable=SC2016  # the README's
	tap_is "it is that of the README" "$(sed -n '/^```sh gateway=enforce$/,/^```$/p' /src/config/debian/README.md | grep -v '^```')" "$commands"
	by_the_readme observe >/dev/null
	tap_ok "undone, it observes" lab_wait "the reload" answers_with "$listed" NOERROR
	by_the_readme enforce >/dev/null
	tap_ok "done again, it blocks" lab_wait "the reload" answers_with "$listed" NXDOMAIN+15
	tap_is "a page is reset" "$(page "$listed" "$LAB_LISTED4")" reset
}

# A user of its own, whom an older version's files come to, and a file for node_exporter.
owned() {
	tap_is "it runs as its own user and group" "$(stat -c %U:%G "/proc/$(main_pid)")" filterd:filterd
	systemctl stop filterd
	chown -R nobody:nogroup /var/lib/filterd /var/log/filterd
	sed -i 's|^metrics =.*|metrics = /run/filterd/filterd.prom|' "$conf"
	systemctl start filterd
	tap_is "what belonged to nobody is its own" "$(find /var/lib/filterd /var/log/filterd ! -user filterd -o ! -group filterd)" ""
	tap_is "nobody else reads its keys" "$(stat -c %a /var/lib/filterd /var/lib/filterd/audit.key | paste -sd ' ')" "700 600"
	tap_is "and the log goes on" "$(jq -r 'select(.filterd.type == "start").filterd.previous' /var/log/filterd/audit.jsonl | tail -n 1)" clean
	tap_ok "its metrics are where filterd.conf suggests" lab_wait "the file" test -s /run/filterd/filterd.prom
	tap_ok "and node_exporter may read them" setpriv --reuid=65533 --regid=65533 --clear-groups cat /run/filterd/filterd.prom
	tap_is "what a user may not see is not broken" \
		"$(setpriv --reuid=65533 --regid=65533 --clear-groups filterctl doctor --json | jq -r '[.checks[] | select(.health == "broken").check] | join(" ")')" ""
}

# What is fetched from and told to is on this machine, and known to it as others are.
feed_on_this_machine() {
	FEED_WORK=$LAB_DIR/feed FEED_SOURCE=$source FEED_PID='' FEED_PORT=''
	mkdir -p "$FEED_WORK/www" && feed_keys && cat "$FEED_WORK/server.crt" >>/etc/ssl/certs/ca-certificates.crt && feed_serve ''
	cp -r /etc/filterd/policy/kaspersky-us{,.policy} "$FEED_WORK/www/"
	python3 "$source/tests/support/notify_server.py" "$FEED_WORK" "$FEED_WORK/server.crt" "$FEED_WORK/server.key" >/dev/null 2>&1 &
	told_pid=$!
	lab_wait "whom it is told to" test -s "$FEED_WORK/web"
}

# published SERIAL NAME: the policy that the package brought, and one name more.
published() {
	local policy=kaspersky-us.policy

	sed -i "/^serial/d; /^id /a serial = $1" "$FEED_WORK/www/$policy"
	echo "$2" >>"$FEED_WORK/www/kaspersky-us/update.list"
	(cd "$FEED_WORK/www" && sha256sum "$policy" kaspersky-us/*.list >"$policy.sha256" &&
		signify-openbsd -S -s "$FEED_WORK/house.sec" -m "$policy.sha256")
}

# in_drop_in UNIT LINE...: the unit with these besides.
in_drop_in() {
	mkdir -p "/run/systemd/system/$1.d"
	printf '%s\n' "${@:2}" >"/run/systemd/system/$1.d/test.conf"
	systemctl daemon-reload
}

fetched() { grep -q "^serial $1$" /etc/filterd/feed/status; }

# The timer as it is, but for its hour.
feed() {
	tap_is "the feed is off" "$(systemctl is-enabled filterd-update.timer; systemctl is-active filterd-update.timer)" $'disabled\ninactive'
	tap_like "and without a source it says so, should it run" "$(filterd-update 2>&1; echo "status $?")" "from: expected the source of the policy.*status 78"
	sed -i "s|^from =.*|from = https://localhost:$FEED_PORT/|" /etc/filterd/feed.conf
	cp "$FEED_WORK/house.pub" /etc/filterd/
	sed -i 's|^signed-by *=.*|signed-by = house.pub|; s|^files *=.*|files = feed/now/kaspersky-us.policy|' "$conf"
	published 1 first-feed.example.net
	in_drop_in filterd-update.timer '[Timer]' OnActiveSec=1s RandomizedDelaySec=0 AccuracySec=1s
	systemctl enable --now filterd-update.timer 2>/dev/null
	tap_ok "switched on, the timer fetches" lab_wait "serial 1" fetched 1
	# Or it comes again with each restart of the timer.
	rm -r /run/systemd/system/filterd-update.timer.d
	systemctl daemon-reload
	tap_like "the journal has it" "$(journalctl -q -u filterd-update -o cat)" "serial 1 came from https://localhost:[0-9]+/, and is in force"
	tap_is "what came is in force" "$(answer first-feed.example.net A "$LAB_DNS4")" NXDOMAIN+15
	tap_is "and what the package brought, as it is the same" "$(answer "$listed" A "$LAB_DNS4")" NXDOMAIN+15
	published 2 second-feed.example.net
	rm "$FEED_WORK/www/kaspersky-us.policy.sha256.sig"
	tap_ok "an unsigned one fails" not systemctl start filterd-update
	tap_like "and the journal says why" "$(journalctl -q -u filterd-update -o cat)" "refused: it is not signed"
	tap_is "what was in force is" "$(answer second-feed.example.net A "$LAB_DNS4") $(answer first-feed.example.net A "$LAB_DNS4")" "NXDOMAIN NXDOMAIN+15"
	published 3 third-feed.example.net
	tap_ok "a signed one comes again" systemctl start filterd-update
	tap_is "and is in force" "$(answer third-feed.example.net A "$LAB_DNS4")" NXDOMAIN+15
	tap_is "nothing of it can be changed by filterd" \
		"$(setpriv --reuid=filterd --regid=filterd --clear-groups find /etc/filterd/feed/ -writable ! -type l)" ""
}

notifies() {
	local mac

	mac=$(lab_client cat /sys/class/net/eth0/address)
	tap_is "notify is off" "$(systemctl is-enabled filterd-notify; systemctl is-active filterd-notify)" $'disabled\ninactive'
	mkdir -p /usr/local/lib/filterd
	sed "s|https://hooks.example.net/filterd|https://localhost:$(cat "$FEED_WORK/web")/hook|" /usr/share/filterd/notify/webhook \
		>/usr/local/lib/filterd/webhook
	chmod 755 /usr/local/lib/filterd/webhook
	sed -i 's|^run =.*|run = /usr/local/lib/filterd/webhook|' /etc/filterd/notify.conf
	systemctl enable --now filterd-notify 2>/dev/null
	lab_wait "it to look" test -s /var/lib/filterd-notify/place
	answer "$listed" A "$LAB_DNS4" >/dev/null
	tap_ok "switched on, it tells of a device" lab_wait "the message" test -s "$FEED_WORK/told"
	tap_is "which one" "$(jq -r '.body | fromjson | .device' "$FEED_WORK/told")" "$mac"
	tap_is "its user is neither root nor filterd" \
		"$(ps -o user= -p "$(systemctl show -P MainPID filterd-notify)" | grep -cvE '^(root|filterd)$')" 1
}

judged() {
	traffic_judged "$1"
	tap_ok "$1: a decided flow goes on" flow_is_alive
}

goes_on() { journalctl -q -u filterd -o cat | grep -c 'queue 7100: goes on'; }

restarts() {
	local before starts went_on

	before=$(rules)
	went_on=$(goes_on)
	starts=$(daemon_count '.filterd.type == "start"')
	traffic 1 restarted
	systemctl restart filterd
	systemctl restart filterd
	systemctl restart filterd
	judged "three restarts under traffic"
	tap_is "each has its start record" "$(($(daemon_count '.filterd.type == "start"') - starts))" 3
	tap_is "the queue goes on where it was" "$(($(goes_on) - went_on))" 3
	tap_is "the rules are as they were" "$(diff <(echo "$before") <(rules) | head -n 5)" ""
}

killed() {
	local pid before

	pid=$(main_pid)
	before=$(rules)
	traffic 2 killed
	kill -KILL "$pid"
	tap_ok "kill -9: it comes back by itself" lab_wait "filterd" came_back "$pid"
	judged "kill -9 under traffic"
	tap_is "kill -9: the rules are as they were" "$(diff <(echo "$before") <(rules) | head -n 5)" ""
	tap_like "kill -9: the log says so" "$(filterctl audit verify /var/log/filterd 2>&1)" "killed"
}

hangs() {
	local pid

	mkdir -p /run/systemd/system/filterd.service.d
	printf '%s\n' '[Service]' WatchdogSec=10 >/run/systemd/system/filterd.service.d/watchdog.conf
	systemctl daemon-reload
	systemctl restart filterd
	pid=$(main_pid)
	kill -STOP "$pid"
	tap_ok "one that hangs is ended and started anew" lab_wait "filterd" came_back "$pid"
	tap_ok "by the watchdog" grep -q "Watchdog timeout" <(journalctl -q -u filterd -o cat)
	tap_is "and blocks again" "$(answer "$listed" A "$LAB_DNS4")" NXDOMAIN+15
	rm -r /run/systemd/system/filterd.service.d
	systemctl daemon-reload
}

# Whoever mistypes a setting is told, and filtered as before: a reload fails, and a start uses the copy of the last good one.
mistyped() {
	local before

	before=$(rules)
	unseen_before=$(unseen)
	sed -i 's/^mode = enforce/mode = enfroce/' "$conf"
	tap_ok "a wrong configuration: a reload fails" not systemctl reload filterd
	tap_like "and status says which line" "$(filterctl status; echo "exit $?")" "refused at 20.*line [0-9]+: 'mode = enfroce'.*exit 1$"
	tap_ok "a restart uses the copy of the last good one" systemctl restart filterd
	tap_is "it blocks" "$(answer "$listed" A "$LAB_DNS4")" NXDOMAIN+15
	tap_like "and says so" "$(filterctl status; echo "exit $?")" "the copy of the last good one.*exit 1$"
	tap_like "in its start record, too" "$(last_start refused)" "line [0-9]+: 'mode = enfroce'"
	tap_is "the rules are as they were" "$(diff <(echo "$before") <(rules) | head -n 5)" ""
	sed -i 's/^mode = enfroce/mode = enforce/' "$conf"
	tap_ok "mended, a reload is good" systemctl reload filterd
	tap_is "and nothing passed unseen" "$(unseen)" "$unseen_before"
}

# As after a boot: neither rules nor filterd, and both read the mistake.
mistyped_from_the_start() {
	systemctl stop filterd
	lab_wait "the rules to go" no_rules
	sed -i 's/^mode = enforce/mode = enfroce/' "$conf"
	tap_ok "a wrong configuration from the start: it starts by the copy" systemctl start filterd
	tap_ok "with rules" lab_wait "both" answers_with "$listed" NXDOMAIN+15
	systemctl stop filterd
	lab_wait "the rules to go" no_rules
	mv /var/lib/filterd/last-good /var/lib/filterd/away
	tap_ok "where there is no copy it does not start" not systemctl start filterd
	lab_wait "a second try" tries_again
	sed -i 's/^mode = enfroce/mode = enforce/' "$conf"
	tap_ok "mended, rules and filterd come by themselves" lab_wait "both" answers_with "$listed" NXDOMAIN+15
	tap_ok "and the copy with them" test -s /var/lib/filterd/last-good
	# The rules are made once more meanwhile; who empties them afterwards finds them empty.
	tap_ok "and the uplinks are known" lab_wait "the uplinks" systemctl --quiet is-active filterd-uplinks
}

not() {
	! "$@"
}

tries_again() {
	[ "$(systemctl show -P NRestarts filterd)" -ge 2 ]
}

# Debian's own loader of rules empties the kernel's first; the lab's firewall is among those that it loads.
flushed() {
	printf '%s\n' 'flush ruleset' "define lan = $LAB_LAN" "define wan = $LAB_WAN" "include \"$LAB_SOURCE/lab.nft\"" >/etc/nftables.conf
	systemctl start nftables
	tap_ok "rules emptied by another: filterd says so" lab_wait "the complaint" says_missing
	tap_is "and nothing is filtered" "$(answer "$listed" A "$LAB_DNS4")" NOERROR
	systemctl reload filterd-rules
	tap_is "until they are put back" "$(answer "$listed" A "$LAB_DNS4")" NXDOMAIN+15
	systemctl reload nftables
	tap_ok "after a reload they are by themselves" lab_wait "the rules" answers_with "$listed" NXDOMAIN+15
	systemctl stop nftables
	lab_firewall gateway "$LAB_LAN" "$LAB_WAN"
	systemctl reload filterd-rules
}

says_missing() {
	journalctl -q -u filterd -o cat | grep -q "no rules in the kernel"
}

# All that people have set, and what was fetched.
settings() {
	find /etc/filterd -type f ! -name filterd.conf -exec sha256sum {} + | sort
	readlink /etc/filterd/feed/now
	grep -v '^protect' "$conf"
	systemctl is-enabled filterd-update.timer filterd-notify
	systemctl is-active filterd-update.timer filterd-notify
}

# has_other_pid SERVICE PID
has_other_pid() {
	local pid

	pid=$(systemctl show -P MainPID "$1")
	[ "$pid" != 0 ] && [ "$pid" != "$2" ]
}

upgraded() {
	local pid before notify_pid

	pid=$(main_pid)
	before=$(settings)
	notify_pid=$(systemctl show -P MainPID filterd-notify)
	traffic 1 upgraded
	dpkg -i "$job/new.deb" >"$LAB_DIR/dpkg" 2>&1
	tap_case $? "it is upgraded"
	tap_ok "and runs as a new process" came_back "$pid"
	judged "an upgrade under traffic"
	tap_ok "the rules are those that the new version makes" grep -q -e "-i lan0 -j filterd-queue" <(iptables-save -t mangle)
	tap_is "the configuration is as it was, and what was on is on" "$(diff <(echo "$before") <(settings))" ""
	[ "$notify_pid" = 0 ] || tap_ok "notify runs as a new process" lab_wait "it" has_other_pid filterd-notify "$notify_pid"
}

stopped() {
	by_the_readme stop
	tap_ok "stopped: no rule is left" lab_wait "the rules to go" no_rules
	tap_is "stopped: everything passes" "$(answer "$listed" A "$LAB_DNS4")" NOERROR
	by_the_readme start
	tap_is "started: it blocks" "$(answer "$listed" A "$LAB_DNS4")" NXDOMAIN+15
}

lab_up || tap_bail "the lab did not come up"
dpkg -i "$job/old.deb" >"$LAB_DIR/dpkg" 2>&1
installed $?
sed 's/^/# /' "$LAB_DIR/dpkg" >&2
units
# The clock is the machine's own.
# shellcheck disable=SC2046  # a word, or none
observes $([ "$(kept)" = synced ] || echo clock) mode
enforces
owned
clock
if tap_can "feed and notify" signify-openbsd curl openssl python3; then
	feed_on_this_machine
	feed
	notifies
fi
flow_begin
restarts
killed
hangs
mistyped
mistyped_from_the_start
flushed
upgraded
stopped
flow_end
[ -z "$told_pid" ] || kill "$told_pid"
feed_end
rm -f /etc/filterd/house.pub
purged /etc /lib/systemd /run /usr/lib /usr/share /var
journalctl -q -o short-precise -u 'filterd*' >"$job/journal"
tap_done
