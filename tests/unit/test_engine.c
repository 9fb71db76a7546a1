/* SPDX-License-Identifier: MIT */

/*
 * Verdicts, replies and events of single packets and short sequences; tests/replay has the stories
 * of whole captures.
 */

#include "inspect/dns.h"
#include "support/engine.h"

#define CUTOFF INT64_C(1727582400000000)        /* 2024-09-29T04:00:00Z */

static const char policy_text[] =
	"[category c]\naction = block\neffective = 2024-09-29T00:00:00-04:00\nnames = "
        "blocked\nby-address = yes\n"
	"[category w]\naction = log\nnames = watched\npaths = /lists/ /index.xml\n"
	"[category d]\naction = block\nports = tcp/853 udp/853\n";

static int64_t             now_us;
static bool                clock_untrusted;
static uint8_t             client;         /* the last byte of its address */

static void open_engine(void)
{
	const struct engine_limits limits = { .flows = 64, .hellos = 4, .flow_idle_us = 60000000 };

	now_us     = CUTOFF;
	clock_untrusted = false;
	client     = 2;
	engine_begin(&limits, policy_text);
}

static enum verdict judge(struct bytes ip)
{
	struct engine_input in = { .ip = ip, .now_us = now_us, .clock_untrusted = clock_untrusted,
	                           .sums_settled = true,
	                           .iface = "lan" };

	return engine_packet(engine, &rules, &in, &reply);
}

static uint8_t packet_room[70000];

static struct writer begin_ip(uint8_t proto, bool back, size_t len)
{
	struct writer w = writer_over(packet_room, sizeof(packet_room));

	write_bytes(&w, BYTES("\x45\0"));
	write_u16(&w, len <= 0xffff ? (uint16_t)len : 0);
	write_bytes(&w, BYTES("\0\1\0\0\x40"));
	write_u8(&w, proto);
	write_u16(&w, 0);
	write_bytes(&w, back ? BYTES("\xcb\0\x71\5\xc0\0\2\2") : BYTES("\xc0\0\2\2\xcb\0\x71\5"));
	packet_room[back ? 19 : 15] = client;
	return w;
}

static enum verdict udp(uint16_t sport, uint16_t dport, struct bytes payload, bool back)
{
	struct writer w = begin_ip(17, back, 28 + payload.len);

	write_u16(&w, sport);
	write_u16(&w, dport);
	write_u16(&w, (uint16_t)(8 + payload.len));
	write_u16(&w, 0);
	write_bytes(&w, payload);
	return judge(writer_written(&w));
}

static enum verdict tcp_to(uint16_t dport, uint32_t seq, uint8_t flags, struct bytes payload)
{
	struct writer w = begin_ip(6, false, 40 + payload.len);

	write_u16(&w, 40000);
	write_u16(&w, dport);
	write_u32(&w, seq);
	write_u32(&w, 1);
	write_u8(&w, 0x50);
	write_u8(&w, flags);
	write_u32(&w, 0xffff0000);
	write_u16(&w, 0);
	write_bytes(&w, payload);
	return judge(writer_written(&w));
}

static enum verdict tcp(uint32_t seq, uint8_t flags, struct bytes payload)
{
	return tcp_to(443, seq, flags, payload);
}

/* With a signature that nobody checks here: RFC 2385. */
static enum verdict tcp_signed(uint32_t seq, uint8_t flags, struct bytes payload)
{
	struct writer w = begin_ip(6, false, 60 + payload.len);

	write_u16(&w, 40000);
	write_u16(&w, 443);
	write_u32(&w, seq);
	write_u32(&w, 1);
	write_u8(&w, 0xa0);
	write_u8(&w, flags);
	write_u32(&w, 0xffff0000);
	write_u16(&w, 0);
	write_bytes(&w, BYTES("\x13\x12" "0123456789abcdef" "\1\1"));
	write_bytes(&w, payload);
	return judge(writer_written(&w));
}

static void write_name(struct writer *w, const char *name)
{
	while (*name != '\0') {
		size_t len = strcspn(name, ".");

		write_u8(w, (uint8_t)len);
		write_bytes(w, bytes_of(name, len));
		name += len + (name[len] == '.');
	}
	write_u8(w, 0);
}

static struct bytes query_for(const char *name, uint16_t id, uint16_t type)
{
	static uint8_t room[300];
	struct writer  w = writer_over(room, sizeof(room));

	write_u16(&w, id);
	write_bytes(&w, BYTES("\1\0\0\1\0\0\0\0\0\0"));
	write_name(&w, name);
	write_u16(&w, type);
	write_u16(&w, 1);
	return writer_written(&w);
}

static struct bytes query(const char *name, uint16_t id)
{
	return query_for(name, id, DNS_TYPE_A);
}

static struct bytes hello_with(const char *name, struct bytes extension)
{
	static uint8_t room[400];
	struct writer  w          = writer_over(room, sizeof(room));
	uint16_t       len        = (uint16_t)strlen(name);
	uint16_t       extensions = (uint16_t)(9 + len + extension.len),
		 body             = (uint16_t)(34 + 1 + 4 + 2 + 2 + extensions);

	write_bytes(&w, BYTES("\x16\3\1"));
	write_u16(&w, (uint16_t)(4 + body));
	write_u32(&w, 0x01000000u + body);
	write_u16(&w, 0x0303);
	for (int i = 0; i < 32; i++)
		write_u8(&w, (uint8_t)i);
	write_bytes(&w, BYTES("\0\0\2\x13\1\1\0"));
	write_u16(&w, extensions);
	write_u16(&w, 0);
	write_u16(&w, (uint16_t)(5 + len));
	write_u16(&w, (uint16_t)(3 + len));
	write_u8(&w, 0);
	write_u16(&w, len);
	write_text(&w, name);
	write_bytes(&w, extension);
	return writer_written(&w);
}

static struct bytes hello(const char *name)
{
	return hello_with(name, BYTES(""));
}

static struct bytes hello_with_ech(const char *name)
{
	return hello_with(name, BYTES("\xfe\x0d\0\x0a\0\0\1\0\1\x2a\0\0\0\0"));
}

static const struct { const char *what; struct bytes in; enum verdict want; } odd[] = {
	{ "nothing", BYTES(""), VERDICT_DROP },
	{ "a length that lies", BYTES("\x45\0\0\x10\0\1\0\0\x40\x11\0\0\xc0\0\2\2\xcb\0\x71\5"),
	  VERDICT_DROP },
	{ "ICMP", BYTES("\x45\0\0\x1c\0\1\0\0\x40\1\0\0\xc0\0\2\2\xcb\0\x71\5\x08\0\0\0\0\0\0\0"),
	  VERDICT_ACCEPT },
	{ "a piece of a packet",
	  BYTES("\x45\0\0\x1c\0\1\x20\0\x40\x11\0\0\xc0\0\2\2\xcb\0\x71\5" "12345678"),
	  VERDICT_ACCEPT },
};

START_TEST(odd_packets_get_a_verdict_at_once)
{
	ck_assert_msg(judge(odd[_i].in) == odd[_i].want, "%s", odd[_i].what);
	ck_assert_uint_eq(num_events, 0);
}

