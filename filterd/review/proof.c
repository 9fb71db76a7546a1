/* SPDX-License-Identifier: MIT */

#include "review/proof.h"

#include <openssl/evp.h>
#include <string.h>

/* In front of a raw key: SubjectPublicKeyInfo of Ed25519 (RFC 8410, section 4), 12 bytes, so base64 of both can be set side by side. */
#define PEM_HEAD "MCowBQYDK2VwAyEA"

static void write_base64(struct writer *w, struct bytes what)
{
	uint8_t text[160];

	if (what.len <= 96)
		write_bytes(w, bytes_of(text, (size_t)EVP_EncodeBlock(text, what.at, (int)what.len)));
}

/* signify's files: "Ed", eight bytes that must be the same in key and signature, then either. */
static void write_signify(struct writer *w, const uint8_t key_id[CHAIN_KEYID], const uint8_t *what, size_t len)
{
	uint8_t       room[2 + 8 + CHAIN_SIG];
	struct writer raw = writer_over(room, sizeof(room));

	write_text(&raw, "Ed");
	write_bytes(&raw, bytes_of(key_id, CHAIN_KEYID));
	write_u32(&raw, 0);
	write_bytes(&raw, bytes_of(what, len));
	write_base64(w, writer_written(&raw));
}

/* Words that mean nothing to a shell. */
static bool is_plain(const char *text)
{
	return text[0] != '\0' && strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/") == strlen(text);
}

static void write_note_text(struct writer *w, const struct verify *v)
{
	write_text(w, v->newest_key.origin);
	write_text(w, "\n");
	write_decimal(w, v->newest_seq);
	write_text(w, "\n");
	write_base64(w, bytes_of(v->newest_hash, CHAIN_HASH));
	write_text(w, "\n");
}

static void write_commands(struct writer *w, const struct verify *v, const uint8_t key_id[CHAIN_KEYID])
{
	write_text(w, "# 1. Record N hangs on the one before: both lines must show the same hash (here N = 1 and 2 of a file).\n"
	              "sed -n 1p LOG.jsonl | sha256sum\n"
	              "sed -n 2p LOG.jsonl | grep -o '\"prev\":\"[0-9a-f]*'\n\n"
	              "# The newest note, its signature, and the key that was in use, as files.\n"
	              "cat >note <<'EOF'\n");
	write_note_text(w, v);
	write_text(w, "EOF\necho ");
	write_base64(w, bytes_of(v->newest_sig, CHAIN_SIG));
	write_text(w, " | base64 -d >sig\nprintf -- '-----BEGIN PUBLIC KEY-----\\n" PEM_HEAD);
	write_base64(w, bytes_of(v->newest_key.public, NOTE_KEY));
	write_text(w, "\\n-----END PUBLIC KEY-----\\n' >key.pem\nprintf 'untrusted comment: filterd\\n");
	write_signify(w, key_id, v->newest_key.public, NOTE_KEY);
	write_text(w, "\\n' >key.pub\nprintf 'untrusted comment: filterd\\n");
	write_signify(w, key_id, v->newest_sig, CHAIN_SIG);
	write_text(w, "\\n' >note.sig\n\n"
	              "# 2. and 3. Two programs that know nothing of filterd say whether that key signed that note.\n"
	              "openssl pkeyutl -verify -rawin -pubin -inkey key.pem -in note -sigfile sig\n"
	              "signify-openbsd -V -p key.pub -m note -x note.sig\n\n"
	              "# 4. Closed files are those that filterd closed.\n"
	              "sha256sum --check --ignore-missing SHA256SUMS\n");
}

void proof_of(const struct verify *v, struct proof *out)
{
	struct writer root = writer_over(out->root, sizeof(out->root) - 1), note = writer_over(out->note, sizeof(out->note) - 1);
	struct writer commands = writer_over(out->commands, sizeof(out->commands) - 1);
	uint8_t       key_id[CHAIN_KEYID];

	memset(out, 0, sizeof(*out));
	if (v->seals.root.origin[0] != '\0' && note_key_write(&root, &v->seals.root) == 0)
		out->root[root.len] = '\0';
	if (!v->has_newest || !is_plain(v->newest_key.origin) || note_key_id(&v->newest_key, key_id) != 0)
		return;
	write_note_text(&note, v);
	write_text(&note, "\n\xe2\x80\x94 ");
	write_text(&note, v->newest_key.origin);
	write_text(&note, " ");
	if (note_write_sig(&note, &v->newest_key, v->newest_sig) != 0)
		return;
	write_text(&note, "\n");
	write_commands(&commands, v, key_id);
	out->has_note                = true;
	out->note[note.len]          = '\0';
	out->commands[commands.len]  = '\0';
}
