/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_REVIEW_EXPORT_JSON_H
#define FILTERD_REVIEW_EXPORT_JSON_H

/*
 * Pieces of the exports that are JSON. A string from a record is given on with the escapes that it
 * has there: entry_read() let in nothing that is not right within quotes.
 */

#include "base/text.h"
#include "log/entry.h"
#include "review/export.h"

/* Where the next member goes; commas look after themselves. */
struct json_out {
	struct text *text;
	bool         comma;
};

void out_open(struct json_out *j, const char *name); /* "name":{ ; NULL: just { */
void out_close(struct json_out *j);
void out_raw(struct json_out *j, const char *name, const char *json);
/* text of ours, without escapes */
void out_word(struct json_out *j, const char *name, const char *text);
/* nothing if it is empty */
void out_string(struct json_out *j, const char *name, struct bytes escaped);
void out_number(struct json_out *j, const char *name, uint64_t number);
void out_number_text(struct json_out *j, const char *name, uint64_t number);     /* in quotes */
void out_time(struct json_out *j, const char *name, int64_t us); /* "2026-11-23T14:05:09.123456Z" */
void out_milliseconds(struct json_out *j, const char *name, int64_t us);        /* since 1970 */

/* "filterd":{...}: what a record says and no other schema has a place for. */
void out_own(struct json_out *j, const struct entry *e, const struct export_source *from);

#endif