START_TEST(a_connection_that_began_with_signatures_is_judged_with_them)
{
	ck_assert_int_eq(tcp_signed(999, TCP_SYN, BYTES("")), VERDICT_ACCEPT);
	ck_assert_int_eq(tcp_signed(1000, TCP_ACK, hello("www.blocked.example")), VERDICT_BLOCK);
	ck_assert_uint_eq(num_events, 1);
}

START_TEST(a_packet_whose_end_a_capture_did_not_keep_is_not_summed)
{
	struct engine_input in = { .now_us = CUTOFF, .iface = "" };
	size_t              len = query("www.blocked.example", 1).len;

	udp(5000, 53, query("www.blocked.example", 1), false);
	packet_room[26] = packet_room[27] = 0x55;       /* a sum that cannot be right */
	in.ip = bytes_of(packet_room, 28 + len - 1);
	ck_assert_int_eq(engine_packet(engine, &rules, &in, &reply), VERDICT_ACCEPT);
	ck_assert_uint_eq(engine_counts(engine).bad_packets, 0);
}

START_TEST(a_checksum_that_does_not_hold_drops_the_packet)
{
	struct engine_input in = { .now_us = CUTOFF, .iface = "" };

	udp(5000, 53, query("www.blocked.example", 1), false);
	in.ip = bytes_of(packet_room, 28 + query("www.blocked.example", 1).len);
	num_events = 0;
	ck_assert_int_eq(engine_packet(engine, &rules, &in, &reply), VERDICT_DROP);
	ck_assert_uint_eq(num_events, 0);
	ck_assert_uint_eq(engine_counts(engine).bad_packets, 1);
}

static const struct { enum dns_answer answer; uint8_t rcode; enum reply reply; } answers[] = {
	{ DNS_ANSWER_NXDOMAIN, 3, REPLY_NXDOMAIN }, { DNS_ANSWER_REFUSED, 5, REPLY_REFUSED },
	{ DNS_ANSWER_UNSPECIFIED, 0, REPLY_UNSPECIFIED },
};

START_TEST(a_blocked_question_is_dropped_and_answered_from_where_it_was_asked)
{
	struct packet     answer;
	struct dns_reader r;

	rules.dns_answer = answers[_i].answer;
	ck_assert_int_eq(udp(5000, 53, query("www.blocked.example", 7), false), VERDICT_DROP);
	ck_assert_int_eq(packet_read(reply.answer, &answer), PARSE_OK);
	ck_assert(packet_sums_ok(&answer));
	ck_assert_uint_eq(answer.src_port, 53);
	ck_assert_uint_eq(answer.dst_port, 5000);
	ck_assert_uint_eq(answer.src.at[0], 203);
	ck_assert_int_eq(dns_open(answer.payload, &r), PARSE_OK);
	ck_assert_uint_eq(r.header.id, 7);
	ck_assert_uint_eq(r.header.rcode, answers[_i].rcode);
	ck_assert_uint_eq(num_events, 1);
	ck_assert_int_eq(events[0].type, EVENT_BLOCK);
	ck_assert_int_eq(events[0].reply, answers[_i].reply);
	ck_assert_str_eq(events[0].iface, "lan");
}

START_TEST(with_drop_nobody_is_answered)
{
	rules.on_block = ON_BLOCK_DROP;
	ck_assert_int_eq(udp(5000, 53, query("www.blocked.example", 7), false), VERDICT_DROP);
	ck_assert_uint_eq(reply.answer.len, 0);
	tcp(999, TCP_SYN, BYTES(""));
	ck_assert_int_eq(tcp(1000, TCP_ACK, hello("www.blocked.example")), VERDICT_BLOCK);
	ck_assert_uint_eq(reply.reset.len, 0);
	ck_assert_int_eq(events[1].reply, REPLY_NONE);
}

START_TEST(the_same_question_behind_its_answer_is_another_attempt)
{
	for (size_t i = 1; i <= 100; i++) {
		ck_assert_int_eq(udp(5000, 53, query("www.blocked.example", 7), false),
		                 VERDICT_DROP);
		ck_assert_uint_gt(reply.answer.len, 0);
		ck_assert_uint_eq(num_events, i);
	}
}

/* As glibc asks the first of three resolvers again, and goes on for longer than it would. */
START_TEST(a_question_without_an_answer_is_one_attempt_for_half_a_minute_from_the_first)
{
	static const size_t events_by_then[] = { 1, 1, 1, 2, 2, 2, 3 };

	rules.on_block = ON_BLOCK_DROP;
	for (size_t i = 0; i < COUNT(events_by_then); i++) {
		udp(5000, 53, query("www.blocked.example", 7), false);
		ck_assert_uint_eq(num_events, events_by_then[i]);
		now_us += INT64_C(14000000);
	}
}

START_TEST(dns_is_never_final)
{
	ck_assert_int_eq(udp(5000, 53, query("www.example", 7), false), VERDICT_ACCEPT);
	ck_assert_int_eq(udp(5000, 5353, query("www.example", 7), false), VERDICT_ACCEPT);
	ck_assert_int_eq(udp(5000, 5353, query("www.blocked.example", 8), false), VERDICT_DROP);
}

START_TEST(other_datagrams_are_final)
{
	ck_assert_int_eq(udp(5000, 4500, BYTES("no dns at all"), false), VERDICT_PASS);
}

static const struct { const char *host; int64_t now_us; enum mode mode; enum event_type type;
	enum verdict stream; } passes[] = {
	/* until the date */
	{ "www.blocked.example", CUTOFF - 1, MODE_ENFORCE, EVENT_WOULD_BLOCK, VERDICT_ACCEPT },
	{ "www.blocked.example", CUTOFF, MODE_OBSERVE, EVENT_WOULD_BLOCK, VERDICT_ACCEPT },
	{ "watched.example", CUTOFF, MODE_ENFORCE, EVENT_LOG, VERDICT_ACCEPT },
};

START_TEST(what_is_only_recorded_passes)
{
	now_us     = passes[_i].now_us;
	rules.mode = passes[_i].mode;
	ck_assert_int_eq(udp(5000, 53, query(passes[_i].host, 1), false), VERDICT_ACCEPT);
	tcp(999, TCP_SYN, BYTES(""));
	ck_assert_int_eq(tcp(1000, TCP_ACK, hello(passes[_i].host)), passes[_i].stream);
	ck_assert_uint_eq(num_events, 2);
	ck_assert_int_eq(events[0].type, passes[_i].type);
	ck_assert_int_eq(events[1].type, passes[_i].type);
	ck_assert_int_eq(events[1].reply, REPLY_NONE);
}

START_TEST(a_permitted_hello_passes_and_waits_for_its_answer)
{
	ck_assert_int_eq(tcp(999, TCP_SYN, BYTES("")), VERDICT_ACCEPT);
	ck_assert_int_eq(tcp(1000, TCP_ACK, BYTES("")), VERDICT_ACCEPT);
	ck_assert_int_eq(tcp(1000, TCP_ACK, hello("www.example")), VERDICT_ACCEPT);
	ck_assert_uint_eq(num_events, 0);
}

