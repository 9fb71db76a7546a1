/* SPDX-License-Identifier: MIT */

/* The parts of the page that are only there if it is about many logs. */

#include "report/report_html.h"

#include "present/html.h"
#include "review/people.h"

static const char *const result_words[] = { [SOUND_COMPLETE] = "complete",
                                            [SOUND_DECLARED] = "unaltered",
                                            [SOUND_NOT] = "not sound" };

static void put_state(struct text *t, const struct fleet_log *l)
{
	static const char *const classes[] = { [NOW_HEARD] = "state-quiet",
	                                       [NOW_STOPPED] = "state-tries",
	                                       [NOW_SILENT] = "state-returned",
	                                       [NOW_ABSENT] = "state-returned" };

	text_put(t, "<span><span class=\"state ");
	text_put(t, l->is_former ? "" : classes[l->now]);
	text_put(t, "\">");
	text_put(t, l->is_former ? "former log" : fleet_now_name(l->now));
	text_put(t, "</span>");
	if (l->has_records) {
		text_put(t, "<span class=\"under\">");
		html_moment(t, l->heard_us);
		text_put(t, "</span>");
	}
	if (l->is_ahead)
		text_put(t, "<span class=\"under\">clock is ahead</span>");
	text_put(t, "</span>");
}

static void report_fleet_put_result(struct text *t, const struct fleet_log *l)
{
	static const char *const classes[] = { [SOUND_COMPLETE] = "state-quiet",
	                                       [SOUND_DECLARED] = "state-quiet",
	                                       [SOUND_NOT] = "state-returned" };

	text_put(t, "<span><span class=\"state ");
	text_put(t, classes[l->soundness]);
	text_put(t, "\">");
	text_put(t, l->has_records ? result_words[l->soundness] : "not here");
	text_put(t, "</span>");
	if (l->num_missing > 0) {
		text_put(t, "<span class=\"under\">");
		html_number(t, l->num_missing);
		text_put(t, " missing</span>");
	}
	if (!l->key_given)
		text_put(t, "<span class=\"under\">no key given</span>");
	text_put(t, "</span>");
}

static void put_active(struct text *t, const struct fleet_log *l)
{
	if (!l->has_span)
		return;
	text_put(t, "<span>");
	people_write_percent(text_room(t, 32), l->active_ppm);
	if (l->packets > 0) {
		text_put(t, "<span class=\"under\">");
		html_number(t, l->packets);
		text_put(t, l->packets == 1 ? " packet unseen</span>" : " packets unseen</span>");
	} else if (!l->are_counted) {
		text_put(t, "<span class=\"under\">packets unseen: not counted</span>");
	}
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
	if (l->runs_another) {
		text_put(t, "<span class=\"under\">since ");
		html_day(t, l->policy_from_us);
		text_put(t, "</span>");
	}
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
	text_put(t, "<p>");
	html_number(t, f->num_records);
	text_put(t, f->num_records == 1 ? " record of " : " records of ");
	html_number(t, f->num);
	text_put(t, f->num == 1 ? " log in " : " logs in ");
	html_number(t, about->num_files);
	text_put(t, about->num_files == 1 ? " file, " : " files, ");
	people_write_bytes(text_room(t, 32), f->bytes);
	text_put(t, ". ");
	if (f->num_twice > 0) {
		html_number(t, f->num_twice);
		text_put(t, " lines were there twice, which is harmless. ");
	}
	if (f->num_strange > 0) {
		html_number(t, f->num_strange);
		text_put(t, " lines belong to no gateway. ");
	}
	if (f->num_unread > 0) {
		text_put(t, "Not read to its end: ");
		html_text(t, bytes_text(f->unread), SIZE_MAX);
		text_put(t, ". ");
	}
	if (f->num_keyless == 0) {
		text_put(t, "The key of each log was given.");
	} else {
		html_number(t, f->num_keyless);
		text_put(t, f->num_keyless == 1 ? " log is" : " logs are");
		text_put(t, " verified by its own word alone, as no key was given.");
	}
	text_put(t, " The whole logs were verified, whatever the period of the report.</p>\n");
}
