/* SPDX-License-Identifier: MIT */

/*
 * After a break the current line's own number is believed, and the walk continues from there: so
 * each wrong record is reported, not "everything after".
 */

#include "review/verify.h"

#include "log/log_end.h"
#include "review/people.h"

#include <inttypes.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#define EVERY_DEFAULT_S 60

struct verify *verify_new(const struct note_key *root, struct anchors *anchors)
{
	struct verify *v = calloc(1, sizeof(*v));

	if (v == NULL)
		return NULL;
	if (root != NULL)
		seals_root(&v->seals, root);
	v->anchors = anchors;
	v->every_s = EVERY_DEFAULT_S;
	return v;
}

void verify_free(struct verify *v)
{
	if (v != NULL)
		seals_free(&v->seals);
	free(v);
}

static void note_newest(struct verify *v, const struct line_end *end, int64_t time_us)
{
	v->signed_us     = time_us;
	v->unsigned_tail = 0;
	v->newest_seq    = end->seq;
	v->newest_key    = v->seals.key;
	v->has_newest    = chain_hash(end->body, v->newest_hash) == 0;
	memcpy(v->newest_sig, end->sig, CHAIN_SIG);
}

static void check_sum(struct verify *v, uint64_t seq, uint64_t attempts, uint64_t pending)
{
	uint64_t should = attempts - pending;

	if (!v->counting) {
		/* The log begins in the middle of a run: from here on. */
		v->counting = true;
		v->sum      = should;
		return;
	}
	v->num_checked++;
	if (v->sum == should)
		return;
	findings_add(&v->findings, FINDING_COUNT, seq, seq,
	             "record %" PRIu64 " counts %" PRIu64
	             " attempts since the start, the records before it %" PRIu64,
	             seq, should, v->sum);
	v->sum = should;
}

/* The count of a run that began before the log includes attempts not in it. */
static void take_late(struct verify *v, uint64_t so_far)
{
	if (v->counting && so_far > v->late_before)
		v->late += so_far - v->late_before;
	v->late_before = so_far;
}

static void take_counts(struct verify *v, const struct entry *e, uint64_t seq)
{
	switch (e->type) {
	case ENTRY_BLOCK:
	case ENTRY_WOULD_BLOCK:
	case ENTRY_WAIVED:
	case ENTRY_LOG:
		v->attempts += e->count;
		v->sum      += e->count;
		break;
	case ENTRY_PROBE:
		probes_add(&v->probes, e);
		v->sum += e->count;
		break;
	case ENTRY_GAP:
		v->attempts += e->gap_counts - e->gap_probes;
		v->sum      += e->gap_counts;
		break;
	case ENTRY_START:
		v->counting    = true;
		v->sum         = 0;
		v->late_before = 0;
		break;
	case ENTRY_HEARTBEAT:
		v->every_s =
			e->every_s > 0 && e->every_s <= UINT32_MAX ? e->every_s : EVERY_DEFAULT_S;
		take_late(v, e->log_dropped);
		check_sum(v, seq, e->attempts, e->pending);
		break;
	case ENTRY_STOP:
		check_sum(v, seq, e->attempts, 0);
		break;
	default:
		break;
	}
}

/*
 * Segments are deleted in order, so records between two recorded deletions were lost in another
 * way.
 */
static void take_prune(struct verify *v, const struct entry *e)
{
	uint64_t from = v->pruned_last + 1,
		 to   = e->first_seq < v->first_seq ? e->first_seq : v->first_seq;

	if (v->pruned && from > 0 && from < to)
		findings_add(&v->findings, FINDING_MISSING, from, to - 1,
		             "not here, and no record says that filterd deleted them, as it did "
		             "those before and behind");
	v->pruned       = true;
	v->pruned_here |= v->first_seq > 0 && e->last_seq == v->first_seq - 1;
	v->pruned_last  = e->last_seq;
}

/* Statements of the filter's own records about the log. */
static void take_own(struct verify *v, const struct entry *e, uint64_t seq)
{
	if (e->type == ENTRY_PRUNE)
		take_prune(v, e);
	if (e->type == ENTRY_START && bytes_equal(e->previous, BYTES("fork")))
		findings_add(&v->findings, FINDING_FORK, seq, seq,
		             "at this start the log was not the one that filterd had written: an "
		             "old copy was put back");
	if (e->type == ENTRY_START && bytes_equal(e->previous, BYTES("lost")))
		findings_add(&v->findings, FINDING_LOST, seq, seq,
		             "a log was there when this one began; no key fitted it, so it was put "
		             "away, in a folder lost-*");
	if (e->clock.len > 0)
		v->clock_untrusted = bytes_equal(e->clock, BYTES("untrusted"));
	v->ends_with_stop    = e->type == ENTRY_STOP;
	v->ends_with_segment = e->type == ENTRY_SEGMENT;
}

