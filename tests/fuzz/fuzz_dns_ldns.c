/* SPDX-License-Identifier: MIT */

/*
 * Two readers of DNS: whatever names ldns finds in a message, dns.h finds them, too, in the same
 * places and with the same types. It may find more: ldns follows no pointers forwards, and gives up
 * a whole message for one broken record. And ldns may go astray: it reads what belongs into a
 * record, whatever the length of its data, and takes the place behind that for the next record's.
 */

#include "inspect/dns.h"

#include <ldns/ldns.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* The name as dns.h writes it: false if it is the root's. */
static bool canonical(const ldns_rdf *name, struct host_text *out)
{
	struct reader labels = reader_over(bytes_of(ldns_rdf_data(name), ldns_rdf_size(name)),
	                                   PARSE_BAD);

	host_clear(out);
	if (host_read_labels(out, &labels) != PARSE_OK || read_u8(&labels) != 0)
		abort();
	return out->len > 0;
}

static bool same_name(const struct host_text *a, const struct host_text *b)
{
	return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

/* What a record leads to, by ldns; NULL if to nothing that the policy asks for. */
static const ldns_rdf *target_of(const ldns_rr *rr)
{
	switch (ldns_rr_get_type(rr)) {
	case LDNS_RR_TYPE_CNAME:
	case LDNS_RR_TYPE_DNAME: return ldns_rr_rd_count(rr) > 0 ? ldns_rr_rdf(rr, 0) : NULL;
	default: return NULL;
	}
}

static void compare_questions(struct dns_reader *r, const ldns_rr_list *questions)
{
	static struct dns_name  ours;
	static struct host_text theirs;

	for (size_t i = 0; i < ldns_rr_list_rr_count(questions); i++) {
		const ldns_rr *rr = ldns_rr_list_rr(questions, i);

		if (dns_next_question(r, &ours) != PARSE_OK) {
			if (!r->is_over)
				abort();
			return;
		}
		canonical(ldns_rr_owner(rr), &theirs);
		if (!same_name(&ours.host, &theirs) || ours.type != ldns_rr_get_type(rr))
			abort();
	}
}

/* Is the end of this record's data elsewhere for ldns, or could it be? */
static bool ends_elsewhere(const struct dns_record *record)
{
	static struct host_text name;
	struct reader           data = record->data;
	uint8_t                 end;

	switch (record->type) {
	case DNS_TYPE_A:     return data.left.len != 4;
	case DNS_TYPE_AAAA:  return data.left.len != 16;
	case DNS_TYPE_CNAME:
	case DNS_TYPE_DNAME: break;
	default:             return true;
	}
	host_clear(&name);
	host_read_labels(&name, &data);
	end = read_u8(&data);
	if (end >= 0xc0)
		read_u8(&data);
	return data.status != PARSE_OK || data.left.len > 0;
}

/* False if the two are no longer at the same place. */
static bool compare_section(struct dns_reader *r, const ldns_rr_list *records)
{
	static struct dns_name  ours;
	static struct host_text theirs;
	struct dns_record       record;

	for (size_t i = 0; i < ldns_rr_list_rr_count(records); i++) {
		const ldns_rr  *rr     = ldns_rr_list_rr(records, i);
		const ldns_rdf *target = target_of(rr);
		enum parse      status = dns_next_record(r, &record);

		/* ldns takes an OPT record out of the last section */
		while (status == PARSE_OK && record.type == DNS_TYPE_OPT &&
		       ldns_rr_get_type(rr) != LDNS_RR_TYPE_OPT)
			status = dns_next_record(r, &record);
		if (status != PARSE_OK && r->is_over)
			return false;
		if (status != PARSE_OK || record.type != ldns_rr_get_type(rr) ||
		    record.ttl_s != ldns_rr_ttl(rr))
			abort();
		if (ends_elsewhere(&record))
			return false;
		if (target == NULL || !dns_record_leads(&record))
			continue;
		status = dns_record_target(r, &record, &ours);
		if (status == PARSE_BAD && r->is_over)
			return false;
		if ((status == PARSE_OK) != canonical(target, &theirs) ||
		    (status == PARSE_OK && !same_name(&ours.host, &theirs)))
			abort();
	}
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct dns_reader r;
	ldns_pkt         *packet = NULL;

	if (ldns_wire2pkt(&packet, data, len) != LDNS_STATUS_OK)
		return 0;
	if (dns_open(bytes_of(data, len), &r) != PARSE_OK)
		abort();
	compare_questions(&r, ldns_pkt_question(packet));
	if (compare_section(&r, ldns_pkt_answer(packet)) &&
	    compare_section(&r, ldns_pkt_authority(packet)))
		compare_section(&r, ldns_pkt_additional(packet));
	ldns_pkt_free(packet);
	return 0;
}
