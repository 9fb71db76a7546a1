/* SPDX-License-Identifier: MIT */

#include "review/verdict.h"

#include "base/plain.h"
#include "review/people.h"
#include "review/policy_words.h"

#include <string.h>

#define FINDINGS_SHOWN 20       /* of each kind; a person reads no more */
#define GAPS_SHOWN     20
#define NAME_COLUMNS   512      /* of a terminal; as long as the name of a log may be */

#define RED   "\x1b[1;31m"
#define GREEN "\x1b[1;32m"
#define AMBER "\x1b[1;33m"
#define PLAIN "\x1b[0m"
static void verdict_text_number(struct text *t, uint64_t n)
{
	people_write_number(text_room(t, 32), n);
}

static void time(struct text *t, int64_t us)
{
	people_write_moment(text_room(t, 40), us);
}

static void span(struct text *t, int64_t us)
{
	people_write_span(text_room(t, 32), us);
}

static void verdict_text_title(struct text *t, const char *name)
{
	struct writer *w = text_room(t, 64);

	write_text(w, name);
	for (size_t len = strlen(name); len < 10; len++)
		write_text(w, " ");
}

static void verdict_text_write_log(struct text *t, const struct verify *v,
                                   const struct verdict_context *c)
{
	verdict_text_title(t, "log");
	plain_text(t, bytes_text(v->seals.root.origin[0] != '\0' ? v->seals.root.origin : c->log),
	           NAME_COLUMNS);
	if (!v->seals.root_given)
		text_put(t, "\n          its key is only the log's own word; give the one you "
		            "keep: --key");
	text_put(t, "\n");
	verdict_text_title(t, "records");
	if (v->has_records) {
		verdict_text_number(t, v->first_seq);
		text_put(t, " - ");
		verdict_text_number(t, v->last_seq);
		text_put(t, " in ");
	} else {
		text_put(t, "none in ");
	}
	verdict_text_number(t, c->num_files);
	text_put(t, c->num_files == 1 ? " file, " : " files, ");
	people_write_bytes(text_room(t, 32), v->bytes);
	text_put(t, "\n");
}

static void write_chain(struct text *t, const struct verify *v, const struct verdict_context *c)
{
	const struct anchor_known *newest = v->anchors != NULL ? anchors_newest(v->anchors) : NULL;

	verdict_text_title(t, "chain");
	if (v->num_breaks == 0) {
		text_put(t, "unbroken\n");
	} else {
		text_put(t, "broken in ");
		verdict_text_number(t, v->num_breaks);
		text_put(t, v->num_breaks == 1 ? " place\n" : " places\n");
	}
	verdict_text_title(t, "signed");
	verdict_text_number(t, v->seals.num_signed);
	text_put(t, v->seals.num_signed == 1 ? " record" : " records");
	if (v->seals.num_signed > 0) {
		text_put(t, ", the newest at ");
		time(t, v->signed_us);
		if (c->now_us != INT64_MAX && c->now_us >= v->signed_us) {
			text_put(t, ", ");
			span(t, c->now_us - v->signed_us);
			text_put(t, " ago");
		}
	}
	text_put(t, "; ");
	verdict_text_number(t, v->seals.num_keys);
	text_put(t, v->seals.num_keys == 1 ? " key\n" : " keys\n");
	verdict_text_title(t, "anchors");
	if (v->anchors == NULL) {
		text_put(t, "none given; with notes kept elsewhere (--anchors) a cut or rewritten "
		            "end would show\n");
		return;
	}
	verdict_text_number(t, v->anchors->num_agreed);
	text_put(t, " of ");
	verdict_text_number(t, v->anchors->num - v->anchors->num_forged);
	text_put(t, " agree");
	if (newest != NULL) {
		text_put(t, ", the newest is record ");
		verdict_text_number(t, newest->seq);
	}
	text_put(t, "\n");
	if (v->anchors->num_forged > 0) {
		verdict_text_title(t, "");
		verdict_text_number(t, v->anchors->num_forged);
		text_put(t,
		         v->anchors->num_forged == 1
		                 ? " more is forged: the key that it names did not sign it\n"
		                 : " more are forged: the keys that they name did not sign them\n");
	}
}

