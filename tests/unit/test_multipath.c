/* SPDX-License-Identifier: MIT */

#include "support/packets.h"
#include "support/suite.h"
#include "wire/checksum.h"
#include "wire/multipath.h"

#define SYN     TCP_SYN
#define SYN_ACK (TCP_SYN | TCP_ACK)

#define MSS     "\2\4\5\xb4"
#define CAPABLE "\x1e\4\1\1"                                    /* RFC 8684, section 3.1 */
#define JOIN    "\x1e\x0c\0\2" "token..." /* 4 + 8 */           /* section 3.2 */
#define NOPS4   "\1\1\1\1"

static const struct {
	const char  *what;
	uint8_t      family, flags;
	struct bytes options;           /* a multiple of four */
	struct bytes payload;
	struct bytes want;              /* the options then; empty: nothing is done */
} segments[] = {
	{ "no options", 4, SYN, BYTES(""), BYTES(""), BYTES("") },
	{ "other options", 4, SYN, BYTES(MSS "\1\3\3\7"), BYTES(""), BYTES("") },
	{ "no SYN", 4, TCP_ACK, BYTES(CAPABLE), BYTES("abc"), BYTES("") },
	{ "behind the end of the list", 4, SYN, BYTES("\0\0\0\0" CAPABLE), BYTES(""), BYTES("") },
	{ "behind a length that lies", 4, SYN, BYTES("\2\1\1\1" CAPABLE), BYTES(""), BYTES("") },
	{ "longer than the list", 4, SYN, BYTES(MSS "\x1e\5\1\1"), BYTES(""), BYTES("") },
	{ "its kind alone", 4, SYN, BYTES(MSS "\1\1\1\x1e"), BYTES(""), BYTES("") },
	{ "the kind as another option's content", 4, SYN, BYTES("\2\4\x1e\4"), BYTES(""),
	  BYTES("") },
	{ "alone", 4, SYN, BYTES(CAPABLE), BYTES(""), BYTES(NOPS4) },
	{ "behind another", 4, SYN, BYTES(MSS CAPABLE), BYTES(""), BYTES(MSS NOPS4) },
	{ "before another", 4, SYN, BYTES(CAPABLE MSS), BYTES(""), BYTES(NOPS4 MSS) },
	{ "before the end of the list", 4, SYN, BYTES(CAPABLE "\0xyz"), BYTES(""),
	  BYTES(NOPS4 "\0xyz") },
	{ "twice", 4, SYN, BYTES(CAPABLE MSS CAPABLE), BYTES(""), BYTES(NOPS4 MSS NOPS4) },
	{ "of odd length", 4, SYN, BYTES("\x1e\5\1\1\1" "\2\4\5\xb4" "\1\1\1"), BYTES(""),
	  BYTES("\1\1\1\1\1" "\2\4\5\xb4" "\1\1\1") },
	{ "of the least length", 4, SYN, BYTES("\x1e\2\1\1"), BYTES(""), BYTES(NOPS4) },
	{ "with data", 4, SYN, BYTES(CAPABLE), BYTES("abc"), BYTES(NOPS4) },
	{ "in the answer", 4, SYN_ACK, BYTES(MSS CAPABLE), BYTES(""), BYTES(MSS NOPS4) },
	{ "another path joins", 4, SYN, BYTES(MSS JOIN), BYTES(""), BYTES(MSS NOPS4 NOPS4 NOPS4) },
	{ "with IPv6", 6, SYN, BYTES(MSS CAPABLE), BYTES("abcde"), BYTES(MSS NOPS4) },
};

static uint8_t room[256], other[256];

static void put_sum(struct writer *w, size_t offset, const struct packet *p)
{
	uint64_t pseudo = checksum_pseudo(&p->src, &p->dst, 6, (uint32_t)p->segment.len);

	write_u16_at(w, offset, checksum_end(checksum_add(pseudo, p->segment)));
}

