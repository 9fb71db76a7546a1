/* SPDX-License-Identifier: MIT */

/*
 * Interfaces and default routes of hosts as people have them, and what `protect = auto` leaves out
 * there. Each host is a few lines:
 *
 *     link NAME [p2p] [BITS | six BITS]    an interface, with an address of so long a prefix
 *     route 4|6 TABLE METRIC [PREF] NAME[!]...     a default route by these; `!`: that hop is dead
 */

#include "kernel/routes.h"
#include "support/suite.h"

#include <stdio.h>
#include <string.h>

#define MAIN 254

static struct network network;

static const struct {
	const char *what, *host, *ways_out, *left_out;
} cases[] = {
	{ "a gateway with one uplink",
	  "link lan0 24\nlink wan0 24\nroute 4 254 0 wan0\nroute 6 254 1024 wan0\n",
	  "wan0", "wan0" },
	{ "a default route of policy routing leads back into the LAN",
	  "link lan0 24\nlink wan0 24\nroute 4 254 0 wan0\nroute 4 100 0 lan0\n", "wan0", "wan0" },
	{ "the LAN's DHCP server has `option gateway`: a route with a worse metric",
	  "link lan0 24\nlink wan0 24\nroute 4 254 100 wan0\nroute 4 254 200 lan0\n", "wan0",
	  "wan0" },
	{ "one-armed: the clients come in where everything goes out",
	  "link eth0 24\nlink dum0\nroute 4 254 0 eth0\n", "eth0", "" },
	{ "one interface alone", "link eth0\nroute 4 254 0 eth0\n", "eth0", "" },
	{ "one-armed with a tunnel that takes all by a table of its own, whatever its prefix",
	  "link eth0 24\nlink wg0 p2p 24\nroute 4 254 0 eth0\nroute 4 51820 0 wg0\n", "eth0", "" },
	{ "one-armed, the uplink in a tunnel of the main table",
	  "link eth0 24\nlink ppp0 p2p 32\nroute 4 254 0 ppp0\n", "ppp0", "ppp0" },
	{ "clients by WireGuard alone",
	  "link eth0 24\nlink wg0 p2p 24\nroute 4 254 0 eth0\n", "eth0", "eth0" },
	{ "PPPoE over an interface without an address",
	  "link lan0 24\nlink eth1\nlink ppp0 p2p 32\nroute 4 254 0 ppp0\n", "ppp0", "ppp0" },
	{ "wg-quick with a full tunnel: wan0 is still where all leaves",
	  "link lan0 24\nlink wan0 24\nlink wg0 p2p 32\nroute 4 254 0 wan0\nroute 4 51820 0 "
	  "wg0\n", "wan0", "wan0" },
	{ "two uplinks of different metric: the second is no best route",
	  "link lan0 24\nlink wan0 24\nlink wan1 24\nroute 4 254 20 wan1\nroute 4 254 10 wan0\n",
	  "wan0", "wan0" },
	{ "two of the same metric",
	  "link lan0 24\nlink wan0 24\nlink wan1 24\nroute 6 254 10 wan1\nroute 6 254 10 wan0\n",
	  "wan1 wan0", "wan1 wan0" },
	{ "all hops of one route",
	  "link lan0 24\nlink wan0 24\nlink wan1 24\nroute 4 254 0 wan0 wan1\n", "wan0 wan1",
	  "wan0 wan1" },
	{ "a hop that is dead comes back",
	  "link lan0 24\nlink wan0 24\nlink wan1 24\nroute 4 254 0 wan0! wan1\n", "wan0 wan1",
	  "wan0 wan1" },
	{ "a route all of whose hops are dead is not used",
	  "link lan0 24\nlink wan0 24\nlink wan1 24\nroute 4 254 10 wan0!\nroute 4 254 20 wan1\n",
	  "wan1", "wan1" },
	{ "IPv6 goes another way than IPv4",
	  "link lan0 24\nlink wan0 24\nlink he0 p2p six 64\nroute 4 254 0 wan0\nroute 6 254 1024 "
	  "he0\n", "wan0 he0", "wan0 he0" },
	{ "of two routers that announce themselves, the one with the higher preference",
	  "link lan0 24\nlink wan0 24\nroute 6 254 1024 low lan0\nroute 6 254 1024 wan0\n", "wan0",
	  "wan0" },
	{ "and the metric comes before that",
	  "link lan0 24\nlink wan0 24\nroute 6 254 1024 high lan0\nroute 6 254 512 wan0\n", "wan0",
	  "wan0" },
	{ "a tunnel of the main table has a prefix, and is still no network of clients",
	  "link eth0\nlink eth1\nlink tun0 p2p 24\nroute 4 254 0 tun0\n", "tun0", "tun0" },
	{ "clients by IPv6 alone",
	  "link lan0 six 64\nlink wan0 24\nroute 4 254 0 wan0\n", "wan0", "wan0" },
	{ "an address alone is no network of clients",
	  "link dum0 32\nlink dum1 six 128\nlink eth0 24\nroute 4 254 0 eth0\n", "eth0", "" },
	{ "no way out is known", "link lan0 24\nlink wan0 24\n", "", "" },
	{ "none but in other tables", "link lan0 24\nlink wan0 24\nroute 4 7 0 wan0\n", "", "" },
	{ "loopback is neither", "link lo 8\nlink eth0 24\nroute 4 254 0 lo eth0\n", "eth0", "" },
};

