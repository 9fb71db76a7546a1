/* SPDX-License-Identifier: MIT */

/* Rules by their numbers, as the kernel gives them. Its answers are this test's own. */

#include "kernel/readback_inside.h"
#include "support/suite.h"

#include <errno.h>
#include <linux/netfilter.h>
#include <string.h>

struct row { const char *table, *chain; uint64_t handle; unsigned num_sets; };

#define ROWS 8
static const struct row *rows;
static int               family_of_rows, error_of_rows;

int readback_nft_rules(struct netlink *n, int family, const char *table, readback_rule *take,
                       void *owner)
{
	(void)n;
	for (size_t i = 0; i < ROWS && rows[i].table != NULL; i++) {
		if (family == family_of_rows && strcmp(rows[i].table, table) == 0)
			take(owner, rows[i].chain, rows[i].handle, rows[i].num_sets);
	}
	return error_of_rows;
}

static const struct {
	const char *what;
	int         family;
	struct row  rows[ROWS];
	const char *changed;
} lists[] = {
	{ "none", NFPROTO_IPV4, { { 0 } }, "" },
	{ "as they were made", NFPROTO_IPV4,
	  { { "mangle", "PREROUTING", 90, 0 }, { "mangle", "filterd-in", 7, 0 },
	    { "mangle", "filterd-in", 8, 0 }, { "mangle", "filterd-out", 9, 0 } }, "" },
	{ "one before them", NFPROTO_IPV4,
	  { { "mangle", "filterd-in", 30, 0 }, { "mangle", "filterd-in", 7, 0 } },
	  "mangle filterd-in" },
	{ "one behind them", NFPROTO_IPV4,
	  { { "mangle", "filterd-in", 7, 0 }, { "mangle", "filterd-in", 30, 0 } },
	  "mangle filterd-in" },
	{ "one taken out between", NFPROTO_IPV6,
	  { { "filter", "filterd-own", 7, 0 }, { "filter", "filterd-own", 9, 0 } },
	  "filter filterd-own" },
	{ "the first of a chain taken out", NFPROTO_IPV4,
	  { { "mangle", "filterd-in", 7, 0 }, { "mangle", "filterd-out", 9, 0 },
	    { "mangle", "filterd-out", 10, 0 } }, "mangle" },
	{ "chains in another order", NFPROTO_IPV4,
	  { { "mangle", "filterd-out", 9, 0 }, { "mangle", "filterd-in", 7, 0 },
	    { "mangle", "filterd-in", 8, 0 } }, "" },
	{ "others put some in among their own", NFPROTO_IPV4,
	  { { "mangle", "other", 30, 0 }, { "mangle", "other", 7, 0 } }, "" },
	{ "sets before each rule", NFPROTO_INET,
	  { { "filterd", "judged", 7, 0 }, { "filterd", "judged", 10, 2 },
	    { "filterd", "queueing", 11, 0 } }, "" },
	{ "sets before all", NFPROTO_INET,
	  { { "filterd", "judged", 7, 0 }, { "filterd", "judged", 8, 2 },
	    { "filterd", "queueing", 9, 0 } }, "" },
	{ "more than its sets", NFPROTO_INET,
	  { { "filterd", "judged", 7, 0 }, { "filterd", "judged", 11, 2 } }, "filterd judged" },
	{ "what counts, made in several turns", NFPROTO_INET,
	  { { "filterd-unseen", "forward", 7, 0 }, { "filterd-unseen", "forward", 8, 0 },
	    { "filterd-unseen", "sent", 40, 0 } }, "" },
	{ "and one among it", NFPROTO_INET,
	  { { "filterd-unseen", "sent", 60, 0 }, { "filterd-unseen", "sent", 40, 0 } },
	  "filterd-unseen sent" },
};

START_TEST(a_change_is_known_by_the_numbers)
{
	char changed[READBACK_CHAIN_MAX];

	rows           = lists[_i].rows;
	family_of_rows = lists[_i].family;
	error_of_rows  = 0;
	ck_assert_int_eq(readback_find_changed(NULL, changed), 0);
	ck_assert_msg(strcmp(changed, lists[_i].changed) == 0, "%s: '%s'", lists[_i].what, changed);
	ck_assert_int_eq(readback_is_changed(NULL), strncmp(changed, "filterd-unseen", 14) == 0);
}

START_TEST(a_table_that_is_not_there_has_not_changed)
{
	char changed[READBACK_CHAIN_MAX];

	rows          = lists[0].rows;
	error_of_rows = -ENOENT;
	ck_assert_int_eq(readback_find_changed(NULL, changed), 0);
	ck_assert_str_eq(changed, "");
	ck_assert_int_eq(readback_is_changed(NULL), 0);
}

START_TEST(where_the_kernel_does_not_say_nothing_is_known)
{
	char changed[READBACK_CHAIN_MAX];

	rows          = lists[0].rows;
	error_of_rows = -EPERM;
	ck_assert_int_eq(readback_find_changed(NULL, changed), -EPERM);
	ck_assert_int_eq(readback_is_changed(NULL), -EPERM);
}

int main(void)
{
	Suite *s = suite_create("readback_changed");
	TCase *t = tcase_create("readback_changed");

	tcase_add_loop_test(t, a_change_is_known_by_the_numbers, 0, COUNT(lists));
	tcase_add_test(t, a_table_that_is_not_there_has_not_changed);
	tcase_add_test(t, where_the_kernel_does_not_say_nothing_is_known);
	suite_add_tcase(s, t);
	return suite_run(s);
}
