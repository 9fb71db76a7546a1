/* SPDX-License-Identifier: MIT */

/*
 * Waivers, and categories that hold for named devices alone: what a policy file may say, and what
 * becomes of a client's attempts while a waiver counts, and once it does not.
 */

#include "audit/record.h"
#include "base/instant.h"
#include "inspect/dns.h"
#include "support/engine.h"
#include "support/packets.h"

#include <errno.h>

#define BEGIN INT64_C(1767225600000000)         /* 2026-01-01T00:00:00Z */
#define END   INT64_C(1769904000000000)         /* 2026-02-01T00:00:00Z */

#define BLOCKS   "[category c]\naction = block\nnames = blocked\nby-address = yes\n" \
	         "[category w]\naction = log\nnames = watched\n" \
	         "[category p]\naction = block\nports = tcp/853\n"
#define LAB_HEAD "[waiver lab]\nreason = Research\nuntil = 2026-02-01T00:00:00Z\n"
#define LAB      BLOCKS LAB_HEAD "effective = 2026-01-01T00:00:00Z\ncategories = c p no-name\n" \
	         "devices = 02:00:00:00:00:07 192.0.2.2 198.51.100.0/24 lab-3\n"

static struct problem problem;

static const struct { const char *text, *says; } refused[] = {
	{ "[waiver lab]\nuntil = 2026-02-01T00:00:00Z\nreason = R\ncategories = c\n",
	  "p: [waiver lab] lacks a line; expected devices = ..." },
	{ LAB_HEAD "devices = 192.0.2.2\n",
	  "p: [waiver lab] lacks a line; expected categories = ..." },
	{ "[waiver lab]\nreason = R\ncategories = c\ndevices = 192.0.2.2\n",
	  "p: [waiver lab] lacks a line; expected until = ..." },
	{ "[waiver lab]\nuntil = 2026-02-01T00:00:00Z\ncategories = c\ndevices = 192.0.2.2\n",
	  "p: [waiver lab] lacks a line; expected reason = ..." },
	{ LAB_HEAD "categories = c\ndevices = 192.0.2.300\n",
	  "p: line 17: 'devices = 192.0.2.300': expected MACs, addresses, networks" },
	{ LAB_HEAD "categories = c\ndevices =\n", "p: line 17: 'devices = '" },
	{ LAB_HEAD "categories = C\n",
	  "p: line 16: 'categories = C': expected names of categories" },
	{ "[waiver lab]\nuntil = 2026-02-01\n",
	  "p: line 14: 'until = 2026-02-01': expected a date and time with offset" },
	{ "[waiver lab]\naction = block\n",
	  "p: line 14: 'action = block': expected one of devices, categories, effective, until, "
	  "reason" },
	{ "[waiver Lab]\nreason = R\n", "p: line 14: 'reason = R': expected a waiver named by" },
	{ LAB_HEAD "effective = 2026-02-01T00:00:00Z\ncategories = c\ndevices = 192.0.2.2\n",
	  "p: [waiver lab] until is not after effective" },
	{ LAB_HEAD "categories = c other\ndevices = 192.0.2.2\n",
	  "[waiver lab] categories: 'other' is not a category that blocks" },
	{ LAB_HEAD "categories = *\ncategories = c\n",
	  "p: line 17: 'categories = c': expected names of categories, separated by spaces, or *" },
	{ LAB_HEAD "categories = c\ncategories = *\n",
	  "p: line 17: 'categories = *': expected names of categories, separated by spaces, or *" },
	{ LAB_HEAD "categories = c *\n", "p: line 16: 'categories = c *': expected names of" },
	{ LAB_HEAD "categories = w\ndevices = 192.0.2.2\n",
	  "[waiver lab] categories: 'w' is not a category that blocks" },
	{ LAB_HEAD "categories = probe\ndevices = 192.0.2.2\n",
	  "[waiver lab] categories: 'probe' is not a category that blocks" },
	{ "[category d]\naction = block\nports = tcp/1\ndevices = 1.2\n",
	  "p: line 16: 'devices = 1.2': expected MACs" },
};

START_TEST(what_is_wrong_with_a_waiver_is_said)
{
	static const char *const files[] = { "p" };
	char                     text[1000];

	snprintf(text, sizeof(text), "[policy]\nid = p\n%s%s", BLOCKS, refused[_i].text);
	ck_assert_int_eq(policy_build(files, 1, engine_text, text, &policy, &problem), -EINVAL);
	ck_assert_msg(strncmp(problem.text, refused[_i].says, strlen(refused[_i].says)) == 0,
	              "expected: %s\ncame: %s", refused[_i].says, problem.text);
}

