/* SPDX-License-Identifier: MIT */

/*
 * filterctl probe: from a client, is the test name blocked on the way out? Each way is first tried
 * at the same server with a control name that nobody blocks: without an answer to that, the test
 * name would prove nothing. A silence counts if the control name is then answered again.
 */

#include "ctl/verbs.h"

#include "base/host.h"
#include "crypto/crypto.h"
#include "ctl/complain.h"
#include "ctl/options.h"
#include "ctl/probe/exchange.h"
#include "inspect/ask.h"
#include "policy/builtin.h"

#include <errno.h>
#include <getopt.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>

#define WHO "filterctl probe"
#define PASSES_NAME   "passes.filterd.test"
#define TO_DEFAULT    "example.com"     /* RFC 2606, section 3; it has a web server */
#define RESOLV_CONF   "/etc/resolv.conf"
#define RESOLVERS_MAX 3                 /* as in resolv.conf(5) */
#define SERVERS_MAX   4
#define LABEL_BYTES   8                 /* random, written as twice as many digits */
#define EXIT_UNKNOWN  2

static const char usage[] =
	"usage: filterctl probe [--label LABEL] [--resolver ADDRESS] [--to HOST]\n"
	"\n"
	"On a client of the gateway: asks for LABEL." BUILTIN_TEST_NAME ", which the\n"
	"filter always blocks, by DNS, TLS, QUIC and HTTP, and says whether it was blocked.\n"
	"\n"
	"  -c, --config FILE        accepted as for every verb, but not read\n"
	"      --label LABEL        finds the requests in the log; default: random digits\n"
	"      --resolver ADDRESS   a resolver to ask; default: those of " RESOLV_CONF "\n"
	"      --to HOST            a web server, name or address, that gets the name;\n"
	"                           default " TO_DEFAULT "\n"
	"\n"
	"Exit status: 0 all that could be tried was blocked; 1 something was not; 2 it is\n"
	"unknown; 64 wrong usage.\n";

enum finding { FINDING_BLOCKED, FINDING_NOT_BLOCKED, FINDING_UNKNOWN, FINDING_NOT_TRIED };
enum { FINDINGS = FINDING_NOT_TRIED + 1 };

static const char *const finding_names[FINDINGS] = {
	[FINDING_BLOCKED]     = "blocked",
	[FINDING_NOT_BLOCKED] = "NOT BLOCKED",
	[FINDING_UNKNOWN]     = "unknown",
	[FINDING_NOT_TRIED]   = "not tried",
};

enum way { WAY_DNS_UDP, WAY_DNS_TCP, WAY_TLS, WAY_QUIC, WAY_HTTP };
enum { WAYS = WAY_HTTP + 1 };

static const struct { const char *name; enum transport transport; uint16_t port; bool is_dns;
} ways[WAYS] = {
	[WAY_DNS_UDP] = { "dns, udp", TRANSPORT_UDP, 53, true },
	[WAY_DNS_TCP] = { "dns, tcp", TRANSPORT_TCP, 53, true },
	[WAY_TLS]     = { "tls", TRANSPORT_TCP, 443, false },
	[WAY_QUIC]    = { "quic", TRANSPORT_UDP, 443, false },
	[WAY_HTTP]    = { "http", TRANSPORT_TCP, 80, false },
};

struct servers {
	struct address at[SERVERS_MAX];
	size_t         num;
	const char    *why;             /* the reason, if there are none */
};

struct probe {
	const char      *label, *resolver, *to;
	char             digits[2 * LABEL_BYTES + 1];
	struct host_text blocked, passes;
	struct servers   resolvers, web;
	size_t           num[FINDINGS];
};

/* The result for one name on one way. */
struct probe_got {
	enum exchanged      what;
	int                 error;
	struct ask_answered dns;
	uint8_t             room[4096];
};

static bool probe_add(struct servers *s, size_t most, struct bytes text)
{
	if (s->num == most || address_from_text(text, &s->at[s->num]) != PARSE_OK)
		return false;
	s->num++;
	return true;
}

static void probe_read_resolvers(struct probe *p)
{
	char  line[256], word[128];
	FILE *file = fopen(RESOLV_CONF, "re");

	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		/* a zone after % names a link, which has its own resolver */
		if (sscanf(line, "nameserver %127[0-9a-fA-F.:]", word) == 1)
			probe_add(&p->resolvers, RESOLVERS_MAX, bytes_text(word));
	}
	if (file != NULL)
		fclose(file);
	p->resolvers.why = RESOLV_CONF " names no resolver; use --resolver";
}

