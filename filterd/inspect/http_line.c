/* SPDX-License-Identifier: MIT */

/*
 * Words are separated as loosely as by any server: Python takes every ASCII white space, and two
 * Latin-1 white space bytes, which are tried only if nothing else makes a request.
 */

#include "inspect/http_line.h"

#include <string.h>

/* parts of one value; no client sends a longer list */
#define PARTS_MAX 16

/* bytes; no server accepts a longer one, or the request counts as unreadable */
#define SCHEME_MAX    256
#define AUTHORITY_MAX 512
/* cost in HTTP_VALUES_MAX of a short value; a longer one costs more */
#define VALUE_LEAST   32
#define PROTOCOL_MAX  32
/* bytes other than letters, digits and signs in a line, for one step of work */
#define ODD_OF_WORK   4
/* bytes within which a line has its first blank, if only Latin-1 calls that a blank */
#define LATIN_MAX     64
/*
 * such blanks in a line that does not say HTTP; some server accepts that line, no client sends it
 */
#define PLAIN_ODD_MAX 8
#define WORK_OF_VALUE 8

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

/* A bit for each byte; Latin-1 adds 0x85 and 0xa0. */
static const uint64_t blanks[4]       = { HTTP_BLANKS, 0, 0, 0 };
static const uint64_t latin_blanks[4] = { HTTP_BLANKS, 0, UINT64_C(0x100000020), 0 };
static const uint64_t spaces[4]       = { UINT64_C(1) << ' ', 0, 0, 0 };

