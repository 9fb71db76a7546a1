/* SPDX-License-Identifier: MIT */

/*
 * Problems that need a person, the worst first: nothing is filtered, nothing is blocked, nothing is
 * recorded, something is lost.
 */

#include "status/status.h"

#include "base/instant.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#define NAMES_SHOWN 3           /* bytes of a list of interfaces, in a sentence */

const char *const status_verified_names[] = { [VERIFIED_COMPLETE]  = "complete",
	                                      [VERIFIED_DECLARED]  = "declared",
	                                      [VERIFIED_NOT_SOUND] = "not-sound" };
const char *const status_feed_names[]     = { [FEED_TAKEN]       = "taken",
	                                      [FEED_SAME]        = "same",
	                                      [FEED_REFUSED]     = "refused",
	                                      [FEED_STALE]       = "stale",
	                                      [FEED_UNAVAILABLE] = "unavailable" };
const char *const status_level_names[]    = { [LEVEL_GOOD]      = "good",
	                                      [LEVEL_ATTENTION] = "attention",
	                                      [LEVEL_OFF]       = "off" };

__attribute__((format(printf, 2, 3)))
static void status_add(struct troubles *t, const char *format, ...)
{
	va_list arguments;

	if (t->num == STATUS_TROUBLES)
		return;
	va_start(arguments, format);
	vsnprintf(t->text[t->num++], STATUS_TROUBLE_MAX, format, arguments);
	va_end(arguments);
}

void status_wrong_say(struct status_wrong *out, const char *remedy, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(out->what, sizeof(out->what), format, arguments);
	va_end(arguments);
	out->remedy = remedy;
}

static void status_add_wrong(struct troubles *t, const struct status_wrong *wrong, size_t num)
{
	for (size_t i = 0; i < num; i++)
		status_add(t, "%s; %s", wrong[i].what, wrong[i].remedy);
}

static void look_at_kernel(const struct status *s, struct troubles *t)
{
	struct status_wrong wrong[STATUS_WRONG_MAX];

	if (s->hooks == HOOKS_MISSING)
		status_add(t, "no rules in the kernel bring packets to filterd: all pass unseen; "
		              "run filterctl rules install");
	if (s->hooks == HOOKS_CHANGED)
		status_add(t, "another program has changed our rules in the kernel, so packets may "
		              "pass unseen; run filterctl rules install");
	if (s->hooks == HOOKS_UNKNOWN)
		status_add(t, "the kernel does not say whether the rules are in place; run "
		              "filterctl doctor");
	status_add_wrong(t, wrong, status_protection_wrong(&s->protection, wrong));
	if (!s->protection.known && (s->hooks == HOOKS_OK || s->hooks == HOOKS_NOBODY))
		status_add(t, "the kernel does not say whose clients the rules bring to filterd; "
		              "run filterctl doctor");
	if (s->num_queues == 0)
		status_add(t, "the kernel does not report the state of the queues; run filterctl "
		              "doctor");
}

void status_interfaces(const struct connections_by *by, char out[STATUS_NAMES_MAX])
{
	struct writer w      = writer_over(out, STATUS_NAMES_MAX - 1);
	size_t        num    = 0;
	bool          others = by->others > 0;

	for (size_t i = 0; i < by->num; i++) {
		const char *name = by->rows[i].interface;

		if (by->rows[i].count == 0)
			continue;
		if (num == NAMES_SHOWN) {
			others = true;
			break;
		}
		write_text(&w, num++ > 0 ? ", " : "");
		for (; *name != '\0'; name++)
			write_bytes(&w, *name > ' ' && *name <= '~' ? bytes_of(name, 1)
			                                            : BYTES("?"));
	}
	write_text(&w, !others ? "" : num > 0 ? " and others" : "others");
	out[w.len] = '\0';
}

