/* SPDX-License-Identifier: MIT */

/*
 * Folders, not files: editors, DHCP servers and filterd itself replace files. For a symbolic link
 * both folders count, its own and that of its target.
 */

#include "daemon/confinement.h"

#include "base/list.h"
#include "os/confine.h"
#include "os/files.h"
#include "os/messages.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct folders {
	char **names;
	size_t num, room;
	bool   failed;          /* without memory */
};

static void confinement_add(struct folders *f, const char *name)
{
	for (size_t i = 0; i < f->num; i++) {
		if (strcmp(f->names[i], name) == 0)
			return;
	}
	if (list_has_room(&f->names, f->num, &f->room, sizeof(*f->names)) &&
	    (f->names[f->num] = strdup(name)) != NULL)
		f->num++;
	else
		f->failed = true;
}

static void add_folder_of(struct folders *f, const char *path)
{
	char folder[FILES_PATH_MAX];

	files_folder_of(path, folder, sizeof(folder));
	confinement_add(f, folder);
}

static void add_folders_of(struct folders *f, const char *path)
{
	char *real = realpath(path, NULL);

	add_folder_of(f, path);
	if (real != NULL)
		add_folder_of(f, real);
	free(real);
}

static void confinement_forget(struct folders *f)
{
	for (size_t i = 0; i < f->num; i++)
		free(f->names[i]);
	free(f->names);
}

static void add_read(struct folders *f, const char *conf, const struct watch *watch,
                     const struct lease_files *leases)
{
	const char *path;

	add_folders_of(f, conf);
	for (size_t i = 0; (path = watch_path(watch, i)) != NULL; i++)
		add_folders_of(f, path);
	for (size_t i = 0; (path = lease_files_path(leases, i)) != NULL; i++)
		add_folders_of(f, path);
}

static void add_written(struct folders *f, const struct settings *s)
{
	add_folder_of(f, s->audit_file);
	confinement_add(f, s->keys);
	if (s->repeats_file[0] != '\0')
		add_folder_of(f, s->repeats_file);
	if (s->control[0] != '\0')
		add_folder_of(f, s->control);           /* needed to remove the socket at the end */
	if (s->metrics[0] != '\0')
		add_folder_of(f, s->metrics);
	if (s->anchors[0] != '\0')
		add_folder_of(f, s->anchors);
	if (s->flush_to[0] != '\0')
		confinement_add(f, s->flush_to);
}

static bool hold_files(const struct in_force *r, const char *conf, const struct watch *watch,
                       const struct lease_files *leases)
{
	struct folders read = { 0 }, written = { 0 };
	int            error = -ENOMEM;

	add_read(&read, conf, watch, leases);
	add_written(&written, &r->settings);
	if (!read.failed && !written.failed) {
		const struct confine_folders folders = {
			.read      = (const char *const *)read.names,
			.num_read  = read.num,
			.write     = (const char *const *)written.names,
			.num_write = written.num,
		};

		error = confine_files(&folders);
	}
	confinement_forget(&read);
	confinement_forget(&written);
	if (error != 0)
		message_notice("confinement: file access is not restricted: %s",
		               error == -ENOSYS || error == -EOPNOTSUPP
		                       ? "this kernel has no landlock"
		                       : strerror(-error));
	return error == 0;
}

static void hold_syscalls(const struct settings *s)
{
	int error = confine_syscalls(strcmp(s->log, "syslog") == 0);

	if (error != 0)
		message_notice("confinement: system calls are not restricted: %s",
		               error == -EOPNOTSUPP ? "this filterd was built without libseccomp"
		               : error == -EINVAL || error == -ENOSYS
		                       ? "this kernel has no seccomp filters"
		                       : strerror(-error));
}

bool confinement_begin(const struct in_force *r, const char *conf, const struct watch *watch,
                       const struct lease_files *leases)
{
	enum confinement wanted = r->settings.confinement;
	bool             files  = false;

	/* syslog(3) writes local time, and reads the zone once. */
	tzset();
	if (wanted == CONFINEMENT_FULL || wanted == CONFINEMENT_LANDLOCK)
		files = hold_files(r, conf, watch, leases);
	if (wanted == CONFINEMENT_FULL || wanted == CONFINEMENT_SECCOMP)
		hold_syscalls(&r->settings);
	return files;
}
