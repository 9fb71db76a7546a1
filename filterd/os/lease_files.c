/* SPDX-License-Identifier: MIT */

/*
 * One stat(2) per file and second; if one has changed, all are read, because later leases win.
 */

#include "os/lease_files.h"

#include "base/instant.h"
#include "os/files.h"
#include "os/messages.h"
#include "os/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILES_MAX    24         /* eight paths of Kea */
#define PATH_LEN_MAX 520        /* a setting's value, and two bytes */
#define SETTLED_S    2          /* seconds; longer than the grain of a file system's time stamps */
#define OPENWRT      "/etc/openwrt_release"

/*
 * The paths of Debian's and OpenWrt's servers. Later leases win, so IPv4 names come after those of
 * IPv6.
 */
static const char *const known[] = {
	"/var/lib/misc/dnsmasq.leases",
	"/var/lib/dhcp/dhcpd.leases",
	"/var/lib/kea/kea-leases6.csv",
	"/var/lib/kea/kea-leases4.csv",
};

/* World-writable folders: used only on a router. */
static const char known_openwrt[] = "/tmp/dhcp.leases";

struct file {
	char                  path[PATH_LEN_MAX];
	bool                  may_be_absent;
	bool                  is_beside;        /* beside another file, which gets the messages */
	bool                  is_there;         /* at the last look, like the next two */
	bool                  settled;          /* its last change was a while ago */
	struct watch_identity is;
	int                   told;             /* errno of the last message, or 0 */
};

struct lease_files {
	struct file files[FILES_MAX];
	size_t      num;
	char        user[64];           /* a name or a number for setfacl(1) */
	uint64_t    seed;
	bool        looked, left_out_told;
};

static void add_file(struct lease_files *f, const char *path, const char *ending,
                     bool may_be_absent)
{
	struct file *file;

	if (f->num == FILES_MAX) {
		message_warning("[audit] leases: more than %d files; '%s%s' is left out", FILES_MAX,
		                path, ending);
		return;
	}
	file = &f->files[f->num++];
	snprintf(file->path, sizeof(file->path), "%s%s", path, ending);
	file->may_be_absent = may_be_absent;
	file->is_beside     = ending[0] != '\0';
}

/*
 * Kea moves its file aside to clean it up: PATH.1 is being cleaned, PATH.2 was cleaned before.
 */
static void add_path(struct lease_files *f, const char *path, bool may_be_absent)
{
	if (bytes_end(bytes_text(path), ".csv")) {
		add_file(f, path, ".2", true);
		add_file(f, path, ".1", true);
	}
	add_file(f, path, "", may_be_absent);
}

static void add_known(struct lease_files *f)
{
	for (size_t i = 0; i < COUNT(known); i++)
		add_path(f, known[i], true);
	if (access(OPENWRT, F_OK) == 0)
		add_path(f, known_openwrt, true);
}

struct lease_files *lease_files_open(const char *paths, const char *user, uint64_t seed)
{
	struct lease_files *f = calloc(1, sizeof(*f));
	char               *copy = strdup(paths), *rest = copy;

	if (f == NULL || copy == NULL) {
		free(f);
		free(copy);
		return NULL;
	}
	f->seed = seed;
	snprintf(f->user, sizeof(f->user), "%s", user);
	for (char *path; (path = strtok_r(rest, " \t", &rest)) != NULL;) {
		if (strcmp(path, "auto") == 0)
			add_known(f);
		else
			add_path(f, path, false);
	}
	free(copy);
	return f;
}

void lease_files_close(struct lease_files *f)
{
	free(f);
}

const char *lease_files_path(const struct lease_files *f, size_t number)
{
	return f != NULL && number < f->num ? f->files[number].path : NULL;
}

/* Once for each change of the error. */
static void lease_files_complain(const struct lease_files *f, struct file *file, int error)
{
	if (error == file->told)
		return;
	file->told = error;
	if (error == 0 || (file->may_be_absent && (error == ENOENT || error == ENOTDIR)))
		return;
	/* access(2) checks only users and groups. */
	if (error == EACCES && faccessat(AT_FDCWD, file->path, R_OK, AT_EACCESS) == 0)
		message_warning("[audit] leases '%s': its folder was not there when filterd "
		                "started and confined itself, so its devices have no names "
		                "in records; restart filterd",
		                file->path);
	else if (error == EACCES)
		message_warning(
			"[audit] leases '%s': user '%s' may not read it, so its devices have no "
		        "names in records; let that user: "
			"setfacl -m u:%s:x,d:u:%s:r on its folder and -m u:%s:r on the file",
			file->path, f->user, f->user, f->user, f->user);
	else if (error == EFBIG)
		message_warning("[audit] leases '%s': longer than %d MiB and not read, so its "
		                "devices have no names in records",
		                file->path, LEASE_FILE_MAX >> 20);
	else
		message_warning("[audit] leases '%s': %s; its devices have no names in records",
		                file->path, error == EINVAL ? "no regular file" : strerror(error));
}

/* Has it changed since the last look? Keeps the state for the next. */
static bool has_changed(const struct lease_files *f, struct file *file, int64_t now_us)
{
	struct file before = *file;
	struct stat st;

	file->is_there = stat(file->path, &st) == 0;
	if (!file->is_there) {
		if (!file->is_beside)
			lease_files_complain(f, file, errno);
		return before.is_there;
	}
	file->is      = watch_identity(&st);
	file->settled = llabs(instant_seconds(now_us) - st.st_ctim.tv_sec) > SETTLED_S;
	return !before.is_there || !before.settled || !watch_is_same(&before.is, &file->is);
}

static struct bytes lease_files_read_file(const struct lease_files *f, struct file *file)
{
	struct bytes content = { 0 };
	int          error   = files_read_regular(file->path, LEASE_FILE_MAX, &content);

	lease_files_complain(f, file, -error);
	return content;
}

struct leases *lease_files_look(struct lease_files *f, int64_t now_us)
{
	struct bytes   contents[FILES_MAX] = { 0 };
	struct leases *l;
	bool           changed = !f->looked;

	for (size_t i = 0; i < f->num; i++)
		changed |= has_changed(f, &f->files[i], now_us);
	if (!changed)
		return NULL;
	f->looked = true;
	for (size_t i = 0; i < f->num; i++) {
		if (f->files[i].is_there)
			contents[i] = lease_files_read_file(f, &f->files[i]);
	}
	l = leases_new(contents, f->num, f->seed);
	for (size_t i = 0; i < f->num; i++)
		files_free(contents[i]);
	if (l != NULL && leases_left_out(l) > 0 && !f->left_out_told) {
		f->left_out_told = true;
		message_warning("[audit] leases: there are more than %d; the devices of the others "
		                "have no names in records",
		                LEASES_MAX);
	}
	return l;
}
