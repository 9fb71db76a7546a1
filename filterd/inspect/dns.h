/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_INSPECT_DNS_H
#define FILTERD_INSPECT_DNS_H

/*
 * DNS: the names in a message, read with our own bounds before any library sees it. Compression
 * pointers go backwards only (RFC 9267, section 2), which ends every loop without a counter, and
 * a name is at most 255 octets; a message costs time linear in its length however crafted.
 */

#include "base/host.h"

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
	DNS_SERVICE,                    /* target of SVCB or HTTPS, "." left out */
};

struct dns_name {
	enum dns_place   place;
	uint16_t         type;          /* of the question, or of the record */
	struct host_text host;
};

/* Where the walk through a message stands. */
struct dns_reader {
	struct reader     left;
	struct bytes      message;
	struct dns_header header;
	uint16_t          questions_left;
	uint32_t          records_left;
};

/*
 * dns_open - begin with a message (without the length prefix of TCP).
 * Gives:  PARSE_OK, or PARSE_BAD if there is no whole header.
 * Keeps:  message, borrowed, until the last dns_next().
 */
enum parse dns_open(struct bytes message, struct dns_reader *r);

/*
 * dns_next - the next name that the policy must see: every question; in responses every CNAME,
 *            DNAME,
 * SVCB and HTTPS target of the answer section and of the additional section.
 *
 * Gives:  PARSE_OK and *out; PARSE_MORE when there are no more names; PARSE_BAD if the message is
 *         broken at this point (names before it were still good).
 * Root names (".") are skipped.
 * Source: RFC 1035 section 4, RFC 9460 section 2.2.
 */
enum parse dns_next(struct dns_reader *r, struct dns_name *out);

/*
 * dns_is_query - is this surely a DNS query, on whatever port? Standard query, QR 0, no rcode, at
 *                least one
 * question, no answers, each question whole and of a class that exists, nothing after the records
 * that the header counts.
 */
bool dns_is_query(struct bytes message);

/* An A or AAAA record of the answer section: 4 or 16 bytes, borrowed. */
struct dns_address {
	struct bytes at;
	uint32_t     ttl_s;
};

/*
 * dns_next_address - after dns_open(), instead of dns_next(): PARSE_OK and *out; PARSE_MORE at the
 * end; PARSE_BAD.
 */
enum parse dns_next_address(struct dns_reader *r, struct dns_address *out);

#define DNS_ECH_MAX 16          /* ech parameters of one message; an answer has one or two */

/*
 * dns_find_ech   - the values of the ech parameters of a response's HTTPS and SVCB records; how
 *                  many, 0 if it is broken.
 * dns_remove_ech - the response without them. PARSE_OK, written to w; PARSE_MORE if it has none:
 *                  nothing is written; PARSE_BAD if it is broken, or does not fit. A pointer into a
 *                  removed value is broken, too.
 * dns_ech_public_name - the name that hellos encrypted to this value show. PARSE_MORE if it has no
 *                       known version.
 * Source: RFC 9460 section 2.2, RFC 9848, RFC 9849 section 4.
 */
size_t     dns_find_ech(struct bytes message, struct bytes values_out[DNS_ECH_MAX]);
enum parse dns_remove_ech(struct writer *w, struct bytes message);
enum parse dns_ech_public_name(struct bytes value, struct bytes *name_out);

/* What a blocked query is answered with. */
enum dns_block { DNS_BLOCK_NXDOMAIN, DNS_BLOCK_REFUSED, DNS_BLOCK_UNSPECIFIED };

/*
 * dns_answer_write - the answer to a blocked query, or the replacement of a blocked response.
 *
 * Takes:  message, one for which dns_next() has given its first question.
 * Gives:  the answer in w; w->full if it does not fit; nothing if the message has no readable
 *         question. Same id, opcode, question, RD and CD. To a query with RD: RA; to one without:
 *         AA, as from a server that is asked for its own zone. To a response: its own AA and RA.
 *         NXDOMAIN or REFUSED, or NOERROR with 0.0.0.0 / :: for A / AAAA questions (TTL 10) and no
 *         data for others.
 *         If the message has an OPT record, and only then: an OPT with payload size 1232, the
 *         message's DO, an Extended DNS Error, info-code 15 "Blocked" (RFC 8914, section 4.16; 17
 *         "Filtered" is for client-requested filtering), ede_text or as much of it as the client
 *         takes, and the message's DNS cookie if it has a server's part (RFC 7873).
 */
void dns_answer_write(struct writer *w, struct bytes message, enum dns_block how,
                      const char *ede_text);

/* "A", "AAAA", "HTTPS" ... or "TYPE1234" (RFC 3597, section 5). */
void dns_type_write(struct writer *w, uint16_t type);

#endif
