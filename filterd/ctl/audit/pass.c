/* SPDX-License-Identifier: MIT */

#include "ctl/audit/pass.h"

#include "base/plain.h"
#include "ctl/key_file.h"
#include "ctl/verbs.h"
#include "os/files.h"
#include "review/verdict.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define REFUSED_MAX 20          /* lines that are named, of those that are no records */

struct reading {
	struct pass                *pass;
	const struct audit_options *options;
	uint64_t                    num_refused;
	pass_each                  *each;
	void                       *owner;
	bool                        bar, bar_shown;
};

/* What stands there is no record. Names of files may be made to confuse a terminal. */
static void refuse(struct reading *r)
{
	uint8_t       room[512 + 1], character[PLAIN_MAX];
	struct writer w = writer_over(room, sizeof(room) - 1);
	struct bytes  rest;
	const char   *file;
	uint64_t      line;

	r->num_refused++;
	if (!r->options->names_lines || r->options->collected || r->num_refused > REFUSED_MAX)
		return;
	log_files_at(r->pass->files, &file, &line);
	for (rest = bytes_text(file); rest.len > 0;)
		write_bytes(&w, plain_next(&rest, character));
	room[w.len] = '\0';
	fprintf(stderr, "%s:%" PRIu64 ": this is no record of an audit log, and is left out\n", (const char *)room, line);
}

static void say_refused(const struct reading *r)
{
	if (r->options->names_lines && r->options->collected && r->num_refused > 0)
		fprintf(stderr, "filterctl audit %s: %" PRIu64 " lines are no records, and are left out\n", r->options->verb, r->num_refused);
	else if (r->options->names_lines && r->num_refused > REFUSED_MAX)
		fprintf(stderr, "filterctl audit %s: and %" PRIu64 " more such lines\n", r->options->verb, r->num_refused - REFUSED_MAX);
}

static void take_line(void *owner, struct bytes line, bool has_newline)
{
	struct reading *r = owner;
	struct entry    e;

	if (!verify_line(r->pass->verify, line, has_newline, &e)) {
		if (has_newline)
			refuse(r);
	} else if (r->each != NULL) {
		r->each(r->owner, &e, line);
	}
}

static void take_broken(void *owner, uint64_t bytes)
{
	struct reading *r = owner;

	verify_broken(r->pass->verify, bytes);
	refuse(r);
}

static void take_unread(void *owner, const char *file, const char *why)
{
	struct reading *r = owner;

	verify_unread(r->pass->verify, file, why);
}

static void take_progress(void *owner, uint64_t done, uint64_t all)
{
	struct reading *r = owner;

	if (!r->bar)
		return;
	r->bar_shown = true;
	if (all > 0)
		fprintf(stderr, "\rreading the log: %3u %%", (unsigned)(done < all ? done * 100 / all : 100));
	else
		fprintf(stderr, "\rreading the log: %llu MB", (unsigned long long)(done / 1000000));
	fflush(stderr);
}

int pass_own_log(const struct audit_options *o, char folder_out[512])
{
	struct settings s;
	struct problem  problem = { "" };
	char           *slash;

	if (files_load_settings(o->conf, &s, &problem) != 0) {
		fprintf(stderr, "filterctl audit %s: %s\nOr name the files of the log: filterctl audit %s LOG...\n", o->verb, problem.text,
		        o->verb);
		return EXIT_CONFIG;
	}
	snprintf(folder_out, 512, "%s", s.audit_file);
	slash = strrchr(folder_out, '/');
	if (slash == NULL)
		snprintf(folder_out, 512, ".");
	else
		slash[slash == folder_out] = '\0';
	return 0;
}

/* The key: given as such, or in a file; or that of this machine. 0, 1 if there is none, or an exit status. */
static int find_key(const struct audit_options *o, const struct pass *p, struct note_key *out)
{
	struct settings s;
	struct problem  problem;
	char            path[SETTINGS_TEXT_MAX + 16];
	const char     *file = o->key;
	int             error;

	if (o->key != NULL && note_key_parse(bytes_text(o->key), out) == PARSE_OK)
		return 0;
	if (o->key == NULL) {
		if (!p->is_live || files_load_settings(o->conf, &s, &problem) != 0)
			return 1;
		snprintf(path, sizeof(path), "%s/audit.vkey", s.keys);
		file = path;
	}
	error = key_file_read(file, out);
	if (error == 0)
		return 0;
	if (o->key == NULL && error != -EINVAL)
		return 1;
	if (error == -EINVAL)
		fprintf(stderr, "filterctl audit %s: --key %s: this is no verifier key; expected a line GATEWAY/filterd/LOG+ID+KEY\n", o->verb,
		        file);
	else
		fprintf(stderr, "filterctl audit %s: --key %s: %s\nIt is neither a file nor a verifier key such as\n"
		        "gw1/filterd/2f9c01d4a7b3e655+a2449bfc+AX9w9eLM6QvX/kLuxxHh4CQOg+cTWIyotomjY/h4wTeW\n", o->verb, file,
		        strerror(-error));
	return EXIT_USAGE;
}

