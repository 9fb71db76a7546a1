/* SPDX-License-Identifier: MIT */

/*
 * Did the client ask for the name that it shows? What its records say, story by story. There are
 * two engines, as two workers have them: one hears the questions, the other what is shown.
 */

#include "engine/askers.h"
#include "support/engine.h"
#include "support/packets.h"

#define DAY      86400
#define RESOLVER "198.51.100.53"
#define NUM      256            /* names that there is room for */

/* Their link addresses end with this number; 0: none is known. */
static const struct client {
	const char *address, *server;
	uint8_t     link;
} laptop   = { "192.0.2.2", "198.51.100.7", 2 }, laptop6 = { "2001:db8::2", "2001:db8:1::7", 2 },
  phone    = { "192.0.2.3", "198.51.100.7", 3 }, unlinked = { "192.0.2.4", "198.51.100.7", 0 },
  routed   = { "10.1.0.1", "198.51.100.7", 9 }, routed2 = { "10.1.0.2", "198.51.100.7", 9 };

enum act {
	END,
	ASKS,           /* by UDP, of a resolver */
	LEARNS,         /* is answered: what it asked for is an alias of this name */
	TOLD,           /* is answered so without having asked */
	SHOWS,          /* a hello to a server */
	SHOWS_DOT,      /* to port 853 */
	SHOWS_QUIC,
	REQUESTS,       /* by HTTP */
	TUNNELS,        /* to a proxy, CONNECT */
	FLOODS,         /* asks for as many names as there is room for, twice */
	WAITS,          /* seconds */
	ANEW,           /* what is known is not all there is */
};

struct step {
	enum act             act;
	const struct client *who;
	const char          *name;
	int64_t              wait_s;
};

static struct askers      *askers;
static struct engine      *engines[2];
static struct quic_cipher *cipher;
static int64_t             now_us;
static uint16_t            port;

static void begin(void)
{
	struct engine_limits limits = { .flows = 64, .hellos = 4, .flow_idle_us = 60000000 };

	now_us        = INT64_C(1800000000000000);
	port          = 40000;
	limits.askers = askers = askers_new(NUM, 1, now_us);
	ck_assert_ptr_nonnull(askers);
	engine_begin(&limits, "[category c]\naction = block\nnames = blocked\n"
	                      "[category w]\naction = log\nnames = watched\npaths = /bases/\n"
	                      "[category a]\naction = allow\nnames = allowed\n");
	engines[0] = engine;
	engines[1] = engine_new(&limits, engine_keep_event, NULL);
	cipher     = quic_cipher_new();
}

static void end(void)
{
	engine_end();
	engine_free(engines[1]);
	askers_free(askers);
	quic_cipher_free(cipher);
}

static void judge(struct engine *e, const struct client *who, struct bytes packet)
{
	struct engine_input in = { .ip = packet, .now_us = now_us, .sums_settled = true,
	                           .iface = "lan", .has_mac = who->link != 0,
	                           .mac = { 2, 0, 0, 0, 0, who->link } };

	engine_packet(e, &rules, &in, &reply);
}

static struct packet_path path_of(const struct client *who, const char *server, uint16_t to_port)
{
	struct packet_path path = { .from_port = port, .to_port = to_port };

	ck_assert_int_eq(address_from_text(bytes_text(who->address), &path.from), PARSE_OK);
	ck_assert_int_eq(address_from_text(bytes_text(server), &path.to), PARSE_OK);
	if (path.from.family != path.to.family)
		path.to = (struct address){ .family = 6, .at = { 0x20, 1, 0xd, 0xb8, 0, 53 } };
	return path;
}

static void ask(const struct client *who, const char *name)
{
	uint8_t            message[300], packet[400];
	struct writer      m = writer_over(message, sizeof(message));
	struct writer      w = writer_over(packet, sizeof(packet));
	struct packet_path path;

	port++;
	path = path_of(who, RESOLVER, 53);
	packet_query(&m, 7, name, 1);
	packet_udp(&w, &path, writer_written(&m));
	judge(engines[0], who, writer_written(&w));
}

