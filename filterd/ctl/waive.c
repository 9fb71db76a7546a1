/* SPDX-License-Identifier: MIT */

/*
 * filterctl waive: exempts a device from block categories for a time, for a stated reason. The
 * waiver (filterd-policy(5)) goes into the file that [policy] waivers names, so it is treated as
 * part of the policy: checked, covered by the digest, on record. It ends on its own.
 */

#include "ctl/verbs.h"

#include "base/instant.h"
#include "base/plain.h"
#include "ctl/apply.h"
#include "ctl/complain.h"
#include "ctl/notes.h"
#include "ctl/options.h"
#include "ctl/span.h"
#include "ctl/timezone.h"
#include "os/clock.h"
#include "os/files.h"
#include "os/last_good.h"
#include "policy/waivers_file.h"
#include "review/people.h"
#include "review/select.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WHO       "filterctl waive"
#define SECOND_US INT64_C(1000000)

/*
 * The shortest prefixes allowed: a site's widest network is 10.0.0.0/8; a whole provider has an
 * IPv6 /32.
 */
#define LEAST_BITS_IPV4 8
#define LEAST_BITS_IPV6 32

static const char usage[] =
	"usage: filterctl waive [-c FILE] --for TIME | --until TIME DEVICE REASON\n"
	"       filterctl waive [-c FILE] --end NAME\n"
	"       filterctl waive [-c FILE] --list\n"
	"\n"
	"Lets DEVICE reach prohibited hosts for a time; each attempt is recorded as waived, with\n"
	"the REASON. The waiver ends on its own. For root.\n"
	"\n"
	"  DEVICE              a MAC, an address or a network of /8 or longer (IPv6: /32);\n"
	"                      for all devices: filterctl pause, or filterctl mode observe\n"
	"\n"
	"  -c, --config FILE   configuration, default " CONF_DEFAULT "\n"
	"      --for TIME      for this long from now: 90s, 15m, 1h, 2d\n"
	"      --until TIME    until then: 2026-12-31T18:00:00-05:00, \"2026-12-31 18:00\", or\n"
	"                      2026-12-31: the midnight when that day begins here\n"
	"      --end NAME      ends a waiver early\n"
	"      --list          the waivers of the policy, with their names\n"
	"\n"
	"Times are those of this machine, with their offset.\n"
	"\n"
	"  filterctl waive --for 1h 3c:52:82:11:22:33 \"the bank's programme\"\n"
	"\n"
	"Exit status: 0; 1 it was refused, or there is no such waiver; 64 wrong usage; 69 it is\n"
	"written, but filterd could not be reached; 74 it cannot be written; 78 the configuration\n"
	"is wrong.\n";

/* A time in a line of output: one word that --until accepts. */
struct waive_moment {
	char text[40];
};

struct waive {
	const char       *conf;
	const char       *span, *until, *end;
	bool              list;
	struct settings   settings;
	char              path[FILES_PATH_MAX];         /* of the file with waivers */
	struct bytes      old;                          /* current content; at NULL: no file */
	struct writer     new;
	struct waiver_new waiver;
};

static struct waive_moment waive_moment(int64_t us)
{
	struct waive_moment out = { "" };
	struct writer       w   = writer_over(out.text, sizeof(out.text) - 1);

	people_write_rfc3339(&w, us);
	return out;
}

/* 0, or the exit status. */
static int waive_read_end(struct waive *w)
{
	unsigned long seconds = 0;

	w->waiver.now_us = clock_now_us();
	if (w->span != NULL) {
		seconds = span_seconds(w->span);
		if (seconds == 0)
			return complain(EXIT_USAGE, WHO,
			                "--for '%s' is not a time; expected 90s, 15m, 1h or 2d",
			                w->span);
		/* Whole seconds, as in the file. */
		w->waiver.until_us = (w->waiver.now_us / SECOND_US + (int64_t)seconds) * SECOND_US;
		return 0;
	}
	if (people_read_time(bytes_text(w->until), w->waiver.now_us, &w->waiver.until_us) !=
	    PARSE_OK)
		return complain(EXIT_USAGE, WHO,
		                "--until '%s' is not a time; expected a day such as 2026-12-31, or "
		                "2026-12-31T18:00:00-05:00", w->until);
	if (w->waiver.until_us > w->waiver.now_us)
		return 0;
	return complain(EXIT_USAGE, WHO,
	                "--until '%s' was at %s, in the past; a day stands for its first "
	                "midnight: expected a later one", w->until,
	                waive_moment(w->waiver.until_us).text);
}

