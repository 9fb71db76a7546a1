/* SPDX-License-Identifier: MIT */

/*
 * Devices are sorted, so one binary search in each run finds those that match a client. The runs
 * are MACs, names, and the networks of each prefix length; for these the client's address is cut to
 * that length.
 */

#include "policy/clients.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char clients_letters[] =
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

static void clients_clear_host(struct policy_device *d)
{
	unsigned whole = d->bits / 8, rest = d->bits % 8;

	if (rest > 0)
		d->network.at[whole] &= (uint8_t)(0xff00 >> rest);
	whole += rest > 0;
	memset(d->network.at + whole, 0, sizeof(d->network.at) - whole);
}

static enum parse clients_read_network(struct bytes word, struct policy_device *out)
{
	struct policy_device d      = { .kind = DEVICE_NETWORK };
	size_t        len    = 0;
	unsigned      bits   = 0, most;
	struct bytes  digits = { 0 };

	while (len < word.len && word.at[len] != '/')
		len++;
	if (address_from_text(bytes_first(word, len), &d.network) != PARSE_OK)
		return PARSE_BAD;
	most = d.network.family == 4 ? 32 : 128;
	if (len < word.len)
		digits = bytes_from(word, len + 1);
	if (len < word.len && (digits.len == 0 || digits.len > 3))
		return PARSE_BAD;
	for (size_t i = 0; i < digits.len; i++) {
		if (digits.at[i] < '0' || digits.at[i] > '9')
			return PARSE_BAD;
		bits = bits * 10 + digits.at[i] - '0';
	}
	if (bits > most)
		return PARSE_BAD;
	d.bits = (uint8_t)(len < word.len ? bits : most);
	clients_clear_host(&d);
	*out = d;
	return PARSE_OK;
}

static enum parse clients_read_name(struct bytes word, struct policy_device *out)
{
	struct policy_device d         = { .kind = DEVICE_NAME, .name_len = (uint8_t)word.len };
	bool          is_number = true;

	if (word.len == 0 || word.len > POLICY_NAME_MAX)
		return PARSE_BAD;
	for (size_t i = 0; i < word.len; i++) {
		if (word.at[i] == '\0' || strchr(clients_letters, word.at[i]) == NULL)
			return PARSE_BAD;
		is_number &= word.at[i] == '.' || (word.at[i] >= '0' && word.at[i] <= '9');
	}
	if (is_number)          /* a mistyped address */
		return PARSE_BAD;
	memcpy(d.name, word.at, word.len);
	*out = d;
	return PARSE_OK;
}

enum parse policy_device_read(struct bytes word, struct policy_device *out)
{
	struct policy_device d = { .kind = DEVICE_MAC };

	if (mac_from_text(word, d.mac) == PARSE_OK) {
		*out = d;
		return PARSE_OK;
	}
	if (clients_read_network(word, out) == PARSE_OK)
		return PARSE_OK;
	return clients_read_name(word, out);
}

void policy_device_write(struct writer *w, const struct policy_device *d)
{
	switch (d->kind) {
	case DEVICE_MAC:
		mac_write(w, d->mac);
		break;
	case DEVICE_NETWORK:
		address_write(w, &d->network);
		if (d->bits < (d->network.family == 4 ? 32 : 128)) {
			write_text(w, "/");
			write_decimal(w, d->bits);
		}
		break;
	case DEVICE_NAME:
		write_bytes(w, bytes_of(d->name, d->name_len));
		break;
	}
}

/* One search: devices of one kind, or networks of one family and length. */
static bool clients_are_of_one_run(const struct policy_device *a, const struct policy_device *b)
{
	if (a->kind != b->kind)
		return false;
	return a->kind != DEVICE_NETWORK ||
	       (a->network.family == b->network.family && a->bits == b->bits);
}

/* Compares two devices of one run. */
static int clients_compare(const struct policy_device *a, const struct policy_device *b)
{
	switch (a->kind) {
	case DEVICE_MAC:
		return memcmp(a->mac, b->mac, MAC_BYTES);
	case DEVICE_NETWORK:
		return memcmp(a->network.at, b->network.at, sizeof(a->network.at));
	case DEVICE_NAME:
		break;
	}
	if (a->name_len != b->name_len)
		return a->name_len < b->name_len ? -1 : 1;
	return strncasecmp(a->name, b->name, a->name_len);
}

static int clients_compare_owned(const void *left, const void *right)
{
	const struct policy_owned  *l = left, *r = right;
	const struct policy_device *a = l->device, *b = r->device;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->kind == DEVICE_NETWORK && a->network.family != b->network.family)
		return a->network.family < b->network.family ? -1 : 1;
	if (a->kind == DEVICE_NETWORK && a->bits != b->bits)
		return a->bits < b->bits ? -1 : 1;
	return clients_compare(a, b);
}

void policy_owned_sort(struct policy_owned *owned, size_t num)
{
	if (num > 0)
		qsort(owned, num, sizeof(*owned), clients_compare_owned);
	for (size_t i = num; i-- > 0;)
		owned[i].run_end =
			i + 1 < num && clients_are_of_one_run(owned[i].device, owned[i + 1].device)
			        ? owned[i + 1].run_end
			        : (uint32_t)i + 1;
}

/* The client as a device in this run. false: it cannot be in it. */
static bool clients_key(const struct policy_client *client, const struct policy_device *of_run,
                        struct policy_device *key)
{
	uint8_t      room[POLICY_NAME_MAX];
	struct bytes name;

	key->kind = of_run->kind;
	switch (of_run->kind) {
	case DEVICE_MAC:
		if (client->mac != NULL)
			memcpy(key->mac, client->mac, MAC_BYTES);
		return client->mac != NULL;
	case DEVICE_NETWORK:
		if (of_run->network.family != client->address->family)
			return false;
		key->network = *client->address;
		key->bits    = of_run->bits;
		clients_clear_host(key);
		return true;
	case DEVICE_NAME:
		break;
	}
	if (client->name == NULL)
		return false;
	name          = client->name(client->owner, client->mac, client->address, room);
	key->name_len = (uint8_t)name.len;
	if (name.len > 0)
		memcpy(key->name, name.at, name.len);
	return name.len > 0;
}

/* The first entry of a run at or after key. */
static size_t clients_seek(const struct policy_owned *owned, size_t from, size_t to,
                           const struct policy_device *key)
{
	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (clients_compare(owned[middle].device, key) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

bool policy_owned_find(const struct policy_owned *owned, size_t num,
                       const struct policy_client *client, policy_owner_found *found, void *context)
{
	struct policy_device key;
	size_t               end;

	for (size_t run = 0; run < num; run = end) {
		end = owned[run].run_end;
		if (!clients_key(client, owned[run].device, &key))
			continue;
		for (size_t i = clients_seek(owned, run, end, &key);
		     i < end && clients_compare(owned[i].device, &key) == 0; i++) {
			if (found(context, owned[i].owner))
				return true;
		}
	}
	return false;
}
