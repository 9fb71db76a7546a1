/* SPDX-License-Identifier: MIT */

/* The files are small texts, and replaced atomically. */

#include "journal/keys.h"

#include "base/base64.h"
#include "os/files.h"
#include "os/key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define TITLE      "filterd audit key 1\n"
#define FILE_MAX   1024
#define LOG_ID_LEN 16           /* hex digits */

static void keys_path_of(const struct keys *k, const char *name, char out[KEYS_PATH_MAX + 64])
{
	snprintf(out, KEYS_PATH_MAX + 64, "%s/%s", k->folder, name);
}

static int keys_complain(struct problem *problem, int error, const char *path, const char *what)
{
	return problem_say(problem, error, "audit key '%.300s': %s", path, what);
}

/* Random, or in tests the next hash of the seed. */
static int fresh(struct keys *k, uint8_t *out, size_t len)
{
	uint8_t from[NOTE_KEY + 8], hash[CHAIN_HASH];

	if (!k->is_fixed)
		return getrandom(out, len, 0) == (ssize_t)len ? 0 : -EIO;
	memcpy(from, k->seed, NOTE_KEY);
	for (int i = 0; i < 8; i++)
		from[NOTE_KEY + i] = (uint8_t)(k->num_made >> (8 * i));
	k->num_made++;
	if (chain_hash(bytes_of(from, sizeof(from)), hash) != 0 || len > sizeof(hash))
		return -EIO;
	memcpy(out, hash, len);
	return 0;
}

static int write_secret(const struct keys *k, const char *name, const struct note_key *key,
                        const uint8_t secret[NOTE_KEY])
{
	uint8_t       content[FILE_MAX];
	struct writer w = writer_over(content, sizeof(content));
	char          path[KEYS_PATH_MAX + 64];
	int           error;

	write_format(&w, TITLE "%s\n", key->origin);
	base64_write(&w, bytes_of(secret, NOTE_KEY));
	write_text(&w, "\n");
	keys_path_of(k, name, path);
	error = w.full ? -EMSGSIZE : files_replace(path, writer_written(&w), 0600);
	explicit_bzero(content, sizeof(content));
	return error;
}

/* Cuts a line off; false if there is no newline. */
static bool cut_line(struct bytes *left, struct bytes *line_out)
{
	const uint8_t *end = left->len > 0 ? memchr(left->at, '\n', left->len) : NULL;

	if (end == NULL)
		return false;
	*line_out = bytes_first(*left, (size_t)(end - left->at));
	*left     = bytes_from(*left, line_out->len + 1);
	return true;
}

static bool parse_secret(struct bytes content, struct note_key *key, uint8_t secret[NOTE_KEY])
{
	struct bytes   title, origin, base64;
	const uint8_t *slash;

	if (!cut_line(&content, &title) || !cut_line(&content, &origin) ||
	    !cut_line(&content, &base64) || !bytes_equal(title, BYTES("filterd audit key 1")) ||
	    base64.len != BASE64_LEN(NOTE_KEY))
		return false;
	slash = origin.len > 0 ? memrchr(origin.at, '/', origin.len) : NULL;
	if (origin.len > ORIGIN_MAX || slash == NULL ||
	    origin.at + origin.len - slash - 1 != LOG_ID_LEN)
		return false;
	memset(key->origin, 0, sizeof(key->origin));
	memcpy(key->origin, origin.at, origin.len);
	return base64_read(base64, secret, NOTE_KEY) == PARSE_OK &&
	       note_public(secret, key->public) == 0;
}

static int read_secret(const struct keys *k, const char *name, struct note_key *key,
                       uint8_t secret[NOTE_KEY], struct problem *problem)
{
	char         path[KEYS_PATH_MAX + 64];
	struct bytes content;
	int          error;

	keys_path_of(k, name, path);
	error = files_read(path, &content);
	if (error == -ENOENT)
		return error;
	if (error != 0)
		return keys_complain(problem, error, path, strerror(-error));
	if (!parse_secret(content, key, secret))
		error = keys_complain(
			problem, -EINVAL, path,
			"damaged; put back a copy, or move it away: then a new log begins");
	explicit_bzero((void *)(uintptr_t)content.at, content.len);
	files_free(content);
	return error;
}

