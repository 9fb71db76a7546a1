/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_AUDIT_CONTROL_H
#define FILTERD_AUDIT_CONTROL_H

/*
 * Control: the records about the filter itself: it started, it still runs, the policy, and its
 * failures. An auditor proves completeness from them, so each is signed. In EVE they are `stats`
 * (heartbeat) and `engine` (all others).
 *
 * Each control_*() writes everything up to the last member of `filterd`, which stays open for the
 * chain and the signature.
 */

#include "audit/chain.h"
#include "audit/note.h"
#include "audit/sources.h"

#define CONTROL_TORN_HEAD 512   /* bytes kept of a torn tail */
#define CONTROL_QUEUES    32      /* two of each worker */
#define CONTROL_COUNTS    32    /* categories counted separately in a gap */

enum state { STATE_ENFORCING, STATE_OBSERVING, STATE_WAITING, STATE_DEGRADED };
/* The wall clock. UNTRUSTED: before a time known to have passed; UNKNOWN to the kernel. */
enum trust { TRUST_SYNCED, TRUST_UNSYNCED, TRUST_UNKNOWN, TRUST_UNTRUSTED };
/*
 * Our rules, read back from the kernel. CHANGED: all rules to the queue exist, but another program
 * has added rules to our chains, or removed some. NOBODY: they are in place, but as far as known no
 * present interface has clients to protect.
 */
enum hooks { HOOKS_OK, HOOKS_MISSING, HOOKS_UNKNOWN, HOOKS_CHANGED, HOOKS_NOBODY };

/* The state of the log at start. */
enum previous {
	PREVIOUS_NEW,
	PREVIOUS_CLEAN,         /* it ends with a stop */
	PREVIOUS_UNCLEAN,       /* it does not: filterd was killed, or the machine stopped */
	PREVIOUS_TORN,          /* and a fragment after its last whole line was cut off */
	PREVIOUS_SHORT,         /* it ends before a record known to have been on disk */
	PREVIOUS_FORK,          /* it has a different record with that number */
	PREVIOUS_LOST,          /* no key matched it, so it was moved away, and this log begins */
};

/* Their names in records. */
extern const char *const state_names[STATE_DEGRADED + 1], *const trust_names[TRUST_UNTRUSTED + 1],
	*const hooks_names[HOOKS_NOBODY + 1];

/* The requester: a signal's sender, or the one who started filterd. */
#define CONTROL_NO_LOGIN UINT32_MAX     /* the login uid without a login: a service */
#define CONTROL_REASON_MAX 300          /* bytes */
struct control_asker {
	const char *by;                         /* "SIGHUP", "start" */
	bool        has_uid, has_login_uid;     /* false: unknown */
	uint32_t    uid, login_uid;
	const char *reason;                     /* given by root; NULL: none */
};

/* Time and gateway. */
struct control {
	int64_t     time_us;
	const char *sensor;
	/*
	 * For start, policy and state: settings and interfaces, as members that begin with a
	 * comma; empty: left out.
	 */
	struct bytes in_force;
	/* For start, policy and segment: the policy files (policies.h), likewise. */
	struct bytes policies;
	/* for these and stop; NULL: nobody, filterd did it on its own */
	const struct control_asker *asker;
};

/*
 * The common part of start and heartbeat. Packets that passed unseen are counted since the previous
 * record with that member.
 */
struct standing {
	enum state   state;
	struct bytes policy_digest;     /* 32 bytes */
	enum trust   clock;
	enum hooks   hooks;
	bool         unfiltered_known;
	uint64_t     unfiltered;
};

struct control_torn {
	uint64_t len;                   /* 0: nothing was torn */
	uint8_t  hash[CHAIN_HASH];
	size_t   head_len;
	uint8_t  head[CONTROL_TORN_HEAD];
};

struct control_start {
	struct standing     standing;
	const char         *version, *boot;         /* boot: the kernel's boot_id */
	uint64_t            up_s;                   /* since the machine started */
	uint64_t            rules;
	/* first instant from which anything is blocked; INSTANT_NEVER, INSTANT_ALWAYS */
	int64_t             cutoff_us;
	enum previous       previous;
	struct control_torn torn;
	uint64_t            missing_from, missing_to;       /* PREVIOUS_SHORT */
	/* attempts counted before the start that are in no record yet */
	uint64_t            carried;
	/*
	 * why the configuration on disk was refused, and the last good copy used; or NULL
	 */
	const char         *refused;
	const char         *log_id;
	/* public; the record is signed by key, the following ones by next_key */
	const uint8_t      *key, *next_key;
};

