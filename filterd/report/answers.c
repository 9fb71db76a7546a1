/* SPDX-License-Identifier: MIT */

#include "report/answers.h"

#include "review/people.h"
#include "review/verdict.h"

/* "1 device", "7 devices" */
static void answers_write_count(struct writer *w, uint64_t number, const char *one,
                                const char *more)
{
	people_write_number(w, number);
	write_text(w, number == 1 ? one : more);
}

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
		write_text(w, "Yes: all ");
		people_write_number(w, v->num_records);
		write_text(w, " records are there, unaltered and signed.");
	} else {
		write_text(w, "No record is altered or missing, of ");
		people_write_number(w, v->num_records);
		if (kind[FINDING_PRUNED] > 0)
			write_text(w, "; the oldest were deleted, as the settings say");
		if (kind[FINDING_LOST] > 0)
			write_text(w, "; another log was put away when this one began");
		if (kind[FINDING_OTHER] > 0)
			write_text(w, "; files of another log are among its own, and left out");
		if (kind[FINDING_PARTIAL] > 0)
			write_text(w, "; the last line is torn, as after a crash");
		if (kind[FINDING_OPEN] > 0 && v->unsigned_tail > 0) {
			write_text(w, "; but no signature vouches for the last ");
			people_write_number(w, v->unsigned_tail);
		} else if (kind[FINDING_OPEN] > 0) {
			write_text(w, v->ends_with_stop
			                      ? "; but nothing vouches that nothing came after its "
			                        "stop"
			                      : "; but nothing shows that its end is the end");
		}
		write_text(w, ".");
	}
	if (!v->seals.root_given)
		write_text(w, " Its key is only its own word: give the one you keep (--key).");
	return kind[FINDING_OPEN] + kind[FINDING_PARTIAL] > 0 || !v->seals.root_given ? MOOD_NOTE
	                                                                              : MOOD_GOOD;
}

static void say_gaps(struct writer *w, const struct report_coverage *c)
{
	write_text(w, "; ");
	write_text(w, c->has_more ? "more than " : "");
	answers_write_count(w, c->num_inactive, " gap, ", " gaps, together ");
	people_write_span(w, c->gaps_us);
}

static void say_packets(struct writer *w, const struct report_coverage *c)
{
	write_text(w, "; ");
	if (c->packets > 0)
		answers_write_count(w, c->packets, " packet passed unseen",
		                    " packets passed unseen");
	else if (!c->are_counted)
		write_text(w, "packets that passed unseen were not counted");
	else if (c->num_uncounted > 0)
		write_text(w, "no packet passed unseen where they could be counted");
	else
		write_text(w, "no packet passed unseen");
	write_text(w, ". ");
}

/* "Looked at ...": a sentence of its own. */
static void say_met(struct writer *w, const struct met *m)
{
	uint8_t       room[256];
	struct writer said = writer_over(room, sizeof(room));

	met_write(&said, m);
	room[0] -= 'a' - 'A';
	write_bytes(w, writer_written(&said));
	write_text(w, ".");
}

static enum mood say_active(struct writer *w, const struct report *r)
{
	const struct report_coverage *c   = &r->coverage;
	uint32_t                      ppm = report_active_ppm(r);

	if (!c->has_span) {
		write_text(w, "Nothing is known: the log has no record of this time.");
		return MOOD_BAD;
	}
	write_text(w, ppm == 1000000  ? "Yes, all the time"
	              : ppm >= 950000 ? "Yes, "
	              : ppm == 0      ? "No, at no time"
	                              : "Not always: ");
	if (ppm > 0 && ppm < 1000000) {
		people_write_percent(w, ppm);
		write_text(w, " of the time");
	}
	if (c->num_inactive > 0)
		say_gaps(w, c);
	say_packets(w, c);
	say_met(w, &r->met);
	if (c->from_us > r->period.from_us) {
		write_text(w, r->verify->first_seq > 0 ? " What is left of the log begins on "
		                                       : " The log begins on ");
		people_write_day(w, c->from_us);
		write_text(w, ".");
	}
	if (c->packets > 0 || r->met.looked_at < r->met.of || c->has_more || ppm < 950000)
		return MOOD_BAD;
	return c->num_inactive == 0 && c->are_counted && r->met.num_told > 0 ? MOOD_GOOD
	                                                                     : MOOD_NOTE;
}

static void say_before(struct writer *w, const struct report *r)
{
	if (!r->has_before)
		return;
	write_text(w, " (");
	people_write_number(w, r->num_tried_before);
	write_text(w, " at the end of ");
	period_write_before(w, &r->period);
	write_text(w, ")");
}

/* The busiest of those that still try. */
static void name_devices(struct answer *a, const struct report *r)
{
	for (size_t i = 0; i < r->num_devices && a->num_names < ANSWER_NAMES; i++) {
		const struct report_device *d = &r->devices[i];

		if (d->state == DEVICE_TRIES || d->state == DEVICE_RETURNED)
			a->names[a->num_names++] = (struct answer_name){
				.name    = report_device_label(d),
				.gateway = d->gateway,
				.device  = d->total != r->now->devices.others
		                                   ? d->total->row.name
		                                   : BYTES(""),
			};
	}
}

