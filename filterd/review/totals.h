/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REVIEW_TOTALS_H
#define FILTERD_REVIEW_TOTALS_H

/*
 * Totals: the attempts of a period, counted by device, host, category, day and layer. Days and
 * hours are those of the reader's zone (base/timezone.h). A record of many attempts counts them all
 * at its own time, the time of the last. Names of rows are unescaped, may contain any byte but a
 * newline, and are truncated to TOTALS_NAME_MAX.
 */

#include "base/rows.h"
#include "review/evidence.h"
#include "review/latest.h"
#include "review/probes.h"

/* Elapsed time; base/timezone.h decides where days begin. */
#define TOTALS_DAY_US  INT64_C(86400000000)
#define TOTALS_HOUR_US (TOTALS_DAY_US / 24)
/* in a day: 25 if the clock is set back, and some zones moved by more */
#define TOTALS_HOURS   28

/*
 * The result of an attempt. Waived: it passed by a waiver. Watched: it matched a rule that only
 * logs.
 */
enum result { RESULT_BLOCKED, RESULT_OBSERVED, RESULT_WAIVED, RESULT_WATCHED };
enum { RESULTS = RESULT_WATCHED + 1 };

/* The protocol that showed the name. */
enum layer { LAYER_DNS, LAYER_TLS, LAYER_QUIC, LAYER_HTTP, LAYER_SOCKS, LAYER_OTHER };
enum { LAYERS = LAYER_OTHER + 1 };

struct totals_tally {
	uint64_t attempts[RESULTS];
	int64_t  first_us, last_us;             /* of any attempt */
};

#define TOTALS_NAME_MAX    256          /* bytes of the name of a row; a host has 253 at most */
#define DEVICE_NAME_MAX    64
#define DEVICE_CLUE_MAX    96
#define TOTALS_CATEGORIES  64           /* counted separately within a device */
#define TOTALS_WAIVERS     64

struct device_total {
	/*
	 * the device's key: its MAC, else its address; after its gateway and a newline if there are
	 * many
	 */
	struct row          row;
	struct totals_tally tally;
	uint64_t            layers[LAYERS];     /* attempts */
	uint64_t            categories;         /* bit n: category number n of `categories` */
	uint64_t            waivers;            /* likewise for `waivers` */
	/* of blocked or observed ones */
	int64_t             tried_us;           /* the last one that is not doubtful */
	int64_t             shown_us;           /* the last doubtful one */
	/* the highest of all attempts, or of updates from elsewhere */
	enum sure           sure;
	uint64_t            unasked;            /* attempts with names it never asked for */
	unsigned            signs;              /* of any attempt: SIGN_QUESTION ... */
	int64_t             day;                /* the last one with an attempt, since 1970 */
	uint32_t            num_days, num_hosts;
	/* NULL: not kept; `host` is a number of `hosts` */
	struct latest      *latest;
	/* from the last record, unescaped, for people; "" if never known */
	/* its DHCP name */
	char                name[DEVICE_NAME_MAX + 1];
	/* the last one, and the last of the other family */
	char                address[46], other_address[46];
	char                iface[16];          /* the incoming interface: its network */
	char                clue[DEVICE_CLUE_MAX + 1];  /* a user agent: shows the product */
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

/* Attempts that passed by a waiver. */
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
	/* distinct ones with a blocked or observed attempt */
	uint32_t            num_devices;
	/* attempts blocked or observed, by the hour since it began */
	uint64_t            hours[TOTALS_HOURS];
};

/* A device and a host. */
struct pair_total {
	struct row          row;                /* name of the device's row, newline, host */
	size_t              host_at;            /* in this name; 0 in the shared row */
	struct totals_tally tally;
	uint64_t            layers[LAYERS];     /* attempts on prohibited hosts */
};

struct totals {
	int64_t             from_us, to_us;     /* counted from the first to before the second */
	/*
	 * borrowed: with many gateways, the gateway of the next records and their devices. Without
	 * a newline
	 */
	struct bytes        scope;
	/* only devices of the rows below: set before the first totals_add() */
	bool                devices_only;
	/* also the latest attempts of each device: likewise */
	bool                keeps_latest;
	struct totals_tally all;
	uint64_t            layers[LAYERS];     /* attempts on prohibited hosts */
	struct rows         devices, hosts, categories, waivers, days, pairs;
	/* attempts only in gap records: counted by category, nothing else is known */
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

/* Counts attempts in the period, and gap records; skips all else. */
void totals_add(struct totals *t, const struct entry *e);

/* The last attempt that was blocked or observed; 0: none, or none but doubtful ones. */
int64_t device_tried(const struct device_total *d);
/* The same, doubtful or not. */
int64_t device_last(const struct device_total *d);

/* The names of its two rows. The shared row has only one. */
struct bytes pair_device(const struct pair_total *p);
struct bytes pair_host(const struct pair_total *p);

/* The two parts of the name of a device's row. gateway_out is empty if there is only one. */
struct bytes totals_device(struct bytes row_name, struct bytes *gateway_out);

/* blocked and observed: attempts on hosts prohibited for that client */
uint64_t    tally_prohibited(const struct totals_tally *t);
enum result entry_result(const struct entry *e);
enum layer  entry_layer(const struct entry *e);
const char *layer_name(enum layer layer);                       /* "dns" ... */
const char *result_name(enum result result); /* "blocked", "observed", "waived", "watched" */

/*
 * Orders for rows_sorted(): most attempts on prohibited hosts first, then by name; only by name.
 */
int totals_by_attempts_device(const void *a, const void *b);
int totals_by_attempts_host(const void *a, const void *b);
int totals_by_attempts_category(const void *a, const void *b);
int totals_by_name(const void *a, const void *b);

#endif
