/* SPDX-License-Identifier: MIT */

#include "review/words.h"

#include "base/plain.h"
#include "review/people.h"

#include <assert.h>
#include <string.h>

#define WORD_ROOM 64            /* bytes, for a word that is not a text */

struct word word_number(uint64_t number)
{
	return (struct word){ .kind = WORD_NUMBER, .number = number };
}

struct word word_text(const char *text)
{
	return (struct word){ .kind = WORD_TEXT, .text = bytes_text(text) };
}

struct word word_name(struct bytes name)
{
	return (struct word){ .kind = WORD_NAME, .text = name };
}

struct word word_itself(struct word word)
{
	return word;
}

static void words_put_form(words_to *to, void *owner, const char *form, size_t len)
{
	to(owner, &(struct word){ .kind = WORD_FORM, .text = bytes_of(form, len) });
}

/* Takes: form, after a "["; number, the last one. Gives: the form after the "]". */
static const char *words_choose(words_to *to, void *owner, const char *form,
                                const struct word *words, uint64_t number)
{
	const char *end = strchr(form, ']'), *bar;

	assert(end != NULL);
	if (form[0] >= '1' && form[0] <= '9' && form[1] == ':') {
		number = words[form[0] - '1'].number;
		form  += 2;
	}
	bar = memchr(form, '|', (size_t)(end - form));
	if (number != 1)
		form = bar != NULL ? bar + 1 : form;
	else
		bar = bar != NULL ? bar : form;
	words_put_form(to, owner, form, (size_t)((number == 1 ? bar : end) - form));
	return end + 1;
}

void words_put(words_to *to, void *owner, const char *form, const struct word *words, size_t num)
{
	uint64_t number = 0;
	size_t   next   = 0;

	while (*form != '\0') {
		size_t len = strcspn(form, "{[");

		words_put_form(to, owner, form, len);
		form += len;
		if (*form == '[') {
			form = words_choose(to, owner, form + 1, words, number);
		} else if (*form == '{') {
			assert(next < num);
			number = words[next].kind == WORD_NUMBER ? words[next].number : number;
			to(owner, &words[next++]);
			form += 2;
		}
	}
	assert(next == num);
}

void word_write(struct writer *w, const struct word *word)
{
	switch (word->kind) {
	case WORD_NUMBER:  people_write_number(w, word->number);            break;
	case WORD_FORM:
	case WORD_TEXT:
	case WORD_NAME:    write_bytes(w, word->text);                      break;
	case WORD_SIZE:    people_write_bytes(w, word->number);             break;
	case WORD_PERCENT: people_write_percent(w, (uint32_t)word->number); break;
	case WORD_SPAN:    people_write_span(w, word->us);                  break;
	case WORD_DAY:     people_write_day(w, word->us);                   break;
	case WORD_MINUTE:  people_write_minute(w, word->us);                break;
	case WORD_SECOND:  people_write_time(w, word->us);                  break;
	case WORD_MOMENT:  people_write_moment(w, word->us);                break;
	}
}

static void words_write_word(void *owner, const struct word *word)
{
	word_write(owner, word);
}

void words_write(struct writer *w, const char *form, const struct word *words, size_t num)
{
	words_put(words_write_word, w, form, words, num);
}

static void words_text_word(void *owner, const struct word *word)
{
	if (word->kind == WORD_FORM)
		text_bytes(owner, word->text);
	else if (word->kind == WORD_TEXT || word->kind == WORD_NAME)
		plain_text(owner, word->text, SIZE_MAX);
	else
		word_write(text_room(owner, WORD_ROOM), word);
}

void words_text(struct text *t, const char *form, const struct word *words, size_t num)
{
	words_put(words_text_word, t, form, words, num);
}
