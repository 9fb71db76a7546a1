/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_KERNEL_NETWORK_INSIDE_H
#define FILTERD_KERNEL_NETWORK_INSIDE_H

/* What the files of network share. */

#include "kernel/network.h"

#include <libmnl/libmnl.h>

/* bytes of one message of the kernel's; libmnl advises 8192 at least */
#define ANSWER_MAX 32768

struct network_reader {
	struct mnl_socket *netlink;
	uint32_t           seq;
	char               buffer[ANSWER_MAX];  /* the question, then each part of the answer */
};

#endif
