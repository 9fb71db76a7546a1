/* SPDX-License-Identifier: MIT */

/*
 * filterd's needs from the kernel: permissions, a queue of its own, and connection tracking that
 * counts and reassembles fragments.
 */

#include "ctl/doctor/doctor.h"

#include "ctl/service.h"
#include "queue/queue_holder.h"
#include "queue/queue_table.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CAP_NET_ADMIN_BIT (UINT64_C(1) << 12)
#define CAP_NET_RAW_BIT   (UINT64_C(1) << 13)
#define NETFILTER         "/proc/sys/net/netfilter/"

static bool read_capabilities(const char *path, const char *field, uint64_t *out)
{
	char               line[256];
	unsigned long long value;
	size_t             len   = strlen(field);
	bool               found = false;
	FILE              *file  = fopen(path, "re");

	while (file != NULL && !found && fgets(line, sizeof(line), file) != NULL)
		found = strncmp(line, field, len) == 0 && sscanf(line + len, "%llx", &value) == 1;
	if (file != NULL)
		fclose(file);
	if (found)
		*out = value;
	return found;
}

static void check_running(struct doctor *d)
{
	if (d->filterd != 0)
		doctor_ok(d, "running", "filterd runs, process %d", (int)d->filterd);
	else if (doctor_is_hidden(d->filterd_error))
		doctor_unknown(d, "running");
	else
		doctor_say(d, HEALTH_BROKEN, "running", service_words()->start,
		           "no filterd writes to %s", d->settings.audit_file);
}

static void check_capability(struct doctor *d)
{
	char     path[64];
	uint64_t has = 0;

	if (d->filterd != 0) {
		snprintf(path, sizeof(path), "/proc/%d/status", (int)d->filterd);
		if (read_capabilities(path, "CapEff:", &has) && (has & CAP_NET_ADMIN_BIT) == 0)
			doctor_say(d, HEALTH_BROKEN, "capability",
			           "start filterd as root, or with CAP_NET_ADMIN and CAP_NET_RAW",
			           "filterd lacks CAP_NET_ADMIN: the kernel accepts no verdict "
			           "from it");
		else
			doctor_ok(d, "capability", "filterd has CAP_NET_ADMIN");
		return;
	}
	if (doctor_is_hidden(d->filterd_error))
		doctor_unknown(d, "capability");
	else if (read_capabilities("/proc/self/status", "CapBnd:", &has) &&
	    (has & CAP_NET_ADMIN_BIT && has & CAP_NET_RAW_BIT))
		doctor_ok(d, "capability", "filterd could get CAP_NET_ADMIN and CAP_NET_RAW here");
	else
		doctor_say(d, HEALTH_BROKEN, "capability",
		           "give the container CAP_NET_ADMIN and CAP_NET_RAW",
		           "no program started here can have CAP_NET_ADMIN and CAP_NET_RAW");
}

static void check_holder(struct doctor *d, uint32_t number)
{
	char  name[HOLDER_NAME_MAX];
	pid_t pid   = 0;
	int   error = queue_holder(number, d->filterd, &pid, name);

	if (doctor_is_hidden(error) || (error == -ESRCH && geteuid() != 0))
		doctor_unknown(d, "queue");
	else if (error == -ENOENT && d->filterd != 0)
		doctor_say(d, HEALTH_BROKEN, "queue", service_words()->restart,
		           "no program listens on queue %u", number);
	else if (error == -ENOENT)
		doctor_ok(d, "queue", "queue %u is free", number);
	else if (error != 0)
		doctor_say(d, HEALTH_ATTENTION, "queue",
		           "look for another user of NFQUEUE, in other network namespaces too",
		           "queue %u: its owner is unknown: %s", number, strerror(-error));
	else if (pid != d->filterd)
		doctor_say(d, HEALTH_BROKEN, "queue",
		           "stop it, or set [queue] first to another number and install the rules "
		           "again",
		           "another program has queue %u: %s, process %d", number, name, (int)pid);
	else
		doctor_ok(d, "queue", "filterd has queue %u", number);
}

