/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REVIEW_WORDS_H
#define FILTERD_REVIEW_WORDS_H

/*
 * Words: sentences in their final form, with placeholders for the values.
 *
 *	write_words(w, "looked at {} of {} new connection[s]", looked_at, of);
 *
 * "{}" is the next argument: a number, a text of ours (char *), a name (struct bytes), or one of
 * word_...() below. "[one|many]", or "[s]" for many only, depends on the last number before it;
 * "[1:is|are]" on the first argument, "[2:...]" on the second. Forms are ours, and are asserted to
 * have as many placeholders as there are arguments.
 */

#include "base/text.h"

struct word {
	enum {
		WORD_FORM, WORD_NUMBER, WORD_TEXT, WORD_NAME, WORD_SIZE, WORD_PERCENT,
		WORD_SPAN, WORD_DAY, WORD_MINUTE, WORD_SECOND, WORD_MOMENT,
	} kind;
	uint64_t     number;
	int64_t      us;
	struct bytes text;
};

/* Like people_write_...(). */
#define word_size(bytes)   ((struct word){ .kind = WORD_SIZE, .number = (bytes) })
#define word_percent(ppm)  ((struct word){ .kind = WORD_PERCENT, .number = (ppm) })
#define word_span(micros)  ((struct word){ .kind = WORD_SPAN, .us = (micros) })
#define word_day(micros)   ((struct word){ .kind = WORD_DAY, .us = (micros) })
#define word_minute(micros) ((struct word){ .kind = WORD_MINUTE, .us = (micros) })
#define word_second(micros) ((struct word){ .kind = WORD_SECOND, .us = (micros) })
#define word_moment(micros) ((struct word){ .kind = WORD_MOMENT, .us = (micros) })

struct word word_number(uint64_t number);
struct word word_text(const char *text);
struct word word_name(struct bytes name);
struct word word_itself(struct word word);

/*
 * write_words - names verbatim.
 * text_words  - for a terminal: names and texts through plain_text().
 */
#define write_words(w, ...) words_write(w, WORDS(__VA_ARGS__))
#define text_words(t, ...)  words_text(t, WORDS(__VA_ARGS__))

/* For other outputs (html.h): pieces of the form, each a WORD_FORM, and arguments, in turn. */
typedef void words_to(void *owner, const struct word *word);
void words_put(words_to *to, void *owner, const char *form, const struct word *words, size_t num);

void words_write(struct writer *w, const char *form, const struct word *words, size_t num);
void words_text(struct text *t, const char *form, const struct word *words, size_t num);

/* A word other than a name, for people. */
void word_write(struct writer *w, const struct word *word);

/* "form", and its arguments, six at most, as form, words, num. */
#define WORD(x) \
	_Generic((x), char *: word_text, const char *: word_text, struct bytes: word_name, \
	         struct word: word_itself, default: word_number)(x)
#define WORDS_1(a)      WORD(a)
#define WORDS_2(a, ...) WORD(a), WORDS_1(__VA_ARGS__)
#define WORDS_3(a, ...) WORD(a), WORDS_2(__VA_ARGS__)
#define WORDS_4(a, ...) WORD(a), WORDS_3(__VA_ARGS__)
#define WORDS_5(a, ...) WORD(a), WORDS_4(__VA_ARGS__)
#define WORDS_6(a, ...) WORD(a), WORDS_5(__VA_ARGS__)
#define WORDS_NTH(a, b, c, d, e, f, nth, ...) nth
#define WORDS(form, ...) \
	form, \
	(const struct word[]){ WORDS_NTH(__VA_ARGS__, WORDS_6, WORDS_5, WORDS_4, WORDS_3, WORDS_2, \
	                                 WORDS_1, 0)(__VA_ARGS__) }, \
	WORDS_NTH(__VA_ARGS__, 6, 5, 4, 3, 2, 1, 0)

#endif