static void add_link(char *words)
{
	struct network_link *l = &network.links[network.num_links++];
	char                *rest;
	int                  family = 4;

	snprintf(l->name, sizeof(l->name), "%s", strtok_r(words, " ", &rest));
	l->index       = (unsigned)network.num_links;
	l->is_loopback = strcmp(l->name, "lo") == 0;
	for (const char *word; (word = strtok_r(NULL, " ", &rest)) != NULL;) {
		if (strcmp(word, "p2p") == 0)
			l->is_point_to_point = true;
		else if (strcmp(word, "six") == 0)
			family = 6;
		else
			l->prefixes[l->num_prefixes++] = (struct network_prefix){
				.family = family, .bits = (uint8_t)atoi(word)
			};
	}
}

static void add_route(char *words)
{
	struct network_route *r = &network.routes[network.num_routes++];
	char                 *rest;

	r->family = atoi(strtok_r(words, " ", &rest));
	r->table  = (uint32_t)atoi(strtok_r(NULL, " ", &rest));
	r->metric = (uint32_t)atoi(strtok_r(NULL, " ", &rest));
	for (char *word; (word = strtok_r(NULL, " ", &rest)) != NULL;) {
		size_t len     = strcspn(word, "!");
		bool   is_dead = word[len] == '!';

		word[len] = '\0';
		if (strcmp(word, "low") == 0 || strcmp(word, "high") == 0) {
			r->preference = word[0] == 'h' ? 1 : -1;
			continue;
		}
		r->hops[r->num_hops++] = network_find(&network, word)->index;
		r->is_alive            = r->is_alive || !is_dead;
	}
}

static void make_host(const char *host)
{
	char text[400], *rest = text;

	memset(&network, 0, sizeof(network));
	snprintf(text, sizeof(text), "%s", host);
	for (char *line; (line = strsep(&rest, "\n")) != NULL && line[0] != '\0';) {
		if (strncmp(line, "link ", 5) == 0)
			add_link(line + 5);
		else
			add_route(line + 6);
	}
}

static const char *names(const struct uplinks *u)
{
	static char text[ROUTES_MAX * IF_NAMESIZE];
	size_t      len = 0;

	text[0] = '\0';
	for (size_t i = 0; i < u->num; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s", i > 0 ? " " : "",
		                        u->names[i]);
	return text;
}

START_TEST(what_leads_outside_and_what_of_it_is_left_out)
{
	struct uplinks u;

	make_host(cases[_i].host);
	routes_ways_out(&network, &u);
	ck_assert_msg(strcmp(names(&u), cases[_i].ways_out) == 0, "%s: ways out: %s",
	              cases[_i].what, names(&u));
	routes_left_out(&network, &u);
	ck_assert_msg(strcmp(names(&u), cases[_i].left_out) == 0, "%s: left out: %s",
	              cases[_i].what, names(&u));
}

/* More uplinks than there is room for: those beyond are protected. */
START_TEST(what_there_is_no_room_for_is_not_left_out)
{
	struct uplinks u;

	make_host("link lan0 24\n");
	for (unsigned i = 0; i < ROUTES_MAX + 3; i++) {
		struct network_link  *l = &network.links[network.num_links++];
		struct network_route *r = &network.routes[network.num_routes++];

		snprintf(l->name, sizeof(l->name), "wan%u", i);
		l->index = (unsigned)network.num_links;
		*r = (struct network_route){ .family = 4, .table = MAIN, .is_alive = true,
			                     .num_hops = 1, .hops = { l->index } };
	}
	routes_left_out(&network, &u);
	ck_assert_uint_eq(u.num, ROUTES_MAX);
	ck_assert(!routes_has(&u, "lan0"));
}

/* Of whatever host this runs on. */
START_TEST(the_kernel_names_its_interfaces)
{
	const struct network_link *lo;

	ck_assert_int_eq(network_now(&network), 0);
	lo = network_find(&network, "lo");
	ck_assert_ptr_nonnull(lo);
	ck_assert(lo->is_loopback);
	ck_assert_ptr_null(network_find(&network, "no-such-link"));
}

int main(void)
{
	Suite *s = suite_create("routes");
	TCase *t = tcase_create("routes");

	tcase_add_loop_test(t, what_leads_outside_and_what_of_it_is_left_out, 0, COUNT(cases));
	tcase_add_test(t, what_there_is_no_room_for_is_not_left_out);
	tcase_add_test(t, the_kernel_names_its_interfaces);
	suite_add_tcase(s, t);
	return suite_run(s);
}
