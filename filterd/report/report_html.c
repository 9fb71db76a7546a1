/* SPDX-License-Identifier: MIT */

/*
 * The frame of the page. report_trend.c has the figures and the limits of the drawings,
 * report_devices.c the devices, report_lists.c the lists, report_proof.c the proof, chart.c the
 * drawings.
 */

#include "report/report_html.h"

#include "base/timezone.h"
#include "report/chart.h"
#include "report/embed.h"
#include "report/sheets.h"
#include "present/html.h"
#include "review/people.h"

#include <string.h>

/* What the page is about. */
static void put_subject(struct text *t, const struct report *r, const struct report_about *about)
{
	const char *origin = r->verify->seals.root.origin;

	if (r->fleet != NULL)
		html_words(t, "{} gateway[s], logs in {}", r->fleet->num_gateways,
		           bytes_text(about->log));
	else
		html_words(t, "Log {}", bytes_text(origin[0] != '\0' ? origin : about->log));
}

/* Each printed page names its report: pages get lost, and mixed up. */
static void put_margins(struct text *t, const struct report *r, const struct report_about *about)
{
	const char   *origin = r->verify->seals.root.origin, *rest = strstr(origin, "/filterd/");
	uint8_t       room[128];
	struct writer w = writer_over(room, sizeof(room));

	text_put(t, "@page{@bottom-left{content:");
	if (r->fleet != NULL)
		write_words(&w, "{} gateway[s]", r->fleet->num_gateways);
	html_css_string(t, r->fleet != NULL    ? writer_written(&w)
	                   : origin[0] == '\0' ? bytes_text(about->log)
	                   : rest != NULL      ? bytes_of(origin, (size_t)(rest - origin))
	                                       : bytes_text(origin));
	text_put(t, "}@bottom-center{content:");
	w.len = 0;
	write_text(&w, "Filter report, ");
	period_write(&w, &r->period);
	html_css_string(t, writer_written(&w));
	text_put(t, "}@bottom-right{content:counter(page) \" of \" counter(pages)}}\n");
}

static void put_head(struct text *t, const struct report *r, const struct report_about *about)
{
	uint8_t       room[160];
	struct writer w = writer_over(room, sizeof(room));

	text_put(t, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	            "style-src 'unsafe-inline'; img-src data:; "
	            "base-uri 'none'; form-action 'none'\">\n"
	            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	            "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" "
	            "content=\"no-referrer\">\n<title>Filter report, ");
	period_write(text_room(t, 64), &r->period);
	text_put(t, "</title>\n<style>\n");
	report_write_style(t);
	put_margins(t, r, about);
	text_put(t, "</style>\n</head>\n<body>\n");
	chart_hatch(t);
	text_put(t, "<header>\n<p class=\"eyebrow\">Filter "
	            "report</p>\n<h1>");
	period_write(text_room(t, 64), &r->period);
	text_put(t, "</h1>\n<p class=\"soft\">");
	put_subject(t, r, about);
	html_words(t, ". Made {}; ", word_moment(about->made_us));
	if (!timezone_is_utc())
		people_write_zone(&w, r->period.from_us, r->period.to_us);
	text_put(t, timezone_is_utc() ? "all times are UTC" : "times are those of ");
	html_text(t, writer_written(&w), SIZE_MAX);
	text_put(t, ".</p>\n</header>\n<main>\n");
}

/* A comma or full stop stays on the same line as the name before it. */
static void put_names(struct text *t, const struct answer *a)
{
	uint8_t       room[3 * TOTALS_NAME_MAX + 8];
	struct writer place = writer_over(room, sizeof(room));
	struct bytes  rest  = bytes_text(a->rest);
	bool          stops = a->num_names > 0 && rest.len > 0 && rest.at[0] == '.';

	for (size_t k = 0; k < a->num_names; k++) {
		text_put(t, "<span class=\"whole\"><b>");
		place.len = 0;
		if (a->names[k].device.len > 0)
			sheets_write_place(&place, a->names[k].device);
		html_link(t, writer_written(&place), a->names[k].name);
		text_put(t, "</b>");
		if (a->names[k].gateway.len > 0) {
			text_put(t, "</span> at <span class=\"whole\">");
			html_name(t, a->names[k].gateway);
		}
		text_put(t, k + 1 < a->num_names ? ",</span> " : stops ? ".</span>" : "</span>");
	}
	html_sentence(t, bytes_from(rest, stops));
}

