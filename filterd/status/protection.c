/* SPDX-License-Identifier: MIT */

/* Interfaces and their networks, in words. */

#include "status/status.h"

/* Collects the interfaces left out, or the others; gives their number. */
static size_t status_protection_list(struct writer *w, const struct status_protection *p,
                                     bool left_out)
{
	size_t num = 0;

	for (size_t i = 0; i < p->num; i++) {
		const struct status_interface *one = &p->interfaces[i];

		if (one->is_left_out != left_out)
			continue;
		write_format(w, "%s%s", num++ > 0 ? ", " : "", one->name);
		for (size_t k = 0; k < one->num_networks; k++)
			write_format(w, " %s", one->networks[k]);
	}
	return num;
}

void status_protection_say(struct writer *w, const struct status_protection *p)
{
	if (!p->known) {
		write_text(w, "unknown");
		return;
	}
	if (status_protection_list(w, p, false) == 0)
		write_text(w, p->is_nobody ? "nobody" : "interfaces without an address");
	write_text(w, "; leaves out ");
	if (status_protection_list(w, p, true) == 0)
		write_text(w, "nothing");
	if (p->num_more > 0)
		write_format(w, "; and %zu interface%s more", p->num_more,
		             p->num_more == 1 ? "" : "s");
}

/*
 * A gateway with one interface: clients use the same interface as the uplink, and their
 * connections prove it.
 */
static bool status_protection_is_alone(const struct status_protection *p)
{
	return p->only[0] != '\0' && !p->has_met;
}

bool status_protection_is_nobody(const struct status_protection *p)
{
	return p->known && (p->is_nobody || status_protection_is_alone(p));
}

static void list_missing(const struct status_protection *p, char out[STATUS_TROUBLE_MAX / 2])
{
	struct writer w = writer_over(out, STATUS_TROUBLE_MAX / 2 - 1);

	for (size_t i = 0; i < p->num_missing; i++)
		write_format(&w, "%s%s", i > 0 ? ", " : "", p->missing[i]);
	out[w.len] = '\0';
}

static void wrong_missing(const struct status_protection *p, struct status_wrong *out)
{
	static const char remedy[] = "look at protect in [queue]";
	char        names[STATUS_TROUBLE_MAX / 2];
	const char *are = p->num_missing == 1 ? "is no interface" : "are no interfaces";

	list_missing(p, names);
	if (p->num_missing == 0)
		status_wrong_say(out, remedy, "nobody is filtered: no interface is protected");
	else if (p->is_nobody)
		status_wrong_say(out, remedy, "nobody is filtered: there %s %s", are, names);
	else
		status_wrong_say(out, remedy, "there %s %s, which the rules are to protect", are,
		                 names);
}

size_t status_protection_wrong(const struct status_protection *p,
                               struct status_wrong out[STATUS_WRONG_MAX])
{
	static const char remedy[] = "name the interfaces of clients in protect in [queue]";
	size_t            num      = 0;

	if (!p->known)
		return 0;
	if (p->is_nobody || p->num_missing > 0)
		wrong_missing(p, &out[num++]);
	else if (status_protection_is_alone(p))
		status_wrong_say(&out[num++], remedy,
		                 "nobody is known to be filtered: %s alone is protected, which "
		                 "leads to the Internet, and no client came by it since the rules "
		                 "were made", p->only);
	if (p->stale[0] != '\0' && p->is_stale_left_out)
		status_wrong_say(&out[num++], "run filterctl rules install",
		                 "clients of %s are not filtered: the rules leave it out, but by "
		                 "the present settings and routes they should not", p->stale);
	else if (p->stale[0] != '\0')
		status_wrong_say(&out[num++], "run filterctl rules install",
		                 "the rules protect %s, but by the present settings and routes "
		                 "they should leave it out", p->stale);
	/* Whether they are clients is not measured here. */
	if (p->suspect[0] != '\0' && (p->stale[0] == '\0' || !p->is_stale_left_out))
		status_wrong_say(&out[num++], remedy,
		                 "%s is left out, but has hosts with private addresses that are "
		                 "not routers: perhaps clients", p->suspect);
	return num;
}
