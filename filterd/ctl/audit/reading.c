/* SPDX-License-Identifier: MIT */

#include "ctl/audit/reading.h"

#include "base/plain.h"
#include "os/files.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define REFUSED_MAX 20          /* lines that are named, of those that are no records */

/* What stands there is no record. Names of files may be made to confuse a terminal. */
static void reading_refuse(struct reading *r)
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
	fprintf(stderr, "%s:%" PRIu64 ": this is no record of an audit log, and is left out\n",
	        (const char *)room, line);
}

void reading_say_refused(const struct reading *r)
{
	if (r->options->names_lines && r->options->collected && r->num_refused > 0)
		fprintf(stderr,
		        "filterctl audit %s: %" PRIu64 " lines are no records, and are left out\n",
		        r->options->verb, r->num_refused);
	else if (r->options->names_lines && r->num_refused > REFUSED_MAX)
		fprintf(stderr, "filterctl audit %s: and %" PRIu64 " more such lines\n",
		        r->options->verb, r->num_refused - REFUSED_MAX);
}

void reading_line(void *owner, struct bytes line, bool has_newline)
{
	struct reading *r = owner;
	struct entry    e;

	if (!verify_line(r->verify, line, has_newline, &e)) {
		if (has_newline && !r->verify->is_other)
			reading_refuse(r);
	} else if (r->each != NULL) {
		r->each(r->owner, &e, line);
	}
}

void reading_broken(void *owner, uint64_t bytes)
{
	struct reading *r = owner;

	verify_broken(r->verify, bytes);
	reading_refuse(r);
}

void reading_unread(void *owner, const char *file, const char *why)
{
	struct reading *r = owner;

	verify_unread(r->verify, file, why);
}

void reading_progress(void *owner, uint64_t done, uint64_t all)
{
	struct reading *r = owner;

	if (!r->bar)
		return;
	r->bar_shown = true;
	if (all > 0)
		fprintf(stderr, "\rreading the log: %3u %%",
		        (unsigned)(done < all ? done * 100 / all : 100));
	else
		fprintf(stderr, "\rreading the log: %llu MB", (unsigned long long)(done / 1000000));
	fflush(stderr);
}

struct reading reading_of(const struct audit_options *o, struct pass *p)
{
	return (struct reading){
		.pass    = p,
		.options = o,
		.bar     = isatty(STDERR_FILENO) && !(o->streams && isatty(STDOUT_FILENO)),
	};
}

void reading_end_bar(const struct reading *r)
{
	if (r->bar_shown)
		fprintf(stderr, "\r                              \r");
}

int reading_anchors(const struct audit_options *o, struct pass *p, const char *origin)
{
	for (size_t i = 0; i < o->num_anchors; i++) {
		struct bytes content;
		int          error = files_read(o->anchors[i], &content);

		if (error == 0) {
			error = anchors_read(&p->anchors, content, origin);
			files_free(content);
		}
		if (error != 0) {
			fprintf(stderr, "filterctl audit %s: --anchors %s: %s\n", o->verb,
			        o->anchors[i],
			        error == -EINVAL ? "a pipe; notes are read from files"
			                         : strerror(-error));
			return EXIT_IO;
		}
	}
	if (o->num_anchors > 0 && p->anchors.num == 0) {
		fprintf(stderr,
		        "filterctl audit %s: --anchors: there is no note of this log in %s%s\n",
		        o->verb, o->num_anchors == 1 ? o->anchors[0] : "these files",
		        p->anchors.num_foreign > 0 ? "; all that are there are of other logs" : "");
		return EXIT_USAGE;
	}
	if (o->collected)
		anchors_by_log(&p->anchors);
	else
		anchors_sort(&p->anchors);
	return 0;
}

int reading_say_key(const struct audit_options *o, const char *file, int error)
{
	if (error == -EINVAL)
		fprintf(stderr,
		        "filterctl audit %s: --key %s: this is no verifier key; expected a line "
		        "GATEWAY/filterd/LOG+ID+KEY\n",
		        o->verb, file);
	else
		fprintf(stderr,
		        "filterctl audit %s: --key %s: %s\nIt is neither a file nor a verifier key "
		        "such as\n"
		        "gw1/filterd/2f9c01d4a7b3e655+a2449bfc+AX9w9eLM6QvX/"
		        "kLuxxHh4CQOg+cTWIyotomjY/h4wTeW\n",
		        o->verb, file, strerror(-error));
	return EXIT_USAGE;
}

int reading_say_memory(const struct audit_options *o)
{
	fprintf(stderr, "filterctl audit %s: not enough memory\n", o->verb);
	return EXIT_IO;
}
