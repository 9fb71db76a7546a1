/* SPDX-License-Identifier: MIT */

/* filterctl audit ack: a note about a device, beside the log. */

#include "ctl/audit/acks_file.h"
#include "ctl/audit/pass.h"
#include "ctl/audit/show.h"
#include "ctl/audit/verbs.h"
#include "review/select.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WHO            "filterctl audit ack"
#define CANDIDATES_MAX 8        /* devices of one name that are listed */

static const char usage[] =
	"usage: filterctl audit ack [--acks FILE] [--force] DEVICE NOTE [LOG]...\n"
	"       filterctl audit ack [--acks FILE] --list [LOG]...\n"
	"       filterctl audit ack [--acks FILE] --remove DEVICE [LOG]...\n"
	"\n"
	"Writes a note about a device, for the next reader. It goes to audit.acks beside the log, "
	"because the log itself never\n"
	"changes. A device that tries again after its note is shown as returned.\n"
	"\n"
	"  DEVICE is its MAC, an address or its name in the log.\n"
	"\n"
	"      --acks FILE     another file than audit.acks beside the log\n"
	"      --list          the notes made so far\n"
	"      --remove        removes the note about DEVICE\n"
	"      --force         accept a DEVICE that is not in the log: give its MAC, or its "
	"address if it has none\n"
	"\n"
	"  filterctl audit ack LAPTOP-7 \"uninstalled 2026-11-20, JB\"\n"
	"\n"
	"Exit status: 0; 1 there is no such device, or several; 2 it was done, but the log is not "
	"sound; 64 wrong usage; 74 it cannot be\n"
	"read or written.\n";

struct candidate {
	char    device[64];
	int64_t last_us;
};

struct ack_verb {
	const char      *file;
	bool             list, remove, force;
	struct selection selection;             /* the device given */
	struct candidate candidates[CANDIDATES_MAX];
	size_t           num;                   /* number found; CANDIDATES_MAX + 1: more */
	struct acks      acks;                  /* for --list: the last attempt of each */
	int64_t         *last_us;
};

static void find_candidate(struct ack_verb *a, const struct entry *e)
{
	size_t i = 0;

	if (!selection_takes(&a->selection, e) || e->device.len == 0 ||
	    e->device.len >= sizeof(a->candidates[0].device))
		return;
	while (i < a->num && i < CANDIDATES_MAX &&
	       !bytes_equal(bytes_text(a->candidates[i].device), e->device))
		i++;
	if (i == CANDIDATES_MAX) {
		a->num = CANDIDATES_MAX + 1;
		return;
	}
	if (i == a->num)
		a->num++;
	snprintf(a->candidates[i].device, sizeof(a->candidates[i].device), "%.*s",
	         (int)e->device.len, (const char *)e->device.at);
	a->candidates[i].last_us = e->time_us;
}

/* Without a log, only a MAC or an address identifies a device. */
static bool take_as_given(struct ack_verb *a, const char *device)
{
	if (a->selection.device_key[0] == '\0')
		return complain(false, WHO,
		                "'%s' is neither a MAC nor an address; a name identifies a device "
		                "only if it is in the log", device);
	a->candidates[0] = (struct candidate){ .last_us = 0 };
	memcpy(a->candidates[0].device, a->selection.device_key, sizeof(a->candidates[0].device));
	a->num = 1;
	return true;
}

/* Exactly one device. */
static bool is_one(struct ack_verb *a, const char *device)
{
	if (a->num == 1)
		return true;
	if (a->num == 0 && a->force)
		return take_as_given(a, device);
	if (a->num == 0)
		return complain(false, WHO,
		                "the log has no attempt of a device '%s' (filterctl audit devices "
		                "lists those it has); --force adds the note anyway", device);
	complain(false, WHO, "several devices are called '%s'; which one is meant?", device);
	for (size_t i = 0; i < a->num && i < CANDIDATES_MAX; i++)
		fprintf(stderr, "  %s\n", a->candidates[i].device);
	return false;
}

static int put_note(const struct audit_options *o, struct ack_verb *a, const char *note)
{
	char path[ACKS_PATH_MAX];
	int  status = acks_file_load(o, a->file, ACKS_CHANGE, &a->acks, path);

	return status != 0 ? status
	                   : notes_put(WHO, path, &a->acks, a->candidates[0].device, note);
}

/* Words after the note must name logs; otherwise the note was probably left without quotes. */
static bool is_quoted(const struct audit_options *o, const char *device, const char *note)
{
	if (o->num_paths == 0 || strcmp(o->paths[0], "-") == 0 || access(o->paths[0], F_OK) == 0)
		return true;
	fprintf(stderr,
	        WHO ": there is no log '%s'. A NOTE of several words needs quotes:\n"
	        "  " WHO " %s \"%s", o->paths[0], device, note);
	for (size_t i = 0; i < o->num_paths && access(o->paths[i], F_OK) != 0; i++)
		fprintf(stderr, " %s", o->paths[i]);
	fputs("\"\n", stderr);
	return false;
}

