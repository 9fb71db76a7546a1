/* SPDX-License-Identifier: MIT */

/* Hellos contain what servers require, and no more: RFC 8446, section 9.2; RFC 9001, section 8. */

#include "inspect/ask.h"

#include "inspect/dns.h"
#include "inspect/quic_keys.h"

#include <errno.h>
#include <string.h>

#define DNS_FLAG_RD    0x0100
#define OPT_SIZE       1232     /* bytes; DNS flag day 2020 */
#define OPTION_EDE     15       /* RFC 8914, section 2 */
#define EDE_BLOCKED    15       /* section 4.16 */
#define DATAGRAM_LEAST 1200     /* bytes; RFC 9000, section 14.1 */
#define RANDOM_LEN     32       /* of the hello; a key share and connection ids follow it */
#define CID_LEN        8
#define HEADER_LEN     (12 + CID_LEN)   /* of an Initial without a token */

static size_t ask_open_block(struct writer *w)
{
	write_u16(w, 0);
	return w->len;
}

static void ask_close_block(struct writer *w, size_t begin)
{
	write_u16_at(w, begin - 2, (uint16_t)(w->len - begin));
}

/* Names that a probe asks for have no escapes: a label has the length of its text. */
void ask_dns(struct writer *w, uint16_t id, struct host host)
{
	struct bytes rest = bytes_of(host.text, host.len);

	write_u16(w, id);
	write_u16(w, DNS_FLAG_RD);
	write_bytes(w, BYTES("\0\1\0\0\0\0\0\1"));
	while (rest.len > 0) {
		const uint8_t *dot = memchr(rest.at, '.', rest.len);
		size_t         len = dot != NULL ? (size_t)(dot - rest.at) : rest.len;

		write_u8(w, (uint8_t)len);
		write_bytes(w, bytes_first(rest, len));
		rest = bytes_from(rest, len + 1);
	}
	write_u8(w, 0);
	write_u16(w, DNS_TYPE_A);
	write_u16(w, 1);
	write_u8(w, 0);
	write_u16(w, DNS_TYPE_OPT);
	write_u16(w, OPT_SIZE);
	write_bytes(w, BYTES("\0\0\0\0\0\0"));
}

static void ask_server_name(struct writer *w, struct host host)
{
	size_t extension, list, name;

	write_u16(w, 0);
	extension = ask_open_block(w);
	list      = ask_open_block(w);
	write_u8(w, 0);
	name = ask_open_block(w);
	write_bytes(w, bytes_of(host.text, host.len));
	ask_close_block(w, name);
	ask_close_block(w, list);
	ask_close_block(w, extension);
}

static void ask_extensions(struct writer *w, struct host host, const uint8_t share[RANDOM_LEN],
                           bool is_quic)
{
	ask_server_name(w, host);
	/* supported_groups: x25519, secp256r1; ec_point_formats; signature_algorithms */
	write_bytes(w, BYTES("\0\12\0\6\0\4\0\x1d\0\x17" "\0\13\0\2\1\0"
	                     "\0\15\0\22\0\20\4\3\5\3\6\3\10\4\10\5\10\6\4\1\5\1"));
	if (is_quic)    /* supported_versions, ALPN, only the source's id as transport parameter */
		write_bytes(w, BYTES("\0\x2b\0\3\2\3\4" "\0\20\0\5\0\3\2h3" "\0\x39\0\2\x0f\0"));
	else            /* supported_versions; extended_master_secret */
		write_bytes(w, BYTES("\0\x2b\0\5\4\3\4\3\3" "\0\x17\0\0"));
	/* key_share: x25519, of which any 32 bytes are a key; psk_key_exchange_modes */
	write_bytes(w, BYTES("\0\x33\0\x26\0\x24\0\x1d\0\x20"));
	write_bytes(w, bytes_of(share, RANDOM_LEN));
	write_bytes(w, BYTES("\0\x2d\0\2\1\1"));
}

static void ask_hello(struct writer *w, struct host host, const uint8_t random[ASK_RANDOM],
                      bool is_quic)
{
	size_t message, extensions;

	write_bytes(w, BYTES("\1\0"));
	message = ask_open_block(w);
	write_bytes(w, BYTES("\3\3"));
	write_bytes(w, bytes_of(random, RANDOM_LEN));
	/* no session; suites of TLS 1.3, then those of 1.2; no compression */
	if (is_quic)
		write_bytes(w, BYTES("\0" "\0\6\x13\1\x13\2\x13\3" "\1\0"));
	else
		write_bytes(w, BYTES("\0" "\0\x0e\x13\1\x13\2\x13\3\xc0\x2b\xc0\x2f\xc0\x2c\xc0\x30"
		                     "\1\0"));
	extensions = ask_open_block(w);
	ask_extensions(w, host, random + RANDOM_LEN, is_quic);
	ask_close_block(w, extensions);
	ask_close_block(w, message);
}

