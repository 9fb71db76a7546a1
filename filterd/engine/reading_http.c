/* SPDX-License-Identifier: MIT */

/*
 * HTTP requests in a stream: the names in them, where the next one begins, and when an incomplete
 * one is worth another look.
 */

#include "engine/reading.h"

#include <string.h>

/* bytes; a request with a longer body is the last one judged */
#define BODY_MAX (1u << 30)

/* May a request name more now than when it was last read? */
bool request_has_news(struct reading *r, struct bytes stream)
{
	struct http_scan scan = { .at = r->scanned, .state = r->scan_state,
	                          .num_fields = r->scan_fields };
	bool             news = http_has_news(&scan, stream);

	r->scanned     = scan.at;
	r->scan_state  = scan.state;
	r->scan_fields = scan.num_fields;
	return news;
}

/* A line that was incomplete when it was read may be a request's now, whatever its bytes. */
bool request_has_new_line(struct reading *r, struct bytes stream)
{
	struct bytes unseen = bytes_from(stream, r->sought);

	if (r->has_line || unseen.len == 0)
		return false;
	r->sought   = (uint32_t)stream.len;
	r->has_line = memchr(unseen.at, '\n', unseen.len) != NULL;
	return r->has_line;
}

/*
 * A first line that was skipped in pieces, or that began as another protocol, may be a request's
 * once it is whole: then it is read again from its beginning, once. If its end alone is a request
 * line, too, their fields are the same, and only the line is judged: true if it is prohibited.
 */
bool request_take_line_back(struct passage *at, struct reading *r, struct bytes stream)
{
	struct bytes        rest = bytes_from(stream, r->judged);
	struct bytes        near = bytes_first(rest, HTTP_ODD_LINE_MAX);
	const uint8_t      *end  = r->passed > 0 ? memchr(near.at, '\n', near.len) : NULL;
	struct bytes        line;
	struct http_request request;
	bool                is_alone;

	if (end == NULL)
		return false;
	line = bytes_from(stream, r->judged - r->passed);
	line = bytes_first(line, (size_t)(end - line.at) + 1);
	is_alone = http_read_request(rest, &request) != PARSE_BAD &&
	           !(request.is_odd && r->spent > 0);
	if (http_read_request(line, &request) == PARSE_BAD) {
		r->passed = 0;
		return false;
	}
	if (!is_alone) {
		r->judged -= r->passed;
		r->need = r->spent = 0;
		r->is_request      = false;
		r->is_again        = true;
	}
	r->passed = 0;
	return is_alone && request.hosts.num > 0 &&
	       names_judge_request(at, &request) == RULING_BLOCK;
}

/* Takes: begun and spent, of the reading before the last piece. */
void request_note_passed(struct reading *r, struct bytes stream, uint32_t begun, uint8_t spent)
{
	bool is_open = r->state == READING_BEGINS && (spent == 0 || r->passed > 0) &&
	               r->judged <= stream.len && stream.at[r->judged - 1] != '\n';

	r->passed = is_open && !r->is_again ? r->passed + r->judged - begun : 0;
	r->is_again &= is_open;
	/* Java does not take a lone LF for the end of a line */
	r->has_crlf |= r->is_preamble && r->spent > 0 && r->judged >= 2 &&
	               r->judged <= stream.len &&
	               memcmp(stream.at + r->judged - 2, "\r\n", 2) == 0;
}

/*
 * Skips the known chunks of a body; true if the body has ended, or there is none: then a request
 * may begin there. True also if there are more chunks than are skipped at once.
 */
bool request_skip_chunks(struct reading *r, struct bytes stream)
{
	uint64_t   len    = 0;
	enum parse status = http_skip_chunks(stream, &len);

	r->judged += (uint32_t)len;
	if (status == PARSE_MORE)
		return len > 0 && len < stream.len;
	r->in_chunks = false;
	return true;
}

/* Reports only names that were not reported before. */
bool request_is_blocked(struct passage *at, struct reading *r, const struct http_request *request)
{
	size_t num = request->hosts.num + request->hosts.is_unreadable;

	if (num < r->num_told)
		return false;
	r->num_told = (uint8_t)(num + 1);
	return names_judge_request(at, request) == RULING_BLOCK;
}

/*
 * Judges the bytes so far when the client says no more: Java takes them for a whole request, and
 * the last ones for a line.
 */
bool reading_end_is_blocked(struct passage *at, const struct reading *r, struct bytes stream)
{
	struct writer       w = writer_over(at->engine->hello, sizeof(at->engine->hello));
	struct bytes        rest = bytes_from(stream, r->judged - r->passed);
	struct http_request request;

	if ((r->state != READING_BEGINS && r->state != READING_HTTP) || r->in_chunks ||
	    r->has_crlf || rest.len == 0)
		return false;
	write_bytes(&w, rest);
	write_bytes(&w, BYTES("\r\n\r\n"));
	return !w.full &&
	       (http_read_request(writer_written(&w), &request) == PARSE_OK ||
	        request.is_too_long) &&
	       request.hosts.num + request.hosts.is_unreadable >= r->num_told &&
	       names_judge_request(at, &request) == RULING_BLOCK;
}

/* A whole request: another one may follow or, in a proxy's tunnel, anything. */
enum verdict request_judge(struct passage *at, struct reading *r,
                           const struct http_request *request, bool is_http2, bool is_at_limit)
{
	bool is_last = at->rules->http_requests == HTTP_FIRST && !request->to_proxy &&
	               request->upgrade != HTTP_UPGRADE_HTTP2;

	if (request_is_blocked(at, r, request))
		return VERDICT_BLOCK;
	/* Some servers read on: the next bytes may hold more names. */
	if (request->goes_on && !(is_http2 && is_last))
		return is_at_limit ? reading_judge_over_limit(at, r) : VERDICT_ACCEPT;
	if (is_http2)
		return reading_pass(r);
	/* it may also be a question whose name is still to come */
	if (is_last && r->asks > 0 && !is_at_limit)
		return VERDICT_ACCEPT;
	r->judged += (uint32_t)request->len;
	if (request->is_connect)
		return VERDICT_ACCEPT;
	if (is_last || request->body_len > BODY_MAX)
		return reading_pass(r);
	/* Servers differ in where the next one begins. */
	if (request->body_is_unclear)
		return reading_judge_unseen(at, r, BUILTIN_UNREADABLE, at->rules->unreadable);
	r->is_heard &= r->state == READING_HTTP;
	r->state     = READING_HTTP;
	r->in_chunks = request->body == HTTP_BODY_CHUNKED;
	r->judged += (uint32_t)request->body_len;
	return VERDICT_ACCEPT;
}

/* HTTP/2 is read from its preface at each whole frame: a field may refer to any earlier one. */
enum verdict request_judge_http2(struct passage *at, struct reading *r, enum parse status,
                                 const struct http_request *request, bool is_at_limit)
{
	enum verdict verdict = VERDICT_ACCEPT;

	is_at_limit |= request->need > at->rules->stream_bytes;
	r->need = (uint32_t)request->need;
	if (status == PARSE_OK)
		verdict = request_judge(at, r, request, true, false);
	else if (is_at_limit && request->hosts.num > 0 &&
	         names_judge_request(at, request) == RULING_BLOCK)
		return VERDICT_BLOCK;
	return verdict == VERDICT_ACCEPT && is_at_limit ? reading_judge_over_limit(at, r) : verdict;
}
