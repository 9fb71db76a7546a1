/* SPDX-License-Identifier: MIT */

/*
 * The devices of the page: a row for each, and the hosts that it asked for. A page of ten thousand
 * devices must stay readable: it says how many are left out, and how to see them.
 */

#include "report/report_html.h"

#include "base/instant.h"
#include "present/sheet_html.h"
#include "report/sheets.h"

#include <stdlib.h>

/* hosts of a device; the CSV has all */
#define HOSTS_SHOWN 20

static size_t devices_shown(const struct report *r)
{
	return r->num_devices < REPORT_LIST_SHOWN ? r->num_devices : REPORT_LIST_SHOWN;
}

/* "sure: questions, hellos" */
static void put_evidence(struct text *t, const struct device_total *d)
{
	uint8_t       room[128];
	struct writer w = writer_over(room, sizeof(room));

	write_text(&w, sure_name(d->sure));
	write_text(&w, ": ");
	if (d->sure == SURE_DOUBTFUL)
		write_text(&w, EVIDENCE_DOUBT);
	else
		signs_write(&w, d->signs);
	html_text(t, writer_written(&w), SIZE_MAX);
}

static void put_left_out(struct text *t, const struct report *r)
{
	size_t shown = devices_shown(r), trying = 0;

	if (r->num_devices <= shown)
		return;
	for (size_t i = shown; i < r->num_devices; i++)
		trying += report_still_tries(&r->devices[i]);
	html_words(t,
	           "<p class=\"left-out\">And {} more, of which {} still tr[ies|y]: they are in "
	           "the CSV, and ",
	           r->num_devices - shown, trying);
	html_code(t, BYTES("filterctl audit devices"));
	text_put(t, " lists all.</p>\n");
}

void report_write_devices(struct text *t, const struct report *r)
{
	static const struct html_part parts[] = {
		{ "label", "Device", HTML_NAME, HTML_LINK },
		{ "gateway", "Gateway", HTML_WORDS, HTML_PLAIN },
		{ "state", "State", HTML_WORDS, HTML_SENTENCE },
		{ "sure", NULL, HTML_WORDS, HTML_SENTENCE },
		{ "note", NULL, HTML_WORDS, HTML_PLAIN },
		{ "device", "MAC and address", HTML_WORDS, HTML_PLAIN },
		{ "address", NULL, HTML_WORDS, HTML_PLAIN },
		{ "vendor", "Maker", HTML_WORDS, HTML_PLAIN },
		{ "in_iface", "Network", HTML_WORDS, HTML_PLAIN },
		{ "categories", "Asks for", HTML_WORDS, HTML_LIST },
		{ "attempts", "Attempts", HTML_FIGURE, HTML_PLAIN },
		{ "last", "Last", HTML_WORDS, HTML_PLAIN },
	};
	struct sheet devices;

	if (r->num_devices == 0) {
		text_put(t, r->coverage.has_span
		                    ? "<p>None, in the time of which there are records.</p>\n"
		                    : "<p>Not known: the log has no record of this time.</p>\n");
		return;
	}
	devices = sheets_devices(r);
	if (r->fleet != NULL)
		sheet_leave_out(&devices, "categories");
	devices.num_rows = devices_shown(r);
	sheet_write_html(t, devices,
	                 "Devices that tried to reach prohibited hosts: those that still try "
	                 "first, then the others, each the busiest first. A name leads to its "
	                 "attempts.",
	                 parts, COUNT(parts), REPORT_LIST_SHOWN);
	put_left_out(t, r);
}

/* The busiest hosts of a device come first. */
static int pairs_by_device(const void *left, const void *right)
{
	const struct pair_total *a = left, *b = right;
	uint64_t of_a = tally_prohibited(&a->tally), of_b = tally_prohibited(&b->tally);
	int      order = bytes_compare(pair_device(a), pair_device(b));

	if (order != 0)
		return order;
	return of_a != of_b ? (of_a < of_b ? 1 : -1) : totals_by_name(a, b);
}

