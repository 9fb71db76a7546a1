/* SPDX-License-Identifier: MIT */

/*
 * A file's categories are collected before their lists are read, so the order of the lines within a
 * category does not matter.
 */

#include "policy/policy_file.h"

#include "base/instant.h"
#include "policy/builtin.h"
#include "policy/ini.h"
#include "policy/policy_lists.h"
#include "policy/waivers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CATEGORIES_MAX 256      /* of one file */

#define SIGNATURE_LEAST   1000000       /* EVE readers link other numbers to published rule sets */
#define SIGNATURE_MOST    1999999
#define SIGNATURE_DEFAULT 1791008       /* "other" */

struct category_text {
	char id[WORDS_ID], title[WORDS_TEXT], names[WORDS_MAX], zones[WORDS_MAX], ports[WORDS_MAX],
		paths[WORDS_MAX], devices[WORDS_MAX];
	char            effective[WORDS_INSTANT];
	bool            has_action;
	struct category is;             /* its title and devices once all lines were read */
};

struct policy_text {
	char                  id[WORDS_ID], title[WORDS_TEXT], authority[WORDS_TEXT];
	uint64_t              serial;
	struct category_text *categories;
	struct waiver_texts   waivers;
	size_t                num_categories;
	bool                  has_waivers_alone;
};

static bool take_serial(struct policy_text *p, const char *value)
{
	size_t len = strspn(value, "0123456789");

	if (len == 0 || len > 18 || value[len] != '\0' || value[0] == '0')
		return false;
	p->serial = strtoull(value, NULL, 10);
	return true;
}

static bool take_policy_pair(struct policy_text *p, const char *name, const char *value,
                             struct problem *problem)
{
	if (strcmp(name, "id") == 0)
		return (words_is_id(value) && words_copy(p->id, sizeof(p->id), value)) ||
		       words_complain(problem, name, value,
		                      "lower-case letters, digits, '-' and '_'");
	if (strcmp(name, "title") == 0)
		return words_copy(p->title, sizeof(p->title), value) ||
		       words_complain(problem, name, value, "a title");
	if (strcmp(name, "authority") == 0)
		return words_copy(p->authority, sizeof(p->authority), value) ||
		       words_complain(problem, name, value,
		                      "the law or decision behind this policy");
	if (strcmp(name, "serial") == 0)
		return take_serial(p, value) ||
		       words_complain(
			       problem, name, value,
			       "a number from 1 to 999999999999999999, greater at each change");
	return words_complain(problem, name, value,
	                      "one of id, title, authority, serial in [policy]");
}

static bool take_action(struct category_text *c, const char *value)
{
	/* in the order of enum action */
	static const char *const actions[] = { "allow", "block", "log" };

	for (size_t i = 0; i < COUNT(actions); i++) {
		if (strcmp(actions[i], value) != 0)
			continue;
		c->is.action  = (enum action)i;
		c->has_action = true;
		return true;
	}
	return false;
}

static bool policy_file_take_signature(struct category_text *c, const char *value)
{
	char         *end;
	unsigned long number = strtoul(value, &end, 10);

	if (*end != '\0' || number < SIGNATURE_LEAST || number > SIGNATURE_MOST)
		return false;
	c->is.signature_id = (uint32_t)number;
	return true;
}

/* "tcp/853": a protocol and a port without leading zeros. */
static bool is_port(const char *word)
{
	char          *end;
	unsigned long  port;

	if (strncmp(word, "tcp/", 4) != 0 && strncmp(word, "udp/", 4) != 0)
		return false;
	if (word[4] < '1' || word[4] > '9')
		return false;
	port = strtoul(word + 4, &end, 10);
	return *end == '\0' && port <= 65535;
}

