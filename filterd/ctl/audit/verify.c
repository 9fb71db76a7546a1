/* SPDX-License-Identifier: MIT */

/* filterctl audit verify: the verdict is review's, this prints it. */

#include "ctl/audit/pass.h"
#include "ctl/audit/verbs.h"
#include "review/verdict.h"

#include <stdio.h>

static const char usage[] =
	"usage: filterctl audit verify [OPTION]... [LOG]...\n"
	"\n"
	"Is the log the one that was written, whole and unaltered, and was the filter at work all the time?\n"
	"\n"
	"  filterctl audit verify                                      on the gateway itself\n"
	"  filterctl audit verify --key gw1.vkey --anchors notes gw1/  on any other machine\n"
	"\n"
	"Exit status: 0 complete and unaltered; 1 unaltered, with gaps that it declares itself, or an open end;\n"
	"2 altered, missing, cut or unsigned; 64 wrong usage; 74 it cannot be read; 78 wrong configuration.\n";

void audit_give(void *owner, struct bytes piece)
{
	fwrite(piece.at, 1, piece.len, owner);
}

int audit_verify(int argc, char **argv)
{
	static const struct option    longs[] = { AUDIT_LONG_OPTIONS, { 0 } };
	static const struct audit_own own     = { .longs = longs, .shorts = AUDIT_SHORT_OPTIONS, .usage = usage, .no_csv = true };
	struct audit_options o;
	struct pass          pass;
	struct text          text;
	int                  status;

	if (!audit_options_read(argc, argv, &own, &o, &status))
		return status;
	status = pass_run(&o, &pass, NULL, NULL);
	if (status == 0) {
		struct verdict_context c = { .log = pass.log, .num_files = log_files_num(pass.files), .color = o.color,
		                             .now_us = pass.is_live ? o.now_us : INT64_MAX };

		text_begin(&text, audit_give, stdout);
		if (o.format == FORMAT_JSON)
			verdict_write_json(&text, pass.verify, &c);
		else
			verdict_write_text(&text, pass.verify, &c);
		text_end(&text);
		status = pass.verify->findings.soundness;
	}
	pass_free(&pass);
	return status;
}
