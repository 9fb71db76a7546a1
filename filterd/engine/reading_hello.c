/* SPDX-License-Identifier: MIT */

/*
 * Hellos in a stream: whole ones, incomplete ones, one after another, and ones hidden in other
 * bytes; and what the server's answer tells about them.
 */

#include "engine/reading.h"
#include "engine/stream.h"
#include "inspect/preamble.h"
#include "inspect/socks.h"

/* places in an incomplete hello where another may begin; more than one is no accident */
#define HIDDEN_MAX 4
/* places where one seems to begin, for one packet */
#define PLACES_MAX 32

/* Does it begin with a TLS record? */
static bool is_of_tls(struct bytes stream)
{
	return stream.len > 0 && stream.at[0] >= TLS_RECORD_LEAST &&
	       stream.at[0] <= TLS_RECORD_MOST;
}

/* A server of words takes the hello for an unknown command: another one may follow. */
static void hello_pass_over(struct reading *r)
{
	r->state       = READING_BEGINS;
	r->is_preamble = true;
	reading_spend(r);
}

/* What the server has said before, usually a proxy's consent, does not answer a hello. */
static void expect_answer(struct passage *at)
{
	struct side *server = peer_of(at);

	if (server->has_syn && !server->has_gathered)
		server->first_seq = server->sent;
}

/* Has the client spoken before, or waited for its server, as in protocols of words? */
static bool is_among_words(const struct passage *at, const struct reading *r)
{
	return r->spent > 0 || at->flow->sides[at->sender].is_greeted;
}

/*
 * Judges an incomplete hello. If it is too long for the room, the part that fits is judged, and it
 * is over the limit as soon as no more of it is looked at. Among words, or after a hello, any bytes
 * may look like a hello.
 */
enum verdict hello_judge_begun(struct passage *at, struct reading *r, size_t len,
                               const struct tls_hello *hello, bool is_at_limit)
{
	r->need = hello->need < at->rules->stream_bytes ? (uint32_t)hello->need
	                                                : at->rules->stream_bytes;
	if (!hello->is_too_long && !is_at_limit)
		return VERDICT_ACCEPT;
	if (hello->hosts.num > 0 && names_judge_hello(at, APP_TLS, hello) == RULING_BLOCK)
		return VERDICT_BLOCK;
	return is_at_limit || len >= hello->need ||
	                       (at->rules->over_limit == OUTCOME_BLOCK && !is_among_words(at, r))
	               ? reading_judge_over_limit(at, r)
	               : VERDICT_ACCEPT;
}

/*
 * A server of TLS 1.3 may ask for another hello, once: RFC 8446, section 4.1.4. If one comes
 * unasked, such a server refuses it, and a server of words skips it like the first.
 */
enum verdict hello_judge(struct passage *at, struct reading *r, struct bytes stream,
                         const struct tls_hello *hello, bool is_at_limit)
{
	bool is_second = r->state == READING_HELLO, is_words = is_among_words(at, r);

	/* Bytes of many other protocols look like a hello in all but content. */
	if (is_words && hello->hosts.num == 0 && hello->hosts.is_unreadable) {
		r->judged++;
		hello_pass_over(r);
		return VERDICT_ACCEPT;
	}
	at->flow->client       = at->sender;
	at->flow->client_known = true;
	/* Servers read whole records, and GnuTLS reads a second hello in the same record. */
	if (hello->len > stream.len && !is_at_limit) {
		r->need = (uint32_t)hello->len;
		return VERDICT_ACCEPT;
	}
	if (names_judge_hello(at, APP_TLS, hello) == RULING_BLOCK)
		return VERDICT_BLOCK;
	if (hello->len > stream.len)
		return reading_judge_over_limit(at, r);
	if (is_second && r->is_asked)
		return reading_pass(r);
	r->has_hello = true;
	r->hello_end = at->flow->sides[at->sender].first_seq + r->judged + (uint32_t)hello->len;
	if (is_words) {
		reading_pass_over(r, stream, hello->len, preamble_find_beginning);
		hello_pass_over(r);
		return VERDICT_ACCEPT;
	}
	expect_answer(at);
	r->judged += (uint32_t)hello->len;
	r->is_asked = false;
	r->state    = READING_HELLO;
	r->in_early = hello->offers_early_data;
	return VERDICT_ACCEPT;
}

/*
 * What may follow a hello before the server's answer: another one, or bytes that the server skips.
 */
enum verdict hello_judge_next(struct passage *at, struct side *side, struct reading *r,
                              struct bytes stream, bool has_room)
{
	struct writer    scratch = writer_over(at->engine->hello, sizeof(at->engine->hello));
	struct tls_hello hello;
	enum parse       status = tls_read_next(stream, r->in_early, &scratch, &hello);

