/* SPDX-License-Identifier: MIT */

/* The evidence on disk: can filterd write it, can nobody else, and is there room? */

#include "ctl/doctor/doctor.h"

#include "base/instant.h"
#include "ctl/service.h"
#include "journal/journal.h"
#include "os/clock.h"
#include "os/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DAY_US       INT64_C(86400000000)
#define LEAST_US     INT64_C(3600000000)        /* a shorter log says nothing about growth */
#define LEAST_DAYS   30                         /* the log should last for an auditor's month */

/* Takes: others, the permissions reserved for the owner. */
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
			doctor_ok(d, check, "%s is created when filterd starts", path);
		else
			doctor_say(d, HEALTH_BROKEN, check, service_words()->restart,
			           "%s: %s; a restart creates it", path, strerror(errno));
		return;
	}
	if (who != NULL && st.st_uid != who->pw_uid) {
		snprintf(remedy, sizeof(remedy), "chown %s %s", d->settings.user, path);
		doctor_say(d, HEALTH_BROKEN, check, remedy,
		           "%s does not belong to '%s', the user filterd runs as", path,
		           d->settings.user);
	} else if (st.st_mode & others) {
		snprintf(remedy, sizeof(remedy), "chmod %o %s", st.st_mode & 07777 & ~others, path);
		doctor_say(d, HEALTH_BROKEN, check, remedy, "%s: others may %s", path, means);
	} else {
		doctor_ok(d, check, "%s is filterd's own", path);
	}
}

static void check_room(struct doctor *d, const char *folder)
{
	uint64_t  all, free_bytes;
	enum room room;

	if (!journal_room_look(folder, &all, &free_bytes)) {
		if (doctor_is_hidden(-errno))
			doctor_unknown(d, "disk");
		return;
	}
	room = journal_room(all, free_bytes);
	if (room == ROOM_NONE)
		doctor_say(d, HEALTH_BROKEN, "disk", "make room, or lower total in [audit]",
		           "the disk of %s is full: attempts are only counted, not recorded",
		           folder);
	else if (room == ROOM_LOW)
		doctor_say(d, HEALTH_ATTENTION, "disk", "make room, or lower total in [audit]",
		           "the disk of %s is nearly full", folder);
	else
		doctor_ok(d, "disk", "%llu MiB are free in %s",
		          (unsigned long long)(free_bytes >> 20), folder);
}

/* Files of a log, and separately those of the last day, with the time of their first record. */
struct growth {
	uint64_t all, bytes;
	int64_t  since_us;
};

/*
 * The time of a file's first record, its first member:
 * {"timestamp":"2026-11-23T14:05:09.123456+0000"
 */
static bool storage_begins(int folder, const char *name, int64_t *us_out)
{
	uint8_t      room[45];
	int          fd   = openat(folder, name, O_RDONLY | O_CLOEXEC);
	ssize_t      got  = fd >= 0 ? read(fd, room, sizeof(room)) : -1;
	struct bytes head = bytes_of(room, got > 0 ? (size_t)got : 0);

	if (fd >= 0)
		close(fd);
	return bytes_cut(&head, "{\"timestamp\":\"") &&
	       instant_parse_eve(head, us_out) == PARSE_OK;
}

static void storage_measure(const char *path, int64_t now_us, struct growth *g)
{
	DIR           *folder = opendir(path);
	struct dirent *entry;

	*g = (struct growth){ .since_us = now_us };
	while (folder != NULL && (entry = readdir(folder)) != NULL) {
		struct stat st;
		int64_t     begins_us;

		if (strstr(entry->d_name, ".jsonl") == NULL ||
		    fstatat(dirfd(folder), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
		    !S_ISREG(st.st_mode))
			continue;
		g->all += (uint64_t)st.st_size;
		if ((int64_t)st.st_mtime * 1000000 < now_us - DAY_US ||
		    !storage_begins(dirfd(folder), entry->d_name, &begins_us))
			continue;
		g->bytes += (uint64_t)st.st_size;
		g->since_us = begins_us < g->since_us ? begins_us : g->since_us;
	}
	if (folder != NULL)
		closedir(folder);
}

/* At today's rate: the time until the oldest records are deleted, or the disk is full. */
static void check_lasting(struct doctor *d, const char *folder)
{
	const struct settings *s      = &d->settings;
	int64_t                now_us = clock_now_us();
	struct growth          g;
	uint64_t               all, free_bytes, a_day, room, days;
	bool                   by_disk;

	storage_measure(folder, now_us, &g);
	if (!journal_room_look(folder, &all, &free_bytes) || g.bytes == 0 ||
	    now_us - g.since_us < LEAST_US) {
		doctor_ok(d, "log-lasts", "how fast the log grows is not known yet");
		return;
	}
	a_day = (uint64_t)((long double)g.bytes * DAY_US / (long double)(now_us - g.since_us)) + 1;
	room    = g.all + free_bytes;
	by_disk = s->total_mib == 0 || (uint64_t)s->total_mib << 20 > room;
	days    = (by_disk ? room : (uint64_t)s->total_mib << 20) / a_day;
	if (s->days > 0 && days >= s->days)
		doctor_ok(d, "log-lasts",
		          "at today's rate, %" PRIu64 " KiB a day, records are kept for %" PRIu32
		          " days, as the settings say", a_day >> 10, s->days);
	else
		doctor_say(d, days < LEAST_DAYS ? HEALTH_ATTENTION : HEALTH_OK, "log-lasts",
		           days >= LEAST_DAYS ? NULL
		           : by_disk          ? "make room, or let a collector keep the log"
		                              : "raise total in [audit], or let a collector keep "
		                                "the log",
		           "at today's rate, %" PRIu64 " KiB a day, %s for %" PRIu64 " days",
		           a_day >> 10, by_disk ? "the disk has room" : "records are kept", days);
}

void doctor_storage(struct doctor *d)
{
	char folder[SETTINGS_TEXT_MAX];

	files_folder_of(d->settings.audit_file, folder, sizeof(folder));
	check_folder(d, "log-folder", folder, S_IWGRP | S_IWOTH,
	             "remove records by replacing its files");
	check_folder(d, "keys", d->settings.keys, S_IRWXG | S_IRWXO,
	             "get at the key that signs the log");
	check_room(d, folder);
	check_lasting(d, folder);
}
