/* SPDX-License-Identifier: MIT */

#include "review/met.h"

#include "review/words.h"

static uint64_t met_sum(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

/* Missed connections are among those that met the queue. A log that contradicts gives 0. */
static uint64_t met_missed(const struct entry *e)
{
	return e->missed < e->met ? e->missed : e->met;
}

uint64_t met_around(const struct entry *e)
{
	return e->has_met ? met_sum(e->around, met_missed(e)) : 0;
}

void met_add(struct met *m, const struct entry *e)
{
	if (e->type != ENTRY_HEARTBEAT)
		return;
	m->num_told   += e->has_met;
	m->num_untold += !e->has_met;
	if (!e->has_met)
		return;
	m->looked_at = met_sum(m->looked_at, e->met - met_missed(e));
	m->of        = met_sum(m->of, met_sum(e->met, e->around));
	m->left_out  = met_sum(m->left_out, e->left_out);
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
		            met_sum(m->num_told, m->num_untold));
}
