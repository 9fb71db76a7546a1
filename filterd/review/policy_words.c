/* SPDX-License-Identifier: MIT */

#include "review/policy_words.h"

#include "base/instant.h"
#include "base/plain.h"
#include "review/words.h"

/* Places in "2024-09-29T00:00:00-04:00". */
#define DAY_END  10
#define TIME_AT  11
#define TIME_END 16
#define FULL_END 19

/* The text written since. */
static struct bytes policy_words_since(const struct writer *w, size_t begin)
{
	return bytes_of(w->start + begin, w->len - begin);
}

static struct bytes policy_words_text(struct writer *w, struct bytes escaped)
{
	size_t begin = w->len;

	scan_text(w, escaped);
	return policy_words_since(w, begin);
}

/* "00:00", with seconds and fraction if they are not 0. */
static struct bytes policy_words_time_of(struct bytes date_time, size_t end)
{
	bool is_whole = end == FULL_END &&
	                bytes_equal(bytes_first(bytes_from(date_time, TIME_END), 3), BYTES(":00"));

	return bytes_from(bytes_first(date_time, is_whole ? TIME_END : end), TIME_AT);
}

/* Takes: cutoff, read by instant_parse() as us. */
static void policy_words_write_instant(struct writer *w, struct bytes cutoff, int64_t us)
{
	bool          is_utc = (cutoff.at[cutoff.len - 1] | 0x20) == 'z';
	size_t        end    = cutoff.len - (is_utc ? 1 : sizeof("-04:00") - 1);
	const struct instant_text text = instant_text_to_second(us);
	struct bytes              utc  = bytes_first(bytes_text(text.text), FULL_END);

	write_bytes(w, bytes_first(cutoff, DAY_END));
	write_text(w, " ");
	write_bytes(w, policy_words_time_of(cutoff, end));
	if (is_utc) {
		write_text(w, " UTC");
		return;
	}
	write_text(w, " ");
	write_bytes(w, bytes_from(cutoff, end));
	write_text(w, " (");
	if (!bytes_equal(bytes_first(utc, DAY_END), bytes_first(cutoff, DAY_END))) {
		write_bytes(w, bytes_first(utc, DAY_END));
		write_text(w, " ");
	}
	write_bytes(w, policy_words_time_of(utc, FULL_END));
	write_text(w, " UTC)");
}

static struct bytes policy_words_applies(struct writer *w, struct bytes cutoff)
{
	size_t  begin = w->len;
	int64_t us;

	if (bytes_equal(cutoff, BYTES("always"))) {
		write_text(w, "always applies");
	} else if (instant_parse(cutoff, &us) == PARSE_OK) {
		write_text(w, "applies from ");
		policy_words_write_instant(w, cutoff, us);
	}
	return policy_words_since(w, begin);
}

bool policy_words_next(struct scan *s, struct policy_words *out)
{
	struct writer      w = writer_over(out->room, sizeof(out->room));
	struct policy_said said;
	size_t             begin;

	if (!policy_said_next(s, &said))
		return false;
	out->applies   = policy_words_applies(&w, said.cutoff);
	out->cutoff    = out->applies.len > 0 ? said.cutoff : BYTES("");
	out->number    = said.serial;
	begin          = w.len;
	if (said.serial > 0) {
		write_text(&w, "serial ");
		write_decimal(&w, said.serial);
	}
	out->serial    = policy_words_since(&w, begin);
	out->title     = policy_words_text(&w, said.title.len > 0 ? said.title : said.id);
	out->authority = policy_words_text(&w, said.authority);
	return true;
}

static void policy_words_put_line(struct text *t, struct bytes first, struct bytes second)
{
	if (first.len == 0)
		return;
	text_put(t, POLICY_WORDS_INDENT);
	plain_text(t, first, SIZE_MAX);
	if (second.len > 0)
		text_put(t, ", ");
	text_bytes(t, second);
	text_put(t, "\n");
}

void policy_words_put(struct text *t, struct bytes said, uint64_t left_out)
{
	struct scan         s = policy_said_begin(said);
	struct policy_words p;

	while (policy_words_next(&s, &p)) {
		policy_words_put_line(t, p.title, p.serial);
		policy_words_put_line(t, p.authority, BYTES(""));
		policy_words_put_line(t, p.applies, BYTES(""));
	}
	if (left_out == 0)
		return;
	text_words(t, POLICY_WORDS_INDENT "and {} more policy file[s]\n", left_out);
}
