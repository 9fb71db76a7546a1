/* SPDX-License-Identifier: MIT */

#include "support/suite.h"
#include "wire/checksum.h"
#include "wire/packet.h"
#include "wire/reply.h"

#include <string.h>

static struct packet packet;

#define IP4(len, fragment, proto) "\x45\0" len "\0\1" fragment "\x40" proto "\0\0" "\xc0\0\2\2" "\xcb\0\x71\5"
#define IP6(len, next) "\x60\0\0\0" len next "\x40" "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1" \
	"\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\2"
#define UDP "\x13\x88\0\x35\0\x0b\0\0" "abc"

static const struct { const char *what; struct bytes in; } broken[] = {
	{ "nothing", BYTES("") },
	{ "a version that does not exist", BYTES("\x50\0\0\x14") },
	{ "a header that ends early", BYTES("\x45\0\0\x14\0\1\0\0\x40\x11") },
	{ "a header shorter than 20 bytes",
	  BYTES("\x44\0\0\x14\0\1\0\0\x40\x11\0\0\0\0\0\0\0\0\0\0") },
	{ "a length shorter than the header", BYTES(IP4("\0\x10", "\0\0", "\x11")) },
	{ "a UDP length beyond the packet",
	  BYTES(IP4("\0\x1c", "\0\0", "\x11") "\x13\x88\0\x35\0\x0b\0\0") },
	{ "a UDP length below 8", BYTES(IP4("\0\x1c", "\0\0", "\x11") "\x13\x88\0\x35\0\7\0\0") },
	{ "a TCP offset beyond the packet",
	  BYTES(IP4("\0\x28", "\0\0", "\6") "\0\1\0\2\0\0\0\1\0\0\0\2\xf0\x18\0\1\0\0\0\0") },
	{ "a TCP offset below 20",
	  BYTES(IP4("\0\x28", "\0\0", "\6") "\0\1\0\2\0\0\0\1\0\0\0\2\x40\x18\0\1\0\0\0\0") },
	{ "an extension header beyond the packet",
	  BYTES(IP6("\0\x08", "\0") "\x11\x05\0\0\0\0\0\0") },
	{ "nine extension headers",
	  BYTES(IP6("\0\x48", "\x3c") "\x3c\0\0\0\0\0\0\0" "\x3c\0\0\0\0\0\0\0" "\x3c\0\0\0\0\0\0\0"
	        "\x3c\0\0\0\0\0\0\0" "\x3c\0\0\0\0\0\0\0" "\x3c\0\0\0\0\0\0\0" "\x3c\0\0\0\0\0\0\0"
	        "\x3c\0\0\0\0\0\0\0" "\x3b\0\0\0\0\0\0\0") },
};

START_TEST(lengths_that_lie_are_bad)
{
	ck_assert_msg(packet_read(broken[_i].in, &packet) == PARSE_BAD, "%s", broken[_i].what);
}

static const struct { const char *what; struct bytes in; } datagrams[] = {
	{ "plain IPv4, with padding behind", BYTES(IP4("\0\x1f", "\0\0", "\x11") UDP "padding") },
	{ "IPv4 with options",
	  BYTES("\x46\0\0\x23\0\1\0\0\x40\x11\0\0\xc0\0\2\2\xcb\0\x71\5" "\1\1\1\0" UDP) },
	{ "IPv4 of length 0", BYTES(IP4("\0\0", "\0\0", "\x11") UDP) },
	{ "plain IPv6", BYTES(IP6("\0\x0b", "\x11") UDP) },
	{ "hop-by-hop and destination options",
	  BYTES(IP6("\0\x1b", "\0") "\x3c\0\0\0\0\0\0\0" "\x11\0\0\0\0\0\0\0" UDP) },
	{ "an atomic fragment", BYTES(IP6("\0\x13", "\x2c") "\x11\0\0\0\0\0\0\7" UDP) },
	{ "an authentication header",
	  BYTES(IP6("\0\x17", "\x33") "\x11\1\0\0\0\0\0\0\0\0\0\0" UDP) },
};

START_TEST(the_payload_is_found_behind_every_header)
{
	ck_assert_msg(packet_read(datagrams[_i].in, &packet) == PARSE_OK, "%s", datagrams[_i].what);
	ck_assert_int_eq(packet.transport, TRANSPORT_UDP);
	ck_assert_uint_eq(packet.src_port, 5000);
	ck_assert_uint_eq(packet.dst_port, 53);
	ck_assert(!packet.cut);
	ck_assert_bytes(packet.payload, "abc");
}

START_TEST(a_payload_cut_by_the_capture_is_given_as_far_as_it_goes)
{
	ck_assert_int_eq(packet_read(BYTES(IP4("\0\x1f", "\0\0", "\x11") "\x13\x88\0\x35\0\x0b\0\0"
	                                                                 "ab"),
	                             &packet),
	                 PARSE_OK);
	ck_assert(packet.cut);
	ck_assert_bytes(packet.payload, "ab");
}

