# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# Servers of QUIC in the internet's namespace, each at a port of its own of the lab's two addresses, and ordinary clients of theirs.
# The caller has sourced scripts/lab.

SERVERS_QUIC=$LAB_DIR/servers-quic      # a name and a port in each line
SERVERS_QUIC_ABSENT=()
QUIC_GO_SOURCE=/usr/share/gocode        # where Debian's packages of Go's libraries are

quic_listens() { lab_internet ss -Hlun "sport = $1" | grep -q .; }

# quic_run NAME PORT COMMAND...
quic_run() {
	local name=$1 port=$2

	shift 2
	lab_start internet "$LAB_DIR/$name.said" "$@"
	if lab_wait "$name" quic_listens "$port"; then
		echo "$name $port" >>"$SERVERS_QUIC"
	else
		SERVERS_QUIC_ABSENT+=("$name: it did not start: $(tail -n 1 "$LAB_DIR/$name.said")")
	fi
}

# quic_go_program NAME SOURCE
quic_go_program() {
	HOME=$LAB_DIR GOPATH=$QUIC_GO_SOURCE GOCACHE=${ADVERSARY_CACHE:-$LAB_DIR/go-cache} GO111MODULE=off CGO_ENABLED=0 \
		go build -o "$LAB_DIR/quic-$1" "$2" >"$LAB_DIR/go.log" 2>&1
}

# newer_quic_up: servers of another release, whose root is ADVERSARY_ROOT, with nginx, haproxy and ngtcp2-server of Debian 13 installed.
newer_quic_up() {
	local at=$ADVERSARY_ROOT$LAB_DIR port

	mkdir -p "$at/www" && cp "$LAB_DIR/server.key" "$LAB_DIR/server.pem" "$at" && cat "$at/server.pem" "$at/server.key" >"$at/both.pem" &&
		cp "$LAB_DIR/quic-www/index.html" "$at/www" && chmod -R a+rX "$at" || return
	{
		echo "daemon off; error_log stderr; pid $LAB_DIR/nginx.pid; events {} http { access_log off; root $LAB_DIR/www;"
		echo "ssl_certificate $LAB_DIR/server.pem; ssl_certificate_key $LAB_DIR/server.key;"
		for port in 5443 5444; do
			echo "server { listen $port quic; listen [::]:$port quic; quic_retry $([ $port = 5444 ] && echo on || echo off); }"
		done
		echo "}"
	} >"$at/nginx.conf"
	newer_quic_run nginx 5443 nginx -c "$LAB_DIR/nginx.conf"
	lab_wait nginx quic_listens 5444 && echo "nginx-retry 5444" >>"$SERVERS_QUIC"
	cat >"$at/haproxy.cfg" <<-END
		global
			limited-quic
			tune.quic.retry-threshold 100000
		defaults
			mode http
			timeout client 5s
		frontend quic
			bind quic4@:5445 ssl crt $LAB_DIR/both.pem alpn h3
			bind quic6@:::5445 ssl crt $LAB_DIR/both.pem alpn h3
			http-request return status 200 content-type text/html string "page of permitted"
	END
	newer_quic_run haproxy 5445 haproxy -f "$LAB_DIR/haproxy.cfg"
	newer_quic_run ngtcp2-newer 5447 gtlsserver -q --preferred-versions=v2,v1 -d "$LAB_DIR/www" '*' 5447 "$LAB_DIR/server.key" "$LAB_DIR/server.pem"
}

newer_quic_run() {
	local name=$1 port=$2

	shift 2
	quic_run "$name" "$port" chroot "$ADVERSARY_ROOT" "$@"
}

# servers_quic_up: all that are here; with -retry each client has to prove its address first. One changes to a version that it prefers.
servers_quic_up() {
	: >"$SERVERS_QUIC"
	mkdir -p "$LAB_DIR/quic-www" "$LAB_DIR/quic-page" && echo "page of permitted" >"$LAB_DIR/quic-www/index.html" || return
	if command -v gtlsserver >/dev/null; then
		quic_run ngtcp2 443 gtlsserver -q --preferred-versions=v2draft,v1 -d "$LAB_DIR/quic-www" '*' 443 "$LAB_DIR/server.key" "$LAB_DIR/server.pem"
		quic_run ngtcp2-retry 444 gtlsserver -q -V --preferred-versions=v2draft,v1 -d "$LAB_DIR/quic-www" '*' 444 "$LAB_DIR/server.key" "$LAB_DIR/server.pem"
	else
		SERVERS_QUIC_ABSENT+=("ngtcp2: there is no gtlsserver")
	fi
	if command -v go >/dev/null && quic_go_program server "$DAEMON_SOURCE/tests/adversary/servers/quic.go"; then
		quic_run quic-go 4443 "$LAB_DIR/quic-server" 4443 "$LAB_DIR/server.pem" "$LAB_DIR/server.key"
		quic_run quic-go-retry 4444 "$LAB_DIR/quic-server" 4444 "$LAB_DIR/server.pem" "$LAB_DIR/server.key" retry
	else
		SERVERS_QUIC_ABSENT+=("quic-go: there is no go, or it does not compile: $(tail -n 1 "$LAB_DIR/go.log" 2>/dev/null)")
	fi
	[ -z "${ADVERSARY_ROOT:-}" ] || newer_quic_up
	[ -s "$SERVERS_QUIC" ]
}

# quic_page CLIENT PORT NUMBER: how many pages of a permitted name came.
quic_page() {
	local client=$1 port=$2 number=$3 i

	case $client in
	gtlsclient)
		for ((i = 0; i < number; i++)); do
			rm -f "$LAB_DIR/quic-page/index.html"
			lab_client timeout 10 gtlsclient -q --exit-on-all-streams-close --sni=www.example.org --download="$LAB_DIR/quic-page" \
				"$LAB_OTHER4" "$port" "https://www.example.org:$port/" >/dev/null
			cat "$LAB_DIR/quic-page/index.html"
		done
		;;
	quic-go)
		lab_client timeout 30 "$LAB_DIR/quic-client" "https://www.example.org:$port/" "$LAB_OTHER4:$port" "$number"
		;;
	chromium)
		lab_client timeout 60 chromium --headless --no-sandbox --disable-gpu --no-proxy-server --user-data-dir="$LAB_DIR/chromium" \
			--ignore-certificate-errors-spki-list="$(openssl x509 -in "$LAB_DIR/server.pem" -pubkey -noout | openssl pkey -pubin -outform der |
				openssl dgst -sha256 -binary | base64)" --origin-to-force-quic-on="www.example.org:$port" \
			--host-resolver-rules="MAP www.example.org $LAB_OTHER4" --dump-dom "https://www.example.org:$port/"
		;;
	esac 2>/dev/null | grep -c "page of permitted"
}
