/* SPDX-License-Identifier: MIT */

/*
 * For builds without libseccomp, or with a sanitizer, whose library needs further calls.
 */

#include "os/confine.h"

#include <errno.h>

int confine_syscalls(bool to_syslog)
{
	(void)to_syslog;
	return -EOPNOTSUPP;
}
