/* SPDX-License-Identifier: MIT */

/*
 * A policy borrows the content of its files while it is built, so all of them are kept until then.
 */

#include "os/files.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define POLICY_FILES_MAX 32     /* named in one setting */

static int read_whole(const char *path, off_t most, bool must_be_regular, struct bytes *content_out,
                      struct stat *st_out)
{
	/*
	 * A file beside a log from elsewhere may be a pipe, which must not block the reader.
	 */
	int         fd    = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int         error = 0;
	struct stat st;
	uint8_t    *to    = NULL;
	size_t      len   = 0;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) != 0)
		error = -errno;
	else if (S_ISDIR(st.st_mode) && !must_be_regular)
		error = -EISDIR;
	else if (S_ISFIFO(st.st_mode) || (must_be_regular && !S_ISREG(st.st_mode)))
		error = -EINVAL;
	else if (st.st_size > most)
		error = -EFBIG;
	else if ((to = malloc((size_t)st.st_size + 1)) == NULL)
		error = -ENOMEM;
	while (error == 0 && len < (size_t)st.st_size) {
		ssize_t got = read(fd, to + len, (size_t)st.st_size - len);

		if (got < 0 && errno != EINTR)
			error = -errno;
		if (got == 0)
			break;
		if (got > 0)
			len += (size_t)got;
	}
	close(fd);
	if (error != 0) {
		free(to);
		return error;
	}
	to[len]      = '\0';
	*content_out = bytes_of(to, len);
	*st_out      = st;
	return 0;
}

int files_read_as(const char *path, struct bytes *content_out, struct stat *st_out)
{
	return read_whole(path, FILES_MAX_BYTES, false, content_out, st_out);
}

int files_read(const char *path, struct bytes *content_out)
{
	struct stat st;

	return files_read_as(path, content_out, &st);
}

int files_read_regular(const char *path, off_t most, struct bytes *content_out)
{
	struct stat st;

	return read_whole(path, most, true, content_out, &st);
}

bool files_first_line(const char *path, char *out, size_t size)
{
	int     fd  = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd >= 0 ? read(fd, out, size - 1) : -1;

	if (fd >= 0)
		close(fd);
	out[got > 0 ? got : 0]  = '\0';
	out[strcspn(out, "\n")] = '\0';
	return got > 0;
}

void files_free(struct bytes content)
{
	free((void *)(uintptr_t)content.at);
}

/* Root's files get their folder's group, for example notes the log's group. */
static void files_take_group(int fd, const char *path)
{
	char        folder[FILES_PATH_MAX];
	struct stat st;

	files_folder_of(path, folder, sizeof(folder));
	if (geteuid() == 0 && stat(folder, &st) == 0 && st.st_gid != getegid() &&
	    fchown(fd, (uid_t)-1, st.st_gid) != 0)
		return;                         /* then only root can read it */
}

/*
 * Writes all of it, or gives -errno. Creates a new file: an existing name could be a symbolic link.
 */
static int files_write_all(const char *path, const struct bytes *pieces, size_t num, unsigned mode,
                           bool sync)
{
	int fd    = unlink(path) == 0 || errno == ENOENT
	                    ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, (mode_t)mode)
	                    : -1;
	int error = 0;

	if (fd < 0)
		return -errno;
	files_take_group(fd, path);
	/* Independent of the umask: the caller chooses the mode for other users. */
	if (fchmod(fd, (mode_t)mode) != 0)
		error = -errno;
	for (size_t i = 0; i < num && error == 0; i++) {
		ssize_t put = pieces[i].len > 0 ? write(fd, pieces[i].at, pieces[i].len) : 0;

		error = put < 0 ? -errno : (size_t)put < pieces[i].len ? -ENOSPC : 0;
	}
	if (error == 0 && sync && fsync(fd) != 0)
		error = -errno;
	close(fd);
	return error;
}

static int put_in_place(const char *path, const struct bytes *pieces, size_t num, unsigned mode,
                        bool sync)
{
	char beside[FILES_PATH_MAX];
	int  error;

	if ((size_t)snprintf(beside, sizeof(beside), "%s.tmp", path) >= sizeof(beside))
		return -ENAMETOOLONG;
	error = files_write_all(beside, pieces, num, mode, sync);
	if (error == 0 && rename(beside, path) != 0)
		error = -errno;
	if (error != 0)
		unlink(beside);
	else if (sync)
		files_sync_folder(path);
	return error;
}

int files_replace(const char *path, struct bytes content, unsigned mode)
{
	return put_in_place(path, &content, 1, mode, true);
}

int files_replace_by(const char *path, const struct bytes *pieces, size_t num, unsigned mode)
{
	return put_in_place(path, pieces, num, mode, true);
}

int files_swap(const char *path, struct bytes content, unsigned mode)
{
	return put_in_place(path, &content, 1, mode, false);
}

void files_folder_of(const char *path, char *out, size_t size)
{
	const char *slash = strrchr(path, '/');

	snprintf(out, size, "%.*s", slash == NULL || slash == path ? 1 : (int)(slash - path),
	         slash == NULL ? "." : path);
}

