/* SPDX-License-Identifier: MIT */

/*
 * The walk goes through the sections in order and stops at names that matter. A name is read in
 * runs of labels, from wherever a pointer leads. Two limits end every loop: a name has at most 255
 * octets and DNS_HOPS_MAX pointers. But a message can have a costly name at every second byte, so
 * each name and each record is paid for out of the message's budget.
 */

#include "inspect/dns.h"

#include "inspect/dns_walk.h"

#define FLAG_RESPONSE 0x8000
#define CLASS_IN      1
#define CLASS_CHAOS   3
#define CLASS_HESIOD  4
#define CLASS_ANY     255
#define LABELS_MOST   127       /* of a name; RFC 1035, section 2.3.4 */
#define RECORD_FIXED  10        /* bytes of a record between its name and its data */
/* units: for a name of any length, as it is looked up; for a pointer in it */
#define WORK_NAME     12
#define WORK_HOP      3
/* a name is read only with this many left, because its cost is known only afterwards */
#define WORK_TO_BEGIN 128
#define WORK_RECORD   4
/* messages skipped before a question, and the bytes of each */
#define PASSED_OVER_MOST 4
#define PASSED_OVER_MAX  1024

/*
 * Each octet is copied, and looked up within its label; an escape is four characters, and more
 * work.
 */
static size_t dns_work_of(const struct host_text *name, unsigned num_hops)
{
	size_t of_escapes = name->len > name->wire_len ? (name->len - name->wire_len) / 2u : 0;

	return WORK_NAME + WORK_HOP * num_hops + name->len + name->sent_len +
	       name->wire_len / 2u + of_escapes;
}

/* Reads the name at r, following pointers; r itself is moved past it. */
static enum parse dns_read_name(struct dns_reader *d, struct reader *r, struct host_text *out)
{
	struct reader at       = *r;
	unsigned      num_hops = 0;

	if (d->work_left < WORK_TO_BEGIN)
		return dns_give_up(d);
	host_clear(out);
	for (;;) {
		enum parse status = host_read_labels(out, &at);
		uint8_t    end    = read_u8(&at);
		size_t     target = 0;

		if (end >= LABEL_POINTER)
			target = (size_t)(end & LABEL_LENGTH) << 8 | read_u8(&at);
		else if (end != 0)
			return PARSE_BAD;
		if (status != PARSE_OK || at.status != PARSE_OK)
			return PARSE_BAD;
		if (num_hops == 0)
			*r = at;
		if (end == 0)
			return dns_charge(d, dns_work_of(out, num_hops));
		/* more pointers than bytes: the name loops */
		if (++num_hops > d->message.len)
			return PARSE_BAD;
		if (num_hops > DNS_HOPS_MAX)
			return dns_give_up(d);
		at = reader_over(bytes_from(d->message, target), PARSE_BAD);
	}
}

void dns_skip_name(struct dns_reader *d, struct reader *r)
{
	unsigned num_labels = 0;
	uint8_t  len;

	while ((len = read_u8(r)) != 0 && len < 0x40 && num_labels++ < LABELS_MOST)
		read_bytes(r, len);
	if (len >= LABEL_POINTER)
		read_u8(r);
	else if (len != 0)
		r->status = PARSE_BAD;
	if (dns_charge(d, WORK_RECORD + num_labels) != PARSE_OK)
		r->status = PARSE_BAD;
}

enum parse dns_open(struct bytes message, struct dns_reader *r)
{
	struct dns_header *h    = &r->header;
	struct reader      left = reader_over(message, PARSE_BAD);

	/* One check for all twelve bytes, so that the readers need none of their own. */
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
	r->records_left   = (uint32_t)h->num_answers + h->num_authority + h->num_additional;
	/* no resolver answers more than one question */
	r->work_left      = h->num_questions > 1 ? DNS_WORK_MAX / 2 : DNS_WORK_MAX;
	r->is_over        = false;
	return PARSE_OK;
}

enum parse dns_next_question(struct dns_reader *r, struct dns_name *out)
{
	if (r->left.status != PARSE_OK)
		return PARSE_BAD;
	if (r->questions_left == 0)
		return PARSE_MORE;
	r->questions_left--;
	if (dns_read_name(r, &r->left, &out->host) != PARSE_OK)
		r->left.status = PARSE_BAD;
	out->place = DNS_QUESTION;
	out->type  = read_u16(&r->left);
	read_u16(&r->left);
	return r->left.status;
}

void dns_skip_questions(struct dns_reader *d)
{
	for (; d->questions_left > 0 && d->left.status == PARSE_OK; d->questions_left--) {
		dns_skip_name(d, &d->left);
		read_u32(&d->left);
	}
}

enum parse dns_next_record(struct dns_reader *r, struct dns_record *out)
{
	uint32_t after_answers = (uint32_t)r->header.num_authority + r->header.num_additional;

	if (r->questions_left > 0)
		dns_skip_questions(r);
	if (r->left.status != PARSE_OK)
		return PARSE_BAD;
	if (r->records_left == 0)
		return PARSE_MORE;
	out->is_answer    = r->records_left > after_answers;
	out->is_authority = !out->is_answer && r->records_left > r->header.num_additional;
	r->records_left--;
	dns_skip_name(r, &r->left);

