/* SPDX-License-Identifier: MIT */

/*
 * A piece is a line, or an XML tag, because a client need not end any line. It ends before a byte
 * that may begin a hello, wherever that is: Exim, Postfix, PostgreSQL and XMPP servers throw away
 * what came together with the command, and have read only the command. So does microsocks with what
 * came together with the greeting, and a request follows.
 */

#include "inspect/preamble.h"

#include <string.h>

enum { RECORD_HANDSHAKE = 22, VERSION_MAJOR = 3, CLIENT_HELLO = 1, SOCKS5 = 5 };

#define RECORD_HEADER 5
/* the first of three bytes of a hello's length: OpenSSL accepts 131,396 bytes */
#define LENGTH_MOST   2
/* false starts of a hello; the next one is taken for a hello */
#define PLACES_MAX   8
#define COST_TEXT    1
#define COST_BINARY  2
/*
 * bytes at a piece's beginning: enough to show whether it is text, and to hold a harmless command
 */
#define BINARY_BEGINS 8
#define HARMLESS_MAX  32

#define WORK_OF_PIECE  12
#define BLANKS_OF_WORK 2

static bool preamble_is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

static bool is_word(struct bytes text, const char *word)
{
	for (size_t i = 0; i < text.len; i++) {
		if (word[i] == '\0' || lower(text.at[i]) != (uint8_t)word[i])
			return false;
	}
	return word[text.len] == '\0';
}

static struct bytes skip_space(struct bytes text)
{
	while (text.len > 0 && preamble_is_space(text.at[0]))
		text = bytes_from(text, 1);
	return text;
}

/* The next word; text continues after it. */
static struct bytes cut_word(struct bytes *text)
{
	struct bytes all = skip_space(*text);
	size_t       len = 0;

	while (len < all.len && !preamble_is_space(all.at[len]))
		len++;
	*text = bytes_from(all, len);
	return bytes_first(all, len);
}

/*
 * May these bytes, which begin like a record, be a hello? Java and Go accept records of any
 * version: those are told from chance by the length and the version of the hello itself, if they
 * are in the same record.
 */
static bool may_be_hello(struct bytes b)
{
	bool is_usual = b.len < 2 || b.at[1] == VERSION_MAJOR;
	bool is_cut   = b.len >= 5 && b.at[3] == 0 && b.at[4] < PREAMBLE_BEGINNING - RECORD_HEADER;

	if (b.len >= 5 && b.at[3] == 0 && b.at[4] == 0)
		return false;
	if (b.len > RECORD_HEADER && b.at[RECORD_HEADER] != CLIENT_HELLO)
		return false;
	/* no server has room for a longer one; in a record of few bytes the length is unknown */
	if (b.len > RECORD_HEADER + 1 && !is_cut && b.at[RECORD_HEADER + 1] > LENGTH_MOST)
		return false;
	return is_usual || is_cut ||
	       ((b.len < 7 || b.at[6] == 0) &&
	        (b.len < PREAMBLE_BEGINNING || b.at[PREAMBLE_BEGINNING - 1] == VERSION_MAJOR));
}

/* A request for a name: CONNECT, a reserved byte, and the kind of address. */
static bool may_be_socks(struct bytes b)
{
	static const uint8_t request[] = { SOCKS5, 1, 0, 3 };

	return memcmp(b.at, request, b.len < sizeof(request) ? b.len : sizeof(request)) == 0;
}

/* The place of the next such byte at or after `at`; the end if there is none. */
static size_t next_byte(struct bytes stream, size_t at, uint8_t byte)
{
	const uint8_t *found = at < stream.len ? memchr(stream.at + at, byte, stream.len - at)
	                                       : NULL;

	return found != NULL ? (size_t)(found - stream.at) : stream.len;
}