static void chain_broke(struct verify *v, uint64_t next)
{
	seals_break(&v->seals, &v->findings, next);
	v->num_breaks++;
}

/* Is this the expected line? */
static void take_place(struct verify *v, const struct line_end *end)
{
	struct findings *f   = &v->findings;
	uint64_t         due = v->due.seq;

	if (!v->began)
		return;
	if (end->seq < due) {
		chain_broke(v, end->seq);
		findings_add(f, FINDING_ORDER, end->seq, end->seq,
		             "record %" PRIu64 " stands where %" PRIu64
		             " should: out of order, or twice",
		             end->seq, due);
	} else if (end->seq > due) {
		chain_broke(v, end->seq);
		seals_skip(&v->seals, due, end->seq);
		coverage_lost(&v->coverage, end->seq - due);
		findings_add(f, FINDING_MISSING, due, end->seq - 1,
		             "%" PRIu64 " record%s not there", end->seq - due,
		             end->seq - due == 1 ? " is" : "s are");
	} else if (memcmp(end->prev, v->due.prev, CHAIN_HASH) != 0) {
		chain_broke(v, end->seq);
		if (end->seq > 0 && !v->unread &&
		    !findings_last_is(f, FINDING_ALTERED, end->seq - 1))
			findings_add(f, FINDING_ALTERED, end->seq - 1, end->seq - 1,
			             "record %" PRIu64 " is not as it was when record %" PRIu64
			             " was written",
			             end->seq - 1, end->seq);
	}
	v->unread = false;
}

static void review_verify_begin(struct verify *v, const struct line_end *end, const struct entry *e)
{
	static const uint8_t zeros[CHAIN_HASH];

	v->began       = true;
	v->has_records = true;
	v->first_seq   = end->seq;
	v->first_us    = e->time_us;
	seals_break(&v->seals, &v->findings, end->seq);
	seals_skip(&v->seals, 0, end->seq);
	if (end->seq == 0 && memcmp(end->prev, zeros, CHAIN_HASH) != 0)
		findings_add(&v->findings, FINDING_ALTERED, 0, 0,
		             "record 0 does not begin a log: its prev is not 64 zeros");
	else if (end->seq == 0 && e->type != ENTRY_START)
		findings_add(&v->findings, FINDING_ALTERED, 0, 0,
		             "record 0 does not begin a log: it is no start of filterd");
}

/* The signing key at this point, if known. */
static const struct note_key *key_in_use(const struct verify *v)
{
	return v->seals.has_key && !v->seals.lost ? &v->seals.key : NULL;
}

/* Once the log is known, only its own notes count among a collector's. */
static void sift_anchors(struct verify *v)
{
	if (v->anchors_sifted || v->seals.root.origin[0] == '\0')
		return;
	anchors_only(v->anchors, v->seals.root.origin);
	v->anchors_sifted = true;
}

static void meet_anchors(struct verify *v, const struct line_end *end)
{
	enum anchor_word word;

	if (v->anchors == NULL)
		return;
	sift_anchors(v);
	word = v->anchors_sifted ? anchors_meet(v->anchors, end, key_in_use(v)) : ANCHOR_SILENT;
	if (word == ANCHOR_DENIES)
		findings_add(
			&v->findings, FINDING_REWRITTEN, end->seq, end->seq,
			"record %" PRIu64
			" is not the one that was noted elsewhere: the log has been written anew",
			end->seq);
	if (word == ANCHOR_DOUBTS)
		findings_add(&v->findings, FINDING_REWRITTEN, end->seq, end->seq,
		             "record %" PRIu64 " is not the one that was noted elsewhere: the log "
		                               "has been written anew, or the note is "
		             "forged; no key in use here signed it",
		             end->seq);
}

/* Where a record should be, there is a line that is not a record. */
static void not_a_record(struct verify *v)
{
	v->unread = true;
	v->due.seq++;
	coverage_lost(&v->coverage, 1);
}

