/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_FLOW_FLOW_H
#define FILTERD_FLOW_FLOW_H

/*
 * Flow: the state kept about one conversation between two (address, port) pairs, both directions in
 * one place. Bounded: a full table evicts the longest untouched flow of the client that has most.
 */

#include "base/table.h"
#include "flow/gather.h"
#include "wire/packet.h"

/*
 * Who opened a flow: anybody can send packets in a server's name, and those are not the server's.
 */
enum flow_opener { FLOW_OPENED_BY_ANY, FLOW_OPENED_BY_LOW, FLOW_OPENED_BY_HIGH };

/* The two ends in a fixed order, so that both directions find the same flow. */
struct flow_key {
	uint8_t  low[16], high[16];
	uint16_t low_port, high_port;
	uint8_t  family, ip_proto;
	uint8_t  opener;                /* enum flow_opener */
	uint8_t  pad;                   /* always 0: the key is compared as bytes */
};

enum flow_end { FLOW_LOW, FLOW_HIGH };

static inline enum flow_end flow_other_end(enum flow_end end)
{
	return end == FLOW_LOW ? FLOW_HIGH : FLOW_LOW;
}

/* What one end sends. */
enum side_state {
	SIDE_UNDECIDED,
	SIDE_DNS,               /* UDP: each DNS message is judged alone: never final */
	SIDE_PASSED,
};

enum reading_state {
	READING_BEGINS,         /* any known protocol may begin here */
	READING_DNS,            /* DNS messages, each judged alone: never final */
	READING_HTTP,           /* HTTP requests, each judged alone, if all are to be judged */
	READING_HELLO,          /* a hello passed: the server may ask for another one */
	READING_PASSED,
};

/* The state of one way to read a stream. */
struct reading {
	/* bytes from the beginning of the gathering that were judged: messages, requests */
	uint32_t           judged;
	/* where in them the last request or proxy request begins */
	uint32_t           last;
	/* with fewer bytes after judged there is nothing new to read */
	uint32_t           need;
	uint32_t           scanned;     /* of an incomplete request: http_has_news() */
	uint8_t            scan_state, scan_fields;
	uint8_t            num_told;    /* names of it that were judged, plus one */
	/* where the next search for a hello inside an incomplete message begins */
	uint32_t           looked;
	uint32_t           sought;      /* up to where the end of its first line was looked for */
	bool               has_line;    /* and whether it was found */
	uint32_t           asks;        /* where a question may begin, plus one; 0: nowhere */
	uint32_t           passed;      /* bytes of a line, the last ones that were judged */
	bool               is_again;    /* those bytes were judged before, as something else */
	uint32_t           heard;       /* where a request after the last answer was judged */
	uint8_t            spent;       /* of a preamble: preamble.h */
	uint8_t            turn_spent;  /* of it, up to when the server last spoke, */
	uint32_t           turn;        /* and the end of the bytes it had answered then */
	bool               has_crlf;    /* of it, a line that ends so was passed over */
	bool               in_talk;     /* a proxy was asked for a tunnel, and has not answered */
	bool               is_request;  /* only a request begins so */
	bool               is_preamble; /* the last piece is of no known protocol */
	enum reading_state state;
	bool               in_chunks;   /* READING_HTTP: within a chunked body */
	bool               in_early;    /* READING_HELLO: data may come before another hello */
	bool               is_asked;    /* READING_HELLO: the server has asked for another one */
	bool               is_not_dns;  /* the server's answer was not DNS */
	bool               is_heard;    /* READING_DNS, READING_HTTP: the server has answered */
	uint8_t            num_tunnels; /* SOCKS requests read */
	bool               has_hello;   /* one passed; hello_end is the number after it */
	uint32_t           hello_end;
};

enum { READING_AS_SENT, READING_WITHOUT_URGENT, READINGS };

/* A request that looks incomplete may be complete: the other end has answered. */
enum enough { ENOUGH_UNKNOWN, ENOUGH, ENOUGH_JUDGED };

struct side {
	struct gather  *gather;         /* TCP only, NULL until there is data */
	uint32_t        first_seq;      /* of the first byte of data */
	/* sequence number after the bytes that were passed */
	uint32_t        judged_end;
	/* after the bytes that were sent, and after those that the other end has acknowledged */
	uint32_t        sent, acked;
	uint32_t        anchor;         /* the first first_seq */
	uint32_t        early;          /* bytes of data in its SYN */
	/* what was sent before a SYN for another connection, which is not answered yet */
	uint32_t        sent_before;
	/* sequence number of the urgent byte, which some receivers take out of the stream */
	uint32_t        urgent;
	/* after the last byte, by the earliest FIN; after those judged as the whole stream */
	uint32_t        end, end_judged;
	/* after the bytes that the other end had when it last spoke */
	uint32_t        answered;
	struct reading  readings[READINGS];
	enum side_state state;
	bool            has_first_seq, has_acked, has_urgent;
	bool            has_answer;     /* the other end has spoken */
	bool            has_heard;      /* and spoke after the bytes were judged */
	bool            is_answered;    /* the other end has spoken since all was sent */
	bool            has_end;        /* a FIN was seen */
	uint8_t         num_ends;       /* how often a FIN moved the end */
	enum enough     enough;
	bool            has_syn;        /* first_seq is from a SYN */
	bool            is_confirmed;   /* the other end has answered that SYN */
	bool            asks_anew;      /* and the side has sent another SYN since */
	/* the other end spoke first: servers of mail, files and HTTP/2 do */
	bool            is_greeted;
	bool            is_signed;      /* its SYN had a signature option */
	/* if gather is NULL: the gathering was evicted */
	bool            has_gathered;
};