struct control_queue {
	uint32_t id, backlog;
	uint64_t drops, user_drops;
};

struct control_heartbeat {
	struct standing standing;
	uint64_t        uptime_s, mono_ms, every_s;
	uint64_t        packets, drops, accepted, blocked;
	uint64_t        attempts;       /* since start, including those carried over */
	uint64_t        pending;        /* of these, not in a record yet */
	uint64_t        devices;        /* with an attempt in the last quarter of an hour */
	uint64_t        fail_open;      /* packets that passed unseen since start */
	uint64_t        log_dropped;    /* records that could not be written when they were due */
	/* new ones since the previous heartbeat: through the queue, around it, left out */
	bool            connections_known;
	uint64_t        met, around, left_out;
	/* began in the queue, then their data bypassed it */
	uint64_t        missed;
	/* their answers bypassed it */
	uint64_t        unheard;
	/* likewise: packets that were dropped, and their sources; NULL: unknown */
	const struct sources_since *over;
	size_t               num_queues;
	struct control_queue queues[CONTROL_QUEUES];
};

struct control_policy {
	struct bytes old_digest, new_digest;        /* new: empty if it was refused */
	uint64_t     rules;
	const char  *file, *result;                 /* "loaded", or why it was refused */
};

/* Somebody read the log here: filterctl audit reports it, and only root is believed. */
struct control_access {
	char     verb[16];
	/* of a verification: "complete", "declared", "not-sound"; empty for other verbs */
	char     result[12];
	uint32_t uid;
	bool     has_login;
	uint32_t login;                             /* the user who logged in, before su or sudo */
};

/*
 * control_access_read - "audit VERB RESULT LOGIN"; RESULT and LOGIN may be "-".
 * control_access_ask  - writes that text.
 */
enum parse control_access_read(struct bytes line, struct control_access *out);
void       control_access_ask(struct writer *w, const struct control_access *a);

struct control_count {
	const char *category;
	uint64_t    count;
};

struct control_gap {
	int64_t     from_us, to_us;
	const char *reason;
	uint64_t    attempts;                       /* in that time */
	size_t               num_counts;
	/* those that are in no other record */
	struct control_count counts[CONTROL_COUNTS];
};

struct control_segment {
	const char    *file;                        /* the segment's new name */
	uint64_t       first, last;                 /* its records, including this one */
	struct bytes   policy_digest;               /* in force at its end; empty: left out */
	const char    *log_id;
	const uint8_t *key, *next_key;
};

struct control_prune {
	const char *file, *reason;
	uint64_t    first, last;
	uint8_t     hash[CHAIN_HASH];
};

void control_start(struct writer *w, const struct control *c, const struct control_start *s);
void control_heartbeat(struct writer *w, const struct control *c,
                       const struct control_heartbeat *h);
void control_policy(struct writer *w, const struct control *c, const struct control_policy *p);
void control_state(struct writer *w, const struct control *c, enum state from, enum state to,
                   const char *reason);
void control_clock(struct writer *w, const struct control *c, enum state from, enum state to,
                   enum trust clock, const char *reason);
void control_access(struct writer *w, const struct control *c, const struct control_access *a);
void control_gap(struct writer *w, const struct control *c, const struct control_gap *g);
void control_segment(struct writer *w, const struct control *c, const struct control_segment *s);
void control_prune(struct writer *w, const struct control *c, const struct control_prune *p);
void control_stop(struct writer *w, const struct control *c, const char *reason, uint64_t attempts);

/*
 * control_close - place in the chain, signature, end of the line.
 * Takes:  w with the line from its '{' on.
 * Gives:  0 with the signature also in sig_out; -EIO if the library fails: do not use the line.
 */
int control_close(struct writer *w, const struct chain *chain, const struct note_key *key,
                  const uint8_t secret[NOTE_KEY], uint8_t sig_out[CHAIN_SIG]);

#endif
