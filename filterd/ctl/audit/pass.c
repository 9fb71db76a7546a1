/* SPDX-License-Identifier: MIT */

/*
 * Of a collector's logs, at most two are in memory: the one being read and the least sound so far,
 * which decides the outcome of a verb that requires soundness.
 */

#include "ctl/audit/pass.h"

#include "audit/control.h"
#include "base/plain.h"
#include "ctl/verbs.h"
#include "os/asker.h"
#include "os/control_socket.h"
#include "os/files.h"
#include "report/fleet.h"
#include "review/verdict.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PROGRESS_STEP (8 << 20)         /* bytes between two updates of the progress */
#define REFUSED_MAX   20        /* at most this many lines that are not records are named */

int pass_settings(const struct audit_options *o, struct settings *out)
{
	struct problem problem = { "" };

	if (files_load_settings(o->conf, out, &problem) == 0)
		return 0;
	return complain(EXIT_CONFIG, o->who, "%s\nOr name the files of the log: %s LOG...",
	                problem.text, o->who);
}

/* The folder of this machine's log. */
static int pass_own_log(const struct audit_options *o, char folder_out[512])
{
	struct settings s;
	int             status = pass_settings(o, &s);

	if (status == 0)
		files_folder_of(s.audit_file, folder_out, 512);
	return status;
}

static int open_log(const struct audit_options *o, struct pass *p)
{
	struct problem problem = { "" };
	char           folder[512];
	const char    *own[1] = { folder };
	int            status = 0;

	p->is_live = o->num_paths == 0;
	if (p->is_live)
		status = pass_own_log(o, folder);
	if (status != 0)
		return status;
	snprintf(p->log, sizeof(p->log), "%s", p->is_live ? folder : o->paths[0]);
	if (o->num_paths > 1)
		snprintf(p->log, sizeof(p->log), "%s and %zu more", o->paths[0], o->num_paths - 1);
	if (log_reader_open(&p->reader, p->is_live ? own : o->paths, p->is_live ? 1 : o->num_paths,
	                    o->collected, &problem) == 0)
		return 0;
	return complain(EXIT_IO, o->who, "%s", problem.text);
}

int pass_open(const struct audit_options *o, struct pass *p)
{
	*p        = (struct pass){ .options = o };
	p->bar    = isatty(STDERR_FILENO) && !(o->streams && isatty(STDOUT_FILENO));
	p->status = open_log(o, p);
	if (p->status == 0)
		p->status = given_read(o, p->is_live, &p->given);
	if (p->status == 0 && o->records != NULL)
		log_files_keep(p->reader.files, o->records);
	return p->status;
}

/* --- while reading --- */

static void show_progress(struct pass *p)
{
	uint64_t done = p->bar ? log_files_done(p->reader.files) : 0, all = p->reader.files->all;

	if (done < p->shown + PROGRESS_STEP)
		return;
	p->shown = done;
	if (all > 0)
		fprintf(stderr, "\rreading the log: %3u %%",
		        (unsigned)(done < all ? done * 100 / all : 100));
	else
		fprintf(stderr, "\rreading the log: %" PRIu64 " MB", done / 1000000);
	fflush(stderr);
}

static void end_progress(const struct pass *p)
{
	if (p->shown > 0)
		fprintf(stderr, "\r                              \r");
}

static void note_unread(struct pass *p, const struct piece *piece)
{
	p->num_unread++;
	if (p->fleet != NULL)
		fleet_unread(p->fleet, piece->file, piece->why);
	else
		fprintf(stderr, "%s cannot be read to the end: %s\n", piece->file, piece->why);
}

static int say_sorting(const struct pass *p)
{
	return complain(EXIT_IO, p->options->who,
	                "the records cannot be sorted: %s; the folder for temporary files (TMPDIR, "
	                "or /tmp) needs room for all of them", strerror(-p->reader.error));
}

int pass_collect(struct pass *p)
{
	struct piece piece;

	if (p->status != 0 || !p->options->collected || p->reader.collected != NULL)
		return p->status;
	while (log_collect_all(&p->reader, &piece)) {
		if (piece.why != NULL)
			note_unread(p, &piece);
		show_progress(p);
	}
	end_progress(p);
	if (p->reader.error != 0)
		p->status = say_sorting(p);
	return p->status;
}