/* That would amount to a pause, but status would not show it. */
static bool waive_is_everybody(const struct policy_device *d)
{
	return d->kind == DEVICE_NETWORK &&
	       d->bits < (d->network.family == 4 ? LEAST_BITS_IPV4 : LEAST_BITS_IPV6);
}

/* A device chooses its own name, so a name cannot earn a waiver. 0, or the exit status. */
static int waive_read_words(struct waive *w, char **words)
{
	struct selection of = selection_all();

	/* Windows' form of a MAC is accepted, as in all verbs. A network is not a device there. */
	select_device(&of, words[0]);
	if (policy_device_read(bytes_text(of.device_key[0] != '\0' ? of.device_key : words[0]),
	                       &w->waiver.device) != PARSE_OK ||
	    w->waiver.device.kind == DEVICE_NAME)
		return complain(EXIT_USAGE, WHO,
		                "'%s' is not a device; expected a MAC, an address or a network "
		                "such as 192.0.2.0/24; a device chooses its own name", words[0]);
	if (waive_is_everybody(&w->waiver.device))
		return complain(EXIT_USAGE, WHO,
		                "'%s' covers practically everybody; expected a network of /%d or "
		                "longer (IPv6: /%d). To let all devices pass: filterctl pause "
		                "TIME REASON; for good: filterctl mode observe",
		                words[0], LEAST_BITS_IPV4, LEAST_BITS_IPV6);
	if (!waivers_file_is_reason(words[1]))
		return complain(EXIT_USAGE, WHO,
		                "expected a REASON of 1 to %d bytes in one line of plain text, "
		                "without a semicolon after a blank", WAIVERS_REASON_MAX);
	w->waiver.reason = words[1];
	w->waiver.by     = notes_by();
	return 0;
}

static int waive_read_file(struct waive *w)
{
	int error = files_read(w->path, &w->old);

	if (error == 0 && strlen((const char *)w->old.at) != w->old.len)
		error = -EINVAL;
	if (error == 0 || error == -ENOENT)
		return 0;
	return complain(EXIT_IO, WHO, "'%s': %s", w->path,
	                error == -EINVAL ? "is not text" : strerror(-error));
}

static const char *waive_text(const struct waive *w)
{
	return w->old.at != NULL ? (const char *)w->old.at : "";
}

/*
 * Loads settings and file, and keeps other writers out. 0, or the exit status. The signer of a
 * policy also decides on exemptions, so then the section is only printed, for the signer.
 */
static int waive_open(struct waive *w)
{
	int status;

	if (!options_settings(WHO, w->conf, &w->settings, &status))
		return status;
	if (!files_waivers(&w->settings, w->conf, w->path))
		return complain(EXIT_FAILURE, WHO,
		                "[policy] waivers has no file: give it one, such as "
		                "policy/waivers.policy");
	files_lock_folder_of(w->path);
	return waive_read_file(w);
}

