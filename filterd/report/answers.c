/* SPDX-License-Identifier: MIT */

#include "report/answers.h"

#include "review/verdict.h"
#include "review/words.h"

static enum mood say_whole(struct writer *w, const struct report *r)
{
	const struct verify *v    = r->verify;
	const uint64_t      *kind = v->findings.num_kinds;

	if (!v->has_records && v->findings.soundness != SOUND_NOT) {
		write_text(w, "There is no record at all.");
		return MOOD_BAD;
	}
	if (v->findings.soundness == SOUND_NOT) {
		write_text(w, "No: ");
		verdict_write_damage(w, v);
		write_text(w, ". What follows is what its remaining records say.");
		return MOOD_BAD;
	}
	if (kind[FINDING_OPEN] + kind[FINDING_PARTIAL] + kind[FINDING_PRUNED] +
	            kind[FINDING_LOST] + kind[FINDING_OTHER] ==
	    0) {
		write_words(w, "Yes: all {} records are there, unaltered and signed.",
		            v->num_records);
	} else {
		write_words(w, "No record is altered or missing, of {}", v->num_records);
		if (kind[FINDING_PRUNED] > 0)
			write_text(w, "; the oldest were deleted, as the settings say");
		if (kind[FINDING_LOST] > 0)
			write_text(w, "; another log was put away when this one began");
		if (kind[FINDING_OTHER] > 0)
			write_text(w, "; files of another log are among its own, and left out");
		if (kind[FINDING_PARTIAL] > 0)
			write_text(w, "; the last line is torn, as after a crash");
		if (kind[FINDING_OPEN] > 0 && v->unsigned_tail > 0)
			write_words(w, "; but no signature vouches for the last {}",
			            v->unsigned_tail);
		else if (kind[FINDING_OPEN] > 0)
			write_text(w, v->ends_with_stop
			                      ? "; but nothing vouches that nothing came after its "
			                        "stop"
			                      : "; but nothing shows that its end is the end");
		write_text(w, ".");
	}
	if (!v->seals.root_given)
		write_text(w, " Its key is only its own word: give the one you keep (--key).");
	return kind[FINDING_OPEN] + kind[FINDING_PARTIAL] > 0 || !v->seals.root_given ? MOOD_NOTE
	                                                                              : MOOD_GOOD;
}

static void say_gaps(struct writer *w, const struct report_coverage *c)
{
	if (c->num_inactive > 0)
		write_words(w, "; {}{} gap[, |s, together ]{}", c->has_more ? "more than " : "",
		            c->num_inactive, word_span(c->gaps_us));
	if (c->packets > 0)
		write_words(w, "; {} packet[s] passed unseen. ", c->packets);
	else if (!c->are_counted)
		write_text(w, "; packets that passed unseen were not counted. ");
	else if (c->num_uncounted > 0)
		write_text(w, "; no packet passed unseen where they could be counted. ");
	else
		write_text(w, "; no packet passed unseen. ");
}

/* "Looked at ...", as a separate sentence. */
static void say_met(struct writer *w, const struct met *m)
{
	uint8_t       room[256];
	struct writer said = writer_over(room, sizeof(room));

	met_write(&said, m);
	room[0] -= 'a' - 'A';
	write_bytes(w, writer_written(&said));
	write_text(w, ".");
}

/* How much of the time the log covers. */
static const char *begins(const struct report *r)
{
	return r->fleet != NULL           ? " The logs begin"
	       : r->verify->first_seq > 0 ? " What is left of the log begins"
	                                  : " The log begins";
}

static enum mood say_active(struct writer *w, const struct report *r)
{
	const struct report_coverage *c   = &r->coverage;
	uint32_t                      ppm = report_covered_ppm(&r->coverage);

	if (!c->has_span) {
		write_text(w, "Nothing is known: the log has no record of this time.");
		return MOOD_BAD;
	}
	write_text(w, ppm == 1000000  ? "Yes, all the time"
	              : ppm >= 950000 ? "Yes, "
	              : ppm == 0      ? "No, at no time"
	                              : "Not always: ");
	if (ppm > 0 && ppm < 1000000)
		write_words(w, "{} of the time", word_percent(ppm));
	say_gaps(w, c);
	say_met(w, &r->met);
	if (c->from_us > r->period.from_us)
		write_words(w, "{} on {}.", begins(r), word_day(c->from_us));
	if (c->packets > 0 || r->met.looked_at < r->met.of || c->has_more || ppm < 950000)
		return MOOD_BAD;
	return c->num_inactive == 0 && c->are_counted && r->met.num_told > 0 ? MOOD_GOOD
	                                                                     : MOOD_NOTE;
}