static int open_folder_of(const char *path)
{
	char folder[FILES_PATH_MAX];

	files_folder_of(path, folder, sizeof(folder));
	return open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

void files_sync_folder(const char *path)
{
	int fd = open_folder_of(path);

	if (fd < 0)
		return;
	fsync(fd);
	close(fd);
}

void files_lock_folder_of(const char *path)
{
	int fd = open_folder_of(path);

	while (fd >= 0 && flock(fd, LOCK_EX) != 0 && errno == EINTR)
		;
	/* It stays open until the program ends. */
}

int files_make_folder_of(const char *path, unsigned mode, const char *user)
{
	char folder[FILES_PATH_MAX];

	files_folder_of(path, folder, sizeof(folder));
	return files_make_folder(folder, mode, user);
}

int files_make_folder(const char *path, unsigned mode, const char *user)
{
	const struct passwd *who;

	if (mkdir(path, (mode_t)mode) != 0)
		return errno == EEXIST ? 0 : -errno;
	if (geteuid() != 0 || user[0] == '\0')
		return 0;
	who = getpwnam(user);
	if (who == NULL)
		return -ENOENT;
	return chown(path, who->pw_uid, who->pw_gid) == 0 ? 0 : -errno;
}

int files_load_settings_into(const char *path, struct file_set *read, struct settings *out,
                             struct problem *problem_out)
{
	struct bytes content;
	int          error = files_read(path, &content);

	if (error != 0)
		return problem_say(problem_out, error,
		                   "configuration '%.300s': %s; name another with -c", path,
		                   strerror(-error));
	if (strlen((const char *)content.at) != content.len) {
		snprintf(problem_out->text, PROBLEM_MAX, "%.300s: has a NUL byte; expected text",
		         path);
		error = -EINVAL;
	} else {
		error = settings_parse((const char *)content.at, path, out, problem_out);
	}
	if (error == 0 && read != NULL)
		error = file_set_add(read, path, content);
	if (error != 0 || read == NULL)
		files_free(content);
	return error;
}

int files_load_settings(const char *path, struct settings *out, struct problem *problem_out)
{
	return files_load_settings_into(path, NULL, out, problem_out);
}

void files_salvage_settings(const char *path, struct settings *out)
{
	struct bytes content;

	settings_default(out);
	if (files_read(path, &content) != 0)
		return;
	settings_salvage((const char *)content.at, out);
	files_free(content);
}

struct kept {
	struct file_set *read;
	struct watch    *watch;
};

/* Reads no file twice, because it may have changed since. */
static int fetch(void *context, const char *name, struct bytes *content_out)
{
	struct kept *k = context;
	struct stat  st;
	int          error;

	if (file_set_find(k->read, name, content_out))
		return 0;
	if (k->read->is_closed)
		return -ENOENT;
	error = files_read_as(name, content_out, &st);
	if (!watch_add(k->watch, name, error == 0 || stat(name, &st) == 0 ? &st : NULL))
		error = error == 0 ? (files_free(*content_out), -ENOMEM) : error;
	if (error != 0)
		return error;
	error = file_set_add(k->read, name, *content_out);
	if (error != 0)
		files_free(*content_out);
	return error;
}

static int files_load_keys(const struct settings *s, const char *conf_path, struct kept *kept,
                           struct signify_keys *out, struct problem *problem)
{
	char names[SETTINGS_TEXT_MAX], *rest = names;

	memcpy(names, s->signed_by, sizeof(names));
	for (char *name; (name = strtok_r(rest, " \t", &rest)) != NULL;) {
		char         path[FILES_PATH_MAX];
		struct bytes content;
		int          error;

		if (out->num == SIGNIFY_KEYS_MAX)
			return problem_say(problem, -EINVAL,
			                   "[policy] signed-by: more than %d; expected fewer",
			                   SIGNIFY_KEYS_MAX);
		policy_path_beside(path, conf_path, name);
		error = fetch(kept, path, &content);
		if (error != 0)
			return problem_say(problem, error, "[policy] signed-by '%.300s': %s", path,
			                   strerror(-error));
		if (signify_key_read(content, &out->list[out->num]) != PARSE_OK)
			return problem_say(problem, -EINVAL,
			                   "[policy] signed-by '%.300s': expected a public key of "
			                   "signify or usign", path);
		out->num++;
	}
	return 0;
}

bool files_waivers(const struct settings *s, const char *conf_path, char out[FILES_PATH_MAX])
{
	policy_path_beside(out, conf_path, s->waivers);
	return s->waivers[0] != '\0';
}

int files_load_policy_into(const struct settings *s, const char *conf_path, struct file_set *read,
                           struct watch *watch, struct policy **policy_out,
                           struct problem *problem_out)
{
	static char         paths[POLICY_FILES_MAX][FILES_PATH_MAX], waivers[FILES_PATH_MAX];
	const char         *files[POLICY_FILES_MAX];
	char                names[SETTINGS_TEXT_MAX], *rest = names;
	size_t              num  = 0;
	struct kept         kept = { .read = read, .watch = watch };
	struct signify_keys keys = { .num = 0 };
	struct policy_from  from = { .files     = files,
	                             .is_strict = s->strict_lists == STRICT_LISTS_YES,
	                             .fetch     = fetch,
	                             .context   = &kept };
	int                 error;

	if (files_waivers(s, conf_path, waivers))
		from.waivers = waivers;
	memcpy(names, s->files, sizeof(names));
	for (char *name; (name = strtok_r(rest, " \t", &rest)) != NULL;) {
		if (num == POLICY_FILES_MAX)
			return problem_say(problem_out, -EINVAL,
			                   "[policy] files: more than %d; expected fewer",
			                   POLICY_FILES_MAX);
		policy_path_beside(paths[num], conf_path, name);
		files[num] = paths[num];
		num++;
	}
	error = files_load_keys(s, conf_path, &kept, &keys, problem_out);
	if (s->signed_by[0] != '\0')
		from.keys = &keys;
	from.num_files = num;
	return error == 0 ? policy_build_from(&from, policy_out, problem_out) : error;
}

int files_load_policy(const struct settings *s, const char *conf_path, struct policy **policy_out,
                      struct problem *problem_out)
{
	struct file_set read  = { .num = 0 };
	int             error = files_load_policy_into(s, conf_path, &read, NULL, policy_out,
	                                               problem_out);

	file_set_clear(&read);
	return error;
}
