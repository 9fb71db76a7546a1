/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_ENGINE_ENGINE_H
#define FILTERD_ENGINE_ENGINE_H

/*
 * Engine: bytes -> packet -> flow -> host -> decision -> verdict -> event, as one call.
 *
 * Queue and replay feed the very same engine. It does no I/O, reads no clock and has no globals:
 * packet and time come in, a verdict and the events come out. One owner a time (a worker, a replay,
 * a test).
 */

#include "audit/event.h"
#include "base/bytes.h"
#include "engine/askers.h"
#include "engine/links.h"
#include "engine/questions.h"
#include "policy/policy.h"
#include "policy/settings.h"

enum verdict {
	/* this packet passes, the flow is undecided (or never final, as with DNS) */
	VERDICT_ACCEPT,
	/*
	 * this packet passes and the flow is decided: mark it, no more of it is needed. Live, the
	 * far side has taken what was judged, or answers do not come by here
	 */
	VERDICT_PASS,
	/* this packet must not reach its receiver and the flow is blocked: mark it */
	VERDICT_BLOCK,
	VERDICT_DROP,           /* this packet alone must not reach its receiver */
};

struct engine_limits {
	uint32_t flows;                 /* flows remembered */
	uint32_t hellos;                /* stream beginnings kept at once, GATHER_MAX bytes each */
	/* packets put together from fragments at once; 0: none (live) */
	uint32_t fragments;
	int64_t  flow_idle_us;
	uint64_t seed;                  /* random; replay takes a fixed one */
	bool     both_directions;       /* replay: sees answers of servers, too */
	/*
	 * borrowed, shared by the engines of a host; NULL: the gateway's own questions are judged
	 * as everybody's
	 */
	struct questions *questions;
	/* borrowed, shared by the engines of a host; NULL: nothing is said of who asked */
	struct askers    *askers;
	/* borrowed, shared; NULL: every packet is believed to be its sender's */
	struct links     *links;
	/* what DHCP calls a client, asked where the policy goes by it, with owner; or NULL */
	policy_name      *name;
};

/* What may change at a reload; borrowed for the length of a call. */
struct engine_rules {
	const struct policy *policy;
	/* the policy goes by who asks */
	bool                 tells_clients_apart;
	enum mode            mode;
	enum on_block        on_block;
	enum dns_answer      dns_answer;
	const char          *dns_text;
	enum outcome         no_name, ech, quic_unread, over_limit, unreadable;
	const char          *ech_names;
	enum ech_answers     ech_answers;
	enum http_requests   http_requests;
	uint32_t             stream_bytes, stream_gaps, tls_records, quic_datagrams;
	/* of a flow that passed, until nobody waits for an answer any more */
	uint32_t             unanswered_packets;
	/* replay --all: an EVENT_PASS for every name that passes */
	bool                 report_passes;
};

/* What the settings say; borrows from both. */
struct engine_rules engine_rules_of(const struct settings *s, const struct policy *p);

/* What the kernel's connection tracking says of a packet. */
enum direction {
	DIRECTION_UNKNOWN,              /* a capture has none: who sent what says it */
	DIRECTION_NEW,                  /* the client's, of a connection that nobody has answered */
	DIRECTION_ORIGINAL,             /* the client's, of one that was answered */
	DIRECTION_REPLY,                /* to the client */
	/*
	 * from where clients are, of a connection that was opened from elsewhere as far as the
	 * kernel knows: the client's, if this flow is known to be one
	 */
	DIRECTION_TURNED,
};

struct engine_input {
	struct bytes ip;                /* from the IP header on */
	/* wall clock or capture time, microseconds since 1970, UTC */
	int64_t      now_us;
	/* now_us is not to be believed: every date of the policy has come */
	bool         clock_untrusted;
	/* checksums need no look: the kernel has verified them, or is yet to fill them in */
	bool         sums_settled;
	enum direction direction;
	/* of a connection that this host opened: the client is the gateway itself */
	bool         is_own;
	/* a reply, but the kernel knows no connection: others may not come by here */
	bool         is_stray;
	bool         has_mac;
	uint8_t      mac[6];
	const char  *iface;             /* "" if unknown */
};

/* What goes out besides the verdict, as whole IP packets; all empty in most cases. */
struct engine_reply {
	/* the packet that passes in place of the one that was judged */
	struct bytes instead;
	/* to be sent untracked: the DNS answer in place of the real one */
	struct bytes answer;
	bool         is_to_known;       /* its receiver's address is no made-up one: devices.c */
	/* to be sent tracked: ends the connection at the packet's receiver */
	struct bytes reset;
};

/*
 * Called for every event before engine_packet() returns; a message with several names may bring
 * several.
 */
typedef void engine_report(void *owner, const struct event *e);

struct engine_counts {
	uint64_t packets;
	uint64_t datagrams;                     /* of them UDP */
	uint64_t blocked, observed, waived, logged;     /* events */
	/* lengths that lie, checksums that do not hold: dropped */
	uint64_t bad_packets;
	/* segments and datagrams that rewrite bytes already seen: dropped */
	uint64_t conflicts;
	uint64_t decoys;                        /* segments that no server would take: dropped */
	/* first packets from where clients are, whose sender is outside: dropped */
	uint64_t forged;
	/* hellos and requests that could not be read; streams beyond a limit of inspection */
	uint64_t unreadable, over_limit;
	/* streams of which the server has what never came by here */
	uint64_t missed;
	/* connections that the kernel says were answered, with no answer that came by here */
	uint64_t unheard;
	/* verdicts that are final; a flow may need more than one */
	uint64_t decided;
	uint64_t flows;                         /* remembered at this moment */
	uint64_t flows_evicted, hellos_evicted;
};

struct engine;

/* engine_new - NULL without memory, or without the ciphers of QUIC. report is called with owner. */
struct engine *engine_new(const struct engine_limits *limits, engine_report *report, void *owner);
void           engine_free(struct engine *e);

/*
 * engine_packet - judge one packet.
 *
 * Gives:  the verdict; *reply_out valid until the next call. A packet that is not IP, TCP or UDP,
 *         and a whole IP packet of another protocol: VERDICT_ACCEPT. Broken lengths or checksums:
 *         VERDICT_DROP.
 */
enum verdict engine_packet(struct engine *e, const struct engine_rules *rules,
                           const struct engine_input *in, struct engine_reply *reply_out);

/*
 * Hints that change nothing, for packets that are judged soon: their flows come from memory
 * meanwhile.
 *
 * engine_expect reads the headers, and gives what engine_fetch takes some packets later.
 */
uint32_t engine_expect(const struct engine *e, enum direction direction, struct bytes ip);
void     engine_fetch(const struct engine *e, uint32_t expected);

struct engine_counts engine_counts(const struct engine *e);

#endif