static int two_files(void *context, const char *name, struct bytes *content_out)
{
	(void)context;
	*content_out = bytes_text(strcmp(name, "blocked") == 0 ? "a.example\n"
	                          : strcmp(name, "own") == 0
	                                  ? "[policy]\nid = own\n" LAB_HEAD
	                                    "categories = c\ndevices = 192.0.2.2\n"
	                                  : "[policy]\nid = shipped\n[category c]\n"
	                                    "action = block\nnames = blocked\n");
	return 0;
}

START_TEST(a_file_of_waivers_alone_is_about_the_categories_of_others)
{
	static const char *const files[] = { "own", "shipped" };
	const struct waiver     *w;

	ck_assert_msg(policy_build(files, 2, two_files, NULL, &policy, &problem) == 0, "%s",
	              problem.text);
	ck_assert_uint_eq(policy_num_waivers(policy), 1);
	w = policy_waiver(policy, 0);
	ck_assert_str_eq(w->id, "lab");
	ck_assert_str_eq(w->reason, "Research");
	ck_assert_str_eq(w->source->id, "own");
	ck_assert_uint_eq(w->num_categories, 1);
	ck_assert_str_eq(w->categories[0]->source->id, "shipped");
	ck_assert_int_eq(policy_next_change(policy, 0), END);
	policy_free(policy);
}

/* "*": each category that blocks, and the settings that may; not what is only logged. */
START_TEST(a_waiver_of_all_categories_means_all_that_block)
{
	static const char *const files[] = { "p" };
	static char              text[]  = "[policy]\nid = p\n" BLOCKS LAB_HEAD
	                                   "categories = *\ndevices = 192.0.2.2\n";
	static const char *const ids[]   = { "c", "p", "no-name", "ech", "quic", "unreadable",
		                             "limit" };
	const struct waiver     *w;

	ck_assert_msg(policy_build(files, 1, engine_text, text, &policy, &problem) == 0, "%s",
	              problem.text);
	w = policy_waiver(policy, 0);
	ck_assert_uint_eq(w->num_categories, COUNT(ids));
	for (size_t i = 0; i < COUNT(ids); i++)
		ck_assert_str_eq(w->categories[i]->id, ids[i]);
	policy_free(policy);
}

#define OWN_WAIVER LAB_HEAD "categories = *\ndevices = 192.0.2.2\n"

/* The file of waivers; NULL: there is none. */
static const char *own_text;

static int fetch_own(void *context, const char *name, struct bytes *content_out)
{
	if (strcmp(name, "own") != 0)
		return two_files(context, name, content_out);
	*content_out = bytes_text(own_text != NULL ? own_text : "");
	return own_text != NULL ? 0 : -ENOENT;
}

static int build_with_own(const char *text)
{
	static const char *const files[] = { "shipped" };
	const struct policy_from from    = { .files = files, .num_files = 1, .waivers = "own",
	                                     .fetch = fetch_own };

	own_text = text;
	return policy_build_from(&from, &policy, &problem);
}

static const char *const nothing[] = { NULL, "", "# all have ended\n",
	                               "[policy]\ntitle = Waivers\n" };

START_TEST(the_file_of_waivers_may_be_missing_and_may_have_none)
{
	static const char *const files[] = { "shipped" };
	struct policy           *alone;
	size_t                   num;

	ck_assert_int_eq(policy_build(files, 1, two_files, NULL, &alone, &problem), 0);
	ck_assert_msg(build_with_own(nothing[_i]) == 0, "%s", problem.text);
	ck_assert_uint_eq(policy_num_waivers(policy), 0);
	policy_sources(policy, &num);
	ck_assert_uint_eq(num, 1);
	ck_assert(bytes_equal(policy_digest(policy), policy_digest(alone)));
	policy_free(policy);
	policy_free(alone);
}

START_TEST(the_file_of_waivers_needs_no_section_policy_and_is_in_the_digest)
{
	const struct policy_source *sources;
	uint8_t                     without[32];
	size_t                      num;

	ck_assert_int_eq(build_with_own(NULL), 0);
	memcpy(without, policy_digest(policy).at, sizeof(without));
	policy_free(policy);
	ck_assert_msg(build_with_own(OWN_WAIVER) == 0, "%s", problem.text);
	ck_assert_uint_eq(policy_num_waivers(policy), 1);
	sources = policy_sources(policy, &num);
	ck_assert_uint_eq(num, 2);
	ck_assert_str_eq(sources[1].id, "waivers");
	ck_assert_str_eq(sources[1].title, "Waivers");
	ck_assert_str_eq(sources[1].file, "own");
	ck_assert_str_eq(policy_waiver(policy, 0)->source->id, "waivers");
	ck_assert(!bytes_equal(policy_digest(policy), bytes_of(without, sizeof(without))));
	policy_free(policy);
	ck_assert_int_eq(build_with_own("[policy]\nid = own\n" OWN_WAIVER), 0);
	ck_assert_str_eq(policy_sources(policy, &num)[1].title, "own");
	policy_free(policy);
}

