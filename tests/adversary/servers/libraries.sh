# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# OpenSSL and GnuTLS alone, by openssl.c and gnutls.c. Both libraries' own servers wait for one client and serve nobody meanwhile.

servers_openssl() {
	servers_library openssl
}

servers_gnutls() {
	servers_library gnutls
}

servers_library() {
	local program=$DAEMON_BUILD/tests/adversary_$1

	servers_has "$1" "$program" || return 0
	servers_address
	# shellcheck disable=SC2016  # for the shell inside
	lab_start internet "$LAB_DIR/$1-6.said" /bin/sh -c 'exec "$@" >>'"$LAB_DIR/took/$1.log" sh "$program" "$SERVERS_ADDRESS6" 443 "$LAB_DIR/certificates"
	# shellcheck disable=SC2016  # for the shell inside
	servers_run "$1" tls=443 -- /bin/sh -c 'exec "$@" >>'"$LAB_DIR/took/$1.log" sh "$program" "$SERVERS_ADDRESS" 443 "$LAB_DIR/certificates"
}
