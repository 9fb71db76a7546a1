/* SPDX-License-Identifier: MIT */

#include "inspect/tls.h"
#include "support/suite.h"

#include <string.h>

static uint8_t          room[TLS_HELLO_MAX], stream[40000], message[TLS_HELLO_MAX + 64];
static struct tls_hello hello;

/*
 * A hello that names `host`, with `padding` bytes of another extension before it; the length of the
 * message.
 */
static size_t make_message(struct bytes server_name_extension, size_t padding)
{
	struct writer w = writer_over(message, sizeof(message));
	size_t        at;

	write_u32(&w, 0x01000000);
	write_u16(&w, 0x0303);
	for (int i = 0; i < 32; i++)
		write_u8(&w, (uint8_t)i);
	write_u8(&w, 0);
	write_u16(&w, 2);
	write_u16(&w, 0x1301);
	write_u16(&w, 0x0100);
	at = w.len;
	write_u16(&w, 0);
	if (padding > 0) {
		write_u16(&w, 21);
		write_u16(&w, (uint16_t)padding);
		for (size_t i = 0; i < padding; i++)
			write_u8(&w, 0);
	}
	if (server_name_extension.len > 0) {
		write_u16(&w, 0);
		write_u16(&w, (uint16_t)server_name_extension.len);
		write_bytes(&w, server_name_extension);
	}
	write_u16_at(&w, at, (uint16_t)(w.len - at - 2));
	write_u16_at(&w, 2, (uint16_t)(w.len - 4));
	ck_assert(!w.full);
	return w.len;
}

/* The message in records that end at each of the cuts, and at its end. */
static struct bytes in_records(size_t len, const size_t *cuts, size_t num_cuts)
{
	struct writer w     = writer_over(stream, sizeof(stream));
	size_t        begin = 0;

	for (size_t i = 0; i <= num_cuts; i++) {
		size_t end = i < num_cuts ? cuts[i] : len;

		write_u8(&w, 22);
		write_u16(&w, 0x0301);
		write_u16(&w, (uint16_t)(end - begin));
		write_bytes(&w, bytes_of(message + begin, end - begin));
		begin = end;
	}
	ck_assert(!w.full);
	return writer_written(&w);
}

static enum parse read_all(struct bytes all)
{
	struct writer scratch = writer_over(room, sizeof(room));

	return tls_read_hello(all, &scratch, &hello);
}

#define NAME "\0\x10" "\0" "\0\x0d" "a.example.com"

static const struct { const char *what; struct bytes extension; } bad_names[] = {
	{ "a name that outruns its list", BYTES("\0\x06" "\0" "\0\x04" "a.b") },
	{ "an empty name", BYTES("\0\x03" "\0" "\0\0") },
	{ "two names of one kind", BYTES("\0\x0c" "\0" "\0\x03" "a.b" "\0" "\0\x03" "c.d") },
};

START_TEST(a_server_name_that_lies_makes_the_hello_bad)
{
	ck_assert_msg(read_all(in_records(make_message(bad_names[_i].extension, 0), NULL, 0)) ==
	                      PARSE_BAD,
	              "%s", bad_names[_i].what);
}

static const struct { const char *what; struct bytes in; } no_hellos[] = {
	{ "HTTP", BYTES("GET / HTTP/1.1\r\n") },
	{ "an alert", BYTES("\x15\x03\x01\0\x02\x02\x28") },
	{ "a server's hello", BYTES("\x16\x03\x03\0\x04\x02\0\0\0") },
	{ "an empty record", BYTES("\x16\x03\x01\0\0") },
	{ "a record over the limit", BYTES("\x16\x03\x01\xff\xff") },
	{ "another major version", BYTES("\x16\x02\x01\0\x04") },
};

START_TEST(what_is_no_client_hello_is_bad_at_once)
{
	ck_assert_msg(read_all(no_hellos[_i].in) == PARSE_BAD, "%s", no_hellos[_i].what);
}

/* RFC 8446, section 5.2: 2^14 + 256 bytes are the most that a record may have. */
START_TEST(a_record_may_have_all_the_bytes_that_one_can)
{
	struct bytes longest = BYTES("\x16\x03\x01\x41\x00\x01"),
		     beyond  = BYTES("\x16\x03\x01\x41\x01\x01");

	ck_assert_int_eq(read_all(longest), PARSE_MORE);
	ck_assert_int_eq(read_all(beyond), PARSE_BAD);
}

