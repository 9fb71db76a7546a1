/* SPDX-License-Identifier: MIT */

/*
 * From a datagram to packets, from a packet to frames, from frames to pieces of the handshake: one
 * function each.
 */

#include "inspect/quic.h"

#include <string.h>

#define LONG_HEADER 0x80
#define FIXED_BIT   0x40
#define FIRST_MIN   1200        /* bytes of a client's first datagram; RFC 9000, section 14.1 */
#define SAMPLE_AT   4           /* bytes from the beginning of the packet number */
#define SAMPLE      16
#define NUMBER_MAX  4           /* bytes of a packet number; RFC 9000, section 17.1 */

enum {
	FRAME_PADDING = 0,
	FRAME_PING    = 1,
	FRAME_ACK     = 2,
	FRAME_ACK_ECN = 3,
	FRAME_CRYPTO  = 6,
	FRAME_CLOSE   = 0x1c
};

/* RFC 9000, section 16: two bits give the length of a number. */
static inline uint64_t read_varint(struct reader *r)
{
	uint8_t  first = read_u8(r);
	uint64_t value = first & 0x3f;

	if (first < 0x40)
		return first;
	for (int more = (1 << (first >> 6)) - 1; more > 0; more--)
		value = value << 8 | read_u8(r);
	return value;
}

/* A length that cannot fit here is longer than any reader. */
static struct bytes read_counted(struct reader *r, uint64_t len)
{
	return read_bytes(r, len <= r->left.len ? (size_t)len : SIZE_MAX);
}

static enum quic_type quic_type_of(const struct quic_version *v, uint8_t first)
{
	uint8_t bits = first >> 4 & 3;

	return bits == v->initial ? QUIC_INITIAL : bits == v->zero_rtt ? QUIC_ZERO_RTT
	     : bits == v->handshake ? QUIC_HANDSHAKE : QUIC_RETRY;
}

enum parse quic_next_packet(struct reader *datagram, struct quic_packet *out)
{
	struct bytes       all = datagram->left;
	struct quic_packet p   = { 0 };
	uint8_t            first;
	uint64_t           len;

	if (all.len == 0 || !(all.at[0] & LONG_HEADER))
		return datagram->status == PARSE_OK ? PARSE_MORE : PARSE_BAD;
	first            = read_u8(datagram);
	p.version_number = read_u32(datagram);
	p.dcid           = read_block8(datagram).left;
	p.scid           = read_block8(datagram).left;
	p.version        = quic_version_find(p.version_number);
	p.type = p.version == NULL ? QUIC_UNKNOWN_VERSION : quic_type_of(p.version, first);
	if (datagram->status != PARSE_OK)
		return PARSE_BAD;
	if (p.type == QUIC_UNKNOWN_VERSION || p.type == QUIC_RETRY) {
		p.whole = all;
		*datagram = reader_over(bytes_from(all, all.len), PARSE_BAD);
		*out = p;
		return PARSE_OK;
	}
	if (p.type == QUIC_INITIAL)
		read_counted(datagram, read_varint(datagram));          /* token */
	len         = read_varint(datagram);
	p.number_at = all.len - datagram->left.len;
	read_counted(datagram, len);
	if (datagram->status != PARSE_OK || p.dcid.len > QUIC_CID_MAX || p.scid.len > QUIC_CID_MAX)
		return PARSE_BAD;
	p.whole = bytes_first(all, all.len - datagram->left.len);
	*out    = p;
	return PARSE_OK;
}

bool quic_is_first(struct bytes datagram, const struct quic_packet *first)
{
	return first->version_number != 0 && datagram.len >= FIRST_MIN &&
	       datagram.at[0] & FIXED_BIT && first->dcid.len <= QUIC_CID_MAX &&
	       first->scid.len <= QUIC_CID_MAX;
}

/*
 * The whole packet number from its last bytes: the one nearest to the expected next one. RFC 9000,
 * appendix A.3.
 */
