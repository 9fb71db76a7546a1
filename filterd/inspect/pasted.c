/* SPDX-License-Identifier: MIT */

/*
 * From the outside in: quotes and blanks, the scheme, user and password, the path, the port.
 * Brackets around a dot go while the text is copied; those of an IPv6 address stay until then.
 */

#include "inspect/pasted.h"

#include "base/host.h"
#include "wire/packet.h"

#include <string.h>
#include <strings.h>

/* Punctuation around a host in sentences and mails. */
static const char *const pasted_quotes[] = {
	" ", "\t", "\n", "\r", "\"", "'", "`", "<", ">", "(", ")", ",", ";",
	"\xc2\xa0", "\xc2\xab", "\xc2\xbb", "\xe2\x80\x98", "\xe2\x80\x99", "\xe2\x80\x9a",
	"\xe2\x80\x9c", "\xe2\x80\x9d", "\xe2\x80\x9e", "\xe2\x80\x8b", "\xef\xbb\xbf",
};

static const struct { const char *name; uint16_t port; bool is_udp; } pasted_schemes[] = {
	{ "http", 80, false },   { "https", 443, false }, { "ws", 80, false },
	{ "wss", 443, false },   { "ftp", 21, false },    { "tls", 853, false },
	{ "quic", 853, true },   { "h3", 443, true },     { "hxxp", 80, false },
	{ "hxxps", 443, false },
};

static bool pasted_starts(struct bytes text, const char *with)
{
	size_t len = strlen(with);

	return text.len >= len && memcmp(text.at, with, len) == 0;
}

static struct bytes pasted_trim(struct bytes text)
{
	size_t before;

	do {
		before = text.len;
		for (size_t i = 0; i < COUNT(pasted_quotes); i++) {
			const char *quote = pasted_quotes[i];
			size_t      len   = strlen(quote);

			if (pasted_starts(text, quote))
				text = bytes_from(text, len);
			if (text.len >= len &&
			    memcmp(text.at + text.len - len, quote, len) == 0)
				text.len -= len;
		}
	} while (text.len < before);
	return text;
}

/* "[.]", "(.)" and "[dot]" keep mail programs from making a link. */
static void pasted_copy(struct writer *to, struct bytes text)
{
	static const char *const dots[] = { "[.]", "(.)", "[dot]", "(dot)" };

	while (text.len > 0) {
		size_t i = 0;

		while (i < COUNT(dots) && !pasted_starts(text, dots[i]))
			i++;
		if (i < COUNT(dots)) {
			write_text(to, ".");
			text = bytes_from(text, strlen(dots[i]));
			continue;
		}
		write_u8(to, text.at[0] == '\\' ? '/' : text.at[0]);
		text = bytes_from(text, 1);
	}
}

/* The place of the first of these characters; the length if there is none. */
static size_t pasted_find(struct bytes text, const char *any)
{
	size_t len = 0;

	while (len < text.len && (text.at[len] == '\0' || strchr(any, text.at[len]) == NULL))
		len++;
	return len;
}

static struct bytes pasted_cut_scheme(struct bytes text, struct pasted *out)
{
	size_t len = pasted_find(text, ":/?#[]@. ");

	out->is_plain = true;
	if (pasted_starts(text, "//"))
		return bytes_from(text, 2);
	if (!pasted_starts(bytes_from(text, len), "://"))
		return text;
	out->is_plain = len == 4 && (text.at[0] | 0x20) == 'h';
	for (size_t i = 0; i < COUNT(pasted_schemes); i++) {
		if (strlen(pasted_schemes[i].name) != len ||
		    strncasecmp(pasted_schemes[i].name, (const char *)text.at, len) != 0)
			continue;
		out->has_port = true;
		out->port     = pasted_schemes[i].port;
		out->is_udp   = pasted_schemes[i].is_udp;
	}
	return bytes_from(text, len + 3);
}

static struct bytes pasted_cut_path(struct bytes text, struct pasted *out)
{
	size_t len = pasted_find(text, "/?#");

	out->path = bytes_from(text, len);
	out->path = out->path.len > 0 && out->path.at[0] == '/'
	                    ? bytes_first(out->path, pasted_find(out->path, "?#"))
	                    : (struct bytes){ 0 };
	return bytes_first(text, len);
}

static struct bytes pasted_cut_user(struct bytes text)
{
	size_t at;

	while ((at = pasted_find(text, "@")) < text.len)
		text = bytes_from(text, at + 1);
	return text;
}

static enum parse pasted_take_port(struct bytes digits, struct pasted *out)
{
	uint32_t port = 0;

	if (digits.len == 0)
		return PARSE_OK;        /* "host:" */
	for (size_t i = 0; i < digits.len; i++) {
		if (digits.at[i] < '0' || digits.at[i] > '9' || port > UINT16_MAX)
			return PARSE_BAD;
		port = port * 10 + (digits.at[i] - '0');
	}
	if (port == 0 || port > UINT16_MAX)
		return PARSE_BAD;
	out->has_port = true;
	out->port     = (uint16_t)port;
	return PARSE_OK;
}

/* Only an IPv6 address has a colon in it. */
static enum parse pasted_cut_port(struct bytes text, struct pasted *out)
{
	size_t colon = pasted_find(text, ":"), end = pasted_find(text, "]");

	out->host = text;
	if (pasted_starts(text, "[") && end < text.len) {
		out->host = bytes_of(text.at + 1, end - 1);
		text      = bytes_from(text, end + 1);
		if (text.len > 0 && text.at[0] != ':')
			return PARSE_BAD;
		return pasted_take_port(bytes_from(text, 1), out);
	}
	if (pasted_find(bytes_from(text, colon + 1), ":") + colon + 1 < text.len)
		return PARSE_OK;
	out->host = bytes_first(text, colon);
	return pasted_take_port(bytes_from(text, colon + 1), out);
}

/* ".example.com" and "*.example.com" from lists, and "example.com." from name servers. */
static struct bytes pasted_trim_dots(struct bytes host)
{
	if (pasted_starts(host, "*."))
		host = bytes_from(host, 2);
	while (pasted_starts(host, "."))
		host = bytes_from(host, 1);
	while (host.len > 0 && host.at[host.len - 1] == '.')
		host.len--;
	return host;
}

static bool pasted_is_address(struct pasted *out)
{
	struct bytes   host = bytes_first(out->host, pasted_find(out->host, "%"));
	struct address address;

	if (address_from_text(host, &address) != PARSE_OK)
		return false;
	out->host = host;
	return true;
}

enum parse pasted_read(struct bytes text, struct pasted *out)
{
	struct writer w = writer_over(out->text, sizeof(out->text));
	enum parse    status;

	out->has_port = out->is_udp = false;
	out->port     = 0;
	text          = pasted_trim(text);
	if (text.len > sizeof(out->text))
		return PARSE_BAD;
	pasted_copy(&w, text);
	text   = pasted_cut_scheme(writer_written(&w), out);
	text   = pasted_cut_user(pasted_cut_path(text, out));
	status = pasted_cut_port(text, out);
	if (status != PARSE_OK)
		return status;
	out->host = pasted_trim_dots(out->host);
	out->kind = pasted_is_address(out) ? PASTED_ADDRESS : PASTED_NAME;
	return out->host.len > 0 ? PARSE_OK : PARSE_BAD;
}
