#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The OpenWrt package without a router: what it makes of /etc/config/filterd, what it refuses, and how it is built. Over stand-ins
# for OpenWrt's programs, which do as the real ones where it matters: tests/support/openwrt.
#
#   tests/replay/openwrt.sh BUILD           its scripts
#   tests/replay/openwrt.sh BUILD --feed    the feed that scripts/package makes, and what is built from it
# shellcheck disable=SC2317  # tap_ok calls what it is given
set -u

build=$(realpath "${1:?which build folder? try: $0 build}")
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/support/tap.sh
. "$here/../support/tap.sh"
# shellcheck source=tests/support/openwrt/router.sh
. "$here/../support/openwrt/router.sh"
DAEMON_BUILD=$build

tap_need busybox make
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
router_at "$root"
config=$root/etc/config/filterd
router_base
router_image "$root/image" || tap_bail "the package could not be put together"
router_take "$root/image"
package=$here/../../config/openwrt/filterd

made() { busybox ash "$root/usr/share/filterd/write-conf" 2>&1; }
refused() { made >"$root/said" && echo good; grep -v '^#\|^$\|^\[\| = \|^	' "$root/said" | sed "s|$root||"; }
in_section() { made | awk -v head="[$1]" '$0 == head { on = 1; next } /^\[/ { on = 0 } on && NF' | sed "s|$root||g" | tr '\n\t' '; '; }
# given LINE...: as all of the file.
given() { printf '%s\n' "$@" >"$config"; }
# 1: the router's interfaces are not here.
checked() { made >"$root/etc/filterd/filterd.conf" && { filterd -c "$root/etc/filterd/filterd.conf" --check || [ $? = 1 ]; }; }

scripts() {
	local script

	for script in "$package"/files/{filterd.init,filterd-notify.init,filterd.defaults,write-conf,firewall,feed-cron,undo} \
		"$package"/../luci-app-filterd/root/usr/libexec/filterd-board; do
		tap_ok "${script##*/} is a script that a router's shell can read" busybox ash -n "$script"
	done
}

mapping() {
	tap_is "each option is a setting of its section, with - for _" "$(in_section audit)" \
		"file = /var/log/filterd/audit.jsonl;flush-to = /etc/filterd/log;flush-every = 900;segment = 1;total = 3;heartbeat = 300;keys = /etc/filterd/keys;repeats = 512;repeats-file = /var/run/filterd/repeats;"
	tap_is "a network is protected by its device" "$(in_section queue)" "protect = br-lan;length = 512;buffer = 512;source-rate = 1000;"
	tap_ok "filterd finds it good" checked
	given "config queue" "	option network 'lan guest'" "	list protect 'eth0.7'"
	tap_is "networks and devices stand side by side" "$(in_section queue)" "protect = br-lan; br-guest; eth0.7;length = 512;buffer = 512;source-rate = 1000;"
	given "config queue" "	list network 'wan'"
	tap_is "one that dials has the device that it will have" "$(in_section queue)" "protect = pppoe-wan;length = 512;buffer = 512;source-rate = 1000;"
	given "config queue" "	option protect 'auto'"
	tap_is "who names devices has no network of ours" "$(in_section queue)" "protect = auto;length = 512;buffer = 512;source-rate = 1000;"
	given
	tap_ok "of an empty file" checked
	tap_is "all is as it was shipped: keys, log and policy are where they were" "$(made | grep -v '^#')" \
		"$(cp "$root/shipped/etc/config/filterd" "$config" && made | grep -v '^#')"
	given "config inspect" "	option ech_names 'none'" "config block" "	option dns_text 'a" "b'"
	tap_is "nothing is the word none" "$(in_section inspect)" "ech-names = none;"
	tap_is "a line break in a value makes no second line" "$(in_section block)" "dns-text = a b;"
	given "config daemon" "	option pause_most '0'"
	tap_ok "filterctl pause is for the router's owner to allow" checked
	tap_like "or not" "$("$build/filterd/filterctl" settings --sorted -c "$root/etc/filterd/filterd.conf")" "daemon.pause-most = 0"
	given "config daemon" "	option pause_most '1441'"
	tap_like "and no longer than a day" "$(checked 2>&1)" "pause-most = 1441.*expected a number from 0 to 1440"
	given "config queue" $'\t'"list protect '"eth{10..90}"'"
	tap_ok "a list may be longer than a line" checked
	given "config queue" "	option protect '$(echo eth{10..90})'"
	tap_ok "a long option too" checked
}

