/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_LOG_ENTRY_H
#define FILTERD_LOG_ENTRY_H

/*
 * Entry: one parsed line of an audit log, for review. The line may come from anywhere: nothing in
 * it is trusted, and it is read once, from left to right, without allocating memory.
 */

#include "audit/chain.h"

enum entry_type {
	ENTRY_OTHER, /* an unknown type */
	ENTRY_PASS,
	ENTRY_LOG,
	ENTRY_WAIVED,
	ENTRY_WOULD_BLOCK,
	ENTRY_BLOCK,
	ENTRY_PROBE, /* of the test name: not an attempt */
	ENTRY_START,
	ENTRY_STOP,
	ENTRY_HEARTBEAT,
	ENTRY_POLICY,
	ENTRY_STATE,
	ENTRY_GAP,
	ENTRY_SEGMENT,
	ENTRY_PRUNE,
	ENTRY_ACCESS,
};

/*
 * Text is raw, as between its quotes in the line, with escapes (scan_text() in scan.h decodes them
 * for people). Empty, or 0: missing.
 */
struct entry {
	/* from record_read(): the line without its newline, which follows it */
	struct bytes    line;
	struct line_end end;
	enum entry_type type;
	bool            has_time;
	/* timestamp: microseconds since 1970, UTC */
	int64_t         time_us;
	struct bytes    sensor;                         /* host, in EVE */
	/* attempts */
	struct bytes    src_ip, dest_ip, proto, iface, mac, app, community_id, direction;
	uint64_t        src_port, dest_port, signature_id;
	struct bytes    action, signature, alert_category;
	struct bytes    host, wire, rule, category, by, policy, device, name, reply, folded;
	/* did the client ask a resolver for the shown name? "yes", "no", "unknown" */
	struct bytes    asked;
	/* of a waived attempt, with `reason` */
	struct bytes    waiver, until;
	bool            has_count;
	uint64_t        count;
	bool            has_first;
	int64_t         first_us;
	struct bytes    rrname, rrtype, url, user_agent, method, quic_version;
	/* records of the filter about itself */
	struct bytes version, boot, state, previous, clock, hooks, log, key, next_key, reason, file,
		sha256, result, old_policy, new_policy, from, to, cutoff, verb, settings, caller_by,
		caller_uid, caller_login_uid;
	/* the raw array, for policy_said.h; the number of files left out */
	struct bytes    policies;
	uint64_t        policies_left_out;
	bool            has_unfiltered, has_met;
	uint64_t rules, up_s, unfiltered, carried, mono_ms, every_s, attempts, pending, devices,
		fail_open, log_dropped, met, around, left_out, missed, missing_from, missing_to,
		first_seq, last_seq, torn_bytes;
	/* sum of a gap's counts; the probes among them */
	uint64_t        gap_counts, gap_probes;
	bool            has_attempts;
};

/*
 * entry_read - Takes: a line without its newline.
 * Gives:  PARSE_OK and *out, if it is one complete JSON object: RFC 8259, UTF-8, none of our
 *         members twice, no name with an escape at the level of ours, nothing deeper than
 *         ENTRY_DEPTH. PARSE_BAD otherwise. Members of a wrong type count as missing.
 */
#define ENTRY_DEPTH 8
enum parse entry_read(struct bytes line, struct entry *out);

/*
 * record_read - a line that is a record: JSON with the end of a chain line (audit/chain.h), and a
 *               time.
 */
enum parse record_read(struct bytes line, struct entry *out);

bool entry_is_attempt(const struct entry *e);
/* An attempt or a probe: was it blocked? */
bool entry_is_blocked(const struct entry *e);

/* Records that must be signed. */
bool entry_must_be_signed(const struct entry *e);

const char *entry_type_name(enum entry_type type);

#endif
