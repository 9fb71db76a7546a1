/* SPDX-License-Identifier: MIT */

/*
 * A message is formatted first and written in one write(2), so lines of several threads never mix.
 * Under systemd, recognised by JOURNAL_STREAM, lines begin with a priority: sd-daemon(3).
 */

#include "os/messages.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#define MESSAGE_MAX 1024        /* bytes; a file name and a sentence */

static enum message_to    where = MESSAGE_TO_STDERR;
static enum message_level most  = MESSAGE_LEVEL_INFO;
static bool           for_systemd;

static const struct { const char *word; int priority; } levels[] = {
	[MESSAGE_LEVEL_ERROR]   = { "error", LOG_ERR },
	[MESSAGE_LEVEL_WARNING] = { "warning", LOG_WARNING },
	[MESSAGE_LEVEL_NOTICE]  = { "notice", LOG_NOTICE },
	[MESSAGE_LEVEL_INFO]    = { "info", LOG_INFO },
};

void message_open(enum message_to to, enum message_level most_level)
{
	where       = to;
	most        = most_level;
	for_systemd = getenv("JOURNAL_STREAM") != NULL;
	if (to == MESSAGE_TO_SYSLOG)
		openlog("filterd", LOG_PID, LOG_DAEMON);
}

static void messages_say(enum message_level level, const char *message)
{
	char line[MESSAGE_MAX + 64];
	int  len;

	if (level > most)
		return;
	if (where == MESSAGE_TO_SYSLOG) {
		syslog(levels[level].priority, "%s", message);
		return;
	}
	if (for_systemd)
		len = snprintf(line, sizeof(line), "<%d>%s\n", levels[level].priority, message);
	else
		len = snprintf(line, sizeof(line), "filterd: %s: %s\n", levels[level].word,
		               message);
	/* Nothing can be reported if even this fails. */
	if (len > 0 && write(STDERR_FILENO, line, (size_t)len) < 0)
		return;
}

static void say_formatted(enum message_level level, const char *format, va_list arguments)
{
	char message[MESSAGE_MAX];

	vsnprintf(message, sizeof(message), format, arguments);
	messages_say(level, message);
}

#define DEFINE_LOG(name, level)                          \
	void name(const char *format, ...)               \
	{                                                \
		va_list arguments;                       \
		va_start(arguments, format);             \
		say_formatted(level, format, arguments); \
		va_end(arguments);                       \
	}

DEFINE_LOG(message_error, MESSAGE_LEVEL_ERROR)
DEFINE_LOG(message_warning, MESSAGE_LEVEL_WARNING)
DEFINE_LOG(message_notice, MESSAGE_LEVEL_NOTICE)
DEFINE_LOG(message_info, MESSAGE_LEVEL_INFO)

/* May one more be printed? *left_out: the number suppressed since the last one. */
static bool may_say(struct message_limit *limit, unsigned *left_out)
{
	struct timespec now;
	bool            may;

	clock_gettime(CLOCK_MONOTONIC, &now);
	pthread_mutex_lock(&limit->lock);
	*left_out = 0;
	if (now.tv_sec - limit->window_s >= MESSAGE_LIMIT_WINDOW_S) {
		*left_out       = limit->left_out;
		limit->window_s = now.tv_sec;
		limit->said     = limit->left_out = 0;
	}
	may = limit->said < MESSAGE_LIMIT_BURST;
	if (may)
		limit->said++;
	else
		limit->left_out++;
	pthread_mutex_unlock(&limit->lock);
	return may;
}

void message_limited(struct message_limit *limit, enum message_level level, const char *format, ...)
{
	char     message[MESSAGE_MAX], with_count[MESSAGE_MAX];
	unsigned left_out;
	va_list  arguments;

	if (!may_say(limit, &left_out))
		return;
	va_start(arguments, format);
	vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	if (left_out > 0) {
		snprintf(with_count, sizeof(with_count), "%.900s (%u more like this were left out)",
		         message, left_out);
		messages_say(level, with_count);
	} else {
		messages_say(level, message);
	}
}
