/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_ENGINE_ENGINE_H
#define FILTERD_ENGINE_ENGINE_H

/*
 * Engine: bytes -> packet -> flow -> host -> decision -> verdict -> event, as one call.
 *
 * Queue and replay use the same engine. It does no I/O, reads no clock and has no globals: packet
 * and time come in, a verdict and the events come out. One owner at a time (a worker, a replay, a
 * test).
 */

#include "audit/event.h"
#include "base/bytes.h"
#include "engine/askers.h"
#include "engine/links.h"
#include "engine/questions.h"
#include "policy/policy.h"
#include "policy/settings.h"

enum verdict {
	/* this packet passes; the flow is undecided (or never final, as with DNS) */
	VERDICT_ACCEPT,
	/*
	 * this packet passes and the flow is decided: mark it, the rest need not come here. Live,
	 * the far side has taken the judged bytes, or its answers take another way
	 */
	VERDICT_PASS,
	/* this packet must not reach its receiver and the flow is blocked: mark it */
	VERDICT_BLOCK,
	VERDICT_DROP,           /* this packet alone must not reach its receiver */
};

struct engine_limits {
	uint32_t flows;                 /* flows remembered */
	uint32_t hellos;                /* stream beginnings kept at once, GATHER_MAX bytes each */
	/* packets reassembled from fragments at once; 0: none (live) */
	uint32_t fragments;
	int64_t  flow_idle_us;
	uint64_t seed;                  /* random; replay takes a fixed one */
	bool     both_directions;       /* replay: servers' answers are in the capture, too */
	/*
	 * borrowed, shared by the engines of a host; NULL: the gateway's own questions are judged
	 * like any others
	 */
	struct questions *questions;
	/* borrowed, shared by the engines of a host; NULL: records do not say who asked */
	struct askers    *askers;
	/* borrowed, shared; NULL: sender addresses are not checked */
	struct links     *links;
	/* a client's name from DHCP, called with owner, for policies that use it; or NULL */
	policy_name      *name;
};

/* What may change at a reload; borrowed for the length of a call. */
struct engine_rules {
	const struct policy *policy;
	/* the policy depends on who asks */
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
	/* of a flow that passed, until filterd stops waiting for an answer */
	uint32_t             unanswered_packets;
	/* replay --all: an EVENT_PASS for every name that passes */
	bool                 report_passes;
};

/* The rules that follow from settings and policy; they borrow from both. */
struct engine_rules engine_rules_of(const struct settings *s, const struct policy *p);

/* What the kernel's connection tracking says about a packet. */
enum direction {
	DIRECTION_UNKNOWN,              /* a capture has none: flags and ports tell */
	DIRECTION_NEW,                  /* from the client, not answered yet */
	DIRECTION_ORIGINAL,             /* from the client, answered */
	DIRECTION_REPLY,                /* to the client */
	/*
	 * from the clients' side, though the kernel takes the connection for one opened from the
	 * other side. It is the client's if the flow is known to be a client's
	 */
	DIRECTION_TURNED,
};

struct engine_input {
	struct bytes ip;                /* from the IP header on */
	/* wall clock or capture time, microseconds since 1970, UTC */
	int64_t      now_us;
	/* now_us cannot be trusted: all dates of the policy count as past */
	bool         clock_untrusted;
	/* checksums need no check: the kernel has verified them, or has yet to fill them in */
	bool         sums_settled;
	enum direction direction;
	/* this host opened the connection: the client is the gateway itself */
	bool         is_own;
	/* a reply without a connection in the kernel: other replies may take another way */
	bool         is_stray;
	bool         has_mac;
	uint8_t      mac[6];
	const char  *iface;             /* "" if unknown */
};

/* Packets to send besides the verdict, as whole IP packets; mostly all empty. */
struct engine_reply {
	/* passes instead of the packet judged */
	struct bytes instead;
	/* to be sent untracked: our DNS answer instead of the real one */
	struct bytes answer;
	bool         is_to_known;       /* its receiver's address is real, not made up: devices.c */
	/* to be sent tracked: ends the connection at the packet's receiver */
	struct bytes reset;
};

/*
 * Called for every event before engine_packet() returns; a message with several names may cause
 * several.
 */
typedef void engine_report(void *owner, const struct event *e);

struct engine_counts {
	uint64_t packets;
	uint64_t datagrams;                     /* of them UDP */
	uint64_t blocked, observed, waived, logged;     /* events */
	/* wrong lengths or checksums: dropped */
	uint64_t bad_packets;
	/* segments and datagrams that rewrite bytes already seen: dropped */
	uint64_t conflicts;
	uint64_t decoys;                        /* segments that no server would accept: dropped */
	/* first packets from the clients' side with a sender address from outside: dropped */
	uint64_t forged;
	/* hellos and requests that could not be read; streams beyond a limit of inspection */
	uint64_t unreadable, over_limit;
	/* streams whose server has bytes that filterd never saw */
	uint64_t missed;
	/* connections whose answer the kernel saw and filterd did not */
	uint64_t unheard;
	/* verdicts that are final; a flow may need more than one */
	uint64_t decided;
	uint64_t flows;                         /* remembered now */
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
 * Prefetch hints for packets that will be judged soon; they change no result.
 *
 * engine_expect reads the headers; engine_fetch takes the result some packets later.
 */
uint32_t engine_expect(const struct engine *e, enum direction direction, struct bytes ip);
void     engine_fetch(const struct engine *e, uint32_t expected);

struct engine_counts engine_counts(const struct engine *e);

#endif
