/* SPDX-License-Identifier: MIT */

#include "review/seals.h"

#include "base/list.h"
#include "log/log_end.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void use_key(struct seals *s, const uint8_t public[NOTE_KEY])
{
	memmove(s->key.public, public, NOTE_KEY);
	s->has_key = note_key_id(&s->key, s->key_id) == 0;
	s->lost    = false;
	s->num_keys++;
}

void seals_root(struct seals *s, const struct note_key *root)
{
	s->root       = *root;
	s->key        = *root;
	s->root_given = true;
	use_key(s, root->public);
}

void seals_free(struct seals *s)
{
	free(s->known);
	s->known = NULL;
}

/* The key named by the log itself, if none was given. */
static void take_own_root(struct seals *s, const struct entry *e)
{
	struct writer w = writer_over(s->key.origin, ORIGIN_MAX);

	write_bytes(&w, e->sensor);
	write_text(&w, "/filterd/");
	write_bytes(&w, e->log);
	s->key.origin[w.len] = '\0';
	if (w.full || e->log.len == 0 || !log_line_key(e->line, s->key.public))
		return;
	use_key(s, s->key.public);
	s->root = s->key;
}

/*
 * Is this new key signed by the key introduced before it, from the root on? Otherwise anybody who
 * can add a line to audit.keys could replace any key by his own.
 */
static bool follows(const struct seals *s, const struct line_end *end)
{
	const struct hand_over *last = s->num_known > 0 ? &s->known[s->num_known - 1] : NULL;
	struct note_key         key  = s->root;

	if (!s->has_key || (last != NULL && last->seq >= end->seq))
		return false;
	if (last != NULL)
		memcpy(key.public, last->next_key, NOTE_KEY);
	return note_verify(&key, end->seq, end->body, end->sig);
}

void seals_known(struct seals *s, struct bytes line)
{
	struct line_end  end;
	struct hand_over h;
	struct entry     e;

	if (line_end_read(line, &end) != PARSE_OK || !end.is_signed ||
	    !log_line_next_key(line, h.next_key))
		return;
	if (!s->has_key && end.seq == 0 && record_read(line, &e) == PARSE_OK)
		take_own_root(s, &e);
	if (!follows(s, &end))
		return;
	h.seq = end.seq;
	memcpy(h.key_id, end.key_id, CHAIN_KEYID);
	if (list_has_room(&s->known, s->num_known, &s->room_known, sizeof(h)))
		s->known[s->num_known++] = h;
}

void seals_skip(struct seals *s, uint64_t from, uint64_t to)
{
	for (size_t i = 0; i < s->num_known && s->has_key; i++) {
		const struct hand_over *h = &s->known[i];

		if (h->seq >= from && h->seq < to && memcmp(h->key_id, s->key_id, CHAIN_KEYID) == 0)
			use_key(s, h->next_key);
	}
}

/* The pending signature, if any. */
static void check_waiting(struct seals *s, struct findings *f)
{
	if (!s->waiting)
		return;
	s->waiting   = false;
	s->unchecked = 0;
	if (!note_verify(&s->key, s->waiting_seq, bytes_of(s->waiting_body, s->waiting_len),
	                 s->waiting_sig)) {
		findings_add(f, FINDING_SIGNATURE,
		             s->good_seq <= s->waiting_seq ? s->good_seq : s->waiting_seq,
		             s->waiting_seq,
		             "the signature of record %" PRIu64
		             " does not hold: it, or one it vouches for, is not what was signed",
		             s->waiting_seq);
		s->check_each = true;
	}
	s->good_seq = s->waiting_seq + 1;
}

static void foreign_key(struct seals *s, struct findings *f, uint64_t seq)
{
	check_waiting(s, f);
	findings_add(
		f, FINDING_KEY, seq, seq,
		"record %" PRIu64 " is signed by a key that was not in use there: %s", seq,
		!s->root_given
			? "give the key the log began with (--key)"
			: "signed anew? If not: audit.keys is missing, or --key is another log's");
	s->lost = true;
}

static void seals_take_signature(struct seals *s, struct findings *f, const struct line_end *end,
                                 bool hands_over)
{
	s->num_signed++;
	if (!s->has_key || s->lost)
		return;
	if (memcmp(end->key_id, s->key_id, CHAIN_KEYID) != 0) {
		foreign_key(s, f, end->seq);
		return;
	}
	if (end->body.len > SEALS_LINE_MAX) {
		findings_add(f, FINDING_ALTERED, end->seq, end->seq,
		             "record %" PRIu64 " is longer than a signed record can be", end->seq);
		return;
	}
	s->waiting     = true;
	s->waiting_seq = end->seq;
	s->waiting_len = end->body.len;
	memcpy(s->waiting_body, end->body.at, end->body.len);
	memcpy(s->waiting_sig, end->sig, CHAIN_SIG);
	if (hands_over || s->check_each || ++s->unchecked >= SEALS_EVERY)
		check_waiting(s, f);
}

void seals_own_root(struct seals *s, const struct entry *e)
{
	uint8_t next[NOTE_KEY];

	if (!s->has_key && e->end.is_signed && log_line_next_key(e->line, next))
		take_own_root(s, e);
}

void seals_record(struct seals *s, struct findings *f, const struct entry *e)
{
	const struct line_end *end = &e->end;
	uint8_t                next[NOTE_KEY];
	bool                   hands_over;

	if (!end->is_signed) {
		if (entry_must_be_signed(e))
			findings_add(f, FINDING_UNSIGNED, end->seq, end->seq,
			             "record %" PRIu64 " (%s) must be signed and is not", end->seq,
			             entry_type_name(e->type));
		return;
	}
	hands_over = log_line_next_key(e->line, next);
	seals_take_signature(s, f, end, hands_over);
	if (hands_over && s->key.origin[0] != '\0')
		use_key(s, next);
}

void seals_break(struct seals *s, struct findings *f, uint64_t next)
{
	check_waiting(s, f);
	s->good_seq = next;
}
