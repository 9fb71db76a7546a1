/* SPDX-License-Identifier: MIT */

/* One transaction: the whole log is added to the file, or nothing. */

#include "ctl/audit/database.h"

#include "ctl/audit/options.h"
#include "log/scan.h"
#include "review/totals.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WHO "filterctl audit export"

static const char schema[] =
	"CREATE TABLE IF NOT EXISTS attempts("
	" log TEXT NOT NULL, seq INTEGER NOT NULL, time TEXT NOT NULL, time_us INTEGER NOT NULL, "
        "result TEXT NOT NULL,"
	" device TEXT NOT NULL, name TEXT, mac TEXT, src_ip TEXT, src_port INTEGER, layer TEXT NOT "
        "NULL, direction TEXT,"
	" host TEXT NOT NULL, category TEXT, rule TEXT, dest_ip TEXT, dest_port INTEGER, proto "
        "TEXT, reply TEXT,"
	" count INTEGER NOT NULL, first TEXT, user_agent TEXT, signature_id INTEGER, community_id "
        "TEXT, policy TEXT,"
	" gateway TEXT, raw TEXT NOT NULL, asked TEXT, PRIMARY KEY(log, seq));"
	"CREATE TABLE IF NOT EXISTS records("
	" log TEXT NOT NULL, seq INTEGER NOT NULL, time TEXT, time_us INTEGER, type TEXT NOT NULL, "
        "state TEXT, reason TEXT,"
	" policy TEXT, attempts INTEGER, unfiltered INTEGER, raw TEXT NOT NULL, PRIMARY KEY(log, "
        "seq));"
	"CREATE INDEX IF NOT EXISTS attempts_time ON attempts(time);"
	"CREATE INDEX IF NOT EXISTS attempts_device ON attempts(device, host);"
	"DROP VIEW IF EXISTS devices;"
	"CREATE VIEW devices AS SELECT device, max(name) AS name, sum(count) AS "
        "attempts,"
	" count(DISTINCT host) AS hosts, min(coalesce(first, time)) AS first, max(time) AS last,"
	" coalesce(sum(CASE WHEN asked = 'no' THEN count END), 0) AS unasked"
	" FROM attempts WHERE result IN ('blocked', 'observed') GROUP BY device"
	" ORDER BY attempts DESC, device;";

#define ATTEMPT_COLUMNS 28
static const char insert_attempt[] =
	"INSERT OR IGNORE INTO attempts "
        "VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";
#define RECORD_COLUMNS 11
static const char insert_record[] = "INSERT OR IGNORE INTO records VALUES(?,?,?,?,?,?,?,?,?,?,?)";

struct database {
	sqlite3      *db;
	sqlite3_stmt *attempt, *record;
	const char   *path;
	bool          failed;
	int           changes_before;
};

/* A row under construction: its statement, and the number of the next column, from 1. */
struct row_in {
	sqlite3_stmt *into;
	int           next;
};

static bool database_complain(struct database *d)
{
	if (!d->failed)
		complain(0, WHO, "%s: %s", d->path, sqlite3_errmsg(d->db));
	d->failed = true;
	return false;
}

static bool database_run(struct database *d, const char *sql)
{
	return sqlite3_exec(d->db, sql, NULL, NULL, NULL) == SQLITE_OK || database_complain(d);
}

/* An older file lacks this column; its existing rows get no value. */
static bool database_add_asked(struct database *d)
{
	sqlite3_stmt *found;
	bool          is_older = sqlite3_prepare_v2(d->db, "SELECT asked FROM attempts", -1, &found,
	                                            NULL) != SQLITE_OK;

	sqlite3_finalize(found);
	return !is_older || database_run(d, "ALTER TABLE attempts ADD COLUMN asked TEXT");
}

static bool database_prepare(struct database *d, const char *sql, int columns, sqlite3_stmt **out)
{
	if (sqlite3_prepare_v2(d->db, sql, -1, out, NULL) != SQLITE_OK)
		return database_complain(d);
	if (sqlite3_bind_parameter_count(*out) == columns)
		return true;
	d->failed = true;
	return false;
}

int database_open(const char *path, struct database **out)
{
	struct database *d = calloc(1, sizeof(*d));

	*out = d;
	if (d == NULL)
		return complain(EXIT_IO, WHO, "not enough memory");
	d->path = path;
	if (sqlite3_open(path, &d->db) != SQLITE_OK)
		database_complain(d);
	else
		sqlite3_busy_timeout(d->db, 5000);
	if (!d->failed && database_run(d, "BEGIN IMMEDIATE") && database_run(d, schema) &&
	    database_add_asked(d) &&
	    database_prepare(d, insert_attempt, ATTEMPT_COLUMNS, &d->attempt))
		database_prepare(d, insert_record, RECORD_COLUMNS, &d->record);
	if (d->failed) {
		uint64_t none;

		*out = NULL;
		return database_close(d, false, &none);
	}
	d->changes_before = sqlite3_total_changes(d->db);
	return 0;
}

