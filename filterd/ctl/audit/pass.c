/* SPDX-License-Identifier: MIT */

#include "ctl/audit/reading.h"

#include "audit/control.h"
#include "ctl/key_file.h"
#include "ctl/verbs.h"
#include "os/control_socket.h"
#include "os/files.h"
#include "review/verdict.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int pass_own_log(const struct audit_options *o, char folder_out[512])
{
	struct settings s;
	struct problem  problem = { "" };
	char           *slash;

	if (files_load_settings(o->conf, &s, &problem) != 0) {
		fprintf(stderr,
		        "filterctl audit %s: %s\nOr name the files of the log: filterctl audit %s "
		        "LOG...\n",
		        o->verb, problem.text, o->verb);
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

/*
 * The key: given as such, or in a file; or that of this machine. 0, 1 if there is none, or an exit
 * status.
 */
static int find_key(const struct audit_options *o, const struct pass *p, struct note_key *out)
{
	struct settings s;
	struct problem  problem;
	char            path[SETTINGS_TEXT_MAX + 16];
	const char     *given = o->num_keys > 0 ? o->keys[0] : NULL, *file = given;
	int             error;

	if (given != NULL && note_key_parse(bytes_text(given), out) == PARSE_OK)
		return 0;
	if (given == NULL) {
		if (!p->is_live || files_load_settings(o->conf, &s, &problem) != 0)
			return 1;
		snprintf(path, sizeof(path), "%s/audit.vkey", s.keys);
		file = path;
	}
	error = key_file_read(file, out);
	if (error == 0)
		return 0;
	if (given == NULL && error != -EINVAL)
		return 1;
	return reading_say_key(o, file, error);
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
	if (log_files_open(p->is_live ? own : o->paths, p->is_live ? 1 : o->num_paths, o->collected,
	                   &p->files, &problem) == 0)
		return 0;
	fprintf(stderr, "filterctl audit %s: %s\n", o->verb, problem.text);
	return EXIT_IO;
}

static int open_one(const struct audit_options *o, struct pass *p)
{
	struct note_key key;
	int             found, status;

	if (o->num_keys > 1) {
		fprintf(stderr,
		        "filterctl audit %s: one log has one --key; several are for the logs of "
		        "many gateways (--collected)\n",
		        o->verb);
		return EXIT_USAGE;
	}
	found = find_key(o, p, &key);
	if (found > 1)
		return found;
	status = reading_anchors(o, p, found == 0 ? key.origin : NULL);
	if (status != 0)
		return status;
	p->verify = verify_new(found == 0 ? &key : NULL, o->num_anchors > 0 ? &p->anchors : NULL);
	if (p->verify == NULL)
		return reading_say_memory(o);
	read_keys(p);
	return 0;
}

static int pass_read_files(const struct audit_options *o, struct pass *p, pass_each *each,
                           void *owner)
{
	struct reading  r    = reading_of(o, p);
	struct log_sink sink = { .owner = &r, .line = reading_line, .broken = reading_broken,
	                         .unread = reading_unread,
	                         .progress = reading_progress };

	r.verify = p->verify;
	r.each   = each;
	r.owner  = owner;
	if (o->records != NULL)
		log_files_keep(p->files, o->records);
	log_files_read(p->files, &sink);
	reading_end_bar(&r);
	reading_say_refused(&r);
	verify_end(p->verify, p->is_live ? o->now_us : INT64_MAX);
	p->num_logs = 1;
	return 0;
}

/* Who logged in, whoever he became since: the kernel's audit knows. */
static bool find_login(uint32_t *out)
{
	FILE *file  = fopen("/proc/self/loginuid", "re");
	bool  known = file != NULL && fscanf(file, "%" SCNu32, out) == 1 && *out != UINT32_MAX;

	if (file != NULL)
		fclose(file);
	return known;
}

/*
 * On the gateway itself filterd puts on record that root read its log, and what came of it. It may
 * not run, and need not.
 */
static void pass_tell(const struct audit_options *o, const struct pass *p)
{
	static const char *const results[] = { [SOUND_COMPLETE] = "complete",
	                                       [SOUND_DECLARED] = "declared",
	                                       [SOUND_NOT] = "not-sound" };
	struct control_access    a         = { .verb = "" };
	struct settings          s;
	struct problem           problem;
	uint8_t                  line[CONTROL_LINE_MAX];
	struct writer            w = writer_over(line, sizeof(line));

	if (!p->is_live || geteuid() != 0 || files_load_settings(o->conf, &s, &problem) != 0 ||
	    s.control[0] == '\0')
		return;
	snprintf(a.verb, sizeof(a.verb), "%s", o->verb);
	if (o->records == NULL)
		snprintf(a.result, sizeof(a.result), "%s",
		         results[p->verify->findings.soundness]);
	a.has_login = find_login(&a.login);
	control_access_ask(&w, &a);
	control_socket_tell(s.control, writer_written(&w));
}

int pass_open(const struct audit_options *o, struct pass *p)
{
	int status;

	*p     = (struct pass){ 0 };
	status = open_log(o, p);
	if (status != 0)
		return status;
	return o->collected ? collected_open(o, p) : open_one(o, p);
}

int pass_read(const struct audit_options *o, struct pass *p, pass_each *each, void *owner)
{
	int status = o->collected && p->collected == NULL ? pass_collect(o, p) : 0;

	if (status != 0)
		return status;
	status = o->collected ? collected_read(o, p, each, owner)
	                      : pass_read_files(o, p, each, owner);
	if (status == 0)
		pass_tell(o, p);
	return status;
}

int pass_run(const struct audit_options *o, struct pass *p, pass_each *each, void *owner)
{
	int status = pass_open(o, p);

	return status != 0 ? status : pass_read(o, p, each, owner);
}

bool pass_is_one(const struct audit_options *o, const struct pass *p)
{
	if (p->num_logs <= 1)
		return true;
	fprintf(stderr,
	        "filterctl audit %s: this is about one log, and here are %zu; name the files of "
	        "one\n",
	        o->verb, p->num_logs);
	return false;
}

/*
 * Of a part of the log: what is altered or stands where it does not belong. Whether something is
 * missing, the rest would have to say.
 */
static int say_unsound_part(const struct audit_options *o, const struct pass *p)
{
	const uint64_t *num = p->verify->findings.num_kinds;

	if (num[FINDING_ALTERED] + num[FINDING_ORDER] == 0)
		return 0;
	fprintf(stderr,
	        "filterctl audit %s: %s: not all that was read is as filterd wrote it. filterctl "
	        "audit verify says more.\n",
	        o->verb, p->log);
	return SOUND_NOT;
}

int pass_say_unsound(const struct audit_options *o, const struct pass *p)
{
	uint8_t       sentence[1024];
	struct writer w = writer_over(sentence, sizeof(sentence) - 1);

	if (o->records != NULL)
		return say_unsound_part(o, p);
	if (p->verify->findings.soundness != SOUND_NOT)
		return p->num_unread > 0 ? SOUND_NOT : 0;
	verdict_sentence(&w, p->verify);
	sentence[w.len] = '\0';
	fprintf(stderr, "filterctl audit %s: %s log is %s. filterctl audit verify says more.\n",
	        o->verb, p->num_logs > 1 ? "of many, one" : "this", (const char *)sentence);
	return SOUND_NOT;
}

void pass_free(struct pass *p)
{
	log_collected_free(p->collected);
	log_files_close(p->files);
	keyring_free(&p->keys);
	anchors_free(&p->anchors_kept);
	anchors_free(&p->anchors);
	verify_free(p->verify);
}
