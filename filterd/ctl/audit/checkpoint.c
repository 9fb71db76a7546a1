/* SPDX-License-Identifier: MIT */

/* filterctl audit checkpoint: a few lines that fix the whole log so far, to be stored elsewhere. */

#include "base/base64.h"
#include "ctl/audit/pass.h"
#include "ctl/audit/verbs.h"
#include "review/merkle.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define WHO "filterctl audit checkpoint"

static const char usage[] =
	"usage: filterctl audit checkpoint [--tlog] [OPTION]... [LOG]...\n"
	"\n"
	"Prints the log's newest signed note, once the log has been verified. Stored on paper, in "
	"a mail, or on any other machine, it is an\n"
	"anchor: filterctl audit verify --anchors then reports any change or loss of a record up "
	"to its\n"
	"number. It holds no names.\n"
	"\n"
	"      --tlog          instead: the Merkle root (RFC 6962) of all records, as the text of "
	"a checkpoint that transparency\n"
	"                      logs and witnesses read (C2SP tlog-checkpoint): origin, number of "
	"records, root. A leaf is a record's\n"
	"                      line with its newline. It is NOT signed: sign it, or have a "
	"witness sign it. Needs the whole log,\n"
	"                      from record 0.\n"
	"\n"
	"  filterctl audit checkpoint | mail -s 'anchor of gw1' auditor@example.net\n"
	"  filterctl audit checkpoint >>notes; filterctl audit verify --anchors notes\n"
	"\n"
	"Exit status: 0; 2 the log is not sound, or has no signature: there is nothing to store; "
	"64 wrong usage; 74 it cannot be read.\n";

struct checkpoint_options {
	bool          tlog;
	struct merkle merkle;
	uint64_t      next;             /* number of the next record */
	bool          whole;            /* no record from 0 on is missing */
};

/* A line from a file is followed by its newline; so is the last line of a sound log. */
static void checkpoint_take_record(struct checkpoint_options *own, const struct entry *e)
{
	own->whole &= own->tlog && e->end.seq == own->next++;
	if (own->whole)
		merkle_add(&own->merkle, bytes_of(e->line.at, e->line.len + 1));
}

static int print_note(const struct verify *v)
{
	uint8_t       room[NOTE_MAX];
	struct writer w = writer_over(room, sizeof(room));

	if (!v->has_newest)
		return complain(SOUND_NOT, WHO, "there is no signature in this log");
	if (note_write_hashed(&w, &v->newest_key, v->newest_seq, v->newest_hash, v->newest_sig) !=
	            0 ||
	    w.full)
		return EXIT_IO;
	return fwrite(room, 1, w.len, stdout) == w.len && fflush(stdout) == 0 ? 0 : EXIT_IO;
}

static int print_tlog(const struct checkpoint_options *own, const struct verify *v)
{
	uint8_t       root[CHAIN_HASH], room[BASE64_LEN(CHAIN_HASH)];
	struct writer text = writer_over(room, sizeof(room));

	if (v->seals.root.origin[0] == '\0')
		return complain(SOUND_NOT, WHO,
		                "no record names this log; give its key (--key)");
	if (!own->whole || own->merkle.num == 0)
		return complain(SOUND_NOT, WHO,
		                "the root covers all records from 0 on, but some are missing here");
	if (merkle_root(&own->merkle, root) != 0)
		return EXIT_IO;
	base64_write(&text, bytes_of(root, sizeof(root)));
	printf("%s\n%" PRIu64 "\n%.*s\n", v->seals.root.origin, own->merkle.num, (int)text.len,
	       (const char *)room);
	if (fflush(stdout) != 0)
		return EXIT_IO;
	return complain(0, WHO,
	                "this text is not signed; without --tlog you get the log's own signed "
	                "note");
}

int audit_checkpoint(int argc, char **argv)
{
	struct checkpoint_options own       = { .whole = true };
	const struct own_option   options[] = { { "tlog", .given = &own.tlog }, { 0 } };
	const struct audit_own    verb      = { .usage = usage, .options = options,
	                                        .no_json = true, .no_csv = true };
	struct audit_options      o;
	struct pass               pass;
	struct entry              e;
	int                       status;

	if (!audit_options_read(argc, argv, &verb, &o, &status))
		return status;
	pass_open(&o, &pass);
	while (pass_next(&pass, &e))
		checkpoint_take_record(&own, &e);
	status = pass.status;
	if (status == 0 && !pass_is_one(&pass))
		status = EXIT_USAGE;
	if (status == 0)
		status = pass_say_unsound(&pass);
	if (status == 0)
		status = own.tlog ? print_tlog(&own, pass.verify) : print_note(pass.verify);
	pass_free(&pass);
	return status;
}
