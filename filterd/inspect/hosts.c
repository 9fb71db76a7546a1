/* SPDX-License-Identifier: MIT */

#include "inspect/hosts.h"

#include <string.h>

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\t';
}

static struct bytes hosts_trim(struct bytes text)
{
	while (text.len > 0 && is_space(text.at[0]))
		text = bytes_from(text, 1);
	while (text.len > 0 && is_space(text.at[text.len - 1]))
		text.len--;
	return text;
}

static struct bytes before(struct bytes text, uint8_t end)
{
	const uint8_t *at = text.len > 0 ? memchr(text.at, end, text.len) : NULL;

	return at != NULL ? bytes_first(text, (size_t)(at - text.at)) : text;
}

void hosts_add(struct hosts *h, struct bytes host)
{
	if (host.len == 0)
		return;
	for (size_t i = 0; i < h->num; i++) {
		if (bytes_equal(h->at[i], host))
			return;
	}
	if (h->num < HOSTS_MAX)
		h->at[h->num++] = host;
	else
		h->is_unreadable = true;
}

void hosts_add_authority(struct hosts *h, struct bytes authority)
{
	struct bytes host = hosts_trim(authority);

	for (size_t i = host.len; i > 0; i--) {
		if (host.at[i - 1] == '@') {
			host = bytes_from(host, i);
			break;
		}
	}
	if (host.len > 0 && host.at[0] == '[')
		hosts_add(h, before(bytes_from(host, 1), ']'));
	else
		hosts_add(h, hosts_trim(before(host, ':')));
}