/* To the question before, which was for a name that is free. */
static void learn(const struct client *who, const char *alias)
{
	uint8_t            message[400], packet[500];
	struct writer      m = writer_over(message, sizeof(message));
	struct writer      w = writer_over(packet, sizeof(packet));
	struct packet_path path = path_of(who, RESOLVER, 53);
	struct packet_path back = { path.to, path.from, path.to_port, path.from_port };

	packet_query(&m, 7, "www.blocked.example", 1);
	write_u16_at(&m, 2, 0x8180);
	write_u16_at(&m, 6, 1);
	write_bytes(&m, BYTES("\xc0\x0c\0\5\0\1\0\0\0\x3c"));
	write_u16(&m, (uint16_t)(strlen(alias) + 2));
	for (const char *at = alias; *at != '\0'; at += strcspn(at, ".")) {
		at += *at == '.';
		write_u8(&m, (uint8_t)strcspn(at, "."));
		write_bytes(&m, bytes_of(at, strcspn(at, ".")));
	}
	write_u8(&m, 0);
	packet_udp(&w, &back, writer_written(&m));
	judge(engines[0], who, writer_written(&w));
}

static void show(const struct client *who, uint16_t to_port, const char *name, bool by_quic)
{
	uint8_t            hello[400], content[1300], packet[1400];
	struct writer      h = writer_over(hello, sizeof(hello));
	struct writer      c = writer_over(content, sizeof(content));
	struct writer      w = writer_over(packet, sizeof(packet));
	struct packet_path path;

	port++;
	path = path_of(who, who->server, to_port);
	packet_hello(&h, name, port);
	if (by_quic) {
		packet_initial(&c, cipher, writer_written(&h), port);
		packet_udp(&w, &path, writer_written(&c));
	} else {
		packet_record(&c, writer_written(&h));
		packet_tcp(&w, &path, 1000, TCP_ACK, writer_written(&c));
	}
	judge(engines[1], who, writer_written(&w));
}

static void request(const struct client *who, const char *text)
{
	uint8_t            packet[500];
	struct writer      w = writer_over(packet, sizeof(packet));
	struct packet_path path;

	port++;
	path = path_of(who, who->server, 80);
	packet_tcp(&w, &path, 1000, TCP_ACK, bytes_text(text));
	judge(engines[1], who, writer_written(&w));
}

static void act(const struct step *s)
{
	char text[200];

	switch (s->act) {
	case ASKS:       ask(s->who, s->name);                   break;
	case LEARNS:
		ask(s->who, "www.blocked.example");
		learn(s->who, s->name);
		break;
	case TOLD:
		port++;
		learn(s->who, s->name);
		break;
	case SHOWS:      show(s->who, 443, s->name, false);      break;
	case SHOWS_DOT:  show(s->who, 853, s->name, false);      break;
	case SHOWS_QUIC: show(s->who, 443, s->name, true);       break;
	case REQUESTS:
		snprintf(text, sizeof(text), "GET /bases/a HTTP/1.1\r\nHost: %s\r\n\r\n", s->name);
		request(s->who, text);
		break;
	case TUNNELS:
		snprintf(text, sizeof(text), "CONNECT %s:443 HTTP/1.1\r\n\r\n", s->name);
		request(s->who, text);
		break;
	case FLOODS:
		for (int i = 0; i < 2 * NUM; i++) {
			snprintf(text, sizeof(text), "n%d.blocked.example", i);
			ask(s->who, text);
		}
		break;
	case WAITS: now_us += s->wait_s * 1000000; break;
	case ANEW:  askers_begin(askers, now_us);  break;
	case END:   break;
	}
}

#define STEPS_MAX 8
#define HOST      "a.blocked.example"
#define FREE      "free.example"
/* A client that is known and asks in the open, of which all was seen for a day. */
#define KNOWN(c)                                                                                   \
	{ SHOWS, &(c), FREE, 0 }, { WAITS, NULL, NULL, DAY }, { ASKS, &(c), FREE, 0 }

