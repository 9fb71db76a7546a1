/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_ENGINE_STATE_H
#define FILTERD_ENGINE_STATE_H

/*
 * State: shared by the files of the engine, and by nobody else. engine.c takes a packet to its
 * flow, streams.c and datagrams.c find names in it, names.c asks the policy and fills the event,
 * replies.c builds what is sent.
 */

#include "engine/askers.h"
#include "engine/engine.h"
#include "engine/lost.h"
#include "flow/flow.h"
#include "inspect/dns.h"
#include "inspect/http.h"
#include "inspect/http2.h"
#include "inspect/quic.h"
#include "inspect/tls.h"
#include "wire/fragments.h"

#include <assert.h>

#define DNS_PORT         53
/* bytes; a DNS answer of 4,096, the most that resolvers ask for, and headers */
#define ENGINE_REPLY_MAX 4608

static_assert(TLS_HELLO_MAX >= GATHER_MAX, "a hello in records finds room in engine->hello");

struct initials;

struct engine {
	struct engine_limits limits;
	struct flows        *flows;
	struct fragments    *fragments;         /* NULL when live */
	struct initials     *initials;
	struct table        *endings;
	struct table        *addresses;
	struct table        *devices;
	struct lost         *lost;
	engine_report       *report;
	void                *owner;
	struct engine_counts counts;
	uint32_t             asked[256];        /* askers.c: the clients noted lately */
	/* scratch, large: not on the stack, never cleared */
	struct dns_name      name;
	struct dns_name      question;
	struct dns_name      strictest;
	struct host_text     host;
	struct event         event;
	uint8_t              hello[TLS_HELLO_MAX];
	uint8_t              fields[HTTP2_SCRATCH(GATHER_MAX)];
	uint8_t              overlay[GATHER_MAX];
	uint8_t              answer[ENGINE_REPLY_MAX];
	uint8_t              reset[ENGINE_REPLY_MAX];
};

/* One packet on its way through the engine. */
struct passage {
	struct engine             *engine;
	const struct engine_rules *rules;
	const struct engine_input *in;
	const struct packet       *packet;
	struct flow               *flow;
	enum flow_end              sender;
	struct engine_reply       *reply;
	/* for the record; NULL if the name comes from no request */
	const struct http_request *request;
	const char                *quic_version;
	/* the name that DNS answers gave for the address */
	bool                       by_address;
	/* work done for this packet in one reading of its stream: reading.c */
	uint32_t                   work, num_pieces;
	/* who asks; set if the policy depends on it: names.c */
	struct policy_client       client;
	/*
	 * no waiver applies to this client, so not every name in the packet is looked up: names.c
	 */
	bool                       is_unwaived;
};

/* streams.c, datagrams.c - a TCP segment, a UDP datagram of passage->flow. */
enum verdict stream_segment(struct passage *at);
enum verdict datagram(struct passage *at);

/*
 * stream_end - the flow is blocked from now on.
 * stream_is_taken - has the server taken all that was passed? Then nothing of it is kept.
 */
void stream_end(struct passage *at);
bool stream_is_taken(struct passage *at);

/* kept.c - has the client sent bytes that are not judged yet? */
bool stream_is_pending(const struct flow *flow);

/*
 * reading.c - what the bytes of a stream say.
 *
 * reading_judge takes: stream, from the beginning of the side's gathering, in this way to read it;
 *     has_room: may more bytes of an incomplete message be gathered?
 * Gives:  VERDICT_ACCEPT: not decided yet, or more is to come that is judged; VERDICT_PASS;
 *         VERDICT_BLOCK.
 * reading_contradiction: does a stream that the server may have got instead name a blocked host?
 * reading_end_is_blocked: judges the bytes so far when the client says no more.
 * reading_begin - nobody has looked at the bytes at r->judged before.
 * reading_answer - passes the server's first bytes to a reading that waits for them; false if they
 *     are too few.
 * reading_hear - the server speaks: has it read something else in the `len` bytes of the client
 *     that passed?
 * reading_unheard - the answer is unknown: another hello is waited for, for a short while.
 */
