/* SPDX-License-Identifier: MIT */

/* A table with a line a log, what is to be said of some of them, and what it all comes to. */

#include "report/fleet.h"

#include "base/plain.h"
#include "base/timezone.h"
#include "review/people.h"
#include "review/policy_words.h"

#include <stdio.h>
#include <string.h>

#define NAME_COLUMNS 32         /* of a gateway, at most */
#define TITLE        10

#define RED   "\x1b[1;31m"
#define GREEN "\x1b[1;32m"
#define AMBER "\x1b[1;33m"
#define PLAIN "\x1b[0m"

static const char *const colors[] = { [SOUND_COMPLETE] = GREEN, [SOUND_DECLARED] = AMBER,
                                      [SOUND_NOT] = RED };

static void fleet_text_pad(struct text *t, size_t width, size_t wanted)
{
	for (; width < wanted; width++)
		text_put(t, " ");
}

static void fleet_text_put_cell(struct text *t, struct bytes words, size_t width)
{
	plain_text(t, words, width);
	fleet_text_pad(t, plain_width(words), width);
	text_put(t, "  ");
}

/* Figures stand to the right. */
static void fleet_text_put_figure(struct text *t, const struct writer *w, size_t width)
{
	fleet_text_pad(t, w->len, width);
	text_bytes(t, writer_written(w));
	text_put(t, "  ");
}

static void fleet_text_put_number(struct text *t, uint64_t number, size_t width)
{
	uint8_t       room[32];
	struct writer w = writer_over(room, sizeof(room));

	people_write_number(&w, number);
	fleet_text_put_figure(t, &w, width);
}

static void fleet_text_title(struct text *t, const char *name)
{
	text_put(t, name);
	fleet_text_pad(t, strlen(name), TITLE);
}

static void fleet_text_count(struct text *t, uint64_t number, const char *one, const char *more)
{
	people_write_number(text_room(t, 32), number);
	text_put(t, number == 1 ? one : more);
}

static size_t name_columns(const struct fleet *f)
{
	size_t widest = strlen("gateway");

	for (size_t i = 0; i < f->num; i++) {
		size_t width = plain_width(bytes_text(f->list[i].gateway));

		if (width > widest)
			widest = width < NAME_COLUMNS ? width : NAME_COLUMNS;
	}
	return widest;
}

static void put_records(struct text *t, const struct fleet_log *l)
{
	uint8_t       room[64];
	struct writer w = writer_over(room, sizeof(room));

	if (l->has_records) {
		people_write_number(&w, l->first_seq);
		write_text(&w, " - ");
		people_write_number(&w, l->last_seq);
	} else {
		write_text(&w, "none");
	}
	fleet_text_put_figure(t, &w, 17);
}

static void fleet_text_put_gaps(struct text *t, const struct fleet_log *l)
{
	uint8_t       room[64];
	struct writer w = writer_over(room, sizeof(room));

	people_write_number(&w, l->num_gaps);
	if (l->num_gaps > 0) {
		write_text(&w, ", ");
		people_write_span(&w, l->gaps_us);
	}
	fleet_text_put_figure(t, &w, 14);
}

static const char *result_of(const struct fleet_log *l)
{
	static const char *const words[] = { [SOUND_COMPLETE] = "complete",
	                                     [SOUND_DECLARED] = "unaltered",
	                                     [SOUND_NOT] = "NOT sound" };

	return l->has_records ? words[l->soundness] : "NOT here";
}

/* Nothing here says which zone it is, so the time does. */
static size_t heard_columns(void)
{
	return timezone_is_utc() ? 19 : 25;
}

static void put_row(struct text *t, const struct fleet_log *l, size_t columns, bool color)
{
	fleet_text_put_cell(t, bytes_text(l->gateway), columns);
	fleet_text_put_cell(t, bytes_first(bytes_text(l->log), 8), 8);
	put_records(t, l);
	fleet_text_put_number(t, l->num_missing, 7);
	fleet_text_put_gaps(t, l);
	if (l->are_counted || l->packets > 0)
		fleet_text_put_number(t, l->packets, 6);
	else
		fleet_text_put_cell(t, BYTES("     ?"), 6);
	fleet_text_put_cell(t, bytes_first(bytes_text(l->policy), 8), 8);
	if (l->has_records) {
		uint8_t       room[32];
		struct writer w = writer_over(room, sizeof(room));

		people_write_moment(&w, l->heard_us);
		fleet_text_put_cell(t, writer_written(&w), heard_columns());
	} else {
		fleet_text_put_cell(t, BYTES(""), heard_columns());
	}
	fleet_text_put_cell(t, bytes_text(l->is_former ? "former" : fleet_now_name(l->now)), 8);
	text_put(t, color ? colors[l->soundness] : "");
	text_put(t, result_of(l));
	text_put(t, color ? PLAIN "\n" : "\n");
}

static void fleet_text_put_finding(struct text *t, const struct finding *f, bool color)
{
	text_put(t, "  ");
	text_put(t, color ? colors[finding_is_damage(f->kind) ? SOUND_NOT : SOUND_DECLARED] : "");
	fleet_text_title(t, finding_name(f->kind));
	text_put(t, color ? PLAIN : "");
	if (f->kind == FINDING_MISSING || f->kind == FINDING_TRUNCATED ||
	    f->kind == FINDING_PRUNED) {
		people_write_number(text_room(t, 32), f->from);
		if (f->to != f->from) {
			text_put(t, " - ");
			people_write_number(text_room(t, 32), f->to);
		}
		text_put(t, ": ");
	}
	plain_text(t, bytes_text(f->text), SIZE_MAX);
	text_put(t, "\n");
}

