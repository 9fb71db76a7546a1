/* SPDX-License-Identifier: MIT */

/*
 * An incomplete packet is a buffer and a bitmap of 8-byte units. The header of the first fragment
 * becomes the header of the whole, with its length and, for IPv4, its fragment field rewritten.
 */

#include "wire/fragments.h"

#include "base/table.h"
#include "wire/checksum.h"

#include <stdlib.h>
#include <string.h>

#define DATA_MAX   65535        /* bytes of an IP packet */
#define UNITS      (DATA_MAX / 8 + 1)
/* bytes; an IPv4 header has up to 60, an IPv6 one with sensible extension headers fewer */
#define HEADER_MAX 128
/* RFC 8200, section 4.5 says 60 s, Linux keeps 30 */
#define IDLE_US    (30 * INT64_C(1000000))

struct fragment_key {
	uint8_t  src[16], dst[16];
	uint32_t id;
	uint8_t  family, ip_proto;
	uint8_t  pad[2];                /* always 0 */
};

struct whole {
	struct fragment_key key;        /* first: the table's key */
	int64_t             last_us;
	uint32_t            total;      /* bytes of data; 0 while the last fragment is missing */
	uint32_t            num_units;  /* those received */
	uint32_t            header_len; /* 0 while the first fragment is missing */
	uint32_t            num_pieces;
	bool                is_bad;
	uint8_t             header[HEADER_MAX];
	uint8_t             units[UNITS / 8 + 1];
	uint8_t             data[DATA_MAX + 8];
};

struct fragments {
	struct table *table;
	uint64_t      num_joined;
	uint8_t       ip[HEADER_MAX + DATA_MAX];
};

struct fragments *fragments_new(size_t num_packets, uint64_t seed)
{
	struct fragments *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return NULL;
	f->table = table_new(num_packets, sizeof(struct whole), sizeof(struct fragment_key), seed,
	                     NULL, NULL);
	if (f->table == NULL) {
		free(f);
		return NULL;
	}
	return f;
}

void fragments_free(struct fragments *f)
{
	if (f == NULL)
		return;
	table_free(f->table);
	free(f);
}

static struct fragment_key key_of(const struct packet *piece)
{
	struct fragment_key key = { .id = piece->fragment.id, .family = piece->src.family,
	                            .ip_proto = piece->ip_proto };

	memcpy(key.src, piece->src.at, sizeof(key.src));
	memcpy(key.dst, piece->dst.at, sizeof(key.dst));
	return key;
}

static struct whole *fragments_find(struct fragments *f, const struct packet *piece, int64_t now_us)
{
	struct fragment_key key = key_of(piece);
	struct whole       *w   = table_find(f->table, &key);

	if (w != NULL && now_us - w->last_us > IDLE_US) {
		table_remove(f->table, w);
		w = NULL;
	}
	if (w == NULL)
		w = table_add(f->table, &key);
	w->last_us = now_us;
	return w;
}

/*
 * Header of the first fragment without its fragment header: IPv6 keeps only the fixed header, which
 * names the protocol.
 */
static void keep_header(struct whole *w, const struct packet *piece)
{
	size_t len = piece->src.family == 4 ? (piece->ip.at[0] & 15u) * 4 : 40;

	memcpy(w->header, piece->ip.at, len);
	w->header_len = (uint32_t)len;
}

/* Stores one unit; false if it is there already with other bytes. */
static bool put_unit(struct whole *w, uint32_t unit, const uint8_t *at, size_t len)
{
	uint8_t *to = w->data + unit * 8;

	if (w->units[unit / 8] >> unit % 8 & 1)
		return memcmp(to, at, len) == 0;
	memcpy(to, at, len);
	w->units[unit / 8] |= (uint8_t)(1u << unit % 8);
	w->num_units++;
	return true;
}

static bool put_piece(struct whole *w, const struct packet *piece)
{
	size_t   len   = piece->segment.len;
	uint32_t first = piece->fragment.offset / 8;
	uint32_t end   = piece->fragment.offset + (uint32_t)len;

	if (len == 0 || end > DATA_MAX || (piece->fragment.more && len % 8 != 0))
		return false;
	if (!piece->fragment.more) {
		if (w->total != 0 && w->total != end)
			return false;
		w->total = end;
	}
	if (w->total != 0 && end > w->total)
		return false;
	for (size_t at = 0; at < len; at += 8) {
		if (!put_unit(w, first + (uint32_t)at / 8, piece->segment.at + at,
		              len - at < 8 ? len - at : 8))
			return false;
	}
	if (piece->fragment.offset == 0)
		keep_header(w, piece);
	return true;
}

static void assemble(struct fragments *f, const struct whole *w, struct bytes *ip_out)
{
	struct writer out = writer_over(f->ip, sizeof(f->ip));

	write_bytes(&out, bytes_of(w->header, w->header_len));
	write_bytes(&out, bytes_of(w->data, w->total));
	if (w->key.family == 4) {
		write_u16_at(&out, 2, (uint16_t)(out.len <= 0xffff ? out.len : 0));
		write_u16_at(&out, 6, 0);
		write_u16_at(&out, 10, 0);
		write_u16_at(&out, 10,
		             checksum_end(checksum_add(0, bytes_of(f->ip, w->header_len))));
	} else {
		write_u16_at(&out, 4, (uint16_t)(w->total <= 0xffff ? w->total : 0));
		f->ip[6] = w->key.ip_proto;
	}
	*ip_out = writer_written(&out);
}

enum parse fragments_add(struct fragments *f, const struct packet *piece, int64_t now_us,
                         struct bytes *ip_out)
{
	struct whole *w = fragments_find(f, piece, now_us);

	w->num_pieces++;
	if (w->is_bad || piece->cut || !put_piece(w, piece)) {
		w->is_bad = true;       /* stays, for fragments that still come */
		return PARSE_BAD;
	}
	if (w->total == 0 || w->header_len == 0 || w->num_units < (w->total + 7) / 8)
		return PARSE_MORE;
	assemble(f, w, ip_out);
	f->num_joined += w->num_pieces;
	table_remove(f->table, w);
	return PARSE_OK;
}

uint64_t fragments_num_joined(const struct fragments *f)
{
	return f->num_joined;
}
