/* SPDX-License-Identifier: MIT */

/*
 * Rules of other programs, as nft, iptables-save and ip print them. Our mask is 0xf0000000, our bit
 * for decided flows 0x10000000.
 */

#include "kernel/foreign.h"
#include "support/suite.h"

#include <stdio.h>
#include <string.h>

static struct settings settings;
static struct foreign_rules   foreign;

static void begin(void)
{
	settings_default(&settings);
	memset(&foreign, 0, sizeof(foreign));
}

/* In a chain of another program's. */
static void read_nft_rule(const char *rule)
{
	char text[600];

	snprintf(text, sizeof(text),
	         "table inet fw4 {\n\tchain forward {\n\t\ttype filter hook forward priority "
	         "filter; policy drop;\n\t\t%s\n\t}\n}\n",
	         rule);
	foreign_read_nft(bytes_text(text), &settings, &foreign);
}

#define NONE FOREIGN_KINDS
static const struct { const char *rule; enum foreign_kind kind; } nft_rules[] = {
	{ "meta l4proto { tcp, udp } flow add @ft", FOREIGN_OFFLOAD },
	{ "ip protocol tcp flow offload @ft", FOREIGN_OFFLOAD },
	{ "ct mark & 0x10000000 == 0x10000000 flow add @ft", FOREIGN_OFFLOAD_DECIDED },
	{ "ct mark & 0x20000000 == 0x20000000 flow add @ft", FOREIGN_OFFLOAD },
	{ "meta mark set 0x00000005", FOREIGN_MARK_WRITTEN },
	{ "meta mark set meta mark & 0xffffff00 | 0x00000005", NONE },
	{ "meta mark set meta mark & 0x0fffffff", FOREIGN_MARK_WRITTEN },
	{ "meta mark set meta mark | 0x80000000", FOREIGN_MARK_WRITTEN },
	{ "meta mark set meta mark ^ 0x00000001", NONE },
	{ "ct mark set meta mark", NONE },
	{ "meta mark set ct mark & 0x000000ff", FOREIGN_MARK_WRITTEN },
	{ "ct mark set ct mark or 0x1", NONE },
	{ "meta mark 0x00000001 accept", FOREIGN_MARK_READ },
	{ "meta mark != 0x00000001 accept", FOREIGN_MARK_READ },
	{ "meta mark & 0x000000ff == 0x00000001 accept", NONE },
	{ "meta mark & 0xff000000 == 0x01000000 accept", FOREIGN_MARK_READ },
	{ "udp dport 53 notrack", FOREIGN_UNTRACKED },
	{ "tcp dport 22 accept comment \"meta mark set 0x5 flow add @ft notrack\"", NONE },
	{ "tcp dport 22 accept", NONE },
};

START_TEST(a_rule_of_nft_is_known_by_what_it_does)
{
	read_nft_rule(nft_rules[_i].rule);
	for (int kind = 0; kind < FOREIGN_KINDS; kind++) {
		bool allowed =
			kind == FOREIGN_MARK_READ && strstr(nft_rules[_i].rule, "flow add") != NULL;

		ck_assert_msg((foreign.num[kind] > 0) == (kind == (int)nft_rules[_i].kind) ||
		                      allowed,
		              "kind %d: %s", kind, nft_rules[_i].rule);
	}
}

START_TEST(a_gate_by_another_mark_is_none)
{
	read_nft_rule("ct mark & 0x20000000 == 0x20000000 flow add @ft");
	ck_assert_uint_eq(foreign.num[FOREIGN_OFFLOAD], 1);
	ck_assert_str_eq(foreign.first[FOREIGN_OFFLOAD][0].where, "inet fw4 forward");
	ck_assert_str_eq(foreign.first[FOREIGN_OFFLOAD][0].rule,
	                 "ct mark & 0x20000000 == 0x20000000 flow add @ft");
}

