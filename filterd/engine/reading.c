/* SPDX-License-Identifier: MIT */

/*
 * The beginning of a stream: a ClientHello, an HTTP request, a proxy's request and what follows it,
 * DNS messages, or nothing known. Bytes of an incomplete message pass; the segment that completes
 * it is judged, so the server never has a whole message that is prohibited.
 */

#include "engine/reading.h"
#include "engine/stream.h"
#include "inspect/preamble.h"
#include "inspect/proxy_line.h"
#include "inspect/socks.h"

#include <string.h>

/* SOCKS requests in one stream, counting greetings and tunnels: honest clients send one */
#define TUNNELS_MAX 8

/*
 * Pieces with a cost, such as unknown commands, in one packet: mail servers end the session before
 * that, and clients wait for answers. What follows them, or follows as much preamble as is allowed
 * while the server is silent, is not looked at until the server speaks, as proxies throw away what
 * came together with their greeting. A stream with more bytes than any server buffers is let go.
 */
#define PIECES_AT_ONCE 20
#define BYTES_AT_ONCE  (9 << 10)

/*
 * Steps of work allowed for one packet, some fifty instructions each. Clients wait for an answer
 * before they go on, except in pipelines of requests: apt sends ten.
 */
#define WORK_MAX        800
#define WORK_OF_MESSAGE 44
#define WORK_OF_CHUNKS  150             /* as many as http_skip_chunks() takes at once */
#define BYTES_OF_WORK   64

enum verdict reading_pass(struct reading *r)
{
	r->state = READING_PASSED;
	return VERDICT_PASS;
}

/* The setting for unreadable data decides; the stream is not looked at again. */
enum verdict reading_judge_unseen(struct passage *at, struct reading *r, enum builtin which,
                                  enum outcome outcome)
{
	at->request = NULL;
	return names_judge_missing(at, APP_UNKNOWN, which, outcome) == RULING_BLOCK
	               ? VERDICT_BLOCK
	               : reading_pass(r);
}

/* The bytes that may be looked at hold no whole name; the part of one was judged before. */
enum verdict reading_judge_over_limit(struct passage *at, struct reading *r)
{
	return reading_judge_unseen(at, r, BUILTIN_LIMIT, at->rules->over_limit);
}

/* Judges every whole message, and the beginning of one that there is no room for. */
static enum verdict read_dns(struct passage *at, struct reading *r, struct bytes stream,
                             bool has_room)
{
	while (r->judged < stream.len) {
		struct reader left    = reader_over(bytes_from(stream, r->judged), PARSE_MORE);
		uint16_t      len     = read_u16(&left);
		struct bytes  message = read_bytes(&left, len);

		if (left.status != PARSE_OK && (r->judged > 0 || has_room))
			return VERDICT_ACCEPT;
		if (left.status != PARSE_OK)
			message = bytes_from(stream, 2);
		r->judged += 2u + len;
		if (names_judge_dns(at, message) == RULING_BLOCK)
			return VERDICT_BLOCK;
	}
	return VERDICT_ACCEPT;
}

/*
 * What is read as something else may be a blocked question to a server of DNS. If its name is still
 * to come, the reading notes where the question begins.
 */
static bool is_blocked_as_dns(struct passage *at, struct reading *r, struct bytes rest,
                              uint32_t begin)
{
	struct reading as_dns = { .judged = 0 };
	enum parse     begins = r->is_not_dns ? PARSE_BAD : dns_begins(rest);

	r->asks = begins == PARSE_MORE ? begin + 1 : 0;
	return begins == PARSE_OK && read_dns(at, &as_dns, rest, false) == VERDICT_BLOCK;
}

/*
 * Bytes that were read as one protocol may be a different one to the server: a beginning inside
 * them counts, too.
 */
