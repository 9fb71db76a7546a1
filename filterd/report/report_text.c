/* SPDX-License-Identifier: MIT */

/* For a terminal of 100 columns, and for mail. */

#include "report/report_html.h"

#include "base/plain.h"
#include "base/timezone.h"
#include "present/tallied.h"
#include "report/proof.h"
#include "report/sheets.h"
#include "report/told.h"
#include "review/people.h"
#include "review/words.h"
#include "review/verdict.h"

#define TEXT_COLUMNS 100
#define BAR_COLUMNS  40

static void report_text_put_number(struct text *t, uint64_t number, size_t width)
{
	uint8_t       room[32];
	struct writer w = writer_over(room, sizeof(room));

	people_write_number(&w, number);
	plain_figure(t, writer_written(&w), width);
	text_put(t, "  ");
}

static void put_title(struct text *t, const char *title)
{
	text_words(t, "\n{}\n", title);
	for (size_t i = 0; title[i] != '\0'; i++)
		text_put(t, "-");
	text_put(t, "\n");
}

/*
 * Writes the first rows, and how many more there are; `none` if the sheet is empty. Frees the
 * sheet.
 */
static void put_sheet(struct text *t, struct sheet s, const char *none)
{
	struct sheet first = s;

	if (s.num_rows > REPORT_LIST_SHOWN)
		first.num_rows = REPORT_LIST_SHOWN;
	if (!sheet_write_text(t, &first, TEXT_COLUMNS) || s.failed)
		text_put(t, "(there was not memory enough for this table)\n");
	text_put(t, s.num_rows == 0 ? none : "");
	if (s.num_rows - first.num_rows + s.num_more > 0)
		text_words(t, "and {} more: --csv has them\n",
		           s.num_rows - first.num_rows + s.num_more);
	sheet_free(&s);
}

/* Writes a name, in quotes if it could be taken for more than a name. */
static void put_label(struct text *t, struct bytes label)
{
	bool plain = report_is_plain(label);

	text_put(t, plain ? "" : "\"");
	plain_text(t, label, 48);
	text_put(t, plain ? "" : "\"");
}

static void report_text_put_answers(struct text *t, const struct report *r)
{
	static const char *const moods[] = { [MOOD_GOOD] = "  ok ", [MOOD_NOTE] = "  !  ",
	                                     [MOOD_BAD] = "  XX " };
	struct answer            answers[ANSWERS];

	answers_write(r, answers);
	for (size_t i = 0; i < ANSWERS; i++) {
		const struct answer *a = &answers[i];

		if (a->question == NULL)
			continue;
		text_put(t, moods[a->mood]);
		plain_column(t, bytes_text(a->question), r->fleet != NULL ? 26 : 24);
		text_put(t, a->text);
		for (size_t k = 0; k < a->num_names; k++) {
			text_put(t, k > 0 ? ", " : "");
			put_label(t, a->names[k].name);
			text_put(t, a->names[k].gateway.len > 0 ? " at " : "");
			if (a->names[k].gateway.len > 0)
				put_label(t, a->names[k].gateway);
		}
		text_put(t, a->rest);
		text_put(t, "\n");
	}
}

static void put_hosts(struct text *t, const struct report *r)
{
	put_title(t, "What they ask for");
	if (tally_prohibited(&r->now->all) == 0) {
		text_put(t, r->coverage.has_span
		                    ? "nothing that is prohibited, in the time that is known\n"
		                    : "not known: the log has no record of this time\n");
		return;
	}
	put_sheet(t, tallied_hosts(r->now, true), "");
	text_put(t, "\n");
	put_sheet(t, tallied_categories(r->now), "");
	text_put(t, "\n");
	put_sheet(t, tallied_layers(r->now), "");
	text_words(t, "\ntogether {} attempts, by category as by where the name was seen\n",
	           tally_prohibited(&r->now->all));
}

static void put_bar(struct text *t, uint64_t part, uint64_t all)
{
	size_t columns = all > 0 ? (size_t)((long double)part * BAR_COLUMNS / (long double)all) : 0;

	for (size_t i = 0; i < columns || (i == 0 && part > 0); i++)
		text_put(t, "#");
}

/* Tells who deleted the records, or when the log began or ended. */
static void put_why(struct text *t, const struct report *r, enum untold why)
{
	uint8_t       room[512];
	struct writer w = writer_over(room, sizeof(room));

	untold_explain(&w, r, why);
	text_words(t, "//// {}: {}\n", untold_words(why), writer_written(&w));
}

static void put_whys(struct text *t, const struct report *r)
{
	bool               is_said[UNTOLDS] = { false };
	int64_t            day              = report_first_day(r);
	struct untold_days u;

	while (untold_next(r, &day, &u))
		is_said[u.why] = true;
	for (enum untold why = UNTOLD_BEFORE; why <= UNTOLD_OUTSIDE; why++) {
		if (is_said[why])
			put_why(t, r, why);
	}
}

/* An uncovered day, and those after it with the same cause. */
static int64_t put_untold(struct text *t, const struct report *r, int64_t day)
{
	struct untold_days u;

	if (!untold_next(r, &day, &u))
		return day;
	text_words(t, "      ?         ?  //// {}", untold_words(u.why));
	if (u.last > u.first)
		text_words(t, ", to and with {}", word_day(timezone_day_begins(u.last)));
	text_put(t, "\n");
	return u.last;
}

