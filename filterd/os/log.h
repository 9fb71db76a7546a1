/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_OS_LOG_H
#define FILTERD_OS_LOG_H

/*
 * Log: messages for the person who runs this: what happened, to what, and what we do next. Safe for threads. What goes
 * into evidence is the audit log's business, not this one's.
 */

#include <pthread.h>
#include <stdint.h>

enum log_to { LOG_TO_STDERR, LOG_TO_SYSLOG };
enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_NOTICE, LOG_LEVEL_INFO };

/* log_open - messages above `most` are left out. Before it, messages go to stderr up to LOG_LEVEL_INFO. */
void log_open(enum log_to to, enum log_level most);

void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_notice(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * log_limited - for whatever a stranger can bring about: at most LOG_LIMIT_BURST messages a LOG_LIMIT_WINDOW_S; the first one after that
 * says how many were left out. One struct log_limit a message.
 */
#define LOG_LIMIT_BURST    5
#define LOG_LIMIT_WINDOW_S 60   /* seconds */

struct log_limit {
	pthread_mutex_t lock;
	int64_t         window_s;       /* when the window began; monotonic seconds */
	unsigned        said, left_out;
};

#define LOG_LIMIT_INIT { .lock = PTHREAD_MUTEX_INITIALIZER }

void log_limited(struct log_limit *limit, enum log_level level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