	r->last = r->judged;
	if (status == PARSE_OK)
		return hello_judge(at, r, stream, &hello,
		                   reading_is_at_limit(at, side, stream, has_room));
	/* no TLS server continues after this; for a server of words it is more words */
	if (status == PARSE_BAD) {
		hello_pass_over(r);
		return VERDICT_ACCEPT;
	}
	/* what servers skip needs no second look */
	r->judged += (uint32_t)hello.passed;
	hello.need = hello.need > hello.passed ? hello.need - hello.passed : 0;
	stream     = bytes_from(stream, hello.passed);
	return hello_judge_begun(at, r, stream.len, &hello,
	                         reading_is_at_limit(at, side, stream, has_room));
}

/*
 * Has the server spoken, either through this gateway or, judging by its client's ACKs, on another
 * path? TLS servers wait for a whole hello.
 */
static bool has_spoken(const struct passage *at)
{
	const struct side *server = peer_of(at);

	return server->has_syn && (server->sent != server->anchor ||
	                           (at->packet->tcp_flags & TCP_ACK &&
	                            seq_is_before(server->anchor, at->packet->ack)));
}

/* A hello after an incomplete one: PARSE_MORE if it, or what follows it, may become whole. */
static bool hidden_is_blocked(struct passage *at, struct bytes part, enum parse *status_out)
{
	struct writer        scratch = writer_over(at->engine->hello, sizeof(at->engine->hello));
	struct tls_hello     hello;
	struct socks_request socks;
	struct http_request  request;

	if (is_of_tls(part)) {
		*status_out = tls_read_hello(part, &scratch, &hello);
		return *status_out == PARSE_OK && hello.hosts.num > 0 &&
		       names_judge_hello(at, APP_TLS, &hello) == RULING_BLOCK;
	}
	*status_out = socks_read_request(part, &socks);
	if (*status_out != PARSE_OK)
		return false;
	if (names_judge_socks(at, socks.host) == RULING_BLOCK)
		return true;
	*status_out = http_read_request(bytes_from(part, socks.len), &request);
	return *status_out == PARSE_OK && names_judge_request(at, &request) == RULING_BLOCK;
}

/*
 * An incomplete message may be words to its server, as the beginning of a hello is to a mail
 * server; a beginning inside it is judged. If nobody has spoken before, a hello is not words.
 */
enum verdict hello_judge_hidden(struct passage *at, struct reading *r, struct bytes stream)
{
	size_t     place = r->looked > 0 ? r->looked : 1, open = stream.len;
	unsigned   num_places = 0;
	enum parse status;

	if (is_of_tls(stream) && r->spent == 0 && !has_spoken(at))
		return VERDICT_ACCEPT;
	for (int num = 0; preamble_find_beginning(stream, &place); place++) {
		if (hidden_is_blocked(at, bytes_from(stream, place), &status))
			return VERDICT_BLOCK;
		if (status == PARSE_MORE && place < open)
			open = place;
		if ((status == PARSE_MORE && ++num == HIDDEN_MAX) || ++num_places == PLACES_MAX)
			return reading_judge_over_limit(at, r);
	}
	r->looked = (uint32_t)open;
	return VERDICT_ACCEPT;
}

/*
 * A request, as a DNS message, that the server takes for words: it has read no body or length. Its
 * first answer tells: a DNS response has the QR bit set, RFC 1035, section 4.1.1.
 */
void reading_hear(struct reading *r, struct bytes answer, uint32_t len)
{
	bool is_words = (r->state == READING_HTTP && !http_is_answer(answer)) ||
	                (r->state == READING_DNS &&
	                 (answer.at[0] >= ' ' || answer.len < 5 || (answer.at[4] & 0x80) == 0));

	if (r->is_heard || (r->state != READING_HTTP && r->state != READING_DNS))
		return;
	r->is_heard = true;
	if (!is_words)
		return;
	r->is_not_dns = r->state == READING_DNS;
	hello_pass_over(r);
	r->in_chunks = false;
	r->need      = 0;
	if (r->judged > len)
		r->judged = len;
}

void reading_unheard(struct reading *r)
{
	if (r->state == READING_HELLO)
		hello_pass_over(r);
}

bool reading_answer(struct reading *r, struct bytes answer)
{
	bool       asks_again = false;
	enum parse status     = tls_read_server_hello(answer, &asks_again);

	if (status == PARSE_MORE)
		return false;
	/* an alert is a TLS answer, too */
	if (status == PARSE_BAD && !is_of_tls(answer))
		hello_pass_over(r);
	else if (status == PARSE_BAD || !asks_again)
		r->state = READING_PASSED;
	r->is_asked = asks_again;
	return true;
}
