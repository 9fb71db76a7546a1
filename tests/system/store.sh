#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The store: schema, loader and queries of config/fleet/postgresql over the logs of four gateways, on a PostgreSQL of the test's own, held
# against filterctl audit over the same logs; and what must not happen: records twice, changed, lost, or put in by somebody else.
#
#   tests/system/store.sh BUILD     TAP; needs no root
# shellcheck disable=SC2013,SC2016,SC2317   # names are words; jq has variables of its own; tap_wait calls some of these
set -u
# shellcheck source=tests/support/tap.sh
. "$(dirname "$0")/../support/tap.sh"
# shellcheck source=tests/support/postgres.sh
. "$(dirname "$0")/../support/postgres.sh"

build=$(realpath "$1")
source=$(realpath "$(dirname "$0")/../..")
store=$source/config/fleet/postgresql
postgres_find || tap_skip_all "PostgreSQL is missing; run as root: scripts/install test"
tap_need jq
work=$(mktemp -d)
chmod 755 "$work"
trap 'postgres_end; rm -rf "$work"' EXIT
cd "$work" || exit
export PATH=$build/filterd:$PATH LC_ALL=C.UTF-8 TZ=UTC

# ask SQL: as the owner of all. reader SQL, loader SQL: as somebody who may only that.
ask()    { psql -XqAt -F ' ' -v ON_ERROR_STOP=1 -d filterd -c "$1"; }
reader() { psql -XqAt -F ' ' -v ON_ERROR_STOP=1 -d filterd -U auditor -c "$1"; }
loader() { psql -XqAt -F ' ' -v ON_ERROR_STOP=1 -d filterd -U loader -c "$1"; }

load() { "$store/load" --database "dbname=filterd user=loader" "$@" 2>&1; }

# recipe NAME: what config/fleet/README.md has for the store, as it stands there.
recipe() {
	sed -n "/^\`\`\`sh store=$1\$/,/^\`\`\`\$/p" "$source/config/fleet/README.md" | sed '1d;$d' | sed "s#/srv/filterd/#$work/gw#; s# config/fleet# $source/config/fleet#
		s#^config/fleet#$source/config/fleet#" >"$1.sh"
	[ -s "$1.sh" ] || { echo "config/fleet/README.md has no commands to $1 the store"; return; }
	bash -eu "$1.sh" </dev/null
}

# query NAME: what the query of that name says, as an auditor asks it on 2026-12-01.
query() {
	sed -n "/^-- query: $1\$/,/^\$/p" "$store/queries.sql" >"$1.sql"
	[ -s "$1.sql" ] || { echo "there is no query '$1'"; return; }
	PGOPTIONS="-c filterd.now=2026-12-01Z" psql -XqAt -F ' ' -v ON_ERROR_STOP=1 -d filterd -U auditor -f "$1.sql" 2>&1
}

# each VERB JQ: what filterctl says of each gateway, all in one.
each() {
	local gateway

	for gateway in gw1 gw2 gw3 gw4; do
		filterctl audit "$1" --json $gateway | jq -r --arg gateway "$(gateway_of $gateway)" "$2"
	done
}

# The name in the records, which for the log of the fourth is not that of its folder.
gateway_of() { case $1 in gw4) echo gw1 ;; *) echo "$1.example.net" ;; esac; }

