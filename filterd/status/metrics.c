/* SPDX-License-Identifier: MIT */

/*
 * A family is its help, its type and then its samples. Labels are categories, layers, queues,
 * interfaces and states: bounded, and never hosts or devices, which are unbounded and private.
 *
 * Source: prometheus.io, "Exposition formats", text format 0.0.4; "Metric and label naming".
 */

#include "status/status.h"

#include "audit/record.h"

static void family(struct writer *w, const char *name, const char *type, const char *help)
{
	write_format(w, "# HELP filterd_%s %s\n", name, help);
	write_format(w, "# TYPE filterd_%s %s\n", name, type);
}

static void metrics_number(struct writer *w, const char *name, const char *type, const char *help,
                           uint64_t value)
{
	family(w, name, type, help);
	write_format(w, "filterd_%s %llu\n", name, (unsigned long long)value);
}

/*
 * A version comes from the build and cannot hold a quote; a category is letters, digits, '-' and
 * '_'. Neither is escaped.
 */
static void write_identity(struct writer *w, const struct status *s)
{
	family(w, "build_info", "gauge", "Version of filterd.");
	write_format(w, "filterd_build_info{version=\"%s\"} 1\n", s->version);
	family(w, "policy_info", "gauge", "SHA-256 of the policy in force.");
	write_text(w, "filterd_policy_info{sha256=\"");
	write_hex(w, s->policy_digest);
	write_text(w, "\"} 1\n");
	metrics_number(w, "policy_rules", "gauge", "Rules of the policy in force.", s->rules);
	family(w, "policy_serial", "gauge", "Serial of each policy file that has one.");
	for (size_t i = 0; i < s->num_sources; i++) {
		if (s->sources[i].serial > 0)
			write_format(w, "filterd_policy_serial{policy=\"%s\"} %llu\n",
			             s->sources[i].id, (unsigned long long)s->sources[i].serial);
	}
	metrics_number(w, "paused_until_timestamp_seconds", "gauge",
	               "When the pause of blocking ends; 0: not paused.",
	               s->paused != NULL ? (uint64_t)(s->paused_until_us / 1000000) : 0);
	family(w, "state", "gauge", "1 for filterd's present state.");
	for (int state = STATE_ENFORCING; state <= STATE_DEGRADED; state++)
		write_format(w, "filterd_state{state=\"%s\"} %d\n", state_names[state],
		             s->state == (enum state)state);
	metrics_number(w, "uptime_seconds", "gauge", "Since filterd started.", s->uptime_s);
	family(w, "clock_synced", "gauge",
	       "1 if the kernel says that the wall clock is synchronised.");
	if (s->clock != TRUST_UNKNOWN)
		write_format(w, "filterd_clock_synced %d\n", s->clock == TRUST_SYNCED);
}

static void metrics_write_attempts(struct writer *w, const struct status *s)
{
	static const struct { enum event_type type; const char *name, *help; } kinds[] = {
		{ EVENT_BLOCK,       "blocked_total",  "Attempts that were blocked." },
		{ EVENT_WOULD_BLOCK, "observed_total",
		  "Attempts that would have been blocked, before the date or in observe mode." },
		{ EVENT_WAIVED,      "waived_total",
		  "Attempts that would have been blocked, but for a waiver." },
		{ EVENT_LOG,         "logged_total",   "Attempts that passed and were recorded." },
	};

	for (size_t k = 0; k < COUNT(kinds); k++) {
		family(w, kinds[k].name, "counter", kinds[k].help);
		for (size_t i = 0; i < s->tally.num; i++) {
			const struct tally_row *row = &s->tally.rows[i];

			if (row->type == kinds[k].type)
				write_format(w, "filterd_%s{category=\"%s\",layer=\"%s\"} %llu\n",
				             kinds[k].name, row->category, app_names[row->app],
				             (unsigned long long)row->count);
		}
	}
	family(w, "probes_total", "counter", "Requests for the test name, which are no attempts.");
	write_format(w, "filterd_probes_total{result=\"blocked\"} %llu\n",
	             (unsigned long long)s->tally.probes_blocked);
	write_format(w, "filterd_probes_total{result=\"passed\"} %llu\n",
	             (unsigned long long)s->tally.probes_passed);
}

