/* SPDX-License-Identifier: MIT */

#include "review/coverage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND_US       INT64_C(1000000)
#define STEP_US         (5 * SECOND_US)         /* wall clock and machine's clock apart by more: somebody set it */
#define EVERY_DEFAULT_S 60

static const char *const gap_names[] = {
	[GAP_STOPPED] = "stopped", [GAP_KILLED] = "killed", [GAP_OFF] = "host off", [GAP_SILENT] = "no heartbeat",
	[GAP_NOT_ENFORCING] = "not enforcing", [GAP_NO_RULES] = "no rules", [GAP_LOG] = "log not written",
};

const char *gap_kind_name(enum gap_kind kind)
{
	return gap_names[kind];
}

static bool is(struct bytes text, const char *word)
{
	return bytes_equal(text, bytes_text(word));
}

static void copy(char *to, size_t room, struct bytes text)
{
	size_t len = text.len < room - 1 ? text.len : room - 1;

	if (len > 0)
		memcpy(to, text.at, len);
	to[len] = '\0';
}

static void add_gap(struct coverage *c, const struct gap *g)
{
	c->num_gaps++;
	if (g->kind != GAP_LOG)
		c->gaps_us += g->length_us;
	if (c->num_kept < COVERAGE_GAPS_MAX)
		c->gaps[c->num_kept++] = *g;
}

/* The policy that a record says is in force. */
static void note_policy(struct coverage *c, const struct entry *e)
{
	struct policy_seen *last = c->num_policies > 0 ? &c->policies[c->num_policies - 1] : NULL;
	struct policy_seen  seen = { .from_us = e->time_us, .rules = e->rules };

	if (e->policy.len != 64)
		return;
	copy(seen.digest, sizeof(seen.digest), e->policy);
	if (last != NULL && strcmp(last->digest, seen.digest) == 0)
		return;
	if (c->num_policies == COVERAGE_POLICIES)
		memmove(c->policies, c->policies + 1, sizeof(c->policies) - sizeof(c->policies[0]));
	else
		c->num_policies++;
	c->policies[c->num_policies - 1] = seen;
}

static void begin_off(struct coverage *c, enum gap_kind kind, int64_t at_us, const char *reason)
{
	if (c->is_off)
		return;
	c->is_off       = true;
	c->off_kind     = kind;
	c->off_since_us = at_us;
	snprintf(c->off_reason, sizeof(c->off_reason), "%s", reason);
}

static void end_off(struct coverage *c, int64_t at_us, bool is_open)
{
	struct gap g = { .kind = c->off_kind, .from_us = c->off_since_us, .to_us = at_us,
	                 .length_us = at_us > c->off_since_us ? at_us - c->off_since_us : 0, .is_open = is_open };

	if (!c->is_off)
		return;
	snprintf(g.reason, sizeof(g.reason), "%s", c->off_reason);
	add_gap(c, &g);
	c->is_off = false;
}

/* What a start or heartbeat says of state and rules, from this moment on. */
static void take_standing(struct coverage *c, const struct entry *e, int64_t since_us)
{
	bool enforcing = is(e->state, "enforcing"), hooks_missing = is(e->hooks, "missing");
	char reason[64] = "";

	if (enforcing && !hooks_missing)
		end_off(c, e->time_us, false);
	if (!enforcing && e->state.len > 0) {
		copy(reason, sizeof(reason), e->state);
		if (c->is_off && c->off_kind != GAP_NOT_ENFORCING)
			end_off(c, e->time_us, false);
		begin_off(c, GAP_NOT_ENFORCING, since_us, reason);
	} else if (hooks_missing) {
		begin_off(c, GAP_NO_RULES, since_us, "the rules were not in the kernel");
	}
}

static void take_unfiltered(struct coverage *c, const struct entry *e)
{
	if (!e->has_unfiltered)
		return;
	c->unfiltered_known = true;
	c->unfiltered       = e->unfiltered > UINT64_MAX - c->unfiltered ? UINT64_MAX : c->unfiltered + e->unfiltered;
}

/* Between the last record of the process before and the start of this one. */
static void take_start(struct coverage *c, const struct entry *e)
{
	struct gap g        = { .to_us = e->time_us, .packets_known = e->has_unfiltered, .packets = e->unfiltered };
	bool       new_boot = strlen(c->boot) != e->boot.len || memcmp(c->boot, e->boot.at, e->boot.len) != 0;

	if (c->has_span) {
		end_off(c, c->last_us, false);
		g.from_us = c->last_us;
		g.kind    = !c->running ? GAP_STOPPED : new_boot ? GAP_OFF : GAP_KILLED;
		/* One clock for both ends, if the machine did not start in between. */
		if (!new_boot && c->has_beat && c->running && e->up_s * 1000 >= c->beat_mono_ms)
			g.length_us = (int64_t)(e->up_s * 1000 - c->beat_mono_ms) * 1000 - (c->last_us - c->beat_us);
		else
			g.length_us = e->time_us - c->last_us;
		if (g.length_us < 0)
			g.length_us = 0;
		snprintf(g.reason, sizeof(g.reason), "%s", g.kind == GAP_STOPPED ? "stopped and started again" :
		         g.kind == GAP_OFF ? "the machine was off or started anew" : "ended without a stop");
		add_gap(c, &g);
	}
	copy(c->boot, sizeof(c->boot), e->boot);
	c->running      = true;
	c->has_beat     = true;
	c->beat_us      = e->time_us;
	c->beat_mono_ms = e->up_s * 1000;
	c->every_s      = EVERY_DEFAULT_S;
	take_unfiltered(c, e);
	take_standing(c, e, e->time_us);
}