static const struct { const char *what; const char *rules; unsigned num; } ways[] = {
	{ "an ACCEPT", "-A PREROUTING -j ACCEPT\n", 1 },
	{ "a RETURN", "-A PREROUTING -j RETURN\n", 1 },
	{ "another queue", "-A PREROUTING -p tcp -j NFQUEUE --queue-num 3\n", 1 },
	{ "a socket of the host", "-A PREROUTING -p tcp -j TPROXY --on-port 3129\n", 1 },
	{ "a chain with one", "-A PREROUTING -j a\n-A a -i lan0 -j ACCEPT\n", 1 },
	{ "a chain of chains", "-A PREROUTING -j a\n-A a -j b\n-A b -g c\n-A c -j ACCEPT\n", 1 },
	{ "who never comes back", "-A PREROUTING -p udp -g a\n-A a -j LOG\n", 1 },
	{ "who comes back", "-A PREROUTING -j a\n-A a -j RETURN\n-A a -j MARK --set-xmark 1/1\n", 0 },
	{ "a chain that is empty", "-A PREROUTING -j a\n", 0 },
	{ "a DROP", "-A PREROUTING -j a\n-A a -j DROP\n-A PREROUTING -j DROP\n", 0 },
	{ "chains in a circle", "-A PREROUTING -j a\n-A a -j a\n-A a -j b\n-A b -j a\n", 0 },
	{ "before answers", "-A FORWARD -j ACCEPT\n-A FORWARD -j filterd-back\n", 1 },
	{ "on the way out", "-A POSTROUTING -j ACCEPT\n-A POSTROUTING -j filterd-net\n", 0 },
};

START_TEST(what_passes_before_ours_is_seen_through_the_chains_it_goes_by)
{
	char text[600];

	snprintf(text, sizeof(text),
	         "*nat\n-A a -j ACCEPT\nCOMMIT\n*mangle\n%s-A PREROUTING -j filterd-in\nCOMMIT\n"
	         "*filter\n-A a -j ACCEPT\nCOMMIT\n", ways[_i].rules);
	foreign_read_iptables(bytes_text(text), 4, &settings, &foreign);
	ck_assert_msg(foreign.num[FOREIGN_BEFORE_QUEUE] == ways[_i].num, "%s: %u", ways[_i].what,
	              foreign.num[FOREIGN_BEFORE_QUEUE]);
}

/* 4,000 chains, each of which leads to the next two: found or not, it ends. */
START_TEST(chains_without_end_are_not_followed_for_ever)
{
	static char   text[200000];
	struct writer t = writer_over(text, sizeof(text) - 1);
	char          line[80];

	write_text(&t, "*mangle\n-A PREROUTING -j c0\n-A PREROUTING -j filterd-in\n");
	for (int i = 0; i < 4000; i++) {
		snprintf(line, sizeof(line), "-A c%d -j c%d\n-A c%d -j c%d\n", i, i + 1, i, i + 2);
		write_text(&t, line);
	}
	write_text(&t, "COMMIT\n");
	ck_assert(!t.full);
	foreign_read_iptables(writer_written(&t), 4, &settings, &foreign);
	ck_assert_uint_eq(foreign.num[FOREIGN_BEFORE_QUEUE], 0);
}

START_TEST(our_own_tables_and_those_of_iptables_are_not_foreign)
{
	struct bytes text = BYTES(
		"table inet filterd {\n\tchain queueing {\n\t\tct mark set ct mark | 0x40000000\n"
		"\t\tmeta mark set meta mark | 0x40000000 queue flags bypass to 7100-7103\n\t}\n}\n"
		"table inet filterd-unseen {\n\tchain output {\n\t\tmeta mark set meta mark & "
	        "0xbfffffff\n\t}\n}\n"
		"# Warning: table ip mangle is managed by iptables-nft, do not touch!\n"
		"table ip mangle {\n\tchain PREROUTING {\n\t\tcounter packets 0 bytes 0 meta mark "
	        "set 0x5\n\t}\n}\n");

	foreign_read_nft(text, &settings, &foreign);
	for (int kind = 0; kind < FOREIGN_KINDS; kind++)
		ck_assert_uint_eq(foreign.num[kind], 0);
	ck_assert(foreign.has_nft && foreign.has_queue && foreign.bypass &&
	          foreign.has_iptables_nft);
	ck_assert_uint_eq(foreign.queue_first, 7100);
	ck_assert_uint_eq(foreign.queue_last, 7103);
}

