/* SPDX-License-Identifier: MIT */

/* ldns is the second opinion: it makes the well-formed messages, and reads our answers. */

#include "inspect/dns.h"
#include "support/suite.h"

#include <ldns/ldns.h>
#include <string.h>

static struct dns_reader reader;
static struct dns_name   name;

#define HEADER(flags, questions, answers) "\x12\x34" flags "\0" questions "\0" answers "\0\0\0\0"

static const struct { const char *what; struct bytes in; } broken[] = {
	{ "a question that ends early", BYTES(HEADER("\1\0", "\1", "\0") "\3abc") },
	{ "a pointer to itself", BYTES(HEADER("\1\0", "\1", "\0") "\xc0\x0c\0\1\0\1") },
	{ "a pointer to behind the end", BYTES(HEADER("\1\0", "\1", "\0") "\xc0\x12\0\1\0\1") },
	{ "a label of a reserved kind", BYTES(HEADER("\1\0", "\1", "\0") "\x80" "abc\0\0\1\0\1") },
	{ "two pointers to each other", BYTES(HEADER("\1\0", "\1", "\0") "\1a\xc0\x0c\0\1\0\1") },
};

START_TEST(a_broken_name_is_bad)
{
	ck_assert_int_eq(dns_open(broken[_i].in, &reader), PARSE_OK);
	ck_assert_msg(dns_next(&reader, &name) == PARSE_BAD, "%s", broken[_i].what);
	ck_assert_int_eq(dns_next(&reader, &name), PARSE_BAD);
}

START_TEST(a_message_shorter_than_a_header_is_bad)
{
	ck_assert_int_eq(dns_open(BYTES("\x12\x34\1\0\0\1\0\0\0\0\0"), &reader), PARSE_BAD);
}

START_TEST(every_question_is_given)
{
	ck_assert_int_eq(dns_open(BYTES(HEADER("\1\0", "\2", "\0") "\1a\3com\0\0\1\0\1"
	                                                           "\1b\xc0\x0e\0\x1c\0\1"),
	                          &reader),
	                 PARSE_OK);
	ck_assert_int_eq(dns_next(&reader, &name), PARSE_OK);
	ck_assert_str_eq(name.host.text, "a.com");
	ck_assert_int_eq(dns_next(&reader, &name), PARSE_OK);
	ck_assert_str_eq(name.host.text, "b.com");
	ck_assert_uint_eq(name.type, DNS_TYPE_AAAA);
	ck_assert_int_eq(dns_next(&reader, &name), PARSE_MORE);
}

/* A response with one record of the text given, by ldns. */
static struct bytes response_with(const char *record)
{
	static uint8_t *wire;
	ldns_pkt       *packet = ldns_pkt_query_new(ldns_dname_new_frm_str("WWW.example.org."),
	                                            LDNS_RR_TYPE_A, LDNS_RR_CLASS_IN, LDNS_RD);
	ldns_rr        *rr;
	size_t          len;

	ldns_pkt_set_qr(packet, true);
	ldns_pkt_set_id(packet, 0x1234);
	ck_assert_int_eq(ldns_rr_new_frm_str(&rr, record, 60, NULL, NULL), LDNS_STATUS_OK);
	ldns_pkt_push_rr(packet, LDNS_SECTION_ANSWER, rr);
	free(wire);
	ck_assert_int_eq(ldns_pkt2wire(&wire, packet, &len), LDNS_STATUS_OK);
	ldns_pkt_free(packet);
	return bytes_of(wire, len);
}

/* As by glibc, musl and ldns: the alias's data has a length of one. */
START_TEST(an_alias_is_read_beyond_the_end_of_its_record)
{
	ck_assert_int_eq(dns_open(BYTES(HEADER("\x81\0", "\1", "\1") "\1a\0\0\1\0\1"
	                                "\xc0\x0c\0\5\0\1\0\0\0\x3c\0\1" "\1b\0"), &reader),
	                 PARSE_OK);
	ck_assert_int_eq(dns_next(&reader, &name), PARSE_OK);
	ck_assert_int_eq(dns_next(&reader, &name), PARSE_OK);
	ck_assert_str_eq(name.host.text, "b");
}

static const struct { const char *record, *target; enum dns_place place; } targets[] = {
	{ "www.example.org. 60 IN CNAME dnl-01.example.com.", "dnl-01.example.com", DNS_ALIAS },
	{ "example.org. 60 IN DNAME example.com.", "example.com", DNS_ALIAS },
	{ "www.example.org. 60 IN TYPE65 \\# 19 0001 0373766307 6578616d706c65 03636f6d 00",
	  "svc.example.com",
	  DNS_SERVICE },
	{ "www.example.org. 60 IN TYPE64 \\# 15 0000 076578616d706c65 03636f6d 00", "example.com",
	  DNS_SERVICE },
};

