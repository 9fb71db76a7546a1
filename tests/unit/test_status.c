/* SPDX-License-Identifier: MIT */

/* How filterd fares, in each of its three forms, to the byte. */

#include "base/instant.h"
#include "log/entry.h"
#include "policy/waivers.h"
#include "status/status.h"
#include "support/suite.h"

#include <stdio.h>
#include <string.h>

static const uint8_t digest[32] = { 0x82, 0x34, 0x12, 0xd1, 0xea, 0xcb, 0x67, 0x95 };
static uint8_t       room[STATUS_TEXT_MAX];
static struct troubles troubles;

static const struct policy_source sources[] = {
	{ .id = "kaspersky-us", .serial = 7 },
	{ .id = "house" },      /* no serial: it comes from no feed */
};

static struct status good(void)
{
	struct status s = {
		.version          = "0.1.0",
		.sensor           = "gw1",
		.pid              = 412,
		.now_us           = INT64_C(1795442709201113),
		.uptime_s         = 273600,
		.mode             = MODE_ENFORCE,
		.state            = STATE_ENFORCING,
		.clock            = TRUST_SYNCED,
		.kept             = TRUST_SYNCED,
		.policy_digest    = { digest, 32 },
		.policy_files     = "policy/kaspersky-us.policy",
		.sources          = sources,
		.num_sources      = COUNT(sources),
		.rules            = 46,
		.cutoff_us        = INT64_C(1727582400000000),
		.next_us          = INSTANT_NEVER,
		.loads            = { .num_refused = 2, .loaded_us = INT64_C(1795442700000000) },
		.hooks            = HOOKS_OK,
		.on_failure       = ON_FAILURE_OPEN,
		.unseen_known     = true,
		.unseen           = 12,
		.protection       = { .known      = true,
		                      .num        = 3,
		                      .interfaces = { { .name         = "lan0",
		                                        .num_networks = 2,
		                                        .networks = { "192.168.1.0/24",
		                                                      "fd00:1::/64" } },
		                                      { .name         = "wan0",
		                                        .is_left_out  = true,
		                                        .num_networks = 1,
		                                        .networks = { "198.51.100.0/24" } },
		                                      { .name = "br1" } } },
		.connections_known = true,
		.connections      = { .met      = 1230,
		                      .met_own  = 4,
		                      .around   = { .num = 1, .rows = { { "lo", 0 } } },
		                      .left_out = { .num = 1, .rows = { { "wan0", 12 } } } },
		.source_rate      = 20000,
		.over_rate_known  = true,
		.over_rate        = 6,
		.length           = 4096,
		.flows_most       = 16384,
		.num_queues       = 1,
		.queues           = { { .number        = 7100,
		                        .backlog       = 3,
		                        .dropped       = 1,
		                        .user_dropped  = 2,
		                        .packets       = 900,
		                        .has_flows     = true,
		                        .flows         = 120,
		                        .flows_evicted = 4 } },
		.counts           = { .packets        = 900,
		                      .decided        = 300,
		                      .bad_packets    = 5,
		                      .conflicts      = 6,
		                      .decoys         = 7,
		                      .forged         = 9,
		                      .unreadable     = 3,
		                      .over_limit     = 2,
		                      .hellos_evicted = 8,
		                      .missed         = 3,
		                      .unheard        = 1 },
		.log              = { .path             = "/var/log/filterd/audit.jsonl",
		                      .next_seq         = 812,
		                      .unsigned_records = 2,
		                      .signed_s         = 12,
		                      .attempts         = 20,
		                      .pending          = 4,
		                      .devices          = 3,
		                      .lost             = 0 },
		.heartbeat_s      = 60,
		.tally            = { .num  = 3,
		                      .rows = { { "update", APP_DNS, EVENT_BLOCK, 9 },
		                                { "update", APP_TLS, EVENT_BLOCK, 1 },
		                                { "aux", APP_QUIC, EVENT_LOG, 2 } } },
	};

	return s;
}

