/* SPDX-License-Identifier: MIT */

/*
 * The lines and the key are those of the specification of the log, which were made and checked with
 * other programs (openssl, signify, Go's note reader).
 */

#include "audit/chain.h"
#include "audit/note.h"
#include "support/suite.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

static const char vkey[] = "gw1.example.net/filterd/2f9c01d4a7b3e655+a2449bfc+AX9w9eLM6QvX/"
                           "kLuxxHh4CQOg+cTWIyotomjY/h4wTeW";

static const char start[] =
	"{\"timestamp\":\"2026-11-23T14:00:00.000412+0000\",\"event_type\":\"engine\",\"log_"
        "level\":\"Notice\",\"engine\":{"
	"\"message\":\"filterd 1.0.0 started: "
        "enforcing\",\"module\":\"audit\"},\"host\":\"gw1\",\"filterd\":{\"type\":\"start"
	"\",\"version\":\"1.0.0\",\"boot\":\"5f0c1f5e-4a55-4b6e-9b9f-3d3f7a0d2c11\",\"state\":"
        "\"enforcing\",\"policy\":\"8234"
	"12d1eacb67956220e532959f0104603057c88704863ca38e7cd188fda812\",\"rules\":54,\"cutoff\":"
        "\"2024-09-29T04:00:"
	"00Z\",\"previous\":\"new\",\"clock\":\"synced\",\"up\":12,\"hooks\":\"ok\",\"unfiltered\":"
        "0,\"log\":\"2f9c01d4a7b3e655\","
	"\"key\":\"f3D14szpC9f+Qu7HEeHgJA6D5xNYjKi2iaNj+HjBN5Y=\",\"next_key\":\"W8l3vXVvXNaaLsv/"
        "bi7a/FDePL8acyASIOX"
	"s9VlzUQw=\",\"seq\":0,\"prev\":"
        "\"0000000000000000000000000000000000000000000000000000000000000000\",\"sig\":\""
	"okSb/ICw36KvdH6mKYQYDBHvVbvluA89WI58EuVTW6bWjkk9oF15Lww4Ykv5BkTdGpR52qwoZEXQosvFAnBnJ/"
        "E0Lgg=\"}}";
static const char block[] = "{\"timestamp\":\"2026-11-23T14:05:09.123456+0000\",\"flow_id\":"
                            "1031452967103721,\"in_iface\":\"br-lan\",\"event"
			    "_type\":\"alert\",\"src_ip\":\"192.168.1.50\",\"src_port\":51514,"
                            "\"dest_ip\":\"9.9.9.9\",\"dest_port\":53,\"proto\":\""
			    "UDP\",\"ip_v\":4,\"ether\":{\"src_mac\":\"3c:52:82:11:22:33\"},"
                            "\"community_id\":\"1:95FDeQnw9ISwcfVkiIlCNpR0tQU="
			    "\",\"alert\":{\"action\":\"blocked\",\"gid\":1,\"signature_id\":"
                            "1791001,\"rev\":1,\"signature\":\"filterd update: su"
			    "ffix:geo.kaspersky.com\",\"category\":\"Kaspersky "
                            "update\",\"severity\":2},\"app_proto\":\"dns\",\"direction\":\"t"
			    "o_server\",\"verdict\":{\"action\":\"drop\"},\"dns\":{\"version\":3,"
                            "\"type\":\"request\",\"id\":4660,\"rrname\":\"dnl-01"
			    ".geo.kaspersky.com\",\"rrtype\":\"A\",\"queries\":[{\"rrname\":\"dnl-"
                            "01.geo.kaspersky.com\",\"rrtype\":\"A\"}]},\"ho"
			    "st\":\"gw1\",\"filterd\":{\"type\":\"block\",\"host\":\"dnl-01.geo."
                            "kaspersky.com\",\"rule\":\"suffix:geo.kaspersky.c"
			    "om\",\"category\":\"update\",\"policy\":\"823412d1eacb6795\","
                            "\"device\":\"3c:52:82:11:22:33\",\"name\":\"LAPTOP-7\",\""
			    "reply\":\"nxdomain\",\"count\":1,\"seq\":1,\"prev\":"
                            "\"4e239d6327e0c9783047adc04e9d0274e2cf69613254b780cc5d2007"
			    "509aad7e\"}}";
