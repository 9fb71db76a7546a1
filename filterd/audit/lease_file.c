/* SPDX-License-Identifier: MIT */

/*
 * One reader per format, each over whole lines. The server says whether a lease has expired, not
 * the clock: a router may have none.
 */

#include "audit/lease_file.h"

#include "base/plain.h"

#include <string.h>

#define COLUMNS_MAX 32          /* of Kea's; it has 12 to 18, by version */

struct lease_walking {
	struct bytes left;
	lease_take  *take;
	void        *context;
};

static bool lease_file_next_line(struct lease_walking *w, struct bytes *line_out)
{
	if (w->left.len == 0 || memchr(w->left.at, '\n', w->left.len) == NULL)
		return false;
	*line_out = bytes_cut_text_line(&w->left);
	return true;
}

/* Cuts the first part of *rest, up to one of the two bytes, which is removed, too. */
static struct bytes cut_at(struct bytes *rest, uint8_t one, uint8_t other)
{
	size_t len = 0;

	while (len < rest->len && rest->at[len] != one && rest->at[len] != other)
		len++;

	struct bytes part = bytes_first(*rest, len);

	*rest = bytes_from(*rest, len + 1);
	return part;
}

/* Empty at the end of the line. */
static struct bytes lease_file_next_word(struct bytes *rest)
{
	struct bytes word = { 0 };

	while (rest->len > 0 && word.len == 0)
		word = cut_at(rest, ' ', '\t');
	return word;
}

static void add_byte(struct lease *l, uint8_t c)
{
	if (l->name_len < LEASE_NAME_MAX)
		l->name[l->name_len++] = c;
}

/* The client chose it: cut a long one after a whole character. */
static void end_name(struct lease *l)
{
	if (l->name_len == LEASE_NAME_MAX)
		l->name_len = plain_whole(bytes_of(l->name, l->name_len));
	if (l->name_len > 0 && l->name[l->name_len - 1] == '.')
		l->name_len--;
}

static void lease_file_read_mac(struct lease *l, struct bytes word)
{
	l->has_mac = mac_from_text(word, l->mac) == PARSE_OK;
}

static void read_dnsmasq_line(struct lease_walking *w, struct bytes line)
{
	struct lease l = { 0 };
	struct bytes name;

	lease_file_next_word(&line);
	lease_file_read_mac(&l, lease_file_next_word(&line));
	if (address_from_text(lease_file_next_word(&line), &l.address) != PARSE_OK)
		return;
	name = lease_file_next_word(&line);
	for (size_t i = 0; i < name.len && !bytes_is(name, "*"); i++)
		add_byte(&l, name.at[i]);
	end_name(&l);
	w->take(w->context, &l);
}

/*
 * A line of CSV; the last field is always empty, and is used for columns missing from the file.
 */
struct lease_row {
	struct bytes fields[COLUMNS_MAX + 1];
};

static struct lease_row read_row(struct bytes line)
{
	struct lease_row row = { 0 };

	for (size_t i = 0; i < COLUMNS_MAX && line.len > 0; i++)
		row.fields[i] = cut_at(&line, ',', ',');
	return row;
}

static size_t column_of(const struct lease_row *header, const char *name)
{
	size_t i = 0;

	while (i < COLUMNS_MAX && !bytes_is(header->fields[i], name))
		i++;
	return i;
}

/* Kea writes a comma as &#x2c. */
static void read_kea_name(struct lease *l, struct bytes text)
{
	while (text.len > 0) {
		struct bytes digits = bytes_begin(text, "&#x") ? bytes_first(bytes_from(text, 3), 2)
		                                          : (struct bytes){ 0 };
		uint8_t      c      = text.at[0];
		size_t       len    = bytes_from_hex(digits, &c, 1) == PARSE_OK ? 5 : 1;

		add_byte(l, c);
		text = bytes_from(text, len);
	}
	end_name(l);
}

