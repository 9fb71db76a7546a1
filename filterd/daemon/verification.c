/* SPDX-License-Identifier: MIT */

#include "daemon/verification.h"

#include "base/bytes.h"
#include "base/instant.h"
#include "os/files.h"
#include "os/messages.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct message_limit save_trouble = MESSAGE_LIMIT_INIT;

static enum status_verified result_named(struct bytes word)
{
	for (unsigned k = VERIFIED_COMPLETE; k < COUNT(status_verified_names); k++) {
		if (bytes_equal(word, bytes_text(status_verified_names[k])))
			return (enum status_verified)k;
	}
	return VERIFIED_NEVER;
}

/* "not-sound 2026-11-30T09:00:00Z", and a newline. */
static bool verification_read(struct bytes line, struct verification *v)
{
	v->result = result_named(bytes_cut_word(&line));
	return v->result != VERIFIED_NEVER && line.len > 0 && line.at[line.len - 1] == '\n' &&
	       instant_parse(bytes_first(line, line.len - 1), &v->us) == PARSE_OK;
}

void verification_open(struct verification *v, const struct settings *s)
{
	struct bytes content;
	int          error;

	*v = (struct verification){ .result = VERIFIED_NEVER };
	snprintf(v->path, sizeof(v->path), "%s/verified", s->keys);
	error = files_read(v->path, &content);
	if (error == -ENOENT)
		return;
	if (error != 0) {
		message_warning("'%s': %s; the result of the last verification is unknown", v->path,
		                strerror(-error));
		return;
	}
	if (!verification_read(content, v)) {
		message_warning("'%s' has no result of a verification", v->path);
		v->result = VERIFIED_NEVER;
	}
	files_free(content);
}

void verification_take(struct verification *v, const char *result, int64_t now_us)
{
	enum status_verified found = result_named(bytes_text(result));
	uint8_t              text[64];
	struct writer        w = writer_over(text, sizeof(text));
	int                  error;

	if (found == VERIFIED_NEVER)
		return;
	v->result    = found;
	v->us        = now_us;
	v->is_of_now = true;
	write_format(&w, "%s %s\n", status_verified_names[found], instant_text(now_us).text);
	error = files_replace(v->path, writer_written(&w), 0600);
	if (error != 0)
		message_limited(&save_trouble, MESSAGE_LEVEL_WARNING,
		                "'%s': %s; after the next start the result of the last "
		                "verification is unknown",
		                v->path, strerror(-error));
}
