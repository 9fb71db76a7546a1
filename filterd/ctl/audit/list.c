/* SPDX-License-Identifier: MIT */

/*
 * filterctl audit list: the records themselves. Each is printed as it comes, so that a log of any
 * size needs no memory; with -n the last ones are kept, as lines.
 */

#include "ctl/audit/follow.h"
#include "ctl/audit/listing.h"
#include "ctl/audit/pass.h"
#include "ctl/audit/verbs.h"
#include "ctl/verbs.h"
#include "os/files.h"
#include "policy/policy.h"
#include "review/select.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define LAST_MAX      100000    /* lines that -n keeps, of about a kilobyte each */
#define LAST_FOLLOWED 10        /* as tail has it */

static const char usage[] =
	"usage: filterctl audit list [OPTION]... [LOG]...\n"
	"\n"
	"The attempts themselves, one a line, the oldest first. unasked: the device " EVIDENCE_DOUBT
	".\n"
	"\n"
	"      --device DEVICE   of one device: its MAC, an address, or its name\n"
	"      --host PATTERN    to these hosts, as in a policy: name, .name for all below it too, "
        "'ksn-*.name'; may be given again\n"
	"      --category NAME   update, ksn, license ...\n"
	"      --layer LAYER     how the name was seen: dns, tls, quic, http, socks, other\n"
	"      --type TYPE       blocked, observed, waived, watched; probe, the test name; or a "
        "record of the filter about itself: start, stop, heartbeat, gap ...\n"
	"  -a, --all             the filter's records about itself, too\n"
	"  -n, --last N          the last N only\n"
	"  -f, --follow          the last 10 (or N), and then each new one as it comes\n"
	"  -o, --output FORMAT   text; json: the records as they stand in the log, to the byte; "
        "csv: for spreadsheets\n"
	"\n"
	"  filterctl audit list --device LAPTOP-7 --since yesterday\n"
	"  filterctl audit list --host .geo.kaspersky.com -o csv >update.csv\n"
	"  filterctl audit list -f\n"
	"\n"
	"Exit status: 0; 2 the log is not sound (filterctl audit verify says why); 64 wrong usage; "
        "74 it cannot be read.\n"
	"-f reads the open file of the log alone, and checks no more than that each record hangs "
        "on the one before.\n";

enum { OPTION_DEVICE = AUDIT_OPTION_OWN, OPTION_HOST, OPTION_CATEGORY, OPTION_LAYER, OPTION_TYPE };

static const struct option longs[] = {
	{ "device",   required_argument, NULL, OPTION_DEVICE },
	{ "host",     required_argument, NULL, OPTION_HOST },
	{ "category", required_argument, NULL, OPTION_CATEGORY },
	{ "layer",    required_argument, NULL, OPTION_LAYER },
	{ "type",     required_argument, NULL, OPTION_TYPE },
	{ "all",      no_argument,       NULL, 'a' },
	{ "last",     required_argument, NULL, 'n' },
	{ "follow",   no_argument,       NULL, 'f' },
	{ "output",   required_argument, NULL, 'o' },
	AUDIT_LONG_OPTIONS, { 0 },
};

/* The last lines, oldest first from `next` on. */
struct ring {
	struct bytes *lines;
	size_t        room, num, next;
	bool          failed;
};

struct list {
	struct selection selection;
	bool             has_format, follows, caught_up;
	enum format      format;
	size_t           last;          /* 0: all */
	struct ring      ring;
	struct listing   listing;
};

static bool read_format(struct list *l, const char *name)
{
	static const struct { const char *name; enum format format; } formats[] = {
		{ "text", FORMAT_TEXT }, { "json", FORMAT_JSON }, { "csv", FORMAT_CSV },
	};

	for (size_t i = 0; i < COUNT(formats); i++) {
		if (strcmp(formats[i].name, name) == 0) {
			l->format     = formats[i].format;
			l->has_format = true;
			return true;
		}
	}
	fprintf(stderr, "filterctl audit list: -o '%s'; expected text, json or csv\n", name);
	return false;
}

