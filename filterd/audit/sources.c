/* SPDX-License-Identifier: MIT */

#include "audit/sources.h"

#include <string.h>

void sources_add(struct sources *s, struct bytes ip, struct bytes mac, uint64_t packets)
{
	struct sources_row row = { .has_mac = mac.len > 0, .packets = packets };

	if (s->num == SOURCES_MAX || (ip.len != 0 && ip.len != 4 && ip.len != 16) ||
	    (mac.len != 0 && mac.len != MAC_BYTES) || ip.len + mac.len == 0)
		return;
	if (ip.len > 0) {
		row.ip.family = ip.len == 4 ? 4 : 6;
		memcpy(row.ip.at, ip.at, ip.len);
	}
	if (mac.len > 0)
		memcpy(row.mac, mac.at, mac.len);
	s->rows[s->num++] = row;
}

static bool is_same_source(const struct sources_row *a, const struct sources_row *b)
{
	return address_equal(&a->ip, &b->ip) && a->has_mac == b->has_mac &&
	       memcmp(a->mac, b->mac, sizeof(a->mac)) == 0;
}

/* The kernel forgets a source after an hour, and then counts from 0. */
static uint64_t packets_before(const struct sources *s, const struct sources_row *row)
{
	for (size_t i = 0; i < s->num; i++) {
		if (is_same_source(&s->rows[i], row))
			return s->rows[i].packets <= row->packets ? s->rows[i].packets : 0;
	}
	return 0;
}

static void sources_rank(struct sources_since *out, const struct sources_row *row)
{
	size_t at = out->num;

	while (at > 0 && out->rows[at - 1].packets < row->packets)
		at--;
	if (at == SOURCES_NAMED)
		return;
	if (out->num < SOURCES_NAMED)
		out->num++;
	memmove(&out->rows[at + 1], &out->rows[at], (out->num - 1 - at) * sizeof(*row));
	out->rows[at] = *row;
}

void sources_since(const struct sources *before, const struct sources *now,
                   struct sources_since *out)
{
	bool is_new = before->table != now->table || before->packets > now->packets;

	*out = (struct sources_since){ .packets = now->packets - (is_new ? 0 : before->packets) };
	for (size_t i = 0; i < now->num; i++) {
		struct sources_row row = now->rows[i];

		row.packets -= is_new ? 0 : packets_before(before, &row);
		if (row.packets > 0)
			sources_rank(out, &row);
	}
}

void sources_row_write(struct writer *w, const struct sources_row *row)
{
	bool has_both = row->ip.family != 0 && row->has_mac;

	if (row->ip.family != 0)
		address_write(w, &row->ip);
	write_text(w, has_both ? " (" : "");
	if (row->has_mac)
		mac_write(w, row->mac);
	write_text(w, has_both ? ")" : "");
}
