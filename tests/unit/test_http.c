/* SPDX-License-Identifier: MIT */

#include "inspect/http.h"
#include "support/suite.h"

#include <string.h>

#define HOST "www.example.org"
#define REQUEST(fields) "GET / HTTP/1.1\r\n" fields "\r\n\r\n"

static const struct {
	const char *what, *request;
	enum parse  want;
	const char *hosts[4];           /* in this order */
} requests[] = {
	{ "nothing", "", PARSE_MORE, { 0 } },
	{ "a TLS record", "\x16\x03\x01", PARSE_BAD, { 0 } },
	{ "another protocol's line", "EHLO mail.example.org\r\n", PARSE_BAD, { 0 } },
	{ "three words of another protocol", "a001 LOGIN a b\r\n", PARSE_BAD, { 0 } },
	{ "SIP", "INVITE sip:a@example.org SIP/2.0\r\n", PARSE_BAD, { 0 } },
	{ "a document", "<?xml version='1.0'?><stream to='a'>", PARSE_BAD, { 0 } },
	{ "an object", "{\"host\":", PARSE_BAD, { 0 } },
	{ "a control byte in a method", "G\x01T", PARSE_BAD, { 0 } },
	{ "another byte in a method", "\xff binary", PARSE_BAD, { 0 } },
	{ "a method that may go on", "GE", PARSE_MORE, { 0 } },
	{ "a method of 40 letters", "GETGETGETGETGETGETGETGETGETGETGETGETGETG", PARSE_MORE, { 0 } },
	{ "a request line alone", "GET / HTTP/1.1\r\n", PARSE_MORE, { 0 } },
	{ "a field that may go on", "GET / HTTP/1.1\r\nHost: www.exam", PARSE_MORE, { 0 } },
	{ "a CR that may be half an end", "GET / HTTP/1.1\r\nHost: www.example.org\r", PARSE_MORE,
	  { 0 } },
	{ "a Host line, no end yet", "GET / HTTP/1.1\r\nHost: " HOST "\r\nX", PARSE_MORE,
	  { HOST } },
	{ "no host at all", "GET / HTTP/1.0\r\n\r\n", PARSE_OK, { 0 } },
	{ "the usual", REQUEST("Host: " HOST), PARSE_OK, { HOST } },

	/* methods: nginx, HAProxy, Go, Java */
	{ "a long method",
	  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA / HTTP/1.1\r\nHost: " HOST "\r\n\r\n",
	  PARSE_OK,
	  { HOST } },
	{ "a method of all token bytes", "m#$%&'*+-.^_`|~1! / HTTP/1.1\r\nHost: " HOST "\r\n\r\n",
	  PARSE_OK,
	  { HOST } },
	{ "a method of other bytes", "G@(\xc3\xa9\" / HTTP/1.1\r\nHost: " HOST "\r\n\r\n", PARSE_OK,
	  { HOST } },
	{ "a whole line, a control byte", "G\x01T / HTTP/1.1\r\nHost: " HOST "\r\n\r\n", PARSE_OK,
	  { HOST } },
	{ "no method", " / HTTP/1.1\r\nHost: " HOST "\r\n\r\n", PARSE_OK, { HOST } },

	/* the request line */
	{ "spaces", "GET  /  HTTP/1.1 \r\nHost: " HOST "\r\n\r\n", PARSE_OK, { HOST } },
	{ "tabs", "GET\t/\tHTTP/1.1\r\nHost: " HOST "\r\n\r\n", PARSE_OK, { HOST } },
	{ "other white space", "GET\v/\fHTTP/1.1\x1f\r\nHost: " HOST "\r\n\r\n", PARSE_OK,
	  { HOST } },
	{ "white space of Latin-1", "GET\x85/\xa0HTTP/1.1\r\nHost: " HOST "\r\n\r\n", PARSE_OK,
	  { HOST } },
	{ "CR for a space", "GET\r/ HTTP/1.1\r\nHost: " HOST "\r\n\r\n", PARSE_OK, { HOST } },
	{ "white space in front", "\t GET / HTTP/1.1\r\nHost: " HOST "\r\n\r\n", PARSE_OK,
	  { HOST } },
	{ "HTTP/1.10", "GET / HTTP/1.10\r\nHost: " HOST "\r\n\r\n", PARSE_OK, { HOST } },
	{ "lower case", "get / http/1.1\r\nHost: " HOST "\r\n\r\n", PARSE_OK, { HOST } },
	{ "HTTP/2.0", "GET / HTTP/2.0\r\nHost: " HOST "\r\n\r\n", PARSE_OK, { HOST } },
	{ "another protocol", "GET / FOO\r\nHost: " HOST "\r\n\r\n", PARSE_OK, { HOST } },
	{ "words too many", "GET /a b HTTP/1.1 x\r\nHost: " HOST "\r\n\r\n", PARSE_OK, { HOST } },
	{ "a space in the target", "GET /a b HTTP/1.1\r\nHost: " HOST "\r\n\r\n", PARSE_OK,
	  { HOST } },
	{ "any target", "FOO bar HTTP/1.1\r\nHost: " HOST "\r\n\r\n", PARSE_OK, { HOST } },

	/* HTTP/0.9, and what follows it */
	{ "no version", "GET /\r\n", PARSE_OK, { 0 } },
	{ "no version, LF", "GET index.html\n", PARSE_OK, { 0 } },
	{ "no version, absolute", "GET http://" HOST "/\r\n", PARSE_OK, { HOST } },
	{ "no version, fields begun", "GET /\r\nHost: " HOST "\r\n", PARSE_OK, { HOST } },
	{ "no version, fields", "OPTIONS *\r\nHost: " HOST "\r\n\r\n", PARSE_OK, { HOST } },

	/* fields */
	{ "mixed case, no space", REQUEST("hoSt:" HOST), PARSE_OK, { HOST } },
	{ "tab, trailing space", REQUEST("Host:\t" HOST " "), PARSE_OK, { HOST } },
	{ "control bytes around", REQUEST("Host:\x0b" HOST "\x1f"), PARSE_OK, { HOST } },
	{ "space before the colon", REQUEST("Host : " HOST), PARSE_OK, { HOST } },
	{ "space before the name", REQUEST(" Host: " HOST), PARSE_OK, { HOST } },
	{ "a folded line", REQUEST("Host:\r\n " HOST), PARSE_OK, { HOST } },
	{ "folded twice", REQUEST("Host: \r\n \r\n\t" HOST), PARSE_OK, { HOST } },
	{ "folded after the name", REQUEST("Host: " HOST "\r\n :80"), PARSE_OK, { HOST } },
	{ "folded at a CR", REQUEST("Host:\r " HOST), PARSE_OK, { HOST } },
	{ "folded within the name", REQUEST("Host: www.\r\n example.org"), PARSE_OK,
	  { "www.", "example.org" } },
	{ "no fold of another field", REQUEST("Host:\r\nX: y\r\n " HOST), PARSE_OK, { 0 } },
	{ "a line of spaces", REQUEST("X: y\r\n \r\nHost: " HOST), PARSE_OK, { HOST } },
	{ "a line without colon", REQUEST("foo\r\nHost: " HOST), PARSE_OK, { HOST } },
	{ "a field without name", REQUEST(": foo\r\nHost: " HOST), PARSE_OK, { HOST } },
	{ "a field that ends in host", REQUEST("X-Host: " HOST), PARSE_OK, { 0 } },
	{ "two Host fields", REQUEST("Host: a.example\r\nHost: b.example"), PARSE_OK,
	  { "a.example", "b.example" } },

	/* line ends */
	{ "LF alone", "GET / HTTP/1.1\nHost: " HOST "\n\n", PARSE_OK, { HOST } },
	{ "empty lines first", "\r\n\n\r\nGET / HTTP/1.1\r\nHost: " HOST "\r\n\r\n", PARSE_OK,
	  { HOST } },
	{ "CRs first", "\r\r\nGET / HTTP/1.1\r\nHost: " HOST "\r\n\r\n", PARSE_OK, { HOST } },
	{ "CR CR LF", "GET / HTTP/1.1\r\nHost: " HOST "\r\r\n", PARSE_OK, { HOST } },
	{ "CR CR", "GET / HTTP/1.1\r\nHost: " HOST "\r\r", PARSE_OK, { HOST } },
	{ "LF CR", "GET / HTTP/1.1\r\nHost: " HOST "\n\r", PARSE_OK, { HOST } },
	{ "CR CR LF for the empty line", "GET / HTTP/1.1\r\nHost: " HOST "\r\n\r\r\n", PARSE_OK,
	  { HOST } },
	{ "a CR after another field", REQUEST("X: y\rHost: " HOST), PARSE_OK, { HOST } },
	{ "a CR after the request line", "GET / HTTP/1.1\rHost: " HOST "\r\n\r\n", PARSE_OK,
	  { HOST } },
	{ "Host behind CR CR LF", "GET / HTTP/1.1\r\nX: y\r\r\nHost: " HOST "\r\n\r\n", PARSE_OK,
	  { HOST } },
	{ "a control byte before a method, no version, Java",
	  "\1GET http://" HOST "/ \r\n\r\n", PARSE_OK, { HOST } },
	{ "a tab in a method, no version, Java", "GE\tT http://" HOST "/ \r\n\r\n", PARSE_OK,
	  { HOST } },
	{ "a tab in a method, a path, no version, Java",
	  "GE\tT / \r\nHost: " HOST "\r\n\r\n", PARSE_OK, { HOST } },
	{ "a tab in a method that hides a target, Java",
	  "GET\t/ http://" HOST "/ \r\n\r\n", PARSE_OK, { HOST } },
	{ "blanks of each kind in a method, Java",
	  "A\t\v\f\r\x1f" "B http://" HOST "/x \r\n\r\n", PARSE_OK, { HOST } },
	{ "an empty method, a protocol of nobody's, Java", " / xTTP/1.1\r\nHost: " HOST "\r\n\r\n",
	  PARSE_OK, { HOST } },
	{ "NUL in another field", "GET / HTTP/1.1\r\nX: \x01y\r\nHost: " HOST "\r\n\r\n", PARSE_OK,
	  { HOST } },

	/* values */
	{ "a port", REQUEST("Host: " HOST ":8080"), PARSE_OK, { HOST } },
	{ "a colon", REQUEST("Host: " HOST ":"), PARSE_OK, { HOST } },
	{ "two ports", REQUEST("Host: " HOST ":80:90"), PARSE_OK, { HOST } },
	{ "a dot", REQUEST("Host: " HOST "."), PARSE_OK, { HOST "." } },
	{ "a space before the port", REQUEST("Host: " HOST " :80"), PARSE_OK, { HOST } },
	{ "IPv6 with a port", REQUEST("Host: [2001:db8::1]:80"), PARSE_OK, { "2001:db8::1" } },
	{ "a list (HAProxy: the last)", REQUEST("Host: a.example, b.example,"), PARSE_OK,
	  { "a.example", "b.example" } },
	{ "a colon before an @ (nginx: it ends)", REQUEST("Host: a.example:x@b.example"), PARSE_OK,
	  { "b.example", "a.example" } },
	{ "a path", REQUEST("Host: " HOST "/x"), PARSE_OK, { HOST "/x", HOST } },

	/* targets */
	{ "absolute form", "GET http://" HOST "/x?y HTTP/1.1\r\nHost: " HOST "\r\n\r\n", PARSE_OK,
	  { HOST } },
	{ "absolute form and Host differ",
	  "GET http://u:p@a.example:80/ HTTP/1.1\r\nHost: b.example\r\n\r\n", PARSE_OK,
	  { "a.example", "b.example" } },
	{ "absolute form with no path", "GET http://a.example?q HTTP/1.1\r\n\r\n", PARSE_OK,
	  { "a.example" } },
	{ "another scheme", "GET FOO+x://a.example HTTP/1.1\r\n\r\n", PARSE_OK, { "a.example" } },
	{ "a backslash before an @ (Apache: what follows)",
	  "GET http://a\\@b.example/ HTTP/1.1\r\n\r\n", PARSE_OK,
	  { "b.example", "a" } },
	{ "two slashes", "GET //a.example/ HTTP/1.1\r\nHost: " HOST "\r\n\r\n", PARSE_OK,
	  { HOST } },
	{ "CONNECT with a URI, tinyproxy", "CONNECT http://" HOST ":443/ HTTP/1.1\r\n\r\n", PARSE_OK,
	  { HOST } },
	{ "CONNECT with a path, squid", "CONNECT " HOST "/x HTTP/1.1\r\n\r\n", PARSE_OK, { HOST } },
	{ "CONNECT", "CONNECT " HOST ":443 HTTP/1.1\r\nHost: b.example\r\n\r\n", PARSE_OK,
	  { HOST, "b.example" } },
	{ "the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", PARSE_OK, { 0 } },
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
	http_read_request(BYTES(REQUEST("Content-Length:\r\n +12")), &r);
	ck_assert_uint_eq(r.body_len, 12);
	http_read_request(BYTES(REQUEST("Transfer-Encoding:\r\n chunked")), &r);
	ck_assert_int_eq(r.body, HTTP_BODY_CHUNKED);
	http_read_request(BYTES("CONNECT a:1 HTTP/1.1\r\nContent-Length: 12\r\n\r\n"), &r);
	ck_assert_int_eq(r.body, HTTP_BODY_FOREIGN);
	http_read_request(BYTES("GET / HTTP/1.1\r\n\r\n"), &r);
	ck_assert_int_eq(r.body, HTTP_BODY_NONE);
}
END_TEST

