/* SPDX-License-Identifier: MIT */

#include "kernel/rule_links.h"
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
	HAS(iptables(4), "\n-A filterd-send -p tcp -j NFQUEUE --queue-num 7100 --queue-bypass\n");
	HAS(nft(), " queue flags bypass to 7100\n");
	settings.on_failure = ON_FAILURE_CLOSED;
	HAS(iptables(4), "\n-A filterd-send -p tcp -j NFQUEUE --queue-num 7100\n");
	LACKS(iptables(4), "bypass");
	HAS(nft(), " queue to 7100\n");
}

START_TEST(tcp_and_udp_have_queues_of_their_own_which_several_workers_share)
{
	HAS(iptables(4), "-p udp -j NFQUEUE --queue-num 7101 --queue-bypass\n");
	HAS(nft(), "\n\t\tmeta l4proto tcp queue flags bypass to 7100\n"
	           "\t\tqueue flags bypass to 7101\n");
	settings.workers = 4;
	HAS(iptables(6), "-p tcp -j NFQUEUE --queue-balance 7100:7103 --queue-bypass\n");
	HAS(iptables(6), "-p udp -j NFQUEUE --queue-balance 7104:7107 --queue-bypass\n");
	HAS(nft(), " queue flags bypass to 7100-7103\n");
	HAS(nft(), "\tqueue flags bypass to 7104-7107\n");
}

START_TEST(reject_answers_and_drop_does_not)
{
	HAS(iptables(4), "-j REJECT --reject-with tcp-reset\n-A filterd-refuse -j REJECT "
	                 "--reject-with icmp-port-unreachable\n");
	HAS(iptables(6), "--reject-with icmp6-port-unreachable\n");
	HAS(nft(), "reject with tcp reset");
	settings.on_block = ON_BLOCK_DROP;
	LACKS(iptables(4), "REJECT");
	LACKS(nft(), "reject");
	HAS(iptables(4), "\n-A filterd-refuse -j DROP\n");
}

/* Behind the NAT of prerouting, where the receiver of a reply is the client again. */
START_TEST(replies_are_queued_where_they_have_their_receiver_until_the_flow_is_decided)
{
	HAS(iptables(4), "\n-A filterd-queue -m conntrack --ctdir REPLY -g filterd-turned\n");
	HAS(iptables(4), "\n-A filterd-back -m conntrack --ctdir REPLY -m connmark --mark "
	                 "0x40000000/0x70000000 -g filterd-replies\n");
	HAS(iptables(4), "\n-A filterd-out -m conntrack --ctdir REPLY -g filterd-replies\n");
	HAS(nft(), "hook prerouting priority -145; policy accept;\n");
	HAS(nft(), "\n\t\tiifname \"lo\" return\n\t\tiifname \"wan0\" return\n");
	HAS(nft(), "\n\t\tct direction reply goto turned\n");
	HAS(nft(), "\n\t\tct direction reply ct mark & 0x70000000 == 0x40000000 goto replies\n");
	/* A SYN/ACK says where the client's stream begins. */
	HAS(nft(), "chain replies {\n\t\tmeta l4proto != { tcp, udp } return\n"
	           "\t\tct mark & 0x70000000 != 0x40000000 return\n");
}

START_TEST(only_bits_of_the_mask_appear)
{
	settings.mark_mask = 0x00f00000;
	LACKS(iptables(4), "0x10000000");
	HAS(iptables(4), "-j CONNMARK --set-xmark 0x100000/0x300000\n");
	HAS(nft(), "ct mark set ct mark & 0xffcfffff | 0x100000");
}

