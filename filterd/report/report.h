/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REPORT_REPORT_H
#define FILTERD_REPORT_REPORT_H

/*
 * Report: what an auditor asks about a period of a log, gathered in one pass: the attempts of the
 * period and of the one before it, whether the filter was at work, and the state of each device.
 * report_html.h and its neighbours write pages, text and CSV from it.
 */

#include "present/sheet.h"
#include "report/fleet.h"
#include "report/period.h"
#include "report/report_coverage.h"
#include "review/acks.h"
#include "review/totals.h"
#include "review/verify.h"

/* a device is quiet after this long without attempts before the end */
#define REPORT_QUIET_DAYS 7

enum device_state {
	DEVICE_TRIES,           /* it had attempts in the last days of the period */
	DEVICE_RETURNED,        /* the same, after somebody acknowledged it as done */
	DEVICE_QUIET,
	DEVICE_ACKNOWLEDGED,    /* and no attempt since */
	DEVICE_DOUBTFUL,        /* it showed names, but never asked for them */
};

struct report_device {
	const struct device_total *total;
	struct bytes               key;         /* its MAC, else its address */
	struct bytes               gateway;     /* its gateway, if there are many logs */
	enum device_state          state;
	/* no attempt in the period before; never set if that is unknown */
	bool                       is_new;
	bool                       is_shared;   /* several that cannot be told apart */
	bool                       is_random;   /* a private MAC */
	int64_t                    quiet_us;    /* from its last attempt to the end */
	const char                *vendor;      /* NULL: not known */
	const struct ack          *done;        /* somebody's note; NULL: none */
};

struct vendors;

/* Sources of facts outside the log, borrowed; `vendor` may be NULL. */
struct report_sources {
	const struct vendors *vendors;
	const char         *(*vendor)(const struct vendors *v, struct bytes device);
	struct acks           acks;             /* devices that somebody noted as done */
};

/* The last deletion of segments by filterd, as the log records it. */
struct report_deleted {
	uint64_t num;                   /* segments */
	uint64_t last_seq;              /* the last record deleted */
	int64_t  at_us;
	char     reason[64];
};

#define REPORT_DATES_MAX 4      /* dates of prohibition in a period */

struct report {
	struct period         period;
	struct totals        *now, *before;
	/* borrowed; for a fleet: the sum over all logs */
	const struct verify  *verify;
	const struct fleet   *fleet;            /* borrowed; NULL: a single log */
	struct verify        *all;              /* for a fleet */
	bool                  has_before;       /* something is known about the period before */
	bool                  before_is_whole;
	int64_t               end_us;           /* of the period, or of a shorter log */
	struct report_coverage coverage;
	struct met             met;             /* new connections in the period */
	/*
	 * with attempts on prohibited hosts: those that still try, then the others, each the
	 * busiest first; "(others)" last
	 */
	struct report_device *devices;
	size_t   num_devices, num_tries, num_quiet, num_acknowledged, num_returned, num_new,
		num_doubtful;
	/* devices that still tried at the end of the period before */
	size_t                num_tried_before;
	/* had attempts in the period before, none since */
	size_t                num_gone;
	struct report_deleted deleted;
	int64_t               dates_us[REPORT_DATES_MAX];       /* those in the period */
	size_t                num_dates;
};

/*
 * report_new - NULL without memory.
 * report_add - each record that verify_line() gave.
 * report_end - Takes: verify, after verify_end(); borrowed as long as the report lives. 0 or
 *              -ENOMEM.
 */
struct report *report_new(const struct period *p, uint64_t seed);
void           report_free(struct report *r);
void           report_add(struct report *r, const struct entry *e);
int report_end(struct report *r, const struct verify *v, const struct report_sources *sources);

/*
 * For many logs: report_begin_log - the gateway of the next records; borrowed until
 *                report_end_fleet(), which replaces report_end(). Takes: fleet, after fleet_end(),
 *                borrowed; sets the device counts in its rows.
 */
void report_begin_log(struct report *r, struct bytes sensor);
int  report_end_fleet(struct report *r, struct fleet *fleet, const struct report_sources *sources);

bool report_still_tries(const struct report_device *d);

/* A device's name for people: the name it gave itself, otherwise its key. */
struct bytes report_device_label(const struct report_device *d);

/* It has only letters, digits, dots, colons, hyphens and underscores. */
bool report_is_plain(struct bytes text);

/* "still tries", "quiet 12 days", "acknowledged", "tries again", "perhaps a VPN" */
void report_write_state(struct writer *w, const struct report_device *d);
enum shade report_shade(const struct report_device *d);

/*
 * The blocked share of the period's attempts on prohibited hosts, in parts per million; 1,000,000
 * if there were no attempts.
 */
uint32_t report_blocked_ppm(const struct report *r);

/* The day's row; NULL: no attempt. Takes: days since 1970. */
const struct day_total *report_day(const struct report *r, int64_t day);

#endif