START_TEST(a_category_in_the_file_of_waivers_is_refused)
{
	ck_assert_int_eq(build_with_own(OWN_WAIVER "[category d]\naction = allow\n"), -EINVAL);
	ck_assert_str_eq(problem.text,
	                 "own: line 7: 'action = allow': expected to stand in [policy] or "
	                 "[waiver NAME]: this is the file of [policy] waivers");
}

/* No signature, no waiver; where there is no file, there is nothing to sign. */
START_TEST(where_the_policy_must_be_signed_the_file_of_waivers_must_be)
{
	static const struct signify_keys keys = { .num = 0 };
	const struct policy_from         from = { .waivers = "own", .keys = &keys,
	                                          .fetch = fetch_own };

	own_text = NULL;
	ck_assert_msg(policy_build_from(&from, &policy, &problem) == 0, "%s", problem.text);
	policy_free(policy);
	own_text = OWN_WAIVER;
	ck_assert_int_eq(policy_build_from(&from, &policy, &problem), -EKEYREJECTED);
	ck_assert_msg(strstr(problem.text, "sign it as filterd-policy(5) says") != NULL, "%s",
	              problem.text);
}

static int64_t     now_us;
static bool        clock_untrusted;
static const char *from, *dhcp_name;
static uint8_t     link_address;                /* its last byte; 0: unknown */
static uint16_t    to_port, last_id;

static struct bytes name_of(void *owner, const uint8_t *mac, const struct address *client,
                            uint8_t room[POLICY_NAME_MAX])
{
	(void)owner;
	(void)mac;
	(void)client;
	memcpy(room, dhcp_name, strlen(dhcp_name));
	return bytes_of(room, strlen(dhcp_name));
}

static void begin(const char *text)
{
	const struct engine_limits limits = { .flows = 64, .hellos = 4, .name = name_of,
	                                      .flow_idle_us = 60000000 };

	now_us          = BEGIN;
	clock_untrusted = false;
	from            = "192.0.2.2";
	dhcp_name       = "";
	link_address    = 0;
	to_port         = 443;
	engine_begin(&limits, text);
}

static void begin_lab(void)
{
	begin(LAB);
}

static enum verdict judge(struct bytes ip, enum direction direction)
{
	struct engine_input in = { .ip = ip, .now_us = now_us, .sums_settled = true, .iface = "lan",
	                           .clock_untrusted = clock_untrusted,
	                           .direction = direction, .has_mac = link_address != 0,
	                           .mac = { 2, 0, 0, 0, 0, link_address } };

	return engine_packet(engine, &rules, &in, &reply);
}

static struct packet_path path_to(const char *server, uint16_t port)
{
	struct packet_path p = { .from_port = 5000, .to_port = port };

	ck_assert_int_eq(address_from_text(bytes_text(from), &p.from), PARSE_OK);
	ck_assert_int_eq(address_from_text(bytes_text(server), &p.to), PARSE_OK);
	return p;
}

static enum verdict ask(const char *host)
{
	static uint8_t     room[600], question[300];
	struct writer      w = writer_over(room, sizeof(room)), q = writer_over(question, 300);
	struct packet_path p = path_to(strchr(from, ':') ? "2001:db8:1::5" : "203.0.113.53", 53);

	packet_query(&q, ++last_id, host, DNS_TYPE_A);
	packet_udp(&w, &p, writer_written(&q));
	return judge(writer_written(&w), DIRECTION_NEW);
}

static enum verdict tcp(uint32_t seq, uint8_t flags, struct bytes payload)
{
	static uint8_t     room[1500];
	struct writer      w = writer_over(room, sizeof(room));
	struct packet_path p = path_to("203.0.113.5", to_port);

	packet_tcp(&w, &p, seq, flags, payload);
	return judge(writer_written(&w), flags & TCP_SYN ? DIRECTION_NEW : DIRECTION_ORIGINAL);
}

