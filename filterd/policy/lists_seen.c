/* SPDX-License-Identifier: MIT */

/*
 * A rule counts for its file and for the policy file of its category, so a policy file cut off
 * between two categories shows up as having lost names, too.
 */

#include "policy/lists_seen.h"

#include "policy/index.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The row of this file, a new one if necessary; there is room for it. */
static struct list_seen *lists_seen_row(struct lists_seen *l, const char *file)
{
	for (size_t i = 0; i < l->num; i++) {
		if (strcmp(l->lists[i].file, file) == 0)
			return &l->lists[i];
	}
	l->lists[l->num] = (struct list_seen){ .file = file, .has_end = true };
	return &l->lists[l->num++];
}

static bool is_source(const struct policy *p, const char *file)
{
	for (size_t i = 0; i < p->num_sources; i++) {
		if (strcmp(p->sources[i].file, file) == 0)
			return true;
	}
	return false;
}

static void count_entries(const struct policy *p, uint64_t *of_files, uint64_t *of_categories)
{
	const struct index_entry *e;

	for (size_t at = 0; at < p->entries_len; at += index_entry_len(e->len)) {
		e = index_entry(p, (uint32_t)(at / INDEX_UNIT));
		of_files[e->file]++;
		of_categories[e->category]++;
	}
}

int lists_seen_of(const struct policy *p, struct lists_seen *out)
{
	uint64_t         *counts = calloc(p->num_files + p->num_categories + 1, sizeof(*counts));
	struct lists_seen l      = { .lists = calloc(p->num_files + p->num_sources + 1,
	                                             sizeof(*l.lists)) };

	if (counts == NULL || l.lists == NULL) {
		free(counts);
		free(l.lists);
		return -ENOMEM;
	}
	count_entries(p, counts, counts + p->num_files);
	for (size_t i = 0; i < p->num_sources; i++)
		lists_seen_row(&l, p->sources[i].file);
	for (size_t i = 0; i < p->num_categories; i++)
		lists_seen_row(&l, p->categories[i].source->file)->names +=
			counts[p->num_files + i];
	for (size_t i = 0; i < p->num_files; i++) {
		if (!is_source(p, p->files[i]))
			lists_seen_row(&l, p->files[i])->names += counts[i];
	}
	free(counts);
	*out = l;
	return 0;
}

void lists_seen_free(struct lists_seen *l)
{
	free(l->lists);
	*l = (struct lists_seen){ .num = 0 };
}

static const struct list_seen *lists_seen_find(const struct lists_seen *l, const char *file)
{
	for (size_t i = 0; i < l->num; i++) {
		if (strcmp(l->lists[i].file, file) == 0)
			return &l->lists[i];
	}
	return NULL;
}

/* Products of 32-bit numbers: a file has fewer lines. */
static bool has_lost(const struct list_seen *now, const struct list_seen *was, uint32_t most)
{
	return now->names < was->names && (was->names - now->names) * 100 > was->names * most;
}

bool lists_seen_lost(const struct lists_seen *new, const struct lists_seen *old, uint32_t most,
                     struct problem *problem)
{
	/* From the end: report a list rather than its policy file, which has lost as much. */
	for (size_t i = most < 100 ? old->num : 0; i-- > 0;) {
		const struct list_seen *was = &old->lists[i],
				       *now = lists_seen_find(new, was->file);

		if (now == NULL)
			continue;
		if (has_lost(now, was, most))
			return problem_say(problem, true,
			                   "'%.250s' has %llu names, and had %llu when it last "
			                   "loaded; expected all of it, or, if that is meant, "
			                   "[policy] max-shrink above %u", now->file,
			                   (unsigned long long)now->names,
			                   (unsigned long long)was->names, most);
		if (was->has_end && !now->has_end)
			return problem_say(problem, true,
			                   "'%.250s' is cut off within its last line; expected a "
			                   "newline at its end, or, if that is meant, [policy] "
			                   "max-shrink = 100", now->file);
	}
	return false;
}
