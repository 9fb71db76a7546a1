/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_INSPECT_DNS_H
#define FILTERD_INSPECT_DNS_H

/*
 * DNS: the names in a message, read with our own bounds before any library sees it, and as
 * leniently as any resolver reads it. Compression pointers may go forwards, and into the header:
 * dnsmasq, glibc and musl follow both. The work for a message is bounded: DNS_WORK_MAX.
 */

#include "base/host.h"

/* pointers in one name; dnsmasq follows as many */
#define DNS_HOPS_MAX 255
/*
 * units of some 40 instructions, for the names and records of one message: ten aliases take half of
 * them, a hundred other records 400, the costliest name 960
 */
#define DNS_WORK_MAX 1000

enum {
	DNS_TYPE_A     = 1,
	DNS_TYPE_CNAME = 5,
	DNS_TYPE_AAAA  = 28,
	DNS_TYPE_DNAME = 39,
	DNS_TYPE_OPT   = 41,
	DNS_TYPE_SVCB  = 64,
	DNS_TYPE_HTTPS = 65
};

struct dns_header {
	uint16_t id;
	uint16_t flags;                 /* as on the wire */
	bool     is_response;
	uint8_t  opcode, rcode;
	uint16_t num_questions, num_answers, num_authority, num_additional;
};

enum dns_place {
	DNS_QUESTION,                   /* the name asked for */
	DNS_ALIAS,                      /* target of CNAME or DNAME */
	DNS_SERVICE,                    /* target of SVCB or HTTPS, unless it is "." */
};

struct dns_name {
	enum dns_place   place;
	uint16_t         type;          /* of the question, or of the record */
	struct host_text host;
};

/* The position of a walk through a message. */
struct dns_reader {
	struct reader     left;
	struct bytes      message;
	struct dns_header header;
	uint16_t          questions_left;
	uint32_t          records_left;
	uint32_t          work_left;
	bool              is_over;      /* the message costs too much to read any further */
};

/* A record that was skipped; data borrowed. */
struct dns_record {
	uint16_t      type, class;
	uint32_t      ttl_s;
	bool          is_answer, is_authority;  /* in these sections; otherwise additional */
	struct reader data;
};

/*
 * dns_open - begin with a message (without the length prefix of TCP).
 * Gives:  PARSE_OK, or PARSE_BAD if there is no whole header.
 * Keeps:  message, borrowed, until the last dns_next().
 */
enum parse dns_open(struct bytes message, struct dns_reader *r);

/*
 * dns_next_question - the next question; the root's name is empty.
 * dns_next_record   - the next record of any section; skips questions.
 *
 * Gives:  PARSE_OK and *out; PARSE_MORE at the end; PARSE_BAD if the message is broken at this
 *         point (what came before it was still good), or costs too much to read any further:
 *         is_over.
 * Source: RFC 1035, section 4.
 */
enum parse dns_next_question(struct dns_reader *r, struct dns_name *out);
enum parse dns_next_record(struct dns_reader *r, struct dns_record *out);

/* Is it a CNAME, DNAME, SVCB or HTTPS record of the answer or of the additional section? */
static inline bool dns_record_leads(const struct dns_record *record)
{
	return (record->type == DNS_TYPE_CNAME || record->type == DNS_TYPE_DNAME ||
	        record->type == DNS_TYPE_SVCB || record->type == DNS_TYPE_HTTPS) &&
	       !record->is_authority;
}

/* The 4 or 16 bytes of an A or AAAA record in the answer section, else empty. */
static inline struct bytes dns_record_address(const struct dns_record *record)
{
	size_t len = record->type == DNS_TYPE_A ? 4 : record->type == DNS_TYPE_AAAA ? 16 : 0;

	return len > 0 && record->is_answer && record->data.left.len == len
	               ? record->data.left
	               : (struct bytes){ 0 };
}

/*
 * dns_record_target - the name that a record leads to, if dns_record_leads() holds for it.
 *
 * Gives:  PARSE_OK; PARSE_MORE for the root's name; PARSE_BAD as dns_next_record().
 * Source: RFC 9460, section 2.2.
 */
enum parse dns_record_target(struct dns_reader *r, const struct dns_record *record,
                             struct dns_name *out);

/*
 * dns_next - the next name that the policy must see: every question; in responses every target.
 *            Gives as dns_next_question(). Root names are skipped.
 */
enum parse dns_next(struct dns_reader *r, struct dns_name *out);

/*
 * dns_is_query - is this a DNS query that some resolver answers, on any port? QR 0, one question,
 *                complete and of a class that exists. Nothing else matters: resolvers answer with
 *                any rcode, opcode or other flag set, with missing or broken records, and with
 *                bytes after the end. No resolver answers two questions.
 */
bool dns_is_query(struct bytes message);

/*
 * dns_begins - does a stream begin with the length of such a message, and with its question? The
 *              message may be incomplete. PARSE_MORE if it is not clear yet.
 */
enum parse dns_begins(struct bytes stream);

#define DNS_ECH_MAX 16          /* ech parameters of one message; an answer has one or two */

/*
 * dns_record_ech - the value of the ech parameter of an HTTPS or SVCB record, else empty.
 * dns_find_ech   - all such values in a response; returns their number, 0 if it is broken.
 * dns_remove_ech - the response without them. PARSE_OK, written to w; PARSE_MORE if it has none:
 *                  nothing is written; PARSE_BAD if it is broken, or does not fit. A pointer into a
 *                  removed value is broken, too.
 * dns_ech_public_name - the name that hellos encrypted to this value show. PARSE_MORE if it has no
 *                       known version.
 * Source: RFC 9460 section 2.2, RFC 9848, RFC 9849 section 4.
 */
struct bytes dns_record_ech(struct dns_reader *r, const struct dns_record *record);
size_t     dns_find_ech(struct bytes message, struct bytes values_out[DNS_ECH_MAX]);
enum parse dns_remove_ech(struct writer *w, struct bytes message);
enum parse dns_ech_public_name(struct bytes value, struct bytes *name_out);

/* How a blocked query is answered. */
enum dns_block { DNS_BLOCK_NXDOMAIN, DNS_BLOCK_REFUSED, DNS_BLOCK_UNSPECIFIED };

/*
 * dns_answer_write - the answer to a blocked query, or the replacement of a blocked response.
 *
 * Gives:  the answer in w; w->full if it does not fit; nothing if the message has no readable
 *         question. Same id, opcode, question, RD and CD. To a query with RD: RA; to one without:
 *         AA, as from an authoritative server. To a response: its own AA and RA. NXDOMAIN or
 *         REFUSED, or NOERROR with 0.0.0.0 / :: for A / AAAA questions (TTL 10) and no data for
 *         others.
 *         If the message has an OPT record, and only then: an OPT with payload size 1232, the
 *         message's DO, an Extended DNS Error, info-code 15 "Blocked" (RFC 8914, section 4.16; 17
 *         "Filtered" is for client-requested filtering), ede_text or as much of it as the client
 *         takes, and the message's DNS cookie if it has a server part (RFC 7873).
 */
void dns_answer_write(struct writer *w, struct bytes message, enum dns_block how,
                      const char *ede_text);

/* "A", "AAAA", "HTTPS" ... or "TYPE1234" (RFC 3597, section 5). */
void dns_type_write(struct writer *w, uint16_t type);

#endif
