/* SPDX-License-Identifier: MIT */

/* For somebody woken at night: the answer, then the remedies, then the figures. */

#include "status/status.h"

#include "base/instant.h"

#define NUMBER(n) ((unsigned long long)(n))

static void say_answer(struct writer *w, const struct status *s, const struct troubles *t)
{
	write_format(w, "%s\n", status_answer(s, t));
	for (size_t i = 0; i < t->num; i++)
		write_format(w, "  - %s\n", t->text[i]);
	write_format(w, "\n");
}

static void status_text_say_policy(struct writer *w, const struct status *s)
{
	write_format(w, "mode      %s; state: %s\n",
	             s->mode == MODE_OBSERVE ? "observe" : "enforce", state_names[s->state]);
	if (s->paused != NULL)
		write_format(w, "          paused until %s: %s\n",
		             instant_text_to_second(s->paused_until_us).text, s->paused);
	write_format(w, "policy    ");
	write_hex(w, bytes_first(s->policy_digest, 8));
	write_format(w, ", %llu rules of %s\n          ", NUMBER(s->rules), s->policy_files);
	if (s->cutoff_us == INSTANT_NEVER)
		write_format(w, "blocks nothing");
	else if (s->cutoff_us == INSTANT_ALWAYS)
		write_format(w, "blocks without a date");
	else
		write_format(w, "blocks since %s", instant_text(s->cutoff_us).text);
	if (s->next_us != INSTANT_NEVER)
		write_format(w, "; changes at %s", instant_text(s->next_us).text);
	write_format(w, "\n");
	for (size_t i = 0; i < s->num_sources; i++) {
		if (s->sources[i].serial > 0)
			write_format(w, "          %s serial %llu, loaded %s\n", s->sources[i].id,
			             NUMBER(s->sources[i].serial),
			             instant_text_to_second(s->loads.loaded_us).text);
	}
}

static void status_text_say_feed(struct writer *w, const struct status_feed *f)
{
	if (f->result == FEED_NEVER)
		return;
	write_format(w, "feed      looked %s: %s\n", instant_text_to_second(f->told_us).text,
	             f->text);
	if (f->came_us != 0)
		write_format(w, "          the newest came %s\n",
		             instant_text_to_second(f->came_us).text);
}

static void say_kernel(struct writer *w, const struct status *s)
{
	static const char *const hooks[]  = { [HOOKS_OK] = "in place", [HOOKS_MISSING] = "missing",
	                                      [HOOKS_UNKNOWN] = "unknown",
	                                      [HOOKS_NOBODY] = "in place, and protect nobody",
	                                      [HOOKS_CHANGED] = "changed by another program" };
	static const char *const clocks[] = { [TRUST_SYNCED] = "synchronised",
	                                      [TRUST_UNSYNCED] = "not synchronised",
	                                      [TRUST_UNKNOWN] = "unknown whether synchronised",
	                                      [TRUST_UNTRUSTED] = "not to be trusted" };

	write_format(w, "rules     %s; without filterd packets %s", hooks[s->hooks],
	             s->on_failure == ON_FAILURE_OPEN ? "pass" : "are dropped");
	if (s->unseen_known)
		write_format(w, "; %llu passed unseen since the rules were made",
		             NUMBER(s->unseen));
	write_format(w, "\nprotects  ");
	status_protection_say(w, &s->protection);
	write_format(w, "\nclock     %s; it says %s\n", clocks[s->clock],
	             instant_text_to_second(s->now_us).text);
}

static void say_connections(struct writer *w, const struct status *s)
{
	const struct connections *c    = &s->connections;
	struct connections_sums   sums = connections_sums(c);
	char                      names[STATUS_NAMES_MAX];

	if (!s->connections_known) {
		write_format(w, "coverage  unknown: nothing counts what goes around filterd\n");
		return;
	}
	write_format(w, "coverage  %llu new connections came through the queue, %llu went around "
	                "it",
	             NUMBER(sums.met), NUMBER(sums.around));
	status_interfaces(&c->around, names);
	if (sums.around > 0)
		write_format(w, " (%s)", names);
	if (s->counts.missed > 0)
		write_format(w, "; %llu began through the queue and went on around it",
		             NUMBER(s->counts.missed));
	write_format(w, "; %llu of interfaces that are left out", NUMBER(sums.left_out));
	status_interfaces(&c->left_out, names);
	if (sums.left_out > 0)
		write_format(w, " (%s)", names);
	write_format(w, "\n");
}

