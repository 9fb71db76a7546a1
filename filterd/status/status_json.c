/* SPDX-License-Identifier: MIT */

/* Members stand in the order of filterctl(8); what is not known is null, never left out. */

#include "status/status.h"

#include "audit/json.h"
#include "audit/record.h"
#include "base/instant.h"

static void time_member(struct writer *w, const char *name, int64_t us)
{
	if (us == INSTANT_NEVER || us == INSTANT_ALWAYS)
		json_open_member(w, name, "null");
	else
		json_time_member(w, name, us);
}

static void bool_member(struct writer *w, const char *name, bool value)
{
	json_open_member(w, name, value ? "true" : "false");
}

/* Within an array. */
static void separate(struct writer *w, size_t i)
{
	write_text(w, i > 0 ? "," : "");
}

static void write_troubles(struct writer *w, const struct status *s)
{
	struct troubles t;

	bool_member(w, "good", status_troubles(s, &t));
	json_open_member(w, "attention", "[");
	for (size_t i = 0; i < t.num; i++) {
		separate(w, i);
		json_string(w, bytes_text(t.text[i]));
	}
	write_text(w, "]");
}

static void write_policy(struct writer *w, const struct status *s)
{
	json_open_member(w, "policy", "{");
	json_hex_member(w, "sha256", s->policy_digest);
	json_text_member(w, "files", s->policy_files);
	json_open_member(w, "serials", "[");
	for (size_t i = 0; i < s->num_sources; i++) {
		write_text(w, i > 0 ? ",{" : "{");
		json_text_member(w, "id", s->sources[i].id);
		json_number_member(w, "serial", s->sources[i].serial);
		write_text(w, "}");
	}
	write_text(w, "]");
	json_number_member(w, "rules", s->rules);
	time_member(w, "cutoff", s->cutoff_us);
	time_member(w, "next_change", s->next_us);
	write_text(w, "}");
}

static void write_loads(struct writer *w, const struct status *s)
{
	const struct status_loads *l = &s->loads;

	json_open_member(w, "loads", "{");
	time_member(w, "loaded", l->loaded_us);
	json_number_member(w, "refused", l->num_refused);
	time_member(w, "refused_at", l->refused_us != 0 ? l->refused_us : INSTANT_NEVER);
	if (l->refused_us != 0)
		json_text_member(w, "why", l->why);
	else
		json_open_member(w, "why", "null");
	time_member(w, "copy_of", l->copy_us != 0 ? l->copy_us : INSTANT_NEVER);
	write_text(w, "}");
}

static void write_interfaces(struct writer *w, const char *name,
                             const struct status_protection *p, bool left_out)
{
	size_t num = 0;

	json_open_member(w, name, "[");
	for (size_t i = 0; i < p->num; i++) {
		const struct status_interface *one = &p->interfaces[i];

		if (one->is_left_out != left_out)
			continue;
		separate(w, num++);
		write_text(w, "{");
		json_text_member(w, "interface", one->name);
		json_open_member(w, "networks", "[");
		for (size_t k = 0; k < one->num_networks; k++) {
			separate(w, k);
			json_string(w, bytes_text(one->networks[k]));
		}
		write_text(w, "]}");
	}
	write_text(w, "]");
}

void status_protection_json(struct writer *w, const struct status_protection *p)
{
	write_interfaces(w, "protects", p, false);
	write_interfaces(w, "leaves_out", p, true);
}

static void write_protection(struct writer *w, const struct status_protection *p)
{
	json_open_member(w, "protection", p->known ? "{" : "null");
	if (!p->known)
		return;
	status_protection_json(w, p);
	json_number_member(w, "more", p->num_more);
	json_open_member(w, "missing", "[");
	for (size_t i = 0; i < p->num_missing; i++) {
		separate(w, i);
		json_string(w, bytes_text(p->missing[i]));
	}
	write_text(w, "]");
	bool_member(w, "current", p->stale[0] == '\0');
	write_text(w, "}");
}

static void status_json_write_kernel(struct writer *w, const struct status *s)
{
	json_open_member(w, "kernel", "{");
	json_text_member(w, "rules", hooks_name(s->hooks));
	json_text_member(w, "on_failure", s->on_failure == ON_FAILURE_OPEN ? "open" : "closed");
	if (s->unseen_known)
		json_number_member(w, "unseen", s->unseen);
	else
		json_open_member(w, "unseen", "null");
	if (s->over_rate_known)
		json_number_member(w, "over_rate", s->over_rate);
	else
		json_open_member(w, "over_rate", "null");
	bool_member(w, "unseen_lately", s->unseen_lately);
	bool_member(w, "over_rate_lately", s->over_rate_lately);
	write_text(w, "}");
}

static void write_by_interface(struct writer *w, const char *name, const struct connections_by *by)
{
	json_open_member(w, name, "[");
	for (size_t i = 0; i <= by->num; i++) {
		bool is_last = i == by->num;

		if (is_last && by->others == 0)
			break;
		separate(w, i);
		write_text(w, "{");
		json_text_member(w, "interface", is_last ? "others" : by->rows[i].interface);
		json_number_member(w, "count", is_last ? by->others : by->rows[i].count);
		write_text(w, "}");
	}
	write_text(w, "]");
}

static void write_connections(struct writer *w, const struct status *s)
{
	if (!s->connections_known) {
		json_open_member(w, "connections", "null");
		return;
	}
	json_open_member(w, "connections", "{");
	json_number_member(w, "met", s->connections.met + s->connections.met_own);
	write_by_interface(w, "around", &s->connections.around);
	write_by_interface(w, "left_out", &s->connections.left_out);
	write_text(w, "}");
}

