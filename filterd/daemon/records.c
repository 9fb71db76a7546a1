/* SPDX-License-Identifier: MIT */

#include "daemon/records_inside.h"

#include "base/instant.h"
#include "daemon/wallclock.h"
#include "os/clock.h"
#include "os/lease_files.h"
#include "os/messages.h"

#include <stdio.h>
#include <string.h>

#define SIGN_AFTER 10000        /* records left unsigned at most; checked once a second */
/* between checks of the protection: a flapping link must not fill the log */
#define PROTECTS_EVERY_MS 60000

static enum state records_state_of(const struct records *e, const struct in_force *r,
                                   int64_t now_us)
{
	/* Not the mode in the settings: blocking may be paused. */
	if (r->rules.mode == MODE_OBSERVE)
		return STATE_OBSERVING;
	return policy_blocks_at(r->policy, wallclock_policy_time(e->wallclock, now_us))
	               ? STATE_ENFORCING
	               : STATE_WAITING;
}

static struct standing standing_of(const struct records *e, const struct in_force *r,
                                   const struct kernel_facts *t, int64_t now_us)
{
	return (struct standing){
		.state            = records_state_of(e, r, now_us),
		.policy_digest    = policy_digest(r->policy),
		.clock            = wallclock_trust(e->wallclock),
		.hooks            = t->hooks,
		.unfiltered_known = t->unseen_known,
		.unfiltered       = t->unseen,
	};
}

/*
 * Prepares policy, settings and interfaces for the next records of start, policy, state and
 * segment. True if the protection differs from the previous record.
 */
static bool describe(struct records *e, const struct in_force *r)
{
	static struct status_protection protection;
	static uint8_t                  room[JOURNAL_IN_FORCE_MAX];
	struct writer                   w = writer_over(room, sizeof(room));
	struct json                     j = json_after(&w);
	struct bytes                    protects;
	size_t                          before;
	bool                            is_new;

	in_force_write(&j, r);
	before = w.len;
	kernel_state_protection(e->kernel, r->settings.protect, &protection);
	if (protection.known)
		status_protection_json(&j, &protection);
	/* Too long for a record: only the settings. */
	protects = w.full ? (struct bytes){ 0 } : bytes_of(room + before, w.len - before);
	journal_set_in_force(e->journal, bytes_of(room, before + protects.len));
	journal_set_policy(e->journal, r->policy);
	is_new = !bytes_equal(protects, bytes_of(e->protects, e->protects_len));
	memcpy(e->protects, protects.at != NULL ? protects.at : room, protects.len);
	e->protects_len = protects.len;
	e->protects_ms  = clock_boot_ms();
	return is_new;
}

/* An interface may get its address long after the start: record the protection again. */
static bool look_at_protection(struct records *e, const struct in_force *r, int64_t now_us)
{
	bool is_new = clock_boot_ms() - e->protects_ms >= PROTECTS_EVERY_MS && describe(e, r);

	if (is_new)
		journal_changed(e->journal, now_us, records_state_of(e, r, now_us),
		                "the protected interfaces or networks have changed");
	return is_new;
}

static void look_at_leases(struct records *e)
{
	struct leases *new = lease_files_look(e->leases, clock_now_us());

	if (new != NULL)
		leases_free(journal_use_leases(e->journal, new));
}

/* After a reset of the floor an older clock is trusted, so the reset is recorded. */
static int record_new_floor(struct records *e, const struct in_force *r, int64_t now_us)
{
	char          reason[160];
	enum previous found = journal_previous(e->journal);

	if (!wallclock_is_new(e->wallclock) || found == PREVIOUS_NEW || found == PREVIOUS_LOST)
		return 0;
	snprintf(reason, sizeof(reason),
	         "the newest known time is lost: its file, clock.floor, is gone; it "
	         "is now %s, filterd's build date",
	         instant_text_to_second(wallclock_known(e->wallclock)).text);
	message_warning("clock: %s", reason);
	return journal_clock(e->journal, now_us, records_state_of(e, r, now_us),
	                     wallclock_trust(e->wallclock), reason);
}

