/* SPDX-License-Identifier: MIT */

#include "policy/clients.h"

#include <string.h>
#include <strings.h>

static const char clients_letters[] =
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

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
	*out   = d;
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

static bool clients_has_address(const struct policy_device *d, const struct address *a)
{
	unsigned whole = d->bits / 8, rest = d->bits % 8;

	return a->family == d->network.family && memcmp(a->at, d->network.at, whole) == 0 &&
	       (rest == 0 || (a->at[whole] ^ d->network.at[whole]) >> (8 - rest) == 0);
}

bool policy_devices_include(struct policy_devices devices, const struct policy_client *client)
{
	uint8_t      room[POLICY_NAME_MAX];
	struct bytes name     = { 0 };
	bool         is_asked = client->name == NULL;

	for (size_t i = 0; i < devices.num; i++) {
		const struct policy_device *d = &devices.at[i];

		switch (d->kind) {
		case DEVICE_MAC:
			if (client->mac != NULL && memcmp(client->mac, d->mac, MAC_BYTES) == 0)
				return true;
			break;
		case DEVICE_NETWORK:
			if (clients_has_address(d, client->address))
				return true;
			break;
		case DEVICE_NAME:
			if (!is_asked)
				name = client->name(client->owner, client->mac, client->address,
				                    room);
			is_asked = true;
			if (name.len == d->name_len &&
			    strncasecmp((const char *)name.at, d->name, d->name_len) == 0)
				return true;
			break;
		}
	}
	return false;
}
