/* SPDX-License-Identifier: MIT */

/*
 * Present clients are served before new ones are accepted, and a client that has already sent its
 * line when it is accepted, like ours, is answered in the same turn: so no crowd can evict it.
 */

#include "os/control_socket.h"

#include "os/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define LET_IN_A_TURN 8
#define BACKLOG       16
#define PATIENCE_S    2                 /* of filterctl */
#define RELOAD_S      60                /* a million names take some seconds on a router */
#define ANSWER_MAX    65536             /* bytes; filterctl's limit */

struct client {
	int      fd;                    /* -1: nobody */
	uint64_t since;                 /* order of arrival; a growing number */
	size_t   len;
	uint8_t  line[CONTROL_LINE_MAX];
};

struct control_socket {
	int           fd;
	uint64_t      came;
	control_told *told;             /* NULL: nobody listens */
	void         *told_owner;
	struct client clients[CONTROL_CLIENTS];
	char          path[sizeof(((struct sockaddr_un *)0)->sun_path)];
};

/* Complete lines, and beginnings of lines. */
static const struct {
	const char          *text;
	bool                 is_whole;
	enum control_request request;
} requests[] = {
	{ "status",      true,  REQUEST_STATUS },
	{ "status json", true,  REQUEST_STATUS_JSON },
	{ "reload",      true,  REQUEST_RELOAD },
	{ "reload ",     false, REQUEST_RELOAD },
	{ "audit ",      false, REQUEST_ACCESS },
	{ "pause ",      false, REQUEST_PAUSE },
	{ "feed ",       false, REQUEST_FEED },
};

enum parse control_socket_read(struct bytes sent, enum control_request *out)
{
	const uint8_t *end  = sent.len > 0 ? memchr(sent.at, '\n', sent.len) : NULL;
	struct bytes   line = bytes_first(sent, end != NULL ? (size_t)(end - sent.at) : sent.len);

	if (end == NULL)
		return sent.len < CONTROL_LINE_MAX ? PARSE_MORE : PARSE_BAD;
	for (size_t i = 0; i < COUNT(requests); i++) {
		if (!bytes_begin(line, requests[i].text) ||
		    (requests[i].is_whole && line.len != strlen(requests[i].text)))
			continue;
		*out = requests[i].request;
		return PARSE_OK;
	}
	return PARSE_BAD;
}

void control_socket_on_told(struct control_socket *c, control_told *told, void *owner)
{
	if (c == NULL)
		return;
	c->told       = told;
	c->told_owner = owner;
}

/* Reports from other users are ignored. */
static void control_socket_take(const struct control_socket *c, const struct client *client,
                                const struct control_asker *asker)
{
	struct bytes all = bytes_of(client->line, client->len);

	if (c->told != NULL && asker->has_uid && asker->uid == 0)
		c->told(c->told_owner, bytes_cut_line(&all), asker->uid);
}

static int set_address(const char *path, struct sockaddr_un *out)
{
	*out = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof(out->sun_path))
		return -ENAMETOOLONG;
	memcpy(out->sun_path, path, strlen(path));
	return 0;
}

/* A connection to the present listener, or -errno. */
static int control_socket_reach(const struct sockaddr_un *address, int flags)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);

	if (fd >= 0 && connect(fd, (const struct sockaddr *)address, sizeof(*address)) != 0) {
		int error = -errno;

		close(fd);
		return error;
	}
	return fd >= 0 ? fd : -errno;
}

/* 0 if the path is free now. It never removes a file that is not a socket. */
static int make_room(const struct sockaddr_un *address)
{
	struct stat st;
	int         fd;

	if (lstat(address->sun_path, &st) != 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(st.st_mode))
		return -EEXIST;
	fd = control_socket_reach(address, SOCK_NONBLOCK);
	if (fd >= 0)
		close(fd);
	if (fd >= 0 || fd == -EAGAIN)
		return -EADDRINUSE;
	return unlink(address->sun_path) == 0 ? 0 : -errno;
}

/*
 * The socket gets its mode before its name, so nobody can redirect a chmod() to another file.
 */
static int listen_at(const struct sockaddr_un *address, int *fd_out)
{
	int    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), error = 0;
	mode_t mask;

	if (fd < 0)
		return -errno;
	mask = umask(0);
	if (fchmod(fd, 0666) != 0 ||
	    bind(fd, (const struct sockaddr *)address, sizeof(*address)) != 0 ||
	    listen(fd, BACKLOG) != 0)
		error = -errno;
	umask(mask);
	if (error != 0)
		close(fd);
	else
		*fd_out = fd;
	return error;
}

static int control_socket_complain(struct problem *problem, int error, const char *path)
{
	return problem_say(problem, error, "[daemon] control '%.200s': %s", path,
	                   error == -EADDRINUSE ? "another filterd answers there"
	                   : error == -EEXIST ? "there is a file that is not a socket"
	                   : strerror(-error));
}

int control_socket_open(const char *path, const char *user, struct control_socket **out,
                        struct problem *problem_out)
{
	struct control_socket *c     = calloc(1, sizeof(*c));
	int                    error = c == NULL ? -ENOMEM : 0;
	struct sockaddr_un     address;

	if (error == 0)
		error = set_address(path, &address);
	if (error == 0)
		error = files_make_folder_of(path, 0755, user);
	if (error == 0)
		error = make_room(&address);
	if (error == 0)
		error = listen_at(&address, &c->fd);
	if (error != 0) {
		free(c);
		return control_socket_complain(problem_out, error, path);
	}
	memcpy(c->path, address.sun_path, sizeof(c->path));
	for (size_t i = 0; i < CONTROL_CLIENTS; i++)
		c->clients[i].fd = -1;
	*out = c;
	return 0;
}