int records_start(struct records *e, const struct in_force *r, const struct status_loads *l,
                  const struct control_asker *asker)
{
	int64_t              now_us = clock_now_us();
	struct kernel_facts  facts  = kernel_state_ask(e->kernel, e->boot);
	struct control_start start  = {
		.standing  = standing_of(e, r, &facts, now_us),
		.version   = FILTERD_VERSION,
		.boot      = e->boot,
		.up_s      = (uint64_t)clock_boot_ms() / 1000,
		.rules     = policy_num_rules(r->policy),
		.cutoff_us = policy_cutoff(r->policy),
		.refused   = l->refused_us != 0 ? l->why : NULL,
	};

	int error;

	e->started_ms = e->last_ms = e->flushed_ms = clock_boot_ms();
	look_at_leases(e);
	if (facts.unseen > 0)
		message_notice("%llu packets passed unseen while filterd did not run",
		               (unsigned long long)facts.unseen);
	describe(e, r);
	journal_set_asker(e->journal, asker);
	error = journal_start(e->journal, now_us, &start);
	journal_set_asker(e->journal, NULL);
	if (error != 0)
		return error;
	kernel_state_recorded(e->kernel, &facts);
	return record_new_floor(e, r, now_us);
}

int records_stop(struct records *e, const char *reason, const struct control_asker *asker)
{
	journal_set_asker(e->journal, asker);
	return journal_stop(e->journal, clock_now_us(), reason);
}

static void say_over_rate(const struct sources_since *over)
{
	uint8_t       text[80];
	struct writer w = writer_over(text, sizeof(text));

	if (over->num > 0) {
		write_text(&w, "; most of ");
		sources_row_write(&w, &over->rows[0]);
	}
	message_warning("%llu packets were dropped since the last heartbeat, beyond source-rate "
	                "in [queue]%.*s",
	                (unsigned long long)over->packets, (int)w.len, (const char *)text);
}

/* False: packets passed unseen, or may have done so. */
static bool beat(struct records *e, const struct in_force *r, const struct engine_counts *sum,
                 int64_t now_us)
{
	int64_t                  boot_ms = clock_boot_ms();
	struct kernel_facts      facts   = kernel_state_ask(e->kernel, e->boot);
	bool                     saw_all;
	struct control_heartbeat h       = {
		.standing   = standing_of(e, r, &facts, now_us),
		.uptime_s   = (uint64_t)(boot_ms - e->started_ms) / 1000,
		.mono_ms    = (uint64_t)boot_ms,
		.every_s    = e->every_s,
		.packets    = sum->packets,
		.accepted   = sum->packets - sum->blocked,
		.blocked    = sum->blocked,
		.fail_open  = e->fail_open + facts.unseen,
		.num_queues = facts.num_queues,
		.connections_known = facts.since_known,
		.met               = facts.since.met,
		.around            = facts.since.around,
		.left_out          = facts.since.left_out,
		.missed            = sum->missed - e->missed,
		.unheard           = sum->unheard - e->unheard,
		.over              = facts.sources_known ? &facts.over : NULL,
	};

	saw_all    = facts.hooks != HOOKS_MISSING && facts.unseen_known &&
	             facts.unseen + facts.since.around == 0;
	e->last_ms = boot_ms;
	for (size_t i = 0; i < h.num_queues; i++) {
		h.queues[i] = facts.queues[i];
		h.drops += h.queues[i].drops + h.queues[i].user_drops;
	}
	if (journal_heartbeat(e->journal, now_us, &h) != 0)
		return saw_all;
	if (facts.unseen > 0)
		message_warning(
			"%llu packets passed unseen since the last heartbeat; the kernel does "
			"not say why. If that goes on, raise workers or length in [queue]",
			(unsigned long long)facts.unseen);
	if (h.connections_known && h.around > 0)
		message_warning("%llu connections went around filterd since the last heartbeat; "
		                "run filterctl doctor",
		                (unsigned long long)h.around);
	if (h.missed > 0)
		message_warning("servers got bytes that bypassed filterd, in %llu connections "
		                "since the last heartbeat; run filterctl doctor",
		                (unsigned long long)h.missed);
	if (h.connections_known) {
		e->missed  = sum->missed;
		e->unheard = sum->unheard;
	}
	if (facts.over.packets > 0)
		say_over_rate(&facts.over);
	e->fail_open = h.fail_open;
	kernel_state_recorded(e->kernel, &facts);
	return saw_all;
}

