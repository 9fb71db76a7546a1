/* SPDX-License-Identifier: MIT */

/* One line per address; its last word is the interface. proc(5), /proc/net/if_inet6. */

#include "kernel/ipv6.h"

#include "kernel/rule_line.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define ADDRESSES "/proc/net/if_inet6"

int ipv6_open(void)
{
	int fd = open(ADDRESSES, O_RDONLY | O_CLOEXEC);

	return fd >= 0 ? fd : -errno;
}

bool ipv6_is_used(int fd)
{
	char             text[4096];            /* some 70 lines; loopback has one or two */
	ssize_t          len = fd >= 0 ? pread(fd, text, sizeof(text), 0) : 0;
	struct bytes     rest = bytes_of(text, len > 0 ? (size_t)len : 0);
	struct rule_line line;

	/* The list appeared after lockdown, or is not readable. */
	if (fd < 0)
		return fd != -ENOENT || access(ADDRESSES, F_OK) == 0;
	while (rest.len > 0) {
		rule_cut(bytes_cut_line(&rest), &line);
		if (line.num > 0 && !rule_is(&line, line.num - 1, "lo"))
			return true;
	}
	return len < 0 || (size_t)len == sizeof(text);
}

bool ipv6_is_used_now(void)
{
	int  fd   = ipv6_open();
	bool used = ipv6_is_used(fd);

	if (fd >= 0)
		close(fd);
	return used;
}
