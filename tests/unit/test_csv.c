/* SPDX-License-Identifier: MIT */

#include "base/csv.h"
#include "support/suite.h"

#include <string.h>

static uint8_t       room[8192];
static struct writer got;

static void give(void *owner, struct bytes piece)
{
	(void)owner;
	write_bytes(&got, piece);
}

static struct bytes cell_of(struct bytes cell)
{
	struct text t;

	got = writer_over(room, sizeof(room));
	text_begin(&t, give, NULL);
	csv_cell(&t, cell);
	text_end(&t);
	return writer_written(&got);
}

static const struct { const char *what; struct bytes in, want; } cells[] = {
	{ "nothing",                       BYTES(""),                  BYTES("") },
	{ "plain text stays",              BYTES("ds.kaspersky.com"),  BYTES("ds.kaspersky.com") },
	{ "a comma",                       BYTES("a,b"),               BYTES("\"a,b\"") },
	{ "quotes",                        BYTES("\"a\"\"b"),
	           BYTES("\"\"\"a\"\"\"\"b\"") },
	{ "a formula",                     BYTES("=1+1"),              BYTES("\"'=1+1\"") },
	{ "a formula that starts a program", BYTES("@SUM(1)|cmd"),     BYTES("\"'@SUM(1)|cmd\"") },
	{ "a number with a sign",          BYTES("-1"),                BYTES("\"'-1\"") },
	{ "a formula with quotes",         BYTES("=\"a\""),            BYTES("\"'=\"\"a\"\"\"") },
	{ "a sign within",                 BYTES("a=b"),               BYTES("a=b") },
	{ "line ends",                     BYTES("a\r\nb"),            BYTES("a\\x0d\\x0ab") },
	{ "a formula behind a tab",        BYTES("\t=1"),              BYTES("\\x09=1") },
	{ "a NUL in front",                BYTES("\0=1"),              BYTES("\\x00=1") },
	{ "what a terminal would obey",    BYTES("\x1b[2J\x7f\xc2\x9b" "2J"),
	  BYTES("\\x1b[2J\\x7f\\x9b2J") },
	{ "letters of other scripts",      BYTES("J\xc3\xb6rg \xc2\xa9"),
	  BYTES("J\xc3\xb6rg \xc2\xa9") },
	{ "half a character at the end",   BYTES("a\xc2"),             BYTES("a\\xc2") },
	{ "a name in Latin-1",             BYTES("B\xfcro"),           BYTES("B\\xfcro") },
	{ "what turns the text around",    BYTES("\xe2\x80\xae" "a"),  BYTES("\\u{202e}a") },
};

START_TEST(cell)
{
	ck_assert_msg(bytes_equal(cell_of(cells[_i].in), cells[_i].want), "%s: got '%.*s'",
	              cells[_i].what, (int)got.len, room);
}

START_TEST(a_cell_longer_than_any_buffer_is_whole)
{
	uint8_t      in[5000];
	struct bytes out;

	memset(in, 'a', sizeof(in));
	in[0] = '=';
	out = cell_of(bytes_of(in, sizeof(in)));
	ck_assert_uint_eq(out.len, sizeof(in) + 3);
	ck_assert_int_eq(memcmp(out.at + 2, in, sizeof(in)), 0);
}

int main(void)
{
	Suite *s = suite_create("csv");
	TCase *t = tcase_create("csv");

	tcase_add_loop_test(t, cell, 0, COUNT(cells));
	tcase_add_test(t, a_cell_longer_than_any_buffer_is_whole);
	suite_add_tcase(s, t);
	return suite_run(s);
}
