/* SPDX-License-Identifier: MIT */

/*
 * The devices of the page: a row for each, and the hosts that it asked for. A page of ten thousand
 * devices must stay readable: it says how many are left out, and how to see them.
 */

#include "report/report_html.h"

#include "base/instant.h"
#include "present/sheet_html.h"
#include "report/sheets.h"

#include <string.h>

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

static bool is_shared_row(const struct report *r, const struct report_device *d)
{
	return d->total == r->now->devices.others;
}

static void put_left_out(struct text *t, const struct report *r)
{
	size_t shown = devices_shown(r), trying = 0;

	if (r->num_devices <= shown)
		return;
	for (size_t i = shown; i < r->num_devices; i++)
		trying += r->devices[i].state == DEVICE_TRIES ||
		          r->devices[i].state == DEVICE_RETURNED;
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

/* Pairs are sorted by name, so those of a device are adjacent. */
static bool is_pair_of(const struct pair_total *p, struct bytes device)
{
	return p->row.name.len > device.len && p->row.name.at[device.len] == '\n' &&
	       bytes_equal(bytes_first(p->row.name, device.len), device) &&
	       memchr(p->row.name.at + device.len + 1, '\n', p->row.name.len - device.len - 1) ==
	               NULL;
}

/* The first pair at or after the device's. */
static size_t first_pair(const struct report *r, struct bytes device)
{
	size_t low = 0, high = r->now->pairs.num;

	while (low < high) {
		size_t       middle = low + (high - low) / 2;
		struct bytes name   = ((const struct pair_total *)r->pairs[middle])->row.name;
		size_t       len    = name.len < device.len ? name.len : device.len;
		int          order  = memcmp(name.at, device.at, len);

		if (order == 0)
			order = name.len <= device.len      ? -1
			        : name.at[device.len] < '\n' ? -1
			                                     : 0;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool comes_before(const struct pair_total *a, const struct pair_total *b)
{
	uint64_t of_a = tally_prohibited(&a->tally), of_b = tally_prohibited(&b->tally);

	return of_a != of_b ? of_a > of_b : totals_by_name(a, b) < 0;
}

/* The busiest hosts of a device, in order; *all_out: how many hosts it has. */
static size_t choose_pairs(const struct report *r, struct bytes device,
                           const struct pair_total *out[HOSTS_SHOWN], size_t *all_out)
{
	size_t num = 0;

	*all_out = 0;
	for (size_t i = first_pair(r, device); i < r->now->pairs.num; i++) {
		const struct pair_total *p = r->pairs[i];
		size_t                   at;

		if (!is_pair_of(p, device))
			break;
		if (tally_prohibited(&p->tally) == 0)
			continue;
		++*all_out;
		for (at = num; at > 0 && comes_before(p, out[at - 1]); at--) {
			if (at < HOSTS_SHOWN)
				out[at] = out[at - 1];
		}
		if (at < HOSTS_SHOWN)
			out[at] = p;
		num += num < HOSTS_SHOWN;
	}
	return num;
}

static void put_layers(struct html_table *h, const uint64_t layers[LAYERS])
{
	const char *between = "";

	html_table_cell(h);
	for (size_t i = 0; i < LAYERS; i++) {
		if (layers[i] == 0)
			continue;
		text_put(h->text, between);
		text_put(h->text, sheets_layer((enum layer)i));
		between = ", ";
	}
	html_table_close(h);
}

static void put_pairs(struct text *t, const struct report *r, const struct report_device *d)
{
	static const struct html_column columns[] = {
		{ "Host", HTML_NAME, false },       { "Seen in", HTML_WORDS, false },
		{ "Attempts", HTML_FIGURE, false }, { "First", HTML_WORDS, false },
		{ "Last", HTML_WORDS, false },
	};
	const struct pair_total *chosen[HOSTS_SHOWN];
	struct bytes             device = d->total->row.name;
	size_t                   all, num = choose_pairs(r, device, chosen, &all);
	struct html_table        h;

	if (num == 0) {
		text_put(t, "<p class=\"left-out\">Its hosts are not here: there are more than can "
		            "be told apart.</p>\n");
		return;
	}
	h = html_table_begin(t, "Hosts that it asked for, the most wanted first", columns,
	                     COUNT(columns));
	for (size_t i = 0; i < num; i++) {
		const struct pair_total *p = chosen[i];

		html_table_row(&h);
		html_table_word(&h, word_name(bytes_from(p->row.name, device.len + 1)));
		put_layers(&h, p->layers);
		html_table_word(&h, word_number(tally_prohibited(&p->tally)));
		html_table_word(&h, word_minute(p->tally.first_us));
		html_table_word(&h, word_minute(p->tally.last_us));
	}
	html_table_end(&h);
	if (all > num)
		html_words(t, "<p class=\"left-out\">And {} more hosts, in the CSV.</p>\n",
		           all - num);
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
	const struct latest_attempt *a = totals_latest(r->now, d->total, 0);

	if (a == NULL) {
		text_put(t, "<p class=\"left-out\">The times of its attempts are not here: memory "
		            "ran out.</p>\n");
		return;
	}
	text_put(t, "<p class=\"small\">Its latest records, the newest first:</p>\n<ul "
	            "class=\"latest\">\n");
	for (size_t back = 0; (a = totals_latest(r->now, d->total, back)) != NULL; back++)
		put_attempt(t, r, a);
	text_put(t, "</ul>\n");
}

/* A word of a command, quoted for a shell. */
static void write_quoted(struct writer *w, struct bytes word)
{
	bool is_plain = word.len > 0;

	for (size_t i = 0; i < word.len; i++)
		is_plain &= word.at[i] != 0 && word.at[i] < 0x80 &&
		            strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
		                   ".:-_", word.at[i]) != NULL;
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

	html_words(t,
	           "<p>Here are the {} devices of the list above, the {} hosts that each asked for "
	           "most, and the times of its {} latest records; a record can stand for several "
	           "attempts. The commands need the log behind them, if it is not this machine's "
	           "own.</p>\n",
	           devices_shown(r), HOSTS_SHOWN, LATEST_KEPT);
	put_left_out(t, r);
	for (size_t i = 0; i < devices_shown(r); i++) {
		const struct report_device *d = &r->devices[i];

		if (is_shared_row(r, d))
			continue;
		place.len = 0;
		sheets_write_place(&place, d->total->row.name);
		place.start[place.len] = '\0';
		html_words(t,
		           "<section class=\"device\" aria-labelledby=\"{}\">\n"
		           "<h3 id=\"{}\">{}</h3>\n",
		           room, room, report_device_label(d));
		put_facts(t, d);
		put_pairs(t, r, d);
		put_latest(t, r, d);
		put_command(t, r, d);
		text_put(t, "<p class=\"small screen\"><a href=\"#devices\">All devices</a></p>\n"
		            "</section>\n");
	}
}
