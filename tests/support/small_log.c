/* SPDX-License-Identifier: MIT */

/*
 * small_log FOLDER - an honest log of four devices and all layers, with what strangers may write in
 * it: FOLDER/audit.jsonl and FOLDER/audit.vkey. The same bytes each time.
 */

#include "support/suite.h"

/* logs.h is made for tests, which Check runs; this is a program. */
#undef ck_assert
#undef ck_assert_int_eq
#undef ck_assert_uint_lt
#define ck_assert(what)         do { if (!(what)) abort(); } while (0)
#define ck_assert_int_eq(a, b)  ck_assert((a) == (b))
#define ck_assert_uint_lt(a, b) ck_assert((a) < (b))

#include "support/logs.h"

static struct log l;

static const struct category categories[] = {
	{ .id = "update",  .title = "Kaspersky update",  .signature_id = 1791001 },
	{ .id = "license", .title = "Kaspersky license", .signature_id = 1791002 },
	{ .id = "ksn",     .title = "Kaspersky ksn",     .signature_id = 1791003 },
};

static const struct device {
	const char *name;
	bool        has_mac;
	uint8_t     mac[6];
	const char *address;
} devices[] = {
	{ "LAPTOP-7",         true,  { 0x3c, 0x52, 0x82, 0x11, 0x22, 0x33 }, "192.168.1.50" },
	{ "=cmd|' /C calc'!", true,  { 0x3c, 0x52, 0x82, 0x29, 0x1f, 0x15 }, "192.168.1.61" },
	{ "",                 true,  { 0xa6, 0x10, 0x0b, 0x77, 0x01, 0x9e }, "2001:db8:1::5a" },
	{ "a,\x1b[2J\"b|c=d", false, { 0 },                                  "192.168.1.77" },
};

static const struct attempt {
	enum app        app;
	enum event_type type;
	unsigned        device, category;
	const char     *host;
	uint64_t        count;
} attempts[] = {
	{ APP_DNS,  EVENT_BLOCK,       0, 0, "dnl-01.geo.kaspersky.com",    1 },
	{ APP_TLS,  EVENT_BLOCK,       0, 1, "activation-v2.kaspersky.com", 1 },
	{ APP_QUIC, EVENT_BLOCK,       2, 2, "ds.kaspersky.com",            1 },
	{ APP_HTTP, EVENT_BLOCK,       1, 0, "p04.upd.kaspersky.com",       37 },
	{ APP_DNS,  EVENT_BLOCK,       3, 2, "ksn-a-stat.kaspersky-labs.com", 5 },
	{ APP_TLS,  EVENT_WOULD_BLOCK, 0, 0, "p05.upd.kaspersky.com",       1 },
	{ APP_DNS,  EVENT_LOG,         2, 1, "www.kaspersky.com",           2 },
};

static void set_text(struct event_text *t, const char *text)
{
	t->len = (uint16_t)strlen(text);
	memcpy(t->text, text, t->len);
}

static struct event event_of(const struct attempt *a)
{
	const struct device *d = &devices[a->device];
	struct event         e = log_event(&l, a->host);

	e.type      = a->type;
	e.app       = a->app;
	e.has_mac   = d->has_mac;
	e.transport = a->app == APP_TLS || a->app == APP_HTTP ? TRANSPORT_TCP : TRANSPORT_UDP;
	e.reply     = a->type != EVENT_BLOCK ? REPLY_NONE : a->app == APP_DNS ? REPLY_NXDOMAIN :
	              a->app == APP_QUIC ? REPLY_UNREACHABLE : REPLY_RESET;
	memcpy(e.mac, d->mac, sizeof(e.mac));
	ck_assert_int_eq(address_from_text(bytes_text(d->address), &e.client), PARSE_OK);
	if (e.client.family == 6)
		ck_assert_int_eq(address_from_text(BYTES("2001:db8:ffff::31"), &e.server),
		                 PARSE_OK);
	e.server_port            = a->app == APP_DNS ? 53 : a->app == APP_HTTP ? 80 : 443;
	e.decision.rule.category = &categories[a->category];
	e.dns.type               = 1;
	if (a->app == APP_HTTP) {
		set_text(&e.http.method, "GET");
		set_text(&e.http.url, "/updates/u0607g.xml");
		set_text(&e.http.user_agent, "AVPUpdate/21.3 \"\x1b]0;x\x07=|\\");
	}
	return e;
}

static void write_attempt(const struct attempt *a)
{
	struct record_context c = { .sensor = "gw1",
	                            .policy_digest = bytes_of(logs_policy, sizeof(logs_policy)),
	                            .name = bytes_text(devices[a->device].name) };
	struct event          e = event_of(a);
	struct writer         w = log_line(&l);

	record_open(&w, &e, &c);
	record_count(&w, a->count, e.time_us - 30 * LOGS_SECOND);
	record_close(&w, &l.chain);
	log_keep(&l, &w);
	l.attempts += a->count;
}

static FILE *begin_file(const char *folder, const char *name)
{
	char path[1024];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return fopen(path, "w");
}

static int write_files(const char *folder)
{
	uint8_t       vkey[512];
	struct writer w    = writer_over(vkey, sizeof(vkey));
	FILE         *log  = begin_file(folder, "audit.jsonl");
	FILE         *keys = begin_file(folder, "audit.vkey");

	if (log == NULL || keys == NULL || note_key_write(&w, &l.root) != 0) {
		perror(folder);
		return EXIT_FAILURE;
	}
	for (size_t i = 0; i < l.num; i++)
		fwrite(l.lines[i].at, 1, l.lines[i].len, log);
	fprintf(keys, "%.*s\n", (int)w.len, (const char *)vkey);
	return fclose(log) == 0 && fclose(keys) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fputs("usage: small_log FOLDER\n", stderr);
		return 64;
	}
	log_begin(&l);
	log_start(&l, PREVIOUS_NEW, 0, 0);
	for (unsigned minute = 0; minute < 20; minute++) {
		for (size_t i = 0; i < COUNT(attempts); i++) {
			l.time_us += 5 * LOGS_SECOND;
			write_attempt(&attempts[i]);
		}
		l.time_us += 20 * LOGS_SECOND;
		log_beat(&l);
	}
	log_stop(&l);
	return write_files(argv[1]);
}
