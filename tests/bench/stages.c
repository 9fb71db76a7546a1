/* SPDX-License-Identifier: MIT */

/*
 * The stages of a packet's way, each by itself in a function that callgrind can count: see
 * stages.py.
 *
 *     stages STAGE
 *     stages build
 *
 * What a stage works on is made before it begins. Prints how many times it did its work; or what
 * the program was built by.
 */

#include "support/packets.h"
#include "support/policy.h"

#include "audit/record.h"
#include "engine/engine.h"
#include "flow/flow.h"
#include "inspect/dns.h"
#include "inspect/http.h"
#include "inspect/tls.h"
#include "policy/policy_file.h"

#include <ldns/ldns.h>
#include <stdio.h>

#define ROUNDS      64
#define NAMES       1000        /* of the policy */
#define NUM_PACKETS 5
#define NOW_US      INT64_C(1800000000000000)

/*
 * Of the way of one packet, in its order; then a QUIC Initial; then two queries, each beside ldns.
 */
unsigned stage_decode(void);
unsigned stage_flow(void);
unsigned stage_gather(void);
unsigned stage_inspect(void);
unsigned stage_policy(void);
unsigned stage_verdict(void);
unsigned stage_record(void);
unsigned stage_initial(void);
unsigned stage_query(void);
unsigned stage_query_ldns(void);
unsigned stage_query_edns(void);
unsigned stage_query_edns_ldns(void);

static struct {
	uint8_t         room[NUM_PACKETS][2048];
	/* with checksums of 0: they are summed, and do not hold */
	struct bytes    packets[NUM_PACKETS];
	struct bytes    query, query_edns, hello, request;
	uint8_t         initials_room[ROUNDS][1500];
	struct bytes    initials[ROUNDS];       /* each of a new connection */
	struct policy  *policy;
	struct settings settings;
	struct engine  *engine;
	struct questions *questions;
	struct askers    *askers;
	struct event    event;
} fixture;

static int fetch(void *context, const char *name, struct bytes *content_out)
{
	static char   list[NAMES * 40];
	struct writer w = writer_over(list, sizeof(list) - 1);

	(void)context;
	if (strcmp(name, "p") == 0) {
		*content_out = BYTES("[policy]\nid = p\n[category c]\naction = block\nnames = l\n");
		return 0;
	}
	write_text(&w, ".blocked.example\nads-[0-9].example.net\n");
	for (unsigned i = 0; i < NAMES; i++) {
		write_text(&w, "host-");
		write_decimal(&w, i);
		write_text(&w, ".listed.example.com\n");
	}
	*content_out = writer_written(&w);
	return 0;
}

static void keep(void *owner, const struct event *e)
{
	(void)owner;
	fixture.event = *e;
}

static struct bytes content(uint8_t *room, size_t size, void (*write)(struct writer *))
{
	struct writer w = writer_over(room, size);

	write(&w);
	if (w.full)
		abort();
	return writer_written(&w);
}

static void write_query(struct writer *w)   { packet_query(w, 1, "www.not-listed.example.org", 1); }
static void write_request(struct writer *w)
{
	packet_request(w, "www.not-listed.example.org", "/index.html", "curl/7.88.1");
}

/* With OPT and a cookie: RFC 6891, section 6.1; RFC 7873, section 4. */
static void write_query_edns(struct writer *w)
{
	write_query(w);
	write_bytes(w, BYTES("\0\0\x29\4\xd0\0\0\0\0\0\x0c\0\x0a\0\x08" "cookie00"));
	write_u16_at(w, 10, 1);
}

static void write_hello(struct writer *w)
{
	uint8_t       hello[512];
	struct writer h = writer_over(hello, sizeof(hello));

	packet_hello(&h, "www.not-listed.example.org", 1);
	packet_record(w, writer_written(&h));
}

