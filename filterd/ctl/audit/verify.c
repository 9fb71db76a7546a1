/* SPDX-License-Identifier: MIT */

/* filterctl audit verify: prints the verdict from review/. */

#include "ctl/audit/pass.h"
#include "ctl/audit/show.h"
#include "ctl/audit/verbs.h"
#include "report/fleet.h"
#include "review/verdict.h"

#include <stdio.h>

static const char usage[] =
	"usage: filterctl audit verify [OPTION]... [LOG]...\n"
	"\n"
	"Is the log complete and unaltered, as filterd wrote it, and was the filter at work all "
	"the time?\n"
	"\n"
	"  filterctl audit verify                                      on the gateway itself\n"
	"  filterctl audit verify --key gw1.vkey --anchors notes gw1/  on any other machine\n"
	"  filterctl audit verify --collected --key keys/ /srv/filterd for the logs of many "
	"gateways: a line each\n"
	"\n"
	"Exit status: 0 complete and unaltered; 1 unaltered, with gaps that it declares itself, "
	"or an\n"
	"unconfirmed end, even a stop (--anchors, --collected);\n"
	"2 altered, missing, cut or unsigned; 64 wrong usage; 74 it cannot be read; 78 wrong "
	"configuration.\n";

static int print_one(const struct audit_options *o, const struct pass *p)
{
	struct verdict_context c = { .log = p->log, .num_files = p->reader.files->num,
	                             .color = o->color,
	                             .now_us = p->is_live ? o->now_us : INT64_MAX };
	struct text            text;

	text_to(&text, stdout);
	if (o->format == FORMAT_JSON)
		verdict_write_json(&text, p->verify, &c);
	else
		verdict_write_text(&text, p->verify, &c);
	text_end(&text);
	return (int)p->verify->findings.soundness;
}

static int print_fleet(const struct audit_options *o, const struct fleet *f)
{
	struct text text;

	text_to(&text, stdout);
	if (o->format == FORMAT_JSON)
		fleet_write_json(&text, f);
	else
		fleet_write_text(&text, f, show_columns(), o->color);
	text_end(&text);
	return (int)f->soundness;
}

/* If the collector has only one log, it gets the verdict in full. */
static int audit_verify_print(const struct audit_options *o, struct pass *p, struct fleet *f)
{
	if (p->reader.collected == NULL || (p->num_logs == 1 && f->num == 1 && p->num_unread == 0))
		return print_one(o, p);
	return print_fleet(o, f);
}

int audit_verify(int argc, char **argv)
{
	static const struct audit_own own     = { .usage = usage, .no_csv = true };
	struct fleet                  fleet   = { .from_us = INT64_MIN, .to_us = INT64_MAX };
	struct audit_options          o;
	struct pass                   pass;
	struct entry                  e;
	int                           status;

	if (!audit_options_read(argc, argv, &own, &o, &status))
		return status;
	pass_open(&o, &pass);
	pass.fleet = &fleet;
	while (pass_next(&pass, &e))
		;
	status = pass.status != 0 ? pass.status : pass_end_fleet(&pass);
	if (status == 0)
		status = audit_verify_print(&o, &pass, &fleet);
	fleet_free(&fleet);
	pass_free(&pass);
	return status;
}
