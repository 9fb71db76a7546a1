/* SPDX-License-Identifier: MIT */

/* filterctl audit export: the attempts, in formats for other programs. */

#include "ctl/audit/database.h"
#include "ctl/audit/output.h"
#include "ctl/audit/pass.h"
#include "ctl/audit/verbs.h"
#include "ctl/verbs.h"
#include "review/export.h"
#include "log/ranges.h"
#include "review/select.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WHO         "filterctl audit export"
#define SIEM_FOLDER "/usr/share/filterd/siem"

static const char usage[] =
	"usage: filterctl audit export --to FORMAT [-o FILE] [OPTION]... [LOG]...\n"
	"\n"
	"The attempts, for other programs. Only the log itself is evidence: an export proves "
	"nothing, and can be repeated.\n"
	"\n"
	"      --to FORMAT     csv     spreadsheets\n"
	"                      sqlite  a database; several logs, and later exports, may share a "
	"file\n"
	"                      postgresql  for psql, used by config/fleet/postgresql/load: all "
	"records\n"
	"  -o, --output FILE   default: the standard output; a database needs a file. An old FILE "
	"is replaced once all is written\n"
	"      --records LIST  only these, by their numbers: 100-199,5000- ; files without any of "
	"them are not read, and the log as\n"
	"                      a whole is not verified\n"
	"\n"
	"  filterctl audit export --to csv --since yesterday -o attempts.csv\n"
	"  filterctl audit export --to sqlite -o attempts.db gw1/\n"
	"  sqlite3 attempts.db 'SELECT * FROM devices'\n"
	"\n"
	"Programs that read Suricata's EVE can read the log itself, without any export. Maps for "
	"jq turn it into CEF, ECS and OCSF:\n"
	"\n"
	"  filterctl audit list -o json --since yesterday | jq -rcf " SIEM_FOLDER "/ecs.jq\n"
	"\n"
	"Exit status: 0; 2 the log is not sound (filterctl audit verify says why); 64 wrong usage; "
        "74 it cannot be read or written.\n";

static const struct format_out {
	const char     *name;
	export_head    *head;           /* NULL: none */
	export_attempt *attempt;        /* NULL: a database */
	export_head    *tail;           /* NULL: none */
	bool            own_too;        /* also the filter's records about itself */
} formats[] = {
	{ "csv",        export_csv_head,        export_csv,        NULL,                   false },
	{ "sqlite",     NULL,                   NULL,              NULL,                   true },
	{ "postgresql", export_postgresql_head, export_postgresql, export_postgresql_tail, true },
};

struct export {
	const struct format_out *format;
	const char              *file;          /* NULL: standard output */
	struct output            output;
	struct text              text;
	struct database         *database;
	const struct pass       *pass;
	struct selection         selection;
	struct ranges            records;
	char                     log[32];       /* its id, from the key or the log's own records */
};

static bool take_records(struct export *x, const char *argument)
{
	return argument == NULL ||
	       ranges_parse(bytes_text(argument), &x->records) == PARSE_OK ||
	       complain(false, WHO,
	                "--records '%.80s'; expected numbers in rising order, %d ranges at most: "
	                "7,100-199,5000-", argument, RANGES_MAX);
}

/* Former formats, now available as maps for jq. */
static bool export_refuse_format(const char *argument)
{
	static const char *const maps[] = { "cef", "ecs", "ocsf" };

	for (size_t i = 0; i < COUNT(maps); i++) {
		if (strcmp(argument, maps[i]) == 0)
			return complain(false, WHO,
			                "--to %s: use a map for jq: filterctl audit list -o json "
			                "LOG | jq -rcf " SIEM_FOLDER "/%s.jq",
			                argument, argument);
	}
	return complain(false, WHO, "--to '%s'; expected csv, sqlite or postgresql", argument);
}

static bool take_format(struct export *x, const char *to)
{
	if (to == NULL)
		return complain(false, WHO,
		                "--to is missing: csv, sqlite or postgresql; --help explains them");
	for (size_t i = 0; i < COUNT(formats); i++) {
		if (strcmp(formats[i].name, to) == 0)
			x->format = &formats[i];
	}
	return x->format != NULL || export_refuse_format(to);
}

static void export_copy(char *to, size_t room, struct bytes from)
{
	snprintf(to, room, "%.*s", (int)(from.len < room ? from.len : room - 1),
	         (const char *)from.at);
}

