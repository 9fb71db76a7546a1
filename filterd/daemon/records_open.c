/* SPDX-License-Identifier: MIT */

/*
 * Before the first record: checks that folders are writable, opens the log, and reports how it was
 * found.
 */

#include "daemon/records_inside.h"

#include "daemon/wallclock.h"
#include "os/clock.h"
#include "os/files.h"
#include "os/lease_files.h"
#include "os/lockdown.h"
#include "os/messages.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define BOOT_ID "/proc/sys/kernel/random/boot_id"

static int records_open_complain(struct problem *problem, int error, const char *setting,
                                 const char *path)
{
	return problem_say(problem, error, "[audit] %s '%.300s': its folder cannot be made: %s",
	                   setting, path, strerror(-error));
}

int records_make_folders(const struct settings *s, struct problem *problem)
{
	int error = files_make_folder_of(s->audit_file, 0750, s->user);

	if (error != 0)
		return records_open_complain(problem, error, "file", s->audit_file);
	error = files_make_folder(s->keys, 0700, s->user);
	if (error != 0)
		return records_open_complain(problem, error, "keys", s->keys);
	error = s->flush_to[0] != '\0' ? files_make_folder(s->flush_to, 0750, s->user) : 0;
	if (error != 0)
		return records_open_complain(problem, error, "flush-to", s->flush_to);
	error = files_make_folder_of(s->repeats_file, 0755, s->user);
	return error != 0 ? records_open_complain(problem, error, "repeats-file", s->repeats_file)
	                  : 0;
}

static void append_note(const char *path, struct bytes note)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);

	if (fd < 0 || write(fd, note.at, note.len) < 0)
		message_warning("[audit] anchors '%s': %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
}

/* To the messages, which usually reach another machine, too; and to a file. */
static void give_anchor(void *owner, const struct anchor *a)
{
	struct records *e = owner;
	uint8_t         text[NOTE_MAX];
	struct writer   w = writer_over(text, sizeof(text) - 1);

	if (note_write_line(&w, a->key, a->seq, a->body, a->sig) == 0)
		message_info("%.*s", (int)w.len, (const char *)text);
	w = writer_over(text, sizeof(text));
	if (e->anchors[0] != '\0' && note_write(&w, a->key, a->seq, a->body, a->sig) == 0) {
		write_text(&w, "\n");
		append_note(e->anchors, writer_written(&w));
	}
}

/* The operator must keep the key of a new log. */
static void say_new_key(const struct records *e, const struct settings *s)
{
	const struct note_key *key = journal_new_key(e->journal);
	char                   text[NOTE_MAX];
	struct writer          w = writer_over(text, sizeof(text) - 1);

	if (key == NULL || note_key_write(&w, key) != 0)
		return;
	text[w.len] = '\0';
	message_notice("audit log: a new one begins; keep its verifier key on another machine "
	               "(it is in %s/audit.vkey): %s",
	               s->keys, text);
}

static void say_previous(const struct records *e)
{
	switch (journal_previous(e->journal)) {
	case PREVIOUS_NEW:
	case PREVIOUS_CLEAN:
	case PREVIOUS_LOST:     /* reported when found */
		break;
	case PREVIOUS_UNCLEAN:
		message_notice("audit log: it does not end with a stop; filterd was killed, or the "
		               "machine stopped");
		break;
	case PREVIOUS_TORN:
		message_warning("audit log: its last line was incomplete and was cut off; the "
		                "start record has a copy");
		break;
	case PREVIOUS_SHORT:
		message_error("audit log: it is shorter than it was; records are missing. The "
		              "start record says which");
		break;
	case PREVIOUS_FORK:
		message_error("audit log: it is not the latest one; an old copy may have been "
		              "restored");
		break;
	}
}

/* Root may write anywhere; filterd's user perhaps not. */
static int look_at_folders(const struct settings *s, struct problem *problem)
{
	char folder[SETTINGS_TEXT_MAX], user[LOCKDOWN_USER_MAX];

	lockdown_user(user);
	if (faccessat(AT_FDCWD, s->keys, W_OK | X_OK, AT_EACCESS) != 0)
		return problem_say(problem, -EACCES,
		                   "[audit] keys '%.300s': %s for user '%.60s'; chown it to that "
		                   "user", s->keys, strerror(errno), user);
	files_folder_of(s->audit_file, folder, sizeof(folder));
	if (strchr(s->audit_file + 1, '/') != NULL &&
	    faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) != 0)
		return problem_say(problem, -EACCES,
		                   "[audit] file '%.300s': its folder: %s for user '%.60s', who "
		                   "must create new files in it; chown it to that user",
		                   s->audit_file, strerror(errno), user);
	return 0;
}

static int open_leases(struct records *e, const struct settings *s)
{
	uint64_t seed;
	char     user[LOCKDOWN_USER_MAX];

	lockdown_user(user);
	if (getrandom(&seed, sizeof(seed), 0) < 0)
		seed = (uint64_t)clock_now_us();
	e->leases = lease_files_open(s->leases, user, seed);
	return e->leases == NULL ? -ENOMEM : 0;
}

static int open_wallclock(struct records *e, const struct settings *s)
{
	e->wallclock = wallclock_open(s);
	return e->wallclock == NULL ? -ENOMEM : 0;
}

int records_open(const struct settings *s, const char *sensor, struct kernel_state *kernel,
                 struct records **out, struct problem *problem)
{
	struct records        *e       = calloc(1, sizeof(*e));
	struct journal_options options = {
		.path          = s->audit_file,
		.keys          = s->keys,
		.flush_to      = s->flush_to[0] != '\0' ? s->flush_to : NULL,
		.repeats       = s->repeats_file[0] != '\0' ? s->repeats_file : NULL,
		.sensor        = sensor,
		.segment_bytes = (uint64_t)s->segment_mib << 20,
		.total_bytes   = (uint64_t)s->total_mib << 20,
		.days          = s->days,
		.num_repeats   = s->repeats,
		.window_us     = (int64_t)s->repeat_window_s * 1000000,
		.sync          = s->sync,
		.anchor        = give_anchor,
		.owner         = e,
	};
	int error = e == NULL ? -ENOMEM : look_at_folders(s, problem);

	if (error == 0)
		error = open_leases(e, s);
	if (error == 0)
		error = open_wallclock(e, s);
	if (error == 0)
		error = journal_open(&options, &e->journal, problem);
	if (error != 0) {
		if (e != NULL) {
			lease_files_close(e->leases);
			wallclock_close(e->wallclock);
		}
		free(e);
		return error;
	}
	snprintf(e->anchors, sizeof(e->anchors), "%s", s->anchors);
	e->kernel = kernel;
	e->every_s = s->heartbeat_s;
	e->flush_every_s = s->flush_to[0] != '\0' ? s->flush_every_s : 0;
	files_first_line(BOOT_ID, e->boot, sizeof(e->boot));
	say_previous(e);
	say_new_key(e, s);
	*out = e;
	return 0;
}

void records_close(struct records *e)
{
	if (e == NULL)
		return;
	leases_free(journal_use_leases(e->journal, NULL));
	lease_files_close(e->leases);
	wallclock_close(e->wallclock);
	journal_close(e->journal);
	free(e);
}

struct journal *records_journal(struct records *e)
{
	return e->journal;
}

const struct lease_files *records_leases(const struct records *e)
{
	return e->leases;
}

const atomic_uint *records_oldest(const struct records *e)
{
	return wallclock_oldest(e->wallclock);
}
