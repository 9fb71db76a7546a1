/* SPDX-License-Identifier: MIT */

#include "kernel/rule_table.h"
#include "kernel/rules.h"
#include "support/suite.h"

#include <stdio.h>
#include <string.h>

static struct settings settings;
static struct uplinks  uplinks;
static struct offloading offloading;
static uint8_t         text[RULES_TEXT_MAX + 1];

static void set_up(void)
{
	settings_default(&settings);
	offloading = (struct offloading){ 0 };
	uplinks = (struct uplinks){ .names = { "wan0" }, .num = 1 };
}

static const char *iptables(int family)
{
	struct writer w = writer_over(text, RULES_TEXT_MAX);

	rules_write_iptables(&w, &settings, &uplinks, &offloading, family);
	ck_assert(!w.full);
	text[w.len] = '\0';
	return (const char *)text;
}

static const char *nft(void)
{
	struct writer w = writer_over(text, RULES_TEXT_MAX);

	rules_write_nft(&w, &settings, &uplinks, &offloading);
	ck_assert(!w.full);
	text[w.len] = '\0';
	return (const char *)text;
}

#define HAS(rules, what)  ck_assert_msg(strstr((rules), (what)) != NULL, "lacks: %s", (what))
/* The first rule of this chain, and what follows it. */
#define BEGINS(rules, chain, what)                                                                 \
	ck_assert_msg(strncmp(strstr((rules), "\n-A " chain " ") + 1, (what), strlen(what)) == 0,  \
	              chain " does not begin with: %s", (what))
#define LACKS(rules, what) ck_assert_msg(strstr((rules), (what)) == NULL, "has: %s", (what))

START_TEST(what_comes_from_the_way_out_is_not_queued)
{
	HAS(iptables(4), "\n-A filterd-in -i wan0 -j RETURN\n-A filterd-in -j filterd-queue\n");
	HAS(nft(), "\n\t\tiifname \"wan0\" return\n\t\tgoto queueing\n");
}

START_TEST(named_interfaces_alone_are_protected)
{
	strcpy(settings.protect, "lan0  lan1");
	HAS(iptables(4),
	    "\n-A filterd-in -i lan0 -j filterd-queue\n-A filterd-in -i lan1 -j filterd-queue\n");
	LACKS(iptables(4), "wan0");
	LACKS(iptables(4), "-A filterd-in -j filterd-queue");
	HAS(nft(), "\n\t\tiifname \"lan0\" goto queueing\n\t\tiifname \"lan1\" goto queueing\n");
}

START_TEST(open_and_closed_differ_in_the_bypass)
{
	HAS(iptables(4), "\n-A filterd-send -j NFQUEUE --queue-num 7100 --queue-bypass\n");
	HAS(nft(), " queue flags bypass to 7100\n");
	settings.on_failure = ON_FAILURE_CLOSED;
	HAS(iptables(4), "\n-A filterd-send -j NFQUEUE --queue-num 7100\n");
	LACKS(iptables(4), "bypass");
	HAS(nft(), " queue to 7100\n");
}

START_TEST(several_workers_share_the_flows)
{
	settings.workers = 4;
	HAS(iptables(6), "-j NFQUEUE --queue-balance 7100:7103 --queue-bypass\n");
	HAS(nft(), " queue flags bypass to 7100-7103\n");
}

START_TEST(reject_answers_and_drop_does_not)
{
	HAS(iptables(4), "-j REJECT --reject-with tcp-reset\n-A filterd-save -j REJECT "
	                 "--reject-with icmp-port-unreachable\n");
	HAS(iptables(6), "--reject-with icmp6-port-unreachable\n");
	HAS(nft(), "reject with tcp reset");
	settings.on_block = ON_BLOCK_DROP;
	LACKS(iptables(4), "REJECT");
	LACKS(nft(), "reject");
	HAS(iptables(4), "\n-A filterd-save -j DROP\n");
}