/* Best effort: a file system may keep old blocks; filterd.8 says so. */
static void destroy(const struct keys *k, const char *name)
{
	const uint8_t zeros[FILE_MAX] = { 0 };
	char          path[KEYS_PATH_MAX + 64];
	int           fd;

	keys_path_of(k, name, path);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (pwrite(fd, zeros, sizeof(zeros), 0) > 0)
		fdatasync(fd);
	close(fd);
	unlink(path);
}

int keys_load(const char *folder, struct keys *out, struct problem *problem)
{
	struct keys k = { 0 };
	int         error;

	snprintf(k.folder, sizeof(k.folder), "%s", folder);
	error = read_secret(&k, "audit.key", &k.current, k.secret, problem);
	if (error != 0)
		return error;
	error = read_secret(&k, "audit.key.next", &k.next, k.next_secret, problem);
	if (error != 0 && error != -ENOENT)
		return error;
	k.has_next = error == 0 && strcmp(k.next.origin, k.current.origin) == 0;
	destroy(&k, "audit.key.old");
	*out = k;
	return 0;
}

const char *keys_log_id(const struct keys *k)
{
	const char *slash = strrchr(k->current.origin, '/');

	return slash != NULL ? slash + 1 : "";
}

/* The vkey of an earlier log is kept, under its log id. */
static int keep_old_vkey(const struct keys *k, const char *path)
{
	struct note_key old;
	char            kept[KEYS_PATH_MAX + 128];
	int             error = key_file_read(path, &old);

	if (error != 0 || strrchr(old.origin, '/') == NULL)
		return error == -ENOENT || error == -EINVAL ? 0 : error;
	snprintf(kept, sizeof(kept), "%s/audit.vkey.%.16s", k->folder,
	         strrchr(old.origin, '/') + 1);
	return rename(path, kept) == 0 ? 0 : -errno;
}

static int write_vkey(const struct keys *k)
{
	uint8_t       content[FILE_MAX];
	struct writer w = writer_over(content, sizeof(content));
	char          path[KEYS_PATH_MAX + 64];
	int           error = note_key_write(&w, &k->current);

	write_text(&w, "\n");
	keys_path_of(k, "audit.vkey", path);
	if (error == 0)
		error = keep_old_vkey(k, path);
	return error != 0 ? error : files_replace(path, writer_written(&w), 0644);
}

int keys_make(const char *folder, const char *gateway, const uint8_t *seed, struct keys *out,
              struct problem *problem)
{
	struct keys   k = { .is_fixed = seed != NULL };
	uint8_t       id[LOG_ID_LEN / 2], hex[LOG_ID_LEN + 1] = { 0 };
	struct writer w = writer_over(hex, LOG_ID_LEN);
	char          path[KEYS_PATH_MAX + 64];
	int           error;

	snprintf(k.folder, sizeof(k.folder), "%s", folder);
	keys_path_of(&k, "audit.key", path);
	if (seed != NULL)
		memcpy(k.seed, seed, NOTE_KEY);
	error = fresh(&k, id, sizeof(id));
	if (error == 0)
		error = fresh(&k, k.secret, NOTE_KEY);
	write_hex(&w, bytes_of(id, sizeof(id)));
	if ((size_t)snprintf(k.current.origin, sizeof(k.current.origin), "%s/filterd/%s", gateway,
	                     (char *)hex) >= sizeof(k.current.origin))
		error = -ENAMETOOLONG;
	if (error == 0)
		error = note_public(k.secret, k.current.public);
	/* The public key first: a secret without it cannot be verified. */
	if (error == 0)
		error = write_vkey(&k);
	if (error == 0)
		error = write_secret(&k, "audit.key", &k.current, k.secret);
	if (error != 0)
		return keys_complain(problem, error, path, strerror(-error));
	*out = k;
	return 0;
}

static int remove_file(const struct keys *k, const char *name)
{
	char path[KEYS_PATH_MAX + 64];

	keys_path_of(k, name, path);
	return unlink(path) == 0 || errno == ENOENT ? 0 : -errno;
}

bool keys_fit(const struct keys *k, const uint8_t named_last[NOTE_KEY])
{
	return memcmp(k->current.public, named_last, NOTE_KEY) == 0 ||
	       (k->has_next && memcmp(k->next.public, named_last, NOTE_KEY) == 0);
}

enum passed keys_passed(const struct keys *k, struct bytes lines)
{
	uint8_t         id[CHAIN_KEYID], next[NOTE_KEY];
	struct bytes    line;
	struct line_end end;
	enum passed     passed = PASSED_NOT;

