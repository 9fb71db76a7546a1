/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_ORDER_H
#define FILTERD_CTL_ORDER_H

/*
 * Order: a line for the filterd that runs, whose answer begins with an exit status. The
 * configuration may be wrong: it only says where filterd is.
 */

#include "base/bytes.h"

/*
 * Both give the exit status; what filterd says is printed, under the verb's name if it is an error.
 * order_answered - Takes: its answer, which is freed.
 */
int order_give(const char *who, const char *conf, struct bytes line);
int order_answered(const char *who, char *answer);

#endif
