/* SPDX-License-Identifier: MIT */

/*
 * The first question is written out anew from what was read, with the spelling as sent (0x20), so
 * nothing of the message but its id, its RD bit and that name comes back.
 */

#include "inspect/dns.h"

#include "inspect/dns_walk.h"

#include <string.h>

#define FLAG_RESPONSE      0x8000
#define FLAG_RECURSION     0x0100       /* RD */
#define FLAG_AVAILABLE     0x0080       /* RA */
#define RCODE_NXDOMAIN     3
#define RCODE_REFUSED      5
/* seconds: short, so that a change of policy is felt soon */
#define UNSPECIFIED_TTL    10
#define EDNS_PAYLOAD       1232         /* bytes; DNS flag day 2020 */
#define OPTION_EDE         15           /* RFC 8914, section 2 */
#define EDE_BLOCKED        15           /* RFC 8914, section 4.16 */
#define NAME_FIRST         0xc00c       /* pointer to the name after the header */
#define HEADER_BYTES       12
#define ADDITIONAL_COUNT   10           /* offset in the header */

/*
 * The question's name as it stands in the message, without pointers: the first name cannot have any
 * before it.
 */
static bool copy_question(struct writer *w, struct bytes message, uint16_t *type_out)
{
	struct reader r = reader_over(bytes_from(message, HEADER_BYTES), PARSE_BAD);

	for (;;) {
		uint8_t len = read_u8(&r);

		if (r.status != PARSE_OK || len > 63)
			return false;
		write_u8(w, len);
		if (len == 0)
			break;
		write_bytes(w, read_bytes(&r, len));
	}
	*type_out = read_u16(&r);
	write_u16(w, *type_out);
	write_u16(w, read_u16(&r));
	return r.status == PARSE_OK;
}

/* Only who speaks EDNS may be answered with it: RFC 6891, section 7. */
static bool has_opt(struct bytes message)
{
	struct dns_reader d;
	struct reader    *r = &d.left;
	uint32_t          records;

	if (dns_open(message, &d) != PARSE_OK)
		return false;
	for (unsigned i = 0; i < d.header.num_questions && r->status == PARSE_OK; i++) {
		dns_skip_name(r);
		read_u32(r);
	}
	records = (uint32_t)d.header.num_answers + d.header.num_authority + d.header.num_additional;
	for (uint32_t i = 0; i < records && r->status == PARSE_OK; i++) {
		uint16_t type;

		dns_skip_name(r);
		type = read_u16(r);
		if (r->status == PARSE_OK && type == DNS_TYPE_OPT)
			return true;
		read_bytes(r, 6);
		read_block16(r);
	}
	return false;
}

static void write_opt(struct writer *w, const char *ede_text)
{
	size_t len = strlen(ede_text);

	write_u8(w, 0);                 /* the root is its owner */
	write_u16(w, DNS_TYPE_OPT);
	write_u16(w, EDNS_PAYLOAD);
	write_u32(w, 0);
	write_u16(w, (uint16_t)(6 + len));
	write_u16(w, OPTION_EDE);
	write_u16(w, (uint16_t)(2 + len));
	write_u16(w, EDE_BLOCKED);
	write_text(w, ede_text);
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

void dns_answer_write(struct writer *w, struct bytes message, enum dns_block how,
                      const char *ede_text)
{
	uint8_t           question[300];        /* 255 octets of name, type and class */
	struct writer     q = writer_over(question, sizeof(question));
	struct dns_reader d;
	uint16_t          type, rcode = 0;

	if (dns_open(message, &d) != PARSE_OK || d.header.num_questions == 0 ||
	    !copy_question(&q, message, &type) || q.full)
		return;
	if (how == DNS_BLOCK_NXDOMAIN)
		rcode = RCODE_NXDOMAIN;
	if (how == DNS_BLOCK_REFUSED)
		rcode = RCODE_REFUSED;

	size_t start = w->len;

	write_u16(w, d.header.id);
	write_u16(w, FLAG_RESPONSE | (d.header.flags & FLAG_RECURSION) | FLAG_AVAILABLE | rcode);
	write_u16(w, 1);
	write_u16(w, 0);
	write_u16(w, 0);
	write_u16(w, 0);
	write_bytes(w, writer_written(&q));
	if (how == DNS_BLOCK_UNSPECIFIED && write_unspecified(w, type))
		write_u16_at(w, start + 6, 1);
	if (has_opt(message)) {
		write_opt(w, ede_text);
		write_u16_at(w, start + ADDITIONAL_COUNT, 1);
	}
}