static struct bytes hello(const char *host)
{
	static uint8_t room[600], record[700];
	struct writer  w = writer_over(room, sizeof(room)), r = writer_over(record, sizeof(record));

	packet_hello(&w, host, 1);
	packet_record(&r, writer_written(&w));
	return writer_written(&r);
}

#define BLOCKED "a.blocked.example"

static const struct {
	const char     *what, *from;
	uint8_t         link_address;
	const char     *name, *host;
	int64_t         now_us;
	bool            clock_untrusted;
	enum event_type want;                   /* EVENT_PASS: none */
} attempts[] = {
	{ "by address",       "192.0.2.2",    0, "",      BLOCKED, BEGIN, false, EVENT_WAIVED },
	{ "its last moment",  "192.0.2.2",    0, "",      BLOCKED, END - 1, false, EVENT_WAIVED },
	{ "before",           "192.0.2.2",    0, "",      BLOCKED, BEGIN - 1, false, EVENT_BLOCK },
	{ "after",            "192.0.2.2",    0, "",      BLOCKED, END, false, EVENT_BLOCK },
	{ "in doubt of time", "192.0.2.2",    0, "",      BLOCKED, BEGIN, true, EVENT_BLOCK },
	{ "another address",  "192.0.2.3",    0, "",      BLOCKED, BEGIN, false, EVENT_BLOCK },
	{ "by MAC",           "192.0.2.3",    7, "",      BLOCKED, BEGIN, false, EVENT_WAIVED },
	{ "another MAC",      "192.0.2.3",    8, "",      BLOCKED, BEGIN, false, EVENT_BLOCK },
	{ "its IPv6",         "2001:db8::7",  7, "",      BLOCKED, BEGIN, false, EVENT_WAIVED },
	{ "by network",       "198.51.100.9", 0, "",      BLOCKED, BEGIN, false, EVENT_WAIVED },
	{ "by DHCP name",     "192.0.2.3",    0, "Lab-3", BLOCKED, BEGIN, false, EVENT_WAIVED },
	{ "another name",     "192.0.2.3",    0, "lab",   BLOCKED, BEGIN, false, EVENT_BLOCK },
	{ "what is watched",  "192.0.2.2",    0, "",      "a.watched.example", BEGIN, false, EVENT_LOG },
	{ "what passes",      "192.0.2.2",    0, "",      "example.org",       BEGIN, false, EVENT_PASS },
	/* who tests the filter wants to know whether it blocks */
	{ "the test name",    "192.0.2.2",    0, "", "blocked.filterd.test",   BEGIN, false, EVENT_BLOCK },
};

START_TEST(an_attempt_is_waived_for_these_devices_in_this_time)
{
	bool passes = attempts[_i].want != EVENT_BLOCK;

	now_us          = attempts[_i].now_us;
	from            = attempts[_i].from;
	link_address    = attempts[_i].link_address;
	dhcp_name       = attempts[_i].name;
	clock_untrusted = attempts[_i].clock_untrusted;
	ck_assert_int_eq(ask(attempts[_i].host), passes ? VERDICT_ACCEPT : VERDICT_DROP);
	ck_assert_uint_eq(num_events, attempts[_i].want != EVENT_PASS);
	if (num_events == 0)
		return;
	ck_assert_msg(events[0].type == attempts[_i].want, "%s", attempts[_i].what);
	ck_assert_int_eq(events[0].decision.waiver != NULL, events[0].type == EVENT_WAIVED);
	ck_assert_uint_eq(engine_counts(engine).waived, events[0].type == EVENT_WAIVED);
}

START_TEST(where_filterd_only_observes_a_waived_attempt_is_still_one)
{
	rules.mode = MODE_OBSERVE;
	ask("a.blocked.example");
	from = "192.0.2.3";
	ask("a.blocked.example");
	ck_assert_int_eq(events[0].type, EVENT_WAIVED);
	ck_assert_int_eq(events[1].type, EVENT_WOULD_BLOCK);
}

/* The answer to the question asked last: that its name is an alias of `alias`. */
static enum verdict answer_alias(const char *host, const char *alias)
{
	static uint8_t     room[600], message[500];
	struct writer      w = writer_over(room, sizeof(room)), m = writer_over(message, 500);
	struct packet_path p = path_to("203.0.113.53", 53), back;
	size_t             len;