START_TEST(more_records_than_allowed_are_never_whole)
{
	size_t cuts[TLS_RECORDS_MAX];
	size_t len = make_message(BYTES(NAME), 1000);

	for (size_t i = 0; i < TLS_RECORDS_MAX; i++)
		cuts[i] = i + 1;
	ck_assert_int_eq(read_all(in_records(len, cuts, TLS_RECORDS_MAX)), PARSE_MORE);
	ck_assert_int_eq(read_all(in_records(len, cuts, TLS_RECORDS_MAX - 1)), PARSE_OK);
}

START_TEST(a_hello_cut_at_any_byte_asks_for_more)
{
	struct bytes all = in_records(make_message(BYTES(NAME), 0), NULL, 0);

	for (size_t cut = 0; cut < all.len; cut++)
		ck_assert_int_eq(read_all(bytes_first(all, cut)), PARSE_MORE);
	ck_assert_int_eq(read_all(all), PARSE_OK);
	ck_assert_bytes(hello.hosts.at[0], "a.example.com");
}

START_TEST(two_cuts_into_records_at_any_bytes_give_the_same_name)
{
	size_t len = make_message(BYTES(NAME), 0);

	for (size_t first = 1; first < len - 1; first++) {
		for (size_t second = first + 1; second < len; second++) {
			size_t cuts[] = { first, second };

			ck_assert_int_eq(read_all(in_records(len, cuts, 2)), PARSE_OK);
			ck_assert_bytes(hello.hosts.at[0], "a.example.com");
		}
	}
}

START_TEST(records_of_one_byte_give_the_same_name)
{
	size_t cuts[400];
	size_t len = make_message(BYTES(NAME), 0);

	for (size_t i = 0; i + 1 < len; i++)
		cuts[i] = i + 1;

	struct bytes all = in_records(len, cuts, len - 1);

	ck_assert_int_eq(read_all(all), PARSE_OK);
	ck_assert_bytes(hello.hosts.at[0], "a.example.com");
	for (size_t cut = 0; cut < all.len; cut++)
		ck_assert_int_eq(read_all(bytes_first(all, cut)), PARSE_MORE);
}

START_TEST(a_hello_of_16_kib_is_read)
{
	size_t len    = make_message(BYTES(NAME), 0);
	size_t cuts[] = { 9000 };

	len = make_message(BYTES(NAME), TLS_HELLO_MAX - len - 4);
	ck_assert_uint_eq(len, TLS_HELLO_MAX);
	ck_assert_int_eq(read_all(in_records(len, cuts, 1)), PARSE_OK);
	ck_assert_bytes(hello.hosts.at[0], "a.example.com");
}

START_TEST(a_hello_without_a_name_is_good_and_names_nobody)
{
	ck_assert_int_eq(read_all(in_records(make_message((struct bytes){ 0 }, 4), NULL, 0)),
	                                                                  PARSE_OK);
	ck_assert_uint_eq(hello.hosts.num, 0);
}

int main(void)
{
	Suite *s = suite_create("tls");
	TCase *t = tcase_create("tls");

	tcase_add_loop_test(t, a_server_name_that_lies_makes_the_hello_bad, 0, COUNT(bad_names));
	tcase_add_loop_test(t, what_is_no_client_hello_is_bad_at_once, 0, COUNT(no_hellos));
	tcase_add_test(t, a_record_may_have_all_the_bytes_that_one_can);
	tcase_add_test(t, more_records_than_allowed_are_never_whole);
	tcase_add_test(t, a_hello_cut_at_any_byte_asks_for_more);
	tcase_add_test(t, two_cuts_into_records_at_any_bytes_give_the_same_name);
	tcase_add_test(t, records_of_one_byte_give_the_same_name);
	tcase_add_test(t, a_hello_of_16_kib_is_read);
	tcase_add_test(t, a_hello_without_a_name_is_good_and_names_nobody);
	suite_add_tcase(s, t);
	return suite_run(s);
}
