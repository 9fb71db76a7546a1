# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# Node, by server.js.

servers_node() {
	servers_has node node || return 0
	servers_address
	# shellcheck disable=SC2016  # for the shell inside
	servers_run node tls=443 http=80 h2=8080 http-unsafe=8082 -- \
		/bin/sh -c 'exec "$@" >'"$LAB_DIR/took/node.log" sh node "$SERVERS_SOURCE/server.js" "$SERVERS_ADDRESS,$SERVERS_ADDRESS6" "$LAB_DIR/certificates"
}
