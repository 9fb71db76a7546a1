/* SPDX-License-Identifier: MIT */

/*
 * copies, and the chains in them: whatever lines a collector has, each is given once, was there
 * already, or is told to be another story; and the log that is given is in order. The input is the
 * lines of a gateway, in the order in which they came.
 */

#include "log/chains.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

struct seen {
	uint64_t last, num, rivals;
	bool     any;
};

static void take_line(struct seen *s, struct bytes line, bool has_newline)
{
	struct line_end end;

	s->num++;
	if (line.at[line.len] != '\n')
		abort();
	if (!has_newline || line_end_read(line, &end) != PARSE_OK)
		return;
	if (s->any && end.seq <= s->last)
		abort();
	s->any  = true;
	s->last = end.seq;
}

static void take_piece(struct seen *s, const struct piece *p)
{
	switch (p->kind) {
	case PIECE_LINE:
	case PIECE_PART:
		take_line(s, p->line, p->kind == PIECE_LINE);
		break;
	case PIECE_RIVAL:
		if (p->from > p->to || p->num == 0)
			abort();
		s->rivals += p->num;
		break;
	case PIECE_KEY:
		break;
	default:
		abort();
	}
}

static void add(struct copies *c, struct bytes line, bool has_newline, uint64_t at,
                uint64_t *last_seq)
{
	struct line_end end;
	struct copy     copy = { .at = at, .len = (uint32_t)line.len & 0xffffff,
	                         .has_newline = has_newline };

	copy.is_record =
		has_newline && line_end_read(line, &end) == PARSE_OK && end.seq != UINT64_MAX;
	if (copy.is_record)
		*last_seq = end.seq;
	copy.is_signed = copy.is_record && end.is_signed;
	copy.seq       = *last_seq;
	c->list = reallocarray(c->list, c->num + 1, sizeof(copy));
	if (c->list == NULL)
		abort();
	c->list[c->num++] = copy;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct piece       piece;
	struct chains      ch;
	struct copies      c     = { .sensor = BYTES("gw1") };
	uint8_t           *room  = calloc(1, len + 1);
	struct bytes       text  = bytes_of(room, len + 1), rest = bytes_of(room, len);
	uint64_t           total = 0, last_seq = 0, given = 0;

	if (room == NULL)
		abort();
	if (len > 0)
		memcpy(room, data, len);
	room[len] = '\n';
	for (; rest.len > 0; total++) {
		const uint8_t *end  = memchr(rest.at, '\n', rest.len);
		struct bytes   line = bytes_first(rest,
                                                end != NULL ? (size_t)(end - rest.at) : rest.len),
			     sensor = copies_sensor(line);

		if (sensor.len > 0 &&
		    (sensor.at < line.at || sensor.at + sensor.len > line.at + line.len))
			abort();
		add(&c, line, end != NULL, (uint64_t)(line.at - room), &last_seq);
		rest = bytes_from(rest, line.len + (end != NULL));
	}
	c.text = text;
	copies_sort(&c);
	if (chains_tell(&ch, &c) != 0)
		abort();
	for (size_t log = 0; log < chains_num_logs(&ch); log++) {
		struct seen s = { 0 };

		chains_begin(&ch, log);
		while (chains_next(&ch, &piece))
			take_piece(&s, &piece);
		given += s.num + s.rivals;
	}
	if (given + c.num_twice != total)
		abort();
	chains_free(&ch);
	free(c.list);
	free(room);
	return 0;
}