/* Characters that are allowed in a path and need no escape in a record. */
static bool is_path(const char *word)
{
	for (const char *c = word; *c != '\0'; c++) {
		if (*c <= ' ' || *c > '~' || *c == '"' || *c == '\\' || *c == '?')
			return false;
	}
	return word[0] == '/' && strlen(word) <= POLICY_PATH_MAX;
}

static bool take_category_pair(struct category_text *c, const char *name, const char *value,
                               struct problem *problem)
{
	if (strcmp(name, "action") == 0)
		return take_action(c, value) ||
		       words_complain(problem, name, value, "allow, block or log");
	if (strcmp(name, "title") == 0)
		return words_copy(c->title, sizeof(c->title), value) ||
		       words_complain(problem, name, value, "a title");
	if (strcmp(name, "effective") == 0)
		return (instant_parse(bytes_text(value), &c->is.effective_us) == PARSE_OK &&
		        words_copy_instant(c->effective, value)) ||
		       words_complain(problem, name, value, words_instant);
	if (strcmp(name, "until") == 0)
		return instant_parse(bytes_text(value), &c->is.until_us) == PARSE_OK ||
		       words_complain(problem, name, value, words_instant);
	if (strcmp(name, "signature-id") == 0)
		return policy_file_take_signature(c, value) ||
		       words_complain(problem, name, value,
		                      "a number from 1000000 to 1999999");
	if (strcmp(name, "names") == 0)
		return words_add(c->names, value) ||
		       words_complain(problem, name, value, "list files, separated by spaces");
	if (strcmp(name, "zones") == 0)
		return words_add(c->zones, value) ||
		       words_complain(problem, name, value, "zone files, separated by spaces");
	if (strcmp(name, "by-address") == 0) {
		c->is.by_address = strcmp(value, "yes") == 0;
		return c->is.by_address || strcmp(value, "no") == 0 ||
		       words_complain(problem, name, value, "yes or no");
	}
	if (strcmp(name, "ports") == 0)
		return (words_are_all(value, is_port) && words_add(c->ports, value)) ||
		       words_complain(problem, name, value,
		                      "ports such as tcp/853, separated by spaces");
	if (strcmp(name, "paths") == 0)
		return (words_are_all(value, is_path) && words_add(c->paths, value)) ||
		       words_complain(
			       problem, name, value,
			       "paths such as /index/list.xml or /lists/, separated by spaces");
	if (strcmp(name, "devices") == 0)
		return (words_are_all(value, words_is_device) && words_add(c->devices, value)) ||
		       words_complain(problem, name, value, words_devices_expected);
	return words_complain(problem, name, value,
	                      "one of action, title, effective, until, signature-id, names, "
	                      "zones, ports, paths, by-address, devices");
}

/* Records of this category are not attempts, so policies must not use it. */
static bool policy_file_is_taken(const char *category)
{
	return strcmp(category, BUILTIN_PROBE_ID) == 0;
}

static struct category_text *category_named(struct policy_text *p, const char *id)
{
	for (size_t i = 0; i < p->num_categories; i++) {
		if (strcmp(p->categories[i].id, id) == 0)
			return &p->categories[i];
	}
	if (p->num_categories == CATEGORIES_MAX || !words_is_id(id))
		return NULL;

	struct category_text *c = &p->categories[p->num_categories++];

	words_copy(c->id, sizeof(c->id), id);
	c->is = (struct category){ .id = c->id, .effective_us = INSTANT_ALWAYS,
	                           .until_us = INSTANT_NEVER, .signature_id = SIGNATURE_DEFAULT };
	return c;
}

static bool policy_file_take_pair(void *context, const char *section, const char *name,
                                  const char *value, bool goes_on,
                                  struct problem *problem, const char **at_out)
{
	static const char     prefix[] = "category ", waiver[] = WAIVERS_PREFIX;
	struct policy_text   *p        = context;
	struct category_text *c;

