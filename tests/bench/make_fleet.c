/* SPDX-License-Identifier: MIT */

/*
 * Writes the logs of a fleet as a collector has them, with the functions that the daemon writes
 * with, the same bytes every time: a folder a gateway with a segment a day, and the keys.
 *
 * With --story some gateways have one (by number, from 0): 1 is not heard any more since the last
 * evening; 2 runs the policy of old; of 3 ten records are missing; 4 was away for 41 minutes while
 * 12 packets passed; of 5 nobody has a key; 6 calls itself what nobody should, and so do its
 * devices.
 */

#include "support/logs.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <sys/stat.h>

#define DAY    (86400 * LOGS_SECOND)
#define MINUTE (60 * LOGS_SECOND)

static const char usage[] =
	"usage: make_fleet --folder DIR [--gateways N] [--days N] [--devices N] [--attempts N] "
        "[--heartbeat SECONDS] [--from TIME] [--story]\n"
	"\n"
	"Writes DIR/logs/GATEWAY/audit*.jsonl and DIR/keys/GATEWAY.vkey.\n"
	"\n"
	"  --gateways N   default 10          --days N      default 7\n"
	"  --devices N    of each, default 8  --attempts N  of each device a day, default 12\n"
	"  --heartbeat SECONDS  default 600   --from TIME   a midnight; default "
        "2026-10-01T00:00:00Z\n";

static struct {
	const char *folder;
	unsigned    gateways, days, devices, attempts, heartbeat_s;
	int64_t     from_us;
	bool        story;
} o = { .gateways = 10, .days = 7, .devices = 8, .attempts = 12, .heartbeat_s = 600 };

static const char *const hosts[] = { "dnl-01.geo.kaspersky.com", "ds.kaspersky.com",
                                     "activation-v2.kaspersky.com",
                                     "ksn-a-stat-geo.kaspersky-labs.com",
                                     "dnl-12.geo.kaspersky.com", "my.kaspersky.com" };
static const struct category kinds[] = {
	{ .id = "update", .title = "Kaspersky update", .signature_id = 1791001 },
	{ .id = "ksn", .title = "Kaspersky Security Network", .signature_id = 1791003 },
	{ .id = "license", .title = "Kaspersky license", .signature_id = 1791002 },
};
static const char *const hostile[] = { "<script>alert(1)</script>",
                                       "\"><img src=x onerror=alert(2)>", "=cmd|' /C calc'!A0",
                                       ("ok \xe2\x80\xae" "elohw si gol") };
static const uint8_t     policies[2][32] = { { 0x82, 0x34, 0x12, 0xd1, 0xea, 0xcb, 0x67, 0x95 },
                                             { 0x39, 0xa0, 0x2f, 0x0c, 0xf2, 0x5f, 0xa3, 0xd9 } };

static struct log l;
static FILE      *file;
static char       folder[512];
static uint64_t   segment_first;
static uint32_t   dice;
static unsigned   gateway;

static unsigned roll(unsigned sides)
{
	dice = dice * 1664525 + 1013904223;
	return (dice >> 8) % sides;
}

static void give_up(const char *path)
{
	fprintf(stderr, "make_fleet: %s: %s\n", path, strerror(errno));
	exit(EXIT_FAILURE);
}

static bool is_lost(uint64_t seq)
{
	return o.story && gateway == 3 && seq >= 100 && seq < 110;
}

/* What the log holds goes out, so that it never fills. */
static void flush(void)
{
	for (size_t i = 0; i < l.num; i++) {
		if (!is_lost(l.chain.seq - l.num + i))
			fwrite(l.lines[i].at, 1, l.lines[i].len, file);
	}
	l.num  = 0;
	l.used = 0;
}

static void open_segment(void)
{
	char path[640];

	snprintf(path, sizeof(path), "%s/audit.jsonl", folder);
	file = fopen(path, "w");
	if (file == NULL)
		give_up(path);
	segment_first = l.chain.seq;
}