static void probe_find_web(struct probe *p)
{
	struct addrinfo  hints = { .ai_socktype = SOCK_STREAM }, *all = NULL;
	int              error;
	char             text[NI_MAXHOST];

	p->web.why = "the host of --to has no address";
	error      = getaddrinfo(p->to, NULL, &hints, &all);
	if (error != 0)
		p->web.why = gai_strerror(error);
	for (const struct addrinfo *i = all; error == 0 && i != NULL; i = i->ai_next) {
		if (getnameinfo(i->ai_addr, i->ai_addrlen, text, sizeof(text), NULL, 0,
		                NI_NUMERICHOST) == 0)
			probe_add(&p->web, SERVERS_MAX, bytes_text(text));
	}
	if (error == 0)
		freeaddrinfo(all);
}

static int probe_write(enum way way, struct writer *w, struct host host, uint16_t id)
{
	uint8_t random[ASK_RANDOM];
	size_t  begin;

	if (getrandom(random, sizeof(random), 0) != sizeof(random))
		return -EIO;
	switch (way) {
	case WAY_DNS_UDP: ask_dns(w, id, host); break;
	case WAY_DNS_TCP:
		write_u16(w, 0);
		begin = w->len;
		ask_dns(w, id, host);
		write_u16_at(w, begin - 2, (uint16_t)(w->len - begin));
		break;
	case WAY_TLS:  ask_tls(w, host, random); break;
	case WAY_QUIC: return ask_quic(w, host, random);
	case WAY_HTTP: ask_http(w, host); break;
	}
	return w->full ? -EIO : 0;
}

static void probe_ask(enum way way, const struct address *server, const struct host_text *name,
                      struct probe_got *got)
{
	uint8_t       room[ASK_MAX + 256];
	struct writer message = writer_over(room, sizeof(room));
	struct writer answer  = writer_over(got->room, sizeof(got->room));
	uint16_t      id      = 0;
	bool          ok      = getrandom(&id, sizeof(id), 0) == sizeof(id);
	struct bytes  from;

	got->what  = EXCHANGE_UNREACHED;
	got->error = EIO;
	if (!ok || probe_write(way, &message, host_of(name), id) != 0)
		return;
	got->what = exchange(server, ways[way].port, ways[way].transport,
	                     writer_written(&message), &answer, &got->error);
	from      = writer_written(&answer);
	if (way == WAY_DNS_TCP)
		from = bytes_from(from, 2);
	ask_dns_read(from, id, host_of(name), &got->dns);
}

static void probe_say(struct probe *p, enum way way, const struct address *server,
                      enum finding finding, const char *what, struct bytes text)
{
	char          at[64] = "";
	struct writer w      = writer_over(at, sizeof(at) - 1);

	if (server != NULL)
		address_write(&w, server);
	at[w.len] = '\0';
	p->num[finding]++;
	printf("%-9s %-12s %s%s%s", ways[way].name, finding_names[finding], at,
	       server != NULL ? ": " : "", what);
	if (text.len > 0) {
		printf(", \"");
		for (size_t i = 0; i < text.len; i++)
			putchar(text.at[i] >= ' ' && text.at[i] <= '~' ? text.at[i] : '?');
		putchar('"');
	}
	puts("");
	fflush(stdout);
}

static const char *probe_rcode(uint8_t rcode)
{
	static const char *const names[] = { [0] = "NOERROR", [2] = "SERVFAIL", [3] = "NXDOMAIN",
	                                     [5] = "REFUSED" };

	return rcode < COUNT(names) && names[rcode] != NULL ? names[rcode] : "an error";
}

/*
 * A resolver may itself deny all names below .test (RFC 6761), and a filter's answer may not say
 * that it comes from a filter.
 */
static void probe_judge_dns(struct probe *p, enum way way, const struct address *server,
                            const struct probe_got *got, const struct probe_got *beside)
{
	char what[160];

	if (got->dns.what == ASK_BLOCKED && beside->dns.what != ASK_BLOCKED) {
		probe_say(p, way, server, FINDING_BLOCKED, probe_rcode(got->dns.rcode),
		          got->dns.text);
	} else if (got->dns.what == ASK_ADDRESS && beside->dns.what != ASK_BLOCKED) {
		probe_say(p, way, server, FINDING_NOT_BLOCKED, "answers with an address",
		          (struct bytes){ 0 });
	} else if (got->dns.what == ASK_NONE) {
		probe_say(p, way, server, FINDING_UNKNOWN, "the reply is not an answer",
		          (struct bytes){ 0 });
	} else {
		snprintf(what, sizeof(what),
		         "%s, as for any name below .test; the gateway's log shows whether that "
		         "was the filter",
		         probe_rcode(got->dns.rcode));
		probe_say(p, way, server, FINDING_UNKNOWN, what, (struct bytes){ 0 });
	}
}

