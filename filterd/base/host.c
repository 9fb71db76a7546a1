/* SPDX-License-Identifier: MIT */

/*
 * Nearly all labels are in lower case and need no escape: these are tested and copied in one step.
 * For any other label both spellings are written; the one as sent is kept only if a byte of the
 * name differs.
 */

#include "base/host.h"

#include <string.h>

#define LABEL_MAX 63            /* octets; RFC 1035, section 2.3.4 */
#define WIRE_MAX  255           /* octets, the root's length octet included */

struct host host_literal(const char *canonical)
{
	return (struct host){ .text = canonical, .len = strlen(canonical) };
}

/*
 * An octet in a canonical text. An octet that needs an escape maps to another value, below '!'.
 */
static const char canonical[UINT8_MAX + 1] =
	"\1\0\0\0\0\0\0\0" "\0\0\0\0\0\0\0\0" "\0\0\0\0\0\0\0\0" "\0\0\0\0\0\0\0\0"
	"\0!\0#$%&'()*+,-\0/" "0123456789:;<=>?" "@abcdefghijklmno" "pqrstuvwxyz[\0]^_"
	"`abcdefghijklmno" "pqrstuvwxyz{|}~";

/* Is it already canonical? If not, part of it may have been written. */
static bool put_canonical(char *to, struct bytes label)
{
	int differs = 0;

	for (size_t i = 0; i < label.len; i++) {
		to[i] = canonical[label.at[i]];
		differs |= to[i] ^ (char)label.at[i];
	}
	return differs == 0;
}

/* At most four characters; the caller has checked that they fit. */
static size_t host_put_character(char *to, uint8_t c)
{
	if (canonical[c] >= '!') {
		to[0] = (char)c;
		return 1;
	}
	to[0] = '\\';
	to[1] = (char)('0' + c / 100);
	to[2] = (char)('0' + c / 10 % 10);
	to[3] = (char)('0' + c % 10);
	return 4;
}

/* From now on the spelling as sent is a separate text. */
static void keep_sent(struct host_text *t)
{
	if (t->sent_len > 0)
		return;
	memcpy(t->sent, t->text, t->len);
	t->sent_len = t->len;
}

static void end_texts(struct host_text *t)
{
	t->text[t->len]      = '\0';
	t->sent[t->sent_len] = '\0';
}

static void add_other(struct host_text *t, struct bytes label)
{
	bool has_upper = false;

	for (size_t i = 0; i < label.len; i++)
		has_upper |= label.at[i] >= 'A' && label.at[i] <= 'Z';
	if (has_upper)
		keep_sent(t);
	if (t->len > 0) {
		t->text[t->len++] = '.';
		if (t->sent_len > 0)
			t->sent[t->sent_len++] = '.';
	}

	/*
	 * keep_sent() leaves a length of 0 for an empty name, so the flag decides for the first
	 * label.
	 */
	bool keeps = has_upper || t->sent_len > 0;

	for (size_t i = 0; i < label.len; i++) {
		uint8_t c     = label.at[i];
		uint8_t lower = c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;

		t->len += (uint16_t)host_put_character(t->text + t->len, lower);
		if (keeps)
			t->sent_len += (uint16_t)host_put_character(t->sent + t->sent_len, c);
	}
}

enum parse host_add_label(struct host_text *t, struct bytes label)
{
	size_t at = t->len > 0 ? t->len + 1u : 0;       /* behind a dot */

	if (label.len == 0 || label.len > LABEL_MAX || t->wire_len + 1 + label.len > WIRE_MAX)
		return PARSE_BAD;
	if (t->sent_len == 0 && put_canonical(t->text + at, label)) {
		if (at > 0)
			t->text[at - 1] = '.';
		t->len = (uint16_t)(at + label.len);
	} else {
		add_other(t, label);
	}
	t->wire_len += (uint16_t)(1 + label.len);
	end_texts(t);
	return PARSE_OK;
}

/*
 * Labels that fit; false if a part of them is not canonical: then only bytes after t->len have
 * changed.
 */
static bool put_labels(struct host_text *t, struct bytes labels)
{
	/* a dot replaces each length, except before the first label */
	size_t skip = t->len > 0 ? 0 : 1;
	char  *to   = t->text + t->len;
	size_t len;

	for (size_t at = 0; at < labels.len; at += 1 + len) {
		len = labels.at[at];
		if (at >= skip)
			to[at - skip] = '.';
		if (!put_canonical(to + at + 1 - skip, bytes_of(labels.at + at + 1, len)))
			return false;
	}
	t->len += (uint16_t)(labels.len - skip);
	t->wire_len += (uint16_t)labels.len;
	end_texts(t);
	return true;
}

enum parse host_read_labels(struct host_text *t, struct reader *r)
{
	struct bytes labels = r->left;
	size_t       len    = 0;

	while (len < labels.len && len < WIRE_MAX && labels.at[len] > 0 &&
	       labels.at[len] <= LABEL_MAX)
		len += 1u + labels.at[len];
	labels = read_bytes(r, len);
	if (labels.len != len || t->wire_len + len > WIRE_MAX)
		return PARSE_BAD;
	if (len == 0 || (t->sent_len == 0 && put_labels(t, labels)))
		return PARSE_OK;
	for (size_t at = 0; at < len; at += 1u + labels.at[at]) {
		if (host_add_label(t, bytes_of(labels.at + at + 1, labels.at[at])) != PARSE_OK)
			return PARSE_BAD;
	}
	return PARSE_OK;
}

/* The next label of a text: up to a dot, which is removed, too. */
static struct bytes next_label(struct bytes *text, bool *ended_by_dot)
{
	size_t len = 0;

	while (len < text->len && text->at[len] != '.')
		len++;

	struct bytes label = bytes_first(*text, len);

	*ended_by_dot = len < text->len;
	*text = bytes_from(*text, len + 1);
	return label;
}

enum parse host_from_text(struct bytes text, struct host_text *out)
{
	bool dot = false;

	host_clear(out);
	if (text.len == 0 || memchr(text.at, '\0', text.len) != NULL)
		return PARSE_BAD;
	while (text.len > 0) {
		if (host_add_label(out, next_label(&text, &dot)) != PARSE_OK)
			return PARSE_BAD;
	}
	if (dot) {
		keep_sent(out);
		out->sent[out->sent_len++] = '.';
		end_texts(out);
	}
	return PARSE_OK;
}

bool host_is_address(struct host host)
{
	unsigned dots = 0, digits = 0;

	if (host.len > 0 && (host.text[0] == '[' || memchr(host.text, ':', host.len) != NULL))
		return true;
	for (size_t i = 0; i < host.len; i++) {
		dots += host.text[i] == '.';
		digits += host.text[i] >= '0' && host.text[i] <= '9';
	}
	return dots == 3 && digits >= 4 && dots + digits == host.len;
}
