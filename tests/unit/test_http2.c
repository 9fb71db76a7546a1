/* SPDX-License-Identifier: MIT */

#include "inspect/http2.h"
#include "support/suite.h"

#include <string.h>

#define PREFACE "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
#define HOST    "www.example.org"

enum { DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, CONTINUATION = 9 };
enum { NONE, END_STREAM = 1, END_HEADERS = 4, WHOLE = 5, PADDED = 8, WITH_PRIORITY = 32 };

struct piece {
	uint8_t      type, flags;
	uint32_t     stream;
	struct bytes payload;
};

#define PIECE(type, flags, stream, payload) { type, flags, stream, BYTES(payload) }

/* GET, http, / */
#define GET "\x82\x86\x84"
/* :authority and host, as they are and in Huffman's code */
#define AUTHORITY      "\x01\x0f" HOST
#define AUTHORITY_KEPT "\x41\x0f" HOST
#define AUTHORITY_CODE "\x41\x8c\xf1\xe3\xc2\xe5\xf2\x3a\x6b\xa0\xab\x90\xf4\xff"
#define HOST_FIELD     "\x0f\x17\x0f" HOST
#define OTHER(letter)  "\x01\x09" letter ".example"

static uint8_t room[HTTP2_SCRATCH(20480)], stream[20480];