	packet_query(&m, last_id, host, DNS_TYPE_A);
	message[2] = 0x81;
	message[3] = 0x80;
	message[7] = 1;
	write_bytes(&m, BYTES("\xc0\x0c\0\5\0\1\0\0\1\0"));
	len = strlen(alias) + 2;
	write_u16(&m, (uint16_t)len);
	while (*alias != '\0') {
		size_t label = strcspn(alias, ".");

		write_u8(&m, (uint8_t)label);
		write_bytes(&m, bytes_of(alias, label));
		alias += label + (alias[label] == '.');
	}
	write_u8(&m, 0);
	back = (struct packet_path){ p.to, p.from, p.to_port, p.from_port };
	packet_udp(&w, &back, writer_written(&m));
	return judge(writer_written(&w), DIRECTION_REPLY);
}

static const struct { const char *what, *alias; enum verdict want; size_t events; } aliases[] = {
	{ "of the same category",    "b.blocked.example",   VERDICT_ACCEPT, 1 },
	{ "that nobody prohibits",   "cdn.example",         VERDICT_ACCEPT, 1 },
	{ "of one that is not waived", "www.blocked.example", VERDICT_DROP, 2 },
};

START_TEST(an_alias_of_a_waived_name_is_judged_for_itself)
{
	begin(LAB "[category d]\naction = block\nnames = allowed\n");
	ck_assert_int_eq(ask(BLOCKED), VERDICT_ACCEPT);
	ck_assert_msg(answer_alias(BLOCKED, aliases[_i].alias) == aliases[_i].want, "%s",
	              aliases[_i].what);
	ck_assert_uint_eq(num_events, aliases[_i].events);
	ck_assert_int_eq(events[0].type, EVENT_WAIVED);
	if (num_events > 1) {
		ck_assert_int_eq(events[1].type, EVENT_BLOCK);
		ck_assert_str_eq(events[1].decision.rule.category->id, "d");
	}
	engine_end();
}

static const struct { const char *what, *from, *host, *alias; enum event_type want; } shields[] = {
	{ "a watched name's alias that is waived",  "192.0.2.2", "a.watched.example", BLOCKED,
	  EVENT_WAIVED },
	{ "a watched name's alias that is not",     "192.0.2.3", "a.watched.example", BLOCKED,
	  EVENT_BLOCK },
	{ "an allowed name's alias that is waived", "192.0.2.2", "www.blocked.example", BLOCKED,
	  EVENT_PASS },
	{ "an allowed name's alias that is not",    "192.0.2.3", "www.blocked.example", BLOCKED,
	  EVENT_PASS },
	{ "a free name's alias that is waived",     "192.0.2.2", "example.org", BLOCKED, EVENT_WAIVED },
	{ "a free name's alias that is not",        "192.0.2.3", "example.org", BLOCKED, EVENT_BLOCK },
};

START_TEST(waivers_and_exemptions_do_not_get_in_each_others_way)
{
	bool is_block = shields[_i].want == EVENT_BLOCK;

	begin(LAB "[category a]\naction = allow\nnames = allowed\n");
	from = shields[_i].from;
	ck_assert_int_eq(ask(shields[_i].host), VERDICT_ACCEPT);
	ck_assert_msg(answer_alias(shields[_i].host, shields[_i].alias) ==
	                      (is_block ? VERDICT_DROP : VERDICT_ACCEPT),
	              "%s", shields[_i].what);
	if (shields[_i].want == EVENT_PASS)
		ck_assert_uint_eq(num_events, 0);
	else
		ck_assert_msg(num_events > 0 && events[num_events - 1].type == shields[_i].want,
		              "%s: %zu", shields[_i].what, num_events);
	engine_end();
}
END_TEST

#define WAIVER(id, until, categories, devices) "[waiver " id "]\nreason = R\nuntil = " until \
	"T00:00:00Z\ncategories = " categories "\ndevices = " devices "\n"

START_TEST(of_several_waivers_the_first_that_counts_is_named)
{
	begin(BLOCKS WAIVER("ended", "2025-01-01", "c", "192.0.2.2")
	      WAIVER("other-category", "2026-02-01", "p", "192.0.2.2")
	      WAIVER("other-device", "2026-02-01", "c", "192.0.2.3 02:00:00:00:00:01")
	      WAIVER("network", "2026-02-01", "c", "192.0.2.0/25 192.0.2.2 0.0.0.0/0")
	      WAIVER("address", "2026-02-01", "c p", "192.0.2.2"));
	ck_assert_int_eq(ask(BLOCKED), VERDICT_ACCEPT);
	ck_assert_str_eq(events[0].decision.waiver->id, "network");
	from = "192.0.2.3";
	ck_assert_int_eq(ask("b.blocked.example"), VERDICT_ACCEPT);
	ck_assert_str_eq(events[1].decision.waiver->id, "other-device");
	from = "2001:db8::2";
	ck_assert_int_eq(ask("c.blocked.example"), VERDICT_DROP);
	engine_end();
}
END_TEST

