/* SPDX-License-Identifier: MIT */

/* Whoever asks on the control socket, and whoever would rather be in the way. */

#include "os/control_socket.h"
#include "support/suite.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static char                   folder[64], path[96];
static struct control_socket *control;
static struct problem         problem;
static unsigned               asked;

#define SIXTY_FOUR "statusstatusstatusstatusstatusststatusstatusstatusstatusstatusst"

static const struct { const char *what; struct bytes sent; enum parse want; } lines[] = {
	{ "another word",             BYTES("stats\n"), PARSE_BAD },
	{ "a word more",              BYTES("status jsonp\n"), PARSE_BAD },
	{ "nothing",                  BYTES("\n"), PARSE_BAD },
	{ "a NUL",                    BYTES("status\0\n"), PARSE_BAD },
	{ "a line that has no end",
	  BYTES(SIXTY_FOUR SIXTY_FOUR SIXTY_FOUR SIXTY_FOUR SIXTY_FOUR SIXTY_FOUR), PARSE_BAD },
	{ "a byte less, no end yet",
	  BYTES(SIXTY_FOUR SIXTY_FOUR SIXTY_FOUR SIXTY_FOUR SIXTY_FOUR
	        "statusstatusstatusstatusstatusststatusstatusstatusstatusstatuss"), PARSE_MORE },
	{ "what a feed found",        BYTES("feed refused - no\n"), PARSE_OK },
	{ "a pause",                  BYTES("pause 900 a reason\n"), PARSE_OK },
	{ "a pause of nothing",       BYTES("pause\n"), PARSE_BAD },
	{ "that the log was read",    BYTES("audit verify declared 1000\n"), PARSE_OK },
	{ "a reload",                 BYTES("reload\n"), PARSE_OK },
	{ "a reload with a reason",   BYTES("reload waive by jb: a test\n"), PARSE_OK },
	{ "a reload of nothing",      BYTES("reloaded\n"), PARSE_BAD },
	{ "nothing yet",              BYTES(""), PARSE_MORE },
	{ "a part of it",             BYTES("statu"), PARSE_MORE },
	{ "the whole line",           BYTES("status\n"), PARSE_OK },
	{ "as JSON",                  BYTES("status json\n"), PARSE_OK },
};

START_TEST(a_request_is_one_known_line)
{
	enum control_request request;

	ck_assert_msg(control_socket_read(lines[_i].sent, &request) == lines[_i].want, "%s",
	              lines[_i].what);
}

static void begin(void)
{
	snprintf(folder, sizeof(folder), "/tmp/control-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/made/control", folder);
	asked = 0;
	umask(077);
	ck_assert_int_eq(control_socket_open(path, "", &control, &problem), 0);
}

static void end(void)
{
	char made[80];

	control_socket_close(control);
	ck_assert_int_ne(access(path, F_OK), 0);
	snprintf(made, sizeof(made), "%s/made", folder);
	rmdir(made);
	rmdir(folder);
}

static struct bytes answer(void *owner, enum control_request request, struct bytes words,
                           const struct control_asker *asker)
{
	if (request == REQUEST_PAUSE)
		return bytes_equal(words, BYTES("900 a reason")) ? BYTES("0\npaused\n")
		                                                 : BYTES("1\nwrong\n");
	ck_assert(asker->has_uid);
	ck_assert_uint_eq(asker->uid, getuid());
	asked++;
	return request == REQUEST_STATUS ? *(struct bytes *)owner : BYTES("{}\n");
}

static struct bytes good = BYTES("0\ngood\n");

/* All that is there to be done, without waiting for more. */
static void serve(void)
{
	struct pollfd fds[CONTROL_FDS];

	while (poll(fds, (nfds_t)control_socket_poll(control, fds), 0) > 0)
		control_socket_serve(control, fds, answer, &good);
}

static int connected(void)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int                fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memcpy(to.sun_path, path, strlen(path));
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	return fd;
}

static void expect_answer(int fd, const char *want)
{
	char    got[64] = "";
	ssize_t len     = recv(fd, got, sizeof(got) - 1, MSG_DONTWAIT);

	ck_assert_msg(len == (ssize_t)strlen(want) && strcmp(got, want) == 0,
	              "wanted '%s', got '%s'", want, got);
	close(fd);
}

START_TEST(anybody_may_ask)
{
	struct stat st;

	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0666);
}

static void ask_twice(void)
{
	int one = connected(), two = connected();

	ck_assert_int_eq(write(one, "status\n", 7), 7);
	ck_assert_int_eq(write(two, "status js", 9), 9);
	serve();
	expect_answer(one, "0\ngood\n");
	ck_assert_int_eq(write(two, "on\n", 3), 3);
	serve();
	expect_answer(two, "{}\n");
}

START_TEST(a_line_gets_its_answer_whether_in_one_piece_or_two)
{
	ask_twice();
}

START_TEST(who_sends_anything_else_is_sent_away)
{
	int  fd = connected();
	char got;

	ck_assert_int_eq(write(fd, "rotate\n", 7), 7);
	serve();
	ck_assert_int_eq(recv(fd, &got, 1, MSG_DONTWAIT), 0);
	ck_assert_uint_eq(asked, 0);
	close(fd);
}

START_TEST(a_crowd_that_says_nothing_keeps_nobody_out)
{
	int crowd[40], fd;

	for (size_t i = 0; i < COUNT(crowd); i++) {
		crowd[i] = connected();
		serve();
	}
	fd = connected();
	ck_assert_int_eq(write(fd, "status\n", 7), 7);
	serve();
	expect_answer(fd, "0\ngood\n");
	for (size_t i = 0; i < COUNT(crowd); i++)
		close(crowd[i]);
}

