/* SPDX-License-Identifier: MIT */

#include "review/verdict.h"

#include "review/people.h"

/* How the kinds of damage are counted in a sentence: before the number, behind one, behind more. */
static const struct { const char *before, *one, *more; } damage_words[FINDING_KINDS] = {
	[FINDING_ALTERED]   = { "", " record altered", " records altered" },
	[FINDING_MISSING]   = { "", " record missing", " records missing" },
	[FINDING_ORDER]     = { "records out of order in ", " place", " places" },
	[FINDING_SIGNATURE] = { "", " signature does not hold", " signatures do not hold" },
	[FINDING_KEY]       = { "signed by a foreign key in ", " place", " places" },
	[FINDING_UNSIGNED]  = { "", " signature missing", " signatures missing" },
	[FINDING_TRUNCATED] = { "", " record cut off", " records cut off" },
	[FINDING_REWRITTEN] = { "written anew in ", " place", " places" },
	[FINDING_FORK]      = { "an old copy put back in ", " place", " places" },
	[FINDING_COUNT]     = { "the number of attempts is wrong in ", " place", " places" },
};

/*
 * MISSING and TRUNCATED stand for as many records as they name, others for one, also those that are
 * counted and not kept.
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
		if (kind == FINDING_FOREIGN) {
			write_text(w, "this is no log of filterd");
			continue;
		}
		write_text(w, damage_words[kind].before);
		people_write_number(w, num);
		write_text(w, num == 1 ? damage_words[kind].one : damage_words[kind].more);
	}
}

static void gaps_sentence(struct writer *w, const struct coverage *c)
{
	uint64_t uncounted = coverage_num_uncounted(c);

	people_write_number(w, c->num_gaps);
	write_text(w, c->num_gaps == 1 ? " declared gap of " : " declared gaps of ");
	people_write_span(w, c->gaps_us);
	if (!c->unfiltered_known || (c->unfiltered == 0 && uncounted == c->num_gaps)) {
		write_text(w, c->num_gaps == 1 ? "; what passed in it was not counted"
		                               : "; what passed in them was not counted");
	} else if (c->unfiltered == 0 && uncounted > 0) {
		write_text(w, "; nothing passed where it was counted, and ");
		people_write_number(w, uncounted);
		write_text(w, uncounted == 1 ? " was not" : " were not");
	} else if (c->unfiltered == 0) {
		write_text(w, c->num_gaps == 1 ? ", nothing passed in it"
		                               : ", nothing passed in them");
	} else {
		write_text(w, "; ");
		people_write_number(w, c->unfiltered);
		write_text(w,
		           c->unfiltered == 1 ? " packet passed unseen" : " packets passed unseen");
	}
	if (c->met.looked_at < c->met.of) {
		write_text(w, "; ");
		met_write(w, &c->met);
	}
}

/* Behind the last signature whoever can write the file may add what he likes. */
static void unsigned_sentence(struct writer *w, const struct verify *v)
{
	write_text(w, "unaltered up to record ");
	people_write_number(w, v->last_seq - v->unsigned_tail);
	write_text(w, "; no signature vouches for the ");
	people_write_number(w, v->unsigned_tail);
	write_text(w, v->unsigned_tail == 1 ? " record behind it" : " records behind it");
}

/* What is said of all that is not damaged: as far as something vouches for it. */
static void begin_sentence(struct writer *w, const struct verify *v, bool tail, bool stop)
{
	if (tail) {
		unsigned_sentence(w, v);
	} else if (stop) {
		write_text(w, "complete up to its stop at ");
		people_write_moment(w, v->last_us);
	} else {
		write_text(w, "unaltered");
	}
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
	if (g->kind == GAP_LOG) {
		write_text(w, "blocked and counted meanwhile");
	} else if (g->around > 0 && g->packets == 0) {
		people_write_number(w, g->around);
		write_text(w, g->around == 1 ? " connection went around"
		                             : " connections went around");
	} else if (!g->packets_known) {
		write_text(w, "packets not counted");
	} else {
		people_write_number(w, g->packets);
		write_text(w, g->packets == 1 ? " packet passed unseen" : " packets passed unseen");
	}
}
