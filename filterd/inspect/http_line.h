/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_INSPECT_HTTP_LINE_H
#define FILTERD_INSPECT_HTTP_LINE_H

/* HTTP: the request line, and the hosts in the value of a Host field or :authority. */

#include "inspect/http.h"

/*
 * http_read_line - Takes: a request line without its end, or the first HTTP_LINE_MAX bytes of one.
 * Gives:  PARSE_OK with method, target, protocol (empty: HTTP/0.9), what follows from them, and the
 *         host of the target; PARSE_BAD if no server takes it for one. is_too_long is set if it has
 *         more blanks and other such bytes than are looked at.
 */
enum parse http_read_line(struct bytes line, struct http_request *r);

/*
 * http_begin_line - can these bytes, an incomplete line, become a request line?
 * Gives:  PARSE_MORE, *method_out set if the method is whole; PARSE_BAD.
 */
enum parse http_begin_line(struct bytes line, struct bytes *method_out);

/*
 * http_line_has_news - may an incomplete line now be too long or not a request line, judging by its
 *         bytes from `at` on?
 */
bool http_line_has_news(struct bytes line, size_t at);

/* May this byte stand in a method whose line is still incomplete? See http_read_request(). */
bool http_ends_waiting(uint8_t c);

/* http_add_target - the host of a target in absolute form; true if it has that form. */
bool http_add_target(struct hosts *h, struct bytes target);

/*
 * http_add_hosts - every host that some server, or a program behind it, sees in a value: HAProxy
 *         takes the last of a list, nginx the part before the first colon, others all but the port.
 */
void http_add_hosts(struct hosts *h, struct bytes value);

/* May this many more bytes of values be looked at? If not, some hosts may be missed. */
bool http_has_room(struct http_request *r, struct bytes value);

/* Space, HT, VT, FF, CR and 0x1c to 0x1f, a bit for each. */
#define HTTP_BLANKS UINT64_C(0x1f0003a00)

/* White space between the words of a line, as some server takes it; not LF. */
static inline bool http_is_blank(uint8_t c)
{
	return c <= ' ' && (HTTP_BLANKS >> c & 1);
}

/* Is this text that word? word is in lower case, text in any. */
bool http_is_word(struct bytes text, const char *word);

/* Without control bytes and spaces around it. */
struct bytes http_trim(struct bytes text);

/* Up to the first of some characters; all if there is none. */
struct bytes http_up_to(struct bytes text, const char *ends);

#endif