void ask_tls(struct writer *w, struct host host, const uint8_t random[ASK_RANDOM])
{
	size_t record;

	write_bytes(w, BYTES("\x16\3\1"));
	record = ask_open_block(w);
	ask_hello(w, host, random, false);
	ask_close_block(w, record);
}

void ask_http(struct writer *w, struct host host)
{
	write_text(w, "HEAD / HTTP/1.1\r\nHost: ");
	write_bytes(w, bytes_of(host.text, host.len));
	write_text(w, "\r\nUser-Agent: filterctl-probe\r\nConnection: close\r\n\r\n");
}

/* RFC 9000, section 17.2.2; RFC 9001, section 5.4. The packet's number is 0, in 2 bytes. */
static int ask_quic_sealed(struct writer *w, struct quic_cipher *c, struct bytes frames,
                           struct bytes id)
{
	size_t           begin = w->len, number;
	struct quic_keys keys;
	uint8_t          mask[5];
	int              error;

	write_bytes(w, BYTES("\xc1\0\0\0\1"));
	write_u8(w, (uint8_t)id.len);
	write_bytes(w, id);
	write_bytes(w, BYTES("\0\0"));
	write_u16(w, (uint16_t)(0x4000 | (2 + frames.len + QUIC_TAG)));
	number = w->len;
	write_u16(w, 0);
	error = w->full ? -EIO : quic_keys_derive(c, quic_version_find(1), id, &keys);
	if (error == 0)
		error = quic_keys_seal(c, &keys, 0, bytes_of(w->start + begin, w->len - begin),
		                       frames, w);
	if (error == 0)
		error = quic_header_mask(c, &keys, bytes_of(w->start + number + 4, 16), mask);
	if (error != 0)
		return error;
	w->start[begin] ^= mask[0] & 0x0f;
	w->start[number] ^= mask[1];
	w->start[number + 1] ^= mask[2];
	return 0;
}

int ask_quic(struct writer *w, struct host host, const uint8_t random[ASK_RANDOM])
{
	uint8_t             frames[DATAGRAM_LEAST] = { 0 };     /* zeros are padding */
	struct writer       f     = writer_over(frames, sizeof(frames));
	size_t              least = DATAGRAM_LEAST - QUIC_TAG - HEADER_LEN, begin, len;
	struct quic_cipher *c     = quic_cipher_new();
	int                 error;

	if (c == NULL)
		return -EIO;
	write_bytes(&f, BYTES("\6\0"));
	begin = ask_open_block(&f);
	ask_hello(&f, host, random, true);
	write_u16_at(&f, begin - 2, (uint16_t)(0x4000 | (f.len - begin)));
	len   = f.len > least ? f.len : least;
	error = f.full ? -EIO
	               : ask_quic_sealed(w, c, bytes_of(frames, len),
	                                 bytes_of(random + 2 * RANDOM_LEN, CID_LEN));
	quic_cipher_free(c);
	return error;
}

/* The first Extended DNS Error that says "Blocked". */
static bool ask_find_error(struct reader options, struct bytes *text_out)
{
	while (reader_has_more(&options)) {
		uint16_t      code  = read_u16(&options);
		struct reader value = read_block16(&options);

		if (options.status != PARSE_OK || code != OPTION_EDE ||
		    read_u16(&value) != EDE_BLOCKED || value.status != PARSE_OK)
			continue;
		*text_out = value.left;
		return true;
	}
	return false;
}

void ask_dns_read(struct bytes message, uint16_t id, struct host host, struct ask_answered *out)
{
	static struct dns_name question;
	struct dns_reader      r;
	struct dns_record      record;

	*out = (struct ask_answered){ .what = ASK_NONE };
	if (dns_open(message, &r) != PARSE_OK || !r.header.is_response || r.header.id != id ||
	    dns_next_question(&r, &question) != PARSE_OK || question.host.len != host.len ||
	    memcmp(question.host.text, host.text, host.len) != 0)
		return;
	out->what  = ASK_OTHER;
	out->rcode = r.header.rcode;
	while (dns_next_record(&r, &record) == PARSE_OK) {
		if (record.type == DNS_TYPE_OPT && ask_find_error(record.data, &out->text)) {
			out->what = ASK_BLOCKED;
			return;
		}
		if (dns_record_address(&record).len > 0)
			out->what = ASK_ADDRESS;
	}
}