void reading_pass_over(struct reading *r, struct bytes stream, size_t len,
                       bool (*find)(struct bytes, size_t *))
{
	size_t next = 1;

	stream = bytes_first(stream, len + PREAMBLE_BEGINNING);
	r->judged += (uint32_t)(find(stream, &next) && next < len ? next : len);
}

static enum verdict judge_socks(struct passage *at, struct reading *r, struct bytes stream,
                                const struct socks_request *request)
{
	size_t next = 1;

	if (names_judge_socks(at, request->host) == RULING_BLOCK)
		return VERDICT_BLOCK;
	if (++r->num_tunnels > TUNNELS_MAX)
		return reading_judge_over_limit(at, r);
	/* the tunnel begins anew, whatever came before it */
	r->spent    = r->turn_spent = 0;
	r->has_crlf = false;
	r->in_talk  = true;
	/* microsocks takes a second request, inside the greeting */
	if (preamble_find_beginning(bytes_first(stream, request->begin + PREAMBLE_BEGINNING),
	                            &next) &&
	    next < request->begin)
		r->judged += (uint32_t)next;
	else
		reading_pass_over(r, stream, request->len, preamble_find_hello);
	return VERDICT_ACCEPT;
}

/* Has an incomplete message reached the limit of what is looked at? */
bool reading_is_at_limit(const struct passage *at, const struct side *side, struct bytes message,
                         bool has_room)
{
	return message.len >= at->rules->stream_bytes || !has_room ||
	       gather_num_early(side->gather) > at->rules->stream_gaps;
}

/* Nothing more is looked at until the server has spoken. */
static enum verdict skip_rest(const struct side *side, struct reading *r, struct bytes stream)
{
	if (side->first_seq + r->judged - r->turn > BYTES_AT_ONCE)
		return reading_pass(r);
	r->judged += (uint32_t)stream.len;
	r->is_preamble = true;
	return VERDICT_ACCEPT;
}

/* No known protocol begins like this: it may come before a hello, or not matter. */
static enum verdict next_piece(struct passage *at, struct side *side, struct reading *r,
                               struct bytes stream, bool has_room, bool was_preamble)
{
	struct preamble preamble = { .spent = r->spent };
	struct hosts    hosts    = { .num = 0 };
	size_t          len      = 0;
	enum parse      status   = is_dns(at->packet)
	                                   ? PARSE_BAD
	                                   : preamble_read(stream, &preamble, &len, &hosts);

	/* If the policy goes by the server's address, this is the time to decide. */
	if (r->spent == 0 && from_client(at) && !was_preamble &&
	    names_judge_address(at, APP_UNKNOWN) == RULING_BLOCK)
		return VERDICT_BLOCK;
	at->num_pieces += preamble.spent > r->spent;
	r->spent = preamble.spent;
	at->work += preamble.work;
	if (status == PARSE_OK && names_judge_preamble(at, &hosts) == RULING_BLOCK)
		return VERDICT_BLOCK;
	if (at->num_pieces >= PIECES_AT_ONCE)
		return skip_rest(side, r, stream);
	if (status == PARSE_OK ||
	    (status == PARSE_MORE && !reading_is_at_limit(at, side, stream, has_room))) {
		r->judged += (uint32_t)len;
		r->is_preamble = true;
		return VERDICT_ACCEPT;
	}
	return status == PARSE_BAD && r->spent - r->turn_spent >= PIECES_AT_ONCE
	               ? skip_rest(side, r, stream)
	               : reading_pass(r);
}

/* To a server that takes any method, "PROXY TCP4 HTTP/1.1" is a request. */
static bool is_request_line(struct bytes stream)
{
	struct http_request request;

	return http_read_request(stream, &request) != PARSE_BAD && request.protocol.len > 0;
}

/*
 * May a request line follow other bytes? Other servers end the request at such a line; but Java
 * ends lines only at CR LF, and takes all that comes before for the method, LF included.
 */
