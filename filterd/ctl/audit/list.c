/* SPDX-License-Identifier: MIT */

/*
 * filterctl audit list: the records themselves. It prints each one at once, so memory does not grow
 * with the log; with -n it keeps the last ones, as lines.
 */

#include "ctl/audit/follow.h"
#include "ctl/audit/listing.h"
#include "ctl/audit/pass.h"
#include "ctl/audit/verbs.h"
#include "ctl/verbs.h"
#include "policy/policy.h"
#include "review/select.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define WHO           "filterctl audit list"
#define LAST_MAX      100000    /* lines kept by -n, about a kilobyte each */
#define LAST_FOLLOWED 10        /* same as tail */

static const char usage[] =
	"usage: filterctl audit list [OPTION]... [LOG]...\n"
	"\n"
	"The attempts themselves, one a line, the oldest first. unasked: the device " EVIDENCE_DOUBT
	".\n"
	"\n"
	"      --device DEVICE   of one device: its MAC, an address, or its name\n"
	"      --host PATTERN    to these hosts, as in a policy: name, .name with all below it, "
	"'ksn-*.name'; repeatable\n"
	"      --category NAME   update, ksn, license ...\n"
	"      --layer LAYER     how the name was seen: dns, tls, quic, http, socks, other\n"
	"      --type TYPE       blocked, observed, waived, watched; probe, the test name; or a "
	"record of the filter about itself: start, stop, heartbeat, gap ...\n"
	"  -a, --all             also the filter's records about itself\n"
	"  -n, --last N          only the last N\n"
	"  -f, --follow          the last 10 (or N), and then each new one as it comes\n"
	"  -o, --output FORMAT   text; json: the records byte for byte as in the log; csv: for "
	"spreadsheets\n"
	"\n"
	"  filterctl audit list --device LAPTOP-7 --since yesterday\n"
	"  filterctl audit list --host .geo.kaspersky.com -o csv >update.csv\n"
	"  filterctl audit list -f\n"
	"\n"
	"Exit status: 0; 2 the log is not sound (filterctl audit verify says why); 64 wrong "
	"usage; 74 it cannot be read.\n"
	"-f reads only the open file of the log, and only checks that each record follows from "
	"the one before.\n";

/* The last lines; the oldest is at `next`. */
struct ring {
	struct bytes *lines;
	size_t        room, num, next;
	bool          failed;
};

struct list {
	struct selection selection;
	bool             follows;
	size_t           last;          /* 0: all */
	struct ring      ring;
	struct listing   listing;
};

static bool read_format(const char *name, enum format *out)
{
	static const char *const names[] = { [FORMAT_TEXT] = "text", [FORMAT_JSON] = "json",
	                                     [FORMAT_CSV] = "csv" };

	for (size_t i = 0; i < COUNT(names); i++) {
		if (strcmp(names[i], name) == 0) {
			*out = (enum format)i;
			return true;
		}
	}
	return complain(false, WHO, "-o '%s'; expected text, json or csv", name);
}

static bool read_last(struct list *l, const char *text)
{
	char *end;
	long  number = strtol(text, &end, 10);

	if (text[0] == '\0' || *end != '\0' || number < 1 || number > LAST_MAX)
		return complain(false, WHO, "-n '%s'; expected a number from 1 to %d", text,
		                LAST_MAX);
	l->last = (size_t)number;
	return true;
}

static bool read_host(struct list *l, const char *pattern)
{
	struct problem problem = { "" };

	return select_host(&l->selection, pattern, &problem) == 0 ||
	       complain(false, WHO, "%s", problem.text);
}

static bool audit_list_refuse(const char *option, const char *given, const char *expected)
{
	return complain(false, WHO, "--%s '%s'; expected %s", option, given, expected);
}

/* The arguments; NULL: not given. */
struct list_given {
	const char        *device, *category, *layer, *type, *last, *format;
	struct option_list hosts;
};

