/* SPDX-License-Identifier: MIT */

/*
 * What servers take was measured with OpenSSL 3.0 (s_server, and with it Apache 2.4, HAProxy 2.6,
 * lighttpd 1.4.69, nginx 1.22, Node), GnuTLS 3.7, Go 1.19, Java 17 and 25: hellos with a fault
 * each, and the certificate that came back. Names and their lists are in test_server_name.c. All
 * take hellos of 32 KiB, all but Java those of 64 KiB.
 */

#include "inspect/tls.h"
#include "support/suite.h"

#include <string.h>

static uint8_t          room[TLS_HELLO_MAX], stream[70000], message[70000], front[70000];
static struct tls_hello hello;

/* A hello as the tests change it; its length. */
struct parts {
	struct bytes server_name;               /* the extension; empty: none */
	size_t       padding;                   /* bytes of another extension before it */
	size_t       session_id;
	size_t       num_extensions;            /* empty ones before it */
	bool         has_no_compression;
	bool         offers_early_data;
	int          extensions_len;            /* more than it is */
	struct bytes behind;                    /* the extensions */
	int          len;                       /* more than it is */
};

static size_t make_parts(const struct parts *p)
{
	struct writer w = writer_over(message, sizeof(message));
	size_t        at, len;

	write_u32(&w, 0x01000000);
	write_u16(&w, 0x0303);
	for (int i = 0; i < 32; i++)
		write_u8(&w, (uint8_t)i);
	write_u8(&w, (uint8_t)p->session_id);
	for (size_t i = 0; i < p->session_id; i++)
		write_u8(&w, 's');
	write_u16(&w, 2);
	write_u16(&w, 0x1301);
	write_bytes(&w, p->has_no_compression ? BYTES("\0") : BYTES("\1\0"));
	at = w.len;
	write_u16(&w, 0);
	for (size_t i = 0; i < p->num_extensions; i++)
		write_u32(&w, 0x50000000);
	if (p->padding > 0) {
		write_u16(&w, 21);
		write_u16(&w, (uint16_t)p->padding);
		for (size_t i = 0; i < p->padding; i++)
			write_u8(&w, 0);
	}
	if (p->offers_early_data)
		write_u32(&w, 42 << 16);
	if (p->server_name.len > 0) {
		write_u16(&w, 0);
		write_u16(&w, (uint16_t)p->server_name.len);
		write_bytes(&w, p->server_name);
	}
	write_u16_at(&w, at, (uint16_t)((int)(w.len - at - 2) + p->extensions_len));
	write_bytes(&w, p->behind);
	len = (size_t)((int)w.len - 4 + p->len);
	message[1] = (uint8_t)(len >> 16);
	write_u16_at(&w, 2, (uint16_t)len);
	ck_assert(!w.full);
	return w.len;
}

static size_t make_message(struct bytes server_name, size_t padding)
{
	struct parts p = { .server_name = server_name, .padding = padding };

	return make_parts(&p);
}

static void write_record(struct writer *w, uint8_t type, uint16_t version, struct bytes content)
{
	write_u8(w, type);
	write_u16(w, version);
	write_u16(w, (uint16_t)content.len);
	write_bytes(w, content);
}

/* The message in records that end at each of the cuts, and at its end. */
static struct bytes in_records(size_t len, const size_t *cuts, size_t num_cuts)
{
	struct writer w     = writer_over(stream, sizeof(stream));
	size_t        begin = 0;

