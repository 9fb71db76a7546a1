/* SPDX-License-Identifier: MIT */

#include "review/met.h"

#include "review/sum.h"
#include "review/words.h"

/* Missed connections are among those that met the queue. A log that contradicts this gives 0. */
static uint64_t met_missed(const struct entry *e)
{
	return e->missed < e->met ? e->missed : e->met;
}

uint64_t met_around(const struct entry *e)
{
	uint64_t around = e->around;

	sum_add(&around, met_missed(e));
	return e->has_met ? around : 0;
}

void met_add(struct met *m, const struct entry *e)
{
	if (e->type != ENTRY_HEARTBEAT)
		return;
	m->num_told   += e->has_met;
	m->num_untold += !e->has_met;
	if (!e->has_met)
		return;
	sum_add(&m->looked_at, e->met - met_missed(e));
	sum_add(&m->of, e->met);
	sum_add(&m->of, e->around);
	sum_add(&m->left_out, e->left_out);
}

void met_write(struct writer *w, const struct met *m)
{
	if (m->num_told == 0) {
		write_text(w, "new connections were not counted");
		return;
	}
	if (m->of == 0)
		write_text(w, "no new connection was to be looked at");
	else
		write_words(w, "looked at {} of {} new connection[s]", m->looked_at, m->of);
	if (m->left_out > 0)
		write_words(w, "; {} of interfaces that are left out", m->left_out);
	if (m->num_untold > 0)
		write_words(w, "; not counted in {} of {} heartbeats", m->num_untold,
		            m->num_told + m->num_untold);
}
