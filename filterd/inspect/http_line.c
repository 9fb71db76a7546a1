/* SPDX-License-Identifier: MIT */

/*
 * Words are told apart as loosely as any server does it: Python takes every ASCII white space, and
 * two bytes that are white space in Latin-1, which are tried if nothing else makes a request.
 */

#include "inspect/http_line.h"

#include <string.h>

/* parts of one value; more are a list that no client sends */
#define PARTS_MAX 16

/* bytes; what is longer is none that a server takes, or may be one that is not read */
#define SCHEME_MAX    256
#define AUTHORITY_MAX 512
/* bytes of HTTP_VALUES_MAX that a short value takes, and more for a longer one */
#define VALUE_LEAST   16

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

bool http_is_word(struct bytes text, const char *word)
{
	for (size_t i = 0; i < text.len; i++) {
		if (word[i] == '\0' || lower(text.at[i]) != (uint8_t)word[i])
			return false;
	}
	return word[text.len] == '\0';
}

bool http_is_blank(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r' && c != '\n') || (c >= 0x1c && c <= 0x1f);
}

static bool is_latin_blank(uint8_t c)
{
	return http_is_blank(c) || c == 0x85 || c == 0xa0;
}

struct bytes http_trim(struct bytes text)
{
	while (text.len > 0 && text.at[0] <= ' ')
		text = bytes_from(text, 1);
	while (text.len > 0 && text.at[text.len - 1] <= ' ')
		text.len--;
	return text;
}

struct bytes http_up_to(struct bytes text, const char *ends)
{
	uint64_t set[4] = { 0 };                        /* a bit for each byte that ends it */
	size_t   len    = 0;

	for (; *ends != '\0'; ends++)
		set[(uint8_t)*ends / 64] |= UINT64_C(1) << (uint8_t)*ends % 64;
	while (len < text.len && !(set[text.at[len] / 64] >> text.at[len] % 64 & 1))
		len++;
	return bytes_first(text, len);
}

/* The place, from `at` on, of the next byte that is no letter, digit or sign; the end without. */
static size_t next_odd(struct bytes line, size_t at)
{
	return at < line.len ? at + bytes_graphic(bytes_from(line, at)) : line.len;
}

struct bytes http_line_looked_at(struct bytes line)
{
	size_t at;
	int    num = 0;

	line = bytes_first(line, HTTP_LINE_MAX);
	for (at = next_odd(line, 0); at < line.len && num < HTTP_BLANKS_MAX; num++)
		at = next_odd(line, at + 1);
	return bytes_first(line, at);
}

/* The next word; left begins with the one after it. */
static struct bytes http_cut_word(struct bytes *left, bool (*is_blank)(uint8_t))
{
	size_t       len  = next_odd(*left, 0);
	struct bytes word;

	while (len < left->len && !is_blank(left->at[len]))
		len = next_odd(*left, len + 1);
	word = bytes_first(*left, len);
	while (len < left->len && is_blank(left->at[len]))
		len++;
	*left = bytes_from(*left, len);
	return word;
}

static struct bytes http_last_word(struct bytes text, bool (*is_blank)(uint8_t))
{
	size_t begin = 0;

	for (size_t at = next_odd(text, 0); at < text.len; at = next_odd(text, at + 1)) {
		if (is_blank(text.at[at]))
			begin = at + 1;
	}
	return bytes_from(text, begin);
}

static bool is_control(uint8_t c)
{
	return (c < ' ' && !http_is_blank(c) && c != '\n') || c == 0x7f;
}

bool http_ends_waiting(uint8_t c)
{
	return is_control(c) || c >= 0x80;
}

bool http_line_has_news(struct bytes line, size_t at)
{
	size_t num = 0;

	for (at = next_odd(line, at); at < line.len; at = next_odd(line, at + 1)) {
		if (http_ends_waiting(line.at[at]) || ++num > HTTP_BLANKS_MAX)
			return true;
	}
	return line.len > HTTP_LINE_MAX;
}

enum parse http_begin_line(struct bytes line, struct bytes *method_out)
{
	size_t len = next_odd(line, 0);

	if (line.len > 0 && line.at[0] != '\0' && strchr("<{[\"", line.at[0]) != NULL)
		return PARSE_BAD;
	if (len < line.len && http_ends_waiting(line.at[len]))
		return PARSE_BAD;
	if (len < line.len)
		*method_out = bytes_first(line, len);
	return PARSE_MORE;
}

static bool has_control(struct bytes line)
{
	for (size_t at = next_odd(line, 0); at < line.len; at = next_odd(line, at + 1)) {
		if (is_control(line.at[at]))
			return true;
	}
	return false;
}

static bool is_method_of_all(struct bytes method)
{
	return bytes_equal(method, BYTES("GET")) || bytes_equal(method, BYTES("HEAD")) ||
	       bytes_equal(method, BYTES("POST"));
}

static bool names_a_place(struct bytes target)
{
	const uint8_t *colon = memchr(target.at, ':', target.len);

	return target.at[0] == '/' || bytes_equal(target, BYTES("*")) ||
	       (colon != NULL && colon + 1 < target.at + target.len && colon[1] == '/');
}

