/* SPDX-License-Identifier: MIT */

#include "report/report_html.h"

#include "report/chart.h"
#include "present/sheet_html.h"
#include "present/tallied.h"
#include "report/sheets.h"
#include "review/people.h"
#include "review/verdict.h"

#include <string.h>

void report_write_more(struct text *t, size_t shown, size_t all)
{
	if (all <= shown)
		return;
	text_put(t, "<p class=\"small\">And ");
	html_number(t, all - shown);
	text_put(t, " more, in the CSV.</p>\n");
}

void report_write_categories(struct text *t, const struct report *r, const struct device_total *d,
                             void (*put)(struct text *t, struct bytes name))
{
	const char *between = "";

	for (size_t i = 0; i < r->now->categories.num && i < TOTALS_CATEGORIES; i++) {
		const struct category_total *c = rows_at(&r->now->categories, i);

		if ((d->categories >> i & 1) == 0)
			continue;
		text_put(t, between);
		put(t, c->row.name);
		between = ", ";
	}
}

/* A second line in a cell; none if it is empty. */
static void put_under(struct text *t, struct bytes name)
{
	if (name.len == 0)
		return;
	text_put(t, "<span class=\"under\">");
	html_name(t, name);
	text_put(t, "</span>");
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
	put_under(t, writer_written(&w));
}

static void put_device(struct html_table *h, const struct report *r, const struct report_device *d)
{
	static const char *const classes[] = { [DEVICE_TRIES] = "state-tries",
	                                       [DEVICE_RETURNED] = "state-returned",
	                                       [DEVICE_QUIET] = "state-quiet",
	                                       [DEVICE_ACKNOWLEDGED] = "state-quiet",
	                                       [DEVICE_DOUBTFUL] = "state-quiet" };
	const struct device_total *total = d->total;
	struct text               *t     = h->text;

	html_table_row(h);
	html_table_cell(h);
	html_name(t, report_device_label(d));
	text_put(t, d->is_new ? " <span class=\"tag\">new</span>" : "");
	html_table_close(h);
	html_table_text(h, d->gateway);
	html_table_cell(h);
	text_put(t, "<span><span class=\"state ");
	text_put(t, classes[d->state]);
	text_put(t, "\">");
	report_write_state(text_room(t, 48), d);
	text_put(t, "</span>");
	put_evidence(t, total);
	put_under(t, d->acknowledged.note);
	text_put(t, "</span>");
	html_table_close(h);
	html_table_cell(h);
	text_put(t, "<span>");
	if (total->name[0] != '\0')
		html_name(t, d->key);
	text_put(t, d->is_random ? " <span class=\"tag\">random</span>" : "");
	put_under(t, bytes_text(total->address));
	put_under(t, bytes_text(total->other_address));
	put_under(t, bytes_text(total->iface));
	text_put(t, "</span>");
	html_table_close(h);
	html_table_text(h, bytes_text(d->vendor != NULL ? d->vendor : ""));
	html_table_cell(h);
	text_put(t, "<span>");
	report_write_categories(t, r, total, html_name);
	put_under(t, bytes_text(total->clue));
	text_put(t, "</span>");
	html_table_close(h);
	html_table_number(h, tally_prohibited(&total->tally));
	html_table_day(h, total->tally.first_us);
	html_table_time(h, device_last(total));
}

void report_write_devices(struct text *t, const struct report *r)
{
	const struct html_column columns[] = {
		{ "Device", HTML_NAME, false }, { "Gateway", HTML_WORDS, r->fleet == NULL },
		  { "State", HTML_WORDS, false }, { "Known by", HTML_WORDS, false },
		{ "Maker", HTML_WORDS, !r->has_vendors }, { "Asks for", HTML_WORDS, false },
		{ "Attempts", HTML_FIGURE, false }, { "First", HTML_WORDS, false }, { "Last",
		  HTML_WORDS, false },
	};
	size_t shown = r->num_devices < REPORT_LIST_SHOWN ? r->num_devices : REPORT_LIST_SHOWN;
	struct html_table h;

	if (r->num_devices == 0) {
		text_put(t, "<p>None.</p>\n");
		return;
	}
	h = html_table_begin(t, "Devices that tried to reach prohibited hosts, the busiest first.",
	                     columns, COUNT(columns));
	for (size_t i = 0; i < shown; i++)
		put_device(&h, r, &r->devices[i]);
	html_table_end(&h);
	report_write_more(t, shown, r->num_devices);
}

static void put_share(struct html_table *h, uint64_t part, uint64_t all)
{
	html_table_cell(h);
	text_put(h->text, "<span class=\"share-of\">");
	people_write_percent(
		text_room(h->text, 32),
		all > 0 ? (uint32_t)((long double)part * 100 / (long double)all) * 10000 : 0);
	chart_share(h->text, part, all);
	text_put(h->text, "</span>");
	html_table_close(h);
}