static bool read_last(struct list *l, const char *text)
{
	char *end;
	long  number = strtol(text, &end, 10);

	if (text[0] == '\0' || *end != '\0' || number < 1 || number > LAST_MAX) {
		fprintf(stderr, "filterctl audit list: -n '%s'; expected a number from 1 to %d\n",
		        text, LAST_MAX);
		return false;
	}
	l->last = (size_t)number;
	return true;
}

static bool read_host(struct list *l, const char *pattern)
{
	struct problem problem = { "" };

	if (select_host(&l->selection, pattern, &problem) == 0)
		return true;
	fprintf(stderr, "filterctl audit list: %s\n", problem.text);
	return false;
}

static bool audit_list_refuse(const char *option, const char *given, const char *expected)
{
	fprintf(stderr, "filterctl audit list: --%s '%s'; expected %s\n", option, given, expected);
	return false;
}

static bool audit_list_take_option(void *owner, int option, const char *argument)
{
	struct list *l = owner;

	switch (option) {
	case OPTION_DEVICE:
		if (argument[0] == '\0')
			return audit_list_refuse("device", argument, "a MAC, an address or a name");
		select_device(&l->selection, argument);
		return true;
	case OPTION_CATEGORY:
		l->selection.category = bytes_text(argument);
		return argument[0] != '\0' ||
		       audit_list_refuse("category", argument, "update, ksn, license ...");
	case OPTION_HOST:
		return read_host(l, argument);
	case OPTION_LAYER:
		return select_layer(&l->selection, argument) ||
		       audit_list_refuse("layer", argument, "dns, tls, quic, http, socks or other");
	case OPTION_TYPE:
		return select_type(&l->selection, argument) ||
		       audit_list_refuse("type", argument,
		                         "blocked, observed, waived, watched, probe, start, stop, "
		                         "heartbeat, policy, state, gap, segment, prune or "
		                         "access");
	case 'a': l->selection.own_too = true; return true;
	case 'f': l->follows = true;           return true;
	case 'n': return read_last(l, argument);
	case 'o': return read_format(l, argument);
	default:  return false;
	}
}

static void keep_last(struct ring *r, struct bytes line)
{
	uint8_t *copy = malloc(line.len);

	if (copy == NULL) {
		r->failed = true;
		return;
	}
	memcpy(copy, line.at, line.len);
	free((void *)(uintptr_t)r->lines[r->next].at);
	r->lines[r->next] = bytes_of(copy, line.len);
	r->next           = (r->next + 1) % r->room;
	r->num += r->num < r->room;
}

static void free_ring(struct ring *r)
{
	for (size_t i = 0; i < r->room && r->lines != NULL; i++)
		free((void *)(uintptr_t)r->lines[i].at);
	free(r->lines);
	*r = (struct ring){ 0 };
}

/* Prints what was kept, and keeps no more. */
static void audit_list_put_last(struct list *l)
{
	struct ring *r = &l->ring;

	for (size_t i = 0; i < r->num; i++) {
		struct bytes line = r->lines[(r->next + r->room - r->num + i) % r->room];
		struct entry e;

		if (record_read(line, &e) == PARSE_OK)
			listing_put(&l->listing, &e);
	}
	free_ring(r);
	l->last = 0;
}

static void audit_list_take_record(struct list *l, const struct entry *e)
{
	if (!selection_takes(&l->selection, e))
		return;
	if (l->last > 0)
		keep_last(&l->ring, e->line);
	else
		listing_put(&l->listing, e);
}

static bool caught_up(struct list *l)
{
	audit_list_put_last(l);
	return listing_flush(&l->listing);
}

/*
 * The open file: given, in the folder that is given, or this machine's. 0 or an exit status, said.
 */
