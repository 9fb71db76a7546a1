/* SPDX-License-Identifier: MIT */

/* filterctl audit coverage: the times when the filter was at work. */

#include "ctl/audit/pass.h"
#include "ctl/audit/show.h"
#include "ctl/audit/verbs.h"
#include "present/covered.h"
#include "review/words.h"

#include <stdio.h>

static const char usage[] = "usage: filterctl audit coverage [OPTION]... [LOG]...\n"
			    "\n"
			    "When the filter was at work, and when not: each gap with its reason "
			    "and its number of unseen packets.\n"
			    "\n"
			    "  filterctl audit coverage --since \"last month\"\n"
			    "\n"
			    "Exit status: 0 no gaps; 1 gaps that the log declares; 2 the log is "
			    "not sound (filterctl audit verify says why);\n"
			    "64 wrong usage; 74 it cannot be read.\n";

static bool is_within(const struct audit_options *o, const struct gap *g)
{
	return g->to_us >= o->since_us && g->from_us < o->until_us;
}

static void say_sum(const struct coverage *c)
{
	uint8_t       room[512];
	struct writer w = writer_over(room, sizeof(room));

	write_words(&w, "{} to {}: at work {} of the time, {} gap[s]", word_moment(c->from_us),
	            word_moment(c->to_us), word_percent(coverage_ppm(c)), c->num_gaps);
	if (c->unfiltered_known)
		write_words(&w, ", {} packet[s] passed unseen{}\n", c->unfiltered,
		            coverage_num_uncounted(c) > 0 ? " where they were counted" : "");
	else
		write_text(&w, ", what passed in them was not counted\n");
	met_write(&w, &c->met);
	write_text(&w, "\n");
	fwrite(room, 1, w.len, stdout);
}

static int audit_coverage_print(const struct audit_options *o, const struct coverage *c)
{
	struct sheet s = covered_gaps(false);

	sheet_leave_out(&s, "note");
	if (o->format == FORMAT_TEXT && c->has_span)
		say_sum(c);
	for (uint64_t i = 0; i < c->num_kept; i++) {
		if (is_within(o, &c->gaps[i]))
			covered_put_gap(&s, BYTES(""), &c->gaps[i], c->gaps[i].from_us,
			                c->gaps[i].to_us);
	}
	if (c->num_gaps > c->num_kept)
		complain(0, o->who, "and %llu more gaps, not listed",
		         (unsigned long long)(c->num_gaps - c->num_kept));
	return show_sheet(o, &s);
}

int audit_coverage(int argc, char **argv)
{
	static const struct audit_own own = { .usage = usage };
	struct audit_options o;
	struct pass          pass;
	struct entry         e;
	int                  status;

	if (!audit_options_read(argc, argv, &own, &o, &status))
		return status;
	pass_open(&o, &pass);
	while (pass_next(&pass, &e))
		;
	status = pass.status;
	if (status == 0 && !pass_is_one(&pass))
		status = EXIT_USAGE;
	else if (status == 0)
		status = audit_coverage_print(&o, &pass.verify->coverage);
	if (status == 0)
		status = pass.verify->findings.soundness == SOUND_NOT
		                 ? SOUND_NOT
		                 : pass.verify->coverage.num_gaps > 0;
	pass_free(&pass);
	return status;
}
