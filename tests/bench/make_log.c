/* SPDX-License-Identifier: MIT */

/*
 * Writes an audit log as the filter would, in a time that is only told: packets of a made-up
 * network go through the engine with the shipped policy, what comes out goes into the journal, and
 * the journal does what it does in the daemon. The same options give the same bytes on every
 * machine.
 *
 * The story, for 30 days (others are scaled): a restart of 36 seconds in which nothing passed;
 * another policy; a kill -9 with 12 packets unseen, and with repeats that were counted but not
 * written; a night with the machine off; and devices that are cleaned one after the other
 * (fleet.h).
 */

#include "fleet.h"

#include "audit/note.h"
#include "base/instant.h"
#include "journal/journal.h"
#include "os/files.h"
#include "os/messages.h"

#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECOND_US  INT64_C(1000000)
#define MINUTE_US  (60 * SECOND_US)
#define HOUR_US    (60 * MINUTE_US)
#define DAY_US     (24 * HOUR_US)
#define STORY      30
#define SIGN_AFTER 10000        /* records that stand unsigned at most, as in the daemon */
#define SOURCE_CONF FILTERD_SOURCE "/config/filterd.conf"

static const char usage[] =
	"usage: make_log --folder DIR [--from TIME] [--days N] [--devices N] [--attempts-per-day "
        "N] [--bytes N]\n"
	"                [--heartbeat SECONDS] [--window SECONDS] [--keep BYTES] [--seed N] "
        "[--gateway NAME]\n"
	"\n"
	"Writes DIR/log/audit.jsonl and its segments, DIR/keys/audit.vkey, DIR/anchors, and "
        "DIR/leases with the names of the devices.\n"
	"\n"
	"  --from TIME           midnight, UTC; default 2026-11-01T00:00:00Z\n"
	"  --attempts-per-day N  on the first day, of all devices together; default 400\n"
	"  --devices N           default 14\n"
	"  --heartbeat SECONDS   default 600\n"
	"  --bytes N             stop when the log is that long, whatever the day\n"
	"  --window SECONDS      in which repeats are counted, default 60; 0: a record for each "
        "attempt\n"
	"  --gateway NAME        default gw1.example.net; another --seed makes another log id\n"
	"  --keep BYTES          delete the oldest segments beyond that; default 0: keep all\n";

struct options {
	const char *folder, *gateway;
	int64_t     from_us;
	uint64_t    days, devices, attempts, bytes, heartbeat_s, window_s, keep, seed;
};

/* The policy as shipped, and the one that takes its place. */
struct in_force {
	struct settings     settings;
	struct policy      *policy;
	struct engine_rules rules;
};

struct gateway {
	const struct options  *options;
	struct in_force        in_forces[2];
	const struct in_force *in_force;
	struct record_context  context;
	struct journal        *journal;
	struct engine         *engine;
	struct fleet          *fleet;
	/* what the DHCP server calls the devices, all the time */
	struct leases         *leases;
	FILE                  *anchors;
	const char            *boot;
	int64_t                booted_us, started_us, beat_us;
	bool                   runs;
	uint64_t               attempts;        /* of all runs */
};

/* What happens besides: on which day of the story, when, for how long the filter is away. */
enum turn { TURN_RESTART, TURN_POLICY, TURN_KILL, TURN_OFF };

static const struct {
	enum turn turn;
	uint32_t  day;
	int64_t   of_day_us, away_us;
	uint64_t  unseen;
} turns[] = {
	{ TURN_RESTART, 8, 3 * HOUR_US + 12 * MINUTE_US + 44 * SECOND_US, 36 * SECOND_US, 0 },
	{ TURN_POLICY, 11, 9 * HOUR_US + 30 * MINUTE_US + 11 * SECOND_US, 0, 0 },
	{ TURN_KILL, 14, 9 * HOUR_US + 40 * MINUTE_US + 20 * SECOND_US, 21 * SECOND_US, 12 },
	{ TURN_OFF, 16, 22 * HOUR_US + MINUTE_US + 3 * SECOND_US, 8 * HOUR_US + 48 * MINUTE_US, 0 },
};

