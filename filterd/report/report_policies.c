/* SPDX-License-Identifier: MIT */

/* Which policy was in force: by title, authority and date, and by the hash that proves it. */

#include "report/report_html.h"

#include "present/html.h"
#include "review/policy_words.h"

static void report_policies_put_line(struct text *t, struct bytes words)
{
	text_put(t, words.len > 0 ? "<span class=\"under\">" : "");
	html_text(t, words, SIZE_MAX);
	text_put(t, words.len > 0 ? "</span>" : "");
}

/* One inline block: a narrow screen puts it beside the column's title. */
static void report_policies_put_files(struct text *t, struct bytes said, uint64_t left_out)
{
	struct scan         s = policy_said_begin(said);
	struct policy_words p;

	if (said.len == 0)
		return;
	text_put(t, "<div class=\"files\">");
	while (policy_words_next(&s, &p)) {
		text_put(t, "<div><bdi>");
		html_text(t, p.title, SIZE_MAX);
		text_put(t, "</bdi>");
		report_policies_put_line(t, p.authority);
		report_policies_put_line(t, p.applies);
		report_policies_put_line(t, p.serial);
		text_put(t, "</div>");
	}
	if (left_out > 0)
		html_words(t, "and {} more policy file[s]", left_out);
	text_put(t, "</div>");
}

static void report_policies_put_cell(struct html_table *h, struct bytes said, uint64_t left_out)
{
	if (!html_table_cell(h))
		return;
	report_policies_put_files(h->text, said, left_out);
	html_table_close(h);
}

static void report_policies_put_hash(struct html_table *h, const char *digest)
{
	html_table_cell(h);
	html_words(h->text, "<code>{}</code>", bytes_text(digest));
	html_table_close(h);
}

/* The last policy before the period, and those in it. */
static bool report_policies_is_shown(const struct report *r, size_t i)
{
	const struct coverage *c = &r->verify->coverage;

	return c->policies[i].from_us < r->period.to_us &&
	       (i + 1 == c->num_policies || c->policies[i + 1].from_us > r->period.from_us);
}

void report_write_policies(struct text *t, const struct report *r)
{
	struct html_column columns[] = {
		{ "Policy", HTML_NAME, false },
		{ "Title, authority, date", HTML_WORDS, true },
		{ "In force from", HTML_WORDS, false },
		{ "Rules", HTML_FIGURE, false },
		{ "SHA-256 of its files", HTML_WORDS, false },
	};
	const struct coverage *c = &r->verify->coverage;
	struct html_table      h;

	if (c->num_policies == 0) {
		text_put(t, "<p>The log names none.</p>\n");
		return;
	}
	/* Records of an older filterd identify it by its hash alone. */
	for (size_t i = 0; i < c->num_policies; i++) {
		if (report_policies_is_shown(r, i) && c->policies[i].said_len > 0)
			columns[1].is_left_out = false;
	}
	h = html_table_begin(t,
	                     "Policies that were in force, since the log began; P2 and so on are "
	                     "marked in the drawings above.",
	                     columns, COUNT(columns));
	for (size_t i = 0; i < c->num_policies; i++) {
		const struct policy_seen *p = &c->policies[i];

		if (!report_policies_is_shown(r, i))
			continue;
		html_table_row(&h);
		html_table_cell(&h);
		html_words(t, "P{}", i + 1);
		html_table_close(&h);
		report_policies_put_cell(&h, coverage_said(c, p), p->left_out);
		html_table_word(&h, word_minute(p->from_us));
		html_table_word(&h, p->rules > 0 ? word_number(p->rules) : word_text(""));
		report_policies_put_hash(&h, p->digest);
	}
	html_table_end(&h);
}

void report_write_fleet_policies(struct text *t, const struct fleet *f)
{
	struct html_column columns[] = {
		{ "Gateway", HTML_NAME, false },
		{ "Title, authority, date", HTML_WORDS, true },
		{ "SHA-256 of its files", HTML_WORDS, false },
		{ "Since", HTML_WORDS, false },
	};
	size_t            shown = 0;
	struct html_table h;

	if (f->num_policies == 0) {
		text_put(t, "<p>No log names any.</p>\n");
		return;
	}
	html_words(t, "<p>{} gateway[ runs|s run] <code>{}</code>{}</p>\n", f->num_with_policy,
	           bytes_text(f->policy), f->policy_said != NULL ? ":" : ".");
	if (f->policy_said != NULL)
		report_policies_put_files(t, bytes_text(f->policy_said), f->policy_left_out);
	if (f->num_another == 0)
		return;
	for (size_t i = 0; i < f->num; i++) {
		if (f->list[i].runs_another && f->list[i].policy_said[0] != '\0')
			columns[1].is_left_out = false;
	}
	h = html_table_begin(t, "Gateways that run another", columns, COUNT(columns));
	for (size_t i = 0; i < f->num && shown < REPORT_LIST_SHOWN; i++) {
		const struct fleet_log *l = &f->list[i];

		if (!l->runs_another)
			continue;
		shown++;
		html_table_row(&h);
		html_table_word(&h, word_name(bytes_text(l->gateway)));
		report_policies_put_cell(&h, bytes_text(l->policy_said), l->policy_left_out);
		report_policies_put_hash(&h, l->policy);
		html_table_word(&h, word_minute(l->policy_from_us));
	}
	html_table_end(&h);
	report_write_more(t, shown, f->num_another);
}
