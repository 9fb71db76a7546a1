/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_POLICY_POLICY_H
#define FILTERD_POLICY_POLICY_H

/*
 * Policy: may this host be reached, at this moment? Built once (policy_file.h reads it from text),
 * never changed; a reload builds another. Any number of threads may ask it.
 *
 * Of all patterns that match a host the most specific decides: the exact name, then a pattern in
 * its leftmost label, then the longest suffix. Among patterns equally specific: allow, then block,
 * then log. A list can have exceptions from its own patterns: a name that one of them matches, at
 * least as specifically, is as if the list had not matched it. A category with `devices` is not
 * there for clients that are none of them.
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
	/* its names' addresses decide about connections that show no name */
	bool        by_address;
	uint32_t    signature_id;       /* alert.signature_id, 1000000 to 1999999 */
	struct policy_devices devices;  /* it holds for these; none: for everybody */
	const struct policy_source *source;
};

struct waiver {
	const char           *id;               /* "malware-lab" */
	const char           *reason;
	int64_t               effective_us;     /* INSTANT_ALWAYS if not given */
	int64_t               until_us;         /* first moment at which it no longer counts */
	struct policy_devices devices;
	/* each once for every category of that name */
	const struct category *const *categories;
	size_t                num_categories;
	const struct policy_source *source;
};

/* The policy file a category stands in. */
struct policy_source {
	const char *id;                 /* "kaspersky-us" */
	const char *title;
	const char *authority;          /* the law behind it; "" if none */
	const char *file;
	uint64_t    serial;             /* 0 if none */
	/*
	 * of its categories that block, the first one's effective: INSTANT_NEVER if none blocks,
	 * INSTANT_ALWAYS if one has no date; and as the file has it, with the offset of whoever
	 * made the rule: "2024-09-29T00:00:00-04:00", or ""
	 */
	int64_t     cutoff_us;
	const char *cutoff;
};

enum pattern_kind {
	PATTERN_EXACT,
	PATTERN_LABEL,
	PATTERN_SUFFIX,
	/* as a suffix, but not the name itself: a wildcard of a zone */
	PATTERN_BELOW,
	PATTERN_PORT, /* "tcp/853" */
	/* "/index/u1313g.xml", or with '/' at its end all below it; only in log categories */
	PATTERN_PATH,
	PATTERN_BUILTIN, /* builtin.h */
};

/* bytes of a path that are looked at; looking up takes the square of it at worst */
#define POLICY_PATH_MAX 256

/* One line of a list: which pattern, where it stands, what it belongs to. */
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
	const struct waiver *waiver;    /* RULING_WAIVED: by this one; also borrowed */
};

struct policy;

/*
 * policy_decide_for - what becomes of a request of `client` for `host` at now_us (microseconds
 *                     since 1970, UTC; INSTANT_UNKNOWN). client may be NULL: one whom no `devices`
 *                     means.
 *
 * Gives:  *out filled. A block category applies from effective_us on, to the microsecond, and
 *         before until_us; outside of that its hosts are RULING_OBSERVE (before) or RULING_PASS
 *         (from until on). A log category outside its instants is RULING_PASS; allow has no
 *         instants. The test name (builtin.h) is RULING_BLOCK at any moment, in any policy.
 * Time:   one hash a label, whatever the number of patterns.
 */
void policy_decide_for(const struct policy *p, const struct policy_client *client, struct host host,
                       int64_t now_us, struct decision *out);

/*
 * policy_decide_port - the same for a flow to a port, whatever name it shows; is_tcp, or UDP.
 * policy_decide_path - for a request of this path, without a query: evidence that no name gives,
 *                      never RULING_BLOCK.
 */
void policy_decide_port_for(const struct policy *p, const struct policy_client *client, bool is_tcp,
                            uint16_t port, int64_t now_us, struct decision *out);
void policy_decide_path_for(const struct policy *p, const struct policy_client *client,
                            struct bytes path, int64_t now_us, struct decision *out);

/* The same about somebody whom no `devices` means. */
static inline void policy_decide(const struct policy *p, struct host host, int64_t now_us,
                                 struct decision *out)
{
	policy_decide_for(p, NULL, host, now_us, out);
}

