/* SPDX-License-Identifier: MIT */

#include "os/notify.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define FIRST_FD 3              /* sd_listen_fds(3) */
#define KEPT_MAX 32
#define NAME_MAX_BYTES 64

static int      manager = -1;   /* connected datagram socket */
static uint64_t watchdog_us;
static size_t   num_kept;
static struct { int fd; char name[NAME_MAX_BYTES]; } kept[KEPT_MAX];    /* fd -1: taken */

/* A number from the environment; 0 if it is not one. */
static uint64_t notify_number_of(const char *name)
{
	const char *text = getenv(name);
	char       *end;
	uint64_t    value;

	if (text == NULL)
		return 0;
	errno = 0;
	value = strtoull(text, &end, 10);
	return errno == 0 && *end == '\0' ? value : 0;
}

/* '@' begins the name of an abstract socket. */
static int connect_to(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t             len     = strlen(path);
	int                fd;

	if (len < 2 || len >= sizeof(address.sun_path) || (path[0] != '/' && path[0] != '@'))
		return -1;
	memcpy(address.sun_path, path, len);
	if (path[0] == '@')
		address.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (const struct sockaddr *)&address,
	                       (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Names are in the order of the descriptors, separated by colons. */
static void notify_take_kept(void)
{
	const char *names = getenv("LISTEN_FDNAMES");
	uint64_t    num   = notify_number_of("LISTEN_FDS");

	if (notify_number_of("LISTEN_PID") != (uint64_t)getpid() || names == NULL)
		return;
	for (uint64_t i = 0; i < num && num_kept < KEPT_MAX; i++) {
		size_t len = strcspn(names, ":");
		int    fd  = FIRST_FD + (int)i;

		fcntl(fd, F_SETFD, FD_CLOEXEC);
		if (len < NAME_MAX_BYTES) {
			kept[num_kept].fd = fd;
			snprintf(kept[num_kept++].name, NAME_MAX_BYTES, "%.*s", (int)len, names);
		}
		names += len + (names[len] == ':');
	}
}

void notify_open(void)
{
	const char *path = getenv("NOTIFY_SOCKET");

	if (path != NULL)
		manager = connect_to(path);
	if (getenv("WATCHDOG_PID") == NULL ||
	    notify_number_of("WATCHDOG_PID") == (uint64_t)getpid())
		watchdog_us = notify_number_of("WATCHDOG_USEC");
	notify_take_kept();
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
}

void notify_close(void)
{
	if (manager >= 0)
		close(manager);
	manager = -1;
	for (size_t i = 0; i < num_kept; i++) {
		if (kept[i].fd >= 0)
			close(kept[i].fd);
	}
	num_kept = 0;
}

bool notify_is_there(void)
{
	return manager >= 0;
}

/* The manager may be slow or gone: filterd does not wait for it. */
static void send_with(const char *what, int fd)
{
	struct iovec  vector  = { .iov_base = (void *)(uintptr_t)what, .iov_len = strlen(what) };
	struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1 };
	union {
		char           room[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = { { 0 } };

	if (manager < 0)
		return;
	if (fd >= 0) {
		struct cmsghdr *c;

		message.msg_control    = control.room;
		message.msg_controllen = sizeof(control.room);
		c             = CMSG_FIRSTHDR(&message);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type  = SCM_RIGHTS;
		c->cmsg_len   = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &fd, sizeof(int));
	}
	while (sendmsg(manager, &message, MSG_NOSIGNAL) < 0 && errno == EINTR)
		;
}

void notify_say(const char *what)
{
	send_with(what, -1);
}

void notify_keep(const char *name, int fd)
{
	char what[NAME_MAX_BYTES + 32];

	snprintf(what, sizeof(what), "FDSTORE=1\nFDNAME=%s", name);
	send_with(what, fd);
}

int notify_kept(const char *name)
{
	for (size_t i = 0; i < num_kept; i++) {
		int fd = kept[i].fd;

		if (fd < 0 || strcmp(kept[i].name, name) != 0)
			continue;
		kept[i].fd = -1;
		return fd;
	}
	return -1;
}

void notify_forget_all(void)
{
	char what[NAME_MAX_BYTES + 32];

	for (size_t i = 0; i < num_kept; i++) {
		snprintf(what, sizeof(what), "FDSTOREREMOVE=1\nFDNAME=%s", kept[i].name);
		send_with(what, -1);
	}
}

uint64_t notify_watchdog_us(void)
{
	return watchdog_us;
}

void notify_alive(void)
{
	send_with("WATCHDOG=1", -1);
}