static void no_rules(struct status *s)     { s->hooks = HOOKS_MISSING; }
static void no_word(struct status *s)      { s->hooks = HOOKS_UNKNOWN; }
static void changed(struct status *s)      { s->hooks = HOOKS_CHANGED; }
static void missed(struct status *s)       { s->missed_lately = true; }
static void unheard(struct status *s)      { s->unheard_lately = true; }
static void uncounted(struct status *s)    { s->connections_known = false; }
static void no_queues(struct status *s)    { s->num_queues = 0; }
static void miss(struct status *s, const char *name)
{
	strcpy(s->protection.missing[s->protection.num_missing++], name);
}
static void one_missing(struct status *s)  { miss(s, "ppp0"); }
static void all_missing(struct status *s)
{
	s->protection.is_nobody = true;
	miss(s, "lan00");
	miss(s, "lan01");
}
static void nobody(struct status *s)       { s->protection.is_nobody = true; }
static void alone(struct status *s)        { strcpy(s->protection.only, "wan0"); }
static void no_protection(struct status *s) { s->protection.known = false; }
static void too_much_out(struct status *s)
{
	strcpy(s->protection.stale, "lan1");
	s->protection.is_stale_left_out = true;
}
static void too_little_out(struct status *s) { strcpy(s->protection.stale, "wan1"); }
static void suspect(struct status *s)      { strcpy(s->protection.suspect, "lan1"); }
static void observing(struct status *s)    { s->mode = MODE_OBSERVE; s->state = STATE_OBSERVING; }
static void waiting(struct status *s)
{
	s->state   = STATE_WAITING;
	s->next_us = INT64_C(1795446000000000);
}
static void floods(struct status *s)       { s->over_rate_lately = true; }
static void unlimited(struct status *s)    { s->over_rate_known = false; }
static void never(struct status *s)        { s->state = STATE_WAITING; }
static void refused(struct status *s)
{
	s->loads.refused_us = INT64_C(1795442709000000);
	strcpy(s->loads.why, "f: line 3, column 9: 'x'; expected y");
}
static void by_a_copy(struct status *s)
{
	refused(s);
	s->loads.copy_us = INT64_C(1727582400000000);
}
static void feed_refused(struct status *s)
{
	s->feed = (struct status_feed){ .result = FEED_REFUSED,
		                        .told_us = INT64_C(1795442709000000),
		                        .text = "refused: it is not signed" };
}
static void feed_silent(struct status *s)
{
	s->feed = (struct status_feed){ .result = FEED_SAME, .text = "nothing new",
		                        .good_us = s->now_us - INT64_C(259201000000) };
}
static void feed_never_there(struct status *s)
{
	s->feed = (struct status_feed){ .result = FEED_UNAVAILABLE, .text = "503" };
}
static void untrusted(struct status *s)
{
	s->clock    = TRUST_UNTRUSTED;
	s->kept     = TRUST_UNSYNCED;
	s->known_us = INT64_C(1924992000000000);
}
static void ahead(struct status *s)
{
	untrusted(s);
	s->kept = TRUST_SYNCED;
}
static void no_clock(struct status *s)     { s->clock = s->kept = TRUST_UNKNOWN; }
static void degraded(struct status *s)
{
	s->state           = STATE_DEGRADED;
	s->log.degraded = "No space left on device";
}
static void unsigned_long(struct status *s) { s->log.signed_s = 181; }
static void not_sound(struct status *s)
{
	s->verified    = VERIFIED_NOT_SOUND;
	s->verified_us = INT64_C(1795442709000000);
}
static void gone(struct status *s)         { s->log.gone = "No such file or directory"; }
static void taken(struct status *s)        { s->taken_lately = true; }
static void unmarked(struct status *s)     { s->log.unmarked = "Permission denied"; }
static void keys_open(struct status *s)    { s->log.keys_open = true; }
static void folder_open(struct status *s)  { s->log.folder_open = true; }
static void cut(struct status *s)          { s->log.previous = PREVIOUS_SHORT; }
static void put_back(struct status *s)     { s->log.previous = PREVIOUS_FORK; }
static void put_away(struct status *s)     { s->log.previous = PREVIOUS_LOST; }
static void no_metrics(struct status *s)   { s->metrics_reason = "Permission denied"; }
static void unseen(struct status *s)       { s->unseen_lately = true; }
static void dropped(struct status *s)      { s->dropped_lately = true; }
static void around(struct status *s)
{
	s->around_lately = true;
	connections_add(&s->connections.around, BYTES("lan0"), 3);
	connections_add(&s->connections.around, BYTES("a\033\"b"), 1);
}
static void clients(struct status *s)
{
	s->clients_lately = true;
	connections_add(&s->connections.outward, BYTES("lan0"), 3);
	connections_add(&s->connections.clients, BYTES("lan0"), 2);
}
static void left_out(struct status *s)
{
	s->connections.met = 0;
	for (const char *name = "1\0002\0003\0004\0"; *name != '\0'; name += 2)
		connections_add(&s->connections.outward, bytes_text(name), 1);
}

