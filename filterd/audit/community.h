/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_AUDIT_COMMUNITY_H
#define FILTERD_AUDIT_COMMUNITY_H

/*
 * Community ID, version 1, seed 0: a flow's label, the same in Zeek, Suricata and Arkime. The
 * digest is SHA-1, which is a label here, not security.
 */

#include "wire/packet.h"

#define COMMUNITY_ID_MAX 31     /* "1:" and 28 characters of base64, and a NUL */

/*
 * community_id - Gives: the text in id_out, and in *flow_id_out the top 51 bits of the digest
 *         (Suricata keeps its flow_id to 51 bits because JSON readers lose more). 0, or -ENOSYS if
 *         the library refuses SHA-1.
 */
int community_id(const struct address *src, uint16_t src_port, const struct address *dst,
                 uint16_t dst_port, enum transport transport, char id_out[COMMUNITY_ID_MAX],
                 uint64_t *flow_id_out);

#endif
