/* SPDX-License-Identifier: MIT */

/*
 * The first question is written again, without pointers, with the spelling as sent (0x20). Of the
 * rest of the message only the id, some flags and, from an OPT record, the DNS cookie are returned:
 * resolvers use these to tell a genuine answer from a forged one.
 *
 * A cookie is returned as sent, and only with a server part. A client that sends only its own part
 * does not know yet that this server supports cookies, and takes an answer without one (RFC 7873,
 * section 5.3). A made-up server part would tell it that the server does; if that is wrong, BIND
 * 9.18 asks it each question a second time, over TCP.
 */

#include "inspect/dns.h"

#include "inspect/dns_walk.h"

#include <string.h>

#define FLAG_RESPONSE      0x8000
#define FLAG_OPCODE        0x7800
#define FLAG_AUTHORITATIVE 0x0400       /* AA */
#define FLAG_RECURSION     0x0100       /* RD */
#define FLAG_AVAILABLE     0x0080       /* RA */
#define FLAG_NO_CHECKING   0x0010       /* CD */
#define FLAG_DNSSEC_OK     0x8000       /* DO, in an OPT record: RFC 3225, section 3 */
#define RCODE_NXDOMAIN     3
#define RCODE_REFUSED      5
/* seconds: short, so that a change of policy takes effect soon */
#define UNSPECIFIED_TTL    10
#define EDNS_PAYLOAD       1232         /* bytes; DNS flag day 2020 */
#define PAYLOAD_LEAST      512          /* bytes; RFC 6891, section 6.2.3 */
#define OPT_BYTES          11           /* without its options */
#define OPTION_HEADER      4            /* code and length */
#define OPTION_COOKIE      10           /* RFC 7873, section 4 */
#define COOKIE_LEAST       16           /* bytes; the client's 8 and a server's 8 to 32 */
#define COOKIE_MOST        40
#define OPTION_EDE         15           /* RFC 8914, section 2 */
#define EDE_BLOCKED        15           /* RFC 8914, section 4.16 */
#define NAME_MOST          255          /* octets; RFC 1035, section 2.3.4 */
#define NAME_FIRST         0xc00c       /* pointer to the name after the header */
#define ADDITIONAL_COUNT   10           /* offset in the header */

/* The content of a message's OPT record. */
struct edns {
	uint16_t     payload;           /* bytes that its sender accepts */
	bool         dnssec_ok;
	struct bytes cookie;            /* with both parts, or empty */
};

/* The question's name, wherever its pointers lead. */
static bool answer_copy_name(struct writer *w, struct bytes message, struct reader *r)
{
	struct reader at       = *r;
	unsigned      num_hops = 0;
	uint8_t       end;

	do {
		struct reader ahead = reader_over(bytes_first(at.left, NAME_MOST), PARSE_BAD);
		size_t        num   = ahead.left.len;
		uint8_t       len;

		while ((len = read_u8(&ahead)) > 0 && len <= LABEL_LENGTH)
			read_bytes(&ahead, len);
		if (ahead.status != PARSE_OK)
			return false;
		write_bytes(w, read_bytes(&at, num - ahead.left.len - 1));
		end = read_u8(&at);
		if (end >= LABEL_POINTER) {
			size_t target = (size_t)(end & LABEL_LENGTH) << 8 | read_u8(&at);

			if (num_hops++ == 0)
				*r = at;
			if (at.status != PARSE_OK || num_hops > DNS_HOPS_MAX)
				return false;
			at = reader_over(bytes_from(message, target), PARSE_BAD);
		}
	} while (end >= LABEL_POINTER && !w->full);
	write_u8(w, 0);
	if (num_hops == 0)
		*r = at;
	return end == 0 && at.status == PARSE_OK && !w->full;
}

static bool answer_copy_question(struct writer *w, struct bytes message, uint16_t *type_out)
{
	struct reader r = reader_over(bytes_from(message, DNS_HEADER), PARSE_BAD);

	if (!answer_copy_name(w, message, &r))
		return false;
	*type_out = read_u16(&r);
	write_u16(w, *type_out);
	write_u16(w, read_u16(&r));
	return r.status == PARSE_OK && !w->full;
}

/* Of several cookies only the first one counts (RFC 7873, section 5.2). */
static struct bytes answer_read_cookie(struct dns_reader *d, struct reader options)
{
	struct bytes cookie = { 0 };
	bool         found  = false;

	while (reader_has_more(&options) && dns_charge(d, 1) == PARSE_OK) {
		uint16_t      code   = read_u16(&options);
		struct reader option = read_block16(&options);

		if (code != OPTION_COOKIE || found)
			continue;
		found = true;
		if (option.left.len >= COOKIE_LEAST && option.left.len <= COOKIE_MOST)
			cookie = option.left;
	}
	return options.status == PARSE_OK && !d->is_over ? cookie : (struct bytes){ 0 };
}