START_TEST(a_prohibited_hello_is_blocked_and_its_server_reset)
{
	struct packet reset;

	tcp(999, TCP_SYN, BYTES(""));
	ck_assert_int_eq(tcp(1000, TCP_ACK, hello("www.blocked.example")), VERDICT_BLOCK);
	ck_assert_int_eq(packet_read(reply.reset, &reset), PARSE_OK);
	ck_assert_uint_eq(reset.seq, 1000);
	ck_assert_uint_eq(reset.dst_port, 443);
	ck_assert_uint_eq(num_events, 1);
	ck_assert_int_eq(tcp(1000, TCP_ACK, hello("www.blocked.example")), VERDICT_BLOCK);
	ck_assert_uint_eq(num_events, 1);
	ck_assert_int_eq(tcp(1000, TCP_RST, BYTES("")), VERDICT_ACCEPT);
}

START_TEST(the_segment_that_completes_a_hello_is_judged_and_those_before_pass)
{
	struct bytes all = hello("www.blocked.example");

	tcp(999, TCP_SYN, BYTES(""));
	ck_assert_int_eq(tcp(1040, TCP_ACK, bytes_from(all, 40)), VERDICT_ACCEPT);
	ck_assert_int_eq(tcp(1000, TCP_ACK, bytes_first(all, 40)), VERDICT_BLOCK);
}

START_TEST(a_reset_does_not_erase_what_is_known)
{
	struct bytes all = hello("www.blocked.example");

	tcp(999, TCP_SYN, BYTES(""));
	tcp(1000, TCP_ACK, bytes_first(all, 40));
	tcp(1040, TCP_RST, BYTES(""));
	ck_assert_int_eq(tcp(1040, TCP_ACK, bytes_from(all, 40)), VERDICT_BLOCK);
}

START_TEST(a_copy_that_says_otherwise_is_dropped_also_after_a_pass)
{
	tcp(999, TCP_SYN, BYTES(""));
	ck_assert_int_eq(tcp(1000, TCP_ACK, hello("www.permitted.org")), VERDICT_ACCEPT);
	ck_assert_int_eq(tcp(1000, TCP_ACK, hello("www.permitter.org")), VERDICT_DROP);
	ck_assert_int_eq(tcp(1000, TCP_ACK, hello("www.permitted.org")), VERDICT_ACCEPT);
	ck_assert_uint_eq(engine_counts(engine).conflicts, 1);
}

START_TEST(a_copy_that_names_a_prohibited_host_blocks_the_flow_also_after_a_pass)
{
	tcp(999, TCP_SYN, BYTES(""));
	ck_assert_int_eq(tcp(1000, TCP_ACK, hello("www.permitted.org")), VERDICT_ACCEPT);
	ck_assert_int_eq(tcp(1000, TCP_ACK, hello("www.blocked.example")), VERDICT_BLOCK);
	ck_assert_uint_eq(num_events, 1);
	ck_assert_str_eq(events[0].host.text, "www.blocked.example");
	ck_assert_int_eq(tcp(1000, TCP_ACK, hello("www.permitted.org")), VERDICT_BLOCK);
}

START_TEST(data_that_no_server_would_take_is_dropped)
{
	tcp(999, TCP_SYN, BYTES(""));
	ck_assert_int_eq(tcp(1000, TCP_PSH, hello("www.permitted.org")), VERDICT_DROP);
	ck_assert_uint_eq(engine_counts(engine).decoys, 1);
	ck_assert_int_eq(tcp(1000, TCP_ACK, hello("www.blocked.example")), VERDICT_BLOCK);
}

static const struct {
	enum outcome    outcome;
	enum mode       mode;
	enum verdict    verdict;
	size_t          num_events;
	enum event_type type;
} nameless[] = {
	{ OUTCOME_PASS, MODE_ENFORCE, VERDICT_PASS, 0, EVENT_PASS },
	{ OUTCOME_LOG, MODE_ENFORCE, VERDICT_PASS, 1, EVENT_LOG },
	{ OUTCOME_BLOCK, MODE_OBSERVE, VERDICT_PASS, 1, EVENT_WOULD_BLOCK },
	{ OUTCOME_BLOCK, MODE_ENFORCE, VERDICT_BLOCK, 1, EVENT_BLOCK },
};

static const struct { const char *what, *request, *host; enum event_type type; } odd_hosts[] = {
	{ "an empty label", "GET / HTTP/1.1\r\nHost: www..blocked.example\r\n\r\n", "203.0.113.5",
	  EVENT_LOG },
	{ "dots behind a permitted name", "GET / HTTP/1.1\r\nHost: www.other.org..\r\n\r\n", "",
	  EVENT_PASS },
	{ "dots behind a prohibited name",
	  "GET / HTTP/1.1\r\nHost: www.blocked.example..\r\n\r\n", "www.blocked.example",
	  EVENT_BLOCK },
	{ "an address", "GET / HTTP/1.1\r\nHost: [2001:db8::1]:80\r\n\r\n", "", EVENT_PASS },
};

START_TEST(what_stands_for_a_name_and_is_none_is_unreadable)
{
	tcp_to(80, 999, TCP_SYN, BYTES(""));
	tcp_to(80, 1000, TCP_ACK, bytes_text(odd_hosts[_i].request));
	ck_assert_msg(num_events == (odd_hosts[_i].type != EVENT_PASS), "%s", odd_hosts[_i].what);
	if (num_events == 0)
		return;
	ck_assert_int_eq(events[0].type, odd_hosts[_i].type);
	ck_assert_str_eq(events[0].host.text, odd_hosts[_i].host);
	if (events[0].type == EVENT_LOG)
		ck_assert_str_eq(events[0].decision.rule.category->id, "unreadable");
}

START_TEST(a_request_without_a_host_is_a_matter_of_its_setting)
{
	rules.no_name = nameless[_i].outcome;
	rules.mode    = nameless[_i].mode;
	tcp_to(80, 999, TCP_SYN, BYTES(""));
	ck_assert_int_eq(tcp_to(80, 1000, TCP_ACK, BYTES("GET / HTTP/1.0\r\n\r\n")),
	                 nameless[_i].verdict);
	ck_assert_uint_eq(num_events, nameless[_i].num_events);
	if (num_events == 0)
		return;
	ck_assert_int_eq(events[0].type, nameless[_i].type);
	ck_assert_str_eq(events[0].host.text, "203.0.113.5");
	ck_assert(!events[0].is_named);
}

static const char later[] =
	"POST /a HTTP/1.1\r\nHost: www.permitted.org\r\nContent-Length: 4\r\n\r\nbody"
	"POST /b HTTP/1.1\r\nHost: www.permitted.org\r\nTransfer-Encoding: chunked\r\n\r\n"
	"5\r\nhello\r\n0\r\n\r\n"
	"GET /c HTTP/1.1\r\nHost: www.blocked.example\r\n\r\n";

START_TEST(later_requests_are_judged_if_all_are_asked_for_wherever_they_are_cut)
{
	struct bytes all = bytes_text(later);

	rules.http_requests = HTTP_ALL;
	for (size_t cut = 1; cut < all.len; cut++) {
		num_events = 0;
		tcp_to(80, 999, TCP_SYN, BYTES(""));
		ck_assert_int_eq(tcp_to(80, 1000, TCP_ACK, bytes_first(all, cut)), VERDICT_ACCEPT);
		ck_assert_int_eq(tcp_to(80, 1000 + (uint32_t)cut, TCP_ACK, bytes_from(all, cut)),
		                 VERDICT_BLOCK);
		ck_assert_uint_eq(num_events, 1);
		engine_end();
		open_engine();
		rules.http_requests = HTTP_ALL;
	}
}