/* The last Sunday of March 2026 in Berlin has no half past two; of October, it has two. */
static const struct { const char *zone, *until; int64_t at; } ends[] = {
	{ "UTC",           "2026-02-01T00:00:00Z",             END },
	{ "Europe/Berlin", "2026-02-01T00:00:00Z",             END },
	{ "Europe/Berlin", "2026-02-01T01:00:00+01:00",        END },
	{ "Asia/Kolkata",  "2026-02-01T05:30:00+05:30",        END },
	{ "US/Eastern",    "2026-01-31T19:00:00-05:00",        END },
	{ "Europe/Berlin", "2026-03-29T02:30:00+01:00",        INT64_C(1774747800000000) },
	{ "Europe/Berlin", "2026-03-29T03:30:00+02:00",        INT64_C(1774747800000000) },
	{ "Europe/Berlin", "2026-10-25T02:30:00+02:00",        INT64_C(1792888200000000) },
	{ "Europe/Berlin", "2026-10-25T02:30:00+01:00",        INT64_C(1792891800000000) },
	{ "US/Eastern",    "2026-10-25t02:30:00.000001+01:00", INT64_C(1792891800000001) },
};

START_TEST(a_waiver_ends_at_its_instant_wherever_the_gateway_is)
{
	char text[600];

	setenv("TZ", ends[_i].zone, 1);
	tzset();
	snprintf(text, sizeof(text), BLOCKS "[waiver lab]\nreason = R\nuntil = %s\ncategories = c\n"
	         "devices = 192.0.2.2\n", ends[_i].until);
	begin(text);
	now_us = ends[_i].at - 1;
	ck_assert_int_eq(ask(BLOCKED), VERDICT_ACCEPT);
	now_us = ends[_i].at;
	ck_assert_int_eq(ask(BLOCKED), VERDICT_DROP);
	ck_assert_int_eq(policy_next_change(policy, 0), ends[_i].at);
	engine_end();
}
END_TEST

/* A later packet may have been cut out of joined datagrams, without the link address. */
START_TEST(a_client_that_showed_its_mac_lately_is_known_by_its_address)
{
	from         = "192.0.2.3";
	link_address = 7;
	ask("a.blocked.example");
	link_address = 0;
	now_us += 100000000;            /* the flow is forgotten, the device is not */
	ask("b.blocked.example");
	now_us += 400000000;
	ask("c.blocked.example");
	ck_assert_uint_eq(num_events, 3);
	ck_assert_int_eq(events[1].type, EVENT_WAIVED);
	ck_assert_int_eq(events[2].type, EVENT_BLOCK);
}

START_TEST(a_name_that_dhcp_gives_to_another_takes_the_waiver_with_it)
{
	from      = "192.0.2.3";
	dhcp_name = "lab-3";
	ask("a.blocked.example");
	dhcp_name = "guest";
	ask("b.blocked.example");
	ck_assert_int_eq(events[0].type, EVENT_WAIVED);
	ck_assert_int_eq(events[1].type, EVENT_BLOCK);
}

/* The server's, which has taken all that its client sent: a pass is final now. */
static enum verdict answer(uint8_t flags, uint32_t ack)
{
	static uint8_t     room[300];
	uint8_t            server_hello[100];
	struct writer      w = writer_over(room, sizeof(room)), h = writer_over(server_hello, 100);
	struct packet_path p = path_to("203.0.113.5", to_port), back;

	write_bytes(&h, BYTES("\x16\3\3\0\x2c\2\0\0\x28\3\3"));
	for (int i = 0; i < 32; i++)
		write_u8(&h, 7);
	write_bytes(&h, BYTES("\0\x13\1\0\0\0"));

	back = (struct packet_path){ p.to, p.from, p.to_port, p.from_port };
	packet_tcp(&w, &back, flags & TCP_SYN ? 0 : 1, flags,
	           flags & TCP_SYN ? BYTES("") : writer_written(&h));
	for (unsigned i = 0; i < 4; i++)
		room[28 + i] = (uint8_t)(ack >> (24 - 8 * i));
	return judge(writer_written(&w), DIRECTION_REPLY);
}

/* A flow that could be decided, but for what was recorded. */
static enum verdict pass_and_answer(const char *host)
{
	struct bytes h = hello(host);