/*
 * Records a clock change at once; a heartbeat follows, which has the monotonic time for comparison.
 */
static bool look_at_clock(struct records *e, const struct in_force *r)
{
	struct clock_news news;
	int64_t           now_us;

	if (!wallclock_look(e->wallclock, &r->settings, &news))
		return false;
	now_us = clock_now_us();
	message_warning("clock: %s", news.reason);
	journal_clock(e->journal, now_us, records_state_of(e, r, now_us), news.trust, news.reason);
	return true;
}

static bool is_flush_due(const struct records *e)
{
	return e->flush_every_s > 0 &&
	       clock_boot_ms() - e->flushed_ms >= (int64_t)e->flush_every_s * 1000;
}

bool records_tick(struct records *e, const struct in_force *r, const struct engine_counts *sum)
{
	bool       clock_changed = look_at_clock(e, r), flush_due = is_flush_due(e), all_seen;
	int64_t    now_us        = clock_now_us();
	enum state state         = records_state_of(e, r, now_us);

	look_at_leases(e);
	all_seen = !look_at_protection(e, r, now_us) && !clock_changed;
	/* A clock that jumps ahead must not make the log look too old, and delete it. */
	journal_age_until(e->journal, wallclock_known(e->wallclock));
	journal_tick(e->journal, now_us);
	if (state != journal_last_state(e->journal))
		journal_state(e->journal, now_us, state,
		              state == STATE_ENFORCING ? "a date of the policy has come"
		              : state == STATE_WAITING
		                      ? "no category of the policy blocks at this moment"
		                      : "mode = observe");
	/* A change of the rules is recorded to the second: coverage begins or ends there. */
	if (kernel_state_sees_change(e->kernel) || clock_changed || flush_due ||
	    clock_boot_ms() - e->last_ms >= (int64_t)e->every_s * 1000 ||
	    journal_unsigned(e->journal) >= SIGN_AFTER)
		all_seen &= beat(e, r, sum, now_us);
	/* After the heartbeat, so that the copy on flash ends with a signature. */
	if (flush_due) {
		e->flushed_ms = clock_boot_ms();
		journal_flush(e->journal);
	}
	return all_seen;
}

static bool settings_are_same(const struct settings *a, const struct settings *b)
{
	for (size_t i = 0; i < settings_count; i++) {
		if (!setting_is_same(&settings_table[i], a, b))
			return false;
	}
	return true;
}

void records_reloaded(struct records *e, const struct in_force *old, const struct in_force *new,
                      const struct control_asker *asker)
{
	struct control_policy p      = { .old_digest = policy_digest(old->policy),
	                                 .new_digest = policy_digest(new->policy),
	                                 .rules = policy_num_rules(new->policy),
	                                 .file = new->settings.files,
	                                 .result = "loaded" };
	int64_t               now_us = clock_now_us();
	enum state            state  = records_state_of(e, new, now_us);

	describe(e, new);
	journal_set_asker(e->journal, asker);
	if (!bytes_equal(p.old_digest, p.new_digest))
		journal_policy(e->journal, now_us, &p);
	if (state != journal_last_state(e->journal) ||
	    !settings_are_same(&old->settings, &new->settings))
		journal_changed(e->journal, now_us, state, "settings were reloaded");
	journal_set_asker(e->journal, NULL);
}