static uint64_t whole_number(uint64_t largest, uint64_t cut, unsigned bits)
{
	uint64_t expected = largest + 1, window = UINT64_C(1) << bits, half = window / 2;
	uint64_t number   = (expected & ~(window - 1)) | cut;

	if (number + half <= expected)
		return number + window;
	if (number > expected + half && number >= window)
		return number - window;
	return number;
}

/* The header goes before the content, in clear: its token may be nearly as long as the datagram. */
enum parse quic_open_initial(struct quic_cipher *c, const struct quic_keys *keys,
                             const struct quic_packet *packet, uint64_t *largest,
                             struct writer *scratch, struct bytes *frames_out)
{
	uint8_t      mask[5], *header = scratch->start + scratch->len;
	uint64_t     cut = 0, number;
	size_t       at = packet->number_at, num, start = scratch->len;
	struct bytes sample = bytes_first(bytes_from(packet->whole, at + SAMPLE_AT), SAMPLE);

	if (sample.len < SAMPLE || scratch->cap - start < at + NUMBER_MAX ||
	    quic_header_mask(c, keys, sample, mask) != 0)
		return PARSE_BAD;
	write_bytes(scratch, bytes_first(packet->whole, at + NUMBER_MAX));
	header[0] ^= mask[0] & 0x0f;
	num = (header[0] & 3) + 1u;
	for (size_t i = 0; i < num; i++) {
		header[at + i] ^= mask[1 + i];
		cut = cut << 8 | header[at + i];
	}
	number       = whole_number(*largest, cut, 8 * (unsigned)num);
	scratch->len = start + at + num;
	if (quic_keys_open(c, keys, number, bytes_of(header, at + num),
	                   bytes_from(packet->whole, at + num), scratch) != 0) {
		scratch->len = start;
		return PARSE_BAD;
	}
	if (number > *largest)
		*largest = number;
	*frames_out = bytes_from(writer_written(scratch), start + at + num);
	return PARSE_OK;
}

/*
 * Padding fills most of an Initial. Eight bytes at a time, as otherwise it takes as long as all
 * else but the cipher.
 */
static void skip_zeros(struct reader *r)
{
	static const uint8_t zeros[8];
	size_t               num = 0;

	while (r->left.len - num >= sizeof(zeros) &&
	       memcmp(r->left.at + num, zeros, sizeof(zeros)) == 0)
		num += sizeof(zeros);
	while (num < r->left.len && r->left.at[num] == 0)
		num++;
	read_bytes(r, num);
}

static void skip_ack(struct reader *r, bool has_ecn)
{
	uint64_t ranges;

	read_varint(r);                                         /* largest acknowledged */
	read_varint(r);                                         /* delay */
	ranges = read_varint(r);
	read_varint(r);                                         /* first range */
	for (uint64_t i = 0; i < ranges && r->status == PARSE_OK; i++) {
		read_varint(r);                                 /* gap */
		read_varint(r);                                 /* length of a range */
	}
	for (int i = 0; has_ecn && i < 3; i++)
		read_varint(r);
}

static void skip_close(struct reader *r)
{
	read_varint(r);                                         /* error code */
	read_varint(r);                                         /* type of the frame at fault */
	read_counted(r, read_varint(r));                        /* reason */
}

enum parse quic_next_crypto(struct reader *frames, struct quic_crypto *out)
{
	while (reader_has_more(frames)) {
		switch (read_varint(frames)) {
		case FRAME_PADDING:
			skip_zeros(frames);
			break;
		case FRAME_PING:
			break;
		case FRAME_ACK:
			skip_ack(frames, false);
			break;
		case FRAME_ACK_ECN:
			skip_ack(frames, true);
			break;
		case FRAME_CLOSE:
			skip_close(frames);
			break;
		case FRAME_CRYPTO:
			out->offset = read_varint(frames);
			out->data   = read_counted(frames, read_varint(frames));
			if (frames->status == PARSE_OK)
				return PARSE_OK;
			break;
		default:
			return PARSE_BAD;
		}
	}
	return frames->status == PARSE_OK ? PARSE_MORE : PARSE_BAD;
}
