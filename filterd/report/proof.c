/* SPDX-License-Identifier: MIT */

#include "report/proof.h"

#include <string.h>

/* Is this a word without any meaning to a shell? */
static bool is_plain(const char *text)
{
	return text[0] != '\0' &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/") ==
	               strlen(text);
}

/* 0, or -errno of note.h. */
static int write_files(struct writer *w, const struct verify *v)
{
	const struct note_key *key   = &v->newest_key;
	int                    error;

	write_text(w, "# The newest note, its signature, and the key that was in use, as "
	              "files.\ncat >note <<'EOF'\n");
	note_write_text(w, key->origin, v->newest_seq, v->newest_hash);
	write_text(w, "EOF\ncat >note.sig <<'EOF'\n");
	error = note_write_signify(w, key, v->newest_sig);
	write_text(w,
	           "EOF\ntail -n 1 note.sig | base64 -d | tail -c 64 >sig\ncat >key.pub <<'EOF'\n");
	if (error == 0)
		error = note_key_write_signify(w, key);
	write_text(w, "EOF\ncat >key.pem <<'EOF'\n");
	if (error == 0)
		error = note_key_write_pem(w, key);
	write_text(w, "EOF\n\n");
	return error;
}

static int write_commands(struct writer *w, const struct verify *v)
{
	int error;

	write_text(w, "# 1. Record N hangs on the one before: both lines must show the same hash "
	              "(here N = 1 and 2 of a file).\n"
	              "sed -n 1p LOG.jsonl | sha256sum\n"
	              "sed -n 2p LOG.jsonl | grep -o '\"prev\":\"[0-9a-f]*'\n\n");
	error = write_files(w, v);
	write_text(w, "# 2. and 3. Two programs that know nothing of filterd say whether that key "
	              "signed that note.\n"
	              "openssl pkeyutl -verify -rawin -pubin -inkey key.pem -in note -sigfile sig\n"
	              "signify-openbsd -V -p key.pub -m note -x note.sig\n\n"
	              "# 4. Closed files are those that filterd closed.\n"
	              "sha256sum --check --ignore-missing SHA256SUMS\n");
	return error;
}

void proof_of(const struct verify *v, struct proof *out)
{
	struct writer root     = writer_over(out->root, sizeof(out->root) - 1),
		      note     = writer_over(out->note, sizeof(out->note) - 1);
	struct writer commands = writer_over(out->commands, sizeof(out->commands) - 1);

	memset(out, 0, sizeof(*out));
	if (v->seals.root.origin[0] != '\0' && note_key_write(&root, &v->seals.root) == 0)
		out->root[root.len] = '\0';
	if (!v->has_newest || !is_plain(v->newest_key.origin) ||
	    note_write_hashed(&note, &v->newest_key, v->newest_seq, v->newest_hash,
	                      v->newest_sig) != 0 ||
	    write_commands(&commands, v) != 0 || commands.full)
		return;
	out->has_note               = true;
	out->note[note.len]         = '\0';
	out->commands[commands.len] = '\0';
}
