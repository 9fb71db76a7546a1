/* SPDX-License-Identifier: MIT */

/* filterctl audit devices: who still tries. */

#include "ctl/audit/acks_file.h"
#include "ctl/audit/counted.h"
#include "ctl/audit/verbs.h"
#include "os/vendors.h"
#include "review/people.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY_US INT64_C(86400000000)

static const char usage[] =
	"usage: filterctl audit devices [--active SPAN] [--open|--done] [OPTION]... [LOG]...\n"
	"\n"
	"Which devices tried to reach prohibited hosts, the busiest first: name, MAC, addresses, "
        "products, when last.\n"
	"\n"
	"sure: it asked and connected, or a program that updates was seen; likely: it asked;\n"
	"unsure: it showed the name, and nobody knows if it asked;\n"
	"doubtful: it " EVIDENCE_DOUBT ".\n"
	"\n"
	"      --active SPAN   only those that tried in the last 7d, 36h ...\n"
	"      --open          only those that nobody has dealt with (filterctl audit ack), or "
        "that came back since\n"
	"      --done          only those that somebody has dealt with, and that stay away\n"
	"      --acks FILE     notes made with filterctl audit ack; default audit.acks beside the "
        "log\n"
	"\n"
	"  filterctl audit devices --active 7d        who still tries\n"
	"  filterctl audit devices --since \"last month\" --csv >devices.csv\n";

enum { OPTION_ACTIVE = AUDIT_OPTION_OWN, OPTION_OPEN, OPTION_DONE, OPTION_ACKS };

struct devices_options {
	int64_t         active_us;      /* INT64_MAX: all */
	bool            open, done;     /* only such */
	const char     *acks_file;
	struct vendors *vendors;        /* NULL: not known here */
	struct acks     acks;
};

static bool devices_take(void *owner, int option, const char *argument)
{
	struct devices_options *own = owner;

	switch (option) {
	case OPTION_OPEN: own->open = true;          return true;
	case OPTION_DONE: own->done = true;          return true;
	case OPTION_ACKS: own->acks_file = argument; return true;
	}
	if (people_read_span(bytes_text(argument), &own->active_us) == PARSE_OK)
		return true;
	fprintf(stderr,
	        "filterctl audit devices: --active '%s' is no length of time; expected 7d, 36h, "
	        "\"2 weeks\"\n",
	        argument);
	return false;
}

static void print_layers(struct table_out *t, const struct device_total *d)
{
	uint8_t       room[64];
	struct writer w = writer_over(room, sizeof(room));

	for (unsigned layer = 0; layer < LAYERS; layer++) {
		if (d->layers[layer] == 0)
			continue;
		write_text(&w, w.len > 0 ? " " : "");
		write_text(&w, layer_name((enum layer)layer));
	}
	table_text(t, writer_written(&w));
}

static void print_evidence(struct table_out *t, const struct device_total *d)
{
	uint8_t       room[80];
	struct writer w = writer_over(room, sizeof(room));

	signs_write(&w, d->signs);
	table_text(t, bytes_text(sure_name(d->sure)));
	table_text(t, writer_written(&w));
	table_number(t, (int64_t)(d->unasked < INT64_MAX ? d->unasked : INT64_MAX));
}

static void print_categories(struct table_out *t, const struct totals *totals,
                             const struct device_total *d)
{
	uint8_t       room[1024];
	struct writer w = writer_over(room, sizeof(room));

	for (size_t i = 0; i < totals->categories.num; i++) {
		const struct category_total *c = rows_at(&totals->categories, i);

		if ((d->categories >> i & 1) == 0)
			continue;
		write_text(&w, w.len > 0 ? " " : "");
		write_bytes(&w, c->row.name);
	}
	table_text(t, writer_written(&w));
}

/* Who made it; a MAC that the device made up itself says nothing about that. */
static void print_vendor(struct table_out *t, const struct devices_options *own,
                         struct bytes device)
{
	uint8_t     mac[MAC_BYTES];
	const char *vendor     = vendors_find_text(own->vendors, device);
	bool        is_private = mac_from_text(device, mac) == PARSE_OK && mac_is_private(mac);

	table_text(t, vendor != NULL ? bytes_text(vendor)
	              : is_private   ? BYTES("(random MAC)")
	                             : BYTES(""));
	table_number(t, is_private);
}