START_TEST(targets_of_aliases_and_services_are_given)
{
	ck_assert_int_eq(dns_open(response_with(targets[_i].record), &reader), PARSE_OK);
	ck_assert_int_eq(dns_next(&reader, &name), PARSE_OK);
	ck_assert_str_eq(name.host.text, "www.example.org");
	ck_assert_str_eq(name.host.sent, "WWW.example.org");
	ck_assert_int_eq(dns_next(&reader, &name), PARSE_OK);
	ck_assert_str_eq(name.host.text, targets[_i].target);
	ck_assert_int_eq(name.place, targets[_i].place);
	ck_assert_int_eq(dns_next(&reader, &name), PARSE_MORE);
}

START_TEST(an_address_record_names_nobody)
{
	ck_assert_int_eq(dns_open(response_with("www.example.org. 60 IN A 192.0.2.1"), &reader),
	                 PARSE_OK);
	ck_assert_int_eq(dns_next(&reader, &name), PARSE_OK);
	ck_assert_int_eq(dns_next(&reader, &name), PARSE_MORE);
}

/*
 * All of these are of www.example.com; dnsmasq 2.90 answers the first four, BIND 9.18 the third
 * one, nobody else any.
 */
static const struct { const char *what; struct bytes in; } pointers[] = {
	{ "a pointer to behind the question",
	  BYTES(HEADER("\1\0", "\1", "\0") "\xc0\x12\0\1\0\1" "\3www\7example\3com\0") },
	{ "one behind a label, into a record's data",
	  BYTES("\x12\x34\1\0\0\1\0\0\0\0\0\1" "\3www\xc0\x21\0\1\0\1"
	        "\0\0\x10\0\1\0\0\0\0\0\x0d" "\7example\3com\0") },
	{ "one to a zero of the header",
	  BYTES(HEADER("\1\0", "\1", "\0") "\3www\7example\3com\xc0\x0b\0\1\0\1") },
	{ "one forwards, then one back, then one forwards",
	  BYTES(HEADER("\1\0", "\1", "\0") "\xc0\x17\0\1\0\1" "\3com\0"
	        "\3www\xc0\x1e\0\7example\xc0\x12") },
	{ "one within the name", BYTES(HEADER("\1\0", "\2", "\0") "\0\0\1\0\1"
	                               "\3www\7example\3com\0\0\1\0\1") },
};

START_TEST(a_pointer_is_followed_wherever_it_points)
{
	ck_assert_int_eq(dns_open(pointers[_i].in, &reader), PARSE_OK);
	ck_assert_msg(dns_next(&reader, &name) == PARSE_OK, "%s", pointers[_i].what);
	ck_assert_str_eq(name.host.text, "www.example.com");
	ck_assert_uint_eq(name.type, 1);
}

START_TEST(the_answer_has_the_name_without_its_pointers)
{
	uint8_t       out[512];
	struct writer w = writer_over(out, sizeof(out));

	if (pointers[_i].in.at[12] == 0)
		return;
	dns_answer_write(&w, pointers[_i].in, DNS_BLOCK_NXDOMAIN, "");
	ck_assert_bytes(writer_written(&w), "\x12\x34\x81\x83\0\1\0\0\0\0\0\0"
	                                    "\3www\7example\3com\0\0\1\0\1");
}

/* The question is so many pointers, each to the next, and then "a". */
static struct bytes chain_of(unsigned num)
{
	static uint8_t room[2000];
	struct writer  w = writer_over(room, sizeof(room));

	write_bytes(&w, BYTES(HEADER("\1\0", "\1", "\0") "\xc0\x12\0\1\0\1"));
	for (unsigned i = 1; i < num; i++)
		write_u16(&w, (uint16_t)(0xc000 | (w.len + 2)));
	write_bytes(&w, BYTES("\1a\0"));
	return writer_written(&w);
}

START_TEST(as_many_pointers_are_followed_as_by_dnsmasq)
{
	ck_assert_int_eq(dns_open(chain_of(DNS_HOPS_MAX), &reader), PARSE_OK);
	ck_assert_int_eq(dns_next(&reader, &name), PARSE_OK);
	ck_assert_str_eq(name.host.text, "a");
	ck_assert_int_eq(dns_open(chain_of(DNS_HOPS_MAX + 1), &reader), PARSE_OK);
	ck_assert_int_eq(dns_next(&reader, &name), PARSE_BAD);
	ck_assert(reader.is_over);
}