enum verdict reading_judge(struct passage *at, struct side *side, struct reading *r,
                           struct bytes stream, bool has_room);
bool         reading_contradiction(struct passage *at, const struct reading *r,
                                   struct bytes stream);
bool         reading_end_is_blocked(struct passage *at, const struct reading *r,
                                    struct bytes stream);
void         reading_begin(struct reading *r);
bool         reading_answer(struct reading *r, struct bytes answer);
void         reading_hear(struct reading *r, struct bytes answer, uint32_t len);
void         reading_unheard(struct reading *r);

/*
 * initials.c, quic_datagrams.c - the QUIC connections being opened: their keys and the beginnings
 *                                of their hellos.
 *
 * initials_new borrows the gatherings of flows. NULL without memory, without the ciphers, or if
 * flows is NULL. quic_datagram judges a datagram for which is_quic() holds, and any other of the
 * client within a flow that waits for a name.
 */
struct initials *initials_new(size_t num, uint64_t seed, struct flows *flows);
void             initials_free(struct initials *i);
bool             is_quic(const struct packet *p);
enum verdict     quic_datagram(struct passage *at);
/* Does the server continue with what was judged? */
enum verdict     quic_answer(struct passage *at);

/* Is one of the ports 53? Such flows are DNS, whatever their content. */
static inline bool is_dns(const struct packet *p)
{
	return p->src_port == DNS_PORT || p->dst_port == DNS_PORT;
}

/* Does this packet come from the side that opened the flow? */
static inline bool from_client(const struct passage *at)
{
	return at->flow->client_known && at->flow->client == at->sender;
}

/* The flow's client; the packet's sender, as long as that is unknown. */
static inline const struct address *client_of(const struct passage *at)
{
	bool back = at->flow->client_known && at->flow->client != at->sender;

	return back ? &at->packet->dst : &at->packet->src;
}

/*
 * names.c - filling records: names_ask, the policy about a name as it is in force now;
 *           names_begin_event, everything of the event but what the protocol adds;
 *           names_report, the event is complete.
 */
enum ruling   names_ask(struct passage *at, struct host host, struct decision *out);
/* The outcome of any kind of decision for this client, in this mode. */
enum ruling   names_settle(struct passage *at, struct decision *d);
/*
 * Which of several names stands for a message: the one with the strictest ruling. The test name,
 * whose record is not an attempt, comes after any other with the same ruling.
 */
unsigned      names_rank(const struct decision *d);
struct event *names_begin_event(struct passage *at, enum app app, const struct host_text *host,
                                const struct decision *decision);
void          names_report(struct passage *at, const struct event *e);
void          names_copy_host(struct host_text *to, const struct host_text *from);

/*
 * names.c - names_judge_hello: a ClientHello; names_judge_request: all hosts of an HTTP request.
 * messages.c - names_judge_dns: one DNS message with all its names.
 *
 * Gives:  the strictest ruling that any name brought; the events are reported. In observe mode a
 *         block is RULING_OBSERVE.
 */
enum ruling names_judge_hello(struct passage *at, enum app app, const struct tls_hello *hello);
enum ruling names_judge_request(struct passage *at, const struct http_request *request);
/* once per flow, whatever it carries */
enum ruling names_judge_port(struct passage *at);
/* empty: the request is for an address */
enum ruling names_judge_socks(struct passage *at, struct bytes host);
/* hosts named before a hello, if any */
enum ruling names_judge_preamble(struct passage *at, const struct hosts *hosts);

/* A rule of builtin.h, with its record, for a connection that shows no name. */
enum ruling names_judge_missing(struct passage *at, enum app app, enum builtin which,
                                enum outcome outcome);
enum ruling names_judge_dns(struct passage *at, struct bytes message);

