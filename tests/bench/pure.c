/* SPDX-License-Identifier: MIT */

/*
 * What the pure part of the filter costs, in time of the processor and in memory:
 *
 *     pure query       a DNS query, from its bytes to what becomes of it, beside ldns_wire2pkt()
 *     alone on the same bytes pure look-up     the policy asked with 1,000,000 names, beside 100
 *     pure load        policies of 60, 10,000, 200,000 and 1,000,000 names: time and memory pure
 *     pure zone   a zone of 1,000,000 names, beside ldns_rr_new_frm_fp_l() on the same text
 *     flood       10,000,000 half-open connections, beside as many as are remembered
 *
 * A line for each figure, separated by tabs: what, figure, reference, ratio, budget, met (yes, no; -
 * without a budget). Two sides of a ratio are measured in turns, and the median of the turns stands
 * for each.
 */

#include "support/packets.h"
#include "support/policy.h"

#include "engine/engine.h"
#include "inspect/dns.h"
#include "policy/policy_file.h"
#include "policy/zone.h"

#include <ldns/ldns.h>
#include <math.h>
#include <stdio.h>
#include <time.h>

#define TURNS        31
#define QUERIES      20000          /* a turn */
#define LOOK_UPS     200000         /* a turn */
/* different ones that are asked for; a gateway sees some thousand a day */
#define HOSTS        10000
#define LISTED_EVERY 10             /* one of so many is listed */
#define NAMES_MOST   1000000
#define NAME_ROOM    48
#define ZONE_LINE_ROOM (NAME_ROOM + 32)
#define FLOWS        16384          /* the default */
#define HALF_OPEN    10000000
#define NOW_US       INT64_C(1800000000000000)

