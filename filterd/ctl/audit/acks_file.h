/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_AUDIT_ACKS_FILE_H
#define FILTERD_CTL_AUDIT_ACKS_FILE_H

/* The log's file of notes about devices (ctl/notes.h). */

#include "ctl/audit/options.h"
#include "ctl/notes.h"

#define ACKS_PATH_MAX NOTES_PATH_MAX

/*
 * acks_file_load - Takes: file, or NULL: the one beside the log of o->paths, or this machine's.
 *                  use: ACKS_CHANGE keeps out other writers until this program ends.
 * Gives:  0 and its notes, none if there is no such file, to be freed with acks_free(); path_out,
 *         the path of the file. Otherwise an exit status, after a message.
 */
enum acks_use { ACKS_LOOK, ACKS_CHANGE };
int acks_file_load(const struct audit_options *o, const char *file, enum acks_use use,
                   struct acks *out, char path_out[ACKS_PATH_MAX]);

#endif
