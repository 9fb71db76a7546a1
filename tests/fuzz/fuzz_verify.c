/* SPDX-License-Identifier: MIT */

/*
 * verify: whatever a log says, its findings are bounded, gaps are no longer than the time there is,
 * and what has a line that was refused is not complete.
 *
 * The first byte of the input says what the auditor has (1: the key, 2: a clock), the others are
 * lines: those that begin with 'K' are of audit.keys, with 'A' of a file with notes, all others of
 * the log. Seeds are logs as support/logs.h makes them.
 */

#include "review/verify.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define NOW INT64_C(1793491500000000)           /* five minutes behind the beginning of the seeds */

enum source { FROM_KEYS, FROM_NOTES, FROM_LOG };

static enum source source_of(struct bytes line)
{
	uint8_t first = line.len > 0 ? line.at[0] : '\0';

	return first == 'K' ? FROM_KEYS : first == 'A' ? FROM_NOTES : FROM_LOG;
}

static bool next_line(struct bytes *rest, struct bytes *line_out, bool *has_newline_out)
{
	const uint8_t *end = rest->len > 0 ? memchr(rest->at, '\n', rest->len) : NULL;

	*has_newline_out = end != NULL;
	*line_out        = bytes_first(*rest, end != NULL ? (size_t)(end - rest->at) : rest->len);
	if (rest->len == 0)
		return false;
	*rest = bytes_from(*rest, line_out->len + (end != NULL));
	return true;
}

/* The notes of all lines, without their first letter. */
static void read_notes(struct anchors *anchors, struct bytes rest)
{
	struct writer notes;
	struct bytes  line;
	bool          has_newline;
	uint8_t      *room = malloc(rest.len + 1);

	if (room == NULL)
		abort();
	notes = writer_over(room, rest.len + 1);
	while (next_line(&rest, &line, &has_newline)) {
		if (source_of(line) != FROM_NOTES)
			continue;
		write_bytes(&notes, bytes_from(line, 1));
		write_text(&notes, "\n");
	}
	if (anchors_read(anchors, writer_written(&notes), "gw1/filterd/2f9c01d4a7b3e655") != 0)
		abort();
	anchors_sort(anchors);
	free(room);
}

static void read_keys(struct verify *v, struct bytes rest)
{
	struct bytes line;
	bool         has_newline;

	while (next_line(&rest, &line, &has_newline)) {
		if (source_of(line) == FROM_KEYS)
			seals_known(&v->seals, bytes_from(line, 1));
	}
}

/* How many lines were refused. */
static uint64_t read_log(struct verify *v, struct bytes rest)
{
	uint64_t     refused = 0;
	struct bytes line;
	struct entry e;
	bool         has_newline;

	while (next_line(&rest, &line, &has_newline)) {
		if (source_of(line) != FROM_LOG)
			continue;
		if (!verify_line(v, line, has_newline, &e)) {
			refused++;
			continue;
		}
		if (!e.has_time ||
		    (e.host.len > 0 &&
		     (e.host.at < line.at || e.host.at + e.host.len > line.at + line.len)))
			abort();
	}
	return refused;
}

static void check(const struct verify *v, enum soundness soundness, uint64_t refused)
{
	const struct findings *f = &v->findings;
	const struct coverage *c = &v->coverage;
	uint64_t               sum = 0, damage = 0;

	for (int kind = 0; kind < FINDING_KINDS; kind++) {
		sum    += f->num_kinds[kind];
		damage += finding_is_damage((enum finding_kind)kind) ? f->num_kinds[kind] : 0;
	}
	if (f->num > FINDINGS_MAX || f->num + f->left_out != sum + c->num_gaps - c->num_kept)
		abort();
	if (soundness != f->soundness || (damage > 0) != (soundness == SOUND_NOT) ||
	    (sum > 0) != (soundness != SOUND_COMPLETE))
		abort();
	if (soundness == SOUND_COMPLETE &&
	    (refused > 0 || v->num_breaks > 0 || v->first_seq > 0 || v->num_records == 0))
		abort();
	if (c->gaps_us < 0 || c->gaps_us > c->span_us || coverage_ppm(c) > 1000000 ||
	    c->num_kept > COVERAGE_GAPS_MAX)
		abort();
	for (uint64_t i = 0; i < c->num_kept; i++) {
		if (c->gaps[i].length_us < 0)
			abort();
	}
	if (v->anchors->num_agreed > v->anchors->num)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const uint8_t secret[NOTE_KEY] = { 1 };
	struct note_key      root    = { .origin = "gw1/filterd/2f9c01d4a7b3e655" };
	struct bytes         lines   = bytes_from(bytes_of(data, len), 1);
	uint8_t              flags   = len > 0 ? data[0] : 0;
	struct anchors       anchors = { 0 };
	struct verify       *v;
	uint64_t             refused;

	if (note_public(secret, root.public) != 0)
		abort();
	read_notes(&anchors, lines);
	v = verify_new(flags & 1 ? &root : NULL, &anchors);
	if (v == NULL)
		abort();
	read_keys(v, lines);
	refused = read_log(v, lines);
	check(v, verify_end(v, flags & 2 ? NOW : INT64_MAX), refused);
	verify_free(v);
	anchors_free(&anchors);
	return 0;
}
