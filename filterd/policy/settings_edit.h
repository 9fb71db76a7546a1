/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_POLICY_SETTINGS_EDIT_H
#define FILTERD_POLICY_SETTINGS_EDIT_H

/*
 * Settings edit: changes one setting in the text of a configuration, and not a byte more.
 */

#include "policy/settings.h"

#define SETTINGS_EDIT_MAX 128           /* bytes that a text may grow by */

/*
 * settings_edit - changes the value of the existing line, or adds a line: after a commented-out
 *                 one, at the beginning of its section, or in a new section at the end.
 *
 * Takes:  text, NUL-terminated; file, its name for messages; row, of a setting with choices; value,
 *         one of these; to, empty, with room for SETTINGS_EDIT_MAX more than text has.
 * Gives:  0, and `to` has a configuration that differs only in this setting, followed by a NUL;
 *         -EINVAL with *problem_out: it is not valid with that value, because another line is
 *         wrong.
 */
int settings_edit(const char *text, const char *file, const struct setting *row, const char *value,
                  struct writer *to, struct problem *problem_out);

/* The row of a setting; NULL: there is none. */
const struct setting *settings_find(const char *section, const char *key);

#endif
