/* SPDX-License-Identifier: MIT */

/*
 * One file, so that it is replaced atomically: a first line with the SHA-256 of the rest, then for
 * each file a line with its length, its number of names if it is a list, and its path; the content;
 * and a newline.
 *
 *     filterd last good 1 5f0c...
 *     5120 - /etc/filterd/filterd.conf
 *     ...
 */

#include "os/last_good.h"

#include "base/problem.h"
#include "crypto/crypto.h"
#include "os/files.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIRST       "filterd last good 1 "
#define FIRST_LEN   (sizeof(FIRST) - 1 + (size_t)2 * SHA256_LEN + 1)    /* and its newline */
#define LINE_ROOM   4160        /* a path, and two numbers */
#define NO_LIST     UINT64_MAX
#define PATH_ROOM   (SETTINGS_TEXT_MAX + 16)

static void last_good_path(char out[PATH_ROOM], const char *keys, const char *name)
{
	snprintf(out, PATH_ROOM, "%s/%s", keys, name);
}

static uint64_t names_of(const struct lists_seen *lists, const char *path)
{
	for (size_t i = 0; i < lists->num; i++) {
		if (strcmp(lists->lists[i].file, path) == 0)
			return lists->lists[i].names;
	}
	return NO_LIST;
}

static void write_entry(struct writer *w, const char *path, size_t len, uint64_t names)
{
	if (names != NO_LIST)
		write_format(w, "%zu %" PRIu64 " ", len, names);
	else
		write_format(w, "%zu - ", len);
	write_text(w, path);
	write_text(w, "\n");
}

/* Is this already the copy on disk? */
static bool last_good_is(const char *path, struct bytes first)
{
	uint8_t has[FIRST_LEN];
	int     fd  = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t got = fd >= 0 ? read(fd, has, sizeof(has)) : -1;

	if (fd >= 0)
		close(fd);
	return got == (ssize_t)sizeof(has) && bytes_equal(bytes_of(has, sizeof(has)), first);
}

static int digest_of(const struct bytes *pieces, size_t num, struct writer *first)
{
	struct sha256 *sum = sha256_new();
	uint8_t        hash[SHA256_LEN];
	int            error;

	for (size_t i = 0; i < num; i++)
		sha256_add(sum, pieces[i]);
	error = sha256_end(sum, hash);
	sha256_free(sum);
	write_text(first, FIRST);
	write_hex(first, bytes_of(hash, sizeof(hash)));
	write_text(first, "\n");
	return error;
}

/* Being built: a line, a content and a newline for each file, after the first line. */
struct copy {
	struct bytes *pieces;
	size_t        num;
	struct writer lines;
	uint64_t      len;
};

static void put_entry(struct copy *c, const char *path, struct bytes content, uint64_t names)
{
	size_t before = c->lines.len;

	write_entry(&c->lines, path, content.len, names);
	c->pieces[c->num++] = bytes_from(writer_written(&c->lines), before);
	c->pieces[c->num++] = content;
	c->pieces[c->num++] = BYTES("\n");
	c->len += content.len + LINE_ROOM;
}

static int put_copy(const char *keys, struct copy *c)
{
	uint8_t       line[FIRST_LEN];
	struct writer first = writer_over(line, sizeof(line));
	char          path[PATH_ROOM];
	int           error;

	if (c->lines.full)
		return -ENAMETOOLONG;
	if (c->len > LAST_GOOD_MAX)
		return -EFBIG;
	error = digest_of(c->pieces + 1, c->num - 1, &first);
	if (error != 0)
		return error;
	c->pieces[0] = writer_written(&first);
	last_good_path(path, keys, "last-good");
	return last_good_is(path, c->pieces[0])
	               ? 0
	               : files_replace_by(path, c->pieces, c->num, 0600);
}