static const struct {
	const char     *what;
	struct step     steps[STEPS_MAX];
	enum asked_for  want;
} stories[] = {
	{ "it shows what it never asked for",
	  { KNOWN(laptop), { SHOWS, &laptop, HOST, 0 } }, ASKED_NO },
	{ "the same by QUIC",
	  { KNOWN(laptop), { SHOWS_QUIC, &laptop, HOST, 0 } }, ASKED_NO },
	{ "the same by HTTP",
	  { KNOWN(laptop), { REQUESTS, &laptop, HOST, 0 } }, ASKED_NO },
	{ "the same, of a client whose link address nobody knows",
	  { KNOWN(unlinked), { SHOWS, &unlinked, HOST, 0 } }, ASKED_NO },
	{ "the same, of a name that is only watched",
	  { KNOWN(laptop), { SHOWS, &laptop, "a.watched.example", 0 } }, ASKED_NO },
	{ "another client asked for it",
	  { KNOWN(laptop), { ASKS, &phone, HOST, 0 }, { SHOWS, &laptop, HOST, 0 } }, ASKED_NO },
	{ "it asked for another name below the same",
	  { KNOWN(laptop), { ASKS, &laptop, "b.blocked.example", 0 }, { SHOWS, &laptop, HOST, 0 } },
	  ASKED_NO },
	{ "an answer that it did not wait for leads there",
	  { KNOWN(laptop), { TOLD, &laptop, HOST, 0 }, { SHOWS, &laptop, HOST, 0 } }, ASKED_NO },
	{ "another client floods",
	  { KNOWN(routed), { FLOODS, &phone, NULL, 0 }, { SHOWS, &routed, HOST, 0 } }, ASKED_NO },

	{ "it asked, at once",
	  { { ASKS, &laptop, HOST, 0 }, { SHOWS, &laptop, HOST, 0 } }, ASKED_YES },
	{ "it asked, a day ago",
	  { { ASKS, &laptop, HOST, 0 }, { WAITS, NULL, NULL, DAY }, { SHOWS, &laptop, HOST, 0 } },
	  ASKED_YES },
	{ "it asked, and what was seen before is not all",
	  { { ASKS, &laptop, HOST, 0 }, { ANEW, NULL, NULL, 0 }, { SHOWS, &laptop, HOST, 0 } },
	  ASKED_YES },
	{ "an answer led there",
	  { { LEARNS, &laptop, HOST, 0 }, { SHOWS, &laptop, HOST, 0 } }, ASKED_YES },
	{ "it asked by IPv4 and connects by IPv6",
	  { { ASKS, &laptop, HOST, 0 }, { SHOWS, &laptop6, HOST, 0 } }, ASKED_YES },
	{ "it asked by IPv6 and connects by IPv4",
	  { { ASKS, &laptop6, HOST, 0 }, { SHOWS, &laptop, HOST, 0 } }, ASKED_YES },

	{ "nobody knows yet what it asked",
	  { { SHOWS, &laptop, FREE, 0 }, { WAITS, NULL, NULL, DAY - 1 },
	    { ASKS, &laptop, FREE, 0 }, { SHOWS, &laptop, HOST, 0 } }, ASKED_UNKNOWN },
	{ "nor again, since then",
	  { KNOWN(laptop), { ANEW, NULL, NULL, 0 }, { WAITS, NULL, NULL, DAY - 1 },
	    { SHOWS, &laptop, HOST, 0 } }, ASKED_UNKNOWN },
	{ "it asks nothing in the open",
	  { { SHOWS, &laptop, FREE, 0 }, { WAITS, NULL, NULL, DAY }, { ASKS, &phone, FREE, 0 },
	    { SHOWS, &laptop, HOST, 0 } }, ASKED_UNKNOWN },
	{ "it asked nothing in the open for more than a day",
	  { KNOWN(laptop), { WAITS, NULL, NULL, DAY + 1 }, { SHOWS, &laptop, HOST, 0 } },
	  ASKED_UNKNOWN },
	{ "it asked, more than a day ago, and is known to ask",
	  { { ASKS, &laptop, HOST, 0 }, { WAITS, NULL, NULL, DAY + 1 }, KNOWN(laptop),
	    { SHOWS, &laptop, HOST, 0 } }, ASKED_NO },
	{ "it speaks to a resolver by HTTPS",
	  { KNOWN(laptop), { SHOWS, &laptop, "dns.example", 0 }, { SHOWS, &laptop, HOST, 0 } },
	  ASKED_UNKNOWN },
	{ "by QUIC, and connects by IPv6",
	  { KNOWN(laptop), { SHOWS_QUIC, &laptop, "doh.example", 0 },
	    { SHOWS, &laptop6, HOST, 0 } }, ASKED_UNKNOWN },
	{ "by TLS, of a name that says nothing",
	  { KNOWN(laptop), { SHOWS_DOT, &laptop, FREE, 0 }, { SHOWS, &laptop, HOST, 0 } },
	  ASKED_UNKNOWN },
	{ "by TLS, of no name",
	  { KNOWN(laptop), { SHOWS_DOT, &laptop, "", 0 }, { SHOWS, &laptop, HOST, 0 } },
	  ASKED_UNKNOWN },
	{ "another one behind its router asked",
	  { KNOWN(routed), { ASKS, &routed2, HOST, 0 }, { SHOWS, &routed, HOST, 0 } },
	  ASKED_UNKNOWN },
	{ "only another one behind its router asks in the open",
	  { { SHOWS, &routed, FREE, 0 }, { WAITS, NULL, NULL, DAY }, { ASKS, &routed2, FREE, 0 },
	    { SHOWS, &routed, HOST, 0 } }, ASKED_UNKNOWN },
	{ "it came just now",
	  { { WAITS, NULL, NULL, DAY }, { ASKS, &laptop, FREE, 0 }, { SHOWS, &laptop, HOST, 0 } },
	  ASKED_UNKNOWN },
	{ "what it asked for was more than there is room for",
	  { KNOWN(laptop), { FLOODS, &laptop, NULL, 0 }, { WAITS, NULL, NULL, 3600 },
	    { ASKS, &laptop, FREE, 0 }, { SHOWS, &laptop, HOST, 0 } }, ASKED_UNKNOWN },
	{ "a proxy asks in its place",
	  { KNOWN(laptop), { TUNNELS, &laptop, HOST, 0 } }, ASKED_UNKNOWN },

	{ "a question says for itself that it was asked", { { ASKS, &laptop, HOST, 0 } },
	  ASKED_LEFT_OUT },
	{ "a path is asked for of any host",
	  { KNOWN(laptop), { REQUESTS, &laptop, FREE, 0 } }, ASKED_LEFT_OUT },
	{ "the test name is no host's",
	  { KNOWN(laptop), { SHOWS, &laptop, "blocked.filterd.test", 0 } }, ASKED_LEFT_OUT },
};