/* The kernel's own reset from port 53 must not come back to the queue. */
START_TEST(answers_of_blocked_flows_are_not_queued)
{
	HAS(iptables(4), "\n-A filterd-in -m conntrack --ctdir REPLY -g filterd-replies\n");
	HAS(iptables(4), "\n-A filterd-out -m conntrack --ctdir REPLY -g filterd-replies\n");
	HAS(iptables(4), "\n-A filterd-replies -p udp --sport 53 -m connmark --mark "
	                 "0x40000000/0x60000000 -j filterd-send\n"
	                 "-A filterd-replies -p tcp --sport 53 -m connmark --mark "
	                 "0x40000000/0x60000000 -j filterd-send\n");
	HAS(nft(), "ct direction reply ct mark & 0x60000000 == 0x40000000");
}

START_TEST(only_bits_of_the_mask_appear)
{
	settings.mark_mask = 0x00f00000;
	LACKS(iptables(4), "0x10000000");
	HAS(iptables(4), "-j CONNMARK --save-mark --nfmask 0x300000 --ctmask 0x300000\n");
	HAS(nft(), "ct mark set ct mark & 0xffcfffff | 0x100000");
}

#define ANSWERED "-m connmark --mark 0x10000000/0x30000000 -m connbytes --connbytes 2: --connbytes-dir reply --connbytes-mode packets"

START_TEST(a_decision_is_final_once_the_far_side_has_answered)
{
	HAS(iptables(4),
	    "\n-A filterd-queue " ANSWERED
	    " -j RETURN\n-A filterd-queue -p udp -m connmark --mark 0x10000000/0x10000000"
	    " -m connbytes --connbytes 8: --connbytes-dir original --connbytes-mode packets -j "
	    "RETURN\n"
	    "-A filterd-queue -p udp -j CONNMARK");
	HAS(nft(), "\n\t\tct mark & 0x30000000 == 0x10000000 ct reply packets >= 2 return\n"
	           "\t\tmeta l4proto udp ct mark & 0x10000000 == 0x10000000 ct original packets >= "
	           "8 return\n"
	           "\t\tct mark set ct mark | 0x40000000\n");
	LACKS(nft(), "ct direction reply ct mark & 0x70000000");
}

/*
 * Ahead of all other rules, as most packets are of such flows; a DNS server's answers are each a
 * new name.
 */
START_TEST(what_is_finally_decided_meets_one_rule_but_for_dns_answers)
{
	BEGINS(iptables(4), "filterd-in",
	       "-A filterd-in -p tcp ! --sport 53 " ANSWERED " -j RETURN\n"
	       "-A filterd-in -p udp ! --sport 53 " ANSWERED
	       " -j RETURN\n-A filterd-in -m mark --mark 0x80000000/0x80000000");
	BEGINS(iptables(6), "filterd-out",
	       "-A filterd-out -p tcp ! --sport 53 " ANSWERED " -j RETURN\n"
	       "-A filterd-out -p udp ! --sport 53 " ANSWERED
	       " -j RETURN\n-A filterd-out -m mark --mark 0x80000000/0x80000000");
	HAS(nft(), "hook prerouting priority mangle; policy accept;\n"
	           "\t\tct mark & 0x30000000 == 0x10000000 ct reply packets >= 2 th sport != 53 "
	           "return\n\t\tmeta mark & 0x80000000");
	HAS(nft(), "hook output priority mangle; policy accept;\n"
	           "\t\tct mark & 0x30000000 == 0x10000000 ct reply packets >= 2 th sport != 53 "
	           "return\n\t\tmeta mark & 0x80000000");
}