static void status_json_write_queues(struct writer *w, const struct status *s)
{
	json_open_member(w, "queues", "[");
	for (size_t i = 0; i < s->num_queues; i++) {
		const struct status_queue *q = &s->queues[i];

		separate(w, i);
		write_text(w, "{");
		json_number_member(w, "queue", q->number);
		json_number_member(w, "length", s->length);
		json_number_member(w, "backlog", q->backlog);
		json_number_member(w, "dropped", q->dropped);
		json_number_member(w, "user_dropped", q->user_dropped);
		json_number_member(w, "packets", q->packets);
		if (q->has_flows) {
			json_number_member(w, "flows", q->flows);
			json_number_member(w, "flows_most", s->flows_most);
			json_number_member(w, "flows_evicted", q->flows_evicted);
		}
		write_text(w, "}");
	}
	write_text(w, "]");
}

static void write_packets(struct writer *w, const struct status *s)
{
	json_open_member(w, "packets", "{");
	json_number_member(w, "judged", s->packets);
	json_number_member(w, "decided", s->decided);
	json_number_member(w, "broken", s->bad_packets);
	json_number_member(w, "conflicts", s->conflicts);
	json_number_member(w, "decoys", s->decoys);
	json_number_member(w, "forged", s->forged);
	json_number_member(w, "unreadable", s->unreadable);
	json_number_member(w, "over_limit", s->over_limit);
	json_number_member(w, "hellos_evicted", s->hellos_evicted);
	json_number_member(w, "missed", s->missed);
	json_number_member(w, "unheard", s->unheard);
	write_text(w, "}");
}

static void status_json_write_attempts(struct writer *w, const struct status *s)
{
	json_open_member(w, "attempts", "{");
	json_number_member(w, "blocked", tally_sum(&s->tally, EVENT_BLOCK));
	json_number_member(w, "observed", tally_sum(&s->tally, EVENT_WOULD_BLOCK));
	json_number_member(w, "waived", tally_sum(&s->tally, EVENT_WAIVED));
	json_number_member(w, "logged", tally_sum(&s->tally, EVENT_LOG));
	json_number_member(w, "devices", s->devices);
	json_open_member(w, "by", "[");
	for (size_t i = 0; i < s->tally.num; i++) {
		const struct tally_row *row = &s->tally.rows[i];

		separate(w, i);
		write_text(w, "{");
		json_text_member(w, "category", row->category);
		json_text_member(w, "layer", app_name(row->app));
		json_text_member(w, "type", type_name(row->type));
		json_number_member(w, "count", row->count);
		write_text(w, "}");
	}
	write_text(w, "]}");
	json_open_member(w, "probes", "{");
	json_number_member(w, "blocked", s->tally.probes_blocked);
	json_number_member(w, "passed", s->tally.probes_passed);
	write_text(w, "}");
}

static void status_json_write_log(struct writer *w, const struct status *s)
{
	static const char *const verified[] = { [VERIFIED_COMPLETE]  = "complete",
	                                        [VERIFIED_DECLARED]  = "declared",
	                                        [VERIFIED_NOT_SOUND] = "not-sound" };
	struct status_wrong      wrong[STATUS_LOG_WRONG_MAX];
	size_t                   num = status_log_wrong(s, wrong);

	json_open_member(w, "log", "{");
	json_text_member(w, "file", s->log_file);
	json_number_member(w, "next_seq", s->next_seq);
	json_number_member(w, "signed_s", s->signed_s);
	json_number_member(w, "unsigned", s->unsigned_records);
	json_number_member(w, "attempts", s->attempts);
	json_number_member(w, "pending", s->pending);
	json_number_member(w, "lost", s->lost);
	if (s->degraded_reason != NULL)
		json_text_member(w, "degraded", s->degraded_reason);
	else
		json_open_member(w, "degraded", "null");
	if (s->verified != VERIFIED_NEVER)
		json_text_member(w, "verified", verified[s->verified]);
	else
		json_open_member(w, "verified", "null");
	time_member(w, "verified_at",
	            s->verified != VERIFIED_NEVER ? s->verified_us : INSTANT_NEVER);
	json_number_member(w, "taken", s->taken);
	json_open_member(w, "wrong", "[");
	for (size_t i = 0; i < num; i++) {
		separate(w, i);
		json_string(w, bytes_text(wrong[i].what));
	}
	write_text(w, "]");
	write_text(w, "}");
}

static void write_metrics_trouble(struct writer *w, const struct status *s)
{
	if (s->metrics_reason != NULL)
		json_text_member(w, "metrics", s->metrics_reason);
	else
		json_open_member(w, "metrics", "null");
}

void status_json(struct writer *w, const struct status *s)
{
	write_text(w, "{");
	bool_member(w, "running", true);
	write_troubles(w, s);
	json_text_member(w, "mode", s->mode == MODE_OBSERVE ? "observe" : "enforce");
	json_text_member(w, "state", state_name(s->state));
	json_open_member(w, "paused", s->paused != NULL ? "{" : "null");
	if (s->paused != NULL) {
		json_time_member(w, "until", s->paused_until_us);
		json_text_member(w, "reason", s->paused);
		write_text(w, "}");
	}
	write_policy(w, s);
	write_loads(w, s);
	json_text_member(w, "clock", trust_name(s->clock));
	time_member(w, "time", s->now_us);
	status_json_write_kernel(w, s);
	write_protection(w, &s->protection);
	write_connections(w, s);
	status_json_write_queues(w, s);
	status_json_write_attempts(w, s);
	write_packets(w, s);
	status_json_write_log(w, s);
	write_metrics_trouble(w, s);
	json_text_member(w, "version", s->version);
	json_text_member(w, "sensor", s->sensor);
	json_number_member(w, "pid", s->pid);
	json_number_member(w, "uptime_s", s->uptime_s);
	write_text(w, "}\n");
}
