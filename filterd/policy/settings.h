/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_POLICY_SETTINGS_H
#define FILTERD_POLICY_SETTINGS_H

/*
 * Settings: filterd.conf as values. settings.c holds the one table of all settings with default,
 * unit, bounds and when a change takes effect; the parser and a reload use it, and a test compares
 * the sample config/filterd.conf and filterd.conf(5) with it.
 */

#include "base/problem.h"
#include "policy/builtin.h"

enum on_block { ON_BLOCK_REJECT, ON_BLOCK_DROP };
enum dns_answer { DNS_ANSWER_NXDOMAIN, DNS_ANSWER_REFUSED, DNS_ANSWER_UNSPECIFIED };
enum on_failure { ON_FAILURE_OPEN, ON_FAILURE_CLOSED };
enum rules_backend { BACKEND_AUTO, BACKEND_NFT, BACKEND_IPTABLES };
enum offload { OFFLOAD_AUTO, OFFLOAD_NONE, OFFLOAD_HOLD, OFFLOAD_OWN };
enum mode { MODE_ENFORCE, MODE_OBSERVE };
enum strict_lists { STRICT_LISTS_NO, STRICT_LISTS_YES };
enum clock_use { CLOCK_CHECK, CLOCK_BELIEVE };
enum http_requests { HTTP_FIRST, HTTP_ALL };
enum ech_answers { ECH_KEEP, ECH_REMOVE };
enum sync { SYNC_CHECKPOINT, SYNC_RECORD, SYNC_NEVER };
enum on_log_failure { ON_LOG_FAILURE_ENFORCE, ON_LOG_FAILURE_BLOCK_ALL, ON_LOG_FAILURE_STOP };
enum confinement {
	CONFINEMENT_FULL,
	CONFINEMENT_SECCOMP,
	CONFINEMENT_LANDLOCK,
	CONFINEMENT_RIGHTS
};

#define SETTINGS_TEXT_MAX 512   /* bytes of one value */

/* A setting of older versions: a file with it is accepted, with a message. */
struct settings_gone {
	const char *section, *key, *why;
};

struct settings {
	/* [policy] */
	/* policy files, separated by spaces; relative to the configuration */
	char     files[SETTINGS_TEXT_MAX];
	/* a policy file with only waivers, which may be missing; "": none */
	char     waivers[SETTINGS_TEXT_MAX];
	enum mode mode;                          /* enforce | observe */
	enum clock_use clock;                    /* check | believe */
	uint32_t watch_s;                        /* seconds between checks of its files; 0: never */
	uint32_t max_shrink;                     /* percent of a list's names that may disappear */
	enum strict_lists strict_lists;          /* no | yes */
	char     signed_by[SETTINGS_TEXT_MAX];   /* files with public keys; "": unsigned is fine */
	/* [block] */
	enum on_block   on_block;                /* reject | drop */
	enum dns_answer dns_answer;              /* nxdomain | refused | unspecified */
	char     dns_text[SETTINGS_TEXT_MAX];    /* extra text of the Extended DNS Error */
	/* [inspect] */
	enum outcome no_name;                    /* pass | log | block */
	enum outcome ech;                        /* pass | log | block */
	/* visible names of providers of encrypted hellos, separated by spaces */
	char     ech_names[SETTINGS_TEXT_MAX];
	enum ech_answers ech_answers;            /* keep | remove */
	enum outcome quic_unread;                /* pass | log | block */
	enum outcome over_limit;                 /* pass | log | block */
	enum outcome unreadable;                 /* pass | log | block */
	enum http_requests http_requests;        /* first | all */
	uint32_t stream_bytes;                   /* most bytes of a TCP stream */
	/* segments that may arrive ahead of the bytes before them */
	uint32_t stream_gaps;
	uint32_t tls_records;                    /* most records of one hello */
	uint32_t quic_datagrams;                 /* of a flow, before it counts as unreadable */
	/* [queue] */
	uint32_t first;                          /* number of the first queue, 0..65535 */
	uint32_t workers;                        /* threads, each with two queues, 1..16 */
	uint32_t length;                         /* packets the kernel queues for each worker */
	uint32_t buffer_kib;                     /* socket receive buffer, KiB */
	uint32_t source_rate;                    /* packets per second and source; 0: no limit */
	enum on_failure on_failure;              /* open | closed */
	enum rules_backend backend;              /* auto | nft | iptables */
	uint32_t mark_mask;                      /* four bits of the packet mark that are ours */
	char     protect[SETTINGS_TEXT_MAX];     /* "auto", or interfaces separated by spaces */
	enum offload offload;                    /* auto | none | hold | own */
	/* [flow] */
	uint32_t flows;                          /* flows remembered for each worker */
	/* seconds without a packet after which a flow expires */
	uint32_t flow_idle_s;
	/* stream beginnings kept at once for each worker, 16 KiB each */
	uint32_t hellos;
	/* packets of a passed, unanswered flow before it leaves the queue */
	uint32_t udp_packets;
	/* [audit] */
	char     audit_file[SETTINGS_TEXT_MAX];
	/* name of this gateway in records; "" means the host name */
	char     sensor[SETTINGS_TEXT_MAX];
	char     keys[SETTINGS_TEXT_MAX];        /* folder */
	uint32_t heartbeat_s;
	uint32_t segment_mib, total_mib, days;   /* total and days: 0 keeps all */
	enum sync sync;                          /* checkpoint | record | never */
	uint32_t repeat_window_s;                /* 0: a record for every attempt */
	uint32_t repeats;                        /* slots of the table */
	char     repeats_file[SETTINGS_TEXT_MAX];        /* "": in the process's own memory */
	char     anchors[SETTINGS_TEXT_MAX];     /* file; "": none */
	/* folder on flash for a copy of a log in memory; "": none */
	char     flush_to[SETTINGS_TEXT_MAX];
	uint32_t flush_every_s;
	char     leases[SETTINGS_TEXT_MAX];      /* "auto", or files; "": none */
	enum on_log_failure on_log_failure;      /* enforce | block-all | stop */
	/* [daemon] */
	/* root switches to this user after opening everything; "": stays root */
	char     user[SETTINGS_TEXT_MAX];
	enum confinement confinement;            /* full | seccomp | landlock | rights */
	char     log[SETTINGS_TEXT_MAX];         /* "stderr" | "syslog" */
	char     control[SETTINGS_TEXT_MAX];     /* socket; "": none */
	char     metrics[SETTINGS_TEXT_MAX];     /* file; "": none */
	uint32_t pause_most_min;                 /* longest filterctl pause; 0: none allowed */
	/* the last obsolete setting in the file; NULL: none */
	const struct settings_gone *gone;
};

