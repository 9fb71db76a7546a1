/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REPORT_CHART_H
#define FILTERD_REPORT_CHART_H

/*
 * Chart: drawings of a report, as SVG inside the page. Colours are the page's (report_style.c),
 * which handles dark, light and print; each drawing has a title and a sentence for people who do
 * not see it.
 */

#include "base/text.h"
#include "report/report.h"

/* Once in a page, before all other drawings: the hatching for days without records. */
void chart_hatch(struct text *t);

/* distinct devices a day: the line to drive to zero */
void chart_devices(struct text *t, const struct report *r);
void chart_attempts(struct text *t, const struct report *r);    /* attempts a day */
/* attempts by day and hour; of long periods by weekday and hour */
void chart_hours(struct text *t, const struct report *r);
/* a bar of the period with its gaps */
void chart_coverage(struct text *t, const struct report *r);

/* the mark at the first day of prohibition */
#define CHART_DATE "in force"

#endif
