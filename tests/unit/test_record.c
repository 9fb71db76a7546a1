/* SPDX-License-Identifier: MIT */

#include "audit/community.h"
#include "audit/lease_file.h"
#include "audit/record.h"
#include "base/instant.h"
#include "support/suite.h"

#include <arpa/inet.h>
#include <string.h>

static uint8_t line[RECORD_MAX];

static struct address address(const char *text)
{
	struct address a = { .family = strchr(text, ':') != NULL ? 6 : 4 };

	ck_assert_int_eq(inet_pton(a.family == 6 ? AF_INET6 : AF_INET, text, a.at), 1);
	return a;
}

static const struct {
	const char    *src;
	uint16_t       src_port;
	const char    *dst;
	uint16_t       dst_port;
	enum transport transport;
	const char *id;
} labels[] = {
	{ "128.232.110.120", 34855, "66.35.250.204", 80, TRANSPORT_TCP,
	  "1:LQU9qZlK+B5F3KDmev6m5PMibrg=" },
	{ "66.35.250.204", 80, "128.232.110.120", 34855, TRANSPORT_TCP,
	  "1:LQU9qZlK+B5F3KDmev6m5PMibrg=" },
	{ "192.168.1.50", 51514, "9.9.9.9", 53, TRANSPORT_UDP, "1:95FDeQnw9ISwcfVkiIlCNpR0tQU=" },
	{ "192.168.1.50", 51788, "185.85.15.31", 443, TRANSPORT_TCP,
	  "1:dzWpZN8ghgvTpQb/mO6t3NYeBwM=" },
};

START_TEST(a_flow_has_the_community_id_that_others_compute)
{
	struct address src = address(labels[_i].src), dst = address(labels[_i].dst);
	char           id[COMMUNITY_ID_MAX];
	uint64_t       flow_id;

	ck_assert_int_eq(community_id(&src, labels[_i].src_port, &dst, labels[_i].dst_port,
	                              labels[_i].transport, id, &flow_id),
	                 0);
	ck_assert_str_eq(id, labels[_i].id);
	ck_assert_uint_lt(flow_id, UINT64_C(1) << 51);
}

static const struct policy_source source   = { .id = "p", .title = "P", .authority = "",
                                               .file = "p.policy" };
static const struct category      category = { .id = "update", .title = "Kaspersky update",
                                               .action = ACTION_BLOCK,
	                                       .signature_id = 1791001, .source = &source };

static struct event event_for(const char *name, enum app app)
{
	struct event e = { .type = EVENT_BLOCK, .app = app, .reply = REPLY_NXDOMAIN,
	                   .transport = TRANSPORT_UDP,
	                   .client_port = 51514, .server_port = 53, .iface = "br-lan",
	                   .has_mac = true,
	                   .mac = { 0x3c, 0x52, 0x82, 0x11, 0x22, 0x33 } };

	ck_assert_int_eq(instant_parse(BYTES("2026-11-23T14:05:09.123456Z"), &e.time_us), PARSE_OK);
	e.client = address("192.168.1.50");
	e.server = address("9.9.9.9");
	e.decision.has_rule = true;
	e.decision.rule = (struct rule){ .kind = PATTERN_SUFFIX,
	                                 .pattern = host_literal("geo.kaspersky.com"),
	                                 .file = "f", .line = 1, .category = &category };
	ck_assert_int_eq(host_from_text(bytes_text(name), &e.host), PARSE_OK);
	e.dns.id   = 4660;
	e.dns.type = 1;
	return e;
}

static const struct record_context context = {
	.sensor = "gw1", .policy_digest = { (const uint8_t *)"\x82\x34\x12\xd1\xea\xcb\x67\x95",
	                                    8 },
};

static const struct chain chain = { .seq = 12, .prev = { 0xab } };

#define CHAINED "\"seq\":12,\"prev\":\"ab00000000000000000000000000000000000000000000000000000000000000\"}}\n"

static struct bytes record_of(const struct event *e, const struct record_context *c, uint64_t count,
                              const char *capture)
{
	struct writer w = writer_over(line, sizeof(line));

	record_open(&w, e, c);
	record_count(&w, count, e->time_us - 1000000);
	if (capture != NULL)
		record_packet(&w, capture, 7);
	record_close(&w, &chain);
	ck_assert(!w.full);
	return writer_written(&w);
}

START_TEST(a_blocked_dns_question_is_this_line)
{
	struct event e = event_for("Dnl-01.geo.kaspersky.com", APP_DNS);

	ck_assert_bytes(
		record_of(&e, &context, 1, NULL),
		"{\"timestamp\":\"2026-11-23T14:05:09.123456+0000\",\"flow_id\":2177626194595719,"
	        "\"in_iface\":\"br-lan\","
		"\"event_type\":\"alert\",\"src_ip\":\"192.168.1.50\",\"src_port\":51514,\"dest_"
	        "ip\":\"9.9.9.9\",\"dest_port\":53,"
		"\"proto\":\"UDP\",\"ip_v\":4,\"ether\":{\"src_mac\":\"3c:52:82:11:22:33\"},"
		"\"community_id\":\"1:95FDeQnw9ISwcfVkiIlCNpR0tQU=\",\"alert\":{\"action\":"
	        "\"blocked\",\"gid\":1,"
		"\"signature_id\":1791001,\"rev\":1,\"signature\":\"filterd update: "
	        "suffix:geo.kaspersky.com\","
		"\"category\":\"Kaspersky "
	        "update\",\"severity\":2},\"app_proto\":\"dns\",\"direction\":\"to_server\","
		"\"verdict\":{\"action\":\"drop\"},\"dns\":{\"version\":3,\"type\":\"request\","
	        "\"id\":4660,"
		"\"rrname\":\"dnl-01.geo.kaspersky.com\",\"rrtype\":\"A\",\"queries\":[{\"rrname\":"
	        "\"dnl-01.geo.kaspersky.com\","
		"\"rrtype\":\"A\"}]},\"host\":\"gw1\",\"filterd\":{\"type\":\"block\",\"host\":"
	        "\"dnl-01.geo.kaspersky.com\","
		"\"wire\":\"Dnl-01.geo.kaspersky.com\",\"rule\":\"suffix:geo.kaspersky.com\","
	        "\"category\":\"update\","
		"\"policy\":\"823412d1eacb6795\",\"device\":\"3c:52:82:11:22:33\",\"name\":\"\","
	        "\"reply\":\"nxdomain\","
		"\"count\":1," CHAINED);
}