static int note_device(struct audit_options *o, struct ack_verb *a)
{
	const char  *device, *note;
	struct pass  pass;
	struct entry e;
	int         status, unsound = 0;

	if (o->num_paths < 2)
		return complain(EXIT_USAGE, WHO, "%s",
		                o->num_paths == 0 ? "which DEVICE?" : "what is the NOTE?");
	device = o->paths[0];
	note   = o->paths[1];
	o->paths     += 2;
	o->num_paths -= 2;
	if (device[0] == '\0' || !notes_is_note(note))
		return complain(EXIT_USAGE, WHO, "a DEVICE, and a NOTE of 1 to %d bytes of UTF-8",
		                ACKS_NOTE_MAX);
	if (!is_quoted(o, device, note))
		return EXIT_USAGE;
	select_device(&a->selection, device);
	pass_open(o, &pass);
	while (pass_next(&pass, &e))
		find_candidate(a, &e);
	status = pass.status;
	if (status == 0)
		unsound = pass_say_unsound(&pass);
	pass_free(&pass);
	if (status == 0 && !is_one(a, device))
		return EXIT_FAILURE;
	if (status == 0)
		status = put_note(o, a, note);
	return status != 0 ? status : unsound;
}

static int remove_note(struct audit_options *o, struct ack_verb *a)
{
	const char *device = o->num_paths > 0 ? o->paths[0] : "";
	char        path[ACKS_PATH_MAX];
	int         status;

	if (device[0] == '\0')
		return complain(EXIT_USAGE, WHO, "--remove which DEVICE? --list shows them");
	o->paths++;
	o->num_paths--;
	select_device(&a->selection, device);
	status = acks_file_load(o, a->file, ACKS_CHANGE, &a->acks, path);
	if (status != 0)
		return status;
	if (!acks_remove(&a->acks, bytes_text(device)) &&
	    !acks_remove(&a->acks, bytes_text(a->selection.device_key)))
		return complain(EXIT_FAILURE, WHO,
		                "there is no note about '%s' in %s; --list shows all notes",
		                device, path);
	return notes_save(WHO, path, &a->acks);
}

static void take_last(struct ack_verb *a, const struct entry *e)
{
	bool              tries = e->type == ENTRY_BLOCK || e->type == ENTRY_WOULD_BLOCK;
	const struct ack *ack   = tries ? acks_find(&a->acks, e->device) : NULL;

	if (ack != NULL && e->has_time && e->time_us > a->last_us[ack - a->acks.list])
		a->last_us[ack - a->acks.list] = e->time_us;
}

static int print_notes(const struct audit_options *o, const struct ack_verb *a)
{
	static const struct column columns[] = {
		{ "device", "device", CELL_TEXT, false, false, 0 },
		{ "time", "noted", CELL_TIME, false, false, 2 },
		{ "by", "by", CELL_TEXT, false, false, 3 },
		{ "last", "last attempt", CELL_TIME, false, false, 4 },
		{ "returned", "returned", CELL_YES, false, false, 5 },
		{ "note", "note", CELL_TEXT, true, false, 0 },
	};
	struct sheet s = sheet_of("acks", columns, COUNT(columns));

	for (size_t i = 0; i < a->acks.num; i++) {
		const struct ack *ack = &a->acks.list[i];

		sheet_row(&s);
		sheet_text(&s, bytes_text(ack->device));
		sheet_number(&s, ack->time_us);
		sheet_text(&s, bytes_text(ack->by));
		if (a->last_us[i] != INT64_MIN)
			sheet_number(&s, a->last_us[i]);
		else
			sheet_none(&s);
		sheet_number(&s, ack_returned(ack, a->last_us[i]));
		sheet_text(&s, bytes_text(ack->note));
	}
	return show_sheet(o, &s);
}

static int list_notes(const struct audit_options *o, struct ack_verb *a)
{
	struct pass  pass;
	struct entry e;
	char         path[ACKS_PATH_MAX];
	int          status = acks_file_load(o, a->file, ACKS_LOOK, &a->acks, path), unsound = 0;

	if (status != 0)
		return status;
	if (a->acks.num == 0 && o->format == FORMAT_TEXT) {
		printf("no notes in %s\n", path);
		return 0;
	}
	a->last_us = calloc(a->acks.num + 1, sizeof(*a->last_us));
	if (a->last_us == NULL)
		return EXIT_IO;
	for (size_t i = 0; i < a->acks.num; i++)
		a->last_us[i] = INT64_MIN;
	pass_open(o, &pass);
	while (pass_next(&pass, &e))
		take_last(a, &e);
	status = pass.status;
	if (status == 0)
		unsound = pass_say_unsound(&pass);
	pass_free(&pass);
	if (status == 0)
		status = print_notes(o, a);
	free(a->last_us);
	return status != 0 ? status : unsound;
}

int audit_ack(int argc, char **argv)
{
	struct ack_verb         a         = { .selection = selection_all() };
	const struct own_option options[] = { { "acks", .argument = &a.file },
	                                      { "list", .given = &a.list },
	                                      { "remove", .given = &a.remove },
	                                      { "force", .given = &a.force },
	                                      { 0 } };
	const struct audit_own  verb      = { .usage = usage, .options = options };
	struct audit_options    o;
	int                     status;

	if (!audit_options_read(argc, argv, &verb, &o, &status))
		return status;
	if (a.list && a.remove)
		return complain(EXIT_USAGE, WHO, "--list or --remove, not both");
	status = a.list ? list_notes(&o, &a) : a.remove ? remove_note(&o, &a) : note_device(&o, &a);
	acks_free(&a.acks);
	return status;
}
