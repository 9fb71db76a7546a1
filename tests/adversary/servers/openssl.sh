# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# OpenSSL alone, by openssl.c.

servers_openssl() {
	local program=$DAEMON_BUILD/tests/adversary_openssl

	servers_has openssl "$program" || return 0
	servers_address
	# shellcheck disable=SC2016  # for the shell inside
	servers_run openssl tls=443 -- /bin/sh -c 'exec "$@" >'"$LAB_DIR/took/openssl.log" sh "$program" "$SERVERS_ADDRESS" 443 "$LAB_DIR/certificates"
}
