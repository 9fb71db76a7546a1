#!/bin/bash
# SPDX-License-Identifier: MIT
#
# How the store grows: as many gateways' logs of two days as it is told, loaded into a PostgreSQL of its own with the settings that Debian
# ships. No test: config/fleet/postgresql/README.md has what it printed.
#
#   tests/bench/store.sh BUILD 10 100 1000      a table; a gigabyte of logs takes two and a half of disk
#   WAYS=1 tests/bench/store.sh BUILD 100       also other ways to load the same
#   FLEET=DIR ...                               the logs are there, or are made there and stay
# shellcheck disable=SC2013,SC2016      # names are words; bash -c has arguments of its own
set -euo pipefail
# shellcheck source=tests/support/postgres.sh
. "$(dirname "$0")/../support/postgres.sh"

build=$(realpath "$1")
shift
store=$(realpath "$(dirname "$0")/../../config/fleet/postgresql")
postgres_find || { echo "PostgreSQL is missing; run as root: scripts/install test" >&2; exit 1; }
work=$(mktemp -d)
chmod 755 "$work"
trap 'postgres_end; rm -rf "$work"' EXIT
fleet=${FLEET:-$work/fleet}
export PATH=$build/filterd:$PATH LC_ALL=C.UTF-8 TZ=UTC TMPDIR=$work PGDATABASE=filterd
export POSTGRES_FSYNC=on

ask() { psql -XqAt -F ' ' -v ON_ERROR_STOP=1 -c "$1"; }

# make N: the logs of the first N gateways, as far as they are not there.
make() {
	local i name

	mkdir -p "$fleet"
	for i in $(seq 1 "$1"); do
		name=$(printf 'g%04d' "$i")
		[ ! -d "$fleet/$name" ] || continue
		"$build/tests/make_log" --folder "$work/one" --days 2 --heartbeat 60 --seed $((1000 + i)) --gateway "$name" 2>/dev/null
		mv "$work/one/log" "$fleet/$name"
		rm -r "$work/one"
	done
}

fresh() {
	PGOPTIONS="-c client_min_messages=warning" dropdb --if-exists --maintenance-db postgres filterd
	createdb -T template0 filterd
	psql -Xq -f "$store/schema.sql"
	ask "CHECKPOINT"
}

# The memory of its own that the server's process for us had at most, in MiB, until the file is there.
watch() {
	local most=0 now pid

	while [ ! -e "$work/loaded" ]; do
		for pid in $(pgrep -f '^postgres: postgres filterd' || true); do
			now=$(awk '/^RssAnon/ { print $2 }' "/proc/$pid/status" 2>/dev/null || echo 0)
			[ "${now:-0}" -le "$most" ] || most=$now
		done
		sleep 0.1
	done
	echo $((most / 1024)) >"$work/memory"
}

