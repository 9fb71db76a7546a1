/* SPDX-License-Identifier: MIT */

#include "ctl/apply.h"

#include "base/plain.h"
#include "ctl/complain.h"
#include "ctl/service.h"
#include "ctl/verbs.h"
#include "os/control_socket.h"
#include "os/files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NEW_FILE_MODE 0644      /* filterd reads it as another user */

void apply_reason(char out[CONTROL_REASON_MAX + 1], const char *what, const char *by,
                  const char *why)
{
	snprintf(out, CONTROL_REASON_MAX + 1, "%s%s%s%s%s", what, by[0] != '\0' ? " by " : "", by,
	         why[0] != '\0' ? ": " : "", why);
	out[plain_whole(bytes_text(out))] = '\0';
	/* filterd takes this as one line. */
	for (char *at = out; *at != '\0'; at++)
		*at = *at == '\n' ? ' ' : *at;
}

/* Keeps the owner and the mode of the old file. */
static int apply_put(const char *path, struct bytes content)
{
	char        *target = realpath(path, NULL);
	struct stat  st     = { .st_mode = NEW_FILE_MODE };
	const char  *real   = target != NULL ? target : path;
	bool         is_old = stat(real, &st) == 0;
	int          error  = files_replace(real, content, st.st_mode & 07777);

	if (error == 0 && is_old && (st.st_uid != geteuid() || st.st_gid != getegid()) &&
	    chown(real, st.st_uid, st.st_gid) != 0)
		error = -errno;
	free(target);
	return error;
}

static void apply_put_back(const struct change *c)
{
	int error = c->old.at == NULL ? (unlink(c->path) == 0 ? 0 : -errno)
	                              : apply_put(c->path, c->old);

	if (error != 0)
		complain(error, c->who,
		         "'%s' could not be restored: %s; filterd refuses the new content", c->path,
		         strerror(-error));
}

/* answer: from filterd, freed here. */
static int apply_refused(const struct change *c, char *answer)
{
	fprintf(stderr, "%s: %s", c->who, answer[0] != '\0' ? answer + 2 : "refused\n");
	free(answer);
	apply_put_back(c);
	return EXIT_FAILURE;
}

static int apply_not_told(const struct change *c, int error)
{
	const char *remedy;

	if (c->settings->control[0] == '\0')
		return complain(EXIT_UNAVAILABLE, c->who,
		                "'%s' is written, but [daemon] control is empty; to load it: "
		                "%s", c->path, service_words()->reload);
	remedy = error == -ETIMEDOUT || error == -EPROTO ? service_words()->reload
	                                                 : service_words()->start;
	return complain(EXIT_UNAVAILABLE, c->who,
	                "'%s' is written, but filterd does not answer at '%s': %s; to load it: "
	                "%s", c->path, c->settings->control,
	                strerror(-error), remedy);
}

int apply_change(const struct change *c)
{
	char          line[CONTROL_LINE_MAX];
	struct writer w      = writer_over(line, sizeof(line));
	char         *answer = NULL;
	int           error  = 0;

	/* Unnecessary writes wear out flash. */
	if (c->old.at == NULL || !bytes_equal(c->old, c->new))
		error = apply_put(c->path, c->new);
	if (error != 0)
		return complain(EXIT_IO, c->who, "'%s' cannot be written: %s", c->path,
		                strerror(-error));
	write_text(&w, "reload ");
	write_text(&w, c->reason);
	error = control_socket_ask(c->settings->control, writer_written(&w), &answer);
	if (error != 0)
		return apply_not_told(c, error);
	if (answer[0] != '0')
		return apply_refused(c, answer);
	free(answer);
	return EXIT_SUCCESS;
}
