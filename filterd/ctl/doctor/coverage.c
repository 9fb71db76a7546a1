/* SPDX-License-Identifier: MIT */

/* New connections, counted by the kernel: did they go through the queue? */

#include "ctl/doctor/doctor.h"

#include "kernel/readback.h"
#include "status/status.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* New rules count from zero. */
#define REINSTALL "filterctl rules remove && filterctl rules install"

/* Names a rule only if one was found. */
static const char *remedy_of(const struct doctor *d)
{
	static char remedy[FOREIGN_RULE + 200];

	if (d->foreign.num[FOREIGN_BEFORE_QUEUE] == 0)
		return "look for the rule that accepts them before ours, then " REINSTALL;
	snprintf(remedy, sizeof(remedy), "remove the rule that lets them pass in %s, '%s', or "
					 "" REINSTALL,
	         DOCTOR_FIRST(d, BEFORE_QUEUE));
	return remedy;
}

static void check_counted(struct doctor *d, const struct connections *c)
{
	struct connections_sums sums    = connections_sums(c);
	const char             *protect = d->settings.protect;
	char                    around[STATUS_NAMES_MAX], outward[STATUS_NAMES_MAX],
		clients[STATUS_NAMES_MAX];

	status_interfaces(&c->around, around);
	status_interfaces(&c->outward, outward);
	status_interfaces(&c->clients, clients);
	if (sums.around > 0)
		doctor_say(d, HEALTH_BROKEN, "coverage", remedy_of(d),
		           "%llu connections went around filterd (from %s), of %llu since the "
		           "rules were made",
		           (unsigned long long)sums.around, around,
		           (unsigned long long)(sums.around + sums.met));
	else if (connections_sum(&c->clients) > 0)
		doctor_say(d, HEALTH_ATTENTION, "coverage",
		           "name it in [queue] protect, then " REINSTALL,
		           "%llu connections of clients with private addresses went out "
		           "unfiltered (from %s): protect = %s leaves that out",
		           (unsigned long long)connections_sum(&c->clients), clients, protect);
	else if (c->met == 0 && connections_sum(&c->outward) > 0)
		doctor_say(d, HEALTH_ATTENTION, "coverage",
		           "name it in [queue] protect, then " REINSTALL,
		           "%llu connections were forwarded (from %s), and none through the queue: "
		           "protect = %s leaves that out",
		           (unsigned long long)connections_sum(&c->outward), outward, protect);
	else
		doctor_ok(d, "coverage",
		          "%llu new connections came through the queue, none went around it; %llu "
		          "are of interfaces that protect leaves out", (unsigned long long)sums.met,
		          (unsigned long long)sums.left_out);
}

/* filterd's own measurements since its start, of connections that it saw from their beginning. */
static void check_heard(struct doctor *d)
{
	uint64_t missed = 0, unheard = 0;

	if (d->filterd == 0)
		return;
	if (!doctor_filterd_number(d, "packets.missed", &missed) ||
	    !doctor_filterd_number(d, "packets.unheard", &unheard))
		doctor_say(d, HEALTH_ATTENTION, "heard", "set control in [daemon]",
		           "unknown: filterd does not report whether it sees all of a connection");
	else if (missed > 0)
		doctor_say(d, HEALTH_BROKEN, "heard", remedy_of(d),
		           "servers got bytes that bypassed filterd, in %llu connections "
		           "since it was started: they begin in the queue and continue around it",
		           (unsigned long long)missed);
	else if (unheard > 0)
		doctor_say(d, HEALTH_ATTENTION, "heard", remedy_of(d),
		           "the answers of %llu connections went around filterd since it was "
		           "started: a pass cannot wait for the server, and what a DNS answer "
		           "leads to is not seen",
		           (unsigned long long)unheard);
	else
		doctor_ok(d, "heard", "no connection that began in the queue went on around it");
}

static void check_limited(struct doctor *d, int error)
{
	uint32_t rate = d->settings.source_rate;

	if (rate == 0)
		doctor_ok(d, "source-rate", "no client is limited");
	else if (error == 0 && doctor_filterd_is(d, "kernel.over_rate_lately"))
		doctor_say(d, HEALTH_ATTENTION, "source-rate",
		           "look for that client in the heartbeats of the audit log",
		           "a client has sent more than %u packets a second in the last quarter of "
		           "an hour, and that was dropped",
		           rate);
	else if (error == 0)
		doctor_ok(d, "source-rate",
		          "no client sends the queue more than %u packets a second", rate);
	else if (doctor_is_hidden(error))
		doctor_unknown(d, "source-rate");
	else
		doctor_say(d, HEALTH_ATTENTION, "source-rate",
		           "filterctl rules install, which says why",
		           "unknown: one client may be able to fill the queue: %s",
		           error == -ENOENT ? "no rule limits it" : strerror(-error));
}

void doctor_coverage(struct doctor *d)
{
	struct connections c = { 0 };
	uint64_t           table, packets;
	int                error = d->readback_error, limited = error;

	if (error == 0) {
		error   = readback_connections(d->readback, &c);
		limited = readback_over_rate(d->readback, &table, &packets);
	}
	if (error == 0)
		check_counted(d, &c);
	else if (doctor_is_hidden(error))
		doctor_unknown(d, "coverage");
	else
		doctor_say(d, HEALTH_ATTENTION, "coverage",
		           "run filterctl rules install; it needs the program nft",
		           "unknown: new connections are not counted: %s",
		           error == -ENOENT ? "there is no rule for it" : strerror(-error));
	check_heard(d);
	check_limited(d, limited);
}