mistakes() {
	given "config policy" "	option mode 'observe" "" "config queue" "	option length '512'"
	tap_like "a quote that never ends is an error, by line" "$(refused)" "^/etc/config/filterd: .*unterminated.* at line 5,"
	given "config queue" "	option on-failure 'closed'"
	tap_like "so is a dash in a name" "$(refused)" "^/etc/config/filterd: .*at line 2,"
	given "config filterd" "	option mode 'enforce'"
	tap_like "and a setting among those of the service" "$(refused)" "filterd.mode: expected only enabled there"
	given "config queue" "	list network 'gest'"
	tap_like "and a network that is not there" "$(refused)" "queue.network: there is no network 'gest' in /etc/config/network"
	given "config block" "	option dns_text 'blocked ; ask'"
	tap_like "and what filterd.conf takes for a comment" "$(refused)" "block.dns_text: .*expected no semicolon"
	rm "$config"
	tap_like "and no file" "$(refused)" "^/etc/config/filterd: Entry not found"
	given "config dhcp" "	option leases '1'"
	made >"$root/made.conf"
	tap_like "a section that filterd does not know is refused, by name" "$(filterd -c "$root/made.conf" --check 2>&1)" \
		"there is no section \[dhcp\]"
	given "config queue" "	option mode 'observe'"
	made >"$root/made.conf"
	tap_like "and a setting of another section" "$(filterd -c "$root/made.conf" --check 2>&1)" "there is no setting 'mode' in \[queue\]"
	cp "$root/shipped/etc/config/filterd" "$config"
}

installed_and_removed() {
	local before

	before=$(cat "$UCI_FOLDER/firewall")
	busybox ash "$package/files/filterd.defaults" 2>/dev/null
	tap_is "installed: fw4 calls us" "$(uci get firewall.filterd.path) $(uci get firewall.filterd.fw4_compatible)" \
		"/usr/share/filterd/firewall 1"
	tap_ok "that path is in the package" test -x "$root/usr/share/filterd/firewall"
	busybox ash "$package/files/undo"
	tap_is "removed: the configuration is as before" "$(sed '/^$/d' "$UCI_FOLDER/firewall")" "$before"
}

# service filterd reload, as far as the configuration goes; what it is called with is in $root/called.
stand_in_for_service() {
	cat >"$root/bin/service" <<-END
		#!/bin/sh
		echo "\$* \$FILTERD_REASON" >>"$root/called"
		busybox ash "$root/usr/share/filterd/write-conf" >"$root/new.conf" && "$build/filterd/filterctl" settings -c "$root/new.conf" >/dev/null &&
			mv "$root/new.conf" "$root/etc/filterd/filterd.conf"
	END
	chmod +x "$root/bin/service"
}

mode() { SUDO_USER=jb "$build/filterd/filterctl" mode "$@" -c "$root/etc/filterd/filterd.conf" 2>&1; echo "status $?"; }

modes() {
	local before

	stand_in_for_service
	service filterd reload
	: >"$root/called"
	before=$(uci export filterd | grep -v mode)
	tap_like "filterctl mode says how it is set" "$(mode)" "^observe.*status 0"
	tap_like "to block is an option of /etc/config/filterd, and the service takes it" "$(mode enforce "two weeks are over")" "^enforce.*status 0"
	tap_is "by uci" "$(uci get filterd.policy.mode) $(grep '^mode' "$root/etc/filterd/filterd.conf")" "enforce mode = enforce"
	tap_is "with a reason for the record" "$(cat "$root/called")" "filterd reload mode = enforce by jb: two weeks are over"
	tap_is "and all other options as they were" "$(uci export filterd | grep -v mode)" "$before"
	uci set filterd.queue.workers=many
	tap_like "one that cannot be loaded is put back" "$(mode observe)" "service filterd reload: .*workers = many.*status 1"
	tap_is "in uci, too" "$(uci get filterd.policy.mode) $(grep '^mode' "$root/etc/filterd/filterd.conf")" "enforce mode = enforce"
	uci delete filterd.queue.workers
	given "config queue" "	list network 'lan'"
	tap_like "without a section there is one then" "$(mode enforce)" "^enforce.*status 0"
	tap_is "for the policy" "$(uci get filterd.@policy[0].mode)" enforce
	given "config policy" "	option watch '5'" "config queue" "	option workers 'many'"
	tap_like "what was not there" "$(mode enforce)" "status 1"
	tap_is "is not there again" "$(uci -q get filterd.@policy[0].mode)" ""
	printf '#!/bin/sh\nexit 0\n' >"$root/bin/service"
	given "config policy" "	option mode 'enforce'"
	tap_like "one that is switched off will have it when it is on" "$(mode observe)" "is filterd enabled in /etc/config/filterd.*status 69"
	tap_is "as uci says" "$(uci get filterd.@policy[0].mode)" observe
	rm "$root/bin/service"
	cp "$root/shipped/etc/config/filterd" "$config"
}

