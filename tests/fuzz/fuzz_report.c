/* SPDX-License-Identifier: MIT */

/*
 * report: whatever the records of a log say, the page has no markup but its own, text and CSV have
 * no control characters, and all three can be written. The input is lines of a log; those that do
 * not hang together count all the same, so that any text comes through.
 */

#include "report/report_html.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define NOV_1 INT64_C(1793491200000000)         /* 2026-11-01, microseconds since 1970 */

/*
 * What can stand behind a '<' of ours: see the tags that report/ writes. None begins like something
 * that a browser would run or load.
 */
static const char *const foreign[] = { "script", "img", "image", "iframe", "object", "embed",
                                       "link", "base", "form", "input", "video", "!--",
                                       "foreignObject", "use", "animate", "set" };

struct page {
	uint8_t      room[8192];
	size_t       len;
	bool         is_html;
};

static void check_tag(struct bytes rest)
{
	for (size_t k = 0; k < COUNT(foreign); k++) {
		if (rest.len > strlen(foreign[k]) + 1 &&
		    memcmp(rest.at + 1, foreign[k], strlen(foreign[k])) == 0)
			abort();
	}
}

static void check(const struct page *p)
{
	const uint8_t *end = p->room + p->len;

	for (const uint8_t *at = p->room; at < end; at++) {
		if ((*at < 0x20 && *at != '\n' && *at != '\r') || *at == 0x7f)
			abort();
		/* Right to left override, and the like: U+202A to U+202E. */
		if (*at == 0xe2 && end - at > 2 && at[1] == 0x80 && at[2] >= 0xaa && at[2] <= 0xae)
			abort();
		if (*at == '<' && p->is_html)
			check_tag(bytes_of(at, (size_t)(end - at)));
	}
}

/* Pieces are looked at with the end of the one before, as a tag may be cut between two. */
static void give(void *owner, struct bytes piece)
{
	struct page *p = owner;

	while (piece.len > 0) {
		struct bytes part = bytes_first(piece, sizeof(p->room) - 32);
		size_t       kept = p->len < 32 ? p->len : 32;

		memmove(p->room, p->room + p->len - kept, kept);
		memcpy(p->room + kept, part.at, part.len);
		p->len = kept + part.len;
		check(p);
		piece = bytes_from(piece, part.len);
	}
}

static void print(const struct report *r, bool is_html,
                  void (*write)(struct text *, const struct report *, const struct report_about *))
{
	static const struct report_about about = { .log = "log", .version = "1.0.0",
	                                           .made_us = NOV_1 };
	struct page                      page  = { .is_html = is_html };
	struct text                      text;

	text_begin(&text, give, &page);
	write(&text, r, &about);
	text_end(&text);
}

/* The same of two gateways that have these lines, whatever the first line calls them. */
static void report_fleet(struct bytes lines, const struct verify *v, const struct period *p)
{
	struct fleet   f      = { .from_us = p->from_us, .to_us = p->to_us };
	struct report *r      = report_new(p, 1);
	struct bytes   sensor = BYTES("gw1");
	struct entry   e;

	if (r == NULL)
		abort();
	for (int gateway = 0; gateway < 2; gateway++) {
		struct bytes rest = lines;

		report_begin_log(r, sensor);
		while (rest.len > 0) {
			const uint8_t *end  = memchr(rest.at, '\n', rest.len);
			struct bytes   line =
				bytes_first(rest, end != NULL ? (size_t)(end - rest.at) : rest.len);

			if (entry_read(line, &e) == PARSE_OK) {
				report_add(r, &e);
				sensor = gateway == 0 && e.sensor.len > 0 &&
				                         e.sensor.len <= ORIGIN_MAX
				                 ? e.sensor
				                 : sensor;
			}
			rest = bytes_from(rest, line.len + 1);
		}
		if (fleet_add(&f, gateway == 0 ? BYTES("gw1") : sensor, v, NULL) != 0)
			abort();
	}
	fleet_end(&f, NOV_1);
	if (report_end_fleet(r, &f, NULL) != 0)
		abort();
	print(r, true, report_write_html);
	print(r, false, report_write_text);
	print(r, false, report_write_csv);
	report_free(r);
	fleet_free(&f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct period  p     = period_between(NOV_1, NOV_1 + 3 * TOTALS_DAY_US);
	struct bytes   lines = bytes_of(data, len);
	struct report *r     = report_new(&p, 1);
	struct verify *v     = verify_new(NULL, NULL);

	if (r == NULL || v == NULL)
		abort();
	while (lines.len > 0) {
		const uint8_t *end  = memchr(lines.at, '\n', lines.len);
		struct bytes   line =
			bytes_first(lines, end != NULL ? (size_t)(end - lines.at) : lines.len);
		struct entry   e;

		if (verify_line(v, line, end != NULL, &e) || entry_read(line, &e) == PARSE_OK)
			report_add(r, &e);
		lines = bytes_from(lines, line.len + 1);
	}
	verify_end(v, INT64_MAX);
	if (report_end(r, v, NULL) != 0)
		abort();
	if (report_covered_ppm(&r->coverage) > 1000000 || report_blocked_ppm(r) > 1000000 ||
	    r->coverage.gaps_us < 0)
		abort();
	print(r, true, report_write_html);
	print(r, false, report_write_text);
	print(r, false, report_write_csv);
	report_free(r);
	report_fleet(bytes_of(data, len), v, &p);
	verify_free(v);
	return 0;
}
