/* SPDX-License-Identifier: MIT */

/* The figures of the page, the drawings by day, and the limits of both. */

#include "report/report_html.h"

#include "base/timezone.h"
#include "report/chart.h"
#include "present/html.h"
#include "report/told.h"

static void trend_put_figure(struct text *t, const char *title, uint64_t number)
{
	html_words(t, "<div><dt>{}</dt><dd>{}</dd></div>\n", title, number);
}

static void put_percent(struct text *t, const char *title, uint32_t ppm)
{
	html_words(t, "<div><dt>{}</dt><dd>{}</dd></div>\n", title, word_percent(ppm));
}

/* Without records a count of zero means nothing. */
static void put_not_counted(struct text *t, const char *title)
{
	html_words(t, "<div><dt>{}</dt><dd class=\"words\">not counted</dd></div>\n", title);
}

static void put_unseen(struct text *t, uint64_t packets, bool are_counted, bool is_all)
{
	if (!are_counted && packets == 0)
		put_not_counted(t, "packets passed unseen");
	else
		trend_put_figure(t,
		                 is_all ? "packets passed unseen"
		                        : "packets passed unseen, where counted",
		                 packets);
}

static void put_packets(struct text *t, const struct report *r)
{
	const struct fleet *f = r->fleet;
	size_t              counted = 0, all = 0;

	if (f == NULL) {
		put_unseen(t, r->coverage.packets, r->coverage.are_counted,
		           r->coverage.are_counted && r->coverage.num_uncounted == 0);
		return;
	}
	for (size_t i = 0; i < f->num; i++) {
		all     += f->list[i].cover.has_span;
		counted += f->list[i].cover.has_span && f->list[i].cover.are_counted;
	}
	put_unseen(t, fleet_packets(f), fleet_packets_known(f), counted == all);
}

void report_write_figures(struct text *t, const struct report *r)
{
	uint64_t prohibited = tally_prohibited(&r->now->all);

	text_put(t, "<dl class=\"figures\">\n");
	if (r->fleet != NULL) {
		trend_put_figure(t, r->fleet->num_gateways == 1 ? "gateway" : "gateways",
		                 r->fleet->num_gateways);
		trend_put_figure(t, "of them silent",
		                       r->fleet->num_now[NOW_SILENT] +
		                               r->fleet->num_now[NOW_ABSENT]);
		trend_put_figure(t, "records missing", r->fleet->num_missing);
	}
	trend_put_figure(t, r->num_tries == 1 ? "device still tries" : "devices still try",
	                       r->num_tries);
	if (r->fleet == NULL) {
		trend_put_figure(t, "quiet for 7 days", r->num_quiet);
		trend_put_figure(t, "new in this time", r->num_new);
		if (r->num_doubtful > 0)
			trend_put_figure(t, "perhaps only a VPN", r->num_doubtful);
	}
	trend_put_figure(t, "attempts", prohibited);
	if (prohibited > 0)
		put_percent(t, "of them blocked", report_blocked_ppm(r));
	if (r->coverage.has_span && r->fleet == NULL)
		put_percent(t, "filter active", report_active_ppm(r));
	if (r->met.num_told > 0) {
		trend_put_figure(t, "connections looked at", r->met.looked_at);
		trend_put_figure(t, "connections not looked at",
		                       r->met.of - r->met.looked_at);
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
