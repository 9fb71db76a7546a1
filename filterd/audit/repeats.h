/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_AUDIT_REPEATS_H
#define FILTERD_AUDIT_REPEATS_H

/*
 * Repeats: one client that tries again and again must not fill the disk, and no attempt may go
 * uncounted.
 *
 * The first attempt of a device for a host by a layer gets its own line, at once. The following
 * ones are counted in a window, and one line at its end has their number. A window lasts a minute,
 * then 2, 4, 8 and 15 while the device continues; a quiet window resets that. So a client that
 * hammers costs about a hundred lines a day for each host.
 *
 * A device may have an eighth of the slots; attempts beyond that, or in a full table, are counted
 * by device and category ("folded":"device"). Anybody can make up devices: all unknown ones
 * together have half of the slots; attempts beyond that are counted by host, for all these devices
 * together ("folded":"host"). The rest is counted by category only ("folded":"category"). Details
 * are lost, counts never.
 *
 * The table is in the caller's memory, without pointers: in a file under /run it survives the
 * daemon's death, and the next daemon writes the pending counts. One owner at a time.
 */

#include "audit/event.h"

struct repeats;

enum repeat {
	/* write it at once, then call repeats_wrote(); or keep it if that fails */
	REPEAT_FIRST,
	REPEAT_COUNTED,         /* keep it */
};

/* The values are stored in memory that another process may read: add new ones at the end. */
enum folded { FOLDED_NOT, FOLDED_DEVICE, FOLDED_CATEGORY, FOLDED_HOST };

#define REPEAT_SLOT_BYTES 2048
#define REPEAT_SLOTS_MIN  64

/* The size in bytes of a table of num_slots. */
size_t repeats_bytes(size_t num_slots);

/*
 * repeats_new   - an empty table in `memory`, which is overwritten and must be aligned to 8 bytes.
 *                 Takes: window_us, the length of the first window; 0: every attempt is a first
 *                 one.
 * repeats_adopt - the table left there by another process, only to be emptied with repeats_due().
 *                 NULL also if these len bytes are not a table.
 * Keeps:  memory, until repeats_free().
 * Gives:  NULL without memory for the index.
 */
struct repeats *repeats_new(void *memory, size_t num_slots, int64_t window_us, uint64_t seed);
struct repeats *repeats_adopt(void *memory, size_t len);
void            repeats_free(struct repeats *r);

/*
 * repeats_add - Takes: is_known, this device is not a made-up one.
 * Gives:  the action for the event, and its slot. It is not counted yet.
 */
enum repeat repeats_add(struct repeats *r, const struct event *e, bool is_known,
                        uint32_t *slot_out);

/* The first attempt of a slot is in the log. */
void repeats_wrote(struct repeats *r);

/*
 * repeats_keep - counts an attempt in its slot. Takes: text, its record up to the member `reply`
 *                (record_open); if it is too long, the previous text is kept.
 */
void repeats_keep(struct repeats *r, uint32_t slot, struct bytes text, int64_t time_us);

struct repeat_due {
	uint32_t     slot;
	struct bytes text;              /* of the last attempt; empty if none could be kept */
	uint64_t     count;
	int64_t      first_us;
	enum folded  folded;
	const char  *category;          /* "other" for attempts without any slot */
};

/*
 * repeats_due - the next slot with counts whose window is over at now_us; with `all`, any slot with
 *               counts. False if none is left. Write it, then call repeats_written(), which starts
 *               a new window; or stop asking.
 */
bool repeats_due(struct repeats *r, int64_t now_us, bool all, struct repeat_due *out);
void repeats_written(struct repeats *r, uint32_t slot, int64_t now_us);

uint64_t repeats_attempts(const struct repeats *r);     /* since repeats_new() */
uint64_t repeats_pending(const struct repeats *r);      /* of these, not yet in the log */
/* with an attempt in the last quarter of an hour */
uint64_t repeats_devices(const struct repeats *r);

#endif
