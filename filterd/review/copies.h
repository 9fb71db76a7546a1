/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REVIEW_COPIES_H
#define FILTERD_REVIEW_COPIES_H

/*
 * Copies: what a collector has of one gateway, from a live copy, from files that were fetched, from both, put in the order in which it was
 * written. The same record twice is harmless. Of different records with the same number the chain tells which belongs where: a thread is a
 * run of records each of which has the hash of the one before. A gateway that began a second log has two chains; they are told apart by
 * the id that starts and segments carry, and by the keys that sign in between.
 */

#include "audit/note.h"

#define COPIES_LOGS 64                  /* of a gateway, told apart; further ones count to the last of them */
#define COPIES_LOG  16                  /* digits of the id of a log */

/* A line, and where it stands in the text that all of them are in. */
struct copy {
	uint64_t seq;                   /* of a line that is no record: of the record before it, in its file */
	uint64_t at;                    /* is_broken: how many bytes it had; the line itself is not there */
	uint32_t len : 24;              /* without its newline, which stands behind it */
	uint32_t has_newline : 1, is_record : 1, is_signed : 1, is_broken : 1, is_key : 1;    /* key: of an audit.keys */
	uint32_t thread;
};

/* Records from one to another that some copy has otherwise than the thread they were taken from. */
struct copies_thread {
	uint64_t first, last;
	uint8_t  head[CHAIN_HASH];      /* of its last line */
	uint64_t num;
	uint32_t log;                   /* UINT32_MAX: not known */
	uint32_t from;                  /* the thread that it branches off; UINT32_MAX: none */
	uint64_t num_lost, lost_from, lost_to;  /* records that others stand for */
};

struct copies {
	struct bytes          sensor;   /* borrowed: the gateway, as its records have it */
	struct copy          *list, *keys;
	size_t                num, room, num_keys, room_keys;
	struct copies_thread *threads;  /* NULL: one chain, nothing to be told apart */
	size_t                num_threads, room_threads;
	char                  logs[COPIES_LOGS][COPIES_LOG + 1];        /* ids; none if no record names one: then it is one log */
	size_t                num_logs;
	uint64_t              num_twice;        /* lines that were there already */
};

/* What stands in `host` of a line, as it is written there; empty if it has none. Quick, and no proof that the line is a record. */
struct bytes copies_sensor(struct bytes line);

/*
 * copies_add  - Gives: 0 or -ENOMEM.
 * copies_sort - once, when all are there. Takes: the text they stand in. Gives: 0, -ENOMEM, -EIO.
 */
int  copies_add(struct copies *c, const struct copy *line);
int  copies_sort(struct copies *c, struct bytes text);
void copies_free(struct copies *c);

struct copies_sink {
	void *owner;
	void (*key)(void *owner, struct bytes line);                    /* those of audit.keys first */
	void (*line)(void *owner, struct bytes line, bool has_newline);
	void (*broken)(void *owner, uint64_t bytes);
	/* Copies differ: records from..to are there otherwise, too. follow: those hang on each other, so somebody wrote them anew. */
	void (*rival)(void *owner, uint64_t from, uint64_t to, uint64_t num, bool follow);
};

/* How many logs there are, at least one. A log's id; "" if no record says it. */
size_t      copies_num_logs(const struct copies *c);
const char *copies_log(const struct copies *c, size_t log);

/* One log from its first line to its last. */
void copies_give(const struct copies *c, size_t log, struct bytes text, const struct copies_sink *sink);

#endif
