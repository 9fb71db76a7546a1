/* SPDX-License-Identifier: MIT */

/*
 * Two readers of QUIC: whatever bytes of a handshake a server of ngtcp2 takes from a client's
 * datagrams, quic.h finds them, too, in the same places. quic.h may find more: it does not ask for
 * numbers and ids. The cipher does nothing here, so that an input says what is in a packet.
 *
 * An input is a row of orders: an Initial with so many bytes of frames, bytes as they are, or the
 * end of a datagram.
 */

#include "base/bytes.h"
#include "inspect/quic.h"

#include <netinet/in.h>
#include <ngtcp2/ngtcp2.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define TAG           16
#define DATAGRAM_MIN  1200      /* or the server takes no Initial */
#define DATAGRAM_MAX  65000
#define PIECES_MAX    4096      /* of an input: more tell nothing new */
#define TAKEN_MAX     65536     /* bytes in which pieces are kept */
#define CLIENT_ID     "client_1"
#define FIRST_ID      "chosen_1"

enum { INITIAL, INITIAL_OF_SERVER_ID, BYTES_AS_THEY_ARE, END, ORDERS };

/* What quic.h has found. */
static struct {
	size_t   num, len;
	uint64_t offset[PIECES_MAX];
	struct bytes data[PIECES_MAX];
	uint8_t  room[TAKEN_MAX];
	bool     is_full;
} found;

static uint8_t datagram[DATAGRAM_MAX];

static void quic_finds(const struct quic_crypto *piece)
{
	if (found.num == PIECES_MAX || piece->data.len > TAKEN_MAX - found.len) {
		found.is_full = true;
		return;
	}
	found.offset[found.num] = piece->offset;
	found.data[found.num++] = bytes_of(found.room + found.len, piece->data.len);
	if (piece->data.len > 0)
		memcpy(found.room + found.len, piece->data.at, piece->data.len);
	found.len += piece->data.len;
}

/* As quic_open_initial() leaves it, were nothing hidden. */
static struct bytes quic_frames(const struct quic_packet *p)
{
	size_t       num     = (p->whole.at[0] & 3) + 1u;
	struct bytes content = bytes_from(p->whole, p->number_at + num);

	return content.len > TAG ? bytes_first(content, content.len - TAG) : (struct bytes){ 0 };
}

static void quic_reads(struct bytes all)
{
	struct reader      r = reader_over(all, PARSE_BAD);
	struct quic_packet p;
	struct quic_crypto piece;

	while (quic_next_packet(&r, &p) == PARSE_OK) {
		if (p.type != QUIC_INITIAL)
			continue;

		struct reader frames = reader_over(quic_frames(&p), PARSE_BAD);

		while (quic_next_crypto(&frames, &piece) == PARSE_OK)
			quic_finds(&piece);
	}
}

static bool quic_has_found(uint64_t offset, uint8_t byte)
{
	for (size_t i = 0; i < found.num; i++) {
		uint64_t at = offset - found.offset[i];

		if (offset >= found.offset[i] && at < found.data[i].len &&
		    found.data[i].at[at] == byte)
			return true;
	}
	return false;
}

static int ngtcp2_takes(ngtcp2_conn *conn, ngtcp2_crypto_level level, uint64_t offset,
                        const uint8_t *data, size_t len, void *owner)
{
	(void)conn;
	(void)owner;
	if (level != NGTCP2_CRYPTO_LEVEL_INITIAL || found.is_full)
		return 0;
	for (size_t i = 0; i < len; i++) {
		if (!quic_has_found(offset + i, data[i]))
			abort();
	}
	return 0;
}

static int ngtcp2_seals(uint8_t *dest, const ngtcp2_crypto_aead *aead,
                        const ngtcp2_crypto_aead_ctx *context, const uint8_t *plain, size_t len,
                        const uint8_t *nonce, size_t nonce_len, const uint8_t *header,
                        size_t header_len)
{
	(void)aead, (void)context, (void)nonce, (void)nonce_len, (void)header, (void)header_len;
	memmove(dest, plain, len);
	memset(dest + len, 0, TAG);
	return 0;
}

