/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_POLICY_CLIENTS_H
#define FILTERD_POLICY_CLIENTS_H

/*
 * Clients: the devices in a policy's `devices =`, and whether a client is one of them.
 */

#include "base/mac.h"
#include "wire/packet.h"

#define POLICY_NAME_MAX 64      /* bytes; the longest name kept from a lease */

enum device_kind { DEVICE_MAC, DEVICE_NETWORK, DEVICE_NAME };

struct policy_device {
	enum device_kind kind;
	uint8_t          mac[MAC_BYTES];
	/* and how many of its leading bits count; the others are 0 */
	struct address   network;
	uint8_t          bits;
	/* its DHCP name, in any case */
	uint8_t          name_len;
	char             name[POLICY_NAME_MAX];
};

struct policy_devices {
	const struct policy_device *at;
	size_t                      num;
};

/* A device's DHCP name at this moment, in room; empty if it has none. */
typedef struct bytes policy_name(void *owner, const uint8_t *mac, const struct address *client,
                                 uint8_t room[POLICY_NAME_MAX]);

/* The known facts about a client. */
struct policy_client {
	const struct address *address;
	const uint8_t        *mac;      /* NULL: not seen */
	policy_name          *name;     /* NULL: names are unknown. Called if a name decides */
	void                 *owner;
};

/*
 * policy_device_read - "3c:52:82:11:22:33", "192.0.2.7", "2001:db8::/32" or "lab-3". PARSE_BAD,
 *                      *out untouched: none of these. A name consists of letters, digits, '-', '_'
 *                      and '.', and not of digits and dots alone.
 */
enum parse policy_device_read(struct bytes word, struct policy_device *out);

/* policy_device_write - in the form policy_device_read() reads; in POLICY_DEVICE_TEXT bytes. */
#define POLICY_DEVICE_TEXT 80
void policy_device_write(struct writer *w, const struct policy_device *d);

/* The category or waiver with this device. */
struct policy_owned {
	const struct policy_device *device;
	uint32_t                    owner;
	uint32_t                    run_end;    /* policy_owned_sort() sets it */
};

/* Sorts them for policy_owned_find(). */
void policy_owned_sort(struct policy_owned *owned, size_t num);

/* Called for an owner whose devices include the client, maybe repeatedly. true: stop. */
typedef bool policy_owner_found(void *context, uint32_t owner);

/*
 * policy_owned_find - calls found() for each owner, in no order. Gives: did found() return true?
 * Time: one search for the client's MAC, one for its name, which is looked up at most once, and one
 *       for each prefix length in use; and one call for each matching device.
 */
bool policy_owned_find(const struct policy_owned *owned, size_t num,
                       const struct policy_client *client, policy_owner_found *found,
                       void *context);

#endif
