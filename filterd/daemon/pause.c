/* SPDX-License-Identifier: MIT */

#include "daemon/pause.h"

#include "base/instant.h"
#include "os/clock.h"
#include "os/files.h"
#include "os/messages.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SECOND_US    INT64_C(1000000)
#define PAUSE_S_MAX  9999999                            /* the limit of pause_read() */
#define PAUSE_US_MAX (PAUSE_S_MAX * SECOND_US)

static struct message_limit keep_trouble = MESSAGE_LIMIT_INIT;

enum parse pause_read(struct bytes words, uint32_t *seconds_out,
                      char reason_out[PAUSE_REASON_MAX + 1])
{
	uint64_t seconds = 0;

	if (bytes_equal(words, BYTES("off"))) {
		*seconds_out = 0;
		return PARSE_OK;
	}
	if (!bytes_cut_number(&words, &seconds) || seconds == 0 ||
	    seconds > PAUSE_S_MAX || !bytes_cut(&words, " ") || words.len == 0 ||
	    words.len > PAUSE_REASON_MAX || !bytes_printable(words))
		return PARSE_BAD;
	memcpy(reason_out, words.at, words.len);
	reason_out[words.len] = '\0';
	*seconds_out          = (uint32_t)seconds;
	return PARSE_OK;
}

/* "2026-11-30T09:15:00Z 900 a reason", and a newline: the pause's end, and its requested length. */
static bool pause_parse(struct pause *p, struct bytes content, uint32_t *seconds_out)
{
	struct bytes line = bytes_cut_line(&content);

	return instant_parse(bytes_cut_word(&line), &p->until_us) == PARSE_OK &&
	       pause_read(line, seconds_out, p->reason) == PARSE_OK;
}

/* Limits the remaining time to this. */
static bool pause_cut(struct pause *p, int64_t seconds)
{
	int64_t now_us = clock_now_us(), now_ms = clock_boot_ms();

	if (!p->is_on || p->ends_ms - now_ms <= seconds * 1000)
		return false;
	p->until_us = (now_us / SECOND_US + seconds) * SECOND_US;
	p->ends_ms  = now_ms + seconds * 1000;
	return true;
}

bool pause_limit(struct pause *p, const struct settings *s)
{
	return pause_cut(p, (int64_t)s->pause_most_min * 60);
}

void pause_open(struct pause *p, const struct settings *s)
{
	int64_t      now_us  = clock_now_us();
	uint32_t     seconds = 0;
	struct bytes content;
	int          error;

	*p = (struct pause){ .is_on = false };
	snprintf(p->path, sizeof(p->path), "%s/paused", s->keys);
	error = files_read(p->path, &content);
	if (error == -ENOENT)
		return;
	if (error != 0) {
		message_warning("'%s': %s; if blocking was paused, it is not any more",
		                p->path, strerror(-error));
		return;
	}
	if (!pause_parse(p, content, &seconds))
		message_warning("'%s' has no end of a pause; blocking is not paused",
		                p->path);
	else
		p->is_on = p->until_us > now_us;
	files_free(content);
	if (!p->is_on) {
		pause_end(p);
		return;
	}
	/* A clock that was set back, or is not set yet, must not prolong it. */
	p->ends_ms = p->until_us - now_us < PAUSE_US_MAX
	                     ? clock_boot_ms() + (p->until_us - now_us) / 1000
	                     : INT64_MAX;
	pause_cut(p, seconds);
	pause_limit(p, s);
}

void pause_begin(struct pause *p, uint32_t seconds, const char *reason)
{
	uint8_t       text[PAUSE_SAYS_MAX];
	struct writer w = writer_over(text, sizeof(text));
	int           error;

	/* To the second, as in the file. */
	p->until_us = (clock_now_us() / SECOND_US + seconds) * SECOND_US;
	p->ends_ms  = clock_boot_ms() + (int64_t)seconds * 1000;
	p->is_on    = true;
	snprintf(p->reason, sizeof(p->reason), "%s", reason);
	write_format(&w, "%s %u %s\n", instant_text_to_second(p->until_us).text, seconds,
	             p->reason);
	error = files_replace(p->path, writer_written(&w), 0600);
	if (error != 0)
		message_limited(&keep_trouble, MESSAGE_LEVEL_WARNING,
		                "'%s': %s; a restart ends the pause", p->path, strerror(-error));
}

void pause_end(struct pause *p)
{
	p->is_on = false;
	if (unlink(p->path) != 0 && errno != ENOENT)
		message_limited(&keep_trouble, MESSAGE_LEVEL_WARNING,
		                "'%s': %s; a restart before its end pauses again",
		                p->path, strerror(errno));
}

bool pause_is_over(const struct pause *p)
{
	return p->is_on && clock_boot_ms() >= p->ends_ms;
}

void pause_say(const struct pause *p, char out[PAUSE_SAYS_MAX])
{
	struct writer w = writer_over(out, PAUSE_SAYS_MAX - 1);

	write_format(&w, "paused until %s: %s", instant_text_to_second(p->until_us).text,
	             p->reason);
	out[w.len] = '\0';
}