static void report_html_put_answers(struct text *t, const struct report *r)
{
	static const char *const moods[] = { [MOOD_GOOD] = "good", [MOOD_NOTE] = "note",
	                                     [MOOD_BAD] = "bad" };
	struct answer            answers[ANSWERS];

	answers_write(r, answers);
	text_put(t, "<section aria-label=\"Answers\">\n<dl class=\"answers\">\n");
	for (size_t i = 0; i < ANSWERS; i++) {
		const struct answer *a = &answers[i];

		if (a->question == NULL)
			continue;
		html_words(t, "<div class=\"{}\"><dt>{}</dt><dd>", moods[a->mood], a->question);
		html_sentence(t, bytes_text(a->text));
		put_names(t, a);
		text_put(t, "</dd></div>\n");
	}
	text_put(t, "</dl>\n");
}

void report_section(struct text *t, const char *id, const char *title)
{
	html_words(t,
	           "</section>\n<section aria-labelledby=\"{}\">\n<h2 id=\"{}\">{}</h2>\n", id, id,
	           title);
}

static void put_key(struct text *t, const char *class, const char *words)
{
	html_words(t, "<span><i class=\"{}\"></i>{}</span> ", class, words);
}

static void put_coverage(struct text *t, const struct report *r)
{
	report_section(t, "coverage", "Was the filter at work?");
	text_put(t, "<figure>\n");
	chart_coverage(t, r);
	html_words(t,
	           "<p class=\"small ends\"><span>{}</span><span>{}</span></p>\n"
	           "<p class=\"small keys\">",
	           word_minute(r->period.from_us), word_minute(r->period.to_us));
	put_key(t, "key-on", "at work");
	put_key(t, "key-gap", "not at work");
	put_key(t, "key-exposed", "not at work, packets passed");
	put_key(t, "key-missing", "no record");
	if (r->num_dates > 0)
		put_key(t, "key-date", CHART_DATE);
	text_put(t, "</p>\n</figure>\n");
	if (r->now->probes.num > 0) {
		text_put(t, "<p>Somebody asked for the test name to see the filter work: ");
		probes_write(text_room(t, PROBES_TEXT_MAX), &r->now->probes);
		text_put(t, ".</p>\n");
	}
	report_write_gaps(t, r);
}

static void report_html_count(void *owner, struct bytes piece)
{
	*(uint64_t *)owner += piece.len;
}

static uint64_t csv_bytes(const struct report *r, const struct report_about *about)
{
	uint64_t    bytes = 0;
	struct text t;

	text_begin(&t, report_html_count, &bytes);
	report_write_csv(&t, r, about);
	text_end(&t);
	return bytes;
}

static void put_csv(struct text *t, const struct report *r, const struct report_about *about)
{
	uint64_t     bytes = csv_bytes(r, about);
	struct embed e;

	if (bytes > REPORT_CSV_MAX) {
		html_words(t, "<p>All of it as CSV has {}, too much for a page: ",
		           word_size(bytes));
		html_code(t, BYTES("filterctl audit report --csv"));
		text_put(t, " gives it.</p>\n");
		return;
	}
	text_put(t, "<p class=\"screen\"><a download=\"filter-report.csv\" "
	            "href=\"data:text/csv;charset=utf-8;base64,");
	embed_begin(&e, t);
	report_write_csv(&e.text, r, about);
	embed_end(&e);
	html_words(t,
	           "\">All of it as CSV</a> ({}): every {}device, host, day, hour and gap, and "
	           "which device asked for which host.</p>\n",
	           word_size(bytes), r->fleet != NULL ? "gateway, " : "");
}