static const struct {
	const char       *request;
	bool              to_proxy, body_is_unclear, goes_on;
	enum http_upgrade upgrade;
} kinds[] = {
	{ REQUEST("Host: a"), false, false, false, HTTP_UPGRADE_NONE },
	{ "GET http://a/ HTTP/1.1\r\n\r\n", true, false, false, HTTP_UPGRADE_NONE },
	{ "CONNECT a:1 HTTP/1.1\r\n\r\n", true, false, false, HTTP_UPGRADE_NONE },
	{ REQUEST("Proxy-Connection: keep-alive"), true, false, false, HTTP_UPGRADE_NONE },
	{ REQUEST("Content-Length: 1\r\nTransfer-Encoding: chunked"), false, true, false,
	  HTTP_UPGRADE_NONE },
	{ REQUEST("Transfer-Encoding: chunked\r\nContent-Length: 1"), false, true, false,
	  HTTP_UPGRADE_NONE },
	{ REQUEST("Transfer-Encoding: gzip, chunked"), false, true, false, HTTP_UPGRADE_NONE },
	{ REQUEST("Transfer-Encoding: Chunked"), false, false, false, HTTP_UPGRADE_NONE },
	{ "GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", false, true, false,
	  HTTP_UPGRADE_NONE },
	{ REQUEST("Upgrade: websocket"), false, false, false, HTTP_UPGRADE_OTHER },
	{ REQUEST("Upgrade: foo, H2C ,bar"), false, false, false, HTTP_UPGRADE_HTTP2 },
	{ "GET /\r\n", false, false, true, HTTP_UPGRADE_NONE },
	{ "GET /\r\nHost: a\r\n\r\n", false, false, false, HTTP_UPGRADE_NONE },
	{ "GET / HTTP/1.1\r\nHost: a\r\r\n", false, false, true, HTTP_UPGRADE_NONE },
	{ "GET / HTTP/1.1\r\nHost: a\r\n\r\r\n", false, false, true, HTTP_UPGRADE_NONE },
	{ "GET / HTTP/1.1\r\nHost: a\r\n\r\r\nHost: b\r\n\r\n", false, false, false,
	  HTTP_UPGRADE_NONE },
};

