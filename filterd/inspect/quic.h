/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_INSPECT_QUIC_H
#define FILTERD_INSPECT_QUIC_H

/* QUIC: the pieces of the ClientHello in a client's Initial packets, anywhere in a datagram. */

#include "inspect/quic_keys.h"

enum quic_type { QUIC_INITIAL, QUIC_ZERO_RTT, QUIC_HANDSHAKE, QUIC_RETRY, QUIC_UNKNOWN_VERSION };

/* One packet with a long header; all borrowed from the datagram. */
struct quic_packet {
	enum quic_type             type;
	uint32_t                   version_number;
	const struct quic_version *version;     /* NULL with QUIC_UNKNOWN_VERSION */
	struct bytes               dcid, scid;
	struct bytes               whole;       /* header and content */
	size_t                     number_at;   /* the offset of the packet number in `whole` */
};

/*
 * quic_next_packet - the next of the packets coalesced in a datagram.
 *
 * Takes:  a reader over the whole datagram, at first; then the same one.
 * Gives:  PARSE_OK and *out; PARSE_MORE if the rest has no long header (a short one, padding,
 *         nothing), or follows a packet of unknown length (Retry, another version); PARSE_BAD if a
 *         length is wrong.
 * Source: RFC 8999; RFC 9000, sections 12.2 and 17.2; RFC 9369, section 3.2. The fixed bit is not
 *         checked (RFC 9287).
 */
enum parse quic_next_packet(struct reader *datagram, struct quic_packet *out);

/*
 * quic_is_first - could this datagram begin a connection of an unknown version? A long header with
 *                 the fixed bit, connection ids that fit, and the 1200 bytes to which clients
 *                 pad their first datagram (RFC 9000, section 14.1). RTP and the like do not.
 */
bool quic_is_first(struct bytes datagram, const struct quic_packet *first);

/*
 * quic_open_initial - remove the protection of an Initial packet.
 *
 * Takes:  largest, the highest packet number of this connection opened so far (0 at first; RFC
 *         9000, appendix A.3); scratch, room for packet->whole.len bytes.
 * Gives:  PARSE_OK, *frames_out in scratch, *largest raised; PARSE_BAD if these are not its keys,
 *         or a byte of it was changed.
 */
enum parse quic_open_initial(struct quic_cipher *c, const struct quic_keys *keys,
                             const struct quic_packet *packet, uint64_t *largest,
                             struct writer *scratch, struct bytes *frames_out);

struct quic_crypto {
	uint64_t     offset;            /* offset of data in the handshake stream */
	struct bytes data;
};

/*
 * quic_next_crypto - the next CRYPTO frame.
 * Takes:  a reader over the frames, at first; then the same one.
 * Gives:  PARSE_OK and *out; PARSE_MORE when there is no other; PARSE_BAD at a frame not allowed in
 *         an Initial.
 * Source: RFC 9000, sections 12.4, 19.1 to 19.3, 19.6 and 19.19: PADDING, PING, ACK, CRYPTO,
 *         CONNECTION_CLOSE.
 */
enum parse quic_next_crypto(struct reader *frames, struct quic_crypto *out);

#endif
