/* SPDX-License-Identifier: MIT */

#include "report/report_html.h"

#include "report/chart.h"
#include "present/sheet_html.h"
#include "present/tallied.h"
#include "report/sheets.h"
#include "report/shares.h"
#include "review/verdict.h"

#include <string.h>

void report_write_more(struct text *t, size_t shown, size_t all)
{
	if (all > shown)
		html_words(t, "<p class=\"small\">And {} more, in the CSV.</p>\n", all - shown);
}

static void put_share(struct html_table *h, uint32_t tenths)
{
	html_table_cell(h);
	html_words(h->text, "<span class=\"share-of\">{}.{}\u00a0%", tenths / 10, tenths % 10);
	chart_share(h->text, tenths, SHARES_ALL);
	text_put(h->text, "</span>");
	html_table_close(h);
}

/* Below both tables the same sum. */
static void put_sums(struct html_table *h, const struct report *r)
{
	html_table_sums(h);
	html_table_row(h);
	html_table_text(h, BYTES("Sum"));
	html_table_number(h, tally_prohibited(&r->now->all));
	html_table_cell(h);
	text_put(h->text, "<span class=\"share-of share-sum\">100.0\u00a0%</span>");
	html_table_close(h);
}

static void put_categories(struct text *t, const struct report *r)
{
	static const struct html_column columns[] = {
		{ "Category", HTML_NAME, false }, { "Attempts", HTML_FIGURE, false }, { "Share",
		  HTML_FIGURE, false },
		{ "Devices", HTML_FIGURE, false },
	};
	uint64_t          values[TOTALS_CATEGORIES + 1] = { 0 };
	uint32_t          tenths[TOTALS_CATEGORIES + 1];
	size_t            num = rows_num(&r->now->categories);
	struct html_table h   = html_table_begin(t, "By category", columns, COUNT(columns));

	for (size_t i = 0; i < num; i++)
		values[i] =
			tally_prohibited(&((const struct category_total *)r->categories[i])->tally);
	shares_of(values, num, tenths);
	for (size_t i = 0; i < num; i++) {
		const struct category_total *c = r->categories[i];

		if (values[i] == 0)
			continue;
		html_table_row(&h);
		html_table_text(&h, c->title[0] != '\0' ? bytes_text(c->title) : c->row.name);
		html_table_number(&h, values[i]);
		put_share(&h, tenths[i]);
		html_table_number(&h, c->num_devices);
	}
	put_sums(&h, r);
	/* A device can ask for several. */
	html_table_text(&h, BYTES(""));
	html_table_end(&h);
}

const char *report_layer_title(enum layer layer)
{
	static const char *const titles[LAYERS] = {
		[LAYER_DNS] = "DNS question", [LAYER_TLS] = "TLS",     [LAYER_QUIC] = "QUIC",
		[LAYER_HTTP] = "HTTP",        [LAYER_SOCKS] = "SOCKS", [LAYER_OTHER] = "other",
	};

	return titles[layer];
}

static void put_layers(struct text *t, const struct report *r)
{
	static const struct html_column columns[] = {
		{ "Seen in", HTML_NAME, false }, { "Attempts", HTML_FIGURE, false }, { "Share",
		  HTML_FIGURE, false },
	};
	uint32_t          tenths[LAYERS];
	struct html_table h =
		html_table_begin(t, "By where the name was seen", columns, COUNT(columns));

	shares_of(r->now->layers, LAYERS, tenths);
	for (size_t i = 0; i < LAYERS; i++) {
		if (r->now->layers[i] == 0)
			continue;
		html_table_row(&h);
		html_table_text(&h, bytes_text(report_layer_title((enum layer)i)));
		html_table_number(&h, r->now->layers[i]);
		put_share(&h, tenths[i]);
	}
	put_sums(&h, r);
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
		text_put(t, r->coverage.has_span
		                    ? "<p>Nothing that is prohibited, in the time of which there "
		                      "are records.</p>\n"
		                    : "<p>Not known: the log has no record of this time.</p>\n");
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