	now_us = END - 1;
	ck_assert_int_eq(tcp(999, TCP_SYN, BYTES("")), VERDICT_ACCEPT);
	answer(TCP_SYN | TCP_ACK, 1000);
	ck_assert_int_eq(tcp(1000, TCP_ACK, h), VERDICT_ACCEPT);
	return answer(TCP_ACK, 1000 + (uint32_t)h.len);
}

static void pass_by_waiver(void)
{
	ck_assert_int_eq(pass_and_answer("www.blocked.example"), VERDICT_ACCEPT);
	ck_assert_uint_eq(num_events, 1);
	ck_assert_int_eq(events[0].type, EVENT_WAIVED);
	ck_assert_str_eq(events[0].decision.waiver->reason, "Research");
}

static void assert_ended(void)
{
	ck_assert_int_eq(tcp(1500, TCP_ACK, BYTES("more")), VERDICT_BLOCK);
	ck_assert_uint_gt(reply.reset.len, 0);
	ck_assert_uint_eq(num_events, 2);
	ck_assert_int_eq(events[1].type, EVENT_BLOCK);
	ck_assert_ptr_null(events[1].decision.waiver);
}

START_TEST(a_flow_that_passed_by_a_waiver_ends_with_it)
{
	pass_by_waiver();
	ck_assert_int_eq(answer(TCP_ACK, 1001), VERDICT_ACCEPT);
	ck_assert_uint_eq(num_events, 1);
	now_us = END;
	assert_ended();
	ck_assert_str_eq(events[1].host.text, "www.blocked.example");
}

START_TEST(a_flow_that_passed_by_a_waiver_ends_when_the_clock_is_in_doubt)
{
	pass_by_waiver();
	clock_untrusted = true;
	assert_ended();
}

START_TEST(a_flow_that_passed_by_a_waiver_ends_when_a_reload_takes_it_away)
{
	static const char *const files[] = { "p" };
	static char              text[]  = "[policy]\nid = p\n" BLOCKS;
	struct policy           *old     = policy;

	pass_by_waiver();
	ck_assert_int_eq(policy_build(files, 1, engine_text, text, &policy, &problem), 0);
	rules.policy = policy;
	policy_free(old);
	assert_ended();
}

START_TEST(a_flow_to_a_port_that_passed_by_a_waiver_ends_with_it)
{
	to_port = 853;
	ck_assert_int_eq(pass_and_answer("free.example"), VERDICT_ACCEPT);
	ck_assert_uint_eq(num_events, 1);
	ck_assert_int_eq(events[0].type, EVENT_WAIVED);
	now_us = END;
	assert_ended();
}

START_TEST(a_flow_that_a_setting_would_block_ends_with_its_waiver)
{
	rules.no_name = OUTCOME_BLOCK;
	ck_assert_int_eq(pass_and_answer("192.0.2.80"), VERDICT_ACCEPT);
	ck_assert_uint_eq(num_events, 1);
	ck_assert_int_eq(events[0].type, EVENT_WAIVED);
	ck_assert_str_eq(events[0].decision.rule.category->id, "no-name");
	now_us = END;
	assert_ended();
	ck_assert_str_eq(events[1].decision.rule.category->id, "no-name");
}

START_TEST(a_flow_that_no_rule_is_about_is_decided_as_ever)
{
	ck_assert_int_eq(pass_and_answer("free.example"), VERDICT_PASS);
	ck_assert_uint_eq(num_events, 0);
}

START_TEST(a_record_says_by_which_waiver_why_and_until_when)
{
	static uint8_t              line[RECORD_MAX];
	struct writer               w = writer_over(line, sizeof(line) - 1);
	const struct record_context c = { .sensor = "gw", .policy_digest = policy_digest(policy) };

	ask("a.blocked.example");
	record_open(&w, &events[0], &c);
	line[w.len] = '\0';
	ck_assert(strstr((char *)line, "\"action\":\"allowed\"") != NULL);
	ck_assert(strstr((char *)line, "\"filterd\":{\"type\":\"waived\"") != NULL);
	ck_assert(strstr((char *)line, "\"category\":\"c\",\"waiver\":\"lab\","
	                               "\"until\":\"2026-02-01T00:00:00Z\","
	                               "\"reason\":\"Research\"") != NULL);
}

#define SCHOOL "[category all]\naction = log\nnames = blocked\n" \
	       "[category pupils]\naction = block\nnames = blocked\ndevices = 192.0.2.0/24\n" \
	       "[category teacher]\naction = allow\nnames = allowed\ndevices = 02:00:00:00:00:07\n"