files() {
	tap_is "a backup keeps what was changed of the configuration and of each list, and the waivers" "$(router_recipe conffiles - - | sort)" \
		"$( (echo /etc/config/filterd; echo /etc/filterd/feed.conf; echo /etc/filterd/notify.conf; echo /etc/filterd/policy/waivers.policy; cd "$package/../.." && find policy -type f | sed 's|^|/etc/filterd/|') | sort)"
	tap_ok "and nothing else" test ! -e "$root/image/lib/upgrade"
	tap_is "words about the settings stay, whatever uci does" "$(grep -c '^	# ' "$root/usr/share/filterd/config/filterd")" 7
}

# cron_line: ours, without when.
cron_line() { sed -n 's/^[0-9]* [0-3] \* \* \* \(.*filterd-update\)/\1/p' "$root/etc/crontabs/root" 2>/dev/null; }
feed_from() { sed "s|^from =.*|from = $1|" "$root/shipped/etc/filterd/feed.conf" >"$root/etc/filterd/feed.conf"; }

cron() {
	local conf=$root/etc/filterd/feed.conf feed_cron=$root/usr/share/filterd/feed-cron crontab=$root/etc/crontabs/root before
	local line="[ ! -x /usr/sbin/filterd-update ] || /usr/sbin/filterd-update # by feed.conf"

	printf '%s\n' '#!/bin/sh' "echo \"cron \$1\" >>'$root/cron'" >"$root/etc/init.d/cron"
	chmod +x "$root/etc/init.d/cron"
	busybox ash "$feed_cron"
	tap_is "no feed as it is shipped: cron is left alone" "$(cron_line)$(cat "$root/cron" 2>/dev/null)" ""
	feed_from "https://example.net/policy/"
	# Switched off, and without a configuration, it touches no kernel.
	given "config filterd" "	option enabled '0'"
	rm -f "$root/etc/filterd/filterd.conf"
	"$root/etc/init.d/filterd" start >/dev/null 2>&1
	cp "$root/shipped/etc/config/filterd" "$config"
	tap_is "a start with a feed has cron fetch it, between midnight and four" "$(cron_line)" "$line"
	tap_is "and cron knows" "$(cat "$root/cron")" $'cron enabled\ncron restart'
	before=$(cat "$crontab")
	busybox ash "$feed_cron"
	tap_is "once is enough" "$(cat "$crontab")" "$before"
	printf '%s' "0 1 * * * reboot" >"$crontab"
	busybox ash "$feed_cron"
	tap_is "it is a line of its own" "$(sed -n 1p "$crontab")|$(cron_line)" "0 1 * * * reboot|$line"
	feed_from ""
	busybox ash "$feed_cron"
	tap_is "no feed any more, and its line is gone" "$(cat "$crontab")" "0 1 * * * reboot"
	echo "@daily filterd-update -c /etc/filterd/other.conf" >"$crontab"
	feed_from /media/policy
	busybox ash "$feed_cron"
	tap_is "a line of the owner's own is enough" "$(cat "$crontab")" "@daily filterd-update -c /etc/filterd/other.conf"
	busybox ash "$package/files/undo" 2>/dev/null
	tap_is "and stays when the package goes" "$(cat "$crontab")" "@daily filterd-update -c /etc/filterd/other.conf"
	echo "# filterd-update" >"$crontab"
	busybox ash "$feed_cron"
	tap_is "a comment is no line" "$(cron_line)" "$line"
	busybox ash "$package/files/undo" 2>/dev/null
	tap_is "ours goes with the package" "$(cat "$crontab")" "# filterd-update"
	rm -f "$root/etc/init.d/cron" "$crontab"
	cp "$root/shipped/etc/filterd/feed.conf" "$conf"
}

