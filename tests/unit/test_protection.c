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

/* lan0 and lan1 have clients, wan0 leads outside; IPv4 in 10.x.0.0/16, x the interface's index. */
static void with_networks(void)
{
	add("lan1");
	for (size_t i = 1; i < network.num_links; i++) {
		network.links[i].num_prefixes = 1;
		network.links[i].prefixes[0]  = (struct network_prefix){
			.family = 4, .bits = 16, .bytes = { 10, (uint8_t)(i + 1) }
		};
	}
	network.num_routes = 1;
	network.routes[0]  = (struct network_route){ .family = 4, .table = 254, .is_alive = true,
		                                     .num_hops = 1, .hops = { 3 } };
}

static void rule(struct rule_interfaces *out, const char *names)
{
	char words[100], *rest = words;

	*out = (struct rule_interfaces){ .is_auto = strncmp(names, "auto", 4) == 0 };
	snprintf(words, sizeof(words), "%s", names + (out->is_auto ? 4 : 0));
	for (char *word; (word = strsep(&rest, " ")) != NULL;) {
		if (word[0] != '\0')
			snprintf(out->names[out->num++], IF_NAMESIZE, "%s", word);
	}
}

#define WAN "wan0 10.3.0.0/16"
#define LAN "lan0 10.2.0.0/16, lan1 10.4.0.0/16"

/* Rules: "auto", and what they leave out; or what they protect. stale: '-' is left out now. */
static const struct {
	const char *rules, *protect, *says, *stale, *missing;
} judged[] = {
	{ "auto wan0", "auto", LAN "; leaves out " WAN, "", "" },
	{ "auto", "auto", "lan0 10.2.0.0/16, " WAN ", lan1 10.4.0.0/16; leaves out nothing",
	  "+wan0", "" },
	{ "auto lan0 wan0", "auto", "lan1 10.4.0.0/16; leaves out lan0 10.2.0.0/16, " WAN, "-lan0",
	  "" },
	/* The worse is said. */
	{ "auto lan1", "auto", "lan0 10.2.0.0/16, " WAN "; leaves out lan1 10.4.0.0/16", "-lan1",
	  "" },
	{ "auto wan9 wan0", "auto", LAN "; leaves out " WAN, "", "" },
	{ "lan0", "lan0", "lan0 10.2.0.0/16; leaves out " WAN ", lan1 10.4.0.0/16", "", "" },
	{ "lan0", "auto", "lan0 10.2.0.0/16; leaves out " WAN ", lan1 10.4.0.0/16", "-lan1", "" },
	{ "lan0", "lan0 lan1", "lan0 10.2.0.0/16; leaves out " WAN ", lan1 10.4.0.0/16", "-lan1",
	  "" },
	{ "lan0 lan1", "lan0", LAN "; leaves out " WAN, "+lan1", "" },
	{ "auto wan0", "lan0", LAN "; leaves out " WAN, "+lan1", "" },
	{ "lan0 ppp0 lan1", "lan0 lan1 ppp0", LAN "; leaves out " WAN, "", "ppp0" },
	{ "lan00", "lan00", "nobody; leaves out lan0 10.2.0.0/16, " WAN ", lan1 10.4.0.0/16", "",
	  "lan00" },
	{ "lo", "lo", "nobody; leaves out lan0 10.2.0.0/16, " WAN ", lan1 10.4.0.0/16", "", "" },
};

START_TEST(what_the_rules_protect_is_held_against_what_they_should)
{
	struct rule_interfaces   rules;
	struct status_protection p;
	char                     says[400], stale[STATUS_NAME_MAX + 1] = "";
	struct writer            w = writer_over(says, sizeof(says) - 1);

	with_networks();
	rule(&rules, judged[_i].rules);
	protection_judge(&network, &rules, judged[_i].protect, &p);
	status_protection_say(&w, &p);
	says[w.len] = '\0';
	ck_assert_str_eq(says, judged[_i].says);
	if (p.stale[0] != '\0')
		snprintf(stale, sizeof(stale), "%c%s", p.is_stale_left_out ? '-' : '+', p.stale);
	ck_assert_str_eq(stale, judged[_i].stale);
	ck_assert_uint_eq(p.num_missing, judged[_i].missing[0] != '\0');
	ck_assert_str_eq(p.missing[0], judged[_i].missing);
	ck_assert(p.is_nobody == (strncmp(says, "nobody", 6) == 0));
}

/* Of lan0, wan0 and lan1, those that are there; wan0 leads outside. only: what is said to be alone. */
static const struct { const char *there, *rules, *only; } ones[] = {
	{ "lan0 wan0 lan1", "auto wan0", "" },
	{ "lan0 wan0", "auto wan0", "" },
	{ "lan0", "auto wan0", "" },
	{ "wan0", "auto", "wan0" },
	{ "wan0", "auto wan0", "" },            /* nobody, then */
	{ "lan0 wan0", "auto", "" },
	{ "wan0", "wan0", "" },                 /* somebody named it */
};

START_TEST(a_way_out_that_is_protected_alone_is_known)
{
	struct rule_interfaces   rules;
	struct status_protection p;

	with_networks();
	for (size_t i = 1; i < network.num_links; i++) {
		if (strstr(ones[_i].there, network.links[i].name) == NULL)
			network.links[i].num_prefixes = 0;
	}
	rule(&rules, ones[_i].rules);
	protection_judge(&network, &rules, "auto", &p);
	ck_assert_str_eq(p.only, ones[_i].only);
}

