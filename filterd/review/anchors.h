/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REVIEW_ANCHORS_H
#define FILTERD_REVIEW_ANCHORS_H

/*
 * Anchors: what other places know of a log. An anchor says that a record of this number, with this hash, was signed; who has one
 * knows if the log was cut before it or written anew.
 */

#include "audit/chain.h"

struct anchor_known {
	uint64_t seq;
	uint8_t  hash[CHAIN_HASH];              /* of the record up to its signature */
	uint8_t  key_id[CHAIN_KEYID], sig[CHAIN_SIG];
	bool     agreed;
};

struct anchors {
	struct anchor_known *list;
	size_t               num, room, next;   /* next: the one to be met next, if the log is in order */
	uint64_t             num_agreed, num_foreign;   /* foreign: of another log, not kept */
};

/*
 * anchors_read - all notes in a text, of the log named by origin; NULL or "": of whichever log. Two forms are known, and all else is passed
 *                over, so a whole syslog can be given: signed notes as note_write() has them, and lines with note_write_line()'s words.
 * Gives:  0; -ENOMEM.
 * anchors_sort - by number, each once. Before anchors_meet().
 */
int  anchors_read(struct anchors *a, struct bytes text, const char *origin);
void anchors_sort(struct anchors *a);
void anchors_free(struct anchors *a);

/*
 * anchors_meet - Takes: the end of each record; in the order of the log it is quick. A record that comes twice agrees once.
 * Gives:  false if there is an anchor for this record and it knows another.
 */
bool anchors_meet(struct anchors *a, const struct line_end *end);

#endif
