/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_OS_OTHERS_NOW_H
#define FILTERD_OS_OTHERS_NOW_H

/* Others, now: the rules of other programs (status/others.h) as they are at this moment. */

#include "status/others.h"

/* others_now - all of them. A program that is not there lists nothing. 0 or -ENOMEM. */
int others_now(const struct settings *s, struct others *out);

#endif
