/* SPDX-License-Identifier: MIT */

#include "base/problem.h"

#include <stdarg.h>
#include <stdio.h>

int problem_say(struct problem *p, int error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(p->text, PROBLEM_MAX, format, arguments);
	va_end(arguments);
	return error;
}
