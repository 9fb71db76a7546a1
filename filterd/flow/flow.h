/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_FLOW_FLOW_H
#define FILTERD_FLOW_FLOW_H

/*
 * Flow: what is remembered of one conversation between two (address, port) pairs, both directions
 * in one place. Bounded: a full table forgets a flow of the client that has most of them, the one
 * longest untouched.
 */

#include "base/table.h"
#include "flow/gather.h"
#include "wire/packet.h"

/* Who opened a flow: packets that anybody sends in a server's name are not that server's. */
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
	SIDE_DNS,               /* UDP: a DNS message is judged each by itself: never final */
	SIDE_PASSED,
};

enum reading_state {
	READING_BEGINS,         /* what comes next may begin anything that is known */
	READING_DNS,            /* DNS messages, each judged by itself: never final */
	READING_HTTP,           /* so is each HTTP request, if all of them are asked for */
	READING_HELLO,          /* a hello passed: the server may ask for another one */
	READING_PASSED,
};

/* How far one way to read a stream has come. */
struct reading {
	/* bytes from the beginning of the gathering that were judged: messages, requests */
	uint32_t           judged;
	/* where among them the request or proxy's part read last begins */
	uint32_t           last;
	/* with fewer bytes behind judged nothing new can be read */
	uint32_t           need;
	uint32_t           scanned;     /* of a request that is not whole: http_has_news() */
	uint8_t            scan_state, scan_fields;
	uint8_t            num_told;    /* names of it that were judged, and one more */
	/* where a hello behind what is not whole is looked for next */
	uint32_t           looked;
	uint32_t           sought;      /* up to where the end of its first line was looked for */
	bool               has_line;    /* and whether it was found */
	uint32_t           asks;        /* one behind where a question may begin; 0: none */
	uint32_t           passed;      /* bytes of a line, the last that were judged */
	bool               is_again;    /* they were judged before, as something else */
	uint32_t           heard;       /* where a request behind the last answer was judged */
	uint8_t            spent;       /* of a preamble: preamble.h */
	uint8_t            turn_spent;  /* of it before the server has spoken last, */
	uint32_t           turn;        /* up to which byte it had answered then */
	bool               has_crlf;    /* of it, a line that ends so was passed over */
	bool               in_talk;     /* a proxy was asked for a tunnel, and has not answered */
	bool               is_request;  /* nothing but a request begins so */
	bool               is_preamble; /* what came last is none of all that is known */
	enum reading_state state;
	bool               in_chunks;   /* READING_HTTP: within a chunked body */
	bool               in_early;    /* READING_HELLO: data may come before another hello */
	bool               is_asked;    /* READING_HELLO: the server has asked for another one */
	bool               is_not_dns;  /* to its server, which has answered otherwise */
	bool               is_heard;    /* READING_DNS, READING_HTTP: the server has answered */
	uint8_t            num_tunnels; /* requests of SOCKS that were read */
	bool               has_hello;   /* one passed; hello_end is the number behind it */
	uint32_t           hello_end;
};

enum { READING_AS_SENT, READING_WITHOUT_URGENT, READINGS };

/* What there is of a request that looks begun may be all of it: the other end has answered. */
enum enough { ENOUGH_UNKNOWN, ENOUGH, ENOUGH_JUDGED };

struct side {
	struct gather  *gather;         /* TCP only, NULL until there is data */
	uint32_t        first_seq;      /* of the first byte of data */
	/* sequence number behind the bytes that a pass was given for */
	uint32_t        judged_end;
	/* behind the bytes that were sent, and those that the other end has taken */
	uint32_t        sent, acked;
	uint32_t        anchor;         /* the first first_seq */
	uint32_t        early;          /* bytes of data in its SYN */
	/* what was sent when it asked for another connection, which nobody has answered yet */
	uint32_t        sent_before;
	/* sequence number of the byte that some receivers take out of the stream */
	uint32_t        urgent;
	/* behind the last byte, by the least of its FINs; behind those that were judged as all */
	uint32_t        end, end_judged;
	/* behind the bytes that the other end had when it last spoke */
	uint32_t        answered;
	struct reading  readings[READINGS];
	enum side_state state;
	bool            has_first_seq, has_acked, has_urgent;
	bool            has_answer;     /* the other end has spoken */
	bool            has_heard;      /* and did so since its bytes were judged */
	bool            is_answered;    /* all that was sent: the other end has spoken since */
	bool            has_end;        /* a FIN was seen */
	uint8_t         num_ends;       /* how often that made the end of it */
	enum enough     enough;
	bool            has_syn;        /* first_seq is from a SYN */
	bool            is_confirmed;   /* the other end has answered that SYN */
	bool            asks_anew;      /* and it sent one more since */
	/* the other end had spoken before: servers of mail and files do, and of HTTP/2 */
	bool            is_greeted;
	bool            is_signed;      /* its SYN had a signature option */
	/* with gather NULL: the gathering was taken away for others */
	bool            has_gathered;
};

/* A DNS attempt that has its record. */
struct recent_attempt {
	uint64_t name_hash;
	uint32_t first_s;               /* since 1970 */
	uint16_t id;
	bool     used, is_answered;
};

#define FLOW_RECENT 4           /* A, AAAA, HTTPS and one more from one socket */
#define FLOW_ASKED  4           /* as many of its questions wait for their answers */