/* As are looked at in a name that is too long to be one, however long. */
START_TEST(a_name_of_too_many_labels_is_bad)
{
	static uint8_t room[65000];
	struct writer  w = writer_over(room, sizeof(room)), out;
	uint8_t        answered[512];

	write_bytes(&w, BYTES(HEADER("\1\0", "\1", "\0")));
	while (w.len < 64000)
		write_bytes(&w, BYTES("\1\0"));
	out = writer_over(answered, sizeof(answered));
	ck_assert_int_eq(dns_open(writer_written(&w), &reader), PARSE_OK);
	ck_assert_int_eq(dns_next(&reader, &name), PARSE_BAD);
	dns_answer_write(&out, writer_written(&w), DNS_BLOCK_NXDOMAIN, "");
	ck_assert_uint_eq(out.len, 0);
}

/* 233 questions for one name of 127 labels, as fit into a datagram. */
START_TEST(a_message_of_many_costly_names_is_over)
{
	static uint8_t room[2000];
	struct writer  w   = writer_over(room, sizeof(room));
	unsigned       num = 0;

	write_bytes(&w, BYTES(HEADER("\1\0", "\xe9", "\0")));
	for (int i = 0; i < 127; i++)
		write_bytes(&w, BYTES("\1a"));
	write_bytes(&w, BYTES("\0\0\1\0\1"));
	for (int i = 1; i < 0xe9; i++)
		write_bytes(&w, BYTES("\xc0\x0c\0\1\0\1"));
	ck_assert_int_eq(dns_open(writer_written(&w), &reader), PARSE_OK);
	while (dns_next(&reader, &name) == PARSE_OK)
		num++;
	ck_assert(reader.is_over);
	ck_assert_uint_eq(num, 1);
}

/* Six aliases, and as many addresses as fit into a datagram besides. */
START_TEST(an_answer_that_is_long_is_not_over)
{
	static uint8_t    room[1232];
	struct writer     w   = writer_over(room, sizeof(room));
	unsigned          num = 6;
	struct dns_record record;

	write_bytes(&w, BYTES("\x12\x34\x81\x80\0\1\0\0\0\0\0\0"
	                      "\3www\7example\3com\0\0\1\0\1"));
	for (unsigned i = 0; i < num; i++)
		write_bytes(&w, BYTES("\xc0\x0c\0\5\0\1\0\0\0\x3c\0\x1e"
		                      "\x1b" "a-name-of-27-octets-or-more" "\xc0\x0c"));
	for (; w.len + 16 <= sizeof(room); num++)
		write_bytes(&w, BYTES("\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\1\2\3\4"));
	write_u16_at(&w, 6, (uint16_t)num);
	ck_assert_int_eq(dns_open(writer_written(&w), &reader), PARSE_OK);
	ck_assert_int_eq(dns_next_question(&reader, &name), PARSE_OK);
	while (dns_next_record(&reader, &record) == PARSE_OK) {
		num--;
		if (!dns_record_leads(&record))
			continue;
		ck_assert_int_eq(dns_record_target(&reader, &record, &name), PARSE_OK);
		ck_assert_uint_eq(name.host.len, 43);
	}
	ck_assert(!reader.is_over);
	ck_assert_uint_eq(num, 0);
}

/*
 * What is answered, if the name is that of a zone, by dnsmasq 2.90 (D), BIND 9.18 (B), Unbound 1.17
 * (U), Knot 3.2 (K), NSD 4.6 (N), PowerDNS 4.7 (P) and its recursor 4.8 (R), Knot Resolver 5.6 (r).
 */
