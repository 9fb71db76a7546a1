/* SPDX-License-Identifier: MIT */

#include "inspect/hpack.h"
#include "support/suite.h"

#include <string.h>

static uint8_t room[65536], code[4096];

static struct bytes from_hex(const char *hex)
{
	size_t len = strlen(hex) / 2;

	ck_assert_uint_le(len, sizeof(code));
	ck_assert_int_eq(bytes_from_hex(bytes_text(hex), code, len), PARSE_OK);
	return bytes_of(code, len);
}

/* All bytes in their order, as another program encodes them. */
static const char all_bytes[] =
	"ffc7fffd8fffffe2fffffe3fffffe4fffffe5fffffe6fffffe7fffffe8ffffeafffffff3fffffa7f"
	"ffffabffffffdfffffebfffffecfffffedfffffeefffffefffffff0ffffff1ffffff2fffffffbfff"
	"ffcffffffd3fffffd7fffffdbfffffdffffffe3fffffe7fffffebfffffed4fe3f9ffaffcabf1febf"
	"afefe7fdfd2cbb00089969b71d79fb9f7fff20ffbff3ff50ddbd7f061c58f265cd9f469d5af66ddd"
	"bf871e5f9cff7ff7fffc3ff9ffe45fff4719242cb34e6e9d68a6a3d7dac426defe3cfaf7fffbfe7f"
	"fbffdffffffcfffe6ffff4bfff9ffffa3fffd3ffff53fffd5ffffb3fffeb7fffdaffffb7ffff73ff"
	"feeffffdeffffebffffbfffffd9ffffdbfffebffffe0ffffeeffffc3ffff8bffff1ffffe4fffee7f"
	"ffb1ffff97fffd9ffffcdffff9fffffbffffdafffeeffff4ffffb7fffee7fffe8ffffd3fffdeffff"
	"d5fffeeffffbdffffe1fffdfffff7fffff5ffffecffff07fff87fffe0ffff17fffedffff87ffff77"
	"fffeffffeaffff8bfffe3ffff93ffff87fffcbffff37ffff1fffff83ffffe1fffebfffe3ffff3fff"
	"ff2ffffa3ffffd9fffff17ffffc7fffff27ffffdefffffbffffff2fffff8fffffb7fff97fff8ffff"
	"fe6fffffc1fffff87ffffe7fffffc5ffffe5fffe4ffff2fffffd1fffff4ffffffefffffe3fffffc9"
	"fffff97fffb3ffffcffffb7fffcdffff4ffff9ffffd1ffffcffffeaffffafffffddffffeffffff4f"
	"ffff5fffffabffffa7ffffd7fffff9bffffecfffffb7fffff3fffffe8fffffd3fffffabfffff5fff"
	"ffff7ffffecfffffdbfffffbbfffff7ffffff0fffffbbf";

START_TEST(every_byte_has_its_code)
{
	struct bytes  all = from_hex(all_bytes);
	struct writer w = writer_over(room, sizeof(room));
	uint16_t      steps = 0;
	size_t        len;

	ck_assert_int_eq(hpack_write_huffman(all, &w, &steps, &len), PARSE_BAD);
	ck_assert_uint_eq(w.len, len);
	ck_assert_uint_le(len, 255);
	for (size_t i = 0; i < len; i++)
		ck_assert_uint_eq(room[i], i);
	ck_assert_uint_gt(steps, HPACK_STEPS_MAX);
}
END_TEST

static const struct {
	const char *what, *hex, *text;
	enum parse  want;
} codes[] = {
	{ "nothing", "", "", PARSE_OK },
	{ "a name of the RFC, C.4.1", "f1e3c2e5f23a6ba0ab90f4ff", "www.example.com", PARSE_OK },
	{ "no padding needed", "190a63a121", "aceiost1", PARSE_OK },
	{ "padding that is none (nginx)", "f1e3c2e5f23a6ba0ab90f4ffff", "www.example.com",
	  PARSE_OK },
	{ "EOS", "f1e3c2e5f23a6ba0ab90f4ffffffffff", "", PARSE_BAD },
};

START_TEST(a_string_is_decoded)
{
	struct writer w = writer_over(room, sizeof(room));
	uint16_t      steps = 0;
	size_t        len;

	ck_assert_msg(hpack_write_huffman(from_hex(codes[_i].hex), &w, &steps, &len) == codes[_i].want,
	              "%s", codes[_i].what);
	if (codes[_i].want != PARSE_OK)
		return;
	ck_assert_msg(bytes_equal(writer_written(&w), bytes_text(codes[_i].text)), "%s",
	              codes[_i].what);
	ck_assert_int_eq(hpack_write_huffman(from_hex(codes[_i].hex), NULL, &steps, &len), PARSE_OK);
	ck_assert_uint_eq(len, w.len);
}
END_TEST

/*
 * Blocks of one connection, one after the other: what the fields that matter are, as
 * "name=value ...", with ? for a reference to nothing, and ! where the block is none.
 */
