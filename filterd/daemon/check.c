/* SPDX-License-Identifier: MIT */

#include "daemon/check.h"

#include "base/instant.h"
#include "daemon/loading.h"
#include "kernel/protection.h"

#include <stdio.h>
#include <stdlib.h>

/* Describes the clients that these settings would filter here. False: there are none. */
static bool say_protection(const struct settings *s)
{
	static struct network    network;
	struct status_protection would;
	struct missing           missing = { .num = 0 };
	struct problem           but;

	if (network_now(&network) != 0) {
		printf(", but whose clients it would filter is unknown");
		return true;
	}
	protection_missing(&network, s->protect, &missing);
	protection_would(&network, s->protect, &would);
	if (protection_say_missing(&missing, &but))
		printf(", but %s", but.text);
	else if (would.is_nobody)
		printf(", but there is no interface now whose clients it would filter");
	else if (would.only[0] != '\0')
		printf(", but %s alone is protected, which leads to the Internet: if clients come "
		       "in by another, name that in [queue] protect", would.only);
	return !would.is_nobody;
}

/* " since ... until ...", if there are such instants. */
static void say_instants(int64_t since_us, int64_t until_us)
{
	const int64_t     us[]    = { since_us, until_us };
	const int64_t     no[]    = { INSTANT_ALWAYS, INSTANT_NEVER };
	const char *const words[] = { "since", "until" };

	for (size_t i = 0; i < COUNT(us); i++) {
		if (us[i] != no[i])
			printf(" %s %s", words[i], instant_text_to_second(us[i]).text);
	}
}

/* The policy's hash, its first date, and the number of names in each category. */
static void check_say_policy(const struct in_force *r)
{
	static const char *const actions[] = { "allow", "block", "log" };
	const int64_t            cutoff    = policy_cutoff(r->policy);
	char                     digest[64];
	struct writer            w         = writer_over(digest, sizeof(digest));
	const struct category   *c;

	write_hex(&w, policy_digest(r->policy));
	printf("policy %.*s blocks", (int)w.len, digest);
	if (r->settings.mode == MODE_OBSERVE || cutoff == INSTANT_NEVER)
		printf(" nothing%s", cutoff == INSTANT_NEVER ? "" : " (mode = observe)");
	else
		say_instants(cutoff, INSTANT_NEVER);
	printf("\n");
	for (size_t i = 0; (c = policy_category(r->policy, i)) != NULL; i++) {
		printf("  %-20s %7zu  %s", c->id, policy_num_rules_of(r->policy, c),
		       actions[c->action]);
		say_instants(c->effective_us, c->until_us);
		printf("\n");
	}
}

/* The effect of a start. */
static void say_copy(struct loading *l)
{
	struct in_force *r;
	int64_t          saved_us;

	if (loading_from_copy(l, LAST_GOOD_LOOK, &r, &saved_us) != 0)
		return;
	fprintf(stderr, "filterd: a start would use the copy of the last good one, of %s\n",
	        instant_text_to_second(saved_us).text);
	in_force_free(r);
}

int check_configuration(const char *conf)
{
	struct in_force *r       = NULL;
	struct problem   problem = { "" };
	char             remarks[IN_FORCE_REMARKS][PROBLEM_MAX];
	size_t           num;
	bool             is_somebody;
	struct loading   l     = { .conf = conf };
	int              error = loading_from_disk(&l, &r, &problem);

	loading_end(&l);
	if (error != 0) {
		fprintf(stderr, "filterd: %s\n", problem.text);
		say_copy(&l);
		return EXIT_CONFIG;
	}
	printf("%s: good", conf);
	is_somebody = say_protection(&r->settings);
	printf("; %zu rules, %zu bytes of memory\n", policy_num_rules(r->policy),
	       policy_bytes(r->policy));
	num = in_force_remarks(r, remarks);
	for (size_t i = 0; i < num; i++)
		puts(remarks[i]);
	check_say_policy(r);
	in_force_free(r);
	return is_somebody ? EXIT_SUCCESS : EXIT_FAILURE;
}
