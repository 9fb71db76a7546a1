/* SPDX-License-Identifier: MIT */

#include "kernel/foreign_inside.h"

#include "kernel/run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void foreign_note(struct foreign_rules *o, enum foreign_kind kind, const char *where,
                  struct bytes rule)
{
	unsigned num = o->num[kind]++;

	if (num >= FOREIGN_OF_KIND)
		return;
	snprintf(o->first[kind][num].where, sizeof(o->first[kind][num].where), "%s", where);
	snprintf(o->first[kind][num].rule, FOREIGN_RULE, "%.*s",
	         (int)(rule.len < FOREIGN_RULE ? rule.len : FOREIGN_RULE - 1),
	         (const char *)rule.at);
}

void foreign_note_marks(struct foreign_rules *o, const struct settings *s, struct touched t,
                        const char *where, struct bytes rule)
{
	if (t.written & s->mark_mask)
		foreign_note(o, FOREIGN_MARK_WRITTEN, where, rule);
	else if (t.read & s->mark_mask)
		foreign_note(o, FOREIGN_MARK_READ, where, rule);
}

void foreign_note_queues(struct foreign_rules *o, uint32_t first, uint32_t last, bool bypass)
{
	o->queue_first = o->has_queue && o->queue_first < first ? o->queue_first : first;
	o->queue_last  = o->has_queue && o->queue_last > last ? o->queue_last : last;
	o->has_queue   = true;
	o->bypass      = bypass;
}

/* bytes of a program's list; a host with 10,000 rules has 1 MB */
#define LISTED_MAX (4 << 20)

/*
 * A program's output, for one of the readers; nothing if it does not exist. nft and iptables fail
 * for other users than root, which leaves the rules unknown; for root they fail if the kernel has
 * no such rules.
 */
static void list(const char *const *argv, char *room, struct bytes *out, bool *is_unknown)
{
	int status = run_program_into(argv, (struct bytes){ 0 }, room, LISTED_MAX);

	*out = status == 0 ? bytes_text(room) : (struct bytes){ 0 };
	*is_unknown |= status > 0 && geteuid() != 0;
}

int foreign_now(const struct settings *s, struct foreign_rules *out)
{
	static const char *const nft[]    = { "nft", "list", "ruleset", NULL };
	static const char *const save4[]  = { "iptables-save", NULL };
	static const char *const save6[]  = { "ip6tables-save", NULL };
	static const char *const routes4[] = { "ip", "rule", "show", NULL };
	static const char *const routes6[] = { "ip", "-6", "rule", "show", NULL };
	char                    *room = malloc(LISTED_MAX);
	struct bytes             text;

	memset(out, 0, sizeof(*out));
	if (room == NULL)
		return -ENOMEM;
	list(nft, room, &text, &out->is_unknown);
	foreign_read_nft(text, s, out);
	list(save4, room, &text, &out->is_unknown);
	foreign_read_iptables(text, 4, s, out);
	list(save6, room, &text, &out->is_unknown);
	foreign_read_iptables(text, 6, s, out);
	list(routes4, room, &text, &out->is_unknown);
	foreign_read_routing(text, s, out);
	list(routes6, room, &text, &out->is_unknown);
	foreign_read_routing(text, s, out);
	free(room);
	return 0;
}