# What the package of the page puts where; what it may do is for luci_rights.py to say.
luci() {
	local version page view=/www/luci-static/resources/view/filterd/board.js

	ROUTER_FEED=$package/../luci-app-filterd
	version=$(value PKG_VERSION)-$(value PKG_RELEASE)
	page=/www/luci-static/resources/filterd/$version
	router_recipe install - "$root/luci"
	unset ROUTER_FEED
	tap_is "LuCI finds menu, rights and view" "$(cd "$root/luci" && find . -type f ! -path ".$page/*" | sort | tr '\n' ' ')" \
		"./usr/libexec/filterd-board ./usr/share/luci/menu.d/luci-app-filterd.json ./usr/share/rpcd/acl.d/luci-app-filterd.json .$view "
	tap_is "and the page as it is, but for Cockpit's part" "$(LC_ALL=C ls "$root/luci$page")" \
		"$(cd "$package/../../board" && find . -name '*.html' -o -name '*.css' -o -name '*.js' ! -name door_cockpit.js | sed 's|^./||' | LC_ALL=C sort)"
	tap_like "in a folder that the view knows" "$(cat "$root/luci$view")" "resource\(\"filterd/$version/board.html\"\)"
}

# value NAME: of the Makefile.
value() { VALUE=$1 router_recipe value - -; }

# From the feed's own archive, where pkg-config knows no other library than the package declares.
feed() {
	local feed module

	feed=$("$here/../../scripts/package" openwrt "$root/feed") || tap_bail "the feed could not be made"
	ROUTER_FEED=$feed/filterd
	tap_ok "the feed has the archive that its Makefile names" test -e "$feed/$(value PKG_SOURCE)"
	tap_is "with its hash" "$(sha256sum <"$feed/$(value PKG_SOURCE)")" "$(value PKG_HASH)  -"
	tap_is "where the Makefile looks for it" "$(value PKG_SOURCE_URL)" "file://$feed"
	tar -x -C "$root" -f "$feed/$(value PKG_SOURCE)"
	tap_ok "in a folder of the name that OpenWrt expects" test -e "$root/filterd-$(value PKG_VERSION)/meson.build"
	for module in libmnl libnetfilter_queue libnfnetlink inih libcap-ng libseccomp libsodium; do
		pkg-config --exists "$module" || { tap_skip "it builds" "$module is missing; run as root: scripts/install unit"; return; }
		mkdir -p "$root/pc" && cp "$(pkg-config --variable=pcfiledir "$module")/$module.pc" "$root/pc/"
	done
	# shellcheck disable=SC2046  # words
	tap_ok "it is configured with the libraries that it declares" env PKG_CONFIG_LIBDIR="$root/pc" PKG_CONFIG_PATH= meson setup "$root/compiled" \
		"$root/filterd-$(value PKG_VERSION)" --prefix=/usr $(value MESON_ARGS) -Db_lto=false
	tap_ok "and built" ninja -C "$root/compiled"
	tap_like "the program runs" "$("$root/compiled/filterd/filterd" --version)" "^filterd $(value PKG_VERSION)"
	ROUTER_FEED=$feed/luci-app-filterd
	tap_is "the page in LuCI is made from the same archive" "$(value PKG_SOURCE)" "filterd-$(value PKG_VERSION)-$(value PKG_HASH).tar.xz"
	tap_ok "which is there, with the page" test -e "$feed/$(value PKG_SOURCE)" -a -e "$root/filterd-$(value PKG_VERSION)/config/board/door_luci.js"
	tap_is "it is one package for all processors" "$(value PKGARCH)" all
	unset ROUTER_FEED
}

if [ "${2:-}" = --feed ]; then
	feed
else
	scripts
	mapping
	mistakes
	installed_and_removed
	modes
	files
	cron
	luci
fi
tap_done