/* What has its verdict is not queued once more, and what is decided meets little else. */
START_TEST(a_packet_is_judged_or_decided_before_anything_else_is_asked)
{
	BEGINS(iptables(4), "filterd-in",
	       "-A filterd-in -m mark --mark 0x80000000/0xc0000000 -m mark ! --mark 0/0x30000000 "
	       "-g filterd-judged\n"
	       "-A filterd-in -m mark ! --mark 0/0xf0000000 -j MARK --set-xmark 0/0xf0000000\n"
	       "-A filterd-in -m connmark --mark 0x10000000/0x30000000 -g filterd-final\n");
	HAS(nft(), "hook prerouting priority -145; policy accept;\n"
	           "\t\tmeta mark & 0xc0000000 == 0x80000000 meta mark & 0x30000000 != 0 goto "
	           "judged\n"
	           "\t\tmeta mark & 0xf0000000 != 0 meta mark set meta mark & 0xfffffff\n"
	           "\t\tct mark & 0x30000000 == 0x10000000 goto final\n");
	LACKS(iptables(4), "connbytes");
	LACKS(nft(), "packets");
}

/* Ours to the server keeps its mark, and is not taken for one that comes back from the queue. */
START_TEST(what_we_inject_is_neither_judged_nor_queued_nor_stopped)
{
	HAS(nft(), "\n\t\tmeta mark & 0x80000000 == 0x80000000 return\n");
	HAS(iptables(4), "\n-A filterd-out -m mark --mark 0x80000000/0xf0000000 -j RETURN\n");
	HAS(nft(), "ct direction original meta mark & 0x80000000 == 0 goto refuse\n");
}

START_TEST(a_syn_on_a_decided_connection_is_judged)
{
	HAS(nft(), "\tchain final {\n\t\tct direction original tcp flags & (syn | ack | rst) == syn "
	           "ct mark set ct mark & 0xcfffffff goto queueing\n");
	HAS(iptables(4), "--tcp-flags SYN,ACK,RST SYN -m conntrack --ctdir ORIGINAL -g "
	                 "filterd-anew\n");
	HAS(iptables(4), "\n-A filterd-anew -j CONNMARK --set-xmark 0/0x30000000\n"
	                 "-A filterd-anew -g filterd-queue\n");
}

/* Which of them a packet is, the daemon reads in its mark. */
START_TEST(new_known_reply_and_held_are_told_apart_in_the_queue)
{
	offloading.hold = true;
	/* its own first: where the kernel has no connection the rule ends before the second */
	HAS(nft(), "\n\t\tmeta mark set meta mark | 0xc0000000 ct status & confirmed == 0 "
	           "ct mark set ct mark | 0x40000000\n"
	           "\t\tct state != new meta mark set meta mark | 0x10000000\n");
	HAS(nft(), "\n\t\tmeta mark set meta mark | 0xe0000000\n");
	HAS(nft(), "\n\t\tmeta mark set meta mark | 0xf0000000\n");
	HAS(iptables(4), "\n-A filterd-enter -j MARK --set-xmark 0xc0000000/0xf0000000\n"
	                 "-A filterd-enter -m conntrack ! --ctstate NEW -j MARK --set-xmark "
	                 "0xd0000000/0xf0000000\n");
	HAS(iptables(6), "\n-A filterd-replies -j MARK --set-xmark 0xe0000000/0xf0000000\n");
	HAS(iptables(6), "\n-A filterd-hold -j MARK --set-xmark 0xf0000000/0xf0000000\n");
}

static const char *unseen(void)
{
	struct writer w = writer_over(text, RULES_TEXT_MAX);

	rules_write_unseen(&w, &settings);
	ck_assert(!w.full);
	text[w.len] = '\0';
	return (const char *)text;
}

START_TEST(what_comes_through_the_queue_unjudged_is_counted_in_each_hook)
{
	static const char *const hooks[] = { "prerouting", "input", "forward", "output" };

	settings.mark_mask = 0x00f00000;
	for (size_t i = 0; i < COUNT(hooks); i++) {
		char rule[200];

		snprintf(rule, sizeof(rule),
		         "unseen %s meta mark & 0xc00000 == 0xc00000 meta mark & 0x300000 != "
		         "0x300000 counter name unseen meta mark set meta mark & 0xff0fffff\n",
		         hooks[i]);
		HAS(unseen(), rule);
	}
}

