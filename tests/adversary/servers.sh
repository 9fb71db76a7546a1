# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# The servers of the adversary's lab, each with an address of its own in the internet's namespace, a certificate for a prohibited
# name, one for a permitted one and one for all else. Each says in $LAB_DIR/took/NAME.log whose page it serves: "PORT KIND", with
# the client's port. The caller has sourced scripts/lab.

SERVERS_SOURCE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/servers
SERVERS_PROHIBITED=dnl-01.geo.kaspersky.com
SERVERS_PERMITTED=www.example.org
SERVERS_NUM=0
SERVERS_ABSENT=()
SERVERS_JSON=$LAB_DIR/servers.json

# servers_certificate KIND NAME: key and certificate in one file.
servers_certificate() {
	(
		cd "$LAB_DIR/certificates" || exit
		openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -keyout "$1.key" -out "$1.crt" \
			-subj "/O=adversary $1/CN=$2" -addext "subjectAltName=DNS:$2" 2>/dev/null && cat "$1.crt" "$1.key" >"$1.pem" &&
			chmod a+r "$1".*
	)
}

# servers_address: a new one, in $SERVERS_ADDRESS.
servers_address() {
	SERVERS_NUM=$((SERVERS_NUM + 1))
	SERVERS_ADDRESS=203.0.113.$((100 + SERVERS_NUM))
	ip -n "$LAB_ID-internet" addr add "$SERVERS_ADDRESS/32" dev lo
}

# servers_known NAME PROTOCOL=PORT...: the players may have it.
servers_known() {
	local pair fields=

	for pair in "${@:2}"; do
		fields+=", \"${pair%%=*}\": ${pair#*=}"
	done
	printf '"%s": {"address": "%s"%s}\n' "$1" "$SERVERS_ADDRESS" "$fields" >>"$SERVERS_JSON.lines"
}

servers_listen() {
	local port

	for port; do
		lab_internet /usr/bin/python3 -c "import socket; socket.create_connection(('$SERVERS_ADDRESS', $port), 1)" || return
	done
}

# servers_run NAME PROTOCOL=PORT... -- COMMAND...: starts it, and waits until all its ports answer.
servers_run() {
	local name=$1
	local -a pairs=()

	shift
	while [ "$1" != -- ]; do
		pairs+=("$1")
		shift
	done
	shift
	lab_start internet "$LAB_DIR/$name.said" "$@"
	lab_wait "$name" servers_listen "${pairs[@]#*=}" || {
		SERVERS_ABSENT+=("$name: it did not start: $(tail -n 1 "$LAB_DIR/$name.said")")
		return 0
	}
	servers_known "$name" "${pairs[@]}"
}

# servers_has NAME PROGRAM: or it is said to be absent.
servers_has() {
	command -v "$2" >/dev/null && return
	SERVERS_ABSENT+=("$1: there is no $2")
	return 1
}

servers_openssl() {
	local program=$DAEMON_BUILD/tests/adversary_openssl

	servers_has openssl "$program" || return 0
	servers_address
	# shellcheck disable=SC2016  # for the shell inside
	servers_run openssl tls=443 -- /bin/sh -c 'exec "$@" >'"$LAB_DIR/took/openssl.log" sh "$program" "$SERVERS_ADDRESS" 443 "$LAB_DIR/certificates"
}

servers_nginx() {
	local kind name

	servers_has nginx nginx || return 0
	servers_address
	{
		cat <<-END
			daemon off;
			master_process off;
			pid $LAB_DIR/nginx-adversary.pid;
			events { worker_connections 4096; }
			http {
				log_format took '\$remote_port \$kind';
				access_log $LAB_DIR/took/nginx.log took;
				client_body_temp_path $LAB_DIR/nginx-a1;
				proxy_temp_path $LAB_DIR/nginx-a2;
				fastcgi_temp_path $LAB_DIR/nginx-a3;
				uwsgi_temp_path $LAB_DIR/nginx-a4;
				scgi_temp_path $LAB_DIR/nginx-a5;
				client_header_timeout 5;
				default_type text/plain;
		END
		for kind in default prohibited permitted; do
			case $kind in
			default)    name=_ ;;
			prohibited) name=$SERVERS_PROHIBITED ;;
			permitted)  name=$SERVERS_PERMITTED ;;
			esac
			[ $kind = default ] && kind="default" && set -- default_server || set --
			cat <<-END
				server {
					listen $SERVERS_ADDRESS:80 $*;
					listen $SERVERS_ADDRESS:443 ssl $*;
					server_name $name;
					ssl_certificate $LAB_DIR/certificates/$kind.pem;
					ssl_protocols TLSv1.2 TLSv1.3;
					ssl_certificate_key $LAB_DIR/certificates/$kind.pem;
					set \$kind $kind;
					location / { return 200 "page of $kind\n"; }
				}
			END
		done
		echo "}"
	} >"$LAB_DIR/nginx-adversary.conf"
	servers_run nginx tls=443 http=80 -- nginx -e "$LAB_DIR/nginx-adversary.log" -c "$LAB_DIR/nginx-adversary.conf"
}

# servers_up: all that are here.
servers_up() {
	local name

	mkdir -m 755 "$LAB_DIR/certificates" "$LAB_DIR/took" || return
	servers_certificate prohibited "$SERVERS_PROHIBITED" && servers_certificate permitted "$SERVERS_PERMITTED" &&
		servers_certificate default default.test || return
	: >"$SERVERS_JSON.lines"
	for name in openssl nginx; do
		"servers_$name" || return
	done
	{ echo "{"; sed '$!s/$/,/' "$SERVERS_JSON.lines"; echo "}"; } >"$SERVERS_JSON"
}