# log_of FOLDER, records_of FOLDER: id of a log, how many records it has.
log_of()     { grep -ohm1 '"log":"[0-9a-f]*"' "$1"/*.jsonl | head -n 1 | cut -d'"' -f4; }
records_of() { cat "$1"/*.jsonl | wc -l; }
held()       { ask "SELECT held FROM filterd.logs WHERE log = '$(log_of "$1")'"; }

make() {
	"$build/tests/make_log" --folder "made$1" --days 6 --attempts-per-day 150 --gateway "gw$1.example.net" "${@:2}" 2>/dev/null ||
		tap_bail "there is no log"
	mv "made$1/log" "gw$1"
}

# gw1 and gw2 have changed their policy, gw3 ended before; gw4 has names that strangers chose.
logs() {
	make 1 --from 2026-11-25T00:00:00Z --seed 1
	make 2 --from 2026-10-28T00:00:00Z --seed 2
	make 3 --from 2026-11-25T00:00:00Z --seed 3 --bytes 60000
	mkdir gw4
	"$build/tests/small_log" gw4 || tap_bail "there is no log"
	rm gw4/audit.vkey
}

begin() {
	postgres_begin "$work/postgres" || tap_bail "PostgreSQL did not start: $(tail -n 3 "$work/postgres.log")"
	createdb -E LATIN1 -T template0 --locale=C latin
	tap_like "a database that cannot hold all names is refused" "$(psql -Xq -d latin -f "$store/schema.sql" 2>&1; echo $?)" "LATIN1, not UTF8.*3$"
	tap_is "the page of the fleet makes the store" "$(recipe make 2>&1 | grep -c ERROR; ask "SELECT count(*) FROM filterd.logs" 2>&1)" "$(printf '0\n0')"
	ask "CREATE ROLE loader LOGIN IN ROLE filterd_loader; CREATE ROLE auditor LOGIN IN ROLE filterd_reader"
}

loads() {
	local sum

	tap_is "the page of the fleet loads each gateway" "$(recipe load 2>&1; echo $?)" "$(for i in 1 2 3 4; do
		echo "$work/gw$i: $(gateway_of gw$i), log $(log_of gw$i): $(records_of gw$i) new, 0 known"; done; echo 0)"
	tap_is "again: nothing new" "$(load gw1 gw2 gw3 gw4 | cut -d: -f2 | uniq -c | tr -s ' ')" " 4 nothing new"
	tap_is "all of it again is harmless" "$(load --all gw1 gw4; echo $?)" "$(for i in 1 4; do
		echo "$work/gw$i: $(gateway_of gw$i), log $(log_of gw$i): 0 new, $(records_of gw$i) known"; done; echo 0)"
	tap_is "two at once are, too" "$(load --all gw2 >one & load --all gw2 >two; wait; cut -d: -f3 one two | uniq -c | tr -s ' ')" \
		" 2 0 new, $(records_of gw2) known"
	for i in 1 4; do
		sum=$(cat gw$i/audit-*.jsonl gw$i/audit.jsonl 2>/dev/null | sha256sum)
		tap_is "gw$i comes out of it to the byte" \
			"$(reader "SELECT raw FROM filterd.records WHERE log = '$(log_of gw$i)' ORDER BY seq" | sha256sum)" "$sum"
	done
	tap_is "so that filterctl audit verify finds the same log in it" \
		"$(reader "SELECT raw FROM filterd.records WHERE log = '$(log_of gw1)' ORDER BY seq" |
			filterctl audit verify --key made1/keys/audit.vkey --json - | jq -c '[.result, .sentence, .coverage]')" \
		"$(filterctl audit verify --key made1/keys/audit.vkey --json gw1 | jq -c '[.result, .sentence, .coverage]')"
	tap_is "a month has a table" "$(ask "SELECT relid::text FROM pg_partition_tree('filterd.records') WHERE isleaf ORDER BY 1" | paste -sd ' ')" \
		"filterd.records_2026_10 filterd.records_2026_11 filterd.records_2026_12 filterd.records_elsewhen"
}

# Each query is run, and the figures are filterctl's.
answers() {
	local name

	tap_is "the page of the fleet asks seventeen questions, and has their names" \
		"$(recipe ask | grep -c '^([0-9]* rows\?)$'; tr ',.\n' '   ' <"$source/config/fleet/README.md" | tr -s ' ' | grep -oF "$(sed -n 's/^-- query: //p' "$store/queries.sql" |
			paste -sd ' ')" | wc -l)" "$(printf '17\n1')"
	for name in $(sed -n 's/^-- query: //p' "$store/queries.sql"); do
		tap_is "query $name is one that PostgreSQL takes" "$(query "$name" | grep -c ERROR)" 0
	done
	tap_is "devices: as filterctl audit devices" "$(query devices | cut -d' ' -f1 | sort)" "$(each devices '.devices[].device' | sort)"
	tap_is "and their attempts, hosts, first and last" \
		"$(reader "SELECT device, blocked, observed, watched, hosts, first AT TIME ZONE 'UTC', last AT TIME ZONE 'UTC' FROM filterd.devices" | sort)" \
		"$(each devices '.devices[] | [.device, .blocked, .observed, .watched, .hosts, .first, .last] | join(" ")' | tr T ' ' |
			sed -E 's/(\.[0-9]*[1-9])0+Z/\1Z/g; s/Z//g' | sort)"
	tap_is "who-still-tries: as filterctl audit devices of a week" "$(query who-still-tries | cut -d' ' -f1 | sort)" \
		"$(for i in 1 2 3 4; do filterctl audit devices --since 2026-11-24 --until 2026-12-01 --json gw$i |
			jq -r '.devices[] | select(.blocked + .observed > 0).device'; done | sort)"
	tap_is "new-devices: nobody in December" "$(query new-devices)" ""
	tap_is "hosts: as filterctl audit hosts" "$(query hosts | cut -d' ' -f1,2 | sort)" \
		"$(each hosts '.hosts[] | [.host, .blocked + .observed + .watched] | join(" ")' |
			awk '{ n[$1] += $2 } END { for (h in n) print h, n[h] }' | sort)"
	tap_is "days: as filterctl audit timeline" "$(query days)" \
		"$(each timeline '.timeline[] | select(.blocked + .observed > 0) | [$gateway, .day, .blocked + .observed, .devices] | join(" ")' | sort)"
	tap_is "results: as filterctl audit categories" "$(query results)" \
		"$(each categories '[.categories[]] | [$gateway, (map(.blocked) | add), (map(.observed) | add), (map(.watched) | add)] | join(" ")' | sort)"
	tap_is "passed-after-the-date: what was only observed" "$(query passed-after-the-date | awk '{ print $1, $2, $3 }')" "gw1 20 20"
	tap_is "gaps: as filterctl audit coverage" "$(query gaps | awk '{ print $1, $2 "T" $3, $4 "T" $5 }' | sed 's/+00/Z/g')" \
		"$(each coverage '.coverage[] | [$gateway, .from, .to] | join(" ")' | sort)"
	tap_is "with the same reasons, and packets" "$(reader "SELECT gateway, gap, coalesce(unseen::text, '-') FROM filterd.gaps ORDER BY gateway, from_time")" \
		"$(each coverage '.coverage[] | [$gateway, .gap, .unfiltered // "-"] | join(" ")')"
	tap_is "unseen: twelve packets at each that was killed" "$(query unseen | cut -d' ' -f1,3)" "$(printf 'gw%d.example.net 12\n' 1 2)"
	tap_is "policy-changes: as filterctl audit verify" "$(query policy-changes | cut -d' ' -f1-4 | sed 's/+00$//')" \
		"$(each verify '.policies[] | [$gateway, .sha256[:16], (.from | sub("T"; " ") | sub("Z"; ""))] | join(" ")' | sort -k1,1 -k3)"
	tap_is "policies-now: the fleet has three" "$(query policies-now | cut -d' ' -f2 | paste -sd ' ')" "2 1 1"
	tap_is "silent: all of them by then, and each said that it would stop" "$(query silent | cut -d' ' -f1,3 | sort)" \
		"$(printf '%s stopped\n' gw1 gw2.example.net gw3.example.net)"
	tap_is "missing: nothing" "$(query missing)" ""
	tap_is "complete: each is whole" "$(query complete | awk '{ print $1, $5, $6 }')" \
		"$(for i in 4 1 2 3; do echo "$(gateway_of gw$i) $(records_of gw$i) t"; done)"
	tap_is "chain: unbroken" "$(query chain)" ""
	tap_is "counts: they add up" "$(query counts)" ""
	tap_is "conflicts: none" "$(query conflicts)" ""
}

# A log that grows, and one of which a part comes later.
grows() {
	local all

	make 5 --seed 5
	all=$(records_of gw5)
	cat gw5/*.jsonl >whole
	rm -f gw5/*.jsonl
	{ head -n 150 whole; sed -n 151p whole | head -c 100; } >gw5/audit.jsonl
	tap_like "a copy that ends in half a line: what is whole of it, and no complaint" "$(load gw5; echo $?)" "^[^:]*gw5: [^:]*: 150 new, 0 known.0$"
	{ head -n 200 whole; tail -n +301 whole; } >gw5/audit.jsonl
	tap_like "it has grown, and a part of it is not there" "$(load gw5; echo $?)" ": $((all - 250)) new, 0 known.0$"
	tap_is "the store knows what it has" "$(held gw5)" "{[0,200),[300,$all)}"
	tap_is "and what it has not" "$(query missing | cut -d' ' -f1,3-)" "gw5.example.net 200 299 100 f"
	tap_is "complete says so from the records" "$(query complete | awk '$1 == "gw5.example.net" { print $5, $6 }')" "$((all - 100)) f"
	tap_is "then it asks for that alone" "$(ask "SELECT records FROM filterd.wanted WHERE log = '$(log_of gw5)'")" "200-299,$all-"
	cp whole gw5/audit.jsonl
	tap_like "it comes, and nothing else is sent" "$(load gw5; echo $?)" ": 100 new, 0 known.0$"
	tap_is "nothing is missing any more" "$(query missing)$(query chain)" ""
}

# Records that are not as they should be.
differs() {
	local log

	log=$(log_of gw5)
	sed -i '50s/"host":"gw5/"host":"gwX/; 60s/"timestamp":"2026-11/"timestamp":"2025-01/' gw5/audit.jsonl
	tap_like "without --all what the store has is not compared, but the loader sees that the log is not as it was" "$(load gw5; echo $?)" \
		"some of the records read are not as filterd wrote them.*: nothing new.1$"
	tap_like "with --all another record of the same number is named, one of another time too" "$(load --all gw5; echo $?)" \
		"NOT sound.*: 0 new, [0-9]+ known, 2 CONFLICTING: see filterd.conflicts.1$"
	tap_is "both versions are there" "$(query conflicts | sed 's/ {.*//' | cut -d' ' -f1,3; query conflicts | grep -o '"host":"gw[5X]' | paste -sd ' ')" \
		"$(printf '%s\n' 'gw5.example.net 49' 'gw5.example.net 59' '"host":"gw5 "host":"gwX "host":"gw5 "host":"gw5')"
	load --all gw5 >/dev/null
	tap_is "once each" "$(ask "SELECT count(*) FROM filterd.conflicts")" 2
	tap_is "and the first one stays where it was" "$(reader "SELECT raw FROM filterd.records WHERE log = '$log' ORDER BY seq" | sha256sum)" \
		"$(sha256sum <whole)"

	mkdir gw6
	{ head -n 30 gw1/audit-000000000000-*.jsonl; sed -n '20s/"gw1/"gwX/p; 21s/T0/T1/p; 22p' gw1/audit-000000000000-*.jsonl; } |
		sed "s/$(log_of gw1)/00000000000000aa/" >gw6/audit.jsonl
	tap_like "a number twice in one load: the first one counts, another that hangs on it is kept beside" "$(load gw6; echo $?)" \
		": 30 new, 0 known, 1 CONFLICTING.*.1$"
	tap_is "and no number is there twice" "$(ask "SELECT count(*), count(DISTINCT seq) FROM filterd.records WHERE log = '00000000000000aa'")" "30 30"

	ask "UPDATE filterd.records SET raw = replace(raw, '\"blocked\"', '\"allowed\"') WHERE log = '$(log_of gw1)' AND seq = (SELECT min(seq)
		FROM filterd.records WHERE log = '$(log_of gw1)' AND type = 'block')"
	tap_is "chain: who changes a record in the store is found out" "$(query chain | grep -c "$(log_of gw1)")" 1
	ask "DELETE FROM filterd.records WHERE log = '$(log_of gw2)' AND seq = (SELECT min(seq) FROM filterd.records WHERE log = '$(log_of gw2)' AND type = 'block')"
	tap_like "counts: who takes one out, too" "$(query counts)" "^gw2.example.net "
}