START_TEST(bits_of_the_connection_leave_the_packet_behind_those_who_may_save_them)
{
	HAS(nft(), "\tchain mirror_out {\n\t\ttype filter hook postrouting priority -151; ");
	HAS(unseen(), "chain clear_postrouting { type filter hook postrouting priority -149; ");
	HAS(unseen(), "unseen forward meta mark & 0x80000000 == 0 meta mark & 0xf0000000 != 0 "
	              "meta mark set meta mark & 0xfffffff\n");
	HAS(unseen(), "unseen clear_postrouting meta mark & 0x80000000 == 0 meta mark & 0xf0000000 "
	              "!= 0 meta mark set meta mark & 0xfffffff\n");
}

START_TEST(a_flow_that_the_kernel_keeps_no_connection_of_is_looked_up_in_the_sets)
{
	HAS(unseen(), "unseen one_way_in ct state & (invalid | untracked) == 0 goto sources\n");
	HAS(unseen(), "unseen one_way_in meta l4proto { tcp, udp } ip saddr . ip daddr . meta l4proto . "
	              "th sport . th dport @passed4 ");
}

/* In both hooks, before the sets are looked at; of all versions that can be read. */
START_TEST(another_quic_connection_of_a_flow_that_is_decided_is_queued)
{
	HAS(unseen(), "unseen begins_out meta l4proto udp @th,64,1 1 @th,72,32 { 0x1, 0x6b3343cf, "
	              "0x709a50c4, 0xff00001d, 0xff00001e, 0xff00001f, 0xff000020 } ct direction original "
	              "ct mark & 0x30000000 == 0x10000000 ct mark set ct mark & 0xcfffffff\n");
	HAS(unseen(), "0xff000020 } goto sources\nadd rule inet filterd-unseen one_way_in ct state");
}

/* The table would begin at zero again if it were deleted. */
START_TEST(installing_again_does_not_delete_what_was_counted)
{
	LACKS(unseen(), "delete");
	HAS(unseen(), "\nflush chain inet filterd-unseen prerouting\n");
	LACKS(unseen(), "flush set");
}

static const char *connections(void)
{
	struct writer w = writer_over(text, RULES_TEXT_MAX);

	rules_write_connections(&w, &settings, &uplinks);
	ck_assert(!w.full);
	text[w.len] = '\0';
	return (const char *)text;
}

#define RULE "\nadd rule inet filterd-unseen "

/* A packet of a connection that is there meets this and no more. */
START_TEST(the_first_packet_of_a_connection_alone_is_looked_at)
{
	HAS(connections(), RULE "passed_forward ct status & confirmed == 0 goto forwarded\n");
	HAS(connections(), RULE "passed_input ct status & confirmed == 0 goto received\n");
	HAS(connections(), RULE "passed_output ct status & confirmed == 0 goto sent\n");
}

START_TEST(a_connection_that_came_by_the_queue_is_told_by_its_mark)
{
	settings.mark_mask = 0x00f00000;
	HAS(connections(), RULE "forwarded ct mark & 0x400000 == 0x400000 counter name met return"
	                   RULE "forwarded goto by_interface\n");
	HAS(connections(), RULE "sent ct mark & 0x400000 == 0x400000 counter name met_own return"
	                   RULE "sent counter name around_own\n");
}

START_TEST(what_auto_leaves_out_is_counted_apart)
{
	HAS(connections(), RULE "by_interface iifname \"wan0\" goto left_out"
	                   RULE "by_interface goto around\n");
	HAS(connections(), RULE "left_out oifname \"wan0\" goto outward\n");
	LACKS(connections(), "by_interface goto left_out");
}

START_TEST(so_is_what_protect_does_not_name)
{
	strcpy(settings.protect, "lan0 lan1");
	HAS(connections(), RULE "by_interface iifname \"lan0\" goto around"
	                   RULE "by_interface iifname \"lan1\" goto around"
	                   RULE "by_interface goto left_out\n");
	HAS(connections(), RULE "left_out oifname \"wan0\" goto outward\n");
	LACKS(connections(), "by_interface goto around");
	LACKS(connections(), "iifname \"wan0\"");
}

static const char *sources(void)
{
	struct writer w = writer_over(text, RULES_TEXT_MAX);

	rules_write_sources(&w, &settings, &uplinks);
	ck_assert(!w.full);
	text[w.len] = '\0';
	return (const char *)text;
}

