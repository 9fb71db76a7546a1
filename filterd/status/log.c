/* SPDX-License-Identifier: MIT */

/*
 * The problems of the audit log, in words: it cannot be written, is not in its place, is not
 * signed, or is incomplete.
 */

#include "status/status.h"

#include "base/instant.h"

#include <stdio.h>

#define SIGNED_LATE 3           /* heartbeats without a signature */

static void wrong_not_written(const struct status *s, struct status_wrong *out)
{
	snprintf(out->what, sizeof(out->what), "the audit log cannot be written: %s",
	         s->log.degraded);
	out->remedy = "attempts are counted until it can";
}

static void wrong_gone(const struct status *s, struct status_wrong *out)
{
	snprintf(out->what, sizeof(out->what),
	         "the audit log's file was taken away, and none can be made in its place: %s",
	         s->log.gone);
	out->remedy = "put its folder back: until then records go where nobody finds them";
}

static void wrong_taken(const struct status *s, struct status_wrong *out)
{
	(void)s;
	snprintf(out->what, sizeof(out->what),
	         "another program has taken the audit log's file away, or cut it, in the last "
	         "quarter of an hour");
	out->remedy = "run filterctl audit verify, and exclude the log from that program";
}

static void wrong_not_signed(const struct status *s, struct status_wrong *out)
{
	snprintf(out->what, sizeof(out->what), "the audit log has not been signed for %llu s",
	         (unsigned long long)s->log.signed_s);
	out->remedy = "filterd's messages say why";
}

static void wrong_unmarked(const struct status *s, struct status_wrong *out)
{
	snprintf(out->what, sizeof(out->what),
	         "the mark of the audit log's end cannot be set: %s", s->log.unmarked);
	out->remedy = "look at the folder that keys in [audit] names";
}

static void wrong_keys_open(const struct status *s, struct status_wrong *out)
{
	(void)s;
	snprintf(out->what, sizeof(out->what),
	         "others than filterd may get at the key that signs the audit log");
	out->remedy = "run filterctl doctor";
}

static void wrong_folder_open(const struct status *s, struct status_wrong *out)
{
	(void)s;
	snprintf(out->what, sizeof(out->what),
	         "others than filterd may remove records by replacing the audit log's files");
	out->remedy = "run filterctl doctor";
}

/* verify finds changed bytes and a truncated end: filterd itself reads no log. */
static void wrong_not_sound(const struct status *s, struct status_wrong *out)
{
	snprintf(out->what, sizeof(out->what), "the audit log was found NOT sound at %s",
	         instant_text_to_second(s->verified_us).text);
	out->remedy = "run filterctl audit verify, which says what is wrong with it";
}

static const char *const status_log_found[] = {
	[PREVIOUS_SHORT] = "the audit log had lost its end when filterd started",
	[PREVIOUS_FORK]  = "an older copy of the audit log had been put back when filterd started",
	[PREVIOUS_LOST]  = "no key fitted the audit log that was there when filterd started: it "
			   "was put away, and another begun",
};

/* Until somebody verifies it: then that result counts. */
static bool status_is_previous_harmed(const struct status *s)
{
	return !s->verified_now &&
	       (s->log.previous == PREVIOUS_SHORT || s->log.previous == PREVIOUS_FORK ||
	        s->log.previous == PREVIOUS_LOST);
}

static void wrong_previous(const struct status *s, struct status_wrong *out)
{
	snprintf(out->what, sizeof(out->what), "%s", status_log_found[s->log.previous]);
	out->remedy = "run filterctl audit verify, which says what is missing";
}

size_t status_log_wrong(const struct status *s, struct status_wrong out[STATUS_LOG_WRONG_MAX])
{
	const struct {
		bool  is;
		void (*say)(const struct status *s, struct status_wrong *out);
	} harms[STATUS_LOG_WRONG_MAX] = {
		{ s->log.degraded != NULL, wrong_not_written },
		{ s->log.gone != NULL, wrong_gone },
		{ s->taken_lately, wrong_taken },
		{ s->log.degraded == NULL &&
		          s->log.signed_s > (uint64_t)SIGNED_LATE * s->heartbeat_s,
		  wrong_not_signed },
		{ s->log.unmarked != NULL, wrong_unmarked },
		{ s->log.keys_open, wrong_keys_open },
		{ s->log.folder_open, wrong_folder_open },
		{ s->verified == VERIFIED_NOT_SOUND, wrong_not_sound },
		{ status_is_previous_harmed(s), wrong_previous },
	};
	size_t num = 0;

	for (size_t i = 0; i < COUNT(harms); i++) {
		if (harms[i].is)
			harms[i].say(s, &out[num++]);
	}
	return num;
}
