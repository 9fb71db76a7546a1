/* SPDX-License-Identifier: MIT */

/*
 * A record has only the id of its key, which is a hash of the key and of the log's name: so for
 * each key in a start or segment the id is computed like in the log's signatures, and looked up.
 */

#include "log/log_ids.h"

#include "base/list.h"
#include "log/log_end.h"
#include "log/entry.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define KEYS_MAX 65536          /* that distinguish the logs of one gateway */

struct log_key {
	uint8_t  id[CHAIN_KEYID];
	uint32_t log;
};

/* The id in a start or a segment; empty for any other line. */
static struct bytes named_log(struct bytes line, uint8_t next_key[NOTE_KEY])
{
	struct entry e;

	if (!log_line_next_key(line, next_key) || entry_read(line, &e) != PARSE_OK ||
	    e.log.len != LOG_ID || memchr(e.log.at, '\\', e.log.len) != NULL)
		return (struct bytes){ 0 };
	return e.log;
}

/* LOG_UNKNOWN: it is not in the list, which has room for it. */
static uint32_t log_ids_number_of(const struct log_ids *ids, struct bytes id)
{
	size_t log = 0;

	while (log < ids->num && !bytes_is(id, ids->list[log]))
		log++;
	if (log == LOG_IDS_MAX)
		return LOG_IDS_MAX - 1;
	return log < ids->num ? (uint32_t)log : LOG_UNKNOWN;
}

static uint32_t learn_id(struct log_ids *ids, struct bytes id)
{
	uint32_t log = log_ids_number_of(ids, id);

	if (log != LOG_UNKNOWN)
		return log;
	log = (uint32_t)ids->num++;
	memcpy(ids->list[log], id.at, id.len);
	ids->list[log][id.len] = '\0';
	return log;
}

static int learn_key(struct log_ids *ids, uint32_t log, const uint8_t public[NOTE_KEY])
{
	struct log_key  known = { .log = log };
	struct note_key key;
	struct writer   w = writer_over(key.origin, ORIGIN_MAX);
	int             error;

	write_bytes(&w, ids->sensor);
	write_text(&w, "/filterd/");
	write_text(&w, ids->list[log]);
	if (w.full || ids->num_keys >= KEYS_MAX)
		return 0;
	key.origin[w.len] = '\0';
	memcpy(key.public, public, NOTE_KEY);
	error = note_key_id(&key, known.id);
	if (error != 0)
		return error;
	if (!list_has_room(&ids->keys, ids->num_keys, &ids->room_keys, sizeof(known)))
		return -ENOMEM;
	ids->keys[ids->num_keys++] = known;
	return 0;
}

int log_ids_learn(struct log_ids *ids, struct bytes line)
{
	uint8_t      key[NOTE_KEY], next_key[NOTE_KEY];
	struct bytes id = named_log(line, next_key);
	uint32_t     log;
	int          error;

	if (id.len == 0)
		return 0;
	log   = learn_id(ids, id);
	error = learn_key(ids, log, next_key);
	if (error == 0 && log_line_key(line, key))
		error = learn_key(ids, log, key);
	return error;
}

static int by_id(const void *left, const void *right)
{
	const struct log_key *a = left, *b = right;

	return memcmp(a->id, b->id, CHAIN_KEYID);
}

void log_ids_sort(struct log_ids *ids)
{
	if (ids->num_keys > 0)
		qsort(ids->keys, ids->num_keys, sizeof(*ids->keys), by_id);
}

void log_ids_free(struct log_ids *ids)
{
	free(ids->keys);
	*ids = (struct log_ids){ .sensor = ids->sensor };
}

uint32_t log_ids_of(const struct log_ids *ids, struct bytes line, const struct line_end *end)
{
	struct log_key        wanted;
	const struct log_key *found;
	uint8_t               next_key[NOTE_KEY];
	struct bytes          id;

	if (!end->is_signed)
		return LOG_UNKNOWN;
	id = named_log(line, next_key);
	if (id.len > 0)
		return log_ids_number_of(ids, id);
	memcpy(wanted.id, end->key_id, CHAIN_KEYID);
	found = ids->num_keys > 0
	                ? bsearch(&wanted, ids->keys, ids->num_keys, sizeof(wanted), by_id)
	                : NULL;
	return found != NULL ? found->log : LOG_UNKNOWN;
}

bool log_ids_is_named(const struct log_ids *ids, size_t log, struct bytes line)
{
	uint8_t      next_key[NOTE_KEY];
	struct bytes id = named_log(line, next_key);

	return id.len > 0 && log < ids->num && bytes_is(id, ids->list[log]);
}
