/* SPDX-License-Identifier: MIT */

/*
 * Walks over the JSON with one table of the relevant members. Our own lines have them in the
 * table's order, so each search begins after the last hit and mostly ends there.
 */

#include "log/entry.h"

#include "base/instant.h"
#include "log/scan.h"

#include <string.h>

enum place {
	AT_ROOT,
	AT_ETHER,
	AT_ALERT,
	AT_DNS,
	AT_HTTP,
	AT_QUIC,
	AT_OWN,
	AT_TORN,
	AT_CALLER,
	AT_COUNTS,
	AT_OTHER
};
enum kind  { KIND_TEXT, KIND_NUMBER, KIND_TIME, KIND_TYPE, KIND_FIRST, KIND_ARRAY,
             KIND_KNOWN };

struct member {
	enum place  place;
	const char *name;
	size_t      name_len;
	enum kind   kind;
	size_t      offset;
};

#define AT(member)         offsetof(struct entry, member)
#define TEXT(p, n, m)      { AT_##p, n, sizeof(n) - 1, KIND_TEXT, AT(m) }
#define ARRAY(p, n, m)     { AT_##p, n, sizeof(n) - 1, KIND_ARRAY, AT(m) }
#define NUMBER(p, n, m)    { AT_##p, n, sizeof(n) - 1, KIND_NUMBER, AT(m) }
#define OTHER(p, n, k)     { AT_##p, n, sizeof(n) - 1, KIND_##k, 0 }