static const struct {
	const char *what;
	void      (*break_it)(struct status *s);
	const char *says;
} cases[] = {
	{ "rules are missing", no_rules,
	  "no rules in the kernel bring packets to filterd: all pass unseen; run filterctl rules "
	  "install" },
	{ "the kernel is silent", no_word,
	  "the kernel does not say whether the rules are in place; run filterctl doctor" },
	{ "rules among ours", changed,
	  "another program has changed our rules in the kernel, so packets may pass unseen; run "
	  "filterctl rules install" },
	{ "nothing counts what goes around", uncounted,
	  "nothing counts the connections that go around filterd; run filterctl rules install, "
	  "which says why" },
	{ "connections go on around", missed,
	  "servers have got bytes from clients, in the last quarter of an hour, that never passed "
	  "through filterd: connections begin through the queue and go on around it; run filterctl doctor" },
	{ "answers go around", unheard,
	  "answers of servers have gone around filterd in the last quarter of an hour: a pass "
	  "cannot wait for the server, and what a DNS answer leads to is not seen; run filterctl "
	  "doctor" },
	{ "no queue is seen", no_queues,
	  "the kernel does not report the state of the queues; run filterctl doctor" },
	{ "an interface is missing", one_missing,
	  "there is no interface ppp0, which the rules are to protect; look at protect in [queue]" },
	{ "all are missing", all_missing,
	  "nobody is filtered: there are no interfaces lan00, lan01; look at protect in [queue]" },
	{ "none is protected", nobody,
	  "nobody is filtered: no interface is protected; look at protect in [queue]" },
	{ "the way out alone is protected, and nobody came by it", alone,
	  "nobody is known to be filtered: wan0 alone is protected, which leads to the Internet, "
	  "and no client came by it since the rules were made; name the interfaces of clients in "
	  "protect in [queue]" },
	{ "the kernel does not say whom", no_protection,
	  "the kernel does not say whose clients the rules bring to filterd; run filterctl doctor" },
	{ "the rules leave out too much", too_much_out,
	  "clients of lan1 are not filtered: the rules leave it out, but by the present settings "
	  "and routes they should not; run filterctl rules install" },
	{ "the rules leave out too little", too_little_out,
	  "the rules protect wan1, but by the present settings and routes they should leave it out; "
	  "run filterctl rules install" },
	{ "clients that are left out", suspect,
	  "lan1 is left out, but has hosts with private addresses that are not routers: perhaps "
	  "clients; name the interfaces of clients in protect in [queue]" },
	{ "observe mode", observing,
	  "nothing is blocked, only recorded, as [policy] mode says; to block: filterctl mode enforce" },
	{ "the date has not come", waiting,
	  "nothing is blocked before 2026-11-23T15:00:00Z: no category of the policy is in force" },
	{ "there is no date", never,
	  "nothing is blocked: no category of the policy is in force, nor ever will be; look at "
	  "[policy] files" },
	{ "a reload was refused", refused,
	  "the configuration was refused at 2026-11-23T14:05:09Z: f: line 3, column 9: 'x'; expected "
	  "y; the old one is in force until it is fixed and reloaded" },
	{ "a start was refused", by_a_copy,
	  "the configuration was refused at 2026-11-23T14:05:09Z: f: line 3, column 9: 'x'; expected "
	  "y; the copy of the last good one, of 2024-09-29T04:00:00Z, is in force until it is fixed "
	  "and reloaded" },
	{ "a feed's policy was refused", feed_refused,
	  "the feed's policy is not taken, 2026-11-23T14:05:09Z: refused: it is not signed; ask who "
	  "publishes it" },
	{ "a feed that was silent for more than three days", feed_silent,
	  "the feed's source was not found in order since 2026-11-20T14:05:08Z; look at "
	  "filterd-update.timer and filterd-update --status" },
	{ "a feed that never was there", feed_never_there,
	  "the feed's source was not found in order since it was set up: 503; look at "
	  "filterd-update.timer and filterd-update --status" },
	{ "the clock", untrusted,
	  "the clock shows a time before 2031-01-01T00:00:00Z, which was recorded as past: set the "
	  "clock; or, if it is right, stop filterd, remove clock.floor from [audit] keys and start "
	  "it; the log will say so" },
	{ "the clock is right, and what was recorded is not", ahead,
	  "the clock shows a time before 2031-01-01T00:00:00Z, which was recorded as past: set the "
	  "clock; or, if it is right, as the kernel says, stop filterd, remove clock.floor from "
	  "[audit] keys and start it; the log will say so" },
	{ "the kernel does not speak of the clock", no_clock,
	  "the kernel does not say whether the clock is kept right; run filterctl doctor" },
	{ "a full disk", degraded,
	  "the audit log cannot be written: No space left on device; attempts are counted until it "
	  "can" },
	{ "no signature", unsigned_long,
	  "the audit log has not been signed for 181 s; filterd's messages say why" },
	{ "the log is not sound", not_sound,
	  "the audit log was found NOT sound at 2026-11-23T14:05:09Z; run filterctl audit verify, "
	  "which says what is wrong with it" },
	{ "the log's file is gone", gone,
	  "the audit log's file was taken away, and none can be made in its place: No such file or "
	  "directory; put its folder back: until then records go where nobody finds them" },
	{ "the log's file was taken away", taken,
	  "another program has taken the audit log's file away, or cut it, in the last quarter of an "
	  "hour; run filterctl audit verify, and exclude the log from that program" },
	{ "no mark", unmarked,
	  "the mark of the audit log's end cannot be set: Permission denied; look at the folder that "
	  "keys in [audit] names" },
	{ "others may read the keys", keys_open,
	  "others than filterd may get at the key that signs the audit log; run filterctl doctor" },
	{ "others may replace the log", folder_open,
	  "others than filterd may remove records by replacing the audit log's files; run filterctl "
	  "doctor" },
	{ "the log was cut while filterd was away", cut,
	  "the audit log had lost its end when filterd started; run filterctl audit verify, which "
	  "says what is missing" },
	{ "an older log was put back", put_back,
	  "an older copy of the audit log had been put back when filterd started; run filterctl "
	  "audit verify, which says what is missing" },
	{ "a log was put away", put_away,
	  "no key fitted the audit log that was there when filterd started: it was put away, and "
	  "another begun; run filterctl audit verify, which says what is missing" },
	{ "no metrics", no_metrics,
	  "the metrics cannot be written: Permission denied; look at metrics in [daemon]" },
	{ "connections went around", around,
	  "connections have gone around filterd in the last quarter of an hour (from lan0, a?\"b); "
	  "run filterctl doctor" },
	{ "clients are left out", clients,
	  "clients with private addresses go out unfiltered (from lan0): [queue] protect leaves "
	  "that out; run filterctl doctor" },
	{ "all are left out", left_out,
	  "connections are forwarded (from 1, 2, 3 and others), and none of them through filterd's "
	  "queue: [queue] protect leaves that out; run filterctl doctor" },
	{ "unseen packets", unseen,
	  "packets have passed unseen in the last quarter of an hour; the kernel does not say "
	  "why. If filterd was not restarted meanwhile, raise workers or length in [queue]" },
	{ "a client sends too much", floods,
	  "a client has sent more than source-rate in [queue] lets through in the last quarter of an "
	  "hour, and that was dropped; heartbeats in the audit log say who" },
	{ "no client is limited", unlimited,
	  "one client can fill the queue: source-rate in [queue] is not in force; run filterctl "
	  "rules install, which says why" },
	{ "dropped packets", dropped,
	  "a queue has dropped packets in the last quarter of an hour; raise workers, length or "
	  "buffer in [queue]" },
};

START_TEST(each_trouble_is_said_with_its_remedy)
{
	struct status s = good();

	cases[_i].break_it(&s);
	ck_assert_msg(!status_troubles(&s, &troubles), "%s", cases[_i].what);
	ck_assert_uint_eq(troubles.num, 1);
	ck_assert_str_eq(troubles.text[0], cases[_i].says);
}