START_TEST(strict_looks_neither_at_ports_nor_at_counters_of_what_is_decided)
{
	settings.strict = STRICT_YES;
	BEGINS(iptables(4), "filterd-in",
	       "-A filterd-in -m connmark --mark 0x10000000/0x30000000 -j RETURN\n-A filterd-in -m "
	       "mark");
	BEGINS(iptables(4), "filterd-out",
	       "-A filterd-out -m connmark --mark 0x10000000/0x30000000 -j RETURN\n-A filterd-out "
	       "-m mark");
	HAS(nft(), "hook prerouting priority mangle; policy accept;\n\t\tct mark & 0x30000000 == "
	           "0x10000000 return\n\t\tmeta mark");
	HAS(nft(), "hook output priority mangle; policy accept;\n\t\tct mark & 0x30000000 == "
	           "0x10000000 return\n\t\tmeta mark");
	LACKS(iptables(4), "connbytes");
	LACKS(nft(), "original packets");
}

/* And what we inject is left alone before any mark is saved. */
START_TEST(most_packets_have_no_verdict_and_meet_one_rule_for_it)
{
	HAS(iptables(4), ":filterd-save - [0:0]\n-A filterd-verdict -m mark ! --mark 0/0x30000000 "
	                 "-j filterd-save\n"
	                 "-A filterd-save -m mark --mark 0x80000000/0x80000000 -j RETURN\n-A "
	                 "filterd-save -j CONNMARK --save-mark");
	HAS(nft(),
	    "hook forward priority -140; policy accept;\n"
	    "\t\tmeta mark & 0x30000000 != 0 meta mark & 0x80000000 == 0 jump verdict\n\t}\n");
}

START_TEST(strict_asks_for_replies_and_not_for_counters)
{
	settings.strict = STRICT_YES;
	HAS(iptables(4), "\n-A filterd-replies -p tcp -m connmark --mark 0x40000000/0x70000000 -j "
	                 "filterd-send\n");
	HAS(iptables(6), "\n-A filterd-replies -p udp -m connmark --mark 0x40000000/0x70000000 -j "
	                 "filterd-send\n");
	LACKS(iptables(4), "--connbytes 2:");
	HAS(nft(), "ct direction reply ct mark & 0x70000000 == 0x40000000 meta l4proto { tcp, udp "
	           "} meta mark set meta mark | 0x40000000 queue");
	LACKS(nft(), "ct reply packets");
}

static const char *unseen(void)
{
	struct writer w = writer_over(text, RULES_TEXT_MAX);

	rules_write_unseen(&w, &settings);
	ck_assert(!w.full);
	text[w.len] = '\0';
	return (const char *)text;
}

START_TEST(what_is_queued_is_marked_and_counted_if_it_comes_back_with_the_mark)
{
	settings.mark_mask = 0x00f00000;
	HAS(iptables(4),
	    "\n-A filterd-send -j MARK --set-xmark 0x400000/0x400000\n-A filterd-send -j NFQUEUE");
	HAS(iptables(6), "\n-A filterd-queue -p udp -j filterd-send\n");
	HAS(nft(), "\n\t\tmeta mark set meta mark | 0x400000 queue flags bypass to 7100\n");
	HAS(unseen(), " prerouting meta mark & 0x400000 == 0x400000 counter name unseen meta mark "
	              "set meta mark & 0xffbfffff\n");
	HAS(unseen(), " output meta mark & 0x400000 == 0x400000 counter name unseen");
}

/* The table would begin at zero again if it were deleted. */
START_TEST(installing_again_does_not_delete_what_was_counted)
{
	LACKS(unseen(), "delete");
	HAS(unseen(), "\nflush table inet filterd-unseen\n");
}

START_TEST(nothing_is_done_about_offloading_unless_asked_for)
{
	LACKS(nft(), "hook forward priority -139");
	LACKS(nft(), "flowtable");
	LACKS(iptables(4), "-A filterd-hold");
}

/*
 * Another program's rule stands in the forward hook: undecided packets of both directions come to
 * filterd before it.
 */