/* KNOWN ones are listed only to detect duplicates. */
static const struct member members[] = {
	OTHER(ROOT, "timestamp", TIME),
	OTHER(ROOT, "flow_id", KNOWN),
	TEXT(ROOT, "in_iface", iface),
	OTHER(ROOT, "event_type", KNOWN),
	OTHER(ROOT, "log_level", KNOWN),
	OTHER(ROOT, "engine", KNOWN),
	TEXT(ROOT, "src_ip", src_ip),
	NUMBER(ROOT, "src_port", src_port),
	TEXT(ROOT, "dest_ip", dest_ip),
	NUMBER(ROOT, "dest_port", dest_port),
	TEXT(ROOT, "proto", proto),
	OTHER(ROOT, "ip_v", KNOWN),
	OTHER(ROOT, "ether", KNOWN),
	TEXT(ETHER, "src_mac", mac),
	TEXT(ROOT, "community_id", community_id),
	OTHER(ROOT, "alert", KNOWN),
	TEXT(ALERT, "action", action),
	OTHER(ALERT, "gid", KNOWN),
	NUMBER(ALERT, "signature_id", signature_id),
	OTHER(ALERT, "rev", KNOWN),
	TEXT(ALERT, "signature", signature),
	TEXT(ALERT, "category", alert_category),
	OTHER(ALERT, "severity", KNOWN),
	TEXT(ROOT, "app_proto", app),
	TEXT(ROOT, "direction", direction),
	OTHER(ROOT, "verdict", KNOWN),
	OTHER(ROOT, "dns", KNOWN),
	OTHER(DNS, "version", KNOWN),
	OTHER(DNS, "type", KNOWN),
	OTHER(DNS, "id", KNOWN),
	TEXT(DNS, "rrname", rrname),
	TEXT(DNS, "rrtype", rrtype),
	OTHER(DNS, "queries", KNOWN),
	OTHER(ROOT, "http", KNOWN),
	OTHER(HTTP, "hostname", KNOWN),
	TEXT(HTTP, "url", url),
	TEXT(HTTP, "http_user_agent", user_agent),
	TEXT(HTTP, "http_method", method),
	OTHER(HTTP, "protocol", KNOWN),
	OTHER(ROOT, "quic", KNOWN),
	TEXT(QUIC, "version", quic_version),
	OTHER(QUIC, "sni", KNOWN),
	OTHER(ROOT, "tls", KNOWN),
	TEXT(ROOT, "host", sensor),
	OTHER(ROOT, "stats", KNOWN),
	OTHER(ROOT, "filterd", KNOWN),
	OTHER(OWN, "type", TYPE),
	TEXT(OWN, "host", host),
	TEXT(OWN, "wire", wire),
	TEXT(OWN, "rule", rule),
	TEXT(OWN, "category", category),
	TEXT(OWN, "waiver", waiver),
	TEXT(OWN, "until", until),
	TEXT(OWN, "by", by),
	TEXT(OWN, "asked", asked),
	TEXT(OWN, "version", version),
	TEXT(OWN, "boot", boot),
	TEXT(OWN, "state", state),
	TEXT(OWN, "policy", policy),
	TEXT(OWN, "device", device),
	TEXT(OWN, "name", name),
	TEXT(OWN, "reply", reply),
	NUMBER(OWN, "count", count),
	TEXT(OWN, "folded", folded),
	NUMBER(OWN, "rules", rules),
	TEXT(OWN, "cutoff", cutoff),
	ARRAY(OWN, "policies", policies),
	NUMBER(OWN, "policies_left_out", policies_left_out),
	TEXT(OWN, "previous", previous),
	OTHER(OWN, "torn", KNOWN),
	NUMBER(TORN, "bytes", torn_bytes),
	OTHER(OWN, "missing", KNOWN),
	TEXT(OWN, "clock", clock),
	NUMBER(OWN, "up", up_s),
	NUMBER(OWN, "mono", mono_ms),
	NUMBER(OWN, "every", every_s),
	NUMBER(OWN, "attempts", attempts),
	NUMBER(OWN, "pending", pending),
	NUMBER(OWN, "devices", devices),
	OTHER(OWN, "queues", KNOWN),
	TEXT(OWN, "hooks", hooks),
	NUMBER(OWN, "unfiltered", unfiltered),
	NUMBER(OWN, "fail_open", fail_open),
	NUMBER(OWN, "log_dropped", log_dropped),
	NUMBER(OWN, "met", met),
	NUMBER(OWN, "around", around),
	NUMBER(OWN, "left_out", left_out),
	NUMBER(OWN, "missed", missed),
	OTHER(OWN, "unheard", KNOWN),
	NUMBER(OWN, "carried", carried),
	TEXT(OWN, "settings", settings),
	OTHER(OWN, "mode", KNOWN),
	OTHER(OWN, "inspect", KNOWN),
	OTHER(OWN, "protects", KNOWN),
	OTHER(OWN, "leaves_out", KNOWN),
	OTHER(OWN, "caller", KNOWN),
	TEXT(CALLER, "by", caller_by),
	TEXT(CALLER, "uid", caller_uid),
	TEXT(CALLER, "login_uid", caller_login_uid),
	TEXT(OWN, "old", old_policy),
	TEXT(OWN, "new", new_policy),
	TEXT(OWN, "from", from),
	TEXT(OWN, "to", to),
	TEXT(OWN, "reason", reason),
	OTHER(OWN, "counts", KNOWN),
	TEXT(OWN, "file", file),
	OTHER(OWN, "first", FIRST),
	NUMBER(OWN, "last", last_seq),
	TEXT(OWN, "log", log),
	TEXT(OWN, "key", key),
	TEXT(OWN, "next_key", next_key),
	TEXT(OWN, "sha256", sha256),
	TEXT(OWN, "verb", verb),
	OTHER(OWN, "uid", KNOWN),
	OTHER(OWN, "login", KNOWN),
	TEXT(OWN, "result", result),
	OTHER(OWN, "seq", KNOWN),
	OTHER(OWN, "prev", KNOWN),
	OTHER(OWN, "sig", KNOWN),
};

static const struct { const char *name; enum place place; } objects[] = {
	{ "ether", AT_ETHER }, { "alert", AT_ALERT }, { "dns", AT_DNS }, { "http", AT_HTTP },
	  { "quic", AT_QUIC },
	{ "filterd", AT_OWN },
};

static const struct { const char *name; enum entry_type type; } types[] = {
	{ "block", ENTRY_BLOCK }, { "would_block", ENTRY_WOULD_BLOCK }, { "log", ENTRY_LOG },
	  { "waived", ENTRY_WAIVED },
	  { "pass", ENTRY_PASS }, { "probe", ENTRY_PROBE },
	{ "heartbeat", ENTRY_HEARTBEAT }, { "start", ENTRY_START }, { "stop", ENTRY_STOP },
	  { "policy", ENTRY_POLICY },
	{ "state", ENTRY_STATE }, { "gap", ENTRY_GAP }, { "segment", ENTRY_SEGMENT }, { "prune",
	  ENTRY_PRUNE },
	{ "access", ENTRY_ACCESS },
};

struct entry_walking {
	struct scan   scan;
	struct entry *out;
	size_t        hint;             /* row of `members` to try first */
	uint64_t      seen[(COUNT(members) + 63) / 64];
};