static void records_say_policy(struct records *e, const struct in_force *r,
                               struct bytes new_digest, const char *result,
                               const struct control_asker *asker)
{
	struct control_policy p = { .old_digest = policy_digest(r->policy),
	                            .new_digest = new_digest, .rules = policy_num_rules(r->policy),
	                            .file = r->settings.files, .result = result };

	describe(e, r);
	journal_set_asker(e->journal, asker);
	journal_policy(e->journal, clock_now_us(), &p);
	journal_set_asker(e->journal, NULL);
}

void records_refused(struct records *e, const struct in_force *kept, const char *why,
                     const struct control_asker *asker)
{
	records_say_policy(e, kept, (struct bytes){ 0 }, why, asker);
}

void records_came(struct records *e, const struct in_force *r, const char *says,
                  const struct control_asker *asker)
{
	records_say_policy(e, r, policy_digest(r->policy), says, asker);
}

void records_paused(struct records *e, const struct in_force *r, const char *reason,
                    const struct control_asker *asker)
{
	int64_t now_us = clock_now_us();

	describe(e, r);
	journal_set_asker(e->journal, asker);
	journal_changed(e->journal, now_us, records_state_of(e, r, now_us), reason);
	journal_set_asker(e->journal, NULL);
}

void records_access(struct records *e, const struct control_access *a)
{
	journal_access(e->journal, clock_now_us(), a);
}

void records_rotate(struct records *e)
{
	int error = journal_rotate(e->journal, clock_now_us());

	if (error != 0)
		message_error("audit log: the segment could not be closed: %s", strerror(-error));
	else
		message_notice("audit log: the segment is closed");
}

void records_status(struct records *e, const struct in_force *r, struct status *out)
{
	struct kernel_facts t;
	struct standing     s;

	kernel_state_look(e->kernel, &t);
	kernel_state_protection(e->kernel, r->settings.protect, &out->protection);
	out->now_us        = clock_now_us();
	s                  = standing_of(e, r, &t, out->now_us);
	out->state         = s.state;
	out->clock         = s.clock;
	out->kept          = wallclock_kept(e->wallclock);
	out->known_us      = wallclock_known(e->wallclock);
	out->hooks         = s.hooks;
	out->unseen_known  = t.unseen_known;
	out->unseen        = t.unseen;
	out->connections_known = t.connections_known;
	out->connections       = t.connections;
	out->source_rate       = r->settings.source_rate;
	out->over_rate_known   = t.sources_known;
	out->over_rate         = t.over_rate;
	out->policy_digest = s.policy_digest;
	out->rules         = policy_num_rules(r->policy);
	out->sources       = policy_sources(r->policy, &out->num_sources);
	out->num_waivers   = policy_num_waivers(r->policy);
	out->waivers       = out->num_waivers > 0 ? policy_waiver(r->policy, 0) : NULL;
	out->cutoff_us     = policy_cutoff(r->policy);
	out->next_us =
		policy_next_change(r->policy, wallclock_policy_time(e->wallclock, out->now_us));
	out->uptime_s      = (uint64_t)(clock_boot_ms() - e->started_ms) / 1000;
	out->num_queues    = t.num_queues;
	for (size_t i = 0; i < t.num_queues; i++)
		out->queues[i] = (struct status_queue){ .number = t.queues[i].id,
		                                        .backlog = t.queues[i].backlog,
		                                        .dropped = t.queues[i].drops,
		                                        .user_dropped = t.queues[i].user_drops };
	out->heartbeat_s   = (uint32_t)e->every_s;
	journal_standing(e->journal, &out->log);
	if (out->log.degraded != NULL)
		out->state = STATE_DEGRADED;
}
