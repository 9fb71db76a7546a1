# shellcheck shell=dash
# SPDX-License-Identifier: MIT
#
# Stands in for OpenWrt's /lib/functions.sh. A file of /etc/config reads as calls of config, option and list, which is what
# `uci export` makes of it.

config_cb() { :; }
option_cb() { :; }
list_cb() { :; }

config() {
	NUM_SECTIONS=$((NUM_SECTIONS + 1))
	SECTION=${2:-cfg$NUM_SECTIONS}
	config_cb "$1" "$SECTION"
}

option() {
	eval "VALUE_${SECTION}_$1=\$2"
	option_cb "$1" "$2"
}

list() {
	eval "VALUE_${SECTION}_$1=\"\${VALUE_${SECTION}_$1:+\$VALUE_${SECTION}_$1 }\$2\""
	list_cb "$1" "$2"
}

config_load() {
	NUM_SECTIONS=0
	# shellcheck source=/dev/null
	. "$IPKG_INSTROOT/etc/config/$1"
	[ "$NUM_SECTIONS" -eq 0 ] || config_cb
}

config_get() {
	eval "$1=\${VALUE_$2_$3:-\$4}"
}

config_get_bool() {
	config_get "$@"
	eval "case \$$1 in 1 | on | true | yes | enabled) $1=1 ;; *) $1=0 ;; esac"
}
