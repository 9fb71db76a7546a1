/* SPDX-License-Identifier: MIT */

/*
 * The walk goes through the sections in their order and stops at names that matter. A name is read
 * run by run of its labels; a compression pointer must point to before the place where the part
 * being read began, so each jump goes backwards and a name of at most 255 octets ends the walk in
 * any case.
 */

#include "inspect/dns.h"

#include "inspect/dns_walk.h"

enum { SECTION_ANSWER = 1, SECTION_AUTHORITY = 2, SECTION_ADDITIONAL = 3 };

#define DNS_HEADER    12        /* bytes; RFC 1035, section 4.1.1 */
#define FLAG_RESPONSE 0x8000
#define LABEL_POINTER 0xc0      /* the two top bits of a length octet; RFC 1035, section 4.1.4 */
#define LABEL_LENGTH  0x3f
#define CLASS_IN      1
#define CLASS_CHAOS   3
#define CLASS_HESIOD  4
#define CLASS_ANY     255

static size_t dns_offset_of(const struct dns_reader *d, const struct reader *r)
{
	return (size_t)(r->left.at - d->message.at);
}

/* Reads the name at r, following pointers; r itself is moved past it. */
static enum parse dns_read_name(const struct dns_reader *d, struct reader *r, struct host_text *out)
{
	struct reader at       = *r;
	size_t        began    = r->left.len > 0 ? dns_offset_of(d, r) : d->message.len;
	bool          has_gone = false;         /* to where a pointer points */

	host_clear(out);
	for (;;) {
		enum parse status = host_read_labels(out, &at);
		uint8_t    end    = read_u8(&at);
		size_t     target = 0;

		if ((end & LABEL_POINTER) == LABEL_POINTER)
			target = (size_t)(end & LABEL_LENGTH) << 8 | read_u8(&at);
		else if (end != 0)
			return PARSE_BAD;
		if (status != PARSE_OK || at.status != PARSE_OK || target >= began)
			return PARSE_BAD;
		if (!has_gone)
			*r = at;
		if (end == 0)
			return PARSE_OK;
		has_gone = true;
		began    = target;
		at       = reader_over(bytes_from(d->message, target), PARSE_BAD);
	}
}

enum parse dns_open(struct bytes message, struct dns_reader *r)
{
	struct dns_header *h    = &r->header;
	struct reader      left = reader_over(message, PARSE_BAD);

	/* One look for all twelve bytes, and the readers need none of their own. */
	if (message.len < DNS_HEADER)
		return PARSE_BAD;
	h->id             = read_u16(&left);
	h->flags          = read_u16(&left);
	h->num_questions  = read_u16(&left);
	h->num_answers    = read_u16(&left);
	h->num_authority  = read_u16(&left);
	h->num_additional = read_u16(&left);
	h->is_response    = h->flags & FLAG_RESPONSE;
	h->opcode         = h->flags >> 11 & 15;
	h->rcode          = h->flags & 15;
	r->message        = message;
	r->left           = left;
	r->questions_left = h->num_questions;
	r->records_left   = 0;
	if (h->is_response)
		r->records_left = (uint32_t)h->num_answers + h->num_authority + h->num_additional;
	return PARSE_OK;
}

static enum parse next_question(struct dns_reader *r, struct dns_name *out)
{
	r->questions_left--;
	if (dns_read_name(r, &r->left, &out->host) != PARSE_OK)
		return PARSE_BAD;
	out->place = DNS_QUESTION;
	out->type  = read_u16(&r->left);
	read_u16(&r->left);
	return r->left.status;
}

static int section_of(const struct dns_reader *r)
{
	uint32_t after_answers = (uint32_t)r->header.num_authority + r->header.num_additional;

	if (r->records_left > after_answers)
		return SECTION_ANSWER;
	return r->records_left > r->header.num_additional ? SECTION_AUTHORITY : SECTION_ADDITIONAL;
}

/* PARSE_OK with out->host empty if the record names nobody. */
static enum parse dns_next_record(struct dns_reader *r, struct dns_name *out)
{
	int           section = section_of(r);
	struct reader data;