/* As a gateway with one interface has it; without anybody, its rules are in place all the same. */
START_TEST(clients_that_came_prove_that_somebody_is_protected)
{
	struct status s = good();
	struct writer w = writer_over(room, sizeof(room) - 1);

	alone(&s);
	s.protection.has_met = true;
	ck_assert(status_troubles(&s, &troubles));
	nobody(&s);
	s.hooks = HOOKS_NOBODY;
	status_text(&w, &s);
	status_metrics(&w, &s);
	room[w.len] = '\0';
	ck_assert_ptr_nonnull(strstr((const char *)room, "filterd runs, but needs attention:\n"));
	ck_assert_ptr_nonnull(strstr((const char *)room, "\nrules     in place, and protect nobody;"));
	ck_assert_ptr_nonnull(strstr((const char *)room, "\nfilterd_protecting 0\n"));
	ck_assert_ptr_nonnull(strstr((const char *)room, "\nfilterd_rules_in_place 1\n"));
}

START_TEST(a_host_may_have_no_limit)
{
	struct status s = good();
	struct writer w = writer_over(room, sizeof(room) - 1);

	s.source_rate     = 0;
	s.over_rate_known = false;
	ck_assert(status_troubles(&s, &troubles));
	status_text(&w, &s);
	room[w.len] = '\0';
	ck_assert_ptr_nonnull(strstr((const char *)room,
	                             "\nclients   may send the queue as much as they like\n"));
}

/* Whatever else needs attention: what it blocks is not said of a filter that has not seen it. */
START_TEST(a_filter_that_packets_go_around_is_not_said_to_block)
{
	static void (*const ways[])(struct status *) = { around, missed, unseen, changed, nobody,
		                                         uncounted, no_rules, no_word };
	struct status s = good();
	struct writer w = writer_over(room, sizeof(room) - 1);

	ways[_i](&s);
	status_text(&w, &s);
	ck_assert_int_eq(strncmp((const char *)room, "filterd runs, but needs attention:\n", 35), 0);
}

static void paused_now(struct status *s)
{
	s->paused          = "a test";
	s->paused_until_us = s->now_us + 1;
	s->state           = STATE_OBSERVING;
}

static void no_names(struct status *s) { s->rules = 0; }
static void nothing(struct status *s)  { (void)s; }

static const struct { void (*spoil)(struct status *); enum status_level want; } levels[] = {
	{ nothing, LEVEL_GOOD },
	/* it does as it was told, or nearly */
	{ observing, LEVEL_ATTENTION }, { around, LEVEL_ATTENTION }, { no_word, LEVEL_ATTENTION },
	{ degraded, LEVEL_ATTENTION }, { no_metrics, LEVEL_ATTENTION },
	/* it does not */
	{ no_rules, LEVEL_OFF }, { nobody, LEVEL_OFF }, { left_out, LEVEL_OFF },
	{ paused_now, LEVEL_OFF }, { no_names, LEVEL_OFF }, { waiting, LEVEL_OFF },
	{ never, LEVEL_OFF },
};

START_TEST(one_word_says_whether_it_filters)
{
	struct status s = good();

	levels[_i].spoil(&s);
	status_troubles(&s, &troubles);
	ck_assert_int_eq(status_level(&s, &troubles), levels[_i].want);
}

START_TEST(a_log_that_was_cut_needs_somebody_until_it_is_verified)
{
	struct status s = good();

	cut(&s);
	s.verified = VERIFIED_DECLARED;
	ck_assert(!status_troubles(&s, &troubles));
	s.verified_now = true;
	ck_assert(status_troubles(&s, &troubles));
	not_sound(&s);
	ck_assert(!status_troubles(&s, &troubles));
	ck_assert_uint_eq(troubles.num, 1);
	ck_assert_ptr_nonnull(strstr(troubles.text[0], "NOT sound"));
}

START_TEST(a_filter_that_blocks_needs_nobody)
{
	struct status s = good();

	s.log.signed_s = 180;
	ck_assert(status_troubles(&s, &troubles));
}

static void expect(struct writer *w, const char *want)
{
	w->start[w->len] = '\0';
	ck_assert(!w->full);
	ck_assert_str_eq((const char *)w->start, want);
}

START_TEST(the_first_line_is_the_answer)
{
	struct status s = good();
	struct writer w = writer_over(room, sizeof(room) - 1);

	status_text(&w, &s);
	expect(&w, "filterd blocks what its policy says, and nothing needs attention.\n"
	           "\n"
	           "mode      enforce; state: enforcing\n"
	           "policy    823412d1eacb6795, 46 rules of policy/kaspersky-us.policy\n"
	           "          blocks since 2024-09-29T04:00:00Z\n"
	           "          kaspersky-us serial 7, loaded 2026-11-23T14:05:00Z\n"
	           "rules     in place; without filterd packets pass; 12 passed unseen since the "
	           "rules were made\n"
	           "protects  lan0 192.168.1.0/24 fd00:1::/64, br1; leaves out wan0 "
	           "198.51.100.0/24\n"
	           "clock     synchronised; it says 2026-11-23T14:05:09Z\n"
	           "coverage  1234 new connections came through the queue, 0 went around it; 3 began "
	           "through the queue and went on around it; 12 of interfaces that are left out (wan0)\n"
	           "clients   up to 20000 packets/s of each; 6 beyond that dropped since the rules "
	           "were made\n"
	           "queue     7100, TCP: 3 of 4096 packets wait; 1 dropped as it was full, 2 as its "
	           "socket was; 120 of 16384 flows, 4 forgotten early\n"
	           "attempts  10 blocked, 0 only observed, 2 logged, by 3 devices in the last "
	           "quarter of an hour\n"
	           "packets   900 judged, 300 of them final; dropped: 5 broken, 6 in conflict, 7 "
	           "decoys, 9 forged; names not read: 3 unreadable, 2 over a limit\n"
	           "log       /var/log/filterd/audit.jsonl: next record 812; signed 12 s ago, 2 "
	           "records since; "
	           "4 attempts counted and not yet in it\n"
	           "filterd   0.1.0 on gw1, process 412, up 3 d 4 h\n");
}