	(void)at_out;
	if (goes_on)
		return words_complain(problem, name, value,
		                      "no blank before it, which makes a line part of the "
		                      "one before");
	if (strcmp(section, "policy") == 0)
		return take_policy_pair(p, name, value, problem);
	if (strncmp(section, waiver, sizeof(waiver) - 1) == 0)
		return waivers_take_pair(&p->waivers, section + sizeof(waiver) - 1, name, value,
		                         problem);
	if (p->has_waivers_alone)
		return words_complain(problem, name, value,
		                      "to stand in [policy] or [waiver NAME]: this is the file of "
		                      "[policy] waivers");
	if (strncmp(section, prefix, sizeof(prefix) - 1) != 0)
		return words_complain(
			problem, name, value,
			"to stand in [policy], [category NAME] or [waiver NAME]");
	if (policy_file_is_taken(section + sizeof(prefix) - 1))
		return words_complain(problem, name, value,
		                      "a category of another name: '" BUILTIN_PROBE_ID
		                      "' is that of the test name");
	c = category_named(p, section + sizeof(prefix) - 1);
	if (c == NULL)
		return words_complain(problem, name, value,
		                      "a category named by lower-case letters, digits, '-' "
		                      "and '_', and at most 256 of them");
	return take_category_pair(c, name, value, problem);
}

/* Names given in the policy file itself: it counts as their list, and they have no line number. */
static int add_patterns(struct lists *l, enum pattern_kind kind, char *words)
{
	char *rest = words;

	for (char *word; (word = strtok_r(rest, " \t", &rest)) != NULL;) {
		if (!builder_add_rule(l->builder, kind, host_literal(word), 0, false))
			return -ENOMEM;
	}
	return 0;
}

static int add_lists(struct lists *l, const char *file, struct category_text *text)
{
	char *names = text->names, *zones = text->zones;
	int   error = 0;

	for (char *name; error == 0 && (name = strtok_r(names, " \t", &names)) != NULL;)
		error = lists_add(l, file, text->id, name, text->is.action == ACTION_ALLOW, false);
	for (char *name; error == 0 && (name = strtok_r(zones, " \t", &zones)) != NULL;)
		error = lists_add(l, file, text->id, name, text->is.action == ACTION_ALLOW, true);
	return error;
}

static int add_category(struct lists *l, const char *file, struct category_text *text)
{
	struct category     *c = &text->is;
	struct policy_device room[WORDS_DEVICES];
	const char          *missing = !text->has_action ? "action = allow, block or log"
	                                                 : "names = a list file, zones, ports or "
	                                                   "paths";
	int                  error;

	if (!text->has_action || (text->names[0] == '\0' && text->zones[0] == '\0' &&
	                          text->ports[0] == '\0' && text->paths[0] == '\0'))
		return problem_say(l->problem, -EINVAL,
		                   "%.200s: [category %s] lacks a line; expected %s", file,
		                   text->id, missing);
	if (text->paths[0] != '\0' && c->action != ACTION_LOG)
		return problem_say(l->problem, -EINVAL,
		                   "%.200s: [category %s] paths: a path is evidence, and no reason "
		                   "to block; expected action = log", file, text->id);
	if (c->until_us <= c->effective_us)
		return problem_say(l->problem, -EINVAL,
		                   "%.200s: [category %s] until is not after effective; expected "
		                   "it later", file, text->id);
	c->title   = text->title[0] ? text->title : text->id;
	c->devices = words_read_devices(text->devices, room);
	if (!builder_add_category(l->builder, c))
		return -ENOMEM;
	error = add_lists(l, file, text);
	if (error == 0 && !builder_add_file(l->builder, file))
		error = -ENOMEM;
	if (error == 0)
		error = add_patterns(l, PATTERN_PORT, text->ports);
	return error == 0 ? add_patterns(l, PATTERN_PATH, text->paths) : error;
}