START_TEST(a_request_in_place_of_a_chunk_is_judged_wherever_it_is_cut)
{
	static const char text[] =
		"POST /b HTTP/1.1\r\nHost: www.permitted.org\r\nTransfer-Encoding: "
	        "chunked\r\n\r\n5\r\nhello\r\n"
		"GET /c HTTP/1.1\r\nHost: www.blocked.example\r\n\r\n";
	struct bytes      all = bytes_text(text);

	for (size_t cut = 1; cut < all.len; cut++) {
		rules.http_requests = HTTP_ALL;
		tcp_to(80, 999, TCP_SYN, BYTES(""));
		ck_assert_int_eq(tcp_to(80, 1000 + (uint32_t)cut, TCP_ACK, bytes_from(all, cut)),
		                 VERDICT_ACCEPT);
		ck_assert_int_eq(tcp_to(80, 1000, TCP_ACK, bytes_first(all, cut)), VERDICT_BLOCK);
		engine_end();
		open_engine();
	}
}

START_TEST(later_requests_pass_if_only_the_first_is_asked_for)
{
	tcp_to(80, 999, TCP_SYN, BYTES(""));
	ck_assert_int_eq(tcp_to(80, 1000, TCP_ACK, bytes_text(later)), VERDICT_PASS);
	ck_assert_uint_eq(num_events, 0);
}

START_TEST(a_request_behind_a_long_body_is_judged)
{
	static uint8_t body[60000];
	struct bytes   head = BYTES(
		  "POST / HTTP/1.1\r\nHost: www.permitted.org\r\nContent-Length: 60000\r\n\r\n");
	uint32_t       seq  = 1000 + (uint32_t)head.len;

	rules.http_requests = HTTP_ALL;
	tcp_to(80, 999, TCP_SYN, BYTES(""));
	ck_assert_int_eq(tcp_to(80, 1000, TCP_ACK, head), VERDICT_ACCEPT);
	ck_assert_int_eq(tcp_to(80, seq, TCP_ACK, bytes_of(body, sizeof(body))), VERDICT_ACCEPT);
	ck_assert_int_eq(tcp_to(80, seq + sizeof(body), TCP_ACK,
	                        BYTES("GET / HTTP/1.1\r\nHost: www.blocked.example\r\n\r\n")),
	                 VERDICT_BLOCK);
}

static const struct { const char *what; uint32_t bytes, gaps, records; } limits_crossed[] = {
	{ "bytes",   1024, 4096, 512 },
	{ "gaps",    20480, 1, 512 },
	{ "records", 20480, 4096, 1 },
};

START_TEST(a_hello_over_a_limit_is_a_matter_of_its_setting)
{
	static uint8_t padding[1100];
	struct bytes   h =
		hello_with("www.permitted.org", _i == 0 ? bytes_of(padding, 4) : BYTES(""));
	uint8_t        two[500];
	struct writer  w = writer_over(two, sizeof(two));

	rules.over_limit   = OUTCOME_BLOCK;
	rules.stream_bytes = limits_crossed[_i].bytes;
	rules.stream_gaps  = limits_crossed[_i].gaps;
	rules.tls_records  = limits_crossed[_i].records;
	tcp(999, TCP_SYN, BYTES(""));
	switch (_i) {
	case 0:                                 /* a record that goes on and on */
		ck_assert_int_eq(tcp(1000, TCP_ACK, BYTES("\x16\3\1\x20\0\1\0\x1f\xfc")),
		                 VERDICT_ACCEPT);
		ck_assert_int_eq(tcp(1009, TCP_ACK, bytes_of(padding, sizeof(padding))),
		                 VERDICT_BLOCK);
		break;
	case 1:
		ck_assert_int_eq(tcp(1100, TCP_ACK, BYTES("c")), VERDICT_ACCEPT);
		ck_assert_int_eq(tcp(1090, TCP_ACK, BYTES("b")), VERDICT_ACCEPT);
		ck_assert_int_eq(tcp(1000, TCP_ACK, bytes_first(h, 9)), VERDICT_BLOCK);
		break;
	case 2:
		write_bytes(&w, BYTES("\x16\3\1\0\1\1\x16\3\1"));
		write_u16(&w, (uint16_t)(h.len - 6));
		write_bytes(&w, bytes_from(h, 6));
		ck_assert_int_eq(tcp(1000, TCP_ACK, writer_written(&w)), VERDICT_BLOCK);
		break;
	}
	ck_assert_uint_eq(num_events, 1);
	ck_assert_str_eq(events[0].decision.rule.category->id, "limit");
}

START_TEST(a_stream_that_lost_its_beginning_to_others_is_a_matter_of_a_setting)
{
	for (uint16_t port = 1; port <= 5; port++) {            /* there is room for four */
		tcp_to(port, 999, TCP_SYN, BYTES(""));
		ck_assert_int_eq(tcp_to(port, 1000, TCP_ACK, BYTES("\x16\3\1")), VERDICT_ACCEPT);
	}
	ck_assert_int_eq(tcp_to(1, 1003, TCP_ACK, BYTES("\2\0")), VERDICT_PASS);
	ck_assert_uint_eq(num_events, 1);
	ck_assert_int_eq(events[0].type, EVENT_LOG);
	ck_assert_int_eq(tcp_to(1, 1005, TCP_ACK, BYTES("\1")), VERDICT_PASS);
	ck_assert_uint_eq(num_events, 1);
	rules.over_limit = OUTCOME_BLOCK;
	tcp_to(6, 999, TCP_SYN, BYTES(""));
	ck_assert_int_eq(tcp_to(6, 1000, TCP_ACK, BYTES("\x16\3\1")), VERDICT_ACCEPT);
	tcp_to(7, 999, TCP_SYN, BYTES(""));
	ck_assert_int_eq(tcp_to(7, 1000, TCP_ACK, BYTES("\x16\3\1")), VERDICT_ACCEPT);
	ck_assert_int_eq(tcp_to(2, 1003, TCP_ACK, BYTES("\2\0")), VERDICT_BLOCK);
	ck_assert_uint_eq(num_events, 2);
}

START_TEST(a_clock_that_is_not_trusted_blocks_whatever_it_says)
{
	now_us = 0;
	ck_assert_int_eq(udp(5000, 53, query("a.blocked.example", 1), false), VERDICT_ACCEPT);
	ck_assert_int_eq(events[0].type, EVENT_WOULD_BLOCK);
	clock_untrusted = true;
	ck_assert_int_eq(udp(5000, 53, query("b.blocked.example", 2), false), VERDICT_DROP);
	ck_assert_int_eq(events[1].type, EVENT_BLOCK);
	ck_assert_int_eq(events[1].time_us, 0);         /* the record has the clock's own time */
	ck_assert_int_eq(udp(5000, 53, query("free.example", 3), false), VERDICT_ACCEPT);
	ck_assert_uint_eq(num_events, 2);
}