/* With right checksums; `pending` as a sender's own kernel leaves the one of TCP. */
static void make(struct packet *p, uint8_t family, uint8_t flags, struct bytes options,
                 struct bytes payload, bool pending)
{
	struct packet_path path = { { 4, { 192, 0, 2, 1 } }, { 4, { 203, 0, 113, 5 } }, 4000, 443 };
	struct writer      w    = writer_over(room, sizeof(room));
	size_t             segment;

	if (family == 6)
		path.from = path.to = (struct address){ 6, { 0x20, 1, 0xd, 0xb8, [15] = 1 } };
	packet_ip(&w, &path, 6, 20 + options.len + payload.len);
	segment = w.len;
	if (family == 4)
		write_u16_at(&w, 10, checksum_end(checksum_add(0, writer_written(&w))));
	write_bytes(&w, BYTES("\x0f\xa0\1\xbb" "\0\0\0\1" "\0\0\0\0"));
	write_u8(&w, (uint8_t)((20 + options.len) / 4 << 4));
	write_u8(&w, flags);
	write_bytes(&w, BYTES("\xff\xff\0\0\0\0"));
	write_bytes(&w, options);
	write_bytes(&w, payload);
	ck_assert(!w.full);
	ck_assert(packet_read(writer_written(&w), p) == PARSE_OK);
	if (pending)
		return;
	put_sum(&w, segment + 16, p);
	ck_assert(packet_sums_ok(p));
}

START_TEST(option_is_replaced_by_nothing)
{
	struct packet p, out;
	struct writer w    = writer_over(other, sizeof(other));
	struct bytes  want = segments[_i].want, got;

	make(&p, segments[_i].family, segments[_i].flags, segments[_i].options,
	     segments[_i].payload, false);
	ck_assert_msg(multipath_strip(&w, &p) == (want.len > 0), "%s", segments[_i].what);
	if (want.len == 0) {
		ck_assert_uint_eq(w.len, 0);
		return;
	}
	got = writer_written(&w);
	ck_assert_uint_eq(got.len, p.ip.len);
	ck_assert(packet_read(got, &out) == PARSE_OK && packet_sums_ok(&out));
	ck_assert(bytes_equal(out.payload, segments[_i].payload));
	ck_assert(bytes_equal(bytes_first(bytes_from(out.segment, 20), want.len), want));
	ck_assert(bytes_equal(bytes_first(out.ip, out.ip.len - out.segment.len + 16),
	                      bytes_first(p.ip, p.ip.len - p.segment.len + 16)));
	ck_assert(!multipath_strip(&w, &out));
}
END_TEST

START_TEST(sum_that_is_pending_is_filled_in)
{
	struct packet p, out;
	struct writer w = writer_over(other, sizeof(other));

	make(&p, 4, SYN, BYTES(CAPABLE), BYTES(""), true);
	ck_assert(multipath_strip(&w, &p));
	ck_assert(packet_read(writer_written(&w), &out) == PARSE_OK && packet_sums_ok(&out));
}
END_TEST

START_TEST(wrong_sum_stays_wrong)
{
	struct packet p;
	struct writer w = writer_over(other, sizeof(other));

	make(&p, 4, SYN, BYTES(CAPABLE), BYTES(""), false);
	room[20 + 16] ^= 1;
	ck_assert(!multipath_strip(&w, &p));
}
END_TEST

START_TEST(packet_without_room_is_told)
{
	struct packet p;
	struct writer w = writer_over(other, 43);

	make(&p, 4, SYN, BYTES(CAPABLE), BYTES(""), false);
	ck_assert(multipath_strip(&w, &p) && w.full);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("multipath");
	TCase *t = tcase_create("strip");

	tcase_add_loop_test(t, option_is_replaced_by_nothing, 0, COUNT(segments));
	tcase_add_test(t, sum_that_is_pending_is_filled_in);
	tcase_add_test(t, wrong_sum_stays_wrong);
	tcase_add_test(t, packet_without_room_is_told);
	suite_add_tcase(s, t);
	return suite_run(s);
}