static void put_appendix(struct text *t, const struct report *r, const struct report_about *about)
{
	report_section(t, "method", "Method, and all of it");
	put_csv(t, r, about);
	text_put(t, "<p>An attempt is the first blocked message of a connection, or one DNS "
	            "question; repeats are counted, and a record that stands "
	            "for many counts as many, at the time of the last. Blocked attempts did not "
	            "reach the host; observed ones did, as the date had "
	            "not come or the filter was told to observe. A device still tries if it did in "
	            "the last 7 days before the end of the log or the "
	            "period. That is sure if it asked a resolver for a name and then showed "
	            "it, or if a program that updates was seen in HTTP; likely if it asked; "
	            "unsure if it showed a name and nobody knows whether it asked. One that "
	            "never asked for the names that it shows is not counted: VPN programs "
	            "show names of others. Names are what devices call "
	            "themselves and prove nothing; a random "
	            "MAC may be another one tomorrow. The filter was at "
	            "work while its signed heartbeats follow each other, it was enforcing, and its "
	            "rules were in the kernel. What passed unseen is "
	            "the kernel&#39;s own count.</p>\n");
	if (r->fleet != NULL)
		text_put(t, "<p>A device that was seen at two gateways is listed twice. A gateway "
		            "is silent if nothing that it signed was heard for more than "
		            "twice the interval at which it should be, by the newest time that was "
		            "heard of any.</p>\n");
	text_put(t, "<p>Whoever had root on the gateway beforehand could stop the filter, which "
	            "shows here as a gap, but cannot change what the log "
	            "said before without notice, as long as notes of it are kept elsewhere.</p>\n"
	            "<p>To sign this page: ");
	html_code(t, BYTES("ssh-keygen -Y sign -f KEY -n filterd-report report.html"));
	text_put(t, "</p>\n</section>\n</main>\n"
	            "<footer>\n<p>filterctl ");
	html_text(t, bytes_text(about->version), HTML_NAME_MAX);
	text_put(t, " made this page. It has no scripts and loads "
	            "nothing.</p>\n</footer>\n</body>\n</html>\n");
}

/* When the filter was at work, under which policy, and whether the log is genuine. */
static void report_html_put_log(struct text *t, const struct report *r,
                                const struct report_about *about)
{
	put_coverage(t, r);
	report_section(t, "policy", "Which policy");
	report_write_policies(t, r);
	report_section(t, "verification", "Is the log genuine?");
	report_write_verification(t, r, about);
}

/* The same for many logs. */
static void put_logs(struct text *t, const struct report *r, const struct report_about *about)
{
	report_section(t, "coverage", "Were the filters at work?");
	report_write_gaps(t, r);
	report_section(t, "policy", "Which policy");
	report_write_fleet_policies(t, r->fleet);
	report_section(t, "verification", "Are the logs genuine, and whole?");
	report_write_fleet_sums(t, r->fleet, about);
	report_write_findings(t, r);
}

void report_write_html(struct text *t, const struct report *r, const struct report_about *about)
{
	put_head(t, r, about);
	report_html_put_answers(t, r);
	report_write_figures(t, r);
	if (r->fleet != NULL) {
		report_section(t, "gateways", "Gateways");
		report_write_gateways(t, r->fleet);
	}
	report_write_trend(t, r);
	report_section(t, "devices", "Devices that asked");
	report_write_devices(t, r);
	report_section(t, "hosts", "What they ask for");
	report_write_hosts(t, r);
	if (rows_num(&r->now->waivers) > 0) {
		report_section(t, "waivers", "What was waived");
		report_write_waivers(t, r);
	}
	report_section(t, "hours", "When they ask");
	text_put(t, "<figure class=\"half\">\n");
	chart_hours(t, r);
	text_put(t, "</figure>\n");
	(r->fleet != NULL ? put_logs : report_html_put_log)(t, r, about);
	if (r->num_devices > 0) {
		report_section(t, "attempts", "What each device asked for");
		report_write_device_attempts(t, r);
	}
	put_appendix(t, r, about);
}
