/* SPDX-License-Identifier: MIT */

#include "log/policy_said.h"

struct scan policy_said_begin(struct bytes array)
{
	struct scan s = scan_over(array);

	scan_skip_space(&s);
	if (!scan_take(&s, '['))
		scan_refuse(&s);
	return s;
}

/* Once: a duplicate is refused. */
static bool policy_said_text(struct scan *s, struct bytes *to)
{
	return to->at == NULL ? scan_string(s, to) : scan_refuse(s);
}

static bool policy_said_member(struct scan *s, struct policy_said *out)
{
	struct bytes name;
	uint64_t     number;
	bool         whole;

	if (!scan_name(s, &name))
		return false;
	if (bytes_equal(name, BYTES("id")))
		return policy_said_text(s, &out->id);
	if (bytes_equal(name, BYTES("title")))
		return policy_said_text(s, &out->title);
	if (bytes_equal(name, BYTES("authority")))
		return policy_said_text(s, &out->authority);
	if (bytes_equal(name, BYTES("cutoff")))
		return policy_said_text(s, &out->cutoff);
	if (bytes_equal(name, BYTES("serial"))) {
		if (out->serial > 0 || !scan_number(s, &number, &whole) || !whole)
			return scan_refuse(s);
		out->serial = number;
		return true;
	}
	/* A later filterd may add members: a text or a number. */
	return s->at < s->end && *s->at == '"' ? scan_string(s, &name)
	                                       : scan_number(s, &number, &whole);
}

bool policy_said_next(struct scan *s, struct policy_said *out)
{
	struct policy_said said = { .serial = 0 };

	if (s->bad)
		return false;
	scan_skip_space(s);
	scan_take(s, ',');
	scan_skip_space(s);
	if (!scan_take(s, '{'))
		return false;
	do {
		if (!policy_said_member(s, &said))
			return false;
		scan_skip_space(s);
	} while (scan_take(s, ','));
	if (!scan_take(s, '}'))
		return scan_refuse(s);
	*out = said;
	return true;
}