/* A client left out by mistake shows a private address. */
static void look_at_connections(const struct status *s, struct troubles *t)
{
	const struct connections *c = &s->connections;
	char                      names[STATUS_NAMES_MAX];

	if (s->missed_lately)
		status_add(t, "servers have got bytes from clients, in the last quarter of an "
		              "hour, that never passed through filterd: connections begin "
		              "through the queue and go on around it; run filterctl doctor");
	if (s->unheard_lately)
		status_add(t, "answers of servers have gone around filterd in the last quarter of "
		              "an hour: a pass cannot wait for the server, and what a DNS answer "
		              "leads to is not seen; run filterctl doctor");
	if (!s->connections_known && s->hooks == HOOKS_OK)
		status_add(t, "nothing counts the connections that go around filterd; run "
		              "filterctl rules install, which says why");
	if (!s->connections_known)
		return;
	status_interfaces(&c->around, names);
	if (s->around_lately)
		status_add(t, "connections have gone around filterd in the last quarter of an hour "
		              "(from %s); run filterctl doctor",
		           names);
	status_interfaces(&c->outward, names);
	if (c->met == 0 && connections_sum(&c->outward) > 0) {
		status_add(t, "connections are forwarded (from %s), and none of them through "
		              "filterd's queue: [queue] protect leaves that out; run "
		              "filterctl doctor",
		           names);
		return;
	}
	status_interfaces(&c->clients, names);
	if (s->clients_lately)
		status_add(t, "clients with private addresses go out unfiltered (from %s): [queue] "
		              "protect leaves that out; run filterctl doctor",
		           names);
}

static void look_at_policy(const struct status *s, struct troubles *t)
{
	if (s->rules == 0)
		status_add(t, "nothing is blocked: the policy has no names; look at its lists");
	if (s->mode == MODE_OBSERVE) {
		status_add(t, "nothing is blocked, only recorded, as [policy] mode says; to "
		              "block: filterctl mode enforce");
	} else if (s->paused != NULL) {
		status_add(t, "nothing is blocked, only recorded, until %s: paused, %s; to end it: "
		              "filterctl pause off",
		           instant_text_to_second(s->paused_until_us).text, s->paused);
	} else if (s->state == STATE_WAITING && s->next_us != INSTANT_NEVER) {
		status_add(t, "nothing is blocked before %s: no category of the policy is in force",
		           instant_text(s->next_us).text);
	} else if (s->state == STATE_WAITING) {
		status_add(t, "nothing is blocked: no category of the policy is in force, nor ever "
		              "will be; look at [policy] files");
	}
}

/* filterd's message at that moment has the file and the line, too. */
static void look_at_loads(const struct status *s, struct troubles *t)
{
	const struct status_loads *l = &s->loads;

	if (l->refused_us == 0)
		return;
	if (l->copy_us != 0)
		status_add(t, "the configuration was refused at %s: %s; the copy of the last good "
		              "one, of %s, is in force until it is fixed and reloaded",
		           instant_text_to_second(l->refused_us).text, l->why,
		           instant_text_to_second(l->copy_us).text);
	else
		status_add(t, "the configuration was refused at %s: %s; the old one is in force "
		              "until it is fixed and reloaded",
		           instant_text_to_second(l->refused_us).text, l->why);
}

/* One day without its source is no problem; filterd-update runs daily. */
static void look_at_feed(const struct status *s, struct troubles *t)
{
	const struct status_feed *f = &s->feed;

	if (f->result == FEED_REFUSED || f->result == FEED_STALE)
		status_add(t, "the feed's policy is not taken, %s: %s; ask who publishes it",
		           instant_text_to_second(f->told_us).text, f->text);
	else if (f->result != FEED_NEVER &&
	         s->now_us - f->good_us > INT64_C(1000000) * STATUS_FEED_SILENT_S)
		status_add(t, "the feed's source was not found in order since %s%s%s; look at "
		              "filterd-update.timer and filterd-update --status",
		           f->good_us != 0 ? instant_text_to_second(f->good_us).text
		                           : "it was set up",
		           f->result == FEED_UNAVAILABLE ? ": " : "",
		           f->result == FEED_UNAVAILABLE ? f->text : "");
}

/* filterd cannot know whether the clock or the recorded time is wrong. */
static void look_at_clock(const struct status *s, struct troubles *t)
{
	if (s->clock == TRUST_UNTRUSTED)
		status_add(t, "the clock shows a time before %s, which was recorded as past: set "
		              "the clock; or, if %s, stop filterd, remove clock.floor from [audit] "
		              "keys and start it; the log will say so",
		           instant_text_to_second(s->known_us).text,
		           s->kept == TRUST_SYNCED ? "it is right, as the kernel says"
		                                   : "it is right");
	if (s->clock == TRUST_UNKNOWN)
		status_add(t, "the kernel does not say whether the clock is kept right; run "
		              "filterctl doctor");
}