/* Another QUIC connection has left it decided no longer. */
START_TEST(packets_of_decided_flows_alone_do_not_go_by_the_limits)
{
	HAS(unseen(), RULE "one_way_in ct state & (invalid | untracked) == 0 "
	              "ct mark & 0x30000000 == 0x10000000 accept"
	              RULE "one_way_in ct state & (invalid | untracked) == 0 goto sources\n");
	HAS(unseen(), RULE "one_way_in meta mark & 0xf0000000 != 0xb0000000 goto sources\n");
	HAS(unseen(), "\tchain sources { }\n");
	HAS(unseen(), "\nflush chain inet filterd-unseen sources\n");
}

/* Whoever shows another's IP address has not its MAC address. */
START_TEST(a_source_is_an_ip_address_at_a_mac_address_and_the_mac_address_has_twice_its_rate)
{
	settings.source_rate = 3000;
	settings.length      = 1000;
	HAS(sources(), RULE "of_client update @clients4 { ip saddr . ether saddr limit rate over "
	               "3000/second burst 250 packets } goto over_of\n");
	HAS(sources(), RULE "of_client update @clients_mac { ether saddr limit rate over "
	               "6000/second burst 500 packets } goto over_of\n");
	settings.length = 64;
	HAS(sources(), "ip saddr . ether saddr limit rate over 3000/second burst 64 packets }");
}

START_TEST(what_is_not_queued_has_no_limit)
{
	HAS(sources(), RULE "sources iifname \"wan0\" goto outside" RULE "sources goto of_client\n");
	LACKS(sources(), "sources goto outside");
	strcpy(settings.protect, "lan0 lan1");
	HAS(sources(), RULE "sources iifname \"lan0\" goto of_client"
	               RULE "sources iifname \"lan1\" goto of_client"
	               RULE "sources goto outside\n");
	LACKS(sources(), "sources goto of_client");
}

START_TEST(without_a_rate_there_are_no_limits)
{
	settings.source_rate = 0;
	ck_assert_str_eq(sources(), "");
}

/* An element of a set has the limit that the rule had when it was made. */
START_TEST(installing_again_gives_sources_their_new_limit_and_deletes_nothing_that_was_counted)
{
	HAS(sources(), "\nflush set inet filterd-unseen clients4\n");
	LACKS(sources(), "delete");
	LACKS(sources(), "flush set inet filterd-unseen over");
	LACKS(sources(), "flush table");
}

START_TEST(installing_again_does_not_delete_what_connections_were_counted)
{
	LACKS(connections(), "delete");
	LACKS(connections(), "flush set");
	LACKS(connections(), "flush table");
	HAS(connections(), "\nflush chain inet filterd-unseen passed_forward\n");
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
	           "\t\tct mark & 0x30000000 == 0x10000000 return\n"
	           "\t\tct mark & 0x60000000 != 0x40000000 return\n"
	           "\t\tct status & confirmed == 0 return\n"
	           "\t\tmeta mark set meta mark | 0xf0000000\n"
	           "\t\tmeta l4proto tcp queue flags bypass to 7100\n"
	           "\t\tmeta l4proto udp queue flags bypass to 7101\n\t}\n");
	LACKS(nft(), "flowtable");
	HAS(iptables(4), "-A filterd-hold -m connmark ! --mark 0x40000000/0x60000000 -j RETURN\n"
	                 "-A filterd-hold -m conntrack ! --ctstatus CONFIRMED -j RETURN\n");
	HAS(iptables(6), "\n-A filterd-hold -j filterd-send\n");
}

/* With nobody listening it goes on, and must not be taken for one that passed unseen further on. */
START_TEST(what_could_not_be_held_loses_the_mark)
{
	offloading.hold = true;
	HAS(nft(), "hook forward priority -138; policy accept;\n"
	           "\t\tmeta mark set meta mark & 0xfffffff\n");
}

