/* SPDX-License-Identifier: MIT */

/* A table with a line for each log, remarks about some of them, and the overall result. */

#include "report/fleet.h"

#include "base/timezone.h"
#include "report/sheets.h"
#include "review/people.h"
#include "review/policy_words.h"
#include "review/verdict.h"
#include "review/words.h"

/* Remarks without a column. An open end is no remark: every copy of a running log has one. */
static bool is_told(const struct finding *f)
{
	return finding_is_damage(f->kind) || f->kind == FINDING_LOST;
}

static bool has_details(const struct fleet_log *l)
{
	for (size_t i = 0; i < l->num_findings; i++) {
		if (is_told(&l->findings[i]))
			return true;
	}
	return l->runs_another || l->is_ahead || l->now == NOW_ABSENT ||
	       (l->now == NOW_SILENT && !l->is_former);
}

static void put_details(struct text *t, const struct fleet *f, const struct fleet_log *l,
                        bool color)
{
	if (!has_details(l))
		return;
	text_words(t, "\n{}\n", l->origin[0] != '\0' ? l->origin : l->gateway);
	for (size_t i = 0; i < l->num_findings; i++) {
		if (!is_told(&l->findings[i]))
			continue;
		text_put(t, "  ");
		verdict_write_finding(t, &l->findings[i], color);
	}
	if (l->findings_left_out > 0)
		text_words(t, "{} more finding[, that is|s, that are] in no list\n",
		           l->findings_left_out);
	if (l->now == NOW_ABSENT)
		text_put(t, "  there is a key of this log, and no record\n");
	if (l->now == NOW_SILENT && !l->is_former)
		text_words(t,
		           "  silent    since {}; it should be heard every {}, and {} later "
		           "others were\n",
		           word_moment(l->heard_us), word_span(l->every_us),
		           word_span(f->newest_us - l->heard_us));
	if (l->is_ahead)
		text_put(t, "  clock     is ahead of this machine's\n");
	if (l->runs_another)
		text_words(t, "  policy    {} since {}; most run {}\n",
		           bytes_first(bytes_text(l->policy), 16), word_moment(l->policy_from_us),
		           bytes_first(bytes_text(f->policy), 16));
}

/* Totals of what was read and left out. */
static void put_read(struct text *t, const struct fleet *f)
{
	text_words(t, "gateways  {}; {} log[s], {} record[s] in {} file[s], {}", f->num_gateways,
	           f->num, f->num_records, f->num_files, word_size(f->bytes));
	if (f->num_twice > 0)
		text_words(t, "; {} line[ was|s were] there already", f->num_twice);
	text_put(t, "\n");
	if (f->num_strange > 0)
		text_words(t, "          {} line[ belongs|s belong] to no gateway\n",
		           f->num_strange);
	if (f->num_noise > 0)
		text_words(t,
		           "noise     {} line[ hangs|s hang] on no record of [its log|their logs], "
		           "and [was|were] left out\n",
		           f->num_noise);
	if (f->num_unread > 0) {
		text_words(t, "unread    {}", f->unread);
		if (f->num_unread > 1)
			text_words(t, "; and {} more file[s]", f->num_unread - 1);
		text_put(t, "\n");
	}
}

static void put_policy(struct text *t, const struct fleet *f)
{
	if (f->num_policies == 0) {
		text_put(t, "policy    no log names one\n");
		return;
	}
	text_words(t, "policy    {} at {} gateway[s]", bytes_first(bytes_text(f->policy), 16),
	           f->num_with_policy);
	if (f->num_another > 0)
		text_words(t, "; {} run[s another| others]", f->num_another);
	text_put(t, "\n");
	if (f->policy_said != NULL)
		policy_words_put(t, bytes_text(f->policy_said), f->policy_left_out);
}

static void fleet_text_put_sums(struct text *t, const struct fleet *f)
{
	put_read(t, f);
	if (f->num_keyless == 0)
		text_put(t, "keys      given for each log\n");
	else if (f->num_keyless == f->num)
		text_put(t, "keys      none given: each log's is only its own word; give those you "
		            "keep: --key\n");
	else
		text_words(t, "keys      {} log[ has|s have] none that was given\n",
		           f->num_keyless);
	text_words(t, "heard     {} gateway[s]", f->num_now[NOW_HEARD]);
	if (f->newest_us > INT64_MIN)
		text_words(t, " up to {}", word_moment(f->newest_us));
	for (unsigned now = NOW_STOPPED; now <= NOW_ABSENT; now++) {
		if (f->num_now[now] > 0)
			text_words(t, "; {} {}", f->num_now[now],
			           fleet_now_name((enum standing_now)now));
	}
	text_put(t, "\n");
	put_policy(t, f);
}

void fleet_write_text(struct text *t, const struct fleet *f, size_t columns, bool color)
{
	struct sheet  gateways      = sheets_gateways(f, false);
	char          sentence[512] = "";
	struct writer w             = writer_over(sentence, sizeof(sentence) - 1);
	int64_t       first_us, last_us;

	gateways.colored = color;
	if (!sheet_write_text(t, &gateways, columns) || gateways.failed)
		text_put(t, "(there was not memory enough for this table)\n");
	if (!timezone_is_utc() && sheet_times(&gateways, &first_us, &last_us)) {
		text_put(t, "times are those of ");
		people_write_zone(text_room(t, 160), first_us, last_us);
		text_put(t, "\n");
	}
	sheet_free(&gateways);
	for (size_t i = 0; i < f->num; i++)
		put_details(t, f, &f->list[i], color);
	text_put(t, "\n");
	fleet_text_put_sums(t, f);
	text_put(t, "result    ");
	fleet_sentence(&w, f);
	verdict_write_result(t, f->soundness, sentence, color);
}
