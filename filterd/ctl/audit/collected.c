/* SPDX-License-Identifier: MIT */

/*
 * What a collector has: sorted by gateway first, then one log after the other is verified as if it
 * came from its gateway. No more than one is in memory, but for the one that is least sound, which
 * is what a verb that asks for soundness is told of.
 */

#include "ctl/audit/reading.h"

#include "report/fleet.h"
#include "review/noise.h"

#include <stdio.h>
#include <string.h>

#define RELAX_BYTES (32 << 20)          /* of lines that stay in memory behind their reader */

static void collected_note_unread(void *owner, const char *file, const char *why)
{
	struct reading *r = owner;

	r->pass->num_unread++;
	if (r->pass->logs != NULL)
		r->pass->logs->unread(r->pass->logs->owner, file, why);
	else
		fprintf(stderr, "%s cannot be read to its end: %s\n", file, why);
}

static int say_sorting(const struct audit_options *o, int error)
{
	fprintf(stderr,
	        "filterctl audit %s: the records cannot be sorted: %s; the folder for temporary "
	        "files (TMPDIR, or /tmp) needs room for all of "
	        "them\n",
	        o->verb, strerror(-error));
	return EXIT_IO;
}

static int read_keyring(const struct audit_options *o, struct pass *p)
{
	for (size_t i = 0; i < o->num_keys; i++) {
		int error = keyring_read(&p->keys, o->keys[i]);

		if (error != 0)
			return reading_say_key(o, o->keys[i], error);
	}
	return keyring_sort(&p->keys) == 0 ? 0 : reading_say_memory(o);
}

int collected_open(const struct audit_options *o, struct pass *p)
{
	int status = read_keyring(o, p);

	return status != 0 ? status : reading_anchors(o, p, NULL);
}

int pass_collect(const struct audit_options *o, struct pass *p)
{
	struct reading  r     = reading_of(o, p);
	struct log_sink sink  = { .owner = &r, .unread = collected_note_unread,
	                          .progress = reading_progress };
	int             error = log_collect(p->files, &sink, &p->collected);

	reading_end_bar(&r);
	return error == 0 ? 0 : say_sorting(o, error);
}

/* "gw1/filterd/2f9c01d4a7b3e655"; without the id if no record says it. */
static const char *origin_of(struct bytes sensor, const char *log, char room[ORIGIN_MAX + 1])
{
	struct writer w = writer_over(room, ORIGIN_MAX);

	write_bytes(&w, sensor);
	write_text(&w, "/filterd/");
	write_text(&w, log);
	room[w.len] = '\0';
	return room;
}

/* What is known of a log before it is read. NULL without memory. */
static struct verify *collected_begin_log(struct pass *p, struct bytes sensor, const char *log,
                                          struct anchors *anchors)
{
	char                   room[ORIGIN_MAX + 1];
	const char            *origin = origin_of(sensor, log, room);
	const struct note_key *key    = keyring_find(&p->keys, origin);
	struct verify         *v;

	if (key != NULL)
		origin = key->origin;
	if (anchors_of(&p->anchors, origin, anchors) != 0)
		return NULL;
	v = verify_new(key, p->anchors.num > 0 ? anchors : NULL);
	if (v != NULL)
		v->is_collected = true;
	if (v != NULL && key == NULL && p->keys.num > 0)
		findings_add(&v->findings, FINDING_KEY, 0, 0,
		             "no key was given for this log, and for others one was: anybody may "
		             "have made it, or its gateway is new");
	return v;
}

/* The log that is least sound is kept. */
static void keep_worst(struct pass *p, struct verify *v)
{
	if (p->verify != NULL && p->verify->findings.soundness >= v->findings.soundness) {
		verify_free(v);
		return;
	}
	verify_free(p->verify);
	p->verify = v;
}

static void take_key(void *owner, struct bytes line)
{
	struct reading *r = owner;

	verify_key_line(r->verify, line);
}

