/* SPDX-License-Identifier: MIT */

/*
 * What goes over the queue's socket, read at the other end of one that is not the kernel's: runs of
 * verdicts; and what is read of a packet's message. The source is part of this program, as its
 * structures are its own.
 */

#include "queue/nfqueue.c"

#include "support/suite.h"

#include <stdio.h>

static struct queue queue;
static int          kernel;             /* the other end */
static char         said[1024];

/* A socket that keeps messages apart and asks for no address of the kernel's. */
static void open_queue(void)
{
	int ends[2];

	memset(&queue, 0, sizeof(queue));
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	queue.socket.netlink = mnl_socket_fdopen(ends[0]);
	ck_assert_ptr_nonnull(queue.socket.netlink);
	queue.socket.number = 7100;
	kernel              = ends[1];
}

static void close_queue(void)
{
	mnl_socket_close(queue.socket.netlink);
	close(kernel);
}

static void say_verdict(const struct nlmsghdr *m)
{
	const struct nfqnl_msg_verdict_hdr *v    = NULL;
	const struct nlattr                *a;
	size_t                              len  = strlen(said);
	bool                                has_mark = false;
	uint32_t                            mark = 0;
	unsigned                            content = 0;

	mnl_attr_for_each(a, m, sizeof(struct nfgenmsg)) {
		if (mnl_attr_get_type(a) == NFQA_VERDICT_HDR)
			v = mnl_attr_get_payload(a);
		if (mnl_attr_get_type(a) == NFQA_MARK) {
			has_mark = true;
			mark     = number_in(a);
		}
		if (mnl_attr_get_type(a) == NFQA_PAYLOAD)
			content = mnl_attr_get_payload_len(a);
	}
	ck_assert_ptr_nonnull(v);
	snprintf(said + len, sizeof(said) - len, "%s%u %s",
	         (m->nlmsg_type & 0xff) == NFQNL_MSG_VERDICT_BATCH ? "to " : "", ntohl(v->id),
	         ntohl(v->verdict) == NF_REPEAT ? "again"
	         : ntohl(v->verdict) == NF_STOP ? "stop"
	                                        : "drop");
	len = strlen(said);
	if (has_mark) {
		snprintf(said + len, sizeof(said) - len, " %#x", mark);
		len = strlen(said);
	}
	if (content > 0) {
		snprintf(said + len, sizeof(said) - len, " %u bytes", content);
		len = strlen(said);
	}
	snprintf(said + len, sizeof(said) - len, ", ");
}

/* What the kernel is told by one flush, in order. */
static const char *flushed(void)
{
	static uint8_t   buffer[VERDICTS_BYTES];
	struct nlmsghdr *m = (struct nlmsghdr *)buffer;
	int              left;

	said[0] = '\0';
	ck_assert_int_eq(queue_flush(&queue), 0);
	left = (int)recv(kernel, buffer, sizeof(buffer), MSG_DONTWAIT);
	for (; mnl_nlmsg_ok(m, left); m = mnl_nlmsg_next(m, &left))
		say_verdict(m);
	return said;
}

START_TEST(verdicts_with_one_mark_are_one)
{
	queue_judged(&queue, 1, 0x10);
	queue_judged(&queue, 2, 0x10);
	queue_judged(&queue, 3, 0x10);
	ck_assert_str_eq(flushed(), "to 3 again 0x10, ");
	ck_assert_str_eq(flushed(), "");
}

START_TEST(another_mark_begins_another_run)
{
	queue_judged(&queue, 1, 0x10);
	queue_judged(&queue, 2, 0x20);
	queue_judged(&queue, 3, 0x20);
	queue_judged(&queue, 4, 0);
	ck_assert_str_eq(flushed(), "to 1 again 0x10, to 3 again 0x20, to 4 again 0, ");
}

START_TEST(another_verdict_begins_another_run)
{
	queue_judged(&queue, 1, 0x10);
	queue_hold(&queue, 2, 0x10);
	queue_drop(&queue, 3);
	queue_hold(&queue, 4, 0x10);
	ck_assert_str_eq(flushed(), "to 1 again 0x10, to 2 stop 0x10, 3 drop, to 4 stop 0x10, ");
}

START_TEST(a_packet_with_other_content_has_a_verdict_of_its_own)
{
	static const uint8_t ip[1501];

	queue_judged(&queue, 1, 0x10);
	queue_replace(&queue, 2, 0x10, bytes_of(ip, 60));
	queue_judged(&queue, 3, 0x10);
	ck_assert_str_eq(flushed(), "to 1 again 0x10, 2 again 0x10 60 bytes, to 3 again 0x10, ");
	queue_replace(&queue, 4, 0x10, bytes_of(ip, sizeof(ip)));
	ck_assert_str_eq(flushed(), "4 drop, ");
}

