/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_AUDIT_REPEATS_H
#define FILTERD_AUDIT_REPEATS_H

/*
 * Repeats: one client that tries again and again must not fill the disk, and no attempt may go
 * uncounted.
 *
 * The first attempt of a device for a host by a layer stands in a line of its own, at once. Those
 * that follow are counted in a window, at whose end one line has their number. A window lasts a
 * minute, then 2, 4, 8 and 15 while the device keeps on; a quiet window ends that. So a client that
 * hammers costs about a hundred lines a day for each host.
 *
 * A device may have an eighth of the slots; what exceeds that, or finds the table full, is counted
 * by device and category ("folded":"device"). Anybody can make up devices: all that are not known
 * have half of the slots together; what exceeds that is counted by host, whichever of them it was
 * ("folded":"host"). What is left is counted by category alone ("folded":"category"). Detail folds
 * away, counts never do.
 *
 * The table lives in memory of the caller's, without pointers: in a file under /run it survives the
 * death of the daemon, and the next one writes what was pending. One owner a time.
 */

#include "audit/event.h"

struct repeats;

enum repeat {
	/* write it at once, then say repeats_wrote(); or keep it if that fails */
	REPEAT_FIRST,
	REPEAT_COUNTED,         /* keep it */
};

/* The numbers stand in memory that another process left: new ones go to the end. */
enum folded { FOLDED_NOT, FOLDED_DEVICE, FOLDED_CATEGORY, FOLDED_HOST };

#define REPEAT_SLOT_BYTES 2048
#define REPEAT_SLOTS_MIN  64

/* Bytes that a table of num_slots takes. */
size_t repeats_bytes(size_t num_slots);

/*
 * repeats_new   - an empty table in `memory`, which is overwritten and must be aligned to 8 bytes.
 *                 Takes: window_us, how long the first window lasts; 0: every attempt is a first
 *                 one.
 * repeats_adopt - the table that another process left there: only to be emptied with repeats_due().
 *                 NULL too if there is none in these len bytes.
 * Keeps:  memory, until repeats_free().
 * Gives:  NULL without memory for the index.
 */
struct repeats *repeats_new(void *memory, size_t num_slots, int64_t window_us, uint64_t seed);
struct repeats *repeats_adopt(void *memory, size_t len);
void            repeats_free(struct repeats *r);

/*
 * repeats_add - Takes: is_known, this device is no made-up one.
 * Gives:  what to do with the event, and the slot it belongs to. It is not counted yet.
 */
enum repeat repeats_add(struct repeats *r, const struct event *e, bool is_known,
                        uint32_t *slot_out);

/* The first of a slot stands in the log. */
void repeats_wrote(struct repeats *r);

/*
 * repeats_keep - counts an attempt in its slot. Takes: text, its record up to the member `reply`
 *                (record_open); one that is too long leaves the one before in its place.
 */
void repeats_keep(struct repeats *r, uint32_t slot, struct bytes text, int64_t time_us);

struct repeat_due {
	uint32_t     slot;
	struct bytes text;              /* of the last attempt; empty if none could be kept */
	uint64_t     count;
	int64_t      first_us;
	enum folded  folded;
	const char  *category;          /* "other" for what found no slot at all */
};

/*
 * repeats_due - the next slot whose window is over at now_us and that counted something; with
 *               `all`, any that did. False if there is none left. Write it, then repeats_written():
 *               the slot's window begins anew. Or stop asking.
 */
bool repeats_due(struct repeats *r, int64_t now_us, bool all, struct repeat_due *out);
void repeats_written(struct repeats *r, uint32_t slot, int64_t now_us);

uint64_t repeats_attempts(const struct repeats *r);     /* since repeats_new() */
uint64_t repeats_pending(const struct repeats *r);      /* of these, not yet in the log */
/* with an attempt in the last quarter of an hour */
uint64_t repeats_devices(const struct repeats *r);

#endif