static const struct {
	const char  *what;
	struct piece pieces[5];
	enum parse   want;
	bool         is_unreadable;
	const char  *hosts[3];
} streams[] = {
	{ "a preface alone", { { 0 } }, PARSE_MORE, false, { 0 } },
	{ "settings alone", { PIECE(SETTINGS, NONE, 0, "") }, PARSE_MORE, false, { 0 } },
	{ "the usual",
	  { PIECE(SETTINGS, NONE, 0, ""), PIECE(HEADERS, WHOLE, 1, GET AUTHORITY) },
	  PARSE_OK,
	  false,
	  { HOST } },
	{ "no settings (nginx)",
	  { PIECE(HEADERS, WHOLE, 1, GET AUTHORITY) },
	  PARSE_OK,
	  false,
	  { HOST } },
	{ "Huffman's code",
	  { PIECE(HEADERS, WHOLE, 1, GET AUTHORITY_CODE) },
	  PARSE_OK,
	  false,
	  { "www.example.com" } },
	{ "host alone",
	  { PIECE(HEADERS, WHOLE, 1, GET HOST_FIELD) },
	  PARSE_OK,
	  false,
	  { HOST } },
	{ "both",
	  { PIECE(HEADERS, WHOLE, 1, GET OTHER("a") HOST_FIELD) },
	  PARSE_OK,
	  false,
	  { "a.example", HOST } },
	{ "a port",
	  { PIECE(HEADERS, WHOLE, 1, GET "\x01\x06" "a.b:80") },
	  PARSE_OK,
	  false,
	  { "a.b" } },
	{ "an absolute path (Go)",
	  { PIECE(HEADERS, WHOLE, 1, "\x82\x04\x0b" "http://a.b/") },
	  PARSE_OK,
	  false,
	  { "a.b" } },
	{ "frames in front",
	  { PIECE(PING, NONE, 0, "12345678"), PIECE(PRIORITY, NONE, 3, "\0\0\0\0\1"),
	    PIECE(0xbb, NONE, 0, "anything"), PIECE(HEADERS, WHOLE, 1, GET AUTHORITY) },
	  PARSE_OK,
	  false,
	  { HOST } },
	{ "padding",
	  { PIECE(HEADERS, WHOLE | PADDED, 1, "\3" GET AUTHORITY "\0\0\0") },
	  PARSE_OK,
	  false,
	  { HOST } },
	{ "priority",
	  { PIECE(HEADERS, WHOLE | WITH_PRIORITY, 1, "\0\0\0\0\1" GET AUTHORITY) },
	  PARSE_OK,
	  false,
	  { HOST } },
	{ "both of them",
	  { PIECE(HEADERS, WHOLE | PADDED | WITH_PRIORITY, 1, "\1\0\0\0\0\1" GET AUTHORITY "\7") },
	  PARSE_OK,
	  false,
	  { HOST } },
	{ "padding too long",
	  { PIECE(HEADERS, WHOLE | PADDED, 1, "\x7f" GET AUTHORITY) },
	  PARSE_MORE,
	  true,
	  { 0 } },
	{ "padding too long, another stream (Go)",
	  { PIECE(HEADERS, WHOLE | PADDED, 1, "\x7f" GET AUTHORITY),
	    PIECE(HEADERS, WHOLE, 3, GET AUTHORITY) },
	  PARSE_OK,
	  true,
	  { HOST } },
	{ "continued",
	  { PIECE(HEADERS, END_STREAM, 1, GET "\x01\x0f" "www.ex"),
	    PIECE(CONTINUATION, NONE, 1, ""), PIECE(CONTINUATION, END_HEADERS, 1, "ample.org") },
	  PARSE_OK,
	  false,
	  { HOST } },
	{ "continued from nothing",
	  { PIECE(HEADERS, NONE, 1, ""),
	    PIECE(CONTINUATION, END_HEADERS, 1, GET AUTHORITY_CODE) },
	  PARSE_OK,
	  false,
	  { "www.example.com" } },
	{ "not continued yet",
	  { PIECE(HEADERS, NONE, 1, GET OTHER("a") "\x01") },
	  PARSE_MORE,
	  false,
	  { "a.example" } },
	{ "continued by another stream",
	  { PIECE(HEADERS, NONE, 1, GET), PIECE(CONTINUATION, END_HEADERS, 3, AUTHORITY) },
	  PARSE_OK,
	  true,
	  { 0 } },
	{ "something in between",
	  { PIECE(HEADERS, NONE, 1, GET), PIECE(PING, NONE, 0, "12345678"),
	    PIECE(CONTINUATION, END_HEADERS, 1, AUTHORITY) },
	  PARSE_OK,
	  true,
	  { 0 } },
	{ "a promise",
	  { PIECE(PUSH_PROMISE, END_HEADERS, 1, "\0\0\0\2" GET AUTHORITY) },
	  PARSE_OK,
	  true,
	  { 0 } },
	{ "two streams",
	  { PIECE(HEADERS, WHOLE, 1, GET OTHER("a")), PIECE(DATA, END_STREAM, 1, "x"),
	    PIECE(HEADERS, WHOLE, 3, GET OTHER("b")) },
	  PARSE_OK,
	  false,
	  { "a.example", "b.example" } },
	{ "a reference",
	  { PIECE(HEADERS, WHOLE, 1, GET AUTHORITY_KEPT), PIECE(HEADERS, WHOLE, 3, GET "\xbe") },
	  PARSE_OK,
	  false,
	  { HOST } },
	{ "a reference to what was a trailer's",
	  { PIECE(HEADERS, END_HEADERS, 1, GET OTHER("a")),
	    PIECE(HEADERS, WHOLE, 1, "\x41\x09" "b.example"),
	    PIECE(HEADERS, WHOLE, 3, GET "\xbe") },
	  PARSE_OK,
	  false,
	  { "a.example", "b.example" } },
	{ "a reference to nothing",
	  { PIECE(HEADERS, WHOLE, 1, GET "\xbe") },
	  PARSE_OK,
	  true,
	  { 0 } },
	{ "a reference to nothing, and a host",
	  { PIECE(HEADERS, WHOLE, 1, GET "\xbe" AUTHORITY) },
	  PARSE_OK,
	  true,
	  { HOST } },
	{ "no block",
	  { PIECE(HEADERS, WHOLE, 1, GET AUTHORITY "\x80") },
	  PARSE_OK,
	  true,
	  { HOST } },
};

static size_t make_stream(const struct piece *pieces, size_t num)
{
	struct writer w = writer_over(stream, sizeof(stream));

	write_text(&w, PREFACE);
	for (size_t i = 0; i < num && pieces[i].payload.at != NULL; i++) {
		write_u8(&w, 0);
		write_u16(&w, (uint16_t)pieces[i].payload.len);
		write_u8(&w, pieces[i].type);
		write_u8(&w, pieces[i].flags);
		write_u32(&w, pieces[i].stream);
		write_bytes(&w, pieces[i].payload);
	}
	ck_assert(!w.full);
	return w.len;
}