static void say_sources(struct writer *w, const struct status *s)
{
	if (s->source_rate == 0)
		write_format(w, "clients   may send the queue as much as they like\n");
	else if (!s->over_rate_known)
		write_format(w, "clients   unknown: nothing limits what one sends the queue\n");
	else
		write_format(w, "clients   up to %u packets/s of each; %llu beyond that dropped "
		                "since the rules were made\n",
		             s->source_rate, NUMBER(s->over_rate));
}

static void say_queues(struct writer *w, const struct status *s)
{
	for (size_t i = 0; i < s->num_queues; i++) {
		const struct status_queue *q = &s->queues[i];

		write_format(w,
		             "queue     %u, %s: %u of %u packets wait; %llu dropped as it was "
		             "full, %llu as its socket was",
		             q->number, q->has_flows ? "TCP" : "UDP", q->backlog, s->length,
		             NUMBER(q->dropped), NUMBER(q->user_dropped));
		if (q->has_flows)
			write_format(w, "; %llu of %u flows, %llu forgotten early",
			             NUMBER(q->flows), s->flows_most, NUMBER(q->flows_evicted));
		write_format(w, "\n");
	}
}

static void status_text_say_attempts(struct writer *w, const struct status *s)
{
	const struct engine_counts *c      = &s->counts;
	uint64_t                    waived = tally_sum(&s->tally, EVENT_WAIVED);

	write_format(w, "attempts  %llu blocked, %llu only observed, ",
	             NUMBER(tally_sum(&s->tally, EVENT_BLOCK)),
	             NUMBER(tally_sum(&s->tally, EVENT_WOULD_BLOCK)));
	if (waived > 0)
		write_format(w, "%llu waived, ", NUMBER(waived));
	write_format(w, "%llu logged, by %llu device%s in the last quarter of an hour\n",
	             NUMBER(tally_sum(&s->tally, EVENT_LOG)), NUMBER(s->log.devices),
	             s->log.devices == 1 ? "" : "s");
	write_format(w,
	             "packets   %llu judged, %llu of them final; dropped: %llu broken, %llu in "
	             "conflict, %llu decoys, %llu forged; names not read: %llu unreadable, %llu "
	             "over a limit\n",
	             NUMBER(c->packets), NUMBER(c->decided), NUMBER(c->bad_packets),
	             NUMBER(c->conflicts), NUMBER(c->decoys), NUMBER(c->forged),
	             NUMBER(c->unreadable), NUMBER(c->over_limit));
}

static void say_log(struct writer *w, const struct status *s)
{
	write_format(w, "log       %s: next record %llu; signed ", s->log.path,
	             NUMBER(s->log.next_seq));
	status_duration(w, s->log.signed_s);
	write_format(w, " ago, %llu records since; %llu attempts counted and not yet in it",
	             NUMBER(s->log.unsigned_records), NUMBER(s->log.pending));
	if (s->log.lost > 0)
		write_format(w, "; %llu records were late or only counted", NUMBER(s->log.lost));
	write_format(w, "\nfilterd   %s on %s, process %llu, up ", s->version, s->sensor,
	             NUMBER(s->pid));
	status_duration(w, s->uptime_s);
	write_format(w, "\n");
}

void status_text(struct writer *w, const struct status *s)
{
	struct troubles t;

	status_troubles(s, &t);
	say_answer(w, s, &t);
	status_text_say_policy(w, s);
	status_text_say_feed(w, &s->feed);
	say_kernel(w, s);
	say_connections(w, s);
	say_sources(w, s);
	say_queues(w, s);
	status_text_say_attempts(w, s);
	say_log(w, s);
}
