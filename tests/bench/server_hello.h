/* SPDX-License-Identifier: MIT */
#ifndef TESTS_BENCH_SERVER_HELLO_H
#define TESTS_BENCH_SERVER_HELLO_H

/*
 * What a server of TLS answers first. Until it comes another hello may follow, and a flow is not
 * decided.
 */

#include <stddef.h>
#include <stdint.h>

/* RFC 8446, section 4.1.3, with no session id and no extension */
static const uint8_t server_hello[] = {
	22, 3, 3, 0, 44,                        /* record */
	2, 0, 0, 40,                            /* message */
	3, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24,
	25, 26, 27, 28, 29, 30, 31, 32, 0, 0x13, 0x01, 0, 0, 0,
};

/* The bytes of the record that begins so; 0 if it is none of a handshake. */
static inline size_t record_len(const uint8_t head[5])
{
	return head[0] == 22 ? 5 + ((size_t)head[3] << 8 | head[4]) : 0;
}

#endif