/* A query, a hello, a request, a large segment, a hello over IPv6. */
static void make_packets(void)
{
	static uint8_t     query[512], edns[512], hello[1024], request[512], data[1400];
	struct packet_path four = { .from = { 4, { 10, 0, 0, 1 } }, .to = { 4, { 198, 18, 0, 1 } },
	                            .from_port = 40000 };
	struct packet_path six  = { .from = { 6, { 0x20, 1, [15] = 1 } },
	                            .to = { 6, { 0x20, 1, [15] = 2 } }, .from_port = 40000 };
	struct writer      w[NUM_PACKETS];

	for (size_t i = 0; i < NUM_PACKETS; i++)
		w[i] = writer_over(fixture.room[i], sizeof(fixture.room[i]));
	fixture.query      = content(query, sizeof(query), write_query);
	fixture.query_edns = content(edns, sizeof(edns), write_query_edns);
	fixture.hello      = content(hello, sizeof(hello), write_hello);
	fixture.request    = content(request, sizeof(request), write_request);
	four.to_port = 53;
	packet_udp(&w[0], &four, fixture.query);
	four.to_port = 443;
	packet_tcp(&w[1], &four, 1, TCP_ACK, fixture.hello);
	four.to_port = 80;
	packet_tcp(&w[2], &four, 1, TCP_ACK, fixture.request);
	packet_tcp(&w[3], &four, 4000000000, TCP_ACK, bytes_of(data, sizeof(data)));
	six.to_port = 443;
	packet_tcp(&w[4], &six, 1, TCP_ACK, fixture.hello);
	for (size_t i = 0; i < NUM_PACKETS; i++)
		fixture.packets[i] = writer_written(&w[i]);
}

static void make_initials(void)
{
	struct packet_path  path   = { .from = { 4, { 10, 0, 0, 1 } },
	                               .to = { 4, { 198, 18, 0, 1 } }, .to_port = 443 };
	struct quic_cipher *cipher = quic_cipher_new();

	if (cipher == NULL)
		abort();
	for (unsigned i = 0; i < ROUNDS; i++) {
		uint8_t       hello[512], datagram[1400];
		struct writer h = writer_over(hello, sizeof(hello)),
			      d = writer_over(datagram, sizeof(datagram));
		struct writer w =
			writer_over(fixture.initials_room[i], sizeof(fixture.initials_room[i]));

		path.from_port = (uint16_t)(40000 + i);
		packet_hello(&h, "www.not-listed.example.org", i);
		packet_initial(&d, cipher, writer_written(&h), i);
		packet_udp(&w, &path, writer_written(&d));
		if (w.full)
			abort();
		fixture.initials[i] = writer_written(&w);
	}
	quic_cipher_free(cipher);
}

/* Another client each time. */
static void from_another(size_t number, unsigned client)
{
	fixture.room[number][14] = (uint8_t)(client >> 8);
	fixture.room[number][15] = (uint8_t)client;
}

static void make_engine(void)
{
	struct engine_limits limits = { .flows = 256, .hellos = 16, .flow_idle_us = 1000000,
	                                .seed = 1 };

	limits.questions = fixture.questions = questions_new(256, 1);
	limits.askers    = fixture.askers = askers_new(256, 1, 0);
	fixture.engine   = engine_new(&limits, keep, NULL);
	if (fixture.engine == NULL || fixture.questions == NULL || fixture.askers == NULL)
		abort();
}

static enum verdict judge(const struct engine_rules *rules, struct bytes ip)
{
	struct engine_input in = { .ip = ip, .now_us = NOW_US, .sums_settled = true,
	                           .iface = "br-lan" };
	struct engine_reply reply;

	return engine_packet(fixture.engine, rules, &in, &reply);
}

/* One packet that is blocked, for its event. */
static void make_event(void)
{
	uint8_t             query[256], ip[512];
	struct writer       q = writer_over(query, sizeof(query)), w = writer_over(ip, sizeof(ip));
	struct packet_path  path  = { .from = { 4, { 10, 0, 0, 1 } }, .to = { 4, { 9, 9, 9, 9 } },
	                              .from_port = 40000, .to_port = 53 };
	struct engine_rules rules = engine_rules_of(&fixture.settings, fixture.policy);

	packet_query(&q, 1, "Update.Blocked.example", 28);
	packet_udp(&w, &path, writer_written(&q));
	if (judge(&rules, writer_written(&w)) != VERDICT_DROP || fixture.event.host.len == 0)
		abort();
}

