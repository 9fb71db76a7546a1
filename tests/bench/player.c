/* SPDX-License-Identifier: MIT */

/*
 * Plays what the clients of captures sent, from fresh addresses each time, and tells what a packet
 * cost.
 *
 *     player flood INTERFACE MAC ROUNDS PACKETS CAPTURE...
 *     player drain INTERFACE MAC ROUNDS PACKETS PID CAPTURE...
 *
 * flood sends ROUNDS times PACKETS, one system call for many. What it says is of the sender: all
 * that the kernel does with a packet up to a queue, or up to its end, happens in the sender's time.
 *
 * drain asks what the other side of the queue costs, without the sender's share: each round stops
 * the process PID, fills its queues with PACKETS, lets it go, and waits until the queues are empty.
 * Counted is the processor time that the process got meanwhile, which other programs on the machine
 * change little. That time has the way of an accepted packet to the next interface in it.
 *
 * One line at the end, of medians, least and most over the rounds, in nanoseconds a packet:
 *
 *     packets 131072 lost 0 cpu 1850 1790 2100 wall 1900 1800 2400
 */

#include "fresh_flows.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define PACKETS_MAX 65536
#define ROUNDS_MAX  1000
/*
 * rounds before the first that counts: all captures have begun, and tables of 16,384 flows are full
 */
#define WARMING     12
#define AT_ONCE     256         /* frames a system call */
#define PATIENCE_NS 20000000000

struct player {
	struct fresh_flows *flows;
	int                 fd;
	uint8_t             addresses[12];      /* Ethernet: to, from */
	uint8_t           (*frames)[FRAME_MAX];
	struct iovec       *vectors;
	struct mmsghdr     *messages;
	size_t              num;
	const char         *pid;
};

/* Of the queues in the namespace of the process: /proc/net/netfilter/nfnetlink_queue, proc(5). */
struct queues {
	uint64_t waiting, lost, taken;
};