START_TEST(a_flow_that_passed_before_the_date_ends_when_it_comes)
{
	now_us = CUTOFF - 1000000;
	tcp(999, TCP_SYN, BYTES(""));
	/* never decided */
	ck_assert_int_eq(tcp(1000, TCP_ACK, hello("www.blocked.example")), VERDICT_ACCEPT);
	now_us = CUTOFF - 1;
	ck_assert_int_eq(tcp(1200, TCP_ACK, BYTES("data")), VERDICT_ACCEPT);
	ck_assert_uint_eq(num_events, 1);
	ck_assert_int_eq(events[0].type, EVENT_WOULD_BLOCK);
	now_us = CUTOFF;
	ck_assert_int_eq(tcp(1204, TCP_ACK, BYTES("")), VERDICT_BLOCK);
	ck_assert_uint_gt(reply.reset.len, 0);
	ck_assert_uint_eq(num_events, 2);
	ck_assert_int_eq(events[1].type, EVENT_BLOCK);
	ck_assert_str_eq(events[1].host.text, "www.blocked.example");
	ck_assert_int_eq(tcp(1204, TCP_ACK, BYTES("more")), VERDICT_BLOCK);
	ck_assert_uint_eq(num_events, 2);
}

START_TEST(such_a_flow_ends_also_if_it_was_silent_for_longer_than_flows_are_remembered)
{
	now_us = CUTOFF - INT64_C(86400000000);
	tcp(999, TCP_SYN, BYTES(""));
	tcp(1000, TCP_ACK, hello("www.blocked.example"));
	now_us = CUTOFF - INT64_C(3600000000);
	/* other traffic, so that flows expire */
	udp(5000, 53, query("www.permitted.org", 7), false);
	udp(5001, 53, query("www.permitted.org", 7), false);
	now_us = CUTOFF;
	ck_assert_int_eq(tcp(5000, TCP_ACK, BYTES("")), VERDICT_BLOCK);
	ck_assert_int_eq(events[num_events - 1].type, EVENT_BLOCK);
}

/* One of a client that has more than are remembered of all is forgotten, and none of another. */
START_TEST(such_a_flow_ends_whatever_another_client_opens)
{
	now_us = CUTOFF - 1000000;
	tcp(999, TCP_SYN, BYTES(""));
	tcp(1000, TCP_ACK, hello("www.blocked.example"));
	client = 3;
	for (uint16_t port = 1; port <= 64; port++) {
		tcp_to(port, 999, TCP_SYN, BYTES(""));
		tcp_to(port, 1000, TCP_ACK, hello("www.blocked.example"));
	}
	now_us = CUTOFF;
	client = 2;
	ck_assert_int_eq(tcp(5000, TCP_ACK, BYTES("")), VERDICT_BLOCK);
}

START_TEST(a_new_connection_between_the_same_ends_is_none_of_those_flows)
{
	now_us = CUTOFF - 1000000;
	tcp(999, TCP_SYN, BYTES(""));
	tcp(1000, TCP_ACK, hello("www.blocked.example"));
	tcp(7999, TCP_SYN, BYTES(""));
	now_us = CUTOFF;
	ck_assert_int_eq(tcp(8000, TCP_ACK, hello("www.permitted.org")), VERDICT_ACCEPT);
	ck_assert_uint_eq(num_events, 1);
}

START_TEST(a_prohibited_port_is_blocked_at_the_first_packet)
{
	ck_assert_int_eq(tcp_to(853, 999, TCP_SYN, BYTES("")), VERDICT_BLOCK);
	ck_assert_int_eq(udp(5000, 853, BYTES("anything"), false), VERDICT_BLOCK);
	ck_assert_uint_eq(num_events, 2);
	ck_assert_str_eq(events[0].host.text, "203.0.113.5");
	ck_assert_int_eq(events[0].decision.rule.kind, PATTERN_PORT);
	ck_assert_int_eq(tcp_to(854, 999, TCP_SYN, BYTES("")), VERDICT_ACCEPT);
	/* from it, not to it */
	ck_assert_int_eq(udp(853, 5000, BYTES("anything"), false), VERDICT_PASS);
}

static const struct {
	const char     *what, *request;
	size_t          num_events;
	enum event_type type;
	const char     *host;
	enum verdict    verdict;
} paths[] = {
	{ "an unknown host", "GET /index.xml?x HTTP/1.1\r\nHost: mirror.org\r\n\r\n", 1, EVENT_LOG,
	  "mirror.org", VERDICT_PASS },
	{ "below a folder", "GET /lists/a/b HTTP/1.1\r\nHost: mirror.org\r\n\r\n", 1, EVENT_LOG,
	  "mirror.org", VERDICT_PASS },
	{ "a bare address", "GET /lists/a HTTP/1.1\r\nHost: 203.0.113.5\r\n\r\n", 1, EVENT_LOG,
	  "203.0.113.5", VERDICT_PASS },
	{ "absolute form: another one may follow for another host",
	  "GET http://mirror.org/index.xml HTTP/1.1\r\n\r\n", 1, EVENT_LOG, "mirror.org",
	  VERDICT_ACCEPT },
	{ "another path", "GET /index.xml2 HTTP/1.1\r\nHost: mirror.org\r\n\r\n", 0, EVENT_PASS,
	  "", VERDICT_PASS },
	{ "a prohibited host", "GET /index.xml HTTP/1.1\r\nHost: www.blocked.example\r\n\r\n", 1,
	  EVENT_BLOCK, "www.blocked.example", VERDICT_BLOCK },
};

START_TEST(a_path_is_evidence_and_no_reason_to_block)
{
	tcp_to(80, 999, TCP_SYN, BYTES(""));
	ck_assert_int_eq(tcp_to(80, 1000, TCP_ACK, bytes_text(paths[_i].request)),
	                 paths[_i].verdict);
	ck_assert_msg(num_events == paths[_i].num_events, "%s", paths[_i].what);
	if (num_events == 0)
		return;
	ck_assert_int_eq(events[0].type, paths[_i].type);
	ck_assert_str_eq(events[0].host.text, paths[_i].host);
}

/* An answer with one record of the name asked for, and before it, if there is one, an alias. */
static struct bytes answer_with(const char *name, const char *alias, uint16_t type,
                                struct bytes data)
{
	static uint8_t room[1024];
	struct writer  w = writer_over(room, sizeof(room));

	write_u16(&w, 7);
	write_u16(&w, 0x8180);
	write_u16(&w, 1);
	write_u16(&w, alias != NULL ? 2 : 1);
	write_u32(&w, 0);
	write_name(&w, name);
	write_u16(&w, type);
	write_u16(&w, 1);
	if (alias != NULL) {
		write_bytes(&w, BYTES("\xc0\x0c\0\5\0\1\0\0\0\x3c"));
		write_u16(&w, (uint16_t)(strlen(alias) + 2));
		write_name(&w, alias);
	}
	write_bytes(&w, BYTES("\xc0\x0c"));
	write_u16(&w, type);
	write_bytes(&w, BYTES("\0\1\0\0\0\x3c"));
	write_u16(&w, (uint16_t)data.len);
	write_bytes(&w, data);
	return writer_written(&w);
}

#define SERVER BYTES("\xcb\0\x71\5")