static const char heartbeat[] =
	"{\"timestamp\":\"2026-11-23T14:06:10.000000+0000\",\"event_type\":\"stats\",\"host\":"
        "\"gw1\",\"stats\":{\"uptime\":3"
	"70,\"capture\":{\"kernel_packets\":181204,\"kernel_drops\":0},\"ips\":{\"accepted\":"
        "181164,\"blocked\":40}},\"fil"
	"terd\":{\"type\":\"heartbeat\",\"state\":\"enforcing\",\"policy\":"
        "\"823412d1eacb67956220e532959f0104603057c88704"
	"863ca38e7cd188fda812\",\"clock\":\"synced\",\"mono\":382000,\"every\":60,\"attempts\":40,"
        "\"pending\":0,\"devices\":"
	"3,\"queues\":[{\"id\":0,\"drops\":0,\"user_drops\":0,\"backlog\":0}],\"hooks\":\"ok\","
        "\"unfiltered\":0,\"fail_open\":0"
	",\"log_dropped\":0,\"seq\":5,\"prev\":"
        "\"6eb23b86b92826da2502fc1a91bc830aa8218853e0e1991380161ea2d225da96\",\""
	"sig\":\"JFE6+tlfI2qX6yBy/gXp+jHf00WKrCMwncs6qqWt7bL/jFA0Q3HsKBDR3mtND/"
        "d6ZWve32IcvT6H3zLzxvpHQ+AnoQw=\"}"
	"}";

static struct bytes with_newline(const char *line)
{
	static char room[2048];

	snprintf(room, sizeof(room), "%s\n", line);
	return bytes_text(room);
}

START_TEST(a_line_hangs_on_the_one_before)
{
	struct chain    c = { 0 };
	struct line_end first, second;

	ck_assert_int_eq(line_end_read(bytes_text(start), &first), PARSE_OK);
	ck_assert_uint_eq(first.seq, c.seq);
	ck_assert_mem_eq(first.prev, c.prev, CHAIN_HASH);
	ck_assert_int_eq(chain_advance(&c, with_newline(start)), 0);
	ck_assert_int_eq(line_end_read(bytes_text(block), &second), PARSE_OK);
	ck_assert_uint_eq(second.seq, c.seq);
	ck_assert_mem_eq(second.prev, c.prev, CHAIN_HASH);
	ck_assert(first.is_signed && !second.is_signed);
}

START_TEST(what_is_written_is_what_stands_in_a_line)
{
	uint8_t       room[200];
	struct writer w = writer_over(room, sizeof(room));
	struct chain  c = { 0 };

	chain_advance(&c, with_newline(start));
	write_text(&w, "x");
	chain_write(&w, &c);
	write_text(&w, "}}");
	ck_assert(bytes_equal(bytes_from(writer_written(&w), 1),
	                      bytes_from(bytes_text(block), strlen(block) - (w.len - 1))));
}