static bool may_be_line(struct bytes stream)
{
	const struct bytes near = bytes_first(stream, HTTP_ODD_LINE_MAX);
	const uint8_t     *end;

	if (!http_begins_odd(stream))
		return true;
	end = memchr(near.at, '\n', near.len);
	return end != NULL && end > near.at && end[-1] == '\r';
}

static bool is_blocked_behind(struct passage *at, struct bytes stream, size_t len)
{
	struct http_request request;

	return http_read_request(bytes_from(stream, len), &request) == PARSE_OK &&
	       names_judge_request(at, &request) == RULING_BLOCK;
}

void reading_begin(struct reading *r)
{
	r->last     = r->judged;
	r->scanned  = r->looked = r->sought = 0;
	r->has_line = false;
	r->num_told = r->scan_state = r->scan_fields = 0;
}

/*
 * Had the server spoken before these bytes were sent? If it did not give up at a line, the line did
 * not count; and in a tunnel everything begins anew.
 */
static void note_turn(const struct side *side, struct reading *r, uint32_t turn)
{
	if (seq_is_before(side->first_seq + r->judged, turn))
		return;
	r->turn = turn;
	if (r->in_talk)
		r->spent = 0;
	r->turn_spent = r->spent;
	r->in_talk = r->has_crlf = false;
}

/*
 * Reads the beginning at r->judged. VERDICT_ACCEPT: not decided yet, or something was read and what
 * follows it is to be looked at.
 */
static enum verdict next_bytes(struct passage *at, struct side *side, struct reading *r,
                               struct bytes stream, bool has_room)
{
	struct writer        scratch = writer_over(at->engine->hello, sizeof(at->engine->hello));
	struct engine       *e       = at->engine;
	struct writer        fields  = writer_over(e->fields, sizeof(e->fields));
	bool                 to_dns  = is_dns(at->packet), answers = to_dns && !from_client(at);
	struct tls_hello     hello;
	struct http_request  request;
	struct socks_request socks;
	enum parse           tls, dns, http, http2, proxy, line;
	size_t               line_len;
	bool                 was_preamble = r->is_preamble, at_limit;