/* Reports a line that is not a record. A file name may be made to confuse a terminal. */
static void pass_over(struct pass *p)
{
	uint8_t                 room[512 + 1];
	struct writer           w = writer_over(room, sizeof(room) - 1);
	const struct log_files *f = p->reader.files;

	p->num_refused++;
	if (!p->options->names_lines || p->options->collected || p->num_refused > REFUSED_MAX)
		return;
	plain_write(&w, bytes_text(f->list[f->next - 1].path));
	room[w.len] = '\0';
	fprintf(stderr, "%s:%" PRIu64 ": this is not a record of an audit log, and is skipped\n",
	        (const char *)room, f->line);
}

static void say_refused(const struct pass *p)
{
	const struct audit_options *o = p->options;

	if (o->names_lines && o->collected && p->num_refused > 0)
		complain(0, o->who, "%" PRIu64 " lines are not records, and are skipped",
		         p->num_refused);
	else if (o->names_lines && p->num_refused > REFUSED_MAX)
		complain(0, o->who, "and %" PRIu64 " more such lines",
		         p->num_refused - REFUSED_MAX);
}

/* "gw1/filterd/2f9c01d4a7b3e655"; without the id if no record has it. */
static const char *origin_of(struct bytes sensor, const char *log, char room[ORIGIN_MAX + 1])
{
	struct writer w = writer_over(room, ORIGIN_MAX);

	write_bytes(&w, sensor);
	write_text(&w, "/filterd/");
	write_text(&w, log);
	room[w.len] = '\0';
	return room;
}

/* Starts one of a collector's logs with the facts known in advance. NULL: out of memory. */
static struct verify *begin_collected(struct pass *p)
{
	struct given          *g = &p->given;
	char                   room[ORIGIN_MAX + 1];
	const char            *origin = origin_of(p->reader.sensor, p->reader.log_id, room);
	const struct note_key *key    = keyring_find(&g->keys, origin);
	struct verify         *v;

	if (anchors_of(&g->anchors, key != NULL ? key->origin : origin, &p->anchors) != 0)
		return NULL;
	v = verify_new(key, g->anchors.num > 0 ? &p->anchors : NULL);
	if (v == NULL)
		return NULL;
	v->is_collected = true;
	if (key == NULL && g->keys.num > 0)
		findings_add(&v->findings, FINDING_KEY, 0, 0,
		             "there are keys for other logs, but none for this one: it may be a "
		             "forgery, or its gateway is new");
	v->num_noise = log_sift(&p->reader, v->seals.root_given ? &v->seals.root : NULL);
	return v;
}

static bool begin_log(struct pass *p)
{
	struct given *g = &p->given;

	if (!log_next_log(&p->reader)) {
		if (p->reader.error != 0)
			p->status = say_sorting(p);
		return false;
	}
	p->now = p->options->collected
	                 ? begin_collected(p)
	                 : verify_new(g->has_key ? &g->key : NULL,
	                              p->options->num_anchors > 0 ? &g->anchors : NULL);
	if (p->now == NULL || p->reader.error != 0) {
		p->status = given_say_memory(p->options);
		return false;
	}
	return true;
}

/* Keeps the least sound log, with the notes that its verification borrows. */
static void keep_worst(struct pass *p)
{
	if (p->verify == NULL || p->verify->findings.soundness < p->now->findings.soundness) {
		verify_free(p->verify);
		anchors_free(&p->anchors_kept);
		p->verify       = p->now;
		p->anchors_kept = p->anchors;
		if (p->verify->anchors == &p->anchors)
			p->verify->anchors = &p->anchors_kept;
	} else {
		verify_free(p->now);
		anchors_free(&p->anchors);
	}
	p->now     = NULL;
	p->anchors = (struct anchors){ 0 };
}

static void end_log(struct pass *p)
{
	verify_end(p->now, p->is_live ? p->options->now_us : INT64_MAX);
	p->num_logs++;
	if (p->options->collected && p->fleet != NULL &&
	    fleet_add(p->fleet, p->reader.sensor, p->now, NULL) != 0)
		p->status = given_say_memory(p->options);
	keep_worst(p);
}

/*
 * On the gateway itself filterd records that root read the log, and the result. It need not be
 * running.
 */