START_TEST(whether_it_asked_is_said_as_far_as_it_is_known)
{
	static const char *const words[] = { "left out", "unknown", "no", "yes" };

	for (size_t i = 0; i < STEPS_MAX && stories[_i].steps[i].act != END; i++)
		act(&stories[_i].steps[i]);
	ck_assert_uint_gt(num_events, 0);
	ck_assert_msg(last_event.asked == stories[_i].want, "%s: %s", stories[_i].what,
	              words[last_event.asked]);
}

/* Of the gateway's own programs the resolver on it hears the questions, unseen. */
START_TEST(of_the_gateway_itself_it_is_not_known)
{
	uint8_t            hello[400], content[500], packet[600];
	struct writer      h = writer_over(hello, sizeof(hello));
	struct writer      c = writer_over(content, sizeof(content));
	struct writer      w = writer_over(packet, sizeof(packet));
	struct packet_path path;

	ask(&laptop, FREE);
	now_us += INT64_C(1000000) * DAY;
	ask(&laptop, FREE);
	path = path_of(&laptop, laptop.server, 443);
	packet_hello(&h, HOST, 1);
	packet_record(&c, writer_written(&h));
	packet_tcp(&w, &path, 1000, TCP_ACK, writer_written(&c));

	struct engine_input in = { .ip = writer_written(&w), .now_us = now_us, .iface = "",
	                           .sums_settled = true, .is_own = true };

	engine_packet(engines[1], &rules, &in, &reply);
	ck_assert_int_eq(last_event.asked, ASKED_UNKNOWN);
}

START_TEST(an_engine_that_is_told_of_no_askers_leaves_it_out)
{
	struct engine_limits limits = { .flows = 64, .hellos = 4, .flow_idle_us = 60000000 };
	struct engine       *alone  = engine_new(&limits, engine_keep_event, NULL);

	engine_free(engines[1]);
	engines[1] = alone;
	show(&laptop, 443, HOST, false);
	ck_assert_int_eq(last_event.asked, ASKED_LEFT_OUT);
}

int main(void)
{
	Suite *s = suite_create("askers");
	TCase *t = tcase_create("askers");

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_loop_test(t, whether_it_asked_is_said_as_far_as_it_is_known, 0, COUNT(stories));
	tcase_add_test(t, of_the_gateway_itself_it_is_not_known);
	tcase_add_test(t, an_engine_that_is_told_of_no_askers_leaves_it_out);
	suite_add_tcase(s, t);
	return suite_run(s);
}
