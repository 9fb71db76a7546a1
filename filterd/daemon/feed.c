/* SPDX-License-Identifier: MIT */

/*
 * The file has one line: the time of the report, the time when the source was last in order, and
 * the report: "2026-11-30T09:00:00Z - refused - it is not signed".
 */

#include "daemon/feed.h"

#include "base/instant.h"
#include "os/files.h"
#include "os/messages.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FEED_LINE_MAX (STATUS_FEED_TEXT + 128)

static struct message_limit save_trouble = MESSAGE_LIMIT_INIT;

/* An instant, or "-": 0. */
static bool feed_cut_instant(struct bytes *rest, int64_t *out)
{
	struct bytes word = bytes_cut_word(rest);

	*out = 0;
	return bytes_equal(word, BYTES("-")) || (instant_parse(word, out) == PARSE_OK && *out > 0);
}

static enum parse feed_read(struct bytes words, struct status_feed *out)
{
	struct bytes word = bytes_cut_word(&words);

	for (unsigned k = FEED_TAKEN; k < COUNT(status_feed_names); k++) {
		if (bytes_equal(word, bytes_text(status_feed_names[k])))
			out->result = (enum status_feed_result)k;
	}
	if (out->result == FEED_NEVER || !feed_cut_instant(&words, &out->came_us) ||
	    words.len == 0 || words.len > STATUS_FEED_TEXT || !bytes_printable(words))
		return PARSE_BAD;
	memcpy(out->text, words.at, words.len);
	out->text[words.len] = '\0';
	return PARSE_OK;
}

void feed_open(struct feed *f, const struct settings *s)
{
	struct status_feed is = { .result = FEED_NEVER };
	struct bytes       content, all, line;
	int                error;

	*f = (struct feed){ .is.result = FEED_NEVER };
	snprintf(f->path, sizeof(f->path), "%s/feed", s->keys);
	error = files_read(f->path, &content);
	if (error == -ENOENT)
		return;
	if (error != 0) {
		message_warning("'%s': %s; what the feed last found is not known", f->path,
		                strerror(-error));
		return;
	}
	all  = content;
	line = bytes_cut_line(&all);
	if (feed_cut_instant(&line, &is.told_us) && feed_cut_instant(&line, &is.good_us) &&
	    feed_read(line, &is) == PARSE_OK)
		f->is = is;
	else
		message_warning("'%s' does not say what the feed last found", f->path);
	files_free(content);
}

static struct instant_text feed_instant(int64_t us)
{
	return us > 0 ? instant_text_to_second(us) : (struct instant_text){ "-" };
}

static int feed_save(const struct feed *f)
{
	uint8_t       text[FEED_LINE_MAX];
	struct writer w = writer_over(text, sizeof(text));

	if (f->is.result == FEED_NEVER)
		return unlink(f->path) == 0 || errno == ENOENT ? 0 : -errno;
	write_format(&w, "%s %s %s %s %s\n", feed_instant(f->is.told_us).text,
	             feed_instant(f->is.good_us).text, status_feed_names[f->is.result],
	             feed_instant(f->is.came_us).text, f->is.text);
	return files_replace(f->path, writer_written(&w), 0600);
}

enum parse feed_take(struct feed *f, struct bytes words, int64_t now_us)
{
	struct status_feed is  = { .result = FEED_NEVER, .told_us = now_us };
	bool               off = bytes_equal(words, BYTES("off"));
	int                error;

	if (!off && feed_read(words, &is) != PARSE_OK)
		return PARSE_BAD;
	is.good_us = off ? 0
	             : is.result == FEED_TAKEN || is.result == FEED_SAME ? now_us
	                                                                : f->is.good_us;
	f->is      = is;
	error      = feed_save(f);
	if (error != 0)
		message_limited(&save_trouble, MESSAGE_LEVEL_WARNING,
		                "'%s': %s; after the next start it is unknown what the feed found",
		                f->path, strerror(-error));
	return PARSE_OK;
}