	if (r->last != r->judged)
		reading_begin(r);
	r->is_request = r->is_preamble = false;
	tls = answers ? PARSE_BAD : tls_read_hello(stream, &scratch, &hello);
	if (tls != PARSE_BAD && is_blocked_as_dns(at, r, stream, r->judged))
		return VERDICT_BLOCK;
	if (tls != PARSE_BAD && hello.num_records > at->rules->tls_records)
		return hello_judge_begun(at, r, stream.len, &hello, true);
	if (tls == PARSE_OK)
		return hello_judge(at, r, stream, &hello,
		                   reading_is_at_limit(at, side, stream, has_room));
	http2 = answers ? PARSE_BAD : http2_read_request(stream, &fields, &request);
	if (http2 != PARSE_BAD)
		return request_judge_http2(at, r, http2, &request,
		                           reading_is_at_limit(at, side, stream, has_room));
	/* Anything else is words: servers of the protocols below let their client speak first. */
	if (side->is_greeted && !to_dns && tls == PARSE_BAD)
		return next_piece(at, side, r, stream, has_room, was_preamble);
	line = to_dns ? PARSE_BAD : proxy_line_read(stream, &line_len);
	if (line == PARSE_OK && is_request_line(stream)) {
		if (is_blocked_behind(at, stream, line_len))
			return VERDICT_BLOCK;
		line = PARSE_BAD;
	}
	if (line == PARSE_OK)
		reading_pass_over(r, stream, line_len, preamble_find_hello);
	/* Java's server takes the first bytes of version 2 for a request. */
	if (line == PARSE_OK ||
	    (line == PARSE_MORE && !reading_is_at_limit(at, side, stream, has_room)))
		return VERDICT_ACCEPT;
	at_limit = reading_is_at_limit(at, side, stream, has_room);
	/* HTTP servers close a connection that begins with another line. */
	http = answers || r->has_crlf || (r->spent > 0 && !may_be_line(stream))
	               ? PARSE_BAD
	               : http_read_request(stream, &request);
	if (http != PARSE_BAD)
		at->work += request.work;
	at_limit |= http == PARSE_MORE && request.is_too_long;
	/* After other bytes no server waits for so much: these are more such bytes. */
	if (http != PARSE_BAD && at_limit && r->spent > 0 && request.protocol.len == 0) {
		if (http == PARSE_OK && request.hosts.num + request.hosts.is_unreadable > 0 &&
		    request_is_blocked(at, r, &request))
			return VERDICT_BLOCK;
		return next_piece(at, side, r, stream, has_room, was_preamble);
	}
	proxy = to_dns || (http == PARSE_MORE && r->is_again)
	                ? PARSE_BAD
	                : socks_read_request(stream, &socks);
	if ((http == PARSE_OK || proxy == PARSE_OK) &&
	    is_blocked_as_dns(at, r, stream, r->judged))
		return VERDICT_BLOCK;
	if (http == PARSE_OK && !request.is_odd)
		return request_judge(at, r, &request, false, at_limit);
	/* The method may belong to another protocol, which then goes on after the line. */
	if (http == PARSE_OK && request_is_blocked(at, r, &request))
		return VERDICT_BLOCK;
	if (proxy == PARSE_OK)
		return judge_socks(at, r, stream, &socks);
	if (http == PARSE_OK && tls == PARSE_BAD && proxy == PARSE_BAD) {
		if (request.goes_on)
			return at_limit ? reading_judge_over_limit(at, r) : VERDICT_ACCEPT;
		reading_pass_over(r, stream, request.len, preamble_find_beginning);
		reading_spend(r);
		return VERDICT_ACCEPT;
	}
	if (http == PARSE_OK)
		http = PARSE_BAD;
	dns = to_dns                                ? PARSE_OK
	      : tls == PARSE_MORE || r->is_not_dns ? PARSE_BAD
	                                           : dns_begins(stream);
	if (dns == PARSE_OK && (!to_dns || (tls == PARSE_BAD && http == PARSE_BAD) ||
	                        dns_begins(stream) == PARSE_OK)) {
		r->state    = READING_DNS;
		r->is_heard = false;
		return VERDICT_ACCEPT;
	}
	if (tls == PARSE_BAD && http == PARSE_BAD && proxy == PARSE_BAD && line == PARSE_BAD &&
	    dns != PARSE_MORE)
		return next_piece(at, side, r, stream, has_room, was_preamble);
	if (tls == PARSE_MORE && http == PARSE_BAD && proxy == PARSE_BAD && dns == PARSE_BAD)
		return hello_judge_begun(at, r, stream.len, &hello, at_limit);
	r->is_request = tls == PARSE_BAD && proxy == PARSE_BAD && dns == PARSE_BAD;
	if (!at_limit)
		return VERDICT_ACCEPT;
	if (http == PARSE_MORE && request.hosts.num > 0 &&
	    names_judge_request(at, &request) == RULING_BLOCK)
		return VERDICT_BLOCK;
	return reading_judge_over_limit(at, r);
}

/*
 * A server that speaks before a message is whole has thrown it away, as proxies do with what came
 * together with their greeting: the client's next bytes are a beginning.
 */
static bool behind_answer_is_blocked(struct passage *at, struct reading *r, struct bytes stream)
{
	struct engine       *e      = at->engine;
	const struct side   *side   = &at->flow->sides[at->sender];
	uint32_t             end    = side->answered - side->first_seq;
	uint32_t             place  = end - r->judged;
	struct writer        fields = writer_over(e->fields, sizeof(e->fields));
	struct bytes         part   = bytes_from(stream, place);
	struct http_request  request;

	if (place == 0 || part.len == 0 || r->heard == end ||
	    (http_read_request(part, &request) != PARSE_OK &&
	     http2_read_request(part, &fields, &request) != PARSE_OK))
		return false;
	r->heard = end;
	return names_judge_request(at, &request) == RULING_BLOCK;
}