static const struct { struct bytes in; uint16_t offset; bool more; } pieces[] = {
	{ BYTES(IP4("\0\x1c", "\x20\0", "\x11") "12345678"), 0, true },
	{ BYTES(IP4("\0\x1c", "\0\2", "\x11") "12345678"), 16, false },
	{ BYTES(IP6("\0\x10", "\x2c") "\x11\0\0\x11\0\0\0\1" "12345678"), 16, true },
};

START_TEST(pieces_of_packets_are_told)
{
	ck_assert_int_eq(packet_read(pieces[_i].in, &packet), PARSE_OK);
	ck_assert_int_eq(packet.transport, TRANSPORT_FRAGMENT);
	ck_assert_uint_eq(packet.fragment.offset, pieces[_i].offset);
	ck_assert_int_eq(packet.fragment.more, pieces[_i].more);
	ck_assert_uint_eq(packet.fragment.id, 1);
	ck_assert_uint_eq(packet.ip_proto, 17);
	ck_assert_bytes(packet.segment, "12345678");
}

/* What we build, we can read, and its sums hold; one changed bit and they do not. */
START_TEST(a_reply_goes_back_with_sums_that_hold)
{
	static const struct bytes asked[] = { BYTES(IP4("\0\x1f", "\0\0", "\x11") UDP),
	                                      BYTES(IP6("\0\x0b", "\x11") UDP) };
	uint8_t       room[200];
	struct writer w = writer_over(room, sizeof(room));
	struct packet back;

	ck_assert_int_eq(packet_read(asked[_i], &packet), PARSE_OK);
	reply_datagram(&w, &packet, BYTES("an answer"));
	ck_assert_int_eq(packet_read(writer_written(&w), &back), PARSE_OK);
	ck_assert(address_equal(&back.dst, &packet.src) && address_equal(&back.src, &packet.dst));
	ck_assert_uint_eq(back.src_port, 53);
	ck_assert_uint_eq(back.dst_port, 5000);
	ck_assert_bytes(back.payload, "an answer");
	ck_assert(packet_sums_ok(&back));
	room[w.len - 1] ^= 1;
	ck_assert(!packet_sums_ok(&back));
}

/*
 * The header's sum is 0x7cc5, the segment's 0x29b0; the pseudo header alone sums up to 0xfe24 with the
 * segment's length, and to 0xfe19 without it.
 */
static const struct { const char *what; uint16_t header, segment; bool want; } unfinished[] = {
	{ "nothing is left to the card",          0x7cc5, 0x29b0, true },
	{ "the header's",                         0,      0x29b0, true },
	{ "the segment's, with nothing in it",    0x7cc5, 0,      true },
	{ "the segment's, with a length",         0x7cc5, 0xfe24, true },
	{ "the segment's, without a length",      0x7cc5, 0xfe19, true },
	{ "both",                                 0,      0,      true },
	{ "both, without a length",               0,      0xfe19, true },
	{ "no card: the header was changed",      0x7cc6, 0x29b0, false },
	{ "no card: the segment was changed",     0x7cc5, 0x29b1, false },
	{ "no card: both were",                   0x7cc6, 0xfe24, false },
	{ "no card: the header's alone is to be", 0,      0x29b1, false },
};

START_TEST(sums_that_a_card_is_to_fill_in_are_told_from_false_ones)
{
	uint8_t       room[100];
	struct writer w = writer_over(room, sizeof(room));

	write_bytes(&w, BYTES(IP4("\0\x1f", "\0\0", "\x11") UDP));
	write_u16_at(&w, 10, unfinished[_i].header);
	write_u16_at(&w, 26, unfinished[_i].segment);
	ck_assert_int_eq(packet_read(writer_written(&w), &packet), PARSE_OK);
	ck_assert_msg(packet_sum_is_pending(&packet) == unfinished[_i].want, "%s",
	              unfinished[_i].what);
}

START_TEST(an_ipv6_packet_has_only_the_sum_of_its_segment_to_be_filled_in)
{
	uint8_t       room[100];
	struct writer w = writer_over(room, sizeof(room));

	write_bytes(&w, BYTES(IP6("\0\x0b", "\x11") UDP));
	packet_read(writer_written(&w), &packet);
	ck_assert(packet_sum_is_pending(&packet));
	write_u16_at(&w, 46, 1);
	ck_assert(!packet_sum_is_pending(&packet));
}

