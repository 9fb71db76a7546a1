/* SPDX-License-Identifier: MIT */

/*
 * Each moment between the first record and the last is covered or in one gap. span_us is a record's
 * position on that time line. From heartbeat to heartbeat it advances by the monotonic clock if the
 * wall clock was set in between, else by the wall clock, so that lengths match the printed times.
 * The records between two heartbeats are placed by the wall clock, and moved back if the next
 * heartbeat shows that they are too far ahead.
 */

#include "review/coverage.h"

#include "base/instant.h"
#include "review/sum.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND_US       INT64_C(1000000)
/* a larger difference of wall and monotonic clock: it was set */
#define STEP_US         (5 * SECOND_US)
#define EVERY_DEFAULT_S 60
#define EVERY_MAX_S     86400

static const char *const gap_names[] = {
	[GAP_STOPPED]       = "stopped",
	[GAP_KILLED]        = "killed",
	[GAP_OFF]           = "host off",
	[GAP_SILENT]        = "no heartbeat",
	[GAP_NOT_ENFORCING] = "not enforcing",
	[GAP_NO_RULES]      = "no rules",
	[GAP_CHANGED]       = "rules changed",
	[GAP_NOBODY]        = "nobody protected",
	[GAP_LOG]           = "log not written",
	[GAP_UNSEEN]        = "packets unseen",
	[GAP_MISSING]       = "records missing",
	[GAP_AROUND]        = "went around",
};

const char *gap_kind_name(enum gap_kind kind)
{
	return gap_names[kind];
}

static bool review_coverage_is(struct bytes text, const char *word)
{
	return bytes_equal(text, bytes_text(word));
}

static void review_coverage_copy(char *to, size_t room, struct bytes text)
{
	size_t len = text.len < room - 1 ? text.len : room - 1;

	if (len > 0)
		memcpy(to, text.at, len);
	to[len] = '\0';
}

static int64_t sum(int64_t a, int64_t b)
{
	return a > SPAN_MAX - b ? SPAN_MAX : a + b;
}