	r->records_left--;
	host_clear(&out->host);
	dns_skip_name(&r->left);
	out->type = read_u16(&r->left);
	read_u16(&r->left);
	read_u32(&r->left);
	data = read_block16(&r->left);
	if (r->left.status != PARSE_OK)
		return PARSE_BAD;
	if (section == SECTION_AUTHORITY)
		return PARSE_OK;
	switch (out->type) {
	case DNS_TYPE_CNAME:
	case DNS_TYPE_DNAME:
		out->place = DNS_ALIAS;
		return dns_read_name(r, &data, &out->host);
	case DNS_TYPE_SVCB:
	case DNS_TYPE_HTTPS:
		out->place = DNS_SERVICE;
		read_u16(&data);
		return dns_read_name(r, &data, &out->host);
	default:
		return PARSE_OK;
	}
}

enum parse dns_next(struct dns_reader *r, struct dns_name *out)
{
	enum parse status = r->left.status;

	while (status == PARSE_OK && (r->questions_left > 0 || r->records_left > 0)) {
		status = r->questions_left > 0 ? next_question(r, out) : dns_next_record(r, out);
		if (status == PARSE_OK && out->host.len > 0)
			return PARSE_OK;
	}
	if (status == PARSE_OK)
		return PARSE_MORE;
	r->left.status = PARSE_BAD;
	return PARSE_BAD;
}

enum parse dns_next_address(struct dns_reader *r, struct dns_address *out)
{
	while (r->left.status == PARSE_OK && r->questions_left > 0) {
		r->questions_left--;
		dns_skip_name(&r->left);
		read_u32(&r->left);
	}
	while (r->left.status == PARSE_OK &&
	       r->records_left > (uint32_t)r->header.num_authority + r->header.num_additional) {
		uint16_t      type;
		struct reader data;

		r->records_left--;
		dns_skip_name(&r->left);
		type       = read_u16(&r->left);
		read_u16(&r->left);
		out->ttl_s = read_u32(&r->left);
		data       = read_block16(&r->left);
		out->at    = data.left;
		if (r->left.status == PARSE_OK && ((type == DNS_TYPE_A && data.left.len == 4) ||
		                                   (type == DNS_TYPE_AAAA && data.left.len == 16)))
			return PARSE_OK;
	}
	return r->left.status == PARSE_OK ? PARSE_MORE : PARSE_BAD;
}

static bool dns_is_class(uint16_t class)
{
	return class == CLASS_IN || class == CLASS_CHAOS || class == CLASS_HESIOD ||
	       class == CLASS_ANY;
}

bool dns_is_query(struct bytes message)
{
	struct dns_reader r;
	uint32_t          records;

	if (dns_open(message, &r) != PARSE_OK || r.header.is_response || r.header.opcode != 0 ||
	    r.header.rcode != 0 || r.header.num_questions == 0 || r.header.num_answers != 0)
		return false;
	for (unsigned i = 0; i < r.header.num_questions && r.left.status == PARSE_OK; i++) {
		dns_skip_name(&r.left);
		read_u16(&r.left);
		if (!dns_is_class(read_u16(&r.left)))
			return false;
	}
	records = (uint32_t)r.header.num_authority + r.header.num_additional;
	for (uint32_t i = 0; i < records && r.left.status == PARSE_OK; i++) {
		dns_skip_name(&r.left);
		read_u32(&r.left);
		read_u32(&r.left);
		read_block16(&r.left);
	}
	return r.left.status == PARSE_OK && r.left.left.len == 0;
}

void dns_type_write(struct writer *w, uint16_t type)
{
	static const struct { uint16_t type; const char *name; } names[] = {
		{ 1, "A" }, { 2, "NS" }, { 5, "CNAME" }, { 6, "SOA" }, { 12, "PTR" }, { 15, "MX" },
		{ 16, "TXT" }, { 28, "AAAA" }, { 33, "SRV" }, { 35, "NAPTR" }, { 39, "DNAME" },
		{ 41, "OPT" }, { 43, "DS" }, { 46, "RRSIG" }, { 48, "DNSKEY" }, { 52, "TLSA" },
		{ 64, "SVCB" }, { 65, "HTTPS" }, { 252, "AXFR" }, { 255, "ANY" }, { 257, "CAA" },
	};

	for (size_t i = 0; i < COUNT(names); i++) {
		if (names[i].type == type) {
			write_text(w, names[i].name);
			return;
		}
	}
	write_text(w, "TYPE");
	write_decimal(w, type);
}
