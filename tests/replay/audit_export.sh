#!/bin/bash
# SPDX-License-Identifier: MIT
#
# filterctl audit export: what other programs find in it is what the log says.
#
#   tests/replay/audit_export.sh BUILD     TAP
set -u
# shellcheck source=tests/support/tap.sh
. "$(dirname "$0")/../support/tap.sh"

tap_need jq
build=$(realpath "$1")
filterctl=$build/filterd/filterctl
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/log"
"$build/tests/small_log" "$work/log" || tap_bail "there is no log"
log=$work/log/audit.jsonl

export_to() {
	"$filterctl" audit export --to "$@" "$log" 2>&1
}

query() {
	sqlite3 "$work/attempts.db" "$1"
}

texts() {
	tap_is "csv: the same as filterctl audit list -o csv" "$(export_to csv | sha256sum)" \
		"$("$filterctl" audit list -o csv "$log" | sha256sum)"
	tap_is "a period" "$(export_to csv --since 2026-11-01T00:02:00Z --until 2026-11-01T00:03:00Z | sed 1d | wc -l)" 8
	tap_is "some records, by their numbers" "$(export_to csv --records 1,7-9,159- | sed 1d | cut -d, -f1 | paste -sd ' ')" "1 7 9 159"
	tap_like "numbers that are none" "$(export_to csv --records 9-7; echo $?)" "--records '9-7'; expected.*64$"
	export_to csv -o "$work/file" >/dev/null
	tap_is "-o: into a file" "$(sha256sum <"$work/file")" "$(export_to csv | sha256sum)"
	tap_is "-o: a log that is not there leaves the file as it was, and nothing beside it" \
		"$("$filterctl" audit export --to csv -o "$work/file" "$work/no_log" 2>/dev/null; sha256sum <"$work/file"; ls "$work"/file*)" \
		"$(export_to csv | sha256sum; echo "$work/file")"
	ln -s file "$work/link"
	export_to postgresql -o "$work/link"
	tap_is "-o: a link stays one, and leads to the new content" "$(readlink "$work/link") $(sha256sum <"$work/file")" \
		"file $(export_to postgresql | sha256sum)"
	tap_is "-o: a pipe is written to" "$(export_to csv -o /dev/stdout | sha256sum)" "$(export_to csv | sha256sum)"
}

# What psql takes; config/fleet has the rest, and tests/system/store.sh a database.
postgresql() {
	tap_is "postgresql: a row a record, between a COPY and its end" \
		"$(export_to postgresql | sed -n '1s/ (.*//p; $p'; export_to postgresql | wc -l)" "$(printf 'COPY incoming\n\\.\n%s' 164)"
	mkdir "$work/damaged"
	{ sed -n 1,5p "$log"; echo '{"no":"record"}'; sed -n '6,$p' "$log"; } >"$work/damaged/audit.jsonl"
	tap_like "a line that is no record is named, and left out" \
		"$("$filterctl" audit export --to postgresql "$work/damaged" 2>&1 >"$work/rows"; echo $?; wc -l <"$work/rows")" \
		"^$work/damaged/audit.jsonl:6: this is not a record.*NOT sound.*2.164$"
	sed -i '6d; 20s/"count":1/"count":2/' "$work/damaged/audit.jsonl"
	tap_like "an altered record shows, even if only its part of the log is read" \
		"$("$filterctl" audit export --to postgresql --records 10-30 "$work/damaged" 2>&1 >/dev/null; echo $?)" "some of the records read are not as.*2$"
	tap_is "of a part nobody says that the rest is missing" \
		"$("$filterctl" audit export --to postgresql --records 10-15 - 2>&1 < <(sed -n 10,20p "$log") | wc -l)" 8
}

refused() {
	tap_like "no format" "$(export_to '' ; echo $?)" "expected csv.*64$"
	for format in cef ecs ocsf; do
		tap_like "$format names the map that makes it" "$(export_to $format; echo $?)" "list -o json LOG . jq -rcf .*/siem/$format.jq.64$"
	done
	tap_like "--csv, where --to csv was meant" "$(export_to postgresql --csv; echo $?)" "has no CSV output.*64$"
	tap_like "a verdict as CSV" "$("$filterctl" audit verify --csv "$log" 2>&1; echo $?)" "has no CSV output.*64$"
	tap_like "a database on the standard output" "$(export_to sqlite; echo $?)" "needs a file.*64$"
	tap_like "a file that cannot be" "$(export_to csv -o "$work/no/such"; echo $?)" "No such file.*74$"
}

database() {
	if "$filterctl" audit export --to sqlite -o "$work/x.db" "$log" 2>&1 | grep -q "without SQLite"; then
		tap_skip "sqlite" "filterctl was built without it"
		return
	fi
	tap_can "sqlite" sqlite3 || return
	export_to sqlite -o "$work/attempts.db" >/dev/null
	tap_is "sqlite: all attempts" "$(query 'SELECT count(*), sum(count), count(DISTINCT log) FROM attempts')" "140|960|1"
	tap_is "and the filter's records about itself" "$(query 'SELECT type, count(*) FROM records GROUP BY 1 ORDER BY 1' | paste -sd ' ')" \
		"heartbeat|20 start|1 stop|1"
	tap_is "raw is the record to the byte" "$(query 'SELECT raw FROM attempts ORDER BY seq' | sha256sum)" \
		"$(grep '"event_type":"alert"' "$log" | sha256sum)"
	tap_is "the view of devices has the figures of filterctl audit devices" \
		"$(query "SELECT device || ' ' || attempts FROM devices WHERE attempts > 0 ORDER BY 1")" \
		"$("$filterctl" audit devices --json "$log" | jq -r '.devices[] | [.device, .blocked + .observed] | join(" ")' | sort)"
	tap_is "numbers are numbers, times sort" \
		"$(query 'SELECT DISTINCT typeof(src_port), typeof(count), typeof(time_us), length(time) FROM attempts')" "integer|integer|integer|27"
	export_to sqlite -o "$work/attempts.db" >/dev/null
	tap_is "again into the same file: nothing twice" "$(query 'SELECT count(*), sum(count) FROM attempts')" "140|960"
	tap_is "a log that ends later: only what is new" "$(query "DELETE FROM attempts WHERE seq > 100" ; export_to sqlite -o "$work/attempts.db" >/dev/null
		query 'SELECT count(*), sum(count) FROM attempts')" "140|960"
	printf 'this is no database, and stays what it is\n' >"$work/other"
	tap_like "a file that is no database is left alone" "$(export_to sqlite -o "$work/other"; echo $?; cat "$work/other")" \
		"not a database.*74.*stays what it is"
}

texts
postgresql
refused
database
tap_done
