/* SPDX-License-Identifier: MIT */

/*
 * Rows of COPY's text format: tabs between columns, special characters escaped by a backslash, \N
 * for missing values. A row that PostgreSQL refuses makes the whole COPY fail, so each value from
 * the untrusted line is checked before it goes into a column: an address is parsed, a number must
 * fit, text is UTF-8 without NUL.
 *
 * Source: PostgreSQL 15 documentation, "COPY", File Formats, Text Format;
 *         config/fleet/postgresql/schema.sql has the columns.
 */

#include "review/export.h"

#include "base/instant.h"
#include "log/scan.h"
#include "review/totals.h"
#include "wire/packet.h"

#include <string.h>

/*
 * Bytes of a text in a column, so that several fit into an index. More than any name, and raw has
 * the full text.
 */
#define TEXT_MAX 300

static const char head[] = "COPY incoming (seq, time, first, count, attempts, pending, unfiltered, "
                           "mono, every, src_port, dest_port, log, gateway, type, device,"
			   " name, src_ip, layer, host, category, rule, dest_ip, proto, reply, "
                           "user_agent, policy, state, reason, boot, hooks, version, raw)"
			   " FROM STDIN;\n";

void export_postgresql_head(struct text *t)
{
	text_put(t, head);
}

void export_postgresql_tail(struct text *t)
{
	text_put(t, "\\.\n");
}

static void put_none(struct text *t)
{
	text_put(t, "\\N\t");
}

static void put_escaped(struct text *t, struct bytes text)
{
	while (text.len > 0) {
		size_t plain = 0;

		while (plain < text.len && text.at[plain] != '\\' && text.at[plain] >= ' ')
			plain++;
		text_bytes(t, bytes_first(text, plain));
		text = bytes_from(text, plain);
		if (text.len == 0)
			return;
		switch (text.at[0]) {
		case '\\': text_put(t, "\\\\"); break;
		case '\t': text_put(t, "\\t");  break;
		case '\n': text_put(t, "\\n");  break;
		case '\r': text_put(t, "\\r");  break;
		/* PostgreSQL allows no NUL in a text */
		case '\0': text_put(t, " ");    break;
		default:   text_bytes(t, bytes_first(text, 1));
		}
		text = bytes_from(text, 1);
	}
}

/* The beginning of a text, cut between characters. */
static struct bytes export_postgresql_begin_of(struct bytes text, size_t len)
{
	while (len > 0 && len < text.len && (text.at[len] & 0xc0) == 0x80)
		len--;
	return bytes_first(text, len);
}

/* A string of the record, unescaped. */
static void export_postgresql_put_string(struct text *t, struct bytes escaped)
{
	uint8_t       room[4096];
	struct writer w = writer_over(room, sizeof(room));

	if (escaped.len == 0) {
		put_none(t);
		return;
	}
	if (memchr(escaped.at, '\\', escaped.len) != NULL) {
		scan_text(&w, escaped);
		escaped = writer_written(&w);
	}
	put_escaped(t, export_postgresql_begin_of(escaped, TEXT_MAX));
	text_put(t, "\t");
}

static void put_word(struct text *t, const char *word)
{
	text_put(t, word);
	text_put(t, "\t");
}

static void export_postgresql_put_address(struct text *t, struct bytes text)
{
	struct address a;

	if (address_from_text(text, &a) == PARSE_OK)
		export_postgresql_put_string(t, text);
	else
		put_none(t);
}

/* A number too large for the column is left out; but an attempt always has a count. */
static void export_postgresql_put_number(struct text *t, bool known, uint64_t number, uint64_t max)
{
	if (!known || number > max) {
		put_none(t);
		return;
	}
	write_decimal(text_room(t, 20), number);
	text_put(t, "\t");
}

static void put_count(struct text *t, bool known, uint64_t number)
{
	export_postgresql_put_number(t, known, number < INT64_MAX ? number : INT64_MAX, INT64_MAX);
}

static void export_postgresql_put_time(struct text *t, bool known, int64_t us)
{
	if (!known) {
		put_none(t);
		return;
	}
	instant_write(text_room(t, 64), us);
	text_put(t, "\t");
}

static struct bytes state_of(const struct entry *e)
{
	return e->type == ENTRY_STATE ? e->to : e->state;
}

/* The monotonic clock: a start has its seconds. */
static uint64_t mono_of(const struct entry *e)
{
	if (e->type != ENTRY_START)
		return e->mono_ms;
	return e->up_s < INT64_MAX / 1000 ? e->up_s * 1000 : UINT64_MAX;
}

void export_postgresql(struct text *t, const struct entry *e, const struct export_source *from)
{
	bool attempt = entry_is_attempt(e), beat = e->type == ENTRY_HEARTBEAT;

	export_postgresql_put_number(t, true, from->seq, INT64_MAX);
	export_postgresql_put_time(t, true, e->time_us);
	export_postgresql_put_time(t, e->has_first, e->first_us);
	put_count(t, attempt, e->count);
	put_count(t, !attempt && e->has_attempts, e->attempts);
	put_count(t, beat, e->pending);
	put_count(t, e->has_unfiltered, e->unfiltered);
	export_postgresql_put_number(t, beat || e->type == ENTRY_START, mono_of(e), INT64_MAX);
	export_postgresql_put_number(t, beat, e->every_s, INT32_MAX);
	export_postgresql_put_number(t, attempt, e->src_port, UINT16_MAX);
	export_postgresql_put_number(t, attempt, e->dest_port, UINT16_MAX);
	export_postgresql_put_string(t, from->log.len > 0 ? from->log : BYTES("?"));
	export_postgresql_put_string(t, e->sensor.len > 0 ? e->sensor : BYTES("?"));
	put_word(t, entry_type_name(e->type));
	export_postgresql_put_string(t, attempt && e->device.len == 0 ? BYTES("?") : e->device);
	export_postgresql_put_string(t, e->name);
	export_postgresql_put_address(t, e->src_ip);
	put_word(t, attempt ? layer_name(entry_layer(e)) : "\\N");
	export_postgresql_put_string(t, attempt && e->host.len == 0 ? BYTES("?") : e->host);
	export_postgresql_put_string(t, e->category);
	export_postgresql_put_string(t, e->rule);
	export_postgresql_put_address(t, e->dest_ip);
	export_postgresql_put_string(t, e->proto);
	export_postgresql_put_string(t, e->reply);
	export_postgresql_put_string(t, e->user_agent);
	export_postgresql_put_string(t, bytes_first(e->policy, 16));
	export_postgresql_put_string(t, state_of(e));
	export_postgresql_put_string(t, e->reason);
	export_postgresql_put_string(t, e->boot);
	export_postgresql_put_string(t, e->hooks);
	export_postgresql_put_string(t, e->version);
	put_escaped(t, from->line);
	text_put(t, "\n");
}
