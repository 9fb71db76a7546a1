/* SPDX-License-Identifier: MIT */

#include "report/fleet.h"

#include "base/list.h"
#include "base/rows.h"
#include "review/sum.h"
#include "review/verdict.h"
#include "review/words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* if a clock is this far ahead, either it or ours is wrong */
#define AHEAD_US INT64_C(3600000000)

static char *copy_of(struct bytes text)
{
	return text.len > 0 ? strndup((const char *)text.at, text.len) : strdup("");
}

static void free_row(struct fleet_log *l)
{
	free(l->gateway);
	free(l->policy_said);
	free(l->sentence);
	free(l->findings);
	free(l->cover.gaps);
}

static struct fleet_log *new_row(struct fleet *f)
{
	if (!list_has_room(&f->list, f->num, &f->room, sizeof(*f->list)))
		return NULL;
	f->list[f->num] = (struct fleet_log){ 0 };
	return &f->list[f->num];
}

static int keep_findings(struct fleet_log *l, const struct findings *f)
{
	size_t num = 0;

	for (size_t i = 0; i < f->num; i++) {
		const struct finding *found = &f->list[i];

		num += found->kind != FINDING_GAP;
		if (found->kind == FINDING_MISSING || found->kind == FINDING_TRUNCATED)
			l->num_missing += found->to - found->from + 1;
	}
	memcpy(l->num_kinds, f->num_kinds, sizeof(l->num_kinds));
	l->findings_left_out = f->left_out + (num > FLEET_FINDINGS ? num - FLEET_FINDINGS : 0);
	l->findings = calloc(num < FLEET_FINDINGS ? num + 1 : FLEET_FINDINGS, sizeof(*l->findings));
	if (l->findings == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < f->num && l->num_findings < FLEET_FINDINGS; i++) {
		if (f->list[i].kind != FINDING_GAP)
			l->findings[l->num_findings++] = f->list[i];
	}
	return 0;
}

static int by_length(const void *left, const void *right)
{
	const struct report_gap *a = left, *b = right;
	int64_t                  of_a = a->to_us - a->from_us, of_b = b->to_us - b->from_us;

	if (a->gap.packets != b->gap.packets)
		return a->gap.packets < b->gap.packets ? 1 : -1;
	return (of_a < of_b) - (of_a > of_b);
}

/* Keeps the gaps in which packets passed, and the longest of the others. */
static int keep_coverage(struct fleet_log *l, const struct fleet *f, const struct verify *v)
{
	struct report_coverage *c     = &l->cover;
	int                     error = report_cover(&v->coverage, f->from_us, f->to_us, c);
	struct report_gap      *fewer;

	if (error != 0)
		return error;
	qsort(c->gaps, c->num_gaps, sizeof(*c->gaps), by_length);
	c->num_gaps = c->num_gaps < FLEET_GAPS ? c->num_gaps : FLEET_GAPS;
	fewer       = reallocarray(c->gaps, c->num_gaps + 1, sizeof(*c->gaps));
	c->gaps     = fewer != NULL ? fewer : c->gaps;
	qsort(c->gaps, c->num_gaps, sizeof(*c->gaps), report_gaps_by_time);
	return 0;
}

static int keep_policy(struct fleet_log *l, const struct coverage *c)
{
	const struct policy_seen *p = &c->policies[c->num_policies > 0 ? c->num_policies - 1 : 0];

	if (c->num_policies == 0)
		return 0;
	memcpy(l->policy, p->digest, sizeof(l->policy));
	l->policy_from_us  = p->from_us;
	l->policy_left_out = p->left_out;
	l->policy_said     = copy_of(coverage_said(c, p));
	return l->policy_said != NULL ? 0 : -ENOMEM;
}

static void keep_facts(struct fleet_log *l, const struct verify *v)
{
	const char *id = strrchr(v->seals.root.origin, '/');

	memcpy(l->origin, v->seals.root.origin, sizeof(l->origin));
	snprintf(l->log, sizeof(l->log), "%.16s", id != NULL ? id + 1 : "");
	l->key_given     = v->seals.root_given;
	l->has_records   = v->has_records;
	l->soundness     = v->findings.soundness;
	l->first_seq     = v->first_seq;
	l->last_seq      = v->last_seq;
	l->num_records   = v->num_records;
	l->bytes         = v->bytes;
	l->attempts      = v->attempts;
	l->num_noise     = v->num_noise;
	l->heard_us      = v->seals.num_signed > 0 ? v->signed_us : v->first_us;
	l->last_us       = v->last_us;
	l->covers_from_us = v->coverage.from_us;
	l->covers_to_us   = v->coverage.to_us;
	l->every_us = v->every_s < UINT32_MAX ? (int64_t)v->every_s * 1000000 : INT64_C(60000000);
	l->now           = v->ends_with_stop ? NOW_STOPPED : NOW_HEARD;
	l->clock_trusted = !v->clock_untrusted;
}