static bool find_place(struct bytes stream, bool with_socks, size_t *at)
{
	size_t hello = next_byte(stream, *at, RECORD_HANDSHAKE);
	size_t socks = with_socks ? next_byte(stream, *at, SOCKS5) : stream.len;

	for (unsigned num = 0; hello < stream.len || socks < stream.len; num++) {
		size_t       place = hello < socks ? hello : socks;
		struct bytes left  = bytes_from(stream, place);

		if (num == PLACES_MAX ||
		    (place == hello ? may_be_hello(left) : may_be_socks(left))) {
			*at = place;
			return true;
		}
		if (place == hello)
			hello = next_byte(stream, place + 1, RECORD_HANDSHAKE);
		else
			socks = next_byte(stream, place + 1, SOCKS5);
	}
	return false;
}

bool preamble_find_hello(struct bytes stream, size_t *at)
{
	return find_place(stream, false, at);
}

bool preamble_find_beginning(struct bytes stream, size_t *at)
{
	return find_place(stream, true, at);
}

/* The length of a tag, up to the first unquoted bracket; 0 if there is no end. */
static size_t find_tag_end(struct bytes all)
{
	uint8_t quote = 0;

	for (size_t i = 0; i < all.len; i++) {
		uint8_t c = all.at[i];

		if (quote == 0 && c == '>')
			return i + 1;
		if (c == quote)
			quote = 0;
		else if (quote == 0 && (c == '"' || c == '\''))
			quote = c;
	}
	return 0;
}

/*
 * The length of a tag or a line, with its end and the white space before it; of white space alone,
 * if nothing printable follows; 0 if there is no end.
 */
static size_t find_end(struct bytes all)
{
	struct bytes   text  = skip_space(all);
	size_t         white = all.len - text.len;
	const uint8_t *end;

	if (text.len > 0 && text.at[0] == '<') {
		size_t len = find_tag_end(text);

		return len > 0 ? white + len : 0;
	}
	if (white > 0 && bytes_graphic(bytes_first(text, 1)) == 0)
		return white;
	end = text.len > 0 ? memchr(text.at, '\n', text.len) : NULL;
	return end != NULL ? (size_t)(end - all.at) + 1 : white;
}

/*
 * Commands that servers accept in the clear any number of times; Dovecot, ProFTPD and Pure-FTPd
 * accepted 300. A client that keeps its session alive with them costs two packets each.
 */
static bool is_harmless(struct bytes line)
{
	static const char *const words[] = { "noop", "capability", "capa", "capabilities", "help",
		                             "feat", "syst", "ehlo", "helo", "lhlo", "rset", "host",
		                             "cap",  "ping", "pong" };
	struct bytes             word    = cut_word(&line);
	uint8_t                  first   = word.len > 0 ? lower(word.at[0]) : 0;

	for (size_t i = 0; i < COUNT(words); i++) {
		if (first == (uint8_t)words[i][0] && is_word(word, words[i]))
			return true;
	}
	word = cut_word(&line);                         /* after the tag, in IMAP */
	return is_word(word, "noop") || is_word(word, "capability") || is_word(word, "id");
}

/* Of a piece, without leading white space. */
static uint8_t cost_of(struct bytes text, bool has_end)
{
	if (text.len == 0 || (has_end && is_harmless(bytes_first(text, HARMLESS_MAX))))
		return 0;
	for (size_t i = 0; i < text.len && i < BINARY_BEGINS; i++) {
		if ((text.at[i] < ' ' && !preamble_is_space(text.at[i])) || text.at[i] > '~')
			return COST_BINARY;
	}
	return COST_TEXT;
}

/* The text before a byte; text continues after it. False if the byte is not there. */
static bool cut_at(struct bytes *text, uint8_t end, struct bytes *out)
{
	const uint8_t *at = text->len > 0 ? memchr(text->at, end, text->len) : NULL;

	if (at == NULL)
		return false;
	*out  = bytes_first(*text, (size_t)(at - text->at));
	*text = bytes_from(*text, out->len + 1);
	return true;
}