static const struct { const char *what; struct bytes in; bool is_query; } queries[] = {
	{ "a response: nobody", BYTES(HEADER("\x81\0", "\1", "\0") "\1a\3com\0\0\1\0\1"), false },
	{ "no question: nobody", BYTES(HEADER("\1\0", "\0", "\0") "\1a\3com\0\0\1\0\1"), false },
	{ "two questions: nobody", BYTES(HEADER("\1\0", "\2", "\0") "\1a\3com\0\0\1\0\1"
	                                                        "\1a\3com\0\0\1\0\1"), false },
	{ "a class that does not exist: nobody",
	  BYTES(HEADER("\1\0", "\1", "\0") "\1a\3com\0\0\1\0\7"), false },
	{ "a class that is cut: nobody", BYTES(HEADER("\1\0", "\1", "\0") "\1a\3com\0\0\1\0"),
	  false },
	{ "a byte in front: nobody", BYTES("x" HEADER("\1\0", "\1", "\0") "\1a\3com\0\0\1\0\1"),
	  false },
	{ "bytes behind the end: DBUNPR",
	  BYTES(HEADER("\1\0", "\1", "\0") "\1a\3com\0\0\1\0\1x"), true },
	{ "another opcode: r", BYTES(HEADER("\x29\0", "\1", "\0") "\1a\3com\0\0\1\0\1"), true },
	{ "an rcode: DBUKPRr", BYTES(HEADER("\1\5", "\1", "\0") "\1a\3com\0\0\1\0\1"), true },
	{ "AA, TC, RA, Z, AD, CD: DBKNRr",
	  BYTES(HEADER("\7\xf0", "\1", "\0") "\1a\3com\0\0\1\0\1"), true },
	{ "an answer that is missing: nobody here, but who sends it on",
	  BYTES(HEADER("\1\0", "\1", "\1") "\1a\3com\0\0\1\0\1"), true },
	{ "a record that is missing: D",
	  BYTES("\x12\x34\1\0\0\1\0\0\0\0\0\1" "\1a\3com\0\0\1\0\1"), true },
	{ "an OPT that is longer than the message: D",
	  BYTES("\x12\x34\1\0\0\1\0\0\0\0\0\1" "\1a\3com\0\0\1\0\1"
	        "\0\0\x29\4\xd0\0\0\0\0\0\x20"), true },
	{ "class ANY: KNPR", BYTES(HEADER("\1\0", "\1", "\0") "\1a\3com\0\0\1\0\xff"), true },
	{ "a pointer forwards: D",
	  BYTES(HEADER("\1\0", "\1", "\0") "\xc0\x12\0\1\0\1" "\1a\3com\0"), true },
	{ "a query: all", BYTES(HEADER("\1\0", "\1", "\0") "\1a\3com\0\0\1\0\1"), true },
};

START_TEST(a_query_on_any_port_is_told_from_other_things)
{
	ck_assert_msg(dns_is_query(queries[_i].in) == queries[_i].is_query, "%s", queries[_i].what);
}

START_TEST(so_is_a_stream_that_begins_with_one_at_any_byte)
{
	uint8_t       room[100];
	struct writer w    = writer_over(room, sizeof(room));
	size_t        from = 2 + 12 + 5;

	write_u16(&w, (uint16_t)queries[_i].in.len);
	write_bytes(&w, queries[_i].in);
	for (size_t len = 0; len <= w.len; len++) {
		enum parse status = dns_begins(bytes_of(room, len));

		ck_assert_msg(queries[_i].is_query ? status != PARSE_BAD : status != PARSE_OK,
		              "%s, %zu", queries[_i].what, len);
		ck_assert(len < w.len || (status == PARSE_OK) == queries[_i].is_query);
		ck_assert(len > from || status != PARSE_OK);
	}
}

static const struct { const char *what; struct bytes in; enum parse want; } streams[] = {
	{ "words", BYTES("EHLO a.b"), PARSE_BAD },
	{ "too few words", BYTES("EHLO a."), PARSE_MORE },
	{ "a length of nothing", BYTES("\0\0" HEADER("\1\0", "\1", "\0") "\1a\0\0\1\0\1"), PARSE_BAD },
	{ "a length of less than a header", BYTES("\0\x0b" "\x12\x34\1\0\0\1"), PARSE_MORE },
	{ "a question behind one that is broken, and an answer",
	  BYTES("\0\x10" HEADER("\1\0", "\1", "\0") "\x80\x80\x80\x80"
	        "\0\x0c" HEADER("\x81\0", "\0", "\0")
	        "\xff\xff" HEADER("\1\0", "\1", "\0") "\1a\0\0\1\0\1"), PARSE_OK },
	{ "a question behind others that are too short",
	  BYTES("\0\1x" "\0\5hello" "\xff\xff" HEADER("\1\0", "\1", "\0") "\1a\0\0\1\0\1"),
	  PARSE_OK },
	{ "a label of a reserved kind",
	  BYTES("\xff\xff" HEADER("\1\0", "\1", "\0") "\3www\x40\0\1\0\1"), PARSE_BAD },
	{ "a class that does not exist",
	  BYTES("\xff\xff" HEADER("\1\0", "\1", "\0") "\1a\0\0\1\0\7"), PARSE_BAD },
	{ "a question of a long message",
	  BYTES("\xff\xff" HEADER("\1\0", "\1", "\0") "\1a\0\0\1\0\1"), PARSE_OK },
	{ "one that points to what is yet to come",
	  BYTES("\xff\xff" HEADER("\1\0", "\1", "\0") "\1a\xc1\0\0\1\0\1"), PARSE_MORE },
	{ "one that points to behind the end: another one may come",
	  BYTES("\0\x14" HEADER("\1\0", "\1", "\0") "\1a\xc1\0\0\1\0\1"), PARSE_MORE },
};

START_TEST(a_stream_is_told_as_soon_as_it_is_clear)
{
	ck_assert_msg(dns_begins(streams[_i].in) == streams[_i].want, "%s", streams[_i].what);
}

