/* SPDX-License-Identifier: MIT */

#include "audit/chain.h"
#include "review/export.h"
#include "support/suite.h"

#include <string.h>

#define LINE(text) { (const uint8_t *)(text), sizeof(text) - 1 }

static const struct bytes tls_line = LINE(
	"{\"timestamp\":\"2026-11-23T14:05:09.201113+0000\",\"flow_id\":862297043129885,\"in_"
        "iface\":\"br-lan\","
	"\"event_type\":\"alert\",\"src_ip\":\"192.168.1.50\",\"src_port\":51788,\"dest_ip\":\"185."
        "85.15.31\","
	"\"dest_port\":443,\"proto\":\"TCP\",\"ip_v\":4,\"ether\":{\"src_mac\":\"3c:52:82:11:22:"
        "33\"},"
	"\"community_id\":\"1:dzWpZN8ghgvTpQb/"
        "mO6t3NYeBwM=\",\"alert\":{\"action\":\"blocked\",\"gid\":1,"
	"\"signature_id\":1791002,\"rev\":1,\"signature\":\"filterd license: "
        "suffix:activation-v2.kaspersky.com\","
	"\"category\":\"Kaspersky "
        "license\",\"severity\":2},\"app_proto\":\"tls\",\"direction\":\"to_server\","
	"\"verdict\":{\"action\":\"drop\",\"reject_target\":\"both\",\"reject\":[\"tcp-reset\"]},"
	"\"tls\":{\"sni\":\"activation-v2.kaspersky.com\"},\"host\":\"gw1\",\"filterd\":{\"type\":"
        "\"block\","
	"\"host\":\"activation-v2.kaspersky.com\",\"rule\":\"suffix:activation-v2.kaspersky.com\","
	"\"category\":\"license\",\"policy\":\"823412d1eacb6795\",\"device\":\"3c:52:82:11:22:33\","
        "\"name\":\"LAPTOP-7\","
	"\"reply\":\"reset\",\"count\":1,\"seq\":2,"
	"\"prev\":\"a05ce4123b07d5c41ab106faf4f334b593951d63d08a14c5dce2f40dbbe3169e\"}}");

static const struct bytes http_line = LINE(
	"{\"timestamp\":\"2026-11-23T14:06:09.123470+0000\",\"flow_id\":44120098812345,\"in_"
        "iface\":\"br-lan\","
	"\"event_type\":\"alert\",\"src_ip\":\"192.168.1.61\",\"src_port\":40112,\"dest_ip\":\"77."
        "74.181.5\","
	"\"dest_port\":80,\"proto\":\"TCP\",\"ip_v\":4,\"ether\":{\"src_mac\":\"3c:52:82:29:1f:"
        "15\"},"
	"\"community_id\":\"1:7Encif0PIYl+RlUsYVG7j6ymH/"
        "A=\",\"alert\":{\"action\":\"blocked\",\"gid\":1,"
	"\"signature_id\":1791001,\"rev\":1,\"signature\":\"filterd update: "
        "suffix:upd.kaspersky.com\","
	"\"category\":\"Kaspersky "
        "update\",\"severity\":2},\"app_proto\":\"http\",\"direction\":\"to_server\","
	"\"verdict\":{\"action\":\"drop\",\"reject_target\":\"both\",\"reject\":[\"tcp-reset\"]},"
	"\"http\":{\"hostname\":\"p04.upd.kaspersky.com\",\"url\":\"/updates/u0607g.xml\","
	"\"http_user_agent\":\"AVPUpdate/21.3\",\"http_method\":\"GET\",\"protocol\":\"HTTP/"
        "1.1\"},\"host\":\"gw1\","
	"\"filterd\":{\"type\":\"block\",\"host\":\"p04.upd.kaspersky.com\",\"rule\":\"suffix:upd."
        "kaspersky.com\","
	"\"category\":\"update\",\"asked\":\"yes\",\"policy\":\"823412d1eacb6795\",\"device\":\"3c:52:82:29:1f:15\","
        "\"name\":\"PC-041\","
	"\"reply\":\"reset\",\"count\":37,\"first\":\"2026-11-23T14:05:09.400001+0000\",\"seq\":4,"
	"\"prev\":\"880c2889f1c3f0edb7c86ec55b32b71641cc6b915030e03ca994b5dabe3da9dc\"}}");

