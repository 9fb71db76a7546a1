# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# A fleet in the lab: three gateways, each with a client; one server of names and pages for all; an office with the policy's primary (BIND), and a
# collector with rsyslog, PostgreSQL and Prometheus. All of it by the files of config/fleet and config/prometheus, with the lab's places in the
# stead of a machine's. The caller has sourced tests/support/system.sh and postgres.sh.
#
#   client1 - gateway1 --- internet            gatewayN: filterd, knotd, rsyslog, sshd, node_exporter
#                 |  \____ office              office: the primary, and the way from gateways to the collector
#   client2 - gateway2        |
#   client3 - gateway3     collector

FLEET=(1 2 3)
FLEET_SOURCE=$DAEMON_SOURCE/config/fleet
FLEET_ZONE=rpz.example.net
FLEET_PRIMARY=198.19.0.53
FLEET_COLLECTOR=198.19.9.1
FLEET_COPIES=$LAB_DIR/collector         # live/ and pulled/
declare -A FLEET_FILTERD FLEET_RSYSLOG  # process ids
fleet_policy_secret=$(head -c 32 /dev/urandom | base64)
fleet_editor_secret=$(head -c 32 /dev/urandom | base64)

# fleet_at N: what comes next is meant for that gateway and its client.
# shellcheck disable=SC2034  # the lab's
fleet_at() {
	LAB_CLIENT=client$1 LAB_GATEWAY=gateway$1
	daemon_in "$LAB_DIR/gw$1"
	DAEMON_PID=${FLEET_FILTERD[$1]:-}
}

fleet_network() {
	local n where

	LAB_NAMESPACES=(internet office collector "${FLEET[@]/#/client}" "${FLEET[@]/#/gateway}")
	for where in "${LAB_NAMESPACES[@]}"; do
		lab_namespace "$where" || return
	done
	lab_address internet lo "$LAB_DNS4/32" "$LAB_DNS6/128" "$LAB_LISTED4/32" "$LAB_OTHER4/32" "${LAB_RESOLVERS[@]/%//32}" &&
		lab_address office lo $FLEET_PRIMARY/32 &&
		lab_link office hub collector eth0 && lab_address office hub 198.19.9.2/30 && lab_address collector eth0 $FLEET_COLLECTOR/30 &&
		ip -n "$LAB_ID-collector" route add default via 198.19.9.2 && lab_set office net.ipv4.ip_forward=1 || return
	for n in "${FLEET[@]}"; do
		lab_link "client$n" eth0 "gateway$n" lan0 && lab_link internet "gw$n" "gateway$n" wan0 && lab_link office "gw$n" "gateway$n" ops0 &&
			lab_address "client$n" eth0 192.0.2.$((16 * n + 2))/28 && lab_address "gateway$n" lan0 192.0.2.$((16 * n + 1))/28 &&
			lab_address "gateway$n" wan0 "198.18.$n.1/30" && lab_address internet "gw$n" "198.18.$n.2/30" &&
			lab_address "gateway$n" ops0 "198.19.$n.1/30" && lab_address office "gw$n" "198.19.$n.2/30" &&
			ip -n "$LAB_ID-client$n" route add default via 192.0.2.$((16 * n + 1)) &&
			ip -n "$LAB_ID-gateway$n" route add default via "198.18.$n.2" &&
			ip -n "$LAB_ID-gateway$n" route add 198.19.0.0/16 via "198.19.$n.2" &&
			ip -n "$LAB_ID-internet" route add 192.0.2.$((16 * n))/28 via "198.18.$n.1" &&
			lab_set "gateway$n" net.ipv4.ip_forward=1 && lab_firewall "gateway$n" lan0 wan0 &&
			lab_in "gateway$n" nft add rule inet lab-firewall input iifname ops0 accept || return
		lab_offloads "client$n"
		lab_offloads "gateway$n"
	done
	lab_wait "IPv6 addresses" lab_no_tentative
}

# fleet_link N up|down: of that gateway to the office and the collector; its client's way stays.
fleet_link() { ip -n "$LAB_ID-office" link set "gw$1" "$2"; }

# fleet_certificate NAME HOST: of the lab's authority.
fleet_certificate() {
	(
		cd "$LAB_DIR" || exit
		openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -out "$1.csr" -subj "/CN=$2" &&
			openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -days 2 -set_serial "$((RANDOM + 2))" \
				-extfile <(echo "subjectAltName=DNS:$2") -out "$1.pem"
	) >>"$LAB_DIR/openssl.log" 2>&1
}