START_TEST(elements_of_a_set_are_no_rules)
{
	struct bytes text = BYTES("table inet t {\n\tset s {\n\t\ttype mark\n\t\telements = { 0x1,\n\t\t\t     mark set 0x5 }\n\t}\n}\n");

	foreign_read_nft(text, &settings, &foreign);
	ck_assert_uint_eq(foreign.num[FOREIGN_MARK_WRITTEN], 0);
}

static const struct { const char *table, *rule; enum foreign_kind kind; } iptables_rules[] = {
	{ "mangle", "-A PREROUTING -j MARK --set-xmark 0x5/0xffffffff", FOREIGN_MARK_WRITTEN },
	{ "mangle", "-A PREROUTING -j MARK --set-xmark 0x5/0xff", NONE },
	{ "mangle",
	  "-A PREROUTING -j CONNMARK --restore-mark --nfmask 0xffffffff --ctmask 0xffffffff",
	  NONE },
	{ "mangle", "-A PREROUTING -j CONNMARK --restore-mark --nfmask 0xff00 --ctmask 0xff00",
	  NONE },
	{ "mangle", "-A PREROUTING -j CONNMARK --save-mark", NONE },
	{ "mangle", "-A FORWARD -m mark --mark 0x1 -j DROP", FOREIGN_MARK_READ },
	{ "mangle", "-A FORWARD -m mark ! --mark 0x1/0xff -j DROP", NONE },
	{ "mangle", "-A FORWARD -m connmark --mark 0x10000000/0x30000000 -j DROP",
	  FOREIGN_MARK_READ },
	{ "raw", "-A PREROUTING -p udp -j CT --notrack", FOREIGN_UNTRACKED },
	{ "filter", "-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j FLOWOFFLOAD --hw",
	  FOREIGN_OFFLOAD },
	{ "filter",
	  "-A INPUT -p tcp -m comment --comment \"-j MARK --set-xmark 0x5/0xffffffff\" -j ACCEPT",
	  NONE },
};

START_TEST(a_rule_of_iptables_is_known_by_what_it_does)
{
	char text[600];

	snprintf(text, sizeof(text), "*%s\n:PREROUTING ACCEPT [0:0]\n%s\nCOMMIT\n",
	         iptables_rules[_i].table, iptables_rules[_i].rule);
	foreign_read_iptables(bytes_text(text), 4, &settings, &foreign);
	for (int kind = 0; kind < FOREIGN_KINDS; kind++)
		ck_assert_msg((foreign.num[kind] > 0) == (kind == (int)iptables_rules[_i].kind),
		              "kind %d: %s", kind, iptables_rules[_i].rule);
}

START_TEST(rules_that_come_before_ours_are_seen)
{
	struct bytes text =
		BYTES("*mangle\n:filterd-in - [0:0]\n-A PREROUTING -i lan9 -j ACCEPT\n-A "
	              "PREROUTING -j TEE\n-A PREROUTING -j filterd-in\n"
	              "-A PREROUTING -i lan8 -j ACCEPT\n-A OUTPUT -j ACCEPT\nCOMMIT\n"
	              "*filter\n:DOCKER-USER - [0:0]\n-A FORWARD -i bad -j DROP\n-A FORWARD -j "
	              "DOCKER-USER\n-A FORWARD -j filterd-verdict\nCOMMIT\n");

	foreign_read_iptables(text, 4, &settings, &foreign);
	ck_assert_uint_eq(foreign.num[FOREIGN_BEFORE_QUEUE], 1);
	ck_assert_str_eq(foreign.first[FOREIGN_BEFORE_QUEUE][0].rule,
	                 "-A PREROUTING -i lan9 -j ACCEPT");
	ck_assert_uint_eq(foreign.num[FOREIGN_BEFORE_VERDICT], 1);
	ck_assert_str_eq(foreign.first[FOREIGN_BEFORE_VERDICT][0].where, "ip filter FORWARD");
	ck_assert_uint_eq(foreign.num[FOREIGN_DOCKER], 1);
	ck_assert(foreign.has_iptables4 && !foreign.has_iptables6);
}