static const struct { enum asked_for asked; const char *says; } askings[] = {
	{ ASKED_LEFT_OUT, "\"category\":\"update\",\"policy\":" },
	{ ASKED_UNKNOWN, "\"category\":\"update\",\"asked\":\"unknown\",\"policy\":" },
	{ ASKED_NO, "\"category\":\"update\",\"asked\":\"no\",\"policy\":" },
	{ ASKED_YES, "\"category\":\"update\",\"asked\":\"yes\",\"policy\":" },
};

START_TEST(whether_the_client_asked_is_said_where_a_name_is_shown)
{
	struct event e = event_for("geo.kaspersky.com", APP_TLS);
	struct bytes got;

	e.is_named = true;
	e.asked    = askings[_i].asked;
	got        = record_of(&e, &context, 1, NULL);
	ck_assert_ptr_nonnull(memmem(got.at, got.len, askings[_i].says, strlen(askings[_i].says)));
}

START_TEST(a_record_of_several_attempts_says_when_the_first_was)
{
	struct event e   = event_for("geo.kaspersky.com", APP_DNS);
	struct bytes got = record_of(&e, &context, 37, NULL);
	const char  *end = ",\"count\":37,\"first\":\"2026-11-23T14:05:08.123456+0000\"," CHAINED;

	ck_assert_ptr_nonnull(memmem(got.at, got.len, end, strlen(end)));
}

START_TEST(a_device_has_the_name_it_gave_itself_escaped)
{
	struct record_context named = context;
	struct event          e     = event_for("geo.kaspersky.com", APP_DNS);

	named.name = BYTES("PC\",\"x\":\"\n\xc3<");

	struct bytes got  = record_of(&e, &named, 1, NULL);
	const char  *want = ",\"device\":\"3c:52:82:11:22:33\",\"name\":\"PC\\\",\\\"x\\\":"
	                    "\\\"\\u000a\\u00c3<\",\"reply\":";

	ck_assert_ptr_nonnull(memmem(got.at, got.len, want, strlen(want)));
}

START_TEST(a_name_that_passed_is_no_alert)
{
	struct event e = event_for("www.example.org", APP_TLS);

	e.type              = EVENT_PASS;
	e.reply             = REPLY_NONE;
	e.decision.has_rule = false;
	e.has_mac           = false;

	struct bytes got = record_of(&e, &context, 1, "a.pcap");

	ck_assert_ptr_nonnull(memmem(got.at, got.len, "\"event_type\":\"tls\"", 18));
	ck_assert_ptr_null(memmem(got.at, got.len, "alert", 5));
	ck_assert_ptr_nonnull(memmem(got.at, got.len, "\"device\":\"192.168.1.50\"", 23));
	ck_assert_ptr_nonnull(
		memmem(got.at, got.len, ",\"capture\":\"a.pcap\",\"packet\":7," CHAINED, 32));
}

/* Every byte of the name escaped, twice over, everything else as long as it can be. */
START_TEST(the_longest_event_fits)
{
	struct record_context long_context = context;
	struct event          e            = event_for("x", APP_DNS);
	struct bytes          label =
		BYTES("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\xff\\");
	static char           sensor[512];

	memset(sensor, 0x01, sizeof(sensor) - 1);
	long_context.sensor = sensor;
	long_context.name   = bytes_of(sensor, LEASE_NAME_MAX);
	host_clear(&e.host);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(host_add_label(&e.host, label), PARSE_OK);
	ck_assert_int_eq(host_add_label(&e.host, bytes_first(label, 61)), PARSE_OK);
	e.dns.question     = e.host;
	e.dns.has_question = true;

	struct bytes got = record_of(&e, &long_context, UINT64_MAX, NULL);

	ck_assert_ptr_eq(memchr(got.at, '\n', got.len), got.at + got.len - 1);
}

int main(void)
{
	Suite *s = suite_create("record");
	TCase *t = tcase_create("record");

	tcase_add_loop_test(t, a_flow_has_the_community_id_that_others_compute, 0, COUNT(labels));
	tcase_add_test(t, a_blocked_dns_question_is_this_line);
	tcase_add_loop_test(t, whether_the_client_asked_is_said_where_a_name_is_shown, 0,
	                    COUNT(askings));
	tcase_add_test(t, a_record_of_several_attempts_says_when_the_first_was);
	tcase_add_test(t, a_device_has_the_name_it_gave_itself_escaped);
	tcase_add_test(t, a_name_that_passed_is_no_alert);
	tcase_add_test(t, the_longest_event_fits);
	suite_add_tcase(s, t);
	return suite_run(s);
}