int fleet_add(struct fleet *f, struct bytes sensor, const struct verify *v, struct fleet_log **out)
{
	struct fleet_log *l = new_row(f);
	uint8_t           sentence[1024];
	struct writer     w = writer_over(sentence, sizeof(sentence));
	int               error;

	if (l == NULL)
		return -ENOMEM;
	keep_facts(l, v);
	verdict_sentence(&w, v);
	l->gateway  = copy_of(sensor);
	l->sentence = copy_of(writer_written(&w));
	error       = l->gateway == NULL || l->sentence == NULL ? -ENOMEM
	                                                        : keep_findings(l, &v->findings);
	if (error == 0)
		error = keep_policy(l, &v->coverage);
	if (error == 0)
		error = keep_coverage(l, f, v);
	if (error != 0) {
		free_row(l);
		return error;
	}
	f->num++;
	if (out != NULL)
		*out = l;
	return 0;
}

int fleet_absent(struct fleet *f, const struct note_key *key)
{
	struct fleet_log *l   = new_row(f);
	const char       *end = strstr(key->origin, "/filterd/");

	if (l == NULL)
		return -ENOMEM;
	l->gateway  = copy_of(bytes_first(bytes_text(key->origin),
                                         end != NULL ? (size_t)(end - key->origin) : SIZE_MAX));
	l->sentence = copy_of(BYTES("NOT here: there is a key of this log, and no record"));
	if (l->gateway == NULL || l->sentence == NULL) {
		free_row(l);
		return -ENOMEM;
	}
	memcpy(l->origin, key->origin, sizeof(l->origin));
	snprintf(l->log, sizeof(l->log), "%.16s", end != NULL ? end + 9 : "");
	l->key_given = true;
	l->soundness = SOUND_NOT;
	l->now       = NOW_ABSENT;
	f->num++;
	return 0;
}

void fleet_unread(struct fleet *f, const char *file, const char *why)
{
	if (f->num_unread++ == 0)
		snprintf(f->unread, sizeof(f->unread), "%.130s: %.60s", file, why);
}

void fleet_free(struct fleet *f)
{
	for (size_t i = 0; i < f->num; i++)
		free_row(&f->list[i]);
	free(f->list);
	*f = (struct fleet){ 0 };
}

/*
 * The newest record time: clocks that are not trusted, or ahead of this machine's, count only if
 * there is no other.
 */
static int64_t newest(const struct fleet *f, int64_t limit_us)
{
	int64_t best = INT64_MIN, any = INT64_MIN;

	for (size_t i = 0; i < f->num; i++) {
		const struct fleet_log *l = &f->list[i];

		if (!l->has_records)
			continue;
		any = l->last_us > any ? l->last_us : any;
		if (l->clock_trusted && l->last_us <= limit_us && l->last_us > best)
			best = l->last_us;
	}
	return best > INT64_MIN ? best : any;
}

/* Logs of one gateway are adjacent. */
static void find_former(struct fleet *f)
{
	for (size_t i = 0; i < f->num;) {
		size_t end = i, last = i, begin = i;

		for (; end < f->num && strcmp(f->list[end].gateway, f->list[begin].gateway) == 0;
		     end++) {
			if (f->list[end].has_records &&
			    (!f->list[last].has_records ||
			     f->list[end].last_us >= f->list[last].last_us))
				last = end;
		}
		for (; i < end; i++)
			f->list[i].is_former = i != last && f->list[i].has_records;
		f->num_gateways++;
	}
}

struct policy_count {
	struct row row;
	uint64_t   num;
	int64_t    from_us;             /* the latest */
};

/* The policy that most gateways run; of equally common ones, the newer. */
static void find_policy(struct fleet *f)
{
	struct rows          rows = rows_new(sizeof(struct policy_count), f->num + 1, 0);
	struct policy_count *best = NULL;

	for (size_t i = 0; i < f->num; i++) {
		const struct fleet_log *l = &f->list[i];
		struct policy_count    *p = l->is_former || l->policy[0] == '\0'
		                                    ? NULL
		                                    : rows_get(&rows, bytes_text(l->policy));

		if (p == NULL)
			continue;
		p->num++;
		p->from_us = l->policy_from_us > p->from_us ? l->policy_from_us : p->from_us;
	}
	for (size_t i = 0; i < rows_num(&rows); i++) {
		struct policy_count *p = rows_at(&rows, i);

		if (best == NULL || p->num > best->num ||
		    (p->num == best->num && p->from_us > best->from_us))
			best = p;
	}
	if (best != NULL)
		snprintf(f->policy, sizeof(f->policy), "%s", (const char *)best->row.name.at);
	/*
	 * Logs that say more about it than its hash: an earlier log may be from an older filterd.
	 */
	for (size_t i = 0; i < f->num && best != NULL; i++) {
		const struct fleet_log *l = &f->list[i];

		if (strcmp(l->policy, f->policy) == 0 && l->policy_said[0] != '\0') {
			f->policy_said     = l->policy_said;
			f->policy_left_out = l->policy_left_out;
			break;
		}
	}
	f->num_policies    = rows_num(&rows);
	f->num_with_policy = best != NULL ? best->num : 0;
	rows_free(&rows);
}