static void close_segment(void)
{
	char from[640], to[704];

	log_segment(&l, segment_first);
	flush();
	snprintf(from, sizeof(from), "%s/audit.jsonl", folder);
	snprintf(to, sizeof(to), "%s/audit-%012llu-%012llu.jsonl", folder,
	         (unsigned long long)segment_first, (unsigned long long)l.chain.seq - 1);
	if (fclose(file) != 0 || rename(from, to) != 0)
		give_up(to);
	open_segment();
}

static void attempt(unsigned device)
{
	unsigned              kind = roll(3), num = roll(10) == 0 ? 1 + roll(40) : 1;
	struct event          e    = log_event(&l, hosts[2 * kind % 6 + roll(2)]);
	struct record_context c    = { .sensor = l.control.sensor,
	                               .policy_digest = bytes_of(l.policy, 32) };
	struct writer         w    = log_line(&l);
	char                  name[32];

	e.app                    = roll(10) < 6 ? APP_DNS : roll(2) ? APP_TLS : APP_QUIC;
	e.client.at[3]           = (uint8_t)(20 + device);
	e.mac[3]                 = (uint8_t)(gateway >> 8);
	e.mac[4]                 = (uint8_t)gateway;
	e.mac[5]                 = (uint8_t)device;
	e.decision.rule.category = &kinds[kind];
	snprintf(name, sizeof(name), "PC-%u-%u", gateway, device);
	c.name = o.story && gateway == 6 ? bytes_text(hostile[device % COUNT(hostile)])
	                                 : bytes_text(device % 4 == 3 ? "" : name);
	record_open(&w, &e, &c);
	record_count(&w, num, e.time_us - 30 * LOGS_SECOND);
	record_close(&w, &l.chain);
	log_keep(&l, &w);
	l.attempts += num;
}

static void beat(void)
{
	struct control_heartbeat h = log_heartbeat_now(&l);
	struct writer            w = log_line(&l);

	h.every_s = o.heartbeat_s;
	control_heartbeat(&w, &l.control, &h);
	log_sign(&l, &w);
	flush();
}

/* Devices are cleaned one after the other, but the first. */
static bool tries(unsigned device, unsigned day)
{
	return device == 0 || day < o.days * (device + 1) / (o.devices + 1) + 1;
}

/* From one heartbeat to the next. */
static void pass_time(unsigned day, int64_t until_us)
{
	int64_t from_us = l.time_us, step_us = until_us - from_us;

	for (unsigned device = 0; device < o.devices; device++) {
		uint64_t chance = (uint64_t)o.attempts * o.heartbeat_s * 1000 / 86400;

		if (tries(device, day) && roll(1000) < chance) {
			l.time_us = from_us + step_us * (device + 1) / (o.devices + 2);
			attempt(device);
		}
	}
	l.time_us = until_us;
}

static void away(int64_t until_us, uint64_t unseen)
{
	log_stop(&l);
	l.time_us = until_us;
	log_start(&l, PREVIOUS_CLEAN, unseen, 0);
	flush();
}

static void write_key(void)
{
	uint8_t       room[512];
	struct writer w = writer_over(room, sizeof(room));
	char          path[600];
	FILE         *f;

	if (o.story && gateway == 5)
		return;
	snprintf(path, sizeof(path), "%s/keys/gw%04u.vkey", o.folder, gateway);
	f = fopen(path, "w");
	ck_assert_int_eq(note_key_write(&w, &l.root), 0);
	write_text(&w, "\n");
	if (f == NULL || fwrite(room, 1, w.len, f) != w.len || fclose(f) != 0)
		give_up(path);
}

static void tell(void)
{
	int64_t begin_us = o.from_us, end_us = o.from_us + (int64_t)o.days * DAY,
		step_us = (int64_t)o.heartbeat_s * LOGS_SECOND;

	write_key();
	open_segment();
	l.time_us = begin_us;
	log_start(&l, PREVIOUS_NEW, 0, 0);
	for (int64_t at = begin_us + step_us; at <= end_us; at += step_us) {
		unsigned day = (unsigned)((at - 1 - begin_us) / DAY);

		if (o.story && gateway == 1 && at > end_us - 5 * 3600 * LOGS_SECOND)
			break;
		if (o.story && gateway != 2 && day == o.days / 2 && l.policy == policies[1]) {
			l.policy = policies[0];
			away(l.time_us + LOGS_SECOND, 0);
		}
		if (o.story && gateway == 4 && day == o.days - 2 &&
		    (at - begin_us) % DAY == 12 * 3600 * LOGS_SECOND)
			away(l.time_us + 41 * MINUTE, 12);
		if (at > l.time_us) {
			pass_time(day, at);
			beat();
		}
		if ((at - begin_us) % DAY == 0 && at < end_us)
			close_segment();
	}
	if (fclose(file) != 0)
		give_up(folder);
}

