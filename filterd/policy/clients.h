/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_POLICY_CLIENTS_H
#define FILTERD_POLICY_CLIENTS_H

/*
 * Clients: whom a policy means by `devices =`, and whether a client is one of them.
 */

#include "base/mac.h"
#include "wire/packet.h"

#define POLICY_NAME_MAX 64      /* bytes; as much of a name as leases keep */

enum device_kind { DEVICE_MAC, DEVICE_NETWORK, DEVICE_NAME };

struct policy_device {
	enum device_kind kind;
	uint8_t          mac[MAC_BYTES];
	/* and how many of its leading bits count; the others are 0 */
	struct address   network;
	uint8_t          bits;
	/* what DHCP calls it, in whatever case */
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

/* The client, as far as it is known. */
struct policy_client {
	const struct address *address;
	const uint8_t        *mac;      /* NULL: not seen */
	policy_name          *name;     /* NULL: nobody knows names. Asked where a name decides */
	void                 *owner;
};

/*
 * policy_device_read - "3c:52:82:11:22:33", "192.0.2.7", "2001:db8::/32" or "lab-3". PARSE_BAD,
 *                      *out untouched: none of these. Digits and dots alone are no name, nor is
 *                      anything with another character than letters, digits, '-', '_' and '.'.
 */
enum parse policy_device_read(struct bytes word, struct policy_device *out);

/* policy_device_write - as policy_device_read() takes it; in POLICY_DEVICE_TEXT bytes. */
#define POLICY_DEVICE_TEXT 80
void policy_device_write(struct writer *w, const struct policy_device *d);

/* Whose `devices` have it. */
struct policy_owned {
	const struct policy_device *device;
	uint32_t                    owner;
	uint32_t                    run_end;    /* policy_owned_sort() sets it */
};

/* Puts them into the order that policy_owned_find() takes. */
void policy_owned_sort(struct policy_owned *owned, size_t num);

/* An owner among whose devices the client is; perhaps not once alone. true: that is enough. */
typedef bool policy_owner_found(void *context, uint32_t owner);

/*
 * policy_owned_find - tells found() of each owner, in no order. Gives: did found() say true?
 * Time: a search for the client's MAC, one for its name, which is asked for at most once, and one
 *       for each length of a prefix that there is; and one call for each device that means it.
 */
bool policy_owned_find(const struct policy_owned *owned, size_t num,
                       const struct policy_client *client, policy_owner_found *found,
                       void *context);

#endif
