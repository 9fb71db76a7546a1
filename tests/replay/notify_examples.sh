#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The examples of filterd-notify, changed in one line as people change them, against servers that take what is told, that fail, that
# hang, that send elsewhere, and that are not there: what arrives, and that nothing is lost.
# shellcheck disable=SC2317  # tap_wait calls what it is given
set -u
source=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/support/tap.sh
. "$source/tests/support/tap.sh"

tap_need busybox curl openssl python3 jq
work=$(mktemp -d)
server=''
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
	-addext subjectAltName=DNS:localhost -keyout "$work/key" -out "$work/crt" 2>/dev/null
number=0

# record DEVICE HOST NAME: an attempt in the log.
record() {
	printf '{"timestamp":"2026-11-30T09:00:00.000000+0000","event_type":"alert","alert":{"action":"blocked","category":"Kaspersky update"},"host":"gw1","filterd":{"type":"block","host":"%s","category":"update","device":"%s","name":"%s","count":1,"seq":%d,"prev":"00"}}\n' \
		"$2" "$1" "$3" "$number" >>"$work/audit.jsonl"
	number=$((number + 1))
}

serve() {
	rm -f "$work/web" "$work/mail"
	python3 "$source/tests/support/notify_server.py" "$work" "$work/crt" "$work/key" 2>"$work/server.log" &
	server=$!
	tap_wait "the servers" test -s "$work/web" -a -s "$work/mail" || tap_bail "the servers did not start"
}

serve_no_more() {
	kill "$server"
	wait "$server" 2>/dev/null
	server=''
}

# use EXAMPLE: in the stead of the one before, as somebody who never told of anything.
use() {
	sed "s|https://hooks.example.net/filterd|https://localhost:$(cat "$work/web")/hook|
		s|https://ntfy.example.net/REPLACE-ME|https://localhost:$(cat "$work/web")/topic|
		s|smtp://localhost|smtp://localhost:$(cat "$work/mail")|
		s|root@localhost|admin@example.org|; s|--max-time 30|--max-time 1|" "$source/config/notify/$1" >"$work/run"
	chmod +x "$work/run"
}

# told: the exit status; what arrived is in $work/told.
told() {
	rm -f "$work/told"
	: >"$work/errors"
	CURL_CA_BUNDLE=$work/crt busybox ash "$source/config/notify/filterd-notify" -c "$work/notify.conf" --once >/dev/null 2>>"$work/errors"
	echo "status $?"
}

# arrived FIELD: of each message.
arrived() { jq -r "$1" "$work/told" 2>/dev/null; }

# keeps WHAT: it was not told, and waits.
keeps() {
	tap_is "$example: $1: it is not told" "$(told)$(arrived .)" "status 1"
	tap_like "$example: $1: it says so" "$(cat "$work/errors")" "'.*/run' ends with [0-9]+; it is tried again"
	tap_is "$example: $1: it waits" "$(find "$work/state/waiting" -type f | wc -l)" "$2"
}

# example NAME: its life.
example() {
	example=$1
	rm -rf "$work/state" "$work/audit.jsonl"
	number=0
	use "$1"
	record 02:00:00:00:00:09 old.example.org ''
	tap_is "$1: what was there before is old" "$(told)$(arrived .)" "status 0"
	record 02:00:00:00:00:01 dnl.example.org 'a\"b\\c'
	touch "$work/fails"
	keeps "the server fails" 1
	rm "$work/fails"
	touch "$work/redirects"
	[ "$1" = mail ] || keeps "the server sends elsewhere" 1
	rm "$work/redirects"
	touch "$work/hangs"
	record 02:00:00:00:00:02 two.example.org ''
	keeps "the server hangs" 2
	rm "$work/hangs"
	serve_no_more
	keeps "nobody is there" 2
	serve
	use "$1"
	tap_is "$1: both are told then" "$(told) $(arrived . | jq -s length)" "status 0 2"
	tap_is "$1: nothing waits" "$(find "$work/state/waiting" -type f | wc -l)" 0
	tap_is "$1: nothing is told twice" "$(told)$(arrived .)" "status 0"
	record 02:00:00:00:00:03 three.example.org 'a\"b\\c'
	told >/dev/null
}

printf '%s\n' "run = $work/run" "log = $work/audit.jsonl" "state = $work/state" "seconds = 3" >"$work/notify.conf"
printf '#!/bin/sh\n' >"$work/run"
serve

example webhook
tap_is "webhook: it is JSON, with the texts as they are in the log" \
	"$(arrived '.path + " " + .type + " " + (.body | fromjson | .device + " " + .host + " " + .text)')" \
	'/hook application/json 02:00:00:00:00:03 three.example.org 2026-11-30T09:00:00 02:00:00:00:00:03 a"b\c tried three.example.org (Kaspersky update): blocked'

example ntfy
tap_is "ntfy: a title, and the line" "$(arrived '[.path, .title, .body] | join("|")')" \
	'/topic|filterd: a device tried three.example.org|2026-11-30T09:00:00 02:00:00:00:00:03 a\"b\\c tried three.example.org (Kaspersky update): blocked'

example mail
tap_is "mail: from and to" "$(arrived '.sender + " " + .recipient')" "<filterd@$(uname -n)> <admin@example.org>"
tap_like "mail: subject, date and the line" "$(arrived .body)" \
	'To: <admin@example.org>.*Date: .* [0-9]{4} .*Subject: filterd: 02:00:00:00:00:03 tried three.example.org.*2026-11-30T09:00:00 02:00:00:00:00:03 a\\"b\\\\c tried'
tap_done
