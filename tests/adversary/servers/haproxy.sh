# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# HAProxy: it answers by itself, as no server stands behind it.

servers_haproxy() {
	servers_has haproxy haproxy || return 0
	servers_address
	haproxy_configuration >"$LAB_DIR/haproxy.conf"
	# shellcheck disable=SC2016  # for the shell inside
	servers_run haproxy tls=443 http=80 h2=8080 proxy-http=8081 proxy-tls=8443 -- \
		/bin/sh -c 'exec "$@" >'"$LAB_DIR/took/haproxy.log" sh haproxy -db -f "$LAB_DIR/haproxy.conf"
}

haproxy_configuration() {
	local crt="crt $LAB_DIR/certificates/default.pem crt $LAB_DIR/certificates/prohibited.pem crt $LAB_DIR/certificates/permitted.pem"

	cat <<-END
		global
			log stdout format raw local0
			maxconn 4000
		defaults
			mode http
			option clitcpka
			log global
			timeout client 5s
			timeout server 5s
			timeout connect 5s
			timeout http-request 5s
		frontend all
			bind $SERVERS_ADDRESS:80,[$SERVERS_ADDRESS6]:80
			bind $SERVERS_ADDRESS:443,[$SERVERS_ADDRESS6]:443 ssl $crt
			bind $SERVERS_ADDRESS:8080,[$SERVERS_ADDRESS6]:8080 proto h2
			bind $SERVERS_ADDRESS:8081,[$SERVERS_ADDRESS6]:8081 accept-proxy
			bind $SERVERS_ADDRESS:8443,[$SERVERS_ADDRESS6]:8443 accept-proxy ssl $crt
			log-format "%[fc_src_port] %[var(txn.kind)] %[var(txn.name)]"
			http-request set-var(txn.name) req.hdr(host)
			http-request set-var(txn.name) ssl_fc_sni if { ssl_fc }
			acl prohibited req.hdr(host),host_only,lower $SERVERS_PROHIBITED
			acl permitted req.hdr(host),host_only,lower $SERVERS_PERMITTED
			acl prohibited ssl_fc_sni,lower $SERVERS_PROHIBITED
			acl permitted ssl_fc_sni,lower $SERVERS_PERMITTED
			http-request set-var(txn.kind) str(default)
			http-request set-var(txn.kind) str(prohibited) if prohibited
			http-request set-var(txn.kind) str(permitted) if permitted
			http-request return status 200 content-type text/plain lf-string "page of %[var(txn.kind)]\\n"
	END
}