/*
 * filterd removes half a line before it continues: with lines after it, somebody else wrote it.
 */
static void end_partial(struct verify *v, enum finding_kind kind)
{
	if (!v->has_partial)
		return;
	v->has_partial = false;
	if (kind == FINDING_PARTIAL)
		findings_add(&v->findings, kind, v->due.seq, v->due.seq,
		             "the last line is not whole: %" PRIu64 " bytes, as after a crash",
		             v->partial_bytes);
	else
		findings_add(&v->findings, kind, v->due.seq, v->due.seq,
		             "before record %" PRIu64 " stand %" PRIu64
		             " bytes that are no line: filterd leaves none behind",
		             v->due.seq, v->partial_bytes);
}

/* The file's name without its folder. */
static const char *name_of(const char *file)
{
	const char *slash = file != NULL ? strrchr(file, '/') : NULL;

	return slash != NULL ? slash + 1 : file != NULL ? file : "a copy";
}

static void is_no_record(struct verify *v, size_t len)
{
	uint8_t       room[96];
	struct writer where = writer_over(room, sizeof(room));

	if (v->at != NULL && v->at->place > 0) {
		write_text(&where, ", ");
		write_bytes(&where, bytes_first(bytes_text(name_of(v->at->file)), 60));
		write_text(&where, " line ");
		write_decimal(&where, v->at->place);
	}
	if (v->num_strange++ == 0 && v->at != NULL && v->at->file != NULL)
		snprintf(v->strange, sizeof(v->strange), "%s", name_of(v->at->file));
	findings_add(&v->findings, FINDING_ALTERED, v->due.seq, v->due.seq,
	             "in the place of record %" PRIu64
	             " is a line of %zu bytes that is not a record%.*s",
	             v->due.seq, len, (int)where.len, (const char *)room);
	not_a_record(v);
}

/* The first record names the log, unless a key already did. */
static bool is_another_logs(struct verify *v, const struct line_end *end, struct bytes line)
{
	const char *own = v->seals.root.origin;

	if (own[0] == '\0' || (!v->began && !v->seals.root_given) ||
	    (v->began && chain_is_due(&v->due, end)))
		return false;
	v->is_other = others_take(&v->others, own, end, line,
	                          v->at != NULL ? v->at->file : NULL);
	return v->is_other;
}

bool verify_line(struct verify *v, struct bytes line, bool has_newline, struct entry *e)
{
	struct findings *f = &v->findings;
	struct line_end  end;

	v->bytes += line.len + has_newline;
	v->is_other = false;
	end_partial(v, FINDING_ALTERED);
	if (!has_newline) {
		v->has_partial   = true;
		v->partial_bytes = line.len;
		return false;
	}
	if (line_end_read(line, &end) != PARSE_OK || end.seq == UINT64_MAX) {
		is_no_record(v, line.len);
		return false;
	}
	if (is_another_logs(v, &end, line))
		return false;
	take_place(v, &end);
	if (entry_read(line, e) != PARSE_OK || !e->has_time) {
		findings_add(f, FINDING_ALTERED, end.seq, end.seq,
		             "record %" PRIu64 " is no valid JSON, or has no time", end.seq);
		v->began = true;
		coverage_lost(&v->coverage, 1);
		chain_behind(&v->due, end.seq, line);
		return false;
	}
	e->line = line;
	e->end  = end;
	if (!v->has_records)
		review_verify_begin(v, &end, e);
	v->num_records++;
	v->unsigned_tail++;
	seals_own_root(&v->seals, e);
	meet_anchors(v, &end);
	if (end.is_signed)
		note_newest(v, &end, e->time_us);
	seals_record(&v->seals, f, e);
	if (end.is_signed && v->newest_key.origin[0] == '\0')
		v->newest_key = v->seals.root;
	take_counts(v, e, end.seq);
	take_own(v, e, end.seq);
	coverage_record(&v->coverage, e, end.seq);
	v->last_seq = end.seq;
	v->last_us  = e->time_us;
	chain_behind(&v->due, end.seq, line);
	return true;
}

static void verify_broken(struct verify *v, uint64_t bytes)
{
	end_partial(v, FINDING_ALTERED);
	findings_add(&v->findings, FINDING_ALTERED, v->due.seq, v->due.seq,
	             "in the place of record %" PRIu64 " is a line of %" PRIu64
	             " bytes: no record is so long",
	             v->due.seq, bytes);
	v->bytes += bytes;
	not_a_record(v);
}

