/* SPDX-License-Identifier: MIT */

/* filterctl check: one host, one moment, and every reason there is. */

#include "ctl/verbs.h"

#include "base/instant.h"
#include "ctl/options.h"
#include "os/clock.h"
#include "os/files.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
	"usage: filterctl check [-c FILE] [--at TIME] HOST\n"
	"\n"
	"Says what would happen to a request for HOST, and why.\n"
	"\n"
	"  -c, --config FILE   configuration, default " CONF_DEFAULT "\n"
	"      --at TIME       at that moment: 2024-09-29T00:00:00-04:00, or 2024-09-29 (00:00 "
        "UTC); default now\n"
	"\n"
	"Exit status: 0 it passes, 1 it is blocked, 64 wrong usage, 78 wrong configuration.\n";

struct question {
	const char      *conf;
	const char      *at;
	struct host_text host;
	int64_t          now_us;
};

static bool check_read_time(const char *text, int64_t *us_out)
{
	char with_time[64];

	if (text == NULL || strcmp(text, "now") == 0) {
		*us_out = clock_now_us();
		return true;
	}
	if (instant_parse(bytes_text(text), us_out) == PARSE_OK)
		return true;
	snprintf(with_time, sizeof(with_time), "%sT00:00:00Z", text);
	return instant_parse(bytes_text(with_time), us_out) == PARSE_OK;
}

/* 0: go on; otherwise *status_out is the exit status. */
static int read_question(int argc, char **argv, struct question *q, int *status_out)
{
	const struct own_option own[] = { { "at", .argument = &q->at }, { 0 } };

	q->at = NULL;
	if (!options_read(argc, argv, usage, own, &q->conf, status_out))
		return -1;
	*status_out = EXIT_USAGE;
	if (optind != argc - 1) {
		fprintf(stderr, "filterctl check: expected one HOST, got %d\n\n%s", argc - optind,
		        usage);
		return -1;
	}
	if (host_from_text(bytes_text(argv[optind]), &q->host) != PARSE_OK) {
		fprintf(stderr,
		        "filterctl check: '%s' is no host name; expected labels of 1 to 63 "
		        "characters parted by dots\n",
		        argv[optind]);
		return -1;
	}
	if (!check_read_time(q->at, &q->now_us)) {
		fprintf(stderr,
		        "filterctl check: --at '%s' is no time; expected 2024-09-29T00:00:00-04:00 "
		        "or 2024-09-29\n",
		        q->at);
		return -1;
	}
	return 0;
}

static const char *check_instant_text(int64_t us, char out[64])
{
	struct writer w = writer_over(out, 63);

	instant_write(&w, us);
	out[w.len] = '\0';
	return out;
}

static const char *verdict_of(const struct decision *d, enum mode mode)
{
	switch (d->ruling) {
	case RULING_BLOCK:
		return mode == MODE_OBSERVE ? "passes, recorded as would_block (mode = observe)"
		                            : "BLOCKED";
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
	char                         instant[64];

	rule_write(&w, r);
	printf("  pattern    %.*s\n", (int)w.len, (const char *)text);
	printf("             %s, line %u\n", r->file, r->line);
	printf("  category   %s (%s): %s\n", c->id, c->title, actions[c->action]);
	if (c->action != ACTION_ALLOW && c->effective_us != INSTANT_ALWAYS)
		printf("  effective  since %s\n", check_instant_text(c->effective_us, instant));
	if (c->until_us != INSTANT_NEVER)
		printf("  until      %s\n", check_instant_text(c->until_us, instant));
	printf("  policy     %s (%s)\n", s->id, s->title);
	printf("             %s\n", s->file);
	if (s->authority[0] != '\0')
		printf("  authority  %s\n", s->authority);
}

int ctl_check(int argc, char **argv)
{
	struct settings settings;
	struct problem  problem = { "" };
	struct policy  *policy  = NULL;
	struct decision d;
	struct question q;
	char            instant[64];
	int             status;

	if (read_question(argc, argv, &q, &status) != 0)
		return status;
	if (files_load_settings(q.conf, &settings, &problem) != 0 ||
	    files_load_policy(&settings, q.conf, &policy, &problem) != 0) {
		fprintf(stderr, "filterctl: %s\n", problem.text);
		return EXIT_CONFIG;
	}
	policy_decide(policy, host_of(&q.host), q.now_us, &d);
	printf("%s: %s\n", q.host.text, verdict_of(&d, settings.mode));
	printf("  at         %s\n", check_instant_text(q.now_us, instant));
	if (d.has_rule)
		print_reasons(&d.rule);
	status = d.ruling == RULING_BLOCK && settings.mode == MODE_ENFORCE;
	policy_free(policy);
	return status;
}
