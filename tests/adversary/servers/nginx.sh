# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# nginx: a server block for each kind. A request over TLS that names no host goes to the block of the hello's name.

servers_nginx() {
	servers_has nginx nginx || return 0
	servers_address
	nginx_configuration >"$LAB_DIR/nginx.conf"
	servers_run nginx tls=443 http=80 h2=8080 proxy-http=8081 proxy-tls=8443 -- nginx -e "$LAB_DIR/nginx.log" -c "$LAB_DIR/nginx.conf"
}

nginx_configuration() {
	cat <<-END
		daemon off;
		master_process off;
		pid $LAB_DIR/nginx.pid;
		worker_rlimit_nofile 8192;
		events { worker_connections 4096; }
		http {
			map \$https \$name { on \$ssl_server_name; default \$http_host; }
			log_format took '\$remote_port \$kind \$name';
			access_log $LAB_DIR/took/nginx.log took;
			client_body_temp_path $LAB_DIR/nginx-1;
			proxy_temp_path $LAB_DIR/nginx-2;
			fastcgi_temp_path $LAB_DIR/nginx-3;
			uwsgi_temp_path $LAB_DIR/nginx-4;
			scgi_temp_path $LAB_DIR/nginx-5;
			client_header_timeout 5;
			default_type text/plain;
			ssl_protocols TLSv1.2 TLSv1.3;
	END
	nginx_block default _ default_server
	nginx_block prohibited "$SERVERS_PROHIBITED"
	nginx_block permitted "$SERVERS_PERMITTED"
	echo "}"
}

# nginx_block KIND NAME [default_server]
nginx_block() {
	cat <<-END
		server {
			$(nginx_listen 80 "" "${3:-}")
			$(nginx_listen 443 ssl "${3:-}")
			$(nginx_listen 8080 http2 "${3:-}")
			$(nginx_listen 8081 proxy_protocol "${3:-}")
			$(nginx_listen 8443 "ssl proxy_protocol" "${3:-}")
			server_name $2;
			ssl_certificate $LAB_DIR/certificates/$1.pem;
			ssl_certificate_key $LAB_DIR/certificates/$1.pem;
			set \$kind $1;
			location / { return 200 "page of $1\n"; }
		}
	END
}

# nginx_listen PORT WORDS [default_server]
nginx_listen() {
	local address

	for address in "$SERVERS_ADDRESS" "[$SERVERS_ADDRESS6]"; do
		echo "listen $address:$1 $2 ${3:+$3 so_keepalive=1s:1s:9};"
	done
}
