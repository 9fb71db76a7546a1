/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_PRESENT_TALLIED_H
#define FILTERD_PRESENT_TALLIED_H

/* Tallied: the counts of totals as sheets, the most attempts on prohibited hosts first. */

#include "present/sheet.h"
#include "review/totals.h"

/*
 * All hosts and so on that were tried; the caller frees the sheet, whose `failed` is set if memory
 * ran out. Rules, titles and reasons are those of the last record.
 * tallied_hosts   - Takes: prohibited, without the merely watched ones.
 * tallied_waivers - in order of appearance.
 */
struct sheet tallied_hosts(const struct totals *t, bool prohibited);
struct sheet tallied_categories(const struct totals *t);
struct sheet tallied_waivers(const struct totals *t);

/* Each device and host with an attempt, in the order of the names. */
struct sheet tallied_pairs(const struct totals *t);

/* How the names were seen: all attempts. */
struct sheet tallied_layers(const struct totals *t);

/* A device, and its facts besides the counts. */
struct tallied_device {
	const struct device_total *total;
	struct bytes               key, gateway;        /* gateway: if there are many; else empty */
	struct bytes               note;
	const char                *state;               /* NULL: not known */
	enum shade                 shade;               /* of the state */
	/* for a page: its name, and the place of its details; or empty */
	struct bytes               label, place;
	const char                *vendor;              /* NULL: not known */
	int64_t                    last_us;             /* its last attempt that counts here */
	int64_t                    quiet_us;            /* since then */
};

/*
 * tallied_devices    - a sheet for them, without rows. of_many: of many gateways; is_told: their
 *                      states are known.
 * tallied_put_device - Takes: t, the totals with the device.
 */
struct sheet tallied_devices(bool of_many, bool is_told);
void tallied_put_device(struct sheet *s, const struct totals *t, const struct tallied_device *d);

#endif
