/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_POLICY_POLICY_H
#define FILTERD_POLICY_POLICY_H

/*
 * Policy: may this host be reached, at this moment? Built once (policy_file.h reads it from text),
 * never changed; a reload builds another. Any number of threads may ask it.
 *
 * Of all patterns that match a host the most specific decides: the exact name, then a pattern in
 * its leftmost label, then the longest suffix. Among patterns equally specific: allow, then block,
 * then log. A list can have exceptions from its own patterns: for a name that an exception matches
 * at least as specifically, the list has no match. A category with `devices` applies only to those
 * clients.
 *
 * A waiver lets named devices reach hosts of named categories that block, until a date.
 */

#include "base/host.h"
#include "policy/clients.h"

enum action { ACTION_ALLOW, ACTION_BLOCK, ACTION_LOG };        /* in the order in which they win */

struct category {
	const char *id;                 /* "update" */
	const char *title;              /* "Kaspersky update"; alert.category in records */
	enum action action;
	/* INSTANT_ALWAYS if not given; microseconds since 1970, UTC */
	int64_t     effective_us;
	/* first moment at which it no longer applies; INSTANT_NEVER */
	int64_t     until_us;
	/* addresses of its names decide about connections that show no name */
	bool        by_address;
	uint32_t    signature_id;       /* alert.signature_id, 1000000 to 1999999 */
	struct policy_devices devices;  /* it applies to these; none: to everybody */
	const struct policy_source *source;
};

struct waiver {
	const char           *id;               /* "malware-lab" */
	const char           *reason;
	int64_t               effective_us;     /* INSTANT_ALWAYS if not given */
	int64_t               until_us;         /* first moment at which it no longer applies */
	struct policy_devices devices;
	/* one for every category of that name */
	const struct category *const *categories;
	size_t                num_categories;
	const struct policy_source *source;
};

/* The policy file of a category. */
struct policy_source {
	const char *id;                 /* "kaspersky-us" */
	const char *title;
	const char *authority;          /* the law behind it; "" if none */
	const char *file;
	uint64_t    serial;             /* 0 if none */
	/*
	 * the earliest effective of its blocking categories: INSTANT_NEVER if none blocks,
	 * INSTANT_ALWAYS if one has no date; and its text in the file, with the rule-maker's
	 * offset: "2024-09-29T00:00:00-04:00", or ""
	 */
	int64_t     cutoff_us;
	const char *cutoff;
};

enum pattern_kind {
	PATTERN_EXACT,
	PATTERN_LABEL,
	PATTERN_SUFFIX,
	/* like a suffix, but not the name itself: a wildcard of a zone */
	PATTERN_BELOW,
	PATTERN_PORT, /* "tcp/853" */
	/* "/index/u1313g.xml", or ending in '/', everything below; only in log categories */
	PATTERN_PATH,
	PATTERN_BUILTIN, /* builtin.h */
};

/* bytes of a path that are compared; a look-up takes the square of it at worst */
#define POLICY_PATH_MAX 256

/* One line of a list: its pattern, position and category. */
struct rule {
	enum pattern_kind      kind;
	/* without the leading dot of a suffix, or the *. of a wildcard */
	struct host            pattern;
	const char            *file;
	uint32_t               line;    /* from 1 */
	const struct category *category;
};

enum ruling {
	RULING_PASS,            /* no pattern matched, or an allow pattern did */
	RULING_LOG,             /* passes, with a record */
	RULING_WAIVED,          /* would be blocked, but passes by a waiver, with a record */
	/* a block category, but not in force at this moment: passes, with a record */
	RULING_OBSERVE,
	RULING_BLOCK,
};

struct decision {
	enum ruling ruling;
	bool        has_rule;   /* false: no pattern matched */
	struct rule rule;       /* borrowed from the policy */
	const struct waiver *waiver;    /* RULING_WAIVED: the waiver; also borrowed */
};

struct policy;

/*
 * policy_decide_for - decides about a request of `client` for `host` at now_us (microseconds since
 *                     1970, UTC; INSTANT_UNKNOWN). client NULL: it is in no `devices`.
 *
 * Gives:  *out filled. A block category applies from effective_us on, to the microsecond, and
 *         before until_us; outside of that its hosts are RULING_OBSERVE (before) or RULING_PASS
 *         (from until on). A log category outside its instants is RULING_PASS; allow has no
 *         instants. The test name (builtin.h) is RULING_BLOCK at any moment, in any policy.
 * Time:   one hash per label, whatever the number of patterns.
 */
