# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# Go's own TLS and HTTP, by server.go, which is compiled first.

servers_go() {
	servers_has go go || return 0
	servers_address
	HOME=$LAB_DIR GOCACHE=${ADVERSARY_CACHE:-$LAB_DIR/go-cache} GOFLAGS=-mod=mod GO111MODULE=off \
		go build -o "$LAB_DIR/go-server" "$SERVERS_SOURCE/server.go" >"$LAB_DIR/go.log" 2>&1 || {
		SERVERS_ABSENT+=("go: it does not compile: $(tail -n 1 "$LAB_DIR/go.log")")
		return 0
	}
	# shellcheck disable=SC2016  # for the shell inside
	servers_run go tls=443 http=80 -- \
		/bin/sh -c 'exec "$@" >'"$LAB_DIR/took/go.log" sh "$LAB_DIR/go-server" "$SERVERS_ADDRESS" "$LAB_DIR/certificates"
}