static void write_noise(struct text *t, uint64_t num)
{
	if (num == 0)
		return;
	verdict_text_title(t, "noise");
	verdict_text_number(t, num);
	text_put(t, num == 1 ? " line hangs on no record of this log, and was left out\n"
	                     : " lines hang on no record of this log, and were left out\n");
}

static void write_counts(struct text *t, const struct verify *v)
{
	uint64_t wrong = v->findings.num_kinds[FINDING_COUNT];

	verdict_text_title(t, "counts");
	verdict_text_number(t, v->attempts);
	text_put(t, v->attempts == 1 ? " attempt; " : " attempts; ");
	if (v->probes.num > 0) {
		probes_write(text_room(t, PROBES_TEXT_MAX), &v->probes);
		text_put(t, "; ");
	}
	if (wrong > 0) {
		verdict_text_number(t, wrong);
		text_put(t, " of ");
	}
	verdict_text_number(t, v->num_checked);
	text_put(t, wrong > 0             ? " sums do not agree"
	            : v->num_checked == 1 ? " sum agrees"
	                                  : " sums agree");
	if (v->late > 0) {
		text_put(t, "; ");
		verdict_text_number(t, v->late);
		text_put(t,
		         v->late == 1
		                 ? " record was counted only, as the log could not be written"
		                 : " records were counted only, as the log could not be written");
	}
	text_put(t, "\n");
}

static void verdict_text_write_gap(struct text *t, const struct gap *g, bool color)
{
	struct writer span_text;
	uint8_t       room[40];

	text_put(t, "            ");
	time(t, g->from_us);
	span_text = writer_over(room, sizeof(room));
	people_write_span(&span_text, g->length_us);
	text_put(t, "  ");
	text_bytes(t, writer_written(&span_text));
	for (size_t len = span_text.len; len < 11; len++)
		text_put(t, " ");
	text_put(t, "  ");
	text_put(t, gap_kind_name(g->kind));
	for (size_t len = strlen(gap_kind_name(g->kind)); len < 17; len++)
		text_put(t, " ");
	if (color && g->packets > 0)
		text_put(t, AMBER);
	verdict_write_passed(text_room(t, 64), g);
	text_put(t, color && g->packets > 0 ? PLAIN "\n" : "\n");
}

static void write_active(struct text *t, const struct verify *v, const struct verdict_context *c)
{
	const struct coverage *cov  = &v->coverage;
	uint64_t               left = cov->num_gaps;

	verdict_text_title(t, "active");
	if (!cov->has_span) {
		text_put(t, "nothing is known\n");
		return;
	}
	span(t, cov->span_us - cov->gaps_us);
	text_put(t, " of ");
	span(t, cov->span_us);
	text_put(t, " (");
	people_write_percent(text_room(t, 32), coverage_ppm(cov));
	text_put(t, "); ");
	if (cov->hooks_unknown_us > 0) {
		text_put(t, "for ");
		span(t, cov->hooks_unknown_us);
		text_put(t, " of it nobody knows of the rules; ");
	}
	verdict_text_number(t, cov->num_gaps);
	text_put(t, cov->num_gaps == 1 ? " gap\n" : " gaps\n");
	for (uint64_t i = 0; i < cov->num_kept && i < GAPS_SHOWN; i++, left--)
		verdict_text_write_gap(t, &cov->gaps[i], c->color);
	if (left > 0) {
		text_put(t, "            and ");
		verdict_text_number(t, left);
		text_put(t, " more: filterctl audit coverage\n");
	}
	verdict_text_title(t, "coverage");
	met_write(text_room(t, 256), &cov->met);
	text_put(t, "\n");
	if (cov->num_hooks_unknown > 0) {
		verdict_text_title(t, "rules");
		verdict_text_number(t, cov->num_hooks_unknown);
		text_put(t, cov->num_hooks_unknown == 1
		                    ? " record cannot tell whether they were in the kernel; the "
		                      "time around it counts as active\n"
		                    : " records cannot tell whether they were in the kernel; the "
		                      "time around them counts as active\n");
	}
	if (cov->num_clock_steps > 0) {
		verdict_text_title(t, "clock");
		text_put(t, "was set ");
		verdict_text_number(t, cov->num_clock_steps);
		text_put(t, cov->num_clock_steps == 1 ? " time" : " times");
		text_put(t, ", at most by ");
		span(t, cov->largest_step_us < 0 ? -cov->largest_step_us : cov->largest_step_us);
		text_put(t, cov->largest_step_us < 0 ? " back\n" : " forward\n");
	}
}

