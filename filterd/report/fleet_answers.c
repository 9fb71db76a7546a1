/* SPDX-License-Identifier: MIT */

/*
 * What is asked of many logs: the answers in a sentence each, with the first gateways they are
 * about.
 */

#include "report/answers.h"

#include "review/people.h"

static void fleet_answers_write_count(struct writer *w, uint64_t number, const char *one,
                                      const char *more)
{
	people_write_number(w, number);
	write_text(w, number == 1 ? one : more);
}

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
	if (num > a->num_names) {
		write_text(rest, " and ");
		people_write_number(rest, num - a->num_names);
		write_text(rest, " more");
	}
	write_text(rest, ".");
}

enum mood fleet_say_whole(struct writer *w, const struct fleet *f)
{
	if (f->num_records == 0) {
		write_text(w, "There is no record at all.");
		return MOOD_BAD;
	}
	if (f->soundness == SOUND_NOT) {
		write_text(w, "No: ");
		fleet_answers_write_count(w, f->num_sound[SOUND_NOT], " of ", " of ");
		fleet_answers_write_count(w, f->num, " log", " logs");
		write_text(w, f->num_sound[SOUND_NOT] == 1 ? " is not sound" : " are not sound");
		if (f->num_missing > 0) {
			write_text(w, "; ");
			fleet_answers_write_count(w, f->num_missing, " record is missing",
			                          " records are missing");
		}
		if (f->num_now[NOW_ABSENT] > 0) {
			write_text(w, "; of ");
			fleet_answers_write_count(w, f->num_now[NOW_ABSENT],
			                          " log there is a key and no record",
			                          " logs there are keys and no record");
		}
		if (f->num_unread > 0) {
			write_text(w, "; ");
			fleet_answers_write_count(w, f->num_unread,
			                          " file cannot be read to its end",
			                          " files cannot be read to their end");
		}
		write_text(w, ".");
		return MOOD_BAD;
	}
	write_text(w, "Yes: no record is altered or missing, of ");
	people_write_number(w, f->num_records);
	write_text(w, " in ");
	fleet_answers_write_count(w, f->num, " log.", " logs.");
	if (f->num_keyless == 0)
		return MOOD_GOOD;
	write_text(w, " Their keys are only their own word: give those you keep (--key).");
	return MOOD_NOTE;
}

static bool was_away(const struct fleet_log *l)
{
	return l->num_gaps > 0;
}

static bool let_pass(const struct fleet_log *l)
{
	return l->packets > 0;
}

enum mood fleet_say_active(struct answer *a, struct writer *w, struct writer *rest,
                           const struct fleet *f)
{
	uint64_t num_away = 0, num_let = 0, packets = fleet_packets(f), num_uncounted = 0;
	uint32_t least = 1000000;

	for (size_t i = 0; i < f->num; i++) {
		const struct fleet_log *l = &f->list[i];

		num_away      += was_away(l);
		num_let       += let_pass(l);
		num_uncounted += l->has_span && !l->are_counted;
		least          = l->has_span && l->active_ppm < least ? l->active_ppm : least;
	}
	if (num_away == 0) {
		write_text(w, num_uncounted == 0 ? "Yes, all the time; no packet passed unseen."
		                                 : "Yes, all the time; packets that passed unseen "
		                                   "were not counted everywhere.");
		return num_uncounted == 0 ? MOOD_GOOD : MOOD_NOTE;
	}
	fleet_answers_write_count(w, num_away, " log has", " logs have");
	write_text(w, " gaps, and the least active filter was at work ");
	people_write_percent(w, least);
	write_text(w, " of the time; ");
	if (packets == 0) {
		write_text(w, !fleet_packets_known(f)
		                      ? "packets that passed unseen were not counted."
		              : num_uncounted > 0
		                      ? "no packet passed unseen where they could be counted."
		                      : "no packet passed unseen.");
		return least < 950000 ? MOOD_BAD : MOOD_NOTE;
	}
	fleet_answers_write_count(w, packets, " packet passed unseen, at ",
	                          " packets passed unseen, at ");
	fleet_answers_write_count(w, num_let, " gateway", " gateways");
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
		write_text(w, f->num_gateways > 1 ? "Yes, all " : "Yes, ");
		fleet_answers_write_count(w, f->num_gateways, " gateway, up to ",
		                          " gateways, up to ");
		people_write_moment(w, f->newest_us);
		write_text(w, ".");
		return MOOD_GOOD;
	}
	if (num_silent > 0) {
		write_text(w, "No: ");
		if (num_stopped > 0) {
			fleet_answers_write_count(w, num_stopped, " said that it stops, ",
			                          " said that they stop, ");
			write_text(w, "and ");
		}
		fleet_answers_write_count(w, num_silent, " of ", " of ");
		fleet_answers_write_count(w, f->num_gateways, " gateway", " gateways");
		write_text(w, num_silent == 1 ? " is silent" : " are silent");
		name_logs(a, w, rest, f, is_silent, num_silent);
		return MOOD_BAD;
	}
	fleet_answers_write_count(w, num_stopped, " of ", " of ");
	fleet_answers_write_count(w, f->num_gateways, " gateway", " gateways");
	write_text(w, num_stopped == 1 ? " said that it stops, and is not heard since"
	                               : " said that they stop, and are not heard since");
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
		write_text(w, "Yes: ");
		write_bytes(w, bytes_first(bytes_text(f->policy), 16));
		write_text(w, f->num_with_policy > 1 ? " at all " : " at ");
		fleet_answers_write_count(w, f->num_with_policy, " gateway.", " gateways.");
		return MOOD_GOOD;
	}
	write_text(w, "No: ");
	fleet_answers_write_count(w, f->num_with_policy, " gateway has ", " gateways have ");
	write_bytes(w, bytes_first(bytes_text(f->policy), 16));
	write_text(w, ", and ");
	fleet_answers_write_count(w, f->num_another, " has another", " have others");
	name_logs(a, w, rest, f, runs_another, f->num_another);
	return MOOD_BAD;
}
