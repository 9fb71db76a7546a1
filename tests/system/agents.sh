#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The agents of others, as config/siem/README.md configures them: what can be run here. Of rsyslog to Elastic the whole way, to a stand-in that
# keeps what it is sent; of rsyslog to Kafka the configuration.
#
#   tests/system/agents.sh BUILD     TAP; needs no root
# shellcheck disable=SC2317  # tap_wait calls what it is given
set -u
# shellcheck source=tests/support/tap.sh
. "$(dirname "$0")/../support/tap.sh"

build=$(realpath "$1")
page=$(realpath "$(dirname "$0")/../../config/siem/README.md")
for module in imfile omelasticsearch omkafka; do
	[ -e "$(echo /usr/lib/*/rsyslog/$module.so)" ] || tap_skip_all "rsyslog has no $module; run as root: scripts/install test"
done
tap_need rsyslogd jq
work=$(mktemp -d)
clean() {
	local pid

	for pid in $(jobs -p); do
		kill "$pid" 2>/dev/null
	done
	wait
	rm -rf "$work"
}
trap clean EXIT
cd "$work" || exit

# block AGENT: as it stands in the page, but for folders and the server.
block() {
	sed -n "/^\`\`\`rsyslog agent=$1\$/,/^\`\`\`\$/p" "$page" | sed '1d;$d' |
		sed "s#/var/spool/rsyslog#$work/spool#; s#/var/log/filterd#$work/log#; s#https://elastic.example.net:9200#http://127.0.0.1:${port:-1}#"
}

# An Elasticsearch in what rsyslog sees of it: it takes a bulk, keeps documents under their ids, and says which were there.
stand_in() {
	cat >stand_in.py <<-'END'
		import http.server, json, sys

		held = {}

		class Answers(http.server.BaseHTTPRequestHandler):
		    def answer(self, body):
		        self.send_response(200)
		        self.send_header("Content-Type", "application/json")
		        self.send_header("Content-Length", str(len(body)))
		        self.end_headers()
		        self.wfile.write(body)

		    def do_GET(self):
		        self.answer(b"{}")

		    do_HEAD = do_GET

		    def do_POST(self):
		        lines = self.rfile.read(int(self.headers["Content-Length"])).split(b"\n")
		        items = []
		        for action, document in zip(lines[::2], lines[1::2]):
		            name = json.loads(action)["create"]["_id"]
		            items.append({"create": {"_id": name, "status": 409 if name in held else 201}})
		            if name not in held:
		                held[name] = document
		                with open("documents", "ab") as file:
		                    file.write(document + b"\n")
		                with open("ids", "a") as file:
		                    file.write(name + "\n")
		        self.answer(json.dumps({"errors": False, "items": items}).encode())

		    def log_message(self, *words):
		        pass

		server = http.server.HTTPServer(("127.0.0.1", 0), Answers)
		with open("port", "w") as file:
		    file.write(f"{server.server_port}\n")
		server.serve_forever()
	END
	python3 stand_in.py &
	tap_wait "its port" test -s port || tap_bail "the stand-in did not start"
	port=$(cat port)
}

agent() {
	rsyslogd -n -f elastic.conf -i "$work/pid" >said 2>&1 &
	AGENT=$!
}
has() { [ -e documents ] && [ "$(wc -l <documents)" -ge "$1" ]; }

elastic() {
	local all

	stand_in
	block elastic >elastic.conf
	tap_ok "elastic: rsyslog takes the configuration" rsyslogd -N1 -f "$work/elastic.conf"
	head -n 100 whole >log/audit.jsonl
	agent
	tap_wait "the records" has 100
	sed -n '101,140p' whole >>log/audit.jsonl
	tap_wait "the records" has 140
	# As filterd closes a file and begins the next one.
	mv log/audit.jsonl log/audit-000000000000-000000000139.jsonl
	sed -n '141,$p' whole >log/audit.jsonl
	all=$(wc -l <whole)
	tap_ok "each record arrives, over a rotation too" tap_wait "the records" has "$all"
	tap_is "each to the byte, in order" "$(sha256sum <documents)" "$(sha256sum <whole)"
	tap_is "each under its time and number" "$(paste -sd ' ' <ids)" "$(jq -r '"gw1-\(.timestamp)-\(.filterd.seq)"' whole | paste -sd ' ')"
	kill "$AGENT"
	wait "$AGENT"
	# A lost memory of how far it was sends all of it again.
	rm -f spool/*
	mv log/audit.jsonl log/again && cp log/again log/audit.jsonl
	head -n 3 whole | sed 's/"timestamp":"2026/"timestamp":"2027/' >>log/audit.jsonl
	agent
	tap_wait "the records" has $((all + 3))
	tap_is "sent twice it is there once; the first records of a new log are there, too" "$(wc -l <documents)" $((all + 3))
}

kafka() {
	block kafka >kafka.conf
	tap_ok "kafka: there is a configuration" test -s kafka.conf
	tap_is "rsyslog takes it" "$(rsyslogd -N1 -f "$work/kafka.conf" 2>&1 | grep -ci error; rsyslogd -N1 -f "$work/kafka.conf" >/dev/null 2>&1; echo $?)" "$(printf '0\n0')"
}

mkdir log spool made
"$build/tests/small_log" made || tap_bail "there is no log"
mv made/audit.jsonl whole
elastic
kafka
tap_done