static void verify_unread(struct verify *v, const char *file, const char *why)
{
	findings_add(&v->findings, FINDING_ALTERED, v->due.seq, v->due.seq,
	             "from record %" PRIu64 " on %.80s cannot be read: %.60s", v->due.seq, file,
	             why);
	v->unread = true;
}

/* Linked rivals mean that somebody rewrote them. */
static void verify_rival(struct verify *v, uint64_t from, uint64_t to, uint64_t num)
{
	if (num > 1)
		findings_add(&v->findings, FINDING_REWRITTEN, from, to,
		             "copies tell two stories: %" PRIu64 " records from %" PRIu64
		             " to %" PRIu64 " stand there otherwise, too; the log has "
		             "been written anew",
		             num, from, to);
	else
		findings_add(&v->findings, FINDING_ALTERED, from, to,
		             "copies differ: record %" PRIu64
		             " stands there otherwise, too; the one that its neighbours vouch for "
		             "is taken",
		             from);
}

/* Reported once: a copy from another system has it in all lines. */
static void see_ends(struct verify *v, const struct piece *p)
{
	if (p->has_cr && v->findings.num_kinds[FINDING_ENDS] == 0)
		findings_add(&v->findings, FINDING_ENDS, v->due.seq, v->due.seq,
		             "%.60s, line %" PRIu64 ": CR LF at its end, as mail or an editor "
		             "writes it: the file is changed, what its lines say is not",
		             name_of(p->file), p->place);
}

static bool verify_any_line(struct verify *v, const struct piece *p, struct entry *e)
{
	bool is_record;

	see_ends(v, p);
	v->at     = p;
	is_record = verify_line(v, p->line, p->kind == PIECE_LINE, e);
	v->at     = NULL;
	return is_record;
}

bool verify_piece(struct verify *v, const struct piece *p, struct entry *e)
{
	switch (p->kind) {
	case PIECE_LINE:
	case PIECE_PART:   return verify_any_line(v, p, e);
	case PIECE_LONG:   verify_broken(v, p->num); break;
	case PIECE_UNREAD: verify_unread(v, p->file, p->why); break;
	case PIECE_KEY:    seals_known(&v->seals, p->line); break;
	case PIECE_RIVAL:  verify_rival(v, p->from, p->to, p->num); break;
	}
	return false;
}

static void end_beginning(struct verify *v)
{
	if (!v->has_records || v->first_seq == 0)
		return;
	if (v->pruned_here)
		findings_add(&v->findings, FINDING_PRUNED, 0, v->first_seq - 1,
		             "deleted by filterd as its settings say; a signed record says so");
	else
		findings_add(&v->findings, FINDING_MISSING, 0, v->first_seq - 1,
		             "the beginning is not here, and no record says that it was deleted");
}

static void end_anchors(struct verify *v)
{
	const struct anchor_known *k;
	bool                       denies;

	if (v->anchors == NULL)
		return;
	sift_anchors(v);
	k = v->has_records ? anchors_beyond(v->anchors, v->last_seq, key_in_use(v), &denies)
	                   : anchors_newest(v->anchors);
	if (k == NULL)
		return;
	if (v->has_records)
		findings_add(&v->findings, FINDING_TRUNCATED, v->last_seq + 1, k->seq,
		             "record %" PRIu64
		             " existed, as was noted elsewhere; the log ends at %" PRIu64 "%s",
		             k->seq, v->last_seq,
		             denies ? ""
		                    : "; or the note is forged: the last key here did not sign it");
	else
		findings_add(&v->findings, FINDING_TRUNCATED, 0, k->seq,
		             "record %" PRIu64 " existed, as was noted elsewhere; nothing is left",
		             k->seq);
}

/*
 * The copy of the keys, where each line is signed, continues beyond the log. If the log ends at a
 * segment's end, maybe only the files up to it were given: then that end is only reported as open.
 */
static void end_keys(struct verify *v)
{
	const struct seals *s    = &v->seals;
	uint64_t            last = s->num_known > 0 ? s->known[s->num_known - 1].seq : 0;

	if (v->has_records && last > v->last_seq && !v->ends_with_segment &&
	    v->findings.num_kinds[FINDING_TRUNCATED] == 0)
		findings_add(&v->findings, FINDING_TRUNCATED, v->last_seq + 1, last,
		             "record %" PRIu64
		             " existed, as audit.keys shows; the log ends at %" PRIu64,
		             last, v->last_seq);
}