/* Marks within mark_mask, lowest bit first. */
struct marks { uint32_t decided, blocked, seen, injected; };
struct marks settings_marks(const struct settings *s);

/*
 * settings_queue - number of the first queue for TCP, or for UDP; each has one per worker. UDP's
 *                  queues follow TCP's, SETTINGS_QUEUES(s) in all.
 */
#define SETTINGS_QUEUES(s) (2 * (s)->workers)
uint32_t settings_queue(const struct settings *s, bool is_udp);

/* The last two are texts that may have continuation lines; SETTING_INTERFACES: "auto", or names. */
enum setting_type {
	SETTING_NUMBER,
	SETTING_CHOICE,
	SETTING_TEXT,
	SETTING_MASK,
	SETTING_LIST,
	SETTING_INTERFACES,
};

/* When a change takes effect in a running filterd after a reload. */
enum setting_when {
	SETTING_AT_ONCE,
	/* filterd uses it at once; the kernel's rules depend on it, too */
	SETTING_WITH_RULES,
	/* queues, memory, files and rights depend on it: filterd keeps the old value */
	SETTING_AT_START,
	/* both: filterd and the rules must agree on it */
	SETTING_WITH_RULES_AT_START,
};

/* One row of the table. Short texts are arrays: a pointer and its relocation take more. */
struct setting {
	char               section[8], key[16];
	enum setting_type  type;
	const char        *fallback;    /* the default, as written in a file */
	char               unit[16];    /* "packets", "KiB", "seconds", "" */
	const char        *expects;     /* NULL: made from its bounds or choices */
	size_t             offset;      /* in struct settings */
	uint32_t           least, most; /* SETTING_NUMBER */
	/* SETTING_CHOICE: NULL-terminated, in the order of the enum */
	const char *const *choices;
	enum setting_when  when;
};

extern const struct setting settings_table[];
extern const size_t         settings_count;

/*
 * settings_parse - Takes: text of a configuration file, NUL-terminated; file, its name for
 *                  messages.
 * Gives:  0 with every setting at its value or default; -EINVAL with *problem_out "FILE: line N:
 *         ..." naming the expected and the actual text (unknown section, unknown key, duplicate
 *         key, bad value), *out untouched.
 */
int settings_parse(const char *text, const char *file, struct settings *out,
                   struct problem *problem_out);

/*
 * settings_salvage - reads a file that settings_parse() refuses, without the wrong lines. To find
 *                    the files of a running filterd that uses an older version of it.
 */
void settings_salvage(const char *text, struct settings *out);

/* All defaults. */
void settings_default(struct settings *out);

/*
 * setting_is_same - Gives: whether this setting has the same value in both.
 * setting_keep    - copies its value from *from to *to.
 * setting_value   - Gives: its value in the form used in a file; within *s or room.
 * setting_expects - Gives: "a number from 1 to 16", "reject or drop": for messages; within *row or
 *                   room.
 */
#define SETTING_NUMBER_MAX  16  /* bytes of room */
#define SETTING_EXPECTS_MAX 48
bool setting_is_same(const struct setting *row, const struct settings *a, const struct settings *b);
void setting_keep(const struct setting *row, struct settings *to, const struct settings *from);
const char *setting_value(const struct setting *row, const struct settings *s,
                          char room[SETTING_NUMBER_MAX]);
const char *setting_expects(const struct setting *row, char room[SETTING_EXPECTS_MAX]);

/*
 * settings_write  - all of them in canonical form, for comparisons: one per line, "policy.mode =
 *                   enforce", sorted by bytes; an empty value is "none", and lists are separated by
 *                   one blank.
 * settings_digest - SHA-256 of that. 0 or -EIO.
 */
#define SETTINGS_WRITTEN_MAX 16384      /* bytes; more than all settings at their longest */
void settings_write(struct writer *w, const struct settings *s);
int  settings_digest(const struct settings *s, uint8_t out[32]);

#endif