START_TEST(whom_rules_would_protect_is_known_before_they_are_made)
{
	struct status_protection p;

	with_networks();
	protection_would(&network, "lan00", &p);
	ck_assert(p.is_nobody);
	protection_would(&network, "auto", &p);
	ck_assert(!p.is_nobody);
	ck_assert_str_eq(p.stale, "");
}

/* Its route goes with the line, and comes back with it. */
START_TEST(a_line_that_is_down_is_no_reason_for_other_rules)
{
	struct rule_interfaces   rules;
	struct status_protection p;

	with_networks();
	rule(&rules, "auto wan0");
	network.num_routes = 0;
	protection_judge(&network, &rules, "auto", &p);
	ck_assert_str_eq(p.stale, "");
	/* But that lan0 is left out was never right. */
	rule(&rules, "lan1");
	protection_judge(&network, &rules, "auto", &p);
	ck_assert_str_eq(p.stale, "lan0");
}

static const struct {
	const char *what, *rules, *neighbours_of;
	bool        is_private;
	const char *suspect;
} left_out[] = {
	{ "a network that was not named", "lan0", "lan1", true, "lan1" },
	{ "without hosts", "lan0", "", true, "" },
	{ "with public addresses", "lan0", "lan1", false, "" },
	{ "the way out, by auto", "auto wan0", "wan0", true, "wan0" },
	{ "the way out, with public addresses", "auto wan0", "wan0", false, "" },
	{ "the way out, on purpose", "lan0 lan1", "wan0", true, "" },
	{ "a network that is protected", "auto wan0", "lan0", true, "" },
};

START_TEST(an_interface_that_is_left_out_and_has_hosts_is_suspect)
{
	struct rule_interfaces   rules;
	struct status_protection p;

	with_networks();
	for (size_t i = 0; i < network.num_links; i++) {
		network.links[i].num_neighbours =
			strcmp(network.links[i].name, left_out[_i].neighbours_of) == 0;
		network.links[i].prefixes[0].bytes[0] = left_out[_i].is_private ? 10 : 203;
	}
	rule(&rules, left_out[_i].rules);
	protection_judge(&network, &rules, left_out[_i].rules, &p);
	ck_assert_msg(strcmp(p.suspect, left_out[_i].suspect) == 0, "%s: '%s'", left_out[_i].what,
	              p.suspect);
}

static const struct { struct network_prefix p; bool is_private; } addresses[] = {
	{ { .family = 4, .bytes = { 10, 1 } }, true },
	{ { .family = 4, .bytes = { 172, 15, 255, 255 } }, false },
	{ { .family = 4, .bytes = { 172, 16 } }, true },
	{ { .family = 4, .bytes = { 172, 31, 255, 255 } }, true },
	{ { .family = 4, .bytes = { 172, 32 } }, false },
	{ { .family = 4, .bytes = { 192, 168, 1, 1 } }, true },
	{ { .family = 4, .bytes = { 192, 169 } }, false },
	{ { .family = 4, .bytes = { 100, 64 } }, false },       /* of a provider, RFC 6598 */
	{ { .family = 4, .bytes = { 0xfc } }, false },
	{ { .family = 6, .bytes = { 0xfc } }, true },
	{ { .family = 6, .bytes = { 0xfd, 1 } }, true },
	{ { .family = 6, .bytes = { 0xfe, 0x80 } }, false },
	{ { .family = 6, .bytes = { 0x20, 1 } }, false },
	{ { .family = 0, .bytes = { 10 } }, false },
};

START_TEST(private_is_what_nobody_on_the_internet_has)
{
	ck_assert(network_is_private(&addresses[_i].p) == addresses[_i].is_private);
}

START_TEST(of_very_many_interfaces_there_is_the_number)
{
	struct rule_interfaces   rules;
	struct status_protection p;

	with_networks();
	rule(&rules, "auto wan0");
	for (unsigned i = 0; i < 100; i++) {
		char name[IF_NAMESIZE];

		snprintf(name, sizeof(name), "vlan%u", i);
		*add(name) = (struct network_link){ .index = 10 + i, .num_prefixes = i % 2 };
		snprintf(network.links[network.num_links - 1].name, IF_NAMESIZE, "%s", name);
	}
	protection_judge(&network, &rules, "auto", &p);
	ck_assert_uint_eq(p.num, STATUS_INTERFACES);
	ck_assert_uint_eq(p.num + p.num_more, 3 + 50);
}

int main(void)
{
	Suite *s = suite_create("protection");
	TCase *t = tcase_create("protection");

	tcase_add_checked_fixture(t, begin, NULL);
	tcase_add_loop_test(t, names_that_no_interface_has_are_said, 0, COUNT(missing));
	tcase_add_test(t, all_missing_names_fit);
	tcase_add_loop_test(t, a_way_out_that_is_protected_alone_is_known, 0, (int)COUNT(ones));
	tcase_add_test(t, whom_rules_would_protect_is_known_before_they_are_made);
	tcase_add_loop_test(t, what_the_rules_protect_is_held_against_what_they_should, 0,
	                    COUNT(judged));
	tcase_add_test(t, a_line_that_is_down_is_no_reason_for_other_rules);
	tcase_add_loop_test(t, an_interface_that_is_left_out_and_has_hosts_is_suspect, 0,
	                    COUNT(left_out));
	tcase_add_loop_test(t, private_is_what_nobody_on_the_internet_has, 0, COUNT(addresses));
	tcase_add_test(t, of_very_many_interfaces_there_is_the_number);
	suite_add_tcase(s, t);
	return suite_run(s);
}
