/* SPDX-License-Identifier: MIT */

/*
 * A name is reduced to the host in it: blanks, control characters and dots around it go, and so
 * does whatever follows a colon or a zero byte. A name with such bytes inside is also in the list
 * as a whole: a server with a wildcard compares only its end.
 */

#include "inspect/server_name.h"

#include "inspect/letters.h"

#include <string.h>

#define NAME_HOST 0

static bool server_name_is_blank(uint8_t c)
{
	return c <= ' ' || c == 0x7f;
}

/* Without blanks and dots at its ends, except one trailing dot, which every name may have. */
static struct bytes server_name_trim(struct bytes name)
{
	struct bytes as_sent;

	while (name.len > 0 && (server_name_is_blank(name.at[0]) || name.at[0] == '.'))
		name = bytes_from(name, 1);
	as_sent = name;
	while (name.len > 0 && (server_name_is_blank(name.at[name.len - 1]) ||
	                        name.at[name.len - 1] == '.'))
		name.len--;
	return name.len < as_sent.len && as_sent.at[name.len] == '.'
	               ? bytes_first(as_sent, name.len + 1)
	               : name;
}

static size_t server_name_find(struct bytes name, uint8_t c)
{
	const uint8_t *at = name.len > 0 ? memchr(name.at, c, name.len) : NULL;

	return at != NULL ? (size_t)(at - name.at) : name.len;
}

/*
 * Is this a name that no list of hosts can have? A server that accepts it may take it for a
 * different one.
 */
static bool server_name_is_odd(struct bytes name)
{
	uint8_t before = '\0';

	for (size_t i = 0; i < name.len; i++) {
		if (server_name_is_blank(name.at[i]) || (before == '.' && name.at[i] == '.'))
			return true;
		before = name.at[i];
	}
	return false;
}

/* Letters, digits, hyphens and dots between them: ordinary clients send nothing else. */
static bool server_name_is_plain(struct bytes name)
{
	uint8_t before = '.';

	for (size_t i = 0; i < name.len; i++) {
		uint8_t c = name.at[i];

		if ((uint8_t)((c | 0x20) - 'a') > 'z' - 'a' && (uint8_t)(c - '0') > 9 && c != '-' &&
		    (c != '.' || before == '.'))
			return false;
		before = c;
	}
	return true;
}

static bool server_name_is_ascii(struct bytes name)
{
	for (size_t i = 0; i < name.len; i++) {
		if (name.at[i] >= 0x80)
			return false;
	}
	return true;
}

/* The name in ASCII, in room from `at` on. It grows by a third at most. */
static struct bytes server_name_fold(struct bytes name, struct server_names *names, size_t at,
                                     struct hosts *hosts_out)
{
	struct writer w = writer_over(names->folded + at, sizeof(names->folded) - at);

	if (!letters_to_ascii(name, &w) || w.full)
		hosts_out->is_unreadable = true;
	if (w.full)
		return name;
	if (names->len < at + w.len)
		names->len = at + w.len;
	return writer_written(&w);
}

static void server_name_loosen(struct bytes name, struct hosts *hosts_out)
{
	struct bytes host;
	size_t       zero;

	name = server_name_trim(name);
	zero = server_name_find(name, '\0');
	host = bytes_first(name, zero);
	host = server_name_trim(bytes_first(host, server_name_find(host, ':')));
	if (server_name_is_odd(host) || zero < name.len)
		hosts_out->is_unreadable = true;
	hosts_add(hosts_out, host);
	while (zero < name.len) {
		name = bytes_from(name, zero + 1);
		zero = server_name_find(name, '\0');
	}
	hosts_add(hosts_out, server_name_trim(name));
}

/* A name that is not plain uses its own length of the room, which bounds the work. */
static void server_name_add(struct bytes name, struct server_names *names, struct hosts *hosts_out)
{
	size_t at = names->len;

	if (names->num == SERVER_NAMES_MAX || name.len > SERVER_NAME_MAX) {
		hosts_out->is_unreadable = true;
		return;
	}
	names->num++;
	if (server_name_is_plain(name)) {
		hosts_add(hosts_out, name);
		return;
	}
	if (name.len > SERVER_NAMES_ROOM - at) {
		hosts_out->is_unreadable = true;
		return;
	}
	names->len += name.len;
	if (!server_name_is_ascii(name))
		name = server_name_fold(name, names, at, hosts_out);
	server_name_loosen(name, hosts_out);
}

void server_name_read(struct bytes extension, struct server_names *names, struct hosts *hosts_out)
{
	struct reader r    = reader_over(extension, PARSE_BAD);
	uint16_t      len  = read_u16(&r);
	struct reader list = reader_over(bytes_first(r.left, len), PARSE_BAD);

	if (r.status != PARSE_OK || len != r.left.len)
		hosts_out->is_unreadable = true;
	while (reader_has_more(&list)) {
		uint8_t       kind = read_u8(&list);
		struct reader name = read_block16(&list);

		if (kind == NAME_HOST && name.left.len > 0)
			server_name_add(name.left, names, hosts_out);
		if (names->num == SERVER_NAMES_MAX && reader_has_more(&list)) {
			hosts_out->is_unreadable = true;
			return;
		}
	}
	if (list.status != PARSE_OK)
		hosts_out->is_unreadable = true;
}