	/* One check for all ten bytes, as in dns_open(). */
	struct reader left = r->left;

	if (left.status != PARSE_OK || left.left.len < RECORD_FIXED)
		return r->left.status = PARSE_BAD;
	out->type  = read_u16(&left);
	out->class = read_u16(&left);
	out->ttl_s = read_u32(&left);
	out->data  = read_block16(&left);
	r->left    = left;
	return left.status;
}

enum parse dns_record_target(struct dns_reader *r, const struct dns_record *record,
                             struct dns_name *out)
{
	bool          is_service = record->type == DNS_TYPE_SVCB || record->type == DNS_TYPE_HTTPS;
	/* glibc, musl and ldns read a name on past the end of its data */
	size_t        from = (size_t)(r->left.left.at - r->message.at) - record->data.left.len;
	struct reader data = reader_over(bytes_from(r->message, from), PARSE_BAD);

	if (is_service)
		read_u16(&data);                        /* priority */
	out->place = is_service ? DNS_SERVICE : DNS_ALIAS;
	out->type  = record->type;
	if (dns_read_name(r, &data, &out->host) != PARSE_OK) {
		r->left.status = PARSE_BAD;
		return PARSE_BAD;
	}
	return out->host.len > 0 ? PARSE_OK : PARSE_MORE;
}

enum parse dns_next(struct dns_reader *r, struct dns_name *out)
{
	struct dns_record record;
	enum parse        status;

	while ((status = dns_next_question(r, out)) == PARSE_OK) {
		if (out->host.len > 0)
			return PARSE_OK;
	}
	while (status == PARSE_MORE && r->header.is_response &&
	       (status = dns_next_record(r, &record)) == PARSE_OK) {
		if (dns_record_leads(&record) &&
		    (status = dns_record_target(r, &record, out)) != PARSE_MORE)
			return status;
		status = PARSE_MORE;
	}
	return status;
}

static bool dns_is_class(uint16_t class)
{
	return class == CLASS_IN || class == CLASS_CHAOS || class == CLASS_HESIOD ||
	       class == CLASS_ANY;
}

bool dns_is_query(struct bytes message)
{
	struct dns_reader r;
	struct host_text  name;

	if (dns_open(message, &r) != PARSE_OK || r.header.is_response ||
	    r.header.num_questions != 1 || dns_read_name(&r, &r.left, &name) != PARSE_OK)
		return false;
	read_u16(&r.left);
	return dns_is_class(read_u16(&r.left)) && r.left.status == PARSE_OK;
}

/* The first question of a message that may be incomplete, as far as its bytes have come. */
static enum parse dns_begin_question(struct bytes message)
{
	struct reader    r = reader_over(bytes_from(message, DNS_HEADER), PARSE_MORE);
	struct host_text name;
	enum parse       status;
	uint8_t          end;
	uint16_t         class;

	host_clear(&name);
	status = host_read_labels(&name, &r);
	end    = read_u8(&r);
	/* the pointer's target may not have come yet */
	if (end >= LABEL_POINTER)
		return dns_is_query(message) ? PARSE_OK : PARSE_MORE;
	read_u16(&r);
	class = read_u16(&r);
	if (r.status != PARSE_OK)
		return r.status;
	return status == PARSE_OK && end == 0 && dns_is_class(class) ? PARSE_OK : PARSE_BAD;
}

/* Are the header's counts plausible for DNS? PARSE_MORE if that is not clear yet. */
static enum parse dns_has_counts(struct bytes message)
{
	struct reader r      = reader_over(bytes_from(message, 4), PARSE_MORE);
	bool          is_few = true;

	for (int i = 0; i < 4; i++)
		is_few &= read_u16(&r) <= 1;
	return is_few ? r.status : PARSE_BAD;
}

enum parse dns_begins(struct bytes stream)
{
	struct reader left = reader_over(stream, PARSE_MORE);

	for (int i = 0; i <= PASSED_OVER_MOST; i++) {
		size_t        len     = read_u16(&left);
		struct bytes  message = bytes_first(left.left, len);
		struct reader header  = left;
		uint16_t      flags, num_questions;
		enum parse    status;

		read_u16(&header);
		flags         = read_u16(&header);
		num_questions = read_u16(&header);
		if (len >= DNS_HEADER && header.status != PARSE_OK)
			return header.status;
		if (len >= DNS_HEADER && !(flags & FLAG_RESPONSE) && num_questions == 1) {
			status = dns_begin_question(message);
			if (status == PARSE_OK || (status == PARSE_MORE && message.len < len))
				return status;
		}
		/* not a question, but a server may skip it, and read the next message */
		if (left.status == PARSE_OK && (len == 0 || len > PASSED_OVER_MAX))
			return PARSE_BAD;
		status = len >= DNS_HEADER ? dns_has_counts(message) : PARSE_OK;
		read_bytes(&left, len);
		if (status == PARSE_BAD || left.status != PARSE_OK)
			return status == PARSE_BAD ? PARSE_BAD : PARSE_MORE;
	}
	return PARSE_BAD;
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