static void make_gateway(void)
{
	static char sensor[128], id[17];

	snprintf(sensor, sizeof(sensor),
	         o.story && gateway == 6 ? "<i>gw%04u</i>" : "gw%04u.example.net", gateway);
	snprintf(id, sizeof(id), "%016llx", (unsigned long long)(gateway + 1) * 0x9e3779b97f4a7c15);
	log_begin_as(&l, sensor, id, gateway * 64);
	l.policy = policies[o.story ? 1 : 0];
	dice     = gateway + 1;
	snprintf(folder, sizeof(folder), "%s/logs/gw%04u", o.folder, gateway);
	if (mkdir(folder, 0755) != 0)
		give_up(folder);
	tell();
}

/* The functions of logs.h assert, which only a running test may. */
START_TEST(make)
{
	for (gateway = 0; gateway < o.gateways; gateway++)
		make_gateway();
}
END_TEST

static unsigned number(const char *text)
{
	char         *behind;
	unsigned long value = strtoul(text, &behind, 10);

	if (*text < '0' || *text > '9' || *behind != '\0' || value == 0 || value > 65535) {
		fprintf(stderr, "make_fleet: '%s' is no number from 1 to 65535\n\n%s", text, usage);
		exit(64);
	}
	return (unsigned)value;
}

static void read_options(int argc, char **argv)
{
	static const struct option names[] = {
		{ "folder", required_argument, NULL, 'f' }, { "gateways", required_argument, NULL,
		  'g' }, { "days", required_argument, NULL, 'd' },
		{ "devices", required_argument, NULL, 'n' }, { "attempts", required_argument, NULL,
		  'a' },
		{ "heartbeat", required_argument, NULL, 'h' }, { "from", required_argument, NULL,
		  't' }, { "story", no_argument, NULL, 's' }, { 0 },
	};
	int  option;
	bool good = true;

	while ((option = getopt_long(argc, argv, "", names, NULL)) != -1) {
		switch (option) {
		case 'f': o.folder = optarg; break;
		case 'g': o.gateways = number(optarg); break;
		case 'd': o.days = number(optarg); break;
		case 'n': o.devices = number(optarg); break;
		case 'a': o.attempts = number(optarg); break;
		case 'h': o.heartbeat_s = number(optarg); break;
		case 't': good &= instant_parse(bytes_text(optarg), &o.from_us) == PARSE_OK; break;
		case 's': o.story = true; break;
		default:  good = false;
		}
	}
	if (good && o.folder != NULL && optind == argc && strlen(o.folder) < 400 && o.devices < 200)
		return;
	fputs(usage, stderr);
	exit(64);
}

int main(int argc, char **argv)
{
	Suite   *s      = suite_create("fleet");
	TCase   *t      = tcase_create("fleet");
	SRunner *runner = srunner_create(s);
	char     path[512];
	int      failed;

	if (instant_parse(BYTES("2026-10-01T00:00:00Z"), &o.from_us) != PARSE_OK)
		return EXIT_FAILURE;
	read_options(argc, argv);
	for (const char *const *name = (const char *const[]){ "", "/logs", "/keys", NULL };
	     *name != NULL; name++) {
		snprintf(path, sizeof(path), "%s%s", o.folder, *name);
		if (mkdir(path, 0755) != 0 && errno != EEXIST)
			give_up(path);
	}
	suite_add_tcase(s, t);
	tcase_add_test(t, make);
	tcase_set_timeout(t, 0);
	srunner_set_fork_status(runner, CK_NOFORK);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
