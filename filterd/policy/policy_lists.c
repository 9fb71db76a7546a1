/* SPDX-License-Identifier: MIT */

/*
 * If a signature is required, no file is parsed before its bytes match the manifest and the
 * signature matches the manifest.
 */

#include "policy/policy_lists.h"

#include "policy/list.h"
#include "policy/manifest.h"
#include "policy/zone.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char how[] = "sign it as filterd-policy(5) says, or leave [policy] signed-by empty";

void policy_path_beside(char out[POLICY_BESIDE_MAX], const char *beside, const char *name)
{
	const char *slash = strrchr(beside, '/');
	int         len   = slash == NULL || name[0] == '/' ? 0 : (int)(slash - beside) + 1;

	snprintf(out, POLICY_BESIDE_MAX, "%.*s%s", len, beside, name);
}

/* policy_file with this suffix: the signed manifest, or its signature. */
static int fetch_beside(struct lists *l, const char *policy_file, const char *ending,
                        struct bytes *content_out)
{
	char path[POLICY_BESIDE_MAX];
	int  error;

	snprintf(path, sizeof(path), "%s%s", policy_file, ending);
	error = l->fetch(l->context, path, content_out);
	if (error == 0 || error == -ENOMEM)
		return error;
	return problem_say(l->problem, error == -EACCES ? error : -EKEYREJECTED,
	                   "policy '%.150s' is not signed: '%.150s': %s; %s", policy_file, path,
	                   strerror(-error), how);
}

static int open_manifest(struct lists *l, const char *policy_file)
{
	struct bytes sig;
	const char  *why;
	int          error = fetch_beside(l, policy_file, ".sha256", &l->manifest);

	if (error == 0)
		error = fetch_beside(l, policy_file, ".sha256.sig", &sig);
	if (error != 0 || signify_verify(l->keys, sig, l->manifest, &why))
		return error;
	return problem_say(l->problem, -EKEYREJECTED,
	                   "policy '%.150s': its signature '%.150s.sha256.sig' %s; %s", policy_file,
	                   policy_file, why, how);
}

static int hold_to_manifest(struct lists *l, const char *policy_file, const char *name,
                            struct bytes content)
{
	struct problem why;

	if (l->keys == NULL || manifest_has(l->manifest, name, content, &why))
		return 0;
	return problem_say(l->problem, -EKEYREJECTED,
	                   "policy '%.90s': '%.90s' is not signed: '%.90s.sha256' %.80s; %s",
	                   policy_file, name, policy_file, why.text, how);
}

int lists_open(struct lists *l, const char *policy_file, struct bytes *content_out)
{
	const char *slash = strrchr(policy_file, '/');
	int         error = l->keys != NULL ? open_manifest(l, policy_file) : 0;

	if (error != 0)
		return error;
	error = l->fetch(l->context, policy_file, content_out);
	if (error != 0)
		return problem_say(l->problem, error, "policy '%.300s': %s", policy_file,
		                   strerror(-error));
	return hold_to_manifest(l, policy_file, slash != NULL ? slash + 1 : policy_file,
	                        *content_out);
}

static bool add_rule(void *context, enum pattern_kind kind, struct host pattern, uint32_t line)
{
	struct lists *l = context;

	return builder_add_rule(l->builder, kind, pattern, line, false);
}

static bool add_of_zone(void *context, const struct zone_rule *rule)
{
	struct lists *l = context;

	return builder_add_rule(l->builder, rule->kind, rule->pattern, rule->line,
	                        rule->is_exception);
}

/* An allowing category allows the names that the zone lets pass. */
static bool add_of_allowing_zone(void *context, const struct zone_rule *rule)
{
	struct lists *l = context;

	return !rule->is_exception ||
	       builder_add_rule(l->builder, rule->kind, rule->pattern, rule->line, false);
}

static int fetch_list(struct lists *l, const char *policy_file, const char *category,
                      const char *path, const char *key, struct bytes *content_out)
{
	int error = l->fetch(l->context, path, content_out);

	if (error != 0)
		return problem_say(l->problem, error,
		                   "%.150s: [category %s] %s: cannot read '%.150s': %s",
		                   policy_file, category, key, path, strerror(-error));
	return builder_add_file(l->builder, path) ? 0 : -ENOMEM;
}

static int add_zone(struct lists *l, const char *path, struct bytes content, bool is_allow)
{
	struct zone_left_out left_out;
	int error = zone_walk(content, path, is_allow ? add_of_allowing_zone : add_of_zone, l,
	                      &left_out, l->problem);

	if (error != 0)
		return error;
	builder_leave_out(l->builder, left_out.num, left_out.line);
	return builder_digest_rules(l->builder) ? 0 : -ENOMEM;
}

/* A file with more wrong lines than good ones is not a list, but for example an error page. */
static int add_list(struct lists *l, const char *path, struct bytes content)
{
	struct list_lines lines;
	int               error = list_walk(content, path, add_rule, l, &lines, l->problem);

	if (error != 0)
		return error;
	builder_note_below(l->builder, lines.num_below, lines.first_below);
	if (lines.num_wrong == 0)
		return 0;
	if (l->is_strict || lines.num_wrong > lines.num_good)
		return -EINVAL;
	if (!builder_note_wrong(l->builder, lines.num_wrong, l->problem->text))
		return -ENOMEM;
	l->problem->text[0] = '\0';
	return 0;
}

int lists_add(struct lists *l, const char *policy_file, const char *category, const char *name,
              bool is_allow, bool is_kept)
{
	char         path[POLICY_BESIDE_MAX];
	struct bytes content;
	int          error;

	policy_path_beside(path, policy_file, name);
	error = fetch_list(l, policy_file, category, path, is_kept ? "zones" : "names", &content);
	if (error == 0 && !is_kept)
		error = hold_to_manifest(l, policy_file, name, content);
	if (error != 0)
		return error;
	if (is_kept)
		builder_mark_zone(l->builder);
	if (is_kept || zone_is_one(content))
		return add_zone(l, path, content, is_allow);
	builder_digest(l->builder, content);
	return add_list(l, path, content);
}
