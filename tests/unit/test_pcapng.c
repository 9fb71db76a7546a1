/* SPDX-License-Identifier: MIT */

#include "support/suite.h"
#include "wire/pcapng.h"

#include <string.h>

static struct pcapng        pcapng;
static struct pcapng_packet packet;
static struct problem       problem;

/* Sections in both orders, and blocks in the big one, which is easier to read. */
#define SECTION "\x0a\x0d\x0d\x0a" "\0\0\0\x1c" "\x1a\x2b\x3c\x4d" "\0\1\0\0" \
	"\xff\xff\xff\xff\xff\xff\xff\xff" "\0\0\0\x1c"
#define LITTLE "\x0a\x0d\x0d\x0a" "\x1c\0\0\0" "\x4d\x3c\x2b\x1a" "\1\0\0\0" \
	"\xff\xff\xff\xff\xff\xff\xff\xff" "\x1c\0\0\0"
#define VERSION(number) "\x0a\x0d\x0d\x0a" "\0\0\0\x1c" "\x1a\x2b\x3c\x4d" number \
	"\xff\xff\xff\xff\xff\xff\xff\xff" "\0\0\0\x1c"
#define INTERFACE(snaplen) "\0\0\0\1" "\0\0\0\x14" "\0\1\0\0" snaplen "\0\0\0\x14"
#define RESOLUTION(byte) "\0\0\0\1" "\0\0\0\x1c" "\0\1\0\0" "\0\0\0\0" "\0\x09\0\1" byte "\0\0\0" \
	"\0\0\0\x1c"
#define OFFSET(value) "\0\0\0\1" "\0\0\0\x28" "\0\1\0\0" "\0\0\0\0" "\0\x0e\0\x08" value \
	"\0\x09\0\1\0\0\0\0" "\0\0\0\x28"
#define PACKET(number, stamp) "\0\0\0\6" "\0\0\0\x24" number stamp "\0\0\0\4" "\0\0\0\x09" "abcd" \
	"\0\0\0\x24"
#define OF_0 "\0\0\0\0"
#define AT_0 "\0\0\0\0\0\0\0\0"
#define AT_LAST "\xff\xff\xff\xff\xff\xff\xff\xff"

/* All blocks of a file; what becomes of the last. */
static enum parse read_all(struct bytes file)
{
	enum parse   status = PARSE_MORE;
	struct bytes left   = file;
	uint32_t     len;

	memset(&pcapng, 0, sizeof(pcapng));
	memset(&packet, 0, sizeof(packet));
	while (left.len > 0 && status != PARSE_BAD) {
		status = pcapng_begin(&pcapng, bytes_first(left, PCAPNG_HEAD), &len, &problem);
		if (status == PARSE_OK)
			status = pcapng_read(&pcapng, bytes_first(left, len), &packet, &problem);
		if (status != PARSE_BAD)
			left = bytes_from(left, len);
	}
	return status;
}

