/* SPDX-License-Identifier: MIT */

/*
 * The problems of the audit log, in words: it cannot be written, is not in its place, is not
 * signed, or is incomplete.
 */

#include "status/status.h"

#include "base/instant.h"

#include <inttypes.h>

#define SIGNED_LATE 3           /* heartbeats without a signature */

static const char *const status_log_found[] = {
	[PREVIOUS_SHORT] = "the audit log had lost its end when filterd started",
	[PREVIOUS_FORK]  = "an older copy of the audit log had been put back when filterd started",
	[PREVIOUS_LOST]  = "no key fitted the audit log that was there when filterd started: it "
			   "was put away, and another begun",
};

/* This holds until somebody verifies the log: then that result counts. */
static bool status_is_previous_harmed(const struct status *s)
{
	return !s->verified_now &&
	       (s->log.previous == PREVIOUS_SHORT || s->log.previous == PREVIOUS_FORK ||
	        s->log.previous == PREVIOUS_LOST);
}

size_t status_log_wrong(const struct status *s, struct status_wrong out[STATUS_LOG_WRONG_MAX])
{
	const struct status_log *l   = &s->log;
	size_t                   num = 0;

	if (l->degraded != NULL)
		status_wrong_say(&out[num++], "attempts are counted until it can",
		                 "the audit log cannot be written: %s", l->degraded);
	if (l->gone != NULL)
		status_wrong_say(&out[num++],
		                 "put its folder back: until then records go where nobody finds "
		                 "them",
		                 "the audit log's file was taken away, and none can be made in its "
		                 "place: %s", l->gone);
	if (s->taken_lately)
		status_wrong_say(&out[num++],
		                 "run filterctl audit verify, and exclude the log from that "
		                 "program",
		                 "another program has taken the audit log's file away, or cut it, "
		                 "in the last quarter of an hour");
	if (l->degraded == NULL && l->signed_s > (uint64_t)SIGNED_LATE * s->heartbeat_s)
		status_wrong_say(&out[num++], "filterd's messages say why",
		                 "the audit log has not been signed for %" PRIu64 " s",
		                 l->signed_s);
	if (l->unmarked != NULL)
		status_wrong_say(&out[num++], "look at the folder that keys in [audit] names",
		                 "the mark of the audit log's end cannot be set: %s", l->unmarked);
	if (l->keys_open)
		status_wrong_say(&out[num++], "run filterctl doctor",
		                 "others than filterd may get at the key that signs the audit log");
	if (l->folder_open)
		status_wrong_say(&out[num++], "run filterctl doctor",
		                 "others than filterd may remove records by replacing the audit "
		                 "log's files");
	/* verify finds changed bytes and a truncated end; filterd itself does not read the log. */
	if (s->verified == VERIFIED_NOT_SOUND)
		status_wrong_say(&out[num++],
		                 "run filterctl audit verify, which says what is wrong with it",
		                 "the audit log was found NOT sound at %s",
		                 instant_text_to_second(s->verified_us).text);
	if (status_is_previous_harmed(s))
		status_wrong_say(&out[num++],
		                 "run filterctl audit verify, which says what is missing", "%s",
		                 status_log_found[l->previous]);
	return num;
}