static const struct {
	enum dns_block how;
	uint16_t       type;
	ldns_pkt_rcode rcode;
	unsigned       answers;
} answers[] = {
	{ DNS_BLOCK_NXDOMAIN, LDNS_RR_TYPE_A, LDNS_RCODE_NXDOMAIN, 0 },
	{ DNS_BLOCK_REFUSED, LDNS_RR_TYPE_A, LDNS_RCODE_REFUSED, 0 },
	{ DNS_BLOCK_UNSPECIFIED, LDNS_RR_TYPE_A, LDNS_RCODE_NOERROR, 1 },
	{ DNS_BLOCK_UNSPECIFIED, LDNS_RR_TYPE_AAAA, LDNS_RCODE_NOERROR, 1 },
	{ DNS_BLOCK_UNSPECIFIED, LDNS_RR_TYPE_TXT, LDNS_RCODE_NOERROR, 0 },
};

START_TEST(ldns_reads_our_answer)
{
	ldns_pkt *query =
		ldns_pkt_query_new(ldns_dname_new_frm_str("Ds.example.com."),
	                           (ldns_rr_type)answers[_i].type, LDNS_RR_CLASS_IN, LDNS_RD);
	ldns_pkt     *answer;
	uint8_t      *wire, out[512];
	size_t        len;
	struct writer w = writer_over(out, sizeof(out));

	ldns_pkt_set_id(query, 0xbeef);
	ldns_pkt_set_edns_udp_size(query, 4096);
	ck_assert_int_eq(ldns_pkt2wire(&wire, query, &len), LDNS_STATUS_OK);
	dns_answer_write(&w, bytes_of(wire, len), answers[_i].how, "blocked");
	ck_assert_int_eq(ldns_wire2pkt(&answer, out, w.len), LDNS_STATUS_OK);
	ck_assert(ldns_pkt_qr(answer) && ldns_pkt_rd(answer) && ldns_pkt_ra(answer));
	ck_assert_uint_eq(ldns_pkt_id(answer), 0xbeef);
	ck_assert_int_eq(ldns_pkt_get_rcode(answer), answers[_i].rcode);
	ck_assert_uint_eq(ldns_pkt_ancount(answer), answers[_i].answers);
	ck_assert_int_eq(ldns_rr_compare(ldns_rr_list_rr(ldns_pkt_question(query), 0),
	                                 ldns_rr_list_rr(ldns_pkt_question(answer), 0)), 0);
	ck_assert_uint_eq(ldns_rdf_size(ldns_pkt_edns_data(answer)), 4 + 2 + 7);
	ck_assert_int_eq(memcmp(ldns_rdf_data(ldns_pkt_edns_data(answer)),
	                        "\0\x0f\0\x09\0\x0f"
	                        "blocked",
	                        13),
	                 0);
	ldns_pkt_free(query);
	ldns_pkt_free(answer);
	free(wire);
}

START_TEST(who_does_not_speak_edns_is_not_answered_with_it)
{
	uint8_t       out[512];
	struct writer w = writer_over(out, sizeof(out));

	dns_answer_write(&w, BYTES(HEADER("\1\0", "\1", "\0") "\1a\3com\0\0\1\0\1"),
	                 DNS_BLOCK_NXDOMAIN, "blocked");
	ck_assert_bytes(writer_written(&w), "\x12\x34\x81\x83\0\1\0\0\0\0\0\0"
	                                    "\1a\3com\0\0\1\0\1");
}

START_TEST(the_answer_has_the_first_question_alone)
{
	uint8_t       out[512];
	struct writer w = writer_over(out, sizeof(out));

	dns_answer_write(&w,
	                 BYTES(HEADER("\1\0", "\2", "\0") "\0\0\2\0\1"
	                                                  "\1a\3com\0\0\1\0\1"),
	                 DNS_BLOCK_REFUSED, "");
	ck_assert_bytes(writer_written(&w), "\x12\x34\x81\x85\0\1\0\0\0\0\0\0" "\0\0\2\0\1");
}

#define QUESTION "\1a\3com\0\0\1\0\1"
#define COOKIE   "clientxxserver-8"