static inline void policy_decide_port(const struct policy *p, bool is_tcp, uint16_t port,
                                      int64_t now_us, struct decision *out)
{
	policy_decide_port_for(p, NULL, is_tcp, port, now_us, out);
}

static inline void policy_decide_path(const struct policy *p, struct bytes path, int64_t now_us,
                                      struct decision *out)
{
	policy_decide_path_for(p, NULL, path, now_us, out);
}

/*
 * policy_waive - makes a RULING_BLOCK, of this policy or of builtin.h, a RULING_WAIVED if a waiver
 *                lets this client pass at now_us. At INSTANT_UNKNOWN every waiver has ended.
 * Gives:  false: no waiver means this client, whatever it asks for at now_us.
 */
bool policy_waive(const struct policy *p, const struct policy_client *client, int64_t now_us,
                  struct decision *d);

/* Does it matter who asks? If not, client may be NULL. Of no policy, NULL, it does not. */
bool                 policy_tells_clients_apart(const struct policy *p);
/* Waivers lie one behind another. */
size_t               policy_num_waivers(const struct policy *p);
const struct waiver *policy_waiver(const struct policy *p, size_t number);
/* How many have ended, and which of them stands first, if any. */
size_t policy_ended_waivers(const struct policy *p, int64_t now_us,
                            const struct waiver **first_out);

/*
 * SHA-256 of all files the policy was built from, in order of reading; 32 bytes. A zone counts with
 * its names alone, in their order, as policy_build.h says: name servers write the same zone in many
 * ways.
 */
struct bytes policy_digest(const struct policy *p);

/*
 * Records of zones that filterd does not go by (zone.h): how many, and where the first stands, if
 * there is one.
 */
uint64_t policy_left_out(const struct policy *p, const char **file_out, uint32_t *line_out);
/* The same of patterns *.name in lists, which stand for all below that name. */
uint64_t policy_below(const struct policy *p, const char **file_out, uint32_t *line_out);
/* Lines of lists that were left out, as they are wrong. *first_out: all there is to say of one. */
uint64_t policy_wrong_lines(const struct policy *p, const char **first_out);

bool    policy_has_by_address(const struct policy *p);
bool    policy_has_zones(const struct policy *p);       /* files that a name server changes */
/*
 * The first instant from which some category blocks, INSTANT_NEVER if none ever does; does any
 * block at now_us?
 */
int64_t policy_cutoff(const struct policy *p);
bool    policy_blocks_at(const struct policy *p, int64_t now_us);
size_t  policy_num_rules(const struct policy *p);
/* Its categories, in the order of the files; NULL behind the last. */
const struct category *policy_category(const struct policy *p, size_t number);
/* Rules of one of them: all of the policy's are looked at. */
size_t  policy_num_rules_of(const struct policy *p, const struct category *c);
/*
 * A policy file of `new` that has a lower serial than the one of this id in `old`; NULL if there is
 * none.
 */
const struct policy_source *policy_older_source(const struct policy *new, const struct policy *old);
/* The policy files it was built from; borrowed. */
const struct policy_source *policy_sources(const struct policy *p, size_t *num_out);
/* The files it was built from: policies and lists, some more than once. */
const char *policy_file(const struct policy *p, size_t number);
size_t  policy_bytes(const struct policy *p);           /* memory held */
/*
 * The next instant after now_us at which some category or waiver begins or ends; INSTANT_NEVER if
 * none.
 */
int64_t policy_next_change(const struct policy *p, int64_t now_us);

/*
 * "suffix:geo.kaspersky.com", "exact:ds.kaspersky.com", "label:ksn-*.kaspersky-labs.com",
 * "port:tcp/853", "path:/diffs/bases/", "builtin:ech", "below:example.com".
 */
void rule_write(struct writer *w, const struct rule *r);

void policy_free(struct policy *p);

/* Does `label` match a pattern with '*' (any run, also empty) and ranges such as [0-9] or [abx]? */
bool pattern_matches_label(struct bytes pattern, struct bytes label);

#endif