static void put_categories(struct text *t, const struct report *r)
{
	static const struct html_column columns[] = {
		{ "Category", HTML_NAME, false }, { "Attempts", HTML_FIGURE, false }, { "Share",
		  HTML_FIGURE, false },
		{ "Devices", HTML_FIGURE, false },
	};
	uint64_t          all = tally_prohibited(&r->now->all);
	struct html_table h   = html_table_begin(t, "By category", columns, COUNT(columns));

	for (size_t i = 0; i < rows_num(&r->now->categories); i++) {
		const struct category_total *c = r->categories[i];

		if (tally_prohibited(&c->tally) == 0)
			continue;
		html_table_row(&h);
		html_table_text(&h, c->title[0] != '\0' ? bytes_text(c->title) : c->row.name);
		html_table_number(&h, tally_prohibited(&c->tally));
		put_share(&h, tally_prohibited(&c->tally), all);
		html_table_number(&h, c->num_devices);
	}
	html_table_end(&h);
}

static void put_layers(struct text *t, const struct report *r)
{
	static const char *const titles[LAYERS] = {
		[LAYER_DNS] = "DNS question", [LAYER_TLS] = "TLS",     [LAYER_QUIC] = "QUIC",
		[LAYER_HTTP] = "HTTP",        [LAYER_SOCKS] = "SOCKS", [LAYER_OTHER] = "other",
	};
	static const struct html_column columns[] = {
		{ "Seen in", HTML_NAME, false }, { "Attempts", HTML_FIGURE, false }, { "Share",
		  HTML_FIGURE, false },
	};
	uint64_t          all = 0;
	struct html_table h =
		html_table_begin(t, "By where the name was seen", columns, COUNT(columns));

	for (size_t i = 0; i < LAYERS; i++)
		all = r->now->layers[i] > UINT64_MAX - all ? UINT64_MAX : all + r->now->layers[i];
	for (size_t i = 0; i < LAYERS; i++) {
		if (r->now->layers[i] == 0)
			continue;
		html_table_row(&h);
		html_table_text(&h, bytes_text(titles[i]));
		html_table_number(&h, r->now->layers[i]);
		put_share(&h, r->now->layers[i], all);
	}
	html_table_end(&h);
	text_put(t, "<p class=\"small\">A device that is never seen in DNS asks a resolver of its "
	            "own.</p>\n");
}

void report_write_waivers(struct text *t, const struct report *r)
{
	static const struct html_part parts[] = {
		{ "waiver", "Waiver", HTML_NAME, HTML_PLAIN },
		{ "reason", "Reason", HTML_WORDS, HTML_PLAIN },
		{ "until", "Ends", HTML_WORDS, HTML_PLAIN },
		{ "waived", "Attempts", HTML_FIGURE, HTML_PLAIN },
		{ "devices", "Devices", HTML_FIGURE, HTML_PLAIN },
		{ "last", "Last", HTML_WORDS, HTML_PLAIN },
	};

	sheet_write_html(t, tallied_waivers(r->now), "What passed by waivers of the policy", parts,
	                 COUNT(parts), SIZE_MAX);
}

void report_write_hosts(struct text *t, const struct report *r)
{
	static const struct html_part parts[] = {
		{ "host", "Host", HTML_NAME, HTML_PLAIN },
		{ "category", "Category", HTML_WORDS, HTML_PLAIN },
		{ "rule", "Rule", HTML_WORDS, HTML_PLAIN },
		{ "attempts", "Attempts", HTML_FIGURE, HTML_PLAIN },
		{ "devices", "Devices", HTML_FIGURE, HTML_PLAIN },
		{ "last", "Last", HTML_WORDS, HTML_PLAIN },
	};

	if (tally_prohibited(&r->now->all) == 0) {
		text_put(t, "<p>Nothing that is prohibited.</p>\n");
		return;
	}
	text_put(t, "<div class=\"pair\">\n<div>\n");
	put_categories(t, r);
	text_put(t, "</div>\n<div>\n");
	put_layers(t, r);
	text_put(t, "</div>\n</div>\n");
	sheet_write_html(t, tallied_hosts(r->now, true), "Prohibited hosts, the most wanted first.",
	                 parts, COUNT(parts), REPORT_LIST_SHOWN);
}

void report_write_gaps(struct text *t, const struct report *r)
{
	static const struct html_part parts[] = {
		{ "gateway", "Gateway", HTML_NAME, HTML_PLAIN },
		{ "from", "From", HTML_NAME, HTML_SECONDS },
		{ "to", "To", HTML_WORDS, HTML_SECONDS },
		{ "seconds", "Length", HTML_FIGURE, HTML_PLAIN },
		{ "reason", "Reason", HTML_WORDS, HTML_PLAIN },
		{ "note", "Meanwhile", HTML_WORDS, HTML_PLAIN },
	};
	struct sheet gaps = sheets_gaps(r);

	if (gaps.num_rows == 0)
		text_put(t, r->coverage.has_span || r->fleet != NULL
		                    ? "<p>There is no gap.</p>\n"
		                    : "<p>The log has no record of this time.</p>\n");
	else
		sheet_write_html(t, gaps,
		                 r->fleet == NULL
		                         ? "Gaps"
		                         : "Gaps: those in which packets passed unseen first",
		                 parts, COUNT(parts), REPORT_LIST_SHOWN);
}