/* The next name='value' of a tag; false if there is none. */
static bool cut_attribute(struct bytes *tag, struct bytes *name_out, struct bytes *value_out)
{
	struct bytes name, value, rest = skip_space(*tag);
	uint8_t      quote;

	if (!cut_at(&rest, '=', &name))
		return false;
	rest  = skip_space(rest);
	quote = rest.len > 0 ? rest.at[0] : 0;
	rest  = bytes_from(rest, 1);
	if ((quote != '"' && quote != '\'') || !cut_at(&rest, quote, &value))
		return false;
	*name_out  = cut_word(&name);
	*value_out = value;
	*tag       = rest;
	return true;
}

/* RFC 6120, section 4.7.2; a name with entities in it is not decoded. */
static void read_stream_tag(struct bytes tag, bool has_end, struct hosts *out)
{
	struct bytes left = bytes_from(tag, 1), name = cut_word(&left), prefix, value;

	cut_at(&name, ':', &prefix);
	if (!is_word(name, "stream"))
		return;
	out->is_unreadable = !has_end;
	while (cut_attribute(&left, &name, &value)) {
		if (!is_word(name, "to"))
			continue;
		hosts_add_authority(out, value);
		out->is_unreadable = value.len > 0 && memchr(value.at, '&', value.len) != NULL;
		return;
	}
}

static void read_hosts(struct bytes text, bool has_end, struct hosts *out)
{
	if (text.at[0] == '<')
		read_stream_tag(text, has_end, out);
	else if (has_end && lower(text.at[0]) == 'h' && is_word(cut_word(&text), "host"))
		hosts_add_authority(out, cut_word(&text));
}

/* Free pieces are skipped together: a packet may hold some hundred. */
/* A place where something may begin inside a piece; searched for once. */
struct place {
	size_t at, searched;
};

/* The piece at `from`: up to its end, or to where something may begin. is_cut: it ends there. */
static struct bytes next_piece(struct bytes all, struct bytes stream, size_t from,
                               struct place *place, bool *has_end_out, bool *is_cut_out)
{
	struct bytes left = bytes_from(all, from);
	size_t       len  = find_end(left), end = len > 0 ? from + len : all.len;

	if (end > place->searched) {
		size_t next = from > 0 ? from : 1;

		/* most pieces come alone */
		place->searched = from > 0 ? all.len : end;
		stream          = bytes_first(stream, place->searched + PREAMBLE_BEGINNING);
		place->at       = find_place(stream, true, &next) ? next : SIZE_MAX;
	}
	*is_cut_out = place->at < end;
	if (*is_cut_out) {
		left = bytes_first(left, place->at - from);
		len  = find_end(left);
	}
	*has_end_out = len > 0;
	return len > 0 ? bytes_first(left, len) : left;
}

enum parse preamble_read(struct bytes stream, struct preamble *p, size_t *len_out,
                         struct hosts *hosts_out)
{
	struct bytes all     = bytes_first(stream, PREAMBLE_PIECE_MAX);
	struct place place   = { .at = SIZE_MAX };
	size_t       done    = 0;
	bool         is_long = all.len == PREAMBLE_PIECE_MAX, has_end, is_cut;

	*hosts_out = (struct hosts){ 0 };
	while (done < all.len && hosts_out->num == 0) {
		struct bytes piece = next_piece(all, stream, done, &place, &has_end, &is_cut);
		struct bytes text  = skip_space(piece);
		uint8_t      cost  = cost_of(text, has_end);

		if (text.len == 0)
			p->work += (unsigned)piece.len / BLANKS_OF_WORK;
		else if (cost == 0)
			p->work += done == 0 ? 2 * WORK_OF_PIECE : WORK_OF_PIECE;
		if ((!has_end && !is_cut && !is_long) || (done > 0 && (cost > 0 || !has_end)))
			break;
		if (p->spent + cost > PREAMBLE_PIECES)
			return PARSE_BAD;
		p->spent = (uint8_t)(p->spent + cost);
		if (text.len > 0)
			read_hosts(text, has_end, hosts_out);
		done += piece.len;
		if (cost > 0 || piece.len == 0)
			break;
	}
	*len_out = done;
	return done > 0 ? PARSE_OK : PARSE_MORE;
}