static const struct { size_t num; bool known, nobody; const char *says;
} protections[] = {
	{ 0, false, false, "\nprotects  unknown\n" },
	{ 0, true, true, "\nprotects  nobody; leaves out nothing\n" },
	{ 0, true, false, "\nprotects  interfaces without an address; leaves out nothing\n" },
	{ 1, true, false,
	  "\nprotects  lan0 192.168.1.0/24 fd00:1::/64; leaves out nothing; and 1 interface more\n" },
};

START_TEST(whom_it_protects_is_said_in_words)
{
	struct status s = good();
	struct writer w = writer_over(room, sizeof(room) - 1);

	s.protection.num       = protections[_i].num;
	s.protection.num_more  = protections[_i].num;
	s.protection.known     = protections[_i].known;
	s.protection.is_nobody = protections[_i].nobody;
	status_text(&w, &s);
	room[w.len] = '\0';
	ck_assert_msg(strstr((const char *)room, protections[_i].says) != NULL, "%s", room);
	s.protection.known = false;
	w = writer_over(room, sizeof(room) - 1);
	status_json(&w, &s);
	room[w.len] = '\0';
	ck_assert_ptr_nonnull(strstr((const char *)room, ",\"protection\":null,"));
}

START_TEST(one_device_is_a_device)
{
	struct status s = good();
	struct writer w = writer_over(room, sizeof(room) - 1);

	s.log.devices = 1;
	status_text(&w, &s);
	room[w.len] = '\0';
	ck_assert_ptr_nonnull(strstr((const char *)room, " by 1 device in the last quarter"));
}

START_TEST(what_is_not_counted_is_said_to_be_unknown)
{
	struct status s = good();
	struct writer w = writer_over(room, sizeof(room) - 1);

	uncounted(&s);
	ck_assert(!status_troubles(&s, &troubles));
	status_text(&w, &s);
	room[w.len] = '\0';
	ck_assert_ptr_nonnull(strstr((const char *)room, "\ncoverage  unknown: nothing counts "));
	w = writer_over(room, sizeof(room) - 1);
	status_json(&w, &s);
	room[w.len] = '\0';
	ck_assert_ptr_nonnull(strstr((const char *)room, ",\"connections\":null,"));
}

START_TEST(a_label_of_a_metric_ends_where_it_should)
{
	struct status s = good();
	struct writer w = writer_over(room, sizeof(room) - 1);

	around(&s);
	s.connections.around.others = 7;
	status_metrics(&w, &s);
	room[w.len] = '\0';
	ck_assert_ptr_nonnull(strstr((const char *)room, "{interface=\"a?\\\"b\"} 1\n"));
	ck_assert_ptr_nonnull(strstr((const char *)room, "{interface=\"others\"} 7\n"));
}

START_TEST(troubles_stand_before_the_figures)
{
	struct status s = good();
	struct writer w = writer_over(room, sizeof(room) - 1);
	static const char want[] =
		"filterd runs, but needs attention:\n"
		"  - no rules in the kernel bring packets to filterd: all pass unseen; run "
	        "filterctl rules install\n"
		"  - nothing is blocked, only recorded, as [policy] mode says; to block: filterctl mode enforce\n"
		"\n"
		"mode      observe; state: observing\n";

	no_rules(&s);
	observing(&s);
	status_text(&w, &s);
	ck_assert_msg(strncmp((const char *)room, want, strlen(want)) == 0, "%.600s",
	              (const char *)room);
}

START_TEST(json_has_every_figure)
{
	static const struct waiver waivers[] = {
		{ .id = "over", .until_us = INT64_C(1795442709201113) },
		{ .id = "lab", .until_us = INT64_C(1795442710000000) },
	};
	struct status s = good();
	struct writer w = writer_over(room, sizeof(room) - 1);

	s.waivers     = waivers;
	s.num_waivers = COUNT(waivers);
	unseen(&s);
	s.unseen_known = false;
	status_json(&w, &s);
	expect(&w,
	       "{\"running\":true,\"good\":false,\"attention\":[\"packets have passed unseen in "
	       "the last quarter of an hour; the kernel does not say why. If filterd was not "
	       "restarted meanwhile, raise workers or length in [queue]\"],"
	       "\"answer\":\"filterd runs, but needs attention:\",\"level\":\"attention\","
	       "\"mode\":\"enforce\",\"state\":\"enforcing\",\"paused\":null,"
	       "\"policy\":{\"sha256\":"
	       "\"823412d1eacb6795000000000000000000000000000000000000000000000000\","
	       "\"files\":\"policy/"
	       "kaspersky-us.policy\",\"serials\":[{\"id\":\"kaspersky-us\",\"serial\":7},"
	       "{\"id\":\"house\",\"serial\":0}],\"waivers\":[{\"id\":\"lab\",\"until\":"
	       "\"2026-11-23T14:05:10Z\"}],\"waivers_more\":0,\"rules\":46,\"cutoff\":\"2024-09-29T04:00:00Z\",\"next_"
	       "change\":null},"
	       "\"loads\":{\"loaded\":\"2026-11-23T14:05:00Z\",\"refused\":2,\"refused_at\":null,"
	       "\"why\":null,\"copy_of\":null},\"feed\":null,"
	       "\"clock\":\"synced\",\"time\":\"2026-11-23T14:05:09.201113Z\","
	       "\"kernel\":{\"rules\":\"ok\",\"on_failure\":\"open\",\"unseen\":null,"
	       "\"over_rate\":6,\"unseen_lately\":true,\"over_rate_lately\":false},"
	       "\"protection\":{\"protects\":[{\"interface\":\"lan0\",\"networks\":["
	       "\"192.168.1.0/24\",\"fd00:1::/64\"]},{\"interface\":\"br1\",\"networks\":[]}],"
	       "\"leaves_out\":[{\"interface\":\"wan0\",\"networks\":[\"198.51.100.0/24\"]}],"
	       "\"more\":0,\"missing\":[],\"current\":true},"
	       "\"connections\":{\"met\":1234,\"around\":[{\"interface\":\"lo\",\"count\":0}],"
	       "\"left_out\":[{\"interface\":\"wan0\",\"count\":12}]},"
	       "\"queues\":[{\"queue\":7100,\"length\":4096,\"backlog\":3,\"dropped\":1,\"user_"
	       "dropped\":2,\"packets\":900,"
	       "\"flows\":120,\"flows_most\":16384,\"flows_evicted\":4}],"
	       "\"attempts\":{\"blocked\":10,\"observed\":0,\"waived\":0,\"logged\":2,\"devices\":3,\"by\":["
	       "{\"category\":\"update\",\"layer\":\"dns\",\"type\":\"block\",\"count\":9},"
	       "{\"category\":\"update\",\"layer\":\"tls\",\"type\":\"block\",\"count\":1},"
	       "{\"category\":\"aux\",\"layer\":\"quic\",\"type\":\"log\",\"count\":2}]},"
	       "\"probes\":{\"blocked\":0,\"passed\":0},"
	       "\"packets\":{\"judged\":900,\"decided\":300,\"broken\":5,\"conflicts\":6,"
	       "\"decoys\":7,\"forged\":9,\"unreadable\":3,\"over_limit\":2,\"hellos_evicted\":8,"
	       "\"missed\":3,\"unheard\":1},"
	       "\"log\":{\"file\":\"/var/log/filterd/"
	       "audit.jsonl\",\"next_seq\":812,\"signed_s\":12,\"unsigned\":2,\"attempts\":20,"
	       "\"pending\":4,\"lost\":0,\"degraded\":null,\"verified\":null,"
	       "\"verified_at\":null,\"taken\":0,\"wrong\":[]},\"metrics\":null,"
	       "\"version\":\"0.1.0\",\"sensor\":\"gw1\",\"pid\":412,\"uptime_s\":273600}\n");
}

