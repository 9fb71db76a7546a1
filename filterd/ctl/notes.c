/* SPDX-License-Identifier: MIT */

#include "ctl/notes.h"

#include "base/plain.h"
#include "ctl/complain.h"
#include "ctl/verbs.h"
#include "os/clock.h"
#include "os/files.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void notes_path(const struct settings *s, char out[NOTES_PATH_MAX])
{
	char folder[SETTINGS_TEXT_MAX];

	files_folder_of(s->audit_file, folder, sizeof(folder));
	snprintf(out, NOTES_PATH_MAX, "%s/" NOTES_NAME,
	         s->flush_to[0] != '\0' ? s->flush_to : folder);
}

void notes_lock(const char *path)
{
	files_lock_folder_of(path);
}

int notes_load(const char *who, const char *path, struct acks *out)
{
	struct problem problem = { "" };
	struct bytes   content;
	int            error   = files_read(path, &content);

	*out = (struct acks){ 0 };
	if (error == -ENOENT)
		return 0;
	if (error == 0) {
		error = acks_read(content, path, out, &problem);
		files_free(content);
	} else {
		snprintf(problem.text, PROBLEM_MAX, "%.300s: %s", path, strerror(-error));
	}
	return error == 0 ? 0 : complain(EXIT_IO, who, "%s", problem.text);
}

int notes_save(const char *who, const char *path, const struct acks *acks)
{
	size_t        room = acks->num * ACKS_LINE_MAX + 1;
	uint8_t      *text = malloc(room);
	struct writer w    = writer_over(text, text != NULL ? room : 0);
	int           error;

	for (size_t i = 0; i < acks->num && text != NULL; i++)
		ack_write(&w, &acks->list[i]);
	error = text == NULL ? -ENOMEM
	        : w.full     ? -EFBIG
	                     : files_replace(path, writer_written(&w), 0640);
	free(text);
	return error == 0 ? 0 : complain(EXIT_IO, who, "%s: %s", path, strerror(-error));
}

bool notes_is_note(const char *text)
{
	struct bytes rest = bytes_text(text);
	uint32_t     c;
	bool         is_seen;

	if (rest.len == 0 || rest.len > ACKS_NOTE_MAX)
		return false;
	for (size_t len; rest.len > 0; rest = bytes_from(rest, len)) {
		len = plain_character(rest, &c, &is_seen);
		if (len == 0)
			return false;
	}
	return true;
}

/* A name from the environment is valid only if a note that contains it reads back unchanged. */
static bool notes_is_name(const char *name)
{
	struct bytes rest    = bytes_text(name != NULL ? name : "");
	bool         is_seen = rest.len > 0 && rest.len < sizeof(((struct ack *)NULL)->by);
	uint32_t     c;

	for (size_t len; is_seen && rest.len > 0; rest = bytes_from(rest, len)) {
		len      = plain_character(rest, &c, &is_seen);
		is_seen &= len > 0;
	}
	return is_seen;
}

const char *notes_by(void)
{
	const char          *name = getenv("SUDO_USER");
	const struct passwd *account;

	if (!notes_is_name(name))
		name = getenv("LOGNAME");
	if (notes_is_name(name))
		return name;
	account = getpwuid(getuid());
	return account != NULL && notes_is_name(account->pw_name) ? account->pw_name : "";
}

int notes_put(const char *who, const char *path, struct acks *acks, const char *device,
              const char *text)
{
	struct ack ack = { .time_us = clock_now_us() };
	int        status;

	snprintf(ack.device, sizeof(ack.device), "%s", device);
	snprintf(ack.by, sizeof(ack.by), "%s", notes_by());
	snprintf(ack.note, sizeof(ack.note), "%s", text);
	if (acks_put(acks, &ack) != 0)
		return complain(EXIT_IO, who, "there are too many notes");
	status = notes_save(who, path, acks);
	if (status == 0)
		printf("noted about %s, in %s\n", device, path);
	return status;
}