static int ngtcp2_opens(uint8_t *dest, const ngtcp2_crypto_aead *aead,
                        const ngtcp2_crypto_aead_ctx *context, const uint8_t *sealed, size_t len,
                        const uint8_t *nonce, size_t nonce_len, const uint8_t *header,
                        size_t header_len)
{
	(void)aead, (void)context, (void)nonce, (void)nonce_len, (void)header, (void)header_len;
	if (len < TAG)
		return NGTCP2_ERR_DECRYPT;
	memmove(dest, sealed, len - TAG);
	return 0;
}

static int ngtcp2_hides_nothing(uint8_t *dest, const ngtcp2_crypto_cipher *cipher,
                                const ngtcp2_crypto_cipher_ctx *context, const uint8_t *sample)
{
	(void)cipher, (void)context, (void)sample;
	memset(dest, 0, NGTCP2_HP_MASKLEN);
	return 0;
}

static int ngtcp2_begins(ngtcp2_conn *conn, const ngtcp2_cid *dcid, void *owner)
{
	static const uint8_t     iv[12];
	ngtcp2_crypto_aead_ctx   aead   = { 0 };
	ngtcp2_crypto_cipher_ctx cipher = { 0 };
	ngtcp2_crypto_ctx        context = { .aead.max_overhead = TAG };

	(void)dcid;
	(void)owner;
	ngtcp2_conn_set_initial_crypto_ctx(conn, &context);
	return ngtcp2_conn_install_initial_key(conn, &aead, iv, &cipher, &aead, iv, &cipher,
	                                       sizeof(iv));
}

static void ngtcp2_dice(uint8_t *dest, size_t len, const ngtcp2_rand_ctx *context)
{
	(void)context;
	memset(dest, 1, len);
}

static int ngtcp2_names(ngtcp2_conn *conn, ngtcp2_cid *id, uint8_t *token, size_t len, void *owner)
{
	(void)conn;
	(void)owner;
	id->datalen = len;
	memset(id->data, 2, len);
	memset(token, 3, NGTCP2_STATELESS_RESET_TOKENLEN);
	return 0;
}

static int ngtcp2_renews(ngtcp2_conn *conn, uint8_t *rx_secret, uint8_t *tx_secret,
                         ngtcp2_crypto_aead_ctx *rx, uint8_t *rx_iv, ngtcp2_crypto_aead_ctx *tx,
                         uint8_t *tx_iv, const uint8_t *rx_before, const uint8_t *tx_before,
                         size_t len, void *owner)
{
	(void)conn, (void)rx_secret, (void)tx_secret, (void)rx, (void)rx_iv, (void)tx, (void)tx_iv;
	(void)rx_before, (void)tx_before, (void)len, (void)owner;
	return NGTCP2_ERR_CALLBACK_FAILURE;
}

static void ngtcp2_drops_aead(ngtcp2_conn *conn, ngtcp2_crypto_aead_ctx *context, void *owner)
{
	(void)conn, (void)context, (void)owner;
}

static void ngtcp2_drops_cipher(ngtcp2_conn *conn, ngtcp2_crypto_cipher_ctx *context, void *owner)
{
	(void)conn, (void)context, (void)owner;
}

static int ngtcp2_challenges(ngtcp2_conn *conn, uint8_t *data, void *owner)
{
	(void)conn;
	(void)owner;
	memset(data, 4, NGTCP2_PATH_CHALLENGE_DATALEN);
	return 0;
}

static int ngtcp2_negotiates(ngtcp2_conn *conn, uint32_t version, const ngtcp2_cid *dcid,
                             void *owner)
{
	(void)conn, (void)version, (void)dcid, (void)owner;
	return NGTCP2_ERR_CALLBACK_FAILURE;
}

static struct sockaddr_in ends[2] = { { .sin_family = AF_INET }, { .sin_family = AF_INET } };
static ngtcp2_path        path = { .local  = { (struct sockaddr *)&ends[0], sizeof(ends[0]) },
	                           .remote = { (struct sockaddr *)&ends[1], sizeof(ends[1]) } };