static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int compare(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

static double median(double *of, size_t num)
{
	qsort(of, num, sizeof(*of), compare);
	return of[num / 2];
}

/* What must be the same, to the last one. */
static void print_equal(const char *what, uint64_t figure, uint64_t reference)
{
	printf("%s\t%llu\t%llu\t%.2f\t= 1.00\t%s\n", what, (unsigned long long)figure,
	       (unsigned long long)reference, (double)figure / (double)reference,
	       figure == reference ? "yes" : "no");
}

/* figure and reference in what they are printed in; budget: of the ratio, 0 for none. */
static void print_row(const char *what, const char *unit, double figure, double reference,
                      double budget)
{
	double ratio = figure / reference;

	printf("%s\t%.1f %s\t%.1f %s\t%.2f\t", what, figure, unit, reference, unit, ratio);
	if (budget > 0)
		printf("<= %.2f\t%s\n", budget, ratio <= budget ? "yes" : "no");
	else
		printf("-\t-\n");
}

/* A domain of a list, as blocklists have them: 25 characters or so. */
static size_t name_of(char out[NAME_ROOM], unsigned number)
{
	static const char *const words[] = { "ads", "track", "metrics", "pixel", "beacon", "stats",
	                                     "cdn", "telemetry" };

	return (size_t)snprintf(out, NAME_ROOM, "%s-%u.site%u.example",
	                        words[number % COUNT(words)], number, number * 2654435761u % 99991);
}

/* The lists of policies: names 0 to as many as the file is called. */
static int fetch(void *context, const char *name, struct bytes *content_out)
{
	static char *list;
	size_t       num = strtoul(name, NULL, 10), len = 0;

	if (num == 0) {
		*content_out = bytes_text(context);
		return 0;
	}
	if (list == NULL)
		list = malloc((size_t)NAMES_MOST * NAME_ROOM);
	if (list == NULL)
		return -1;
	for (unsigned i = 0; i < num; i++) {
		len += name_of(list + len, i);
		list[len++] = '\n';
	}
	*content_out = bytes_of(list, len);
	return 0;
}

static struct policy *policy_of(unsigned num_names)
{
	static const char *const files[] = { "p" };
	char           text[128];
	struct policy *policy;
	struct problem problem;

	snprintf(text, sizeof(text), "[policy]\nid = p\n[category c]\naction = block\nnames = %u\n",
	         num_names);
	if (policy_build(files, 1, fetch, text, &policy, &problem) != 0) {
		fprintf(stderr, "pure: %s\n", problem.text);
		exit(EXIT_FAILURE);
	}
	return policy;
}

static void ignore(void *owner, const struct event *e)
{
	(void)owner;
	(void)e;
}

static struct engine *engine_of(uint32_t num_flows)
{
	static struct questions *questions;     /* as of a host: all engines have the same */
	static struct askers    *askers;
	struct engine_limits     limits = { .flows = num_flows, .hellos = 256,
	                                    .flow_idle_us = INT64_C(120000000), .seed = 1 };
	struct engine           *e;

	if (questions == NULL) {
		questions = questions_new(num_flows, 1);
		askers    = askers_new(num_flows, 1, 0);
	}
	limits.questions = questions;
	limits.askers    = askers;
	e                = engine_new(&limits, ignore, NULL);
	if (e == NULL || questions == NULL || askers == NULL)
		abort();
	return e;
}

static enum verdict judge(struct engine *e, const struct engine_rules *rules, struct bytes ip)
{
	struct engine_input in = { .ip = ip, .now_us = NOW_US, .sums_settled = true,
	                           .iface = "br-lan" };
	struct engine_reply reply;

	return engine_packet(e, rules, &in, &reply);
}

/* Nanoseconds that ldns takes for it, each time. */
static double ldns_ns(struct bytes message)
{
	double start = now_ns();

	for (unsigned i = 0; i < QUERIES; i++) {
		ldns_pkt *p;

		if (ldns_wire2pkt(&p, message.at, message.len) != LDNS_STATUS_OK)
			abort();
		ldns_pkt_free(p);
	}
	return (now_ns() - start) / QUERIES;
}

/* What ldns is given, and no more: the message, read, and the policy asked about its name. */
static void judge_message(const struct policy *policy, struct bytes message)
{
	static struct dns_name name;
	struct dns_reader      r;
	struct decision        d;

	if (dns_open(message, &r) != PARSE_OK || dns_next(&r, &name) != PARSE_OK)
		abort();
	policy_decide(policy, host_of(&name.host), NOW_US, &d);
	if (d.ruling != RULING_PASS || dns_next(&r, &name) != PARSE_MORE)
		abort();
}

static void message_row(const char *what, struct bytes message, double budget)
{
	struct policy *policy = policy_of(60);
	double         ours[TURNS], theirs[TURNS];

	for (size_t turn = 0; turn < TURNS; turn++) {
		double start = now_ns();

		for (unsigned i = 0; i < QUERIES; i++)
			judge_message(policy, message);
		ours[turn]   = (now_ns() - start) / QUERIES;
		theirs[turn] = ldns_ns(message);
	}
	print_row(what, "ns", median(ours, TURNS), median(theirs, TURNS), budget);
	policy_free(policy);
}

/*
 * The packet whole, as the queue gives it, against the message alone: headers and the flow are work
 * that ldns does not do, so no budget.
 */
static void query_row(const char *what, struct bytes message)
{
	static struct settings settings;
	uint8_t             packet[512];
	struct writer       w      = writer_over(packet, sizeof(packet));
	struct packet_path  path   = { .from = { 4, { 10, 0, 0, 1 } }, .to = { 4, { 9, 9, 9, 9 } },
	                               .from_port = 40000, .to_port = 53 };
	struct policy      *policy = policy_of(60);
	struct engine      *engine = engine_of(FLOWS);
	struct engine_rules rules;
	double              ours[TURNS], theirs[TURNS];

	settings_default(&settings);
	rules = engine_rules_of(&settings, policy);
	packet_udp(&w, &path, message);
	for (size_t turn = 0; turn < TURNS; turn++) {
		double start = now_ns();

		for (unsigned i = 0; i < QUERIES; i++) {
			if (judge(engine, &rules, writer_written(&w)) != VERDICT_ACCEPT)
				abort();
		}
		ours[turn]   = (now_ns() - start) / QUERIES;
		theirs[turn] = ldns_ns(message);
	}
	print_row(what, "ns", median(ours, TURNS), median(theirs, TURNS), 0);
	engine_free(engine);
	policy_free(policy);
}

static void query(void)
{
	uint8_t       message[256];
	struct writer w = writer_over(message, sizeof(message));

	packet_query(&w, 1, "www.not-listed.example.org", 1);
	message_row("DNS query, message to ruling / ldns_wire2pkt of it", writer_written(&w), 0.35);
	query_row("DNS query, packet to verdict / ldns_wire2pkt of its message",
	          writer_written(&w));

	/* OPT with a cookie: RFC 6891, section 6.1; RFC 7873, section 4. */
	write_bytes(&w, BYTES("\0\0\x29\4\xd0\0\0\0\0\0\x0c\0\x0a\0\x08" "cookie00"));
	write_u16_at(&w, 10, 1);
	message_row("DNS query with EDNS, message to ruling / ldns_wire2pkt of it",
	            writer_written(&w), 0.35);
	query_row("DNS query with EDNS, packet to verdict / ldns_wire2pkt of its message",
	          writer_written(&w));
}

/*
 * Texts one behind the other, as names lie in a packet that was just read: what is asked for costs
 * no memory of its own.
 */
struct hosts {
	struct host at[HOSTS];
	char        texts[HOSTS * NAME_ROOM];
};

static uint32_t next_random(uint32_t *random)
{
	*random = *random * 1664525u + 1013904223u;
	return *random;
}

static struct hosts *make_hosts(unsigned num_names)
{
	struct hosts *hosts = malloc(sizeof(*hosts));
	uint32_t      state = 1;
	size_t        used  = 0;

	if (hosts == NULL)
		abort();
	for (size_t i = 0; i < HOSTS; i++) {
		char    *text   = hosts->texts + used;
		uint32_t random = next_random(&state);
		size_t   len;

		if (i % LISTED_EVERY == 0)
			len = name_of(text, (unsigned)((uint64_t)random * num_names >> 32));
		else
			len = (size_t)snprintf(text, NAME_ROOM, "www%u.host-%u.example.org",
			                       random >> 30, random >> 16);
		hosts->at[i] = (struct host){ .text = text, .len = len };
		used += len;
	}
	return hosts;
}

/*
 * What is asked for, one after the other: each host as often as any other, or the n-th as often as
 * 1/n says.
 */
static uint16_t *make_order(bool by_rank)
{
	uint16_t *order = malloc(LOOK_UPS * sizeof(*order));
	uint32_t  state = 1;

	if (order == NULL)
		abort();
	for (unsigned i = 0; i < LOOK_UPS; i++) {
		uint32_t random = next_random(&state);

		order[i] = (uint16_t)(by_rank ? pow(HOSTS, (double)random / 4294967296.0) - 1
		                              : (uint64_t)random * HOSTS >> 32);
	}
	return order;
}

static double look_up(const struct policy *policy, const struct hosts *hosts, const uint16_t *order)
{
	double          start   = now_ns();
	unsigned        blocked = 0;
	struct decision d;

	for (unsigned i = 0; i < LOOK_UPS; i++) {
		policy_decide(policy, hosts->at[order[i]], NOW_US, &d);
		blocked += d.ruling == RULING_BLOCK;
	}
	if (blocked == 0 || blocked == LOOK_UPS)
		abort();
	return (now_ns() - start) / LOOK_UPS;
}

static void look_up_row(const char *what, const struct policy *small, const struct policy *large,
                        bool by_rank, double budget)
{
	struct hosts *small_hosts = make_hosts(100), *large_hosts = make_hosts(NAMES_MOST);
	uint16_t     *order = make_order(by_rank);
	double        of_small[TURNS], of_large[TURNS];

	for (size_t turn = 0; turn < TURNS; turn++) {
		of_small[turn] = look_up(small, small_hosts, order);
		of_large[turn] = look_up(large, large_hosts, order);
	}
	print_row(what, "ns", median(of_large, TURNS), median(of_small, TURNS), budget);
	free(order);
	free(small_hosts);
	free(large_hosts);
}

static void look_ups(void)
{
	struct policy *small = policy_of(100), *large = policy_of(NAMES_MOST);

	look_up_row("policy look-up, 1,000,000 names / 100; the n-th host as often as 1/n says",
	            small, large, true, 2);
	look_up_row(
		"policy look-up, 1,000,000 names / 100; each of 10,000 hosts as often as any other",
		small, large, false, 0);
	print_row("memory of a name, of 1,000,000 / allowed", "bytes",
	          (double)policy_bytes(large) / NAMES_MOST, 64, 1);
	policy_free(small);
	policy_free(large);
}

static void load(void)
{
	static const unsigned sizes[] = { 60, 10000, 200000, NAMES_MOST };

	policy_free(policy_of(NAMES_MOST));             /* the list has its memory now */
	for (size_t i = 0; i < COUNT(sizes); i++) {
		double         of[5], bytes = 0;

		for (size_t turn = 0; turn < COUNT(of); turn++) {
			double         start  = now_ns();
			struct policy *policy = policy_of(sizes[i]);

			of[turn] = (now_ns() - start) / 1e6;
			bytes    = (double)policy_bytes(policy);
			policy_free(policy);
		}
		printf("loading a list of %u names: time, memory\t%.2f ms\t%.0f KiB\t%.1f bytes a "
		       "name\t-\t-\n",
		       sizes[i], median(of, COUNT(of)), bytes / 1024, bytes / sizes[i]);
	}
}

/* A zone as knotd writes it, with a line of somebody's own behind its SOA record. */
static struct bytes make_zone(const char *line)
{
	static char *zone;
	size_t       len;

	if (zone == NULL)
		zone = malloc((size_t)NAMES_MOST * ZONE_LINE_ROOM);
	if (zone == NULL)
		abort();
	len = (size_t)sprintf(
		zone, "rpz.example.\t300\tSOA\tlocalhost. h.localhost. 2 60 30 86400 60\n%s", line);
	for (unsigned i = 0; i < NAMES_MOST; i++) {
		len += name_of(zone + len, i);
		len += (size_t)sprintf(zone + len, ".rpz.example.\t300\tCNAME\t.\n");
	}
	return bytes_of(zone, len);
}

static bool count_name(void *context, const struct zone_rule *rule)
{
	(void)rule;
	++*(unsigned *)context;
	return true;
}

/* Milliseconds; *names_out: that are prohibited, or all of them if the zone is refused. */
static double walk_zone(struct bytes zone, unsigned *names_out)
{
	double               start = now_ns();
	struct zone_left_out left_out;
	struct problem       problem;

	*names_out = 0;
	if (zone_walk(zone, "zone", count_name, names_out, &left_out, &problem) != 0)
		*names_out = NAMES_MOST;
	return (now_ns() - start) / 1e6;
}

/* The same by ldns. */
static double walk_by_ldns(struct bytes zone, unsigned *names_out)
{
	double      start  = now_ns();
	FILE       *f      = fmemopen((void *)zone.at, zone.len, "r");
	ldns_rdf   *origin = NULL, *owner = NULL;
	uint32_t    ttl    = 0;
	int         line   = 1;
	ldns_status status = LDNS_STATUS_OK;

	*names_out = 0;
	if (f == NULL)
		abort();
	while (!feof(f) && (status == LDNS_STATUS_OK || status == LDNS_STATUS_SYNTAX_EMPTY)) {
		ldns_rr *rr = NULL;

		status = ldns_rr_new_frm_fp_l(&rr, f, &ttl, &origin, &owner, &line);
		*names_out += rr != NULL && ldns_rr_get_type(rr) == LDNS_RR_TYPE_CNAME;
		ldns_rr_free(rr);
	}
	if (status != LDNS_STATUS_OK && status != LDNS_STATUS_SYNTAX_EMPTY)
		*names_out = NAMES_MOST;
	ldns_rdf_deep_free(origin);
	ldns_rdf_deep_free(owner);
	fclose(f);
	return (now_ns() - start) / 1e6;
}

/* How many names go missing if one line is not as it should be, and nobody says so. */
static void lost_row(const char *what, const char *line)
{
	struct bytes zone = make_zone(line);
	unsigned     ours, theirs;

	walk_zone(zone, &ours);
	walk_by_ldns(zone, &theirs);
	printf("names lost and nothing said, of 1,000,000 behind %s / ldns\t%u\t%u\t-\t= 0\t%s\n",
	       what, NAMES_MOST - ours, NAMES_MOST - theirs, ours == NAMES_MOST ? "yes" : "no");
}

static void zone(void)
{
	struct bytes zone = make_zone("");
	double       ours[5], theirs[COUNT(ours)];
	unsigned     num_ours, num_theirs;

	for (size_t turn = 0; turn < COUNT(ours); turn++) {
		ours[turn]   = walk_zone(zone, &num_ours);
		theirs[turn] = walk_by_ldns(zone, &num_theirs);
	}
	print_row("reading a zone of 1,000,000 names / ldns_rr_new_frm_fp_l of it", "ms",
	          median(ours, COUNT(ours)), median(theirs, COUNT(theirs)), 0.5);
	print_equal("names in it / ldns", num_ours, num_theirs);
	lost_row("a parenthesis left open", "a.rpz.example. TXT ( x\n");
	lost_row("a backslash at a line's end", "a.rpz.example. TXT x\\\n");
}

static double resident_kib(void)
{
	FILE  *f    = fopen("/proc/self/smaps_rollup", "re");
	char   line[256];
	double kib  = 0;

	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "Anonymous: %lf", &kib) == 1)
			break;
	}
	if (f != NULL)
		fclose(f);
	return kib;
}

