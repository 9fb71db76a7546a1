/* SPDX-License-Identifier: MIT */

/* Members are in the order of filterctl(8); unknown values are null, never left out. */

#include "status/status.h"

#include "audit/record.h"
#include "base/instant.h"
#include "base/json.h"

static void write_troubles(struct json *j, const struct status *s)
{
	struct troubles t;

	json_bool(j, "good", status_troubles(s, &t));
	json_array(j, "attention");
	for (size_t i = 0; i < t.num; i++)
		json_text(j, NULL, t.text[i]);
	json_end(j);
	json_text(j, "answer", status_answer(s, &t));
	json_text(j, "level", status_level_names[status_level(s, &t)]);
}

static void write_pause(struct json *j, const struct status *s)
{
	if (s->paused == NULL) {
		json_text(j, "paused", NULL);
		return;
	}
	json_object(j, "paused");
	json_time(j, "until", s->paused_until_us);
	json_text(j, "reason", s->paused);
	json_end(j);
}

/* Those that have not ended, so a reader of the file can tell which ones filterd has loaded. */
static void status_json_write_waivers(struct json *j, const struct status *s)
{
	size_t num = 0;

	json_array(j, "waivers");
	for (size_t i = 0; i < s->num_waivers; i++) {
		const struct waiver *w = &s->waivers[i];

		if (s->now_us >= w->until_us || num++ >= STATUS_WAIVERS)
			continue;
		json_object(j, NULL);
		json_text(j, "id", w->id);
		json_time(j, "until", w->until_us);
		json_end(j);
	}
	json_end(j);
	json_number(j, "waivers_more", num > STATUS_WAIVERS ? num - STATUS_WAIVERS : 0);
}

static void write_policy(struct json *j, const struct status *s)
{
	json_object(j, "policy");
	json_hex(j, "sha256", s->policy_digest);
	json_text(j, "files", s->policy_files);
	json_array(j, "serials");
	for (size_t i = 0; i < s->num_sources; i++) {
		json_object(j, NULL);
		json_text(j, "id", s->sources[i].id);
		json_number(j, "serial", s->sources[i].serial);
		json_end(j);
	}
	json_end(j);
	status_json_write_waivers(j, s);
	json_number(j, "rules", s->rules);
	json_time(j, "cutoff", s->cutoff_us);
	json_time(j, "next_change", s->next_us);
	json_end(j);
}

static void write_loads(struct json *j, const struct status *s)
{
	const struct status_loads *l = &s->loads;

	json_object(j, "loads");
	json_time(j, "loaded", l->loaded_us);
	json_number(j, "refused", l->num_refused);
	json_time(j, "refused_at", l->refused_us != 0 ? l->refused_us : INSTANT_NEVER);
	json_text(j, "why", l->refused_us != 0 ? l->why : NULL);
	json_time(j, "copy_of", l->copy_us != 0 ? l->copy_us : INSTANT_NEVER);
	json_end(j);
}

static void status_json_write_feed(struct json *j, const struct status_feed *f)
{
	if (f->result == FEED_NEVER) {
		json_text(j, "feed", NULL);
		return;
	}
	json_object(j, "feed");
	json_text(j, "result", status_feed_names[f->result]);
	json_text(j, "says", f->text);
	json_time(j, "looked", f->told_us);
	json_time(j, "good", f->good_us != 0 ? f->good_us : INSTANT_NEVER);
	json_time(j, "came", f->came_us != 0 ? f->came_us : INSTANT_NEVER);
	json_end(j);
}

static void write_interfaces(struct json *j, const char *name,
                             const struct status_protection *p, bool left_out)
{
	json_array(j, name);
	for (size_t i = 0; i < p->num; i++) {
		const struct status_interface *one = &p->interfaces[i];

		if (one->is_left_out != left_out)
			continue;
		json_object(j, NULL);
		json_text(j, "interface", one->name);
		json_array(j, "networks");
		for (size_t k = 0; k < one->num_networks; k++)
			json_text(j, NULL, one->networks[k]);
		json_end(j);
		json_end(j);
	}
	json_end(j);
}

void status_protection_json(struct json *j, const struct status_protection *p)
{
	write_interfaces(j, "protects", p, false);
	write_interfaces(j, "leaves_out", p, true);
}

static void write_protection(struct json *j, const struct status_protection *p)
{
	if (!p->known) {
		json_text(j, "protection", NULL);
		return;
	}
	json_object(j, "protection");
	status_protection_json(j, p);
	json_number(j, "more", p->num_more);
	json_array(j, "missing");
	for (size_t i = 0; i < p->num_missing; i++)
		json_text(j, NULL, p->missing[i]);
	json_end(j);
	json_bool(j, "current", p->stale[0] == '\0');
	json_end(j);
}

static void write_known(struct json *j, const char *name, bool is_known, uint64_t number)
{
	if (is_known)
		json_number(j, name, number);
	else
		json_text(j, name, NULL);
}

static void status_json_write_kernel(struct json *j, const struct status *s)
{
	json_object(j, "kernel");
	json_text(j, "rules", hooks_names[s->hooks]);
	json_text(j, "on_failure", s->on_failure == ON_FAILURE_OPEN ? "open" : "closed");
	write_known(j, "unseen", s->unseen_known, s->unseen);
	write_known(j, "over_rate", s->over_rate_known, s->over_rate);
	json_bool(j, "unseen_lately", s->unseen_lately);
	json_bool(j, "over_rate_lately", s->over_rate_lately);
	json_end(j);
}

