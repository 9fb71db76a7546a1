/* SPDX-License-Identifier: MIT */

/*
 * The table of queues has the port id of the socket, the table of netlink sockets its inode, and
 * /proc/PID/fd the process that holds it. A service manager that keeps queues over a restart holds
 * them, too.
 */

#include "queue/queue_holder.h"

#include <dirent.h>
#include <errno.h>
#include <linux/netlink.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define QUEUES  "/proc/net/netfilter/nfnetlink_queue"
#define SOCKETS "/proc/net/netlink"

/* The kernel prints it signed in one table and unsigned in the other. */
static int find_port(uint32_t number, uint32_t *port_out)
{
	FILE     *file = fopen(QUEUES, "re");
	char      line[256];
	int       error = file == NULL ? -errno : -ENOENT;
	long long queue, port;

	while (file != NULL && error != 0 && fgets(line, sizeof(line), file) != NULL) {
		if (sscanf(line, "%lld %lld", &queue, &port) == 2 && queue == (long long)number) {
			*port_out = (uint32_t)port;
			error     = 0;
		}
	}
	if (file != NULL)
		fclose(file);
	return error;
}

static int find_inode(uint32_t port, unsigned long *inode_out)
{
	FILE         *file = fopen(SOCKETS, "re");
	char          line[256];
	int           error = file == NULL ? -errno : -ESRCH, protocol;
	long long     of;
	unsigned long inode;

	while (file != NULL && error != 0 && fgets(line, sizeof(line), file) != NULL) {
		if (sscanf(line, "%*s %d %lld %*s %*s %*s %*s %*s %*s %lu", &protocol, &of,
		           &inode) == 3 &&
		    protocol == NETLINK_NETFILTER && (uint32_t)of == port) {
			*inode_out = inode;
			error      = 0;
		}
	}
	if (file != NULL)
		fclose(file);
	return error;
}

static bool holds(const char *pid, unsigned long inode)
{
	char           path[300], wanted[64], target[64];
	DIR           *folder;
	struct dirent *entry;
	bool           found = false;

	snprintf(wanted, sizeof(wanted), "socket:[%lu]", inode);
	snprintf(path, sizeof(path), "/proc/%.200s/fd", pid);
	folder = opendir(path);
	while (folder != NULL && !found && (entry = readdir(folder)) != NULL) {
		ssize_t len = readlinkat(dirfd(folder), entry->d_name, target, sizeof(target) - 1);

		target[len > 0 ? len : 0] = '\0';
		found = strcmp(target, wanted) == 0;
	}
	if (folder != NULL)
		closedir(folder);
	return found;
}

static pid_t find_process(unsigned long inode, pid_t prefer)
{
	DIR           *all = opendir("/proc");
	struct dirent *entry;
	pid_t          found = 0;

	while (all != NULL && (found == 0 || found != prefer) && (entry = readdir(all)) != NULL) {
		pid_t pid = (pid_t)atoi(entry->d_name);

		if (pid > 0 && holds(entry->d_name, inode))
			found = pid;
	}
	if (all != NULL)
		closedir(all);
	return found;
}

static void queue_holder_read_name(pid_t pid, char out[HOLDER_NAME_MAX])
{
	char  path[64];
	FILE *file;

	snprintf(out, HOLDER_NAME_MAX, "?");
	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	file = fopen(path, "re");
	if (file == NULL)
		return;
	if (fgets(out, HOLDER_NAME_MAX, file) != NULL)
		out[strcspn(out, "\n")] = '\0';
	fclose(file);
}

int queue_holder(uint32_t number, pid_t prefer, pid_t *pid_out, char name_out[HOLDER_NAME_MAX])
{
	uint32_t      port  = 0;
	unsigned long inode = 0;
	int           error = find_port(number, &port);

	if (error == 0)
		error = find_inode(port, &inode);
	if (error != 0)
		return error;
	*pid_out = find_process(inode, prefer);
	if (*pid_out == 0)
		return -ESRCH;
	queue_holder_read_name(*pid_out, name_out);
	return 0;
}