static void say_before(struct writer *w, const struct report *r)
{
	if (!r->has_before)
		return;
	write_words(w, " ({} at the end of ", r->num_tried_before);
	period_write_before(w, &r->period);
	write_text(w, ")");
}

/* The busiest of the devices that still try. */
static void name_devices(struct answer *a, const struct report *r)
{
	for (size_t i = 0; i < r->num_devices && a->num_names < ANSWER_NAMES; i++) {
		const struct report_device *d = &r->devices[i];

		if (report_still_tries(d))
			a->names[a->num_names++] = (struct answer_name){
				.name    = report_device_label(d),
				.gateway = d->gateway,
				.device  = d->is_shared ? BYTES("") : d->total->row.name,
			};
	}
}

/* Writes a sentence if there are any. */
static void say_some(struct writer *w, const char *form, uint64_t number)
{
	if (number > 0)
		write_words(w, form, number);
}

static void say_waived(struct writer *w, const struct report *r)
{
	say_some(w, " {} attempt[ passed by a waiver|s passed by waivers].",
	         r->now->all.attempts[RESULT_WAIVED]);
}

static void say_states(struct writer *w, const struct report *r)
{
	say_some(w, " {} more ha[s|ve] been quiet for 7 days or longer.",
	         r->num_tries > 0 ? r->num_quiet : 0);
	say_some(w, " {} [is|are] acknowledged as done.", r->num_acknowledged);
	say_some(w, " {} only " EVIDENCE_DOUBT ".", r->num_doubtful);
	if (r->now->devices.others != NULL)
		write_text(w, " There are more devices than can be told apart.");
	say_some(w, " {} tr[ies|y] again though acknowledged as done.", r->num_returned);
	say_some(w, " {} attempt[ was|s were] only observed, not blocked.",
	         r->now->all.attempts[RESULT_OBSERVED]);
	say_waived(w, r);
}

static enum mood say_who(struct answer *a, struct writer *w, struct writer *rest,
                         const struct report *r)
{
	if (!r->coverage.has_span) {
		write_text(w, "Nobody knows: the log has no record of this time.");
		return MOOD_BAD;
	}
	if (r->num_devices == 0 && r->verify->findings.soundness == SOUND_NOT) {
		write_text(w, "Nobody, by what is left of the log.");
		return MOOD_NOTE;
	}
	if (r->num_devices == 0) {
		write_text(w, "Nobody: no device tried to reach a prohibited host.");
		say_waived(w, r);
		return MOOD_GOOD;
	}
	if (r->num_devices == r->num_doubtful) {
		write_text(w, "Nobody, as far as is known.");
		say_states(rest, r);
		return MOOD_NOTE;
	}
	if (r->num_tries == 0) {
		write_words(w,
		            "Nobody any more: {} device[ tried, but not|s tried, but none] in the "
		            "last 7 days",
		            r->num_devices - r->num_doubtful);
		say_before(w, r);
		write_text(w, ".");
		say_states(rest, r);
		return r->now->all.attempts[RESULT_OBSERVED] > 0 ? MOOD_NOTE : MOOD_GOOD;
	}
	write_words(w, "{} device[ still tries|s still try]", r->num_tries);
	say_before(w, r);
	write_text(w, ": ");
	name_devices(a, r);
	if (r->num_tries > a->num_names)
		write_words(rest, " and {} more", r->num_tries - a->num_names);
	write_text(rest, ".");
	say_states(rest, r);
	return r->num_returned > 0 ? MOOD_BAD : MOOD_NOTE;
}

/* "attempts down 62 %, from 12 034 to 4 573" */
static void answers_say_attempts(struct writer *w, uint64_t before, uint64_t now)
{
	uint64_t more = now > before ? now - before : before - now;

	if (before == now) {
		write_words(w, "{} attempt[s], as before", now);
		return;
	}
	write_text(w, now > before ? "attempts up " : "attempts down ");
	if (before > 0 && more / before < 10 && more < UINT64_MAX / 100)
		write_format(w, "%llu %%, ", (unsigned long long)(more * 100 / before));
	write_words(w, "from {} to {}", before, now);
}

