/* SPDX-License-Identifier: MIT */

/*
 * Measured, as those in test_tls.c: OpenSSL 3.0 (s_server, and with it Apache 2.4, HAProxy 2.6,
 * lighttpd 1.4.69, nginx 1.22, Node), GnuTLS 3.7, Go 1.19, Java 17 and 25, each with a certificate
 * for named.test and another one for the rest. "as sent" means that the names differ for every
 * server measured.
 */

#include "inspect/server_name.h"
#include "support/suite.h"

#include <string.h>

static struct server_names names;
static struct hosts        hosts;
static uint8_t             room[40000];

static struct bytes make_list(struct bytes name)
{
	struct writer w = writer_over(room, sizeof(room));

	write_u16(&w, (uint16_t)(name.len + 3));
	write_u8(&w, 0);
	write_u16(&w, (uint16_t)name.len);
	write_bytes(&w, name);
	return writer_written(&w);
}

static void begin(void)
{
	memset(&names, 0, sizeof(names));
	memset(&hosts, 0, sizeof(hosts));
}

static void read_name(struct bytes name)
{
	begin();
	server_name_read(make_list(name), &names, &hosts);
}

/* One dot behind a name is part of its spelling: host.h. */
static bool has(struct bytes host)
{
	for (size_t i = 0; i < hosts.num; i++) {
		struct bytes name = hosts.at[i];

		if (name.at[name.len - 1] == '.')
			name.len--;
		if (bytes_equal(name, host))
			return true;
	}
	return false;
}

#define ALSO_AS_SENT true, false
#define UNREADABLE   true, true
#define ALONE        false, false

/* Each names named.test. as_sent: and is itself a name, but for blanks and dots around it. */
static const struct {
	const char  *who;
	struct bytes name;
	bool         as_sent, is_unreadable;
} spellings[] = {
	{ "all", BYTES("named.test"), ALONE },
	{ "nginx: a dot behind", BYTES("named.test."), ALONE },
	{ "nobody: two dots behind", BYTES("named.test.."), ALONE },
	{ "nobody: a dot before", BYTES(".named.test"), ALONE },
	{ "nginx, lighttpd: a port", BYTES("named.test:443"), ALSO_AS_SENT },
	{ "nginx, lighttpd: a colon", BYTES("named.test:"), ALSO_AS_SENT },
	{ "nginx, lighttpd: a port in letters", BYTES("named.test:abc"), ALSO_AS_SENT },
	{ "nginx, lighttpd: two ports", BYTES("named.test:443:1"), ALSO_AS_SENT },
	{ "nginx, lighttpd: a port and a dot", BYTES("named.test:443."), ALSO_AS_SENT },
	{ "lighttpd: a port and a space", BYTES("named.test:443 "), ALSO_AS_SENT },
	{ "nginx: a dot and a port", BYTES("named.test.:443"), ALSO_AS_SENT },
	{ "nobody: a space behind", BYTES("named.test "), ALONE },
	{ "nobody: a space before", BYTES(" named.test"), ALONE },
	{ "nobody: tabs", BYTES("\tnamed.test\t"), ALONE },
	{ "nobody: an end of line", BYTES("named.test\r\n"), ALONE },
	{ "nobody: DEL", BYTES("named.test\x7f"), ALONE },
	{ "nobody: a space and a port", BYTES("named.test :443"), ALSO_AS_SENT },
	{ "nobody: a zero byte behind", BYTES("named.test\0"), ALONE },
	{ "nobody: a zero byte before", BYTES("\0named.test"), ALONE },
	{ "Go as a whole, others in C perhaps", BYTES("named.test\0.other.test"), UNREADABLE },
	{ "Go as a whole, with its end", BYTES("other.test\0.named.test"), UNREADABLE },
	{ "Java: full-width letters",
	  BYTES("\xef\xbd\x8e\xef\xbd\x81\xef\xbd\x8d" "ed.test"), ALONE },
	{ "Java: full-width capitals",
	  BYTES("\xef\xbc\xae\xef\xbc\xa1\xef\xbc\xad" "ed.test"), ALONE },
	{ "Java: an ideographic full stop", BYTES("named\xe3\x80\x82" "test"), ALONE },
	{ "Java: a full-width full stop", BYTES("named\xef\xbc\x8e" "test"), ALONE },
	{ "Java: a half-width full stop", BYTES("named\xef\xbd\xa1" "test"), ALONE },
	{ "Java: a circled letter", BYTES("\xe2\x93\x9d" "amed.test"), ALONE },
	{ "Java: a mathematical letter", BYTES("\xf0\x9d\x93\x83" "amed.test"), ALONE },
	{ "Java: a ligature", BYTES("named.te\xef\xac\x85"), ALONE },
	{ "Java: a long s", BYTES("named.te\xc5\xbf" "t"), ALONE },
	{ "Java: a soft hyphen", BYTES("named\xc2\xad.test"), ALONE },
	{ "Java: a space of no width", BYTES("named\xe2\x80\x8b.test"), ALONE },
	{ "Java: a byte order mark", BYTES("\xef\xbb\xbfnamed.test"), ALONE },
};

