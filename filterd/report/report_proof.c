/* SPDX-License-Identifier: MIT */

/* The part of the page that says what was verified, and how a reader can verify it again. */

#include "report/report_html.h"

#include "present/sheet_html.h"
#include "report/proof.h"
#include "report/sheets.h"
#include "review/verdict.h"

#include <string.h>

static void report_proof_begin_row(struct html_table *h, const char *title)
{
	html_table_row(h);
	html_table_word(h, word_name(bytes_text(title)));
	html_table_cell(h);
	text_put(h->text, "<span>");
}

static void report_proof_end_row(struct html_table *h)
{
	text_put(h->text, "</span>");
	html_table_close(h);
}

static void report_proof_put_log(struct html_table *h, const struct verify *v,
                                 const struct report_about *about)
{
	struct text *t = h->text;

	report_proof_begin_row(h, "Records");
	if (v->has_records)
		html_words(t, "{} to {}", v->first_seq, v->last_seq);
	else
		text_put(t, "none");
	html_words(t, ", in {} file[s], {}", about->num_files, word_size(v->bytes));
	report_proof_end_row(h);
	report_proof_begin_row(h, "Chain");
	if (v->num_breaks == 0)
		text_put(t, "unbroken: each record has the hash of the one before");
	else
		html_words(t, "broken in {} place[s]", v->num_breaks);
	report_proof_end_row(h);
}

static void put_trust(struct html_table *h, const struct verify *v)
{
	struct text               *t      = h->text;
	uint64_t                   wrong  = v->findings.num_kinds[FINDING_COUNT];
	const struct anchor_known *newest = v->anchors != NULL ? anchors_newest(v->anchors) : NULL;

	report_proof_begin_row(h, "Signatures");
	html_words(t, "{} signed record[s], {} key[|s, each vouched for by the one before]",
	           v->seals.num_signed, v->seals.num_keys);
	if (v->seals.num_signed > 0)
		html_words(t, "; the newest of {}", word_moment(v->signed_us));
	report_proof_end_row(h);
	report_proof_begin_row(h, "First key");
	text_put(t, v->seals.root_given ? "the one that the reader of the log gave"
	                                : "named by the log itself: no proof of its own");
	report_proof_end_row(h);
	report_proof_begin_row(h, "Notes kept elsewhere");
	if (newest == NULL)
		text_put(t, "none were given; with them a cut or rewritten end would show");
	else
		html_words(t, "{} of {} agree, the newest is of record {}", v->anchors->num_agreed,
		           v->anchors->num - v->anchors->num_forged, newest->seq);
	report_proof_end_row(h);
	report_proof_begin_row(h, "Sums");
	html_words(t, "{} attempt[s] in the whole log; ", v->attempts);
	if (wrong > 0)
		html_words(t, "{} of {} sum[ does|s do] not agree", wrong, v->num_checked);
	else
		html_words(t, "{} sum[ agrees|s agree]", v->num_checked);
	if (v->late > 0)
		html_words(t,
		           "; {} record[ was|s were] counted only, as the log could not be written",
		           v->late);
	report_proof_end_row(h);
}

static void report_proof_put_result(struct text *t, const struct verify *v,
                                    const struct report_about *about)
{
	static const struct html_column columns[] = { { "What", HTML_NAME, false },
	                                              { "Found", HTML_WORDS, false } };
	uint8_t                         sentence[1024];
	struct writer                   w = writer_over(sentence, sizeof(sentence));
	struct html_table               h =
		html_table_begin(t, "The whole log, whatever the period of the report", columns,
		                 COUNT(columns));

	report_proof_put_log(&h, v, about);
	put_trust(&h, v);
	report_proof_begin_row(&h, "Result");
	text_put(t, "<b>");
	verdict_sentence(&w, v);
	html_text(t, writer_written(&w), SIZE_MAX);
	text_put(t, "</b>");
	report_proof_end_row(&h);
	html_table_end(&h);
}

static void report_proof_put_proof(struct text *t, const struct verify *v)
{
	struct proof p;

	proof_of(v, &p);
	if (p.root[0] != '\0') {
		text_put(t, "<h3>The key the log began with</h3>\n<p class=\"small\">Compare it "
		            "with the one you noted when the gateway was set up."
		            "</p>\n<pre>");
		html_lines(t, bytes_text(p.root));
		text_put(t, "</pre>\n");
	}
	if (!p.has_note)
		return;
	html_words(t,
	           "<h3>The newest note</h3>\n<p class=\"small\">Keep it away from the gateway: "
	           "this log can then no longer be cut or rewritten before record {} without "
	           "notice (<code>--anchors</code>). Last month&#39;s report does the "
	           "same.</p>\n<pre>",
	           v->newest_seq);
	html_lines(t, bytes_text(p.note));
	text_put(t, "</pre>\n<h3>Checking by hand</h3>\n<p class=\"small\">Four commands, none of "
	            "them ours; filterd-audit(5) tells more.</p>\n<pre>");
	html_lines(t, bytes_text(p.commands));
	text_put(t, "</pre>\n");
}

void report_write_findings(struct text *t, const struct report *r)
{
	static const struct html_part parts[] = {
		{ "gateway", "Gateway", HTML_NAME, HTML_PLAIN },
		{ "finding", "Finding", HTML_NAME, HTML_PLAIN },
		{ "record", "Record", HTML_FIGURE, HTML_PLAIN },
		{ "what", "What it means", HTML_WORDS, HTML_SENTENCE },
	};
	struct sheet findings = sheets_findings(r, r->fleet != NULL);

	if (findings.num_rows == 0)
		text_put(t, r->fleet != NULL && findings.num_more == 0
		                    ? "<p>Nothing is altered or missing.</p>\n"
		                    : "");
	else
		sheet_write_html(t, findings, "What is not as it should be", parts, COUNT(parts),
		                 REPORT_LIST_SHOWN);
}

void report_write_verification(struct text *t, const struct report *r,
                               const struct report_about *about)
{
	static const struct html_part parts[] = {
		{ "file", "File", HTML_NAME, HTML_PLAIN },
		{ "sha256", "SHA-256", HTML_WORDS, HTML_CODE },
	};

	report_proof_put_result(t, r->verify, about);
	report_write_findings(t, r);
	report_proof_put_proof(t, r->verify);
	sheet_write_html(t, sheets_files(about), "The files that were read", parts, COUNT(parts),
	                 REPORT_LIST_SHOWN);
}
