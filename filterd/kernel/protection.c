/* SPDX-License-Identifier: MIT */

#include "kernel/protection.h"

#include "kernel/rule_text.h"

#include <stdio.h>
#include <string.h>

static bool is_there(const struct network *n, struct bytes name)
{
	for (size_t i = 0; i < n->num_links; i++) {
		if (bytes_equal(bytes_text(n->links[i].name), name))
			return true;
	}
	return false;
}

void protection_missing(const struct network *n, const char *protect, struct missing *out)
{
	struct writer w    = writer_over(out->names, sizeof(out->names) - 1);
	size_t        have = 0;
	struct bytes  name;

	*out = (struct missing){ .num = 0 };
	while (strcmp(protect, "auto") != 0 && rule_next_word(&protect, &name)) {
		if (is_there(n, name)) {
			have++;
			continue;
		}
		write_text(&w, out->num++ > 0 ? ", " : "");
		write_bytes(&w, name);
	}
	out->names[w.len] = '\0';
	out->is_all       = out->num > 0 && have == 0;
}

bool protection_say_missing(const struct missing *m, struct problem *out)
{
	if (m->num == 0)
		return false;
	snprintf(out->text, PROBLEM_MAX, "there %s %.200s now: %s",
	         m->num == 1 ? "is no interface" : "are no interfaces", m->names,
	         m->is_all    ? "nobody is filtered"
	         : m->num == 1 ? "whoever comes by it later is filtered then"
	                       : "whoever comes by them later is filtered then");
	return true;
}
