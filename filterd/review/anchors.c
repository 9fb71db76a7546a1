/* SPDX-License-Identifier: MIT */

#include "review/anchors.h"

#include "base/base64.h"
#include "base/list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define EM_DASH    "\xe2\x80\x94 "
#define SIG_BASE64 BASE64_LEN(CHAIN_KEYID + CHAIN_SIG)
#define SEQ_DIGITS 19           /* sums of smaller numbers do not overflow */

static struct bytes anchors_next_word(struct bytes *line)
{
	while (bytes_cut(line, " "))
		;
	return bytes_cut_word(line);
}

/* An origin is GATEWAY/filterd/LOG; other text before a note rarely has that form. */
static bool is_origin(struct bytes text)
{
	return text.at != NULL && text.len > 0 && text.len <= ORIGIN_MAX &&
	       memmem(text.at, text.len, "/filterd/", 9) != NULL &&
	       memchr(text.at, ' ', text.len) == NULL;
}

static uint32_t anchors_number_of(const struct anchors *a, const struct row *row)
{
	return (uint32_t)((size_t)((const uint8_t *)row - a->origins.items) /
	                  a->origins.item_bytes);
}

/* Its row; false if there are too many logs. */
static bool find_log(struct anchors *a, struct bytes origin, uint32_t *log_out)
{
	struct row *row;

	if (a->origins.item_bytes == 0)
		a->origins = rows_new(sizeof(struct row), ANCHORS_LOGS, 0);
	row = origin.len <= ORIGIN_MAX ? rows_get(&a->origins, origin) : NULL;
	if (row == NULL || row == a->origins.others)
		return false;
	*log_out = anchors_number_of(a, row);
	return true;
}

static int anchors_keep(struct anchors *a, struct bytes origin, struct bytes seq, struct bytes hash,
                        struct bytes sig, const char *wanted)
{
	struct anchor_known k = { 0 };
	uint8_t             both[CHAIN_KEYID + CHAIN_SIG];

	if (seq.len > SEQ_DIGITS || !bytes_cut_number(&seq, &k.seq) || seq.len > 0 ||
	    base64_read(hash, k.hash, CHAIN_HASH) != PARSE_OK ||
	    base64_read(sig, both, sizeof(both)) != PARSE_OK)
		return 0;
	if ((wanted != NULL && wanted[0] != '\0' && !bytes_equal(origin, bytes_text(wanted))) ||
	    !find_log(a, origin, &k.log)) {
		a->num_foreign++;
		return 0;
	}
	memcpy(k.key_id, both, CHAIN_KEYID);
	memcpy(k.sig, both + CHAIN_KEYID, CHAIN_SIG);
	if (!list_has_room(&a->list, a->num, &a->room, sizeof(*a->list)))
		return -ENOMEM;
	a->list[a->num++] = k;
	return 0;
}

static bool is_base64(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       c == '+' || c == '/' || c == '=';
}

/* A syslog stored as JSON has a quote after the signature. */
static struct bytes without_quote(struct bytes sig)
{
	return sig.len > SIG_BASE64 && !is_base64(sig.at[SIG_BASE64]) ? bytes_first(sig, SIG_BASE64)
	                                                              : sig;
}

/*
 * "filterd-anchor ORIGIN SEQ HASH SIGNATURE" somewhere in a line; the program that logged it may
 * have that name, too.
 */
static int read_short(struct anchors *a, struct bytes line, const char *wanted)
{
	const size_t   title_len = strlen(NOTE_LINE_TITLE);
	const uint8_t *title;
	int            error = 0;

	while (error == 0 && line.len > 0 &&
	       (title = memmem(line.at, line.len, NOTE_LINE_TITLE, title_len)) != NULL) {
		struct bytes rest = bytes_from(line, (size_t)(title - line.at) + title_len), origin,
			     seq, hash;

		line   = rest;
		origin = anchors_next_word(&rest);
		seq    = anchors_next_word(&rest);
		hash   = anchors_next_word(&rest);
		if (is_origin(origin))
			error = anchors_keep(a, origin, seq, hash,
			                     without_quote(anchors_next_word(&rest)), wanted);
	}
	return error;
}

/* Origin, number, hash, an empty line, dash and signature: five lines. */
static int read_note(struct anchors *a, struct bytes origin, struct bytes rest, const char *wanted)
{
	struct bytes seq = bytes_cut_text_line(&rest), hash = bytes_cut_text_line(&rest),
		     empty = bytes_cut_text_line(&rest), sig = bytes_cut_text_line(&rest);

	if (empty.len > 0 || sig.len <= strlen(EM_DASH) ||
	    memcmp(sig.at, EM_DASH, strlen(EM_DASH)) != 0)
		return 0;
	sig = bytes_from(sig, strlen(EM_DASH));
	if (!bytes_equal(anchors_next_word(&sig), origin))
		return 0;
	return anchors_keep(a, origin, seq, hash, anchors_next_word(&sig), wanted);
}

int anchors_read(struct anchors *a, struct bytes text, const char *origin)
{
	int error = 0;

	while (text.len > 0 && error == 0) {
		struct bytes line = bytes_cut_text_line(&text);

		error = is_origin(line) ? read_note(a, line, text, origin)
		                        : read_short(a, line, origin);
	}
	return error;
}

