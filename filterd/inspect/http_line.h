/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_INSPECT_HTTP_LINE_H
#define FILTERD_INSPECT_HTTP_LINE_H

/* HTTP: the request line, and the hosts in what a Host field or :authority says. */

#include "inspect/http.h"

/*
 * http_read_line - Takes: a request line without its end, or the first HTTP_LINE_MAX bytes of one.
 * Gives:  PARSE_OK with method, target, protocol (empty: HTTP/0.9), what follows from them, and the
 *         host of the target; PARSE_BAD if no server takes it for one. is_too_long is set if it has
 *         more blanks and such bytes than are looked at.
 */
enum parse http_read_line(struct bytes line, struct http_request *r);

/*
 * http_begin_line - can these bytes, a line without its end, become a request line?
 * Gives:  PARSE_MORE, *method_out set if it is whole; PARSE_BAD.
 */
enum parse http_begin_line(struct bytes line, struct bytes *method_out);

/*
 * http_line_has_news - may a line without its end be too long now, or no request line, as its bytes
 *         from `at` on say?
 */
bool http_line_has_news(struct bytes line, size_t at);

/* Is this a byte of a method for which no more bytes are waited? See http_read_request(). */
bool http_ends_waiting(uint8_t c);

/* http_add_target - the host of a target, if it is in absolute form: then true. */
bool http_add_target(struct hosts *h, struct bytes target);

/*
 * http_add_hosts - every host that some server, or a program behind it, sees in a value: HAProxy
 *         takes the last of a list, nginx what is before the first colon, others all but the port.
 */
void http_add_hosts(struct hosts *h, struct bytes value);

/* May as many bytes more of values be looked at? If not, there may be hosts that are not read. */
bool http_has_room(struct http_request *r, struct bytes value);

/* Space, HT, VT, FF, CR and 0x1c to 0x1f, a bit for each. */
#define HTTP_BLANKS UINT64_C(0x1f0003a00)

/* White space as some server takes it between the words of a line; not LF. */
static inline bool http_is_blank(uint8_t c)
{
	return c <= ' ' && (HTTP_BLANKS >> c & 1);
}

/* Is this text word, which is in lower case, whatever the case of text? */
bool http_is_word(struct bytes text, const char *word);

/* Without control bytes and spaces around it. */
struct bytes http_trim(struct bytes text);

/* Up to the first of some characters; all if there is none. */
struct bytes http_up_to(struct bytes text, const char *ends);

#endif