# timed COMMAND...: seconds by the clock, and in brackets of the processors: the command's and the server's. What the largest of the command's
# processes had in memory, in MiB, goes to $work/rss.
timed() {
	python3 - "$work/rss" "$(head -n 1 "$POSTGRES_DIR/data/postmaster.pid")" "$@" <<-'END'
		import os, resource, subprocess, sys, time

		def server():
		    """What its processes have used that have ended."""
		    fields = open(f"/proc/{sys.argv[2]}/stat").read().rsplit(")", 1)[1].split()
		    return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")

		began, before = time.monotonic(), server()
		done = subprocess.run(sys.argv[3:], stdout=subprocess.DEVNULL)
		seconds = time.monotonic() - began
		time.sleep(0.2)         # until the server's process, too, has ended
		used = resource.getrusage(resource.RUSAGE_CHILDREN)
		print(f"{seconds:.2f} ({used.ru_utime + used.ru_stime + server() - before:.2f})" if done.returncode == 0 else f"failed: {done.returncode}")
		open(sys.argv[1], "w").write(str(used.ru_maxrss // 1024))
	END
}

queries() {
	local name

	for name in $(sed -n 's/^-- query: //p' "$store/queries.sql"); do
		{ echo "SET filterd.now = '2026-11-03Z';"; sed -n "/^-- query: $name\$/,/^\$/p" "$store/queries.sql"; } >"$work/query.sql"
		echo "    $name $(timed psql -XqAt -f "$work/query.sql")"
	done
}

size() { ask "SELECT pg_size_pretty(sum($1(relid))) FROM pg_partition_tree('filterd.records') WHERE isleaf"; }

measure() {
	local n=$1 bytes folders

	make "$n"
	mapfile -t folders < <(find "$fleet" -mindepth 1 -maxdepth 1 -type d | sort | head -n "$n")
	bytes=$(find "${folders[@]}" -name '*.jsonl' -printf '%s\n' | awk '{ n += $1 } END { printf "%d\n", n }')
	fresh
	rm -f "$work/loaded"
	watch &
	echo "$n gateways, $((bytes / 1000000)) MB of logs"
	echo "  load, seconds: $(timed "$store/load" "${folders[@]}")"
	touch "$work/loaded"
	wait
	echo "  records: $(ask "SELECT count(*), count(*) FILTER (WHERE count IS NOT NULL) AS attempts FROM filterd.records")"
	echo "  memory, MiB: $(cat "$work/memory") the server's process, $(cat "$work/rss") the largest of the loader's"
	echo "  again, nothing new, seconds: $(timed "$store/load" "${folders[@]}")"
	psql -Xq -c "VACUUM ANALYZE filterd.records" -c "ANALYZE filterd.logs"
	echo "  on disk: $(size pg_table_size) records, $(size pg_indexes_size) indexes"
	echo "  queries, seconds:"
	queries
}

# The records of one load in other ways, each into an empty store: what does it cost to look before records go in, and to take them apart?
ways() {
	local n=$1 folders columns

	mapfile -t folders < <(find "$fleet" -mindepth 1 -maxdepth 1 -type d | sort | head -n "$n")
	echo "other ways to load $n gateways, seconds:"
	export_all() { local folder; for folder; do filterctl audit export --to postgresql "$folder"; done; }
	export -f export_all
	echo "  filterctl's part: $(timed bash -c 'export_all "$@"' - "${folders[@]}")"
	export_all "${folders[@]}" >"$work/all"
	columns=$(head -n 1 "$work/all" | sed 's/COPY incoming/COPY filterd.records/; s/;$//')
	grep -av '^COPY incoming\|^\\\.$' "$work/all" >"$work/rows"
	rm "$work/all"
	fresh
	ask "SELECT filterd.make_month('2026-11-01Z')" >/dev/null
	echo "  its rows straight into the table, nothing looked at: $(timed bash -c 'psql -Xq -c "$1" <"$2"' - "$columns" "$work/rows")"
	rm "$work/rows"
	fresh
	ask "SELECT filterd.make_month('2026-11-01Z')" >/dev/null
	find "${folders[@]}" -name '*.jsonl' -exec sed 's/\\/\\\\/g' {} + >"$work/lines"
	cat >"$work/extract.sql" <<-'END'
		CREATE UNLOGGED TABLE lines (line text);
		\copy lines FROM pstdin
		INSERT INTO filterd.records (log, seq, time, gateway, type, first, count, attempts, pending, unfiltered, mono, every, src_port, dest_port,
			device, name, src_ip, layer, host, category, rule, dest_ip, proto, reply, user_agent, policy, state, reason, boot, hooks, version, raw)
		SELECT j ->> 'host', (j #>> '{filterd,seq}')::bigint, (j ->> 'timestamp')::timestamptz, j ->> 'host', j #>> '{filterd,type}',
			CASE WHEN j #> '{filterd,count}' IS NOT NULL THEN (j #>> '{filterd,first}')::timestamptz END, (j #>> '{filterd,count}')::bigint,
			(j #>> '{filterd,attempts}')::bigint, (j #>> '{filterd,pending}')::bigint, (j #>> '{filterd,unfiltered}')::bigint,
			(j #>> '{filterd,mono}')::bigint, (j #>> '{filterd,every}')::int, (j ->> 'src_port')::int, (j ->> 'dest_port')::int,
			j #>> '{filterd,device}', j #>> '{filterd,name}', (j ->> 'src_ip')::inet, j ->> 'app_proto', j #>> '{filterd,host}',
			j #>> '{filterd,category}', j #>> '{filterd,rule}', (j ->> 'dest_ip')::inet, j ->> 'proto', j #>> '{filterd,reply}',
			j #>> '{http,http_user_agent}', left(j #>> '{filterd,policy}', 16), j #>> '{filterd,state}', j #>> '{filterd,reason}',
			j #>> '{filterd,boot}', j #>> '{filterd,hooks}', j #>> '{filterd,version}', line
		FROM (SELECT line, line::jsonb AS j FROM lines OFFSET 0) parsed;
	END
	echo "  lines, taken apart in SQL, nothing looked at: $(timed bash -c 'psql -Xq -v ON_ERROR_STOP=1 -f "$1" <"$2"' - "$work/extract.sql" "$work/lines")"
	ask "CREATE TABLE parsed (j jsonb)"
	echo "  a jsonb of each beside its line, more: $(timed psql -Xq -c "INSERT INTO parsed SELECT line::jsonb FROM lines")"
	echo "  on disk: $(ask "SELECT pg_size_pretty(pg_table_size('parsed')), pg_size_pretty(pg_table_size('lines'))") as lines"
}

postgres_begin "$work/postgres" || { cat "$work/postgres.log" >&2; exit 1; }
export PGDATABASE=filterd
for n; do
	measure "$n"
done
[ -z "${WAYS:-}" ] || ways "${@: -1}"