START_TEST(a_reset_has_the_number_its_receiver_waits_for)
{
	uint8_t       room[100];
	struct writer w = writer_over(room, sizeof(room));
	struct packet reset;

	packet_read(BYTES(IP4("\0\x2b", "\0\0",
	                      "\6") "\x9c\x40\1\xbb\0\0\3\xe8\0\0\7\xd0\x50\x18\0\1\0\0\0\0"
	                            "abc"),
	            &packet);
	reply_reset_onward(&w, &packet);
	ck_assert_int_eq(packet_read(writer_written(&w), &reset), PARSE_OK);
	ck_assert(packet_sums_ok(&reset));
	ck_assert_uint_eq(reset.seq, 1000);
	ck_assert_uint_eq(reset.ack, 2000);
	ck_assert_uint_eq(reset.tcp_flags, TCP_RST | TCP_ACK);
	ck_assert_uint_eq(reset.dst_port, 443);
	w = writer_over(room, sizeof(room));
	reply_reset_back(&w, &packet);
	ck_assert_int_eq(packet_read(writer_written(&w), &reset), PARSE_OK);
	ck_assert_uint_eq(reset.seq, 2000);
	ck_assert_uint_eq(reset.tcp_flags, TCP_RST);
	ck_assert_uint_eq(reset.src_port, 443);
}

/* RFC 1071, section 3: the example's sum is ddf2. */
START_TEST(the_checksum_is_that_of_rfc_1071)
{
	ck_assert_uint_eq(checksum_end(checksum_add(0, BYTES("\0\1\xf2\3\xf4\xf5\xf6\xf7"))),
	                  (uint16_t)~0xddf2);
	ck_assert_uint_eq(checksum_end(checksum_add(0, BYTES("\0\1\xf2"))), (uint16_t)~0xf201);
}

static const struct { const char *text; bool is_single; } whose[] = {
	{ "0.0.0.0", false }, { "::", false }, { "224.0.0.0", false }, { "224.0.0.251", false },
	{ "239.255.255.255", false }, { "255.255.255.255", false }, { "ff00::", false },
	{ "ff02::fb", false }, { "0.0.0.1", true }, { "223.255.255.255", true },
	{ "240.0.0.1", true }, { "255.255.255.254", true }, { "127.0.0.1", true }, { "::1", true },
	{ "e000::fb", true }, { "fe80::1", true }, { "feff::1", true },
};

START_TEST(addresses_of_many_hosts_or_none_are_told)
{
	struct address a;

	ck_assert_int_eq(address_from_text(bytes_text(whose[_i].text), &a), PARSE_OK);
	ck_assert_msg(address_is_single(&a) == whose[_i].is_single, "%s", whose[_i].text);
}

static const struct { const char *what; struct bytes in; } no_addresses[] = {
	{ "nothing", BYTES("") },
	{ "three numbers", BYTES("192.0.2") },
	{ "a number too large", BYTES("192.0.2.256") },
	{ "a NUL behind it", BYTES("192.0.2.1\0") },
	{ "brackets", BYTES("[2001:db8::1]") },
	{ "longer than any address", BYTES("0000:0000:0000:0000:0000:0000:255.255.255.2550") },
};

START_TEST(a_text_that_is_no_address_is_refused)
{
	struct address a = { .family = 9 };

	ck_assert_msg(address_from_text(no_addresses[_i].in, &a) == PARSE_BAD, "%s",
	              no_addresses[_i].what);
	ck_assert_uint_eq(a.family, 9);
}

START_TEST(an_address_is_read_as_it_is_written)
{
	static const char *const texts[] = { "192.0.2.1", "2001:db8::1" };
	struct address           a;
	uint8_t                  text[64];
	struct writer            w = writer_over(text, sizeof(text));

	ck_assert_int_eq(address_from_text(bytes_text(texts[_i]), &a), PARSE_OK);
	address_write(&w, &a);
	ck_assert(bytes_equal(writer_written(&w), bytes_text(texts[_i])));
}

int main(void)
{
	Suite *s = suite_create("packet");
	TCase *t = tcase_create("packet");

	tcase_add_loop_test(t, lengths_that_lie_are_bad, 0, COUNT(broken));
	tcase_add_loop_test(t, the_payload_is_found_behind_every_header, 0, COUNT(datagrams));
	tcase_add_test(t, a_payload_cut_by_the_capture_is_given_as_far_as_it_goes);
	tcase_add_loop_test(t, pieces_of_packets_are_told, 0, COUNT(pieces));
	tcase_add_loop_test(t, a_reply_goes_back_with_sums_that_hold, 0, 2);
	tcase_add_loop_test(t, sums_that_a_card_is_to_fill_in_are_told_from_false_ones, 0,
	                    COUNT(unfinished));
	tcase_add_test(t, an_ipv6_packet_has_only_the_sum_of_its_segment_to_be_filled_in);
	tcase_add_test(t, a_reset_has_the_number_its_receiver_waits_for);
	tcase_add_test(t, the_checksum_is_that_of_rfc_1071);
	tcase_add_loop_test(t, addresses_of_many_hosts_or_none_are_told, 0, COUNT(whose));
	tcase_add_loop_test(t, a_text_that_is_no_address_is_refused, 0, COUNT(no_addresses));
	tcase_add_loop_test(t, an_address_is_read_as_it_is_written, 0, 2);
	suite_add_tcase(s, t);
	return suite_run(s);
}