# What a line may hold, and where it may come from.
hostile() {
	local log

	mkdir gw7 gw8
	log=$(log_of gw4)
	sed "s/$log/00000000000000bb/; 3s/\"src_ip\":\"[^\"]*\"/\"src_ip\":\"300.1.2.3\"/; 4s/\"src_port\":[0-9]*/\"src_port\":99999999999/
		5s/\"name\":\"[^\"]*\"/\"name\":\"a\\\\u0000b\\\\tc\\\\\\\\N\"/; 6s/\"count\":[0-9]*/\"count\":18446744073709551615/
		10s/\"device\":\"[^\"]*\"/\"device\":\"$(head -c 6000 /dev/urandom | base64 -w 0 | tr -d /)\"/" gw4/audit.jsonl >gw7/audit.jsonl
	sed -i '7s/.*/{"not":"a record"}/; 8s/.*/\\./; 9s/"timestamp":"2026-11/"timestamp":"2219-11/' gw7/audit.jsonl
	tap_like "lines that are no records are named by file and line" "$(load gw7; echo $?)" "gw7/audit.jsonl:7: this is no.*gw7/audit.jsonl:8: this is no"
	tap_is "all others are in it" "$(ask "SELECT count(*), max(count) FROM filterd.records WHERE log = '00000000000000bb'")" "160 9223372036854775807"
	tap_is "what is no address or port is none; a name is text" "$(ask "SELECT seq, src_ip IS NULL, src_port IS NULL, name FROM filterd.records
		WHERE log = '00000000000000bb' AND seq IN (2, 3, 4) ORDER BY seq" | cut -f1 | head -n 3)" "$(ask "SELECT 2, true, false, r.name FROM filterd.records r
			WHERE log = '$log' AND seq = 2"; ask "SELECT 3, false, true, r.name FROM filterd.records r WHERE log = '$log' AND seq = 3"
			printf '4 f f a b\tc\\N\n' | cut -f1)"
	tap_is "a time that nobody should have makes no table of its own" "$(ask "SELECT seq FROM filterd.records_elsewhen")" 8
	cp -r gw1 gw9
	tap_like "another folder with the same log is refused" "$(load --all gw9 gw4; echo $?)" \
		"ERROR:  $work/gw9: records of log $(log_of gw1), which comes from $work/gw1.*gw4: .* 0 new, 162 known.*gw9: NOT LOADED.74$"
	cat gw1/*.jsonl gw2/*.jsonl >gw8/audit.jsonl
	tap_like "so are two logs in one, of which one is read" "$(load --all gw8; echo $?)" "gw8: records of log .*gw8: NOT LOADED.74$"
	tap_like "and a folder that is not there, while the others are loaded" "$(load gw0 gw4; echo $?)" "gw4: nothing new.*gw0: NOT LOADED.74$"
}

# A load is under way, and held up by a lock just before its end.
is_held_up() { [ "$(ask "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%take%'")" = 1 ]; }
is_alone()   { [ "$(ask "SELECT count(*) FROM pg_stat_activity WHERE datname = 'filterd'")" = 1 ]; }
answers_again() { ask "SELECT 1" >/dev/null 2>&1; }

# begin_load FOLDER: of a log that the store has not; LOADING is its process, LOCKING that of the lock.
begin_load() {
	psql -Xq -d filterd -c "BEGIN" -c "LOCK TABLE filterd.logs IN EXCLUSIVE MODE" -c "SELECT pg_sleep(60)" >/dev/null 2>&1 &
	LOCKING=$!
	tap_wait "is locked" is_locked
	setsid "$store/load" --database "dbname=filterd user=loader" "$1" >"$1.said" 2>&1 &
	LOADING=$!
	tap_wait "is held up" is_held_up
}
is_locked() { [ "$(ask "SELECT count(*) FROM pg_locks WHERE relation = 'filterd.logs'::regclass AND mode = 'ExclusiveLock'")" = 1 ]; }

killed() {
	make 10 --seed 10
	begin_load gw10
	kill -9 -- -"$LOADING"
	kill "$LOCKING"
	ask "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()" >/dev/null
	wait "$LOADING" "$LOCKING" 2>/dev/null
	tap_wait "is alone" is_alone
	tap_is "the loader is killed before the end: nothing of that folder is there" \
		"$(ask "SELECT (SELECT count(*) FROM filterd.records WHERE log = '$(log_of gw10)'), (SELECT count(*) FROM filterd.logs WHERE log = '$(log_of gw10)')")" "0 0"
	begin_load gw10
	kill -9 "$(ask "SELECT pid FROM pg_stat_activity WHERE query LIKE '%take%' AND wait_event_type = 'Lock'")"
	wait "$LOADING"
	tap_is "a server process is killed: the loader says that it has not loaded" "$? $(grep -c 'gw10: NOT LOADED' gw10.said)" "74 1"
	wait "$LOCKING" 2>/dev/null
	tap_wait "answers again" answers_again
	tap_like "the next time all of it is" "$(load gw10; echo $?)" ": $(records_of gw10) new, 0 known.0$"
	tap_is "to the byte" "$(reader "SELECT raw FROM filterd.records WHERE log = '$(log_of gw10)' ORDER BY seq" | sha256sum)" \
		"$(cat gw10/audit-*.jsonl gw10/audit.jsonl | sha256sum)"
}

rights() {
	local sql

	for sql in "DELETE FROM filterd.records" "UPDATE filterd.records SET raw = ''" "TRUNCATE filterd.records" "DROP TABLE filterd.records_2026_11" \
		"DELETE FROM filterd.conflicts" "UPDATE filterd.logs SET source = ''" "DELETE FROM filterd.logs" "DELETE FROM filterd.records_2026_11"; do
		tap_like "who loads may not: $sql" "$(loader "$sql" 2>&1)" "denied|must be owner"
		tap_like "nor may who reads" "$(reader "$sql" 2>&1)" "denied|must be owner"
	done
	tap_like "who reads may not put in" "$(reader "INSERT INTO filterd.conflicts VALUES ('a', 1, 'b')" 2>&1)" "denied"
	tap_like "nor make a table" "$(reader "SELECT filterd.make_month('2001-01-01')" 2>&1)" "denied"
	tap_like "nor, without a role, read at all" "$(ask "CREATE ROLE nobody LOGIN"; psql -Xq -d filterd -U nobody -c "TABLE filterd.logs" 2>&1)" "denied"
}

months() {
	ask "INSERT INTO filterd.records (seq, time, log, gateway, type, raw) VALUES (1, '2001-02-28 23:59:59.999999Z', 'x', 'x', 'stop', 'r')"
	tap_is "a record that came before its month has a table" "$(ask "SELECT tableoid::regclass FROM filterd.records WHERE log = 'x'")" filterd.records_elsewhen
	loader "SELECT filterd.make_month('2001-02-01Z'), filterd.make_month('2001-02-15Z')" >/dev/null
	tap_is "is in it as soon as there is one" "$(ask "SELECT tableoid::regclass FROM filterd.records WHERE log = 'x'")" filterd.records_2001_02
	loader "SELECT filterd.make_month(now() + interval '70 days'), filterd.make_month('1969-12-31Z'), filterd.make_month('9999-01-01Z')" >/dev/null
	tap_is "no table for times that nobody should have" "$(ask "SELECT count(*) FROM pg_partition_tree('filterd.records') WHERE relid::text ~
		'1969|9999|$(date -u -d '70 days' +%Y_%m)'")" 0
	ask "DROP TABLE filterd.records_2026_10"
	tap_is "a month that was dropped" "$(ask "SELECT count(*) > 0 FROM filterd.records WHERE log = '$(log_of gw2)'")" t
	tap_like "does not come back with --all" "$(load --all gw2 | cut -d: -f3)" "^ 0 new"
	tap_is "and is not missing" "$(query missing | grep -c gw2)" 0
}

logs
begin
loads
answers
grows
differs
hostile
killed
rights
months
tap_done
