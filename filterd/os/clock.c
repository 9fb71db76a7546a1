/* SPDX-License-Identifier: MIT */

#include "os/clock.h"

#include <sys/timex.h>
#include <time.h>

int64_t clock_now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_boot_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

enum trust clock_kept(void)
{
	struct timex t     = { 0 };
	int          state = adjtimex(&t);

	if (state < 0)
		return TRUST_UNKNOWN;
	return state != TIME_ERROR && (t.status & STA_UNSYNC) == 0 ? TRUST_SYNCED : TRUST_UNSYNCED;
}
