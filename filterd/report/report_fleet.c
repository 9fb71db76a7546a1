/* SPDX-License-Identifier: MIT */

/* The parts of the page for many logs only. */

#include "report/report_html.h"

#include "present/sheet_html.h"
#include "report/sheets.h"

void report_write_gateways(struct text *t, const struct fleet *f)
{
	static const struct html_part parts[] = {
		{ "gateway", "Gateway", HTML_NAME, HTML_PLAIN },
		{ "state", "Last heard", HTML_WORDS, HTML_SENTENCE },
		{ "last", NULL, HTML_WORDS, HTML_MOMENT },
		{ "ahead", NULL, HTML_WORDS, HTML_SENTENCE },
		{ "result", "Log", HTML_WORDS, HTML_SENTENCE },
		{ "lost", NULL, HTML_WORDS, HTML_SENTENCE },
		{ "key", NULL, HTML_WORDS, HTML_SENTENCE },
		{ "active", "At work", HTML_FIGURE, HTML_SENTENCE },
		{ "unseen", NULL, HTML_WORDS, HTML_SENTENCE },
		{ "digest", "Policy", HTML_WORDS, HTML_CODE },
		{ "since", NULL, HTML_WORDS, HTML_SENTENCE },
		{ "tries", "Still try", HTML_FIGURE, HTML_PLAIN },
		{ "attempts", "Attempts", HTML_FIGURE, HTML_PLAIN },
	};

	if (f->num == 0)
		text_put(t, "<p>There is none.</p>\n");
	else
		sheet_write_html(t, sheets_gateways(f, true),
		                 "Gateways, those that need a look first.", parts, COUNT(parts),
		                 REPORT_LIST_SHOWN);
}

void report_write_fleet_sums(struct text *t, const struct fleet *f,
                             const struct report_about *about)
{
	html_words(t, "<p>{} record[s] of {} log[s] in {} file[s], {}. ", f->num_records, f->num,
	           about->num_files, word_size(f->bytes));
	if (f->num_twice > 0)
		html_words(t, "{} lines were there twice, which is harmless. ", f->num_twice);
	if (f->num_strange > 0)
		html_words(t, "{} lines belong to no gateway. ", f->num_strange);
	if (f->num_unread > 0)
		html_words(t, "Not read to its end: {}. ", f->unread);
	if (f->num_keyless == 0)
		text_put(t, "The key of each log was given.");
	else
		html_words(t,
		           "{} log[ is|s are] verified by its own word alone, as no key was "
		           "given.",
		           f->num_keyless);
	text_put(t, " The whole logs were verified, whatever the period of the report.</p>\n");
}