START_TEST(as_many_of_them_as_there_are_have_room)
{
	static const uint8_t ip[1500];

	for (uint32_t id = 1; id <= BATCH; id++)
		queue_replace(&queue, id, id, bytes_of(ip, sizeof(ip)));
	ck_assert_int_eq(queue_flush(&queue), 0);
}

START_TEST(a_batch_of_verdicts_that_are_all_others_has_room)
{
	for (uint32_t id = 1; id <= BATCH; id++)
		queue_judged(&queue, id, id);
	ck_assert_int_eq(queue_flush(&queue), 0);
}

static struct nlmsghdr *begin_packet(uint8_t *buffer)
{
	const struct nfqnl_msg_packet_hdr header = { .packet_id = htonl(7),
	                                             .hook = NF_INET_FORWARD };
	struct nlmsghdr                  *m = mnl_nlmsg_put_header(buffer);

	m->nlmsg_type = NFNL_SUBSYS_QUEUE << 8 | NFQNL_MSG_PACKET;
	mnl_nlmsg_put_extra_header(m, sizeof(struct nfgenmsg));
	mnl_attr_put(m, NFQA_PACKET_HDR, sizeof(header), &header);
	mnl_attr_put_u32(m, NFQA_MARK, htonl(0x20000000));
	mnl_attr_put_u32(m, NFQA_IFINDEX_INDEV, htonl(3));
	mnl_attr_put(m, NFQA_PAYLOAD, 4, "\x45\0\0\x14");
	return m;
}

START_TEST(a_packet_is_read_with_all_that_the_kernel_says_of_it)
{
	const struct nfqnl_msg_packet_hw hw = { .hw_addrlen = htons(6),
	                                        .hw_addr = { 2, 0, 0, 0, 0, 9 } };
	uint8_t                          buffer[512] = { 0 };
	struct nlmsghdr                 *m = begin_packet(buffer);
	struct queued                    q;

	mnl_attr_put(m, NFQA_HWADDR, sizeof(hw), &hw);
	mnl_attr_put_u32(m, NFQA_CAP_LEN, htonl(20));
	ck_assert(read_message(m, &q));
	ck_assert_uint_eq(q.id, 7);
	ck_assert_uint_eq(q.mark, 0x20000000);
	ck_assert_uint_eq(q.iface, 3);
	ck_assert_bytes(q.ip, "\x45\0\0\x14");
	ck_assert(q.hook == QUEUE_FORWARD && q.truncated && q.has_mac && q.sums_settled);
	ck_assert_mem_eq(q.mac, hw.hw_addr, 6);
}

START_TEST(sums_that_nobody_has_verified_are_not_settled)
{
	uint8_t          buffer[512] = { 0 };
	struct nlmsghdr *m = begin_packet(buffer);
	struct queued    q;

	ck_assert(read_message(m, &q));
	ck_assert(!q.sums_settled && !q.has_mac && !q.truncated);
	mnl_attr_put_u32(m, NFQA_SKB_INFO, htonl(NFQA_SKB_GSO));
	ck_assert(read_message(m, &q));
	ck_assert(q.sums_settled);
}

START_TEST(another_message_is_no_packet)
{
	uint8_t          buffer[512] = { 0 };
	struct nlmsghdr *m = begin_packet(buffer);
	struct queued    q;

	m->nlmsg_type = NLMSG_ERROR;
	ck_assert(!read_message(m, &q));
	m = mnl_nlmsg_put_header(buffer);
	m->nlmsg_type = NFNL_SUBSYS_QUEUE << 8 | NFQNL_MSG_PACKET;
	mnl_nlmsg_put_extra_header(m, sizeof(struct nfgenmsg));
	ck_assert(!read_message(m, &q));
}

int main(void)
{
	Suite *s = suite_create("nfqueue");
	TCase *t = tcase_create("nfqueue");

	tcase_add_checked_fixture(t, open_queue, close_queue);
	tcase_add_test(t, verdicts_with_one_mark_are_one);
	tcase_add_test(t, another_mark_begins_another_run);
	tcase_add_test(t, another_verdict_begins_another_run);
	tcase_add_test(t, a_packet_with_other_content_has_a_verdict_of_its_own);
	tcase_add_test(t, as_many_of_them_as_there_are_have_room);
	tcase_add_test(t, a_batch_of_verdicts_that_are_all_others_has_room);
	tcase_add_test(t, a_packet_is_read_with_all_that_the_kernel_says_of_it);
	tcase_add_test(t, sums_that_nobody_has_verified_are_not_settled);
	tcase_add_test(t, another_message_is_no_packet);
	suite_add_tcase(s, t);
	return suite_run(s);
}
