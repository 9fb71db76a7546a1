/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_OS_MESSAGES_H
#define FILTERD_OS_MESSAGES_H

/*
 * Messages: for the operator: the event, its object, and our reaction. Safe for threads. Evidence
 * goes into the audit log (journal/), not here.
 */

#include <pthread.h>
#include <stdint.h>

enum message_to { MESSAGE_TO_STDERR, MESSAGE_TO_SYSLOG };
enum message_level {
	MESSAGE_LEVEL_ERROR,
	MESSAGE_LEVEL_WARNING,
	MESSAGE_LEVEL_NOTICE,
	MESSAGE_LEVEL_INFO
};

/*
 * message_open - messages above `most` are left out. Before it, messages go to stderr up to
 * MESSAGE_LEVEL_INFO.
 */
void message_open(enum message_to to, enum message_level most);

void message_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void message_warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
void message_notice(const char *format, ...) __attribute__((format(printf, 1, 2)));
void message_info(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * message_limited - for messages that a stranger can cause: at most MESSAGE_LIMIT_BURST messages in
 *                   MESSAGE_LIMIT_WINDOW_S; the first one after that gives the number left out. One
 *                   struct message_limit per message.
 */
#define MESSAGE_LIMIT_BURST    5
#define MESSAGE_LIMIT_WINDOW_S 60   /* seconds */

struct message_limit {
	pthread_mutex_t lock;
	int64_t         window_s;       /* the window's beginning; monotonic seconds */
	unsigned        said, left_out;
};

#define MESSAGE_LIMIT_INIT { .lock = PTHREAD_MUTEX_INITIALIZER }

void message_limited(struct message_limit *limit, enum message_level level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