static int find_open_file(const struct audit_options *o, char path_out[1024])
{
	struct settings s;
	struct problem  problem = { "" };
	struct stat     st;

	if (o->num_paths > 1 || (o->num_paths == 1 && strcmp(o->paths[0], "-") == 0)) {
		fprintf(stderr, "filterctl audit list: -f follows one log: name its open file or "
		                "its folder, or nothing for this machine's\n");
		return EXIT_USAGE;
	}
	if (o->num_paths == 1) {
		bool folder = stat(o->paths[0], &st) == 0 && S_ISDIR(st.st_mode);

		snprintf(path_out, 1024, "%s%s", o->paths[0], folder ? "/audit.jsonl" : "");
		return 0;
	}
	if (files_load_settings(o->conf, &s, &problem) != 0) {
		fprintf(stderr, "filterctl audit list: %s\n", problem.text);
		return EXIT_CONFIG;
	}
	snprintf(path_out, 1024, "%s", s.audit_file);
	return 0;
}

static int run_follow(const struct audit_options *o, struct list *l)
{
	char          path[1024];
	struct follow f;
	struct entry  e;
	int           status = find_open_file(o, path);

	if (status != 0)
		return status;
	follow_open(&f, o->verb, path);
	do {
		while (follow_next(&f, &e))
			audit_list_take_record(l, &e);
	} while (caught_up(l) && follow_wait(&f));
	return follow_close(&f);
}

static void say_none(const struct selection *s)
{
	bool exact = false;

	for (size_t i = 0; i < s->num_hosts; i++)
		exact |= s->hosts[i].kind == PATTERN_EXACT;
	fprintf(stderr, "filterctl audit list: there are none%s\n",
	        exact ? "; with a dot in front, --host takes all hosts below the name, too" : "");
}

static int run_list(const struct audit_options *o, struct list *l)
{
	struct pass  pass;
	struct entry e;
	int          status;

	pass_open(o, &pass);
	while (pass_next(&pass, &e))
		audit_list_take_record(l, &e);
	status = pass.status;
	audit_list_put_last(l);
	if (!listing_flush(&l->listing) && status == 0) {
		fputs("filterctl audit list: not all could be printed\n", stderr);
		status = EXIT_IO;
	}
	if (status == 0)
		status = pass_say_unsound(&pass);
	if (status == 0 && o->format == FORMAT_TEXT && !l->listing.began)
		say_none(&l->selection);
	pass_free(&pass);
	return status;
}

int audit_list(int argc, char **argv)
{
	struct list            l   = { .selection = selection_all() };
	const struct audit_own own = { .longs = longs, .shorts = AUDIT_SHORT_OPTIONS "afn:o:",
	                               .usage = usage, .take = audit_list_take_option,
	                               .owner = &l };
	struct audit_options   o;
	int                    status;

	if (!audit_options_read(argc, argv, &own, &o, &status))
		return status;
	if (l.has_format)
		o.format = l.format;
	o.streams           = true;
	l.selection.from_us = o.since_us;
	l.selection.to_us   = o.until_us;
	l.last              = l.last == 0 && l.follows ? LAST_FOLLOWED : l.last;
	l.ring.room         = l.last;
	l.ring.lines        = l.last > 0 ? calloc(l.last, sizeof(*l.ring.lines)) : NULL;
	if (l.last > 0 && l.ring.lines == NULL) {
		fputs("filterctl audit list: not enough memory\n", stderr);
		return EXIT_IO;
	}
	listing_begin(&l.listing, o.format, o.until_us < o.now_us ? o.until_us : o.now_us);
	status = l.follows ? run_follow(&o, &l) : run_list(&o, &l);
	if (l.ring.failed) {
		fputs("filterctl audit list: not enough memory for all of them\n", stderr);
		status = EXIT_IO;
	}
	free_ring(&l.ring);
	return status;
}
