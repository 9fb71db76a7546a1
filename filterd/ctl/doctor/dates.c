/* SPDX-License-Identifier: MIT */

/* Does anything block today, and is the clock right? */

#include "ctl/doctor/doctor.h"

#include "audit/trust.h"
#include "base/instant.h"
#include "ctl/service.h"
#include "os/clock.h"
#include "os/files.h"

#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

#define BEHIND_S 60     /* seconds; tolerance for files dated in the future */

static void check_policy(struct doctor *d)
{
	int64_t now_us = clock_now_us(), next_us;

	if (d->policy == NULL) {
		doctor_say(d, HEALTH_BROKEN, "policy",
		           "fix it; filterd --check says when it is good",
		           "the policy cannot be loaded: %s", d->policy_problem.text);
		return;
	}
	if (policy_num_rules(d->policy) == 0) {
		doctor_say(d, HEALTH_ATTENTION, "policy",
		           "check the lists in the files of [policy]",
		           "the policy has no names: nothing is blocked");
		return;
	}
	next_us = policy_next_change(d->policy, now_us);
	if (policy_blocks_at(d->policy, now_us)) {
		doctor_ok(d, "policy", "%zu rules, and they block today",
		          policy_num_rules(d->policy));
		return;
	}
	doctor_say(d, HEALTH_ATTENTION, "policy",
	           "check effective and until in the files of [policy], and the clock",
	           "no category blocks today; the next change is %s%s",
	           next_us != INSTANT_NEVER ? "at " : "never",
	           next_us != INSTANT_NEVER ? instant_text(next_us).text : "");
}

static void check_waivers(struct doctor *d)
{
	const struct waiver *ended = NULL;
	size_t               num   = d->policy != NULL ? policy_num_waivers(d->policy) : 0;

	if (num == 0)
		return;
	if (policy_ended_waivers(d->policy, clock_now_us(), &ended) > 0)
		doctor_say(d, HEALTH_ATTENTION, "waivers",
		           "remove it from the policy, or give it a later until, and reload",
		           "[waiver %s] of %s has ended: its devices are blocked like all others",
		           ended->id, ended->source->file);
	else
		doctor_ok(d, "waivers", "%zu waiver%s, none has ended", num,
		           num == 1 ? "" : "s");
}

static void check_mode(struct doctor *d)
{
	if (d->settings.mode == MODE_OBSERVE)
		doctor_say(d, HEALTH_ATTENTION, "mode",
		           "filterctl mode enforce",
		           "filterd only observes: nothing is blocked");
	else
		doctor_ok(d, "mode", "filterd enforces");
}

/* The newest time that has certainly passed here: of the program, the log, the newest signature. */
static time_t newest_trace(const struct doctor *d)
{
	char        mark[SETTINGS_TEXT_MAX + 16];
	const char *paths[] = { "/proc/self/exe", d->settings.audit_file, mark };
	time_t      newest  = 0;
	struct stat st;

	snprintf(mark, sizeof(mark), "%s/audit.mark", d->settings.keys);
	for (size_t i = 0; i < COUNT(paths); i++) {
		if (stat(paths[i], &st) == 0 && st.st_mtime > newest)
			newest = st.st_mtime;
	}
	return newest;
}

/*
 * filterd's clock floor: the newest time it has seen. False: none is stored, or it is unreadable.
 */
static bool read_floor(const char *path, int64_t *us_out)
{
	struct bytes content;
	bool         ok;

	if (files_read(path, &content) != 0)
		return false;
	ok = content.len > 0 &&
	     instant_parse(bytes_first(content, content.len - 1), us_out) == PARSE_OK;
	files_free(content);
	return ok;
}

static void say_kept(struct doctor *d, const char *says)
{
	switch (clock_kept()) {
	case TRUST_SYNCED:
		doctor_ok(d, "clock", "the clock is synchronised");
		break;
	case TRUST_UNSYNCED:
	case TRUST_UNTRUSTED:
		doctor_say(d, HEALTH_ATTENTION, "clock", service_words()->keep_clock,
		           "the clock is not synchronised (it says %s)", says);
		break;
	case TRUST_UNKNOWN:
		doctor_say(d, HEALTH_ATTENTION, "clock",
		           "allow adjtimex(2), which a container or a system call filter forbids",
		           "unknown: the clock says %s; the kernel does not say whether it is "
		           "synchronised",
		           says);
		break;
	}
}

static void check_clock(struct doctor *d)
{
	int64_t now_us = clock_now_us(), floor_us = 0;
	char    path[SETTINGS_TEXT_MAX + 16], remedy[SETTINGS_TEXT_MAX + 320];
	struct instant_text says = instant_text_to_second(now_us);

	snprintf(path, sizeof(path), "%s/clock.floor", d->settings.keys);
	snprintf(remedy, sizeof(remedy), "%s, or set it by hand: date -s",
	         service_words()->keep_clock);
	if (read_floor(path, &floor_us) && now_us + TRUST_SLACK_US < floor_us) {
		snprintf(remedy, sizeof(remedy),
		         "if the clock is wrong: %s, or date -s; if it is right: stop filterd, rm "
		         "%s, %s; the log will say so",
		         service_words()->keep_clock, path, service_words()->start);
		doctor_say(d, HEALTH_BROKEN, "clock", remedy,
		           "the clock says %s, but filterd has seen %s; until this is settled the "
		           "policy is enforced regardless of its dates",
		           says.text, instant_text_to_second(floor_us).text);
	} else if (now_us / 1000000 + BEHIND_S < (int64_t)newest_trace(d)) {
		doctor_say(d, HEALTH_BROKEN, "clock", remedy,
		           "the clock says %s, and files of filterd are newer", says.text);
	} else {
		say_kept(d, says.text);
	}
}

void doctor_dates(struct doctor *d)
{
	check_policy(d);
	check_waivers(d);
	check_mode(d);
	check_clock(d);
}
