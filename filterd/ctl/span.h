/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_SPAN_H
#define FILTERD_CTL_SPAN_H

/* span_seconds - Takes: "90s", "15m", "2h", "1d". Gives: seconds; 0: none of these forms. */
unsigned long span_seconds(const char *text);

#endif
