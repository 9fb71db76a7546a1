/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_POLICY_WORDS_H
#define FILTERD_POLICY_WORDS_H

/*
 * Words: the values after the `=` in a policy file, for the parsers of its sections.
 */

#include "base/problem.h"
#include "policy/clients.h"

/* bytes; it goes into every record, and inih cuts sections at 50 */
#define WORDS_ID      32
#define WORDS_TEXT    200               /* bytes; the most in one line */
/* bytes, with the NUL; "2024-09-29T00:00:00.000000-04:00" is the longest that instant.h reads */
#define WORDS_INSTANT 33
/* bytes of one name's words in one section; several lines add up */
#define WORDS_MAX     1024
#define WORDS_DEVICES (WORDS_MAX / 2)   /* a letter and a blank each */

/* The expected text in messages. */
extern const char words_instant[], words_devices_expected[];

/* "'name = value': expected ..." in *problem. Gives: false. */
bool words_complain(struct problem *problem, const char *name, const char *value,
                    const char *expects);

/* false: the text is empty or too long for `room`; nothing is changed. */
bool words_copy(char *to, size_t room, const char *value);
bool words_add(char to[WORDS_MAX], const char *value);         /* appends */
/* Takes: a text accepted by instant_parse(). Gives: its canonical form, with 'T' and 'Z'. */
bool words_copy_instant(char to[WORDS_INSTANT], const char *value);

/* Is it a name of lower-case letters, digits, '-' and '_'? Is it valid in `devices`? */
bool words_is_id(const char *text);
bool words_is_device(const char *word);

/* Does is_good accept each of the words, separated by blanks? */
typedef bool words_test(const char *word);
bool words_are_all(const char *value, words_test *is_good);

/* Takes: words accepted by words_is_device(), split in place. Keeps: the result is in room. */
struct policy_devices words_read_devices(char *words, struct policy_device room[WORDS_DEVICES]);

#endif