static const struct member *find_member(struct entry_walking *w, enum place place,
                                        struct bytes name)
{
	for (size_t i = 0; i < COUNT(members); i++) {
		size_t row =
			w->hint + i < COUNT(members) ? w->hint + i : w->hint + i - COUNT(members);
		const struct member *m   = &members[row];

		if (m->place == place && m->name_len == name.len &&
		    memcmp(m->name, name.at, name.len) == 0) {
			w->hint = row + 1;
			return m;
		}
	}
	return NULL;
}

/* The same member twice: two readers could use different ones. */
static bool mark_seen(struct entry_walking *w, const struct member *m)
{
	size_t   row = (size_t)(m - members);
	uint64_t bit = UINT64_C(1) << (row % 64);

	if (w->seen[row / 64] & bit)
		return scan_refuse(&w->scan);
	w->seen[row / 64] |= bit;
	return true;
}

static enum entry_type type_named(struct bytes name)
{
	for (size_t i = 0; i < COUNT(types); i++) {
		if (bytes_is(name, types[i].name))
			return types[i].type;
	}
	return ENTRY_OTHER;
}

static void entry_set_text(struct entry *e, const struct member *m, struct bytes value)
{
	switch (m->kind) {
	case KIND_TEXT:
		*(struct bytes *)(void *)((uint8_t *)e + m->offset) = value;
		break;
	case KIND_TIME:
		e->has_time = instant_parse_eve(value, &e->time_us) == PARSE_OK;
		break;
	case KIND_FIRST:
		e->has_first = instant_parse_eve(value, &e->first_us) == PARSE_OK;
		break;
	case KIND_TYPE:
		e->type = type_named(value);
		break;
	case KIND_NUMBER:
	case KIND_ARRAY:
	case KIND_KNOWN:
		break;
	}
}

static void entry_set_number(struct entry *e, const struct member *m, uint64_t value)
{
	if (m->kind == KIND_FIRST)
		e->first_seq = value;
	if (m->kind != KIND_NUMBER)
		return;
	*(uint64_t *)(void *)((uint8_t *)e + m->offset) = value;
	e->has_count      |= m->offset == AT(count);
	e->has_unfiltered |= m->offset == AT(unfiltered);
	e->has_met        |= m->offset == AT(met);
	e->has_attempts   |= m->offset == AT(attempts);
}

static enum place entry_place_of(enum place place, struct bytes name)
{
	if (place == AT_ROOT) {
		for (size_t i = 0; i < COUNT(objects); i++) {
			if (bytes_is(name, objects[i].name))
				return objects[i].place;
		}
	}
	if (place == AT_OWN && bytes_is(name, "torn"))
		return AT_TORN;
	if (place == AT_OWN && bytes_is(name, "caller"))
		return AT_CALLER;
	return place == AT_OWN && bytes_is(name, "counts") ? AT_COUNTS : AT_OTHER;
}

static void entry_count_gap(struct entry *e, struct bytes category, uint64_t number)
{
	e->gap_counts = number > UINT64_MAX - e->gap_counts ? UINT64_MAX : e->gap_counts + number;
	if (bytes_is(category, "probe"))
		e->gap_probes = number;
}

static bool take_object(struct entry_walking *w, enum place place, unsigned depth);

/* missing:[from,to] is the only array used here. */
static bool take_array(struct entry_walking *w, enum place place, struct bytes name,
                       unsigned depth);

/* A raw array, which the callers parse. */
static void entry_set_array(struct entry_walking *w, const struct member *m, const uint8_t *begin)
{
	if (m != NULL && m->kind == KIND_ARRAY)
		*(struct bytes *)(void *)((uint8_t *)w->out + m->offset) =
			bytes_of(begin, (size_t)(w->scan.at - begin));
}

static bool take_value(struct entry_walking *w, enum place place, struct bytes name,
                       const struct member *m, unsigned depth)
{
	const uint8_t *begin = w->scan.at;
	struct bytes   text;
	uint64_t       number;
	bool           whole;

	if (w->scan.at == w->scan.end)
		return scan_refuse(&w->scan);
	switch (*w->scan.at) {
	case '"':
		if (!scan_string(&w->scan, &text))
			return false;
		if (m != NULL)
			entry_set_text(w->out, m, text);
		return true;
	case '{':
		return take_object(w, entry_place_of(place, name), depth + 1);
	case '[':
		if (!take_array(w, place, name, depth + 1))
			return false;
		entry_set_array(w, m, begin);
		return true;
	case 't':
		return scan_word(&w->scan, "true");
	case 'f':
		return scan_word(&w->scan, "false");
	case 'n':
		return scan_word(&w->scan, "null");
	default:
		if (!scan_number(&w->scan, &number, &whole))
			return false;
		if (whole && m != NULL)
			entry_set_number(w->out, m, number);
		if (whole && place == AT_COUNTS)
			entry_count_gap(w->out, name, number);
		return true;
	}
}