START_TEST(what_may_follow_is_told)
{
	struct http_request r;

	ck_assert_int_eq(http_read_request(bytes_text(kinds[_i].request), &r), PARSE_OK);
	ck_assert_int_eq(r.to_proxy, kinds[_i].to_proxy);
	ck_assert_int_eq(r.body_is_unclear, kinds[_i].body_is_unclear);
	ck_assert_int_eq(r.goes_on, kinds[_i].goes_on);
	ck_assert_int_eq(r.upgrade, kinds[_i].upgrade);
}
END_TEST

START_TEST(more_hosts_than_are_kept_are_unreadable)
{
	struct http_request r;

	http_read_request(BYTES(REQUEST("Host: a,b,c,d,e,f,g,h")), &r);
	ck_assert_uint_eq(r.hosts.num, 8);
	ck_assert(!r.hosts.is_unreadable);
	http_read_request(BYTES(REQUEST("Host: a,b,c,d,e,f,g,h,i")), &r);
	ck_assert(r.hosts.is_unreadable);
	http_read_request(BYTES(REQUEST("Host: a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,b")), &r);
	ck_assert(r.hosts.is_unreadable);
}
END_TEST

/* In segments of one byte: a call that is not made would have given PARSE_MORE. */
START_TEST(no_news_means_that_nothing_is_whole)
{
	struct bytes        whole = bytes_text(requests[_i].request);
	struct http_scan    scan  = { 0 };
	struct http_request r;
	size_t              num = 0, lines = 0;

	for (size_t len = 1; len <= whole.len; len++) {
		bool       has_news = http_has_news(&scan, bytes_first(whole, len));
		enum parse status   = http_read_request(bytes_first(whole, len), &r);

		num += has_news;
		lines += whole.at[len - 1] == '\n' || whole.at[len - 1] == '\r';
		ck_assert_msg(has_news || status == PARSE_MORE || (status == PARSE_OK && r.goes_on),
		              "%s at %zu", requests[_i].what, len);
		if (status == PARSE_BAD || (status == PARSE_OK && !r.goes_on))
			break;
	}
	ck_assert_uint_le(num, lines + 3);
}
END_TEST