START_TEST(who_asks_and_goes_does_no_harm)
{
	int fd = connected();

	ck_assert_int_eq(write(fd, "status\n", 7), 7);
	close(fd);
	serve();
	fd = connected();
	ck_assert_int_eq(write(fd, "status\n", 7), 7);
	serve();
	expect_answer(fd, "0\ngood\n");
}

/* More than a socket takes, for a client that reads nothing. */
START_TEST(an_answer_that_does_not_fit_is_not_waited_for)
{
	static uint8_t much[4 << 20];
	int            fd = connected();

	good = bytes_of(much, sizeof(much));
	ck_assert_int_eq(write(fd, "status\n", 7), 7);
	serve();
	ck_assert_uint_eq(asked, 1);
	good = BYTES("0\ngood\n");
	close(fd);
}

START_TEST(a_filterd_that_answers_keeps_its_socket)
{
	struct control_socket *second;

	ck_assert_int_eq(control_socket_open(path, "", &second, &problem), -EADDRINUSE);
	ck_assert_ptr_nonnull(strstr(problem.text, "another filterd answers there"));
	ask_twice();
}

/* As kill -9 leaves it: a name without anybody behind it. */
static void leave_name(const char *at)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int                fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memcpy(to.sun_path, at, strlen(at));
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	close(fd);
}

START_TEST(what_a_killed_filterd_left_is_no_hindrance)
{
	struct control_socket *next;
	char                   left[110];

	snprintf(left, sizeof(left), "%s.left", path);
	leave_name(left);
	ck_assert_int_eq(control_socket_open(left, "", &next, &problem), 0);
	control_socket_close(next);
}

START_TEST(a_file_of_somebody_else_stays)
{
	struct control_socket *next;
	char                   file[110];
	FILE                  *made;

	snprintf(file, sizeof(file), "%s.file", path);
	made = fopen(file, "we");
	ck_assert_ptr_nonnull(made);
	fclose(made);
	ck_assert_int_eq(control_socket_open(file, "", &next, &problem), -EEXIST);
	ck_assert_int_eq(unlink(file), 0);
}

START_TEST(a_path_that_no_socket_can_have_is_refused)
{
	struct control_socket *next;
	char                   longest[300];

	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	ck_assert_int_eq(control_socket_open(longest, "", &next, &problem), -ENAMETOOLONG);
}

static void *serve_one(void *unused)
{
	struct pollfd fds[CONTROL_FDS];

	while (asked == 0 && poll(fds, (nfds_t)control_socket_poll(control, fds), 5000) > 0)
		control_socket_serve(control, fds, answer, &good);
	return unused;
}

static char told[CONTROL_LINE_MAX];

static void take_told(void *owner, struct bytes line, uint32_t uid)
{
	(void)owner;
	ck_assert_uint_eq(uid, 0);
	snprintf(told, sizeof(told), "%.*s", (int)line.len, (const char *)line.at);
	asked++;
}

/* Who else reads the log is not believed. */
START_TEST(what_root_tells_is_heard)
{
	if (geteuid() != 0)
		return;
	control_socket_on_told(control, take_told, NULL);
	ck_assert_int_eq(control_socket_tell(path, BYTES("audit verify declared 1000")), 0);
	serve();
	ck_assert_str_eq(told, "audit verify declared 1000");
}

START_TEST(filterctl_gets_the_answer)
{
	pthread_t server;
	char     *got = NULL;

	ck_assert_int_eq(pthread_create(&server, NULL, serve_one, NULL), 0);
	ck_assert_int_eq(control_socket_ask(path, BYTES("status json"), &got), 0);
	pthread_join(server, NULL);
	ck_assert_str_eq(got, "{}\n");
	free(got);
}

START_TEST(filterctl_is_told_that_nobody_is_there)
{
	char *got, left[110];

	snprintf(left, sizeof(left), "%s.left", path);
	ck_assert_int_eq(control_socket_ask(left, BYTES("status"), &got), -ENOENT);
	leave_name(left);
	ck_assert_int_eq(control_socket_ask(left, BYTES("status"), &got), -ECONNREFUSED);
	unlink(left);
}

START_TEST(filterctl_does_not_wait_for_ever)
{
	char *got;

	ck_assert_int_eq(control_socket_ask(path, BYTES("status"), &got), -ETIMEDOUT);
}

int main(void)
{
	Suite *s = suite_create("control_socket");
	TCase *t = tcase_create("control_socket");

	tcase_add_loop_test(t, a_request_is_one_known_line, 0, COUNT(lines));
	suite_add_tcase(s, t);
	t = tcase_create("socket");
	tcase_add_checked_fixture(t, begin, end);
	tcase_set_timeout(t, 20);
	tcase_add_test(t, anybody_may_ask);
	tcase_add_test(t, a_line_gets_its_answer_whether_in_one_piece_or_two);
	tcase_add_test(t, who_sends_anything_else_is_sent_away);
	tcase_add_test(t, a_crowd_that_says_nothing_keeps_nobody_out);
	tcase_add_test(t, who_asks_and_goes_does_no_harm);
	tcase_add_test(t, an_answer_that_does_not_fit_is_not_waited_for);
	tcase_add_test(t, a_filterd_that_answers_keeps_its_socket);
	tcase_add_test(t, what_a_killed_filterd_left_is_no_hindrance);
	tcase_add_test(t, a_file_of_somebody_else_stays);
	tcase_add_test(t, a_path_that_no_socket_can_have_is_refused);
	tcase_add_test(t, filterctl_gets_the_answer);
	tcase_add_test(t, what_root_tells_is_heard);
	tcase_add_test(t, filterctl_is_told_that_nobody_is_there);
	tcase_add_test(t, filterctl_does_not_wait_for_ever);
	suite_add_tcase(s, t);
	return suite_run(s);
}