static void pass_tell(const struct pass *p)
{
	const struct audit_options *o = p->options;
	struct control_access       a = { .verb = "" };
	struct control_asker        asker = asker_of_start();
	struct settings             s;
	struct problem              problem;
	uint8_t                     line[CONTROL_LINE_MAX];
	struct writer               w = writer_over(line, sizeof(line));

	if (!p->is_live || geteuid() != 0 || files_load_settings(o->conf, &s, &problem) != 0 ||
	    s.control[0] == '\0')
		return;
	snprintf(a.verb, sizeof(a.verb), "%s", o->verb);
	if (o->records == NULL)
		snprintf(a.result, sizeof(a.result), "%s",
		         soundness_name(p->verify->findings.soundness));
	/* The login user, kept by the kernel's audit system across changes of user. */
	a.login     = asker.login_uid;
	a.has_login = asker.has_login_uid && a.login != CONTROL_NO_LOGIN;
	control_access_ask(&w, &a);
	control_socket_tell(s.control, writer_written(&w));
}

static void end_all(struct pass *p)
{
	p->ended = true;
	if (!p->options->collected)
		end_progress(p);
	if (p->status != 0)
		return;
	say_refused(p);
	if (p->verify == NULL) {        /* the files contain no log */
		p->verify = verify_new(NULL, NULL);
		if (p->verify == NULL)
			p->status = given_say_memory(p->options);
		else
			verify_end(p->verify, INT64_MAX);
	}
	if (p->status == 0)
		pass_tell(p);
}

bool pass_next(struct pass *p, struct entry *e)
{
	struct piece piece;

	pass_collect(p);
	while (p->status == 0 && !p->ended && (p->now != NULL || begin_log(p))) {
		while (log_next(&p->reader, &piece)) {
			if (!p->options->collected)
				show_progress(p);
			if (verify_piece(p->now, &piece, e))
				return true;
			if (piece.kind == PIECE_LONG ||
			    (piece.kind == PIECE_LINE && !p->now->is_other))
				pass_over(p);
		}
		end_log(p);
	}
	if (!p->ended)
		end_all(p);
	return false;
}

void pass_free(struct pass *p)
{
	log_reader_close(&p->reader);
	given_free(&p->given);
	anchors_free(&p->anchors);
	anchors_free(&p->anchors_kept);
	verify_free(p->now);
	verify_free(p->verify);
}

/* --- the outcome --- */

int pass_end_fleet(const struct pass *p)
{
	struct fleet *f = p->fleet;

	for (size_t i = 0; i < p->given.keys.num; i++) {
		const struct keyring_key *key = &p->given.keys.list[i];

		if (!key->is_used && fleet_absent(f, &key->is) != 0)
			return given_say_memory(p->options);
	}
	f->num_files = p->reader.files->num;
	f->num_twice = p->reader.num_twice;
	if (p->reader.collected != NULL)
		f->num_strange = log_collected_num_strange(p->reader.collected);
	fleet_end(f, p->options->now_us);
	return 0;
}

bool pass_is_one(const struct pass *p)
{
	return p->num_logs <= 1 ||
	       complain(false, p->options->who,
	                "this verb takes one log, but here are %zu; name the files of one",
	                p->num_logs);
}

/*
 * For a part of the log: altered or misplaced lines. Only the whole log could show whether anything
 * is missing.
 */
static int say_unsound_part(const struct pass *p)
{
	const uint64_t *num = p->verify->findings.num_kinds;

	if (num[FINDING_ALTERED] + num[FINDING_ORDER] == 0)
		return 0;
	return complain(SOUND_NOT, p->options->who,
	                "%s: some of the records read are not as filterd wrote them. See "
	                "filterctl audit verify.", p->log);
}

int pass_say_unsound(const struct pass *p)
{
	uint8_t       sentence[1024];
	struct writer w = writer_over(sentence, sizeof(sentence) - 1);

	if (p->options->records != NULL)
		return say_unsound_part(p);
	if (p->verify->findings.soundness != SOUND_NOT)
		return p->num_unread > 0 ? SOUND_NOT : 0;
	verdict_sentence(&w, p->verify);
	sentence[w.len] = '\0';
	return complain(SOUND_NOT, p->options->who,
	                "%s log is %s. See filterctl audit verify.",
	                p->num_logs > 1 ? "of many, one" : "this", (const char *)sentence);
}
