/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_NOTES_H
#define FILTERD_CTL_NOTES_H

/* The file of notes about devices (review/acks.h) on disk, and the author of new ones. */

#include "policy/settings.h"
#include "review/acks.h"

#define NOTES_NAME     "audit.acks"
#define NOTES_PATH_MAX 1024

/*
 * notes_path - the notes of this machine: beside its log, or, if the log is in memory and only its
 *              copy survives a restart, beside that copy ([audit] flush-to).
 */
void notes_path(const struct settings *s, char out[NOTES_PATH_MAX]);

/*
 * notes_lock - call before loading notes to change them: keeps out other writers until this program
 *              ends.
 * notes_load - Takes: who, for messages: "filterctl note". Gives: 0 and the notes, none if there is
 *              no such file, to be freed with acks_free(); otherwise an exit status, after a
 *              message.
 * notes_save - all of them, at once. 0, or an exit status after a message.
 * notes_put  - adds a note with the current time and user, saves them, and says so. 0, or an exit
 *              status after a message.
 */
void notes_lock(const char *path);
int  notes_load(const char *who, const char *path, struct acks *out);
int  notes_save(const char *who, const char *path, const struct acks *acks);
int  notes_put(const char *who, const char *path, struct acks *acks, const char *device,
               const char *text);

/* Can this be read back unchanged from a note? UTF-8, 1 to ACKS_NOTE_MAX bytes. */
bool notes_is_note(const char *text);

/* The account of the person who runs this, also through sudo; "" if unknown. */
const char *notes_by(void);

#endif