/* A SYN from each of so many ends. */
static void half_open(struct engine *e, const struct engine_rules *rules, uint32_t from,
                      uint32_t to)
{
	for (uint32_t i = from; i < to; i++) {
		uint8_t            packet[64];
		struct writer      w    = writer_over(packet, sizeof(packet));
		struct packet_path path = { .from = { 4, { 10, (uint8_t)(i >> 24), (uint8_t)(i >> 16), (uint8_t)(i >> 8) } },
		                            .to = { 4, { 198, 18, 0, 1 } },
		                                    .from_port = (uint16_t)(1024 + i % 256),
		                                    .to_port = 443 };

		packet_tcp(&w, &path, i, TCP_SYN, BYTES(""));
		if (judge(e, rules, writer_written(&w)) != VERDICT_ACCEPT)
			abort();
	}
}

static void flood(void)
{
	static struct settings settings;
	struct policy      *policy = policy_of(60);
	struct engine      *engine = engine_of(FLOWS);
	struct engine_rules rules;
	struct engine_counts counts;
	double               before, full, after;

	settings_default(&settings);
	rules  = engine_rules_of(&settings, policy);
	before = resident_kib();
	half_open(engine, &rules, 0, FLOWS);
	full = resident_kib();
	half_open(engine, &rules, FLOWS, HALF_OPEN);
	after  = resident_kib();
	counts = engine_counts(engine);
	print_row("memory for flows after 10,000,000 half-open connections / 16,384", "KiB",
	          after - before, full - before, 1);
	print_equal("flows remembered / setting", counts.flows, FLOWS);
	print_equal("flows forgotten early and counted / 10,000,000 less the setting",
	            counts.flows_evicted, HALF_OPEN - FLOWS);
	engine_free(engine);
	policy_free(policy);
}

int main(int argc, char **argv)
{
	static const struct { const char *name; void (*run)(void); } parts[] = {
		{ "query", query }, { "look-up", look_ups }, { "load", load }, { "zone", zone },
		{ "flood", flood },
	};

	for (size_t i = 0; i < COUNT(parts) && argc == 2; i++) {
		if (strcmp(argv[1], parts[i].name) == 0) {
			parts[i].run();
			return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
		}
	}
	fputs("usage: pure query|look-up|load|zone|flood\n", stderr);
	return 64;
}
