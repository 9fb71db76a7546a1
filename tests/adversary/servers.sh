# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# The servers of the adversary's lab (servers/NAME.sh), each with an address of its own in the internet's namespace, a certificate for a prohibited
# name, one for a permitted one and one for all else. Each says in $LAB_DIR/took/NAME.log whose page it serves: "PORT KIND NAME", with
# the client's port and the name as it came. The caller has sourced scripts/lab.

SERVERS_SOURCE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/servers
SERVERS_PROHIBITED=dnl-01.blocked.example.com
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

# servers_address: a new one, in $SERVERS_ADDRESS and $SERVERS_ADDRESS6.
servers_address() {
	SERVERS_NUM=$((SERVERS_NUM + 1))
	SERVERS_ADDRESS=203.0.113.$((100 + SERVERS_NUM)) SERVERS_ADDRESS6=2001:db8:3::$((100 + SERVERS_NUM))
	ip -n "$LAB_ID-internet" addr add "$SERVERS_ADDRESS/32" dev lo && ip -n "$LAB_ID-internet" addr add "$SERVERS_ADDRESS6/128" dev lo nodad
}

# servers_known NAME PROTOCOL=PORT...: the players may have it. Protocols are tls, http, h2 (HTTP/2 in the clear, from the first byte
# on), and proxy-tls and proxy-http, which take a PROXY line in front; smtp, imap and pop3 (STARTTLS); and those of proxies: connect-tls,
# connect-http and proxied, socks4-tls and so on.
servers_known() {
	local pair fields=

	for pair in "${@:2}"; do
		fields+=", \"${pair%%=*}\": ${pair#*=}"
	done
	printf '"%s": {"address": "%s", "address6": "%s"%s}\n' "$1" "$SERVERS_ADDRESS" "$SERVERS_ADDRESS6" "$fields" >>"$SERVERS_JSON.lines"
}

# A page of each protocol that curl speaks; a connection where it does not. Some servers take long for their first one.
servers_answer() {
	local pair

	for pair; do
		case $pair in
		tls=*)  servers_curl -k "https://$SERVERS_ADDRESS:${pair#*=}/" ;;
		http=*) servers_curl "http://$SERVERS_ADDRESS:${pair#*=}/" ;;
		h2=*)   servers_curl --http2-prior-knowledge "http://$SERVERS_ADDRESS:${pair#*=}/" ;;
		*)      lab_internet /usr/bin/python3 -c "import socket; socket.create_connection(('$SERVERS_ADDRESS', ${pair#*=}), 1)" ;;
		esac || return
	done
}

servers_curl() {
	lab_internet curl -s --noproxy '*' --max-time 5 "$@" | grep -q "page of"
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
	lab_wait "$name" servers_answer "${pairs[@]}" || {
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

for servers_file in "$SERVERS_SOURCE"/*.sh; do
	# shellcheck source=/dev/null
	. "$servers_file"
done

# servers_up: all that are here.
servers_up() {
	local name

	mkdir -m 755 "$LAB_DIR/certificates" "$LAB_DIR/took" || return
	servers_certificate prohibited "$SERVERS_PROHIBITED" && servers_certificate permitted "$SERVERS_PERMITTED" &&
		servers_certificate default default.test || return
	: >"$SERVERS_JSON.lines"
	proxies_far || return
	for name in openssl gnutls nginx haproxy apache lighttpd node java go postfix dovecot apache-proxy tinyproxy microsocks dante openssh; do
		"servers_$name" || return
	done
	{ echo "{"; sed '$!s/$/,/' "$SERVERS_JSON.lines"; echo "}"; } >"$SERVERS_JSON"
}
