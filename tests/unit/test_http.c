/* SPDX-License-Identifier: MIT */

#include "inspect/http.h"
#include "support/suite.h"

#include <string.h>

#define HOST "www.example.org"

static const struct {
	const char *what, *request;
	enum parse  want;
	const char *hosts[3];           /* in this order */
} requests[] = {
	{ "nothing", "", PARSE_MORE, { 0 } },
	{ "a TLS record", "\x16\x03\x01", PARSE_BAD, { 0 } },
	{ "another protocol's line", "EHLO mail.example.org\r\n", PARSE_BAD, { 0 } },
	{ "SIP", "INVITE sip:a@example.org SIP/2.0\r\n", PARSE_BAD, { 0 } },
	{ "a method without end", "GETGETGETGETGETGETGETGETGETGETGETGET", PARSE_BAD, { 0 } },
	{ "a method that may go on", "GE", PARSE_MORE, { 0 } },
	{ "a request line alone", "GET / HTTP/1.1\r\n", PARSE_MORE, { 0 } },
	{ "a field that may go on", "GET / HTTP/1.1\r\nHost: www.exam", PARSE_MORE, { 0 } },
	{ "a Host line, no end yet", "GET / HTTP/1.1\r\nHost: " HOST "\r\nX", PARSE_MORE,
	  { HOST } },
	{ "no host at all", "GET / HTTP/1.0\r\n\r\n", PARSE_OK, { 0 } },
	{ "the usual", "GET / HTTP/1.1\r\nHost: " HOST "\r\n\r\n", PARSE_OK, { HOST } },
	{ "mixed case, no space", "GET / HTTP/1.1\r\nhoSt:" HOST "\r\n\r\n", PARSE_OK, { HOST } },
	{ "tab, trailing space", "GET / HTTP/1.1\r\nHost:\t" HOST " \r\n\r\n", PARSE_OK, { HOST } },
	{ "space before the colon", "GET / HTTP/1.1\r\nHost : " HOST "\r\n\r\n", PARSE_OK,
	  { HOST } },
	{ "space before the name", "GET / HTTP/1.1\r\n Host: " HOST "\r\n\r\n", PARSE_OK,
	  { HOST } },
	{ "a folded line", "GET / HTTP/1.1\r\nHost:\r\n " HOST "\r\n\r\n", PARSE_OK, { HOST } },
	{ "LF alone", "GET / HTTP/1.1\nHost: " HOST "\n\n", PARSE_OK, { HOST } },
	{ "empty lines first", "\r\n\n\r\nGET / HTTP/1.1\r\nHost: " HOST "\r\n\r\n", PARSE_OK,
	  { HOST } },
	{ "a port", "GET / HTTP/1.1\r\nHost: " HOST ":8080\r\n\r\n", PARSE_OK, { HOST } },
	{ "IPv6 with a port", "GET / HTTP/1.1\r\nHost: [2001:db8::1]:80\r\n\r\n", PARSE_OK,
	  { "2001:db8::1" } },
	{ "absolute form", "GET http://" HOST "/x?y HTTP/1.1\r\nHost: " HOST "\r\n\r\n", PARSE_OK,
	  { HOST } },
	{ "absolute form and Host differ",
	  "GET http://u:p@a.example:80/ HTTP/1.1\r\nHost: b.example\r\n\r\n", PARSE_OK,
	  { "a.example", "b.example" } },
	{ "absolute form with no path", "GET http://a.example?q HTTP/1.1\r\n\r\n", PARSE_OK,
	  { "a.example" } },
	{ "two Host fields", "GET / HTTP/1.1\r\nHost: a.example\r\nHost: b.example\r\n\r\n",
	  PARSE_OK,
	  { "a.example", "b.example" } },
	{ "CONNECT", "CONNECT " HOST ":443 HTTP/1.1\r\nHost: b.example\r\n\r\n", PARSE_OK,
	  { HOST, "b.example" } },
	{ "a field that ends in host", "GET / HTTP/1.1\r\nX-Host: " HOST "\r\n\r\n", PARSE_OK,
	  { 0 } },
	{ "HTTP/2 in clear", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", PARSE_OK, { 0 } },
};

START_TEST(hosts_of_a_request)
{
	struct http_request r = { 0 };
	size_t              num = 0;

	ck_assert_msg(http_read_request(bytes_text(requests[_i].request), &r) == requests[_i].want,
	              "%s", requests[_i].what);
	if (requests[_i].want == PARSE_BAD)
		return;
	while (num < COUNT(requests[_i].hosts) && requests[_i].hosts[num] != NULL) {
		ck_assert_msg(num < r.hosts.num && bytes_equal(r.hosts.at[num],
		                                               bytes_text(requests[_i].hosts[num])),
		              "%s", requests[_i].what);
		num++;
	}
	ck_assert_uint_eq(r.hosts.num, num);
}
END_TEST

START_TEST(body_follows_from_the_fields)
{
	struct http_request r;

	http_read_request(BYTES("POST / HTTP/1.1\r\nContent-Length: 12\r\n\r\nbody"), &r);
	ck_assert_int_eq(r.body, HTTP_BODY_LENGTH);
	ck_assert_uint_eq(r.body_len, 12);
	ck_assert_uint_eq(r.len, strlen("POST / HTTP/1.1\r\nContent-Length: 12\r\n\r\n"));
	http_read_request(BYTES("POST / HTTP/1.1\r\nContent-Length: 12\r\nTransfer-Encoding: "
	                        "chunked\r\n\r\n"),
	                  &r);
	ck_assert_int_eq(r.body, HTTP_BODY_CHUNKED);
	http_read_request(BYTES("GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"), &r);
	ck_assert_int_eq(r.body, HTTP_BODY_FOREIGN);
	http_read_request(BYTES("CONNECT a:1 HTTP/1.1\r\nContent-Length: 12\r\n\r\n"), &r);
	ck_assert_int_eq(r.body, HTTP_BODY_FOREIGN);
	http_read_request(BYTES("GET / HTTP/1.1\r\n\r\n"), &r);
	ck_assert_int_eq(r.body, HTTP_BODY_NONE);
}
END_TEST

static const struct {
	const char *what, *body;
	enum parse  want;
	uint64_t    len;
} bodies[] = {
	{ "no length", "xyz\r\n", PARSE_BAD, 0 },
	{ "a length of 2^36", "1000000000\r\n", PARSE_BAD, 0 },
	{ "a length that may go on", "5", PARSE_MORE, 0 },
	{ "a chunk that goes on", "5\r\nhe", PARSE_MORE, 10 },
	{ "no last chunk yet", "5\r\nhello\r\n", PARSE_MORE, 10 },
	{ "last chunk alone", "0\r\n\r\n", PARSE_OK, 5 },
	{ "two chunks, extension, trailer", "5;x=y\r\nhello\r\n1\r\n.\r\n0\r\nA: b\r\n\r\nGET",
	  PARSE_OK, 31 },
};

START_TEST(end_of_a_chunked_body)
{
	uint64_t len;

	ck_assert_msg(http_skip_chunks(bytes_text(bodies[_i].body), &len) == bodies[_i].want, "%s",
	              bodies[_i].what);
	if (bodies[_i].want != PARSE_BAD)
		ck_assert_uint_eq(len, bodies[_i].len);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("http");
	TCase *t = tcase_create("http");

	tcase_add_loop_test(t, hosts_of_a_request, 0, COUNT(requests));
	tcase_add_test(t, body_follows_from_the_fields);
	tcase_add_loop_test(t, end_of_a_chunked_body, 0, COUNT(bodies));
	suite_add_tcase(s, t);
	return suite_run(s);
}
