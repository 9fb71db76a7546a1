/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REPORT_SHEETS_H
#define FILTERD_REPORT_SHEETS_H

/*
 * Sheets: the rows of a report, built once for the page, the text and the CSV. The caller frees
 * each (sheet.h). They borrow nothing of the report, and have all rows: a page or text shows the
 * first.
 */

#include "present/sheet.h"
#include "report/report_html.h"

/* Devices with attempts on prohibited hosts, as struct report has them. */
struct sheet sheets_devices(const struct report *r);

/*
 * The anchor of a device in the page: "device-3c:52:82:11:22:33", by the name of its row.
 * Characters with a meaning in a page are written as hexadecimal digits, so no two devices share an
 * anchor.
 */
void sheets_write_place(struct writer *w, struct bytes row_name);

/*
 * Each category's share of the attempts, or each layer's, in tenths of a percent; the last row is
 * the sum. sheets_layer - "DNS question", "TLS".
 */
struct sheet sheets_shares(const struct report *r, bool by_layer);
const char  *sheets_layer(enum layer layer);

/*
 * The gaps of the period; of a fleet, those of all logs, with the ones that let packets pass first.
 */
struct sheet sheets_gaps(const struct report *r);

/*
 * All findings except gaps, which have their own list; for a fleet, those of all logs. Takes:
 * damage, only the findings that make a log unsound.
 */
struct sheet sheets_findings(const struct report *r, bool damage);

/* For a fleet: its logs, by gateway, or those that need attention first. */
struct sheet sheets_gateways(const struct fleet *f, bool worst_first);

/* All policies in force since the log began; for a fleet, the last one of each log. */
struct sheet sheets_policies(const struct report *r);

/* Their files according to the records: policy, title, note. */
struct sheet sheets_policy_files(const struct report *r);

struct sheet sheets_files(const struct report_about *about);

#endif