int last_good_write(const char *keys, const char *conf, const char *text,
                    const struct file_set *files, const struct lists_seen *lists)
{
	struct copy  c   = { .num = 1 };
	size_t       num = files->num + 1;
	uint8_t     *room;
	int          error = -ENOMEM;

	c.pieces = calloc(1 + num * 3, sizeof(*c.pieces));
	room     = malloc(num * LINE_ROOM);
	if (c.pieces != NULL && room != NULL) {
		c.lines = writer_over(room, num * LINE_ROOM);
		put_entry(&c, conf, bytes_text(text), NO_LIST);
		for (size_t i = 0; i < files->num; i++) {
			const struct file_read *f = &files->files[i];

			if (strcmp(f->path, conf) != 0)
				put_entry(&c, f->path, f->content, names_of(lists, f->path));
		}
		error = put_copy(keys, &c);
	}
	free(c.pieces);
	free(room);
	return error;
}

int last_good_note_start(const char *keys, const char *text)
{
	char         path[PATH_ROOM];
	struct bytes has;
	bool         is_same = false;

	last_good_path(path, keys, "started.conf");
	if (files_read(path, &has) == 0) {
		is_same = bytes_is(has, text);
		files_free(has);
	}
	return is_same ? 0 : files_replace(path, bytes_text(text), 0600);
}

/* "LENGTH NAMES PATH". */
static bool read_entry(struct bytes line, uint64_t *len_out, uint64_t *names_out,
                       char path_out[LINE_ROOM])
{
	*names_out = NO_LIST;
	if (!bytes_cut_number(&line, len_out) || !bytes_cut(&line, " ") ||
	    (!bytes_cut(&line, "-") && !bytes_cut_number(&line, names_out)) ||
	    !bytes_cut(&line, " "))
		return false;
	if (line.len == 0 || line.len >= LINE_ROOM || memchr(line.at, '\0', line.len) != NULL)
		return false;
	memcpy(path_out, line.at, line.len);
	path_out[line.len] = '\0';
	return true;
}

static int last_good_add(struct last_good *l, const char *path, struct bytes content,
                         uint64_t names)
{
	struct list_seen *lists;

	if (file_set_add_copy(&l->files, path, content) != 0)
		return -ENOMEM;
	if (names == NO_LIST)
		return 0;
	lists = realloc(l->lists.lists, (l->lists.num + 1) * sizeof(*lists));
	if (lists == NULL)
		return -ENOMEM;
	l->lists.lists = lists;
	lists[l->lists.num++] = (struct list_seen){
		.file    = l->files.files[l->files.num - 1].path,
		.names   = names,
		.has_end = content.len == 0 || content.at[content.len - 1] == '\n',
	};
	return 0;
}

static int take_files(struct last_good *l, struct bytes body)
{
	while (body.len > 0) {
		char     path[LINE_ROOM];
		uint64_t len, names;
		int      error;

		if (!read_entry(bytes_cut_line(&body), &len, &names, path) || len >= body.len)
			return -EBADMSG;
		error = last_good_add(l, path, bytes_first(body, (size_t)len), names);
		if (error != 0)
			return error;
		body = bytes_from(body, (size_t)len + 1);
	}
	return 0;
}

static int take_all(struct last_good *l, struct bytes all)
{
	struct bytes            body  = bytes_from(all, FIRST_LEN);
	uint8_t                 line[FIRST_LEN];
	struct writer           first = writer_over(line, sizeof(line));
	struct problem          ignored;
	const struct file_read *conf;
	int                     error = digest_of(&body, 1, &first);

	if (error != 0)
		return error;
	if (!bytes_equal(bytes_first(all, FIRST_LEN), writer_written(&first)))
		return -EBADMSG;
	error = take_files(l, body);
	if (error != 0)
		return error;
	if (l->files.num == 0)
		return -EBADMSG;
	l->files.is_closed = true;
	conf               = l->files.files;
	return settings_parse((const char *)conf->content.at, conf->path, &l->settings, &ignored);
}

/* The file's state when opened: owner and time. */
static int read_owned(const char *path, struct bytes *out, struct stat *st)
{
	int error = files_read_as(path, out, st);

	if (error == 0 && (!S_ISREG(st->st_mode) || st->st_size > LAST_GOOD_MAX)) {
		files_free(*out);
		error = -EFBIG;
	}
	return error;
}

