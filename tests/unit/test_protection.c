/* SPDX-License-Identifier: MIT */

/* Whose clients are filtered, on hosts that are made up. */

#include "kernel/protection.h"
#include "support/suite.h"

#include <stdio.h>
#include <string.h>

static struct network network;

static struct network_link *add(const char *name)
{
	struct network_link *l = &network.links[network.num_links++];

	*l = (struct network_link){ .index = (unsigned)network.num_links };
	snprintf(l->name, sizeof(l->name), "%s", name);
	return l;
}

static void begin(void)
{
	memset(&network, 0, sizeof(network));
	add("lo")->is_loopback = true;
	add("lan0");
	add("wan0");
}

static const struct {
	const char *protect, *says;             /* NULL: nothing */
} missing[] = {
	{ "auto", NULL },
	{ "lan0", NULL },
	{ " lan0\twan0 ", NULL },
	{ "lan00", "there is no interface lan00 now: nobody is filtered" },
	{ "lan", "there is no interface lan now: nobody is filtered" },
	{ "lan00 lan01", "there are no interfaces lan00, lan01 now: nobody is filtered" },
	{ "lan0 ppp0",
	  "there is no interface ppp0 now: whoever comes by it later is filtered then" },
	{ "wg0 lan0 ppp0",
	  "there are no interfaces wg0, ppp0 now: whoever comes by them later is filtered then" },
};

START_TEST(names_that_no_interface_has_are_said)
{
	struct missing m;
	struct problem said = { "" };

	protection_missing(&network, missing[_i].protect, &m);
	ck_assert(protection_say_missing(&m, &said) == (missing[_i].says != NULL));
	ck_assert_str_eq(said.text, missing[_i].says != NULL ? missing[_i].says : "");
}

/* The longest list that a configuration can have. */
START_TEST(all_missing_names_fit)
{
	char           protect[SETTINGS_TEXT_MAX] = "";
	struct missing m;
	struct problem said;

	for (size_t len = 0; len + 2 < sizeof(protect); len += 2)
		memcpy(protect + len, "x ", 3);
	protection_missing(&network, protect, &m);
	ck_assert(m.is_all);
	ck_assert_uint_eq(strlen(m.names), m.num + (m.num - 1) * 2);
	ck_assert(protection_say_missing(&m, &said));
	ck_assert_ptr_nonnull(strstr(said.text, ": nobody is filtered"));
}

int main(void)
{
	Suite *s = suite_create("protection");
	TCase *t = tcase_create("protection");

	tcase_add_checked_fixture(t, begin, NULL);
	tcase_add_loop_test(t, names_that_no_interface_has_are_said, 0, COUNT(missing));
	tcase_add_test(t, all_missing_names_fit);
	suite_add_tcase(s, t);
	return suite_run(s);
}
