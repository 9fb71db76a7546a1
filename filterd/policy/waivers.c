/* SPDX-License-Identifier: MIT */

/* A section's lines may come in any order, and the section may be split up. */

#include "policy/waivers.h"

#include "base/instant.h"
#include "base/list.h"
#include "policy/ini.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* "*" means all blocking categories, and must be the only word. */
static bool waivers_take_categories(struct waiver_text *w, const char *value)
{
	bool is_all = strcmp(value, "*") == 0;

	if (is_all ? w->categories[0] != '\0'
	           : strchr(w->categories, '*') != NULL || !words_are_all(value, words_is_id))
		return false;
	return words_add(w->categories, value);
}

static bool waivers_take_line(struct waiver_text *w, const char *name, const char *value,
                              struct problem *problem)
{
	if (strcmp(name, "devices") == 0)
		return (words_are_all(value, words_is_device) && words_add(w->devices, value)) ||
		       words_complain(problem, name, value, words_devices_expected);
	if (strcmp(name, "categories") == 0)
		return waivers_take_categories(w, value) ||
		       words_complain(problem, name, value,
		                      "names of categories, separated by spaces, or * for all "
		                      "that block");
	if (strcmp(name, "effective") == 0)
		return instant_parse(bytes_text(value), &w->effective_us) == PARSE_OK ||
		       words_complain(problem, name, value, words_instant);
	if (strcmp(name, "until") == 0)
		return instant_parse(bytes_text(value), &w->until_us) == PARSE_OK ||
		       words_complain(problem, name, value, words_instant);
	if (strcmp(name, "reason") == 0)
		return words_copy(w->reason, sizeof(w->reason), value) ||
		       words_complain(problem, name, value, "why, in some words");
	return words_complain(problem, name, value,
	                      "one of devices, categories, effective, until, reason");
}

static struct waiver_text *waivers_find(struct waiver_texts *t, const char *id)
{
	for (size_t i = 0; i < t->num; i++) {
		if (strcmp(t->at[i].id, id) == 0)
			return &t->at[i];
	}
	return NULL;
}

/* NULL: no memory. */
static struct waiver_text *waivers_begin(struct waiver_texts *t, const char *id)
{
	struct waiver_text *w;

	if (!list_has_room(&t->at, t->num, &t->room, sizeof(*w)))
		return NULL;
	w  = &t->at[t->num++];
	*w = (struct waiver_text){ .effective_us = INSTANT_ALWAYS, .until_us = INSTANT_NEVER };
	words_copy(w->id, sizeof(w->id), id);
	return w;
}

bool waivers_take_pair(struct waiver_texts *t, const char *id, const char *name, const char *value,
                       struct problem *problem)
{
	struct waiver_text *w = waivers_find(t, id);

	if (w == NULL && (t->num == WAIVERS_MAX || !words_is_id(id)))
		return words_complain(problem, name, value,
		                      "a waiver named by lower-case letters, digits, '-' and '_', "
		                      "and at most 1024 of them");
	if (w == NULL)
		w = waivers_begin(t, id);
	if (w == NULL)
		return words_complain(problem, name, value, "memory for one more waiver");
	return waivers_take_line(w, name, value, problem);
}

/* The policy's parser checks the other sections. */
static bool waivers_read_pair(void *context, const char *section, const char *name,
                              const char *value, bool goes_on, struct problem *problem,
                              const char **at_out)
{
	const size_t len = sizeof(WAIVERS_PREFIX) - 1;

	(void)at_out;
	return goes_on || strncmp(section, WAIVERS_PREFIX, len) != 0 ||
	       waivers_take_pair(context, section + len, name, value, problem);
}

int waivers_read(struct waiver_texts *t, const char *text, const char *file,
                 struct problem *problem)
{
	return ini_walk(text, file, waivers_read_pair, t, problem);
}

static int waivers_add_one(struct waiver_text *text, struct builder *b, const char *file,
                           struct problem *problem)
{
	struct policy_device room[WORDS_DEVICES];
	struct waiver        w       = { .id           = text->id,
		                         .reason       = text->reason,
		                         .effective_us = text->effective_us,
		                         .until_us     = text->until_us };
	const char          *missing = text->devices[0] == '\0'      ? "devices"
	                               : text->categories[0] == '\0' ? "categories"
	                               : w.until_us == INSTANT_NEVER  ? "until"
	                               : w.reason[0] == '\0'         ? "reason"
	                                                             : NULL;

	if (missing != NULL)
		return problem_say(problem, -EINVAL,
		                   "%.200s: [waiver %s] lacks a line; expected %s = ...", file,
		                   text->id, missing);
	if (w.until_us <= w.effective_us)
		return problem_say(problem, -EINVAL,
		                   "%.200s: [waiver %s] until is not after effective; expected it "
		                   "later", file, text->id);
	w.devices = words_read_devices(text->devices, room);
	return builder_add_waiver(b, &w, text->categories) ? 0 : -ENOMEM;
}

int waivers_add(struct waiver_texts *t, struct builder *b, const char *file,
                struct problem *problem)
{
	int error = 0;

	for (size_t i = 0; i < t->num && error == 0; i++)
		error = waivers_add_one(&t->at[i], b, file, problem);
	return error;
}