/* Explains why this waiver cannot be ended here. */
static int waive_refuse_end(const struct waive *w)
{
	const struct waiver *is      = NULL;
	struct problem       problem = { "" };
	struct policy       *policy  = NULL;

	if (files_load_policy(&w->settings, w->conf, &policy, &problem) != 0)
		return complain(EXIT_FAILURE, WHO, "%s", problem.text);
	for (size_t i = 0; i < policy_num_waivers(policy) && is == NULL; i++) {
		if (strcmp(policy_waiver(policy, i)->id, w->end) == 0)
			is = policy_waiver(policy, i);
	}
	if (is == NULL)
		complain(EXIT_FAILURE, WHO,
		         "there is no waiver '%s'; filterctl waive --list shows them", w->end);
	else if (w->settings.signed_by[0] != '\0')
		complain(EXIT_FAILURE, WHO,
		         "'%s' is in '%s', which must be signed ([policy] signed-by): its signer "
		         "has to remove the section [waiver %s] and sign the file again, as "
		         "filterd-policy(5) says; then filterctl reload",
		         w->end, is->source->file, w->end);
	else
		complain(EXIT_FAILURE, WHO,
		         "'%s' is in '%s', which is edited by hand: remove it there, then "
		         "filterctl reload", w->end, is->source->file);
	policy_free(policy);
	return EXIT_FAILURE;
}

static int waive_refuse_unsigned(struct waive *w)
{
	char          text[WAIVERS_SECTION_MAX];
	struct writer section = writer_over(text, sizeof(text));

	if (w->end != NULL)
		return waive_refuse_end(w);
	complain(EXIT_FAILURE, WHO,
	         "the policy must be signed ([policy] signed-by), including its waivers");
	waivers_file_section(&section, &w->waiver);
	fprintf(stderr,
	        "For the signer: add this to a policy file and sign that again, as "
	        "filterd-policy(5) says:\n"
	        "\n"
	        "%.*s",
	        (int)section.len, text);
	return EXIT_FAILURE;
}

/* Checks the policy that would result. 0, or the exit status. */
static int waive_check(struct waive *w)
{
	struct file_set read    = { .num = 0 };
	struct problem  problem = { "" };
	struct policy  *policy  = NULL;
	int             error   = file_set_add_copy(&read, w->path, writer_written(&w->new));

	if (error == 0)
		error = last_good_policy_with(&w->settings, w->conf, &read, &policy, &problem);
	policy_free(policy);
	file_set_clear(&read);
	return error == 0 ? 0
	                  : complain(EXIT_FAILURE, WHO, "%s",
	                             problem.text[0] != '\0' ? problem.text : strerror(-error));
}

static int waive_apply(struct waive *w, const char *what, const char *why)
{
	char          reason[CONTROL_REASON_MAX + 1];
	struct change c = { .who = WHO, .path = w->path, .old = w->old,
	                    .new = writer_written(&w->new), .settings = &w->settings,
	                    .reason = reason };
	int           status = waive_check(w);

	apply_reason(reason, what, notes_by(), why);
	return status == 0 ? apply_change(&c) : status;
}

static int waive_edit(struct waive *w, struct waivers_edit *e)
{
	size_t         room    = w->old.len + WAIVERS_SECTION_MAX;
	struct problem problem = { "" };
	uint8_t       *text    = malloc(room);
	int            error   = -ENOMEM;

	e->now_us = clock_now_us();
	w->new    = writer_over(text, text != NULL ? room : 0);
	if (text != NULL)
		error = waivers_file_edit(waive_text(w), w->path, e, &w->new, &problem);
	return error == 0 ? 0
	                  : complain(EXIT_FAILURE, WHO, "%s",
	                             problem.text[0] != '\0' ? problem.text : strerror(-error));
}

static int waive_begin(struct waive *w)
{
	char                what[160], device[POLICY_DEVICE_TEXT];
	struct writer       of     = writer_over(device, sizeof(device) - 1);
	struct waivers_edit e      = { .end = NULL };
	struct waive_moment until  = waive_moment(w->waiver.until_us);
	int                 status = waive_edit(w, &e);

	if (status != 0)
		return status;
	policy_device_write(&of, &w->waiver.device);
	device[of.len] = '\0';
	waivers_file_add(&w->new, &w->waiver);
	snprintf(what, sizeof(what), "waiver for %s until %s", device,
	         instant_text_to_second(w->waiver.until_us).text);
	status = waive_apply(w, what, w->waiver.reason);
	if (status == 0)
		printf("%s passes until %s, waiver %s\n", device, until.text, w->waiver.id);
	else if (status == EXIT_UNAVAILABLE)
		fprintf(stderr, WHO ": from then on %s passes until %s, waiver %s\n", device,
		        until.text, w->waiver.id);
	return status;
}

