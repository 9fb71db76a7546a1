/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_POLICY_WORDS_H
#define FILTERD_POLICY_WORDS_H

/*
 * Words: what stands behind the `=` of a policy file, for those who read its sections.
 */

#include "base/problem.h"
#include "policy/clients.h"

/* bytes; it goes into every record, and inih cuts sections at 50 */
#define WORDS_ID      32
#define WORDS_TEXT    200               /* bytes; what a line can hold */
/* bytes, with the NUL; "2024-09-29T00:00:00.000000-04:00" is the longest that instant.h takes */
#define WORDS_INSTANT 33
/* bytes of words of one kind in one section; several lines of one name add up */
#define WORDS_MAX     1024
#define WORDS_DEVICES (WORDS_MAX / 2)   /* a letter and a blank each */

/* The words for a wrong one. */
extern const char words_instant[], words_devices_expected[];

/* "'name = value': expected ..." in *problem. Gives: false. */
bool words_complain(struct problem *problem, const char *name, const char *value,
                    const char *expects);

/* false: it is empty, or too long for `room`, and nothing is changed. */
bool words_copy(char *to, size_t room, const char *value);
bool words_add(char to[WORDS_MAX], const char *value);         /* behind those that are there */
/* Takes: what instant_parse() has taken. Gives: the same in one form, with 'T' and 'Z'. */
bool words_copy_instant(char to[WORDS_INSTANT], const char *value);

/* Is it a name of small letters, digits, '-' and '_'? Is it what `devices` may have? */
bool words_is_id(const char *text);
bool words_is_device(const char *word);

/* Is each of the words, separated by blanks, as is_good says? */
typedef bool words_test(const char *word);
bool words_are_all(const char *value, words_test *is_good);

/* Takes: words that words_is_device() has seen, and are torn. Keeps: what is given is in room. */
struct policy_devices words_read_devices(char *words, struct policy_device room[WORDS_DEVICES]);

#endif