/* The option's length, and the option; what of it comes back. */
static const struct { const char *what; struct bytes options; const char *back; } cookies[] = {
	{ "one shorter than the client's part", BYTES("\0\x0a\0\7" "clientx"), "" },
	{ "one between the two lengths", BYTES("\0\x0a\0\x0f" "clientxxserver-"), "" },
	{ "one too long", BYTES("\0\x0a\0\x29" COOKIE COOKIE "123456789"), "" },
	{ "one longer than its record", BYTES("\0\x0a\0\x11" COOKIE), "" },
	{ "one before a broken option", BYTES("\0\x0a\0\x10" COOKIE "\0"), "" },
	{ "one behind a broken one", BYTES("\0\x0a\0\1x" "\0\x0a\0\x10" COOKIE), "" },
	{ "the client's part alone", BYTES("\0\x0a\0\x08" "clientxx"), "" },
	{ "no option", BYTES(""), "" },
	{ "the shortest", BYTES("\0\x0a\0\x10" COOKIE), COOKIE },
	{ "the longest", BYTES("\0\x0a\0\x28" COOKIE COOKIE "12345678"),
	  COOKIE COOKIE "12345678" },
	{ "one behind another option", BYTES("\0\3\0\0" "\0\x0a\0\x10" COOKIE), COOKIE },
	{ "the first of two", BYTES("\0\x0a\0\x10" COOKIE "\0\x0a\0\x10" "01234567abcdefgh"),
	  COOKIE },
};

static struct bytes with_options(struct bytes options, uint16_t payload)
{
	static uint8_t room[1024];
	struct writer  w = writer_over(room, sizeof(room));

	write_bytes(&w, BYTES(HEADER("\1\0", "\1", "\0") QUESTION "\0\0\x29"));
	write_u16_at(&w, 10, 1);
	write_u16(&w, payload);
	write_u32(&w, 0);
	write_u16(&w, (uint16_t)options.len);
	write_bytes(&w, options);
	return writer_written(&w);
}

START_TEST(a_cookie_with_a_part_of_the_server_comes_back)
{
	struct bytes  back = bytes_text(cookies[_i].back);
	uint8_t       out[512], want[512];
	struct writer w = writer_over(out, sizeof(out)), expected = writer_over(want, sizeof(want));

	dns_answer_write(&w, with_options(cookies[_i].options, 1232), DNS_BLOCK_NXDOMAIN, "why");
	write_bytes(&expected, BYTES("\x12\x34\x81\x83\0\1\0\0\0\0\0\1" QUESTION
	                             "\0\0\x29\4\xd0\0\0\0\0"));
	write_u16(&expected, (uint16_t)(9 + (back.len > 0 ? 4 + back.len : 0)));
	write_bytes(&expected, BYTES("\0\x0f\0\5\0\x0f" "why"));
	if (back.len > 0) {
		write_u16(&expected, 10);
		write_u16(&expected, (uint16_t)back.len);
		write_bytes(&expected, back);
	}
	ck_assert_msg(bytes_equal(writer_written(&w), writer_written(&expected)), "%s",
	              cookies[_i].what);
}

static const struct { const char *what; struct bytes message; uint16_t flags; } flags[] = {
	{ "a question to a resolver", BYTES(HEADER("\1\0", "\1", "\0") QUESTION), 0x8183 },
	{ "one to a server for its zone", BYTES(HEADER("\0\0", "\1", "\0") QUESTION), 0x8403 },
	{ "one not to be checked", BYTES(HEADER("\1\x30", "\1", "\0") QUESTION), 0x8193 },
	{ "a message of another kind", BYTES(HEADER("\x20\0", "\1", "\0") QUESTION), 0xa403 },
	{ "the answer of a resolver", BYTES(HEADER("\x81\xa0", "\1", "\0") QUESTION), 0x8183 },
	{ "the answer of a zone's server", BYTES(HEADER("\x84\0", "\1", "\0") QUESTION), 0x8403 },
	{ "a long answer, cut", BYTES(HEADER("\x87\x80", "\1", "\0") QUESTION), 0x8583 },
};

START_TEST(flags_are_those_that_the_asked_server_would_give)
{
	uint8_t       out[512];
	struct writer w = writer_over(out, sizeof(out));

	dns_answer_write(&w, flags[_i].message, DNS_BLOCK_NXDOMAIN, "");
	ck_assert_msg((out[2] << 8 | out[3]) == flags[_i].flags, "%s: %04x", flags[_i].what,
	              (unsigned)(out[2] << 8 | out[3]));
}

START_TEST(who_wants_signatures_is_told_that_it_was_understood)
{
	uint8_t       out[512];
	struct writer w = writer_over(out, sizeof(out));

	dns_answer_write(&w,
	                 BYTES("\x12\x34\1\0\0\1\0\0\0\0\0\1" QUESTION
	                       "\0\0\x29\4\xd0\0\0\x80\0\0\0"),
	                 DNS_BLOCK_NXDOMAIN, "");
	ck_assert_bytes(bytes_from(writer_written(&w), 23),
	                "\0\0\x29\4\xd0\0\0\x80\0\0\6" "\0\x0f\0\2\0\x0f");
}

static const struct { uint16_t payload; size_t len; } limits[] = {
	/* whole characters of two bytes: one byte less than there is room for */
	{ 0, 512 }, { 512, 512 }, { 513, 512 }, { 514, 514 }, { 1231, 1230 }, { 1232, 1232 },
	{ 4096, 1232 },
};