START_TEST(json_says_what_was_found_and_what_cannot_be_written)
{
	struct status s = good();
	struct writer w = writer_over(room, sizeof(room) - 1);

	not_sound(&s);
	taken(&s);
	no_metrics(&s);
	s.log.taken = 2;
	status_json(&w, &s);
	room[w.len] = '\0';
	ck_assert_ptr_nonnull(strstr((const char *)room,
	                             "\"degraded\":null,\"verified\":\"not-sound\","
	                             "\"verified_at\":\"2026-11-23T14:05:09Z\",\"taken\":2,"
	                             "\"wrong\":[\"another program has taken the audit log's file "
	                             "away, or cut it, in the last quarter of an hour\",\"the audit "
	                             "log was found NOT sound at 2026-11-23T14:05:09Z\"]},"
	                             "\"metrics\":\"Permission denied\",\"version\""));
}

START_TEST(metrics_are_what_prometheus_reads)
{
	struct status s = good();
	struct writer w = writer_over(room, sizeof(room) - 1);

	status_metrics(&w, &s);
	expect(&w,
	       "# HELP filterd_build_info Version of filterd.\n"
	       "# TYPE filterd_build_info gauge\n"
	       "filterd_build_info{version=\"0.1.0\"} 1\n"
	       "# HELP filterd_policy_info SHA-256 of the policy in force.\n"
	       "# TYPE filterd_policy_info gauge\n"
	       "filterd_policy_info{sha256="
	       "\"823412d1eacb6795000000000000000000000000000000000000000000000000\"} 1\n"
	       "# HELP filterd_policy_rules Rules of the policy in force.\n"
	       "# TYPE filterd_policy_rules gauge\n"
	       "filterd_policy_rules 46\n"
	       "# HELP filterd_policy_serial Serial of each policy file that has one.\n"
	       "# TYPE filterd_policy_serial gauge\n"
	       "filterd_policy_serial{policy=\"kaspersky-us\"} 7\n"
	       "# HELP filterd_paused_until_timestamp_seconds When the pause of blocking ends; 0: "
	       "not paused.\n"
	       "# TYPE filterd_paused_until_timestamp_seconds gauge\n"
	       "filterd_paused_until_timestamp_seconds 0\n"
	       "# HELP filterd_state 1 for filterd's present state.\n"
	       "# TYPE filterd_state gauge\n"
	       "filterd_state{state=\"enforcing\"} 1\n"
	       "filterd_state{state=\"observing\"} 0\n"
	       "filterd_state{state=\"waiting\"} 0\n"
	       "filterd_state{state=\"degraded\"} 0\n"
	       "# HELP filterd_uptime_seconds Since filterd started.\n"
	       "# TYPE filterd_uptime_seconds gauge\n"
	       "filterd_uptime_seconds 273600\n"
	       "# HELP filterd_clock_synced 1 if the kernel says that the wall clock is "
	       "synchronised.\n"
	       "# TYPE filterd_clock_synced gauge\n"
	       "filterd_clock_synced 1\n"
	       "# HELP filterd_loaded_timestamp_seconds When the configuration and policy in force "
	       "were loaded.\n"
	       "# TYPE filterd_loaded_timestamp_seconds gauge\n"
	       "filterd_loaded_timestamp_seconds 1795442700\n"
	       "# HELP filterd_last_load_good 1 if the last load of configuration and policy "
	       "succeeded.\n"
	       "# TYPE filterd_last_load_good gauge\n"
	       "filterd_last_load_good 1\n"
	       "# HELP filterd_loads_refused_total Configurations and policies that were refused.\n"
	       "# TYPE filterd_loads_refused_total counter\n"
	       "filterd_loads_refused_total 2\n"
	       "# HELP filterd_blocked_total Attempts that were blocked.\n"
	       "# TYPE filterd_blocked_total counter\n"
	       "filterd_blocked_total{category=\"update\",layer=\"dns\"} 9\n"
	       "filterd_blocked_total{category=\"update\",layer=\"tls\"} 1\n"
	       "# HELP filterd_observed_total Attempts that would have been blocked, before the "
	       "date or in observe mode.\n"
	       "# TYPE filterd_observed_total counter\n"
	       "# HELP filterd_waived_total Attempts that would have been blocked, but for a "
	       "waiver.\n"
	       "# TYPE filterd_waived_total counter\n"
	       "# HELP filterd_logged_total Attempts that passed and were recorded.\n"
	       "# TYPE filterd_logged_total counter\n"
	       "filterd_logged_total{category=\"aux\",layer=\"quic\"} 2\n"
	       "# HELP filterd_probes_total Requests for the test name, which are no attempts.\n"
	       "# TYPE filterd_probes_total counter\n"
	       "filterd_probes_total{result=\"blocked\"} 0\n"
	       "filterd_probes_total{result=\"passed\"} 0\n"
	       "# HELP filterd_queue_packets_total Packets that were judged.\n"
	       "# TYPE filterd_queue_packets_total counter\n"
	       "filterd_queue_packets_total{queue=\"7100\"} 900\n"
	       "# HELP filterd_queue_backlog Packets that wait in the kernel.\n"
	       "# TYPE filterd_queue_backlog gauge\n"
	       "filterd_queue_backlog{queue=\"7100\"} 3\n"
	       "# HELP filterd_queue_dropped_total Packets that the kernel dropped as the queue or "
	       "its socket was full.\n"
	       "# TYPE filterd_queue_dropped_total counter\n"
	       "filterd_queue_dropped_total{queue=\"7100\"} 3\n"
	       "# HELP filterd_flows Flows that are remembered.\n"
	       "# TYPE filterd_flows gauge\n"
	       "filterd_flows{queue=\"7100\"} 120\n"
	       "# HELP filterd_flows_evicted_total Flows forgotten early, to make room for "
	       "others.\n"
	       "# TYPE filterd_flows_evicted_total counter\n"
	       "filterd_flows_evicted_total{queue=\"7100\"} 4\n"
	       "# HELP filterd_unfiltered_packets_total Packets that nobody judged, since the "
	       "rules were made.\n"
	       "# TYPE filterd_unfiltered_packets_total counter\n"
	       "filterd_unfiltered_packets_total 12\n"
	       "# HELP filterd_over_rate_packets_total Packets dropped before the queue, beyond "
	       "their source's rate.\n"
	       "# TYPE filterd_over_rate_packets_total counter\n"
	       "filterd_over_rate_packets_total 6\n"
	       "# HELP filterd_rules_in_place 1 if the kernel's rules bring packets to filterd.\n"
	       "# TYPE filterd_rules_in_place gauge\n"
	       "filterd_rules_in_place 1\n"
	       "# HELP filterd_protecting 1 if an interface with clients is known to be "
	       "protected.\n"
	       "# TYPE filterd_protecting gauge\n"
	       "filterd_protecting 1\n"
	       "# HELP filterd_connections_missed_total Connections that began through the queue, and "
	       "whose data went around it.\n"
	       "# TYPE filterd_connections_missed_total counter\n"
	       "filterd_connections_missed_total 3\n"
	       "# HELP filterd_connections_unheard_total Connections whose answers went around "
	       "the queue.\n"
	       "# TYPE filterd_connections_unheard_total counter\n"
	       "filterd_connections_unheard_total 1\n"
	       "# HELP filterd_connections_met_total New connections that came through the queue, since "
	       "the rules were made.\n"
	       "# TYPE filterd_connections_met_total counter\n"
	       "filterd_connections_met_total 1234\n"
	       "# HELP filterd_connections_around_total New connections that should have come "
	       "through the queue, and did not.\n"
	       "# TYPE filterd_connections_around_total counter\n"
	       "filterd_connections_around_total{interface=\"lo\"} 0\n"
	       "# HELP filterd_connections_left_out_total New connections of interfaces that "
	       "protect leaves out.\n"
	       "# TYPE filterd_connections_left_out_total counter\n"
	       "filterd_connections_left_out_total{interface=\"wan0\"} 12\n"
	       "# HELP filterd_audit_seq Number of the next record of the audit log.\n"
	       "# TYPE filterd_audit_seq gauge\n"
	       "filterd_audit_seq 812\n"
	       "# HELP filterd_audit_sealed_seconds Since the audit log was last signed.\n"
	       "# TYPE filterd_audit_sealed_seconds gauge\n"
	       "filterd_audit_sealed_seconds 12\n"
	       "# HELP filterd_audit_pending Attempts that are counted and not yet in the audit "
	       "log.\n"
	       "# TYPE filterd_audit_pending gauge\n"
	       "filterd_audit_pending 4\n"
	       "# HELP filterd_audit_lost_total Records that could not be written when they were "
	       "due, and were counted.\n"
	       "# TYPE filterd_audit_lost_total counter\n"
	       "filterd_audit_lost_total 0\n"
	       "# HELP filterd_audit_wrong Problems of the audit log; filterctl status names "
	       "them.\n"
	       "# TYPE filterd_audit_wrong gauge\n"
	       "filterd_audit_wrong 0\n");
}