static void fail(const char *what)
{
	fprintf(stderr, "player: %s: %s\n", what, strerror(errno));
	exit(EXIT_FAILURE);
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static struct queues queues_of(const char *pid)
{
	struct queues      q = { 0 };
	char               path[64];
	unsigned long long waiting, copy_mode, range, full, no_room, id;
	FILE              *in;

	snprintf(path, sizeof(path), "/proc/%s/net/netfilter/nfnetlink_queue", pid);
	in = fopen(path, "r");
	if (in == NULL)
		fail(path);
	while (fscanf(in, "%*u %*u %llu %llu %llu %llu %llu %llu %*u", &waiting, &copy_mode, &range,
	              &full, &no_room, &id) == 6) {
		q.waiting += waiting;
		q.lost += full + no_room;
		q.taken += id;
	}
	fclose(in);
	return q;
}

/*
 * Processor time of all threads: the first number of schedstat, in nanoseconds. It counts what
 * interrupts they served, too.
 */
static uint64_t cpu_ns_of(const char *pid)
{
	char           path[300];
	DIR           *tasks;
	struct dirent *task;
	uint64_t       sum = 0;

	snprintf(path, sizeof(path), "/proc/%s/task", pid);
	tasks = opendir(path);
	if (tasks == NULL)
		fail(path);
	while ((task = readdir(tasks)) != NULL) {
		unsigned long long ns;
		FILE              *in;

		snprintf(path, sizeof(path), "/proc/%s/task/%.20s/schedstat", pid, task->d_name);
		in = task->d_name[0] == '.' ? NULL : fopen(path, "r");
		if (in != NULL && fscanf(in, "%llu", &ns) == 1)
			sum += ns;
		if (in != NULL)
			fclose(in);
	}
	closedir(tasks);
	return sum;
}

/* Are all its threads in this state? 'T' is stopped, 'S' asleep. */
static bool is_all(const char *pid, char wanted)
{
	char           path[300], state;
	bool           all = true;
	struct dirent *task;
	DIR           *tasks;

	snprintf(path, sizeof(path), "/proc/%s/task", pid);
	tasks = opendir(path);
	while (tasks != NULL && (task = readdir(tasks)) != NULL) {
		FILE *in;

		snprintf(path, sizeof(path), "/proc/%s/task/%.20s/stat", pid, task->d_name);
		in = task->d_name[0] == '.' ? NULL : fopen(path, "r");
		if (in != NULL && fscanf(in, "%*d %*s %c", &state) == 1)
			all = all && state == wanted;
		if (in != NULL)
			fclose(in);
	}
	closedir(tasks);
	return all;
}

static void pause_ns(long ns)
{
	nanosleep(&(struct timespec){ .tv_nsec = ns }, NULL);
}

static void prepare(struct player *p)
{
	for (size_t i = 0; i < p->num; i++) {
		size_t len;

		fresh_flows_next(p->flows, p->frames[i], &len);
		memcpy(p->frames[i], p->addresses, sizeof(p->addresses));
		p->vectors[i]  = (struct iovec){ .iov_base = p->frames[i], .iov_len = len };
		p->messages[i] = (struct mmsghdr){ .msg_hdr = { .msg_iov = &p->vectors[i], .msg_iovlen = 1 } };
	}
}

static void send_all(struct player *p)
{
	for (size_t sent = 0; sent < p->num;) {
		size_t left = p->num - sent;
		int    num  = sendmmsg(p->fd, p->messages + sent,
                                   left < AT_ONCE ? (unsigned)left : AT_ONCE, 0);

		if (num < 0 && errno != ENOBUFS && errno != EINTR)
			fail("sending");
		sent += num > 0 ? (size_t)num : 0;
	}
}

struct cost {
	uint64_t packets, lost, cpu_ns, wall_ns;
};

static struct cost flood(struct player *p)
{
	char     self[16];
	uint64_t cpu, wall;

	snprintf(self, sizeof(self), "%d", (int)getpid());
	cpu  = cpu_ns_of(self);
	wall = now_ns();
	send_all(p);
	return (struct cost){ .packets = p->num, .cpu_ns = cpu_ns_of(self) - cpu,
	                      .wall_ns = now_ns() - wall };
}

static struct cost drain(struct player *p)
{
	pid_t         pid = (pid_t)atoi(p->pid);
	struct queues before, full, q;
	uint64_t      cpu, wall;

	kill(pid, SIGSTOP);
	while (!is_all(p->pid, 'T'))
		pause_ns(100000);
	before = queues_of(p->pid);
	send_all(p);
	full = queues_of(p->pid);
	cpu  = cpu_ns_of(p->pid);
	wall = now_ns();
	kill(pid, SIGCONT);
	do {
		pause_ns(200000);
		q = queues_of(p->pid);
	} while (q.waiting > 0 && now_ns() - wall < PATIENCE_NS);
	/*
	 * The last batch is on its way yet; and the kernel counts a thread's time when it goes to
	 * sleep.
	 */
	while (!is_all(p->pid, 'S') && now_ns() - wall < PATIENCE_NS)
		pause_ns(200000);
	wall = now_ns() - wall;
	return (struct cost){ .packets = full.waiting, .lost = q.lost - before.lost,
	                      .cpu_ns = cpu_ns_of(p->pid) - cpu, .wall_ns = wall };
}

static int by_size(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void say(const char *what, uint64_t *ns, size_t num)
{
	qsort(ns, num, sizeof(*ns), by_size);
	printf(" %s %llu %llu %llu", what, (unsigned long long)ns[num / 2],
	       (unsigned long long)ns[0], (unsigned long long)ns[num - 1]);
}

static void open_player(struct player *p, const char *interface, const char *mac)
{
	struct sockaddr_ll to  = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL) };
	struct ifreq       own = { .ifr_ifindex = 0 };
	unsigned           m[6];
	int                one = 1;

	snprintf(own.ifr_name, sizeof(own.ifr_name), "%s", interface);
	p->fd          = socket(AF_PACKET, SOCK_RAW, 0);
	to.sll_ifindex = (int)if_nametoindex(interface);
	if (p->fd < 0 || bind(p->fd, (const struct sockaddr *)&to, sizeof(to)) != 0 ||
	    ioctl(p->fd, SIOCGIFHWADDR, &own) != 0)
		fail(interface);
	setsockopt(p->fd, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof(one));
	if (sscanf(mac, "%x:%x:%x:%x:%x:%x", m, m + 1, m + 2, m + 3, m + 4, m + 5) != 6)
		fail(mac);
	for (size_t i = 0; i < 6; i++)
		p->addresses[i] = (uint8_t)m[i];
	memcpy(p->addresses + 6, own.ifr_hwaddr.sa_data, 6);
	p->frames   = calloc(p->num, FRAME_MAX);
	p->vectors  = calloc(p->num, sizeof(*p->vectors));
	p->messages = calloc(p->num, sizeof(*p->messages));
	if (p->frames == NULL || p->vectors == NULL || p->messages == NULL)
		fail("memory");
}

int main(int argc, char **argv)
{
	static uint64_t cpu[ROUNDS_MAX], wall[ROUNDS_MAX];
	struct player   p        = { .fd = -1 };
	bool            is_drain = argc > 1 && strcmp(argv[1], "drain") == 0;
	int             first    = is_drain ? 7 : 6;
	size_t          rounds   = argc > 4 ? (size_t)atoi(argv[4]) : 0;
	uint64_t        packets = 0, lost = 0;

	if (argc <= first || rounds < 1 || rounds > ROUNDS_MAX ||
	    (p.num = (size_t)atoi(argv[5])) < 1 || p.num > PACKETS_MAX) {
		fprintf(stderr, "usage: player flood|drain INTERFACE MAC ROUNDS PACKETS [PID] "
		                "CAPTURE...\n");
		return 64;
	}
	p.pid   = is_drain ? argv[6] : NULL;
	p.flows = fresh_flows_new(argv + first, argc - first);
	if (p.flows == NULL)
		return EXIT_FAILURE;
	open_player(&p, argv[2], argv[3]);
	for (size_t i = 0; i < rounds + WARMING; i++) {
		struct cost c;

		prepare(&p);
		c = is_drain ? drain(&p) : flood(&p);
		if (i < WARMING)
			continue;
		packets += c.packets;
		lost += c.lost;
		if (c.packets == 0)
			break;
		cpu[i - WARMING]  = c.cpu_ns / c.packets;
		wall[i - WARMING] = c.wall_ns / c.packets;
	}
	printf("packets %llu lost %llu", (unsigned long long)packets, (unsigned long long)lost);
	say("cpu", cpu, rounds);
	say("wall", wall, rounds);
	putchar('\n');
	return EXIT_SUCCESS;
}