START_TEST(the_text_gives_way_to_what_the_client_takes)
{
	char          text[2001];
	uint8_t       out[2048];
	struct writer w = writer_over(out, sizeof(out));
	struct bytes  message =
		with_options(BYTES("\0\x0a\0\x10" COOKIE), limits[_i].payload);

	for (size_t i = 0; i < 2000; i += 2)
		memcpy(text + i, "\xc3\xa4", 2);
	text[2000] = '\0';
	dns_answer_write(&w, message, DNS_BLOCK_UNSPECIFIED, text);
	ck_assert(!w.full);
	ck_assert_uint_eq(w.len, limits[_i].len);
	ck_assert_bytes(bytes_from(writer_written(&w), w.len - 20), "\0\x0a\0\x10" COOKIE);
	ck_assert_uint_eq(out[w.len - 21], 0xa4);
}

START_TEST(in_place_of_a_response_the_text_may_be_as_long_as_that)
{
	static const char long_text[] =
		"0123456789012345678901234567890123456789012345678901234567890123456789";
	uint8_t       message[640] = { 0 }, out[1232];
	struct writer m = writer_over(message, sizeof(message));
	struct writer w = writer_over(out, sizeof(out));
	char          text[1000] = "";

	for (int i = 0; i < 10; i++)
		strcat(text, long_text);
	write_bytes(&m, BYTES("\x12\x34\x81\x80\0\1\0\1\0\0\0\1" QUESTION
	                      "\0\0\x10\0\1\0\0\0\0\2\x2e"));        /* 558 bytes of TXT */
	m.len += 558;
	write_bytes(&m, BYTES("\0\0\x29\x10\0\0\0\0\0\0\0"));
	ck_assert_uint_eq(m.len, 603);
	dns_answer_write(&w, writer_written(&m), DNS_BLOCK_NXDOMAIN, text);
	ck_assert_uint_eq(w.len, 603);
}

/*
 * An answer with an HTTPS record that has keys for encrypted hellos in the middle, and behind it
 * names that point to before it and to behind it.
 */
static const char with_ech[] =
	"\0\7\x81\x80\0\1\0\2\0\1\0\1"
	/* 12: the question */
	"\3www\7example\3org\0\0\x41\0\1"
	/* 33: HTTPS, 23 bytes */
	"\xc0\x0c\0\x41\0\1\0\0\0\x3c\0\x17"
	/* 45: priority, root, alpn, ech, hint */
	"\0\1\0" "\0\1\0\3\2h2" "\0\5\0\1x" "\0\4\0\4\1\2\3\4"
	/* 68: CNAME target.example.org at 80 */
	"\xc0\x0c\0\5\0\1\0\0\0\x3c\0\x09\6target\xc0\x10"
	/* SOA */
	"\xc0\x50\0\6\0\1\0\0\0\x3c\0\x18\xc0\x50\xc0\x10\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\5"
	"\xc0\x50\0\x0f\0\1\0\0\0\x3c\0\4\0\x0a\xc0\x50";                 /* MX */

/* What ldns reads of it, without the lines of HTTPS records and of the message's size. */
static void read_by_ldns(struct bytes message, char out[4096])
{
	ldns_pkt *packet = NULL;
	char     *text, *rest;

	out[0] = '\0';
	ck_assert_int_eq(ldns_wire2pkt(&packet, message.at, message.len), LDNS_STATUS_OK);
	text = rest = ldns_pkt2str(packet);
	for (char *line = strtok_r(rest, "\n", &rest); line != NULL;
	     line       = strtok_r(NULL, "\n", &rest)) {
		if (strstr(line, "HTTPS") == NULL && strstr(line, "TYPE65") == NULL &&
		    strstr(line, "SIZE") == NULL)
			strcat(strcat(out, line), "\n");
	}
	free(text);
	ldns_pkt_free(packet);
}

START_TEST(keys_for_encrypted_hellos_are_removed_and_all_other_names_stay)
{
	struct bytes  message = bytes_of(with_ech, sizeof(with_ech) - 1), values[DNS_ECH_MAX];
	uint8_t       room[512];
	struct writer w = writer_over(room, sizeof(room));
	char          before[4096], after[4096];

	ck_assert_uint_eq(dns_find_ech(message, values), 1);
	ck_assert_bytes(values[0], "x");
	ck_assert_int_eq(dns_remove_ech(&w, message), PARSE_OK);
	ck_assert_uint_eq(w.len, message.len - 5);
	ck_assert_uint_eq(dns_find_ech(writer_written(&w), values), 0);
	read_by_ldns(message, before);
	read_by_ldns(writer_written(&w), after);
	ck_assert_ptr_nonnull(strstr(before, "target.example.org."));
	ck_assert_str_eq(after, before);
	ck_assert_bytes(bytes_first(bytes_from(writer_written(&w), 45), 18), "\0\1\0"
	                                                                     "\0\1\0\3\2h2"
	                                                                     "\0\4\0\4\1\2\3\4");
}