static ngtcp2_conn *ngtcp2_server(void)
{
	static const ngtcp2_callbacks calls = {
		.recv_client_initial      = ngtcp2_begins,
		.recv_crypto_data         = ngtcp2_takes,
		.encrypt                  = ngtcp2_seals,
		.decrypt                  = ngtcp2_opens,
		.hp_mask                  = ngtcp2_hides_nothing,
		.rand                     = ngtcp2_dice,
		.get_new_connection_id    = ngtcp2_names,
		.update_key               = ngtcp2_renews,
		.delete_crypto_aead_ctx   = ngtcp2_drops_aead,
		.delete_crypto_cipher_ctx = ngtcp2_drops_cipher,
		.get_path_challenge_data  = ngtcp2_challenges,
		.version_negotiation      = ngtcp2_negotiates,
	};
	ngtcp2_settings         settings;
	ngtcp2_transport_params parameters;
	ngtcp2_cid              client, own, first;
	ngtcp2_conn            *conn;

	ngtcp2_settings_default(&settings);
	ngtcp2_transport_params_default(&parameters);
	ngtcp2_cid_init(&client, (const uint8_t *)CLIENT_ID, sizeof(CLIENT_ID) - 1);
	ngtcp2_cid_init(&own, (const uint8_t *)"server_1", 8);
	ngtcp2_cid_init(&first, (const uint8_t *)FIRST_ID, sizeof(FIRST_ID) - 1);
	parameters.original_dcid = first;
	if (ngtcp2_conn_server_new(&conn, &client, &own, &path, NGTCP2_PROTO_VER_V1, &calls,
	                           &settings, &parameters, NULL, NULL) != 0)
		abort();
	return conn;
}

static void write_initial(struct writer *w, const char *id, uint8_t number, struct bytes frames)
{
	static const uint8_t zeros[TAG];

	write_bytes(w, BYTES("\xc0\0\0\0\1\x08"));
	write_bytes(w, bytes_text(id));
	write_bytes(w, BYTES("\x08" CLIENT_ID "\0"));
	write_u16(w, (uint16_t)(0x4000 | (1 + frames.len + TAG)));
	write_u8(w, number);
	write_bytes(w, frames);
	write_bytes(w, bytes_of(zeros, TAG));
}

/* False once the server hears no more. */
static bool send_datagram(ngtcp2_conn *server, struct writer *w)
{
	struct bytes all;
	bool         is_heard;

	if (w->len < DATAGRAM_MIN) {
		memset(datagram + w->len, 0, DATAGRAM_MIN - w->len);
		w->len = DATAGRAM_MIN;
	}
	all = writer_written(w);
	quic_reads(all);
	is_heard = ngtcp2_conn_read_pkt(server, &path, NULL, all.at, all.len, 1) == 0;
	*w       = writer_over(datagram, sizeof(datagram));
	return is_heard;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct reader r = reader_over(bytes_of(data, len), PARSE_BAD);
	struct writer w = writer_over(datagram, sizeof(datagram));
	ngtcp2_conn  *server   = ngtcp2_server();
	bool          is_heard = true;

	found.num = found.len = 0;
	found.is_full = false;
	while (is_heard && reader_has_more(&r)) {
		uint8_t      order  = read_u8(&r) % ORDERS;
		uint8_t      number = order < BYTES_AS_THEY_ARE ? read_u8(&r) : 0;
		struct bytes rest   = order < END ? read_block16(&r).left : (struct bytes){ 0 };

		if (rest.len > DATAGRAM_MAX / 4)
			break;
		switch (order) {
		case INITIAL:              write_initial(&w, FIRST_ID, number, rest); break;
		case INITIAL_OF_SERVER_ID: write_initial(&w, "server_1", number, rest); break;
		case BYTES_AS_THEY_ARE:    write_bytes(&w, rest); break;
		}
		if (w.full)
			break;
		if (order == END)
			is_heard = send_datagram(server, &w);
	}
	if (is_heard && !w.full && w.len > 0)
		send_datagram(server, &w);
	ngtcp2_conn_del(server);
	return 0;
}
