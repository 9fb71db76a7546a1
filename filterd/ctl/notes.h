/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_NOTES_H
#define FILTERD_CTL_NOTES_H

/* The file of notes about devices (review/acks.h) on disk, and who makes one. */

#include "policy/settings.h"
#include "review/acks.h"

#define NOTES_NAME     "audit.acks"
#define NOTES_PATH_MAX 1024

/*
 * notes_path - where the notes of this machine are: beside its log, or, where the log is in memory
 *              and only its copy outlives a restart, beside that copy ([audit] flush-to).
 */
void notes_path(const struct settings *s, char out[NOTES_PATH_MAX]);

/*
 * notes_lock - before they are loaded to be changed: nobody else changes them until this program
 *              ends.
 * notes_load - Takes: who, for messages: "filterctl note". Gives: 0 and the notes, none if there is
 *              no such file, to be freed with acks_free(); otherwise an exit status, said.
 * notes_save - all of them, at once. 0 or an exit status, said.
 * notes_put  - adds a note of now, by who runs this, and saves them; says that it did. 0 or an exit
 *              status, said.
 */
void notes_lock(const char *path);
int  notes_load(const char *who, const char *path, struct acks *out);
int  notes_save(const char *who, const char *path, const struct acks *acks);
int  notes_put(const char *who, const char *path, struct acks *acks, const char *device,
               const char *text);

/* A note has to be read again as it was: UTF-8, of 1 to ACKS_NOTE_MAX bytes. */
bool notes_is_note(const char *text);

/* The account of the person who runs this, also behind sudo; "" if nobody knows. */
const char *notes_by(void);

#endif
