#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The scripts of the OpenWrt package, in the shell of a router, over stand-ins for what OpenWrt has: tests/support/openwrt.
# The daemon that checks the configuration they make is the real one.
set -u

build=$(realpath "${1:?which build folder? try: $0 build}")
here=$(cd "$(dirname "$0")" && pwd)
package=$here/../../config/openwrt/filterd
stubs=$here/../support/openwrt
# shellcheck source=tests/support/tap.sh
. "$here/../support/tap.sh"

tap_need busybox
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
conf=$root/var/etc/filterd.conf
export IPKG_INSTROOT=$root CALLS=$root/calls RUNNING=$root/running UCI=$root/uci

# A router's files, with the policy where the configuration says; commands that say what they were asked.
set_up() {
	mkdir -p "$root"/{lib,etc/config,usr/share/filterd,bin}
	cp "$stubs/functions.sh" "$root/lib/"
	cp "$package"/files/{write-conf,firewall,undo} "$root/usr/share/filterd/"
	sed "s|/etc/filterd/policy|$here/../../config/policy|" "$package/files/filterd.config" >"$root/etc/config/filterd"
	cp "$root/etc/config/filterd" "$root/shipped"
	cp "$stubs/uci" "$root/bin/"
	ln -s "$build/filterd/filterd" "$root/bin/filterd"
	cat >"$root/bin/filterctl" <<-'END'
		#!/bin/sh
		echo "filterctl $*" >>"$CALLS"
	END
	cat >"$root/bin/nft" <<-'END'
		#!/bin/sh
		[ -e "$RUNNING" ]
	END
	mkdir -p "$root/etc/init.d"
	cat >"$root/etc/init.d/firewall" <<-'END'
		#!/bin/sh
		echo "firewall $1" >>"$CALLS"
	END
	chmod +x "$root"/bin/* "$root/etc/init.d/firewall"
	PATH=$root/bin:$PATH
	: >"$UCI"
}

# run ACTION: of the init script, as /etc/rc.common would; what it asked for meanwhile.
run() {
	: >"$CALLS"
	busybox ash "$stubs/rc.common" "$package/files/filterd.init" "$1" >/dev/null 2>"$root/said"
	echo "$? $(sed "s|$root||" "$CALLS" | tr '\n' ';')"
}

made() { busybox ash "$root/usr/share/filterd/write-conf"; }

# What stands in a section, without the order of sections mattering.
in_section() { made | awk -v head="[$1]" '$0 == head { on = 1; next } /^\[/ { on = 0 } on && NF' | tr '\n' ';'; }

set_option() {
	sed -i "s|^\(.*option $1 \).*|\1'$2'|" "$root/etc/config/filterd"
}

mapping() {
	tap_is "each option is a setting of its section, with - for _" "$(in_section audit)" \
		"file = /var/log/filterd/audit.jsonl;flush-to = /etc/filterd/log;flush-every = 900;segment = 1;total = 3;heartbeat = 300;keys = /etc/filterd/keys;repeats = 512;repeats-file = /var/run/filterd/repeats;"
	printf "\tlist protect 'br-lan'\n\tlist protect 'br-guest'\n" | sed -i -e "/option protect/r /dev/stdin" -e "/option protect/d" "$root/etc/config/filterd"
	tap_is "the values of a list stand on one line" "$(in_section queue)" \
		"protect = br-lan br-guest;length = 512;buffer = 512;"
	tap_is "what is for the init script stands in no section" "$(made | grep -c enabled)" 0
	made >"$root/made.conf"
	tap_ok "filterd finds it good" filterd -c "$root/made.conf" --check
	printf "config block\n\toption dns_text 'a\nb'\n" >>"$root/etc/config/filterd"
	tap_is "a line break in a value makes no second line" "$(in_section block)" "dns-text = a b;"
	printf "config dhcp\n\toption leases '1'\n" >>"$root/etc/config/filterd"
	made >"$root/made.conf"
	tap_like "a section that filterd does not know is refused, by name" "$(filterd -c "$root/made.conf" --check 2>&1)" \
		"there is no section \[dhcp\]"
	cp "$root/shipped" "$root/etc/config/filterd"
}

init() {
	local instance="procd_open_instance ;procd_set_param command /usr/sbin/filterd -c /var/etc/filterd.conf;procd_set_param respawn 3600 5 0;procd_set_param term_timeout 10;procd_set_param stderr 1;procd_close_instance;"

	tap_is "start installs the rules, then has procd start filterd" "$(run start)" \
		"0 filterctl rules install -c /var/etc/filterd.conf;$instance"
	tap_ok "its configuration is good" filterd -c "$conf" --check
	set_option mode enforce
	tap_is "reload renews the rules and sends SIGHUP" "$(run reload)" \
		"0 filterctl rules install -c /var/etc/filterd.conf;procd_send_signal filterd;"
	tap_ok "with the new setting" grep -qx 'mode = enforce' "$conf"
	set_option mode enforcing
	tap_is "a wrong setting changes nothing" "$(run reload)" "1 "
	tap_ok "and the configuration before stays" grep -qx 'mode = enforce' "$conf"
	tap_like "and it is said which" "$(cat "$root/said")" "mode = enforcing.*expected enforce or observe"
	set_option mode enforce
	tap_is "restart keeps the rules: what passes meanwhile is counted" "$(run restart)" \
		"0 procd_kill;filterctl rules install -c /var/etc/filterd.conf;$instance"
	tap_is "so does an upgrade" "$(PKG_UPGRADE=1 run stop)" "0 procd_kill;"
	run start >/dev/null
	tap_is "stop takes them out first" "$(run stop)" "0 filterctl rules remove -c /var/etc/filterd.conf;procd_kill;"
	set_option enabled 0
	tap_is "enabled = 0: start starts nothing" "$(run start)" "1 "
	set_option enabled 1
	run start >/dev/null
	set_option enabled 0
	tap_is "and reload stops what runs" "$(run reload)" "0 filterctl rules remove -c /var/etc/filterd.conf;procd_kill;"
	tap_is "a change of /etc/config/filterd is a reload" "$(run service_triggers)" "0 procd_add_reload_trigger filterd;"
	set_option enabled 1
}

reload_of_firewall() {
	: >"$CALLS"
	rm -f "$RUNNING"
	busybox ash "$root/usr/share/filterd/firewall"
	tap_is "the firewall's reload installs nothing where no rules were" "$(cat "$CALLS")" ""
	run start >/dev/null
	: >"$CALLS"
	busybox ash "$root/usr/share/filterd/firewall"
	tap_is "where there were it renews them" "$(sed "s|$root||" "$CALLS")" "filterctl rules install -c /var/etc/filterd.conf"
}

a_router() {
	printf '%s\n' network.lan.device=br-lan network.lan.proto=static network.wan.device=eth1 "network.wan.proto=$1" \
		"firewall.@defaults[0].flow_offloading=$2" filterd.main=filterd >"$UCI"
	sort "$UCI" >"$root/before"
	busybox ash "$package/files/filterd.defaults"
}

# Its lines, in any order.
# shellcheck disable=SC2317  # tap_ok calls it
is_as_before() { sort "$UCI" | diff "$root/before" -; }

installed_and_removed() {
	rm -f "$RUNNING"
	: >"$CALLS"
	a_router dhcp 0
	tap_is "one that does not is not started" "$(cat "$CALLS")" ""
	tap_is "installed: fw4 calls us" "$(uci get firewall.filterd.path) $(uci get firewall.filterd.fw4_compatible)" \
		"/usr/share/filterd/firewall 1"
	tap_ok "that path is in the package" test -x "$package/files/firewall"
	busybox ash "$package/files/undo"
	tap_ok "removed: the configuration is as before" is_as_before
	: >"$RUNNING"
	: >"$CALLS"
	a_router pppoe 1
	tap_is "a firewall that runs is told" "$(cat "$CALLS")" "firewall reload"
	tap_is "the firewall's offloading stays as it is" "$(uci get 'firewall.@defaults[0].flow_offloading')" 1
	busybox ash "$package/files/undo"
	tap_ok "removed: the same" is_as_before
}

# The package's own recipe, over a few words of OpenWrt's make files.
makefile() {
	local version

	mkdir -p "$root/top/include" "$root/built/usr/sbin" "$root/tree"
	cat >"$root/top/rules.mk" <<-'END'
		INCLUDE_DIR:=$(TOPDIR)/include
		INSTALL_DIR:=install -d
		INSTALL_BIN:=install -m755
		INSTALL_DATA:=install -m644
		INSTALL_CONF:=install -m600
		CP:=cp -fpR
	END
	cat >"$root/top/include/package.mk" <<-'END'
		define BuildPackage
		$(eval $(Package/$(1)))
		prepare: ; $(Build/Prepare)
		install: ; $(call Package/$(1)/install,$(TO))
		version: ; @echo $(PKG_VERSION)
		endef
	END
	: >"$root/top/include/meson.mk"
	cp "$build"/filterd/filter{d,ctl} "$root/built/usr/sbin/"
	# shellcheck disable=SC2317  # tap_ok calls it
	recipe() { make -s -C "$package" TOPDIR="$root/top" PKG_BUILD_DIR="$root/tree" PKG_INSTALL_DIR="$root/built" TO="$root/image" "$1"; }
	tap_ok "the sources are taken from the tree" recipe prepare
	tap_ok "the package is put together" recipe install
	version=$(sed -n "s/.*version: '\(.*\)',$/\1/p" "$here/../../meson.build" | head -n 1)
	tap_is "its version is that of the project" "$(recipe version)" "$version"
	tap_ok "each path that the scripts name is in it" test -x "$root/image/usr/share/filterd/write-conf" -a \
		-x "$root/image/usr/share/filterd/firewall" -a -x "$root/image/usr/share/filterd/undo" -a \
		-x "$root/image/etc/init.d/filterd" -a -e "$root/image/etc/filterd/policy/kaspersky-us.policy"
}

scripts() {
	local script

	for script in "$package"/files/{filterd.init,filterd.defaults,write-conf,firewall,undo}; do
		tap_ok "${script##*/} is a script that a router's shell can read" busybox ash -n "$script"
	done
}

set_up
scripts
mapping
init
reload_of_firewall
installed_and_removed
makefile
tap_done
