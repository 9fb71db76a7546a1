/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_AUDIT_ACKS_FILE_H
#define FILTERD_CTL_AUDIT_ACKS_FILE_H

/* The file of notes about devices that belongs to a log (ctl/notes.h). */

#include "ctl/audit/options.h"
#include "ctl/notes.h"

#define ACKS_PATH_MAX NOTES_PATH_MAX

/*
 * acks_file_load - Takes: file, or NULL: the one beside the log that o->paths names, or this
 *                  machine's. use: to change it, nobody else does until this program ends.
 * Gives:  0 and its notes, none if there is no such file, to be freed with acks_free(); path_out,
 *         where it is or would be. Otherwise an exit status, what is wrong having been said.
 */
enum acks_use { ACKS_LOOK, ACKS_CHANGE };
int acks_file_load(const struct audit_options *o, const char *file, enum acks_use use,
                   struct acks *out, char path_out[ACKS_PATH_MAX]);

#endif