static void write_loads(struct writer *w, const struct status *s)
{
	metrics_number(w, "loaded_timestamp_seconds", "gauge",
	               "When the configuration and policy in force were loaded.",
	               s->loads.loaded_us > 0 ? (uint64_t)s->loads.loaded_us / 1000000 : 0);
	metrics_number(w, "last_load_good", "gauge",
	               "1 if the last load of configuration and policy succeeded.",
	               s->loads.refused_us == 0);
	metrics_number(w, "loads_refused_total", "counter",
	               "Configurations and policies that were refused.", s->loads.num_refused);
}

/* Without a report about a feed there is no sample. */
static void metrics_write_feed(struct writer *w, const struct status *s)
{
	const struct status_feed *f = &s->feed;

	if (f->result == FEED_NEVER)
		return;
	metrics_number(w, "feed_refused", "gauge",
	               "1 if the policy that filterd-update last found was refused, or is stale.",
	               f->result == FEED_REFUSED || f->result == FEED_STALE);
	metrics_number(w, "feed_good_timestamp_seconds", "gauge",
	               "When filterd-update last found its source in order, since 1970; 0: never.",
	               (uint64_t)(f->good_us / 1000000));
	metrics_number(w, "feed_came_timestamp_seconds", "gauge",
	               "When the newest policy of the feed came, since 1970; 0: unknown.",
	               (uint64_t)(f->came_us / 1000000));
}

/* One figure for each queue. */
static void of_queues(struct writer *w, const struct status *s, const char *name, const char *type,
                      const char *help, bool of_flows,
                      uint64_t (*figure)(const struct status_queue *q))
{
	family(w, name, type, help);
	for (size_t i = 0; i < s->num_queues; i++) {
		if (s->queues[i].has_flows || !of_flows)
			write_format(w, "filterd_%s{queue=\"%u\"} %llu\n", name,
			             s->queues[i].number,
			             (unsigned long long)figure(&s->queues[i]));
	}
}

static uint64_t packets_of(const struct status_queue *q) { return q->packets; }
static uint64_t backlog_of(const struct status_queue *q) { return q->backlog; }
static uint64_t dropped_of(const struct status_queue *q) { return q->dropped + q->user_dropped; }
static uint64_t flows_of(const struct status_queue *q)   { return q->flows; }
static uint64_t evicted_of(const struct status_queue *q) { return q->flows_evicted; }

static void metrics_write_queues(struct writer *w, const struct status *s)
{
	of_queues(w, s, "queue_packets_total", "counter", "Packets that were judged.", false,
	          packets_of);
	of_queues(w, s, "queue_backlog", "gauge", "Packets that wait in the kernel.", false,
	          backlog_of);
	of_queues(w, s, "queue_dropped_total", "counter",
	          "Packets that the kernel dropped as the queue or its socket was full.",
	          false, dropped_of);
	of_queues(w, s, "flows", "gauge", "Flows that are remembered.", true, flows_of);
	of_queues(w, s, "flows_evicted_total", "counter",
	          "Flows forgotten early, to make room for others.", true, evicted_of);
}

/* An unknown value has no sample: zero would say that all is well. */
static void metrics_write_kernel(struct writer *w, const struct status *s)
{
	if (s->unseen_known)
		metrics_number(w, "unfiltered_packets_total", "counter",
		               "Packets that nobody judged, since the rules were made.", s->unseen);
	if (s->over_rate_known)
		metrics_number(w, "over_rate_packets_total", "counter",
		               "Packets dropped before the queue, beyond their source's rate.",
		               s->over_rate);
	if (s->hooks == HOOKS_UNKNOWN)
		return;
	family(w, "rules_in_place", "gauge", "1 if the kernel's rules bring packets to filterd.");
	write_format(w, "filterd_rules_in_place %d\n",
	             s->hooks == HOOKS_OK || s->hooks == HOOKS_NOBODY);
	family(w, "protecting", "gauge",
	       "1 if an interface with clients is known to be protected.");
	if (s->protection.known)
		write_format(w, "filterd_protecting %d\n",
		             !status_protection_is_nobody(&s->protection));
}

