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
#define PAUSE_US_MAX (INT64_C(9999999) * SECOND_US)     /* what pause_read() takes */

static struct message_limit keep_trouble = MESSAGE_LIMIT_INIT;

static bool pause_take_reason(struct bytes text, char out[PAUSE_REASON_MAX + 1])
{
	if (text.len == 0 || text.len > PAUSE_REASON_MAX)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] < 0x20 || text.at[i] > 0x7e)
			return false;
	}
	memcpy(out, text.at, text.len);
	out[text.len] = '\0';
	return true;
}

static size_t pause_word_len(struct bytes text)
{
	const uint8_t *space = text.len > 0 ? memchr(text.at, ' ', text.len) : NULL;

	return space != NULL ? (size_t)(space - text.at) : text.len;
}

enum parse pause_read(struct bytes words, uint32_t *seconds_out,
                      char reason_out[PAUSE_REASON_MAX + 1])
{
	size_t   len     = pause_word_len(words);
	uint32_t seconds = 0;

	if (bytes_equal(words, BYTES("off"))) {
		*seconds_out = 0;
		return PARSE_OK;
	}
	if (len == 0 || len > 7)
		return PARSE_BAD;
	for (size_t i = 0; i < len; i++) {
		if (words.at[i] < '0' || words.at[i] > '9')
			return PARSE_BAD;
		seconds = seconds * 10 + (uint32_t)(words.at[i] - '0');
	}
	if (seconds == 0 || len == words.len ||
	    !pause_take_reason(bytes_from(words, len + 1), reason_out))
		return PARSE_BAD;
	*seconds_out = seconds;
	return PARSE_OK;
}

/* "2026-11-30T09:15:00Z 900 a reason", and a newline: its end, and how long it was to be. */
static bool pause_parse(struct pause *p, struct bytes content, uint32_t *seconds_out)
{
	struct bytes line = bytes_cut_line(&content);
	size_t       len  = pause_word_len(line);

	return len < line.len &&
	       instant_parse(bytes_first(line, len), &p->until_us) == PARSE_OK &&
	       pause_read(bytes_from(line, len + 1), seconds_out, p->reason) == PARSE_OK;
}

/* From now on no longer than this. */
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
		message_warning("'%s': %s; whether blocking is paused is not known, so it is not",
		                p->path, strerror(-error));
		return;
	}
	if (!pause_parse(p, content, &seconds))
		message_warning("'%s' does not say until when blocking is paused, so it is not",
		                p->path);
	else
		p->is_on = p->until_us > now_us;
	files_free(content);
	if (!p->is_on) {
		pause_end(p);
		return;
	}
	/* A clock that was set back, or is not set yet, makes no longer pause of it. */
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

	/* To the second, as it is kept. */
	p->until_us = (clock_now_us() / SECOND_US + seconds) * SECOND_US;
	p->ends_ms  = clock_boot_ms() + (int64_t)seconds * 1000;
	p->is_on    = true;
	snprintf(p->reason, sizeof(p->reason), "%s", reason);
	instant_write_to_second(&w, p->until_us);
	write_text(&w, " ");
	write_decimal(&w, seconds);
	write_text(&w, " ");
	write_text(&w, p->reason);
	write_text(&w, "\n");
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
		                "'%s': %s; until its time has come the next start pauses again",
		                p->path, strerror(errno));
}

bool pause_is_over(const struct pause *p)
{
	return p->is_on && clock_boot_ms() >= p->ends_ms;
}

void pause_say(const struct pause *p, char out[PAUSE_SAYS_MAX])
{
	struct writer w = writer_over(out, PAUSE_SAYS_MAX - 1);

	write_text(&w, "paused until ");
	instant_write_to_second(&w, p->until_us);
	write_text(&w, ": ");
	write_text(&w, p->reason);
	out[w.len] = '\0';
}