START_TEST(undecided_flows_are_held_before_rules_of_others_in_the_forward_hook)
{
	offloading.hold = true;
	HAS(nft(), "\tchain hold {\n"
	           "\t\ttype filter hook forward priority -139; policy accept;\n"
	           "\t\tct mark & 0x30000000 == 0x10000000 ct reply packets >= 2 return\n"
	           "\t\tct mark & 0x60000000 != 0x40000000 return\n"
	           "\t\tct status & confirmed == 0 return\n"
	           "\t\tmeta l4proto udp ct mark & 0x10000000 == 0x10000000 ct original packets >= "
	           "8 return\n"
	           "\t\tmeta mark set meta mark | 0x40000000 queue flags bypass to 7100\n\t}\n");
	LACKS(nft(), "flowtable");
	HAS(iptables(4),
	    "\n-A filterd-hold " ANSWERED " -j RETURN\n-A filterd-hold -m mark --mark 0x20000000");
	HAS(iptables(4), "-A filterd-hold -m connmark ! --mark 0x40000000/0x60000000 -j RETURN\n"
	                 "-A filterd-hold -m conntrack ! --ctstatus CONFIRMED -j RETURN\n"
	                 "-A filterd-hold " ANSWERED " -j RETURN\n-A filterd-hold -p udp");
	HAS(iptables(6), "\n-A filterd-hold -j filterd-send\n");
}

/* With nobody listening it goes on, and must not be taken for one that passed unseen further on. */
START_TEST(what_could_not_be_held_loses_the_mark)
{
	offloading.hold = true;
	HAS(nft(), "hook forward priority -138; policy accept;\n\t\tmeta mark & 0x40000000 == "
	           "0x40000000 meta mark set meta mark & 0xbfffffff\n");
	HAS(iptables(4), "\n-A filterd-net -j MARK --set-xmark 0/0x40000000\n");
}

/* It skips the chain that saves marks: there is none of nft's between. */
START_TEST(with_iptables_the_mark_is_saved_before_a_packet_is_held)
{
	offloading.hold = true;
	HAS(iptables(4), "-A filterd-hold -m mark --mark 0x20000000/0x20000000 -j RETURN\n"
	                 "-A filterd-hold -m mark --mark 0x10000000/0x10000000 -j CONNMARK "
	                 "--save-mark --nfmask 0x10000000 --ctmask 0x10000000\n");
}

START_TEST(strict_holds_until_the_decision_and_asks_for_no_counters)
{
	offloading.hold = true;
	settings.strict = STRICT_YES;
	HAS(nft(), "hook forward priority -139; policy accept;\n\t\tct mark & 0x30000000 == "
	           "0x10000000 return\n");
	HAS(iptables(4), "\n-A filterd-hold -m connmark --mark 0x10000000/0x30000000 -j RETURN\n-A "
	                 "filterd-hold -m mark");
	HAS(iptables(4), "--ctstatus CONFIRMED -j RETURN\n-A filterd-hold -m connmark --mark "
	                 "0x10000000/0x30000000 -j RETURN\n");
	LACKS(nft(), "ct reply packets");
}

START_TEST(own_offloads_what_is_decided_and_answered_behind_the_firewall)
{
	offloading = (struct offloading){ .own = true, .devices = { "lan0", "wan0" },
	                                  .num_devices = 2 };
	HAS(nft(), "\n\t\thook ingress priority filter; devices = { \"lan0\", \"wan0\" };\n");
	HAS(nft(), "\n\t\ttype filter hook forward priority 10; policy accept;\n\t\tmeta l4proto { "
	           "tcp, udp } "
	           "ct mark & 0x30000000 == 0x10000000 ct state established ct reply packets >= 2 "
	           "flow add @offloaded\n");
	LACKS(nft(), "chain hold");
	settings.strict = STRICT_YES;
	HAS(nft(), "ct mark & 0x30000000 == 0x10000000 ct state established flow add @offloaded\n");
}