/* The filter sees the answer while the category is not in force; the flow comes when it is. */
static enum verdict flow_after_answers(const char *first, const char *alias, const char *second,
                                       struct bytes data)
{
	now_us = CUTOFF - 1000000;
	udp(5000, 53, query(first, 7), false);
	udp(53, 5000, answer_with(first, alias, DNS_TYPE_A, SERVER), true);
	if (second != NULL) {
		udp(5001, 53, query(second, 7), false);
		udp(53, 5001, answer_with(second, NULL, DNS_TYPE_A, SERVER), true);
	}
	num_events = 0;
	now_us     = CUTOFF;
	tcp_to(1443, 999, TCP_SYN, BYTES(""));
	return tcp_to(1443, 1000, TCP_ACK, data);
}

START_TEST(an_address_learnt_from_an_answer_decides_where_no_name_is_shown)
{
	ck_assert_int_eq(flow_after_answers("x.blocked.example", NULL, NULL, BYTES("\xff binary")),
	                 VERDICT_BLOCK);
	ck_assert_uint_eq(num_events, 1);
	ck_assert_str_eq(events[0].host.text, "x.blocked.example");
	ck_assert(events[0].by_address && !events[0].is_named);
}

START_TEST(a_name_that_is_shown_contradicts_an_address)
{
	ck_assert_int_eq(
		flow_after_answers("x.blocked.example", NULL, NULL, hello("www.permitted.org")),
		VERDICT_ACCEPT);
}

START_TEST(an_address_of_two_names_never_decides)
{
	ck_assert_int_eq(flow_after_answers("x.blocked.example", NULL, "www.permitted.org",
	                                    BYTES("\xff binary")),
	                 VERDICT_ACCEPT);
}

START_TEST(an_address_behind_an_alias_elsewhere_never_decides)
{
	ck_assert_int_eq(
		flow_after_answers("x.blocked.example", "edge.cdn.org", NULL, BYTES("\xff binary")),
		VERDICT_ACCEPT);
}

START_TEST(an_address_of_a_category_that_does_not_say_so_never_decides)
{
	ck_assert_int_eq(flow_after_answers("watched.example", NULL, NULL, BYTES("\xff binary")),
	                 VERDICT_ACCEPT);
	ck_assert_uint_eq(num_events, 0);
}

/* Of a minute; the category is in force only once it has been learnt. */
static const struct { int64_t later_us; enum verdict want; } lives[] = {
	{ INT64_C(30000000), VERDICT_BLOCK },
	{ INT64_C(58000000), VERDICT_BLOCK },
	{ INT64_C(60000001), VERDICT_ACCEPT },
	{ INT64_C(7200000000), VERDICT_ACCEPT },
};

START_TEST(an_answer_is_forgotten_when_its_life_is_over)
{
	now_us = CUTOFF - 1000000;
	udp(5000, 53, query("x.blocked.example", 7), false);
	udp(53, 5000, answer_with("x.blocked.example", NULL, DNS_TYPE_A, SERVER), true);
	now_us += lives[_i].later_us;
	tcp_to(1444, 999, TCP_SYN, BYTES(""));
	ck_assert_int_eq(tcp_to(1444, 1000, TCP_ACK, BYTES("\xff binary")), lives[_i].want);
}

/* alpn h2, ech with one configuration whose public name is ech.example, ipv4hint. */
#define HTTPS_RECORD BYTES("\0\1\0" "\0\1\0\3\2h2" "\0\5\0\x24\0\x22\xfe\x0d\0\x1e\x2a\0\x20\0\4pkey\0\4\0\1\0\1\0" \
                           "\x0b" "ech.example\0\0" "\0\4\0\4\xcb\0\x71\5")

START_TEST(keys_for_encrypted_hellos_are_kept_unless_they_are_to_be_removed)
{
	udp(5000, 53, query_for("www.permitted.org", 7, DNS_TYPE_HTTPS), false);
	ck_assert_int_eq(udp(53, 5000,
	                     answer_with("www.permitted.org", NULL, DNS_TYPE_HTTPS, HTTPS_RECORD),
	                     true),
	                 VERDICT_ACCEPT);
	ck_assert_uint_eq(reply.answer.len, 0);
}

START_TEST(an_answer_goes_on_without_keys_for_encrypted_hellos)
{
	struct bytes original =
		answer_with("www.permitted.org", NULL, DNS_TYPE_HTTPS, HTTPS_RECORD);
	struct packet p;

	rules.ech_answers = ECH_REMOVE;
	udp(5000, 53, query_for("www.permitted.org", 7, DNS_TYPE_HTTPS), false);
	ck_assert_int_eq(udp(53, 5000, original, true), VERDICT_DROP);
	ck_assert_int_eq(packet_read(reply.answer, &p), PARSE_OK);
	ck_assert(packet_sums_ok(&p));
	ck_assert_uint_eq(p.src_port, 53);
	ck_assert_uint_eq(p.dst_port, 5000);
	ck_assert_uint_eq(p.payload.len, original.len - 40);
	ck_assert_uint_eq(num_events, 0);
}

START_TEST(an_answer_keeps_its_keys_while_nothing_is_to_be_changed)
{
	rules.ech_answers = ECH_REMOVE;
	rules.mode        = MODE_OBSERVE;
	udp(5000, 53, query_for("www.permitted.org", 7, DNS_TYPE_HTTPS), false);
	ck_assert_int_eq(udp(53, 5000,
	                     answer_with("www.permitted.org", NULL, DNS_TYPE_HTTPS, HTTPS_RECORD),
	                     true),
	                 VERDICT_ACCEPT);
	ck_assert_uint_eq(reply.answer.len, 0);
}

START_TEST(a_provider_learnt_from_an_answer_tells_an_encrypted_hello_from_a_dummy)
{
	rules.ech = OUTCOME_BLOCK;
	tcp(999, TCP_SYN, BYTES(""));
	ck_assert_int_eq(tcp(1000, TCP_ACK, hello_with_ech("ech.example")), VERDICT_ACCEPT);
	udp(5000, 53, query_for("www.permitted.org", 7, DNS_TYPE_HTTPS), false);
	udp(53, 5000, answer_with("www.permitted.org", NULL, DNS_TYPE_HTTPS, HTTPS_RECORD), true);
	tcp(7999, TCP_SYN, BYTES(""));
	ck_assert_int_eq(tcp(8000, TCP_ACK, hello_with_ech("www.permitted.org")), VERDICT_ACCEPT);
	tcp(9999, TCP_SYN, BYTES(""));
	ck_assert_int_eq(tcp(10000, TCP_ACK, hello_with_ech("ech.example")), VERDICT_BLOCK);
	ck_assert_str_eq(events[0].decision.rule.category->id, "ech");
}

/* A hello may yet come behind it, as behind STARTTLS. */
START_TEST(a_stream_of_something_else_is_decided_when_it_goes_on_so)
{
	static uint8_t keys[1400];
	uint32_t       seq = 1011;

	memset(keys, 0xa5, sizeof(keys));
	tcp_to(22, 999, TCP_SYN, BYTES(""));
	ck_assert_int_eq(tcp_to(22, 1000, TCP_ACK, BYTES("SSH-2.0-x\r\n")), VERDICT_ACCEPT);
	for (int i = 0; i < 7; i++, seq += sizeof(keys))
		ck_assert_int_eq(tcp_to(22, seq, TCP_ACK, bytes_of(keys, sizeof(keys))),
		                 VERDICT_ACCEPT);
	ck_assert_int_eq(tcp_to(22, seq, TCP_ACK, bytes_of(keys, sizeof(keys))), VERDICT_PASS);
	ck_assert_uint_eq(num_events, 0);
}

