#!/bin/bash
# SPDX-License-Identifier: MIT
#
# Runs the EXAMPLES of each manual page as they stand there: commands behind "$ " and "# " in a folder that has all that they name, and
# blocks as what the text says they are. Those behind "client$ " and "gateway# " need a network: tests/system/probe.sh.
#
#   tests/replay/examples.sh BUILD         TAP
set -u

build=$(realpath "${1:?which build folder? try: $0 build}")
here=$(cd "$(dirname "$0")" && pwd)
source=$(realpath "$here/../..")
# shellcheck source=tests/support/tap.sh
. "$here/../support/tap.sh"

tap_need jq busybox
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit

# What they name: a configuration, a log that ends today with its key, notes and devices, and logs of many gateways with theirs.
mkdir -p etc/filterd etc/filterd/feed bin lib srv/reports state
cp -r "$source/config/filterd.conf" "$source/config/policy" etc/filterd/
sed -i "s|^file = .*|file = $work/log/audit.jsonl|; s|^keys = .*|keys = $work/secret|; s|^control = .*|control = $work/control|" etc/filterd/filterd.conf
sed "s|^filterd *=.*||; s|^into *=.*||" "$source/config/feed/feed.conf" >etc/filterd/feed.conf
printf 'into = %s/etc/filterd/feed\nfilterd = %s/etc/filterd/filterd.conf\n' "$work" "$work" >>etc/filterd/feed.conf
"$build/tests/make_log" --folder made --from "$(date -ud '40 days ago' +%FT00:00:00Z)" --days 41 --heartbeat 3600 --attempts-per-day 40 2>said ||
	tap_bail "make_log failed: $(cat said)"
"$build/tests/make_fleet" --folder fleet --gateways 2 --days 3 >said 2>&1 || tap_bail "make_fleet failed: $(cat said)"
mv made/log made/anchors .
mv made/keys secret
cp -r log gw1
cp secret/audit.vkey gw1.vkey
mv anchors syslog
mv fleet/logs srv/filterd
mv fleet/keys .
cp "$here"/T01_*.pcap office.pcapng

# filterctl and filterd, with the configuration that is here; mail that is kept.
cat >bin/filterctl <<END
#!/bin/sh
verb=\$1
shift
case \$verb in audit) verb="audit \$1"; shift ;; esac
exec "$build/filterd/filterctl" \$verb -c "$work/etc/filterd/filterd.conf" "\$@"
END
cat >bin/filterd <<END
#!/bin/sh
exec "$build/filterd/filterd" -c "$work/etc/filterd/filterd.conf" "\$@"
END
printf '#!/bin/sh\ncat >"%s/mail"\n' "$work" >bin/mail
for program in update notify; do
	printf '#!/bin/sh\nexec busybox ash "%s" -c "%s/etc/filterd/%s.conf" "$@"\n' "$(echo "$source"/config/*/filterd-$program)" "$work" \
		"${program/update/feed}" >bin/filterd-$program