/* However few of them come at once. */
START_TEST(more_fields_than_are_looked_at_are_news)
{
	char                text[2000] = "GET / HTTP/1.1\r\n";
	struct http_scan    scan       = { 0 };
	struct http_request r;

	for (int num = 1; num <= HTTP_FIELDS_MAX + 2; num++) {
		struct bytes so_far;

		strncat(text, "A: b\r\n", sizeof(text) - strlen(text) - 1);
		so_far = bytes_text(text);
		ck_assert_int_eq(http_read_request(so_far, &r), PARSE_MORE);
		ck_assert(http_has_news(&scan, so_far) || (num > 1 && !r.is_too_long));
	}
	ck_assert(r.is_too_long);
}
END_TEST

/* Whether a CR alone ends the fields is clear with the byte behind it: some servers answer then. */
START_TEST(byte_behind_a_cr_is_news)
{
	struct bytes        whole = BYTES("GET / HTTP/1.1\r\nHost: a.example\r\n\rX");
	struct http_scan    scan  = { 0 };
	struct http_request r;

	http_has_news(&scan, bytes_first(whole, whole.len - 1));
	ck_assert_int_eq(http_read_request(bytes_first(whole, whole.len - 1), &r), PARSE_MORE);
	ck_assert(http_has_news(&scan, whole));
	ck_assert_int_eq(http_read_request(whole, &r), PARSE_OK);
}
END_TEST