/* The bytes so far may be something else to the server. */
static enum verdict wait_for_more(struct passage *at, struct reading *r, struct bytes stream)
{
	return r->state == READING_BEGINS ? hello_judge_hidden(at, r, stream) : VERDICT_ACCEPT;
}

/* Judges all that can be judged now: messages, requests and proxy requests in turn. */
enum verdict reading_judge(struct passage *at, struct side *side, struct reading *r,
                           struct bytes stream, bool has_room)
{
	const uint32_t turn = side->has_answer ? side->answered : side->anchor;

	if (side->has_answer && r->state == READING_BEGINS && r->judged < stream.len &&
	    behind_answer_is_blocked(at, r, bytes_from(stream, r->judged)))
		return VERDICT_BLOCK;
	if (r->asks > 0 && is_blocked_as_dns(at, r, bytes_from(stream, r->asks - 1), r->asks - 1))
		return VERDICT_BLOCK;
	at->num_pieces = 0;
	for (at->work = (uint32_t)stream.len / BYTES_OF_WORK;;) {
		enum reading_state state = r->state;
		struct bytes       rest;
		uint32_t           begun;
		uint8_t            spent;
		enum verdict       verdict;

		if (state == READING_BEGINS && r->judged < stream.len &&
		    request_take_line_back(at, r, stream))
			return VERDICT_BLOCK;
		if (at->work > WORK_MAX && state != READING_PASSED)
			return reading_judge_over_limit(at, r);
		rest  = bytes_from(stream, r->judged);
		begun = r->judged;
		spent = r->spent;
		if (state == READING_PASSED)
			return VERDICT_PASS;
		if (state == READING_DNS)
			return read_dns(at, r, stream, has_room);
		if (rest.len == 0)
			return VERDICT_ACCEPT;
		if ((rest.len < r->need && !request_has_new_line(r, rest)) ||
		    (r->is_request && !request_has_news(r, rest) &&
		     !reading_is_at_limit(at, side, rest, has_room || begun > 0)))
			return wait_for_more(at, r, rest);
		r->need = 0;
		if (r->turn != turn)
			note_turn(side, r, turn);
		if (r->in_chunks) {
			at->work += WORK_OF_CHUNKS;
			if (!request_skip_chunks(r, rest))
				return VERDICT_ACCEPT;
			continue;
		}
		verdict = state == READING_HELLO
		                  ? hello_judge_next(at, side, r, rest, has_room || begun > 0)
		                  : next_bytes(at, side, r, rest, has_room || begun > 0);
		if (verdict != VERDICT_ACCEPT)
			return verdict;
		if (!r->is_preamble)
			at->work += WORK_OF_MESSAGE;
		if (r->judged != begun)
			request_note_passed(r, stream, begun, spent);
		if (r->judged == begun && r->state == state)
			return wait_for_more(at, r, rest);
	}
}

bool reading_contradiction(struct passage *at, const struct reading *r, struct bytes stream)
{
	struct bytes        message = bytes_from(stream, r->last);
	struct writer       scratch = writer_over(at->engine->hello, sizeof(at->engine->hello));
	struct tls_hello    hello;
	struct http_request request;

	if (r->state == READING_DNS)
		return false;
	/* a message without a prohibited name is dropped in any case */
	if (tls_read_hello(message, &scratch, &hello) == PARSE_OK && hello.hosts.num > 0) {
		hello.hosts.is_unreadable = false;
		if (names_judge_hello(at, APP_TLS, &hello) == RULING_BLOCK)
			return true;
	}
	if (http_read_request(message, &request) != PARSE_OK || request.hosts.num == 0)
		return false;
	request.hosts.is_unreadable = false;
	return names_judge_request(at, &request) == RULING_BLOCK;
}