/* A packet's way, link by link, as the read-back has to find it. */
static const struct { bool is_nft, of_hold; const char *way;
} ways[] = {
	{ true, false,
	  "filterd/prerouting>queueing filterd/output>queueing filterd/queueing>queue "
	  "filterd/verdict_input>verdict "
	  "filterd/verdict_forward>verdict filterd/verdict_output>verdict " },
	{ true, true, "filterd/hold>queue " },
	{ false, false,
	  "filter/INPUT>filterd-verdict filter/FORWARD>filterd-verdict "
	  "filter/OUTPUT>filterd-verdict "
	  "mangle/OUTPUT>filterd-out mangle/PREROUTING>filterd-in mangle/filterd-in>filterd-queue "
	  "mangle/filterd-out>filterd-queue mangle/filterd-queue>filterd-send "
	  "mangle/filterd-send>NFQUEUE "
	  "filter/filterd-verdict>filterd-save " },
	{ false, true, "mangle/FORWARD>filterd-hold mangle/filterd-hold>filterd-send " },
};

START_TEST(the_way_through_the_rules_is_known_link_by_link)
{
	struct rule_link links[RULE_LINKS_MAX];
	size_t           num = rule_links(ways[_i].is_nft, ways[_i].of_hold, links);
	char             way[1024] = "";

	for (size_t i = 0; i < num; i++)
		snprintf(way + strlen(way), sizeof(way) - strlen(way), "%s/%s>%s ", links[i].table,
		         links[i].chain, links[i].to);
	ck_assert_str_eq(way, ways[_i].way);
}

START_TEST(each_rule_is_of_a_chain_that_there_is)
{
	for (size_t i = 0; i < num_rule_rows; i++) {
		bool found = false;

		for (size_t k = 0; k < num_rule_chains; k++)
			found = found ||
			        strcmp(rule_chain_key(&rule_chains[k]), rule_table[i].chain) == 0;
		ck_assert_msg(found, "%s", rule_table[i].chain);
	}
}

int main(void)
{
	Suite *s = suite_create("rules");
	TCase *t = tcase_create("rules");

	tcase_add_checked_fixture(t, set_up, NULL);
	tcase_add_test(t, what_comes_from_the_way_out_is_not_queued);
	tcase_add_test(t, named_interfaces_alone_are_protected);
	tcase_add_test(t, open_and_closed_differ_in_the_bypass);
	tcase_add_test(t, several_workers_share_the_flows);
	tcase_add_test(t, reject_answers_and_drop_does_not);
	tcase_add_test(t, answers_of_blocked_flows_are_not_queued);
	tcase_add_test(t, only_bits_of_the_mask_appear);
	tcase_add_test(t, a_decision_is_final_once_the_far_side_has_answered);
	tcase_add_test(t, what_is_finally_decided_meets_one_rule_but_for_dns_answers);
	tcase_add_test(t, strict_looks_neither_at_ports_nor_at_counters_of_what_is_decided);
	tcase_add_test(t, most_packets_have_no_verdict_and_meet_one_rule_for_it);
	tcase_add_test(t, strict_asks_for_replies_and_not_for_counters);
	tcase_add_test(t, what_is_queued_is_marked_and_counted_if_it_comes_back_with_the_mark);
	tcase_add_test(t, installing_again_does_not_delete_what_was_counted);
	tcase_add_test(t, nothing_is_done_about_offloading_unless_asked_for);
	tcase_add_test(t, undecided_flows_are_held_before_rules_of_others_in_the_forward_hook);
	tcase_add_test(t, what_could_not_be_held_loses_the_mark);
	tcase_add_test(t, with_iptables_the_mark_is_saved_before_a_packet_is_held);
	tcase_add_test(t, strict_holds_until_the_decision_and_asks_for_no_counters);
	tcase_add_test(t, own_offloads_what_is_decided_and_answered_behind_the_firewall);
	tcase_add_loop_test(t, the_way_through_the_rules_is_known_link_by_link, 0, COUNT(ways));
	tcase_add_test(t, each_rule_is_of_a_chain_that_there_is);
	suite_add_tcase(s, t);
	return suite_run(s);
}
