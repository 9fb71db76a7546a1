/* SPDX-License-Identifier: MIT */

#include "kernel/network.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

const struct network_link *network_find(const struct network *n, const char *name)
{
	for (size_t i = 0; i < n->num_links; i++) {
		if (strcmp(n->links[i].name, name) == 0)
			return &n->links[i];
	}
	return NULL;
}

bool network_is_private(const struct network_prefix *p)
{
	const uint8_t *b = p->bytes;

	if (p->family == 6)
		return (b[0] & 0xfe) == 0xfc;
	return p->family == 4 && (b[0] == 10 || (b[0] == 172 && (b[1] & 0xf0) == 16) ||
	                          (b[0] == 192 && b[1] == 168));
}

void network_write(const struct network_prefix *p, char out[NETWORK_TEXT_MAX])
{
	char text[INET6_ADDRSTRLEN] = "";

	inet_ntop(p->family == 4 ? AF_INET : AF_INET6, p->bytes, text, sizeof(text));
	snprintf(out, NETWORK_TEXT_MAX, "%s/%u", text, p->bits);
}