static const struct { const char *what, *line; enum parse want;
} ends[] = {
	{ "nothing", "", PARSE_BAD },
	{ "no members", "{}}", PARSE_BAD },
	{ "unsigned",
	  "{\"a\":{\"seq\":7,\"prev\":"
	  "\"00000000000000000000000000000000000000000000000000000000000000ff\"}}",
	  PARSE_OK },
	{ "the largest number",
	  "{\"a\":{\"seq\":18446744073709551615,\"prev\":"
	  "\"00000000000000000000000000000000000000000000000000000000000000ff\"}}",
	  PARSE_OK },
	{ "one more",
	  "{\"a\":{\"seq\":18446744073709551616,\"prev\":"
	  "\"00000000000000000000000000000000000000000000000000000000000000ff\"}}",
	  PARSE_BAD },
	{ "many digits",
	  "{\"a\":{\"seq\":118446744073709551615,\"prev\":"
	  "\"00000000000000000000000000000000000000000000000000000000000000ff\"}}",
	  PARSE_BAD },
	{ "a leading zero",
	  "{\"a\":{\"seq\":07,\"prev\":"
	  "\"00000000000000000000000000000000000000000000000000000000000000ff\"}}",
	  PARSE_BAD },
	{ "no number",
	  "{\"a\":{\"seq\":,\"prev\":"
	  "\"00000000000000000000000000000000000000000000000000000000000000ff\"}}",
	  PARSE_BAD },
	{ "upper case",
	  "{\"a\":{\"seq\":7,\"prev\":"
	  "\"00000000000000000000000000000000000000000000000000000000000000FF\"}}",
	  PARSE_BAD },
	{ "a short hash",
	  "{\"a\":{\"seq\":7,\"prev\":"
	  "\"000000000000000000000000000000000000000000000000000000000000ff\"}}",
	  PARSE_BAD },
	{ "a space",
	  "{\"a\":{\"seq\": "
	  "7,\"prev\":\"00000000000000000000000000000000000000000000000000000000000000ff\"}}",
	  PARSE_BAD },
	{ "something behind it",
	  "{\"a\":{\"seq\":7,\"prev\":"
	  "\"00000000000000000000000000000000000000000000000000000000000000ff\",\"b\":\"\"}}",
	  PARSE_BAD },
	{ "a short signature",
	  "{\"a\":{\"seq\":7,\"prev\":"
	  "\"00000000000000000000000000000000000000000000000000000000000000ff\",\"sig\":\"AAAA=\"}"
	  "}",
	  PARSE_BAD },
};

START_TEST(a_line_ends_in_one_of_two_forms)
{
	struct line_end end;

	ck_assert_msg(line_end_read(bytes_text(ends[_i].line), &end) == ends[_i].want, "%s",
	              ends[_i].what);
}

START_TEST(base64_with_stray_bits_is_no_signature)
{
	char            line[2048];
	struct line_end end;

	snprintf(line, sizeof(line), "%s", start);
	line[strlen(line) - 5]++;               /* the character before '=' */
	ck_assert_int_eq(line_end_read(bytes_text(line), &end), PARSE_BAD);
}

START_TEST(records_verify_with_the_key_of_the_specification)
{
	struct note_key key;
	struct line_end end;
	uint8_t         id[CHAIN_KEYID];

	ck_assert_int_eq(note_key_parse(bytes_text(vkey), &key), PARSE_OK);
	ck_assert_str_eq(key.origin, "gw1.example.net/filterd/2f9c01d4a7b3e655");
	ck_assert_int_eq(line_end_read(bytes_text(start), &end), PARSE_OK);
	ck_assert_int_eq(note_key_id(&key, id), 0);
	ck_assert_mem_eq(end.key_id, id, CHAIN_KEYID);
	ck_assert(note_verify(&key, end.seq, end.body, end.sig));
	ck_assert(!note_verify(&key, end.seq + 1, end.body, end.sig));
	ck_assert(!note_verify(&key, end.seq, bytes_first(end.body, end.body.len - 1), end.sig));
	key.origin[0] ^= 1;
	ck_assert(!note_verify(&key, end.seq, end.body, end.sig));
}

