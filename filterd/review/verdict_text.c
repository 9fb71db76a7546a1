/* SPDX-License-Identifier: MIT */

#include "review/verdict.h"

#include "base/plain.h"
#include "review/people.h"
#include "review/policy_words.h"
#include "review/words.h"

#define FINDINGS_SHOWN 20       /* findings of each kind; nobody reads more */
#define GAPS_SHOWN     20
#define NAME_COLUMNS   512      /* of a terminal; the longest name of a log */

#define RED   "\x1b[1;31m"
#define GREEN "\x1b[1;32m"
#define AMBER "\x1b[1;33m"
#define PLAIN "\x1b[0m"

static void verdict_text_write_log(struct text *t, const struct verify *v,
                                   const struct verdict_context *c)
{
	text_put(t, "log       ");
	plain_text(t, bytes_text(v->seals.root.origin[0] != '\0' ? v->seals.root.origin : c->log),
	           NAME_COLUMNS);
	if (!v->seals.root_given)
		text_put(t, "\n          its key is only the log's own word; give the one you "
		            "keep: --key");
	if (v->has_records)
		text_words(t, "\nrecords   {} - {}", v->first_seq, v->last_seq);
	else
		text_put(t, "\nrecords   none");
	text_words(t, " in {} file[s], {}\n", c->num_files, word_size(v->bytes));
}

static void write_chain(struct text *t, const struct verify *v, const struct verdict_context *c)
{
	const struct anchor_known *newest = v->anchors != NULL ? anchors_newest(v->anchors) : NULL;

	if (v->num_breaks == 0)
		text_put(t, "chain     unbroken\n");
	else
		text_words(t, "chain     broken in {} place[s]\n", v->num_breaks);
	text_words(t, "signed    {} record[s]", v->seals.num_signed);
	if (v->seals.num_signed > 0) {
		text_words(t, ", the newest at {}", word_moment(v->signed_us));
		if (c->now_us != INT64_MAX && c->now_us >= v->signed_us)
			text_words(t, ", {} ago", word_span(c->now_us - v->signed_us));
	}
	text_words(t, "; {} key[s]\n", v->seals.num_keys);
	if (v->anchors == NULL) {
		text_put(t, "anchors   none given; with notes kept elsewhere (--anchors) a cut or "
		            "rewritten end would show\n");
		return;
	}
	text_words(t, "anchors   {} of {} agree", v->anchors->num_agreed,
	           v->anchors->num - v->anchors->num_forged);
	if (newest != NULL)
		text_words(t, ", the newest is record {}", newest->seq);
	text_put(t, "\n");
	if (v->anchors->num_forged > 0)
		text_words(t,
		           "          {} more [is|are] forged: the key[ that it names|s that they "
		           "name] did not sign [it|them]\n",
		           v->anchors->num_forged);
}

static void write_counts(struct text *t, const struct verify *v)
{
	uint64_t wrong = v->findings.num_kinds[FINDING_COUNT];

	text_words(t, "counts    {} attempt[s]; ", v->attempts);
	if (v->probes.num > 0) {
		probes_write(text_room(t, PROBES_TEXT_MAX), &v->probes);
		text_put(t, "; ");
	}
	if (wrong > 0)
		text_words(t, "{} of {} sums do not agree", wrong, v->num_checked);
	else
		text_words(t, "{} sum[ agrees|s agree]", v->num_checked);
	if (v->late > 0)
		text_words(t,
		           "; {} record[ was|s were] counted only, as the log could not be written",
		           v->late);
	text_put(t, "\n");
}

static void verdict_text_write_gap(struct text *t, const struct gap *g, bool color)
{
	uint8_t       room[40];
	struct writer span = writer_over(room, sizeof(room));

	people_write_span(&span, g->length_us);
	text_words(t, "            {}  ", word_moment(g->from_us));
	plain_column(t, writer_written(&span), 13);
	plain_column(t, bytes_text(gap_kind_name(g->kind)), 17);
	text_put(t, color && g->packets > 0 ? AMBER : "");
	verdict_write_passed(text_room(t, 64), g);
	text_put(t, color && g->packets > 0 ? PLAIN "\n" : "\n");
}

