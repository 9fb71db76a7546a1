/* SPDX-License-Identifier: MIT */

/*
 * filterctl top: the board on a terminal, renewed every two seconds. It uses the alternate screen,
 * so the old contents return at the end; signals are unblocked only while it waits for a key, so
 * that every exit follows the same path.
 */

#include "base/plain.h"
#include "ctl/board/look.h"
#include "ctl/board/screen.h"
#include "ctl/complain.h"
#include "ctl/options.h"
#include "ctl/timezone.h"
#include "ctl/verbs.h"
#include "os/files.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define WHO "filterctl top"
#define EVERY_S    2
#define FRAME_MAX  65536        /* bytes */
#define OTHER_ROWS 10           /* rows of a screen without devices and attempts */

/* xterm's sequences, which current ssh clients all know. */
#define ENTER "\x1b[?1049h\x1b[?25l"
#define LEAVE "\x1b[?25h\x1b[?1049l"
#define HOME  "\x1b[H"
#define REST  "\x1b[K"           /* clears the rest of a line */
#define BELOW "\x1b[J"

static const char usage[] =
	"usage: filterctl top [-c FILE]\n"
	"\n"
	"filterctl board on this terminal, updated every two seconds. q quits.\n"
	"\n"
	"  -c, --config FILE   configuration, default " CONF_DEFAULT "\n"
	"\n"
	"Exit status: 0; 64 wrong usage, or no terminal; 74 no memory.\n";

static const int top_signals[] = { SIGINT,  SIGTERM, SIGHUP,  SIGQUIT,
	                           SIGTSTP, SIGCONT, SIGWINCH };

static volatile sig_atomic_t caught;    /* the last one; 0: none */

static void top_catch(int number)
{
	caught = number;
}

/* --- the terminal --- */

static void top_write(const char *text, size_t len)
{
	while (len > 0) {
		ssize_t put = write(STDOUT_FILENO, text, len);

		if (put < 0 && errno != EINTR)
			return;
		text += put > 0 ? put : 0;
		len  -= put > 0 ? (size_t)put : 0;
	}
}

/* Keys arrive at once, without echo; ^C and ^Z keep their meaning. */
static void top_enter(const struct termios *before)
{
	struct termios keys = *before;

	keys.c_lflag &= (tcflag_t) ~(ICANON | ECHO);
	tcsetattr(STDIN_FILENO, TCSADRAIN, &keys);
	top_write(ENTER, sizeof(ENTER) - 1);
}

static void top_leave(const struct termios *before)
{
	top_write(LEAVE, sizeof(LEAVE) - 1);
	tcsetattr(STDIN_FILENO, TCSADRAIN, before);
}

/* --- a frame --- */

/* Lines, cut to fit the screen. */
struct top_frame {
	struct writer w;
	size_t        columns, rows;
	size_t        column, row;      /* of the next character */
};

static void top_end_line(struct top_frame *f)
{
	f->row++;
	f->column = 0;
	if (f->row < f->rows)
		write_text(&f->w, "\r\n" REST);
}

/* A long line continues on the next one; lines below the screen are dropped. */
static void top_take(void *owner, struct bytes text)
{
	struct top_frame *f = owner;

	while (text.len > 0 && f->row < f->rows) {
		uint32_t c;
		bool     is_seen;
		size_t   len = plain_character(text, &c, &is_seen);

		len = len > 0 ? len : 1;
		if (*text.at == '\n') {
			top_end_line(f);
		} else {
			if (f->column == f->columns)
				top_end_line(f);
			if (f->row < f->rows)
				write_bytes(&f->w, bytes_first(text, len));
			f->column++;
		}
		text = bytes_from(text, len);
	}
}

static void top_draw(const struct look *l)
{
	static uint8_t    room[FRAME_MAX];
	static struct text text;
	size_t            columns = screen_columns(), rows = screen_rows(), half;
	struct top_frame  f = { .w = writer_over(room, sizeof(room)), .columns = columns,
		                .rows = rows };

	half = rows > OTHER_ROWS + 4 ? (rows - OTHER_ROWS) / 2 : 2;
	/* Clear each line first: after its last column, clearing would erase a character. */
	write_text(&f.w, HOME REST);
	text_begin(&text, top_take, &f);
	board_text(&text, &l->board, columns, half, half);
	text_put(&text, "q quits");
	text_end(&text);
	if (f.row < f.rows && f.column < f.columns)
		write_text(&f.w, BELOW);
	top_write((const char *)room, f.w.len);
}

/* --- keys --- */

/* Stops the way the shell expects, with the terminal restored. */
static void top_stop(const struct termios *before, const sigset_t *open)
{
	sigset_t all;

	top_leave(before);
	signal(SIGTSTP, SIG_DFL);
	raise(SIGTSTP);
	sigprocmask(SIG_SETMASK, open, &all);
	/* It stops here, and continues later. */
	sigprocmask(SIG_SETMASK, &all, NULL);
	signal(SIGTSTP, top_catch);
	top_enter(before);
}

/* Waits up to two seconds. False: time to exit. */
static bool top_wait(const struct termios *before, const sigset_t *open)
{
	const struct timespec every = { .tv_sec = EVERY_S };
	struct pollfd         key   = { .fd = STDIN_FILENO, .events = POLLIN };
	char                  c     = 0;
	int                   num;

	caught = 0;
	num    = ppoll(&key, 1, &every, open);
	if (num < 0 && caught == SIGTSTP)
		top_stop(before, open);
	else if (num < 0 && caught != SIGWINCH && caught != SIGCONT)
		return false;
	if (num <= 0)
		return true;
	return read(STDIN_FILENO, &c, 1) == 1 && c != 'q' && c != 'Q' && c != 4;
}

static int top_run(const char *conf, const struct termios *before, const sigset_t *open)
{
	static struct look look;

	do {
		if (look_again(&look, conf) != 0)
			return EXIT_IO;
		top_draw(&look);
	} while (top_wait(before, open));
	look_free(&look);
	return EXIT_SUCCESS;
}

static bool top_is_terminal(struct termios *before)
{
	const char *kind = getenv("TERM");

	return isatty(STDOUT_FILENO) && tcgetattr(STDIN_FILENO, before) == 0 && kind != NULL &&
	       kind[0] != '\0' && strcmp(kind, "dumb") != 0;
}

int ctl_top(int argc, char **argv)
{
	struct termios before;
	sigset_t       ours, open;
	const char    *conf;
	int            status;

	if (!options_alone_read(WHO, argc, argv, usage, NULL, &conf, &status))
		return status;
	if (!top_is_terminal(&before))
		return complain(EXIT_USAGE, WHO,
		                "this is not a terminal; filterctl board prints it once");
	if (!timezone_take(WHO, NULL))
		return EXIT_USAGE;
	sigemptyset(&ours);
	for (size_t i = 0; i < COUNT(top_signals); i++) {
		sigaddset(&ours, top_signals[i]);
		signal(top_signals[i], top_catch);
	}
	sigprocmask(SIG_BLOCK, &ours, &open);
	top_enter(&before);
	status = top_run(conf, &before, &open);
	top_leave(&before);
	return status == EXIT_SUCCESS ? status : complain(status, WHO, "not enough memory");
}
