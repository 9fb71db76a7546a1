# shellcheck shell=bash disable=SC2154  # the script's variables
# SPDX-License-Identifier: MIT
#
# What a client asks for in each network of tests/system/networks.sh, and what has to come of it. Every row has a host of its own
# that it is about, so that each record belongs to one question.

ZONE=geo.kaspersky.com                  # all of it is prohibited
FREE=www.example.org
LAB_MORE_LINES+=("address=/abcde.example.org/$LAB_OTHER4" "address=/abcde.example.org/$LAB_OTHER6")      # free names of joined.py
QUEUED_MAX=6                            # packets of a TLS connection, both directions
# shellcheck disable=SC2034  # variants change it
FAMILIES=(4 6)
LAB_ANSWER_S=${NETWORKS_ANSWER_S:-10}   # where no answer comes each question waits so long, at once with all others

declare -A outcome records              # by mode and row; by host

# row WHAT HOST ENFORCED OBSERVED QUESTION...: HOST is whom the attempt is about, - if it is none. QUESTION says in one line what
# came of it.
row() {
	[[ $(unlike "$1") != yes ]] || return 0
	rows+=("$1")
	row_host+=("$2")
	row_enforced+=("$3")
	row_observed+=("$4")
	row_question+=("${*:5}")
}

# Does the row have no sense in this network?
unlike() {
	has unlike && "unlike_$variant" "$1" && echo yes
}

# The names of one family, F.
names_for() {
	local f=$1 kind

	for kind in dns own alias ownalias https ownhttps tls quic http; do
		LAB_BLOCKED_NAMES+=("$kind$f.$ZONE")
	done
	for kind in alias ownalias; do
		LAB_MORE_LINES+=("cname=$kind$f.example.org,$kind$f.$ZONE")
	done
	for kind in https ownhttps; do
		LAB_MORE_LINES+=("dns-rr=$kind$f.example.org,65,0001$(lab_wire_name "$kind$f.$ZONE")")
	done
}

# rows_for F DNS GATEWAY LISTED OTHER
rows_for() {
	local f=$1 dns=$2 gateway=$3 listed=$4 other=$5

	row "DNS, a listed name, IPv$f" "dns$f.$ZONE" NXDOMAIN+15 NOERROR answer "dns$f.$ZONE" A "$dns"
	row "DNS, a free name, IPv$f" - NOERROR NOERROR answer "$FREE" A "$dns"
	row "DNS, an alias of a listed host, IPv$f" "alias$f.$ZONE" NXDOMAIN+15 NOERROR answer "alias$f.example.org" A "$dns"
	row "an HTTPS record that leads to a listed host, IPv$f" "https$f.$ZONE" NXDOMAIN+15 NOERROR answer "https$f.example.org" HTTPS "$dns"
	row "DNS of the gateway, a listed name, IPv$f" "own$f.$ZONE" NXDOMAIN+15 NOERROR answer "own$f.$ZONE" A "$gateway"
	row "DNS of the gateway, a free name, IPv$f" - NOERROR NOERROR answer "$FREE" A "$gateway"
	row "DNS of the gateway, an alias of a listed host, IPv$f" "ownalias$f.$ZONE" NXDOMAIN+15 NOERROR \
		answer "ownalias$f.example.org" A "$gateway"
	row "DNS of the gateway, an HTTPS record that leads to a listed host, IPv$f" "ownhttps$f.$ZONE" NXDOMAIN+15 NOERROR \
		answer "ownhttps$f.example.org" HTTPS "$gateway"
	row "TLS, a listed host, IPv$f" "tls$f.$ZONE" reset 200 page "tls$f.$ZONE" "$listed"
	row "TLS, a free host, IPv$f" - 200 200 page "$FREE" "$other"
	row "QUIC, a listed host, IPv$f" "quic$f.$ZONE" unreachable served quic "quic$f.$ZONE" "$listed"
	row "QUIC, a free host, IPv$f" - served served quic "$FREE" "$other" never
	row "HTTP, a listed host, IPv$f" "http$f.$ZONE" reset 200 web "http$f.$ZONE" "$listed"
	row "HTTP, a free host, IPv$f" - 200 200 web "$FREE" "$other"
}

# questions_for FAMILY...: rows, and the names that they take, which the lab's servers are to know.
questions_for() {
	local f

	rows=() row_host=() row_enforced=() row_observed=() row_question=()
	for f; do
		names_for "$f"
		case $f in
		4) rows_for 4 "$LAB_DNS4" "$LAB_GATEWAY4" "$LAB_LISTED4" "$LAB_OTHER4" ;;
		6) rows_for 6 "$LAB_DNS6" "$LAB_GATEWAY6" "$LAB_LISTED6" "$LAB_OTHER6" ;;
		esac
	done
}

# A server at an address answers from that address only if it has a socket of its own there.
quic_servers() {
	local address

	tap_has gtlsclient gtlsserver || return 0
	echo "hello" >"$LAB_DIR/www/hello"
	for address in "$LAB_LISTED4" "$LAB_OTHER4" "$LAB_LISTED6" "$LAB_OTHER6"; do
		lab_start internet "$LAB_DIR/quic-$address.log" gtlsserver -q -d "$LAB_DIR/www" "$address" 443 "$LAB_DIR/server.key" "$LAB_DIR/server.pem"
	done
	lab_wait "the QUIC servers" quic_servers_listen
}
quic_servers_listen() { [ "$(lab_internet ss -Hlun 'sport = 443' | wc -l)" -eq 4 ]; }