static const struct { const char *what; struct bytes in; const char *words; } lies[] = {
	{ "no section at first", BYTES(INTERFACE(OF_0)), "came a block of type 00000001" },
	{ "no byte order", BYTES("\x0a\x0d\x0d\x0a\0\0\0\x1c\1\2\3\4"), "came 01020304" },
	{ "a length below 12", BYTES(SECTION "\0\0\0\6\0\0\0\x08\0\0\0\0"), "came 8" },
	{ "a length that is no multiple of 4", BYTES(SECTION "\0\0\0\6\0\0\0\x21\0\0\0\0"),
	  "came 33" },
	{ "a length beyond all limits", BYTES(SECTION "\0\0\0\6\1\0\0\4\0\0\0\0"),
	  "came 16777220" },
	{ "another length at the end", BYTES(SECTION "\0\0\0\x0a\0\0\0\x10" "abcd" "\0\0\0\x14"),
	  "16, once more at its end; came 20" },
	{ "version 2", BYTES(VERSION("\0\2\0\0")), "came 2.0" },
	{ "version 1.1", BYTES(VERSION("\0\1\0\1")), "came 1.1" },
	{ "a section header without a version",
	  BYTES("\x0a\x0d\x0d\x0a" "\0\0\0\x10" "\x1a\x2b\x3c\x4d" "\0\0\0\x10"), "too few bytes" },
	{ "an interface without a snap length",
	  BYTES(SECTION "\0\0\0\1\0\0\0\x10\0\1\0\0\0\0\0\x10"), "too few bytes" },
	{ "an option beyond its block",
	  BYTES(SECTION "\0\0\0\1\0\0\0\x18\0\1\0\0\0\0\0\0\0\2\0\1\0\0\0\x18"),
	  "end beyond its block" },
	{ "a resolution of two bytes",
	  BYTES(SECTION "\0\0\0\1\0\0\0\x1c\0\1\0\0\0\0\0\0\0\x09\0\2\6\0\0\0\0\0\0\x1c"),
	  "expected 1 bytes of the option if_tsresol; came 2" },
	{ "an offset of four bytes",
	  BYTES(SECTION "\0\0\0\1\0\0\0\x1c\0\1\0\0\0\0\0\0\0\x0e\0\4\0\0\0\1\0\0\0\x1c"),
	  "expected 8 bytes of the option if_tsoffset; came 4" },
	{ "units of 10^-20 s", BYTES(SECTION RESOLUTION("\x14")), "came 10^-20 s" },
	{ "units of 2^-64 s", BYTES(SECTION RESOLUTION("\xc0")), "came 2^-64 s" },
	{ "a packet before any interface", BYTES(SECTION PACKET(OF_0, AT_0)), "came interface 0" },
	{ "a packet of another interface",
	  BYTES(SECTION INTERFACE(OF_0) PACKET("\0\0\0\1", AT_0)), "came interface 1" },
	{ "a packet of an interface of the section before",
	  BYTES(SECTION INTERFACE(OF_0) SECTION PACKET(OF_0, AT_0)), "0 interfaces" },
	{ "a packet block without lengths",
	  BYTES(SECTION INTERFACE(OF_0) "\0\0\0\6\0\0\0\x10\0\0\0\0\0\0\0\x10"), "too few bytes" },
	{ "a packet longer than its block",
	  BYTES(SECTION INTERFACE(OF_0) "\0\0\0\6\0\0\0\x24" OF_0 AT_0 "\0\0\0\5\0\0\0\5" "abcd"
	        "\0\0\0\x24"), "expected 5 bytes of a packet; the block has 4" },
	{ "a simple packet longer than its block",
	  BYTES(SECTION INTERFACE(OF_0) "\0\0\0\3\0\0\0\x14\0\0\0\5" "abcd" "\0\0\0\x14"),
	  "expected 5 bytes of a packet; the block has 4" },
	{ "a simple packet before any interface",
	  BYTES(SECTION "\0\0\0\3\0\0\0\x14\0\0\0\4" "abcd" "\0\0\0\x14"), "came interface 0" },
	{ "statistics of another interface",
	  BYTES(SECTION "\0\0\0\5\0\0\0\x18" OF_0 AT_0 "\0\0\0\x18"), "came interface 0" },
	{ "statistics without a time", BYTES(SECTION "\0\0\0\5\0\0\0\x10" OF_0 "\0\0\0\x10"),
	  "too few bytes" },
};

START_TEST(a_block_that_lies_is_refused_and_its_lie_named)
{
	problem.text[0] = '\0';
	ck_assert_msg(read_all(lies[_i].in) == PARSE_BAD, "%s", lies[_i].what);
	ck_assert_msg(strstr(problem.text, lies[_i].words) != NULL, "%s: %s", lies[_i].what,
	              problem.text);
}

static const struct { const char *what; struct bytes in; const char *words; } odd[] = {
	{ "a time stamp of ones only",
	  BYTES(SECTION INTERFACE(OF_0) PACKET(OF_0, AT_LAST)),
	  "came 18446744073709551615 units of 10^-6 s" },
	{ "the first second of 10000",
	  BYTES(SECTION RESOLUTION("\0") PACKET(OF_0, "\0\0\0\x3a\xff\xf4\x41\x80")),
	  "came 253402300800 units of 10^-0 s" },
	{ "a second before 1970",
	  BYTES(SECTION OFFSET("\xff\xff\xff\xff\xff\xff\xff\xfe")
	        PACKET(OF_0, "\0\0\0\0\0\0\0\1")),
	  "an offset of -2 s" },
	{ "an offset that no sum can hold",
	  BYTES(SECTION OFFSET("\x7f\xff\xff\xff\xff\xff\xff\xff")
	        PACKET(OF_0, AT_LAST)), "9223372036854775807 s" },
	{ "the least offset", BYTES(SECTION OFFSET("\x80\0\0\0\0\0\0\0") PACKET(OF_0, AT_0)),
	  "-9223372036854775808 s" },
};