static void send_away(struct client *client)
{
	if (client->fd >= 0)
		close(client->fd);
	client->fd = -1;
}

void control_socket_close(struct control_socket *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < CONTROL_CLIENTS; i++)
		send_away(&c->clients[i]);
	/* Confinement may forbid this now; the next filterd removes the socket. */
	unlink(c->path);
	close(c->fd);
	free(c);
}

size_t control_socket_poll(const struct control_socket *c, struct pollfd *fds)
{
	if (c == NULL)
		return 0;
	fds[0] = (struct pollfd){ .fd = c->fd, .events = POLLIN };
	/* poll(2) ignores a negative descriptor. */
	for (size_t i = 0; i < CONTROL_CLIENTS; i++)
		fds[1 + i] = (struct pollfd){ .fd = c->clients[i].fd, .events = POLLIN };
	return CONTROL_FDS;
}

/* The client's line after the first word. */
static struct bytes control_socket_words(const struct client *client)
{
	struct bytes all = bytes_of(client->line, client->len), line = bytes_cut_line(&all);

	bytes_cut_word(&line);
	return line;
}

/* Sends all of the answer or nothing: a socket's buffer is larger than an answer. */
static void control_socket_give(const struct client *client, struct bytes answer)
{
	if (answer.len > 0 &&
	    send(client->fd, answer.at, answer.len, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		return;
}

/*
 * Reads more of the client's request; clears the client after the answer, or after anything else.
 */
static void control_socket_hear(const struct control_socket *c, struct client *client,
                                control_answer *answer, void *owner)
{
	struct control_asker asker;
	enum control_request request;
	ssize_t              got = recv(client->fd, client->line + client->len,
	                                sizeof(client->line) - client->len, MSG_DONTWAIT);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	client->len += got > 0 ? (size_t)got : 0;
	switch (got <= 0 ? PARSE_BAD
	                 : control_socket_read(bytes_of(client->line, client->len), &request)) {
	case PARSE_MORE:
		return;
	case PARSE_OK:
		asker = asker_of_peer(client->fd, "filterctl");
		if (request == REQUEST_ACCESS)
			control_socket_take(c, client, &asker);
		else
			control_socket_give(client, answer(owner, request,
			                                        control_socket_words(client),
			                                        &asker));
		break;
	case PARSE_BAD:
		break;
	}
	send_away(client);
}

/* A free slot, or that of the oldest client. */
static struct client *place(struct control_socket *c)
{
	struct client *oldest = &c->clients[0];

	for (size_t i = 0; i < CONTROL_CLIENTS; i++) {
		if (c->clients[i].fd < 0)
			return &c->clients[i];
		if (c->clients[i].since < oldest->since)
			oldest = &c->clients[i];
	}
	send_away(oldest);
	return oldest;
}

static void let_in(struct control_socket *c, control_answer *answer, void *owner)
{
	for (int i = 0; i < LET_IN_A_TURN; i++) {
		int            fd = accept4(c->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		struct client *client;

		if (fd < 0)
			return;
		client  = place(c);
		*client = (struct client){ .fd = fd, .since = ++c->came };
		control_socket_hear(c, client, answer, owner);
	}
}

void control_socket_serve(struct control_socket *c, const struct pollfd *fds,
                          control_answer *answer, void *owner)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < CONTROL_CLIENTS; i++) {
		if (c->clients[i].fd >= 0 && fds[1 + i].revents != 0)
			control_socket_hear(c, &c->clients[i], answer, owner);
	}
	if (fds[0].revents != 0)
		let_in(c, answer, owner);
}

static int send_line(int fd, struct bytes line)
{
	char          text[CONTROL_LINE_MAX];
	struct writer w = writer_over(text, sizeof(text));

	write_bytes(&w, line);
	write_text(&w, "\n");
	if (w.full)
		return -EMSGSIZE;
	return send(fd, text, w.len, MSG_NOSIGNAL) == (ssize_t)w.len ? 0 : -EPROTO;
}

/* Up to the end of the stream. */
static int receive_answer(int fd, char **out)
{
	char   *answer = malloc(ANSWER_MAX);
	size_t  len    = 0;
	ssize_t got    = 1;

	if (answer == NULL)
		return -ENOMEM;
	while (got > 0 && len < ANSWER_MAX - 1) {
		got = recv(fd, answer + len, ANSWER_MAX - 1 - len, 0);
		len += got > 0 ? (size_t)got : 0;
	}
	if (got < 0 || len == 0) {
		int error = got < 0 && errno == EAGAIN ? -ETIMEDOUT : -EPROTO;

		free(answer);
		return error;
	}
	answer[len] = '\0';
	*out = answer;
	return 0;
}

/*
 * A connection, or -errno. Non-blocking: a hanging filterd has a queue of clients that are not
 * accepted.
 */
static int control_socket_call(const char *path)
{
	struct sockaddr_un address;
	int                error = path[0] != '\0' ? set_address(path, &address) : -ENOENT;

	return error != 0 ? error : control_socket_reach(&address, SOCK_NONBLOCK);
}

int control_socket_tell(const char *path, struct bytes line)
{
	int error, fd = control_socket_call(path);

	if (fd < 0)
		return fd;
	error = send_line(fd, line);
	close(fd);
	return error;
}

int control_socket_ask(const char *path, struct bytes line, char **answer_out)
{
	const struct timeval patience = {
		.tv_sec = bytes_begin(line, "reload") ? RELOAD_S : PATIENCE_S,
	};
	int error, fd = control_socket_call(path);

	if (fd < 0)
		return fd == -EAGAIN ? -ETIMEDOUT : fd;
	fcntl(fd, F_SETFL, 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	error = send_line(fd, line);
	if (error == 0)
		error = receive_answer(fd, answer_out);
	close(fd);
	return error;
}
