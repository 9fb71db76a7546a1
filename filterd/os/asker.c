/* SPDX-License-Identifier: MIT */

#include "os/asker.h"

#include "os/files.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* proc_pid_loginuid(5): a number; the largest one means no login. */
static bool read_login(const char *path, uint32_t *out)
{
	char text[16], *end;

	if (!files_first_line(path, text, sizeof(text)))
		return false;
	*out = (uint32_t)strtoul(text, &end, 10);
	return end != text;
}

static void find_login(struct control_asker *a, uint32_t pid)
{
	char path[40];

	snprintf(path, sizeof(path), "/proc/%u/loginuid", pid);
	a->has_login_uid = pid != 0 && read_login(path, &a->login_uid);
}

struct control_asker asker_of_signal(const struct signalfd_siginfo *info, const char *by)
{
	struct control_asker a = { .by = by };

	/* sigaction(2): other signals, such as the kernel's, have no sender. */
	if (info->ssi_code != SI_USER && info->ssi_code != SI_QUEUE && info->ssi_code != SI_TKILL)
		return a;
	a.has_uid = true;
	a.uid     = info->ssi_uid;
	find_login(&a, info->ssi_pid);
	return a;
}

struct control_asker asker_of_peer(int fd, const char *by)
{
	struct control_asker a = { .by = by };
	struct ucred         peer;
	socklen_t            len = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) != 0)
		return a;
	a.has_uid = true;
	a.uid     = peer.uid;
	find_login(&a, (uint32_t)peer.pid);
	return a;
}

struct control_asker asker_of_start(void)
{
	struct control_asker a = { .by = "start", .has_uid = true, .uid = getuid() };

	a.has_login_uid = read_login("/proc/self/loginuid", &a.login_uid);
	return a;
}
