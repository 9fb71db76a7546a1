/* SPDX-License-Identifier: MIT */

/*
 * dns_next: names are canonical, the walk ends. dns_answer_write: what is written is itself a
 * readable answer with the same id and question, and fits however long its text is. dns_remove_ech:
 * what is written is shorter, and has none of what was to go.
 */

#include "inspect/dns.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Longer than any answer may be. */
static const char *long_text(void)
{
	static char text[1500];

	memset(text, 'x', sizeof(text) - 1);
	return text;
}

static void answer(struct bytes message, const struct dns_name *asked)
{
	static struct dns_name again;
	uint8_t                room[1232];

	for (int how = DNS_BLOCK_NXDOMAIN; how <= DNS_BLOCK_UNSPECIFIED; how++) {
		struct writer     w = writer_over(room, sizeof(room));
		struct dns_reader r;

		dns_answer_write(&w, message, (enum dns_block)how,
		                 message.len % 2 == 0 ? "why" : long_text());
		if (w.len == 0)
			continue;
		if (w.full)
			abort();
		if (dns_open(writer_written(&w), &r) != PARSE_OK || !r.header.is_response ||
		    memcmp(room, message.at, 2) != 0)
			abort();
		if (asked != NULL &&
		    (dns_next_question(&r, &again) != PARSE_OK || again.host.len != asked->host.len ||
		     memcmp(again.host.text, asked->host.text, asked->host.len) != 0))
			abort();
	}
}

static void remove_ech(struct bytes message)
{
	static uint8_t room[65536];
	struct bytes   values[DNS_ECH_MAX], name;
	struct writer  w   = writer_over(room, sizeof(room));
	size_t         num = dns_find_ech(message, values);

	for (size_t i = 0; i < num; i++) {
		if (dns_ech_public_name(values[i], &name) == PARSE_OK && name.len == 0)
			abort();
	}
	if (dns_remove_ech(&w, message) != PARSE_OK)
		return;
	if (num == 0 || w.len >= message.len ||
	    (num < DNS_ECH_MAX && dns_find_ech(writer_written(&w), values) != 0))
		abort();
}

static bool is_within(struct bytes part, struct bytes message)
{
	return part.len == 0 || (part.at >= message.at && part.at + part.len <= message.at + message.len);
}

static void records(struct bytes message)
{
	struct dns_reader r;
	struct dns_record record;

	if (dns_open(message, &r) != PARSE_OK)
		return;
	while (dns_next_record(&r, &record) == PARSE_OK) {
		struct bytes address = dns_record_address(&record);

		if (!is_within(record.data.left, message) ||
		    !is_within(dns_record_ech(&r, &record), message) ||
		    (address.len != 0 && address.len != 4 && address.len != 16))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct dns_name name, first;
	struct dns_reader      r;
	size_t                 num = 0;
	bool                   has_question;

	dns_is_query(bytes_of(data, len));
	dns_begins(bytes_of(data, len));
	remove_ech(bytes_of(data, len));
	records(bytes_of(data, len));
	if (dns_open(bytes_of(data, len), &r) != PARSE_OK)
		return 0;
	has_question = dns_next_question(&r, &first) == PARSE_OK;
	dns_open(bytes_of(data, len), &r);
	while (dns_next(&r, &name) == PARSE_OK) {
		if (name.host.len == 0 || name.host.len > HOST_TEXT_MAX || num++ > len)
			abort();
	}
	answer(bytes_of(data, len), has_question ? &first : NULL);
	return 0;
}
