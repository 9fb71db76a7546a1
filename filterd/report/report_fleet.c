/* SPDX-License-Identifier: MIT */

/* The parts of the page that are only there if it is about many logs. */

#include "report/report_html.h"

#include "present/html.h"

static void put_state(struct text *t, const struct fleet_log *l)
{
	static const char *const classes[] = { [NOW_HEARD] = "state-quiet",
	                                       [NOW_STOPPED] = "state-tries",
	                                       [NOW_SILENT] = "state-returned",
	                                       [NOW_ABSENT] = "state-returned" };

	html_words(t, "<span><span class=\"state {}\">{}</span>",
	           l->is_former ? "" : classes[l->now],
	           l->is_former ? "former log" : fleet_now_name(l->now));
	if (l->has_records)
		html_words(t, "<span class=\"under\">{}</span>", word_moment(l->heard_us));
	text_put(t, l->is_ahead ? "<span class=\"under\">clock is ahead</span></span>"
	                        : "</span>");
}

static void report_fleet_put_result(struct text *t, const struct fleet_log *l)
{
	static const struct { const char *class, *words; } results[] = {
		[SOUND_COMPLETE] = { "state-quiet", "complete" },
		[SOUND_DECLARED] = { "state-quiet", "unaltered" },
		[SOUND_NOT]      = { "state-returned", "not sound" },
	};

	html_words(t, "<span><span class=\"state {}\">{}</span>", results[l->soundness].class,
	           l->has_records ? results[l->soundness].words : "not here");
	if (l->num_missing > 0)
		html_words(t, "<span class=\"under\">{} missing</span>", l->num_missing);
	text_put(t, l->key_given ? "</span>" : "<span class=\"under\">no key given</span></span>");
}

static void put_active(struct text *t, const struct fleet_log *l)
{
	if (!l->has_span)
		return;
	html_words(t, "<span>{}", word_percent(l->active_ppm));
	if (l->packets > 0)
		html_words(t, "<span class=\"under\">{} packet[s] unseen</span>", l->packets);
	else if (!l->are_counted)
		text_put(t, "<span class=\"under\">packets unseen: not counted</span>");
	text_put(t, "</span>");
}

static void report_fleet_put_log(struct html_table *h, const struct fleet_log *l)
{
	struct text *t = h->text;

	html_table_row(h);
	html_table_text(h, bytes_text(l->gateway));
	html_table_cell(h);
	put_state(t, l);
	html_table_close(h);
	html_table_cell(h);
	report_fleet_put_result(t, l);
	html_table_close(h);
	html_table_cell(h);
	put_active(t, l);
	html_table_close(h);
	html_table_cell(h);
	text_put(t, "<span><code>");
	html_text(t, bytes_first(bytes_text(l->policy), 8), HTML_NAME_MAX);
	text_put(t, "</code>");
	if (l->runs_another)
		html_words(t, "<span class=\"under\">since {}</span>",
		           word_day(l->policy_from_us));
	text_put(t, "</span>");
	html_table_close(h);
	html_table_number(h, l->num_tries);
	html_table_number(h, l->num_attempts);
}

void report_write_gateways(struct text *t, const struct fleet *f)
{
	static const struct html_column columns[] = {
		{ "Gateway", HTML_NAME, false }, { "Last heard", HTML_WORDS, false }, { "Log",
		  HTML_WORDS, false }, { "At work", HTML_FIGURE, false },
		{ "Policy", HTML_WORDS, false }, { "Still try", HTML_FIGURE, false }, { "Attempts",
		  HTML_FIGURE, false },
	};
	size_t            shown = 0;
	struct html_table h;

	if (f->num == 0) {
		text_put(t, "<p>There is none.</p>\n");
		return;
	}
	h = html_table_begin(t, "Gateways, those that need a look first.", columns, COUNT(columns));
	for (int wanted = 0; wanted < FLEET_RANKS; wanted++) {
		for (size_t i = 0; i < f->num; i++) {
			if (fleet_rank(&f->list[i]) != wanted || shown == REPORT_LIST_SHOWN)
				continue;
			shown++;
			report_fleet_put_log(&h, &f->list[i]);
		}
	}
	html_table_end(&h);
	report_write_more(t, shown, f->num);
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