static void write_active(struct text *t, const struct verify *v, const struct verdict_context *c)
{
	const struct coverage *cov  = &v->coverage;
	uint64_t               left = cov->num_gaps;
	int64_t                step = cov->largest_step_us;

	if (!cov->has_span) {
		text_put(t, "active    nothing is known\n");
		return;
	}
	text_words(t, "active    {} of {} ({}); ", word_span(cov->span_us - cov->gaps_us),
	           word_span(cov->span_us), word_percent(coverage_ppm(cov)));
	if (cov->hooks_unknown_us > 0)
		text_words(t, "for {} of it nobody knows of the rules; ",
		           word_span(cov->hooks_unknown_us));
	text_words(t, "{} gap[s]\n", cov->num_gaps);
	for (uint64_t i = 0; i < cov->num_kept && i < GAPS_SHOWN; i++, left--)
		verdict_text_write_gap(t, &cov->gaps[i], c->color);
	if (left > 0)
		text_words(t, "            and {} more: filterctl audit coverage\n", left);
	text_put(t, "coverage  ");
	met_write(text_room(t, 256), &cov->met);
	text_put(t, "\n");
	if (cov->num_hooks_unknown > 0)
		text_words(t,
		           "rules     {} record[s] cannot tell whether they were in the kernel; "
		           "the time around [it|them] counts as active\n",
		           cov->num_hooks_unknown);
	if (cov->num_clock_steps > 0)
		text_words(t, "clock     was set {} time[s], at most by {} {}\n",
		           cov->num_clock_steps, word_span(step < 0 ? -step : step),
		           step < 0 ? "back" : "forward");
}

static void write_policies(struct text *t, const struct coverage *c)
{
	struct bytes before = { 0 };

	for (size_t i = 0; i < c->num_policies; i++) {
		const struct policy_seen *p    = &c->policies[i];
		struct bytes              said = coverage_said(c, p);

		text_words(t, "{}{} from {}\n", i == 0 ? "policy    " : "          ",
		           bytes_first(bytes_text(p->digest), 16), word_moment(p->from_us));
		/* The same title and rule, with another list: print them once. */
		if (!bytes_equal(said, before))
			policy_words_put(t, said, p->left_out);
		before = said;
	}
}

void verdict_write_finding(struct text *t, const struct finding *f, bool color)
{
	text_put(t, !color ? "" : finding_is_damage(f->kind) ? RED : AMBER);
	plain_column(t, bytes_text(finding_name(f->kind)), 10);
	text_put(t, color ? PLAIN : "");
	if (f->kind == FINDING_MISSING || f->kind == FINDING_TRUNCATED ||
	    f->kind == FINDING_PRUNED || f->kind == FINDING_OTHER) {
		if (f->to != f->from)
			text_words(t, "{} - ", f->from);
		text_words(t, "{}: ", f->to);
	}
	text_words(t, "{}\n", f->text);
}

static void write_findings(struct text *t, const struct verify *v, bool color)
{
	uint64_t shown[FINDING_KINDS] = { 0 };

	for (size_t i = 0; i < v->findings.num; i++) {
		const struct finding *f = &v->findings.list[i];

		if (f->kind == FINDING_GAP || ++shown[f->kind] > FINDINGS_SHOWN)
			continue;
		verdict_write_finding(t, f, color);
	}
	for (unsigned kind = 0; kind < FINDING_KINDS; kind++) {
		if (kind == FINDING_GAP || v->findings.num_kinds[kind] <= FINDINGS_SHOWN)
			continue;
		plain_column(t, bytes_text(finding_name(kind)), 10);
		text_words(t, "and {} more of these\n",
		           v->findings.num_kinds[kind] - FINDINGS_SHOWN);
	}
}

void verdict_write_result(struct text *t, enum soundness soundness, const char *words, bool color)
{
	static const char *const colors[] = { [SOUND_COMPLETE] = GREEN, [SOUND_DECLARED] = AMBER,
	                                      [SOUND_NOT] = RED };

	text_put(t, color ? colors[soundness] : "");
	text_put(t, words);
	text_put(t, color ? PLAIN "\n" : "\n");
}

void verdict_write_text(struct text *t, const struct verify *v, const struct verdict_context *c)
{
	char          sentence[1024] = "";
	struct writer w              = writer_over(sentence, sizeof(sentence) - 1);

	verdict_text_write_log(t, v, c);
	write_chain(t, v, c);
	if (v->num_noise > 0)
		text_words(t,
		           "noise     {} line[ hangs|s hang] on no record of this log, and "
		           "[was|were] left out\n",
		           v->num_noise);
	write_counts(t, v);
	write_active(t, v, c);
	write_policies(t, &v->coverage);
	write_findings(t, v, c->color);
	text_put(t, "result    ");
	verdict_sentence(&w, v);
	verdict_write_result(t, v->findings.soundness, sentence, c->color);
}
