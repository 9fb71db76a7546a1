/* SPDX-License-Identifier: MIT */

/* Without libidn2: only maps variants of ASCII letters. */

#include "ctl/idn.h"

#include "inspect/letters.h"

#include <errno.h>

int idn_to_ascii(struct bytes name, struct writer *out)
{
	if (!letters_to_ascii(name, out))
		return -ENOSYS;
	return out->full ? -EINVAL : 0;
}
