# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# Go's own TLS and HTTP, by server.go, which is compiled first.

servers_go() {
	servers_has go go || return 0
	servers_address
	servers_go_program server "$SERVERS_SOURCE/server.go" || {
		SERVERS_ABSENT+=("go: it does not compile: $(tail -n 1 "$LAB_DIR/go.log")")
		return 0
	}
	# shellcheck disable=SC2016  # for the shell inside
	servers_run go tls=443 http=80 -- \
		/bin/sh -c 'exec "$@" >'"$LAB_DIR/took/go.log" sh "$LAB_DIR/go-server" "$SERVERS_ADDRESS" "$LAB_DIR/certificates"
}

# servers_go_program NAME SOURCE
servers_go_program() {
	HOME=$LAB_DIR GOCACHE=${ADVERSARY_CACHE:-$LAB_DIR/go-cache} GO111MODULE=off CGO_ENABLED=0 \
		go build -o "$LAB_DIR/go-$1" "$2" >"$LAB_DIR/go.log" 2>&1
}