static int64_t most(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* Takes: within_us, the part of its length after the last heartbeat. */
static void add_gap(struct coverage *c, const struct gap *g, int64_t within_us)
{
	c->num_gaps++;
	if (!g->is_note) {
		c->gaps_us   = sum(c->gaps_us, g->length_us);
		c->within_us = sum(c->within_us, within_us);
	}
	c->gap_since_beat = c->num_kept < COVERAGE_GAPS_MAX;
	if (!c->gap_since_beat)
		return;
	c->gaps[c->num_kept] = *g;
	c->gaps[c->num_kept++].at_us = most(c->span_us - g->length_us, 0);
}

/* The part of the current gap after the last heartbeat. */
static int64_t off_within(const struct coverage *c)
{
	return c->is_off ? c->span_us - most(c->off_span_us, c->beat_span_us) : 0;
}

static void end_off(struct coverage *c, int64_t at_us, uint64_t at_seq, bool is_open)
{
	if (!c->is_off)
		return;
	c->off.to_us     = at_us;
	c->off.to_seq    = at_seq;
	c->off.length_us = c->span_us - c->off_span_us;
	c->off.is_open   = is_open;
	add_gap(c, &c->off, off_within(c));
	c->is_off = false;
}

static const struct wrong_hooks {
	const char   *hooks;
	enum gap_kind kind;
	const char   *reason;
} wrong_hooks[] = {
	{ "missing", GAP_NO_RULES, "the rules were not in the kernel" },
	{ "changed", GAP_CHANGED, "another program had changed the rules" },
	{ "nobody", GAP_NOBODY, "no interface with clients was protected" },
};

static const struct wrong_hooks *wrong_hooks_of(const struct entry *e)
{
	for (size_t i = 0; i < COUNT(wrong_hooks); i++) {
		if (review_coverage_is(e->hooks, wrong_hooks[i].hooks))
			return &wrong_hooks[i];
	}
	return NULL;
}

/*
 * Begins or ends the current gap according to state, rules and log. Takes: its beginning, if it
 * begins.
 */
static void review_coverage_judge(struct coverage *c, int64_t now_us, int64_t since_us,
                                  uint64_t since_seq, int64_t since_span_us)
{
	bool          wanted = !c->enforcing || c->wrong != NULL || c->log_degraded;
	enum gap_kind kind   = !c->enforcing      ? GAP_NOT_ENFORCING
	                       : c->wrong != NULL ? c->wrong->kind
	                                          : GAP_LOG;

	if (c->is_off && (!wanted || c->off.kind != kind))
		end_off(c, now_us, c->seq, false);
	if (!wanted || c->is_off)
		return;
	c->is_off      = true;
	c->off_span_us = since_span_us < c->span_us ? since_span_us : c->span_us;
	c->off = (struct gap){ .kind = kind, .from_us = since_us, .from_seq = since_seq };
	snprintf(c->off.reason, sizeof(c->off.reason), "%s",
	         !c->enforcing      ? c->state_reason
	         : c->wrong != NULL ? c->wrong->reason
	                            : c->log_reason);
}

/*
 * From the last heartbeat or start to this one. Takes: the monotonic clock then; has_mono: it is
 * the same clock.
 */
static int64_t since_beat(struct coverage *c, int64_t time_us, bool has_mono, uint64_t mono_ms)
{
	int64_t wall_us = time_us - c->beat_us, passed_us, step_us;

	/* A start has whole seconds only: a heartbeat's clock can be behind by less than one. */
	if (!has_mono || !c->mono_known || mono_ms + 1000 < c->beat_mono_ms ||
	    mono_ms > SPAN_MAX / 1000)
		return most(wall_us, 0);
	passed_us = mono_ms > c->beat_mono_ms ? (int64_t)(mono_ms - c->beat_mono_ms) * 1000 : 0;
	step_us   = wall_us - passed_us;
	if (step_us <= STEP_US && step_us >= -STEP_US)
		return most(wall_us, 0);
	c->num_clock_steps++;
	if (llabs(step_us) > llabs(c->largest_step_us))
		c->largest_step_us = step_us;
	return passed_us;
}

/* A known position: later ones that were guessed are moved back. */
static void settle(struct coverage *c, int64_t length_us)
{
	c->span_us = sum(c->beat_span_us, length_us);
	if (c->within_us > length_us) {
		c->gaps_us  -= c->within_us - length_us;
		c->within_us = length_us;
	}
	if (c->is_off && c->off_span_us > c->span_us)
		c->off_span_us = c->span_us;
}

/* State and rules in a start or heartbeat. */
static void take_standing(struct coverage *c, const struct entry *e)
{
	c->log_degraded = review_coverage_is(e->state, "degraded");
	if (c->log_degraded) {
		review_coverage_copy(c->log_reason, sizeof(c->log_reason), e->state);
	} else {
		c->enforcing = review_coverage_is(e->state, "enforcing");
		review_coverage_copy(c->state_reason, sizeof(c->state_reason),
		                     e->state.len > 0 ? e->state : BYTES("no state is said"));
	}
	c->wrong              = wrong_hooks_of(e);
	c->num_hooks_unknown += c->wrong == NULL && !review_coverage_is(e->hooks, "ok");
}

/* "unknown" applies to the time since the previous record, except for gaps. */
static void take_unknown(struct coverage *c, const struct entry *e, int64_t left_us)
{
	if (wrong_hooks_of(e) == NULL && !review_coverage_is(e->hooks, "ok"))
		c->hooks_unknown_us = sum(c->hooks_unknown_us, most(left_us, 0));
}

/* How far the wall clock is from where it would be if nobody had set it. */
static void note_step(struct coverage *c, int64_t time_us)
{
	int64_t            step_us = time_us - c->from_us - c->span_us - c->shift_us;
	struct clock_step *last    = c->num_steps > 0 ? &c->steps[c->num_steps - 1] : NULL;

	if (step_us <= STEP_US && step_us >= -STEP_US)
		return;
	c->shift_us += step_us;
	if (c->num_steps < COVERAGE_STEPS)
		c->steps[c->num_steps++] = (struct clock_step){ .at_us = c->span_us,
		                                                .step_us = step_us };
	else
		last->step_us += step_us;
}

/* Packets that passed unseen since the previous record with a number. */
static uint64_t take_unseen(struct coverage *c, const struct entry *e)
{
	uint64_t grown = 0, unseen;

	/* A log that begins in the middle of a run ignores the time before. */
	if ((c->has_beat || e->type == ENTRY_START) && e->fail_open > c->fail_open)
		grown = e->fail_open - c->fail_open;
	/* A full queue's packets are in both numbers, if the kernel's counter is readable. */
	unseen              = e->has_unfiltered && e->unfiltered > grown ? e->unfiltered : grown;
	c->fail_open        = e->fail_open;
	c->unfiltered_known |= e->has_unfiltered;
	sum_add(&c->unfiltered, unseen);
	return unseen;
}

static void begin_beat(struct coverage *c, const struct entry *e, uint64_t mono_ms,
                       uint64_t every_s)
{
	note_step(c, e->time_us);
	c->has_beat       = true;
	c->stopped        = false;
	c->beat_us        = e->time_us;
	c->beat_seq       = c->seq;
	c->beat_span_us   = c->span_us;
	c->beat_mono_ms   = mono_ms;
	c->mono_known     = true;
	c->every_s        = every_s;
	c->within_us      = 0;
	c->gap_since_beat = false;
}

static bool is_new_boot(const struct coverage *c, const struct entry *e, uint64_t mono_ms)
{
	if (c->boot[0] != '\0' && e->boot.len > 0)
		return !review_coverage_is(bytes_first(e->boot, sizeof(c->boot) - 1), c->boot);
	return c->has_beat && mono_ms + 1000 < c->beat_mono_ms;
}

static void write_lost(const struct coverage *c, struct gap *g)
{
	g->kind          = GAP_MISSING;
	g->packets_known = g->packets > 0;
	snprintf(g->reason, sizeof(g->reason), "%" PRIu64 " record%s not there: nobody knows",
	         c->num_lost, c->num_lost == 1 ? " is" : "s are");
}

/* Between the last record of the previous process and the start of this one. */
static void add_down(struct coverage *c, const struct entry *e, uint64_t mono_ms, uint64_t unseen)
{
	bool        new_boot = is_new_boot(c, e, mono_ms);
	int64_t     before;
	struct gap  g = { .kind = new_boot ? GAP_OFF : c->stopped ? GAP_STOPPED : GAP_KILLED,
	                  .from_us = c->last_us, .to_us = e->time_us,
	                  .from_seq = c->last_seq, .to_seq = c->seq, .packets = unseen,
	                  .packets_known = e->has_unfiltered && (!new_boot || unseen > 0) };
	const char *word = new_boot ? "the machine was off or started anew" : "started again";

	end_off(c, c->last_us, c->last_seq, false);
	before = c->span_us;
	if (c->has_beat && !new_boot && c->num_lost == 0)
		settle(c, since_beat(c, e->time_us, true, mono_ms));
	else
		c->span_us = sum(c->span_us, most(e->time_us - c->last_us, 0));
	g.length_us = most(c->span_us - before, 0);
	if (c->num_lost > 0)
		write_lost(c, &g);
	else if (c->stopped)
		snprintf(g.reason, sizeof(g.reason), "stopped (%s); %s", c->stop_reason, word);
	else
		snprintf(g.reason, sizeof(g.reason), "ended without a stop; %s", word);
	add_gap(c, &g, g.length_us);
}

static void take_start(struct coverage *c, const struct entry *e)
{
	uint64_t mono_ms = e->up_s < SPAN_MAX / SECOND_US ? e->up_s * 1000 : 0, unseen;

	c->fail_open = 0;
	unseen       = take_unseen(c, e);
	if (c->has_span) {
		add_down(c, e, mono_ms, unseen);
	} else if (unseen > 0) {
		struct gap g = { .kind = GAP_UNSEEN, .from_us = e->time_us, .to_us = e->time_us,
		                 .from_seq = c->seq, .to_seq = c->seq, .packets = unseen,
		                 .packets_known = true, .reason = "passed before the first start" };

		add_gap(c, &g, 0);
	}
	review_coverage_copy(c->boot, sizeof(c->boot), e->boot);
	begin_beat(c, e, mono_ms, EVERY_DEFAULT_S);
	take_standing(c, e);
	review_coverage_judge(c, e->time_us, e->time_us, c->seq, c->span_us);
}

/* The gap that the time since the last heartbeat is in; NULL: none. */
static struct gap *gap_of_beat(struct coverage *c)
{
	struct gap *last = c->gap_since_beat ? &c->gaps[c->num_kept - 1] : NULL;

	if (c->is_off && c->off_span_us < c->span_us)
		return &c->off;
	return last != NULL && !last->is_note ? last : NULL;
}

/* From the last heartbeat to this one; a log may begin without one. */
static struct gap gap_up_to(const struct coverage *c, const struct entry *e, enum gap_kind kind,
                            int64_t length_us, const char *reason)
{
	struct gap g = { .kind = kind, .to_us = e->time_us, .to_seq = c->seq,
	                 .from_us   = c->has_beat ? c->beat_us : c->last_us,
	                 .from_seq  = c->has_beat ? c->beat_seq : c->last_seq,
	                 .length_us = most(length_us, 0) };

	snprintf(g.reason, sizeof(g.reason), "%s", reason);
	return g;
}

/* Assigns a heartbeat's unseen packets to the gap since the last one, if any. */
static void place_unseen(struct coverage *c, const struct entry *e, uint64_t unseen,
                         int64_t left_us)
{
	struct gap *g = gap_of_beat(c), new;

	if (g != NULL) {
		sum_add(&g->packets, unseen);
		g->packets_known |= unseen > 0 || (e->has_unfiltered && g->kind != GAP_MISSING);
	} else if (unseen > 0) {
		new = gap_up_to(c, e, GAP_UNSEEN, left_us, "packets went by that nobody judged");
		new.packets       = unseen;
		new.packets_known = true;
		add_gap(c, &new, new.length_us);
	}
}

/* Likewise for connections around the queue: to the gap since the last heartbeat, if any. */
static void place_around(struct coverage *c, const struct entry *e, int64_t left_us)
{
	uint64_t    around = met_around(e);
	struct gap *g      = gap_of_beat(c), new;

	if (g != NULL) {
		sum_add(&g->around, around);
	} else if (around > 0) {
		new = gap_up_to(c, e, GAP_AROUND, left_us, "connections went around the filter");
		new.around = around;
		add_gap(c, &new, new.length_us);
	}
}

static void take_heartbeat(struct coverage *c, const struct entry *e)
{
	uint64_t every_s =
		e->every_s > 0 && e->every_s < EVERY_MAX_S ? e->every_s : EVERY_DEFAULT_S;
	/* it may have been set again meanwhile */
	uint64_t longest = every_s > c->every_s ? every_s : c->every_s;
	uint64_t unseen  = take_unseen(c, e);
	int64_t  left_us;

	settle(c, c->has_beat ? since_beat(c, e->time_us, true, e->mono_ms) : c->span_us);
	left_us = c->span_us - c->beat_span_us - c->within_us - off_within(c);
	if (c->has_beat && left_us > (int64_t)(2 * longest) * SECOND_US) {
		struct gap g = gap_up_to(c, e, GAP_SILENT, left_us,
		                         "no heartbeat: filterd hung, or the machine slept");

		add_gap(c, &g, left_us);
		left_us = 0;
	}
	take_standing(c, e);
	take_unknown(c, e, left_us);
	/* Nobody knows how long the rules have been wrong: at worst since the last heartbeat. */
	if (c->has_beat && c->enforcing && c->wrong != NULL)
		review_coverage_judge(c, e->time_us, c->beat_us, c->beat_seq,
		                      c->beat_span_us + c->within_us + off_within(c));
	else
		review_coverage_judge(c, e->time_us, e->time_us, c->seq, c->span_us);
	place_unseen(c, e, unseen, left_us);
	place_around(c, e, left_us);
	begin_beat(c, e, e->mono_ms, every_s);
}

static void take_gap(struct coverage *c, const struct entry *e)
{
	struct gap g = { .kind = GAP_LOG, .is_note = true, .from_seq = c->seq, .to_seq = c->seq };

	/* A gap announced by a state record has already begun. */
	if (c->log_degraded)
		return;
	if (instant_parse(e->from, &g.from_us) != PARSE_OK ||
	    instant_parse(e->to, &g.to_us) != PARSE_OK) {
		g.from_us = c->last_us;
		g.to_us   = e->time_us;
	}
	g.length_us = most(g.to_us - g.from_us, 0);
	review_coverage_copy(g.reason, sizeof(g.reason), e->reason);
	add_gap(c, &g, 0);
	c->said_gap = c->gap_since_beat;
}

/*
 * The log was degraded and could not even record that: nothing is proven for the gap just recorded.
 */
static void count_said_gap(struct coverage *c)
{
	struct gap *g       = &c->gaps[c->num_kept - 1];
	int64_t     left_us = most(c->span_us - c->beat_span_us - c->within_us - off_within(c), 0);

	g->is_note   = false;
	g->length_us = g->length_us < left_us ? g->length_us : left_us;
	c->gaps_us   = sum(c->gaps_us, g->length_us);
	c->within_us = sum(c->within_us, g->length_us);
}

static void take_state(struct coverage *c, const struct entry *e)
{
	bool degraded = review_coverage_is(e->to, "degraded");

	if (review_coverage_is(e->from, "degraded") && !c->log_degraded && c->said_gap)
		count_said_gap(c);
	c->log_degraded = degraded;
	if (degraded) {
		review_coverage_copy(c->log_reason, sizeof(c->log_reason), e->reason);
	} else {
		c->enforcing = review_coverage_is(e->to, "enforcing");
		review_coverage_copy(c->state_reason, sizeof(c->state_reason), e->reason);
	}
	review_coverage_judge(c, e->time_us, e->time_us, c->seq, c->span_us);
}

static void take_stop(struct coverage *c, const struct entry *e)
{
	end_off(c, e->time_us, c->seq, false);
	c->stopped = true;
	review_coverage_copy(c->stop_reason, sizeof(c->stop_reason), e->reason);
}

/* A record that only the wall clock can place. */
static void review_coverage_move_on(struct coverage *c, const struct entry *e)
{
	int64_t from_us = c->has_beat ? c->beat_us : c->from_us;

	c->span_us = most(c->span_us, sum(c->beat_span_us, most(e->time_us - from_us, 0)));
}

/*
 * Records are missing up to this one, in the same run or in another: the next heartbeat cannot be
 * compared with the earlier monotonic clock.
 */
static void add_missing(struct coverage *c, const struct entry *e)
{
	struct gap g = { .from_us = c->last_us, .to_us = e->time_us, .from_seq = c->last_seq,
	                 .to_seq = c->seq };
	int64_t    before;

	end_off(c, c->last_us, c->last_seq, false);
	before = c->span_us;
	review_coverage_move_on(c, e);
	g.length_us = c->span_us - before;
	write_lost(c, &g);
	add_gap(c, &g, 0);
	c->stopped      = false;
	c->has_beat     = true;
	c->beat_us      = e->time_us;
	c->beat_seq     = c->seq;
	c->beat_span_us = c->span_us;
	c->within_us    = 0;
	c->mono_known   = false;
	review_coverage_judge(c, e->time_us, e->time_us, c->seq, c->span_us);
}

static void review_coverage_take(struct coverage *c, const struct entry *e)
{
	if (c->num_lost > 0 && c->has_span && e->type != ENTRY_START)
		add_missing(c, e);
	else if (e->type != ENTRY_START)
		review_coverage_move_on(c, e);
	switch (e->type) {
	case ENTRY_START:
		take_start(c, e);
		coverage_note_policy(c, e);
		break;
	case ENTRY_HEARTBEAT:
		take_heartbeat(c, e);
		coverage_note_policy(c, e);
		break;
	case ENTRY_POLICY:
	case ENTRY_SEGMENT:
		coverage_note_policy(c, e);
		break;
	case ENTRY_STATE:
		take_state(c, e);
		break;
	case ENTRY_GAP:
		take_gap(c, e);
		break;
	case ENTRY_STOP:
		take_stop(c, e);
		break;
	default:
		break;
	}
}

void coverage_lost(struct coverage *c, uint64_t num)
{
	sum_add(&c->num_lost, num);
}

void coverage_record(struct coverage *c, const struct entry *e, uint64_t seq)
{
	if (!e->has_time)
		return;
	c->seq = seq;
	if (!c->has_span) {
		c->from_us   = c->last_us = c->to_us = e->time_us;
		/* a log that begins in the middle of a run: the first heartbeat has it */
		c->enforcing = true;
		c->every_s   = EVERY_DEFAULT_S;
	}
	met_add(&c->met, e);
	review_coverage_take(c, e);
	c->said_gap &= e->type == ENTRY_GAP;
	c->has_span  = true;
	c->last_seq  = seq;
	c->num_lost  = 0;
	if (e->type >= ENTRY_START || e->time_us > c->last_us)
		c->last_us = e->time_us;
	c->to_us = most(c->to_us, e->time_us);
}

void coverage_end(struct coverage *c, int64_t now_us)
{
	struct gap g    = { .kind = c->stopped ? GAP_STOPPED : GAP_SILENT, .from_us = c->last_us,
	                    .to_us = now_us, .from_seq = c->last_seq, .to_seq = c->last_seq,
	                    .is_open = true };
	int64_t    seen = c->has_beat ? c->beat_us : c->last_us;
	bool       alive;

	if (!c->has_span || now_us == INT64_MAX || now_us <= c->last_us) {
		end_off(c, c->last_us, c->last_seq, true);
		return;
	}
	alive = !c->stopped && now_us - seen <= (int64_t)(2 * c->every_s) * SECOND_US;
	if (!alive)
		end_off(c, c->last_us, c->last_seq, false);
	g.length_us = now_us - c->last_us;
	c->span_us  = sum(c->span_us, g.length_us);
	c->to_us    = most(c->to_us, now_us);
	if (alive) {
		end_off(c, now_us, c->last_seq, true);
		return;
	}
	snprintf(g.reason, sizeof(g.reason), "%s", c->stopped ? "stopped, and not started again" :
	         "no record since: filterd does not run, or cannot write");
	add_gap(c, &g, g.length_us);
}