static size_t first_pair(void **pairs, size_t num, struct bytes device)
{
	size_t low = 0, high = num;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (bytes_compare(pair_device(pairs[middle]), device) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void put_pair(struct sheet *s, const struct pair_total *p)
{
	struct writer w;

	sheet_row(s);
	sheet_text(s, pair_host(p));
	w = sheet_writer(s, 64);
	for (size_t i = 0; i < LAYERS; i++) {
		if (p->layers[i] > 0)
			write_words(&w, "{}{}", w.len > 0 ? ", " : "", sheets_layer((enum layer)i));
	}
	sheet_wrote(s, &w);
	sheet_number(s, (int64_t)tally_prohibited(&p->tally));
	sheet_number(s, p->tally.first_us);
	sheet_number(s, p->tally.last_us);
}

/* Takes: pairs, num of them, by device. */
static void put_pairs(struct text *t, void **pairs, size_t num, struct bytes device)
{
	static const struct column columns[] = {
		{ .name = "host" }, { .name = "layers" },
		{ .name = "attempts", .cell = CELL_NUMBER },
		{ .name = "first", .cell = CELL_TIME }, { .name = "last", .cell = CELL_TIME },
	};
	static const struct html_part parts[] = {
		{ "host", "Host", HTML_NAME, HTML_PLAIN },
		{ "layers", "Seen in", HTML_WORDS, HTML_SENTENCE },
		{ "attempts", "Attempts", HTML_FIGURE, HTML_PLAIN },
		{ "first", "First", HTML_WORDS, HTML_PLAIN },
		{ "last", "Last", HTML_WORDS, HTML_PLAIN },
	};
	struct sheet s    = sheet_of("pairs", columns, COUNT(columns));
	size_t       more = 0;

	for (size_t i = first_pair(pairs, num, device); i < num; i++) {
		const struct pair_total *p = pairs[i];

		if (!bytes_equal(pair_device(p), device) || tally_prohibited(&p->tally) == 0)
			break;
		if (s.num_rows < HOSTS_SHOWN)
			put_pair(&s, p);
		else
			more++;
	}
	if (s.num_rows == 0) {
		text_put(t, "<p class=\"left-out\">Its hosts are not here: there are more than can "
		            "be told apart.</p>\n");
		return;
	}
	sheet_write_html(t, s, "Hosts that it asked for, the most wanted first", parts,
	                 COUNT(parts), HOSTS_SHOWN);
	if (more > 0)
		html_words(t, "<p class=\"left-out\">And {} more hosts, in the CSV.</p>\n", more);
}

/* "2026-11-27 09:33:12 dnl-01.geo.kaspersky.com (DNS question, 3 times, observed)" */
static void put_attempt(struct text *t, const struct report *r, const struct latest_attempt *a)
{
	const struct host_total *host =
		a->host < rows_num(&r->now->hosts) ? rows_at(&r->now->hosts, a->host) : NULL;

	text_put(t, "<li>");
	html_word(t, word_second(a->time_us));
	html_utc_below(t, a->time_us, true);
	html_words(t, " {} ({}", host != NULL ? host->row.name : BYTES(ROWS_OTHERS),
	           sheets_layer((enum layer)a->layer));
	if (a->count > 1)
		html_words(t, ", {} times", a->count);
	text_put(t, a->result == RESULT_OBSERVED ? ", observed" : "");
	text_put(t, ")</li>\n");
}

static void put_latest(struct text *t, const struct report *r, const struct report_device *d)
{
	const struct latest_attempt *a = latest_at(d->total->latest, 0);

	if (a == NULL) {
		text_put(t, "<p class=\"left-out\">The times of its attempts are not here: memory "
		            "ran out.</p>\n");
		return;
	}
	text_put(t, "<p class=\"small\">Its latest records, the newest first:</p>\n<ul "
	            "class=\"latest\">\n");
	for (size_t back = 0; (a = latest_at(d->total->latest, back)) != NULL; back++)
		put_attempt(t, r, a);
	text_put(t, "</ul>\n");
}

/* A word of a command, quoted for a shell. */
static void write_quoted(struct writer *w, struct bytes word)
{
	bool is_plain = word.len > 0 && report_is_plain(word);

	write_text(w, is_plain ? "" : "'");
	for (size_t i = 0; i < word.len; i++) {
		if (word.at[i] == '\'')
			write_text(w, "'\\''");
		else
			write_bytes(w, bytes_of(word.at + i, 1));
	}
	write_text(w, is_plain ? "" : "'");
}

static void put_command(struct text *t, const struct report *r, const struct report_device *d)
{
	uint8_t       room[4 * TOTALS_NAME_MAX + 256];
	struct writer w = writer_over(room, sizeof(room));

	write_text(&w, "filterctl audit list --device ");
	write_quoted(&w, d->key);
	write_text(&w, " --since ");
	instant_write(&w, r->period.from_us);
	write_text(&w, " --until ");
	instant_write(&w, r->period.to_us);
	text_put(t, "<p class=\"small\">All of them: ");
	html_code(t, writer_written(&w));
	text_put(t, "</p>\n");
}

static void put_known(struct text *t, const char *what, struct bytes name)
{
	if (name.len > 0)
		html_words(t, "; {}{}", what, name);
}

/* The facts about the device, in a line. */
static void put_facts(struct text *t, const struct report_device *d)
{
	const struct device_total *total = d->total;
	uint8_t                    room[48];
	struct writer              state = writer_over(room, sizeof(room));

	text_put(t, "<p>");
	report_write_state(&state, d);
	html_shaded(t, report_shade(d), writer_written(&state));
	text_put(t, "; ");
	put_evidence(t, total);
	put_known(t, total->name[0] != '\0' ? "" : "known by ", d->key);
	text_put(t, d->is_random ? " (a random MAC)" : "");
	put_known(t, "made by ", bytes_text(d->vendor != NULL ? d->vendor : ""));
	put_known(t, "address ", bytes_text(total->address));
	put_known(t, "and ", bytes_text(total->other_address));
	put_known(t, "network ", bytes_text(total->iface));
	put_known(t, "gateway ", d->gateway);
	put_known(t, "program ", bytes_text(total->clue));
	html_words(t, "; {} attempt[s], {} to {}.</p>\n", tally_prohibited(&total->tally),
	           word_moment(total->tally.first_us), word_moment(device_last(total)));
}

void report_write_device_attempts(struct text *t, const struct report *r)
{
	char          room[3 * TOTALS_NAME_MAX + 8];
	struct writer place = writer_over(room, sizeof(room) - 1);
	void        **pairs = rows_sorted(&r->now->pairs, pairs_by_device);

	html_words(t,
	           "<p>Here are the {} devices of the list above, the {} hosts that each asked for "
	           "most, and the times of its {} latest records; a record can stand for several "
	           "attempts. The commands need the log behind them, if it is not this machine's "
	           "own.</p>\n",
	           devices_shown(r), HOSTS_SHOWN, LATEST_KEPT);
	put_left_out(t, r);
	for (size_t i = 0; i < devices_shown(r); i++) {
		const struct report_device *d = &r->devices[i];

		if (d->is_shared)
			continue;
		place.len = 0;
		sheets_write_place(&place, d->total->row.name);
		place.start[place.len] = '\0';
		html_words(t,
		           "<section class=\"device\" aria-labelledby=\"{}\">\n"
		           "<h3 id=\"{}\">{}</h3>\n",
		           room, room, report_device_label(d));
		put_facts(t, d);
		put_pairs(t, pairs, pairs != NULL ? r->now->pairs.num : 0, d->total->row.name);
		put_latest(t, r, d);
		put_command(t, r, d);
		text_put(t, "<p class=\"small screen\"><a href=\"#devices\">All devices</a></p>\n"
		            "</section>\n");
	}
	free(pairs);
}
