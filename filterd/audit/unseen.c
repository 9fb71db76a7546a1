/* SPDX-License-Identifier: MIT */

#include "audit/unseen.h"

#include <inttypes.h>
#include <string.h>

static bool is_same_counter(const struct unseen *a, const struct unseen *b)
{
	return a->space == b->space && a->table == b->table;
}

bool unseen_since(const struct unseen *recorded, const struct unseen *now, uint64_t *packets_out,
                  struct unseen *recorded_out)
{
	*recorded_out = *now;
	*packets_out  = now->packets;
	/* The first counter of a log, or of a boot: all its counts are new. */
	if (recorded == NULL || strcmp(recorded->boot, now->boot) != 0)
		return true;
	if (is_same_counter(recorded, now) && recorded->packets <= now->packets) {
		*packets_out = now->packets - recorded->packets;
		return true;
	}
	*packets_out          = 0;
	recorded_out->packets = 0;
	return false;
}

void unseen_write(struct writer *w, const struct unseen *u)
{
	write_format(w, "%s %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", u->boot, u->space, u->table,
	             u->packets);
}

enum parse unseen_read(struct bytes line, struct unseen *out)
{
	struct unseen u    = { 0 };
	struct bytes  boot = bytes_cut_word(&line);

	if (boot.len == 0 || boot.len >= sizeof(u.boot))
		return PARSE_BAD;
	memcpy(u.boot, boot.at, boot.len);
	if (!bytes_cut_number(&line, &u.space) || !bytes_cut(&line, " ") ||
	    !bytes_cut_number(&line, &u.table) || !bytes_cut(&line, " ") ||
	    !bytes_cut_number(&line, &u.packets) || !bytes_equal(line, BYTES("\n")))
		return PARSE_BAD;
	*out = u;
	return PARSE_OK;
}