START_TEST(a_message_without_keys_for_encrypted_hellos_is_left_alone)
{
	struct bytes  message = bytes_of(with_ech, sizeof(with_ech) - 1);
	uint8_t       room[512];
	struct writer w = writer_over(room, sizeof(room));
	struct writer none = writer_over(room + 256, 256);

	ck_assert_int_eq(dns_remove_ech(&w, message), PARSE_OK);
	ck_assert_int_eq(dns_remove_ech(&none, writer_written(&w)), PARSE_MORE);
	ck_assert_uint_eq(none.len, 0);
	for (size_t len = 0; len < message.len; len++) {
		none.len = 0;
		ck_assert_int_ne(dns_remove_ech(&none, bytes_first(message, len)), PARSE_OK);
	}
}

START_TEST(addresses_of_the_answer_section_alone_are_read)
{
	struct bytes message = BYTES("\0\7\x81\x80\0\1\0\2\0\0\0\1" "\1a\0\0\1\0\1"
	                             "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\1\2\3\4"
	                             "\xc0\x0c\0\x1c\0\1\0\0\0\x1e\0\x10" "0123456789abcdef"
	                             "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\5\6\7\x08");
	static const char *const want[] = { "\1\2\3\4", "0123456789abcdef", "" };
	struct dns_record        record;

	dns_open(message, &reader);
	for (size_t i = 0; i < COUNT(want); i++) {
		ck_assert_int_eq(dns_next_record(&reader, &record), PARSE_OK);
		ck_assert(bytes_equal(dns_record_address(&record), bytes_text(want[i])));
		ck_assert_uint_eq(record.ttl_s, i == 1 ? 30 : 60);
	}
	ck_assert_int_eq(dns_next_record(&reader, &record), PARSE_MORE);
}

int main(void)
{
	Suite *s = suite_create("dns");
	TCase *t = tcase_create("dns");

	tcase_add_loop_test(t, a_broken_name_is_bad, 0, COUNT(broken));
	tcase_add_test(t, a_message_shorter_than_a_header_is_bad);
	tcase_add_test(t, every_question_is_given);
	tcase_add_loop_test(t, a_pointer_is_followed_wherever_it_points, 0, COUNT(pointers));
	tcase_add_loop_test(t, the_answer_has_the_name_without_its_pointers, 0, COUNT(pointers));
	tcase_add_test(t, as_many_pointers_are_followed_as_by_dnsmasq);
	tcase_add_test(t, a_name_of_too_many_labels_is_bad);
	tcase_add_test(t, a_message_of_many_costly_names_is_over);
	tcase_add_test(t, an_answer_that_is_long_is_not_over);
	tcase_add_loop_test(t, targets_of_aliases_and_services_are_given, 0, COUNT(targets));
	tcase_add_test(t, an_alias_is_read_beyond_the_end_of_its_record);
	tcase_add_test(t, an_address_record_names_nobody);
	tcase_add_loop_test(t, a_query_on_any_port_is_told_from_other_things, 0, COUNT(queries));
	tcase_add_loop_test(t, so_is_a_stream_that_begins_with_one_at_any_byte, 0, COUNT(queries));
	tcase_add_loop_test(t, a_stream_is_told_as_soon_as_it_is_clear, 0, COUNT(streams));
	tcase_add_loop_test(t, ldns_reads_our_answer, 0, COUNT(answers));
	tcase_add_test(t, who_does_not_speak_edns_is_not_answered_with_it);
	tcase_add_test(t, the_answer_has_the_first_question_alone);
	tcase_add_loop_test(t, a_cookie_with_a_part_of_the_server_comes_back, 0, COUNT(cookies));
	tcase_add_loop_test(t, flags_are_those_that_the_asked_server_would_give, 0, COUNT(flags));
	tcase_add_test(t, who_wants_signatures_is_told_that_it_was_understood);
	tcase_add_loop_test(t, the_text_gives_way_to_what_the_client_takes, 0, COUNT(limits));
	tcase_add_test(t, in_place_of_a_response_the_text_may_be_as_long_as_that);
	tcase_add_test(t, keys_for_encrypted_hellos_are_removed_and_all_other_names_stay);
	tcase_add_test(t, a_message_without_keys_for_encrypted_hellos_is_left_alone);
	tcase_add_test(t, addresses_of_the_answer_section_alone_are_read);
	suite_add_tcase(s, t);
	return suite_run(s);
}
