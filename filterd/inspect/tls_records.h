/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_INSPECT_TLS_RECORDS_H
#define FILTERD_INSPECT_TLS_RECORDS_H

/*
 * Records of TLS: the next handshake message of a side, however it is divided into records (RFC
 * 8446, section 5.1). Skips whatever some server skips before it and inside it: empty records,
 * warnings, ChangeCipherSpec, any version, lengths beyond those of the RFC.
 */

#include "base/bytes.h"

/* types of records, ChangeCipherSpec to application data: RFC 8446, section 5.1 */
enum { TLS_RECORD_LEAST = 20, TLS_RECORD_MOST = 23 };

#define TLS_RECORDS_MAX 128     /* records looked at for one message */

struct tls_records {
	/* the message with its header of four bytes, or the part that is there */
	struct bytes message;
	/* bytes after it, in the record in which it ends */
	struct bytes behind;
	/* that record continues beyond the stream and beyond the message */
	bool         is_open;
	/*
	 * Bytes of the stream up to the end of that record, which may lie beyond the stream; if the
	 * message is incomplete, at least up to its end.
	 */
	size_t       end;
	size_t       passed;            /* bytes of whole records before its beginning */
	unsigned     num;               /* records, with the skipped ones */
	bool         has_too_many;      /* still incomplete after TLS_RECORDS_MAX */
};

/*
 * tls_records_read - Takes: stream, from the beginning of a record on; type, of the message;
 *         passes_data, records of application data are skipped; scratch, memory for a message
 *         that spans records (its len is reset). A message too long for it stays incomplete, with
 *         its beginning.
 * Gives:  PARSE_OK, the message is whole; PARSE_MORE, it may become so; PARSE_BAD, here is a record
 *         that every server refuses, or a message of another type. *out is set if not PARSE_BAD.
 * Keeps:  *out borrows from stream or scratch.
 * Source: the table of tests/unit/test_tls.c.
 */
enum parse tls_records_read(struct bytes stream, uint8_t type, bool passes_data,
                            struct writer *scratch, struct tls_records *out);

#endif
