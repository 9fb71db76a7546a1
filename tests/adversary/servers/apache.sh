# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# Apache: a virtual host for each kind.

servers_apache() {
	local kind

	servers_has apache apache2 || return 0
	servers_address
	for kind in default prohibited permitted; do
		mkdir -p "$LAB_DIR/apache/$kind"
		echo "page of $kind" >"$LAB_DIR/apache/$kind/index.html"
	done
	apache_configuration >"$LAB_DIR/apache.conf"
	servers_run apache tls=443 http=80 h2=8080 http-unsafe=8082 -- apache2 -d "$LAB_DIR/apache" -f "$LAB_DIR/apache.conf" -DFOREGROUND
}

apache_configuration() {
	local module

	for module in mpm_event authz_core unixd log_config ssl socache_shmcb http2 dir alias; do
		[ ! -e "/usr/lib/apache2/modules/mod_$module.so" ] ||
			echo "LoadModule ${module}_module /usr/lib/apache2/modules/mod_$module.so"
	done
	cat <<-END
		ServerName default.test
		PidFile $LAB_DIR/apache.pid
		Mutex file:$LAB_DIR/apache
		User nobody
		Group nogroup
		ErrorLog $LAB_DIR/apache.log
		Timeout 5
		StartServers 2
		ThreadsPerChild 64
		MaxRequestWorkers 256
		ServerLimit 4
		DirectoryIndex index.html
		$(printf 'Listen %s\n' {"$SERVERS_ADDRESS","[$SERVERS_ADDRESS6]"}:{80,443,8080,8082})
		<Directory $LAB_DIR/apache>
			Require all granted
		</Directory>
	END
	apache_hosts default default.test
	apache_hosts prohibited "$SERVERS_PROHIBITED"
	apache_hosts permitted "$SERVERS_PERMITTED"
}

# apache_hosts KIND NAME
apache_hosts() {
	local port

	for port in 80 443 8080 8082; do
		cat <<-END
			<VirtualHost $SERVERS_ADDRESS:$port [$SERVERS_ADDRESS6]:$port>
				ServerName $2
				DocumentRoot $LAB_DIR/apache/$1
				AliasMatch ^ $LAB_DIR/apache/$1/index.html
				CustomLog $LAB_DIR/took/apache.log "%{remote}p $([ $port = 443 ] && echo "over-tls %{SSL_TLS_SNI}x" || echo "$1 %{Host}i")"
				$([ $port = 443 ] && echo "SSLEngine on
				SSLCertificateFile $LAB_DIR/certificates/$1.pem")
				$([ $port = 8080 ] && echo "Protocols h2c http/1.1")
				$([ $port = 8082 ] && echo "HttpProtocolOptions Unsafe")
			</VirtualHost>
		END
	done
}
