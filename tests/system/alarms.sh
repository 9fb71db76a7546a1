#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The alarm board: the file of a real filterd through node_exporter into Prometheus, whose alarms ring for what is done to the gateway;
# and the expressions of the Grafana dashboard, asked of that Prometheus.
#
# Three gateways: gw1 is alive, in the lab; gw2 and gw3 are files that the same filterd wrote before. What the alarms wait for, and how old
# is old, is made shorter here: no `for`, a log unsigned for 12 seconds, a file not written for 25.
# shellcheck disable=SC2317  # tap_wait calls what it is given
set -u
# shellcheck source=tests/support/system.sh
. "$(dirname "$0")/../support/system.sh"

tap_need prometheus promtool prometheus-node-exporter
board=$LAB_DIR/board
log=$LAB_DIR/log
run=$LAB_DIR/run
api=http://127.0.0.1:9090/api/v1

# The alarms that ring: "name gateway", sorted.
ringing() {
	lab_gateway curl -s "$api/alerts" |
		jq -r '.data.alerts[] | select(.state == "firing").labels | [.alertname, .instance // ""] | join(" ")' |
		grep -v '^FilterdClockNotKept' | sort          # the clock is this machine's own
}
rings()  { ringing | grep -qx "$1"; }
silent() { ! rings "$1"; }

# ask EXPRESSION: its first value.
ask() { lab_gateway curl -s --data-urlencode "query=$1" "$api/query" | jq -r '.data.result[0].value[1] // empty'; }
says() { [ "$(ask "$1")" = "$2" ]; }

# alarm WHAT NAME [GATEWAY]: good if it comes to ring.
alarm() { tap_ok "$1: $2 rings" tap_wait "$2" rings "$2 ${3-127.0.0.1:9101}"; }

clean() {
	umount -l "$log" 2>/dev/null
	lab_down
}

# What one run of filterd leaves as the file of another gateway.
write_file() {
	daemon_start || tap_bail "filterd did not start"
	tap_wait "the metrics" test -s "$run/filterd.prom"
	mkdir -p "$board/$1"
	cp "$run/filterd.prom" "$board/$1.prom"
	daemon_end TERM
	rm "$run/filterd.prom"
}

# filterd's metrics of gw1 are in its own folder.
begin() {
	local i

	mkdir -p "$board" "$log"
	chmod 755 "$board"
	mount -t tmpfs -o size=8m,mode=750 log "$log" || tap_bail "no disk of its own for the log"
	chown nobody "$log"
	daemon_set metrics "$run/filterd.prom"
	daemon_set heartbeat 5
	daemon_set on-failure closed
	daemon_set length 64
	daemon_rules install || tap_bail "the rules could not be installed"
	daemon_set files "policy/kaspersky-us.policy policy/encrypted-dns.policy"
	write_file gw2
	daemon_set files policy/kaspersky-us.policy
	write_file gw3
	mv "$board/gw3.prom" "$board/gw3/filterd.prom"
	daemon_start || tap_bail "filterd did not start"

	sed -E 's/^( *for:).*/\1 0s/; s/(sealed_seconds >) 300/\1 12/; s/(seconds\{file.*>) 120/\1 25/' \
		"$DAEMON_SOURCE/config/prometheus/filterd.rules.yml" >"$board/filterd.rules.yml"
	sed -E 's/(interval:) 15s/\1 1s/; s/"gw([1-3])\.example\.net:9100"/"127.0.0.1:910\1"/g' \
		"$DAEMON_SOURCE/config/prometheus/prometheus.yml" >"$board/prometheus.yml"
	tap_is "ten waits and two ages are shorter here, and nothing else differs" "$(diff "$DAEMON_SOURCE/config/prometheus/filterd.rules.yml" "$board/filterd.rules.yml" | grep -c '^>')" 12
	i=1
	for folder in "$run" "$board/gw2" "$board/gw3"; do
		lab_start gateway "$board/exporter$i" prometheus-node-exporter --collector.disable-defaults --collector.textfile \
			--collector.textfile.directory="$folder" --web.listen-address="127.0.0.1:910$i"
		EXPORTER=$LAB_PID
		i=$((i + 1))
	done
	lab_start gateway "$board/prometheus" prometheus --config.file="$board/prometheus.yml" --storage.tsdb.path="$board/data" \
		--web.listen-address=127.0.0.1:9090
	tap_wait "Prometheus" says 'sum(up{job="filterd"})' 3 || tap_bail "Prometheus did not start: $(tail -n 2 "$board/prometheus")"
	tap_wait "metrics" says 'sum(filterd_state{state="enforcing"})' 2
}

