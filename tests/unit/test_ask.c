/* SPDX-License-Identifier: MIT */

/* What is asked is what the filter's own readers find in it. */

#include "inspect/ask.h"

#include "inspect/dns.h"
#include "inspect/http.h"
#include "support/engine.h"
#include "support/packets.h"

static uint8_t       room[2048];
static struct writer w;
static const uint8_t random_bytes[ASK_RANDOM] = { 1, 2, 3 };

#define NAME "5f3a.blocked.filterd.test"

static void begin(void)
{
	const struct engine_limits limits = { .flows = 16, .hellos = 4, .flow_idle_us = 60000000 };

	w = writer_over(room, sizeof(room));
	engine_begin(&limits, "[category c]\naction = block\nnames = blocked\n");
}

static enum verdict judge(bool is_tcp, uint16_t port)
{
	static uint8_t     packet[2048];
	struct writer      p    = writer_over(packet, sizeof(packet));
	struct packet_path path = { .from_port = 5000, .to_port = port };

	ck_assert_int_eq(address_from_text(BYTES("192.0.2.2"), &path.from), PARSE_OK);
	ck_assert_int_eq(address_from_text(BYTES("203.0.113.5"), &path.to), PARSE_OK);
	if (is_tcp)
		packet_tcp(&p, &path, 1, TCP_ACK | TCP_PSH, writer_written(&w));
	else
		packet_udp(&p, &path, writer_written(&w));
	ck_assert(!w.full && !p.full);

	struct engine_input in = { .ip = writer_written(&p), .now_us = 1, .sums_settled = true,
	                           .iface = "lan", .direction = DIRECTION_ORIGINAL };

	return engine_packet(engine, &rules, &in, &reply);
}

static void is_probe(enum app app)
{
	ck_assert_uint_eq(num_events, 1);
	ck_assert_int_eq(events[0].app, app);
	ck_assert_str_eq(events[0].host.text, NAME);
	ck_assert_int_eq(events[0].type, EVENT_BLOCK);
}

START_TEST(the_filter_finds_the_name_in_what_is_asked)
{
	static const enum app apps[] = { APP_DNS, APP_TLS, APP_QUIC, APP_HTTP };
	struct host           host   = host_literal(NAME);

	switch (apps[_i]) {
	case APP_DNS:  ask_dns(&w, 7, host); break;
	case APP_TLS:  ask_tls(&w, host, random_bytes); break;
	case APP_QUIC: ck_assert_int_eq(ask_quic(&w, host, random_bytes), 0); break;
	default:       ask_http(&w, host); break;
	}
	judge(apps[_i] == APP_TLS || apps[_i] == APP_HTTP,
	      apps[_i] == APP_DNS ? 53 : apps[_i] == APP_HTTP ? 80 : 443);
	is_probe(apps[_i]);
	if (apps[_i] == APP_QUIC)
		ck_assert_uint_eq(w.len, 1200);
}

START_TEST(the_longest_name_has_room)
{
	char        name[254];
	struct host host = { name, 253 };

	memset(name, 'a', sizeof(name));
	for (size_t i = 63; i < 253; i += 64)
		name[i] = '.';
	ask_dns(&w, 7, host);
	ck_assert(dns_is_query(writer_written(&w)));
	w.len = 0;
	ck_assert_int_eq(ask_quic(&w, host, random_bytes), 0);
	ck_assert_uint_eq(w.len, 1200);
	w.len = 0;
	ask_tls(&w, host, random_bytes);
	ck_assert(!w.full);
}

static const struct { const char *what; enum dns_block how; uint8_t rcode; } ours[] = {
	{ "no such name", DNS_BLOCK_NXDOMAIN, 3 },
	{ "refused", DNS_BLOCK_REFUSED, 5 },
	{ "the unspecified address", DNS_BLOCK_UNSPECIFIED, 0 },
};

START_TEST(an_answer_of_the_filter_is_known)
{
	static uint8_t      answer_room[1232];
	struct writer       answer = writer_over(answer_room, sizeof(answer_room));
	struct ask_answered got;

	ask_dns(&w, 7, host_literal(NAME));
	dns_answer_write(&answer, writer_written(&w), ours[_i].how, "blocked by policy");
	ask_dns_read(writer_written(&answer), 7, host_literal(NAME), &got);
	ck_assert_msg(got.what == ASK_BLOCKED && got.rcode == ours[_i].rcode, "%s", ours[_i].what);
	ck_assert_bytes(got.text, "blocked by policy");
	ask_dns_read(writer_written(&answer), 8, host_literal(NAME), &got);
	ck_assert_int_eq(got.what, ASK_NONE);
	ask_dns_read(writer_written(&answer), 7, host_literal("a" NAME), &got);
	ck_assert_int_eq(got.what, ASK_NONE);
	for (size_t len = 0; len < answer.len; len++) {
		ask_dns_read(bytes_first(writer_written(&answer), len), 7, host_literal(NAME), &got);
		ck_assert_int_ne(got.what, ASK_BLOCKED);
	}
}

START_TEST(an_answer_without_the_error_is_somebody_elses)
{
	struct ask_answered got;

	ask_dns(&w, 7, host_literal(NAME));
	ask_dns_read(writer_written(&w), 7, host_literal(NAME), &got);
	ck_assert_int_eq(got.what, ASK_NONE);
	write_u16_at(&w, 2, 0x8183);
	ask_dns_read(writer_written(&w), 7, host_literal(NAME), &got);
	ck_assert(got.what == ASK_OTHER && got.rcode == 3);
}

int main(void)
{
	Suite *s = suite_create("ask");
	TCase *t = tcase_create("ask");

	tcase_add_checked_fixture(t, begin, engine_end);
	tcase_add_loop_test(t, the_filter_finds_the_name_in_what_is_asked, 0, 4);
	tcase_add_test(t, the_longest_name_has_room);
	tcase_add_loop_test(t, an_answer_of_the_filter_is_known, 0, COUNT(ours));
	tcase_add_test(t, an_answer_without_the_error_is_somebody_elses);
	suite_add_tcase(s, t);
	return suite_run(s);
}
