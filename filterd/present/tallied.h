/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_PRESENT_TALLIED_H
#define FILTERD_PRESENT_TALLIED_H

/* Tallied: what totals counted, as sheets, the most attempts on prohibited hosts first. */

#include "present/sheet.h"
#include "review/totals.h"

/*
 * All that were tried; those of waivers as they came up. Rules, titles and reasons are those of the
 * last record. To be freed; without memory its `failed` is set.
 */
struct sheet tallied_hosts(const struct totals *t);
struct sheet tallied_categories(const struct totals *t);
struct sheet tallied_waivers(const struct totals *t);

/* A device, and what is known of it besides what was counted. */
struct tallied_device {
	const struct device_total *total;
	struct bytes               key, gateway;        /* gateway: of many; else empty */
	struct bytes               state, note;
	const char                *vendor;              /* NULL: not known */
	int64_t                    quiet_us;            /* since its last attempt */
};

/*
 * tallied_devices    - a sheet for them, without rows. of_many: of many gateways; is_told: their
 *                      states are known.
 * tallied_put_device - Takes: t, whose device it is.
 */
struct sheet tallied_devices(bool of_many, bool is_told);
void tallied_put_device(struct sheet *s, const struct totals *t, const struct tallied_device *d);

#endif
