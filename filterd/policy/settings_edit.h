/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_POLICY_SETTINGS_EDIT_H
#define FILTERD_POLICY_SETTINGS_EDIT_H

/*
 * Settings edit: the text of a configuration with one setting at another value. All else stays,
 * byte for byte.
 */

#include "policy/settings.h"

#define SETTINGS_EDIT_MAX 128           /* bytes that a text may grow by */

/*
 * settings_edit - the value of the line that is there, or a line more: behind one that is commented
 *                 out, or at the beginning of its section, or in a section at the end.
 *
 * Takes:  text, NUL-terminated; file, its name for messages; row, of a setting with choices; value,
 *         one of these; to, empty, with room for SETTINGS_EDIT_MAX more than text has.
 * Gives:  0, and what is in `to` is a configuration that differs in this setting alone, with a NUL
 *         behind it; -EINVAL with *problem_out: with that value it is none, as another line is
 *         wrong.
 */
int settings_edit(const char *text, const char *file, const struct setting *row, const char *value,
                  struct writer *to, struct problem *problem_out);

/* The row of a setting; NULL: there is none. */
const struct setting *settings_find(const char *section, const char *key);

#endif