/* "done 2026-11-20: uninstalled"; "back: ..." if it has tried again since. */
static void print_ack(struct table_out *t, const struct ack *ack, int64_t last_us)
{
	uint8_t       room[ACKS_NOTE_MAX + 64];
	struct writer w = writer_over(room, sizeof(room));

	if (ack != NULL) {
		write_text(&w, ack_returned(ack, last_us) ? "BACK since " : "done ");
		people_write_day(&w, ack->time_us);
		write_text(&w, ": ");
		write_text(&w, ack->note);
	}
	table_text(t, writer_written(&w));
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

static void print_device(struct table_out *t, const struct devices_options *own,
                         const struct counted *c, const struct device_total *d)
{
	int64_t quiet_us = c->end_us - d->tally.last_us;

	table_row(t);
	table_text(t, d->row.name);
	print_vendor(t, own, d->row.name);
	table_text(t, bytes_text(d->name));
	print_evidence(t, d);
	table_text(t, bytes_text(d->address));
	table_text(t, bytes_text(d->other_address));
	table_text(t, bytes_text(d->iface));
	counted_tally(t, &d->tally);
	table_number(t, quiet_us > 0 ? quiet_us / DAY_US : 0);
	table_number(t, d->num_hosts);
	print_layers(t, d);
	print_categories(t, c->totals, d);
	table_text(t, bytes_text(d->clue));
	print_ack(t, acks_find(&own->acks, d->row.name), device_tried(d));
}

static int devices_print(void *owner, const struct audit_options *o, const struct counted *c)
{
	static const struct column columns[] = {
		{ "device", "device", CELL_TEXT, false, false, 0 },
		{ "vendor", "vendor", CELL_TEXT, true, false, 5 },
		{ "random", "random", CELL_YES, false, true, 0 },
		{ "name", "name", CELL_TEXT, false, false, 0 },
		{ "sure", "sure", CELL_TEXT, false, false, 0 },
		{ "seen", "seen", CELL_TEXT, true, false, 2 },
		{ "unasked", "unasked", CELL_NUMBER, false, true, 0 },
		{ "address", "address", CELL_TEXT, false, false, 9 },
		{ "other_address", "other address", CELL_TEXT, false, true, 0 },
		{ "in_iface", "network", CELL_TEXT, false, false, 8 },
		COUNTED_COLUMNS,
		{ "quiet_days", "quiet days", CELL_NUMBER, false, false, 3 },
		{ "hosts", "hosts", CELL_NUMBER, false, false, 2 },
		{ "layers", "layers", CELL_TEXT, false, true, 0 },
		{ "categories", "categories", CELL_TEXT, true, false, 2 },
		{ "product", "product", CELL_TEXT, true, false, 5 },
		{ "note", "note", CELL_TEXT, true, false, 4 },
	};
	struct devices_options *own = owner;
	bool                    is_doubtful = false;
	char                    path[ACKS_PATH_MAX];
	int                     status = acks_file_load(o, own->acks_file, &own->acks, path);
	struct table_out       *t =
                status == 0 ? table_begin(o, "devices", columns, COUNT(columns)) : NULL;
	void **list = rows_sorted(&c->totals->devices, totals_by_attempts_device);

	if (t == NULL) {
		free(list);
		return status != 0 ? status : EXIT_IO;
	}
	for (size_t i = 0; list != NULL && i < rows_num(&c->totals->devices); i++) {
		const struct device_total *d = list[i];

		if (!devices_is_wanted(own, c, d))
			continue;
		print_device(t, own, c, d);
		is_doubtful |= d->sure == SURE_DOUBTFUL;
	}
	free(list);
	status = table_end(t);
	if (status == 0 && is_doubtful && o->format == FORMAT_TEXT)
		puts("\ndoubtful: it " EVIDENCE_DOUBT);
	return status;
}

int audit_devices(int argc, char **argv)
{
	static const struct option longs[] = { { "active", required_argument, NULL, OPTION_ACTIVE },
		                               { "open", no_argument, NULL, OPTION_OPEN },
		                               { "done", no_argument, NULL, OPTION_DONE },
		                               { "acks", required_argument, NULL, OPTION_ACKS },
		                               AUDIT_LONG_OPTIONS,
		                               { 0 } };
	struct devices_options    own  = { .active_us = INT64_MAX };
	const struct counted_verb verb = { .usage = usage, .longs = longs, .take = devices_take,
	                                   .print = devices_print, .owner = &own };
	int                       status;

	vendors_open(NULL, &own.vendors);
	status = counted_verb(argc, argv, &verb);
	vendors_free(own.vendors);
	acks_free(&own.acks);
	return status;
}