static void read_kea(struct lease_walking *w, struct bytes header_line)
{
	const struct lease_row header  = read_row(header_line);
	const size_t address = column_of(&header, "address"), mac = column_of(&header, "hwaddr");
	const size_t name = column_of(&header, "hostname"), state = column_of(&header, "state");
	const size_t           valid   = column_of(&header, "valid_lifetime");
	struct bytes           line;

	while (lease_file_next_line(w, &line)) {
		struct lease_row row = read_row(line);
		struct lease     l   = { 0 };

		if (address_from_text(row.fields[address], &l.address) != PARSE_OK)
			continue;
		lease_file_read_mac(&l, row.fields[mac]);
		read_kea_name(&l, row.fields[name]);
		/* State 0 is in use; a lifetime of 0 marks a deletion. */
		l.is_over = (row.fields[state].len > 0 &&
		             !bytes_is(row.fields[state], "0")) ||
		            bytes_is(row.fields[valid], "0");
		w->take(w->context, &l);
	}
}

static bool is_octal(struct bytes text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] < '0' || text.at[i] > '7')
			return false;
	}
	return text.len == 3;
}

/* A quoted string with the escapes \", \\ and \nnn (a byte). */
static void read_dhcpd_name(struct lease *l, struct bytes text)
{
	cut_at(&text, '"', '"');
	l->name_len = 0;
	while (text.len > 0 && text.at[0] != '"') {
		struct bytes code = bytes_first(bytes_from(text, 1), 3);
		uint8_t      c    = text.at[0];
		size_t       len  = 1;

		if (c == '\\' && is_octal(code)) {
			c   = (uint8_t)((code.at[0] - '0') << 6 | (code.at[1] - '0') << 3 |
                                      (code.at[2] - '0'));
			len = 4;
		} else if (c == '\\' && code.len > 0) {
			c   = code.at[0];
			len = 2;
		}
		add_byte(l, c);
		text = bytes_from(text, len);
	}
	end_name(l);
}

/* A statement within a block. */
static void read_dhcpd_line(struct lease *l, struct bytes line)
{
	struct bytes word = lease_file_next_word(&line);

	if (bytes_is(word, "client-hostname")) {
		read_dhcpd_name(l, line);
	} else if (bytes_is(word, "hardware")) {
		lease_file_next_word(&line);
		line = lease_file_next_word(&line);
		lease_file_read_mac(l, cut_at(&line, ';', ';'));
	} else if (bytes_is(word, "binding")) {
		lease_file_next_word(&line);
		l->is_over = !bytes_is(lease_file_next_word(&line), "active;");
	}
}

static void read_dhcpd(struct lease_walking *w, struct bytes line)
{
	bool         inside = false;
	struct lease l      = { 0 };

	do {
		struct bytes rest = line;

		if (bytes_is(lease_file_next_word(&rest), "lease")) {
			l      = (struct lease){ 0 };
			inside = address_from_text(lease_file_next_word(&rest), &l.address) ==
			         PARSE_OK;
		} else if (inside && bytes_begin(line, "}")) {
			w->take(w->context, &l);
			inside = false;
		} else if (inside) {
			read_dhcpd_line(&l, line);
		}
	} while (lease_file_next_line(w, &line));
}

void lease_walk(struct bytes text, lease_take *take, void *context)
{
	struct lease_walking w = { .left = text, .take = take, .context = context };
	struct bytes         line;

	do {
		if (!lease_file_next_line(&w, &line))
			return;
	} while (line.len == 0 || line.at[0] == '#');
	if (bytes_begin(line, "address,")) {
		read_kea(&w, line);
	} else if ((line.at[0] >= '0' && line.at[0] <= '9') || bytes_begin(line, "duid ")) {
		do
			read_dnsmasq_line(&w, line);
		while (lease_file_next_line(&w, &line));
	} else {
		read_dhcpd(&w, line);
	}
}
