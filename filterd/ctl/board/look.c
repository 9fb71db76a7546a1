/* SPDX-License-Identifier: MIT */

#include "ctl/board/look.h"

#include "ctl/notes.h"
#include "ctl/silence.h"
#include "ctl/verbs.h"
#include "os/clock.h"
#include "os/control_socket.h"
#include "os/files.h"
#include "os/vendors.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define NOTES_MAX  (16 << 20)           /* bytes; 65,536 notes of ordinary length */
/* devices whose makers and waivers are looked up; there is room for some 150 */
#define SHOWN      512
/* at most, as the counts of the last 24 hours, and of the last hour, change with time */
#define AGAIN_MS   60000

/* --- filterd's answer --- */

/* Adds a problem that filterd does not know about. */
static void look_complain(struct look *l, const char *what)
{
	if (l->num_complaints < LOOK_COMPLAINTS)
		snprintf(l->complaints[l->num_complaints++], STATUS_TROUBLE_MAX, "%s", what);
}

static void look_add_complaints(struct look *l)
{
	struct said *said = &l->board.said;

	for (size_t i = 0; i < l->num_complaints; i++)
		said_trouble(said, l->complaints[i]);
	if (l->num_complaints > 0 &&
	    strcmp(said->level, status_level_names[LEVEL_GOOD]) == 0)
		snprintf(said->level, sizeof(said->level), "%s",
		         status_level_names[LEVEL_ATTENTION]);
}

static void look_status(struct look *l)
{
	struct said *said   = &l->board.said;
	char         why[SILENCE_MAX], *answer = NULL;
	int          error = control_socket_ask(l->settings.control, BYTES("status json"), &answer);

	if (error == 0 && answer[0] != '\0' && answer[1] == '\n') {
		said_read(bytes_text(answer + 2), said);
	} else {
		bool runs = silence_say(&l->settings, error != 0 ? error : -EPROTO, why);

		said_nothing(said, why);
		if (!runs)
			snprintf(said->level, sizeof(said->level), "%s",
			         status_level_names[LEVEL_OFF]);
	}
	free(answer);
	if (said->mode[0] == '\0')
		snprintf(said->mode, sizeof(said->mode), "%s",
		         l->settings.mode == MODE_OBSERVE ? "observe" : "enforce");
	look_add_complaints(l);
}

/* --- the log --- */

static bool look_is_past(const struct tail *t, const struct board *b)
{
	uint8_t      *room = board_is_past(b) ? malloc(LOG_LINE_MAX) : NULL;
	size_t        len  = 0;
	struct entry  last;
	bool          is_past = false;

	/* The clock may have been wrong for a while: keep searching. */
	if (room != NULL && tail_last(t, room, &len) &&
	    record_read(bytes_of(room, len), &last) == PARSE_OK)
		is_past = last.time_us < days_from(&b->days);
	free(room);
	return is_past;
}

static enum days_end look_log(struct look *l)
{
	struct board *b = &l->board;
	struct tail  *t = NULL;
	struct piece  piece;
	enum days_end end   = DAYS_NOT_HERE;
	int           error = tail_open(l->settings.audit_file, TAIL_BYTES, &t);
	char          what[SETTINGS_TEXT_MAX + 100];

	if (error != 0) {
		snprintf(what, sizeof(what), "the log %.400s cannot be read: %s",
		         l->settings.audit_file, strerror(-error));
		look_complain(l, what);
		return error == -ENOENT ? DAYS_NO_LOG : DAYS_UNREAD;
	}
	while (tail_older(t)) {
		board_file(b);
		while (tail_next(t, &piece))
			board_piece(b, &piece);
		if (look_is_past(t, b)) {
			end = DAYS_PAST;
			break;
		}
	}
	if (end != DAYS_PAST && tail_has_more(t))
		end = DAYS_TOO_LONG;
	tail_close(t);
	return end;
}

