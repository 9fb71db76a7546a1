/* SPDX-License-Identifier: MIT */

/*
 * A slot's key is the SHA-256 of the values it counts by, so all keys have one length and nobody
 * can make two collide. The index from key to slot is private to the process; the next process can
 * read only the slots. A process may die while it copies a text: the text's checksum shows it.
 */

#include "audit/repeats.h"

#include "audit/chain.h"
#include "base/table.h"
#include "policy/builtin.h"

#include <stdlib.h>
#include <string.h>

#define MAGIC         UINT64_C(0x6674642d72657032)      /* layout, version 2 */
#define MINUTE_US     INT64_C(60000000)
#define WINDOW_MAX_US (15 * MINUTE_US)
#define IDLE_US       (15 * MINUTE_US)  /* a slot is kept that long after its last attempt */
#define CATEGORY_MAX  32
#define DEVICE_SHARE  8                 /* a device may have this fraction of the slots */
#define FOLD_SHARE    16                /* this fraction is reserved for folded counts */
#define LAST_SHARE    64                /* and this fraction of all for counts by category */
/* eighths of the slots for unknown devices: without, and with their folded counts */
#define NEW_EIGHTHS   4
#define NEW_FOLDED    5
#define OVERFLOW      UINT32_MAX        /* the slot for attempts without one */

struct repeats_slot {
	uint8_t  key[CHAIN_HASH];
	uint8_t  device[EVENT_DEVICE];
	uint8_t  used, folded, is_new;          /* is_new: of unknown devices */
	uint32_t text_len;
	uint64_t text_sum;
	uint64_t count;
	int64_t  first_us, last_us;             /* of the counted attempts; of the last attempt */
	int64_t  window_us, window_end_us;      /* window_us 0: idle */
	char     category[CATEGORY_MAX];
};

#define TEXT_MAX (REPEAT_SLOT_BYTES - sizeof(struct repeats_slot))

struct shared {
	uint64_t magic, num_slots, attempts, pending, overflow;
	int64_t  overflow_first_us;
	/* slots ever used: later ones have no memory pages yet */
	uint64_t num_touched;
	uint64_t unused;
};

struct key_item {
	uint8_t  key[CHAIN_HASH];
	uint32_t slot;
};

struct device_item {
	uint8_t  device[EVENT_DEVICE];
	uint32_t num_slots, num_attempts;       /* num_attempts: without the test name */
};

struct repeats {
	struct shared *shared;
	uint8_t       *slots;
	int64_t        window_us;
	uint32_t       num_slots, num_free, num_new;
	uint32_t       num_devices;     /* with attempts */
	uint32_t       next;            /* where repeats_due() continues */
	uint32_t      *free;
	struct table  *by_key, *by_device;
};

size_t repeats_bytes(size_t num_slots)
{
	return sizeof(struct shared) + num_slots * REPEAT_SLOT_BYTES;
}

static struct repeats_slot *slot_at(const struct repeats *r, uint32_t number)
{
	return (struct repeats_slot *)(void *)(r->slots + (size_t)number * REPEAT_SLOT_BYTES);
}

static uint8_t *repeats_text_of(struct repeats_slot *s)
{
	return (uint8_t *)(s + 1);
}

/* FNV-1a: detects accidents only. */
static uint64_t sum_of(struct bytes text)
{
	uint64_t sum = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < text.len; i++)
		sum = (sum ^ text.at[i]) * UINT64_C(0x100000001b3);
	return sum;
}

static struct repeats *over(void *memory, size_t num_slots)
{
	struct repeats *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	r->shared    = memory;
	r->slots     = (uint8_t *)memory + sizeof(struct shared);
	r->num_slots = (uint32_t)num_slots;
	return r;
}

struct repeats *repeats_new(void *memory, size_t num_slots, int64_t window_us, uint64_t seed)
{
	struct repeats *r = over(memory, num_slots);

	if (r == NULL)
		return NULL;
	r->free      = calloc(num_slots, sizeof(*r->free));
	r->by_key    = table_new(num_slots, sizeof(struct key_item), CHAIN_HASH, seed, NULL, NULL);
	r->by_device =
		table_new(num_slots, sizeof(struct device_item), EVENT_DEVICE, seed, NULL, NULL);
	if (r->free == NULL || r->by_key == NULL || r->by_device == NULL) {
		repeats_free(r);
		return NULL;
	}
	r->window_us = window_us;
	*r->shared   = (struct shared){ .magic = MAGIC, .num_slots = num_slots };
	/*
	 * The slots themselves are not touched: in tmpfs even reading a page allocates it.
	 */
	for (uint32_t i = 0; i < r->num_slots; i++)
		r->free[r->num_free++] = r->num_slots - 1 - i;
	return r;
}

struct repeats *repeats_adopt(void *memory, size_t len)
{
	const struct shared *s = memory;

	if (len < sizeof(*s) || s->magic != MAGIC || s->num_slots < REPEAT_SLOTS_MIN ||
	    s->num_slots > (len - sizeof(*s)) / REPEAT_SLOT_BYTES || s->num_touched > s->num_slots)
		return NULL;

