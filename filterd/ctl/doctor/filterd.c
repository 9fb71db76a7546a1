/* SPDX-License-Identifier: MIT */

/* Facts that only filterd knows: the doctor never reports better health than status. */

#include "ctl/doctor/doctor.h"

#include "base/plain.h"
#include "ctl/service.h"
#include "log/scan.h"
#include "os/control_socket.h"
#include "status/status.h"

#include <errno.h>
#include <string.h>

/* The first line of its answer is an exit status. */
static struct bytes filterd_member(const struct doctor *d, const char *path)
{
	struct bytes says = bytes_text(d->says != NULL ? d->says : "");

	bytes_cut_line(&says);
	return scan_member(says, path);
}

bool doctor_filterd_number(const struct doctor *d, const char *path, uint64_t *out)
{
	struct bytes value = filterd_member(d, path);

	return bytes_cut_number(&value, out);
}

bool doctor_filterd_is(const struct doctor *d, const char *path)
{
	return bytes_equal(filterd_member(d, path), BYTES("true"));
}

/* Gives a text that is safe for a terminal; false if the value is not text. */
static bool filterd_text(struct bytes value, char *out, size_t size)
{
	uint8_t       room[STATUS_TROUBLE_MAX];
	struct writer text = writer_over(room, sizeof(room)), w = writer_over(out, size - 1);
	struct scan   s    = scan_over(value);

	if (!scan_string(&s, &value))
		return false;
	scan_text(&text, value);
	plain_write(&w, writer_written(&text));
	out[w.len] = '\0';
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
		doctor_ok(d, "answers", "filterd answers at %s", d->settings.control);
	else if (d->settings.control[0] == '\0')
		doctor_say(d, HEALTH_ATTENTION, "answers", "set control in [daemon]",
		           "unknown: filterd has no control socket");
	else if (d->says_error == -ETIMEDOUT)
		doctor_say(d, HEALTH_BROKEN, "answers", service_words()->restart,
		           "filterd runs but does not answer: if it hangs, packets are treated as "
		           "without it");
	else
		doctor_say(d, HEALTH_ATTENTION, "answers", service_words()->restart,
		           "unknown: filterd runs but does not answer at %s: %s",
		           d->settings.control, strerror(-d->says_error));
}

/* Faults of the log itself; its folder has a check of its own. */
static void check_log(struct doctor *d)
{
	char         what[700];
	struct bytes wrong = filterd_member(d, "log.wrong");

	if (wrong.len == 0)
		return;
	if (filterd_text(bytes_from(wrong, 1), what, sizeof(what)))
		doctor_say(d, HEALTH_BROKEN, "log", "filterctl status, which says what to do", "%s",
		           what);
	else
		doctor_ok(d, "log",
		          "the log is written, signed and in its place; filterctl audit verify "
		          "checks whether it is complete");
}

static void check_metrics(struct doctor *d)
{
	char what[200];

	if (d->says == NULL || d->settings.metrics[0] == '\0')
		return;
	if (filterd_text(filterd_member(d, "metrics"), what, sizeof(what)))
		doctor_say(d, HEALTH_ATTENTION, "metrics",
		           "let the user of filterd create files in its folder",
		           "%s cannot be written: %s", d->settings.metrics, what);
	else
		doctor_ok(d, "metrics", "%s is written", d->settings.metrics);
}

static void check_unseen(struct doctor *d)
{
	if (d->says == NULL)
		return;
	if (doctor_filterd_is(d, "kernel.unseen_lately"))
		doctor_say(d, HEALTH_ATTENTION, "unseen",
		           "raise workers or length in [queue], then restart filterd",
		           "packets have passed unseen in the last quarter of an hour");
	else
		doctor_ok(d, "unseen",
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
