/* SPDX-License-Identifier: MIT */

/*
 * One line for each queue: number, port id, backlog, copy mode, copy range, dropped because the
 * queue was full, dropped because the socket was, id of the last packet, and a 1. Source:
 * net/netfilter/nfnetlink_queue.c, seq_show().
 */

#include "queue/queue_table.h"

#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <libnetfilter_queue/libnetfilter_queue.h>
#include <unistd.h>

#define PATH      "/proc/net/netfilter/nfnetlink_queue"
#define TABLE_MAX 16384         /* bytes; a line has some 60, and other programs have queues too */

enum queue_column { QUEUE, PORT, BACKLOG, MODE, RANGE, DROPPED, USER_DROPPED, NUM_COLUMNS };

/* Any message to the subsystem loads its module; the kernel refuses this one, an empty verdict. */
static void load_module(void)
{
	char               buffer[64];
	struct mnl_socket *s = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC);
	struct nlmsghdr   *m = nfq_nlmsg_put(buffer, NFQNL_MSG_VERDICT, 0);

	if (s == NULL)
		return;
	mnl_socket_sendto(s, m, m->nlmsg_len);
	mnl_socket_close(s);
}

int queue_table_open(void)
{
	int fd = open(PATH, O_RDONLY | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT) {
		load_module();
		fd = open(PATH, O_RDONLY | O_CLOEXEC);
	}
	return fd >= 0 ? fd : -errno;
}

static bool queue_table_is_digit(const struct reader *r)
{
	return r->left.len > 0 && r->left.at[0] >= '0' && r->left.at[0] <= '9';
}

/* A column is a number of 32 bits, or a negative port id. */
static bool read_column(struct reader *r, uint64_t *out)
{
	uint64_t value = 0;

	while (r->left.len > 0 && (r->left.at[0] == ' ' || r->left.at[0] == '-'))
		read_u8(r);
	if (!queue_table_is_digit(r))
		return false;
	while (queue_table_is_digit(r) && value <= UINT32_MAX)
		value = value * 10 + (uint64_t)(read_u8(r) - '0');
	*out = value;
	return value <= UINT32_MAX;
}

static bool queue_table_read_line(struct bytes line, uint64_t columns[NUM_COLUMNS])
{
	struct reader r = reader_over(line, PARSE_BAD);

	for (size_t i = 0; i < NUM_COLUMNS; i++) {
		if (!read_column(&r, &columns[i]))
			return false;
	}
	return true;
}

/* The kernel lists them in no particular order. */
static void queue_table_insert(struct control_queue *out, size_t num, struct control_queue one)
{
	for (; num > 0 && out[num - 1].id > one.id; num--)
		out[num] = out[num - 1];
	out[num] = one;
}

size_t queue_table_read(struct bytes text, uint32_t first, size_t num, struct control_queue *out)
{
	size_t num_out = 0;

	while (text.len > 0 && num_out < CONTROL_QUEUES) {
		uint64_t columns[NUM_COLUMNS];

		if (queue_table_read_line(bytes_cut_line(&text), columns) &&
		    columns[QUEUE] >= first && columns[QUEUE] - first < num)
			queue_table_insert(out, num_out++, (struct control_queue){
				.id         = (uint32_t)columns[QUEUE],
				.backlog    = (uint32_t)columns[BACKLOG],
				.drops      = columns[DROPPED],
				.user_drops = columns[USER_DROPPED],
			});
	}
	return num_out;
}

size_t queue_table_now(int fd, uint32_t first, size_t num, struct control_queue *out)
{
	uint8_t text[TABLE_MAX];
	size_t  len = 0;
	ssize_t got;

	/* The kernel returns a page at a time. */
	while (fd >= 0 && len < sizeof(text) &&
	       (got = pread(fd, text + len, sizeof(text) - len, (off_t)len)) > 0)
		len += (size_t)got;
	return queue_table_read(bytes_of(text, len), first, num, out);
}
