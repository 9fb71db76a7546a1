/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_PRESENT_COVERED_H
#define FILTERD_PRESENT_COVERED_H

/* Covered: the gaps and the findings of a log, as sheets. */

#include "present/sheet.h"
#include "review/coverage.h"
#include "review/findings.h"

/*
 * covered_gaps    - a sheet without rows. of_many: of many gateways.
 * covered_put_gap - Takes: gateway, empty if there is only one; the part of it to show.
 */
struct sheet covered_gaps(bool of_many);
void covered_put_gap(struct sheet *s, struct bytes gateway, const struct gap *g, int64_t from_us,
                     int64_t to_us);

/* The same for findings; `record` is "100" or "100-109". */
struct sheet covered_findings(bool of_many);
void covered_put_finding(struct sheet *s, struct bytes gateway, const struct finding *f);

#endif