	if (note_key_id(&k->current, id) != 0)
		return PASSED_NOT;
	while (cut_line(&lines, &line) && passed != PASSED_AWAY) {
		if (line_end_read(line, &end) == PARSE_OK && end.is_signed &&
		    memcmp(end.key_id, id, CHAIN_KEYID) == 0 && log_line_next_key(line, next) &&
		    note_verify(&k->current, end.seq, end.body, end.sig))
			passed = keys_fit(k, next) ? PASSED_TO_NEXT : PASSED_AWAY;
	}
	return passed;
}

int keys_root(const struct keys *k, struct note_key *out)
{
	char path[KEYS_PATH_MAX + 64];
	int  error;

	keys_path_of(k, "audit.vkey", path);
	error = key_file_read(path, out);
	return error == 0 && strcmp(out->origin, k->current.origin) != 0 ? -EINVAL : error;
}

bool keys_follow(struct note_key *key, struct bytes line, uint64_t *seq_out)
{
	uint8_t         next[NOTE_KEY];
	struct line_end end;

	if (line_end_read(line, &end) != PARSE_OK || !end.is_signed ||
	    !log_line_next_key(line, next) || !note_verify(key, end.seq, end.body, end.sig))
		return false;
	memcpy(key->public, next, NOTE_KEY);
	*seq_out = end.seq;
	return true;
}

int keys_settle(struct keys *k, const uint8_t *named_last)
{
	if (named_last != NULL && k->has_next && memcmp(k->next.public, named_last, NOTE_KEY) == 0)
		return keys_hand_over(k);
	if (named_last != NULL && memcmp(k->current.public, named_last, NOTE_KEY) != 0)
		return -ENOKEY;
	k->has_next = false;
	return remove_file(k, "audit.key.next");
}

int keys_prepare(struct keys *k)
{
	int error = fresh(k, k->next_secret, NOTE_KEY);

	k->next = k->current;
	if (error == 0)
		error = note_public(k->next_secret, k->next.public);
	if (error == 0)
		error = write_secret(k, "audit.key.next", &k->next, k->next_secret);
	k->has_next = error == 0;
	return error;
}

int keys_hand_over(struct keys *k)
{
	char next[KEYS_PATH_MAX + 64], key[KEYS_PATH_MAX + 64], old[KEYS_PATH_MAX + 64];

	keys_path_of(k, "audit.key.next", next);
	keys_path_of(k, "audit.key", key);
	keys_path_of(k, "audit.key.old", old);
	/*
	 * Hard-links the old one, so that it can be overwritten after the new one has its name.
	 */
	if (link(key, old) != 0 && errno != EEXIST && errno != ENOENT)
		return -errno;
	if (rename(next, key) != 0)
		return -errno;
	destroy(k, "audit.key.old");
	files_sync_folder(key);
	k->current = k->next;
	memcpy(k->secret, k->next_secret, NOTE_KEY);
	explicit_bzero(k->next_secret, NOTE_KEY);
	k->has_next = false;
	return 0;
}

void keys_forget(struct keys *k)
{
	explicit_bzero(k, sizeof(*k));
}

int mark_write(const struct keys *k, const struct mark *mark)
{
	uint8_t       content[FILE_MAX];
	struct writer w = writer_over(content, sizeof(content));
	char          path[KEYS_PATH_MAX + 64];

	write_format(&w, "%s\n%" PRIu64 "\n", k->current.origin, mark->seq);
	write_hex(&w, bytes_of(mark->hash, CHAIN_HASH));
	write_text(&w, "\n");
	keys_path_of(k, "audit.mark", path);
	return files_replace(path, writer_written(&w), 0600);
}

int mark_read(const struct keys *k, struct mark *out)
{
	char         path[KEYS_PATH_MAX + 64];
	struct bytes content, left, origin, hash;
	struct mark  mark;
	int          error;

	keys_path_of(k, "audit.mark", path);
	error = files_read(path, &content);
	if (error != 0)
		return error;
	left = content;
	if (!cut_line(&left, &origin) || !bytes_equal(origin, bytes_text(k->current.origin)) ||
	    !bytes_cut_number(&left, &mark.seq) || !bytes_cut(&left, "\n") ||
	    !cut_line(&left, &hash) || bytes_from_hex(hash, mark.hash, CHAIN_HASH) != PARSE_OK)
		error = -EINVAL;
	files_free(content);
	if (error == 0)
		*out = mark;
	return error;
}