	struct repeats *r = over(memory, s->num_slots);

	if (r == NULL)
		return NULL;
	/* The previous process may have died between two counts: trust the slots. */
	r->shared->pending = r->shared->overflow;
	for (uint32_t i = 0; i < r->shared->num_touched; i++) {
		if (slot_at(r, i)->used != 0)
			r->shared->pending += slot_at(r, i)->count;
	}
	return r;
}

void repeats_free(struct repeats *r)
{
	if (r == NULL)
		return;
	free(r->free);
	table_free(r->by_key);
	table_free(r->by_device);
	free(r);
}

static const char *category_of(const struct event *e)
{
	return e->decision.has_rule ? e->decision.rule.category->id : "other";
}

/* The key of attempts that are counted together; false if the library fails. */
static bool repeats_key_of(const struct event *e, enum folded folded, uint8_t key_out[CHAIN_HASH])
{
	uint8_t       room[5 + EVENT_DEVICE + HOST_TEXT_MAX + 64], device[EVENT_DEVICE];
	struct writer w = writer_over(room, sizeof(room));

	write_u8(&w, (uint8_t)folded);
	write_u8(&w, (uint8_t)e->type);
	if (folded != FOLDED_CATEGORY && folded != FOLDED_HOST) {
		event_device(e, device);
		write_bytes(&w, bytes_of(device, sizeof(device)));
	}
	if (folded == FOLDED_NOT || folded == FOLDED_HOST) {
		write_u8(&w, (uint8_t)e->app);
		write_u8(&w, (uint8_t)e->asked);
		write_bytes(&w, bytes_of(e->host.text, e->host.len));
	} else {
		write_text(&w, category_of(e));
	}
	return chain_hash(writer_written(&w), key_out) == 0;
}

static struct device_item *device_item(struct repeats *r, const uint8_t device[EVENT_DEVICE])
{
	struct device_item *d = table_find(r->by_device, device);

	return d != NULL ? d : table_add(r->by_device, device);
}

static bool repeats_is_attempt(const struct repeats_slot *s)
{
	return strcmp(s->category, BUILTIN_PROBE_ID) != 0;
}

/* May this attempt take a slot, or must it fold further? Limits for unknown devices apply, too. */
static bool has_room(struct repeats *r, enum folded folded, const uint8_t device[EVENT_DEVICE],
                     bool is_known)
{
	const struct device_item *d   = table_find(r->by_device, device);
	uint32_t                  num = d != NULL ? d->num_slots : 0;

	switch (folded) {
	case FOLDED_NOT:
		return r->num_free > r->num_slots / FOLD_SHARE &&
		       num < r->num_slots / DEVICE_SHARE &&
		       (is_known || r->num_new < r->num_slots / 8 * NEW_EIGHTHS);
	case FOLDED_DEVICE:
		return r->num_free > r->num_slots / LAST_SHARE &&
		       (is_known || (num > 0 && r->num_new < r->num_slots / 8 * NEW_FOLDED));
	case FOLDED_HOST:
		return r->num_free > r->num_slots / LAST_SHARE &&
		       r->num_new < r->num_slots / 8 * NEW_FOLDED;
	case FOLDED_CATEGORY:
		break;
	}
	return r->num_free > 0;
}

/* Once a device is known, its slots count as a known device's. */
static void repeats_set_new(struct repeats *r, struct repeats_slot *s, bool is_known)
{
	bool is_new = s->folded == FOLDED_HOST || (s->folded != FOLDED_CATEGORY && !is_known);

	r->num_new += is_new;
	r->num_new -= s->is_new;
	s->is_new = is_new;
}

static uint32_t take_slot(struct repeats *r, const struct event *e, enum folded folded,
                          const uint8_t key[CHAIN_HASH], const uint8_t device[EVENT_DEVICE])
{
	uint32_t             number = r->free[--r->num_free];
	struct repeats_slot *s      = slot_at(r, number);
	struct key_item     *item   = table_add(r->by_key, key);
	struct device_item  *d      = device_item(r, device);

	item->slot = number;
	memset(s, 0, sizeof(*s));
	if (r->shared->num_touched <= number)
		r->shared->num_touched = number + 1;
	memcpy(s->key, key, CHAIN_HASH);
	memcpy(s->device, device, EVENT_DEVICE);
	memcpy(s->category, category_of(e), strnlen(category_of(e), CATEGORY_MAX - 1));
	s->folded        = (uint8_t)folded;
	s->last_us       = e->time_us;
	s->window_us     = r->window_us;
	s->window_end_us = e->time_us + r->window_us;
	s->used          = 1;
	d->num_slots++;
	if (repeats_is_attempt(s) && d->num_attempts++ == 0)
		r->num_devices++;
	return number;
}

