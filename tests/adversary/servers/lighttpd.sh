# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# lighttpd.

servers_lighttpd() {
	local kind

	servers_has lighttpd lighttpd || return 0
	servers_address
	for kind in default prohibited permitted; do
		mkdir -p "$LAB_DIR/lighttpd/$kind"
		echo "page of $kind" >"$LAB_DIR/lighttpd/$kind/index.html"
	done
	lighttpd_configuration >"$LAB_DIR/lighttpd.conf"
	servers_run lighttpd tls=443 http=80 h2=80 -- lighttpd -D -f "$LAB_DIR/lighttpd.conf"
}

lighttpd_configuration() {
	cat <<-END
		server.modules = ( "mod_accesslog", "mod_openssl", "mod_rewrite" )
		accesslog.filename = "$LAB_DIR/took/lighttpd.log"
		accesslog.format = "%{remote}p by-page %{Host}i"
		server.document-root = "$LAB_DIR/lighttpd/default"
		server.bind = "$SERVERS_ADDRESS"
		server.port = 80
		server.errorlog = "$LAB_DIR/lighttpd.log"
		server.max-fds = 4096
		server.max-read-idle = 5
		index-file.names = ( "index.html" )
		mimetype.assign = ( "" => "text/plain" )
		url.rewrite-once = ( "" => "/index.html" )
		ssl.pemfile = "$LAB_DIR/certificates/default.pem"
		\$SERVER["socket"] == "$SERVERS_ADDRESS:443" { ssl.engine = "enable" }
		\$HTTP["host"] == "$SERVERS_PROHIBITED" {
			ssl.pemfile = "$LAB_DIR/certificates/prohibited.pem"
			server.document-root = "$LAB_DIR/lighttpd/prohibited"
		}
		\$HTTP["host"] == "$SERVERS_PERMITTED" {
			ssl.pemfile = "$LAB_DIR/certificates/permitted.pem"
			server.document-root = "$LAB_DIR/lighttpd/permitted"
		}
	END
}