done
chmod +x bin/*
export PATH=$work/bin:$PATH LC_ALL=C.UTF-8

# here TEXT: with the folders of this test.
here() { sed "s#/etc/filterd#$work/etc/filterd#g; s#/var/log/filterd#$work/log#g; s#/srv/#$work/srv/#g; s#/var/lib/filterd-notify#$work/state#g; s#/usr/local/lib/filterd#$work/lib#g"; }

# read_page PAGE: its commands in ./commands, those that need a network in ./live, its blocks in ./block.N.
read_page() {
	rm -f block.* commands live
	awk '
		/^\.Sh /   { inside = /EXAMPLES/ }
		/^\.Ed/    { literal = 0 }
		inside && literal { print > ("block." number) }
		/^\.Bd/    { literal = inside; number += inside }
		inside && /^\.Dl [$#] / { print substr($0, 7) > "commands" }
		inside && /^\.Dl [a-z]+[$#] / { sub("^[.]Dl [a-z]+[$#] ", ""); print > "live" }
	' "$source/$1"
	touch commands live
	for file in commands live block.*; do
		[ ! -e "$file" ] || sed -i 's/\\-/-/g; s/\\(aq/'"'"'/g; s/\\(dq/"/g; s/\\&//g; s/\\e/\\/g' "$file"
	done
}

# page PAGE COMMANDS BLOCKS: so many of both; each command ends with 0, or with 1, which is "there are gaps" and the like.
page() {
	local command status

	read_page "$1"
	tap_is "$1: its commands and blocks" "$(wc -l <commands) $(find . -maxdepth 1 -name 'block.*' | wc -l)" "$2 $3"
	while IFS= read -r command; do
		tap_can "$1: $command" "${command%% *}" || continue
		here <<<"$command" >command.sh
		status=0
		bash -o pipefail ./command.sh >out 2>err </dev/null || status=$?
		tap_case $((status > 1)) "$1: $command"
		[ "$status" -le 1 ] || sed 's/^/# /' err
	done <commands
}

page filterd/filterd.8 3 0
page filterd/filterd.conf.5 2 1
printf '[policy]\nfiles = policy/kaspersky-us.policy\n' >empty.conf
cp block.1 etc/filterd/example.conf
tap_is "filterd.conf(5): the configuration is one" \
	"$("$build/filterd/filterctl" settings -c etc/filterd/example.conf | grep -E '^(files|quic-unreadable|protect|on-failure|sensor) ' | paste -sd';')" \
	"files = policy/kaspersky-us.policy policy/encrypted-dns.policy;quic-unreadable = block;on-failure = closed;protect = lan0 br-guest;sensor = gw1"
tap_like "filterd.conf(5): and filterd takes it" "$("$build/filterd/filterd" -c etc/filterd/example.conf --check 2>&1)" "good"

read_page filterd/filterd-policy.5
cp block.1 etc/filterd/house.policy
cp block.2 etc/filterd/games.list
sed "s|^files = .*|files = house.policy|" etc/filterd/filterd.conf >house.conf && mv house.conf etc/filterd/house.conf
sed -i.kept "s|^files = .*|files = house.policy|" etc/filterd/filterd.conf
page filterd/filterd-policy.5 2 2
tap_like "filterd-policy(5): the device passes by its waiver" "$(cat out)" "passes.*waiver"
tap_is "filterd-policy(5): host, all below, pattern" \
	"$(for host in games.example.com a.games.example.com play.example.net a.play.example.net game-7.example.org; do
		filterctl check --at 2027-01-02 $host | sed -n '1s/.*: \([A-Za-z]*\).*/\1/p'
	done | paste -sd' ')" "BLOCKED BLOCKED BLOCKED passes BLOCKED"
mv etc/filterd/filterd.conf.kept etc/filterd/filterd.conf

page filterd/filterd-audit.5 0 2
tap_is "filterd-audit(5): starts, and what was before" "$(here <block.1 | bash 2>&1 | cut -f 2 | sort | uniq -c | awk '{ print $1, $2 }' | paste -sd' ')" \
	"2 clean 1 new 1 unclean"
tap_is "filterd-audit(5): devices and attempts are those of audit devices" "$(here <block.2 | bash | jq -c 'to_entries | map([.key, .value]) | sort')" \
	"$(filterctl audit devices --json log | jq -c '[.devices[] | [.device, .blocked + .observed + .watched]] | sort')"

page filterd/ctl/filterctl.8 4 0
tap_like "filterctl(8): the note is kept" "$(cat log/audit.acks 2>&1)" "3c:52:82:11:22:33.*uninstalled"
tap_is "filterctl(8): two that need a network, a client's and the gateway's" "$(wc -l <live)" 2
tap_is "filterctl(8): options of these are real" "$(grep -o -- ' --[a-z]*' live | sort -u | paste -sd' ')" " --host  --label"
page filterd/ctl/audit/filterctl-audit.8 10 0
tap_like "filterctl-audit(8): what is mailed is a note" "$(cat mail)" "^gw1.example.net/filterd/"

sed -n 's/^\.Dl from = /from = /p' "$source/config/feed/filterd-update.8" >>etc/filterd/feed.conf
page config/feed/filterd-update.8 1 2
tap_is "filterd-update(8): the configuration is one" "$(cat block.1 >etc/filterd/fed.conf; "$build/filterd/filterctl" settings -c etc/filterd/fed.conf |
	grep -E '^(files|signed-by) ' | paste -sd';')" "files = feed/now/kaspersky-us.policy;signed-by = house.pub"

read_page config/notify/filterd-notify.8
here <block.1 >lib/told
chmod +x lib/told
{ here <block.2; printf 'log = %s\nstate = %s\n' "$work/log/audit.jsonl" "$work/state"; } >etc/filterd/notify.conf
filterd-notify --once
jq -c 'select(.event_type == "alert") | .filterd.device = "02:00:00:00:00:01" | .filterd.name = "NEW-1" | .filterd.asked = "yes"' gw1/audit*.jsonl | tail -n 1 >>log/audit.jsonl
page config/notify/filterd-notify.8 1 2
tap_like "filterd-notify(8): a new device is told of" "$(cat state/told 2>&1)" "NEW-1"
tap_done