START_TEST(a_hello_behind_words_in_the_clear_is_judged)
{
	struct bytes h = hello("www.blocked.example");

	tcp_to(25, 999, TCP_SYN, BYTES(""));
	ck_assert_int_eq(tcp_to(25, 1000, TCP_ACK, BYTES("EHLO me\r\n")), VERDICT_ACCEPT);
	ck_assert_int_eq(tcp_to(25, 1009, TCP_ACK, BYTES("STARTTLS\r\n")), VERDICT_ACCEPT);
	ck_assert_int_eq(tcp_to(25, 1019, TCP_ACK, h), VERDICT_BLOCK);
	ck_assert_str_eq(events[0].host.text, "www.blocked.example");
}

START_TEST(a_hello_behind_a_proxys_line_is_judged)
{
	struct bytes h = hello("www.blocked.example");

	tcp(999, TCP_SYN, BYTES(""));
	ck_assert_int_eq(tcp(1000, TCP_ACK, BYTES("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n")),
	                 VERDICT_ACCEPT);
	ck_assert_int_eq(tcp(1036, TCP_ACK, h), VERDICT_BLOCK);
}

START_TEST(so_is_one_behind_a_proxys_header_in_pieces)
{
	struct bytes header = BYTES("\r\n\r\n\0\r\nQUIT\n\x20\0\0\0"), h;

	h = hello("www.blocked.example");
	tcp(999, TCP_SYN, BYTES(""));
	for (uint32_t i = 0; i < header.len; i++)
		ck_assert_int_eq(tcp(1000 + i, TCP_ACK, bytes_first(bytes_from(header, i), 1)),
		                 VERDICT_ACCEPT);
	ck_assert_int_eq(tcp(1016, TCP_ACK, h), VERDICT_BLOCK);
}

START_TEST(a_new_connection_between_the_same_ends_is_a_new_attempt)
{
	tcp(999, TCP_SYN, BYTES(""));
	tcp(1000, TCP_ACK, hello("www.blocked.example"));
	ck_assert_int_eq(tcp(500000, TCP_SYN, BYTES("")), VERDICT_ACCEPT);
	ck_assert_int_eq(tcp(500001, TCP_ACK, hello("www.blocked.example")), VERDICT_BLOCK);
	ck_assert_uint_eq(num_events, 2);
}

/*
 * As many queries as fill a gathering several times over, in segments of any size; the last one is
 * prohibited.
 */
START_TEST(every_message_of_a_long_dns_stream_is_judged)
{
	static const size_t sizes[] = { 60000, 1460, 700, 3 };
	static uint8_t      stream[60000];
	struct writer       w    = writer_over(stream, sizeof(stream));
	size_t              size = sizes[_i];
	uint32_t            seq  = 1000;
	enum verdict        got  = VERDICT_ACCEPT;

	while (w.len < 59000) {
		struct bytes q = query("a-name-of-some-length.permitted.example", (uint16_t)w.len);

		write_u16(&w, (uint16_t)q.len);
		write_bytes(&w, q);
	}
	write_u16(&w, (uint16_t)query("www.blocked.example", 1).len);
	write_bytes(&w, query("www.blocked.example", 1));
	ck_assert(!w.full);
	tcp_to(53, 999, TCP_SYN, BYTES(""));
	for (struct bytes left = writer_written(&w); left.len > 0; left = bytes_from(left, size)) {
		ck_assert_int_eq(got, VERDICT_ACCEPT);
		got = tcp_to(53, seq, TCP_ACK, bytes_first(left, size));
		seq += (uint32_t)size;
	}
	ck_assert_int_eq(got, VERDICT_BLOCK);
	ck_assert_uint_eq(num_events, 1);
}

/* The answer to query("www.example", id): an alias for each name. */
static struct bytes answer_with_aliases(uint8_t id, const char *const *names, uint8_t num)
{
	static uint8_t room[400];
	struct writer  w = writer_over(room, sizeof(room));

	write_u16(&w, id);
	write_bytes(&w, BYTES("\x81\x80\0\1\0"));
	write_u8(&w, num);
	write_bytes(&w, BYTES("\0\0\0\0"));
	write_name(&w, "www.example");
	write_bytes(&w, BYTES("\0\1\0\1"));
	for (uint8_t i = 0; i < num; i++) {
		write_bytes(&w, BYTES("\xc0\x0c\0\5\0\1\0\0\0\x3c"));
		write_u16(&w, (uint16_t)(strlen(names[i]) + 2));
		write_name(&w, names[i]);
	}
	return writer_written(&w);
}

START_TEST(an_alias_in_an_answer_is_one_event_for_the_client)
{
	static const char *const names[] = { "aaa.blocked.example", "bbb.blocked.example" };

	ck_assert_int_eq(udp(5000, 53, query("www.example", 9), false), VERDICT_ACCEPT);
	ck_assert_int_eq(udp(53, 5000, answer_with_aliases(9, names, 2), true),
	                 VERDICT_DROP);
	ck_assert_uint_eq(num_events, 1);
	ck_assert(events[0].to_client);
	ck_assert_uint_eq(events[0].client_port, 5000);
	ck_assert_str_eq(events[0].host.text, "aaa.blocked.example");
	ck_assert_str_eq(events[0].dns.question.text, "www.example");

	struct packet answer;

	ck_assert_int_eq(packet_read(reply.answer, &answer), PARSE_OK);
	ck_assert_uint_eq(answer.dst_port, 5000);
	ck_assert_uint_eq(answer.src_port, 53);
}

START_TEST(an_alias_is_an_event_of_its_own_where_the_question_is_reported_as_passed)
{
	static const char *const names[] = { "aaa.blocked.example" };
	struct bytes             answer  = answer_with_aliases(9, names, 1);

	rules.report_passes = true;
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(udp(5000, 53, query("www.example", 9), false), VERDICT_ACCEPT);
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(udp(53, 5000, answer, true), VERDICT_DROP);
	ck_assert_uint_eq(num_events, 2);
	ck_assert_int_eq(events[0].type, EVENT_PASS);
	ck_assert_int_eq(events[1].type, EVENT_BLOCK);
	ck_assert_str_eq(events[1].host.text, "aaa.blocked.example");
}

START_TEST(an_alias_is_an_event_of_its_own_where_only_the_answer_was_seen)
{
	static const char *const names[] = { "aaa.blocked.example" };

	rules.report_passes = true;
	ck_assert_int_eq(udp(53, 5000, answer_with_aliases(9, names, 1), true), VERDICT_DROP);
	ck_assert_uint_eq(num_events, 2);
	ck_assert_int_eq(events[1].type, EVENT_BLOCK);
}

START_TEST(an_alias_is_an_event_of_its_own_though_a_blocked_question_had_the_same_id)
{
	static const char *const names[] = { "aaa.blocked.example" };

	udp(5000, 53, query("www.blocked.example", 9), false);
	udp(5000, 53, query("www.example", 9), false);
	ck_assert_int_eq(udp(53, 5000, answer_with_aliases(9, names, 1), true), VERDICT_DROP);
	ck_assert_uint_eq(num_events, 2);
	ck_assert_str_eq(events[1].host.text, "aaa.blocked.example");
}

