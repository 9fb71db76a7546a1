# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# Proxies: Apache and tinyproxy for HTTP, microsocks, Dante and OpenSSH for SOCKS. Behind them are the hosts of two names, by a file of hosts
# of the proxies' own; a host tells by its address for which name the proxy was asked, and the permitted one by the name inside, too.

servers_apache-proxy() {
	servers_has apache-proxy apache2 || return 0
	servers_address
	proxies_apache >"$LAB_DIR/apache-proxy.conf"
	servers_run apache-proxy connect-tls=3128 connect-http=3128 proxied=3128 -- \
		unshare -m /bin/sh -c "$PROXIES_HOSTS" sh apache2 -d "$LAB_DIR" -f "$LAB_DIR/apache-proxy.conf" -DFOREGROUND
}

servers_tinyproxy() {
	servers_has tinyproxy tinyproxy || return 0
	servers_address
	printf '%s\n' "Port 3128" "Listen $SERVERS_ADDRESS" "Timeout 5" "MaxClients 300" "LogLevel Error" >"$LAB_DIR/tinyproxy.conf"
	servers_run tinyproxy connect-tls=3128 connect-http=3128 proxied=3128 -- \
		unshare -m /bin/sh -c "$PROXIES_HOSTS" sh tinyproxy -d -c "$LAB_DIR/tinyproxy.conf"
}

servers_microsocks() {
	servers_has microsocks microsocks || return 0
	servers_address
	servers_run microsocks socks5-tls=1080 socks5-http=1080 -- unshare -m /bin/sh -c "$PROXIES_HOSTS" sh microsocks -i "$SERVERS_ADDRESS" -p 1080
}

servers_dante() {
	servers_has dante danted || return 0
	servers_address
	printf '%s\n' "logoutput: stderr" "internal: $SERVERS_ADDRESS port = 1080" "external: lo" "external.rotation: none" "clientmethod: none" \
		"socksmethod: none" "user.unprivileged: nobody" "client pass { from: 0.0.0.0/0 to: 0.0.0.0/0 }" \
		"socks pass { from: 0.0.0.0/0 to: 0.0.0.0/0 }" >"$LAB_DIR/dante.conf"
	servers_run dante socks5-tls=1080 socks5-http=1080 -- \
		unshare -m /bin/sh -c "$PROXIES_HOSTS" sh danted -f "$LAB_DIR/dante.conf"
}

# OpenSSH's client is a proxy (-D) whose server asks for the name. Dante takes no name in SOCKS 4.
servers_openssh() {
	local folder=$LAB_DIR/openssh

	servers_has openssh ssh && servers_has openssh /usr/sbin/sshd || return 0
	servers_address
	mkdir -p "$folder" /run/sshd && ssh-keygen -q -t ed25519 -N "" -f "$folder/key" || return
	printf '%s\n' "ListenAddress 127.0.0.1:2222" "HostKey $folder/key" "AuthorizedKeysFile $folder/key.pub" "StrictModes no" "UsePAM no" "PidFile none" \
		"PermitRootLogin yes" "MaxSessions 1000" >"$folder/sshd.conf"
	lab_start internet "$LAB_DIR/sshd.said" unshare -m /bin/sh -c "$PROXIES_HOSTS" sh /usr/sbin/sshd -D -e -f "$folder/sshd.conf"
	servers_run openssh socks5-tls=1080 socks5-http=1080 socks4-tls=1080 socks4-http=1080 -- \
		/bin/sh -c 'until "$@"; do sleep 0.2; done' sh ssh -F none -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -i "$folder/key" -p 2222 \
		-N -D "$SERVERS_ADDRESS:1080" root@127.0.0.1
}

# proxies_far: the hosts behind them.
proxies_far() {
	command -v nginx >/dev/null || return 0
	servers_address
	PROXIES_PROHIBITED=$SERVERS_ADDRESS
	servers_address
	PROXIES_PERMITTED=$SERVERS_ADDRESS
	printf '%s\n' "127.0.0.1 localhost" "$PROXIES_PROHIBITED $SERVERS_PROHIBITED" "$PROXIES_PERMITTED $SERVERS_PERMITTED" >"$LAB_DIR/proxies.hosts"
	# shellcheck disable=SC2016  # for the shell inside
	PROXIES_HOSTS="mount --bind $LAB_DIR/proxies.hosts /etc/hosts && mount --bind $LAB_DIR/proxies.resolv /etc/resolv.conf && exec \"\$@\""
	echo "nameserver $LAB_DNS4" >"$LAB_DIR/proxies.resolv"         # it knows no other names, and says so at once
	proxies_nginx >"$LAB_DIR/far.conf"
	lab_start internet "$LAB_DIR/far.said" nginx -e "$LAB_DIR/far.log" -c "$LAB_DIR/far.conf"
}

proxies_nginx() {
	cat <<-END
		daemon off;
		master_process off;
		pid $LAB_DIR/far.pid;
		worker_rlimit_nofile 8192;
		events { worker_connections 4096; }
		http {
			access_log off;
			ssl_protocols TLSv1.2 TLSv1.3;
			client_body_temp_path $LAB_DIR/far-1;
			proxy_temp_path $LAB_DIR/far-2;
			fastcgi_temp_path $LAB_DIR/far-3;
			uwsgi_temp_path $LAB_DIR/far-4;
			scgi_temp_path $LAB_DIR/far-5;
			default_type text/plain;
			$(proxies_block prohibited "$PROXIES_PROHIBITED" _)
			$(proxies_block permitted "$PROXIES_PERMITTED" _)
			$(proxies_block prohibited "$PROXIES_PERMITTED" "$SERVERS_PROHIBITED")
		}
	END
}

# proxies_block KIND ADDRESS NAME
proxies_block() {
	cat <<-END
		server {
			listen $2:80;
			listen $2:443 ssl;
			server_name $3;
			ssl_certificate $LAB_DIR/certificates/$1.pem;
			ssl_certificate_key $LAB_DIR/certificates/$1.pem;
			location / { return 200 "page of $1\n"; }
		}
	END
}

proxies_apache() {
	local module

	for module in mpm_event authz_core unixd proxy proxy_http proxy_connect; do
		[ ! -e "/usr/lib/apache2/modules/mod_$module.so" ] ||
			echo "LoadModule ${module}_module /usr/lib/apache2/modules/mod_$module.so"
	done
	cat <<-END
		ServerName default.test
		PidFile $LAB_DIR/apache-proxy.pid
		Mutex file:$LAB_DIR
		User nobody
		Group nogroup
		ErrorLog $LAB_DIR/apache-proxy.log
		Timeout 5
		StartServers 2
		ThreadsPerChild 64
		MaxRequestWorkers 256
		ServerLimit 4
		Listen $SERVERS_ADDRESS:3128
		ProxyRequests On
		AllowCONNECT 80 443
		<Proxy *>
			Require all granted
		</Proxy>
	END
}
