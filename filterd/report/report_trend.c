/* SPDX-License-Identifier: MIT */

/* The figures of the page, the drawings by day, and the limits of both. */

#include "report/report_html.h"

#include "base/timezone.h"
#include "report/chart.h"
#include "present/html.h"
#include "report/told.h"

static void trend_put(struct text *t, const char *title, struct word figure)
{
	html_words(t, "<div><dt>{}</dt><dd>{}</dd></div>\n", title, figure);
}

/* Without records a count of zero means nothing. */
static void put_not_counted(struct text *t, const char *title)
{
	html_words(t, "<div><dt>{}</dt><dd class=\"words\">not counted</dd></div>\n", title);
}

static void put_packets(struct text *t, const struct report *r)
{
	const struct fleet           *f = r->fleet;
	const struct report_coverage *c = &r->coverage;
	uint64_t packets  = f != NULL ? fleet_packets(f) : c->packets;
	bool     is_known = f != NULL ? fleet_packets_known(f) : c->are_counted,
		 is_all   = f != NULL || (c->are_counted && c->num_uncounted == 0);

	for (size_t i = 0; f != NULL && i < f->num; i++)
		is_all &= !f->list[i].cover.has_span || f->list[i].cover.are_counted;
	if (!is_known && packets == 0)
		put_not_counted(t, "packets passed unseen");
	else
		trend_put(t,
		          is_all ? "packets passed unseen"
		                 : "packets passed unseen, where counted",
		          word_number(packets));
}

void report_write_figures(struct text *t, const struct report *r)
{
	const struct fleet *f          = r->fleet;
	uint64_t            prohibited = tally_prohibited(&r->now->all);

	text_put(t, "<dl class=\"figures\">\n");
	if (f != NULL) {
		trend_put(t, f->num_gateways == 1 ? "gateway" : "gateways",
		          word_number(f->num_gateways));
		trend_put(t, "of them silent",
		          word_number(f->num_now[NOW_SILENT] + f->num_now[NOW_ABSENT]));
		trend_put(t, "records missing", word_number(f->num_missing));
	}
	trend_put(t, r->num_tries == 1 ? "device still tries" : "devices still try",
	          word_number(r->num_tries));
	if (f == NULL) {
		trend_put(t, "quiet for 7 days", word_number(r->num_quiet));
		trend_put(t, "new in this time", word_number(r->num_new));
		if (r->num_doubtful > 0)
			trend_put(t, "perhaps only a VPN", word_number(r->num_doubtful));
	}
	trend_put(t, "attempts", word_number(prohibited));
	if (prohibited > 0)
		trend_put(t, "of them blocked", word_percent(report_blocked_ppm(r)));
	if (r->coverage.has_span && f == NULL)
		trend_put(t, "filter active", word_percent(report_covered_ppm(&r->coverage)));
	if (r->met.num_told > 0) {
		trend_put(t, "connections looked at", word_number(r->met.looked_at));
		trend_put(t, "connections not looked at",
		          word_number(r->met.of - r->met.looked_at));
	} else {
		put_not_counted(t, "connections looked at");
	}
	put_packets(t, r);
	text_put(t, "</dl>\n");
	if (r->now->undetailed > 0)
		html_words(t,
		           "<p class=\"small\">And {} attempts of which only the number is known, "
		           "as the log could not be written.</p>\n",
		           r->now->undetailed);
	if (r->now->all.attempts[RESULT_WATCHED] > 0)
		html_words(t,
		           "<p class=\"small\">Besides, {} requests for hosts that the policy only "
		           "watches; they are in the CSV.</p>\n",
		           r->now->all.attempts[RESULT_WATCHED]);
}

#define UNTOLD_SHOWN 20

/* What the hatching in the drawings means. */
static void put_untold(struct text *t, const struct report *r)
{
	int64_t            day              = report_first_day(r);
	size_t             num              = 0;
	bool               is_said[UNTOLDS] = { false };
	struct untold_days u;

	while (untold_next(r, &day, &u)) {
		uint8_t       room[512];
		struct writer w = writer_over(room, sizeof(room));

		if (++num > UNTOLD_SHOWN)
			continue;
		text_put(t, num == 1 ? "<p class=\"small\">Hatched are days of which there is no "
		                       "record, or not of all the day: nobody knows of "
		                       "them whether anybody tried.</p>\n<ul class=\"small\">\n"
		                     : "");
		html_words(t, "<li>{}", word_day(timezone_day_begins(u.first)));
		if (u.last != u.first)
			html_words(t, " to {}", word_day(timezone_day_begins(u.last)));
		html_words(t, u.told == TOLD_PARTLY ? ", in part: {}" : ": {}",
		           untold_words(u.why));
		if (!is_said[u.why]) {
			text_put(t, "; ");
			untold_explain(&w, r, u.why);
			html_sentence(t, writer_written(&w));
		}
		is_said[u.why] = true;
		text_put(t, ".</li>\n");
	}
	text_put(t, num > 0 ? "</ul>\n" : "");
	report_write_more(t, UNTOLD_SHOWN, num);
}

static void put_dates(struct text *t, const struct report *r)
{
	for (size_t i = 0; i < r->num_dates; i++)
		html_words(t,
		           "<p class=\"small\">“" CHART_DATE "” marks {}, from which on the policy "
		           "prohibits.</p>\n",
		           word_moment(r->dates_us[i]));
}

void report_write_trend(struct text *t, const struct report *r)
{
	report_section(t, "trend", "On the way to zero");
	text_put(t, "<p>The number of devices is what cleaning up brings down; attempts mostly "
	            "show how eager the noisiest of them is.</p>\n"
	            "<div class=\"pair\">\n<figure><h3>Devices that tried, a day</h3>\n");
	chart_devices(t, r);
	text_put(t, "</figure>\n<figure><h3>Attempts, a day</h3>\n");
	chart_attempts(t, r);
	text_put(t, "</figure>\n</div>\n");
	put_untold(t, r);
	put_dates(t, r);
}
