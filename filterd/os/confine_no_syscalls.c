/* SPDX-License-Identifier: MIT */

/*
 * Built without libseccomp, or with a sanitizer, whose library needs other calls than filterd does.
 */

#include "os/confine.h"

#include <errno.h>

int confine_syscalls(bool to_syslog)
{
	(void)to_syslog;
	return -EOPNOTSUPP;
}
