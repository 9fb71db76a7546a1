/* SPDX-License-Identifier: MIT */

/* A policy that has a zone, as a filterd that was built without them reads it. */

#include "policy/policy_file.h"
#include "support/policy.h"
#include "support/suite.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define ZONE "$ORIGIN rpz.\n@ 60 IN SOA a. b. 1 2 3 4 5\nx.example CNAME .\n"
#define SAID "'a.list' is a zone, and this filterd was built without them; expected a list of names"

struct list {
	const char *key, *text, *want;
};

static const struct list lists[] = {
	{ "zones", ZONE, SAID },
	{ "zones", "x.example\n", SAID },
	{ "names", ZONE, SAID },
	{ "names", "x.example\n", "" },
};

static int fetch(void *context, const char *name, struct bytes *content_out)
{
	const struct list *l = context;
	static char        policy[200];

	snprintf(policy, sizeof(policy), "[policy]\nid = p\n[category c]\naction = log\n%s = a.list\n",
	         l->key);
	*content_out = bytes_text(strcmp(name, "p.policy") == 0 ? policy : l->text);
	return 0;
}

START_TEST(a_zone_is_refused_and_a_list_is_read)
{
	static const char *const files[] = { "p.policy" };
	struct list              l       = lists[_i];
	struct policy           *policy  = NULL;
	struct problem           problem = { .text = "" };
	int                      error   = policy_build(files, 1, fetch, &l, &policy, &problem);

	ck_assert_str_eq(problem.text, l.want);
	ck_assert_int_eq(error, l.want[0] != '\0' ? -EINVAL : 0);
	policy_free(policy);
}

int main(void)
{
	Suite *s = suite_create("zone without zones");
	TCase *t = tcase_create("zone without zones");

	tcase_add_loop_test(t, a_zone_is_refused_and_a_list_is_read, 0, COUNT(lists));
	suite_add_tcase(s, t);
	return suite_run(s);
}
