/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_ORDER_H
#define FILTERD_CTL_ORDER_H

/*
 * Order: sends a line to the running filterd, whose answer begins with an exit status. The
 * configuration may be wrong: only the path of filterd's socket is taken from it.
 */

#include "base/bytes.h"

/*
 * Both give the exit status and print filterd's answer, after the verb's name if it is an error.
 * order_answered - Takes: the answer, which it frees.
 */
int order_give(const char *who, const char *conf, struct bytes line);
int order_answered(const char *who, char *answer);

#endif
