/* SPDX-License-Identifier: MIT */

/* pasted_read: what is found lies inside its copy, and means the same when it is read again. */

#include "inspect/pasted.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void inside(const struct pasted *p, struct bytes view)
{
	const uint8_t *text = (const uint8_t *)p->text;

	if (view.len > 0 && (view.at < text || view.len > sizeof(p->text) ||
	                     (size_t)(view.at - text) > sizeof(p->text) - view.len))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct pasted p, again;

	if (pasted_read(bytes_of(data, len), &p) != PARSE_OK)
		return 0;
	inside(&p, p.host);
	inside(&p, p.path);
	if (p.host.len == 0 || (p.has_port && p.port == 0))
		abort();
	if (p.kind == PASTED_ADDRESS && (pasted_read(p.host, &again) != PARSE_OK ||
	                                 !bytes_equal(p.host, again.host)))
		abort();
	return 0;
}