static void look_at_log(const struct status *s, struct troubles *t)
{
	struct status_wrong wrong[STATUS_LOG_WRONG_MAX];

	status_add_wrong(t, wrong, status_log_wrong(s, wrong));
}

static void look_at_metrics(const struct status *s, struct troubles *t)
{
	if (s->metrics_reason != NULL)
		status_add(t, "the metrics cannot be written: %s; look at metrics in [daemon]",
		           s->metrics_reason);
}

static void look_at_losses(const struct status *s, struct troubles *t)
{
	if (s->unseen_lately)
		status_add(t, "packets have passed unseen in the last quarter of an hour; the "
		              "kernel does not say why. If filterd was not restarted "
		              "meanwhile, raise workers or length in [queue]");
	if (s->dropped_lately)
		status_add(t, "a queue has dropped packets in the last quarter of an hour; raise "
		              "workers, length or buffer in [queue]");
	if (s->over_rate_lately)
		status_add(t, "a client has sent more than source-rate in [queue] lets through in "
		              "the last quarter of an hour, and that was dropped; heartbeats in "
		              "the audit log say who");
	if (s->source_rate > 0 && !s->over_rate_known && s->hooks == HOOKS_OK)
		status_add(t, "one client can fill the queue: source-rate in [queue] is not in "
		              "force; run filterctl rules install, which says why");
}

/*
 * Is everything that should be filtered filtered, by recent measurements, whatever else needs
 * attention?
 */
static bool status_is_covered(const struct status *s)
{
	return s->state == STATE_ENFORCING && s->hooks == HOOKS_OK && s->connections_known &&
	       !s->around_lately && !s->missed_lately && !s->unseen_lately &&
	       !s->protection.is_nobody;
}

const char *status_answer(const struct status *s, const struct troubles *t)
{
	if (t->num == 0)
		return "filterd blocks what its policy says, and nothing needs attention.";
	return status_is_covered(s) ? "filterd blocks what its policy says, but needs attention:"
	                            : "filterd runs, but needs attention:";
}

/* It gets no packets, or judges none according to the settings. */
static bool status_is_off(const struct status *s)
{
	const struct connections *c = &s->connections;

	if (s->hooks == HOOKS_MISSING || s->protection.is_nobody)
		return true;
	if (s->connections_known && c->met == 0 && connections_sum(&c->outward) > 0)
		return true;
	return s->paused != NULL || s->rules == 0 || s->state == STATE_WAITING;
}

enum status_level status_level(const struct status *s, const struct troubles *t)
{
	return status_is_off(s) ? LEVEL_OFF : t->num > 0 ? LEVEL_ATTENTION : LEVEL_GOOD;
}

bool status_troubles(const struct status *s, struct troubles *out)
{
	out->num = 0;
	look_at_kernel(s, out);
	look_at_connections(s, out);
	look_at_loads(s, out);
	look_at_feed(s, out);
	look_at_policy(s, out);
	look_at_clock(s, out);
	look_at_log(s, out);
	look_at_losses(s, out);
	look_at_metrics(s, out);
	return out->num == 0;
}

void status_duration(struct writer *w, uint64_t seconds)
{
	static const struct { uint64_t seconds; const char *name; } units[] = {
		{ 86400, " d" }, { 3600, " h" }, { 60, " min" }, { 1, " s" },
	};

	for (size_t i = 0; i < COUNT(units); i++) {
		if (seconds < units[i].seconds && units[i].seconds > 1)
			continue;
		write_format(w, "%" PRIu64 "%s", seconds / units[i].seconds, units[i].name);
		seconds %= units[i].seconds;
		if (seconds > 0 && i + 1 < COUNT(units) && seconds >= units[i + 1].seconds)
			write_format(w, " %" PRIu64 "%s", seconds / units[i + 1].seconds,
			             units[i + 1].name);
		return;
	}
}