static void take_sorted(void *owner, struct bytes line, bool has_newline)
{
	struct reading *r = owner;

	reading_line(owner, line, has_newline);
	r->since_relaxed += line.len;
	if (r->since_relaxed < RELAX_BYTES)
		return;
	r->since_relaxed = 0;
	log_collected_relax(r->pass->collected);
}

static void take_rival(void *owner, uint64_t from, uint64_t to, uint64_t num, bool follow)
{
	struct reading *r = owner;

	verify_rival(r->verify, from, to, num, follow);
}

static int read_one(const struct audit_options *o, struct reading *r, struct chains *chains,
                    size_t number)
{
	struct chains_sink sink    = { .owner = r, .key = take_key, .line = take_sorted,
	                               .broken = reading_broken, .rival = take_rival };
	struct pass       *p       = r->pass;
	struct bytes       sensor  = chains->copies->sensor;
	struct anchors     anchors = { 0 };
	int                status  = 0;

	r->verify = collected_begin_log(p, sensor, chains_log(chains, number), &anchors);
	if (r->verify == NULL) {
		anchors_free(&anchors);
		return reading_say_memory(o);
	}
	status = noise_find(chains, number, r->verify->seals.root_given ? &r->verify->seals.root
	                                                                : NULL);
	if (status != 0) {
		anchors_free(&anchors);
		verify_free(r->verify);
		return reading_say_memory(o);
	}
	r->verify->num_noise = chains->num_noise;
	p->log_id            = chains_log(chains, number);
	if (p->logs != NULL)
		status = p->logs->begin(p->logs->owner, sensor);
	if (status == 0) {
		chains_give(chains, number, &sink);
		verify_end(r->verify, p->is_live ? o->now_us : INT64_MAX);
		p->num_logs++;
	}
	p->log_id = NULL;
	if (status == 0 && p->logs != NULL)
		status = p->logs->end(p->logs->owner, sensor, r->verify);
	keep_worst(p, r->verify);
	/* The last one's notes stay for who looks at its verification. */
	if (p->verify == r->verify) {
		anchors_free(&p->anchors_kept);
		p->anchors_kept    = anchors;
		p->verify->anchors = p->anchors.num > 0 ? &p->anchors_kept : NULL;
	} else {
		anchors_free(&anchors);
	}
	return status;
}

/* Gives: 0 or -errno. */
static int open_gateway(struct pass *p, size_t gateway, struct copies *copies,
                        struct chains *chains)
{
	int error = log_collected_open(p->collected, gateway, copies);

	if (error != 0)
		return error;
	p->num_twice += copies->num_twice;
	error = chains_tell(chains, copies);
	if (error != 0)
		copies_free(copies);
	return error;
}

int collected_read(const struct audit_options *o, struct pass *p, pass_each *each, void *owner)
{
	struct reading r      = reading_of(o, p);
	int            status = 0;

	r.each  = each;
	r.owner = owner;
	for (size_t i = 0; i < log_collected_num(p->collected) && status == 0; i++) {
		struct copies copies;
		struct chains chains;
		int           error = open_gateway(p, i, &copies, &chains);

		if (error != 0)
			return say_sorting(o, error);
		for (size_t log = 0; log < chains_num_logs(&chains) && status == 0; log++)
			status = read_one(o, &r, &chains, log);
		chains_free(&chains);
		copies_free(&copies);
	}
	reading_say_refused(&r);
	if (status == 0 && p->verify == NULL) {
		p->verify = verify_new(NULL, NULL);
		if (p->verify == NULL)
			return reading_say_memory(o);
		verify_end(p->verify, INT64_MAX);
	}
	return status;
}

int pass_end_fleet(const struct audit_options *o, const struct pass *p, struct fleet *f)
{
	for (size_t i = 0; i < p->keys.num; i++) {
		if (!p->keys.used[i] && fleet_absent(f, &p->keys.list[i]) != 0)
			return reading_say_memory(o);
	}
	f->num_files   = log_files_num(p->files);
	f->num_twice   = p->num_twice;
	f->num_strange = p->collected != NULL ? log_collected_num_strange(p->collected) : 0;
	fleet_end(f, o->now_us);
	return 0;
}
