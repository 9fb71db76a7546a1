/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REPORT_SHEETS_H
#define FILTERD_REPORT_SHEETS_H

/*
 * Sheets: the rows of a report, built once for the page, the text and the CSV. Each is to be freed
 * (sheet.h), borrows nothing of the report, and has all rows: who shows them shows the first.
 */

#include "present/sheet.h"
#include "report/report_html.h"

/* Devices with attempts on prohibited hosts, as struct report has them. */
struct sheet sheets_devices(const struct report *r);

/*
 * Where the page tells of a device: "device-3c:52:82:11:22:33", by the name of its row. All but
 * what never means anything in a page is spelled in hexadecimal digits, so that no two have one
 * place.
 */
void sheets_write_place(struct writer *w, struct bytes row_name);

/*
 * What part of the attempts each category has, or each layer, in tenths of a percent; the last row
 * is the sum. sheets_layer - "DNS question", "TLS".
 */
struct sheet sheets_shares(const struct report *r, bool by_layer);
const char  *sheets_layer(enum layer layer);

/* The gaps of the period; of a fleet, those of all logs, where packets passed unseen first. */
struct sheet sheets_gaps(const struct report *r);

/*
 * But for gaps, which stand in a list of their own; of a fleet, of all logs. Takes: damage, no more
 * than what makes a log not sound.
 */
struct sheet sheets_findings(const struct report *r, bool damage);

/* Of a fleet: its logs, by gateway, or those that need a look first. */
struct sheet sheets_gateways(const struct fleet *f, bool worst_first);

/* All that were in force since the log began; of a fleet, each log's last one. */
struct sheet sheets_policies(const struct report *r);

/* And what records say of their files: policy, title, note. */
struct sheet sheets_policy_files(const struct report *r);

struct sheet sheets_files(const struct report_about *about);

#endif
