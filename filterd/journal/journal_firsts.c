/* SPDX-License-Identifier: MIT */

/*
 * The code that makes a record detects first attempts; the message is written here, a little later,
 * so that no worker waits for syslog.
 */

#include "journal/journal_inside.h"

#include "base/plain.h"
#include "os/messages.h"

#define SAY_MAX (PLAIN_MAX * (LEASE_NAME_MAX + FIRSTS_HOST) + 200)      /* bytes */

static struct message_limit firsts_said = MESSAGE_LIMIT_INIT;
static struct message_limit firsts_more = MESSAGE_LIMIT_INIT;

static bool journal_firsts_next(struct journal *j, struct first *out, uint64_t *left_out)
{
	bool is_there;

	pthread_mutex_lock(&j->lock);
	is_there = firsts_take(j->firsts, out, left_out);
	pthread_mutex_unlock(&j->lock);
	return is_there;
}

void journal_say_firsts(struct journal *j)
{
	struct first first;
	uint64_t     left_out = 0, more = 0;

	while (journal_firsts_next(j, &first, &left_out)) {
		uint8_t       text[SAY_MAX];
		struct writer w = writer_over(text, sizeof(text));

		more += left_out;
		first_say(&w, &first);
		message_limited(&firsts_said, MESSAGE_LEVEL_NOTICE, "%.*s", (int)w.len,
		                (const char *)text);
	}
	if (more > 0)
		message_limited(&firsts_more, MESSAGE_LEVEL_NOTICE,
		                "%llu more devices asked for the first time within a second",
		                (unsigned long long)more);
}