START_TEST(what_is_not_known_has_no_sample)
{
	struct status s = good();
	struct writer w = writer_over(room, sizeof(room) - 1);

	s.unseen_known      = false;
	s.connections_known = false;
	s.hooks             = HOOKS_UNKNOWN;
	status_metrics(&w, &s);
	room[w.len] = '\0';
	ck_assert_ptr_null(strstr((const char *)room, "connections_met"));
	ck_assert_ptr_null(strstr((const char *)room, "connections_around"));
	ck_assert_ptr_null(strstr((const char *)room, "unfiltered_packets"));
	ck_assert_ptr_null(strstr((const char *)room, "rules_in_place"));
}

/* As many rows and queues as there can be, each as long as it can be. */
START_TEST(the_longest_of_each_form_fits)
{
	struct status s = good();
	struct entry  ignored;
	static char   name[SETTINGS_TEXT_MAX];
	static struct waiver waivers[WAIVERS_MAX];

	memset(name, '"', sizeof(name) - 1);
	s.policy_files = s.log.path = s.sensor = name;
	s.num_queues   = CONTROL_QUEUES;
	s.tally.num    = TALLY_ROWS;
	for (size_t i = 0; i < CONTROL_QUEUES; i++)
		s.queues[i] = (struct status_queue){ UINT32_MAX, UINT32_MAX, UINT64_MAX,
		                                     UINT64_MAX / 2, UINT64_MAX, true,
		                                     UINT64_MAX, UINT64_MAX };
	for (size_t i = 0; i < TALLY_ROWS; i++) {
		s.tally.rows[i] = (struct tally_row){ .app = APP_UNKNOWN, .type = EVENT_WOULD_BLOCK,
		                                      .count = UINT64_MAX };
		memset(s.tally.rows[i].category, 'c', TALLY_CATEGORY_MAX - 1);
	}
	for (size_t i = 0; i < COUNT(waivers); i++)
		waivers[i] = (struct waiver){ .id       = "a-name-of-31-characters-exactly",
		                              .until_us = s.now_us + 1 };
	s.waivers     = waivers;
	s.num_waivers = COUNT(waivers);
	for (size_t i = 0; i < COUNT(cases); i++)
		cases[i].break_it(&s);
	s.protection.num      = s.protection.num_missing = STATUS_INTERFACES;
	s.protection.num_more = UINT32_MAX;
	for (size_t i = 0; i < STATUS_INTERFACES; i++) {
		struct status_interface *one = &s.protection.interfaces[i];

		one->num_networks = STATUS_NETWORKS;
		memset(one->name, '"', STATUS_NAME_MAX - 1);
		memcpy(s.protection.missing[i], one->name, STATUS_NAME_MAX);
		for (size_t k = 0; k < STATUS_NETWORKS; k++)
			memset(one->networks[k], '8', STATUS_NETWORK_MAX - 1);
	}
	for (uint8_t i = 0; i < CONNECTIONS_INTERFACES + 1; i++) {
		uint8_t wide[CONNECTIONS_NAME_MAX - 1];

		memset(wide, 0xf0, sizeof(wide));
		wide[0] = (uint8_t)(0xe0 + i);
		connections_add(&s.connections.around, bytes_of(wide, sizeof(wide)), UINT64_MAX);
		connections_add(&s.connections.left_out, bytes_of(wide, sizeof(wide)), UINT64_MAX);
	}
	for (int form = 0; form < 3; form++) {
		struct writer w = writer_over(room, sizeof(room));

		(form == 0 ? status_text : form == 1 ? status_json : status_metrics)(&w, &s);
		ck_assert_msg(!w.full, "form %d", form);
		if (form == 1)
			ck_assert_int_eq(entry_read(bytes_first(writer_written(&w), w.len - 1), &ignored),
			                 PARSE_OK);
	}
}