# web NAME ADDRESS: by HTTP; 200, reset, or what curl said.
web() {
	local name=$1 address=$2 said

	[[ $address == *:* ]] && address="[$address]"
	said=$(lab_client curl -sS --noproxy '*' --max-time "$LAB_ANSWER_S" --resolve "$name:80:$address" -o /dev/null -w '%{http_code}' \
		"http://$name/" 2>&1)
	case $said in
	*reset*)       echo reset ;;
	*"timed out"*) echo timeout ;;
	*)             echo "$said" ;;
	esac
}

# quic NAME ADDRESS [never]: served, unreachable (an ICMP error came), or timeout. The client takes the name that it shows from the
# name it was given, and an ICMP error for nothing. `never`: the errors that come are another question's.
quic() {
	local folder=$LAB_DIR/quic-$BASHPID pid before field=Icmp6InDestUnreachs counts=/proc/net/snmp6

	tap_has gtlsclient gtlsserver || { echo missing; return; }
	[[ $2 == *:* ]] || { field=Icmp4 counts=/proc/net/snmp; }
	[ -z "${3:-}" ] || field=None
	mkdir "$folder"
	echo "$2 $1" >"$folder/hosts"
	before=$(unreachables $field $counts)
	# Not by lab_client: the process id is to be the client's own.
	# shellcheck disable=SC2016  # for the shell inside, which has mounts of its own
	ip netns exec "$LAB_ID-client" /bin/sh -c 'mount --bind "$1/hosts" /etc/hosts && exec gtlsclient -q --handshake-timeout="$3s" --timeout="$3s" \
		--exit-on-all-streams-close --download "$1" "$2" 443 "https://$2/hello"' sh "$folder" "$1" "$LAB_ANSWER_S" \
		>"$folder/said" 2>&1 &
	pid=$!
	while kill -0 "$pid" 2>/dev/null && [ ! -s "$folder/hello" ] && [ "$(unreachables $field $counts)" = "$before" ]; do
		sleep 0.05
	done
	if [ -s "$folder/hello" ]; then
		echo served
	elif [ "$(unreachables $field $counts)" != "$before" ]; then
		echo unreachable
	else
		echo timeout
	fi
	kill "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
}

# unreachables FIELD FILE: ICMP errors that the client was sent; nothing else in the table makes any.
unreachables() {
	# shellcheck disable=SC2016  # awk's
	lab_client awk -v field="$1" '
		field == "Icmp4" && $1 == "Icmp:" { if (at) print $at; for (i = 1; i <= NF; i++) if ($i == "InDestUnreachs") at = i }
		$1 == field { print $2 }' "$2"
}

# ask_all MODE: every question, all at once.
ask_all() {
	local i pid
	local -a pids=()

	for i in "${!rows[@]}"; do
		# shellcheck disable=SC2086  # words
		{ ${row_question[i]} >"$LAB_DIR/$1.$i" 2>&1; } &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid"
	done
	for i in "${!rows[@]}"; do
		outcome[$1.$i]=$(paste -sd' ' "$LAB_DIR/$1.$i")
	done
}

# download FAMILY ADDRESS: by itself, so that the packets queued are its own.
download() {
	local before got address=$2

	[[ $address == *:* ]] && address="[$address]"
	before=$(daemon_num_queued)
	got=$(lab_client curl -sS --noproxy '*' --max-time $((3 * LAB_ANSWER_S)) --cacert "$LAB_CA" --resolve "$FREE:443:$address" -o /dev/null \
		-w '%{size_download}' "https://$FREE/2mb" 2>&1)
	tap_is "$title: 2 MB over TLS, IPv$1, arrive" "$got" 2097152
	tap_below "$title: of 2 MB over TLS, IPv$1, at most $QUEUED_MAX packets are queued" $(($(daemon_num_queued) - before)) $((QUEUED_MAX + 1))
}

downloads() {
	local f

	for f in "${FAMILIES[@]}"; do
		case $f in
		4) download 4 "$LAB_OTHER4" ;;
		6) download 6 "$LAB_OTHER6" ;;
		esac
	done
}

# All records of attempts, by host: "TYPE ADDRESS MAC INTERFACE", the client's address and MAC as "the client".
read_records() {
	local host record

	while IFS='|' read -r host record; do
		record=${record/ "$LAB_CLIENT4 $client_mac"/ the client}
		record=${record/ "$LAB_CLIENT6 $client_mac"/ the client}
		records[$host]+="${records[$host]:+, }$record"
	done < <(jq -r 'select(.event_type == "alert") |
		"\(.filterd.host)|\(.filterd.type) \(.src_ip) \(.ether.src_mac // "no MAC") \(.in_iface // "no interface")"' "$DAEMON_AUDIT")
}

# of_type TYPE HOST: the records of that type about a host.
of_type() {
	tr ',' '\n' <<<"${records[$2]:-}" | sed 's/^ //' | grep "^$1 " | paste -sd, | sed 's/,/, /g'
}

judge() {
	local i enforced observed

	for i in "${!rows[@]}"; do
		enforced=${row_enforced[i]} observed=${row_observed[i]}
		if [ "${outcome[enforce.$i]}" = missing ]; then
			tap_skip "$title: ${rows[i]}" "gtlsclient is missing; run as root: scripts/install test"
			continue
		fi
		if [ "${row_host[i]}" = - ]; then
			tap_is "$title: ${rows[i]}, is answered" "${outcome[enforce.$i]}" "$enforced"
			tap_is "$title: observed: ${rows[i]}, is answered" "${outcome[observe.$i]}" "$observed"
			continue
		fi
		tap_is "$title: ${rows[i]}, is refused, and on record once" "${outcome[enforce.$i]}; $(of_type block "${row_host[i]}")" \
			"$enforced; block the client $LAB_LAN"
		tap_is "$title: observed: ${rows[i]}, passes, and is on record once" \
			"${outcome[observe.$i]}; $(of_type would_block "${row_host[i]}")" "$observed; would_block the client $LAB_LAN"
	done
}