enum repeat repeats_add(struct repeats *r, const struct event *e, bool is_known,
                        uint32_t *slot_out)
{
	static const enum folded order[] = { FOLDED_NOT, FOLDED_DEVICE, FOLDED_HOST,
	                                     FOLDED_CATEGORY };
	uint8_t                  device[EVENT_DEVICE], key[CHAIN_HASH];

	event_device(e, device);
	for (size_t i = 0; i < COUNT(order); i++) {
		const struct key_item *item;
		struct repeats_slot   *s;

		if (!repeats_key_of(e, order[i], key))
			break;
		item = table_find(r->by_key, key);
		if (item == NULL && !has_room(r, order[i], device, is_known))
			continue;
		*slot_out = item != NULL ? item->slot : take_slot(r, e, order[i], key, device);
		s         = slot_at(r, *slot_out);
		repeats_set_new(r, s, is_known);
		if (item == NULL)
			return REPEAT_FIRST;
		if (s->window_us != 0)
			return REPEAT_COUNTED;
		/* It was quiet for a whole window, so this counts as a first attempt again. */
		s->last_us       = e->time_us;
		s->window_us     = r->window_us;
		s->window_end_us = e->time_us + r->window_us;
		return REPEAT_FIRST;
	}
	*slot_out = OVERFLOW;
	return REPEAT_COUNTED;
}

void repeats_wrote(struct repeats *r)
{
	r->shared->attempts++;
}

void repeats_keep(struct repeats *r, uint32_t slot, struct bytes text, int64_t time_us)
{
	r->shared->attempts++;
	r->shared->pending++;
	if (slot == OVERFLOW) {
		if (r->shared->overflow++ == 0)
			r->shared->overflow_first_us = time_us;
		return;
	}

	struct repeats_slot *s = slot_at(r, slot);

	if (s->count == 0)
		s->first_us = time_us;
	s->last_us = time_us;
	s->count++;
	if (text.len > TEXT_MAX)
		return;
	s->text_len = 0;
	memcpy(repeats_text_of(s), text.at, text.len);
	s->text_sum = sum_of(text);
	s->text_len = (uint32_t)text.len;
}

static void give_back(struct repeats *r, uint32_t number)
{
	struct repeats_slot *s    = slot_at(r, number);
	struct key_item     *item = table_find(r->by_key, s->key);
	struct device_item  *d    = device_item(r, s->device);

	if (item != NULL)
		table_remove(r->by_key, item);
	if (repeats_is_attempt(s) && --d->num_attempts == 0)
		r->num_devices--;
	if (--d->num_slots == 0)
		table_remove(r->by_device, d);
	r->num_new -= s->is_new;
	memset(s, 0, sizeof(*s));
	r->free[r->num_free++] = number;
}

/* A clock that was set back must not keep a window open forever. */
static bool is_over(const struct repeats_slot *s, int64_t now_us)
{
	return now_us >= s->window_end_us || s->window_end_us - now_us > WINDOW_MAX_US;
}

static void fill_due(struct repeats_slot *s, uint32_t number, struct repeat_due *out)
{
	struct bytes text = bytes_of(repeats_text_of(s), s->text_len);

	s->category[CATEGORY_MAX - 1] = '\0';
	*out = (struct repeat_due){ .slot = number, .count = s->count, .first_us = s->first_us,
	                            .folded = (enum folded)s->folded, .category = s->category };
	if (s->text_len > 0 && s->text_len <= TEXT_MAX && sum_of(text) == s->text_sum)
		out->text = text;
}

bool repeats_due(struct repeats *r, int64_t now_us, bool all, struct repeat_due *out)
{
	for (; r->next < r->shared->num_touched; r->next++) {
		struct repeats_slot *s = slot_at(r, r->next);

		if (s->used == 0)
			continue;
		if (s->count > 0 && (all || is_over(s, now_us))) {
			fill_due(s, r->next, out);
			return true;
		}
		if (s->count > 0 || r->free == NULL)
			continue;
		if (s->window_us != 0 && is_over(s, now_us))
			s->window_us = 0;
		if (s->window_us == 0 && (now_us - s->last_us >= IDLE_US || now_us < s->last_us))
			give_back(r, r->next);
	}
	r->next = 0;
	if (r->shared->overflow == 0 ||
	    (!all && llabs(now_us - r->shared->overflow_first_us) < MINUTE_US))
		return false;
	*out = (struct repeat_due){
		.slot     = OVERFLOW,
		.count    = r->shared->overflow,
		.category = "other",
		.first_us = r->shared->overflow_first_us,
	};
	return true;
}

void repeats_written(struct repeats *r, uint32_t slot, int64_t now_us)
{
	struct repeats_slot *s;

	if (slot == OVERFLOW) {
		r->shared->pending -= r->shared->overflow;
		r->shared->overflow = 0;
		return;
	}
	s = slot_at(r, slot);
	r->shared->pending -= s->count;
	s->count    = 0;
	s->text_len = 0;
	if (s->window_us < WINDOW_MAX_US)
		s->window_us = 2 * s->window_us > 8 * MINUTE_US ? WINDOW_MAX_US : 2 * s->window_us;
	s->window_end_us = now_us + s->window_us;
}

uint64_t repeats_attempts(const struct repeats *r)
{
	return r->shared->attempts;
}

uint64_t repeats_pending(const struct repeats *r)
{
	return r->shared->pending;
}

uint64_t repeats_devices(const struct repeats *r)
{
	return r->num_devices;
}
