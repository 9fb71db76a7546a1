/* SPDX-License-Identifier: MIT */

#include "review/evidence.h"

#include "review/totals.h"

static const char *const sure_names[] = {
	[SURE_NONE] = "",         [SURE_DOUBTFUL] = "doubtful", [SURE_UNKNOWN] = "unsure",
	[SURE_LIKELY] = "likely", [SURE_YES] = "sure",
};

const char *sure_name(enum sure sure)
{
	return sure_names[sure];
}

unsigned entry_signs(const struct entry *e)
{
	unsigned signs;

	switch (entry_layer(e)) {
	case LAYER_DNS:  return SIGN_QUESTION;
	case LAYER_HTTP: break;
	default:         return SIGN_HELLO;
	}
	signs = SIGN_REQUEST;
	if (bytes_begin(e->rule, "path:"))
		signs |= SIGN_PATH;
	/* All browsers' user agents begin like this. */
	if (e->user_agent.len > 0 && !bytes_begin(e->user_agent, "Mozilla/"))
		signs |= SIGN_AGENT;
	return signs;
}

enum sure entry_sure(const struct entry *e)
{
	unsigned signs = entry_signs(e);

	if (signs & (SIGN_PATH | SIGN_AGENT))
		return SURE_YES;
	if (signs & SIGN_QUESTION)
		return SURE_LIKELY;
	/* A record folded by anything but its host covers several names. */
	if (e->folded.len > 0 && !bytes_equal(e->folded, BYTES("host")))
		return SURE_UNKNOWN;
	return bytes_equal(e->asked, BYTES("yes"))  ? SURE_YES
	       : bytes_equal(e->asked, BYTES("no")) ? SURE_DOUBTFUL
	                                            : SURE_UNKNOWN;
}

void signs_write(struct writer *w, unsigned signs)
{
	static const char *const names[] = { "questions", "hellos", "requests", "update paths",
		                             "user agent" };
	size_t begin = w->len;

	for (size_t i = 0; i < COUNT(names); i++) {
		if ((signs >> i & 1) == 0)
			continue;
		write_text(w, w->len > begin ? ", " : "");
		write_text(w, names[i]);
	}
}