/* What every packet needs comes first: it shares a line of the processor's cache with the key. */
struct flow {
	struct flow_key       key;      /* first: the table's key */
	int64_t               last_us;
	uint8_t               client;   /* enum flow_end */
	bool                  client_known;
	bool                  blocked;
	bool                  port_judged;
	bool                  query_seen;       /* DNS: the client's question was judged */
	bool                  has_initials;     /* QUIC: connections were begun within the flow */
	uint8_t               num_datagrams;    /* QUIC: seen of the client, up to UINT8_MAX */
	/* the record that it cannot be read was made: of QUIC; of a message of DNS */
	bool                  told_unread, told_message;
	bool                  is_answered;      /* live: a reply came by */
	bool                  is_unheard;       /* live: but the kernel has seen one */
	bool                  is_missed;        /* live: the server has what never came by */
	/* live: nobody saw it begin, or it is QUIC and was answered: a pass is final at once */
	bool                  began_before;
	bool                  is_proxied;       /* its client named a host to a proxy */
	bool                  is_lost;          /* what its client said first was given up */
	/* live: the client's since the pass, up to UINT16_MAX */
	uint16_t              num_unanswered;
	bool                  has_mac, has_iface;
	uint8_t               mac[6];   /* the client's */
	struct side           sides[2]; /* by enum flow_end */
	char                  iface[16];
	uint32_t              share;    /* a hash of its client's address */
	uint8_t               next_recent, next_asked;
	uint32_t              asked[FLOW_ASKED];        /* DNS: hashes of questions; 0: none */
	struct recent_attempt recent[FLOW_RECENT];
};

struct flows;

/* Called before a flow is given up, with all that it had; not at flow_restart(). */
typedef void flow_leave(void *owner, const struct flow *flow);

/* flows_new - NULL without memory. Takes: leave, called with owner; may be NULL. */
struct flows *flows_new(size_t num_flows, size_t num_gathers, int64_t idle_us, uint64_t seed,
                        flow_leave *leave, void *owner);
void          flows_free(struct flows *f);

/* The packet's key, opened by any, and which end sent it. */
struct flow_key flow_key_of(const struct packet *p, enum flow_end *sender_out);

/* One end of a flow. */
void flow_end_of(const struct flow_key *key, enum flow_end which, struct address *address_out,
                 uint16_t *port_out);

/* flow_find - NULL if it is not known. Forgets up to two idle flows on the way. */
struct flow *flow_find(struct flows *f, const struct flow_key *key, int64_t now_us);

/* flow_expect, flow_fetch - hints for flow_find: as table_expect and table_fetch. */
uint32_t flow_expect(const struct flows *f, const struct flow_key *key);
void     flow_fetch(const struct flows *f, uint32_t hash);

/*
 * flow_add - a new flow, zeroed; the key must not be known. Never NULL. Takes: client, who is to
 *            give up another flow if there are too many. Of IPv6 the first 64 bits are a client:
 *            it chooses the others itself.
 */
struct flow *flow_add(struct flows *f, const struct flow_key *key, const struct address *client,
                      int64_t now_us);

/*
 * flow_note_client - the sender of this packet opened the flow.
 * flow_of_client   - the flow that the receiver of this packet opened last from its address and
 *                    port, whatever server it asked; NULL if it opened none, or that is forgotten.
 *                    For replies that come from elsewhere than was asked, behind DNAT.
 */
void         flow_note_client(struct flows *f, const struct flow *flow, const struct packet *p);
struct flow *flow_of_client(struct flows *f, const struct packet *p);

/* Begins anew with what a new connection between the same ends needs to have forgotten. */
void flow_restart(struct flows *f, struct flow *flow);

struct gather_pool *flows_gathers(struct flows *f);
size_t              flows_used(const struct flows *f);
uint64_t            flows_evicted(const struct flows *f);

/*
 * A question that is sent again is the same attempt if it was not answered, for REPEAT_S from the
 * first time on, however often it comes.
 *
 * flow_repeats_attempt - has this DNS attempt its record already? If not, it is remembered now.
 * flow_has_attempt     - the same by its id alone: for answers to a query that has its record.
 * flow_note_answered   - the client got an answer with this id.
 * flow_ask_anew        - the client asks with this id: no attempt that was answered is this one.
 */
#define REPEAT_S 30     /* glibc asks the first of three resolvers again after 14, musl after 2 */
bool flow_repeats_attempt(struct flow *flow, uint16_t id, uint64_t name_hash, int64_t now_us);
bool flow_has_attempt(const struct flow *flow, uint16_t id, int64_t now_us);
void flow_note_answered(struct flow *flow, uint16_t id);
void flow_ask_anew(struct flow *flow, uint16_t id);

/*
 * flow_note_question - its client has asked this; hash, of the id and of all of the question.
 * flow_take_answer   - is this the answer to one of the last FLOW_ASKED questions, and the first
 *                      one? It is waited for no longer.
 * flow_of_question   - another flow of this client's that waits for the answer; NULL if none does,
 *                      or if this one, which may be NULL, waits for it.
 */
void         flow_note_question(struct flows *f, struct flow *flow, uint64_t hash);
bool         flow_take_answer(struct flow *flow, uint64_t hash);
struct flow *flow_of_question(struct flows *f, const struct flow *flow,
                              const struct address *client, uint64_t hash);

#endif