static void fail(const char *what, int error)
{
	fprintf(stderr, "make_log: %s: %s\n", what, strerror(error < 0 ? -error : error));
	exit(EXIT_FAILURE);
}

static void must(const char *what, int error)
{
	if (error != 0)
		fail(what, error);
}

static void path_in(const struct gateway *g, const char *name, char out[512])
{
	snprintf(out, 512, "%s/%s", g->options->folder, name);
}

/* As the daemon does: in one line for a syslog, here a file. */
static void keep_anchor(void *owner, const struct anchor *a)
{
	struct gateway *g = owner;
	uint8_t         text[NOTE_MAX];
	struct writer   w = writer_over(text, sizeof(text));

	must("anchor", note_write_line(&w, a->key, a->seq, a->body, a->sig));
	write_text(&w, "\n");
	fwrite(text, 1, w.len, g->anchors);
}

static void open_journal(struct gateway *g)
{
	static char            path[512], keys[512], repeats[512];
	static uint8_t         seed[NOTE_KEY];
	struct problem         problem;
	struct journal_options o = { .path = path, .keys = keys, .repeats = repeats,
	                             .sensor = g->options->gateway, .segment_bytes = 64 << 20,
	                             .total_bytes = g->options->keep, .num_repeats = 4096,
	                             .sync = SYNC_NEVER, .seed = seed,
	                             .window_us = (int64_t)g->options->window_s * SECOND_US,
	                             .anchor = keep_anchor, .owner = g };

	path_in(g, "log/audit.jsonl", path);
	path_in(g, "keys", keys);
	path_in(g, "repeats", repeats);
	for (size_t i = 0; i < 8; i++)
		seed[i] = (uint8_t)(g->options->seed >> (8 * i));
	if (journal_open(&o, &g->journal, &problem) != 0) {
		fprintf(stderr, "make_log: %s\n", problem.text);
		exit(EXIT_FAILURE);
	}
}

static void report(void *owner, const struct event *e)
{
	struct gateway *g = owner;

	g->attempts++;
	must("record", journal_append(g->journal, e, &g->context));
}

static void open_engine(struct gateway *g)
{
	const struct settings *s      = &g->in_force->settings;
	struct engine_limits   limits = { .flows = s->flows, .hellos = s->hellos, .seed = 1,
	                                  .flow_idle_us = (int64_t)s->flow_idle_s * SECOND_US };

	g->engine = engine_new(&limits, report, g);
	if (g->engine == NULL)
		fail("engine", ENOMEM);
}

static struct standing standing_of(const struct gateway *g, uint64_t unseen)
{
	return (struct standing){ .state = STATE_ENFORCING,
	                          .policy_digest = policy_digest(g->in_force->policy),
	                          .clock = TRUST_SYNCED, .hooks = HOOKS_OK,
	                          .unfiltered_known = true, .unfiltered = unseen };
}

static void start(struct gateway *g, int64_t now_us, uint64_t unseen)
{
	struct control_start s = { .standing = standing_of(g, unseen), .version = FILTERD_VERSION,
	                           .boot = g->boot,
	                           .up_s = (uint64_t)((now_us - g->booted_us) / SECOND_US),
	                           .rules = policy_num_rules(g->in_force->policy),
	                           .cutoff_us = policy_cutoff(g->in_force->policy) };

	open_journal(g);
	open_engine(g);
	journal_set_policy(g->journal, g->in_force->policy);
	journal_use_leases(g->journal, g->leases);
	must("start", journal_start(g->journal, now_us, &s));
	g->started_us = g->beat_us = now_us;
	g->runs       = true;
}

/* With a stop record, or as kill -9 leaves it. */
static void end(struct gateway *g, int64_t now_us, bool clean)
{
	if (clean)
		must("stop", journal_stop(g->journal, now_us, "SIGTERM"));
	journal_close(g->journal);
	engine_free(g->engine);
	g->runs = false;
}