unsigned stage_decode(void)
{
	struct packet p;
	unsigned      sums = 0;

	for (unsigned round = 0; round < ROUNDS; round++) {
		for (size_t i = 0; i < NUM_PACKETS; i++) {
			if (packet_read(fixture.packets[i], &p) != PARSE_OK)
				abort();
			sums += packet_sums_ok(&p);
		}
	}
	return sums == 0 ? ROUNDS * NUM_PACKETS : 0;
}

/* Half of the packets are of a new flow, and the table is full for half of those. */
unsigned stage_flow(void)
{
	struct flows *flows = flows_new(ROUNDS, 1, 1000000, 1, NULL, NULL);
	struct packet p;
	enum flow_end sender;

	if (flows == NULL)
		abort();
	for (unsigned i = 0; i < 4 * ROUNDS; i++) {
		from_another(0, i / 2);
		if (packet_read(fixture.packets[0], &p) != PARSE_OK)
			abort();

		struct flow_key key = flow_key_of(&p, &sender);

		if (flow_find(flows, &key, NOW_US) == NULL)
			flow_add(flows, &key, &p.src, NOW_US);
	}
	flows_free(flows);
	return 4 * ROUNDS;
}

/* A hello in two segments, and the second once more. */
unsigned stage_gather(void)
{
	struct gather_pool *pool = gather_pool_new(2);
	struct bytes        second = bytes_from(fixture.hello, 60);

	for (unsigned i = 0; i < ROUNDS; i++) {
		struct gather *owner = NULL, *g = gather_take(pool, &owner, 0, i, true);

		gather_add(pool, g, i, bytes_first(fixture.hello, 60));
		gather_add(pool, g, i + 60, second);
		gather_add(pool, g, i + 60, second);
		if (gather_prefix(g).len != fixture.hello.len)
			abort();
		gather_put(pool, &owner);
	}
	gather_pool_free(pool);
	return 3 * ROUNDS;
}

/* A query, a hello, a request. */
unsigned stage_inspect(void)
{
	static uint8_t      room[TLS_HELLO_MAX];
	struct dns_reader   dns;
	struct dns_name     name;
	struct tls_hello    hello;
	struct http_request request;

	for (unsigned i = 0; i < ROUNDS; i++) {
		struct writer scratch = writer_over(room, sizeof(room));

		if (dns_open(fixture.query, &dns) != PARSE_OK ||
		    dns_next(&dns, &name) != PARSE_OK || dns_next(&dns, &name) != PARSE_MORE ||
		    tls_read_hello(fixture.hello, &scratch, &hello) != PARSE_OK ||
		    http_read_request(fixture.request, &request) != PARSE_OK)
			abort();
	}
	return 3 * ROUNDS;
}

/* A listed host, one below a listed suffix, one of a pattern, one that is not listed. */
unsigned stage_policy(void)
{
	static const char *const hosts[] = { "host-500.listed.example.com", "a.b.blocked.example",
	                                     "ads-7.example.net",
	                                     "www.not-listed.example.org" };
	struct decision d;
	unsigned        blocked = 0;

	for (unsigned i = 0; i < ROUNDS; i++) {
		for (size_t h = 0; h < COUNT(hosts); h++) {
			policy_decide(fixture.policy, host_literal(hosts[h]), NOW_US, &d);
			blocked += d.ruling == RULING_BLOCK;
		}
	}
	return blocked == 3 * ROUNDS ? COUNT(hosts) * ROUNDS : 0;
}

/* The whole way to the verdict: the five packets, each of a client of its own in each round. */
unsigned stage_verdict(void)
{
	struct engine_rules rules  = engine_rules_of(&fixture.settings, fixture.policy);
	unsigned            passed = 0;

	for (unsigned round = 0; round < ROUNDS; round++) {
		for (size_t i = 0; i < NUM_PACKETS; i++) {
			from_another(i, round);
			passed += judge(&rules, fixture.packets[i]) <= VERDICT_PASS;
		}
	}
	return passed == ROUNDS * NUM_PACKETS ? passed : 0;
}