static bool is_http(struct bytes protocol)
{
	return protocol.len >= 5 && http_is_word(bytes_first(protocol, 5), "http/");
}

/*
 * A line that says HTTP, with any target. Without: Java takes every word for a protocol, and nginx,
 * Apache, Node and others take a line that has none, if the target can be found on a server.
 */
static bool http_read_words(struct bytes line, struct http_request *r, bool (*is_blank)(uint8_t))
{
	struct bytes left = line, method, second, last;

	while (left.len > 0 && is_blank(left.at[0]))
		left = bytes_from(left, 1);
	while (left.len > 0 && is_blank(left.at[left.len - 1]))
		left.len--;
	method = http_cut_word(&left, is_blank);
	if (left.len == 0)
		return false;
	last = http_last_word(left, is_blank);
	if (last.len == left.len && is_http(last) && names_a_place(method)) {
		r->target   = method;                   /* Java: an empty method */
		r->protocol = last;
		return true;
	}
	r->method = method;
	if (last.len < left.len && is_http(last)) {
		r->protocol = last;
		r->target   = http_trim(bytes_first(left, left.len - last.len));
		return true;
	}
	second = http_cut_word(&left, is_blank);
	if (!names_a_place(second) && (has_control(line) || !is_method_of_all(method)))
		return false;
	r->target   = second;
	r->protocol = http_cut_word(&left, is_blank);
	return true;
}

bool http_has_room(struct http_request *r, struct bytes value)
{
	if (value.len > HTTP_VALUES_MAX || r->values_len > HTTP_VALUES_MAX)
		r->values_len = HTTP_VALUES_MAX;
	r->values_len += (unsigned)value.len + VALUE_LEAST;
	r->hosts.is_unreadable |= r->values_len > HTTP_VALUES_MAX;
	return r->values_len <= HTTP_VALUES_MAX;
}

/* Where an authority ends that is longer than any, there may be more of it. */
static void http_add_authority(struct hosts *h, struct bytes text, const char *ends)
{
	struct bytes authority = http_up_to(bytes_first(text, AUTHORITY_MAX), ends);

	h->is_unreadable |= authority.len == AUTHORITY_MAX;
	hosts_add_authority(h, authority);
}

bool http_add_target(struct hosts *h, struct bytes target)
{
	struct bytes scheme = http_up_to(bytes_first(target, SCHEME_MAX), ":/?#");
	struct bytes rest   = bytes_from(target, scheme.len);

	h->is_unreadable |= scheme.len == SCHEME_MAX;
	if (scheme.len == 0 || rest.len <= 3 || memcmp(rest.at, "://", 3) != 0)
		return false;
	http_add_authority(h, bytes_from(rest, 3), "/?#");
	http_add_authority(h, bytes_from(rest, 3), "/?#\\");
	return true;
}

enum parse http_read_line(struct bytes line, struct http_request *r)
{
	if (!http_read_words(line, r, http_is_blank) && !http_read_words(line, r, is_latin_blank))
		return PARSE_BAD;
	for (size_t at = next_odd(r->method, 0); at < r->method.len; at = next_odd(r->method, at + 1))
		r->is_odd |= http_ends_waiting(r->method.at[at]);
	r->is_connect = http_is_word(r->method, "connect");
	if (r->is_connect) {
		/* tinyproxy takes a whole URI, and squid a path behind the port */
		if (!http_add_target(&r->hosts, r->target))
			http_add_authority(&r->hosts, r->target, "/");
		r->body = HTTP_BODY_FOREIGN;
	} else {
		r->is_absolute = http_add_target(&r->hosts, r->target);
	}
	r->to_proxy = r->is_connect || r->is_absolute;
	return PARSE_OK;
}

static void http_add_host(struct hosts *h, struct bytes text)
{
	hosts_add_authority(h, text);
	if (text.len > 0 && text.at[0] != '[')
		hosts_add_authority(h, http_up_to(text, ":@/?#\\;"));
}

/* A name as nearly all are: letters, digits, dots, hyphens. */
static bool is_plain(struct bytes value)
{
	for (size_t i = 0; i < value.len; i++) {
		uint8_t c = value.at[i];

		if (c != '.' && c != '-' && (uint8_t)(c - '0') > 9 &&
		    (uint8_t)((c | 0x20) - 'a') > 'z' - 'a')
			return false;
	}
	return true;
}

void http_add_hosts(struct hosts *h, struct bytes value)
{
	size_t begin = 0, num = 0;

	if (is_plain(value)) {
		hosts_add(h, value);
		return;
	}
	if ((h->is_unreadable && h->num == HOSTS_MAX) ||
	    (h->num > 0 && bytes_equal(value, h->at[h->num - 1])))
		return;                         /* nothing new, a thousand times */
	for (size_t at = 0; at <= value.len && num <= PARTS_MAX; at++) {
		if (at < value.len && value.at[at] > ' ' && value.at[at] != ',')
			continue;
		if (at > begin && ++num > PARTS_MAX)
			h->is_unreadable = true;
		else if (at > begin)
			http_add_host(h, bytes_first(bytes_from(value, begin), at - begin));
		begin = at + 1;
	}
}