static int keep_what_is_roots(const char *keys, struct settings *s)
{
	char            path[PATH_ROOM];
	struct bytes    conf;
	struct settings started;
	struct problem  ignored;
	struct stat     st;
	int             error;

	last_good_path(path, keys, "started.conf");
	error = read_owned(path, &conf, &st);
	if (error != 0)
		return error;
	error = st.st_uid != 0 || st.st_nlink != 1
	                ? -EPERM
	                : settings_parse((const char *)conf.at, path, &started, &ignored);
	files_free(conf);
	for (size_t i = 0; i < settings_count && error == 0; i++) {
		if (settings_table[i].when == SETTING_AT_START ||
		    settings_table[i].when == SETTING_WITH_RULES_AT_START)
			setting_keep(&settings_table[i], s, &started);
	}
	return error;
}

int last_good_read(const char *keys, enum last_good_use use, struct last_good *out)
{
	struct last_good l = { .files = { .num = 0 } };
	char             path[PATH_ROOM];
	struct bytes     all;
	struct stat      st;
	int              error;

	last_good_path(path, keys, "last-good");
	error = read_owned(path, &all, &st);
	if (error == 0) {
		error = take_all(&l, all);
		files_free(all);
	}
	if (error == 0 && geteuid() == 0 && st.st_uid != 0) {
		error = keep_what_is_roots(keys, &l.settings);
		/* If filterd never was root, there is none. */
		error = use == LAST_GOOD_LOOK ? 0 : error;
	}
	if (error != 0) {
		last_good_free(&l);
		return error;
	}
	l.saved_us = (int64_t)st.st_mtim.tv_sec * 1000000 + st.st_mtim.tv_nsec / 1000;
	*out       = l;
	return 0;
}

void last_good_free(struct last_good *l)
{
	lists_seen_free(&l->lists);
	file_set_clear(&l->files);
}

bool last_good_settings(const char *conf, struct settings *out)
{
	struct last_good l;

	files_salvage_settings(conf, out);
	if (last_good_read(out->keys, LAST_GOOD_LOOK, &l) != 0)
		return false;
	*out = l.settings;
	last_good_free(&l);
	return true;
}

int last_good_see(const struct policy *p, const struct file_set *read, struct lists_seen *out)
{
	int          error = lists_seen_of(p, out);
	struct bytes content;

	for (size_t i = 0; error == 0 && i < out->num; i++) {
		struct list_seen *l = &out->lists[i];

		l->has_end = !file_set_find(read, l->file, &content) || content.len == 0 ||
		             content.at[content.len - 1] == '\n';
	}
	return error;
}

bool last_good_has_lost(const struct settings *s, const struct lists_seen *lists,
                        struct problem *problem)
{
	struct last_good copy;
	bool             has_lost;

	if (last_good_read(s->keys, LAST_GOOD_LOOK, &copy) != 0)
		return false;
	has_lost = lists_seen_lost(lists, &copy.lists, s->max_shrink, problem);
	last_good_free(&copy);
	return has_lost;
}

int last_good_policy_with(const struct settings *s, const char *conf, struct file_set *read,
                          struct policy **policy_out, struct problem *problem)
{
	struct policy    *policy = NULL;
	struct lists_seen lists  = { .num = 0 };
	int               error  = files_load_policy_into(s, conf, read, NULL, &policy, problem);

	if (error == 0)
		error = last_good_see(policy, read, &lists);
	if (error == 0 && last_good_has_lost(s, &lists, problem))
		error = -EBADMSG;
	lists_seen_free(&lists);
	if (error == 0)
		*policy_out = policy;
	else
		policy_free(policy);
	return error;
}

int last_good_policy(const struct settings *s, const char *conf, struct policy **policy_out,
                     struct problem *problem)
{
	struct file_set read  = { .num = 0 };
	int             error = last_good_policy_with(s, conf, &read, policy_out, problem);

	file_set_clear(&read);
	return error;
}