static const struct {
	const char *what, *body;
	enum parse  want;
	uint64_t    len;
} bodies[] = {
	{ "no length", "xyz\r\n", PARSE_BAD, 0 },
	{ "a length of 2^31", "80000000\r\n", PARSE_BAD, 0 },
	{ "a length of 2^32 + 1 (Java: 1)", "100000001\r\n.\r\n0\r\n\r\n", PARSE_OK, 19 },
	{ "a length that may go on", "5", PARSE_MORE, 0 },
	{ "a chunk that goes on", "5\r\nhe", PARSE_MORE, 8 },
	{ "no last chunk yet", "5\r\nhello\r\n", PARSE_MORE, 8 },
	{ "the rest of a chunk's end first", "\r\n0\r\n\r\n", PARSE_OK, 7 },
	{ "last chunk alone", "0\r\n\r\n", PARSE_OK, 5 },
	{ "two chunks, extension, trailer", "5;x=y\r\nhello\r\n1\r\n.\r\n0\r\nA: b\r\n\r\nGET",
	  PARSE_OK, 31 },
	{ "white space, zeros, upper case", " 00A \t\r\nhellohello\r\n000 \r\n\r\n", PARSE_OK, 28 },
	{ "LF alone", "5\nhello\n0\n\n", PARSE_OK, 11 },
	{ "no end after the bytes (Node)", "5\r\nhello0\r\n\r\n", PARSE_OK, 13 },
	{ "CR CR LF", "5\r\r\nhello\r\n0\r\r\n\r\r\n", PARSE_OK, 18 },
	{ "a CR in an extension", "5;a\rb\r\nhello\r\n0\r\n\r\n", PARSE_OK, 19 },
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

/* BEFORE, then WORD so often that it has at least LEN bytes, then BEHIND. */
static struct bytes long_request(const char *before, const char *word, size_t len, const char *behind)
{
	static uint8_t room[32768];
	struct writer  w = writer_over(room, sizeof(room));

	write_text(&w, before);
	while (w.len < len)
		write_text(&w, word);
	write_text(&w, behind);
	ck_assert(!w.full);
	return writer_written(&w);
}

#define HOST_A "GET / HTTP/1.1\r\nHost: a.example\r\n"

static const struct {
	const char *what, *before, *word;
	size_t      len;
	const char *behind;
	bool        is_too_long;
	bool        is_unreadable;
	size_t      num_hosts;
} lengths[] = {
	{ "100 fields", HOST_A, "x:\r\n", 33 + 99 * 4, "\r\n", false, false, 1 },
	{ "101 fields", HOST_A, "x:\r\n", 33 + 101 * 4, "\r\n", true, false, 1 },
	{ "a line of 8 KiB", "GET /", "a", 8180, " HTTP/1.1\r\nHost: a\r\n\r\n", false, false, 1 },
	{ "a longer line", "GET /", "a", 8190, " HTTP/1.1\r\nHost: a\r\n\r\n", true, false, 0 },
	{ "a longer line that names a host", "GET http://a.example/", "a", 8190,
	  " HTTP/1.1\r\n\r\n", true, false, 1 },
	{ "a longer line without its end", "GET http://a.example/", "a", 9000, "", true, false, 1 },
	{ "blanks before it", "", "\r\n", 510, "GET / HTTP/1.1\r\n\r\n", true, false, 0 },
	{ "250 blanks before it", "", "\r\n", 250, "GET / HTTP/1.1\r\n\r\n", false, false, 0 },
	{ "blanks within it", "GET", "\t", 300, "/ HTTP/1.1\r\n\r\n", true, false, 0 },
	{ "a host of a kilobyte", "GET / HTTP/1.1\r\nHost: ", "a", 1100, "\r\n\r\n", false, true, 0 },
	{ "a host behind a kilobyte of blanks", "GET / HTTP/1.1\r\nHost:", " ", 1100,
	  "a\r\n\r\n", false, true, 0 },
	{ "many hosts", "GET / HTTP/1.1\r\n", "Host: a\r\n", 700, "\r\n", false, true, 1 },
	{ "an authority of a kilobyte", "GET http://", "a@", 1100, "/ HTTP/1.1\r\n\r\n", false, true, 0 },
};

START_TEST(no_more_is_looked_at_than_clients_send)
{
	struct bytes        all = long_request(lengths[_i].before, lengths[_i].word, lengths[_i].len,
	                                       lengths[_i].behind);
	struct http_request r;
	enum parse          status = http_read_request(all, &r);

	ck_assert_msg(status == (lengths[_i].is_too_long ? PARSE_MORE : PARSE_OK), "%s: %d",
	              lengths[_i].what, status);
	ck_assert_msg(r.is_too_long == lengths[_i].is_too_long, "%s", lengths[_i].what);
	ck_assert_msg(r.hosts.is_unreadable == lengths[_i].is_unreadable, "%s", lengths[_i].what);
	ck_assert_msg(r.hosts.num == lengths[_i].num_hosts, "%s: %zu", lengths[_i].what, r.hosts.num);
}

int main(void)
{
	Suite *s = suite_create("http");
	TCase *t = tcase_create("http");

	tcase_add_loop_test(t, hosts_of_a_request, 0, COUNT(requests));
	tcase_add_test(t, body_follows_from_the_fields);
	tcase_add_loop_test(t, what_may_follow_is_told, 0, COUNT(kinds));
	tcase_add_test(t, more_hosts_than_are_kept_are_unreadable);
	tcase_add_test(t, more_fields_than_are_looked_at_are_news);
	tcase_add_test(t, byte_behind_a_cr_is_news);
	tcase_add_loop_test(t, no_news_means_that_nothing_is_whole, 0, COUNT(requests));
	tcase_add_loop_test(t, end_of_a_chunked_body, 0, COUNT(bodies));
	tcase_add_loop_test(t, no_more_is_looked_at_than_clients_send, 0, COUNT(lengths));
	suite_add_tcase(s, t);
	return suite_run(s);
}
