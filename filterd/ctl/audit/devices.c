/* SPDX-License-Identifier: MIT */

/* filterctl audit devices: the devices that still try. */

#include "ctl/audit/acks_file.h"
#include "ctl/audit/counted.h"
#include "ctl/audit/verbs.h"
#include "os/vendors.h"
#include "present/tallied.h"
#include "review/people.h"

#include <stdio.h>
#include <stdlib.h>

static const char usage[] =
	"usage: filterctl audit devices [--active SPAN] [--open|--done] [OPTION]... [LOG]...\n"
	"\n"
	"The devices that tried to reach prohibited hosts, the busiest first: name, MAC, "
	"addresses, products, last attempt.\n"
	"\n"
	"sure: it asked and connected, or an updating program was seen; likely: it asked;\n"
	"unsure: it showed the name, but perhaps never asked for it;\n"
	"doubtful: it " EVIDENCE_DOUBT ".\n"
	"\n"
	"      --active SPAN   only those that tried in the last 7d, 36h ...\n"
	"      --open          only those without a note (filterctl audit ack), or back since "
	"their note\n"
	"      --done          only those with a note, and quiet since\n"
	"      --acks FILE     notes made with filterctl audit ack; default audit.acks beside the "
	"log\n"
	"\n"
	"  filterctl audit devices --active 7d        who still tries\n"
	"  filterctl audit devices --since \"last month\" --csv >devices.csv\n";

struct devices_options {
	const char     *active;
	int64_t         active_us;      /* INT64_MAX: all */
	bool            open, done;     /* only such devices */
	const char     *acks_file;
	struct vendors *vendors;        /* NULL: unknown here */
	struct acks     acks;
};

static int devices_check(void *owner, const struct audit_options *o)
{
	struct devices_options *own = owner;

	if (own->active == NULL ||
	    people_read_span(bytes_text(own->active), &own->active_us) == PARSE_OK)
		return 0;
	return complain(EXIT_USAGE, o->who,
	                "--active '%s' is not a length of time; expected 7d, 36h, \"2 weeks\"",
	                own->active);
}

/* "done 2026-11-20: uninstalled"; "back: ..." if it has tried again since. */
static void write_ack(struct writer *w, const struct ack *ack, int64_t last_us)
{
	if (ack == NULL)
		return;
	write_text(w, ack_returned(ack, last_us) ? "BACK since " : "done ");
	people_write_day(w, ack->time_us);
	write_text(w, ": ");
	write_text(w, ack->note);
}

static bool devices_is_wanted(const struct devices_options *own, const struct counted *c,
                              const struct device_total *d)
{
	const struct ack *ack     = acks_find(&own->acks, d->row.name);
	bool              is_done = ack != NULL && !ack_returned(ack, device_tried(d));

	if ((own->open && is_done) || (own->done && !is_done))
		return false;
	return own->active_us == INT64_MAX || c->end_us - d->tally.last_us <= own->active_us;
}

static void put_device(struct sheet *s, const struct devices_options *own,
                       const struct counted *c, const struct device_total *d)
{
	uint8_t               room[ACKS_NOTE_MAX + 64];
	struct writer         note = writer_over(room, sizeof(room));
	struct tallied_device shown;

	write_ack(&note, acks_find(&own->acks, d->row.name), device_tried(d));
	shown = (struct tallied_device){
		.total    = d,
		.key      = d->row.name,
		.vendor   = vendors_find_text(own->vendors, d->row.name),
		.last_us  = d->tally.last_us,
		.quiet_us = c->end_us - d->tally.last_us,
		.note     = writer_written(&note),
	};
	tallied_put_device(s, c->totals, &shown);
}

static int devices_print(void *owner, const struct audit_options *o, const struct counted *c)
{
	struct devices_options *own = owner;
	bool                    is_doubtful = false;
	char                    path[ACKS_PATH_MAX];
	int                     status = acks_file_load(o, own->acks_file, ACKS_LOOK, &own->acks,
	                                                path);
	struct sheet            s      = tallied_devices(false, false);
	void                  **list;

	if (status != 0)
		return status;
	list      = rows_sorted(&c->totals->devices, totals_by_attempts_device);
	s.failed |= list == NULL && rows_num(&c->totals->devices) > 0;
	for (size_t i = 0; list != NULL && i < rows_num(&c->totals->devices); i++) {
		const struct device_total *d = list[i];

		if (!devices_is_wanted(own, c, d))
			continue;
		put_device(&s, own, c, d);
		is_doubtful |= d->sure == SURE_DOUBTFUL;
	}
	free(list);
	status = show_sheet(o, &s);
	if (status == 0 && is_doubtful && o->format == FORMAT_TEXT)
		puts("\ndoubtful: it " EVIDENCE_DOUBT);
	return status;
}

int audit_devices(int argc, char **argv)
{
	struct devices_options    own       = { .active_us = INT64_MAX };
	const struct own_option   options[] = { { "active", .argument = &own.active },
		                                { "open", .given = &own.open },
		                                { "done", .given = &own.done },
		                                { "acks", .argument = &own.acks_file },
		                                { 0 } };
	const struct counted_verb verb      = { .usage = usage, .options = options,
	                                        .check = devices_check, .print = devices_print,
	                                        .owner = &own };
	int                       status;

	vendors_open(NULL, &own.vendors);
	status = counted_verb(argc, argv, &verb);
	vendors_free(own.vendors);
	acks_free(&own.acks);
	return status;
}
