/* SPDX-License-Identifier: MIT */

#include "audit/vendor_file.h"
#include "os/vendors.h"
#include "support/suite.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TXT                                                                                        \
	"OUI/MA-L                                                    Organization                " \
	"                 \r\n"                                                                    \
	"company_id                                                  Organization                " \
	"                 \r\n"                                                                    \
	"                                                            Address                     " \
	"                 \r\n\r\n"
#define CSV "Registry,Assignment,Organization Name,Organization Address\r\n"

#define X16  "xxxxxxxxxxxxxxxx"
#define X128 X16 X16 X16 X16 X16 X16 X16 X16

static char          path[40];
static uint8_t       room[1024];
static struct writer walked;

static void set_up(void)
{
	walked = writer_over(room, sizeof(room));
}

static void tear_down(void)
{
	if (path[0] != '\0')
		unlink(path);
	path[0] = '\0';
}

static void note(void *context, uint32_t prefix, struct bytes name)
{
	const uint8_t p[] = { (uint8_t)(prefix >> 16), (uint8_t)(prefix >> 8), (uint8_t)prefix };

	(void)context;
	write_hex(&walked, bytes_of(p, sizeof(p)));
	write_text(&walked, "=");
	write_bytes(&walked, name);
	write_text(&walked, ";");
}

static const struct { const char *what; struct bytes in, want;
} files[] = {
	{ "nothing", BYTES(""), BYTES("") },
	{ "the head alone", BYTES(TXT), BYTES("") },
	{ "text",
	  BYTES(TXT "00-22-72   (hex)\t\tAmerican Micro-Fuel Device Corp.\r\n002272     (base "
	            "16)\t\tAmerican Micro-Fuel Device Corp.\r\n"
	            "\t\t\t\t2181 Buchanan Loop\r\n\t\t\t\tUS\r\n\r\n"),
	  BYTES("002272=American Micro-Fuel Device Corp.;") },
	{ "text: an address that looks like a prefix", BYTES(TXT "123456 Some Street\n"),
	  BYTES("") },
	{ "text: no name", BYTES(TXT "002272     (base 16)\t\t\r\n"), BYTES("") },
	{ "text: a last line without its end", BYTES(TXT "F4BD9E (base 16) Cisco"),
	  BYTES("f4bd9e=Cisco;") },
	{ "text: blocks dealt out in parts, and private ones, name nobody",
	  BYTES(TXT "70B3D5     (base 16)\t\tIEEE Registration Authority\r\n0050C2     (base "
	            "16)\t\tPrivate\r\n"),
	  BYTES("") },
	{ "CSV", BYTES(CSV "MA-L,00D0EF,IGT,9295 PROTOTYPE DRIVE RENO NV US 89511 \r\n"),
	  BYTES("00d0ef=IGT;") },
	{ "CSV: quotes",
	  BYTES(CSV "MA-L,F4BD9E,\"Cisco Systems, \"\"Inc\"\"\",\"80 West, Tasman\"\r\n"),
	  BYTES("f4bd9e=Cisco Systems, \"Inc\";") },
	{ "CSV: a quote that stays open", BYTES(CSV "MA-L,F4BD9E,\"Cisco\nMA-L,00D0EF,IGT\n"),
	  BYTES("f4bd9e=Cisco;00d0ef=IGT;") },
	{ "CSV: parts of blocks are another register",
	  BYTES(CSV "MA-M,F4BD9E1,Somebody,Somewhere\n"), BYTES("") },
	{ "CSV: no prefix", BYTES(CSV "MA-L,F4BD9,Somebody,Somewhere\nMA-L\n"), BYTES("") },
	{ "a name is cut at 128 bytes",
	  BYTES(CSV "MA-L,00D0EF,\"" X128 "y\"\nMA-L,00D0F0," X128 "y\n"),
	  BYTES("00d0ef=" X128 ";00d0f0=" X128 ";") },
};

START_TEST(the_register_is_read_in_both_its_forms)
{
	vendor_walk(files[_i].in, note, NULL);
	ck_assert_msg(bytes_equal(writer_written(&walked), files[_i].want), "%s: got %.*s",
	              files[_i].what, (int)walked.len, (const char *)room);
}

static void put(const char *text)
{
	FILE *file;

	snprintf(path, sizeof(path), "/tmp/filterd-vendors-XXXXXX");
	file = fdopen(mkstemp(path), "w");
	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
}

START_TEST(a_device_has_the_maker_of_its_first_three_bytes)
{
	struct vendors *v;

	put(TXT "F4BD9E (base 16) Cisco\n000000 (base 16) Xerox\n3C5282 (base 16) HP\nFCFFFF (base "
	        "16) Last\n3C5282 (base 16) Later\n"
	        "020701 (base 16) Of the days before private MACs\n");
	ck_assert_int_eq(vendors_open(path, &v), 0);
	ck_assert_str_eq(vendors_find_text(v, BYTES("3c:52:82:11:22:33")), "HP");
	ck_assert_str_eq(vendors_find_text(v, BYTES("00:00:00:ff:ff:ff")), "Xerox");
	ck_assert_str_eq(vendors_find_text(v, BYTES("FC:FF:FF:00:00:00")), "Last");
	ck_assert_ptr_null(vendors_find_text(v, BYTES("3c:52:83:11:22:33")));
	ck_assert_ptr_null(vendors_find_text(v, BYTES("fd:ff:ff:11:22:33")));
	ck_assert_ptr_null(vendors_find_text(v, BYTES("02:07:01:11:22:33")));
	ck_assert_ptr_null(vendors_find_text(v, BYTES("192.0.2.1")));
	vendors_free(v);
}

START_TEST(without_a_register_nobody_is_known)
{
	struct vendors *v;

	ck_assert_int_eq(vendors_open("/tmp/filterd-no-such-file", &v), -ENOENT);
	ck_assert_ptr_null(v);
	ck_assert_ptr_null(vendors_find_text(v, BYTES("3c:52:82:11:22:33")));
	vendors_free(v);
	put("this is no register\n");
	ck_assert_int_eq(vendors_open(path, &v), -EINVAL);
	ck_assert_ptr_null(v);
}

int main(void)
{
	Suite *s = suite_create("vendors");
	TCase *t = tcase_create("vendors");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, the_register_is_read_in_both_its_forms, 0, COUNT(files));
	tcase_add_test(t, a_device_has_the_maker_of_its_first_three_bytes);
	tcase_add_test(t, without_a_register_nobody_is_known);
	suite_add_tcase(s, t);
	return suite_run(s);
}
