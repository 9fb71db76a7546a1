/* SPDX-License-Identifier: MIT */

#include "review/verdict.h"

#include "audit/json.h"

void verdict_write_findings_json(struct text *t, const struct finding *list, size_t num,
                                 uint64_t left_out)
{
	text_put(t, ",\"findings\":[");
	for (size_t i = 0; i < num; i++) {
		struct writer *w = text_room(t, TEXT_ROOM_MAX);

		write_text(w, i > 0 ? ",{" : "{");
		json_text_member(w, "finding", finding_name(list[i].kind));
		json_number_member(w, "from", list[i].from);
		json_number_member(w, "to", list[i].to);
		json_text_member(w, "text", list[i].text);
		write_text(w, "}");
	}
	text_put(t, "]");
	json_number_member(text_room(t, 64), "findings_left_out", left_out);
}

static void write_gaps_json(struct text *t, const struct coverage *c)
{
	struct writer *w = text_room(t, 512);

	write_text(w, ",\"coverage\":{");
	json_number_member(w, "ppm", coverage_ppm(c));
	json_number_member(w, "gap_seconds", (uint64_t)(c->gaps_us / 1000000));
	json_number_member(w, "num_gaps", c->num_gaps);
	if (c->unfiltered_known)
		json_number_member(w, "unfiltered", c->unfiltered);
	if (c->met.num_told > 0) {
		json_number_member(w, "looked_at", c->met.looked_at);
		json_number_member(w, "new_connections", c->met.of);
		json_number_member(w, "left_out", c->met.left_out);
	}
	json_number_member(w, "heartbeats_without_count", c->met.num_untold);
	json_number_member(w, "hooks_unknown", c->num_hooks_unknown);
	json_number_member(w, "hooks_unknown_seconds", (uint64_t)(c->hooks_unknown_us / 1000000));
	json_number_member(w, "clock_steps", c->num_clock_steps);
	text_put(t, ",\"gaps\":[");
	for (uint64_t i = 0; i < c->num_kept; i++) {
		const struct gap *g = &c->gaps[i];

		text_put(t, i > 0 ? ",{" : "{");
		json_text_member(text_room(t, 64), "gap", gap_kind_name(g->kind));
		json_time_member(text_room(t, 128), "from", g->from_us);
		json_time_member(text_room(t, 128), "to", g->to_us);
		w = text_room(t, 1024);
		json_number_member(w, "seconds", (uint64_t)(g->length_us / 1000000));
		if (g->packets_known)
			json_number_member(w, "unfiltered", g->packets);
		if (g->around > 0)
			json_number_member(w, "around", g->around);
		json_text_member(w, "reason", g->reason);
		write_text(w, "}");
	}
	text_put(t, "]}");
}

static void write_policies_json(struct text *t, const struct coverage *c)
{
	text_put(t, ",\"policies\":[");
	for (size_t i = 0; i < c->num_policies; i++) {
		text_put(t, i > 0 ? ",{" : "{");
		json_text_member(text_room(t, 128), "sha256", c->policies[i].digest);
		json_time_member(text_room(t, 128), "from", c->policies[i].from_us);
		text_put(t, "}");
	}
	text_put(t, "]");
}

void verdict_write_json(struct text *t, const struct verify *v, const struct verdict_context *c)
{
	static const char *const names[] = { [SOUND_COMPLETE] = "complete",
	                                     [SOUND_DECLARED] = "declared",
	                                     [SOUND_NOT] = "not-sound" };
	uint8_t       sentence[1024];
	struct writer s = writer_over(sentence, sizeof(sentence));
	struct writer *w;

	verdict_sentence(&s, v);
	text_put(t, "{");
	w = text_room(t, 128);
	json_text_member(w, "result", names[v->findings.soundness]);
	json_number_member(w, "exit", v->findings.soundness);
	json_bytes_member(text_room(t, 1024), "sentence", writer_written(&s));
	json_text_member(text_room(t, TEXT_ROOM_MAX), "log",
	                 v->seals.root.origin[0] != '\0' ? v->seals.root.origin : c->log);
	w = text_room(t, 1024);
	json_name(w, "key_given");
	write_text(w, v->seals.root_given ? "true" : "false");
	json_number_member(w, "files", c->num_files);
	json_number_member(w, "bytes", v->bytes);
	json_number_member(w, "records", v->num_records);
	if (v->has_records) {
		json_number_member(w, "first", v->first_seq);
		json_number_member(w, "last", v->last_seq);
	}
	json_number_member(w, "noise", v->num_noise);
	json_number_member(w, "signed", v->seals.num_signed);
	json_number_member(w, "keys", v->seals.num_keys);
	json_number_member(w, "attempts", v->attempts);
	json_number_member(w, "probes", v->probes.num);
	json_number_member(w, "probes_blocked", v->probes.num_blocked);
	json_number_member(w, "sums_checked", v->num_checked);
	json_number_member(w, "records_not_written_when_due", v->late);
	if (v->anchors != NULL) {
		json_number_member(w, "anchors", v->anchors->num - v->anchors->num_forged);
		json_number_member(w, "anchors_agree", v->anchors->num_agreed);
		json_number_member(w, "anchors_forged", v->anchors->num_forged);
	}
	if (v->has_records) {
		json_time_member(text_room(t, 128), "first_time", v->first_us);
		json_time_member(text_room(t, 128), "last_time", v->last_us);
	}
	write_gaps_json(t, &v->coverage);
	write_policies_json(t, &v->coverage);
	verdict_write_findings_json(t, v->findings.list, v->findings.num, v->findings.left_out);
	text_put(t, "}\n");
}
