/* SPDX-License-Identifier: MIT */

/* Where the evidence lies: can filterd write it, can nobody else, and is there room? */

#include "ctl/doctor/doctor.h"

#include "ctl/service.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

/* as the log's own marks: below the first it warns, below the second it only counts */
#define LOW_PERCENT  10
#define LOW_BYTES    (UINT64_C(128) << 20)
#define FULL_PERCENT 5
#define FULL_BYTES   (UINT64_C(64) << 20)

static void folder_of(const char *path, char out[SETTINGS_TEXT_MAX])
{
	char *slash;

	snprintf(out, SETTINGS_TEXT_MAX, "%s", path);
	slash = strrchr(out, '/');
	if (slash != NULL)
		slash[slash == out ? 1 : 0] = '\0';
}

/* Takes: others, the permissions that nobody but the owner may have. */
static void check_folder(struct doctor *d, const char *check, const char *path, mode_t others,
                         const char *means)
{
	const struct passwd *who = d->settings.user[0] != '\0' ? getpwnam(d->settings.user) : NULL;
	char                 remedy[SETTINGS_TEXT_MAX * 2 + 64];
	struct stat          st;

	if (stat(path, &st) != 0) {
		if (doctor_is_hidden(-errno))
			doctor_unknown(d, check);
		else if (errno == ENOENT && d->filterd == 0)
			doctor_say(d, HEALTH_OK, check, NULL, "%s is made when filterd starts",
			           path);
		else
			doctor_say(d, HEALTH_BROKEN, check, service_words()->restart,
			           "%s: %s; a start makes it", path, strerror(errno));
		return;
	}
	if (who != NULL && st.st_uid != who->pw_uid) {
		snprintf(remedy, sizeof(remedy), "chown %s %s", d->settings.user, path);
		doctor_say(d, HEALTH_BROKEN, check, remedy,
		           "%s does not belong to '%s', whom filterd runs as", path,
		           d->settings.user);
	} else if (st.st_mode & others) {
		snprintf(remedy, sizeof(remedy), "chmod %o %s", st.st_mode & 07777 & ~others, path);
		doctor_say(d, HEALTH_BROKEN, check, remedy, "%s: others may %s", path, means);
	} else {
		doctor_say(d, HEALTH_OK, check, NULL, "%s is filterd's own", path);
	}
}

static uint64_t storage_least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static void check_room(struct doctor *d, const char *folder)
{
	struct statvfs st;
	uint64_t       all, room;

	if (statvfs(folder, &st) != 0) {
		if (doctor_is_hidden(-errno))
			doctor_unknown(d, "disk");
		return;
	}
	all  = (uint64_t)st.f_blocks * st.f_frsize;
	room = (uint64_t)st.f_bavail * st.f_frsize;
	if (room < storage_least(all / 100 * FULL_PERCENT, FULL_BYTES))
		doctor_say(d, HEALTH_BROKEN, "disk", "make room, or lower total in [audit]",
		           "the disk of %s is full: attempts are only counted, not recorded",
		           folder);
	else if (room < storage_least(all / 100 * LOW_PERCENT, LOW_BYTES))
		doctor_say(d, HEALTH_ATTENTION, "disk", "make room, or lower total in [audit]",
		           "the disk of %s is nearly full", folder);
	else
		doctor_say(d, HEALTH_OK, "disk", NULL, "%llu MiB are free in %s",
		           (unsigned long long)(room >> 20), folder);
}

void doctor_storage(struct doctor *d)
{
	char folder[SETTINGS_TEXT_MAX];

	folder_of(d->settings.audit_file, folder);
	check_folder(d, "log-folder", folder, S_IWGRP | S_IWOTH,
	             "remove records by replacing its files");
	check_folder(d, "keys", d->settings.keys, S_IRWXG | S_IRWXO,
	             "get at the key that signs the log");
	check_room(d, folder);
}