static const struct {
	const char *what, *blocks[4], *fields[4];
} connections[] = {
	{ "the RFC's, C.3",
	  { "828684410f7777772e6578616d706c652e636f6d", "828684be58086e6f2d6361636865",
	    "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565" },
	  { "m=GET p=/ a=www.example.com ", "m=GET p=/ a=www.example.com ",
	    "m=GET p=/index.html a=www.example.com " } },
	{ "the RFC's in Huffman's code, C.4",
	  { "828684418cf1e3c2e5f23a6ba0ab90f4ff", "828684be5886a8eb10649cbf",
	    "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf" },
	  { "m=GET p=/ a=www.example.com ", "m=GET p=/ a=www.example.com ",
	    "m=GET p=/index.html a=www.example.com " } },
	{ "never indexed", { "11016182", "be" }, { "a=a m=GET ", "?" } },
	{ "a name written out",
	  { "00053a706174680178", "0004686f7374026162" },
	  { "p=x ", "h=ab " } },
	{ "a proxy's field", { "400770726f78792d780178", "be" }, { "P ", "P " } },
	{ "a name of the table", { "400a3a617574686f726974790161", "7e0162", "bebf" },
	  { "a=a ", "a=b ", "a=b a=a " } },
	{ "a name that the table has not", { "7f000161", "0f2f0161" }, { "?", "" } },
	{ "no room in the table", { "20410161", "be" }, { "a=a ", "?" } },
	{ "an emptied table", { "410161", "20", "3fe11fbe" }, { "a=a ", "", "?" } },
	{ "an entry pushed out", { "3f13410161", "660162", "bebf" }, { "a=a ", "h=b ", "h=b ?" } },
	{ "a table of more than 4096 bytes", { "3fe17f410161", "be" }, { "a=a ", "a=a " } },
	{ "another size amid a block", { "82203fe11f84" }, { "m=GET p=/ " } },
	{ "an index in more bytes than needed", { "0f9780000161" }, { "h=a " } },
	{ "an end within a field", { "01017801" }, { "a=x !" } },
	{ "index 0", { "8280" }, { "m=GET !" } },
	{ "a string too long", { "82010561" }, { "m=GET !" } },
	{ "a length that never ends", { "017fffffffffffffffffffff" }, { "!" } },
	{ "EOS in a value", { "0184ffffffff" }, { "!" } },
};

static void describe(struct writer *w, const struct hpack_field *f)
{
	static const char letters[] = " ahmpuP";

	if (f->is_unknown)
		write_text(w, "?");
	if (f->name == HPACK_OTHER)
		return;
	write_u8(w, (uint8_t)letters[f->name]);
	if (f->name != HPACK_PROXY) {
		write_text(w, "=");
		write_bytes(w, f->value);
	}
	write_text(w, " ");
}

START_TEST(fields_of_blocks)
{
	struct hpack table = { .max = HPACK_TABLE_MAX };

	for (size_t i = 0; i < COUNT(connections[_i].blocks) && connections[_i].blocks[i]; i++) {
		struct bytes  bytes   = from_hex(connections[_i].blocks[i]);
		struct reader block   = reader_over(bytes, PARSE_BAD);
		struct writer scratch = writer_over(room, 4096);
		struct writer seen    = writer_over(room + 4096, 4096);

		while (reader_has_more(&block)) {
			struct hpack_field f = { 0 };

			hpack_read_field(&table, &block, &scratch, &f);
			if (block.status == PARSE_OK)
				describe(&seen, &f);
		}
		if (block.status != PARSE_OK)
			write_text(&seen, "!");
		ck_assert_msg(bytes_equal(writer_written(&seen),
		                          bytes_text(connections[_i].fields[i])),
		              "%s, block %zu: %.*s", connections[_i].what, i, (int)seen.len,
		              (const char *)seen.start);
	}
}
END_TEST

/* Far more than the table holds, so that both its rings go round. */
START_TEST(the_table_has_the_newest_entries)
{
	struct hpack       table   = { .max = HPACK_TABLE_MAX };
	struct writer      scratch = writer_over(room, sizeof(room));
	struct hpack_field f;

	for (unsigned i = 0; i < 1000; i++, table.steps = 0) {
		uint8_t       value[100], entry[128];
		struct writer w   = writer_over(entry, sizeof(entry));
		size_t        len = i % sizeof(value);
		struct reader block;

		memset(value, 'a' + (int)(i % 26), sizeof(value));
		write_u8(&w, 0x41);
		write_u8(&w, (uint8_t)len);
		write_bytes(&w, bytes_of(value, len));
		write_u8(&w, 0xbe);
		block       = reader_over(writer_written(&w), PARSE_BAD);
		scratch.len = 0;
		hpack_read_field(&table, &block, &scratch, &f);
		ck_assert(bytes_equal(f.value, bytes_of(value, len)));
		hpack_read_field(&table, &block, &scratch, &f);
		ck_assert_int_eq(f.name, HPACK_AUTHORITY);
		ck_assert(bytes_equal(f.value, bytes_of(value, len)));
		ck_assert_uint_le(table.size, HPACK_TABLE_MAX);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hpack");
	TCase *t = tcase_create("hpack");

	tcase_add_test(t, every_byte_has_its_code);
	tcase_add_loop_test(t, a_string_is_decoded, 0, COUNT(codes));
	tcase_add_loop_test(t, fields_of_blocks, 0, COUNT(connections));
	tcase_add_test(t, the_table_has_the_newest_entries);
	suite_add_tcase(s, t);
	return suite_run(s);
}