static void beat(struct gateway *g, int64_t now_us)
{
	struct engine_counts     counts = engine_counts(g->engine);
	struct control_heartbeat h      = { .standing = standing_of(g, 0),
		                            .connections_known = true,
		                            .met      = (uint64_t)(now_us / SECOND_US / 3600 % 24) * 10 + 25,
		                            .left_out = 2,
	                                    .every_s = g->options->heartbeat_s,
	                                    .uptime_s = (uint64_t)((now_us - g->started_us) / SECOND_US),
	                                    .mono_ms  = (uint64_t)((now_us - g->booted_us) / 1000),
	                                    .packets  = counts.packets,
	                                    .accepted = counts.packets - counts.blocked,
	                                    .blocked  = counts.blocked, .num_queues = 1 };

	must("heartbeat", journal_heartbeat(g->journal, now_us, &h));
	g->beat_us = now_us;
}

/* What the daemon does each second happens each minute here: nothing in between is due. */
static void tick(struct gateway *g, int64_t now_us)
{
	if (!g->runs)
		return;
	journal_tick(g->journal, now_us);
	if (journal_is_degraded(g->journal))
		fail("the log cannot be written", ENOSPC);
	if (now_us - g->beat_us >= (int64_t)g->options->heartbeat_s * SECOND_US ||
	    journal_unsigned(g->journal) >= SIGN_AFTER)
		beat(g, now_us);
}

static void change_policy(struct gateway *g, int64_t now_us)
{
	const struct in_force *new = &g->in_forces[1];
	struct control_policy  p   = { .old_digest = policy_digest(g->in_force->policy),
	                               .new_digest = policy_digest(new->policy),
	                               .rules = policy_num_rules(new->policy),
	                               .file = new->settings.files, .result = "loaded" };

	journal_set_policy(g->journal, new->policy);
	must("policy", journal_policy(g->journal, now_us, &p));
	g->in_force               = new;
	g->context.policy_digest = policy_digest(new->policy);
}

/* When the filter is back, if it goes. */
static int64_t take_turn(struct gateway *g, size_t i, int64_t now_us)
{
	switch (turns[i].turn) {
	case TURN_POLICY:
		change_policy(g, now_us);
		return now_us;
	case TURN_RESTART:
	case TURN_OFF:
		end(g, now_us, true);
		break;
	case TURN_KILL:
		end(g, now_us, false);
		break;
	}
	return now_us + turns[i].away_us;
}

static void come_back(struct gateway *g, size_t i, int64_t now_us)
{
	if (turns[i].turn == TURN_OFF) {
		g->boot      = "9b2f6c7e-41d0-4c53-8d0a-6f2b7c1e0a42";
		g->booted_us = now_us - 41 * SECOND_US;
	}
	start(g, now_us, turns[i].unseen);
}

static int64_t turn_at(const struct options *o, size_t i)
{
	return o->from_us + (int64_t)(turns[i].day * o->days / STORY) * DAY_US + turns[i].of_day_us;
}

static void judge(void *owner, const struct engine_input *in)
{
	struct gateway     *g = owner;
	struct engine_reply reply;

	engine_packet(g->engine, &g->in_force->rules, in, &reply);
}

/* The log's files, all of them. */
static uint64_t bytes_of_log(const struct gateway *g)
{
	char           folder[512], path[1024];
	uint64_t       sum = 0;
	struct dirent *entry;
	struct stat    st;
	DIR           *dir;

	path_in(g, "log", folder);
	dir = opendir(folder);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		size_t len = strlen(entry->d_name);

		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (len > 6 && strcmp(entry->d_name + len - 6, ".jsonl") == 0 &&
		    stat(path, &st) == 0)
			sum += (uint64_t)st.st_size;
	}
	if (dir != NULL)
		closedir(dir);
	return sum;
}

/* Where the story stands: the next turn, and the moment when the filter is back from it. */
struct story {
	size_t  turn;
	int64_t back_us;
};

