/* SPDX-License-Identifier: MIT */

#include "daemon/loading.h"

#include "os/clock.h"
#include "os/files.h"
#include "os/messages.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int loading_from_disk(struct loading *l, struct in_force **out, struct problem *problem)
{
	struct in_force *r;
	int              error = in_force_load(l->conf, NULL, l->watch, &l->read, &r, problem);

	if (error == 0 && last_good_has_lost(&r->settings, &r->lists, problem)) {
		in_force_free(r);
		error = -EBADMSG;
	}
	if (error != 0 && problem->text[0] == '\0')
		snprintf(problem->text, PROBLEM_MAX, "%s", strerror(-error));
	if (error == 0)
		*out = r;
	return error;
}

/* A corrected file is read again, so its folder must stay accessible. */
static void watch_files(struct watch *watch, const struct file_set *files)
{
	struct stat st;

	for (size_t i = 1; watch != NULL && i < files->num; i++)
		watch_add(watch, files->files[i].path,
		          stat(files->files[i].path, &st) == 0 ? &st : NULL);
}

int loading_from_copy(struct loading *l, enum last_good_use use, struct in_force **out,
                      int64_t *saved_us)
{
	struct settings  at;
	struct last_good copy;
	struct problem   ignored = { "" };
	int              error;

	files_salvage_settings(l->conf, &at);
	error = last_good_read(at.keys, use, &copy);
	if (error != 0)
		return error;
	error = in_force_load(copy.files.files[0].path, &copy.settings, NULL, &copy.files, out,
	                      &ignored);
	*saved_us = copy.saved_us;
	if (error == 0)
		watch_files(l->watch, &copy.files);
	last_good_free(&copy);
	return error;
}

void loading_end(struct loading *l)
{
	file_set_clear(&l->read);
}

int loading_start(struct loading *l, struct in_force **out, struct status_loads *loads,
                  struct problem *problem)
{
	int error = loading_from_disk(l, out, problem);

	loads_take(loads);
	if (error == 0)
		return 0;
	loading_end(l);
	if (loading_from_copy(l, LAST_GOOD_START, out, &loads->copy_us) != 0)
		return error;
	loads_refuse(loads, problem->text);
	return 0;
}

/* The text and the files are those of the policy in force, wherever they were read. */
void loading_keep(const struct loading *l, const struct in_force *r)
{
	int error = 0;

	if (r->conf != NULL && l->read.num > 0)
		error = last_good_write(r->settings.keys, l->conf, r->conf, &l->read, &r->lists);
	if (error != 0)
		message_warning("the configuration and policy could not be copied to "
		                "%s/last-good: %s; a start with a mistake finds no copy, or an "
		                "older one",
		                r->settings.keys, strerror(-error));
}

void loading_note_start(const struct in_force *r)
{
	int error = geteuid() == 0 && r->settings.user[0] != '\0' && r->conf != NULL
	                    ? last_good_note_start(r->settings.keys, r->conf)
	                    : 0;

	if (error != 0)
		message_warning("'%s/started.conf': %s; a start with a mistake finds no copy",
		                r->settings.keys, strerror(-error));
}

void loads_refuse(struct status_loads *l, const char *why)
{
	l->num_refused++;
	l->refused_us = clock_now_us();
	snprintf(l->why, sizeof(l->why), "%s", why);
}

void loads_take(struct status_loads *l)
{
	l->loaded_us  = clock_now_us();
	l->refused_us = l->copy_us = 0;
}
