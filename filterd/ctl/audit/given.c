/* SPDX-License-Identifier: MIT */

#include "ctl/audit/given.h"

#include "os/files.h"
#include "os/key_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int given_say_memory(const struct audit_options *o)
{
	return complain(EXIT_IO, o->who, "not enough memory");
}

static int given_say_key(const struct audit_options *o, const char *file, int error)
{
	if (error == -EINVAL)
		return complain(EXIT_USAGE, o->who,
		                "--key %s: this is not a verifier key; expected a line "
		                "GATEWAY/filterd/LOG+ID+KEY", file);
	return complain(EXIT_USAGE, o->who,
	                "--key %s: %s\nIt is neither a file nor a verifier key such as\n"
	                "gw1/filterd/2f9c01d4a7b3e655+a2449bfc+AX9w9eLM6QvX/"
	                "kLuxxHh4CQOg+cTWIyotomjY/h4wTeW", file, strerror(-error));
}

/* The key: given itself, or in a file; or this machine's. 0 or an exit status. */
static int given_read_key(const struct audit_options *o, bool is_live, struct given *g)
{
	struct settings s;
	struct problem  problem;
	char            path[SETTINGS_TEXT_MAX + 16];
	const char     *file = o->num_keys > 0 ? o->keys[0] : path;
	int             error;

	if (o->num_keys > 1)
		return complain(EXIT_USAGE, o->who,
		                "a single log has one --key; give several only with --collected");
	g->has_key = o->num_keys > 0 && note_key_parse(bytes_text(file), &g->key) == PARSE_OK;
	if (g->has_key)
		return 0;
	if (o->num_keys == 0) {
		if (!is_live || files_load_settings(o->conf, &s, &problem) != 0)
			return 0;
		snprintf(path, sizeof(path), "%s/audit.vkey", s.keys);
	}
	error      = key_file_read(file, &g->key);
	g->has_key = error == 0;
	if (error == 0 || (o->num_keys == 0 && error != -EINVAL))
		return 0;
	return given_say_key(o, file, error);
}

static int given_read_keyring(const struct audit_options *o, struct given *g)
{
	for (size_t i = 0; i < o->num_keys; i++) {
		int error = keyring_read(&g->keys, o->keys[i]);

		if (error != 0)
			return given_say_key(o, o->keys[i], error);
	}
	keyring_sort(&g->keys);
	return 0;
}

/* Takes: the log to which they belong; NULL: any. */
static int given_read_anchors(const struct audit_options *o, struct given *g, const char *origin)
{
	for (size_t i = 0; i < o->num_anchors; i++) {
		struct bytes content;
		int          error = files_read(o->anchors[i], &content);

		if (error == 0) {
			error = anchors_read(&g->anchors, content, origin);
			files_free(content);
		}
		if (error != 0)
			return complain(EXIT_IO, o->who, "--anchors %s: %s", o->anchors[i],
			                error == -EINVAL ? "a pipe; notes are read from files"
			                                 : strerror(-error));
	}
	if (o->num_anchors > 0 && g->anchors.num == 0)
		return complain(EXIT_USAGE, o->who,
		                "--anchors: there is no note of this log in %s%s",
		                o->num_anchors == 1 ? o->anchors[0] : "these files",
		                g->anchors.num_foreign > 0 ? "; its notes are of other logs" : "");
	if (o->collected)
		anchors_by_log(&g->anchors);
	else
		anchors_sort(&g->anchors);
	return 0;
}

int given_read(const struct audit_options *o, bool is_live, struct given *out)
{
	int status;

	*out   = (struct given){ 0 };
	status = o->collected ? given_read_keyring(o, out) : given_read_key(o, is_live, out);
	return status != 0 ? status
	                   : given_read_anchors(o, out, out->has_key ? out->key.origin : NULL);
}

void given_free(struct given *g)
{
	keyring_free(&g->keys);
	anchors_free(&g->anchors);
}