static uint8_t       room[8192];
static struct writer got;

static void give(void *owner, struct bytes piece)
{
	(void)owner;
	write_bytes(&got, piece);
}

static struct bytes exported(export_attempt *export, const struct entry *e, uint64_t seq)
{
	const struct export_source from = { .seq = seq, .log = BYTES("2f9c01d4a7b3e655"),
	                                    .line = BYTES("{\"a\":\"\\n\"}") };
	struct text                t;

	got = writer_over(room, sizeof(room));
	text_begin(&t, give, NULL);
	export(&t, e, &from);
	text_end(&t);
	ck_assert(!got.full);
	return writer_written(&got);
}

static bool says(const char *text)
{
	return memmem(room, got.len, text, strlen(text)) != NULL;
}

static struct bytes export_line(export_attempt *export, struct bytes line)
{
	struct entry    e;
	struct line_end end;

	ck_assert_int_eq(entry_read(line, &e), PARSE_OK);
	ck_assert_int_eq(line_end_read(line, &end), PARSE_OK);
	return exported(export, &e, end.seq);
}

START_TEST(an_http_attempt_in_csv)
{
	ck_assert_bytes(export_line(export_csv, http_line),
	                "4,2026-11-23T14:06:09.123470Z,blocked,3c:52:82:29:1f:15,PC-041,192.168.1."
	                "61,40112,http,to_server,"
	                "p04.upd.kaspersky.com,,update,suffix:upd.kaspersky.com,77.74.181.5,80,TCP,"
	                "reset,37,"
	                "2026-11-23T14:05:09.400001Z,br-lan,,GET,/updates/u0607g.xml,AVPUpdate/"
	                "21.3,1791001,"
	                "1:7Encif0PIYl+RlUsYVG7j6ymH/A=,823412d1eacb6795,gw1,,yes\r\n");
}

START_TEST(the_header_of_csv_has_a_name_for_each_cell)
{
	struct text  t;
	size_t       names = 1, cells = 1;
	struct bytes row;

	got = writer_over(room, sizeof(room));
	text_begin(&t, give, NULL);
	export_csv_head(&t);
	text_end(&t);
	for (size_t i = 0; i < got.len; i++)
		names += room[i] == ',';
	row = export_line(export_csv, tls_line);
	for (size_t i = 0; i < row.len; i++)
		cells += row.at[i] == ',';
	ck_assert_uint_eq(names, cells);
}

/*
 * What a record can hold at worst: each string chosen by a stranger. As it stands in the line,
 * escaped.
 */
static struct entry hostile(void)
{
	return (struct entry){ .type = ENTRY_BLOCK, .has_time = true, .count = 1,
	                       .action = BYTES("blocked"), .app = BYTES("http"),
	                       .proto = BYTES("TCP"), .alert_category = BYTES("a|b\\\\c\\nd"),
	                       .host = BYTES("a=b|c"),
	                       .name = BYTES("x\\u000ax act=allowed\\r\\\\"),
	                       .user_agent = BYTES("=\\\"1\\\",\\u001b[2J\\u00e9") };
}

START_TEST(nothing_in_a_record_is_a_formula_or_ends_a_cell_of_csv)
{
	struct entry e = hostile();

	e.name = BYTES("=HYPERLINK(\\\"http://a\\\")");
	ck_assert_bytes(exported(export_csv, &e, 7),
	                "7,1970-01-01T00:00:00Z,blocked,,\"'=HYPERLINK(\"\"http://"
	                "a\"\")\",,0,http,,a=b|c,,,,,0,TCP,,1,,,,,,"
	                "\"'=\"\"1\"\",\\x1b[2J\xc3\xa9\",0,,,,,\r\n");
}

START_TEST(an_attempt_that_passed_is_not_called_blocked)
{
	struct entry e = hostile();

	e.type = ENTRY_WOULD_BLOCK;
	exported(export_csv, &e, 7);
	ck_assert(says(",observed,"));
	ck_assert(!says("blocked"));
}