unsigned stage_record(void)
{
	static uint8_t        line[RECORD_MAX];
	struct record_context context = { .sensor = "gateway",
	                                  .policy_digest = policy_digest(fixture.policy) };
	struct chain          chain   = { 0 };

	for (unsigned i = 0; i < ROUNDS; i++) {
		struct writer w = writer_over(line, sizeof(line));

		record_open(&w, &fixture.event, &context);
		record_count(&w, 1, NOW_US);
		record_close(&w, &chain);
		if (w.full || chain_advance(&chain, writer_written(&w)) != 0)
			abort();
	}
	return ROUNDS;
}

unsigned stage_initial(void)
{
	struct engine_rules rules  = engine_rules_of(&fixture.settings, fixture.policy);
	unsigned            passed = 0;

	for (unsigned i = 0; i < ROUNDS; i++)
		passed += judge(&rules, fixture.initials[i]) == VERDICT_PASS;
	return passed == ROUNDS ? ROUNDS : 0;
}

static unsigned judge_query(struct bytes message)
{
	struct engine_rules rules = engine_rules_of(&fixture.settings, fixture.policy);
	uint8_t             packet[512];
	struct writer       w     = writer_over(packet, sizeof(packet));
	struct packet_path  path  = { .from = { 4, { 10, 0, 0, 1 } },
	                              .to = { 4, { 198, 18, 0, 1 } }, .from_port = 40000,
	                              .to_port = 53 };

	packet_udp(&w, &path, message);
	for (unsigned i = 0; i < ROUNDS; i++) {
		if (judge(&rules, writer_written(&w)) != VERDICT_ACCEPT)
			abort();
	}
	return ROUNDS;
}

static unsigned read_by_ldns(struct bytes message)
{
	for (unsigned i = 0; i < ROUNDS; i++) {
		ldns_pkt *packet;

		if (ldns_wire2pkt(&packet, message.at, message.len) != LDNS_STATUS_OK)
			abort();
		ldns_pkt_free(packet);
	}
	return ROUNDS;
}

unsigned stage_query(void)           { return judge_query(fixture.query); }
unsigned stage_query_ldns(void)      { return read_by_ldns(fixture.query); }
unsigned stage_query_edns(void)      { return judge_query(fixture.query_edns); }
unsigned stage_query_edns_ldns(void) { return read_by_ldns(fixture.query_edns); }

int main(int argc, char **argv)
{
	static const struct { const char *name; unsigned (*run)(void); } stages[] = {
		{ "decode", stage_decode }, { "flow", stage_flow }, { "gather", stage_gather },
		  { "inspect", stage_inspect },
		{ "policy", stage_policy }, { "verdict", stage_verdict }, { "record",
		  stage_record },
		{ "initial", stage_initial },
		{ "query", stage_query }, { "query_ldns", stage_query_ldns }, { "query_edns",
		  stage_query_edns },
		{ "query_edns_ldns", stage_query_edns_ldns },
	};
	static const char *const files[] = { "p" };
	struct problem           problem;
	unsigned                 num = 0;

	if (argc == 2 && strcmp(argv[1], "build") == 0) {
		puts(STAGES_BUILD);
		return EXIT_SUCCESS;
	}
	settings_default(&fixture.settings);
	if (policy_build(files, 1, fetch, NULL, &fixture.policy, &problem) != 0)
		abort();
	make_packets();
	make_initials();
	make_engine();
	make_event();
	for (size_t i = 0; i < COUNT(stages) && argc == 2; i++) {
		if (strcmp(stages[i].name, argv[1]) == 0)
			num = stages[i].run();
	}
	engine_free(fixture.engine);
	questions_free(fixture.questions);
	askers_free(fixture.askers);
	policy_free(fixture.policy);
	printf("%u\n", num);
	return num > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