/* All turns up to a moment. */
static void turns_until(struct gateway *g, struct story *s, int64_t until_us)
{
	for (;;) {
		if (!g->runs && s->back_us <= until_us) {
			come_back(g, s->turn, s->back_us);
			s->turn++;
		} else if (g->runs && s->turn < COUNT(turns) &&
		           turn_at(g->options, s->turn) <= until_us) {
			s->back_us = take_turn(g, s->turn, turn_at(g->options, s->turn));
			s->turn   += g->runs;
		} else {
			return;
		}
	}
}

/* Gives: the moment at which it ended. */
static int64_t tell(struct gateway *g)
{
	const struct options *o      = g->options;
	struct story          s      = { 0 };
	int64_t               now_us = o->from_us;

	start(g, now_us, 0);
	for (uint32_t day = 0; day < o->days; day++) {
		const struct visit *visits;
		size_t num = fleet_day(g->fleet, day, o->from_us + (int64_t)day * DAY_US, &visits),
		       i   = 0;

		for (unsigned minute = 0; minute < 1440; minute++) {
			now_us += MINUTE_US;
			for (; i < num && visits[i].time_us < now_us; i++) {
				turns_until(g, &s, visits[i].time_us);
				if (g->runs)
					fleet_send(g->fleet, &visits[i], judge, g);
			}
			turns_until(g, &s, now_us);
			tick(g, now_us);
			if (o->bytes > 0 && bytes_of_log(g) >= o->bytes)
				return now_us;
		}
	}
	return now_us;
}

static void load_rules(struct gateway *g)
{
	struct problem problem = { "" };

	for (size_t i = 0; i < COUNT(g->in_forces); i++) {
		struct in_force *r = &g->in_forces[i];

		if (files_load_settings(SOURCE_CONF, &r->settings, &problem) != 0)
			break;
		if (i == 1)
			strcat(r->settings.files, " policy/encrypted-dns.policy");
		if (files_load_policy(&r->settings, SOURCE_CONF, &r->policy, &problem) != 0)
			break;
		r->rules = engine_rules_of(&r->settings, r->policy);
	}
	if (problem.text[0] != '\0') {
		fprintf(stderr, "make_log: %s\n", problem.text);
		exit(EXIT_FAILURE);
	}
	g->in_force = &g->in_forces[0];
	g->context = (struct record_context){ .sensor = g->options->gateway,
	                                      .policy_digest = policy_digest(g->in_force->policy) };
}

/* As dnsmasq has them, in a file and for the journal. */
static void make_leases(struct gateway *g)
{
	const size_t  len  = 128 * g->options->devices;
	uint8_t      *room = malloc(len);
	struct writer w    = writer_over(room, len);
	struct bytes  text;
	char          path[512];

	if (room == NULL)
		fail("leases", ENOMEM);
	for (uint32_t i = 0; i < g->options->devices; i++)
		fleet_write_lease(g->fleet, i,
		                  g->options->from_us + (int64_t)(g->options->days + 1) * DAY_US,
		                  &w);
	text      = writer_written(&w);
	g->leases = leases_new(&text, 1, 1);
	path_in(g, "leases", path);
	if (g->leases == NULL)
		fail(path, ENOMEM);
	must(path, files_replace(path, text, 0644));
	free(room);
}

static void make_folders(const struct gateway *g)
{
	static const char *const names[] = { "", "log", "keys" };
	char                     path[512];

	for (size_t i = 0; i < COUNT(names); i++) {
		path_in(g, names[i], path);
		if (mkdir(path, 0755) != 0 && errno != EEXIST)
			fail(path, errno);
	}
	path_in(g, "log/audit.jsonl", path);
	if (access(path, F_OK) == 0)
		fail(path, EEXIST);
}

static uint64_t number(const char *text)
{
	char              *behind;
	unsigned long long value = strtoull(text, &behind, 10);

	if (*text < '0' || *text > '9' || *behind != '\0') {
		fprintf(stderr, "make_log: '%s' is no number\n\n%s", text, usage);
		exit(64);
	}
	return value;
}