static void write_by_interface(struct json *j, const char *name, const struct connections_by *by)
{
	json_array(j, name);
	for (size_t i = 0; i <= by->num; i++) {
		bool is_last = i == by->num;

		if (is_last && by->others == 0)
			break;
		json_object(j, NULL);
		json_text(j, "interface", is_last ? "others" : by->rows[i].interface);
		json_number(j, "count", is_last ? by->others : by->rows[i].count);
		json_end(j);
	}
	json_end(j);
}

static void write_connections(struct json *j, const struct status *s)
{
	if (!s->connections_known) {
		json_text(j, "connections", NULL);
		return;
	}
	json_object(j, "connections");
	json_number(j, "met", s->connections.met + s->connections.met_own);
	write_by_interface(j, "around", &s->connections.around);
	write_by_interface(j, "left_out", &s->connections.left_out);
	json_end(j);
}

static void status_json_write_queues(struct json *j, const struct status *s)
{
	json_array(j, "queues");
	for (size_t i = 0; i < s->num_queues; i++) {
		const struct status_queue *q = &s->queues[i];

		json_object(j, NULL);
		json_number(j, "queue", q->number);
		json_number(j, "length", s->length);
		json_number(j, "backlog", q->backlog);
		json_number(j, "dropped", q->dropped);
		json_number(j, "user_dropped", q->user_dropped);
		json_number(j, "packets", q->packets);
		if (q->has_flows) {
			json_number(j, "flows", q->flows);
			json_number(j, "flows_most", s->flows_most);
			json_number(j, "flows_evicted", q->flows_evicted);
		}
		json_end(j);
	}
	json_end(j);
}

static void write_packets(struct json *j, const struct status *s)
{
	json_object(j, "packets");
	json_number(j, "judged", s->counts.packets);
	json_number(j, "decided", s->counts.decided);
	json_number(j, "broken", s->counts.bad_packets);
	json_number(j, "conflicts", s->counts.conflicts);
	json_number(j, "decoys", s->counts.decoys);
	json_number(j, "forged", s->counts.forged);
	json_number(j, "unreadable", s->counts.unreadable);
	json_number(j, "over_limit", s->counts.over_limit);
	json_number(j, "hellos_evicted", s->counts.hellos_evicted);
	json_number(j, "missed", s->counts.missed);
	json_number(j, "unheard", s->counts.unheard);
	json_end(j);
}

static void status_json_write_attempts(struct json *j, const struct status *s)
{
	json_object(j, "attempts");
	json_number(j, "blocked", tally_sum(&s->tally, EVENT_BLOCK));
	json_number(j, "observed", tally_sum(&s->tally, EVENT_WOULD_BLOCK));
	json_number(j, "waived", tally_sum(&s->tally, EVENT_WAIVED));
	json_number(j, "logged", tally_sum(&s->tally, EVENT_LOG));
	json_number(j, "devices", s->log.devices);
	json_array(j, "by");
	for (size_t i = 0; i < s->tally.num; i++) {
		const struct tally_row *row = &s->tally.rows[i];

		json_object(j, NULL);
		json_text(j, "category", row->category);
		json_text(j, "layer", app_names[row->app]);
		json_text(j, "type", type_names[row->type]);
		json_number(j, "count", row->count);
		json_end(j);
	}
	json_end(j);
	json_end(j);
	json_object(j, "probes");
	json_number(j, "blocked", s->tally.probes_blocked);
	json_number(j, "passed", s->tally.probes_passed);
	json_end(j);
}

static void status_json_write_log(struct json *j, const struct status *s)
{
	struct status_wrong wrong[STATUS_LOG_WRONG_MAX];
	size_t              num = status_log_wrong(s, wrong);

	json_object(j, "log");
	json_text(j, "file", s->log.path);
	json_number(j, "next_seq", s->log.next_seq);
	json_number(j, "signed_s", s->log.signed_s);
	json_number(j, "unsigned", s->log.unsigned_records);
	json_number(j, "attempts", s->log.attempts);
	json_number(j, "pending", s->log.pending);
	json_number(j, "lost", s->log.lost);
	json_text(j, "degraded", s->log.degraded);
	json_text(j, "verified", status_verified_names[s->verified]);
	json_time(j, "verified_at",
	            s->verified != VERIFIED_NEVER ? s->verified_us : INSTANT_NEVER);
	json_number(j, "taken", s->log.taken);
	json_array(j, "wrong");
	for (size_t i = 0; i < num; i++)
		json_text(j, NULL, wrong[i].what);
	json_end(j);
	json_end(j);
}

void status_json(struct writer *w, const struct status *s)
{
	struct json j = json_over(w);

	json_object(&j, NULL);
	json_bool(&j, "running", true);
	write_troubles(&j, s);
	json_text(&j, "mode", s->mode == MODE_OBSERVE ? "observe" : "enforce");
	json_text(&j, "state", state_names[s->state]);
	write_pause(&j, s);
	write_policy(&j, s);
	write_loads(&j, s);
	status_json_write_feed(&j, &s->feed);
	json_text(&j, "clock", trust_names[s->clock]);
	json_time(&j, "time", s->now_us);
	status_json_write_kernel(&j, s);
	write_protection(&j, &s->protection);
	write_connections(&j, s);
	status_json_write_queues(&j, s);
	status_json_write_attempts(&j, s);
	write_packets(&j, s);
	status_json_write_log(&j, s);
	json_text(&j, "metrics", s->metrics_reason);
	json_text(&j, "version", s->version);
	json_text(&j, "sensor", s->sensor);
	json_number(&j, "pid", s->pid);
	json_number(&j, "uptime_s", s->uptime_s);
	json_end(&j);
	write_text(w, "\n");
}
