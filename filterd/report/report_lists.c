/* SPDX-License-Identifier: MIT */

#include "report/report_html.h"

#include "present/sheet_html.h"
#include "present/tallied.h"
#include "report/sheets.h"
#include "review/verdict.h"

#include <string.h>

void report_write_more(struct text *t, size_t shown, size_t all)
{
	if (all > shown)
		html_words(t, "<p class=\"small\">And {} more, in the CSV.</p>\n", all - shown);
}

/*
 * Both tables have the same sum; the devices have no sum, because several may have asked for one
 * host.
 */
static void put_shares(struct text *t, const struct report *r)
{
	static const struct html_part by_category[] = {
		{ "what", "Category", HTML_NAME, HTML_PLAIN },
		{ "attempts", "Attempts", HTML_FIGURE, HTML_PLAIN },
		{ "share", "Share", HTML_FIGURE, HTML_SHARE },
		{ "devices", "Devices", HTML_FIGURE, HTML_PLAIN },
	};
	static const struct html_part by_layer[] = {
		{ "what", "Seen in", HTML_NAME, HTML_PLAIN },
		{ "attempts", "Attempts", HTML_FIGURE, HTML_PLAIN },
		{ "share", "Share", HTML_FIGURE, HTML_SHARE },
	};

	text_put(t, "<div class=\"pair\">\n<div>\n");
	sheet_write_html(t, sheets_shares(r, false), "By category", by_category,
	                 COUNT(by_category), SIZE_MAX);
	text_put(t, "</div>\n<div>\n");
	sheet_write_html(t, sheets_shares(r, true), "By where the name was seen", by_layer,
	                 COUNT(by_layer), SIZE_MAX);
	text_put(t, "<p class=\"small\">A device that is never seen in DNS asks a resolver of its "
	            "own.</p>\n</div>\n</div>\n");
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
	put_shares(t, r);
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
