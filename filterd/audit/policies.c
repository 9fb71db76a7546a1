/* SPDX-License-Identifier: MIT */

#include "audit/policies.h"

#include "base/instant.h"

static void policies_write_one(struct json *j, const struct policy_source *s)
{
	json_object(j, NULL);
	json_text(j, "id", s->id);
	json_text(j, "title", s->title);
	if (s->authority[0] != '\0')
		json_text(j, "authority", s->authority);
	if (s->serial > 0)
		json_number(j, "serial", s->serial);
	if (s->cutoff_us == INSTANT_ALWAYS)
		json_text(j, "cutoff", "always");
	else if (s->cutoff_us != INSTANT_NEVER)
		json_text(j, "cutoff", s->cutoff);
	json_end(j);
}

void policies_write(struct json *j, const struct policy_source *sources, size_t num)
{
	size_t begin, left_out = 0;

	if (num == 0)
		return;
	json_array(j, "policies");
	begin = j->w->len - 1;
	for (size_t i = 0; i < num; i++) {
		struct json before = *j;
		size_t      len    = j->w->len;

		policies_write_one(j, &sources[i]);
		if (j->w->len - begin < POLICIES_MAX)
			continue;
		*j        = before;
		j->w->len = len;
		left_out++;
	}
	json_end(j);
	if (left_out > 0)
		json_number(j, "policies_left_out", left_out);
}
