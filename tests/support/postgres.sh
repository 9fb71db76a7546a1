# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# A PostgreSQL of one's own: a cluster in a folder, reached by a socket in it and by nothing else, that ends with the test.
#
#   postgres_begin FOLDER     starts one there; PGHOST, PGUSER and PATH lead to it
#   postgres_end              ends it; harmless at any moment
#   postgres_find             is there one to be run? Its programs are put into PATH

POSTGRES_DIR=

postgres_find() {
	local bin

	for bin in /usr/lib/postgresql/*/bin; do
		[ -x "$bin/initdb" ] && PATH=$bin:$PATH
	done
	export PATH
	command -v initdb >/dev/null
}

# It refuses to be root.
postgres_run() {
	if [ "$(id -u)" -eq 0 ]; then
		setpriv --reuid=65534 --regid=65534 --clear-groups env HOME="$POSTGRES_DIR" "$@"
	else
		"$@"
	fi
}

postgres_begin() {
	POSTGRES_DIR=$1
	mkdir -p "$POSTGRES_DIR" || return
	[ "$(id -u)" -ne 0 ] || chown 65534:65534 "$POSTGRES_DIR"
	postgres_run initdb -D "$POSTGRES_DIR/data" -E UTF8 --locale=C.UTF-8 -A trust -U postgres --no-sync >"$POSTGRES_DIR.log" 2>&1 || return
	cat >>"$POSTGRES_DIR/data/postgresql.conf" <<-END
		listen_addresses = ''
		unix_socket_directories = '$POSTGRES_DIR'
		fsync = ${POSTGRES_FSYNC:-off}          # of the machine's crash this test knows nothing; a process's loses no byte
		log_min_messages = fatal
	END
	postgres_run pg_ctl -D "$POSTGRES_DIR/data" -l "$POSTGRES_DIR/server.log" -w start >>"$POSTGRES_DIR.log" 2>&1 || return
	export PGHOST=$POSTGRES_DIR PGUSER=postgres PGDATABASE=postgres
	unset PGPORT PGSERVICE PGOPTIONS PGPASSFILE
}

postgres_end() {
	[ -n "$POSTGRES_DIR" ] && [ -e "$POSTGRES_DIR/data/postmaster.pid" ] || return 0
	postgres_run pg_ctl -D "$POSTGRES_DIR/data" -m immediate -w stop >/dev/null 2>&1
}