static void write_policies(struct text *t, const struct coverage *c)
{
	struct bytes before = { 0 };

	for (size_t i = 0; i < c->num_policies; i++) {
		const struct policy_seen *p    = &c->policies[i];
		struct bytes              said = coverage_said(c, p);

		verdict_text_title(t, i == 0 ? "policy" : "");
		plain_text(t, bytes_first(bytes_text(p->digest), 16), SIZE_MAX);
		text_put(t, " from ");
		time(t, p->from_us);
		text_put(t, "\n");
		/* Another list, and the rule is the same: once. */
		if (!bytes_equal(said, before))
			policy_words_put(t, said, p->left_out);
		before = said;
	}
}

static void write_findings(struct text *t, const struct verify *v, bool color)
{
	uint64_t shown[FINDING_KINDS] = { 0 };

	for (size_t i = 0; i < v->findings.num; i++) {
		const struct finding *f = &v->findings.list[i];

		if (f->kind == FINDING_GAP || ++shown[f->kind] > FINDINGS_SHOWN)
			continue;
		text_put(t, !color ? "" : finding_is_damage(f->kind) ? RED : AMBER);
		verdict_text_title(t, finding_name(f->kind));
		text_put(t, color ? PLAIN : "");
		if (f->kind == FINDING_MISSING || f->kind == FINDING_TRUNCATED ||
		    f->kind == FINDING_PRUNED || f->kind == FINDING_OTHER) {
			verdict_text_number(t, f->from);
			if (f->to != f->from) {
				text_put(t, " - ");
				verdict_text_number(t, f->to);
			}
			text_put(t, ": ");
		}
		plain_text(t, bytes_text(f->text), SIZE_MAX);
		text_put(t, "\n");
	}
	for (unsigned kind = 0; kind < FINDING_KINDS; kind++) {
		if (kind == FINDING_GAP || v->findings.num_kinds[kind] <= FINDINGS_SHOWN)
			continue;
		verdict_text_title(t, finding_name(kind));
		text_put(t, "and ");
		verdict_text_number(t, v->findings.num_kinds[kind] - FINDINGS_SHOWN);
		text_put(t, " more of these\n");
	}
}

void verdict_write_text(struct text *t, const struct verify *v, const struct verdict_context *c)
{
	static const char *const colors[] = { [SOUND_COMPLETE] = GREEN, [SOUND_DECLARED] = AMBER,
	                                      [SOUND_NOT] = RED };

	verdict_text_write_log(t, v, c);
	write_chain(t, v, c);
	write_noise(t, v->num_noise);
	write_counts(t, v);
	write_active(t, v, c);
	write_policies(t, &v->coverage);
	write_findings(t, v, c->color);
	verdict_text_title(t, "result");
	text_put(t, c->color ? colors[v->findings.soundness] : "");
	verdict_sentence(text_room(t, 1024), v);
	text_put(t, c->color ? PLAIN "\n" : "\n");
}