START_TEST(an_http_attempt_for_postgresql)
{
	ck_assert_bytes(
		export_line(export_postgresql, http_line),
		"4\t2026-11-23T14:06:09.123470Z\t2026-11-23T14:05:09."
	        "400001Z\t37\t\\N\t\\N\t\\N\t\\N\t\\N\t40112\t80\t2f9c01d4a7b3e655\tgw1\tblock\t"
		"3c:52:82:29:1f:15\tPC-041\t192.168.1.61\thttp\tp04.upd.kaspersky."
	        "com\tupdate\tsuffix:upd.kaspersky.com\t77.74.181.5\tTCP\treset\t"
		"AVPUpdate/21.3\t823412d1eacb6795\t\\N\t\\N\t\\N\t\\N\t\\N\t{\"a\":\"\\\\n\"}\n");
}

START_TEST(a_heartbeat_for_postgresql)
{
	struct entry e = { .type = ENTRY_HEARTBEAT, .has_time = true, .sensor = BYTES("gw1"),
	                   .has_attempts = true, .attempts = 40,
	                   .has_unfiltered = true, .mono_ms = 382000, .every_s = 60,
	                   .state = BYTES("enforcing"), .hooks = BYTES("ok"),
	                   .policy = BYTES("823412d1eacb67956220e532959f0104603057c88704863ca38e7cd188fda812") };

	ck_assert_bytes(exported(export_postgresql, &e, 5),
	                "5\t1970-01-01T00:00:"
	                "00Z\t\\N\t\\N\t40\t0\t0\t382000\t60\t\\N\t\\N\t2f9c01d4a7b3e655\tgw1\thear"
	                "tbeat\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t"
	                "\\N\t\\N\t\\N\t\\N\t\\N\t823412d1eacb6795\tenforcing\t\\N\t\\N\tok\t\\N\t{"
	                "\"a\":\"\\\\n\"}\n");
}

START_TEST(nothing_in_a_record_ends_a_column_or_is_refused_by_postgresql)
{
	struct entry e = hostile();

	e.name     = BYTES("a\\tb\\nc\\rd\\\\e\\u0000f");
	e.src_ip   = BYTES("300.1.1.1");
	e.dest_ip  = BYTES("fe80::1%eth0");
	e.src_port = 65536;
	e.count    = UINT64_MAX;
	exported(export_postgresql, &e, 7);
	ck_assert(says("\tblock\t?\ta\\tb\\nc\\rd\\\\e f\t\\N\thttp\ta=b|c\t\\N\t\\N\t\\N\tTCP\t"));
	ck_assert(says("\t\\N\t9223372036854775807\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t0\t"));
}

START_TEST(a_text_for_postgresql_is_no_longer_than_an_index_takes)
{
	static char  name[4000];
	struct entry e = hostile();
	struct bytes row;

	/* The 300th byte is the first of a character of two. */
	memset(name, 'n', sizeof(name));
	memcpy(name + 299, "\xc3\xa9", 2);
	e.name = bytes_of(name, sizeof(name));
	row    = exported(export_postgresql, &e, 7);
	ck_assert(memmem(row.at, row.len, name, 299) != NULL);
	ck_assert(memmem(row.at, row.len, name, 300) == NULL);
}

START_TEST(the_columns_for_postgresql_have_a_name_each)
{
	struct text  t;
	size_t       names = 1, tabs = 1;
	struct bytes row;

	got = writer_over(room, sizeof(room));
	text_begin(&t, give, NULL);
	export_postgresql_head(&t);
	text_end(&t);
	for (size_t i = 0; i < got.len; i++)
		names += room[i] == ',';
	row = export_line(export_postgresql, tls_line);
	for (size_t i = 0; i < row.len; i++)
		tabs += row.at[i] == '\t';
	ck_assert_uint_eq(names, tabs);
}

int main(void)
{
	Suite *s = suite_create("export");
	TCase *t = tcase_create("export");

	tcase_add_test(t, an_http_attempt_in_csv);
	tcase_add_test(t, the_header_of_csv_has_a_name_for_each_cell);
	tcase_add_test(t, nothing_in_a_record_is_a_formula_or_ends_a_cell_of_csv);
	tcase_add_test(t, an_attempt_that_passed_is_not_called_blocked);
	tcase_add_test(t, an_http_attempt_for_postgresql);
	tcase_add_test(t, a_heartbeat_for_postgresql);
	tcase_add_test(t, nothing_in_a_record_ends_a_column_or_is_refused_by_postgresql);
	tcase_add_test(t, a_text_for_postgresql_is_no_longer_than_an_index_takes);
	tcase_add_test(t, the_columns_for_postgresql_have_a_name_each);
	suite_add_tcase(s, t);
	return suite_run(s);
}
