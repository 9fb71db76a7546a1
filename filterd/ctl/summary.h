/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_SUMMARY_H
#define FILTERD_CTL_SUMMARY_H

/* Summary: counts events by host, layer and outcome, as a table. */

#include "audit/event.h"

struct summary;

struct summary *summary_new(void);
void            summary_free(struct summary *s);

/* False, with a message on stderr: out of memory. */
bool summary_add(struct summary *s, const struct event *e);

/* Blocked ones first, then by count; a line of totals at the end. */
void summary_print(const struct summary *s, const char *capture);

#endif
