/* SPDX-License-Identifier: MIT */

/*
 * filterctl note: adds a note about a device to the file of filterctl audit ack, without reading a
 * log.
 */

#include "ctl/verbs.h"

#include "ctl/complain.h"
#include "ctl/notes.h"
#include "ctl/options.h"
#include "os/files.h"
#include "os/last_good.h"
#include "review/select.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WHO "filterctl note"

static const char usage[] =
	"usage: filterctl note [-c FILE] DEVICE TEXT\n"
	"\n"
	"Writes a note about a device, for the next reader. It goes to audit.acks beside the log,\n"
	"where filterctl audit ack keeps its notes, or beside the log's copy on flash. An empty\n"
	"TEXT removes the note. For root.\n"
	"\n"
	"  DEVICE              its MAC, or its address if it has none, as in filterctl board\n"
	"\n"
	"  -c, --config FILE   configuration, default " CONF_DEFAULT "\n"
	"\n"
	"  filterctl note 3c:52:82:11:22:33 \"uninstalled\"\n"
	"\n"
	"Exit status: 0; 64 wrong usage; 74 it cannot be read or written.\n";

static int note_take_away(const char *path, struct acks *acks, const char *device)
{
	int status;

	if (!acks_remove(acks, bytes_text(device))) {
		printf("there is no note about %s in %s\n", device, path);
		return EXIT_SUCCESS;
	}
	status = notes_save(WHO, path, acks);
	if (status == 0)
		printf("removed the note about %s\n", device);
	return status;
}

/* If the configuration does not load, the path comes from the last good one. */
static void note_find_path(const char *conf, char path[NOTES_PATH_MAX])
{
	struct problem  ignored;
	struct settings s;

	if (files_load_settings(conf, &s, &ignored) != 0)
		last_good_settings(conf, &s);
	notes_path(&s, path);
}

int ctl_note(int argc, char **argv)
{
	struct selection of = selection_all();
	struct acks      acks;
	const char      *conf, *text;
	char             path[NOTES_PATH_MAX];
	int              status;

	if (!options_read(WHO, argc, argv, usage, NULL, &conf, &status))
		return status;
	if (argc - optind != 2)
		return complain_words(usage, WHO, "expected a DEVICE and a TEXT, got %d",
		                      argc - optind);
	text = argv[optind + 1];
	select_device(&of, argv[optind]);
	if (of.device_key[0] == '\0')
		return complain(EXIT_USAGE, WHO,
		                "'%s' is not a device; expected a MAC or an address", argv[optind]);
	if (text[0] != '\0' && !notes_is_note(text))
		return complain(EXIT_USAGE, WHO, "expected a TEXT of at most %d bytes of UTF-8",
		                ACKS_NOTE_MAX);
	note_find_path(conf, path);
	notes_lock(path);
	status = notes_load(WHO, path, &acks);
	if (status == 0)
		status = text[0] != '\0' ? notes_put(WHO, path, &acks, of.device_key, text)
		                         : note_take_away(path, &acks, of.device_key);
	acks_free(&acks);
	return status;
}