static int read_anchors(const struct audit_options *o, struct pass *p, const char *origin)
{
	for (size_t i = 0; i < o->num_anchors; i++) {
		struct bytes content;
		int          error = files_read(o->anchors[i], &content);

		if (error == 0) {
			error = anchors_read(&p->anchors, content, origin);
			files_free(content);
		}
		if (error != 0) {
			fprintf(stderr, "filterctl audit %s: --anchors %s: %s\n", o->verb, o->anchors[i],
			        error == -EINVAL ? "a pipe; notes are read from files" : strerror(-error));
			return EXIT_IO;
		}
	}
	if (o->num_anchors > 0 && p->anchors.num == 0) {
		fprintf(stderr, "filterctl audit %s: --anchors: there is no note of this log in %s%s\n", o->verb,
		        o->num_anchors == 1 ? o->anchors[0] : "these files",
		        p->anchors.num_foreign > 0 ? "; all that are there are of other logs" : "");
		return EXIT_USAGE;
	}
	anchors_sort(&p->anchors);
	return 0;
}

static void read_keys(struct pass *p)
{
	const char  *path = log_files_keys(p->files);
	struct bytes content, rest;

	if (path == NULL || files_read(path, &content) != 0)
		return;
	for (rest = content; rest.len > 0;)
		verify_key_line(p->verify, bytes_cut_line(&rest));
	files_free(content);
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
	if (log_files_open(p->is_live ? own : o->paths, p->is_live ? 1 : o->num_paths, &p->files, &problem) == 0)
		return 0;
	fprintf(stderr, "filterctl audit %s: %s\n", o->verb, problem.text);
	return EXIT_IO;
}

static int read_log(const struct audit_options *o, struct pass *p, pass_each *each, void *owner)
{
	struct reading  r    = { .pass = p, .options = o, .each = each, .owner = owner, .bar = isatty(STDERR_FILENO) && !(o->streams && isatty(STDOUT_FILENO)) };
	struct log_sink sink = { .owner = &r, .line = take_line, .broken = take_broken, .unread = take_unread,
	                         .progress = take_progress };
	int             error = 0;

	if (o->records != NULL && !o->collected)
		log_files_keep(p->files, o->records);
	if (o->collected)
		error = log_files_read_collected(p->files, &sink);
	else
		log_files_read(p->files, &sink);
	if (r.bar_shown)
		fprintf(stderr, "\r                              \r");
	say_refused(&r);
	if (error == 0)
		return 0;
	fprintf(stderr, "filterctl audit %s: the records cannot be sorted: %s; the folder for temporary files needs room for all of them\n",
	        o->verb, strerror(-error));
	return EXIT_IO;
}

int pass_open(const struct audit_options *o, struct pass *p)
{
	struct note_key key;
	int             status, found;

	*p     = (struct pass){ 0 };
	status = open_log(o, p);
	if (status != 0)
		return status;
	found = find_key(o, p, &key);
	if (found > 1)
		return found;
	status = read_anchors(o, p, found == 0 ? key.origin : NULL);
	if (status != 0)
		return status;
	p->verify = verify_new(found == 0 ? &key : NULL, o->num_anchors > 0 ? &p->anchors : NULL);
	if (p->verify == NULL) {
		fprintf(stderr, "filterctl audit %s: not enough memory\n", o->verb);
		return EXIT_IO;
	}
	read_keys(p);
	return 0;
}

int pass_read(const struct audit_options *o, struct pass *p, pass_each *each, void *owner)
{
	int status = read_log(o, p, each, owner);

	if (status == 0)
		verify_end(p->verify, p->is_live ? o->now_us : INT64_MAX);
	return status;
}

int pass_run(const struct audit_options *o, struct pass *p, pass_each *each, void *owner)
{
	int status = pass_open(o, p);

	return status != 0 ? status : pass_read(o, p, each, owner);
}

/* Of a part of the log: what is altered or stands where it does not belong. Whether something is missing, the rest would have to say. */
static int say_unsound_part(const struct audit_options *o, const struct pass *p)
{
	const uint64_t *num = p->verify->findings.num_kinds;

	if (num[FINDING_ALTERED] + num[FINDING_ORDER] == 0)
		return 0;
	fprintf(stderr, "filterctl audit %s: %s: not all that was read is as filterd wrote it. filterctl audit verify says more.\n", o->verb,
	        p->log);
	return SOUND_NOT;
}

int pass_say_unsound(const struct audit_options *o, const struct pass *p)
{
	uint8_t       sentence[1024];
	struct writer w = writer_over(sentence, sizeof(sentence) - 1);

	if (o->records != NULL)
		return say_unsound_part(o, p);
	if (p->verify->findings.soundness != SOUND_NOT)
		return 0;
	verdict_sentence(&w, p->verify);
	sentence[w.len] = '\0';
	fprintf(stderr, "filterctl audit %s: this log is %s. filterctl audit verify says more.\n", o->verb, (const char *)sentence);
	return SOUND_NOT;
}

void pass_free(struct pass *p)
{
	log_files_close(p->files);
	anchors_free(&p->anchors);
	verify_free(p->verify);
}