static void say_waived(struct writer *w, const struct report *r)
{
	uint64_t waived = r->now->all.attempts[RESULT_WAIVED];

	if (waived == 0)
		return;
	write_text(w, " ");
	answers_write_count(w, waived, " attempt passed by a waiver.",
	                    " attempts passed by waivers.");
}

static void say_states(struct writer *w, const struct report *r)
{
	uint64_t observed = r->now->all.attempts[RESULT_OBSERVED];

	if (r->num_quiet > 0 && r->num_tries > 0) {
		write_text(w, " ");
		answers_write_count(w, r->num_quiet, " more has", " more have");
		write_text(w, " been quiet for 7 days or longer.");
	}
	if (r->num_acknowledged > 0) {
		write_text(w, " ");
		answers_write_count(w, r->num_acknowledged, " is acknowledged as done.",
		                    " are acknowledged as done.");
	}
	if (r->num_doubtful > 0) {
		write_text(w, " ");
		answers_write_count(w, r->num_doubtful,
		                    " only " EVIDENCE_DOUBT ".",
		                    " only " EVIDENCE_DOUBT ".");
	}
	if (r->now->devices.others != NULL)
		write_text(w, " There are more devices than can be told apart.");
	if (r->num_returned > 0) {
		write_text(w, " ");
		answers_write_count(w, r->num_returned, " tries again though acknowledged as done.",
		                    " try again though acknowledged as done.");
	}
	if (observed > 0) {
		write_text(w, " ");
		answers_write_count(w, observed, " attempt was only observed, not blocked.",
		                    " attempts were only observed, not blocked.");
	}
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
		write_text(w, "Nobody any more: ");
		answers_write_count(w, r->num_devices - r->num_doubtful, " device tried, but not",
		                    " devices tried, but none");
		write_text(w, " in the last 7 days");
		say_before(w, r);
		write_text(w, ".");
		say_states(rest, r);
		return r->now->all.attempts[RESULT_OBSERVED] > 0 ? MOOD_NOTE : MOOD_GOOD;
	}
	answers_write_count(w, r->num_tries, " device still tries", " devices still try");
	say_before(w, r);
	write_text(w, ": ");
	name_devices(a, r);
	if (r->num_tries > a->num_names) {
		write_text(rest, " and ");
		people_write_number(rest, r->num_tries - a->num_names);
		write_text(rest, " more");
	}
	write_text(rest, ".");
	say_states(rest, r);
	return r->num_returned > 0 ? MOOD_BAD : MOOD_NOTE;
}

/* "attempts down 62 %, from 12 034 to 4 573" */
static void answers_say_attempts(struct writer *w, uint64_t before, uint64_t now)
{
	uint64_t more = now > before ? now - before : before - now;

	if (before == now) {
		people_write_number(w, now);
		write_text(w, now == 1 ? " attempt, as before" : " attempts, as before");
		return;
	}
	write_text(w, now > before ? "attempts up " : "attempts down ");
	if (before > 0 && more / before < 10 && more < UINT64_MAX / 100) {
		write_decimal(w, more * 100 / before);
		write_text(w, " %, ");
	}
	write_text(w, "from ");
	people_write_number(w, before);
	write_text(w, " to ");
	people_write_number(w, now);
}

static void say_attempts_alone(struct writer *w, uint64_t now)
{
	people_write_number(w, now);
	write_text(w, now == 1 ? " attempt" : " attempts");
}

static enum mood say_change(struct writer *w, const struct report *r)
{
	uint64_t before = tally_prohibited(&r->before->all), now = tally_prohibited(&r->now->all);

	if (!r->has_before) {
		write_text(w, "There is nothing to compare with: ");
		write_text(w, r->fleet != NULL           ? "the logs "
		              : r->verify->first_seq > 0 ? "what is left of the log "
		                                         : "the log ");
		write_text(w, !r->verify->has_records
		                      ? (r->fleet != NULL ? "are empty" : "is empty")
		              : r->fleet != NULL ? "begin on "
		                                 : "begins on ");
		if (r->verify->has_records)
			people_write_day(w, r->verify->coverage.from_us);
		write_text(w, ".");
		return MOOD_NOTE;
	}
	if (before == 0 && now == 0) {
		write_text(w, "Nothing: there was no attempt then either");
	} else {
		write_text(w, r->num_new == 0 ? "No" : "");
		if (r->num_new > 0)
			people_write_number(w, r->num_new);
		write_text(w,
		           r->num_new == 1 || r->num_new == 0 ? " new device, " : " new devices, ");
		if (r->num_gone == 0)
			write_text(w, "none");
		else
			people_write_number(w, r->num_gone);
		write_text(w, " gone quiet; ");
		if (r->before_is_whole)
			answers_say_attempts(w, before, now);
		else
			say_attempts_alone(w, now);
	}
	write_text(w, ".");
	/* A part of a time is nothing to compare a number with. */
	if (!r->before_is_whole) {
		write_text(w, r->fleet != NULL           ? " The logs begin on "
		              : r->verify->first_seq > 0 ? " What is left of the log begins on "
		                                         : " The log begins on ");
		people_write_day(w, r->verify->coverage.from_us);
		write_text(w, ", too late to compare with ");
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
		/* What a log says that is not sound is nothing to be glad of. */
		if (a->mood == MOOD_GOOD && r->verify->findings.soundness == SOUND_NOT)
			a->mood = MOOD_NOTE;
		a->text[text.len] = '\0';
		a->rest[rest.len] = '\0';
	}
}
