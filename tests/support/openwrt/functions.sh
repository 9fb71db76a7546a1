# shellcheck shell=dash
# SPDX-License-Identifier: MIT
#
# Stands in for OpenWrt's /lib/functions.sh: what a package's own scripts do when it is installed, upgraded and removed.
# The package filterd has one service and one script of /etc/uci-defaults.

# What opkg has run at an installation and an upgrade, and apk: the service is started, not restarted.
default_postinst() {
	local defaults=$IPKG_INSTROOT/etc/uci-defaults/90-filterd

	# shellcheck source=/dev/null
	[ ! -e "$defaults" ] || { (. "$defaults"); rm -f "$defaults"; }
	[ "$PKG_UPGRADE" = 1 ] || service_of_package enable
	service_of_package start
}

# What opkg has run before a removal, and before an upgrade, with PKG_UPGRADE; apk only before a removal.
default_prerm() {
	[ "$PKG_UPGRADE" = 1 ] || service_of_package disable
	service_of_package stop
}

service_of_package() { "$IPKG_INSTROOT/etc/init.d/filterd" "$1"; }