START_TEST(a_spelling_of_a_name_is_that_name)
{
	read_name(spellings[_i].name);
	ck_assert_msg(has(BYTES("named.test")), "%s", spellings[_i].who);
	ck_assert_msg((hosts.num > 1) == spellings[_i].as_sent, "%s: %zu", spellings[_i].who,
	              hosts.num);
	ck_assert_msg(hosts.is_unreadable == spellings[_i].is_unreadable, "%s", spellings[_i].who);
}

static const struct {
	const char  *what;
	struct bytes name, host;
	bool         is_unreadable;
} others[] = {
	{ "a wildcard", BYTES("*.named.test"), BYTES("*.named.test"), false },
	{ "a path", BYTES("named.test/x"), BYTES("named.test/x"), false },
	{ "a user", BYTES("user@named.test"), BYTES("user@named.test"), false },
	{ "percent signs", BYTES("named%2etest"), BYTES("named%2etest"), false },
	{ "an underscore", BYTES("_named.test"), BYTES("_named.test"), false },
	{ "an empty label within", BYTES("named..test"), BYTES("named..test"), true },
	{ "a space within", BYTES("na med.test"), BYTES("na med.test"), true },
	{ "a letter that is not ASCII", BYTES("b\xc3\xbc" "cher.test"),
	  BYTES("b\xc3\xbc" "cher.test"), true },
	{ "a byte that is no UTF-8", BYTES("named.test\xff"), BYTES("named.test\xff"), true },
	/* a server with a certificate for *.named.test takes it */
	{ "a colon in the first label", BYTES("a:b.named.test"), BYTES("a:b.named.test"), false },
};

START_TEST(another_name_stays_as_it_was_sent)
{
	read_name(others[_i].name);
	ck_assert_msg(has(others[_i].host), "%s", others[_i].what);
	ck_assert_msg(hosts.is_unreadable == others[_i].is_unreadable, "%s", others[_i].what);
}

static const struct {
	const char  *what;
	struct bytes extension;
	size_t       num;
	bool         is_unreadable;
} lists[] = {
	{ "nobody: no list", BYTES(""), 0, true },
	{ "nobody: an empty list", BYTES("\0\0"), 0, false },
	{ "nobody: a list that is shorter", BYTES("\0\x06\0\0\x03" "a.bxyz"), 1, true },
	{ "nobody: a list that is longer", BYTES("\0\x08\0\0\x03" "a.b"), 1, true },
	{ "nobody: a name that outruns its list", BYTES("\0\x06\0\0\x04" "a.b"), 0, true },
	{ "nobody: a kind without a length", BYTES("\0\x07\1\0\0\x03" "a.b"), 0, true },
	{ "OpenSSL: an empty name is none", BYTES("\0\x03\0\0\0"), 0, false },
	{ "GnuTLS: the first of two", BYTES("\0\x0c\0\0\x03" "a.b\0\0\x03" "c.d"), 2, false },
	{ "GnuTLS: a name and an empty one", BYTES("\0\x09\0\0\x03" "a.b\0\0\0"), 1, false },
	{ "GnuTLS: a byte behind a name", BYTES("\0\x07\0\0\x03" "a.b\0"), 1, true },
	{ "GnuTLS, Go, Java: another kind before",
	  BYTES("\0\x0b\1\0\x02xx\0\0\x03" "a.b"), 1, false },
	{ "GnuTLS, Go, Java: another kind behind",
	  BYTES("\0\x0b\0\0\x03" "a.b\1\0\x02xx"), 1, false },
	{ "all: another kind alone names nobody", BYTES("\0\x06\1\0\x03" "a.b"), 0, false },
	{ "the same name twice", BYTES("\0\x0c\0\0\x03" "a.b\0\0\x03" "a.b"), 1, false },
};