static bool is_in(const uint64_t set[4], uint8_t c)
{
	return set[c / 64] >> c % 64 & 1;
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

static bool is_control(uint8_t c)
{
	return (c < ' ' && !http_is_blank(c) && c != '\n') || c == 0x7f;
}

bool http_ends_waiting(uint8_t c)
{
	return is_control(c) || c >= 0x80;
}

/* The place of the next byte at or after `at` that is no letter, digit or sign; else the end. */
static size_t next_odd(struct bytes line, size_t at)
{
	if (at >= line.len || line.at[at] <= ' ' || line.at[at] >= 0x7f)
		return at < line.len ? at : line.len;
	return at + bytes_graphic(bytes_from(line, at));
}

bool http_line_has_news(struct bytes line, size_t at)
{
	size_t odd = next_odd(line, at);

	return line.len > HTTP_LINE_MAX || (odd < line.len && http_ends_waiting(line.at[odd]));
}

/* A line being taken apart. */
struct words {
	struct bytes    left;
	const uint64_t *blank;
	/* bytes looked at one by one, blanks included, and their limit */
	unsigned        num_odd, most_odd;
};

static bool may_look(struct words *w)
{
	return w->num_odd < w->most_odd && ++w->num_odd > 0;
}

/* The next word; w->left begins with the one after it. */
static struct bytes http_cut_word(struct words *w)
{
	size_t       len = next_odd(w->left, 0);
	struct bytes word;

	while (len < w->left.len && !is_in(w->blank, w->left.at[len]) && may_look(w))
		len = next_odd(w->left, len + 1);
	word = bytes_first(w->left, len);
	while (len < w->left.len && is_in(w->blank, w->left.at[len]) && may_look(w))
		len++;
	w->left = bytes_from(w->left, len);
	return word;
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

static bool has_control(struct bytes line, struct words *w)
{
	for (size_t at = next_odd(line, 0); at < line.len && may_look(w);
	     at = next_odd(line, at + 1)) {
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

/* The last word, if it says HTTP; otherwise empty. */
static struct bytes last_protocol(struct bytes text, const uint64_t blank[4])
{
	size_t         least = text.len > PROTOCOL_MAX ? text.len - PROTOCOL_MAX : 0;
	struct bytes   end   = bytes_from(text, least);
	const uint8_t *slash = end.len > 0 ? memrchr(end.at, '/', end.len) : NULL;
	size_t         at;

	if (slash == NULL || slash - text.at < 4 || !http_is_word(bytes_of(slash - 4, 5), "http/"))
		return (struct bytes){ 0 };
	at = (size_t)(slash - 4 - text.at);
	if (at > 0 && !is_in(blank, text.at[at - 1]))
		return (struct bytes){ 0 };
	for (const uint8_t *c = slash; c < text.at + text.len; c++) {
		if (is_in(blank, *c))
			return (struct bytes){ 0 };
	}
	return bytes_from(text, at);
}

/*
 * A line that says HTTP, with any target. Without HTTP: Java takes every word for a protocol, and
 * nginx, Apache, Node and others accept a line without one if a server can have the target.
 */
static bool http_read_words(struct bytes line, struct http_request *r, struct words *w)
{
	struct bytes method, second, last;
	bool         is_indented = line.len > 0 && line.at[0] == ' ';

	w->left = line;
	while (w->left.len > 0 && is_in(w->blank, w->left.at[0]) && may_look(w))
		w->left = bytes_from(w->left, 1);
	while (w->left.len > 0 && is_in(w->blank, w->left.at[w->left.len - 1]) && may_look(w))
		w->left.len--;
	last = last_protocol(w->left, w->blank);
	if (last.len == 0 && w->most_odd > w->num_odd + PLAIN_ODD_MAX)
		w->most_odd = w->num_odd + PLAIN_ODD_MAX;
	method = http_cut_word(w);
	if (w->left.len == 0)
		return false;
	/* Java accepts an empty method, and takes every word for a protocol */
	if ((last.at == w->left.at || is_indented) && names_a_place(method)) {
		r->target   = method;
		r->protocol = last.len > 0 ? last : http_cut_word(w);
		return true;
	}
	r->method = method;
	if (last.at > w->left.at) {
		r->protocol = last;
		r->target   = http_trim(bytes_first(w->left, (size_t)(last.at - w->left.at)));
		return true;
	}
	second = http_cut_word(w);
	if (!names_a_place(second) && (!is_method_of_all(method) || has_control(line, w)))
		return false;
	if (w->num_odd == w->most_odd)
		return false;
	r->target   = second;
	r->protocol = http_cut_word(w);
	return true;
}

bool http_has_room(struct http_request *r, struct bytes value)
{
	if (value.len > HTTP_VALUES_MAX || r->values_len > HTTP_VALUES_MAX)
		r->values_len = HTTP_VALUES_MAX;
	r->values_len += (unsigned)value.len + VALUE_LEAST;
	r->work += WORK_OF_VALUE;
	r->hosts.is_unreadable |= r->values_len > HTTP_VALUES_MAX;
	return r->values_len <= HTTP_VALUES_MAX;
}

/* An authority that ends at the length limit may be longer. */
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

/* The first word has a blank other than a space: Java, which splits only at spaces, reads on. */
static bool has_other_blank(struct bytes line)
{
	size_t len = next_odd(line, 0);

	return len < line.len && line.at[len] != ' ' && http_is_blank(line.at[len]);
}

/*
 * Split at spaces it is a request line; if it is one when split at any blank, too, only its target
 * counts.
 */
static bool read_by_spaces(struct bytes line, struct http_request *r, struct words *w, bool is_line)
{
	const struct bytes method = r->method, target = r->target, protocol = r->protocol;
	const bool         is_one = http_read_words(line, r, w);

	if (is_one)
		http_add_target(&r->hosts, r->target);
	if (is_line) {
		r->method   = method;
		r->target   = target;
		r->protocol = protocol;
	}
	return is_one;
}

static bool has_latin_blank(struct bytes line)
{
	return line.len > 0 && (memchr(line.at, 0x85, line.len) != NULL ||
	                        memchr(line.at, 0xa0, line.len) != NULL);
}

enum parse http_read_line(struct bytes line, struct http_request *r)
{
	struct words ascii = { .blank = blanks, .most_odd = HTTP_BLANKS_MAX };
	struct words latin = { .blank = latin_blanks, .most_odd = HTTP_BLANKS_MAX };
	struct words space = { .blank = spaces, .most_odd = HTTP_BLANKS_MAX };
	bool         is_line = http_read_words(line, r, &ascii) ||
	               (has_latin_blank(bytes_first(line, LATIN_MAX)) &&
	                http_read_words(line, r, &latin));

	if (has_other_blank(line))
		is_line |= read_by_spaces(line, r, &space, is_line);
	r->work += (space.num_odd + ascii.num_odd + latin.num_odd) / ODD_OF_WORK;
	if (!is_line)
		return PARSE_BAD;
	r->is_too_long |= space.num_odd == HTTP_BLANKS_MAX || ascii.num_odd == HTTP_BLANKS_MAX ||
	                  latin.num_odd == HTTP_BLANKS_MAX;
	for (size_t at = next_odd(r->method, 0); at < r->method.len;
	     at        = next_odd(r->method, at + 1))
		r->is_odd |= http_ends_waiting(r->method.at[at]);
	r->is_connect = http_is_word(r->method, "connect");
	if (r->is_connect) {
		/* tinyproxy accepts a whole URI, and squid a path after the port */
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

/* Most names: letters, digits, dots, hyphens. */
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
		return;                         /* the same name, a thousand times over */
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
