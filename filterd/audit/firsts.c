/* SPDX-License-Identifier: MIT */

#include "audit/firsts.h"

#include "base/mac.h"
#include "base/plain.h"
#include "base/table.h"
#include "policy/builtin.h"

#include <stdlib.h>
#include <string.h>

struct firsts_item {
	uint8_t key[EVENT_DEVICE];
	bool    is_known;
};

struct firsts {
	struct table *devices;
	struct first  wait[FIRSTS_WAIT];
	size_t        begin, num;       /* of the waiting ones */
	uint64_t      left_out;
};

struct firsts *firsts_new(uint64_t seed)
{
	struct firsts *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return NULL;
	f->devices = table_new(FIRSTS_DEVICES, sizeof(struct firsts_item), EVENT_DEVICE, seed, NULL,
	                       NULL);
	if (f->devices != NULL)
		return f;
	free(f);
	return NULL;
}

void firsts_free(struct firsts *f)
{
	if (f == NULL)
		return;
	table_free(f->devices);
	free(f);
}

static void firsts_fill(struct first *first, const struct event *e, struct bytes name)
{
	struct bytes host = bytes_first(bytes_of(e->host.text, e->host.len), FIRSTS_HOST);

	name   = bytes_first(name, LEASE_NAME_MAX);
	*first = (struct first){ .type = e->type, .has_mac = e->has_mac, .client = e->client,
		                 .name_len = (uint16_t)name.len,
		                 .host_len = (uint16_t)host.len };
	memcpy(first->mac, e->mac, sizeof(first->mac));
	memcpy(first->host, host.at, host.len);
	if (name.len > 0)
		memcpy(first->name, name.at, name.len);
}

/*
 * Known devices and new ones have a share each, and the larger share loses an entry: made-up
 * devices only evict each other. Gives: is it new in the table?
 */
static bool firsts_keep(struct firsts *f, const uint8_t key[EVENT_DEVICE], bool is_known)
{
	struct firsts_item *item   = table_find(f->devices, key);
	bool                is_new = item == NULL;

	if (item != NULL && (item->is_known || !is_known))
		return false;
	if (item != NULL)
		table_remove(f->devices, item);
	item           = table_add_of(f->devices, key, is_known);
	item->is_known = is_known;
	return is_new;
}

void firsts_add(struct firsts *f, const struct event *e, bool is_known, struct bytes name)
{
	uint8_t key[EVENT_DEVICE];

	if (f == NULL || builtin_is_probe(&e->decision))
		return;
	event_device(e, key);
	if (!firsts_keep(f, key, is_known))
		return;
	if (f->num == FIRSTS_WAIT) {
		f->left_out++;
		return;
	}
	firsts_fill(&f->wait[(f->begin + f->num) % FIRSTS_WAIT], e, name);
	f->num++;
}

bool firsts_take(struct firsts *f, struct first *out, uint64_t *left_out)
{
	if (f == NULL || f->num == 0)
		return false;
	*out        = f->wait[f->begin];
	*left_out   = f->left_out;
	f->begin    = (f->begin + 1) % FIRSTS_WAIT;
	f->left_out = 0;
	f->num--;
	return true;
}

static void first_say_key(struct writer *w, const struct first *first)
{
	if (first->has_mac)
		mac_write(w, first->mac);
	else
		address_write(w, &first->client);
}

void first_say(struct writer *w, const struct first *first)
{
	static const char *const came[] = { [EVENT_PASS] = "passed", [EVENT_LOG] = "recorded",
		                            [EVENT_WAIVED]      = "passed by a waiver",
		                            [EVENT_WOULD_BLOCK] = "only observed",
		                            [EVENT_BLOCK]       = "blocked" };

	if (first->name_len > 0) {
		plain_write(w, bytes_of(first->name, first->name_len));
		write_text(w, " (");
	}
	first_say_key(w, first);
	write_text(w, first->name_len > 0 ? ") asked for " : " asked for ");
	plain_write(w, bytes_of(first->host, first->host_len));
	write_text(w, " for the first time since filterd started: ");
	write_text(w, came[first->type]);
}