START_TEST(own_offloads_what_is_decided_behind_the_firewall)
{
	offloading = (struct offloading){ .own = true, .devices = { "lan0", "wan0" },
	                                  .num_devices = 2 };
	HAS(nft(), "\n\t\thook ingress priority filter; devices = { \"lan0\", \"wan0\" };\n");
	HAS(nft(), "\n\t\ttype filter hook forward priority 10; policy accept;\n\t\tmeta l4proto { "
	           "tcp, udp } "
	           "ct mark & 0x30000000 == 0x10000000 ct state established flow add @offloaded\n");
	LACKS(nft(), "chain hold");
}

static const struct rule_chain *chain_of(const struct rule_row *r)
{
	for (size_t i = 0; i < num_rule_chains; i++) {
		if (strcmp(rule_chain_key(&rule_chains[i]), r->chain) == 0)
			return &rule_chains[i];
	}
	ck_abort_msg("%s", r->chain);
	return NULL;
}

static bool jump_is_of(const struct rule_jump *j, enum rule_way way)
{
	return j->is_link && (way == RULE_WAY_HELD ? j->when == IF_HOLD
	                                           : way == RULE_WAY_NEW && j->when != IF_HOLD);
}

static bool row_is_of(const struct rule_row *r, const char *rule, enum rule_way way)
{
	unsigned each = way == RULE_WAY_UPLINKS ? EACH_UPLINK : EACH_NAMED;

	if (way == RULE_WAY_NEW || way == RULE_WAY_HELD)
		return r->is_link && (r->when == IF_HOLD) == (way == RULE_WAY_HELD);
	return (r->when & each) == each && strstr(rule, "$interface") != NULL;
}

/* Links that were written down, each once. */
static char links[2048];

static void link_add(const char *table, const char *chain, const char *to)
{
	char link[128];

	snprintf(link, sizeof(link), "%s/%s>%s\n", table, chain, to);
	if (strstr(links, link) == NULL)
		snprintf(links + strlen(links), sizeof(links) - strlen(links), "%s", link);
}

/* Where a rule leads is its last word; the target that queues is the kernel's. */
static void row_add(const struct rule_row *r, bool is_nft, const char *rule)
{
	const struct rule_chain *c  = chain_of(r);
	const char              *to = strrchr(rule, ' ') != NULL ? strrchr(rule, ' ') + 1 : rule;

	if (strncmp(to, "$queue_", strlen("$queue_")) == 0)
		to = is_nft ? "queue" : "NFQUEUE";
	link_add(is_nft ? RULES_TABLE : c->table, is_nft ? c->nft : c->name, to);
}

/* _i: each way, by nft and then by iptables. */
START_TEST(the_links_that_are_read_back_are_those_of_the_rules)
{
	bool              is_nft = _i < NUM_RULE_WAYS;
	enum rule_way     way    = (enum rule_way)(_i % NUM_RULE_WAYS);
	struct rule_links ours   = rule_links(is_nft, way);
	char              said[sizeof(links)];

	links[0] = '\0';
	for (size_t i = 0; i < num_rule_jumps && !is_nft; i++) {
		if (jump_is_of(&rule_jumps[i], way))
			link_add(rule_jumps[i].table, rule_jumps[i].from, rule_jumps[i].to);
	}
	for (size_t i = 0; i < num_rule_rows; i++) {
		const char *rule = is_nft ? rule_table[i].nft : rule_table[i].iptables;

		if (rule != NULL && row_is_of(&rule_table[i], rule, way))
			row_add(&rule_table[i], is_nft, rule);
	}
	strcpy(said, links);
	links[0] = '\0';
	for (size_t i = 0; i < ours.num; i++)
		link_add(ours.at[i].table, ours.at[i].chain, ours.at[i].to);
	ck_assert(ours.num > 0);
	ck_assert_str_eq(links, said);
}

START_TEST(each_rule_is_of_a_chain_that_there_is)
{
	for (size_t i = 0; i < num_rule_rows; i++)
		chain_of(&rule_table[i]);
}