START_TEST(a_packet_whose_time_is_no_date_is_given_without_one)
{
	ck_assert_msg(read_all(odd[_i].in) == PARSE_OK, "%s: %s", odd[_i].what, problem.text);
	ck_assert(!packet.has_time && packet.has_odd_time);
	ck_assert_int_eq(packet.time_us, 0);
	ck_assert_bytes(packet.frame, "abcd");
	ck_assert_msg(strstr(problem.text, odd[_i].words) != NULL, "%s: %s", odd[_i].what,
	              problem.text);
}

static const struct { const char *what; struct bytes in; int64_t time_us; } times[] = {
	{ "microseconds unless another unit is given",
	  BYTES(SECTION INTERFACE(OF_0) PACKET(OF_0, "\0\0\0\1\0\0\0\2")), INT64_C(4294967298) },
	{ "seconds", BYTES(SECTION RESOLUTION("\0") PACKET(OF_0, "\0\0\0\0\0\0\0\2")), 2000000 },
	{ "milliseconds", BYTES(SECTION RESOLUTION("\3") PACKET(OF_0, "\0\0\0\0\0\0\7\xd1")),
	  2001000 },
	{ "nanoseconds, none rounded up",
	  BYTES(SECTION RESOLUTION("\x09") PACKET(OF_0, "\0\0\0\0\x3b\x9a\xc9\xff")), 999999 },
	{ "10^-19 s", BYTES(SECTION RESOLUTION("\x13") PACKET(OF_0, AT_LAST)),
	  1844674 },
	{ "2^-1 s", BYTES(SECTION RESOLUTION("\x81") PACKET(OF_0, "\0\0\0\0\0\0\0\3")), 1500000 },
	{ "2^-44 s", BYTES(SECTION RESOLUTION("\xac") PACKET(OF_0, "\0\0\x0f\xff\xff\xff\xff\xff")),
	  999999 },
	{ "2^-63 s", BYTES(SECTION RESOLUTION("\xbf") PACKET(OF_0, AT_LAST)),
	  1999999 },
	{ "2^-0 s", BYTES(SECTION RESOLUTION("\x80") PACKET(OF_0, "\0\0\0\0\0\0\0\3")), 3000000 },
	{ "an offset", BYTES(SECTION OFFSET("\0\0\0\0\0\0\0\7") PACKET(OF_0, "\0\0\0\0\0\0\0\1")),
	  8000000 },
	{ "an offset back", BYTES(SECTION OFFSET("\xff\xff\xff\xff\xff\xff\xff\xfe")
	                          PACKET(OF_0, "\0\0\0\0\0\0\0\2")), 0 },
	{ "the last second of 9999",
	  BYTES(SECTION RESOLUTION("\0") PACKET(OF_0, "\0\0\0\x3a\xff\xf4\x41\x7f")),
	  INT64_C(253402300799000000) },
};

START_TEST(a_time_stamp_is_read_in_its_interfaces_units)
{
	ck_assert_msg(read_all(times[_i].in) == PARSE_OK, "%s: %s", times[_i].what, problem.text);
	ck_assert(packet.has_time && !packet.has_odd_time);
	ck_assert_msg(packet.time_us == times[_i].time_us, "%s: %lld", times[_i].what,
	              (long long)packet.time_us);
}

static const struct { const char *what; struct bytes in; size_t len; uint32_t sent; } packets[] = {
	{ "a packet", BYTES(SECTION INTERFACE(OF_0) PACKET(OF_0, AT_0)), 4, 9 },
	{ "of a section of version 1.2",
	  BYTES(VERSION("\0\1\0\2") INTERFACE(OF_0) PACKET(OF_0, AT_0)), 4, 9 },
	{ "of the other byte order",
	  BYTES(LITTLE "\1\0\0\0\x14\0\0\0\1\0\0\0\0\0\0\0\x14\0\0\0"
	        "\6\0\0\0\x24\0\0\0" OF_0 AT_0 "\4\0\0\0\x09\0\0\0" "abcd" "\x24\0\0\0"), 4, 9 },
	{ "of the second of two sections",
	  BYTES(LITTLE SECTION INTERFACE(OF_0) PACKET(OF_0, AT_0)), 4, 9 },
	{ "behind a block that nobody knows",
	  BYTES(SECTION INTERFACE(OF_0) "\x40\0\0\1\0\0\0\x10" "abcd" "\0\0\0\x10"
	        PACKET(OF_0, AT_0)), 4, 9 },
	{ "behind an empty one",
	  BYTES(SECTION INTERFACE(OF_0) "\x40\0\0\1\0\0\0\x0c\0\0\0\x0c"
	        PACKET(OF_0, AT_0)), 4, 9 },
	{ "that has padding",
	  BYTES(SECTION INTERFACE(OF_0) "\0\0\0\6\0\0\0\x24" OF_0 AT_0 "\0\0\0\3\0\0\0\3" "abcd"
	        "\0\0\0\x24"), 3, 3 },
	{ "of the obsolete kind",
	  BYTES(SECTION INTERFACE(OF_0) "\0\0\0\2\0\0\0\x24" "\0\0\xff\xff" AT_0
	        "\0\0\0\4\0\0\0\x09" "abcd" "\0\0\0\x24"), 4, 9 },
	{ "of the simple kind",
	  BYTES(SECTION INTERFACE(OF_0) "\0\0\0\3\0\0\0\x14\0\0\0\3" "abcd" "\0\0\0\x14"), 3, 3 },
	{ "of the simple kind, cut by the snap length",
	  BYTES(SECTION INTERFACE("\0\0\0\2") "\0\0\0\3\0\0\0\x14\0\0\0\x09" "abcd" "\0\0\0\x14"),
	  2, 9 },
};

