/* SPDX-License-Identifier: MIT */

/*
 * A name is cut down to the host in it: blanks, control characters and dots around it go, and what
 * follows a colon or a zero byte. A name that has such bytes within is in the list as a whole, too:
 * a server with a wildcard looks at its end.
 */

#include "inspect/server_name.h"

#include "inspect/letters.h"

#include <string.h>

#define NAME_HOST     0
#define HOST_NAME_MAX 255       /* bytes; RFC 1035, section 2.3.4 */

static bool server_name_is_blank(uint8_t c)
{
	return c <= ' ' || c == 0x7f;
}

/* Without blanks and dots at its ends. */
/* A dot behind it stays: the record shows the name as sent. */
static struct bytes server_name_trim(struct bytes name)
{
	size_t len;

	while (name.len > 0 && (server_name_is_blank(name.at[0]) || name.at[0] == '.'))
		name = bytes_from(name, 1);
	len = name.len;
	while (len > 0 && (server_name_is_blank(name.at[len - 1]) || name.at[len - 1] == '.'))
		len--;
	return bytes_first(name, len > 0 && len < name.len && name.at[len] == '.' ? len + 1 : len);
}

static size_t server_name_find(struct bytes name, uint8_t c)
{
	const uint8_t *at = name.len > 0 ? memchr(name.at, c, name.len) : NULL;

	return at != NULL ? (size_t)(at - name.at) : name.len;
}

/* Can a list of hosts not have this name? Whoever takes it may take it for another one. */
static bool server_name_is_odd(struct bytes name)
{
	uint8_t before = '\0';

	for (size_t i = 0; i < name.len; i++) {
		if (server_name_is_blank(name.at[i]) || (before == '.' && name.at[i] == '.'))
			return true;
		before = name.at[i];
	}
	return name.len > HOST_NAME_MAX;
}

static bool server_name_is_ascii(struct bytes name)
{
	for (size_t i = 0; i < name.len; i++) {
		if (name.at[i] >= 0x80)
			return false;
	}
	return true;
}

/*
 * The name in ASCII. It takes as much of the room as it is long, so that no hello costs more than
 * the room has bytes, however little its letters stand for.
 */
static struct bytes server_name_fold(struct bytes name, struct server_names *names,
                                     struct hosts *hosts_out)
{
	size_t        room = sizeof(names->folded) - names->len;
	struct writer w    = writer_over(names->folded + names->len, room);

	if (name.len > room || !letters_to_ascii(name, &w) || w.full)
		hosts_out->is_unreadable = true;
	if (name.len > room || w.full)
		return name;
	names->len += name.len > w.len ? name.len : w.len;
	return writer_written(&w);
}

static void server_name_add(struct bytes name, struct server_names *names, struct hosts *hosts_out)
{
	struct bytes host;
	size_t       zero;

	if (name.len > SERVER_NAME_MAX || names->num == SERVER_NAMES_MAX) {
		hosts_out->is_unreadable = true;
		return;
	}
	names->num++;
	if (!server_name_is_ascii(name))
		name = server_name_fold(name, names, hosts_out);
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
