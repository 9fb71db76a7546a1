/* SPDX-License-Identifier: MIT */

#include "daemon/wallclock.h"

#include "base/bytes.h"
#include "base/instant.h"
#include "os/clock.h"
#include "os/files.h"
#include "os/messages.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND_US INT64_C(1000000)
#define SAVE_US   (3600 * SECOND_US)    /* how far the file may lag behind the floor */

struct wallclock {
	struct trust_floor floor;
	int64_t            saved_us;            /* in the file; 0: none */
	atomic_uint        oldest_s;            /* 0: every time is trusted */
	enum trust         trust, kept;         /* kept: the kernel's opinion */
	bool               is_new;
	char               path[SETTINGS_TEXT_MAX + 16];
};

static struct message_limit save_trouble = MESSAGE_LIMIT_INIT;

/* 0 if there is no file, or no readable time in it. */
static int64_t load(struct wallclock *w)
{
	struct bytes content;
	int64_t      us    = 0;
	int          error = files_read(w->path, &content);

	w->is_new = error == -ENOENT;
	if (error != 0) {
		if (error != -ENOENT)
			message_warning("clock: '%s': %s; using filterd's build date", w->path,
			                strerror(-error));
		return 0;
	}
	if (content.len == 0 ||
	    instant_parse(bytes_first(content, content.len - 1), &us) != PARSE_OK) {
		message_warning("clock: '%s' contains no time; using filterd's build date",
		                w->path);
		us = 0;
	}
	files_free(content);
	return us;
}

static void save(struct wallclock *w)
{
	uint8_t       text[64];
	struct writer t = writer_over(text, sizeof(text));
	int           error;

	if (w->floor.us <= w->saved_us)
		return;
	write_format(&t, "%s\n", instant_text(w->floor.us).text);
	error = files_replace(w->path, writer_written(&t), 0600);
	if (error != 0)
		message_limited(&save_trouble, MESSAGE_LEVEL_WARNING,
		                "clock: '%s': %s; after the next start an older clock is trusted",
		                w->path, strerror(-error));
	else
		w->saved_us = w->floor.us;
}

static enum trust wallclock_judge(struct wallclock *w, const struct settings *s, int64_t now_us)
{
	int64_t  oldest_us = s->clock == CLOCK_BELIEVE ? 0 : trust_oldest(&w->floor);
	unsigned oldest_s =
		oldest_us < UINT_MAX * SECOND_US ? (unsigned)instant_seconds(oldest_us) : UINT_MAX;

	/* In the workers' resolution, so that they and the log agree. */
	atomic_store(&w->oldest_s, oldest_s);
	if (now_us < oldest_s * SECOND_US)
		return TRUST_UNTRUSTED;
	return w->kept;
}

static void say_untrusted(const struct wallclock *w, char *out, size_t room)
{
	snprintf(out, room,
	         "older than %s, a time already seen: the policy is enforced whatever its dates",
	         instant_text_to_second(w->floor.us).text);
}

struct wallclock *wallclock_open(const struct settings *s)
{
	struct wallclock *w      = calloc(1, sizeof(*w));
	int64_t           now_us = clock_now_us(), known_us = FILTERD_BUILT_S * SECOND_US;
	char              why[128];

	if (w == NULL)
		return NULL;
	snprintf(w->path, sizeof(w->path), "%s/clock.floor", s->keys);
	w->saved_us = load(w);
	if (known_us < w->saved_us)
		known_us = w->saved_us;
	trust_begin(&w->floor, known_us, now_us, clock_boot_ms());
	w->kept  = clock_kept();
	w->trust = wallclock_judge(w, s, now_us);
	/* From now on a missing file means that somebody has removed it. */
	if (w->is_new)
		save(w);
	if (w->trust == TRUST_UNTRUSTED) {
		say_untrusted(w, why, sizeof(why));
		message_warning("clock: %s; if that time is wrong, stop filterd and remove %s", why,
		                w->path);
	}
	return w;
}

void wallclock_close(struct wallclock *w)
{
	if (w == NULL)
		return;
	save(w);
	free(w);
}

static int put_step(char *out, size_t room, int64_t step_us)
{
	uint64_t s = (uint64_t)((step_us < 0 ? -step_us : step_us) + SECOND_US / 2) / SECOND_US;

	if (step_us == 0)
		return 0;
	return snprintf(out, room, "set %s by %" PRIu64 " d %02d:%02d:%02d",
	                step_us < 0 ? "back" : "forward", s / 86400, (int)(s / 3600 % 24),
	                (int)(s / 60 % 60), (int)(s % 60));
}

bool wallclock_look(struct wallclock *w, const struct settings *s, struct clock_news *news)
{
	int64_t    now_us  = clock_now_us(), step_us;
	enum trust before  = w->trust;
	char      *at      = news->reason;
	size_t     room    = sizeof(news->reason);
	int        len;

	step_us  = trust_look(&w->floor, now_us, clock_boot_ms());
	w->kept  = clock_kept();
	w->trust = wallclock_judge(w, s, now_us);
	if (w->floor.us - w->saved_us >= SAVE_US)
		save(w);
	if (step_us == 0 && (w->trust == TRUST_UNTRUSTED) == (before == TRUST_UNTRUSTED))
		return false;
	len = put_step(at, room, step_us);
	if (w->trust == TRUST_UNTRUSTED) {
		len += snprintf(at + len, room - (size_t)len, "%s", len > 0 ? "; " : "");
		say_untrusted(w, at + len, room - (size_t)len);
	} else if (before == TRUST_UNTRUSTED) {
		snprintf(at + len, room - (size_t)len, "%sbelieved again", len > 0 ? "; " : "");
	}
	news->trust = w->trust;
	return true;
}

enum trust wallclock_trust(const struct wallclock *w)
{
	return w->trust;
}

int64_t wallclock_policy_time(const struct wallclock *w, int64_t now_us)
{
	return w->trust == TRUST_UNTRUSTED ? INSTANT_UNKNOWN : now_us;
}

enum trust wallclock_kept(const struct wallclock *w)
{
	return w->kept;
}

int64_t wallclock_known(const struct wallclock *w)
{
	return w->floor.us;
}

bool wallclock_is_new(const struct wallclock *w)
{
	return w->is_new;
}

const atomic_uint *wallclock_oldest(const struct wallclock *w)
{
	return &w->oldest_s;
}
