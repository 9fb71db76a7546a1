# shellcheck shell=bash disable=SC2016  # make's, and another shell's
# SPDX-License-Identifier: MIT
#
# A router of stand-ins in a folder: what the package puts there, by the package's own recipe, and what OpenWrt has. The scripts find
# it by IPKG_INSTROOT. The caller says where: router_at FOLDER.

ROUTER_SUPPORT=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROUTER_PACKAGE=$(cd "$ROUTER_SUPPORT/../../../config/openwrt/filterd" && pwd)

router_at() {
	ROUTER=$1
	export IPKG_INSTROOT=$1 UCI_FOLDER=$1/etc/config PROCD=$1/procd
	export PATH=$1/bin:$1/usr/sbin:$PATH
}

# router_recipe TARGET FROM TO: of the package's Makefile, over a few words of OpenWrt's; FROM has the programs, TO gets the files.
router_recipe() {
	local top=$ROUTER/top

	mkdir -p "$top/include"
	printf '%s\n' 'INCLUDE_DIR:=$(TOPDIR)/include' 'INSTALL_DIR:=install -d' 'INSTALL_BIN:=install -m755' 'INSTALL_DATA:=install -m644' \
		'INSTALL_CONF:=install -m600' 'CP:=cp -fpR' >"$top/rules.mk"
	cat >"$top/include/package.mk" <<-'END'
		define BuildPackage
		$(eval $(Package/$(1)))
		install: ; $(call Package/$(1)/install,$(TO))
		conffiles: ; @$(foreach file,$(strip $(Package/$(1)/conffiles)),echo $(file);)
		value: ; @echo "$($(VALUE))"
		endef
	END
	: >"$top/include/meson.mk"
	make -s -C "${ROUTER_FEED:-$ROUTER_PACKAGE}" TOPDIR="$top" PKG_BUILD_DIR="$ROUTER_PACKAGE/../../.." PKG_INSTALL_DIR="$2" TO="$3" \
		VALUE="${VALUE:-}" "$1"
}

# router_image FOLDER: the package's files, with the programs of $1/../build, made to be at home in this folder.
router_image() {
	local file

	rm -rf "$1"
	mkdir -p "$ROUTER/built/usr/sbin"
	cp "$DAEMON_BUILD"/filterd/filter{d,ctl} "$ROUTER_PACKAGE"/../../{feed/filterd-update,notify/filterd-notify} "$ROUTER/built/usr/sbin/"
	router_recipe install "$ROUTER/built" "$1" || return
	for file in "$1"/etc/config/filterd "$1"/usr/share/filterd/config/filterd; do
		sed -i "s|'/etc/filterd|'$ROUTER/etc/filterd|; s|'/var/|'$ROUTER/var/|; s|user 'filterd'|user 'nobody'|" "$file"
	done
	sed -i "1s|.*|#!/usr/bin/env -S busybox ash $ROUTER/etc/rc.common|" "$1/etc/init.d/filterd"
}

# OpenWrt's own part of it. What is said by logger is in $ROUTER/syslog.
router_base() {
	mkdir -p "$ROUTER"/{bin,lib/functions,etc/config,etc/init.d,etc/rc.d,tmp,var/run,var/log,procd}
	cp "$ROUTER_SUPPORT"/{uci,procd} "$ROUTER/bin/"
	cp "$ROUTER_SUPPORT/functions.sh" "$ROUTER/lib/"
	cp "$ROUTER_SUPPORT/rc.common" "$ROUTER/etc/"
	printf '%s\n' '#!/bin/sh' 'for last; do :; done' "echo \"\$last\" >>'$ROUTER/syslog'" 'echo "$last" >&2' >"$ROUTER/bin/logger"
	chmod +x "$ROUTER/bin/logger"
	printf '%s\n' "config defaults" "	option forward 'REJECT'" >"$ROUTER/etc/config/firewall"
	cat >"$ROUTER/etc/config/network" <<-END
		config interface 'lan'
			option device '${LAB_LAN:-br-lan}'
			option proto 'static'

		config interface 'guest'
			option device 'br-guest'
			option proto 'static'

		config interface 'wan'
			option device 'eth1'
			option proto 'pppoe'
	END
}

# router_take IMAGE: as a package's files are unpacked: a configuration that is there stays.
router_take() {
	local kept

	kept=$(mktemp -d)
	(cd "$1" && router_recipe conffiles - - | while read -r file; do
		[ ! -e "$ROUTER$file" ] || cp --parents ".$file" "$kept" 2>/dev/null
	done)
	(cd "$1" && find . -type f) | while read -r file; do
		[ -e "$kept/$file" ] && [ -e "$ROUTER/$file" ] && ! cmp -s "$ROUTER/shipped/$file" "$ROUTER/$file" && continue
		mkdir -p "$(dirname "$ROUTER/$file")"
		cp -p "$1/$file" "$ROUTER/$file.taken" && mv "$ROUTER/$file.taken" "$ROUTER/$file"
	done
	rm -rf "$kept" "$ROUTER/shipped"
	cp -rp "$1" "$ROUTER/shipped"
}

# package_script NAME [UPGRADE]: as the package manager runs it.
package_script() {
	PKG_UPGRADE=${2:-} busybox ash -c ". '$ROUTER/lib/functions.sh'; $1"
}
