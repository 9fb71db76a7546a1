/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REPORT_REPORT_HTML_H
#define FILTERD_REPORT_REPORT_HTML_H

/*
 * A report for people and programs: as one page of HTML without scripts or external resources, as
 * text, as CSV. All three say the same; the page contains the CSV.
 */

#include "base/text.h"
#include "report/answers.h"

/* An input file, and its SHA-256. */
struct report_file {
	const char *name;
	bool        has_hash;
	uint8_t     hash[32];
};

/* What the report says about itself. */
struct report_about {
	const char               *log;                  /* input files */
	const char               *version;
	int64_t                   made_us;
	const struct report_file *files;
	size_t                    num_files;
};

/* rows of a list in page and text; the CSV has all */
#define REPORT_LIST_SHOWN 100
#define REPORT_CSV_MAX    (4 << 20)             /* the most CSV that a page carries, in bytes */

void report_write_html(struct text *t, const struct report *r, const struct report_about *about);
void report_write_text(struct text *t, const struct report *r, const struct report_about *about);
void report_write_csv(struct text *t, const struct report *r, const struct report_about *about);

/* The parts of the page. */
void report_write_style(struct text *t);

/* The next section; ends the one before. */
void report_section(struct text *t, const char *id, const char *title);
void report_write_figures(struct text *t, const struct report *r);
void report_write_trend(struct text *t, const struct report *r);
void report_write_devices(struct text *t, const struct report *r);
void report_write_device_attempts(struct text *t, const struct report *r);
void report_write_waivers(struct text *t, const struct report *r);
void report_write_hosts(struct text *t, const struct report *r);
void report_write_gaps(struct text *t, const struct report *r);
void report_write_policies(struct text *t, const struct report *r);
void report_write_findings(struct text *t, const struct report *r);
void report_write_verification(struct text *t, const struct report *r,
                               const struct report_about *about);

/* Those of a fleet. */
void report_write_gateways(struct text *t, const struct fleet *f);
void report_write_fleet_policies(struct text *t, const struct fleet *f);
void report_write_fleet_sums(struct text *t, const struct fleet *f,
                             const struct report_about *about);

/* "and 12 more, in the CSV" */
void report_write_more(struct text *t, size_t shown, size_t all);

#endif