static bool take_array(struct entry_walking *w, enum place place, struct bytes name, unsigned depth)
{
	bool     is_missing = place == AT_OWN && bytes_is(name, "missing");
	unsigned index      = 0;

	if (depth > ENTRY_DEPTH)
		return scan_refuse(&w->scan);
	w->scan.at++;
	scan_skip_space(&w->scan);
	if (scan_take(&w->scan, ']'))
		return true;
	do {
		uint64_t number = 0;
		bool     whole;

		scan_skip_space(&w->scan);
		if (is_missing && scan_is_digit(&w->scan)) {
			if (!scan_number(&w->scan, &number, &whole))
				return false;
			if (whole && index == 0)
				w->out->missing_from = number;
			else if (whole)
				w->out->missing_to = number;
			index++;
		} else if (!take_value(w, AT_OTHER, (struct bytes){ 0 }, NULL, depth)) {
			return false;
		}
		scan_skip_space(&w->scan);
	} while (scan_take(&w->scan, ','));
	return scan_take(&w->scan, ']') ? true : scan_refuse(&w->scan);
}

static bool take_object(struct entry_walking *w, enum place place, unsigned depth)
{
	if (depth > ENTRY_DEPTH || !scan_take(&w->scan, '{'))
		return scan_refuse(&w->scan);
	scan_skip_space(&w->scan);
	if (scan_take(&w->scan, '}'))
		return true;
	do {
		const struct member *m = NULL;
		struct bytes         name;

		scan_skip_space(&w->scan);
		if (!scan_string(&w->scan, &name))
			return false;
		/*
		 * With an escape in it, this could be one of our names in disguise, which another
		 * reader would accept.
		 */
		if (place != AT_OTHER && name.len > 0 && memchr(name.at, '\\', name.len) != NULL)
			return scan_refuse(&w->scan);
		if (place != AT_OTHER && place != AT_COUNTS)
			m = find_member(w, place, name);
		if (m != NULL && !mark_seen(w, m))
			return false;
		scan_skip_space(&w->scan);
		if (!scan_take(&w->scan, ':'))
			return scan_refuse(&w->scan);
		scan_skip_space(&w->scan);
		if (!take_value(w, place, name, m, depth))
			return false;
		scan_skip_space(&w->scan);
	} while (scan_take(&w->scan, ','));
	return scan_take(&w->scan, '}') ? true : scan_refuse(&w->scan);
}

enum parse entry_read(struct bytes line, struct entry *out)
{
	struct entry         entry = { .count = 1 };
	struct entry_walking w     = { .scan = scan_over(line), .out = &entry };

	if (line.len == 0)
		return PARSE_BAD;
	scan_skip_space(&w.scan);
	if (!take_object(&w, AT_ROOT, 1))
		return PARSE_BAD;
	scan_skip_space(&w.scan);
	if (w.scan.at != w.scan.end)
		return PARSE_BAD;
	*out = entry;
	return PARSE_OK;
}

enum parse record_read(struct bytes line, struct entry *out)
{
	struct line_end end;

	if (line_end_read(line, &end) != PARSE_OK || entry_read(line, out) != PARSE_OK ||
	    !out->has_time)
		return PARSE_BAD;
	out->line = line;
	out->end  = end;
	return PARSE_OK;
}

bool entry_is_attempt(const struct entry *e)
{
	return e->type == ENTRY_BLOCK || e->type == ENTRY_WOULD_BLOCK ||
	       e->type == ENTRY_WAIVED || e->type == ENTRY_LOG;
}

bool entry_is_blocked(const struct entry *e)
{
	return e->type == ENTRY_BLOCK ||
	       (e->type == ENTRY_PROBE && bytes_equal(e->action, BYTES("blocked")));
}

bool entry_must_be_signed(const struct entry *e)
{
	return e->type >= ENTRY_START;
}

const char *entry_type_name(enum entry_type type)
{
	for (size_t i = 0; i < COUNT(types); i++) {
		if (types[i].type == type)
			return types[i].name;
	}
	return "other";
}
