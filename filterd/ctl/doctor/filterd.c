/* SPDX-License-Identifier: MIT */

/* Facts that only filterd itself knows: the doctor is never happier than status. */

#include "ctl/doctor/doctor.h"

#include "ctl/service.h"
#include "os/control_socket.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The value behind a member's name; NULL if there is none. Quotes in a text are escaped. */
static const char *filterd_member(const struct doctor *d, const char *member)
{
	const char *at = d->says != NULL ? strstr(d->says, member) : NULL;

	return at != NULL ? at + strlen(member) : NULL;
}

bool doctor_filterd_number(const struct doctor *d, const char *member, uint64_t *out)
{
	const char *at = filterd_member(d, member);

	if (at != NULL)
		*out = strtoull(at, NULL, 10);
	return at != NULL;
}

bool doctor_filterd_is(const struct doctor *d, const char *member)
{
	const char *at = filterd_member(d, member);

	return at != NULL && strncmp(at, "true", 4) == 0;
}

/* A text of its own, as it stands there; false if there is none. */
static bool filterd_text(const char *at, char *out, size_t size)
{
	size_t len = 0;

	if (at == NULL || *at != '"')
		return false;
	for (at++; *at != '"' && *at != '\0' && len + 1 < size; at++) {
		if (*at == '\\' && at[1] != '\0')
			at++;
		out[len++] = *at;
	}
	out[len] = '\0';
	return true;
}

void doctor_ask_filterd(struct doctor *d)
{
	d->says_error =
		control_socket_ask(d->settings.control, BYTES("status json"), &d->says);
}

static void check_answers(struct doctor *d)
{
	if (d->says != NULL)
		doctor_say(d, HEALTH_OK, "answers", NULL, "filterd answers at %s",
		           d->settings.control);
	else if (d->settings.control[0] == '\0')
		doctor_say(d, HEALTH_ATTENTION, "answers", "set control in [daemon]",
		           "unknown: filterd has no control socket");
	else if (d->says_error == -ETIMEDOUT)
		doctor_say(d, HEALTH_BROKEN, "answers", service_words()->restart,
		           "filterd runs and does not answer: if it hangs, packets are as "
		           "without it");
	else
		doctor_say(d, HEALTH_ATTENTION, "answers", service_words()->restart,
		           "unknown: filterd runs and does not answer at %s: %s",
		           d->settings.control, strerror(-d->says_error));
}

/* Faults of the log itself; its folder is looked at elsewhere. */
static void check_log(struct doctor *d)
{
	char        what[700];
	const char *at = filterd_member(d, "\"wrong\":[");

	if (at == NULL)
		return;
	if (filterd_text(at, what, sizeof(what)))
		doctor_say(d, HEALTH_BROKEN, "log", "filterctl status, which says what to do", "%s",
		           what);
	else
		doctor_say(d, HEALTH_OK, "log", NULL,
		           "the log is written, signed and where it should be; whether it is whole "
		           "filterctl audit verify says");
}

static void check_metrics(struct doctor *d)
{
	char what[200];

	if (d->says == NULL || d->settings.metrics[0] == '\0')
		return;
	if (filterd_text(filterd_member(d, "},\"metrics\":"), what, sizeof(what)))
		doctor_say(d, HEALTH_ATTENTION, "metrics",
		           "let the user of filterd make files in its folder",
		           "%s cannot be written: %s", d->settings.metrics, what);
	else
		doctor_say(d, HEALTH_OK, "metrics", NULL, "%s is written", d->settings.metrics);
}

static void check_unseen(struct doctor *d)
{
	if (d->says == NULL)
		return;
	if (doctor_filterd_is(d, "\"unseen_lately\":"))
		doctor_say(d, HEALTH_ATTENTION, "unseen",
		           "raise workers or length in [queue], then restart filterd",
		           "packets have passed unseen in the last quarter of an hour");
	else
		doctor_say(d, HEALTH_OK, "unseen", NULL,
		           "no packet has passed unseen in the last quarter of an hour, or since "
		           "filterd was started");
}

void doctor_filterd(struct doctor *d)
{
	if (d->filterd == 0)
		return;
	check_answers(d);
	check_unseen(d);
	check_log(d);
	check_metrics(d);
}