/* There is no earlier period to compare with. */
static enum mood say_no_change(struct writer *w, const struct report *r)
{
	write_text(w, "There is nothing to compare with: ");
	if (r->verify->has_records)
		write_words(w, "{} on {}.",
		            r->fleet != NULL           ? "the logs begin"
		            : r->verify->first_seq > 0 ? "what is left of the log begins"
		                                       : "the log begins",
		            word_day(r->verify->coverage.from_us));
	else
		write_text(w, r->fleet != NULL           ? "the logs are empty."
		              : r->verify->first_seq > 0 ? "what is left of the log is empty."
		                                         : "the log is empty.");
	return MOOD_NOTE;
}

static enum mood say_change(struct writer *w, const struct report *r)
{
	uint64_t before = tally_prohibited(&r->before->all), now = tally_prohibited(&r->now->all);

	if (!r->has_before)
		return say_no_change(w, r);
	if (before == 0 && now == 0) {
		write_text(w, "Nothing: there was no attempt then either");
	} else {
		if (r->num_new == 0)
			write_text(w, "No new device, ");
		else
			write_words(w, "{} new device[s], ", r->num_new);
		if (r->num_gone == 0)
			write_text(w, "none gone quiet; ");
		else
			write_words(w, "{} gone quiet; ", r->num_gone);
		if (r->before_is_whole)
			answers_say_attempts(w, before, now);
		else
			write_words(w, "{} attempt[s]", now);
	}
	write_text(w, ".");
	/* A partly covered period is no basis for a comparison. */
	if (!r->before_is_whole) {
		write_words(w, "{} on {}, too late to compare with ", begins(r),
		            word_day(r->verify->coverage.from_us));
		period_write_before(w, &r->period);
		write_text(w, ".");
	}
	return r->num_new > 0 || !r->before_is_whole || now > before ? MOOD_NOTE : MOOD_GOOD;
}

static const char *question(size_t answer, bool fleet)
{
	static const char *const of_one[ANSWERS] = {
		[ANSWER_WHOLE]  = "Is the log whole?",
		[ANSWER_ACTIVE] = "Was the filter active?",
		[ANSWER_WHO]    = "Who still tries?",
		[ANSWER_CHANGE] = "What changed?",
	};
	static const char *const of_many[ANSWERS] = {
		[ANSWER_WHOLE] = "Are the logs whole?", [ANSWER_ACTIVE] = "Were all active?",
		[ANSWER_HEARD] = "Are all heard?",      [ANSWER_POLICY] = "Is it one policy?",
		[ANSWER_WHO] = "Who still tries?",      [ANSWER_CHANGE] = "What changed?",
	};

	return fleet ? of_many[answer] : of_one[answer];
}

static enum mood answers_say(struct answer *a, size_t answer, struct writer *text,
                             struct writer *rest, const struct report *r)
{
	switch (answer) {
	case ANSWER_WHOLE:
		return r->fleet != NULL ? fleet_say_whole(text, r->fleet) : say_whole(text, r);
	case ANSWER_ACTIVE:
		return r->fleet != NULL ? fleet_say_active(a, text, rest, r->fleet)
		                        : say_active(text, r);
	case ANSWER_HEARD:  return fleet_say_heard(a, text, rest, r->fleet);
	case ANSWER_POLICY: return fleet_say_policy(a, text, rest, r->fleet);
	case ANSWER_WHO:    return say_who(a, text, rest, r);
	default:            return say_change(text, r);
	}
}

void answers_write(const struct report *r, struct answer out[ANSWERS])
{
	for (size_t i = 0; i < ANSWERS; i++) {
		struct answer *a    = &out[i];
		struct writer  text = writer_over(a->text, sizeof(a->text) - 1),
			      rest  = writer_over(a->rest, sizeof(a->rest) - 1);

		*a = (struct answer){ .question = question(i, r->fleet != NULL) };
		if (a->question == NULL)
			continue;
		a->mood = answers_say(a, i, &text, &rest, r);
		/* A good figure from an unsound log is not good news. */
		if (a->mood == MOOD_GOOD && r->verify->findings.soundness == SOUND_NOT)
			a->mood = MOOD_NOTE;
		a->text[text.len] = '\0';
		a->rest[rest.len] = '\0';
	}
}
