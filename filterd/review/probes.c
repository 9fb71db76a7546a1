/* SPDX-License-Identifier: MIT */

#include "review/probes.h"

#include "review/sum.h"
#include "review/words.h"

void probes_add(struct probes *p, const struct entry *e)
{
	sum_add(&p->num, e->count);
	if (entry_is_blocked(e))
		sum_add(&p->num_blocked, e->count);
	if (e->has_time && e->time_us > p->last_us)
		p->last_us = e->time_us;
}

void probes_write(struct writer *w, const struct probes *p)
{
	if (p->num == 0)
		return;
	write_words(w, "{} probe[s]", p->num);
	if (p->last_us > 0)
		write_words(w, p->num == 1 ? ", at {}" : ", the last at {}",
		            word_moment(p->last_us));
	if (p->num == p->num_blocked)
		write_text(w, p->num == 1 ? ", blocked" : ", all blocked");
	else
		write_words(w, ", {} not blocked", p->num - p->num_blocked);
}