START_TEST(the_answer_to_an_observed_question_is_the_same_attempt)
{
	uint8_t       room[400];
	struct writer w = writer_over(room, sizeof(room));

	now_us = CUTOFF - 1;
	ck_assert_int_eq(udp(5000, 53, query("www.blocked.example", 9), false), VERDICT_ACCEPT);
	write_bytes(&w, BYTES("\0\x09\x81\x80\0\1\0\1\0\0\0\0"));
	write_name(&w, "www.blocked.example");
	write_bytes(&w, BYTES("\0\1\0\1\xc0\x0c\0\5\0\1\0\0\0\x3c\0\x15"));
	write_name(&w, "aaa.blocked.example");
	ck_assert_int_eq(udp(53, 5000, writer_written(&w), true), VERDICT_ACCEPT);
	ck_assert_uint_eq(num_events, 1);
}

START_TEST(a_flood_of_half_open_flows_stays_within_its_limit)
{
	for (uint16_t port = 1; port <= 1000; port++) {
		tcp_to(port, 999, TCP_SYN, BYTES(""));
		tcp_to(port, 1000, TCP_ACK, BYTES("\x16\3\1"));
	}
	ck_assert_uint_eq(engine_counts(engine).flows_evicted, 1000 - 64);
	ck_assert_uint_eq(engine_counts(engine).flows, 64);
	tcp(999, TCP_SYN, BYTES(""));
	ck_assert_int_eq(tcp(1000, TCP_ACK, hello("www.blocked.example")), VERDICT_BLOCK);
}

int main(void)
{
	Suite *s = suite_create("engine");
	TCase *t = tcase_create("engine");

	tcase_add_checked_fixture(t, open_engine, engine_end);
	tcase_add_loop_test(t, odd_packets_get_a_verdict_at_once, 0, COUNT(odd));
	tcase_add_test(t, a_checksum_that_does_not_hold_drops_the_packet);
	tcase_add_loop_test(t, a_blocked_question_is_dropped_and_answered_from_where_it_was_asked,
	                    0, COUNT(answers));
	tcase_add_test(t, with_drop_nobody_is_answered);
	tcase_add_test(t, the_same_question_behind_its_answer_is_another_attempt);
	tcase_add_test(
		t, a_question_without_an_answer_is_one_attempt_for_half_a_minute_from_the_first);
	tcase_add_test(t, dns_is_never_final);
	tcase_add_test(t, other_datagrams_are_final);
	tcase_add_loop_test(t, what_is_only_recorded_passes, 0, COUNT(passes));
	tcase_add_test(t, a_permitted_hello_passes_and_waits_for_its_answer);
	tcase_add_test(t, a_prohibited_hello_is_blocked_and_its_server_reset);
	tcase_add_test(t, the_segment_that_completes_a_hello_is_judged_and_those_before_pass);
	tcase_add_test(t, a_reset_does_not_erase_what_is_known);
	tcase_add_test(t, a_copy_that_says_otherwise_is_dropped_also_after_a_pass);
	tcase_add_test(t, a_copy_that_names_a_prohibited_host_blocks_the_flow_also_after_a_pass);
	tcase_add_test(t, data_that_no_server_would_take_is_dropped);
	tcase_add_loop_test(t, what_stands_for_a_name_and_is_none_is_unreadable, 0,
	                    COUNT(odd_hosts));
	tcase_add_loop_test(t, a_request_without_a_host_is_a_matter_of_its_setting, 0,
	                    COUNT(nameless));
	tcase_add_test(t, later_requests_are_judged_if_all_are_asked_for_wherever_they_are_cut);
	tcase_add_test(t, a_request_in_place_of_a_chunk_is_judged_wherever_it_is_cut);
	tcase_add_test(t, later_requests_pass_if_only_the_first_is_asked_for);
	tcase_add_test(t, a_request_behind_a_long_body_is_judged);
	tcase_add_loop_test(t, a_hello_over_a_limit_is_a_matter_of_its_setting, 0,
	                    COUNT(limits_crossed));
	tcase_add_test(t, a_stream_that_lost_its_beginning_to_others_is_a_matter_of_a_setting);
	tcase_add_test(t, a_clock_that_is_not_trusted_blocks_whatever_it_says);
	tcase_add_test(t, a_flow_that_passed_before_the_date_ends_when_it_comes);
	tcase_add_test(t,
	               such_a_flow_ends_also_if_it_was_silent_for_longer_than_flows_are_remembered);
	tcase_add_test(t, such_a_flow_ends_whatever_another_client_opens);
	tcase_add_test(t, a_new_connection_between_the_same_ends_is_none_of_those_flows);
	tcase_add_test(t, a_prohibited_port_is_blocked_at_the_first_packet);
	tcase_add_loop_test(t, a_path_is_evidence_and_no_reason_to_block, 0, COUNT(paths));
	tcase_add_test(t, an_address_learnt_from_an_answer_decides_where_no_name_is_shown);
	tcase_add_test(t, a_name_that_is_shown_contradicts_an_address);
	tcase_add_test(t, an_address_of_two_names_never_decides);
	tcase_add_test(t, an_address_behind_an_alias_elsewhere_never_decides);
	tcase_add_test(t, an_address_of_a_category_that_does_not_say_so_never_decides);
	tcase_add_loop_test(t, an_answer_is_forgotten_when_its_life_is_over, 0, COUNT(lives));
	tcase_add_test(t, a_connection_that_began_with_signatures_is_judged_with_them);
	tcase_add_test(t, a_packet_whose_end_a_capture_did_not_keep_is_not_summed);
	tcase_add_test(t, keys_for_encrypted_hellos_are_kept_unless_they_are_to_be_removed);
	tcase_add_test(t, an_answer_goes_on_without_keys_for_encrypted_hellos);
	tcase_add_test(t, an_answer_keeps_its_keys_while_nothing_is_to_be_changed);
	tcase_add_test(t, a_provider_learnt_from_an_answer_tells_an_encrypted_hello_from_a_dummy);
	tcase_add_test(t, a_stream_of_something_else_is_decided_when_it_goes_on_so);
	tcase_add_test(t, a_hello_behind_words_in_the_clear_is_judged);
	tcase_add_test(t, a_hello_behind_a_proxys_line_is_judged);
	tcase_add_test(t, so_is_one_behind_a_proxys_header_in_pieces);
	tcase_add_test(t, a_new_connection_between_the_same_ends_is_a_new_attempt);
	tcase_add_loop_test(t, every_message_of_a_long_dns_stream_is_judged, 0, 4);
	tcase_add_test(t, an_alias_in_an_answer_is_one_event_for_the_client);
	tcase_add_test(t, an_alias_is_an_event_of_its_own_where_the_question_is_reported_as_passed);
	tcase_add_test(t, an_alias_is_an_event_of_its_own_where_only_the_answer_was_seen);
	tcase_add_test(
		t, an_alias_is_an_event_of_its_own_though_a_blocked_question_had_the_same_id);
	tcase_add_test(t, the_answer_to_an_observed_question_is_the_same_attempt);
	tcase_add_test(t, a_flood_of_half_open_flows_stays_within_its_limit);
	suite_add_tcase(s, t);
	return suite_run(s);
}
