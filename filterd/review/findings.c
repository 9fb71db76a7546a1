/* SPDX-License-Identifier: MIT */

#include "review/findings.h"

#include <stdarg.h>
#include <stdio.h>

static const struct { const char *name; bool is_damage; } kinds[FINDING_KINDS] = {
	[FINDING_FOREIGN]   = { "FOREIGN", true },   [FINDING_ENDS]      = { "ENDS", false },
	[FINDING_ALTERED]   = { "ALTERED", true },   [FINDING_MISSING]   = { "MISSING", true },
	[FINDING_ORDER]     = { "ORDER", true },     [FINDING_SIGNATURE] = { "SIGNATURE", true },
	[FINDING_KEY]       = { "KEY", true },       [FINDING_UNSIGNED]  = { "UNSIGNED", true },
	[FINDING_TRUNCATED] = { "TRUNCATED", true }, [FINDING_REWRITTEN] = { "REWRITTEN", true },
	[FINDING_FORK]      = { "FORK", true },      [FINDING_COUNT]     = { "COUNT", true },
	[FINDING_PARTIAL]   = { "PARTIAL", false },  [FINDING_OPEN]      = { "OPEN", false },
	[FINDING_PRUNED]    = { "PRUNED", false },   [FINDING_OTHER]     = { "OTHER", false },
	[FINDING_LOST]      = { "LOST", false },     [FINDING_GAP]       = { "GAP", false },
};

const char *soundness_name(enum soundness soundness)
{
	static const char *const names[] = { [SOUND_COMPLETE] = "complete",
	                                     [SOUND_DECLARED] = "declared",
	                                     [SOUND_NOT] = "not-sound" };

	return names[soundness];
}

const char *finding_name(enum finding_kind kind)
{
	return kinds[kind].name;
}

bool finding_is_damage(enum finding_kind kind)
{
	return kinds[kind].is_damage;
}

void findings_add(struct findings *f, enum finding_kind kind, uint64_t from, uint64_t to,
                  const char *format, ...)
{
	enum soundness  soundness = kinds[kind].is_damage ? SOUND_NOT : SOUND_DECLARED;
	struct finding *next;
	va_list         arguments;

	if (soundness > f->soundness)
		f->soundness = soundness;
	f->num_kinds[kind]++;
	if (f->num == FINDINGS_MAX) {
		f->left_out++;
		return;
	}
	next  = &f->list[f->num++];
	*next = (struct finding){ .kind = kind, .from = from, .to = to };
	va_start(arguments, format);
	vsnprintf(next->text, sizeof(next->text), format, arguments);
	va_end(arguments);
}

bool findings_last_is(const struct findings *f, enum finding_kind kind, uint64_t to)
{
	const struct finding *last = f->num > 0 ? &f->list[f->num - 1] : NULL;

	return last != NULL && last->kind == kind && last->to == to;
}