static const struct { uint64_t seconds; const char *says; } durations[] = {
	{ 0, "0 s" }, { 59, "59 s" }, { 60, "1 min" }, { 61, "1 min 1 s" }, { 3600, "1 h" }, { 3601,
	  "1 h" }, { 90000, "1 d 1 h" },
};

START_TEST(a_duration_has_its_two_largest_units)
{
	struct writer w = writer_over(room, sizeof(room) - 1);

	status_duration(&w, durations[_i].seconds);
	expect(&w, durations[_i].says);
}

int main(void)
{
	Suite *s = suite_create("status");
	TCase *t = tcase_create("status");

	tcase_add_loop_test(t, each_trouble_is_said_with_its_remedy, 0, COUNT(cases));
	tcase_add_test(t, clients_that_came_prove_that_somebody_is_protected);
	tcase_add_test(t, a_host_may_have_no_limit);
	tcase_add_loop_test(t, a_filter_that_packets_go_around_is_not_said_to_block, 0, 8);
	tcase_add_loop_test(t, one_word_says_whether_it_filters, 0, COUNT(levels));
	tcase_add_test(t, a_log_that_was_cut_needs_somebody_until_it_is_verified);
	tcase_add_test(t, a_filter_that_blocks_needs_nobody);
	tcase_add_test(t, the_first_line_is_the_answer);
	tcase_add_loop_test(t, whom_it_protects_is_said_in_words, 0, COUNT(protections));
	tcase_add_test(t, one_device_is_a_device);
	tcase_add_test(t, what_is_not_counted_is_said_to_be_unknown);
	tcase_add_test(t, a_label_of_a_metric_ends_where_it_should);
	tcase_add_test(t, troubles_stand_before_the_figures);
	tcase_add_test(t, json_has_every_figure);
	tcase_add_test(t, json_says_what_was_found_and_what_cannot_be_written);
	tcase_add_test(t, metrics_are_what_prometheus_reads);
	tcase_add_test(t, what_is_not_known_has_no_sample);
	tcase_add_test(t, the_longest_of_each_form_fits);
	tcase_add_loop_test(t, a_duration_has_its_two_largest_units, 0, COUNT(durations));
	suite_add_tcase(s, t);
	return suite_run(s);
}
