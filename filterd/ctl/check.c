/* SPDX-License-Identifier: MIT */

/*
 * filterctl check: one host, at one moment, with every reason for the verdict. It takes anything
 * that contains a host, such as a URL.
 */

#include "ctl/verbs.h"

#include "base/instant.h"
#include "ctl/complain.h"
#include "ctl/idn.h"
#include "ctl/options.h"
#include "ctl/timezone.h"
#include "inspect/pasted.h"
#include "os/clock.h"
#include "os/files.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WHO "filterctl check"

static const char usage[] =
	"usage: filterctl check [-c FILE] [--at TIME] [--tz ZONE] [--device DEVICE] HOST\n"
	"\n"
	"Says what would happen to a request for HOST, and why. HOST may be a URL, a name with a "
	"port,\n"
	"an international name or an address, with any text around it.\n"
	"\n"
	"  -c, --config FILE   configuration, default " CONF_DEFAULT "\n"
	"      --at TIME       at that moment: 2024-09-29T00:00:00-04:00, 2024-09-29, \"2 days "
	"ago\" ...,\n"
	"                      as in filterctl audit --since; default now\n"
	"      --tz ZONE       the zone of --at: America/New_York, UTC, -05:00; default local, "
	"this machine's\n"
	"      --device DEVICE for this device: a MAC, an address or a DHCP name\n"
	"\n"
	"Exit status: 0 it passes, 1 it is blocked, 64 wrong usage, 78 wrong configuration.\n";

struct question {
	const char      *conf;
	const char      *at, *tz;
	const char      *device;        /* as given; NULL: a device that is in no `devices` */
	const char      *asked;         /* as given */
	struct pasted    pasted;
	struct host_text host;          /* a name, or an address */
	int64_t          now_us;
	struct policy_device who;       /* the device: a MAC, one address, or a name */
};

static bool check_read_host(struct question *q)
{
	char          ascii[HOST_TEXT_MAX];
	struct writer w     = writer_over(ascii, sizeof(ascii));
	bool          has   = pasted_read(bytes_text(q->asked), &q->pasted) == PARSE_OK;
	int           error = has ? idn_to_ascii(q->pasted.host, &w) : -EINVAL;

	if (error == 0 && host_from_text(writer_written(&w), &q->host) == PARSE_OK)
		return true;
	if (error == -ENOSYS)
		return complain(false, WHO,
		                "'%s' is an international name, and this filterctl was built "
		                "without libidn2; expected its ASCII form, with xn--", q->asked);
	return complain(false, WHO,
	                "'%s' has no host name in it; expected labels of 1 to 63 characters "
	                "separated by dots, an address or a URL, and a port up to 65535", q->asked);
}

static bool check_read_device(struct question *q)
{
	if (policy_device_read(bytes_text(q->device), &q->who) == PARSE_OK &&
	    strchr(q->device, '/') == NULL)
		return true;
	return complain(false, WHO,
	                "--device '%s' is not a device; expected a MAC, an address or a DHCP name",
	                q->device);
}

static struct bytes check_name_of(void *owner, const uint8_t *mac, const struct address *client,
                                  uint8_t room[POLICY_NAME_MAX])
{
	const struct question *q = owner;

	(void)mac;
	(void)client;
	memcpy(room, q->who.name, q->who.name_len);
	return bytes_of(room, q->who.name_len);
}

/* False: *status_out is the exit status, and a message has been printed. */
static bool read_question(int argc, char **argv, struct question *q, int *status_out)
{
	const struct own_option own[] = { { "at", .argument = &q->at },
		                          { "tz", .argument = &q->tz },
		                          { "device", .argument = &q->device },
		                          { 0 } };

	if (!options_read(WHO, argc, argv, usage, own, &q->conf, status_out))
		return false;
	*status_out = EXIT_USAGE;
	if (optind != argc - 1)
		return !complain_words(usage, WHO, "expected one HOST, got %d", argc - optind);
	q->asked  = argv[optind];
	q->now_us = clock_now_us();
	return check_read_host(q) && (q->device == NULL || check_read_device(q)) &&
	       ((q->at == NULL && q->tz == NULL) || timezone_take(WHO, q->tz)) &&
	       (q->at == NULL || timezone_read_time(WHO, "at", q->at, q->now_us, &q->now_us));
}

static const char *verdict_of(const struct decision *d, enum mode mode)
{
	switch (d->ruling) {
	case RULING_BLOCK:
		return mode == MODE_OBSERVE ? "passes, recorded as would_block (mode = observe)"
		                            : "BLOCKED";
	case RULING_WAIVED:  return "passes by a waiver, recorded as waived";
	case RULING_OBSERVE: return "passes, recorded as would_block (not in force yet)";
	case RULING_LOG:     return "passes, recorded";
	case RULING_PASS:    break;
	}
	if (d->has_rule)
		return d->rule.category->action == ACTION_ALLOW
		               ? "passes, allowed"
		               : "passes (not in force at that moment)";
	return "passes, no pattern matches it";
}