/* An interface name may contain any byte except blank, slash and colon. */
static void write_interface_row(struct writer *w, const char *name, const char *interface,
                                uint64_t count)
{
	char   label[2 * CONNECTIONS_NAME_MAX];
	size_t len = 0;

	for (; *interface != '\0' && len + 2 < sizeof(label); interface++) {
		if (*interface == '"' || *interface == '\\')
			label[len++] = '\\';
		label[len++] = *interface >= ' ' && *interface <= '~' ? *interface : '?';
	}
	label[len] = '\0';
	write_format(w, "filterd_%s{interface=\"%s\"} %llu\n", name, label,
	             (unsigned long long)count);
}

static void by_interface(struct writer *w, const char *name, const char *help,
                         const struct connections_by *by)
{
	family(w, name, "counter", help);
	for (size_t i = 0; i < by->num; i++)
		write_interface_row(w, name, by->rows[i].interface, by->rows[i].count);
	if (by->others > 0)
		write_interface_row(w, name, "others", by->others);
}

static void metrics_write_connections(struct writer *w, const struct status *s)
{
	const struct connections *c = &s->connections;

	metrics_number(w, "connections_missed_total", "counter",
	               "Connections that began through the queue, and whose data went around it.",
	               s->counts.missed);
	metrics_number(w, "connections_unheard_total", "counter",
	               "Connections whose answers went around the queue.", s->counts.unheard);
	if (!s->connections_known)
		return;
	metrics_number(w, "connections_met_total", "counter",
	               "New connections that came through the queue, since the rules were made.",
	               c->met + c->met_own);
	by_interface(w, "connections_around_total",
	             "New connections that should have come through the queue, and did not.",
	             &c->around);
	by_interface(w, "connections_left_out_total",
	             "New connections of interfaces that protect leaves out.", &c->left_out);
}

static void metrics_write_log(struct writer *w, const struct status *s)
{
	struct status_wrong wrong[STATUS_LOG_WRONG_MAX];

	metrics_number(w, "audit_seq", "gauge", "Number of the next record of the audit log.",
	               s->log.next_seq);
	metrics_number(w, "audit_sealed_seconds", "gauge", "Since the audit log was last signed.",
	               s->log.signed_s);
	metrics_number(w, "audit_pending", "gauge",
	               "Attempts that are counted and not yet in the audit log.", s->log.pending);
	metrics_number(w, "audit_lost_total", "counter",
	               "Records that could not be written when they were due, and were counted.",
	               s->log.lost);
	metrics_number(w, "audit_wrong", "gauge",
	               "Problems of the audit log; filterctl status names them.",
	               status_log_wrong(s, wrong));
	if (s->verified == VERIFIED_NEVER)
		return;
	metrics_number(w, "audit_verified_timestamp_seconds", "gauge",
	               "When filterctl audit verify last ran here, since 1970.",
	               (uint64_t)(s->verified_us / 1000000));
	metrics_number(w, "audit_unsound", "gauge",
	               "1 if it found the log not sound; filterctl audit verify says why.",
	               s->verified == VERIFIED_NOT_SOUND);
}

void status_metrics(struct writer *w, const struct status *s)
{
	write_identity(w, s);
	write_loads(w, s);
	metrics_write_feed(w, s);
	metrics_write_attempts(w, s);
	metrics_write_queues(w, s);
	metrics_write_kernel(w, s);
	metrics_write_connections(w, s);
	metrics_write_log(w, s);
}
