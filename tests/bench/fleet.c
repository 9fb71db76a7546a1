/* SPDX-License-Identifier: MIT */

#include "fleet.h"

#include "support/packets.h"

#include <stdio.h>

#define MINUTE_US INT64_C(60000000)
/* days that the story is told in; other lengths are scaled */
#define STORY     30

enum layer { LAYER_DNS, LAYER_TLS, LAYER_HTTP, LAYER_QUIC };

/*
 * %u is a number below `numbers`. What Kaspersky's products ask for, what is only recorded, and
 * what is nobody's business.
 */
static const struct { const char *host; uint8_t numbers, weight; bool has_http; } hosts[] = {
	{ "dnl-%02u.geo.kaspersky.com",      20, 40, true  },
	{ "s%02u.upd.kaspersky.com",         20, 14, true  },
	{ "p%02u.upd.kaspersky.com",         20, 10, true  },
	{ "ds.kaspersky.com",                 0, 18, false },
	{ "dc1-file.ksn.kaspersky-labs.com",  0,  8, false },
	{ "ksn-a-stat-geo.kaspersky-labs.com", 0, 6, false },
	{ "activation-v2.kaspersky.com",      0,  8, false },
	{ "my.kaspersky.com",                 0,  3, false },
	{ "hq.uis.kaspersky.com",             0,  2, false },
	{ "xb%u.ksc.kaspersky.com",           4,  2, false },
	{ "ucp-ntfy.kaspersky-labs.com",      0,  3, false },
	{ "ipm-klca.kaspersky.com",           0,  4, false },
	{ "feed%u.kaspersky.com",             3,  2, false },
	{ "www.kaspersky.com",                0,  2, false },
	{ "www.example.org",                  0, 12, true  },
	{ "deb%u.example.net",                3,  8, true  },
};

/* An office: how likely an hour is. */
static const uint8_t hours[24] = { 1, 1, 1, 1, 1, 2, 4, 8, 12, 12, 11, 10, 8, 10, 11, 10, 9, 7, 4,
                                   3, 2, 2, 1, 1 };

static const char *const names[]  = { "PC-%03u", "LAPTOP-%u", "NB-%02u", "android-%u",
                                      "office-%u" };
static const char *const agents[] = { "AVPUpdate/21.3", "AVPUpdate/21.9", "KAVUpdater/20.0" };

static const uint8_t resolvers[][4] = { { 192, 168, 1, 1 }, { 8, 8, 8, 8 }, { 1, 1, 1, 1 },
                                        { 9, 9, 9, 9 } };

struct device {
	uint8_t        mac[6];
	struct address address;
	uint16_t       port;                    /* the next one */
	uint16_t       id;                      /* of its next DNS message */
	bool           has_name, only_tls;
	/* days on which it still tries: [0, until) and [again, again_until) */
	uint32_t       until, again, again_until;
};

struct fleet {
	struct quic_cipher *cipher;
	struct visit       *visits;
	size_t              room;
	uint64_t            state;
	uint32_t            num, attempts_a_day;
	struct device       devices[];
};