static void stand(struct fleet *f, struct fleet_log *l, int64_t limit_us)
{
	if (!l->has_records)
		return;
	l->is_ahead     = l->last_us > limit_us;
	l->runs_another =
		!l->is_former && l->policy[0] != '\0' && strcmp(l->policy, f->policy) != 0;
	if (l->now == NOW_HEARD && !l->is_former && f->newest_us > l->heard_us &&
	    f->newest_us - l->heard_us > 2 * l->every_us)
		l->now = NOW_SILENT;
}

static void fleet_count(struct fleet *f, const struct fleet_log *l)
{
	f->num_sound[l->soundness]++;
	f->num_now[l->now] += !l->is_former;
	f->num_keyless     += !l->key_given;
	f->num_incomplete  += l->num_missing > 0 || !l->has_records;
	f->num_missing     += l->num_missing;
	f->num_noise       += l->num_noise;
	f->num_records     += l->num_records;
	f->bytes           += l->bytes;
	f->num_another     += l->runs_another;
	if (l->soundness > f->soundness)
		f->soundness = l->soundness;
	if (l->has_records && l->covers_from_us < f->covers_from_us)
		f->covers_from_us = l->covers_from_us;
	if (l->has_records && l->covers_to_us > f->covers_to_us && !l->is_ahead)
		f->covers_to_us = l->covers_to_us;
}

static int by_gateway(const void *left, const void *right)
{
	const struct fleet_log *a = left, *b = right;
	int                     order = strcmp(a->gateway, b->gateway);

	return order != 0                 ? order
	       : a->last_us != b->last_us ? (a->last_us > b->last_us ? 1 : -1)
	                                  : strcmp(a->log, b->log);
}

void fleet_end(struct fleet *f, int64_t now_us)
{
	int64_t limit_us = now_us < INT64_MAX - AHEAD_US ? now_us + AHEAD_US : INT64_MAX;

	if (f->num > 0)
		qsort(f->list, f->num, sizeof(*f->list), by_gateway);
	f->newest_us     = newest(f, limit_us);
	if (f->newest_us > limit_us)
		limit_us = INT64_MAX;   /* all are ahead: this machine's clock is wrong */
	f->covers_from_us = INT64_MAX;
	f->covers_to_us   = INT64_MIN;
	f->soundness     = f->num_unread > 0 || f->num == 0 ? SOUND_NOT : SOUND_COMPLETE;
	find_former(f);
	find_policy(f);
	for (size_t i = 0; i < f->num; i++) {
		stand(f, &f->list[i], limit_us);
		fleet_count(f, &f->list[i]);
	}
}

uint64_t fleet_packets(const struct fleet *f)
{
	uint64_t packets = 0;

	for (size_t i = 0; i < f->num; i++)
		sum_add(&packets, f->list[i].cover.packets);
	return packets;
}

bool fleet_packets_known(const struct fleet *f)
{
	for (size_t i = 0; i < f->num; i++) {
		const struct report_coverage *c = &f->list[i].cover;

		if ((c->has_span && c->are_counted) || c->packets > 0)
			return true;
	}
	return false;
}

const char *fleet_now_name(enum standing_now now)
{
	static const char *const names[] = { [NOW_HEARD] = "heard", [NOW_STOPPED] = "stopped",
	                                     [NOW_SILENT] = "silent", [NOW_ABSENT] = "not here" };

	return names[now];
}

void fleet_write_unread(struct writer *w, const struct fleet *f)
{
	if (f->num_unread > 0)
		write_words(w, "; {} file[s] cannot be read to [its|their] end", f->num_unread);
}

void fleet_sentence(struct writer *w, const struct fleet *f)
{
	uint64_t with_keys = f->num - f->num_sound[SOUND_NOT];

	if (f->soundness != SOUND_NOT) {
		write_words(w, "{}: {}{} log[s]",
		            f->soundness == SOUND_COMPLETE
		                    ? "complete and unaltered"
		                    : "unaltered, with what the logs declare themselves",
		            with_keys > 1 ? "all " : "", with_keys);
		return;
	}
	write_words(w, "NOT sound: {} of {} log[s]", f->num_sound[SOUND_NOT], f->num);
	if (f->num_missing > 0)
		write_words(w, "; {} record[ is|s are] missing", f->num_missing);
	if (f->num_now[NOW_ABSENT] > 0)
		write_words(w, "; {} log[ is|s are] not here at all", f->num_now[NOW_ABSENT]);
	fleet_write_unread(w, f);
}

int fleet_rank(const struct fleet_log *l)
{
	if (l->soundness == SOUND_NOT)
		return 0;
	if (!l->is_former && l->now == NOW_SILENT)
		return 1;
	return l->cover.packets > 0 ? 2 : l->runs_another ? 3 : 4;
}