static void take_heartbeat(struct coverage *c, const struct entry *e)
{
	uint64_t every_s = e->every_s > 0 ? e->every_s : EVERY_DEFAULT_S;

	/* A start knows whole seconds only: a heartbeat's clock can be behind by less than one. */
	if (c->has_beat && e->mono_ms + 1000 >= c->beat_mono_ms) {
		int64_t passed_us = (int64_t)(e->mono_ms - c->beat_mono_ms) * 1000;
		int64_t step_us   = e->time_us - c->beat_us - passed_us;

		if (step_us > STEP_US || step_us < -STEP_US) {
			c->num_clock_steps++;
			if (llabs(step_us) > llabs(c->largest_step_us))
				c->largest_step_us = step_us;
		}
		if (passed_us > (int64_t)(2 * every_s) * SECOND_US) {
			struct gap g = { .kind = GAP_SILENT, .from_us = c->beat_us, .to_us = e->time_us, .length_us = passed_us,
			                 .packets_known = e->has_unfiltered, .packets = e->unfiltered };

			snprintf(g.reason, sizeof(g.reason), "no heartbeat: filterd hung, or the machine slept");
			add_gap(c, &g);
		}
	}
	take_unfiltered(c, e);
	take_standing(c, e, c->has_beat && is(e->hooks, "missing") ? c->beat_us : e->time_us);
	c->running      = true;
	c->has_beat     = true;
	c->beat_us      = e->time_us;
	c->beat_mono_ms = e->mono_ms;
	c->every_s      = every_s;
}

static void take_gap(struct coverage *c, const struct entry *e)
{
	struct gap g = { .kind = GAP_LOG, .from_us = c->last_us, .to_us = e->time_us };

	g.length_us = g.to_us > g.from_us ? g.to_us - g.from_us : 0;
	copy(g.reason, sizeof(g.reason), e->reason);
	add_gap(c, &g);
}

static void take_state(struct coverage *c, const struct entry *e)
{
	char reason[96];

	copy(reason, sizeof(reason), e->reason);
	if (is(e->to, "enforcing"))
		end_off(c, e->time_us, false);
	else if (!is(e->to, "degraded"))
		begin_off(c, GAP_NOT_ENFORCING, e->time_us, reason);
}

void coverage_record(struct coverage *c, const struct entry *e)
{
	if (!e->has_time)
		return;
	switch (e->type) {
	case ENTRY_START:
		take_start(c, e);
		note_policy(c, e);
		break;
	case ENTRY_HEARTBEAT:
		take_heartbeat(c, e);
		note_policy(c, e);
		break;
	case ENTRY_POLICY:
		note_policy(c, e);
		break;
	case ENTRY_STATE:
		take_state(c, e);
		break;
	case ENTRY_GAP:
		take_gap(c, e);
		break;
	case ENTRY_STOP:
		c->running = false;
		break;
	default:
		break;
	}
	if (!c->has_span)
		c->from_us = e->time_us;
	c->has_span = true;
	if (e->type >= ENTRY_START || e->time_us > c->last_us)
		c->last_us = e->time_us;
	if (e->time_us > c->to_us)
		c->to_us = e->time_us;
}

void coverage_end(struct coverage *c, int64_t now_us)
{
	struct gap g = { .from_us = c->last_us, .to_us = now_us, .is_open = true };

	if (!c->has_span)
		return;
	if (now_us == INT64_MAX) {
		end_off(c, c->to_us, true);
		return;
	}
	end_off(c, c->last_us, true);
	if (c->running && now_us - c->last_us <= (int64_t)(2 * c->every_s) * SECOND_US) {
		if (now_us > c->to_us)
			c->to_us = now_us;
		return;
	}
	if (now_us <= c->last_us)
		return;
	g.kind      = c->running ? GAP_SILENT : GAP_STOPPED;
	g.length_us = g.to_us - g.from_us;
	c->to_us    = now_us;
	snprintf(g.reason, sizeof(g.reason), "%s", c->running ? "no record since: filterd does not run, or cannot write" :
	         "stopped, and not started again");
	add_gap(c, &g);
}

uint32_t coverage_ppm(const struct coverage *c)
{
	int64_t span = c->to_us - c->from_us, covered = span - c->gaps_us;

	if (!c->has_span || span <= 0 || covered <= 0)
		return 0;
	return (uint32_t)((long double)covered * 1000000 / (long double)span);
}
