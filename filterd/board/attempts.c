/* SPDX-License-Identifier: MIT */

#include "board/attempts.h"

#include "base/plain.h"
#include "board/glance.h"
#include "log/scan.h"

#include <stdlib.h>
#include <string.h>

#define CUT "\xe2\x80\xa6"              /* "…" */

bool attempts_new(struct attempts *a, size_t most)
{
	*a = (struct attempts){ .list  = calloc(most, sizeof(*a->list)),
		                .order = calloc(most, sizeof(*a->order)),
		                .most  = most };
	if (most > 0 && a->list != NULL && a->order != NULL)
		return true;
	attempts_free(a);
	return false;
}

void attempts_free(struct attempts *a)
{
	free(a->list);
	free(a->order);
	*a = (struct attempts){ 0 };
}

const struct attempt *attempts_at(const struct attempts *a, size_t number)
{
	return number < a->num ? &a->list[a->order[number]] : NULL;
}

bool attempts_wants(const struct attempts *a, uint64_t seq)
{
	return a->num < a->most || seq > attempts_at(a, a->most - 1)->seq;
}

/* The number of newer ones. */
static size_t attempts_place(const struct attempts *a, uint64_t seq)
{
	size_t low = 0, high = a->num;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (a->list[a->order[middle]].seq > seq)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Replaces the oldest. */
void attempts_keep(struct attempts *a, const struct entry *e)
{
	size_t   place = attempts_place(a, e->end.seq);
	uint32_t at;

	if (place == a->most || (place < a->num && attempts_at(a, place)->seq == e->end.seq))
		return;
	at = a->num < a->most ? (uint32_t)a->num++ : a->order[a->num - 1];
	memmove(&a->order[place + 1], &a->order[place],
	        (a->num - 1 - place) * sizeof(*a->order));
	a->order[place] = at;
	attempt_of(&a->list[at], e);
}

void attempts_read(struct attempts *a, struct bytes line)
{
	struct glance glance;
	struct entry  e;

	if (glance_read(line, &glance) == PARSE_OK &&
	    (glance.is_other || !attempts_wants(a, glance.seq)))
		return;
	if (record_read(line, &e) == PARSE_OK && entry_is_attempt(&e))
		attempts_keep(a, &e);
}

void attempt_take_text(char *to, size_t room, struct bytes escaped)
{
	struct writer w = writer_over(to, room - 1);

	scan_text(&w, escaped);
	if (w.full) {
		w.len = w.len > room - sizeof(CUT) ? room - sizeof(CUT) : w.len;
		w.len = plain_whole(writer_written(&w));
		memcpy(to + w.len, CUT, sizeof(CUT) - 1);
		w.len += sizeof(CUT) - 1;
	}
	to[w.len] = '\0';
}

/* A record counted by host or category has only the last device. */
struct bytes attempt_device(const struct entry *e)
{
	if (e->folded.len > 0 && !bytes_equal(e->folded, BYTES("device")))
		return (struct bytes){ 0 };
	return e->device.len > 0 ? e->device : e->mac.len > 0 ? e->mac : e->src_ip;
}

void attempt_of(struct attempt *a, const struct entry *e)
{
	struct bytes device = attempt_device(e);

	a->seq       = e->end.seq;
	a->count     = e->count;
	a->time_us   = e->time_us;
	a->result    = e->type;
	a->asked     = bytes_equal(e->asked, BYTES("yes"));
	a->has_asked = a->asked || bytes_equal(e->asked, BYTES("no"));
	attempt_take_text(a->device, sizeof(a->device), device);
	attempt_take_text(a->name, sizeof(a->name), device.len > 0 ? e->name : device);
	attempt_take_text(a->address, sizeof(a->address), device.len > 0 ? e->src_ip : device);
	attempt_take_text(a->network, sizeof(a->network), e->iface);
	attempt_take_text(a->host, sizeof(a->host), e->host);
	attempt_take_text(a->layer, sizeof(a->layer), e->app);
	attempt_take_text(a->category, sizeof(a->category), e->category);
}

const char *attempt_result(enum entry_type result)
{
	return result == ENTRY_BLOCK         ? "blocked"
	       : result == ENTRY_WOULD_BLOCK ? "would_block"
	       : result == ENTRY_WAIVED      ? "waived"
	                                     : "passed";
}