/* False without OPT: only a sender of EDNS may be answered with it (RFC 6891, section 7). */
static bool answer_read_edns(struct bytes message, struct edns *out)
{
	struct dns_reader d;
	struct dns_record record;

	if (dns_open(message, &d) != PARSE_OK)
		return false;
	while (dns_next_record(&d, &record) == PARSE_OK) {
		if (record.type != DNS_TYPE_OPT)
			continue;
		/* in place of the TTL: extended rcode, version, flags */
		out->payload   = record.class;
		out->dnssec_ok = record.ttl_s & FLAG_DNSSEC_OK;
		out->cookie    = answer_read_cookie(&d, record.data);
		return true;
	}
	return false;
}

/*
 * The length that the client accepts. A response has the server's payload size, not the client's;
 * but the client has asked for a response that may be this long.
 */
static size_t answer_limit(struct bytes message, bool is_response, const struct edns *edns)
{
	size_t limit = is_response ? message.len : edns->payload;

	if (limit < PAYLOAD_LEAST)
		return PAYLOAD_LEAST;
	return limit < EDNS_PAYLOAD ? limit : EDNS_PAYLOAD;
}

/* As much of a UTF-8 text as fits, without half a character at its end. */
static struct bytes answer_cut_text(const char *text, size_t room)
{
	struct bytes cut = bytes_first(bytes_text(text), room);

	while (cut.len > 0 && ((uint8_t)text[cut.len] & 0xc0) == 0x80)
		cut.len--;
	return cut;
}

/* The text is shortened if the whole would be too long: RFC 8914, section 3. */
static void write_opt(struct writer *w, const struct edns *edns, const char *ede_text, size_t room)
{
	size_t       cookie_len = edns->cookie.len > 0 ? OPTION_HEADER + edns->cookie.len : 0;
	size_t       least      = OPT_BYTES + OPTION_HEADER + 2 + cookie_len;
	struct bytes text       = answer_cut_text(ede_text, room > least ? room - least : 0);

	write_u8(w, 0);                 /* owner: the root */
	write_u16(w, DNS_TYPE_OPT);
	write_u16(w, EDNS_PAYLOAD);
	write_u16(w, 0);
	write_u16(w, edns->dnssec_ok ? FLAG_DNSSEC_OK : 0);
	write_u16(w, (uint16_t)(OPTION_HEADER + 2 + text.len + cookie_len));
	write_u16(w, OPTION_EDE);
	write_u16(w, (uint16_t)(2 + text.len));
	write_u16(w, EDE_BLOCKED);
	write_bytes(w, text);
	if (edns->cookie.len == 0)
		return;
	write_u16(w, OPTION_COOKIE);
	write_u16(w, (uint16_t)edns->cookie.len);
	write_bytes(w, edns->cookie);
}

/* 0.0.0.0 or ::, for the types that hold an address. */
static bool write_unspecified(struct writer *w, uint16_t type)
{
	static const uint8_t zeros[16];
	uint16_t             len = type == DNS_TYPE_A ? 4 : 16;

	if (type != DNS_TYPE_A && type != DNS_TYPE_AAAA)
		return false;
	write_u16(w, NAME_FIRST);
	write_u16(w, type);
	write_u16(w, 1);                /* IN */
	write_u32(w, UNSPECIFIED_TTL);
	write_u16(w, len);
	write_bytes(w, bytes_of(zeros, len));
	return true;
}

/*
 * A question without RD goes to an authoritative server, and our answer looks like one from there:
 * a resolver takes an answer with RA and without AA for a lame delegation, and asks the next
 * server. CD is copied: RFC 4035, section 3.2.2.
 */
static uint16_t answer_flags(const struct dns_header *h)
{
	uint16_t same = h->flags & (FLAG_OPCODE | FLAG_RECURSION | FLAG_NO_CHECKING);

	if (h->is_response)
		return same | (h->flags & (FLAG_AUTHORITATIVE | FLAG_AVAILABLE));
	return same | (h->flags & FLAG_RECURSION ? FLAG_AVAILABLE : FLAG_AUTHORITATIVE);
}

void dns_answer_write(struct writer *w, struct bytes message, enum dns_block how,
                      const char *ede_text)
{
	uint8_t           question[NAME_MOST + 4];    /* name, type and class */
	struct writer     q = writer_over(question, sizeof(question));
	struct edns       edns;
	struct dns_reader d;
	uint16_t          type, rcode = 0;

	if (dns_open(message, &d) != PARSE_OK || d.header.num_questions == 0 ||
	    !answer_copy_question(&q, message, &type))
		return;
	if (how == DNS_BLOCK_NXDOMAIN)
		rcode = RCODE_NXDOMAIN;
	if (how == DNS_BLOCK_REFUSED)
		rcode = RCODE_REFUSED;

	size_t start = w->len;

	write_u16(w, d.header.id);
	write_u16(w, FLAG_RESPONSE | answer_flags(&d.header) | rcode);
	write_u16(w, 1);
	write_u16(w, 0);
	write_u16(w, 0);
	write_u16(w, 0);
	write_bytes(w, writer_written(&q));
	if (how == DNS_BLOCK_UNSPECIFIED && write_unspecified(w, type))
		write_u16_at(w, start + 6, 1);
	if (answer_read_edns(message, &edns)) {
		size_t used = w->len - start;

		write_opt(w, &edns, ede_text,
		          answer_limit(message, d.header.is_response, &edns) - used);
		write_u16_at(w, start + ADDITIONAL_COUNT, 1);
	}
}
