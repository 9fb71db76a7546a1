/* SPDX-License-Identifier: MIT */

/*
 * Only a start can declare that records before it are missing: its `prev` is the hash of a missing
 * line, known from the mark. So a run is confirmed by its own signatures, not by the run after it.
 */

#include "log/log_walk.h"

#include "log/log_end.h"
#include "base/instant.h"

#include <inttypes.h>
#include <string.h>

#define TIME_MEMBER "{\"timestamp\":\""
#define TIME_LEN    31          /* bytes: 2026-11-23T14:05:09.123456+0000 */

static bool fail(struct log_walk *w, const char *fault)
{
	w->fault = fault;
	return false;
}

/* Does this line declare that the records from `from` to before its own are missing? */
static bool says_missing(struct bytes line, uint64_t from, uint64_t seq)
{
	uint8_t       text[128];
	struct writer w = writer_over(text, sizeof(text));

	write_format(&w, "\",\"previous\":\"short\",\"missing\":[%" PRIu64 ",%" PRIu64 "],", from,
	             seq - 1);
	return bytes_equal(log_line_type(line), BYTES("start")) &&
	       memmem(line.at, line.len, text, w.len) != NULL;
}

static void log_walk_note_time(struct log_walk *w, struct bytes line)
{
	w->has_time = bytes_cut(&line, TIME_MEMBER) &&
	              instant_parse_eve(bytes_first(line, TIME_LEN), &w->last_us) == PARSE_OK;
}

bool log_walk_line(struct log_walk *w, struct bytes line)
{
	struct line_end end;
	struct log_run *run;

	w->num_lines++;
	if (line_end_read(line, &end) != PARSE_OK ||
	    end.seq == UINT64_MAX)
		return fail(w, "it is no record");
	if (w->num_runs == 0) {
		memcpy(w->begin, end.prev, CHAIN_HASH);
	} else if (!chain_is_due(&w->next, &end)) {
		if (end.seq <= w->next.seq || !says_missing(line, w->next.seq, end.seq))
			return fail(w, "it does not follow the record before it");
	}
	if (w->num_runs == 0 || end.seq != w->next.seq) {
		if (w->num_runs == LOG_WALK_RUNS)
			return fail(w, "records are missing in more places than can be");
		w->runs[w->num_runs++] = (struct log_run){ .first = end.seq };
	}
	run       = &w->runs[w->num_runs - 1];
	run->last = end.seq;
	if (end.is_signed) {
		run->has_signed = true;
		run->signed_seq = end.seq;
		memcpy(run->sig, end.sig, CHAIN_SIG);
		if (chain_hash(end.body, run->signed_hash) != 0)
			return fail(w, "its hash cannot be computed");
	}
	log_walk_note_time(w, line);
	return chain_behind(&w->next, end.seq, line) == 0 || fail(w, "its hash cannot be computed");
}
