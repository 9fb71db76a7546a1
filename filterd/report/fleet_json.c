/* SPDX-License-Identifier: MIT */

#include "report/fleet.h"

#include "audit/json.h"
#include "review/verdict.h"

static const char *const results[] = { [SOUND_COMPLETE] = "complete", [SOUND_DECLARED] = "declared",
                                       [SOUND_NOT] = "not-sound" };

static void put_flag(struct text *t, const char *name, bool value)
{
	struct writer *w = text_room(t, 64);

	json_name(w, name);
	write_text(w, value ? "true" : "false");
}

static void fleet_json_put_number(struct text *t, const char *name, uint64_t number)
{
	json_number_member(text_room(t, 64), name, number);
}

/* All that are known; those of a log with more than are kept are not. */
static void put_missing(struct text *t, const struct fleet_log *l)
{
	size_t num = 0;

	fleet_json_put_number(t, "missing", l->num_missing);
	text_put(t, ",\"missing_ranges\":[");
	for (size_t i = 0; i < l->num_findings; i++) {
		const struct finding *f = &l->findings[i];
		struct writer        *w;

		if (f->kind != FINDING_MISSING && f->kind != FINDING_TRUNCATED)
			continue;
		w = text_room(t, 64);
		write_text(w, num++ > 0 ? ",[" : "[");
		write_decimal(w, f->from);
		write_text(w, ",");
		write_decimal(w, f->to);
		write_text(w, "]");
	}
	text_put(t, "]");
}

static void fleet_json_put_log(struct text *t, const struct fleet_log *l)
{
	text_put(t, "{");
	json_bytes_member(text_room(t, TEXT_ROOM_MAX), "gateway",
	                  bytes_first(bytes_text(l->gateway), 160));
	json_text_member(text_room(t, TEXT_ROOM_MAX), "log", l->origin);
	json_text_member(text_room(t, 64), "result", results[l->soundness]);
	json_text_member(text_room(t, TEXT_ROOM_MAX), "sentence", l->sentence);
	put_flag(t, "key_given", l->key_given);
	json_text_member(text_room(t, 64), "now", l->is_former ? "former" : fleet_now_name(l->now));
	fleet_json_put_number(t, "records", l->num_records);
	if (l->has_records) {
		fleet_json_put_number(t, "first", l->first_seq);
		fleet_json_put_number(t, "last", l->last_seq);
		json_time_member(text_room(t, 128), "last_heard", l->heard_us);
		fleet_json_put_number(t, "every", (uint64_t)(l->every_us / 1000000));
		fleet_json_put_number(t, "attempts", l->attempts);
	}
	put_missing(t, l);
	fleet_json_put_number(t, "gaps", l->num_gaps);
	fleet_json_put_number(t, "gap_seconds", (uint64_t)(l->gaps_us / 1000000));
	if (l->are_counted || l->packets > 0)
		fleet_json_put_number(t, "unfiltered", l->packets);
	if (l->policy[0] != '\0') {
		json_text_member(text_room(t, 128), "policy", l->policy);
		json_time_member(text_room(t, 128), "policy_from", l->policy_from_us);
		put_flag(t, "policy_differs", l->runs_another);
	}
	put_flag(t, "clock_ahead", l->is_ahead);
	fleet_json_put_number(t, "noise", l->num_noise);
	verdict_write_findings_json(t, l->findings, l->num_findings, l->findings_left_out);
	text_put(t, "}");
}

void fleet_write_json(struct text *t, const struct fleet *f)
{
	uint8_t       sentence[512];
	struct writer w = writer_over(sentence, sizeof(sentence));

	fleet_sentence(&w, f);
	text_put(t, "{");
	json_text_member(text_room(t, 64), "result", results[f->soundness]);
	fleet_json_put_number(t, "exit", f->soundness);
	json_bytes_member(text_room(t, 1024), "sentence", writer_written(&w));
	fleet_json_put_number(t, "gateways", f->num_gateways);
	fleet_json_put_number(t, "files", f->num_files);
	fleet_json_put_number(t, "bytes", f->bytes);
	fleet_json_put_number(t, "records", f->num_records);
	fleet_json_put_number(t, "twice", f->num_twice);
	fleet_json_put_number(t, "strange_lines", f->num_strange);
	fleet_json_put_number(t, "noise", f->num_noise);
	fleet_json_put_number(t, "files_unread", f->num_unread);
	fleet_json_put_number(t, "missing", f->num_missing);
	fleet_json_put_number(t, "silent", f->num_now[NOW_SILENT]);
	json_text_member(text_room(t, 128), "policy", f->policy);
	fleet_json_put_number(t, "other_policies", f->num_another);
	if (f->newest_us > INT64_MIN)
		json_time_member(text_room(t, 128), "newest", f->newest_us);
	text_put(t, ",\"logs\":[");
	for (size_t i = 0; i < f->num; i++) {
		text_put(t, i > 0 ? "," : "");
		fleet_json_put_log(t, &f->list[i]);
	}
	text_put(t, "]}\n");
}