/* Rules of one chain stand together: by their numbers it shows whether others stand among them. */
START_TEST(rules_that_count_come_chain_by_chain)
{
	static char   all[RULES_TEXT_MAX + 1];
	struct writer to = writer_over(all, RULES_TEXT_MAX);
	const char   *add = "add rule inet " RULES_UNSEEN_TABLE " ", *at = all;
	char          seen[64][24];
	size_t        num = 0;

	rules_write_unseen(&to, &settings);
	rules_write_sources(&to, &settings, &uplinks);
	rules_write_connections(&to, &settings, &uplinks);
	ck_assert(!to.full);
	all[to.len] = '\0';
	while ((at = strstr(at, add)) != NULL) {
		char chain[24];

		at += strlen(add);
		ck_assert_int_eq(sscanf(at, "%23s", chain), 1);
		if (num > 0 && strcmp(seen[num - 1], chain) == 0)
			continue;
		for (size_t i = 0; i < num; i++)
			ck_assert_msg(strcmp(seen[i], chain) != 0, "%s comes twice", chain);
		ck_assert_uint_lt(num, COUNT(seen));
		strcpy(seen[num++], chain);
	}
	ck_assert_uint_gt(num, 20);
}

int main(void)
{
	Suite *s = suite_create("rules");
	TCase *t = tcase_create("rules");

	tcase_add_checked_fixture(t, set_up, NULL);
	tcase_add_test(t, what_comes_from_the_way_out_is_not_queued);
	tcase_add_test(t, named_interfaces_alone_are_protected);
	tcase_add_test(t, open_and_closed_differ_in_the_bypass);
	tcase_add_test(t, tcp_and_udp_have_queues_of_their_own_which_several_workers_share);
	tcase_add_test(t, reject_answers_and_drop_does_not);
	tcase_add_test(t,
	               replies_are_queued_where_they_have_their_receiver_until_the_flow_is_decided);
	tcase_add_test(t, only_bits_of_the_mask_appear);
	tcase_add_test(t, a_packet_is_judged_or_decided_before_anything_else_is_asked);
	tcase_add_test(t, what_we_inject_is_neither_judged_nor_queued_nor_stopped);
	tcase_add_test(t, a_syn_on_a_decided_connection_is_judged);
	tcase_add_test(t, new_known_reply_and_held_are_told_apart_in_the_queue);
	tcase_add_test(t, what_comes_through_the_queue_unjudged_is_counted_in_each_hook);
	tcase_add_test(t, a_flow_that_the_kernel_keeps_no_connection_of_is_looked_up_in_the_sets);
	tcase_add_test(t, bits_of_the_connection_leave_the_packet_behind_those_who_may_save_them);
	tcase_add_test(t, another_quic_connection_of_a_flow_that_is_decided_is_queued);
	tcase_add_test(t, installing_again_does_not_delete_what_was_counted);
	tcase_add_test(t, the_first_packet_of_a_connection_alone_is_looked_at);
	tcase_add_test(t, a_connection_that_came_by_the_queue_is_told_by_its_mark);
	tcase_add_test(t, what_auto_leaves_out_is_counted_apart);
	tcase_add_test(t, so_is_what_protect_does_not_name);
	tcase_add_test(t, packets_of_decided_flows_alone_do_not_go_by_the_limits);
	tcase_add_test(t,
	               a_source_is_an_ip_address_at_a_mac_address_and_the_mac_address_has_twice_its_rate);
	tcase_add_test(t, what_is_not_queued_has_no_limit);
	tcase_add_test(t, without_a_rate_there_are_no_limits);
	tcase_add_test(
		t,
		installing_again_gives_sources_their_new_limit_and_deletes_nothing_that_was_counted);
	tcase_add_test(t, installing_again_does_not_delete_what_connections_were_counted);
	tcase_add_test(t, nothing_is_done_about_offloading_unless_asked_for);
	tcase_add_test(t, undecided_flows_are_held_before_rules_of_others_in_the_forward_hook);
	tcase_add_test(t, what_could_not_be_held_loses_the_mark);
	tcase_add_test(t, own_offloads_what_is_decided_behind_the_firewall);
	tcase_add_loop_test(t, the_links_that_are_read_back_are_those_of_the_rules, 0,
	                    2 * NUM_RULE_WAYS);
	tcase_add_test(t, each_rule_is_of_a_chain_that_there_is);
	tcase_add_test(t, rules_that_count_come_chain_by_chain);
	suite_add_tcase(s, t);
	return suite_run(s);
}