/*
 * endings.c - flows that pass until the date of their category, or the end of a waiver.
 *
 * endings_note remembers the flow, recorded for this cause; endings_has: is it remembered?
 * endings_forget: another connection begins between the same ends.
 * endings_is_due, called first for each packet: the flow is remembered, and its date has come; the
 * call makes the record and forgets the flow.
 */
struct ending_cause {
	enum app     app;
	bool         is_named, by_address;      /* as in its record, whose host is engine->host */
	bool         by_port;                   /* no other cause */
	bool         is_builtin;
	enum builtin builtin;
};

struct table *endings_new(size_t num_flows, uint64_t seed);
void          endings_note(struct passage *at, const struct ending_cause *cause);
bool          endings_has(const struct passage *at);
void          endings_forget(struct passage *at);
bool          endings_is_due(struct passage *at);

/* The flow's port, and this cause, judged again: a record only if one of them blocks now. */
enum ruling names_judge_ending(struct passage *at, const struct ending_cause *cause);

/*
 * addresses.c - what filterd has learnt from DNS answers about a client's connections; kept for the
 * life of each answer.
 *
 * addresses_learn: this is an address of question, empty if no by-address category covers the name.
 * address_name: the one name for which the client got this address as an answer; valid until the
 *     next packet.
 * addresses_learn_ech: encrypted hellos of the client will show this name.
 * addresses_has_ech: will they?
 * link_of: the link address of its client, as a key that cannot be an IP address.
 */
struct table *addresses_new(size_t num_flows, uint64_t seed);
void          addresses_learn(struct passage *at, struct bytes address, uint32_t ttl_s,
                              struct host question, bool is_shared);
bool address_name(const struct passage *at, const struct address *address, struct host *name_out);
void addresses_learn_ech(struct passage *at, struct host name, uint32_t ttl_s);
bool addresses_has_ech(const struct passage *at, struct host name);
struct address link_of(const struct flow *flow);

/*
 * devices.c - devices_name: sets the flow's link address from this packet of the client's, or from
 *             another recent one.
 *             devices_know: has this address, or the result of link_of(), been there for a while?
 *             The gateway always has.
 */
struct table *devices_new(size_t num_flows, uint64_t seed);
void          devices_name(struct passage *at);
bool          devices_know(struct passage *at, const struct address *address);

/*
 * messages.c - the question of an answer, and its id, as flow.h has them. false: it does not answer
 * a question that names a host; engine->question is overwritten.
 */
bool messages_read_answer(struct engine *e, struct bytes message, uint64_t *hash_out);

/* What the server's address tells about a flow that shows no name. */
enum ruling names_judge_address(struct passage *at, enum app app);

/*
 * forwarder.c - questions that a resolver on the gateway asks for its clients.
 *
 * forwarder_note: a client asked, and its question passes. forwarder_repeats: is this message of
 * the gateway's own a repetition of such a question, or the answer to one? Then it must not be
 * judged; engine->name is overwritten.
 */
void forwarder_note(struct passage *at, const struct dns_name *question);
bool forwarder_repeats(struct passage *at, struct bytes message);

/*
 * askers.c - askers_note: the client asked a resolver in the open, for any name. askers_note_name:
 *            for this name, of the policy. askers_note_hello: it connects to a server with this
 *            name, or with none: perhaps a resolver over TLS, QUIC or HTTPS.
 *            askers_find: did the client of this event ask for its name? The rest of the event is
 *            filled in already.
 */
void       askers_note(struct passage *at);
void       askers_note_name(struct passage *at, struct host name);
void       askers_note_hello(struct passage *at, struct host shown);
enum asked_for askers_find(const struct passage *at, const struct event *e);

/* replies.c - what answers a blocked packet. */
void reply_to_query(struct passage *at, struct bytes message);
/*
 * A response with other content instead of the packet; false if it does not fit, or its addresses
 * are not each one host's.
 */
bool reply_with(struct passage *at, struct bytes content);
void reply_to_segment(struct passage *at);

/* What the client will see of a block, for the record. */
enum reply reply_seen(const struct passage *at, enum app app);

#endif
