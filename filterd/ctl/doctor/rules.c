/* SPDX-License-Identifier: MIT */

/* Our rules: are they in place, for both families, ahead of others' rules, and as configured? */

#include "ctl/doctor/doctor.h"

#include "kernel/ipv6.h"
#include "kernel/protection.h"
#include "kernel/readback.h"
#include "os/files.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define INSTALL   "filterctl rules install"
#define REINSTALL "filterctl rules remove && filterctl rules install"

static bool has_any(const struct foreign_rules *o)
{
	return o->has_nft || o->has_iptables4 || o->has_iptables6;
}

static void check_there(struct doctor *d)
{
	int        error = d->readback_error;
	enum hooks hooks = error == 0 ? readback_hooks(d->readback) : HOOKS_UNKNOWN;

	if (hooks == HOOKS_UNKNOWN && (doctor_is_hidden(error) || geteuid() != 0))
		doctor_unknown(d, "rules");
	else if (hooks == HOOKS_OK)
		doctor_ok(d, "rules",
		          "every rule on a packet's way is in place, and none was added");
	else if (hooks == HOOKS_CHANGED)
		doctor_say(d, HEALTH_BROKEN, "rules", INSTALL,
		           "another program has changed our rules in '%s': added one, or removed "
		           "one",
		           readback_changed(d->readback));
	else if (hooks == HOOKS_UNKNOWN)
		doctor_say(d, HEALTH_UNKNOWN, "rules", INSTALL,
		           "the kernel does not say which rules it has");
	else if (has_any(&d->foreign))
		doctor_say(d, HEALTH_BROKEN, "rules", INSTALL,
		           "some of our rules are gone: another program has removed them");
	else
		doctor_say(d, HEALTH_BROKEN, "rules", INSTALL,
		           "no rules bring packets to filterd: all pass unseen");
}

/* An nft table serves both families; an iptables chain serves one. */
static void check_ipv6(struct doctor *d)
{
	const struct foreign_rules *o = &d->foreign;

	if (access("/proc/net/if_inet6", F_OK) != 0)
		doctor_ok(d, "ipv6", "this kernel has no IPv6");
	else if (o->is_unknown)
		doctor_unknown(d, "ipv6");
	else if (o->has_iptables4 && !o->has_iptables6 && !ipv6_is_used_now())
		doctor_ok(d, "ipv6", "IPv6 has no rules, and no interface has an IPv6 address");
	else if (o->has_iptables4 && !o->has_iptables6)
		doctor_say(d, HEALTH_BROKEN, "ipv6", INSTALL,
		           "IPv4 has rules and IPv6 has none: IPv6 traffic passes unseen");
	else if (o->has_iptables6 && !o->has_iptables4)
		doctor_say(d, HEALTH_BROKEN, "ipv6", INSTALL,
		           "IPv6 has rules and IPv4 has none: IPv4 traffic passes unseen");
	else if (has_any(o))
		doctor_ok(d, "ipv6", "IPv4 and IPv6 have the same rules");
	else
		doctor_say(d, HEALTH_BROKEN, "ipv6", INSTALL, "neither IPv4 nor IPv6 has rules");
}

static void check_settings(struct doctor *d)
{
	const struct settings      *s    = &d->settings;
	const struct foreign_rules *o    = &d->foreign;
	uint32_t                    last = s->first + SETTINGS_QUEUES(s) - 1;

	if (!o->has_queue)
		return;
	if (o->queue_first != s->first || o->queue_last != last)
		doctor_say(d, HEALTH_BROKEN, "settings", INSTALL,
		           "the rules send packets to queues %u to %u, filterd listens on %u to %u",
		           o->queue_first, o->queue_last, s->first, last);
	else if (o->bypass != (s->on_failure == ON_FAILURE_OPEN))
		doctor_say(d, HEALTH_ATTENTION, "settings", INSTALL,
		           "without filterd the rules %s, but on-failure says otherwise",
		           o->bypass ? "let packets pass" : "stop packets");
	else
		doctor_ok(d, "settings", "the rules match the settings");
}

static int protection_now(const struct doctor *d, struct status_protection *out)
{
	static struct network         network;
	static struct rule_interfaces rules;
	static struct connections     connections;
	int                           error = d->readback_error;

	if (error == 0)
		error = readback_interfaces(d->readback, &rules);
	if (error == 0)
		error = network_now(&network);
	if (error != 0)
		return error;
	protection_judge(&network, &rules, d->settings.protect, out);
	out->has_met = readback_connections(d->readback, &connections) == 0 && connections.met > 0;
	return 0;
}

/* Missing rules are another check's finding. */
static void check_protection(struct doctor *d)
{
	struct status_protection p = { .known = false };
	struct status_wrong      wrong[STATUS_WRONG_MAX];
	char                     says[600];
	enum health              health;
	struct writer            w   = writer_over(says, sizeof(says) - 1);
	size_t                   num;
	int                      error = protection_now(d, &p);

	if (d->foreign.is_unknown)
		doctor_unknown(d, "protect");
	if (d->foreign.is_unknown || error == -ENOENT)
		return;
	if (error != 0) {
		doctor_say(d, HEALTH_ATTENTION, "protect", "sudo filterctl doctor",
		           "unknown: the kernel does not say whose clients the rules protect: %s",
		           strerror(-error));
		return;
	}
	num    = status_protection_wrong(&p, wrong);
	health = status_protection_is_nobody(&p) ? HEALTH_BROKEN : HEALTH_ATTENTION;
	for (size_t i = 0; i < num; i++)
		doctor_say(d, health, "protect", wrong[i].remedy, "%s", wrong[i].what);
	status_protection_say(&w, &p);
	says[w.len] = '\0';
	if (num == 0)
		doctor_ok(d, "protect", "the rules protect %s", says);
}

static void check_order(struct doctor *d)
{
	const struct foreign_rules *o = &d->foreign;

	if (o->is_unknown)
		doctor_unknown(d, "order");
	else if (o->num[FOREIGN_BEFORE_QUEUE] > 0)
		doctor_say(d, HEALTH_BROKEN, "order", REINSTALL,
		           "a rule in %s accepts packets before ours see them, or jumps to one "
		           "that does: %s",
		           DOCTOR_FIRST(d, BEFORE_QUEUE));
	else if (o->num[FOREIGN_BEFORE_VERDICT] > 0)
		doctor_say(d, HEALTH_ATTENTION, "order", REINSTALL,
		           "a rule in %s comes before ours: blocked packets may be dropped "
		           "silently, and decided flows stay queued: %s",
		           DOCTOR_FIRST(d, BEFORE_VERDICT));
	else
		doctor_ok(d, "order", "no rule of another program lets packets pass before ours");
}

static void check_mixed(struct doctor *d)
{
	char tables[64];

	if (d->foreign.is_unknown)
		doctor_unknown(d, "iptables");
	/* Older iptables' tables, in this network namespace. */
	else if (files_first_line("/proc/net/ip_tables_names", tables, sizeof(tables)) &&
	         d->foreign.has_iptables_nft)
		doctor_say(d, HEALTH_ATTENTION, "iptables",
		           "update-alternatives --config iptables, then install all rules with "
		           "the one you chose",
		           "there are rules of both iptables-legacy and iptables-nft: neither "
		           "program shows the other's rules");
	else
		doctor_ok(d, "iptables", "only one iptables has rules");
}

void doctor_rules(struct doctor *d)
{
	check_there(d);
	check_ipv6(d);
	check_settings(d);
	check_protection(d);
	check_order(d);
	check_mixed(d);
}