START_TEST(a_list_gives_the_names_that_some_server_takes)
{
	begin();
	server_name_read(lists[_i].extension, &names, &hosts);
	ck_assert_msg(hosts.num == lists[_i].num, "%s: %zu", lists[_i].what, hosts.num);
	ck_assert_msg(hosts.is_unreadable == lists[_i].is_unreadable, "%s", lists[_i].what);
}

START_TEST(a_second_extension_adds_its_names)
{
	begin();
	server_name_read(BYTES("\0\x06\0\0\x03" "a.b"), &names, &hosts);
	server_name_read(BYTES("\0\x06\0\0\x03" "c.d"), &names, &hosts);
	ck_assert_uint_eq(hosts.num, 2);
	ck_assert_bytes(hosts.at[1], "c.d");
}

START_TEST(a_name_of_more_than_255_bytes_is_unreadable)
{
	uint8_t name[SERVER_NAME_MAX + 1];

	memset(name, 'a', sizeof(name));
	read_name(bytes_of(name, SERVER_NAME_MAX));
	ck_assert(!hosts.is_unreadable);
	ck_assert_uint_eq(hosts.num, 1);
	read_name(bytes_of(name, sizeof(name)));
	ck_assert(hosts.is_unreadable);
	ck_assert_uint_eq(hosts.num, 0);
}

START_TEST(more_names_than_are_looked_at_are_unreadable)
{
	static uint8_t extension[2 + 4 * (SERVER_NAMES_MAX + 1)];
	struct writer  w = writer_over(extension, sizeof(extension));

	write_u16(&w, sizeof(extension) - 2);
	for (int i = 0; i <= SERVER_NAMES_MAX; i++)
		write_bytes(&w, BYTES("\0\0\1a"));
	begin();
	server_name_read(writer_written(&w), &names, &hosts);
	ck_assert(hosts.is_unreadable);
	ck_assert_uint_eq(hosts.num, 1);
}

START_TEST(more_letters_than_there_is_room_for_are_unreadable)
{
	uint8_t name[SERVER_NAME_MAX - 1];

	for (size_t i = 0; i < sizeof(name); i++)
		name[i] = i % 2 == 0 ? 0xc2 : 0xad;
	read_name(bytes_of(name, sizeof(name)));
	ck_assert(!hosts.is_unreadable);
	server_name_read(make_list(bytes_of(name, 4)), &names, &hosts);
	ck_assert(hosts.is_unreadable);
}

int main(void)
{
	Suite *s = suite_create("server_name");
	TCase *t = tcase_create("server_name");

	tcase_add_loop_test(t, a_spelling_of_a_name_is_that_name, 0, COUNT(spellings));
	tcase_add_loop_test(t, another_name_stays_as_it_was_sent, 0, COUNT(others));
	tcase_add_loop_test(t, a_list_gives_the_names_that_some_server_takes, 0, COUNT(lists));
	tcase_add_test(t, a_second_extension_adds_its_names);
	tcase_add_test(t, a_name_of_more_than_255_bytes_is_unreadable);
	tcase_add_test(t, more_names_than_are_looked_at_are_unreadable);
	tcase_add_test(t, more_letters_than_there_is_room_for_are_unreadable);
	suite_add_tcase(s, t);
	return suite_run(s);
}
