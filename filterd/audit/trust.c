/* SPDX-License-Identifier: MIT */

#include "audit/trust.h"

#define STEADY_MS INT64_C(3600000)

void trust_begin(struct trust_floor *f, int64_t known_us, int64_t now_us, int64_t boot_ms)
{
	*f = (struct trust_floor){
		.us        = known_us,
		.last_us   = now_us,
		.last_ms   = boot_ms,
		.steady_ms = boot_ms,
	};
}

int64_t trust_look(struct trust_floor *f, int64_t now_us, int64_t boot_ms)
{
	int64_t step_us = (now_us - f->last_us) - (boot_ms - f->last_ms) * 1000;

	f->last_us = now_us;
	f->last_ms = boot_ms;
	if (step_us >= -TRUST_SLACK_US && step_us <= TRUST_SLACK_US)
		step_us = 0;
	if (step_us != 0)
		f->steady_ms = boot_ms;
	if (now_us > f->us && boot_ms - f->steady_ms >= STEADY_MS)
		f->us = now_us;
	return step_us;
}

int64_t trust_oldest(const struct trust_floor *f)
{
	return f->us - TRUST_SLACK_US;
}
