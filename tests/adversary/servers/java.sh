# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# Java's own TLS and HTTP, by Server.java. Debian's runtime (default-jre-headless) has the compiler's module, which this takes.

servers_java() {
	servers_has java java || return 0
	java --list-modules | grep -q "^jdk.compiler" || {
		SERVERS_ABSENT+=("java: it has no module jdk.compiler")
		return 0
	}
	servers_address
	(
		cd "$LAB_DIR/certificates" || exit
		for kind in default prohibited permitted; do
			openssl pkcs12 -export -in $kind.crt -inkey $kind.key -name $kind -passout pass:adversary -out $kind.p12
		done
	) || return
	echo "127.0.0.1 localhost" >"$LAB_DIR/java.hosts"       # or it asks a resolver for the name of each client
	# shellcheck disable=SC2016  # for the shell inside
	servers_run java tls=443 http=80 -- \
		/bin/sh -c 'exec "$@" >'"$LAB_DIR/took/java.log" sh java -Xmx256m -Dsun.net.httpserver.maxReqTime=20 -Djdk.net.hosts.file="$LAB_DIR/java.hosts" "$SERVERS_SOURCE/Server.java" "$SERVERS_ADDRESS" "$LAB_DIR/certificates"
}
