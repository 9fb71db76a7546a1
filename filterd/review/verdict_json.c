/* SPDX-License-Identifier: MIT */

#include "review/verdict.h"

#include "review/policy_words.h"

void verdict_write_findings_json(struct json *j, const struct finding *list, size_t num,
                                 uint64_t left_out)
{
	json_array(j, "findings");
	for (size_t i = 0; i < num; i++) {
		json_object(j, NULL);
		json_text(j, "finding", finding_name(list[i].kind));
		json_number(j, "from", list[i].from);
		json_number(j, "to", list[i].to);
		json_text(j, "text", list[i].text);
		json_end(j);
	}
	json_end(j);
	json_number(j, "findings_left_out", left_out);
}

static void write_gaps_json(struct json *j, const struct coverage *c)
{
	json_object(j, "coverage");
	json_number(j, "ppm", coverage_ppm(c));
	json_number(j, "gap_seconds", (uint64_t)(c->gaps_us / 1000000));
	json_number(j, "num_gaps", c->num_gaps);
	if (c->unfiltered_known)
		json_number(j, "unfiltered", c->unfiltered);
	if (c->met.num_told > 0) {
		json_number(j, "looked_at", c->met.looked_at);
		json_number(j, "new_connections", c->met.of);
		json_number(j, "left_out", c->met.left_out);
	}
	json_number(j, "heartbeats_without_count", c->met.num_untold);
	json_number(j, "hooks_unknown", c->num_hooks_unknown);
	json_number(j, "hooks_unknown_seconds", (uint64_t)(c->hooks_unknown_us / 1000000));
	json_number(j, "clock_steps", c->num_clock_steps);
	json_array(j, "gaps");
	for (uint64_t i = 0; i < c->num_kept; i++) {
		const struct gap *g = &c->gaps[i];

		json_object(j, NULL);
		json_text(j, "gap", gap_kind_name(g->kind));
		json_time(j, "from", g->from_us);
		json_time(j, "to", g->to_us);
		json_number(j, "seconds", (uint64_t)(g->length_us / 1000000));
		if (g->packets_known)
			json_number(j, "unfiltered", g->packets);
		if (g->around > 0)
			json_number(j, "around", g->around);
		json_text(j, "reason", g->reason);
		json_end(j);
	}
	json_end(j);
	json_end(j);
}

/* The description of its files in the records; an older filterd wrote none. */
void verdict_write_policy_files(struct json *j, struct bytes said, uint64_t left_out)
{
	struct scan         s = policy_said_begin(said);
	struct policy_words p;

	if (said.len == 0)
		return;
	json_array(j, "policy_files");
	while (policy_words_next(&s, &p)) {
		json_object(j, NULL);
		json_bytes(j, "title", p.title);
		if (p.authority.len > 0)
			json_bytes(j, "authority", p.authority);
		if (p.number > 0)
			json_number(j, "serial", p.number);
		if (p.cutoff.len > 0)
			json_bytes(j, "cutoff", p.cutoff);
		json_end(j);
	}
	json_end(j);
	if (left_out > 0)
		json_number(j, "policy_files_left_out", left_out);
}

static void write_policies_json(struct json *j, const struct coverage *c)
{
	json_array(j, "policies");
	for (size_t i = 0; i < c->num_policies; i++) {
		json_object(j, NULL);
		json_text(j, "sha256", c->policies[i].digest);
		json_time(j, "from", c->policies[i].from_us);
		verdict_write_policy_files(j, coverage_said(c, &c->policies[i]),
		                           c->policies[i].left_out);
		json_end(j);
	}
	json_end(j);
}

void verdict_write_json(struct text *t, const struct verify *v, const struct verdict_context *c)
{
	uint8_t       sentence[1024];
	struct writer s = writer_over(sentence, sizeof(sentence));
	struct json   j = json_into(t);

	verdict_sentence(&s, v);
	json_object(&j, NULL);
	json_text(&j, "result", soundness_name(v->findings.soundness));
	json_number(&j, "exit", v->findings.soundness);
	json_bytes(&j, "sentence", writer_written(&s));
	json_text(&j, "log",
	                 v->seals.root.origin[0] != '\0' ? v->seals.root.origin : c->log);
	json_bool(&j, "key_given", v->seals.root_given);
	json_number(&j, "files", c->num_files);
	json_number(&j, "bytes", v->bytes);
	json_number(&j, "records", v->num_records);
	if (v->has_records) {
		json_number(&j, "first", v->first_seq);
		json_number(&j, "last", v->last_seq);
	}
	json_number(&j, "noise", v->num_noise);
	json_number(&j, "signed", v->seals.num_signed);
	json_number(&j, "keys", v->seals.num_keys);
	json_number(&j, "attempts", v->attempts);
	json_number(&j, "probes", v->probes.num);
	json_number(&j, "probes_blocked", v->probes.num_blocked);
	json_number(&j, "sums_checked", v->num_checked);
	json_number(&j, "records_not_written_when_due", v->late);
	if (v->anchors != NULL) {
		json_number(&j, "anchors", v->anchors->num - v->anchors->num_forged);
		json_number(&j, "anchors_agree", v->anchors->num_agreed);
		json_number(&j, "anchors_forged", v->anchors->num_forged);
	}
	if (v->has_records) {
		json_time(&j, "first_time", v->first_us);
		json_time(&j, "last_time", v->last_us);
	}
	write_gaps_json(&j, &v->coverage);
	write_policies_json(&j, &v->coverage);
	verdict_write_findings_json(&j, v->findings.list, v->findings.num, v->findings.left_out);
	json_end(&j);
	text_put(t, "\n");
}