/* NULL if the text is empty. */
static void bind_plain(struct row_in *r, struct bytes text)
{
	int column = r->next++;

	if (text.len == 0)
		sqlite3_bind_null(r->into, column);
	else
		sqlite3_bind_text(r->into, column, (const char *)text.at, (int)text.len,
		                  SQLITE_TRANSIENT);
}

/* Some readers would stop at a NUL. */
static void bind_text(struct row_in *r, struct bytes escaped)
{
	uint8_t       room[4096];
	struct writer w = writer_over(room, sizeof(room));

	if (escaped.len == 0 || memchr(escaped.at, '\\', escaped.len) == NULL) {
		bind_plain(r, escaped);
		return;
	}
	scan_text(&w, escaped);
	for (size_t i = 0; i < w.len; i++)
		room[i] = room[i] == '\0' ? ' ' : room[i];
	bind_plain(r, writer_written(&w));
}

static void bind_number(struct row_in *r, bool known, uint64_t number)
{
	int column = r->next++;

	if (known && number <= INT64_MAX)
		sqlite3_bind_int64(r->into, column, (sqlite3_int64)number);
	else
		sqlite3_bind_null(r->into, column);
}

/* Always with a fraction, so that texts sort like times. */
static void bind_time(struct row_in *r, bool known, int64_t us)
{
	uint8_t       room[64];
	struct writer w = writer_over(room, sizeof(room));

	if (known)
		instant_write_eve(&w, us);
	if (known && w.len > 26) {
		w.len = 26;
		write_text(&w, "Z");
	}
	bind_plain(r, writer_written(&w));
}

static bool finish(struct database *d, struct row_in *r)
{
	bool good = sqlite3_step(r->into) == SQLITE_DONE || database_complain(d);

	sqlite3_reset(r->into);
	return good;
}

static bool database_put_attempt(struct database *d, struct bytes log, uint64_t seq,
                                 const struct entry *e, struct bytes line)
{
	struct row_in r = { d->attempt, 1 };

	bind_plain(&r, log);
	bind_number(&r, true, seq);
	bind_time(&r, e->has_time, e->time_us);
	bind_number(&r, e->has_time, (uint64_t)e->time_us);
	bind_plain(&r, bytes_text(result_name(entry_result(e))));
	bind_text(&r, e->device.len > 0 ? e->device : BYTES("?"));
	bind_text(&r, e->name);
	bind_text(&r, e->mac);
	bind_text(&r, e->src_ip);
	bind_number(&r, true, e->src_port);
	bind_plain(&r, bytes_text(layer_name(entry_layer(e))));
	bind_text(&r, e->direction);
	bind_text(&r, e->host.len > 0 ? e->host : BYTES("?"));
	bind_text(&r, e->category);
	bind_text(&r, e->rule);
	bind_text(&r, e->dest_ip);
	bind_number(&r, true, e->dest_port);
	bind_text(&r, e->proto);
	bind_text(&r, e->reply);
	bind_number(&r, true, e->count);
	bind_time(&r, e->has_first, e->first_us);
	bind_text(&r, e->user_agent);
	bind_number(&r, true, e->signature_id);
	bind_text(&r, e->community_id);
	bind_text(&r, e->policy);
	bind_text(&r, e->sensor);
	bind_plain(&r, line);
	bind_text(&r, e->asked);
	return finish(d, &r);
}

static bool put_record(struct database *d, struct bytes log, uint64_t seq, const struct entry *e,
                       struct bytes line)
{
	struct row_in r = { d->record, 1 };

	bind_plain(&r, log);
	bind_number(&r, true, seq);
	bind_time(&r, e->has_time, e->time_us);
	bind_number(&r, e->has_time, (uint64_t)e->time_us);
	bind_plain(&r, bytes_text(entry_type_name(e->type)));
	bind_text(&r, e->state);
	bind_text(&r, e->reason);
	bind_text(&r, e->policy);
	bind_number(&r, e->has_attempts, e->attempts);
	bind_number(&r, e->has_unfiltered, e->unfiltered);
	bind_plain(&r, line);
	return finish(d, &r);
}

bool database_put(struct database *d, struct bytes log, uint64_t seq, const struct entry *e,
                  struct bytes line)
{
	if (d->failed)
		return false;
	if (log.len == 0)
		log = BYTES("?");
	return entry_is_attempt(e) ? database_put_attempt(d, log, seq, e, line)
	                           : put_record(d, log, seq, e, line);
}

int database_close(struct database *d, bool keep, uint64_t *new_out)
{
	bool failed;

	*new_out = 0;
	if (d == NULL)
		return EXIT_IO;
	sqlite3_finalize(d->attempt);
	sqlite3_finalize(d->record);
	if (!d->failed && keep && database_run(d, "COMMIT"))
		*new_out = (uint64_t)(sqlite3_total_changes(d->db) - d->changes_before);
	failed = d->failed;
	sqlite3_close(d->db);           /* rolls back uncommitted rows */
	free(d);
	return failed ? EXIT_IO : 0;
}
