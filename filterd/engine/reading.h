/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_ENGINE_READING_H
#define FILTERD_ENGINE_READING_H

/*
 * Reading: what reading.c, reading_hello.c and reading_http.c share. A stream is passed from
 * r->judged on.
 */

#include "engine/state.h"

/*
 * reading.c
 *
 * reading_pass: looks at no further byte.
 * reading_judge_unseen: the setting for unreadable data decides, once.
 * reading_judge_over_limit: there is no whole name within the bytes that may be looked at; the part
 *     of one was judged before.
 * reading_is_at_limit: has an incomplete message reached the limit of what is looked at?
 * reading_pass_over: bytes that were read as one protocol may be another to the server: a beginning
 *     that find() finds inside them counts, too.
 */
enum verdict reading_pass(struct reading *r);
enum verdict reading_judge_unseen(struct passage *at, struct reading *r, enum builtin which,
                                  enum outcome outcome);
enum verdict reading_judge_over_limit(struct passage *at, struct reading *r);
bool         reading_is_at_limit(const struct passage *at, const struct side *side,
                                 struct bytes message, bool has_room);
void         reading_pass_over(struct reading *r, struct bytes stream, size_t len,
                               bool (*find)(struct bytes, size_t *));

/* To a server of words a hello, or an odd request, is one more line of any bytes: preamble.h. */
static inline void reading_spend(struct reading *r)
{
	r->spent = r->spent < UINT8_MAX - 2 ? r->spent + 2 : UINT8_MAX;
}

/*
 * reading_hello.c
 *
 * hello_judge: a whole one. hello_judge_begun: an incomplete one, with `len` bytes so far.
 * hello_judge_next: what follows one while the server has not answered: another one, or bytes that
 *     the server skips.
 * hello_judge_hidden: an incomplete hello may be words to its server; a beginning after its first
 *     byte is judged.
 */
enum verdict hello_judge(struct passage *at, struct reading *r, struct bytes stream,
                         const struct tls_hello *hello, bool is_at_limit);
enum verdict hello_judge_begun(struct passage *at, struct reading *r, size_t len,
                               const struct tls_hello *hello, bool is_at_limit);
enum verdict hello_judge_next(struct passage *at, struct side *side, struct reading *r,
                              struct bytes stream, bool has_room);
enum verdict hello_judge_hidden(struct passage *at, struct reading *r, struct bytes stream);

/*
 * reading_http.c
 *
 * request_judge: a whole request, of HTTP/1 if not is_http2; VERDICT_ACCEPT if more may follow.
 * request_judge_http2: of HTTP/2, whole (PARSE_OK) or not.
 * request_is_blocked: its names alone, each once.
 * request_skip_chunks: skips the body being read; false if it is longer than the stream.
 * request_has_news: may an incomplete request name more than at the last call?
 * request_has_new_line: has the first line come to its end since the last call?
 * request_take_line_back, request_note_passed: a line that was skipped in pieces, or that began as
 *     another protocol, may be a request's once it is whole. Both take the whole gathering; the
 *     first is true if the line is read again for its names alone, and they are prohibited.
 */
enum verdict request_judge(struct passage *at, struct reading *r,
                           const struct http_request *request, bool is_http2, bool is_at_limit);
enum verdict request_judge_http2(struct passage *at, struct reading *r, enum parse status,
                                 const struct http_request *request, bool is_at_limit);
bool request_is_blocked(struct passage *at, struct reading *r, const struct http_request *request);
bool         request_skip_chunks(struct reading *r, struct bytes stream);
bool         request_has_news(struct reading *r, struct bytes stream);
bool         request_has_new_line(struct reading *r, struct bytes stream);
bool         request_take_line_back(struct passage *at, struct reading *r, struct bytes stream);
/* begun and spent: state of the reading before the last piece */
void request_note_passed(struct reading *r, struct bytes stream, uint32_t begun, uint8_t spent);

#endif
