/* SPDX-License-Identifier: MIT */

/* The answers about many logs, one sentence each, naming the first few gateways concerned. */

#include "report/answers.h"

#include "review/words.h"

/* ": gw1, gw2, gw3 and 4 more." */
static void name_logs(struct answer *a, struct writer *w, struct writer *rest,
                      const struct fleet *f, bool (*is_meant)(const struct fleet_log *l),
                      uint64_t            num)
{
	write_text(w, ": ");
	for (size_t i = 0; i < f->num && a->num_names < ANSWER_NAMES; i++) {
		if (is_meant(&f->list[i]))
			a->names[a->num_names++] = (struct answer_name){
				.name = bytes_text(f->list[i].gateway),
			};
	}
	if (num > a->num_names)
		write_words(rest, " and {} more", num - a->num_names);
	write_text(rest, ".");
}

enum mood fleet_say_whole(struct writer *w, const struct fleet *f)
{
	if (f->num_records == 0) {
		write_text(w, "There is no record at all.");
		return MOOD_BAD;
	}
	if (f->soundness == SOUND_NOT) {
		write_words(w, "No: {} of {} log[s] [1:is|are] not sound", f->num_sound[SOUND_NOT],
		            f->num);
		if (f->num_missing > 0)
			write_words(w, "; {} record[ is|s are] missing", f->num_missing);
		if (f->num_now[NOW_ABSENT] > 0)
			write_words(w,
			            "; of {} log[ there is a key|s there are keys] and no record",
			            f->num_now[NOW_ABSENT]);
		fleet_write_unread(w, f);
		write_text(w, ".");
		return MOOD_BAD;
	}
	write_words(w, "Yes: no record is altered or missing, of {} in {} log[s].", f->num_records,
	            f->num);
	if (f->num_keyless == 0)
		return MOOD_GOOD;
	write_text(w, " Their keys are only their own word: give those you keep (--key).");
	return MOOD_NOTE;
}

static bool was_away(const struct fleet_log *l)
{
	return l->cover.num_inactive > 0;
}

static bool let_pass(const struct fleet_log *l)
{
	return l->cover.packets > 0;
}

enum mood fleet_say_active(struct answer *a, struct writer *w, struct writer *rest,
                           const struct fleet *f)
{
	uint64_t num_away = 0, num_let = 0, packets = fleet_packets(f), num_uncounted = 0;
	uint32_t least = 1000000, active;

	for (size_t i = 0; i < f->num; i++) {
		const struct fleet_log *l = &f->list[i];

		num_away      += was_away(l);
		num_let       += let_pass(l);
		if (!l->cover.has_span)
			continue;
		num_uncounted += !l->cover.are_counted;
		active         = report_covered_ppm(&l->cover);
		least          = active < least ? active : least;
	}
	if (num_away == 0) {
		write_text(w, num_uncounted == 0 ? "Yes, all the time; no packet passed unseen."
		                                 : "Yes, all the time; packets that passed unseen "
		                                   "were not counted everywhere.");
		return num_uncounted == 0 ? MOOD_GOOD : MOOD_NOTE;
	}
	write_words(w,
	            "{} log[ has|s have] gaps, and the least active filter was at work {} of the "
	            "time; ",
	            num_away, word_percent(least));
	if (packets == 0) {
		write_text(w, !fleet_packets_known(f)
		                      ? "packets that passed unseen were not counted."
		              : num_uncounted > 0
		                      ? "no packet passed unseen where they could be counted."
		                      : "no packet passed unseen.");
		return least < 950000 ? MOOD_BAD : MOOD_NOTE;
	}
	write_words(w, "{} packet[s] passed unseen, at {} gateway[s]", packets, num_let);
	name_logs(a, w, rest, f, let_pass, num_let);
	return MOOD_BAD;
}

static bool is_silent(const struct fleet_log *l)
{
	return !l->is_former && (l->now == NOW_SILENT || l->now == NOW_ABSENT);
}

static bool is_stopped(const struct fleet_log *l)
{
	return !l->is_former && l->now == NOW_STOPPED;
}

enum mood fleet_say_heard(struct answer *a, struct writer *w, struct writer *rest,
                          const struct fleet *f)
{
	uint64_t num_silent  = f->num_now[NOW_SILENT] + f->num_now[NOW_ABSENT],
		 num_stopped = f->num_now[NOW_STOPPED];

	if (f->num_records == 0) {
		write_text(w, "Nobody is.");
		return MOOD_BAD;
	}
	if (num_silent + num_stopped == 0) {
		write_words(w,
		            f->num_gateways > 1 ? "Yes, all {} gateways, up to {}."
		                                : "Yes, {} gateway[s], up to {}.",
		            f->num_gateways, word_moment(f->newest_us));
		return MOOD_GOOD;
	}
	if (num_silent > 0) {
		write_text(w, "No: ");
		if (num_stopped > 0)
			write_words(w, "{} said that [it stops|they stop], and ", num_stopped);
		write_words(w, "{} of {} gateway[s] [1:is|are] silent", num_silent,
		            f->num_gateways);
		name_logs(a, w, rest, f, is_silent, num_silent);
		return MOOD_BAD;
	}
	write_words(w,
	            "{} of {} gateway[s] said that [1:it stops, and is|they stop, and are] not "
	            "heard since",
	            num_stopped, f->num_gateways);
	name_logs(a, w, rest, f, is_stopped, num_stopped);
	return MOOD_NOTE;
}

static bool runs_another(const struct fleet_log *l)
{
	return l->runs_another;
}

enum mood fleet_say_policy(struct answer *a, struct writer *w, struct writer *rest,
                           const struct fleet *f)
{
	if (f->num_policies == 0) {
		write_text(w, "No log names a policy.");
		return MOOD_NOTE;
	}
	if (f->num_another == 0) {
		write_words(w, "Yes: {} at {}{} gateway[s].",
		            bytes_first(bytes_text(f->policy), 16),
		            f->num_with_policy > 1 ? "all " : "", f->num_with_policy);
		return MOOD_GOOD;
	}
	write_words(w, "No: {} gateway[ has|s have] {}, and {} ha[s another|ve others]",
	            f->num_with_policy, bytes_first(bytes_text(f->policy), 16), f->num_another);
	name_logs(a, w, rest, f, runs_another, f->num_another);
	return MOOD_BAD;
}
