/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_STATUS_STATUS_H
#define FILTERD_STATUS_STATUS_H

/*
 * Status: the state of filterd as figures; and the same for people, as JSON, and for Prometheus. It
 * contains no client's address, name or device, only the gateway's own networks: so all forms may
 * have the same readers.
 */

#include "audit/connections.h"
#include "audit/control.h"
#include "audit/tally.h"
#include "base/json.h"
#include "engine/engine.h"
#include "policy/policy.h"
#include "policy/settings.h"

/* bytes of any of the three forms; JSON with a full tally has 14,000 */
#define STATUS_TEXT_MAX  32768
#define STATUS_WAIVERS   64     /* that have not ended; further ones are counted */
#define STATUS_NAMES_MAX 80     /* bytes of status_interfaces() */
enum status_verified {
	VERIFIED_NEVER,
	VERIFIED_COMPLETE,
	VERIFIED_DECLARED,
	VERIFIED_NOT_SOUND,
};

/* The result of filterd-update's last run. */
enum status_feed_result {
	FEED_NEVER,             /* no report: there is no feed */
	FEED_TAKEN,             /* a new one arrived */
	FEED_SAME,              /* the policy in force is the newest */
	FEED_REFUSED,
	FEED_STALE,             /* nothing new came for longer than the setting allows */
	FEED_UNAVAILABLE,       /* nothing could be fetched */
};

/* Their names in JSON, and in reports to filterd; NULL for NEVER. */
extern const char *const status_verified_names[VERIFIED_NOT_SOUND + 1];
extern const char *const status_feed_names[FEED_UNAVAILABLE + 1];

#define STATUS_FEED_SILENT_S (3 * 86400)        /* filterd-update.timer runs each day */
#define STATUS_FEED_TEXT 300    /* bytes; the reason, or the new policy */

struct status_feed {
	enum status_feed_result result;
	int64_t told_us;
	/* when the source was last in order, and when the policy in force arrived; 0: never */
	int64_t good_us, came_us;
	char    text[STATUS_FEED_TEXT + 1];
};

#define STATUS_RECENT_S  900    /* older losses no longer need attention */
#define STATUS_TROUBLES  20
#define STATUS_TROUBLE_MAX 760  /* bytes; a problem, and what to do */

#define STATUS_INTERFACES 16    /* number that are named; further ones are counted */
#define STATUS_NETWORKS   4     /* of each */
#define STATUS_NAME_MAX   16
#define STATUS_NETWORK_MAX 52

struct status_interface {
	char   name[STATUS_NAME_MAX];
	bool   is_left_out;
	size_t num_networks;
	char   networks[STATUS_NETWORKS][STATUS_NETWORK_MAX];
};

/* The networks with filtered clients, from the kernel's rules and the present interfaces. */
struct status_protection {
	bool                    known;
	bool                    is_nobody;
	/*
	 * the only one with an address that `auto` protects, and the uplink; "": there are others
	 */
	char                    only[STATUS_NAME_MAX];
	/* clients used the queue since the rules were made */
	bool                    has_met;
	size_t                  num, num_more;  /* interfaces; and those that do not fit */
	struct status_interface interfaces[STATUS_INTERFACES];
	size_t                  num_missing;    /* names of the rules that no interface has */
	char                    missing[STATUS_INTERFACES][STATUS_NAME_MAX];
	/* one that new rules would treat differently; "": none */
	char                    stale[STATUS_NAME_MAX];
	bool                    is_stale_left_out;      /* by the rules */
	/* one that is left out but seems to have clients; "": none */
	char                    suspect[STATUS_NAME_MAX];
};

struct status_queue {
	uint32_t number, backlog;
	/* by the kernel, since the queue was bound: the queue was full; the socket was */
	uint64_t dropped, user_dropped;
	uint64_t packets;
	/* of its worker, whose other queue does not report them */
	bool     has_flows;
	uint64_t flows, flows_evicted;
};

/* The result of the last attempt to load configuration or policy. */
struct status_loads {
	uint64_t num_refused;
	int64_t  loaded_us;             /* of those in force */
	int64_t  refused_us;            /* 0: the last load succeeded */
	/* time of the last good copy, if it is in force; 0: it is not */
	int64_t  copy_us;
	char     why[PROBLEM_MAX];      /* of the refusal */
};

/* The audit log: journal_standing(). */
struct status_log {
	const char   *path;
	/* why it cannot be written; NULL: it can */
	const char   *degraded;
	/* the file is gone and cannot be recreated; its mark cannot be set; NULL: neither */
	const char   *gone, *unmarked;
	/* seconds since the last signature, or since the start without one */
	uint64_t      next_seq, unsigned_records, signed_s;
	/* lost: records that could not be written when they were due */
	uint64_t      attempts, pending, devices, lost;
	/* how often another program removed or truncated the file */
	uint64_t      taken;
	/* other users may read the keys; replace the log's files */
	bool          keys_open, folder_open;
	enum previous previous;                 /* the log at the start */
};