START_TEST(a_packet_is_found_in_every_kind_of_block)
{
	ck_assert_msg(read_all(packets[_i].in) == PARSE_OK, "%s: %s", packets[_i].what,
	              problem.text);
	ck_assert(bytes_equal(packet.frame, bytes_first(BYTES("abcd"), packets[_i].len)));
	ck_assert_uint_eq(packet.sent_len, packets[_i].sent);
	ck_assert_int_eq(packet.linktype, 1);
}

START_TEST(a_simple_packet_has_no_time)
{
	ck_assert_int_eq(read_all(BYTES(SECTION INTERFACE(OF_0) "\0\0\0\3\0\0\0\x14\0\0\0\4" "abcd"
	                                "\0\0\0\x14")), PARSE_OK);
	ck_assert(!packet.has_time && !packet.has_odd_time);
}

START_TEST(what_the_capture_lost_is_added_up_over_interfaces_and_sections)
{
	/* an interface's last statistics stand for those before; it drops packets, and the host */
	struct bytes file = BYTES(
		SECTION INTERFACE(OF_0) "\0\0\0\5\0\0\0\x24" OF_0 AT_0 "\0\5\0\x08\0\0\0\0\0\0\0\2"
		"\0\0\0\x24" "\0\0\0\5\0\0\0\x30" OF_0 AT_0 "\0\5\0\x08\0\0\0\0\0\0\0\3"
		"\0\7\0\x08\0\0\0\0\0\0\0\1" "\0\0\0\x30"
		SECTION INTERFACE(OF_0) "\0\0\0\5\0\0\0\x24" OF_0 AT_0 "\0\5\0\x08\0\0\0\0\0\0\0\5"
		"\0\0\0\x24");

	ck_assert_int_eq(read_all(file), PARSE_MORE);
	ck_assert_uint_eq(pcapng_num_lost(&pcapng), 9);
}

START_TEST(no_more_interfaces_are_kept_than_there_is_room_for)
{
	static const char description[] = INTERFACE(OF_0);
	struct bytes      one           = bytes_of(description, sizeof(description) - 1);
	uint32_t          len;

	read_all(BYTES(SECTION));
	for (int i = 0; i < PCAPNG_INTERFACES; i++) {
		ck_assert_int_eq(pcapng_begin(&pcapng, bytes_first(one, PCAPNG_HEAD), &len,
		                              &problem), PARSE_OK);
		ck_assert_int_eq(pcapng_read(&pcapng, one, &packet, &problem), PARSE_MORE);
	}
	ck_assert_int_eq(pcapng_read(&pcapng, one, &packet, &problem), PARSE_BAD);
	ck_assert(strstr(problem.text, "at most 4096 interfaces") != NULL);
}

int main(void)
{
	Suite *s = suite_create("pcapng");
	TCase *t = tcase_create("pcapng");

	tcase_add_loop_test(t, a_block_that_lies_is_refused_and_its_lie_named, 0, COUNT(lies));
	tcase_add_loop_test(t, a_packet_whose_time_is_no_date_is_given_without_one, 0, COUNT(odd));
	tcase_add_loop_test(t, a_time_stamp_is_read_in_its_interfaces_units, 0, COUNT(times));
	tcase_add_loop_test(t, a_packet_is_found_in_every_kind_of_block, 0, COUNT(packets));
	tcase_add_test(t, a_simple_packet_has_no_time);
	tcase_add_test(t, what_the_capture_lost_is_added_up_over_interfaces_and_sections);
	tcase_add_test(t, no_more_interfaces_are_kept_than_there_is_room_for);
	suite_add_tcase(s, t);
	return suite_run(s);
}
