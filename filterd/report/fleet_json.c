/* SPDX-License-Identifier: MIT */

#include "report/fleet.h"

#include "base/json.h"
#include "review/verdict.h"

/* All findings that were kept; a log may have had more. */
static void put_missing(struct json *j, const struct fleet_log *l)
{
	json_number(j, "missing", l->num_missing);
	json_array(j, "missing_ranges");
	for (size_t i = 0; i < l->num_findings; i++) {
		const struct finding *f = &l->findings[i];

		if (f->kind != FINDING_MISSING && f->kind != FINDING_TRUNCATED)
			continue;
		json_array(j, NULL);
		json_number(j, NULL, f->from);
		json_number(j, NULL, f->to);
		json_end(j);
	}
	json_end(j);
}

static void fleet_json_put_log(struct json *j, const struct fleet_log *l)
{
	json_object(j, NULL);
	json_text(j, "gateway", l->gateway);
	json_text(j, "log", l->origin);
	json_text(j, "result", soundness_name(l->soundness));
	json_text(j, "sentence", l->sentence);
	json_bool(j, "key_given", l->key_given);
	json_text(j, "now", l->is_former ? "former" : fleet_now_name(l->now));
	json_number(j, "records", l->num_records);
	if (l->has_records) {
		json_number(j, "first", l->first_seq);
		json_number(j, "last", l->last_seq);
		json_time(j, "last_heard", l->heard_us);
		json_number(j, "every", (uint64_t)(l->every_us / 1000000));
		json_number(j, "attempts", l->attempts);
	}
	put_missing(j, l);
	json_number(j, "gaps", l->cover.num_inactive);
	json_number(j, "gap_seconds", (uint64_t)(l->cover.gaps_us / 1000000));
	if (l->cover.are_counted || l->cover.packets > 0)
		json_number(j, "unfiltered", l->cover.packets);
	if (l->policy[0] != '\0') {
		json_text(j, "policy", l->policy);
		json_time(j, "policy_from", l->policy_from_us);
		json_bool(j, "policy_differs", l->runs_another);
		verdict_write_policy_files(j, bytes_text(l->policy_said), l->policy_left_out);
	}
	json_bool(j, "clock_ahead", l->is_ahead);
	json_number(j, "noise", l->num_noise);
	verdict_write_findings_json(j, l->findings, l->num_findings, l->findings_left_out);
	json_end(j);
}

void fleet_write_json(struct text *t, const struct fleet *f)
{
	uint8_t       sentence[512];
	struct writer w = writer_over(sentence, sizeof(sentence));
	struct json   j = json_into(t);

	fleet_sentence(&w, f);
	json_object(&j, NULL);
	json_text(&j, "result", soundness_name(f->soundness));
	json_number(&j, "exit", f->soundness);
	json_bytes(&j, "sentence", writer_written(&w));
	json_number(&j, "gateways", f->num_gateways);
	json_number(&j, "files", f->num_files);
	json_number(&j, "bytes", f->bytes);
	json_number(&j, "records", f->num_records);
	json_number(&j, "twice", f->num_twice);
	json_number(&j, "strange_lines", f->num_strange);
	json_number(&j, "noise", f->num_noise);
	json_number(&j, "files_unread", f->num_unread);
	json_number(&j, "missing", f->num_missing);
	json_number(&j, "silent", f->num_now[NOW_SILENT]);
	json_text(&j, "policy", f->policy);
	json_number(&j, "other_policies", f->num_another);
	if (f->newest_us > INT64_MIN)
		json_time(&j, "newest", f->newest_us);
	json_array(&j, "logs");
	for (size_t i = 0; i < f->num; i++)
		fleet_json_put_log(&j, &f->list[i]);
	json_end(&j);
	json_end(&j);
	text_put(t, "\n");
}