void policy_decide_for(const struct policy *p, const struct policy_client *client, struct host host,
                       int64_t now_us, struct decision *out);

/*
 * policy_decide_port_for - the same for a flow to a port, whatever name it shows; is_tcp, or UDP.
 * policy_decide_path_for - for a request of this path, without a query: further evidence beside
 *                          names, never RULING_BLOCK.
 */
void policy_decide_port_for(const struct policy *p, const struct policy_client *client, bool is_tcp,
                            uint16_t port, int64_t now_us, struct decision *out);
void policy_decide_path_for(const struct policy *p, const struct policy_client *client,
                            struct bytes path, int64_t now_us, struct decision *out);

/*
 * policy_waive - turns a RULING_BLOCK, of this policy or of builtin.h, into RULING_WAIVED if a
 *                waiver lets this client pass at now_us. At INSTANT_UNKNOWN all waivers have ended.
 * Gives:  false: no waiver covers this client at now_us, whatever it asks for.
 */
bool policy_waive(const struct policy *p, const struct policy_client *client, int64_t now_us,
                  struct decision *d);

/* Does the verdict depend on the client? If not, client may be NULL. p may be NULL: no. */
bool                 policy_tells_clients_apart(const struct policy *p);
/* Waivers are contiguous. */
size_t               policy_num_waivers(const struct policy *p);
const struct waiver *policy_waiver(const struct policy *p, size_t number);
/* The number of waivers that have ended, and the first of them, if any. */
size_t policy_ended_waivers(const struct policy *p, int64_t now_us,
                            const struct waiver **first_out);

/*
 * SHA-256 of all files the policy was built from, in order of reading; 32 bytes. For a zone only
 * its sorted names count (policy_build.h): name servers write the same zone in many ways.
 */
struct bytes policy_digest(const struct policy *p);

/*
 * Records of zones that filterd ignores (zone.h): their number, and the position of the first, if
 * any.
 */
uint64_t policy_left_out(const struct policy *p, const char **file_out, uint32_t *line_out);
/* The same for patterns *.name in lists, which match all names below. */
uint64_t policy_below(const struct policy *p, const char **file_out, uint32_t *line_out);
/* Wrong lines of lists, which were left out. *first_out: the message about the first. */
uint64_t policy_wrong_lines(const struct policy *p, const char **first_out);

bool    policy_has_by_address(const struct policy *p);
bool    policy_has_zones(const struct policy *p);       /* files kept by a name server */
/*
 * The first instant from which a category blocks, INSTANT_NEVER if none ever does; does any block
 * at now_us?
 */
int64_t policy_cutoff(const struct policy *p);
bool    policy_blocks_at(const struct policy *p, int64_t now_us);
size_t  policy_num_rules(const struct policy *p);
/* Its categories, in the order of the files; NULL after the last. */
const struct category *policy_category(const struct policy *p, size_t number);
/* The number of rules of one category; walks all rules of the policy. */
size_t  policy_num_rules_of(const struct policy *p, const struct category *c);
/*
 * A policy file of `new` with a lower serial than the one with its id in `old`; NULL: none.
 */
const struct policy_source *policy_older_source(const struct policy *new, const struct policy *old);
/* The policy files it was built from; borrowed. */
const struct policy_source *policy_sources(const struct policy *p, size_t *num_out);
/* The files it was built from: policies and lists, some more than once. */
const char *policy_file(const struct policy *p, size_t number);
size_t  policy_bytes(const struct policy *p);           /* memory held */
/*
 * The next instant after now_us at which a category or waiver begins or ends; INSTANT_NEVER: none.
 */
int64_t policy_next_change(const struct policy *p, int64_t now_us);

/*
 * "suffix:geo.kaspersky.com", "exact:ds.kaspersky.com", "label:ksn-*.kaspersky-labs.com",
 * "port:tcp/853", "path:/diffs/bases/", "builtin:ech", "below:example.com".
 */
void rule_write(struct writer *w, const struct rule *r);

void policy_free(struct policy *p);

/* Does `label` match a pattern with '*' (any run, even empty) and ranges like [0-9] or [abx]? */
bool pattern_matches_label(struct bytes pattern, struct bytes label);

#endif
