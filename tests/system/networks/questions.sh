# shellcheck shell=bash disable=SC2154  # the script's variables
# SPDX-License-Identifier: MIT
#
# What a client asks for in each network of tests/system/networks.sh, and what has to come of it. Every row has a host of its own
# that it is about, so that each record belongs to one question.

ZONE=upd.kaspersky.com                  # all of it is prohibited
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
	! unlike "$1" || return 0
	rows+=("$1")
	row_host+=("$2")
	row_enforced+=("$3")
	row_observed+=("$4")
	row_question+=("${*:5}")
}

# Does the row have no sense in this network?
unlike() {
	has unlike && "unlike_$variant" "$1"
}

# The names of one family, F.
names_for() {
	local f=$1 kind

	for kind in dns own alias ownalias socket https ownhttps tls quic http; do
		LAB_BLOCKED_NAMES+=("$kind$f.$ZONE")
	done
	for kind in alias ownalias socket; do
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

# ask_all MODE: every question. Those that one process can ask come one after the other, as in an emulator a process costs more than
# its question; the processes run side by side.
ask_all() {
	local mode=$1 i word name address more asker pid
	local -A rows_of=()
	local -a pids=()

	for i in "${!rows[@]}"; do
		read -r word name address more <<<"${row_question[i]}"
		case $word/$address in
		answer/*)  rows_of["answers $more"]+=" $i" ;;
		quic/*)    rows_of["quic $i"]=$i ;;
		*/*:*)     rows_of["pages 6"]+=" $i" ;;
		*)         rows_of["pages 4"]+=" $i" ;;
		esac
	done
	for asker in "${!rows_of[@]}"; do
		# shellcheck disable=SC2086  # words
		"${asker%% *}" ${rows_of[$asker]} >"$LAB_DIR/$mode.${asker// /.}" &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid"
	done
	for asker in "${!rows_of[@]}"; do
		while read -r i more; do
			outcome[$mode.$i]=$more
		done <"$LAB_DIR/$mode.${asker// /.}"
	done
}

# Each of the following is given rows, and says for each, in a line, its number and what came of it.

# answers ROW...: one name server's, in the words of `answer`.
answers() {
	local i name type server line status=""
	local -a questions=()

	for i; do
		read -r _ name type server <<<"${row_question[i]}"
		questions+=("@$server" "$name" "$type")
	done
	while IFS= read -r line; do
		case $line in
		*" status: "*)     status=${line#* status: } status=${status%%,*} ;;
		"; EDE: "*)        line=${line#; EDE: } status+="+${line%% *}" ;;
		*"timed out"*)     status=timeout ;;
		";; MSG SIZE"* | *"no servers could be reached"*)
			echo "$1 ${status:-no answer}"
			status=""
			shift
			;;
		esac
	done < <(lab_dig "${questions[@]}" 2>&1)
}

# pages ROW...: the web servers' of one family: 200, reset, timeout, or what curl says.
pages() {
	local i word name address line
	local -a urls=()

	for i; do
		read -r word name address <<<"${row_question[i]}"
		[[ $address != *:* ]] || address="[$address]"
		case $word in
		page) urls+=(--resolve "$name:443:$address" -o /dev/null "https://$name/") ;;
		web)  urls+=(--resolve "$name:80:$address" -o /dev/null "http://$name/") ;;
		esac
	done
	while IFS= read -r line; do
		case $line in
		*reset*)       echo "$1 reset" ;;
		*"timed out"*) echo "$1 timeout" ;;
		*)             echo "$1 $line" ;;
		esac
		shift
	done < <(lab_client curl -s --noproxy '*' --max-time "$LAB_ANSWER_S" --cacert "$LAB_CA" -w '%{http_code} %{errormsg}\n' "${urls[@]}")
}

# quic ROW: see quic.sh.
quic() {
	local name address more

	tap_has gtlsclient gtlsserver || { echo "$1 missing"; return; }
	read -r _ name address more <<<"${row_question[$1]}"
	mkdir "$LAB_DIR/quic.$mode.$1"
	echo "$1 $(lab_client /bin/bash "$here/networks/quic.sh" "$LAB_DIR/quic.$mode.$1" "$name" "$address" "$LAB_ANSWER_S" "$more")"
}

# download FAMILY ADDRESS: by itself, so that the packets queued are its own. What a slow machine adds, packets that come before
# a verdict is out, or again as nobody has answered, is no packet that filterd asked for: the least of up to three counts.
download() {
	local before got queued=$((QUEUED_MAX + 1)) tries address=$2

	[[ $address == *:* ]] && address="[$address]"
	for ((tries = 0; tries < 3 && queued > QUEUED_MAX; tries++)); do
		before=$(daemon_num_queued)
		got=$(lab_client curl -sS --noproxy '*' --max-time $((3 * LAB_ANSWER_S)) --cacert "$LAB_CA" --resolve "$FREE:443:$address" \
			-o /dev/null -w '%{size_download}' "https://$FREE/2mb" 2>&1)
		queued=$(($(daemon_num_queued) - before))
	done
	tap_is "$title: 2 MB over TLS, IPv$1, arrive" "$got" 2097152
	tap_below "$title: of 2 MB over TLS, IPv$1, at most $QUEUED_MAX packets are queued" "$queued" $((QUEUED_MAX + 1))
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

# of_type TYPE HOST: the records of that type about a host, by the shell alone, as it is asked some hundred times.
of_type() {
	local left="${records[$2]:+${records[$2]}, }" record said=""

	while [ -n "$left" ]; do
		record=${left%%, *} left=${left#*, }
		[[ $record != "$1 "* ]] || said+="${said:+, }$record"
	done
	echo "$said"
}

judge() {
	local i enforced observed

	for i in "${!rows[@]}"; do
		enforced=${row_enforced[i]} observed=${row_observed[i]}
		if [ "${outcome[enforce.$i]:-}" = missing ]; then
			tap_skip "$title: ${rows[i]}" "gtlsclient is missing; run as root: scripts/install test"
			continue
		fi
		if [ "${row_host[i]}" = - ]; then
			tap_is "$title: ${rows[i]}, is answered" "${outcome[enforce.$i]:-}" "$enforced"
			tap_is "$title: observed: ${rows[i]}, is answered" "${outcome[observe.$i]:-}" "$observed"
			continue
		fi
		tap_is "$title: ${rows[i]}, is refused, and on record once" "${outcome[enforce.$i]:-}; $(of_type block "${row_host[i]}")" \
			"$enforced; block the client $LAB_LAN"
		tap_is "$title: observed: ${rows[i]}, passes, and is on record once" \
			"${outcome[observe.$i]:-}; $(of_type would_block "${row_host[i]}")" "$observed; would_block the client $LAB_LAN"
	done
}
