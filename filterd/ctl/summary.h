/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_SUMMARY_H
#define FILTERD_CTL_SUMMARY_H

/* Summary: events added up by host, layer and what became of them, as a table. */

#include "audit/event.h"

struct summary;

struct summary *summary_new(void);
void            summary_free(struct summary *s);

/* False, with a word on stderr, without memory. */
bool summary_add(struct summary *s, const struct event *e);

/* Blocked first, then by count; a line of totals last. */
void summary_print(const struct summary *s, const char *capture);

#endif