static const struct {
	const char     *from;
	uint8_t         link_address;
	const char     *host;
	enum event_type want;
	const char     *category;
} held[] = {
	{ "192.0.2.9", 0, "www.blocked.example", EVENT_BLOCK, "pupils" },
	/* as if its patterns were not there */
	{ "198.51.100.9", 0, "www.blocked.example", EVENT_LOG, "all" },
	{ "192.0.2.9", 7, "www.blocked.example", EVENT_PASS, NULL },
	{ "192.0.2.9", 7, "x.blocked.example", EVENT_BLOCK, "pupils" },
	{ "198.51.100.9", 7, "www.blocked.example", EVENT_PASS, NULL },
};

START_TEST(a_category_with_devices_is_there_for_them_alone)
{
	begin(SCHOOL);
	from         = held[_i].from;
	link_address = held[_i].link_address;
	ask(held[_i].host);
	ck_assert_uint_eq(num_events, held[_i].category != NULL);
	if (num_events > 0) {
		ck_assert_int_eq(events[0].type, held[_i].want);
		ck_assert_str_eq(events[0].decision.rule.category->id, held[_i].category);
	}
	engine_end();
}

START_TEST(a_port_may_be_closed_for_some_devices_alone)
{
	begin("[category p]\naction = block\nports = tcp/853\ndevices = 192.0.2.0/24\n");
	to_port = 853;
	ck_assert_int_eq(tcp(999, TCP_SYN, BYTES("")), VERDICT_BLOCK);
	from = "198.51.100.9";
	ck_assert_int_eq(tcp(999, TCP_SYN, BYTES("")), VERDICT_ACCEPT);
	engine_end();
}

int main(void)
{
	Suite *s     = suite_create("waivers");
	TCase *files = tcase_create("files"), *lab = tcase_create("lab");

	tcase_add_loop_test(files, what_is_wrong_with_a_waiver_is_said, 0, COUNT(refused));
	tcase_add_test(files, a_file_of_waivers_alone_is_about_the_categories_of_others);
	tcase_add_test(files, a_waiver_of_all_categories_means_all_that_block);
	tcase_add_loop_test(files, the_file_of_waivers_may_be_missing_and_may_have_none, 0,
	                    COUNT(nothing));
	tcase_add_test(files, the_file_of_waivers_needs_no_section_policy_and_is_in_the_digest);
	tcase_add_test(files, a_category_in_the_file_of_waivers_is_refused);
	tcase_add_test(files, where_the_policy_must_be_signed_the_file_of_waivers_must_be);
	tcase_add_loop_test(files, a_category_with_devices_is_there_for_them_alone, 0, COUNT(held));
	tcase_add_loop_test(files, an_alias_of_a_waived_name_is_judged_for_itself, 0,
	                    COUNT(aliases));
	tcase_add_loop_test(files, waivers_and_exemptions_do_not_get_in_each_others_way, 0,
	                    COUNT(shields));
	tcase_add_loop_test(files, a_waiver_ends_at_its_instant_wherever_the_gateway_is, 0,
	                    COUNT(ends));
	tcase_add_test(files, of_several_waivers_the_first_that_counts_is_named);
	tcase_add_test(files, a_port_may_be_closed_for_some_devices_alone);
	suite_add_tcase(s, files);
	tcase_add_checked_fixture(lab, begin_lab, engine_end);
	tcase_add_loop_test(lab, an_attempt_is_waived_for_these_devices_in_this_time, 0,
	                    COUNT(attempts));
	tcase_add_test(lab, where_filterd_only_observes_a_waived_attempt_is_still_one);
	tcase_add_test(lab, a_client_that_showed_its_mac_lately_is_known_by_its_address);
	tcase_add_test(lab, a_name_that_dhcp_gives_to_another_takes_the_waiver_with_it);
	tcase_add_test(lab, a_flow_that_passed_by_a_waiver_ends_with_it);
	tcase_add_test(lab, a_flow_that_passed_by_a_waiver_ends_when_the_clock_is_in_doubt);
	tcase_add_test(lab, a_flow_that_passed_by_a_waiver_ends_when_a_reload_takes_it_away);
	tcase_add_test(lab, a_flow_to_a_port_that_passed_by_a_waiver_ends_with_it);
	tcase_add_test(lab, a_flow_that_a_setting_would_block_ends_with_its_waiver);
	tcase_add_test(lab, a_flow_that_no_rule_is_about_is_decided_as_ever);
	tcase_add_test(lab, a_record_says_by_which_waiver_why_and_until_when);
	suite_add_tcase(s, lab);
	return suite_run(s);
}
