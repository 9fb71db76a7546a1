/* SPDX-License-Identifier: MIT */

#include "ctl/idn.h"

#include "base/host.h"

#include <errno.h>
#include <idn2.h>
#include <stdio.h>

int idn_to_ascii(struct bytes name, struct writer *out)
{
	char  text[HOST_TEXT_MAX + 1];
	char *ascii = NULL;

	if (bytes_graphic(name) == name.len) {
		write_bytes(out, name);
		return out->full ? -EINVAL : 0;
	}
	if (name.len > HOST_TEXT_MAX)
		return -EINVAL;
	snprintf(text, sizeof(text), "%.*s", (int)name.len, (const char *)name.at);
	if (idn2_to_ascii_8z(text, &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) != IDN2_OK)
		return -EINVAL;
	write_text(out, ascii);
	idn2_free(ascii);
	return out->full ? -EINVAL : 0;
}