/* SplitMix64. */
static uint64_t next(struct fleet *f)
{
	uint64_t z = f->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static uint32_t below(struct fleet *f, uint32_t limit)
{
	return (uint32_t)((next(f) >> 32) * limit >> 32);
}

static uint32_t scaled(uint32_t day, uint32_t days)
{
	return day * days / STORY;
}

static struct address address_of(uint32_t i)
{
	if (i == 4)
		return (struct address){ .family = 6,
		                         .at = { 0x20, 1, 0x0d, 0xb8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0,
		                         0, 0x5a } };
	return (struct address){ .family = 4,
	                         .at = { 192, 168, (uint8_t)(1 + i / 200),
	                         (uint8_t)(20 + i % 200) } };
}

static void make_device(struct fleet *f, uint32_t i, uint32_t days)
{
	static const uint8_t vendor[][3] = { { 0x3c, 0x52, 0x82 }, { 0xd4, 0xbe, 0xd9 },
	                                     { 0x00, 0x1a, 0x2b } };
	struct device       *d           = &f->devices[i];
	uint64_t             random      = next(f);

	d->address  = address_of(i);
	d->port     = (uint16_t)(49152 + i % 1000);
	d->id       = (uint16_t)random;
	d->has_name = i != 3;
	d->only_tls = i == 2;
	memcpy(d->mac, vendor[i % COUNT(vendor)], 3);
	d->mac[3] = (uint8_t)(random >> 16);
	d->mac[4] = (uint8_t)(i >> 8);
	d->mac[5] = (uint8_t)i;
	if (i == 3)
		d->mac[0] = 0xa6;               /* made up by the device itself, as telephones do */
	/* One after the other, the first on day 4. */
	d->until =
		i + 1 == f->num
			? days
			: scaled(4, days) + (uint32_t)((uint64_t)i * scaled(24, days) / f->num) + 1;
	if (i == 0)
		d->until = scaled(20, days) + 1;
	if (i == 1) {
		d->until       = scaled(5, days) + 1;
		d->again       = scaled(24, days);
		d->again_until = scaled(27, days) + 1;
	}
}

struct fleet *fleet_new(uint64_t seed, uint32_t num, uint32_t days, uint32_t attempts_a_day)
{
	struct fleet *f = calloc(1, sizeof(*f) + num * sizeof(f->devices[0]));

	if (f == NULL)
		return NULL;
	f->state          = seed;
	f->num            = num;
	f->attempts_a_day = attempts_a_day;
	f->cipher         = quic_cipher_new();
	if (f->cipher == NULL) {
		free(f);
		return NULL;
	}
	for (uint32_t i = 0; i < num; i++)
		make_device(f, i, days);
	return f;
}

void fleet_free(struct fleet *f)
{
	if (f == NULL)
		return;
	quic_cipher_free(f->cipher);
	free(f->visits);
	free(f);
}

static bool tries(const struct device *d, uint32_t day)
{
	return day < d->until || (day >= d->again && day < d->again_until);
}

static uint32_t weighted(struct fleet *f, uint32_t (*weight_of)(size_t), size_t num)
{
	uint32_t sum = 0, at;

	for (size_t i = 0; i < num; i++)
		sum += weight_of(i);
	at = below(f, sum);
	for (size_t i = 0; i < num; i++) {
		if (at < weight_of(i))
			return (uint32_t)i;
		at -= weight_of(i);
	}
	return 0;
}

static uint32_t weight_of_host(size_t i) { return hosts[i].weight; }
static uint32_t weight_of_hour(size_t i) { return hours[i]; }

static enum layer layer_of(struct fleet *f, const struct device *d, uint32_t host)
{
	uint32_t at = below(f, 100);

	if (d->only_tls)
		return LAYER_TLS;
	if (at < 62)
		return LAYER_DNS;
	if (at < 74 && hosts[host].has_http)
		return LAYER_HTTP;
	return at < 82 ? LAYER_QUIC : LAYER_TLS;
}

static struct visit visit_of(struct fleet *f, uint32_t device, int64_t midnight_us)
{
	const struct device *d    = &f->devices[device];
	uint32_t             host = weighted(f, weight_of_host, COUNT(hosts));
	int64_t minute = (int64_t)weighted(f, weight_of_hour, COUNT(hours)) * 60 + below(f, 60);

	return (struct visit){
		.time_us = midnight_us + minute * MINUTE_US + below(f, (uint32_t)MINUTE_US),
		.device  = device,
		.host    = (uint16_t)host,
		.number  = hosts[host].numbers > 0 ? (uint8_t)below(f, hosts[host].numbers) : 0,
		.layer   = (uint8_t)layer_of(f, d, host),
		.random  = next(f),
	};
}

static int by_time(const void *left, const void *right)
{
	const struct visit *a = left, *b = right;

	if (a->time_us != b->time_us)
		return a->time_us > b->time_us ? 1 : -1;
	return (a->random > b->random) - (a->random < b->random);
}

/*
 * The one that hammers asks for the same host every ten seconds from half past nine on; more often
 * if that would not do.
 */
static struct visit hammer_of(struct fleet *f, uint32_t i, uint32_t num, int64_t midnight_us)
{
	int64_t step_us =
		810 * MINUTE_US / num < MINUTE_US / 6 ? 810 * MINUTE_US / num : MINUTE_US / 6;

	return (struct visit){ .time_us = midnight_us + 570 * MINUTE_US + i * step_us + below(f, (uint32_t)step_us),
	                       .layer = LAYER_DNS, .random = next(f) };
}

size_t fleet_day(struct fleet *f, uint32_t day, int64_t midnight_us,
                 const struct visit **visits_out)
{
	uint32_t hammered = f->attempts_a_day * 2 / 5,
		 each     = (f->attempts_a_day - hammered) / f->num;
	size_t   most     = hammered + (size_t)f->num * (each + 1), num = 0;

	if (most > f->room) {
		free(f->visits);
		f->room   = most;
		f->visits = calloc(most, sizeof(*f->visits));
		if (f->visits == NULL)
			abort();
	}
	for (uint32_t i = 0; i < f->num; i++) {
		uint32_t here = i == 0 ? hammered : each > 0 ? each : 1;

		if (!tries(&f->devices[i], day))
			continue;
		for (uint32_t n = 0; n < here; n++)
			f->visits[num++] = i == 0 ? hammer_of(f, n, here, midnight_us)
			                          : visit_of(f, i, midnight_us);
	}
	qsort(f->visits, num, sizeof(*f->visits), by_time);
	*visits_out = f->visits;
	return num;
}

/* Where a packet is put together, and how it came. */
struct sending {
	struct fleet       *fleet;
	struct device      *device;
	const struct visit *visit;
	struct packet_path  path;
	char                host[64];
	int64_t             now_us;
	fleet_packet       *packet;
	void               *owner;
};

static void give(struct sending *s, const struct writer *w)
{
	struct engine_input in = { .ip = writer_written(w), .now_us = s->now_us,
	                           .sums_settled = true, .has_mac = true,
	                           .iface = "br-lan" };

	if (w->full)
		abort();
	memcpy(in.mac, s->device->mac, sizeof(in.mac));
	s->packet(s->owner, &in);
	s->now_us += 11000;
}

static void give_udp(struct sending *s, struct bytes payload)
{
	uint8_t       room[2048];
	struct writer w = writer_over(room, sizeof(room));

	packet_udp(&w, &s->path, payload);
	give(s, &w);
}

static void give_tcp(struct sending *s, uint32_t seq, uint8_t flags, struct bytes payload)
{
	uint8_t       room[2048];
	struct writer w = writer_over(room, sizeof(room));

	packet_tcp(&w, &s->path, seq, flags, payload);
	give(s, &w);
}

static void give_stream(struct sending *s, struct bytes payload)
{
	uint32_t seq = (uint32_t)s->visit->random;

	give_tcp(s, seq, TCP_SYN, BYTES(""));
	give_tcp(s, seq + 1, TCP_ACK, payload);
}

static void ask(struct sending *s, size_t resolver, uint16_t type)
{
	uint8_t       room[512];
	struct writer w = writer_over(room, sizeof(room));

	s->path.to = (struct address){ .family = 4 };
	memcpy(s->path.to.at, resolvers[resolver], 4);
	if (s->path.from.family == 6)
		s->path.to = (struct address){ .family = 6,
		                               .at = { 0x20, 1, 0x0d, 0xb8, 0, 1,
		                               [14] = (uint8_t)resolver, [15] = 1 } };
	s->path.to_port = 53;
	packet_query(&w, s->device->id++, s->host, type);
	give_udp(s, writer_written(&w));
}

/* Who gets no answer from its resolver asks others, as Kaspersky's products do. */
static void ask_around(struct sending *s)
{
	uint64_t random = s->visit->random;

	ask(s, 0, 1);
	if (random % 10 < 3)
		ask(s, 0, 28);
	for (size_t i = 1; i < COUNT(resolvers) && random % 100 < 8; i++)
		ask(s, i, 1);
}

static void say_hello(struct sending *s, bool quic)
{
	uint8_t       hello_room[512], room[1500];
	struct writer hello = writer_over(hello_room, sizeof(hello_room)),
		      w     = writer_over(room, sizeof(room));

	packet_hello(&hello, s->host, s->visit->random);
	if (quic) {
		packet_initial(&w, s->fleet->cipher, writer_written(&hello), s->visit->random);
		give_udp(s, writer_written(&w));
	} else {
		packet_record(&w, writer_written(&hello));
		give_stream(s, writer_written(&w));
	}
}

static void request(struct sending *s)
{
	uint8_t       room[1024];
	struct writer w = writer_over(room, sizeof(room));

	packet_request(&w, s->host, "/updates/u0607g.xml",
	               agents[s->visit->device % COUNT(agents)]);
	s->path.to_port = 80;
	give_stream(s, writer_written(&w));
}

void fleet_send(struct fleet *f, const struct visit *v, fleet_packet *packet, void *owner)
{
	struct sending s = { .fleet = f, .device = &f->devices[v->device], .visit = v,
	                     .now_us = v->time_us, .packet = packet,
	                     .owner = owner };

	s.path.from      = s.device->address;
	s.path.from_port = s.device->port++;
	if (s.device->port == 0)
		s.device->port = 49152;
	s.path.to      = (struct address){ .family = 4,
	                                   .at = { 185, 85, 15, (uint8_t)(20 + v->host) } };
	s.path.to_port = 443;
	if (s.path.from.family == 6)
		s.path.to = (struct address){ .family = 6,
		                              .at = { 0x20, 1, 0x0d, 0xb8, 0xff, 0xff,
		                              [15] = (uint8_t)(v->host + 1) } };
	if (hosts[v->host].numbers > 0)
		snprintf(s.host, sizeof(s.host), hosts[v->host].host, v->number);
	else
		snprintf(s.host, sizeof(s.host), "%s", hosts[v->host].host);
	switch ((enum layer)v->layer) {
	case LAYER_DNS:
		ask_around(&s);
		break;
	case LAYER_TLS:
		say_hello(&s, false);
		break;
	case LAYER_HTTP:
		request(&s);
		break;
	case LAYER_QUIC:
		say_hello(&s, true);
		break;
	}
}

void fleet_write_lease(const struct fleet *f, uint32_t i, int64_t until_us, struct writer *w)
{
	const struct device *d = &f->devices[i];
	char                 name[32];

	write_decimal(w, (uint64_t)(until_us / 1000000));
	for (size_t k = 0; k < sizeof(d->mac); k++) {
		write_text(w, k > 0 ? ":" : " ");
		write_hex(w, bytes_of(d->mac + k, 1));
	}
	write_text(w, " ");
	address_write(w, &d->address);
	snprintf(name, sizeof(name), names[i % COUNT(names)], i);
	write_text(w, " ");
	write_text(w, d->has_name ? name : "*");
	write_text(w, " *\n");
}