# --- the policy ---

# fleet_zone_file FILE FOLDER [SED]: of config/fleet/policy, with secrets and places.
fleet_zone_file() {
	awk -v policy="$fleet_policy_secret" -v editor="$fleet_editor_secret" '
		/id: policy|key "policy" \{/ { secret = policy }
		/id: editor|key "editor" \{/ { secret = editor }
		{ sub("REPLACE-ME", secret); print }' "$FLEET_SOURCE/policy/$1" |
		sed -e "s|/var/lib/filterd-zones|$2|; s|/var/lib/knot|$2/db|; s|/run/knot|$2|; s|/var/lib/bind|$2|" \
			-e "s|target: syslog|target: stderr|; s|any: notice|any: info|; /user: knot/d; ${3:-}"
}

fleet_primary() {
	local folder=$LAB_DIR/bind n told=""

	for n in "${FLEET[@]}"; do
		told+="198.19.$n.1 port 5300 key \"policy\"; "
	done
	mkdir -p "$folder"
	cp "$FLEET_SOURCE/policy/$FLEET_ZONE.zone" "$folder/"
	{
		echo "options { directory \"$folder\"; listen-on { $FLEET_PRIMARY; }; listen-on-v6 { none; }; pid-file none;"
		echo "session-keyfile none; recursion no; dnssec-validation no; }; controls { };"
		fleet_zone_file named-primary.conf "$folder" "s|192.0.2.1 port.*|$told|"
	} >"$folder/named.conf"
	lab_start office "$folder.log" named -g -c "$folder/named.conf"
	lab_wait "BIND" grep -q "running$" "$folder.log"
}

# fleet_update LINE...: what an editor sends to the primary.
fleet_update() {
	{
		printf '%s\n' "server $FLEET_PRIMARY" "key hmac-sha256:editor $fleet_editor_secret" "zone $FLEET_ZONE"
		printf 'update %s\n' "$@"
		echo send
	} | lab_in office nsupdate
}

fleet_secondary() {
	# shellcheck disable=SC2153
	local zones=$DAEMON_DIR/zones

	mkdir -p "$zones/db"
	chgrp "$(id -gn nobody)" "$zones"
	chmod 2750 "$zones"
	fleet_zone_file knot-gateway.conf "$zones" "s|192.0.2.1@|198.19.$1.1@|; s|198.51.100.2@53|$FLEET_PRIMARY@53|; s|address: 198.51.100.2\$|address: 198.19.$1.2|" \
		>"$zones.conf"
	lab_start "$LAB_GATEWAY" "$zones.log" knotd -c "$zones.conf"
	lab_wait "knotd" test -s "$zones/$FLEET_ZONE.zone"
}

# --- the record ---

# fleet_ports NAME: the collector has an input for each gateway, with its name and a port of its own, where that gateway sends to.
fleet_ports() {
	local conf n

	conf=$(cat)
	if [ "$1" != collector ]; then
		echo "${conf//20514/2051${1#gw}}"
		return
	fi
	sed '/^input(/,$d' <<<"$conf"
	for n in 1 2 3; do
		sed -n '/^input(/,$p' <<<"$conf" | sed "s/gw1\.example\.net/gw$n.example.net/g; s/20514/2051$n/"
	done
}

# fleet_rsyslog WHERE SIDE NAME: by the shipped file; a gateway calls itself by its name, as all are on one host here.
fleet_rsyslog() {
	mkdir -p "$LAB_DIR/spool-$3"
	{
		echo "global(workDirectory=\"$LAB_DIR/spool-$3\" localHostname=\"$3\")"
		sed -e "s|target=\"collector.example.net\"|target=\"$FLEET_COLLECTOR\"|; s|/var/log/filterd|$LAB_DIR/$3/log|; s|/srv/filterd|$FLEET_COPIES|" \
			-e "s|/etc/filterd/fleet/ca.pem|$LAB_CA|; s|/etc/filterd/fleet/cert.pem|$LAB_DIR/$3.pem|; s|/etc/filterd/fleet/key.pem|$LAB_DIR/$3.key|" \
			"$FLEET_SOURCE/rsyslog-$2.conf" | fleet_ports "$3"
	} >"$LAB_DIR/rsyslog-$3.conf"
	lab_start "$1" "$LAB_DIR/rsyslog-$3.said" rsyslogd -n -f "$LAB_DIR/rsyslog-$3.conf" -i "$LAB_DIR/rsyslog-$3.pid"
	FLEET_RSYSLOG[$3]=$LAB_PID
	lab_wait "rsyslog" test -s "$LAB_DIR/rsyslog-$3.pid"
}

fleet_rsyslog_end() {
	kill "${FLEET_RSYSLOG[$1]}" && wait "${FLEET_RSYSLOG[$1]}"
	rm -f "$LAB_DIR/rsyslog-$1.pid"
}

# The collector's key reads the log's folder, and does nothing else.
fleet_sshd() {
	local ssh=$LAB_DIR/ssh

	sed -n "s|/var/log/filterd|$DAEMON_DIR/log|; s|/usr/bin/rrsync|$(command -v rrsync)|; s|ssh-ed25519.*|$(cat "$ssh/pull.pub")|p" \
		"$FLEET_SOURCE/authorized_keys" >"$ssh/keys$1"
	printf '%s\n' "ListenAddress 198.19.$1.1" "HostKey $ssh/host" "PidFile $ssh/sshd$1.pid" "StrictModes no" "UsePAM no" "PasswordAuthentication no" \
		"PermitRootLogin prohibit-password" "AuthorizedKeysFile $ssh/keys$1" >"$ssh/sshd$1.conf"
	# It wants a folder in /run, and has a /run of its own.
	# shellcheck disable=SC2016  # the inner shell's
	lab_start "$LAB_GATEWAY" "$ssh/sshd$1.said" sh -c 'mount -t tmpfs run /run && mkdir /run/sshd && exec /usr/sbin/sshd -D -e -f "$1"' sshd "$ssh/sshd$1.conf"
	lab_wait "sshd" test -s "$ssh/sshd$1.pid" || return
	printf '%s\n' "Host gw$1" "  HostName 198.19.$1.1" >>"$ssh/config"
	echo "gw$1 gw$1:" >>"$LAB_DIR/gateways"
}

# fleet_pull FOLDER: all gateways' logs, what is new of them.
fleet_pull() {
	lab_in collector env RSYNC_RSH="ssh -F $LAB_DIR/ssh/config" "$FLEET_SOURCE/filterd-pull" "$LAB_DIR/gateways" "$1"
}

fleet_load() {
	PATH=$DAEMON_BUILD/filterd:$PATH "$FLEET_SOURCE/postgresql/load" --database "dbname=filterd user=loader" "$FLEET_COPIES"/pulled/gw*
}

# One round after another, each as soon as two seconds after the last; a timer has it each minute.
fleet_collecting() {
	: >"$LAB_DIR/collecting"
	while [ -e "$LAB_DIR/collecting" ]; do
		fleet_pull "$FLEET_COPIES/pulled"
		fleet_load
		sleep 2
	done >>"$LAB_DIR/collect.said" 2>&1 &
	fleet_collecting_pid=$!
}

fleet_collecting_end() {
	rm -f "$LAB_DIR/collecting"
	wait "$fleet_collecting_pid"
}

# fleet_query NAME, fleet_ask SQL: of the store, as somebody who may only read.
fleet_query() {
	sed -n "/^-- query: $1\$/,/^\$/p" "$FLEET_SOURCE/postgresql/queries.sql" | psql -XqAt -F ' ' -v ON_ERROR_STOP=1 -d filterd -U auditor
}
fleet_ask() { psql -XqAt -F ' ' -v ON_ERROR_STOP=1 -d filterd -U auditor -c "$1"; }

fleet_store() {
	postgres_begin "$LAB_DIR/postgres" && createdb -E UTF8 -T template0 filterd &&
		psql -Xq -d filterd -f "$FLEET_SOURCE/postgresql/schema.sql" >"$LAB_DIR/schema.said" 2>&1 &&
		psql -Xq -d filterd -c "CREATE ROLE loader LOGIN IN ROLE filterd_loader; CREATE ROLE auditor LOGIN IN ROLE filterd_reader"
}

# --- the alarms ---

fleet_exporter() {
	lab_start "$LAB_GATEWAY" "$DAEMON_DIR/exporter" prometheus-node-exporter --collector.disable-defaults --collector.textfile \
		--collector.textfile.directory="$DAEMON_DIR/run" --web.listen-address="198.19.$1.1:9100"
}

# What FLEET_RULES, a sed script, makes of the shipped rules; each second instead of each fifteenth.
fleet_prometheus() {
	local board=$LAB_DIR/board

	mkdir -p "$board"
	sed -E "$FLEET_RULES" "$DAEMON_SOURCE/config/prometheus/filterd.rules.yml" >"$board/filterd.rules.yml"
	sed -E 's/(interval:) 15s/\1 1s/; s/"gw([1-3])\.example\.net:/"198.19.\1.1:/g' "$DAEMON_SOURCE/config/prometheus/prometheus.yml" >"$board/prometheus.yml"
	lab_start collector "$board/said" prometheus --config.file="$board/prometheus.yml" --storage.tsdb.path="$board/data" --web.listen-address=127.0.0.1:9090
	lab_wait "Prometheus" fleet_metric_is 'count(up{job="filterd"})' 3
}

fleet_metric() {
	lab_in collector curl -s --data-urlencode "query=$1" http://127.0.0.1:9090/api/v1/query |
		sed 's/198\.19\.\([1-3]\)\.1:9100/gw\1/g' | jq -r "${2:-.data.result[0].value[1] // empty}"
}
fleet_metric_is() { [ "$(fleet_metric "$1")" = "$2" ]; }

# fleet_rings ALARM [GATEWAY]
fleet_rings() { fleet_metric 'ALERTS{alertstate="firing"}' '.data.result[].metric | [.alertname, .instance // ""] | join(" ")' | grep -qx "$1 ${2:-}"; }
fleet_is_silent() { ! fleet_rings "$@"; }

# Every alarm that ever rang: "name gateway", sorted. The clock is this machine's own.
fleet_rang() {
	fleet_metric 'count_over_time(ALERTS{alertstate="firing"}[1h])' '.data.result[].metric | [.alertname, .instance // ""] | join(" ")' |
		grep -v '^FilterdClockNotKept' | sort
}

# --- all of it ---

fleet_gateway() {
	fleet_at "$1"
	mkdir -m 755 "$DAEMON_DIR" || return
	daemon_configure && cp "$FLEET_SOURCE/policy/fleet.policy" "$DAEMON_DIR/config/policy/" &&
		sed -i "s|/var/lib/filterd-zones|../../zones|" "$DAEMON_DIR/config/policy/fleet.policy" &&
		daemon_set files "policy/kaspersky-us.policy policy/fleet.policy" && daemon_set watch 1 && daemon_set protect lan0 &&
		daemon_set sensor "gw$1.example.net" && daemon_set heartbeat 5 && daemon_set metrics "$DAEMON_DIR/run/filterd.prom" &&
		fleet_secondary "$1" && daemon_rules install && fleet_filterd "$1" &&
		cp "$DAEMON_DIR/keys/audit.vkey" "$LAB_DIR/vkeys/gw$1.vkey" &&
		fleet_certificate "gw$1" "gw$1.example.net" && fleet_rsyslog "$LAB_GATEWAY" gateway "gw$1" && fleet_sshd "$1" && fleet_exporter "$1"
}

fleet_filterd() {
	daemon_start || return
	FLEET_FILTERD[$1]=$DAEMON_PID
}

fleet_up() {
	local n

	trap fleet_down EXIT
	lab_check_host || return
	# shellcheck disable=SC2034  # lab_down's
	LAB_MADE=yes
	mkdir -m 755 "$LAB_DIR" && mkdir "$LAB_DIR/vkeys" "$LAB_DIR/ssh" "$FLEET_COPIES" || return
	fleet_network && lab_certificate && lab_name_server && lab_web_server && fleet_certificate collector collector.example.net &&
		ssh-keygen -q -t ed25519 -N '' -f "$LAB_DIR/ssh/host" && ssh-keygen -q -t ed25519 -N '' -f "$LAB_DIR/ssh/pull" || return
	printf '%s\n' "Host *" "  User root" "  IdentityFile $LAB_DIR/ssh/pull" "  StrictHostKeyChecking no" "  UserKnownHostsFile $LAB_DIR/ssh/known" \
		"  LogLevel ERROR" "  ConnectTimeout 3" "  ServerAliveInterval 1" "  ServerAliveCountMax 3" >"$LAB_DIR/ssh/config"
	fleet_store && fleet_primary && fleet_rsyslog collector collector collector || return
	for n in "${FLEET[@]}"; do
		fleet_gateway "$n" || return
	done
	fleet_prometheus
}

# shellcheck disable=SC2317  # the trap's
fleet_down() {
	[ "$BASHPID" -eq $$ ] || return 0
	rm -f "$LAB_DIR/collecting"
	postgres_end
	lab_down
}