START_TEST(hosts_of_a_connection)
{
	size_t              len     = make_stream(streams[_i].pieces, 5), num = 0;
	struct writer       scratch = writer_over(room, sizeof(room));
	struct http_request r;

	ck_assert_msg(http2_read_request(bytes_of(stream, len), &scratch, &r) == streams[_i].want,
	              "%s", streams[_i].what);
	while (num < COUNT(streams[_i].hosts) && streams[_i].hosts[num] != NULL) {
		ck_assert_msg(num < r.hosts.num && bytes_equal(r.hosts.at[num],
		                                               bytes_text(streams[_i].hosts[num])),
		              "%s", streams[_i].what);
		num++;
	}
	ck_assert_msg(r.hosts.num == num, "%s", streams[_i].what);
	ck_assert_msg(r.hosts.is_unreadable == streams[_i].is_unreadable, "%s", streams[_i].what);
}
END_TEST

/* In segments of one byte: the outcome changes only where `need` said that it may. */
START_TEST(calls_below_need_give_nothing_new)
{
	size_t              len     = make_stream(streams[_i].pieces, 5), need = 0, num_calls = 0;
	enum parse          last    = PARSE_MORE, status;
	struct writer       scratch = writer_over(room, sizeof(room));
	struct http_request r;

	for (size_t cut = 1; cut <= len; cut++) {
		status = http2_read_request(bytes_of(stream, cut), &scratch, &r);
		if (cut < need)
			ck_assert_msg(status == last || r.hosts.is_unreadable, "%s at %zu",
			              streams[_i].what, cut);
		if (cut < need)
			continue;
		ck_assert(r.need > cut || r.hosts.is_unreadable);
		last = status;
		need = r.need;
		num_calls++;
	}
	ck_assert_int_eq(last, streams[_i].want);
	ck_assert_uint_le(num_calls, 1 + 2 * 5 + (streams[_i].is_unreadable ? len : 0));
}
END_TEST

START_TEST(the_first_request_is_told)
{
	static const struct piece pieces[] = {
		PIECE(HEADERS, END_HEADERS, 1, "\x02\x07" "CONNECT" AUTHORITY "\x0f\x2b\x01" "u"),
		PIECE(HEADERS, WHOLE, 3, GET OTHER("b")),
	};
	size_t              len     = make_stream(pieces, COUNT(pieces));
	struct writer       scratch = writer_over(room, sizeof(room));
	struct http_request r;

	ck_assert_int_eq(http2_read_request(bytes_of(stream, len), &scratch, &r), PARSE_OK);
	ck_assert(bytes_equal(r.method, BYTES("CONNECT")));
	ck_assert(bytes_equal(r.protocol, BYTES("HTTP/2")));
	ck_assert(bytes_equal(r.user_agent, BYTES("u")));
	ck_assert(r.is_connect && r.to_proxy && r.goes_on);
	ck_assert_uint_eq(r.target.len, 0);
	ck_assert_uint_eq(r.len, len);
	ck_assert_uint_eq(r.need, len + 9);
}
END_TEST

START_TEST(another_beginning_is_no_preface)
{
	struct writer       scratch = writer_over(room, sizeof(room));
	struct http_request r;

	ck_assert_int_eq(http2_read_request(BYTES(""), &scratch, &r), PARSE_MORE);
	ck_assert_int_eq(http2_read_request(BYTES("PRI *"), &scratch, &r), PARSE_MORE);
	ck_assert_uint_eq(r.need, strlen(PREFACE));
	ck_assert_int_eq(http2_read_request(BYTES("PRI / HTTP/2.0"), &scratch, &r), PARSE_BAD);
	ck_assert_int_eq(http2_read_request(BYTES("\r\n" PREFACE), &scratch, &r), PARSE_BAD);
}
END_TEST

START_TEST(without_room_hosts_are_unreadable)
{
	static const struct piece pieces[] = { PIECE(HEADERS, WHOLE, 1, GET AUTHORITY_CODE) };
	size_t                    len      = make_stream(pieces, COUNT(pieces));
	struct writer             scratch  = writer_over(room, 14);
	struct http_request       r;

	ck_assert_int_eq(http2_read_request(bytes_of(stream, len), &scratch, &r), PARSE_OK);
	ck_assert(r.hosts.is_unreadable);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("http2");
	TCase *t = tcase_create("http2");

	tcase_add_loop_test(t, hosts_of_a_connection, 0, COUNT(streams));
	tcase_add_loop_test(t, calls_below_need_give_nothing_new, 0, COUNT(streams));
	tcase_add_test(t, the_first_request_is_told);
	tcase_add_test(t, another_beginning_is_no_preface);
	tcase_add_test(t, without_room_hosts_are_unreadable);
	suite_add_tcase(s, t);
	return suite_run(s);
}
