/* SPDX-License-Identifier: MIT */

#include "ctl/complain.h"

#include "ctl/verbs.h"

#include <stdarg.h>
#include <stdio.h>

static void complain_say(const char *who, const char *format, va_list arguments)
{
	fprintf(stderr, "%s: ", who);
	vfprintf(stderr, format, arguments);
	fputs("\n", stderr);
}

int complain(int status, const char *who, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	complain_say(who, format, arguments);
	va_end(arguments);
	return status;
}

int complain_words(const char *usage, const char *who, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	complain_say(who, format, arguments);
	va_end(arguments);
	fputs("\n", stderr);
	return complain_usage(usage);
}

int complain_usage(const char *usage)
{
	fputs(usage, stderr);
	return EXIT_USAGE;
}