/* A DNS attempt that has its record already. */
struct recent_attempt {
	uint64_t name_hash;
	uint32_t first_s;               /* since 1970 */
	uint16_t id;
	bool     used, is_answered;
};

#define FLOW_RECENT 4           /* A, AAAA, HTTPS and one more from one socket */
#define FLOW_ASKED  4           /* questions that wait for their answers */

/* The fields that every packet needs come first, in one cache line with the key. */
struct flow {
	struct flow_key       key;      /* first: the table's key */
	int64_t               last_us;
	uint8_t               client;   /* enum flow_end */
	bool                  client_known;
	bool                  blocked;
	bool                  port_judged;
	bool                  query_seen;       /* DNS: the client's question was judged */
	bool                  has_initials;     /* QUIC: connections were begun within the flow */
	uint8_t               num_datagrams;    /* QUIC: the client's, up to UINT8_MAX */
	/* recorded already as unreadable: the flow, for QUIC; a message, for DNS */
	bool                  told_unread, told_message;
	bool                  is_answered;      /* live: a reply came by */
	bool                  is_unheard;       /* live: only the kernel has seen one */
	bool                  is_missed;        /* live: the server has bytes unseen here */
	/*
	 * live: its beginning was not seen, or it is QUIC and was answered: a pass is final at once
	 */
	bool                  began_before;
	bool                  is_proxied;       /* its client named a host to a proxy */
	bool                  is_lost;          /* its client's first bytes were given up */
	/* live: the client's packets since the pass, up to UINT16_MAX */
	uint16_t              num_unanswered;
	bool                  has_mac, has_iface;
	uint8_t               mac[6];   /* the client's */
	uint32_t              opening;  /* QUIC, with has_initials: openings_at() */
	struct side           sides[2]; /* by enum flow_end */
	char                  iface[16];
	uint32_t              share;    /* a hash of its client's address */
	uint8_t               next_recent, next_asked;
	uint32_t              asked[FLOW_ASKED];        /* DNS: hashes of questions; 0: none */
	struct recent_attempt recent[FLOW_RECENT];
};

struct flows;

/* Called before a flow is given up with all its state; not at flow_restart(). */
typedef void flow_leave(void *owner, const struct flow *flow);

/* flows_new - NULL without memory. Takes: leave, called with owner; may be NULL. */
struct flows *flows_new(size_t num_flows, size_t num_gathers, int64_t idle_us, uint64_t seed,
                        flow_leave *leave, void *owner);
void          flows_free(struct flows *f);

/* The packet's key, opened by either end, and the end that sent it. */
struct flow_key flow_key_of(const struct packet *p, enum flow_end *sender_out);

/* One end of a flow. */
void flow_end_of(const struct flow_key *key, enum flow_end which, struct address *address_out,
                 uint16_t *port_out);

/* flow_find - NULL if unknown. Expires up to two idle flows on the way. */
struct flow *flow_find(struct flows *f, const struct flow_key *key, int64_t now_us);

/* flow_expect, flow_fetch - hints for flow_find: as table_expect and table_fetch. */
uint32_t flow_expect(const struct flows *f, const struct flow_key *key);
void     flow_fetch(const struct flows *f, uint32_t hash);

/*
 * flow_add - a new flow, zeroed; the key must not be known. Never NULL. Takes: client, which loses
 *            another flow if there are too many. The first 64 bits of an IPv6 address are a
 *            client: it chooses the others itself.
 */
struct flow *flow_add(struct flows *f, const struct flow_key *key, const struct address *client,
                      int64_t now_us);

/*
 * flow_note_client - the sender of this packet opened the flow.
 * flow_of_client   - the flow that the receiver of this packet last opened from its address and
 *                    port, to any server; NULL if it opened none, or that is forgotten. For
 *                    replies from an address other than the one asked, after DNAT.
 */
void         flow_note_client(struct flows *f, const struct flow *flow, const struct packet *p);
struct flow *flow_of_client(struct flows *f, const struct packet *p);

/* Resets the state that a new connection between the same ends must not inherit. */
void flow_restart(struct flows *f, struct flow *flow);

struct gather_pool *flows_gathers(struct flows *f);
size_t              flows_used(const struct flows *f);
uint64_t            flows_evicted(const struct flows *f);

/*
 * A question that is sent again is the same attempt if it was not answered, for REPEAT_S from the
 * first time on, however often it comes.
 *
 * flow_repeats_attempt - does this DNS attempt have its record already? If not, it is remembered
 *                        now.
 * flow_has_attempt     - the same by its id alone: for answers to a query that has its record.
 * flow_note_answered   - the client got an answer with this id.
 * flow_ask_anew        - the client asks with this id: earlier answered attempts with it are over.
 */
#define REPEAT_S 30     /* glibc asks the first of three resolvers again after 14, musl after 2 */
bool flow_repeats_attempt(struct flow *flow, uint16_t id, uint64_t name_hash, int64_t now_us);
bool flow_has_attempt(const struct flow *flow, uint16_t id, int64_t now_us);
void flow_note_answered(struct flow *flow, uint16_t id);
void flow_ask_anew(struct flow *flow, uint16_t id);

/*
 * flow_note_question - its client has asked this; hash: of the id and the whole question.
 * flow_take_answer   - is this the first answer to one of the last FLOW_ASKED questions? The
 *                      question no longer waits.
 * flow_of_question   - another flow of this client that waits for the answer; NULL if none does, or
 *                      if this one, which may be NULL, waits for it.
 */
void         flow_note_question(struct flows *f, struct flow *flow, uint64_t hash);
bool         flow_take_answer(struct flow *flow, uint64_t hash);
struct flow *flow_of_question(struct flows *f, const struct flow *flow,
                              const struct address *client, uint64_t hash);

#endif