/* What stands in no column. An open end is what every copy of a log has that goes on. */
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
	text_put(t, "\n");
	plain_text(t, bytes_text(l->origin[0] != '\0' ? l->origin : l->gateway), SIZE_MAX);
	text_put(t, "\n");
	for (size_t i = 0; i < l->num_findings; i++) {
		if (is_told(&l->findings[i]))
			fleet_text_put_finding(t, &l->findings[i], color);
	}
	if (l->findings_left_out > 0)
		fleet_text_count(t, l->findings_left_out, " more finding, that is in no list\n",
		                 " more findings, that are in no list\n");
	if (l->now == NOW_ABSENT)
		text_put(t, "  there is a key of this log, and no record\n");
	if (l->now == NOW_SILENT && !l->is_former) {
		text_put(t, "  silent    since ");
		people_write_moment(text_room(t, 40), l->heard_us);
		text_put(t, "; it should be heard every ");
		people_write_span(text_room(t, 48), l->every_us);
		text_put(t, ", and ");
		people_write_span(text_room(t, 48), f->newest_us - l->heard_us);
		text_put(t, " later others were\n");
	}
	if (l->is_ahead)
		text_put(t, "  clock     is ahead of this machine's\n");
	if (l->runs_another) {
		text_put(t, "  policy    ");
		plain_text(t, bytes_first(bytes_text(l->policy), 16), SIZE_MAX);
		text_put(t, " since ");
		people_write_moment(text_room(t, 40), l->policy_from_us);
		text_put(t, "; most run ");
		plain_text(t, bytes_first(bytes_text(f->policy), 16), SIZE_MAX);
		text_put(t, "\n");
	}
}

static void fleet_text_put_sums(struct text *t, const struct fleet *f)
{
	fleet_text_title(t, "gateways");
	people_write_number(text_room(t, 32), f->num_gateways);
	text_put(t, "; ");
	fleet_text_count(t, f->num, " log, ", " logs, ");
	fleet_text_count(t, f->num_records, " record in ", " records in ");
	fleet_text_count(t, f->num_files, " file, ", " files, ");
	people_write_bytes(text_room(t, 32), f->bytes);
	if (f->num_twice > 0) {
		text_put(t, "; ");
		fleet_text_count(t, f->num_twice, " line was there already",
		                 " lines were there already");
	}
	text_put(t, "\n");
	if (f->num_strange > 0) {
		fleet_text_title(t, "");
		fleet_text_count(t, f->num_strange, " line belongs to no gateway\n",
		                 " lines belong to no gateway\n");
	}
	if (f->num_noise > 0) {
		fleet_text_title(t, "noise");
		fleet_text_count(t, f->num_noise,
		                 " line hangs on no record of its log, and was left out\n",
		                 " lines hang on no record of their logs, and were left out\n");
	}
	if (f->num_unread > 0) {
		fleet_text_title(t, "unread");
		plain_text(t, bytes_text(f->unread), SIZE_MAX);
		if (f->num_unread > 1) {
			text_put(t, "; and ");
			fleet_text_count(t, f->num_unread - 1, " more file", " more files");
		}
		text_put(t, "\n");
	}
	fleet_text_title(t, "keys");
	if (f->num_keyless == 0) {
		text_put(t, "given for each log\n");
	} else if (f->num_keyless == f->num) {
		text_put(t, "none given: each log's is only its own word; give those you keep: "
		            "--key\n");
	} else {
		fleet_text_count(t, f->num_keyless, " log has none that was given\n",
		                 " logs have none that was given\n");
	}
	fleet_text_title(t, "heard");
	fleet_text_count(t, f->num_now[NOW_HEARD], " gateway", " gateways");
	text_put(t, f->newest_us > INT64_MIN ? " up to " : "");
	if (f->newest_us > INT64_MIN)
		people_write_moment(text_room(t, 40), f->newest_us);
	for (unsigned now = NOW_STOPPED; now <= NOW_ABSENT; now++) {
		if (f->num_now[now] == 0)
			continue;
		text_put(t, "; ");
		people_write_number(text_room(t, 32), f->num_now[now]);
		text_put(t, " ");
		text_put(t, fleet_now_name((enum standing_now)now));
	}
	text_put(t, "\n");
	fleet_text_title(t, "policy");
	if (f->num_policies == 0) {
		text_put(t, "no log names one\n");
	} else {
		plain_text(t, bytes_first(bytes_text(f->policy), 16), SIZE_MAX);
		text_put(t, " at ");
		fleet_text_count(t, f->num_with_policy, " gateway", " gateways");
		if (f->num_another > 0) {
			text_put(t, "; ");
			fleet_text_count(t, f->num_another, " runs another", " run others");
		}
		text_put(t, "\n");
		if (f->policy_said != NULL)
			policy_words_put(t, bytes_text(f->policy_said), f->policy_left_out);
	}
}

void fleet_write_text(struct text *t, const struct fleet *f, bool color)
{
	size_t columns = name_columns(f);

	fleet_text_put_cell(t, BYTES("gateway"), columns);
	text_put(t, "log                 records  missing            gaps  unseen  policy    ");
	fleet_text_put_cell(t, BYTES("last heard"), heard_columns());
	text_put(t, "now       result\n");
	for (size_t i = 0; i < f->num; i++)
		put_row(t, &f->list[i], columns, color);
	for (size_t i = 0; i < f->num; i++)
		put_details(t, f, &f->list[i], color);
	text_put(t, "\n");
	fleet_text_put_sums(t, f);
	fleet_text_title(t, "result");
	text_put(t, color ? colors[f->soundness] : "");
	fleet_sentence(text_room(t, 512), f);
	text_put(t, color ? PLAIN "\n" : "\n");
}
