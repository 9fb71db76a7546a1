/* SPDX-License-Identifier: MIT */

#include "review/verdict.h"

#include "review/words.h"

static const char *const damage_words[FINDING_KINDS] = {
	[FINDING_ALTERED]   = "{} record[s] altered",
	[FINDING_MISSING]   = "{} record[s] missing",
	[FINDING_ORDER]     = "records out of order in {} place[s]",
	[FINDING_SIGNATURE] = "{} signature[ does|s do] not hold",
	[FINDING_KEY]       = "signed by a foreign key in {} place[s]",
	[FINDING_UNSIGNED]  = "{} signature[s] missing",
	[FINDING_TRUNCATED] = "{} record[s] cut off",
	[FINDING_REWRITTEN] = "written anew in {} place[s]",
	[FINDING_FORK]      = "an old copy put back in {} place[s]",
	[FINDING_COUNT]     = "the number of attempts is wrong in {} place[s]",
};

/*
 * MISSING and TRUNCATED count the records they name; any other finding counts one, even if it was
 * not kept.
 */
static uint64_t num_records(const struct verify *v, enum finding_kind kind)
{
	uint64_t num = 0;

	if (kind != FINDING_MISSING && kind != FINDING_TRUNCATED)
		return v->findings.num_kinds[kind];
	for (size_t i = 0; i < v->findings.num; i++) {
		const struct finding *f = &v->findings.list[i];

		if (f->kind == kind)
			num += f->to - f->from + 1;
	}
	return num;
}

void verdict_write_damage(struct writer *w, const struct verify *v)
{
	const char *before = "";

	for (unsigned kind = 0; kind < FINDING_KINDS; kind++) {
		uint64_t num = finding_is_damage(kind) ? num_records(v, kind) : 0;

		if (num == 0)
			continue;
		write_text(w, before);
		before = ", ";
		if (kind == FINDING_FOREIGN)
			write_text(w, "this is no log of filterd");
		else
			write_words(w, damage_words[kind], num);
	}
}

static void gaps_sentence(struct writer *w, const struct coverage *c)
{
	uint64_t uncounted = coverage_num_uncounted(c);

	write_words(w, "{} declared gap[s] of {}", c->num_gaps, word_span(c->gaps_us));
	if (!c->unfiltered_known || (c->unfiltered == 0 && uncounted == c->num_gaps))
		write_text(w, c->num_gaps == 1 ? "; what passed in it was not counted"
		                               : "; what passed in them was not counted");
	else if (c->unfiltered == 0 && uncounted > 0)
		write_words(w, "; nothing passed where it was counted, and {} [was|were] not",
		            uncounted);
	else if (c->unfiltered == 0)
		write_text(w, c->num_gaps == 1 ? ", nothing passed in it"
		                               : ", nothing passed in them");
	else
		write_words(w, "; {} packet[s] passed unseen", c->unfiltered);
	if (c->met.looked_at < c->met.of) {
		write_text(w, "; ");
		met_write(w, &c->met);
	}
}

/*
 * The statement about the undamaged part, as far as signatures confirm it: after the last one,
 * anybody who can write the file may have added lines.
 */
static void begin_sentence(struct writer *w, const struct verify *v, bool tail, bool stop)
{
	if (tail)
		write_words(w,
		            "unaltered up to record {}; no signature vouches for the {} record[s] "
		            "behind it",
		            v->last_seq - v->unsigned_tail, v->unsigned_tail);
	else if (stop)
		write_words(w, "complete up to its stop at {}", word_moment(v->last_us));
	else
		write_text(w, "unaltered");
}

void verdict_sentence(struct writer *w, const struct verify *v)
{
	static const struct { enum finding_kind kind; const char *words; } declared[] = {
		{ FINDING_PARTIAL, "its last line is torn" },
		{ FINDING_PRUNED, "its beginning was deleted as the settings say" },
		{ FINDING_LOST, "another log was put away before it began" },
		{ FINDING_OTHER, "another log is among its files" },
		{ FINDING_ENDS, "its lines end in CR LF" },
	};
	bool open = v->findings.num_kinds[FINDING_OPEN] > 0,
	     tail = open && v->unsigned_tail > 0, stop = open && !tail && v->ends_with_stop;

	if (v->findings.soundness == SOUND_COMPLETE) {
		write_text(w, "complete and unaltered");
		return;
	}
	if (v->findings.soundness == SOUND_NOT) {
		write_text(w, "NOT sound: ");
		verdict_write_damage(w, v);
		return;
	}
	begin_sentence(w, v, tail, stop);
	if (v->coverage.num_gaps > 0) {
		write_text(w, "; ");
		gaps_sentence(w, &v->coverage);
	}
	if (open && !tail)
		write_text(w, stop ? "; nothing vouches that nothing came after"
		                   : "; its end is open");
	for (size_t i = 0; i < COUNT(declared); i++) {
		if (v->findings.num_kinds[declared[i].kind] == 0)
			continue;
		write_text(w, "; ");
		write_text(w, declared[i].words);
	}
}

void verdict_write_passed(struct writer *w, const struct gap *g)
{
	if (g->kind == GAP_LOG)
		write_text(w, "blocked and counted meanwhile");
	else if (g->around > 0 && g->packets == 0)
		write_words(w, "{} connection[s] went around", g->around);
	else if (!g->packets_known)
		write_text(w, "packets not counted");
	else
		write_words(w, "{} packet[s] passed unseen", g->packets);
}