static void probe_judge(struct probe *p, enum way way, const struct address *server,
                        const struct probe_got *beside)
{
	static struct probe_got got, again;
	struct bytes            none = { 0 };

	probe_ask(way, server, &p->blocked, &got);
	if (got.what == EXCHANGE_ANSWERED && ways[way].is_dns) {
		probe_judge_dns(p, way, server, &got, beside);
		return;
	}
	switch (got.what) {
	case EXCHANGE_ANSWERED:
		probe_say(p, way, server, FINDING_NOT_BLOCKED, "the server answers", none);
		return;
	case EXCHANGE_UNREACHED:
		probe_say(p, way, server, FINDING_UNKNOWN, strerror(got.error), none);
		return;
	case EXCHANGE_ENDED:
	case EXCHANGE_SILENT: break;
	}
	probe_ask(way, server, &p->passes, &again);
	if (again.what != EXCHANGE_ANSWERED)
		probe_say(p, way, server, FINDING_UNKNOWN,
		          "no longer answers for any name", none);
	else
		probe_say(p, way, server, FINDING_BLOCKED,
		          got.what == EXCHANGE_SILENT ? "no answer" : strerror(got.error), none);
}

/* The first server that answers for the control name. */
static void probe_try(struct probe *p, enum way way)
{
	static struct probe_got beside;
	const struct servers   *s    = ways[way].is_dns ? &p->resolvers : &p->web;
	struct bytes            none = { 0 };

	for (size_t i = 0; i < s->num; i++) {
		probe_ask(way, &s->at[i], &p->passes, &beside);
		if (beside.what == EXCHANGE_ANSWERED) {
			probe_judge(p, way, &s->at[i], &beside);
			return;
		}
	}
	if (s->num == 0)
		probe_say(p, way, NULL, FINDING_NOT_TRIED, s->why, none);
	else
		probe_say(p, way, &s->at[0], FINDING_NOT_TRIED,
		          beside.what == EXCHANGE_SILENT
		                  ? "does not answer for a name that is not blocked either"
		                  : strerror(beside.error),
		          none);
}

static int probe_end(const struct probe *p)
{
	if (p->num[FINDING_NOT_BLOCKED] > 0)
		puts("\nThe filter does not block here, or only observes.");
	else if (p->num[FINDING_UNKNOWN] > 0 || p->num[FINDING_BLOCKED] == 0)
		puts("\nWhether the filter blocks here is unknown.");
	else
		puts("\nThe filter blocks everything that could be tried.");
	if (p->num[FINDING_NOT_TRIED] < WAYS)
		printf("Look for it in the gateway's log: filterctl audit list --host %s\n",
		       p->blocked.text);
	if (p->num[FINDING_NOT_BLOCKED] > 0)
		return EXIT_FAILURE;
	return p->num[FINDING_UNKNOWN] > 0 || p->num[FINDING_BLOCKED] == 0 ? EXIT_UNKNOWN
	                                                                   : EXIT_SUCCESS;
}

static bool probe_is_label(const char *text)
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789-";
	size_t            len    = strspn(text, good);

	return len > 0 && len <= 63 && text[len] == '\0';
}

static bool probe_name(const struct probe *p, const char *below, struct host_text *out)
{
	char text[128];

	snprintf(text, sizeof(text), "%s.%s", p->label, below);
	return host_from_text(bytes_text(text), out) == PARSE_OK;
}

static bool probe_label(struct probe *p)
{
	uint8_t       chance[LABEL_BYTES];
	struct writer w = writer_over(p->digits, sizeof(p->digits) - 1);

	if (p->label == NULL && getrandom(chance, sizeof(chance), 0) == sizeof(chance)) {
		write_hex(&w, bytes_of(chance, sizeof(chance)));
		p->label = p->digits;
	}
	return p->label != NULL && probe_is_label(p->label) &&
	       probe_name(p, BUILTIN_TEST_NAME, &p->blocked) &&
	       probe_name(p, PASSES_NAME, &p->passes);
}

int ctl_probe(int argc, char **argv)
{
	static struct probe     p = { .to = TO_DEFAULT };
	const struct own_option own[] = { { "label", .argument = &p.label },
	                                  { "resolver", .argument = &p.resolver },
	                                  { "to", .argument = &p.to }, { 0 } };
	const char             *ignored;
	int                     status;

	if (!options_alone_read(WHO, argc, argv, usage, own, &ignored, &status))
		return status;
	if (!probe_label(&p))
		return complain(EXIT_USAGE, WHO,
		                "--label: expected 1 to 63 letters, digits and hyphens");
	if (p.resolver == NULL)
		probe_read_resolvers(&p);
	else if (!probe_add(&p.resolvers, 1, bytes_text(p.resolver)))
		return complain(EXIT_USAGE, WHO, "--resolver '%s': expected an address",
		                p.resolver);
	printf("%s\n\n", p.blocked.text);
	fflush(stdout);
	probe_find_web(&p);
	for (int way = 0; way < WAYS; way++)
		probe_try(&p, (enum way)way);
	return probe_end(&p);
}