static int anchors_compare(const void *left, const void *right)
{
	const struct anchor_known *a = left, *b = right;

	int                        order;

	if (a->seq != b->seq)
		return a->seq > b->seq ? 1 : -1;
	if (a->log != b->log)
		return a->log > b->log ? 1 : -1;
	order = memcmp(a->hash, b->hash, CHAIN_HASH);
	if (order == 0)
		order = memcmp(a->key_id, b->key_id, CHAIN_KEYID);
	return order != 0 ? order : memcmp(a->sig, b->sig, CHAIN_SIG);
}

void anchors_sort(struct anchors *a)
{
	size_t kept = 0;

	if (a->num > 0)
		qsort(a->list, a->num, sizeof(*a->list), anchors_compare);
	for (size_t i = 0; i < a->num; i++) {
		if (kept == 0 || anchors_compare(&a->list[kept - 1], &a->list[i]) != 0)
			a->list[kept++] = a->list[i];
	}
	a->num  = kept;
	a->next = 0;
}

void anchors_only(struct anchors *a, const char *origin)
{
	size_t kept = 0;

	for (size_t i = 0; i < a->num; i++) {
		if (bytes_equal(((struct row *)rows_at(&a->origins, a->list[i].log))->name,
		                bytes_text(origin)))
			a->list[kept++] = a->list[i];
	}
	a->num_foreign += a->num - kept;
	a->num          = kept;
	a->next         = 0;
}

static int compare_logs(const void *left, const void *right)
{
	const struct anchor_known *a = left, *b = right;

	return a->log != b->log ? (a->log > b->log ? 1 : -1) : anchors_compare(left, right);
}

void anchors_by_log(struct anchors *a)
{
	if (a->num > 0)
		qsort(a->list, a->num, sizeof(*a->list), compare_logs);
}

int anchors_of(const struct anchors *all, const char *origin, struct anchors *out)
{
	const struct row *row =
		all->origins.item_bytes > 0 ? rows_find(&all->origins, bytes_text(origin)) : NULL;
	size_t            low = 0, high = all->num, num = 0;
	uint32_t          log;

	*out = (struct anchors){ 0 };
	if (row == NULL)
		return 0;
	log = anchors_number_of(all, row);
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (all->list[middle].log < log)
			low = middle + 1;
		else
			high = middle;
	}
	while (low + num < all->num && all->list[low + num].log == log)
		num++;
	out->list = calloc(num + 1, sizeof(*out->list));
	if (out->list == NULL || !find_log(out, bytes_text(origin), &log)) {
		anchors_free(out);
		return -ENOMEM;
	}
	for (size_t i = 0; i < num; i++) {
		out->list[i]     = all->list[low + i];
		out->list[i].log = log;
	}
	out->num = out->room = num;
	anchors_sort(out);
	return 0;
}

/*
 * The first anchor with this number or a later one. In an ordered log it is the current one or the
 * next.
 */
static size_t first_at(const struct anchors *a, uint64_t seq)
{
	size_t low = 0, high = a->num;

	if (a->next < a->num && a->list[a->next].seq >= seq &&
	    (a->next == 0 || a->list[a->next - 1].seq < seq))
		return a->next;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (a->list[middle].seq < seq)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void anchors_free(struct anchors *a)
{
	free(a->list);
	rows_free(&a->origins);
	*a = (struct anchors){ 0 };
}

/* The finding for a note whose record differs from ours, if we have that record. */
static enum anchor_word anchors_hear(struct anchors *a, struct anchor_known *k,
                                     const struct note_key *key)
{
	uint8_t id[CHAIN_KEYID];

	if (k->forged)
		return ANCHOR_SILENT;
	if (key == NULL || note_key_id(key, id) != 0 || memcmp(k->key_id, id, CHAIN_KEYID) != 0)
		return ANCHOR_DOUBTS;
	if (note_verify_hashed(key, k->seq, k->hash, k->sig))
		return ANCHOR_DENIES;
	k->forged = true;
	a->num_forged++;
	return ANCHOR_SILENT;
}

enum anchor_word anchors_meet(struct anchors *a, const struct line_end *end,
                              const struct note_key *key)
{
	uint8_t          hash[CHAIN_HASH];
	bool             has_hash;
	enum anchor_word all = ANCHOR_SILENT;

	a->next = first_at(a, end->seq);
	if (a->next == a->num || a->list[a->next].seq != end->seq)
		return ANCHOR_SILENT;
	has_hash = end->is_signed && chain_hash(end->body, hash) == 0;
	for (; a->next < a->num && a->list[a->next].seq == end->seq; a->next++) {
		struct anchor_known *k    = &a->list[a->next];
		bool                 same = has_hash && memcmp(k->hash, hash, CHAIN_HASH) == 0;
		enum anchor_word     word = same ? ANCHOR_SILENT : anchors_hear(a, k, key);

		a->num_agreed += same && !k->agreed;
		k->agreed     |= same;
		if (word > all)
			all = word;
	}
	return all;
}

const struct anchor_known *anchors_beyond(struct anchors *a, uint64_t last,
                                          const struct note_key *key, bool *denies_out)
{
	for (size_t i = a->num; i > 0 && a->list[i - 1].seq > last; i--) {
		enum anchor_word word = anchors_hear(a, &a->list[i - 1], key);

		*denies_out = word == ANCHOR_DENIES;
		if (word != ANCHOR_SILENT)
			return &a->list[i - 1];
	}
	return NULL;
}

const struct anchor_known *anchors_newest(const struct anchors *a)
{
	size_t num = a->num;

	while (num > 0 && a->list[num - 1].forged)
		num--;
	return num > 0 ? &a->list[num - 1] : NULL;
}