/* Among categories with the earliest start, the first in the file. */
static void policy_file_find_cutoff(const struct policy_text *p, struct policy_source *s)
{
	for (size_t i = 0; i < p->num_categories; i++) {
		const struct category_text *c = &p->categories[i];

		if (!c->has_action || c->is.action != ACTION_BLOCK ||
		    c->is.effective_us >= s->cutoff_us)
			continue;
		s->cutoff_us = c->is.effective_us;
		s->cutoff    = c->effective;
	}
}

/* The title defaults to the id, and a waivers file needs neither. */
static void policy_file_name(struct policy_text *p)
{
	if (p->has_waivers_alone && p->id[0] == '\0') {
		words_copy(p->id, sizeof(p->id), "waivers");
		if (p->title[0] == '\0')
			words_copy(p->title, sizeof(p->title), "Waivers");
	}
	if (p->title[0] == '\0')
		words_copy(p->title, sizeof(p->title), p->id);
}

static int add_policy(struct lists *l, const char *file, struct policy_text *p)
{
	struct policy_source source = { .id = p->id, .title = p->title, .authority = p->authority,
		                        .file = file, .cutoff_us = INSTANT_NEVER, .cutoff = "" };
	struct bytes         content;
	int                  error = lists_open(l, file, &content);

	if (error != 0)
		return error;
	error = ini_walk((const char *)content.at, file, policy_file_take_pair, p, l->problem);
	if (error != 0 || (p->has_waivers_alone && p->waivers.num == 0))
		return error;
	policy_file_name(p);
	if (p->id[0] == '\0' || p->num_categories + p->waivers.num == 0)
		return problem_say(l->problem, -EINVAL, "%.300s: expected %s", file,
		                   p->id[0] == '\0' ? "a section [policy] with an id"
		                   : "at least one [category NAME] or [waiver NAME]");
	builder_digest(l->builder, content);
	source.serial = p->serial;
	policy_file_find_cutoff(p, &source);
	if (!builder_add_source(l->builder, &source))
		return -ENOMEM;
	for (size_t i = 0; i < p->num_categories && error == 0; i++)
		error = add_category(l, file, &p->categories[i]);
	return error == 0 ? waivers_add(&p->waivers, l->builder, file, l->problem) : error;
}

static int policy_file_add(struct lists *l, const char *file)
{
	struct policy_text text = {
		.categories = calloc(CATEGORIES_MAX, sizeof(struct category_text)),
	};
	int error = text.categories == NULL ? -ENOMEM : add_policy(l, file, &text);

	free(text.categories);
	free(text.waivers.at);
	return error;
}

/* If a signature is required, the file must exist. */
static int policy_file_add_waivers(struct lists *l, const char *file)
{
	struct policy_text text = { .has_waivers_alone = true };
	struct bytes       content;
	int                error;

	if (file == NULL || l->fetch(l->context, file, &content) == -ENOENT)
		return 0;
	error = add_policy(l, file, &text);
	free(text.waivers.at);
	return error;
}

int policy_build_from(const struct policy_from *from, struct policy **policy_out,
                      struct problem *problem_out)
{
	struct lists  l     = { .builder = builder_new(), .fetch = from->fetch,
	                        .context = from->context, .keys = from->keys,
	                        .is_strict = from->is_strict, .problem = problem_out };
	int           error = l.builder == NULL ? -ENOMEM : 0;
	struct policy *policy;

	for (size_t i = 0; i < from->num_files && error == 0; i++)
		error = policy_file_add(&l, from->files[i]);
	if (error == 0)
		error = policy_file_add_waivers(&l, from->waivers);
	if (error == 0)
		error = builder_find_waived(l.builder, problem_out);
	if (error == 0) {
		policy = builder_finish(l.builder);
		if (policy != NULL) {
			*policy_out = policy;
			return 0;
		}
		error = -ENOMEM;
	} else {
		builder_free(l.builder);
	}
	if (error == -ENOMEM)
		snprintf(problem_out->text, PROBLEM_MAX, "not enough memory for the policy");
	return error;
}