START_TEST(the_next_key_verifies_what_follows)
{
	struct note_key key, next;
	struct line_end end;
	char            typed[400];
	uint8_t         raw[48];

	ck_assert_int_eq(note_key_parse(bytes_text(vkey), &key), PARSE_OK);
	next = key;
	snprintf(typed, sizeof(typed), "%.44s", strstr(start, "\"next_key\":\"") + 12);
	ck_assert_int_eq(EVP_DecodeBlock(raw, (const uint8_t *)typed, 44), 33);
	memcpy(next.public, raw, NOTE_KEY);
	ck_assert_int_eq(line_end_read(bytes_text(heartbeat), &end), PARSE_OK);
	ck_assert(note_verify(&next, end.seq, end.body, end.sig));
	ck_assert(!note_verify(&key, end.seq, end.body, end.sig));
}

START_TEST(what_is_signed_here_verifies)
{
	static const uint8_t secret[NOTE_KEY] = { 1, 2, 3 };
	struct note_key      key = { .origin = "gw/filterd/0123456789abcdef" }, again;
	struct bytes         body = BYTES("{\"a\":{\"seq\":3,\"prev\":\"\"");
	uint8_t              sig[CHAIN_SIG], room[NOTE_MAX];
	struct writer        w = writer_over(room, sizeof(room));

	ck_assert_int_eq(note_public(secret, key.public), 0);
	ck_assert_int_eq(note_sign(&key, secret, 3, body, sig), 0);
	ck_assert(note_verify(&key, 3, body, sig));
	ck_assert_int_eq(note_key_write(&w, &key), 0);
	ck_assert_int_eq(note_key_parse(writer_written(&w), &again), PARSE_OK);
	ck_assert_mem_eq(again.public, key.public, NOTE_KEY);
	w = writer_over(room, sizeof(room));
	ck_assert_int_eq(note_write(&w, &key, 3, body, sig), 0);
	ck_assert(!w.full);
	ck_assert(bytes_equal(bytes_first(writer_written(&w), 30),
	                      BYTES("gw/filterd/0123456789abcdef\n3\n")));
}

static const char *const no_keys[] = {
	"",
	"+",
	"gw1+a2449bfc+AX9w9eLM6QvX/kLuxxHh4CQOg+cTWIyotomjY/h4wTeW",
	"gw1.example.net/filterd/2f9c01d4a7b3e655+a2449bfd+AX9w9eLM6QvX/kLuxxHh4CQOg+cTWIyotomjY/"
	"h4wTeW",
	"gw1.example.net/filterd/2f9c01d4a7b3e655+a2449bfc+AH9w9eLM6QvX/kLuxxHh4CQOg+cTWIyotomjY/"
	"h4wTeW",
	"gw1.example.net/filterd/2f9c01d4a7b3e655+a2449bfc+AX9w9eLM6QvX/kLuxxHh4CQOg+cTWIyotomjY/"
	"h4wTe",
	"gw1.example.net/filterd/2f9c01d4a7b3e655+a2449bfc+AX9w9eLM6QvX/kLuxxHh4CQOg+cTWIyotomjY/"
	"h4wTeW\n",
};

START_TEST(what_is_no_verifier_key_is_refused)
{
	struct note_key key;

	ck_assert_int_eq(note_key_parse(bytes_text(no_keys[_i]), &key), PARSE_BAD);
}

int main(void)
{
	Suite *s = suite_create("chain");
	TCase *t = tcase_create("chain");

	tcase_add_loop_test(t, a_line_ends_in_one_of_two_forms, 0, COUNT(ends));
	tcase_add_loop_test(t, what_is_no_verifier_key_is_refused, 0, COUNT(no_keys));
	tcase_add_test(t, base64_with_stray_bits_is_no_signature);
	tcase_add_test(t, a_line_hangs_on_the_one_before);
	tcase_add_test(t, what_is_written_is_what_stands_in_a_line);
	tcase_add_test(t, records_verify_with_the_key_of_the_specification);
	tcase_add_test(t, the_next_key_verifies_what_follows);
	tcase_add_test(t, what_is_signed_here_verifies);
	suite_add_tcase(s, t);
	return suite_run(s);
}