/* Does an anchor confirm the last signed record, with nothing after it? */
static bool end_is_noted(const struct verify *v)
{
	const struct anchor_known *k = v->anchors != NULL ? anchors_newest(v->anchors) : NULL;

	return k != NULL && k->seq == v->newest_seq && k->agreed;
}

static void end_others(struct verify *v)
{
	for (size_t i = 0; i < v->others.num; i++) {
		const struct other *o = &v->others.list[i];

		if (i == 0 && !v->has_records)
			findings_add(&v->findings, FINDING_KEY, o->first, o->last,
			             "no record here is of the log that the key belongs to; these "
			             "are of %.100s",
			             o->origin);
		else
			findings_add(&v->findings, FINDING_OTHER, o->first, o->last,
			             "%s is of another log, %.80s, and was left out: --collected "
			             "verifies both",
			             o->file[0] != '\0' ? o->file : "one of these files",
			             o->origin);
	}
}

static void open_stop(struct verify *v)
{
	uint8_t       time[40] = { 0 };
	struct writer w        = writer_over(time, sizeof(time) - 1);

	people_write_moment(&w, v->last_us);
	findings_add(&v->findings, FINDING_OPEN, v->last_seq, v->last_seq,
	             "complete up to its stop at %s; nothing vouches that nothing came after: "
	             "notes kept elsewhere would (--anchors), or a collector's copy (--collected)",
	             (const char *)time);
}

static void end_tail(struct verify *v, int64_t now_us)
{
	struct findings *f = &v->findings;
	bool             is_fresh =
		now_us != INT64_MAX && now_us - v->signed_us <= (int64_t)(2 * v->every_s) * 1000000;

	if (!v->has_records) {
		if (f->num_kinds[FINDING_FOREIGN] == 0)
			findings_add(f, FINDING_OPEN, 0, 0, "there is no record at all");
		return;
	}
	if (v->unsigned_tail > 0 && !is_fresh) {
		findings_add(f, FINDING_OPEN, v->last_seq - v->unsigned_tail + 1, v->last_seq,
		             "no signature vouches for the last %" PRIu64
		             " record%s, and none shows that nothing was cut off",
		             v->unsigned_tail, v->unsigned_tail == 1 ? "" : "s");
		return;
	}
	/*
	 * Every log has stops in the middle: truncating after one gives an end like it.
	 */
	if (v->ends_with_stop ? v->is_collected : is_fresh)
		return;
	if (end_is_noted(v))
		return;
	if (v->ends_with_stop && f->num_kinds[FINDING_TRUNCATED] == 0)
		open_stop(v);
	else if (!v->ends_with_stop)
		findings_add(f, FINDING_OPEN, v->last_seq, v->last_seq,
		             "it does not end with a stop: a copy of a log that goes on, or its "
		             "end was cut; anchors tell (--anchors)");
}

static void end_gaps(struct verify *v)
{
	const struct coverage *c = &v->coverage;

	for (uint64_t i = 0; i < c->num_kept; i++) {
		const struct gap *g = &c->gaps[i];

		findings_add(&v->findings, FINDING_GAP, g->from_seq, g->to_seq, "%s: %s",
		             gap_kind_name(g->kind), g->reason);
	}
	v->findings.left_out += c->num_gaps - c->num_kept;
}

/* No line is a record: this one finding replaces those about single lines. */
static void end_foreign(struct verify *v)
{
	if (v->has_records || v->num_strange == 0 || v->others.num > 0 ||
	    v->findings.num_kinds[FINDING_ALTERED] != v->num_strange)
		return;
	memset(&v->findings, 0, sizeof(v->findings));
	findings_add(&v->findings, FINDING_FOREIGN, 0, 0,
	             "%s is no log of filterd: none of its %" PRIu64 " lines is a record",
	             v->strange[0] != '\0' ? v->strange : "this", v->num_strange);
}

enum soundness verify_end(struct verify *v, int64_t now_us)
{
	end_foreign(v);
	seals_break(&v->seals, &v->findings, v->due.seq);
	end_partial(v, FINDING_PARTIAL);
	coverage_end(&v->coverage, now_us);
	end_others(v);
	end_beginning(v);
	end_anchors(v);
	end_keys(v);
	end_tail(v, now_us);
	end_gaps(v);
	return v->findings.soundness;
}
