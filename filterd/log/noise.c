/* SPDX-License-Identifier: MIT */

/*
 * Follows the keys from the root through audit.keys and the records, in the order of their numbers;
 * a key is trusted only if the one before signed its introduction. One valid signature is enough
 * for a thread.
 */

#include "log/noise.h"

#include "base/list.h"
#include "log/log_end.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct noise {
	struct chains   *ch;
	uint32_t         log;
	struct note_key  key;                   /* its origin; public: the current key */
	struct noise_key { uint8_t id[CHAIN_KEYID], public[NOTE_KEY]; } *keys;
	size_t           num_keys, room_keys;
	uint8_t         *files;                 /* 1: has confirmed records */
	bool             any_signed, any_vouched;
};

static int noise_trust(struct noise *n, const uint8_t public[NOTE_KEY])
{
	struct noise_key *key;

	if (!list_has_room(&n->keys, n->num_keys, &n->room_keys, sizeof(*n->keys)))
		return -ENOMEM;
	key = &n->keys[n->num_keys];
	memcpy(key->public, public, NOTE_KEY);
	memmove(n->key.public, public, NOTE_KEY);
	n->num_keys += note_key_id(&n->key, key->id) == 0;
	return 0;
}

/* Is this line signed by a key that is trusted so far? The newest ones sign most. */
static bool noise_holds(struct noise *n, const struct line_end *end)
{
	for (size_t i = n->num_keys; i > 0; i--) {
		if (memcmp(n->keys[i - 1].id, end->key_id, CHAIN_KEYID) != 0)
			continue;
		memcpy(n->key.public, n->keys[i - 1].public, NOTE_KEY);
		return note_verify(&n->key, end->seq, end->body, end->sig);
	}
	return false;
}

/* Checks a signed line: *vouched_out, is its signature valid? A valid one may introduce a key. */
static int noise_take(struct noise *n, struct bytes line, bool is_known, bool *vouched_out)
{
	uint8_t         next[NOTE_KEY];
	bool            hands_over = log_line_next_key(line, next);
	struct line_end end;

	if ((is_known && !hands_over) || line_end_read(line, &end) != PARSE_OK || !end.is_signed ||
	    !noise_holds(n, &end))
		return 0;
	*vouched_out = true;
	return hands_over ? noise_trust(n, next) : 0;
}

static struct chains_thread *noise_thread(const struct noise *n, size_t line)
{
	struct chains_thread *thread = &n->ch->threads[n->ch->thread_of[line]];

	return n->ch->copies->list[line].is_record && thread->log == n->log ? thread : NULL;
}

static int noise_vouch(struct noise *n)
{
	const struct copies *c     = n->ch->copies;
	bool                 ignored;
	int                  error = 0;

	for (size_t i = 0; i < c->num_keys && error == 0; i++)
		error = noise_take(n, copies_line(c, &c->keys[i]), false, &ignored);
	for (size_t i = 0; i < c->num && error == 0; i++) {
		struct chains_thread *thread = noise_thread(n, i);

		if (thread == NULL || !c->list[i].is_signed)
			continue;
		thread->is_signed = n->any_signed = true;
		error = noise_take(n, copies_line(c, &c->list[i]), thread->is_vouched,
		                   &thread->is_vouched);
		n->any_vouched |= thread->is_vouched;
	}
	/* If a thread is confirmed, so is the thread it branches off. */
	for (size_t i = n->ch->num_threads; i > 0; i--) {
		const struct chains_thread *thread = &n->ch->threads[i - 1];

		if (thread->from == UINT32_MAX || thread->log != n->log)
			continue;
		n->ch->threads[thread->from].is_vouched |= thread->is_vouched;
		n->ch->threads[thread->from].is_signed  |= thread->is_signed;
	}
	return error;
}

/* Marks files with confirmed records, and threads with lines in such a file. */
static void noise_share(struct noise *n)
{
	const struct copies *c = n->ch->copies;

	for (size_t i = 0; i < c->num; i++) {
		const struct chains_thread *thread = noise_thread(n, i);

		if (thread != NULL && thread->is_vouched)
			n->files[c->list[i].file] = 1;
	}
	for (size_t i = 0; i < c->num; i++) {
		struct chains_thread *thread = noise_thread(n, i);

		if (thread != NULL)
			thread->is_at_home |= n->files[c->list[i].file] != 0;
	}
}

static void noise_mark(struct noise *n)
{
	for (size_t i = 0; i < n->ch->num_threads; i++) {
		struct chains_thread *thread = &n->ch->threads[i];

		if (thread->log != n->log)
			continue;
		if (thread->from != UINT32_MAX)
			thread->is_noise = n->ch->threads[thread->from].is_noise;
		else if (!thread->is_signed)
			thread->is_noise = n->any_signed;
		else
			thread->is_noise = n->any_vouched && !thread->is_vouched &&
			                   !thread->is_at_home;
	}
}

int noise_find(struct chains *ch, size_t log, const struct note_key *root)
{
	struct noise n    = { .ch = ch, .log = (uint32_t)log };
	uint32_t     most = 0;
	int          error = 0;

	if (ch->threads == NULL)
		return 0;
	for (size_t i = 0; i < ch->copies->num; i++)
		most = ch->copies->list[i].file > most ? ch->copies->list[i].file : most;
	n.files = calloc((size_t)most + 1, 1);
	if (n.files == NULL)
		return -ENOMEM;
	if (root != NULL) {
		n.key = *root;
		error = noise_trust(&n, root->public);
	}
	if (error == 0)
		error = noise_vouch(&n);
	if (error == 0) {
		noise_share(&n);
		noise_mark(&n);
		chains_sifted(ch, log);
	}
	free(n.files);
	free(n.keys);
	return error;
}