static void put_days(struct text *t, const struct report *r)
{
	int64_t  first = report_first_day(r), last = report_last_day(r);
	uint64_t most  = 0;

	if (r->coverage.has_span && timezone_day(r->end_us - 1) - first >= REPORT_LIST_SHOWN)
		first = timezone_day(r->end_us - 1) - REPORT_LIST_SHOWN + 1;
	for (int64_t day = first; day <= last; day++) {
		const struct day_total *d = report_day(r, day);

		if (d != NULL && tally_prohibited(&d->tally) > most)
			most = tally_prohibited(&d->tally);
	}
	put_title(t, "On the way to zero");
	if (first > report_first_day(r))
		text_put(t, "the days before are left out here: --csv has them\n");
	text_put(t, "day         devices  attempts\n");
	for (int64_t day = first; day <= last; day++) {
		const struct day_total *d = report_day(r, day);
		enum untold             why;
		enum told               told = told_of_day(r, day, &why);

		text_words(t, "{}  ", word_day(timezone_day_begins(day)));
		if (told == TOLD_NOT) {
			day = put_untold(t, r, day);
			continue;
		}
		report_text_put_number(t, d != NULL ? d->num_devices : 0, 7);
		report_text_put_number(t, d != NULL ? tally_prohibited(&d->tally) : 0, 8);
		put_bar(t, d != NULL ? tally_prohibited(&d->tally) : 0, most);
		if (told == TOLD_PARTLY)
			text_words(t, "  //// in part: {}", untold_words(why));
		text_put(t, "\n");
	}
	put_whys(t, r);
}

static void put_coverage(struct text *t, const struct report *r)
{
	put_title(t, "Was the filter at work?");
	if (r->coverage.has_span) {
		text_words(t, "{} of the time; ", word_percent(report_covered_ppm(&r->coverage)));
		met_write(text_room(t, 256), &r->met);
		text_put(t, "\n");
	} else {
		text_put(t, "the log has no record of this time\n");
	}
	if (r->now->probes.num > 0) {
		text_put(t, "the test name: ");
		probes_write(text_room(t, PROBES_TEXT_MAX), &r->now->probes);
		text_put(t, "\n");
	}
	put_sheet(t, sheets_gaps(r), "");
}

static void report_text_put_proof(struct text *t, const struct report *r,
                                  const struct report_about *about)
{
	struct verdict_context c = { .log = about->log, .num_files = about->num_files,
	                             .now_us = INT64_MAX };
	struct proof           p;

	put_title(t, "Is the log genuine?");
	verdict_write_text(t, r->verify, &c);
	proof_of(r->verify, &p);
	if (p.root[0] != '\0') {
		text_put(t, "\nThe key the log began with; compare it with the one you noted when "
		            "the gateway was set up:\n\n");
		plain_text(t, bytes_text(p.root), SIZE_MAX);
		text_put(t, "\n");
	}
	if (p.has_note) {
		text_put(t, "\nThe newest note; keep it away from the gateway (--anchors):\n\n");
		text_put(t, p.note);
		put_title(t, "Checking by hand");
		text_put(t, p.commands);
	}
	put_title(t, "Files that were read");
	/* In the format of sha256sum, which can check them. */
	for (size_t i = 0; i < about->num_files; i++) {
		const struct report_file *file = &about->files[i];

		if (file->has_hash)
			write_hex(text_room(t, 2 * sizeof(file->hash)),
			          bytes_of(file->hash, sizeof(file->hash)));
		text_words(t, file->has_hash ? "  {}\n" : "(hash not known)  {}\n", file->name);
	}
}

static void put_made(struct text *t, const struct report_about *about)
{
	text_words(t, "\nMade by filterctl {} at {}{}.\n", about->version,
	           word_moment(about->made_us), timezone_is_utc() ? " UTC" : "");
}

void report_write_text(struct text *t, const struct report *r, const struct report_about *about)
{
	const char *origin = r->verify->seals.root.origin;
	const char *subject = r->fleet == NULL && origin[0] != '\0' ? origin : about->log;

	text_put(t, "Filter report, ");
	period_write(text_room(t, 64), &r->period);
	text_put(t, " (");
	people_write_zone(text_room(t, 160), r->period.from_us, r->period.to_us);
	text_put(t, ")\n");
	plain_text(t, bytes_text(subject), SIZE_MAX);
	text_put(t, "\n\n");
	report_text_put_answers(t, r);
	put_title(t, "Devices that asked");
	put_sheet(t, sheets_devices(r),
	          r->coverage.has_span ? "none, in the time that is known\n"
	                               : "not known: the log has no record of this time\n");
	if (r->num_doubtful > 0)
		text_put(t, "\ndoubtful: it " EVIDENCE_DOUBT "\n");
	put_hosts(t, r);
	if (rows_num(&r->now->waivers) > 0) {
		put_title(t, "What was waived");
		put_sheet(t, tallied_waivers(r->now), "");
	}
	put_days(t, r);
	if (r->fleet != NULL) {
		put_title(t, "The gateways");
		fleet_write_text(t, r->fleet, TEXT_COLUMNS, false);
		put_made(t, about);
		return;
	}
	put_coverage(t, r);
	report_text_put_proof(t, r, about);
	put_made(t, about);
}
