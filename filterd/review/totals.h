/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REVIEW_TOTALS_H
#define FILTERD_REVIEW_TOTALS_H

/*
 * Totals: the attempts of a period, counted by device, host, category, day and layer. Days and
 * hours are those of the reader's zone (base/timezone.h). A record that
 * stands for many attempts counts as so many at its own time, the time of the last. Names of rows
 * are characters, not the escapes of a line: any byte but a newline can be in them, and they were
 * cut to TOTALS_NAME_MAX.
 */

#include "base/rows.h"
#include "review/evidence.h"
#include "review/latest.h"
#include "review/probes.h"

/* Of time that passes; days begin where base/timezone.h says. */
#define TOTALS_DAY_US  INT64_C(86400000000)
#define TOTALS_HOUR_US (TOTALS_DAY_US / 24)
/* in a day: 25 where the clock is put back, and zones were moved by more */
#define TOTALS_HOURS   28

/*
 * What became of an attempt. Waived: it passed by a waiver. Watched: it matched a rule that only
 * logs.
 */
enum result { RESULT_BLOCKED, RESULT_OBSERVED, RESULT_WAIVED, RESULT_WATCHED };
enum { RESULTS = RESULT_WATCHED + 1 };

/* How the name was seen. */
enum layer { LAYER_DNS, LAYER_TLS, LAYER_QUIC, LAYER_HTTP, LAYER_SOCKS, LAYER_OTHER };
enum { LAYERS = LAYER_OTHER + 1 };

struct totals_tally {
	uint64_t attempts[RESULTS];
	int64_t  first_us, last_us;             /* of any of them */
};

#define TOTALS_NAME_MAX    256          /* bytes of the name of a row; a host has 253 at most */
#define DEVICE_NAME_MAX    64
#define DEVICE_CLUE_MAX    96
#define TOTALS_CATEGORIES  64           /* told apart within a device */
#define TOTALS_WAIVERS     64

struct device_total {
	/*
	 * the device's key: its MAC, else its address; behind its gateway and a newline if there
	 * are many
	 */
	struct row          row;
	struct totals_tally tally;
	uint64_t            layers[LAYERS];     /* attempts */
	uint64_t            categories;         /* bit n: category number n of `categories` */
	uint64_t            waivers;            /* the same of `waivers` */
	/* of those that were blocked or observed */
	int64_t             tried_us;           /* the last, but for those that are doubtful */
	int64_t             shown_us;           /* the last of these */
	/* the most that one of them makes, or updates that were seen from elsewhere */
	enum sure           sure;
	uint64_t            unasked;            /* with names that it never asked for */
	unsigned            signs;              /* of any attempt: SIGN_QUESTION ... */
	int64_t             day;                /* the last one with an attempt, since 1970 */
	uint32_t            num_days, num_hosts;
	/* as the last record has them, unescaped, for people; "" if never known */
	/* what it called itself to the DHCP server */
	char                name[DEVICE_NAME_MAX + 1];
	/* the last one, and the last of the other family */
	char                address[46], other_address[46];
	char                iface[16];          /* the interface that it came in by: its network */
	char                clue[DEVICE_CLUE_MAX + 1];  /* a user agent: which product */
};

struct host_total {
	struct row          row;
	struct totals_tally tally;
	uint32_t            num_devices;
	char                category[33], rule[272];    /* of the last record */
};

struct category_total {
	struct row          row;
	struct totals_tally tally;
	uint32_t            num_devices, num_hosts;
	char                title[64];
};

/* What passed by a waiver. */
struct waiver_total {
	struct row          row;
	struct totals_tally tally;
	uint32_t            num_devices;
	/* of the last record, for people */
	char                until[33], reason[201];
};

struct day_total {
	struct row          row;                /* "2026-11-23" */
	int64_t             day;                /* since 1970 */
	int64_t             begins_us;
	struct totals_tally tally;
	/* distinct ones with an attempt that was blocked or observed */
	uint32_t            num_devices;
	/* attempts blocked or observed, by the hour since it began */
	uint64_t            hours[TOTALS_HOURS];
};

/* A device and a host. */
struct pair_total {
	struct row          row;                /* name of the device's row, newline, host */
	struct totals_tally tally;
	uint64_t            layers[LAYERS];     /* attempts on prohibited hosts */
};

struct totals {
	int64_t             from_us, to_us;     /* counted from the first to before the second */
	/*
	 * borrowed: of many gateways, the one whose records come next; devices are its own. Without
	 * a newline
	 */
	struct bytes        scope;
	/* of the rows below only devices: set before the first totals_add() */
	bool                devices_only;
	/* keep the latest attempts of each device, too: the same */
	bool                keeps_latest;
	struct latest       latest;
	struct totals_tally all;
	uint64_t            layers[LAYERS];     /* attempts on prohibited hosts */
	struct rows         devices, hosts, categories, waivers, days, pairs;
	/* attempts that stand in gap records only: counted by category, nothing else is known */
	uint64_t            undetailed;
	struct probes       probes;             /* of the period; no attempts */
};

#define TOTALS_DEVICES 65536            /* rows at most; further ones share one row */
#define TOTALS_HOSTS   65536
#define TOTALS_PAIRS   262144
#define TOTALS_DAYS    8192

/* totals_new - NULL without memory. from_us INT64_MIN, to_us INT64_MAX: all. */
struct totals *totals_new(int64_t from_us, int64_t to_us, uint64_t seed);
void           totals_free(struct totals *t);

/* Attempts in the period, and gap records; all else is passed over. */
void totals_add(struct totals *t, const struct entry *e);

/* The last attempt that was blocked or observed; 0: none, or none but doubtful ones. */
int64_t device_tried(const struct device_total *d);
/* The same, doubtful or not. */
int64_t device_last(const struct device_total *d);

/* latest_at() of a device; NULL: no more are kept, or none. `host` is a number of `hosts`. */
const struct latest_attempt *totals_latest(const struct totals *t, const struct device_total *d,
                                           size_t back);

/* The two parts of the name of a device's row. gateway_out is empty if there is one only. */
struct bytes totals_device(struct bytes row_name, struct bytes *gateway_out);

/* blocked and observed: attempts to reach hosts that are prohibited for who asked */
uint64_t    tally_prohibited(const struct totals_tally *t);
enum result entry_result(const struct entry *e);
enum layer  entry_layer(const struct entry *e);
const char *layer_name(enum layer layer);                       /* "dns" ... */
const char *result_name(enum result result); /* "blocked", "observed", "waived", "watched" */

/*
 * Orders for rows_sorted(): most attempts on prohibited hosts first, then by name; the name alone.
 */
int totals_by_attempts_device(const void *a, const void *b);
int totals_by_attempts_host(const void *a, const void *b);
int totals_by_attempts_category(const void *a, const void *b);
int totals_by_name(const void *a, const void *b);

#endif
