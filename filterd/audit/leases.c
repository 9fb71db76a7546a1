/* SPDX-License-Identifier: MIT */

/* Leases in one array, and two open-addressed indices into it, at most half full. */

#include "audit/leases.h"

#include "base/table.h"

#include <stdlib.h>
#include <string.h>

struct item {
	struct lease lease;
	uint32_t     age;       /* its line number, counted over all files; a larger one is newer */
};

struct leases {
	struct item *items;
	uint32_t    *by_address, *by_mac;       /* index of an item + 1; 0: free */
	size_t       num, max, mask, num_left_out;
	uint32_t     num_lines;
	uint64_t     seed;
};

/* Its slot, or the free slot for it. */
static uint32_t *find_address(const struct leases *l, const struct address *a)
{
	size_t i = table_hash(l->seed, a, sizeof(*a)) & l->mask;

	while (l->by_address[i] != 0 &&
	       !address_equal(&l->items[l->by_address[i] - 1].lease.address, a))
		i = (i + 1) & l->mask;
	return &l->by_address[i];
}

static uint32_t *find_mac(const struct leases *l, const uint8_t *mac)
{
	size_t i = table_hash(l->seed, mac, MAC_BYTES) & l->mask;

	while (l->by_mac[i] != 0 &&
	       memcmp(l->items[l->by_mac[i] - 1].lease.mac, mac, MAC_BYTES) != 0)
		i = (i + 1) & l->mask;
	return &l->by_mac[i];
}

static void leases_take(void *context, const struct lease *lease)
{
	struct leases *l  = context;
	uint32_t      *at = find_address(l, &lease->address);

	if (*at == 0 && l->num == l->max) {
		l->num_left_out++;
		return;
	}
	if (*at == 0)
		*at = (uint32_t)++l->num;
	l->items[*at - 1] = (struct item){ .lease = *lease, .age = l->num_lines++ };
}

/*
 * Only after all lines: a later one may move an address to another device, or remove its name.
 */
static void index_macs(struct leases *l)
{
	for (uint32_t i = 0; i < l->num; i++) {
		const struct item *item = &l->items[i];
		uint32_t          *at;

		if (item->lease.is_over || !item->lease.has_mac || item->lease.name_len == 0)
			continue;
		at = find_mac(l, item->lease.mac);
		if (*at == 0 || l->items[*at - 1].age < item->age)
			*at = i + 1;
	}
}

/* A lease has at least one line. */
static size_t most_leases(const struct bytes *files, size_t num)
{
	size_t lines = 1;

	for (size_t i = 0; i < num; i++) {
		for (size_t at = 0; at < files[i].len && lines < LEASES_MAX; at++)
			lines += files[i].at[at] == '\n';
	}
	return lines;
}

struct leases *leases_new(const struct bytes *files, size_t num, uint64_t seed)
{
	struct leases *l = calloc(1, sizeof(*l));
	size_t         slots = 2;

	if (l == NULL)
		return NULL;
	l->max  = most_leases(files, num);
	l->seed = seed;
	while (slots < 2 * l->max)
		slots *= 2;
	l->mask       = slots - 1;
	l->items      = calloc(l->max, sizeof(*l->items));
	l->by_address = calloc(slots, sizeof(*l->by_address));
	l->by_mac     = calloc(slots, sizeof(*l->by_mac));
	if (l->items == NULL || l->by_address == NULL || l->by_mac == NULL) {
		leases_free(l);
		return NULL;
	}
	for (size_t i = 0; i < num; i++)
		lease_walk(files[i], leases_take, l);
	index_macs(l);
	return l;
}

void leases_free(struct leases *l)
{
	if (l == NULL)
		return;
	free(l->items);
	free(l->by_address);
	free(l->by_mac);
	free(l);
}

static struct bytes leases_name_of(const struct lease *lease)
{
	return lease->is_over ? (struct bytes){ 0 } : bytes_of(lease->name, lease->name_len);
}

struct bytes leases_find(const struct leases *l, const uint8_t *mac, const struct address *client)
{
	uint32_t number = mac != NULL ? *find_mac(l, mac) : 0;

	if (number == 0)
		number = *find_address(l, client);
	return number == 0 ? (struct bytes){ 0 } : leases_name_of(&l->items[number - 1].lease);
}

bool leases_know(const struct leases *l, const uint8_t *mac, const struct address *client)
{
	uint32_t            number = *find_address(l, client);
	const struct lease *lease  = number != 0 ? &l->items[number - 1].lease : NULL;

	if (mac != NULL && *find_mac(l, mac) != 0)
		return true;
	return lease != NULL && !lease->is_over &&
	       (mac == NULL || (lease->has_mac && memcmp(lease->mac, mac, MAC_BYTES) == 0));
}

size_t leases_left_out(const struct leases *l)
{
	return l->num_left_out;
}