static void check_drops(struct doctor *d, int fd)
{
	struct control_queue queues[CONTROL_QUEUES];
	size_t num = queue_table_now(fd, d->settings.first, SETTINGS_QUEUES(&d->settings),
	                                              queues);
	uint64_t             lost = 0;

	for (size_t i = 0; i < num; i++)
		lost += queues[i].drops + queues[i].user_drops;
	if (lost > 0)
		doctor_say(d, HEALTH_ATTENTION, "queue-length",
		           "raise workers, length or buffer in [queue], then restart filterd",
		           "the kernel dropped %llu packets since the queue was bound: it, or its "
		           "socket, was full",
		           (unsigned long long)lost);
	else
		doctor_ok(d, "queue-length",
		           "no packet was dropped; without filterd, or with a full queue, they %s",
		           d->settings.on_failure == ON_FAILURE_OPEN
		                   ? "pass unseen (on-failure = open)"
		                   : "are dropped (on-failure = closed)");
}

static void check_queues(struct doctor *d)
{
	int fd = queue_table_open();

	if (doctor_is_hidden(fd)) {
		doctor_unknown(d, "nfqueue");
		doctor_unknown(d, "queue");
		doctor_unknown(d, "queue-length");
		return;
	}
	if (fd < 0) {
		doctor_say(d, HEALTH_BROKEN, "nfqueue", "modprobe nfnetlink_queue",
		           "this kernel has no NFQUEUE: %s", strerror(-fd));
		return;
	}
	doctor_ok(d, "nfqueue", "the kernel has NFQUEUE");
	for (uint32_t i = 0; i < SETTINGS_QUEUES(&d->settings); i++)
		check_holder(d, d->settings.first + i);
	check_drops(d, fd);
	close(fd);
}

static void check_fragments(struct doctor *d)
{
	static const struct { const char *path, *remedy, *family; } rooms[] = {
		{ "/proc/sys/net/ipv4/ipfrag_high_thresh",
		  "sysctl -w net.ipv4.ipfrag_high_thresh=4194304", "IPv4" },
		{ NETFILTER "nf_conntrack_frag6_high_thresh",
		  "sysctl -w net.netfilter.nf_conntrack_frag6_high_thresh=4194304", "IPv6" },
	};
	uint64_t bytes;

	for (size_t i = 0; i < COUNT(rooms); i++) {
		if (!doctor_read_number(rooms[i].path, &bytes)) {
			doctor_say(d, HEALTH_ATTENTION, "fragments", "filterctl rules install",
			           "%s: connection tracking, which reassembles fragments, is "
			           "missing",
			           rooms[i].family);
			return;
		}
		if (bytes == 0) {
			doctor_say(d, HEALTH_ATTENTION, "fragments", rooms[i].remedy,
			           "%s: there is no room to reassemble fragments",
			           rooms[i].family);
			return;
		}
	}
	doctor_ok(d, "fragments", "fragments are reassembled before they are queued");
}

static void check_untracked(struct doctor *d)
{
	const struct foreign_rules *o = &d->foreign;

	if (o->is_unknown)
		doctor_unknown(d, "untracked");
	else if (o->num[FOREIGN_UNTRACKED] > 0)
		doctor_say(d, HEALTH_ATTENTION, "untracked",
		           "delete that rule, or confine it to what needs no filter",
		           "a rule in %s keeps packets from connection tracking, so their flows "
		           "are never decided: %s",
		           DOCTOR_FIRST(d, UNTRACKED));
	else
		doctor_ok(d, "untracked", "no rule keeps packets from connection tracking");
}

void doctor_kernel(struct doctor *d)
{
	check_running(d);
	check_capability(d);
	check_queues(d);
	check_fragments(d);
	check_untracked(d);
}