static int waive_end(struct waive *w)
{
	char                what[128];
	struct waivers_edit e      = { .end = w->end };
	int                 status = waive_edit(w, &e);

	if (status != 0)
		return status;
	if (!e.has_end)
		return waive_refuse_end(w);
	snprintf(what, sizeof(what), "waiver %.40s removed", w->end);
	status = waive_apply(w, what, "");
	if (status == 0)
		printf("waiver %s is removed\n", w->end);
	else if (status == EXIT_UNAVAILABLE)
		fprintf(stderr, WHO ": from then on waiver %s is removed\n", w->end);
	return status;
}

static void waive_print(struct text *t, const struct waiver *w, int64_t now_us)
{
	text_put(t, w->id);
	text_put(t, now_us < w->until_us ? "  until " : "  ended ");
	text_put(t, waive_moment(w->until_us).text);
	for (size_t i = 0; i < w->devices.num; i++) {
		text_put(t, i == 0 ? "  " : " ");
		policy_device_write(text_room(t, POLICY_DEVICE_TEXT), &w->devices.at[i]);
	}
	text_put(t, "  ");
	plain_text(t, bytes_text(w->reason), WORDS_TEXT);
	text_put(t, "\n");
}

static int waive_list(struct waive *w)
{
	static struct text t;
	struct problem     problem = { "" };
	struct policy     *policy  = NULL;
	int                status;

	if (!options_settings(WHO, w->conf, &w->settings, &status))
		return status;
	if (files_load_policy(&w->settings, w->conf, &policy, &problem) != 0)
		return complain(EXIT_CONFIG, WHO, "%s", problem.text);
	text_to(&t, stdout);
	for (size_t i = 0; i < policy_num_waivers(policy); i++)
		waive_print(&t, policy_waiver(policy, i), clock_now_us());
	if (policy_num_waivers(policy) == 0)
		text_put(&t, "no waivers\n");
	text_end(&t);
	policy_free(policy);
	return EXIT_SUCCESS;
}

/* 0, or the exit status. */
static int waive_change(struct waive *w)
{
	int status = waive_open(w);

	if (status == 0 && w->end == NULL && !waivers_file_name(&w->waiver, waive_text(w)))
		status = complain(EXIT_FAILURE, WHO, "there are too many waivers of this second");
	if (status == 0 && w->settings.signed_by[0] != '\0')
		status = waive_refuse_unsigned(w);
	if (status == 0)
		status = w->end != NULL ? waive_end(w) : waive_begin(w);
	free(w->new.start);
	files_free(w->old);
	return status;
}

int ctl_waive(int argc, char **argv)
{
	static struct waive     w;
	const struct own_option own[] = { { "for", .argument = &w.span },
		                          { "until", .argument = &w.until },
		                          { "end", .argument = &w.end },
		                          { "list", .given = &w.list },
		                          { 0 } };
	bool                    begins;
	int                     status;

	if (!options_read(WHO, argc, argv, usage, own, &w.conf, &status))
		return status;
	begins = w.span != NULL || w.until != NULL;
	if ((w.span != NULL) + (w.until != NULL) + (w.end != NULL) + w.list != 1 ||
	    argc - optind != (begins ? 2 : 0))
		return complain_usage(usage);
	if (w.end == NULL && !timezone_take(WHO, NULL))
		return EXIT_USAGE;
	if (w.list)
		return waive_list(&w);
	status = begins ? waive_read_words(&w, argv + optind) : 0;
	if (status == 0 && begins)
		status = waive_read_end(&w);
	return status == 0 ? waive_change(&w) : status;
}