well() {
	alarm "node_exporter has nothing of gw2" FilterdNoMetrics 127.0.0.1:9102
	cp "$board/gw2.prom" "$board/gw2/filterd.prom"
	alarm "gw2 has a policy of its own" FilterdPoliciesDiffer ""
	tap_ok "its file is found now" tap_wait silence silent "FilterdNoMetrics 127.0.0.1:9102"
	answer dnl-01.geo.kaspersky.com A "$LAB_DNS4" >/dev/null
	page p00.upd.kaspersky.com "$LAB_LISTED4" >/dev/null
	tap_ok "what is blocked is in Prometheus" tap_wait "the count" says 'sum(filterd_blocked_total{instance="127.0.0.1:9101"})' 2
	touch "$board/gw2/filterd.prom" "$board/gw3/filterd.prom"
	tap_ok "a gateway that is well rings for nothing" tap_wait silence all_silent 9101
}
all_silent() { ! ringing | grep -q "$1"; }

# More packets than the queue holds, while filterd stands still.
send_many() {
	lab_client python3 -c '
import socket, sys
for port in range(3000):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.sendto(b"no name in it", (sys.argv[1], 20000 + port))
    s.close()
' "$LAB_OTHER4"
}

troubles() {
	local ring

	kill -STOP "$DAEMON_PID"
	send_many
	kill -CONT "$DAEMON_PID"
	lab_gateway ip6tables -t mangle -F filterd-send
	alarm "a queue that was full" FilterdQueueDrops
	alarm "rules that are gone" FilterdRulesMissing
	daemon_set on-failure open
	daemon_rules install
	daemon_end KILL
	tap_is "killed, with on-failure = open: a prohibited name is answered" "$(answer dnl-01.geo.kaspersky.com A "$LAB_DNS4")" NOERROR
	daemon_set mode observe
	daemon_start || tap_bail "filterd did not start again"
	alarm "packets that passed meanwhile" FilterdUnfiltered
	alarm "a filter that only observes" FilterdNotEnforcing
	tap_ok "rules that are back" tap_wait silence silent "FilterdRulesMissing 127.0.0.1:9101"
	daemon_set mode enforce
	system_reload
	cat /dev/zero >"$log/filler" 2>/dev/null
	tap_wait "filterd to notice" daemon_says "attempts are counted"
	answer dnl-01.geo.kaspersky.com A "$LAB_DNS4" >/dev/null
	alarm "a disk that is full" FilterdAuditStalled
	alarm "an attempt without a record of its own" FilterdAuditLost
	ring=$(ringing)
	tap_is "for the others nothing but their age and the policies" "$(grep -v ' 127.0.0.1:9101\|FilterdNotRunning\|FilterdPoliciesDiffer' <<<"$ring")" ""
	rm "$log/filler"
	tap_ok "room again" tap_wait silence silent "FilterdAuditStalled 127.0.0.1:9101"
	tap_ok "and it blocks" tap_wait silence silent "FilterdNotEnforcing 127.0.0.1:9101"
}

# Each expression of the dashboard, as Grafana would ask it.
dashboard() {
	local file=$DAEMON_SOURCE/config/fleet/grafana.json expression asked result

	tap_ok "the dashboard is JSON, each panel with a number of its own" jq -e '[.panels[].id] | length > 20 and length == (unique | length)' "$file"
	while IFS= read -r expression; do
		# shellcheck disable=SC2016  # Grafana's variables
		asked=$(sed 's/\$__rate_interval/1m/g; s/\$gateway/.*/g' <<<"$expression")
		result=$(lab_gateway curl -s --data-urlencode "query=$asked" "$api/query" | jq -r '[.status, (.data.result | length > 0)] | join(" ")')
		tap_is "the dashboard asks what has an answer: $expression" "$result" "success true"
	done < <(jq -r '.panels[].targets[]?.expr' "$file")
	tap_is "of metrics that there are" "$(comm -23 <(jq -r '.. | .expr? // empty' "$file" | grep -oE 'filterd_[a-z_]+' | sort -u) \
		<(sed -n 's/^# TYPE \(filterd_[a-z_]*\) .*/\1/p' "$run/filterd.prom" | sort -u))" ""
	tap_is "a gateway is chosen by what Prometheus calls it" "$(lab_gateway curl -s "$api/label/instance/values" | jq -c '.data')" \
		'["127.0.0.1:9101","127.0.0.1:9102","127.0.0.1:9103"]'
}

ends() {
	daemon_end TERM
	alarm "filterd has ended" FilterdNotRunning
	kill "$EXPORTER"
	alarm "a gateway out of reach" FilterdUnreachable 127.0.0.1:9103
}

trap clean EXIT
system_begin
trap clean EXIT
trap 'exit 130' INT TERM HUP
begin
well
troubles
dashboard
ends
tap_done
