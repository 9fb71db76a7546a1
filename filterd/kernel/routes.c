/* SPDX-License-Identifier: MIT */

/*
 * Leaving out an interface with clients is the worst mistake here: they are not filtered.
 * Protecting an uplink costs little: replies do not count as coming from their interface, so only
 * connections from outside are added, and a gateway has few of them. So doubtful interfaces are
 * protected:
 *
 *   - a default route of another table, used by policy routing: it is for some packets only, and
 *     often leads back into the clients' network (`ip rule from ... lookup`);
 *   - the second of two uplinks with different metrics (mwan3): it carries replies, unless the
 *     first is down, and then the rules can be installed again;
 *   - a tunnel that takes all traffic by a table of its own (wg-quick, table 51820) or by two
 *     halves of the Internet (OpenVPN, 0.0.0.0/1 and 128.0.0.0/1): packets that leave by it were
 *     judged at their incoming interface.
 *
 * The kernel does not use a route if all its hops are dead. A dead hop among live ones counts as an
 * uplink, because it comes back.
 */

#include "kernel/routes.h"

#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

bool routes_has(const struct uplinks *u, const char *name)
{
	for (size_t i = 0; i < u->num; i++) {
		if (strcmp(u->names[i], name) == 0)
			return true;
	}
	return false;
}

static void routes_add(const struct network *n, struct uplinks *u, unsigned index)
{
	for (size_t i = 0; i < n->num_links; i++) {
		const struct network_link *l = &n->links[i];

		if (l->index == index && !l->is_loopback && !routes_has(u, l->name) &&
		    u->num < ROUTES_MAX)
			snprintf(u->names[u->num++], IF_NAMESIZE, "%s", l->name);
	}
}

static bool is_candidate(const struct network_route *r, int family)
{
	return r->family == family && r->table == RT_TABLE_MAIN && r->is_alive;
}

static bool is_better(const struct network_route *a, const struct network_route *b)
{
	return a->metric != b->metric ? a->metric < b->metric : a->preference > b->preference;
}

static const struct network_route *best_route(const struct network *n, int family)
{
	const struct network_route *best = NULL;

	for (size_t i = 0; i < n->num_routes; i++) {
		if (is_candidate(&n->routes[i], family) &&
		    (best == NULL || is_better(&n->routes[i], best)))
			best = &n->routes[i];
	}
	return best;
}

void routes_ways_out(const struct network *n, struct uplinks *out)
{
	out->num = 0;
	for (int family = 4; family <= 6; family += 2) {
		const struct network_route *best = best_route(n, family);

		for (size_t i = 0; i < n->num_routes; i++) {
			const struct network_route *r = &n->routes[i];

			if (!is_candidate(r, family) || is_better(best, r))
				continue;
			for (size_t k = 0; k < r->num_hops; k++)
				routes_add(n, out, r->hops[k]);
		}
	}
}

bool routes_lead_by(const struct network *n, const struct network_link *l)
{
	for (size_t i = 0; i < n->num_routes; i++) {
		for (size_t k = 0; k < n->routes[i].num_hops; k++) {
			if (n->routes[i].hops[k] == l->index)
				return true;
		}
	}
	return false;
}

/* Only if the prefix has more addresses than the two ends of a line. */
static bool can_have_clients(const struct network *n, const struct network_link *l)
{
	/* A tunnel that is the uplink of some table has none, whatever its prefix. */
	if (l->is_loopback || (l->is_point_to_point && routes_lead_by(n, l)))
		return false;
	for (size_t i = 0; i < l->num_prefixes; i++) {
		if (l->prefixes[i].bits < (l->prefixes[i].family == 4 ? 31 : 127))
			return true;
	}
	return false;
}

static bool others_have_clients(const struct network *n, const struct uplinks *u)
{
	for (size_t i = 0; i < n->num_links; i++) {
		if (!routes_has(u, n->links[i].name) && can_have_clients(n, &n->links[i]))
			return true;
	}
	return false;
}

static bool is_all(const struct network *n, const struct uplinks *u)
{
	for (size_t i = 0; i < n->num_links; i++) {
		if (!n->links[i].is_loopback && !routes_has(u, n->links[i].name))
			return false;
	}
	return true;
}

void routes_left_out(const struct network *n, struct uplinks *out)
{
	struct uplinks ways;

	routes_ways_out(n, &ways);
	*out = (struct uplinks){ .num = 0 };
	if (is_all(n, &ways))
		return;
	if (others_have_clients(n, &ways)) {
		*out = ways;
		return;
	}
	/* One-armed: clients and uplink share the interface. */
	for (size_t i = 0; i < ways.num; i++) {
		if (!can_have_clients(n, network_find(n, ways.names[i])))
			memcpy(out->names[out->num++], ways.names[i], IF_NAMESIZE);
	}
}