	for (size_t i = 0; i <= num_cuts; i++) {
		size_t end = i < num_cuts ? cuts[i] : len;

		write_record(&w, 22, 0x0301, bytes_of(message + begin, end - begin));
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

static enum parse read_next(struct bytes all, bool passes_data)
{
	struct writer scratch = writer_over(room, sizeof(room));

	return tls_read_next(all, passes_data, &scratch, &hello);
}

#define NAME  "\0\x10" "\0" "\0\x0d" "a.example.com"
#define OTHER "\0\x10" "\0" "\0\x0d" "b.example.com"

#define ck_assert_named(what) \
	do { \
		ck_assert_msg(hello.hosts.num == 1, "%s: %zu names", what, hello.hosts.num); \
		ck_assert_msg(bytes_equal(hello.hosts.at[0], BYTES("a.example.com")), "%s", what); \
	} while (0)

static const struct { const char *what; struct bytes in; } no_hellos[] = {
	{ "HTTP", BYTES("GET / HTTP/1.1\r\n") },
	{ "a server's hello", BYTES("\x16\x03\x03\0\x04\x02\0\0\0") },
	{ "a HelloRequest", BYTES("\x16\x03\x03\0\x04\0\0\0\0") },
	{ "a ClientKeyExchange", BYTES("\x16\x03\x03\0\x04\x10\0\0\0") },
	{ "an alert that ends it", BYTES("\x15\x03\x01\0\x02\x02\x28") },
	{ "an alert of another level", BYTES("\x15\x03\x01\0\x02\0\x28") },
	{ "an alert that closes", BYTES("\x15\x03\x01\0\x02\x01\0") },
	{ "an alert of one byte", BYTES("\x15\x03\x01\0\x01\x01") },
	{ "two alerts in one record", BYTES("\x15\x03\x01\0\x04\x01\x5a\x01\x5a") },
	{ "an empty alert", BYTES("\x15\x03\x01\0\0") },
	{ "ChangeCipherSpec of another value", BYTES("\x14\x03\x01\0\x01\x02") },
	{ "ChangeCipherSpec of two bytes", BYTES("\x14\x03\x01\0\x02\x01\x01") },
	{ "application data", BYTES("\x17\x03\x01\0\x01x") },
	{ "empty application data", BYTES("\x17\x03\x01\0\0") },
	{ "a heartbeat", BYTES("\x18\x03\x01\0\0") },
	{ "another record", BYTES("\x63\x03\x01\0\0") },
	{ "an empty record and HTTP", BYTES("\x16\x03\x01\0\0GET") },
	{ "SSLv2's own hello", BYTES("\x80\x2e\x01\0\x02\0\x15\0\0\0\x10") },
	{ "SSLv2's form with lengths that lie", BYTES("\x80\x2e\x01\x03\x01\0\x15\0\0\0\x11") },
	{ "SSLv2's form and no cipher", BYTES("\x80\x19\x01\x03\x01\0\0\0\0\0\x10") },
	{ "SSLv2's form of a server", BYTES("\x80\x2e\x04\x03\x01\0\x15\0\0\0\x10") },
};

START_TEST(what_no_server_takes_is_bad_at_once)
{
	ck_assert_msg(read_all(no_hellos[_i].in) == PARSE_BAD, "%s", no_hellos[_i].what);
}

/* Records that servers pass over, and how many. */
static const struct {
	const char  *who;
	struct bytes record;
	unsigned     num;
} passed[] = {
	{ "OpenSSL, Java 17: an empty record", BYTES("\x16\x03\x01\0\0"), 1 },
	{ "OpenSSL, Java 17: 32 empty records", BYTES("\x16\x03\x01\0\0"), 32 },
	{ "Java 17: any number of empty records", BYTES("\x16\x03\x01\0\0"), 120 },
	{ "Java 17: empty records of any version", BYTES("\x16\xff\xff\0\0"), 1 },
	{ "OpenSSL: 32 times ChangeCipherSpec, empty", BYTES("\x14\x03\x01\0\0"), 32 },
	{ "GnuTLS: ChangeCipherSpec", BYTES("\x14\x03\x03\0\x01\x01"), 1 },
	{ "GnuTLS: any number of ChangeCipherSpec", BYTES("\x14\x03\x01\0\x01\x01"), 40 },
	{ "Go, Java: a warning", BYTES("\x15\x03\x01\0\x02\x01\x5a"), 1 },
	{ "Go: 16 warnings", BYTES("\x15\x03\x01\0\x02\x01\x70"), 16 },
	{ "Java: any number of warnings", BYTES("\x15\xff\xff\0\x02\x01\x5a"), 120 },
};

START_TEST(records_that_a_server_passes_over_are_passed_over)
{
	size_t        len = make_message(BYTES(NAME), 0);
	struct writer w   = writer_over(front, sizeof(front));
	struct bytes  all;

	for (unsigned i = 0; i < passed[_i].num; i++)
		write_bytes(&w, passed[_i].record);
	write_record(&w, 22, 0x0301, bytes_of(message, len));
	all = writer_written(&w);
	for (size_t cut = 0; cut < all.len; cut++) {
		ck_assert_msg(read_all(bytes_first(all, cut)) == PARSE_MORE, "%s", passed[_i].who);
		ck_assert(hello.need > cut && hello.need <= all.len && !hello.is_too_long);
	}
	ck_assert_msg(read_all(all) == PARSE_OK, "%s", passed[_i].who);
	ck_assert_named(passed[_i].who);
	ck_assert_uint_eq(hello.num_records, passed[_i].num + 1);
	ck_assert_uint_eq(hello.passed, passed[_i].num * passed[_i].record.len);
	ck_assert_uint_eq(hello.len, all.len);
	ck_assert(!hello.hosts.is_unreadable);
}

START_TEST(they_are_passed_over_within_a_hello)
{
	size_t        len = make_message(BYTES(NAME), 0);
	struct writer w   = writer_over(front, sizeof(front));

	write_record(&w, 22, 0x0301, bytes_of(message, 50));
	for (unsigned i = 0; i < passed[_i].num; i++)
		write_bytes(&w, passed[_i].record);
	write_record(&w, 22, 0x0301, bytes_of(message + 50, len - 50));
	ck_assert_msg(read_all(writer_written(&w)) == PARSE_OK, "%s", passed[_i].who);
	ck_assert_named(passed[_i].who);
	ck_assert_uint_eq(hello.passed, 0);
}

/* Java takes any, Go any below 0x1000, OpenSSL and GnuTLS 0x03 with any second byte. */
START_TEST(a_record_of_any_version_is_read)
{
	size_t len = make_message(BYTES(NAME), 0);

	for (uint32_t version = 0; version <= UINT16_MAX; version += 17) {
		struct writer w = writer_over(front, sizeof(front));

		write_record(&w, 22, 0x0301, bytes_of(message, 9));
		write_record(&w, 22, (uint16_t)version, bytes_of(message + 9, len - 9));
		ck_assert_int_eq(read_all(writer_written(&w)), PARSE_OK);
		ck_assert_named("second record");
		w.len = 0;
		write_record(&w, 22, (uint16_t)version, bytes_of(message, len));
		ck_assert_int_eq(read_all(writer_written(&w)), PARSE_OK);
		ck_assert_named("first record");
	}
}

/* GnuTLS takes records of 18,432 bytes, Java longer ones, OpenSSL and Go 16,384. */
START_TEST(a_record_beyond_the_length_of_the_rfc_is_read)
{
	size_t len = make_message(BYTES(NAME), 20000);

	ck_assert_int_eq(read_all(in_records(len, NULL, 0)), PARSE_OK);
	ck_assert_named("20,000");
}

static const struct {
	const char  *who;
	struct parts parts;
	bool         is_unreadable;
} hellos[] = {
	{ "all: one like any other", { .server_name = BYTES(NAME) }, false },
	{ "Go: a session id of 33 bytes",
	  { .server_name = BYTES(NAME), .session_id = 33 }, false },
	{ "Go: a session id of 255 bytes",
	  { .server_name = BYTES(NAME), .session_id = 255 }, false },
	{ "Java: no compression method",
	  { .server_name = BYTES(NAME), .has_no_compression = true }, false },
	{ "Java: bytes behind the extensions",
	  { .server_name = BYTES(NAME), .behind = BYTES("\0\0\0") }, false },
	{ "all: 250 extensions",
	  { .server_name = BYTES(NAME), .num_extensions = 250 }, false },
	{ "nobody: extensions longer than the hello",
	  { .server_name = BYTES(NAME), .extensions_len = 4 }, true },
	{ "nobody: half an extension behind",
	  { .server_name = BYTES(NAME), .extensions_len = 3, .behind = BYTES("\0\0\0") }, true },
	{ "nobody: an extension that outruns them",
	  { .server_name = BYTES(NAME), .extensions_len = 5, .behind = BYTES("\x01\x23\0\x09x") },
	  true },
};

START_TEST(a_hello_with_a_fault_has_its_name)
{
	struct bytes all = in_records(make_parts(&hellos[_i].parts), NULL, 0);

	ck_assert_msg(read_all(all) == PARSE_OK, "%s", hellos[_i].who);
	ck_assert_named(hellos[_i].who);
	ck_assert_msg(hello.hosts.is_unreadable == hellos[_i].is_unreadable, "%s", hellos[_i].who);
}

static const struct { const char *who; struct parts parts; } unread[] = {
	{ "all: more extensions than are looked at",
	  { .server_name = BYTES(NAME), .num_extensions = TLS_EXTENSIONS_MAX } },
	{ "nobody: a hello that ends in its random",
	  { .server_name = BYTES(NAME), .len = -40 } },
	{ "nobody: a hello that ends in its name",
	  { .server_name = BYTES(NAME), .len = -4 } },
};

START_TEST(a_hello_that_cannot_be_read_is_unreadable)
{
	struct bytes all = in_records(make_parts(&unread[_i].parts), NULL, 0);

	ck_assert_msg(read_all(all) == PARSE_OK, "%s", unread[_i].who);
	ck_assert_uint_eq(hello.hosts.num, 0);
	ck_assert_msg(hello.hosts.is_unreadable, "%s", unread[_i].who);
}

/* Java takes the last. */
START_TEST(an_extension_doubled_gives_both_names)
{
	struct parts p = { .server_name    = BYTES(NAME),
		           .behind         = BYTES("\0\0\0\x12" OTHER),
		           .extensions_len = 22 };

	ck_assert_int_eq(read_all(in_records(make_parts(&p), NULL, 0)), PARSE_OK);
	ck_assert_uint_eq(hello.hosts.num, 2);
	ck_assert_bytes(hello.hosts.at[0], "a.example.com");
	ck_assert_bytes(hello.hosts.at[1], "b.example.com");
	ck_assert(!hello.hosts.is_unreadable);
}

/* GnuTLS and OpenSSL. */
START_TEST(a_hello_in_the_form_of_sslv2_names_nobody)
{
	struct bytes all = BYTES("\x80\x1c\x01\x03\x03\0\x03\0\0\0\x10\0\xc0\x2f"
	                         "0123456789abcdef");

	for (size_t cut = 0; cut < all.len; cut++) {
		ck_assert_int_eq(read_all(bytes_first(all, cut)), PARSE_MORE);
		ck_assert(hello.need > cut && hello.need <= all.len);
	}
	ck_assert_int_eq(read_all(all), PARSE_OK);
	ck_assert_uint_eq(hello.len, all.len);
	ck_assert_uint_eq(hello.hosts.num, 0);
	ck_assert(!hello.hosts.is_unreadable);
}

START_TEST(more_records_than_are_looked_at_are_too_long)
{
	size_t cuts[TLS_RECORDS_MAX];
	size_t len = make_message(BYTES(NAME), 1000);

	for (size_t i = 0; i < TLS_RECORDS_MAX; i++)
		cuts[i] = i + 1;
	ck_assert_int_eq(read_all(in_records(len, cuts, TLS_RECORDS_MAX)), PARSE_MORE);
	ck_assert(hello.is_too_long);
	ck_assert_uint_eq(hello.need, 0);
	ck_assert_int_eq(read_all(in_records(len, cuts, TLS_RECORDS_MAX - 1)), PARSE_OK);
	ck_assert(!hello.is_too_long);
}

START_TEST(empty_records_without_an_end_are_too_long)
{
	struct writer w = writer_over(front, sizeof(front));

	for (size_t i = 0; i < TLS_RECORDS_MAX - 1; i++)
		write_record(&w, 22, 0x0301, BYTES(""));
	ck_assert_int_eq(read_all(writer_written(&w)), PARSE_MORE);
	ck_assert(!hello.is_too_long);
	ck_assert_uint_eq(hello.passed, w.len);
	write_record(&w, 22, 0x0301, BYTES(""));
	ck_assert_int_eq(read_all(writer_written(&w)), PARSE_MORE);
	ck_assert(hello.is_too_long);
}

START_TEST(a_hello_cut_at_any_byte_asks_for_more)
{
	struct bytes all = in_records(make_message(BYTES(NAME), 0), NULL, 0);

	for (size_t cut = 0; cut < all.len; cut++) {
		ck_assert_int_eq(read_all(bytes_first(all, cut)), PARSE_MORE);
		ck_assert_uint_eq(hello.need, cut < 5 ? 9 : cut < 9 ? 9 : all.len);
		ck_assert(!hello.hosts.is_unreadable);
		ck_assert_uint_eq(hello.hosts.num, 0);
	}
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
	for (size_t cut = 0; cut < all.len; cut++) {
		ck_assert_int_eq(read_all(bytes_first(all, cut)), PARSE_MORE);
		ck_assert(hello.need > cut && hello.need <= all.len);
	}
}

START_TEST(a_hello_as_long_as_is_looked_at_is_read)
{
	size_t len    = make_message(BYTES(NAME), 0);
	size_t cuts[] = { 9000 };

	len = make_message(BYTES(NAME), TLS_HELLO_MAX - 10 - len - 4);
	ck_assert_uint_eq(len, TLS_HELLO_MAX - 10);
	ck_assert_int_eq(read_all(in_records(len, cuts, 1)), PARSE_OK);
	ck_assert_bytes(hello.hosts.at[0], "a.example.com");
	ck_assert_uint_eq(hello.len, TLS_HELLO_MAX);
}

START_TEST(a_hello_longer_than_that_is_too_long_from_its_header_on)
{
	size_t       len = make_message(BYTES(NAME), 0);
	size_t       cuts[] = { 9000 };
	struct bytes all;

	len = make_message(BYTES(NAME), TLS_HELLO_MAX - 9 - len - 4);
	all = in_records(len, cuts, 1);
	ck_assert_uint_eq(all.len, TLS_HELLO_MAX + 1);
	for (size_t cut = 9; cut < all.len; cut += 100) {
		ck_assert_int_eq(read_all(bytes_first(all, cut)), PARSE_MORE);
		ck_assert(hello.is_too_long);
		ck_assert_uint_eq(hello.need, TLS_HELLO_MAX);
	}
	all = in_records(make_message(BYTES(NAME), 40000), NULL, 0);
	ck_assert_int_eq(read_all(bytes_first(all, 9)), PARSE_MORE);
	ck_assert(hello.is_too_long);
	ck_assert_uint_eq(hello.len, all.len);
	ck_assert_uint_eq(hello.need, TLS_HELLO_MAX);
}

START_TEST(a_hello_that_is_not_whole_has_the_names_so_far)
{
	struct parts p      = { .server_name    = BYTES(NAME),
		                .behind         = BYTES("\x01\x23\x70\0"),
		                .extensions_len = 4 + 0x7000,
		                .len            = 0x7000 };
	size_t       len    = make_parts(&p);
	size_t       cuts[] = { 1, 60 };

	ck_assert_int_eq(read_all(in_records(len, cuts, 2)), PARSE_MORE);
	ck_assert_named("too long");
	ck_assert(hello.is_too_long);
	ck_assert(!hello.hosts.is_unreadable);
	ck_assert_int_eq(tls_read_handshake(bytes_of(message, len), &hello), PARSE_MORE);
	ck_assert_named("without records");
	ck_assert(hello.is_too_long);
	ck_assert_uint_eq(hello.len, len + 0x7000);
}

START_TEST(a_hello_without_records_is_read_alike)
{
	size_t len = make_message(BYTES(NAME), 0);

	for (size_t cut = 0; cut < len; cut++) {
		ck_assert_int_eq(tls_read_handshake(bytes_of(message, cut), &hello), PARSE_MORE);
		ck_assert(hello.need > cut && hello.need <= len);
	}
	ck_assert_int_eq(tls_read_handshake(bytes_of(message, len + 1), &hello), PARSE_OK);
	ck_assert_named("without records");
	ck_assert_uint_eq(hello.len, len);
	ck_assert_int_eq(tls_read_handshake(BYTES("\x02\0\0\0"), &hello), PARSE_BAD);
}

START_TEST(a_hello_without_a_name_is_good_and_names_nobody)
{
	size_t len = make_message((struct bytes){ 0 }, 4);

	ck_assert_int_eq(read_all(in_records(len, NULL, 0)), PARSE_OK);
	ck_assert_uint_eq(hello.hosts.num, 0);
	ck_assert(!hello.hosts.is_unreadable);
}

/* All take a hello with such bytes behind it; GnuTLS, and Java, a second hello there. */
static const struct {
	const char  *what;
	size_t       second;    /* bytes of another hello in the same record; SIZE_MAX: all */
	struct bytes behind;
	size_t       num;
	bool         is_unreadable;
} behind[] = {
	{ "a second hello", SIZE_MAX, BYTES(""), 2, false },
	{ "most of a second hello", 60, BYTES(""), 1, true },
	{ "a byte of a second hello", 1, BYTES(""), 1, true },
	{ "a second hello and the beginning of a third", SIZE_MAX, BYTES("\1"), 2, true },
	{ "another message", 0, BYTES("\x10\0\0\0"), 1, false },
};

START_TEST(what_lies_behind_a_hello_in_its_record_is_read)
{
	size_t        first = make_message(BYTES(NAME), 0), second;
	struct writer w     = writer_over(front, sizeof(front));

	write_bytes(&w, bytes_of(message, first));
	second = make_message(BYTES(OTHER), 0);
	write_bytes(&w, bytes_first(bytes_of(message, second), behind[_i].second));
	write_bytes(&w, behind[_i].behind);
	memcpy(message, front, w.len);
	ck_assert_int_eq(read_all(in_records(w.len, NULL, 0)), PARSE_OK);
	ck_assert_bytes(hello.hosts.at[0], "a.example.com");
	ck_assert_msg(hello.hosts.num == behind[_i].num, "%s", behind[_i].what);
	ck_assert_msg(hello.hosts.is_unreadable == behind[_i].is_unreadable, "%s", behind[_i].what);
	ck_assert_uint_eq(hello.len, w.len + 5);
}

START_TEST(a_record_that_goes_on_behind_the_hello_is_unreadable)
{
	size_t       len = make_message(BYTES(NAME), 0);
	struct bytes all;

	memset(message + len, 0, 10);
	all = in_records(len + 10, NULL, 0);
	ck_assert_int_eq(read_all(bytes_first(all, 5 + len)), PARSE_OK);
	ck_assert_named("at once");
	ck_assert(hello.hosts.is_unreadable);
	ck_assert_uint_eq(hello.len, all.len);
}

#define CCS "\x14\x03\x03\0\x01\x01"

/* RFC 8446, sections 4.2.10 and D.4. OpenSSL, nginx, GnuTLS, Java serve the second name. */
static const struct {
	const char  *what;
	struct bytes before;
	bool         passes_data;
	enum parse   want;
} nexts[] = {
	{ "another hello", BYTES(""), false, PARSE_OK },
	{ "ChangeCipherSpec, another hello", BYTES(CCS), false, PARSE_OK },
	{ "OpenSSL, GnuTLS: ChangeCipherSpec thrice", BYTES(CCS CCS CCS), false, PARSE_OK },
	{ "OpenSSL, Java: a warning", BYTES("\x15\x03\x03\0\x02\x01\x5a"), false, PARSE_OK },
	{ "Java 17: an empty record", BYTES("\x16\x03\x03\0\0"), false, PARSE_OK },
	{ "OpenSSL, GnuTLS: early data", BYTES(CCS "\x17\x03\x03\0\x02xx"), true, PARSE_OK },
	{ "application data", BYTES(CCS "\x17\x03\x03\0\x02xx"), false, PARSE_BAD },
	{ "a ClientKeyExchange", BYTES("\x16\x03\x03\0\x04\x10\0\0\0"), true, PARSE_BAD },
	{ "an alert that ends it", BYTES("\x15\x03\x03\0\x02\x02\x28"), true, PARSE_BAD },
	{ "what is no TLS", BYTES("GET /"), true, PARSE_BAD },
};

START_TEST(what_follows_a_hello_is_another_one_or_not)
{
	struct writer w = writer_over(front, sizeof(front));

	write_bytes(&w, nexts[_i].before);
	write_record(&w, 22, 0x0303, bytes_of(message, make_message(BYTES(NAME), 0)));
	ck_assert_msg(read_next(writer_written(&w), nexts[_i].passes_data) == nexts[_i].want, "%s",
	              nexts[_i].what);
	if (nexts[_i].want == PARSE_OK)
		ck_assert_named(nexts[_i].what);
	ck_assert_int_eq(read_next((struct bytes){ 0 }, nexts[_i].passes_data), PARSE_MORE);
}

START_TEST(a_hello_tells_of_early_data)
{
	struct parts p = { .server_name = BYTES(NAME), .offers_early_data = true };

	ck_assert_int_eq(read_all(in_records(make_message(BYTES(NAME), 0), NULL, 0)), PARSE_OK);
	ck_assert(!hello.offers_early_data);
	ck_assert_int_eq(read_all(in_records(make_parts(&p), NULL, 0)), PARSE_OK);
	ck_assert(hello.offers_early_data);
	ck_assert_named("early data");
}

#define WARNING "\x15\x03\x03\0\x02\x01\x70"

#define ASKS_BUT_LAST "\xcf\x21\xad\x74\xe5\x9a\x61\x11\xbe\x1d\x8c\x02\x1e\x65\xb8\x91" \
	"\xc2\xa2\x11\x16\x7a\xbb\x8c\x5e\x07\x9e\x09\xe2\xc8\xa8\x33"
#define ASKS  ASKS_BUT_LAST "\x9c"
#define BEGIN "\x16\x03\x03\0\x58\x02\0\0\x54\x03\x03"

static const struct {
	const char  *what;
	struct bytes in;
	enum parse   want;
	bool         asks_again;
} answers[] = {
	{ "asks again", BYTES(BEGIN ASKS), PARSE_OK, true },
	{ "a warning, asks again", BYTES(WARNING BEGIN ASKS), PARSE_OK, true },
	{ "in four records",
	  BYTES("\x16\x03\x03\0\x01\x02" "\x16\x03\x03\0\x03\0\0\x54" "\x16\x03\x03\0\x02\x03\x03"
	        "\x16\x03\x03\0\x52" ASKS), PARSE_OK, true },
	{ "a hello", BYTES(BEGIN "0123456789abcdef0123456789abcdef"), PARSE_OK, false },
	{ "another last byte", BYTES(BEGIN ASKS_BUT_LAST "\x9d"), PARSE_OK, false },
	{ "a random cut short", BYTES(BEGIN ASKS_BUT_LAST), PARSE_MORE, false },
	{ "nothing", BYTES(""), PARSE_MORE, false },
	{ "a warning", BYTES(WARNING), PARSE_MORE, false },
	{ "an alert", BYTES("\x15\x03\x03\0\x02\x02\x28"), PARSE_BAD, false },
	{ "a client's hello", BYTES("\x16\x03\x03\0\x58\x01"), PARSE_BAD, false },
	{ "a hello without a random", BYTES("\x16\x03\x03\0\x06\x02\0\0\x02\x03\x03"), PARSE_BAD,
	  false },
	{ "another protocol", BYTES("HTTP/1.1 400 Bad Request\r\n"), PARSE_BAD, false },
};

START_TEST(a_server_asks_again_or_not)
{
	bool asks_again = !answers[_i].asks_again, is_set;

	ck_assert_msg(tls_read_server_hello(answers[_i].in, &asks_again) == answers[_i].want, "%s",
	              answers[_i].what);
	is_set = asks_again == answers[_i].asks_again;
	ck_assert_msg(is_set == (answers[_i].want == PARSE_OK), "%s", answers[_i].what);
}

int main(void)
{
	Suite *s = suite_create("tls");
	TCase *t = tcase_create("tls");

	tcase_add_loop_test(t, what_no_server_takes_is_bad_at_once, 0, COUNT(no_hellos));
	tcase_add_loop_test(t, records_that_a_server_passes_over_are_passed_over, 0, COUNT(passed));
	tcase_add_loop_test(t, they_are_passed_over_within_a_hello, 0, COUNT(passed));
	tcase_add_test(t, a_record_of_any_version_is_read);
	tcase_add_test(t, a_record_beyond_the_length_of_the_rfc_is_read);
	tcase_add_loop_test(t, a_hello_with_a_fault_has_its_name, 0, COUNT(hellos));
	tcase_add_loop_test(t, a_hello_that_cannot_be_read_is_unreadable, 0, COUNT(unread));
	tcase_add_test(t, an_extension_doubled_gives_both_names);
	tcase_add_test(t, a_hello_in_the_form_of_sslv2_names_nobody);
	tcase_add_test(t, more_records_than_are_looked_at_are_too_long);
	tcase_add_test(t, empty_records_without_an_end_are_too_long);
	tcase_add_test(t, a_hello_cut_at_any_byte_asks_for_more);
	tcase_add_test(t, two_cuts_into_records_at_any_bytes_give_the_same_name);
	tcase_add_test(t, records_of_one_byte_give_the_same_name);
	tcase_add_test(t, a_hello_as_long_as_is_looked_at_is_read);
	tcase_add_test(t, a_hello_longer_than_that_is_too_long_from_its_header_on);
	tcase_add_test(t, a_hello_that_is_not_whole_has_the_names_so_far);
	tcase_add_test(t, a_hello_without_records_is_read_alike);
	tcase_add_test(t, a_hello_without_a_name_is_good_and_names_nobody);
	tcase_add_loop_test(t, what_lies_behind_a_hello_in_its_record_is_read, 0, COUNT(behind));
	tcase_add_test(t, a_record_that_goes_on_behind_the_hello_is_unreadable);
	tcase_add_loop_test(t, what_follows_a_hello_is_another_one_or_not, 0, COUNT(nexts));
	tcase_add_test(t, a_hello_tells_of_early_data);
	tcase_add_loop_test(t, a_server_asks_again_or_not, 0, COUNT(answers));
	suite_add_tcase(s, t);
	return suite_run(s);
}