struct status {
	const char  *version, *sensor;
	uint64_t     pid;
	int64_t      now_us;
	uint64_t     uptime_s;
	enum mode    mode;
	const char  *paused;                    /* the reason; NULL: not paused */
	int64_t      paused_until_us;
	enum state   state;                     /* STATE_DEGRADED: the log cannot be written */
	enum trust   clock, kept;               /* kept: according to the kernel */
	int64_t      known_us;                  /* the newest time known to have passed */
	/* policy */
	struct bytes policy_digest;             /* 32 bytes */
	const char  *policy_files;
	const struct policy_source *sources;    /* the policy files, with their serials */
	size_t       num_sources;
	const struct waiver *waivers;           /* of the policy, including ended ones */
	size_t       num_waivers;
	uint64_t     rules;
	int64_t      cutoff_us, next_us;        /* INSTANT_NEVER, INSTANT_ALWAYS */
	struct status_loads loads;
	struct status_feed  feed;
	/* kernel */
	enum hooks      hooks;
	enum on_failure on_failure;
	bool            unseen_known;
	/* packets not judged, since the rules were made */
	uint64_t        unseen;
	struct status_protection protection;
	bool            unseen_lately, dropped_lately;
	/* new ones, since the rules were made; and the recent part */
	bool               connections_known, around_lately, clients_lately;
	struct connections connections;
	/* 0: no limit; packets dropped because of it, since the rules were made */
	uint32_t           source_rate;
	bool               over_rate_known, over_rate_lately;
	uint64_t           over_rate;
	uint32_t        length, flows_most;     /* of each queue: packets, flows */
	size_t              num_queues;
	struct status_queue queues[CONTROL_QUEUES];
	/* since the start, by all workers; `flows` of each is in queues */
	struct engine_counts counts;
	bool         missed_lately, unheard_lately;
	struct tally tally;
	struct status_log log;
	uint32_t     heartbeat_s;
	bool         taken_lately;
	/* the last verification of the log, reported by root's filterctl */
	enum status_verified verified;
	int64_t      verified_us;
	bool         verified_now;              /* since filterd started */
	/* why the metrics file cannot be written; NULL: it can, or is not configured */
	const char  *metrics_reason;
};

/* Problems that need a person, worst first, with the remedy. */
struct troubles {
	size_t num;
	char   text[STATUS_TROUBLES][STATUS_TROUBLE_MAX];
};

/*
 * status_troubles - Gives: true if there are none: filterd blocks what it should.
 */
bool status_troubles(const struct status *s, struct troubles *out);

/*
 * In one word. OFF: it filters nothing, or blocks nothing although its settings say so; a filterd
 * that is set to observe needs ATTENTION.
 */
enum status_level { LEVEL_GOOD, LEVEL_ATTENTION, LEVEL_OFF };
extern const char *const status_level_names[LEVEL_OFF + 1];

/*
 * Takes: its troubles. Gives: the first line of status_text(), without its newline; the level.
 */
const char       *status_answer(const struct status *s, const struct troubles *t);
enum status_level status_level(const struct status *s, const struct troubles *t);

/*
 * status_protection_is_nobody - no interface has clients to protect; false while that is unknown.
 * status_protection_say      - after "protects": "lan0 192.168.1.0/24; leaves out wan0".
 * status_protection_wrong    - its problems, worst first, with the remedies; their number.
 */
#define STATUS_WRONG_MAX 3
struct status_wrong {
	char        what[STATUS_TROUBLE_MAX - 40];
	const char *remedy;
};
void status_wrong_say(struct status_wrong *out, const char *remedy, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

bool   status_protection_is_nobody(const struct status_protection *p);
void   status_protection_say(struct writer *w, const struct status_protection *p);
/* The members "protects" and "leaves_out". Takes: known. */
void   status_protection_json(struct json *j, const struct status_protection *p);
size_t status_protection_wrong(const struct status_protection *p,
                               struct status_wrong out[STATUS_WRONG_MAX]);

/* The same for the audit log. */
#define STATUS_LOG_WRONG_MAX 9
size_t status_log_wrong(const struct status *s, struct status_wrong out[STATUS_LOG_WRONG_MAX]);

/*
 * status_text    - for a terminal; its first line is the answer.
 * status_json    - one object; filterctl(8) lists its members.
 * status_metrics - the text format of Prometheus.
 * Gives: all of it in w, with a newline at the end, or w->full.
 */
void status_text(struct writer *w, const struct status *s);
void status_json(struct writer *w, const struct status *s);
void status_metrics(struct writer *w, const struct status *s);

/* "lan0, lan1 and others": three at most. Unprintable bytes become '?'. */
void status_interfaces(const struct connections_by *by, char out[STATUS_NAMES_MAX]);

/* "3 d 4 h", "12 s": the two largest units. */
void status_duration(struct writer *w, uint64_t seconds);

#endif
