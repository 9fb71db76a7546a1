/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_ENGINE_READING_H
#define FILTERD_ENGINE_READING_H

/*
 * Reading: what reading.c, reading_hello.c and reading_http.c share. A stream is given from
 * r->judged on.
 */

#include "engine/state.h"

/*
 * reading.c
 *
 * reading_pass: no further byte is looked at.
 * reading_judge_unseen: what cannot be looked at is a matter of its setting, and passes if at all.
 * reading_judge_over_limit: no whole name in as many bytes as may be looked at; what there is of it
 *     was judged before.
 * reading_is_at_limit: is this all that is looked at of a message that is not whole?
 * reading_pass_over: bytes that were read as something are anything to another server: the place
 *     that find() gives within them is a beginning none the less.
 */
enum verdict reading_pass(struct reading *r);
enum verdict reading_judge_unseen(struct passage *at, struct reading *r, enum builtin which,
                                  enum outcome outcome);
enum verdict reading_judge_over_limit(struct passage *at, struct reading *r);
bool         reading_is_at_limit(const struct passage *at, const struct side *side,
                                 struct bytes message, bool has_room);
void         reading_pass_over(struct reading *r, struct bytes stream, size_t len,
                               bool (*find)(struct bytes, size_t *));

/* To a server of words a hello, or an odd request, is one line more, of any bytes: preamble.h. */
static inline void reading_spend(struct reading *r)
{
	r->spent = r->spent < UINT8_MAX - 2 ? r->spent + 2 : UINT8_MAX;
}

/*
 * reading_hello.c
 *
 * hello_judge: a whole one. hello_judge_begun: one that is not whole, of which there are `len`
 *     bytes.
 * hello_judge_next: what follows one while the server has not answered: another one, or what it
 *     reads over.
 * hello_judge_hidden: what is not whole may be words to its server; what begins behind its first
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
 * request_skip_chunks: the body within which the reading is; false if it goes on beyond the stream.
 * request_has_news: may a request that is not whole have more to say than at the last call?
 * request_has_new_line: has the first line its end since the last call?
 * request_take_line_back, request_note_passed: a line of which pieces were passed over, or that
 *     began as something else, may be a request's once it is whole. Both take all of the gathering;
 *     true if it is taken back for no more than its names, and they are prohibited.
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
/* begun and spent: of the reading before the last piece */
void request_note_passed(struct reading *r, struct bytes stream, uint32_t begun, uint8_t spent);

#endif