START_TEST(our_queue_is_read_from_our_chain)
{
	struct bytes text = BYTES("*mangle\n:filterd-in - [0:0]\n"
	                          "-A filterd-send -j MARK --set-xmark 0x40000000/0x40000000\n"
	                          "-A filterd-send -j NFQUEUE --queue-balance 7100:7101\nCOMMIT\n");

	foreign_read_iptables(text, 6, &settings, &foreign);
	ck_assert(foreign.has_iptables6 && foreign.has_queue && !foreign.bypass);
	ck_assert_uint_eq(foreign.queue_first, 7100);
	ck_assert_uint_eq(foreign.queue_last, 7101);
	ck_assert_uint_eq(foreign.num[FOREIGN_MARK_WRITTEN], 0);
}

START_TEST(routing_by_a_mark_of_ours_is_seen)
{
	struct bytes text = BYTES("0:\tfrom all lookup local\n"
	                          "100:\tfrom all fwmark 0x100/0x3f00 lookup 1\n"
	                          "200:\tfrom all fwmark 0x1 lookup 2\n"
	                          "32766:\tfrom all lookup main\n");

	foreign_read_routing(text, &settings, &foreign);
	ck_assert_uint_eq(foreign.num[FOREIGN_MARK_READ], 1);
	ck_assert_str_eq(foreign.first[FOREIGN_MARK_READ][0].rule,
	                 "200:\tfrom all fwmark 0x1 lookup 2");
}

/*
 * More of a kind than are kept, longer than is kept, more words than are read; and every length of
 * it.
 */
START_TEST(what_is_beyond_the_bounds_is_counted_and_no_more)
{
	static char text[60000];
	size_t      len = 0;

	len += (size_t)snprintf(text + len, sizeof(text) - len, "table inet x {\nchain y {\n");
	for (int i = 0; i < 40; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
		                        "meta mark set 0x%x comment \"%0300d\"\n", i, i);
	for (int i = 0; i < 9000; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "a ");
	foreign_read_nft(bytes_of(text, len), &settings, &foreign);
	ck_assert_uint_eq(foreign.num[FOREIGN_MARK_WRITTEN], 40);
	ck_assert_uint_eq(strlen(foreign.first[FOREIGN_MARK_WRITTEN][3].rule), FOREIGN_RULE - 1);
	for (size_t cut = 0; cut < 1000; cut++) {
		uint8_t *exact = malloc(cut + 1);

		memcpy(exact, text, cut);
		foreign_read_nft(bytes_of(exact, cut), &settings, &foreign);
		foreign_read_iptables(bytes_of(exact, cut), 4, &settings, &foreign);
		foreign_read_routing(bytes_of(exact, cut), &settings, &foreign);
		free(exact);
	}
}

int main(void)
{
	Suite *s = suite_create("foreign rules");
	TCase *t = tcase_create("foreign rules");

	tcase_add_checked_fixture(t, begin, NULL);
	tcase_add_loop_test(t, a_rule_of_nft_is_known_by_what_it_does, 0, COUNT(nft_rules));
	tcase_add_test(t, a_gate_by_another_mark_is_none);
	tcase_add_test(t, our_own_tables_and_those_of_iptables_are_not_foreign);
	tcase_add_test(t, elements_of_a_set_are_no_rules);
	tcase_add_loop_test(t, a_rule_of_iptables_is_known_by_what_it_does, 0,
	                    COUNT(iptables_rules));
	tcase_add_test(t, rules_that_come_before_ours_are_seen);
	tcase_add_test(t, our_queue_is_read_from_our_chain);
	tcase_add_test(t, routing_by_a_mark_of_ours_is_seen);
	tcase_add_test(t, what_is_beyond_the_bounds_is_counted_and_no_more);
	tcase_add_loop_test(t, what_passes_before_ours_is_seen_through_the_chains_it_goes_by, 0,
	                    COUNT(ways));
	tcase_add_test(t, chains_without_end_are_not_followed_for_ever);
	suite_add_tcase(s, t);
	return suite_run(s);
}