int look_attempts(const struct settings *s, size_t most, struct attempts *out)
{
	struct tail *t     = NULL;
	int          error = tail_open(s->audit_file, TAIL_BYTES, &t);
	struct piece piece;

	if (error != 0)
		return error;
	if (!attempts_new(out, most)) {
		tail_close(t);
		return -ENOMEM;
	}
	while (out->num < most && tail_older(t)) {
		while (tail_next(t, &piece)) {
			if (piece.kind == PIECE_LINE)
				attempts_read(out, piece.line);
		}
	}
	tail_close(t);
	return 0;
}

/* --- notes, waivers, makers --- */

static void look_notes(struct look *l)
{
	char           path[NOTES_PATH_MAX];
	struct problem problem = { "" };
	struct bytes   content;
	int            error;

	notes_path(&l->settings, path);
	error = files_read_regular(path, NOTES_MAX, &content);
	if (error == -ENOENT)
		return;
	if (error == 0) {
		error = acks_read(content, path, &l->notes, &problem);
		files_free(content);
	} else {
		snprintf(problem.text, PROBLEM_MAX, "%.400s: %s", path, strerror(-error));
	}
	if (error != 0)
		look_complain(l, problem.text);
}

static void look_makers(struct look *l)
{
	struct board_devices *d = &l->board.devices;

	if (l->vendors == NULL && d->num > 0)
		vendors_open(NULL, &l->vendors);
	for (size_t i = 0; i < d->num && i < SHOWN; i++)
		d->order[i]->vendor = vendors_find_text(l->vendors, d->order[i]->row.name);
}

static void look_settings(struct look *l, struct problem *problem)
{
	if (files_load_settings(l->conf, &l->settings, problem) != 0)
		files_salvage_settings(l->conf, &l->settings);
	snprintf(l->gateway, sizeof(l->gateway), "%s", l->settings.sensor);
	if (l->gateway[0] == '\0' && gethostname(l->gateway, sizeof(l->gateway) - 1) != 0)
		l->gateway[0] = '\0';
}

/* Notes the log file's inode and length before it is read. All zeros: it is not there. */
static void look_mark(struct look *l)
{
	if (stat(l->settings.audit_file, &l->log) != 0)
		memset(&l->log, 0, sizeof(l->log));
}

int look_take(struct look *l, const char *conf)
{
	struct problem problem = { "" };
	int64_t        now_us  = clock_now_us();
	uint64_t       seed    = (uint64_t)now_us;
	enum days_end  end;

	l->conf     = conf;
	l->taken_ms = clock_boot_ms();
	look_settings(l, &problem);
	if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) < 0)
		seed = (uint64_t)now_us;
	if (!board_begin(&l->board, now_us, seed))
		return -ENOMEM;
	l->board.gateway    = l->gateway;
	l->board.has_report = ctl_has_audit;
	if (problem.text[0] != '\0')
		look_complain(l, problem.text);
	look_notes(l);
	look_mark(l);
	end = look_log(l);
	board_end(&l->board, end, &l->notes);
	if (l->board.devices.failed || l->board.devices.rows.failed)
		look_complain(l, "not enough memory for all devices: some are left out here");
	waived_find(&l->waived, &l->settings, conf, &l->board.devices, SHOWN);
	look_makers(l);
	look_status(l);
	return 0;
}

int look_again(struct look *l, const char *conf)
{
	struct stat before = l->log;

	if (l->conf != NULL && clock_boot_ms() - l->taken_ms < AGAIN_MS) {
		look_mark(l);
		if (l->log.st_ino == before.st_ino && l->log.st_dev == before.st_dev &&
		    l->log.st_size == before.st_size) {
			look_status(l);
			return 0;
		}
	}
	if (l->conf != NULL)
		look_free(l);
	return look_take(l, conf);
}

void look_free(struct look *l)
{
	struct vendors *vendors = l->vendors;

	board_free(&l->board);
	acks_free(&l->notes);
	waived_free(&l->waived);
	*l = (struct look){ .vendors = vendors };
}