static void read_options(int argc, char **argv, struct options *o)
{
	static const struct option names[] = {
		{ "folder", required_argument, NULL, 'f' }, { "from", required_argument, NULL,
		  't' },
		{ "days", required_argument, NULL, 'd' }, { "devices", required_argument, NULL,
		  'n' },
		{ "attempts-per-day", required_argument, NULL, 'a' }, { "bytes", required_argument,
		  NULL, 'b' },
		{ "heartbeat", required_argument, NULL, 'h' }, { "window", required_argument, NULL,
		  'w' },
		{ "keep", required_argument, NULL, 'k' }, { "seed", required_argument, NULL, 's' },
		{ "gateway", required_argument, NULL, 'g' }, { 0 },
	};
	int  option;
	bool good = true;

	while ((option = getopt_long(argc, argv, "", names, NULL)) != -1) {
		switch (option) {
		case 'f': o->folder = optarg; break;
		case 't': good &= instant_parse(bytes_text(optarg), &o->from_us) == PARSE_OK; break;
		case 'd': o->days = number(optarg); break;
		case 'n': o->devices = number(optarg); break;
		case 'a': o->attempts = number(optarg); break;
		case 'b': o->bytes = number(optarg); break;
		case 'h': o->heartbeat_s = number(optarg); break;
		case 'w': o->window_s = number(optarg); break;
		case 'k': o->keep = number(optarg); break;
		case 's': o->seed = number(optarg); break;
		case 'g': o->gateway = optarg; break;
		default:  good = false;
		}
	}
	good &= o->folder != NULL && strlen(o->folder) < 400 && optind == argc &&
	        o->from_us % DAY_US == 0 && o->days >= 2 && o->days <= 3660 && o->devices >= 6 &&
	        o->devices <= 40000 && o->attempts <= 10000000 && o->heartbeat_s >= 60;
	if (!good) {
		fprintf(stderr,
		        "make_log: --from is a midnight, there are 2 days and 6 devices at least, "
		        "and a minute between heartbeats\n\n%s",
		        usage);
		exit(64);
	}
}

int main(int argc, char **argv)
{
	struct options o = { .gateway = "gw1.example.net", .days = 30, .devices = 14,
	                     .attempts = 400, .heartbeat_s = 600, .window_s = 60, .seed = 1 };
	struct gateway g = { .options = &o, .boot = "5f0c1f5e-4a55-4b6e-9b9f-3d3f7a0d2c11" };
	char           path[512];
	int64_t        ended_us;

	if (instant_parse(BYTES("2026-11-01T00:00:00Z"), &o.from_us) != PARSE_OK)
		return EXIT_FAILURE;
	read_options(argc, argv, &o);
	make_folders(&g);
	load_rules(&g);
	path_in(&g, "anchors", path);
	g.anchors   = fopen(path, "w");
	g.fleet = fleet_new(o.seed, (uint32_t)o.devices, (uint32_t)o.days, (uint32_t)o.attempts);
	g.booted_us = o.from_us - 3 * DAY_US;
	if (g.anchors == NULL || g.fleet == NULL)
		fail(path, errno);
	make_leases(&g);
	ended_us = tell(&g);
	if (g.runs)
		end(&g, ended_us, true);
	must("anchors", fclose(g.anchors) == 0 ? 0 : errno);
	path_in(&g, "log/audit.jsonl.reserve", path);
	unlink(path);
	path_in(&g, "repeats", path);
	unlink(path);
	fprintf(stderr, "%llu attempts, %llu bytes\n", (unsigned long long)g.attempts,
	        (unsigned long long)bytes_of_log(&g));
	leases_free(g.leases);
	fleet_free(g.fleet);
	for (size_t i = 0; i < COUNT(g.in_forces); i++)
		policy_free(g.in_forces[i].policy);
	return EXIT_SUCCESS;
}
