/* SPDX-License-Identifier: MIT */

#include "kernel/protection.h"

#include "kernel/routes.h"
#include "kernel/rule_text.h"

#include <stdio.h>
#include <string.h>

_Static_assert(STATUS_NAME_MAX == IF_NAMESIZE && STATUS_NETWORK_MAX == NETWORK_TEXT_MAX,
               "names and networks fit");

static bool is_there(const struct network *n, struct bytes name)
{
	for (size_t i = 0; i < n->num_links; i++) {
		if (bytes_equal(bytes_text(n->links[i].name), name))
			return true;
	}
	return false;
}

void protection_missing(const struct network *n, const char *protect, struct missing *out)
{
	struct writer w    = writer_over(out->names, sizeof(out->names) - 1);
	size_t        have = 0;
	struct bytes  name;

	*out = (struct missing){ .num = 0 };
	while (strcmp(protect, "auto") != 0 && rule_next_word(&protect, &name)) {
		if (is_there(n, name)) {
			have++;
			continue;
		}
		write_text(&w, out->num++ > 0 ? ", " : "");
		write_bytes(&w, name);
	}
	out->names[w.len] = '\0';
	out->is_all       = out->num > 0 && have == 0;
}

bool protection_say_missing(const struct missing *m, struct problem *out)
{
	if (m->num == 0)
		return false;
	return problem_say(out, true, "there %s %.200s now: %s",
	                   m->num == 1 ? "is no interface" : "are no interfaces", m->names,
	                   m->is_all ? "nobody is filtered"
	                   : m->num == 1 ? "whoever comes by it later is filtered then"
	                   : "whoever comes by them later is filtered then");
}

static bool is_ruled(const struct rule_interfaces *rules, const char *name)
{
	for (size_t i = 0; i < rules->num; i++) {
		if (strcmp(rules->names[i], name) == 0)
			return true;
	}
	return false;
}

static bool protection_is_left_out(const struct rule_interfaces *rules, const char *name)
{
	return is_ruled(rules, name) == rules->is_auto;
}

/* Like rules made now. */
static void make_rules(const struct network *n, const char *protect, struct rule_interfaces *out)
{
	struct uplinks left_out;
	struct bytes   name;

	*out = (struct rule_interfaces){ .is_auto = strcmp(protect, "auto") == 0 };
	if (out->is_auto) {
		routes_left_out(n, &left_out);
		out->num = left_out.num;
		memcpy(out->names, left_out.names, sizeof(left_out.names));
		return;
	}
	while (rule_next_word(&protect, &name) && out->num < READBACK_INTERFACES)
		snprintf(out->names[out->num++], IF_NAMESIZE, "%.*s", (int)name.len,
		         (const char *)name.at);
}

/* An interface without a network is reported only if it was named. */
static void add_interface(struct status_protection *out, const struct network_link *l,
                          const struct rule_interfaces *rules)
{
	struct status_interface *one;

	if (l->num_prefixes == 0 && !is_ruled(rules, l->name))
		return;
	if (out->num == STATUS_INTERFACES) {
		out->num_more++;
		return;
	}
	one  = &out->interfaces[out->num++];
	*one = (struct status_interface){ .is_left_out = protection_is_left_out(rules, l->name) };
	memcpy(one->name, l->name, sizeof(one->name));
	for (size_t i = 0; i < l->num_prefixes && i < STATUS_NETWORKS; i++)
		network_write(&l->prefixes[i], one->networks[one->num_networks++]);
}

/* Leaving out a protected interface is worse, and reported first. */
static void note_stale(struct status_protection *out, const struct network_link *l,
                       const struct rule_interfaces *rules, const struct rule_interfaces *now)
{
	bool is_out = protection_is_left_out(rules, l->name);

	if (is_out == protection_is_left_out(now, l->name) ||
	    (out->stale[0] != '\0' && (out->is_stale_left_out || !is_out)))
		return;
	memcpy(out->stale, l->name, sizeof(out->stale));
	out->is_stale_left_out = is_out;
}

/*
 * In a network with private addresses, hosts other than routers may be clients: in a VLAN that was
 * not named, or behind a gateway with one interface for clients and uplink. If the settings name
 * interfaces without the uplink, that was deliberate.
 */
static void note_suspect(struct status_protection *out, const struct network_link *l,
                         const struct rule_interfaces *rules, const struct uplinks *ways_out)
{
	bool is_private = false;

	for (size_t i = 0; i < l->num_prefixes; i++)
		is_private = is_private || network_is_private(&l->prefixes[i]);
	if (out->suspect[0] == '\0' && is_private && l->num_neighbours > 0 &&
	    protection_is_left_out(rules, l->name) &&
	    (rules->is_auto || !routes_has(ways_out, l->name)))
		memcpy(out->suspect, l->name, sizeof(out->suspect));
}

/* The first protected interface with an address; "" if a protected one is not an uplink. */
static void note_only(struct status_protection *out, const struct network_link *l,
                      const struct rule_interfaces *rules, const struct uplinks *ways_out,
                      bool *has_inside)
{
	if (!rules->is_auto || l->num_prefixes == 0 || protection_is_left_out(rules, l->name))
		return;
	*has_inside = *has_inside || !routes_has(ways_out, l->name);
	if (*has_inside)
		out->only[0] = '\0';
	else if (out->only[0] == '\0')
		memcpy(out->only, l->name, sizeof(out->only));
}

void protection_judge(const struct network *n, const struct rule_interfaces *rules,
                      const char *protect, struct status_protection *out)
{
	struct rule_interfaces now;
	struct uplinks         ways_out;
	bool                   is_cut_off, has_inside = false;

	make_rules(n, protect, &now);
	routes_ways_out(n, &ways_out);
	/*
	 * A line is down. The old uplink will come back, and no packets leave meanwhile.
	 */
	is_cut_off = rules->is_auto && now.is_auto && ways_out.num == 0;
	*out = (struct status_protection){ .known = true, .is_nobody = true };
	for (size_t i = 0; i < n->num_links; i++) {
		const struct network_link *l = &n->links[i];

		if (l->is_loopback)
			continue;
		add_interface(out, l, rules);
		if (!is_cut_off)
			note_stale(out, l, rules, &now);
		note_suspect(out, l, rules, &ways_out);
		note_only(out, l, rules, &ways_out, &has_inside);
		out->is_nobody = out->is_nobody && protection_is_left_out(rules, l->name);
	}
	for (size_t i = 0; i < rules->num && !rules->is_auto; i++) {
		if (network_find(n, rules->names[i]) == NULL &&
		    out->num_missing < STATUS_INTERFACES)
			memcpy(out->missing[out->num_missing++], rules->names[i], IF_NAMESIZE);
	}
}

void protection_would(const struct network *n, const char *protect, struct status_protection *out)
{
	struct rule_interfaces rules;

	make_rules(n, protect, &rules);
	protection_judge(n, &rules, protect, out);
}
