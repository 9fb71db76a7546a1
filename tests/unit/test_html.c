/* SPDX-License-Identifier: MIT */

#include "present/html.h"
#include "support/suite.h"

#include <stdio.h>
#include <string.h>

static char   page[1 << 16];
static size_t page_len;

static void give(void *owner, struct bytes piece)
{
	(void)owner;
	ck_assert_uint_lt(page_len + piece.len, sizeof(page));
	memcpy(page + page_len, piece.at, piece.len);
	page_len += piece.len;
	page[page_len] = '\0';
}

static const char *put(void (*write)(struct text *, struct bytes), struct bytes what)
{
	struct text t;

	page_len = 0;
	page[0]  = '\0';
	text_begin(&t, give, NULL);
	write(&t, what);
	text_end(&t);
	return page;
}

#define LABEL "abcdefghijklmnopqrstuvwxyz"

static const struct { const char *name, *page; } names[] = {
	{ "LAPTOP-7", "LAPTOP-7" },
	{ "ksn-a-stat-geo.kaspersky-labs.com", "ksn-a-stat-geo<wbr>.kaspersky-labs<wbr>.com" },
	{ "3c:52:82:11:22:33", "3c:52:82:11:22:33" },
	{ "a name of blanks", "a <wbr>name <wbr>of <wbr>blanks" },
	{ ".", "." },
	{ "a..b", "a<wbr>..b" },
	{ "logs/gw1/a.jsonl", "logs<wbr>/gw1<wbr>/a<wbr>.jsonl" },
	{ "<b>&\"'", "&lt;b&gt;&amp;&quot;&#39;" },
	/* too long for a phone: every few characters, but not beside a hyphen */
	{ LABEL, "abcdefgh<wbr>ijklmnop<wbr>qrstuvwx<wbr>yz" },
	{ "abcdefg-ijklmno-qrstuvwxyz", "abcdefg-i<wbr>jklmno-q<wbr>rstuvwxy<wbr>z" },
	{ "abcdefgh-ijklmno-qrstuvwxyz", "abcdefgh-i<wbr>jklmno-q<wbr>rstuvwxy<wbr>z" },
	{ "com." LABEL, "com<wbr>.abcdefg<wbr>hijklmno<wbr>pqrstuvw<wbr>xyz" },
	/* of other alphabets; wide letters take two columns, a mark stays with its letter */
	{ "b\xc3\xbcro", "b\xc3\xbcro" },
	{ "\xe6\xbc\xa2\xe5\xad\x97", "\xe6\xbc\xa2\xe5\xad\x97" },
	{ "abcdefgu\xcc\x88ghijklmnopqrstuvwxyz",
	  "abcdefgu\xcc\x88<wbr>ghijklmn<wbr>opqrstuv<wbr>wxyz" },
	/* what nobody sees is spelled out */
	{ "a\xe2\x80\xae" "b", "a\\u{202e}b" },
};

START_TEST(name_breaks_before_its_dots_and_never_at_a_hyphen)
{
	char wanted[512];

	snprintf(wanted, sizeof(wanted), "<bdi%s>%s</bdi>",
	         strlen(names[_i].name) > HTML_WHOLE_MAX ? " class=\"long\"" : "", names[_i].page);
	ck_assert_str_eq(put(html_name, bytes_text(names[_i].name)), wanted);
}
END_TEST

START_TEST(longest_name_is_whole)
{
	char   name[257];
	size_t letters = 0;

	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	put(html_name, bytes_text(name));
	for (const char *at = strchr(page, '>'); *at != '\0'; at++)
		letters += *at == 'a';
	ck_assert_uint_eq(letters, 256);
	ck_assert_ptr_null(strstr(page, "…"));
}
END_TEST

static const struct { const char *text, *css; } strings[] = {
	{ "gw1.example.net", "\"gw1.example.net\"" },
	{ "\"}</style>", "\"\\000022 \\00007d \\00003c /style\\00003e \"" },
	{ "\\", "\"\\00005c \"" },
	{ "\xe6\xbc\xa2", "\"\\006f22 \"" },
	{ "a\nb", "\"a\\00005c u\\00007b 0a\\00007d b\"" },
	{ "\xff", "\"\\00005c xff\"" },
	{ "", "\"\"" },
};

START_TEST(string_of_css_ends_where_it_should)
{
	ck_assert_str_eq(put(html_css_string, bytes_text(strings[_i].text)), strings[_i].css);
}
END_TEST

START_TEST(sums_stand_below_the_rows)
{
	static const struct html_column columns[] = { { "A", HTML_NAME, false } };
	struct html_table               h;
	struct text                     t;

	page_len = 0;
	text_begin(&t, give, NULL);
	h = html_table_begin(&t, "c", columns, COUNT(columns));
	html_table_row(&h);
	html_table_word(&h, word_name(BYTES("")));
	html_table_sums(&h);
	html_table_row(&h);
	html_table_word(&h, word_name(BYTES("Sum")));
	html_table_end(&h);
	text_end(&t);
	ck_assert_ptr_nonnull(
		strstr(page, "data-label=\"A\"></th></tr>\n</tbody>\n<tfoot role=\"rowgroup\">\n<tr "
	                     "role=\"row\"><th scope=\"row\" role=\"rowheader\" "
	                     "data-label=\"A\"><bdi>Sum</bdi></th></tr>\n</tfoot></table>\n"));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("html");
	TCase *t = tcase_create("html");

	suite_add_tcase(s, t);
	tcase_add_loop_test(t, name_breaks_before_its_dots_and_never_at_a_hyphen, 0, COUNT(names));
	tcase_add_test(t, longest_name_is_whole);
	tcase_add_loop_test(t, string_of_css_ends_where_it_should, 0, COUNT(strings));
	tcase_add_test(t, sums_stand_below_the_rows);
	return suite_run(s);
}