static bool read_selection(struct list *l, const struct list_given *g)
{
	struct selection *s = &l->selection;

	if (g->device != NULL && g->device[0] == '\0')
		return audit_list_refuse("device", g->device, "a MAC, an address or a name");
	if (g->category != NULL && g->category[0] == '\0')
		return audit_list_refuse("category", g->category, "update, ksn, license ...");
	if (g->layer != NULL && !select_layer(s, g->layer))
		return audit_list_refuse("layer", g->layer,
		                         "dns, tls, quic, http, socks or other");
	if (g->type != NULL && !select_type(s, g->type))
		return audit_list_refuse("type", g->type,
		                         "blocked, observed, waived, watched, probe, start, stop, "
		                         "heartbeat, policy, state, gap, segment, prune or "
		                         "access");
	for (size_t i = 0; i < g->hosts.num && i < g->hosts.room; i++) {
		if (!read_host(l, g->hosts.at[i]))
			return false;
	}
	if (g->device != NULL)
		select_device(s, g->device);
	if (g->category != NULL)
		s->category = bytes_text(g->category);
	return true;
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

/* Prints the kept lines, and stops keeping. */
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
 * The open file: given, or in the given folder, or this machine's. 0, or an exit status after a
 * message.
 */
static int find_open_file(const struct audit_options *o, char path_out[1024])
{
	struct settings s;
	struct stat     st;
	int             status;

	if (o->num_paths > 1 || (o->num_paths == 1 && strcmp(o->paths[0], "-") == 0))
		return complain(EXIT_USAGE, WHO,
		                "-f follows one log: name its open file or its folder, or none "
		                "for this machine's");
	if (o->num_paths == 1) {
		bool folder = stat(o->paths[0], &st) == 0 && S_ISDIR(st.st_mode);

		snprintf(path_out, 1024, "%s%s", o->paths[0], folder ? "/audit.jsonl" : "");
		return 0;
	}
	if (!options_settings(WHO, o->conf, &s, &status))
		return status;
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
	follow_open(&f, WHO, path);
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
	complain(0, WHO, "there are none%s",
	         exact ? "; with a leading dot, --host also matches all hosts below the name" : "");
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
	if (!listing_flush(&l->listing) && status == 0)
		status = complain(EXIT_IO, WHO, "not all could be printed");
	if (status == 0)
		status = pass_say_unsound(&pass);
	if (status == 0 && o->format == FORMAT_TEXT && !l->listing.began)
		say_none(&l->selection);
	pass_free(&pass);
	return status;
}

int audit_list(int argc, char **argv)
{
	struct list             l = { .selection = selection_all() };
	const char             *hosts[SELECT_HOSTS + 1];        /* one more, to detect too many */
	struct list_given       g = { .hosts = { .at = hosts, .room = COUNT(hosts) } };
	const struct own_option options[] = {
		{ "device",   .argument = &g.device },
		{ "host",     .arguments = &g.hosts },
		{ "category", .argument = &g.category },
		{ "layer",    .argument = &g.layer },
		{ "type",     .argument = &g.type },
		{ "all",      .letter = 'a', .given = &l.selection.own_too },
		{ "last",     .letter = 'n', .argument = &g.last },
		{ "follow",   .letter = 'f', .given = &l.follows },
		{ "output",   .letter = 'o', .argument = &g.format },
		{ 0 },
	};
	const struct audit_own  own = { .usage = usage, .options = options };
	struct audit_options    o;
	int                     status;

	if (!audit_options_read(argc, argv, &own, &o, &status))
		return status;
	if (!read_selection(&l, &g) || (g.last != NULL && !read_last(&l, g.last)) ||
	    (g.format != NULL && !read_format(g.format, &o.format)))
		return EXIT_USAGE;
	o.streams           = true;
	l.selection.from_us = o.since_us;
	l.selection.to_us   = o.until_us;
	l.last              = l.last == 0 && l.follows ? LAST_FOLLOWED : l.last;
	l.ring.room         = l.last;
	l.ring.lines        = l.last > 0 ? calloc(l.last, sizeof(*l.ring.lines)) : NULL;
	if (l.last > 0 && l.ring.lines == NULL)
		return complain(EXIT_IO, WHO, "not enough memory");
	listing_begin(&l.listing, o.format, o.until_us < o.now_us ? o.until_us : o.now_us);
	status = l.follows ? run_follow(&o, &l) : run_list(&o, &l);
	if (l.ring.failed)
		status = complain(EXIT_IO, WHO, "not enough memory for all of them");
	free_ring(&l.ring);
	return status;
}
