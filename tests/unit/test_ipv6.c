/* SPDX-License-Identifier: MIT */

/* Has this host any IPv6, by lists of addresses as the kernel writes them? */

#include "kernel/ipv6.h"
#include "support/suite.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define LO     "00000000000000000000000000000001 01 80 10 80       lo\n"
#define LINK   "fe80000000000000c8a1d2fffe3b4c5d 02 40 20 80     eth0\n"
#define TUNNEL "fd000000000000000000000000000001 03 40 00 80 lo-tunnel\n"

static const struct {
	const char *what, *list;
	bool        used;
} lists[] = {
	{ "none", "", false },
	{ "loopback's alone", LO, false },
	{ "one of a link is enough to send by", LINK, true },
	{ "behind loopback's", LO LINK, true },
	{ "a name that begins as loopback's", LO TUNNEL, true },
};

START_TEST(an_address_that_is_not_loopbacks_is_ipv6)
{
	int fd = memfd_create("if_inet6", MFD_CLOEXEC);

	ck_assert_int_eq(write(fd, lists[_i].list, strlen(lists[_i].list)),
	                 (ssize_t)strlen(lists[_i].list));
	ck_assert_msg(ipv6_is_used(fd) == lists[_i].used, "%s", lists[_i].what);
	ck_assert_msg(ipv6_is_used(fd) == lists[_i].used, "%s, again", lists[_i].what);
	close(fd);
}

/* More of loopback's than are read: what comes behind is not known. */
START_TEST(what_is_not_known_counts_as_ipv6)
{
	int fd = memfd_create("if_inet6", MFD_CLOEXEC);

	for (int i = 0; i < 100; i++)
		ck_assert_int_gt(write(fd, LO, strlen(LO)), 0);
	ck_assert(ipv6_is_used(fd));
	close(fd);
	ck_assert(ipv6_is_used(-EACCES));
}

int main(void)
{
	Suite *s = suite_create("ipv6");
	TCase *t = tcase_create("ipv6");

	tcase_add_loop_test(t, an_address_that_is_not_loopbacks_is_ipv6, 0, COUNT(lists));
	tcase_add_test(t, what_is_not_known_counts_as_ipv6);
	suite_add_tcase(s, t);
	return suite_run(s);
}