static void print_reasons(const struct rule *r)
{
	static const char *const     actions[] = { "allow", "block", "log" };
	const struct category       *c = r->category;
	const struct policy_source  *s = c->source;
	uint8_t                      text[HOST_TEXT_MAX + 16];
	struct writer                w = writer_over(text, sizeof(text));

	rule_write(&w, r);
	printf("  pattern    %.*s\n", (int)w.len, (const char *)text);
	if (r->line > 0)
		printf("             %s, line %u\n", r->file, r->line);
	printf("  category   %s (%s): %s\n", c->id, c->title, actions[c->action]);
	if (c->action != ACTION_ALLOW && c->effective_us != INSTANT_ALWAYS)
		printf("  effective  since %s\n", instant_text(c->effective_us).text);
	if (c->until_us != INSTANT_NEVER)
		printf("  until      %s\n", instant_text(c->until_us).text);
	printf("  policy     %s (%s)\n", s->id, s->title);
	if (s->file[0] != '\0')
		printf("             %s\n", s->file);
	if (s->authority[0] != '\0')
		printf("  authority  %s\n", s->authority);
}

static void print_waiver(const struct waiver *w)
{
	printf("  waiver     %s: %s\n", w->id, w->reason);
	printf("             until %s, %s\n", instant_text(w->until_us).text,
	       w->source->file);
}

/* Shows the host as filterctl understood it, if that differs from the argument. */
static void check_say_taken(const struct question *q)
{
	const struct pasted *p = &q->pasted;

	if (strcmp(q->asked, q->host.text) == 0)
		return;
	printf("'%s' is read as the %s %s", q->asked,
	       p->kind == PASTED_ADDRESS ? "address" : "host", q->host.text);
	if (p->has_port)
		printf(", %s port %u", p->is_udp ? "UDP" : "TCP", p->port);
	if (p->path.len > 1)
		printf(", path %.*s%s", (int)p->path.len, (const char *)p->path.at,
		       p->is_plain ? "" : " (encrypted: not visible)");
	puts("");
}

/*
 * As the engine decides: by name; if no rule covers the name, by path; and by port in every case.
 */
static void check_decide(const struct policy *p, struct question *q, struct decision *out)
{
	const struct policy_client  of   = { .address = &q->who.network,
		                             .mac     = q->who.kind == DEVICE_MAC ? q->who.mac
		                                                                  : NULL,
		                             .name = check_name_of, .owner = q };
	const struct policy_client *who  = q->device != NULL ? &of : NULL;
	struct decision             port = { .ruling = RULING_PASS };

	*out = (struct decision){ .ruling = RULING_PASS };
	if (q->pasted.kind == PASTED_NAME)
		policy_decide_for(p, who, host_of(&q->host), q->now_us, out);
	if (!out->has_rule && q->pasted.is_plain && q->pasted.path.len > 0)
		policy_decide_path_for(p, who, q->pasted.path, q->now_us, out);
	if (q->pasted.has_port)
		policy_decide_port_for(p, who, !q->pasted.is_udp, q->pasted.port, q->now_us, &port);
	policy_waive(p, who, q->now_us, out);
	policy_waive(p, who, q->now_us, &port);
	if (port.ruling > out->ruling)
		*out = port;
}

/* Lists hold no addresses: explains how a connection to one is decided. */
static void check_say_address(const struct policy *p, const struct settings *s)
{
	static const char *const outcomes[] = { [OUTCOME_PASS] = "pass", [OUTCOME_LOG] = "log",
	                                        [OUTCOME_BLOCK] = "block" };

	puts("  by name    no list has addresses: a connection to it is judged by its name");
	printf("  no name    then by the name from its client's DNS answer, %s\n",
	       policy_has_by_address(p) ? "in categories with by-address = yes"
	                                : "if a category had by-address = yes");
	printf("             and without one, by no-name = %s\n", outcomes[s->no_name]);
}

int ctl_check(int argc, char **argv)
{
	static struct question q;
	struct settings settings;
	struct problem  problem = { "" };
	struct policy  *policy  = NULL;
	struct decision d;
	int             status;

	if (!read_question(argc, argv, &q, &status))
		return status;
	if (files_load_settings(q.conf, &settings, &problem) != 0 ||
	    files_load_policy(&settings, q.conf, &policy, &problem) != 0)
		return complain(EXIT_CONFIG, "filterctl", "%s", problem.text);
	check_say_taken(&q);
	check_decide(policy, &q, &d);
	printf("%s: %s\n", q.host.text, verdict_of(&d, settings.mode));
	printf("  at         %s\n", instant_text(q.now_us).text);
	if (d.has_rule)
		print_reasons(&d.rule);
	if (d.waiver != NULL)
		print_waiver(d.waiver);
	if (q.device == NULL && policy_tells_clients_apart(policy))
		puts("  devices    some have a waiver or categories of their own: --device DEVICE");
	if (q.pasted.kind == PASTED_ADDRESS)
		check_say_address(policy, &settings);
	status = d.ruling == RULING_BLOCK && settings.mode == MODE_ENFORCE;
	policy_free(policy);
	return status;
}