/* Facts in a record that apply to later ones. */
static void export_learn(struct export *x, const struct entry *e)
{
	if ((e->type == ENTRY_START || e->type == ENTRY_SEGMENT) && e->log.len > 0)
		export_copy(x->log, sizeof(x->log), e->log);
}

/* The beginning of the log, with the record that names it, may have been deleted. */
static void learn_from_key(struct export *x)
{
	const char *slash = strrchr(x->pass->now->seals.root.origin, '/');

	if (slash != NULL)
		export_copy(x->log, sizeof(x->log), bytes_text(slash + 1));
}

static void export_take_record(struct export *x, const struct entry *e)
{
	if (x->pass->reader.log_id != NULL)
		export_copy(x->log, sizeof(x->log), bytes_text(x->pass->reader.log_id));
	export_learn(x, e);
	if (x->log[0] == '\0')
		learn_from_key(x);
	if (!selection_takes(&x->selection, e) ||
	    !ranges_meet(&x->records, e->end.seq, e->end.seq))
		return;
	if (x->database != NULL) {
		database_put(x->database, bytes_text(x->log), e->end.seq, e, e->line);
	} else {
		struct export_source from = { .seq = e->end.seq, .log = bytes_text(x->log),
		                              .line = e->line };

		x->format->attempt(&x->text, e, &from);
	}
}

static int export_say(const struct export *x, int error)
{
	return complain(EXIT_IO, WHO, "%s: %s", x->file != NULL ? x->file : "standard output",
	                strerror(-error));
}

static int open_database(struct export *x)
{
	if (x->file == NULL)
		return complain(EXIT_USAGE, WHO, "a database needs a file: -o FILE");
	umask(umask(0) | S_IRWXO);      /* it names devices */
	return database_open(x->file, &x->database);
}

static int open_output(struct export *x)
{
	int error;

	if (x->format->attempt == NULL)
		return open_database(x);
	error = output_open(x->file, &x->output);
	if (error != 0)
		return export_say(x, error);
	text_to(&x->text, x->output.to);
	if (x->format->head != NULL)
		x->format->head(&x->text);
	return 0;
}

static int close_database(struct export *x, bool keep)
{
	uint64_t num_new;
	int      status = database_close(x->database, keep, &num_new);

	if (status == 0 && keep && isatty(STDERR_FILENO))
		fprintf(stderr, "%llu new records in %s\n", (unsigned long long)num_new, x->file);
	return status;
}

static int close_output(struct export *x, bool keep)
{
	int error;

	if (x->format->attempt == NULL)
		return close_database(x, keep);
	if (x->format->tail != NULL && keep)
		x->format->tail(&x->text);
	text_end(&x->text);
	error = output_close(&x->output, keep);
	return error != 0 ? export_say(x, error) : 0;
}

static int export_run(struct audit_options *o, struct export *x)
{
	struct pass  pass   = { 0 };
	struct entry e;
	int          status = open_output(x), closed;

	x->pass = &pass;
	if (status == 0) {
		pass_open(o, &pass);
		while (pass_next(&pass, &e))
			export_take_record(x, &e);
		status = pass.status;
		closed = close_output(x, status == 0);
		status = status != 0 ? status : closed;
	}
	if (status == 0)
		status = pass_say_unsound(&pass);
	pass_free(&pass);
	return status;
}

int audit_export(int argc, char **argv)
{
	struct export           x       = { .selection = selection_all() };
	const char             *to      = NULL, *records = NULL;
	const struct own_option options[] = { { "to", .argument = &to },
		                              { "output", .letter = 'o', .argument = &x.file },
		                              { "records", .argument = &records },
		                              { 0 } };
	const struct audit_own  own     = { .usage = usage, .options = options,
	                                    /* --to selects the format */
	                                    .no_json = true, .no_csv = true };
	struct audit_options    o;
	int                     status;

	if (!audit_options_read(argc, argv, &own, &o, &status))
		return status;
	if (!take_format(&x, to) || !take_records(&x, records))
		return EXIT_USAGE;
	x.file              = output_path(x.file);
	o.streams           = x.file == NULL;
	x.selection.from_us = o.since_us;
	x.selection.to_us   = o.until_us;
	x.selection.own_too = x.format->own_too;
	o.names_lines       = x.format->tail != NULL;
	o.records           = x.records.num > 0 ? &x.records : NULL;
	return export_run(&o, &x);
}
