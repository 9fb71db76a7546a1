/* SPDX-License-Identifier: MIT */

#include "ctl/audit/counted.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

static const char help_end[] = "\n"
			       "Attempts are counted: blocked; observed (they passed, before the "
			       "date or while filterd only observed); waived\n"
			       "(they passed by a waiver); watched (hosts that a policy only "
			       "records).\n"
			       "\n"
			       "Exit status: 0; 2 the log is not sound (filterctl audit verify "
			       "says why); 64 wrong usage; 74 it cannot be read.\n";

static int counted_count(const struct audit_options *o, struct counted *c)
{
	struct entry e;
	uint64_t     seed = 1;
	int          status;

	*c = (struct counted){ 0 };
	if (getrandom(&seed, sizeof(seed), 0) < 0)
		seed = (uint64_t)o->now_us;
	c->totals = totals_new(o->since_us, o->until_us, seed);
	if (c->totals == NULL)
		return given_say_memory(o);
	pass_open(o, &c->pass);
	while (pass_next(&c->pass, &e))
		totals_add(c->totals, &e);
	status    = c->pass.status;
	c->end_us = status != 0 ? 0 : c->pass.is_live ? o->now_us : c->pass.verify->coverage.to_us;
	if (o->until_us < c->end_us)
		c->end_us = o->until_us;
	return status;
}

static void clear(struct counted *c)
{
	pass_free(&c->pass);
	totals_free(c->totals);
}

static int say_soundness(const struct audit_options *o, const struct counted *c, int status)
{
	int unsound;

	if (o->format == FORMAT_TEXT && rows_num(&c->totals->devices) == 0 &&
	    c->pass.verify->has_records)
		puts("no attempts in this time");
	if (o->format == FORMAT_TEXT && c->totals->undetailed > 0)
		printf("and %llu attempts known only by number, as the log could not be written\n",
		       (unsigned long long)c->totals->undetailed);
	unsound = pass_say_unsound(&c->pass);
	return status != 0 ? status : unsound;
}

int counted_verb(int argc, char **argv, const struct counted_verb *v)
{
	const struct audit_own own = { .usage = v->usage, .usage_end = help_end,
	                               .options = v->options };
	struct audit_options   o;
	struct counted         c;
	int                    status;

	if (!audit_options_read(argc, argv, &own, &o, &status))
		return status;
	status = v->check != NULL ? v->check(v->owner, &o) : 0;
	if (status != 0)
		return status;
	status = counted_count(&o, &c);
	if (status == 0)
		status = say_soundness(&o, &c, v->print(v->owner, &o, &c));
	clear(&c);
	return status;
}
