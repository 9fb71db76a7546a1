/* SPDX-License-Identifier: MIT */

/*
 * One row of the table below has everything about a setting: the parser uses it, and a test
 * compares the sample configuration and the manual page with it.
 */

#include "policy/settings.h"

#include "crypto/crypto.h"
#include "policy/ini.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const modes[]       = { "enforce", "observe", NULL };
static const char *const clocks[]      = { "check", "believe", NULL };
static const char *const no_yes[]      = { "no", "yes", NULL };
static const char *const on_blocks[]   = { "reject", "drop", NULL };
static const char *const dns_answers[] = { "nxdomain", "refused", "unspecified", NULL };
static const char *const on_failures[] = { "open", "closed", NULL };
static const char *const backends[]    = { "auto", "nft", "iptables", NULL };
static const char *const offloads[]    = { "auto", "none", "hold", "own", NULL };
static const char *const outcomes[]    = { "pass", "log", "block", NULL };
static const char *const requests[]    = { "first", "all", NULL };
static const char *const ech_choices[] = { "keep", "remove", NULL };
static const char *const syncs[]       = { "checkpoint", "record", "never", NULL };
static const char *const on_log_failures[] = { "enforce", "block-all", "stop", NULL };
static const char *const confinements[] = { "full", "seccomp", "landlock", "rights", NULL };
static const char *const logs[]        = { "stderr", "syslog", NULL };

#define BLANKS        " \t"
#define INTERFACE_MAX 15        /* bytes of a name: IFNAMSIZ less the NUL, linux/if.h */

#define AT(member) offsetof(struct settings, member)

/* A number with its unit and bounds; a choice of words; a text with this minimum length. */
#define NUMBER(section, key, fallback, unit, member, least, most, when) \
	{ section, key, SETTING_NUMBER, fallback, unit, NULL, AT(member), least, most, NULL, \
	  SETTING_##when }
#define CHOICE(section, key, fallback, member, choices, when) \
	{ section, key, SETTING_CHOICE, fallback, "", NULL, AT(member), 0, 0, choices, \
	  SETTING_##when }
#define TEXT(type, section, key, fallback, expects, member, least, when) \
	{ section, key, SETTING_##type, fallback, "", expects, AT(member), least, 0, NULL, \
	  SETTING_##when }

const struct setting settings_table[] = {
	TEXT(LIST, "policy", "files", "policy/kaspersky-us.policy",
	     "policy files, separated by spaces", files, 1, AT_ONCE),
	TEXT(TEXT, "policy", "waivers", "policy/waivers.policy", "a file name, or none", waivers, 0,
	     AT_ONCE),
	CHOICE("policy", "mode", "enforce", mode, modes, AT_ONCE),
	CHOICE("policy", "clock", "check", clock, clocks, AT_ONCE),
	NUMBER("policy", "watch", "0", "seconds", watch_s, 0, 3600, AT_ONCE),
	NUMBER("policy", "max-shrink", "50", "percent", max_shrink, 0, 100, AT_ONCE),
	{ "policy", "strict-lists", SETTING_CHOICE, "no", "", "yes or no",
	  AT(strict_lists), 0, 0, no_yes, SETTING_AT_ONCE },
	TEXT(LIST, "policy", "signed-by", "",
	     "files with public keys, separated by spaces, or none", signed_by, 0, AT_ONCE),
	CHOICE("block", "on-block", "reject", on_block, on_blocks, WITH_RULES),
	CHOICE("block", "dns-answer", "nxdomain", dns_answer, dns_answers, AT_ONCE),
	TEXT(TEXT, "block", "dns-text", "blocked by policy", "a short text, or none", dns_text, 0,
	     AT_ONCE),
	CHOICE("inspect", "no-name", "pass", no_name, outcomes, AT_ONCE),
	CHOICE("inspect", "ech", "log", ech, outcomes, AT_ONCE),
	TEXT(LIST, "inspect", "ech-names", "cloudflare-ech.com",
	     "host names separated by spaces, or none", ech_names, 0, AT_ONCE),
	CHOICE("inspect", "ech-answers", "keep", ech_answers, ech_choices, AT_ONCE),
	CHOICE("inspect", "quic-unreadable", "log", quic_unread, outcomes, AT_ONCE),
	CHOICE("inspect", "over-limit", "log", over_limit, outcomes, AT_ONCE),
	CHOICE("inspect", "unreadable", "log", unreadable, outcomes, AT_ONCE),
	CHOICE("inspect", "http-requests", "first", http_requests, requests, AT_ONCE),
	NUMBER("inspect", "stream-bytes", "20480", "bytes", stream_bytes, 1024, 20480, AT_ONCE),
	NUMBER("inspect", "stream-gaps", "4096", "segments", stream_gaps, 1, 20480, AT_ONCE),
	NUMBER("inspect", "tls-records", "128", "records", tls_records, 1, 128, AT_ONCE),
	NUMBER("inspect", "quic-datagrams", "16", "datagrams", quic_datagrams, 1, 64, AT_ONCE),
	NUMBER("queue", "first", "7100", "queue number", first, 0, 65504, WITH_RULES_AT_START),
	NUMBER("queue", "workers", "1", "threads", workers, 1, 16, WITH_RULES_AT_START),
	NUMBER("queue", "length", "4096", "packets", length, 64, 65535, AT_START),
	NUMBER("queue", "buffer", "4096", "KiB", buffer_kib, 128, 262144, AT_START),
	NUMBER("queue", "source-rate", "5000", "packets/s", source_rate, 0, 1000000, WITH_RULES),
	CHOICE("queue", "on-failure", "open", on_failure, on_failures, WITH_RULES_AT_START),
	CHOICE("queue", "backend", "auto", backend, backends, WITH_RULES),
	TEXT(MASK, "queue", "mark-mask", "0xf0000000",
	     "a number such as 0xf0000000 with exactly four bits set",
	     mark_mask, 4, WITH_RULES_AT_START),
	TEXT(INTERFACES, "queue", "protect", "auto",
	     "auto, or names of interfaces separated by spaces", protect, 1, WITH_RULES),
	CHOICE("queue", "offload", "auto", offload, offloads, WITH_RULES),
	NUMBER("flow", "flows", "16384", "flows", flows, 256, 4194304, AT_START),
	NUMBER("flow", "flow-idle", "120", "seconds", flow_idle_s, 5, 86400, AT_START),
	NUMBER("flow", "hellos", "256", "streams", hellos, 16, 65536, AT_START),
	NUMBER("flow", "udp-packets", "8", "packets", udp_packets, 1, 1000, AT_ONCE),
	TEXT(TEXT, "audit", "file", "/var/log/filterd/audit.jsonl", "a file name", audit_file, 1,
	     AT_START),
	TEXT(TEXT, "audit", "sensor", "", "a name, or none", sensor, 0, AT_START),
	TEXT(TEXT, "audit", "keys", "/var/lib/filterd", "a folder", keys, 1, AT_START),
	NUMBER("audit", "heartbeat", "60", "seconds", heartbeat_s, 5, 3600, AT_START),
	NUMBER("audit", "segment", "64", "MiB", segment_mib, 1, 4096, AT_START),
	NUMBER("audit", "total", "2048", "MiB", total_mib, 0, 4194304, AT_START),
	NUMBER("audit", "days", "400", "days", days, 0, 36500, AT_START),
	CHOICE("audit", "sync", "checkpoint", sync, syncs, AT_START),
	NUMBER("audit", "repeat-window", "60", "seconds", repeat_window_s, 0, 900, AT_START),
	NUMBER("audit", "repeats", "4096", "entries", repeats, 64, 65536, AT_START),
	TEXT(TEXT, "audit", "repeats-file", "/run/filterd/repeats", "a file name, or none",
	     repeats_file, 0, AT_START),
	TEXT(TEXT, "audit", "anchors", "", "a file name, or none", anchors, 0, AT_START),
	TEXT(TEXT, "audit", "flush-to", "", "a folder, or none", flush_to, 0, AT_START),
	NUMBER("audit", "flush-every", "900", "seconds", flush_every_s, 5, 86400, AT_START),
	TEXT(LIST, "audit", "leases", "auto",
	     "auto, file names separated by spaces, or none", leases, 0, AT_START),
	CHOICE("audit", "on-log-failure", "enforce", on_log_failure, on_log_failures, AT_ONCE),
	TEXT(TEXT, "daemon", "user", "filterd", "a user of this host, or none", user, 0, AT_START),
	CHOICE("daemon", "confinement", "full", confinement, confinements, AT_START),
	CHOICE("daemon", "log", "stderr", log, logs, AT_START),
	TEXT(TEXT, "daemon", "control", "/run/filterd/control", "a file name, or none", control, 0,
	     AT_START),
	TEXT(TEXT, "daemon", "metrics", "", "a file name, or none", metrics, 0, AT_START),
	NUMBER("daemon", "pause-most", "240", "minutes", pause_most_min, 0, 1440, AT_ONCE),
};

const size_t settings_count = COUNT(settings_table);

static const struct settings_gone gone[] = {
	{ "inspect", "strict", "filterd always waits for the server's acknowledgement now" },
};

static void *value_of(struct settings *s, const struct setting *row)
{
	return (char *)s + row->offset;
}

static const void *value_in(const struct settings *s, const struct setting *row)
{
	return (const char *)s + row->offset;
}

/* `log` is a choice that is kept as its word. */
static bool is_text(const struct setting *row)
{
	return row->type == SETTING_TEXT || row->type == SETTING_LIST ||
	       row->type == SETTING_INTERFACES || row->offset == AT(log);
}

static uint32_t settings_number_of(const struct settings *s, const struct setting *row)
{
	uint32_t number;

	_Static_assert(sizeof(enum mode) == sizeof(number),
	               "choices are kept in enums of this size");
	memcpy(&number, value_in(s, row), sizeof(number));
	return number;
}

bool setting_is_same(const struct setting *row, const struct settings *a, const struct settings *b)
{
	return is_text(row) ? strcmp(value_in(a, row), value_in(b, row)) == 0
	                    : settings_number_of(a, row) == settings_number_of(b, row);
}

void setting_keep(const struct setting *row, struct settings *to, const struct settings *from)
{
	memcpy(value_of(to, row), value_in(from, row),
	       is_text(row) ? SETTINGS_TEXT_MAX : sizeof(uint32_t));
}

const char *setting_value(const struct setting *row, const struct settings *s,
                          char room[SETTING_NUMBER_MAX])
{
	if (is_text(row))
		return value_in(s, row);
	if (row->type == SETTING_CHOICE)
		return row->choices[settings_number_of(s, row)];
	snprintf(room, SETTING_NUMBER_MAX, row->type == SETTING_MASK ? "%#x" : "%u",
	         settings_number_of(s, row));
	return room;
}

const char *setting_expects(const struct setting *row, char room[SETTING_EXPECTS_MAX])
{
	struct writer w = writer_over(room, SETTING_EXPECTS_MAX - 1);

	if (row->expects != NULL)
		return row->expects;
	if (row->type == SETTING_NUMBER)
		write_format(&w, "a number from %u to %u", row->least, row->most);
	for (size_t i = 0; row->choices != NULL && row->choices[i] != NULL; i++)
		write_format(&w, "%s%s", i == 0 ? "" : row->choices[i + 1] != NULL ? ", " : " or ",
		             row->choices[i]);
	room[w.len] = '\0';
	return room;
}

static bool settings_set_text(char *to, const struct setting *row, const char *value)
{
	size_t len;

	/* `least` of a text is the minimum length: 1 if it must not be empty. */
	if (row->least == 0 && strcmp(value, "none") == 0)
		value = "";
	len = strlen(value);
	if (len >= SETTINGS_TEXT_MAX || len < row->least)
		return false;
	memcpy(to, value, len + 1);
	return true;
}

/*
 * The first invalid interface name in a list, NULL if all are valid. The kernel allows more
 * characters than these, but nft, iptables and `ip address` give them another meaning: "br*" is a
 * pattern, "eth0@if3" two names.
 */
static const char *no_interface(const char *list)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789._-";

	if (strcmp(list, "auto") == 0)
		return NULL;
	for (list += strspn(list, BLANKS); list[0] != '\0'; list += strspn(list, BLANKS)) {
		size_t len = strspn(list, allowed);

		if (len == 0 || (list[len] != '\0' && strchr(BLANKS, list[len]) == NULL))
			return list + len;
		if (len > INTERFACE_MAX || (len == 4 && strncmp(list, "auto", len) == 0))
			return list;
		list += len;
	}
	return NULL;
}

static bool settings_set_interfaces(char *to, const struct setting *row, const char *value,
                                    const char **at_out)
{
	*at_out = no_interface(value);
	return *at_out == NULL && settings_set_text(to, row, value);
}

static bool to_number(const char *value, uint32_t *out)
{
	unsigned long number;
	char         *end;

	if (value[0] < '0' || value[0] > '9')
		return false;
	errno  = 0;
	number = strtoul(value, &end, 0);
	if (*end != '\0' || errno != 0 || number > UINT32_MAX)
		return false;
	*out = (uint32_t)number;
	return true;
}

static bool settings_set_number(uint32_t *to, const struct setting *row, const char *value)
{
	uint32_t number;

	if (!to_number(value, &number) || number < row->least || number > row->most)
		return false;
	*to = number;
	return true;
}

static bool set_mask(uint32_t *to, const struct setting *row, const char *value)
{
	uint32_t mask;
	unsigned bits = 0;

	if (!to_number(value, &mask))
		return false;
	for (uint32_t left = mask; left != 0; left &= left - 1)
		bits++;
	if (bits != row->least)
		return false;
	*to = mask;
	return true;
}

static bool set_choice(void *to, const struct setting *row, const char *value)
{
	for (unsigned i = 0; row->choices[i] != NULL; i++) {
		if (strcmp(row->choices[i], value) != 0)
			continue;
		if (is_text(row))
			return settings_set_text(to, row, value);
		/* every enum of struct settings counts from 0 in the order of its choices */
		*(unsigned *)to = i;
		return true;
	}
	return false;
}

static bool set(struct settings *s, const struct setting *row, const char *value,
                const char **at_out)
{
	switch (row->type) {
	case SETTING_INTERFACES:
		return settings_set_interfaces(value_of(s, row), row, value, at_out);
	case SETTING_LIST:
	case SETTING_TEXT:   return settings_set_text(value_of(s, row), row, value);
	case SETTING_NUMBER: return settings_set_number(value_of(s, row), row, value);
	case SETTING_MASK:   return set_mask(value_of(s, row), row, value);
	case SETTING_CHOICE: return set_choice(value_of(s, row), row, value);
	}
	return false;
}

void settings_default(struct settings *out)
{
	const char *ignored;

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < settings_count; i++)
		set(out, &settings_table[i], settings_table[i].fallback, &ignored);
}

struct parsing {
	struct settings settings;
	bool            seen[COUNT(settings_table)];
};

/* A line that begins with a blank: further values of a list. One with '=' is a mistake. */
static bool take_more(struct settings *s, const struct setting *row, const char *value,
                      struct problem *problem, const char **at_out)
{
	char        whole[2 * SETTINGS_TEXT_MAX], room[SETTING_EXPECTS_MAX];
	size_t      first;              /* offset of this line in whole */
	const char *at = NULL;

	if ((row->type != SETTING_LIST && row->type != SETTING_INTERFACES) ||
	    strchr(value, '=') != NULL)
		return problem_say(problem, false,
		                   "'%.100s' begins with a blank, so it goes on with '%.60s' of "
		                   "the line before; expected %s", value, row->key,
		                   "a list there, and further values of it here");
	first = strlen(value_in(s, row)) + 1;
	snprintf(whole, sizeof(whole), "%s %.*s", (const char *)value_in(s, row),
	         SETTINGS_TEXT_MAX, value);
	if (strlen(whole) >= SETTINGS_TEXT_MAX)
		return problem_say(problem, false, "'%.60s' goes on with '%.100s': %s", row->key,
		                   value, "expected at most 511 characters in all");
	if (set(s, row, whole, &at))
		return true;
	*at_out = at != NULL && at >= whole + first ? value + (at - whole - first) : NULL;
	return problem_say(problem, false, "'%.60s' goes on with '%.100s': expected %.120s",
	                   row->key, value, setting_expects(row, room));
}

static bool settings_take_pair(void *context, const char *section, const char *name,
                               const char *value, bool goes_on, struct problem *problem,
                               const char **at_out)
{
	struct parsing *p = context;
	bool            section_exists = false;
	char            room[SETTING_EXPECTS_MAX];

	for (size_t i = 0; i < settings_count; i++) {
		const struct setting *row = &settings_table[i];

		if (strcmp(row->section, section) != 0)
			continue;
		section_exists = true;
		if (strcmp(row->key, name) != 0)
			continue;
		if (goes_on)
			return take_more(&p->settings, row, value, problem, at_out);
		if (p->seen[i])
			return problem_say(problem, false,
			                   "'%.60s' occurs twice in [%.40s]; expected it once",
			                   name, section);
		p->seen[i] = true;
		if (!set(&p->settings, row, value, at_out))
			return problem_say(problem, false, "'%.60s = %.100s': expected %.120s",
			                   name, value, setting_expects(row, room));
		return true;
	}
	for (size_t i = 0; i < COUNT(gone); i++) {
		if (strcmp(gone[i].section, section) != 0 || strcmp(gone[i].key, name) != 0)
			continue;
		p->settings.gone = &gone[i];
		return true;
	}
	if (!section_exists)
		return problem_say(problem, false, "there is no section [%.60s]; expected %s",
		                   section,
		                   "[policy], [block], [inspect], [queue], [flow], [audit] or "
		                   "[daemon]");
	return problem_say(problem, false, "there is no setting '%.60s' in [%.40s]%s", name,
	                   section, "; filterd.conf(5) lists all");
}

int settings_parse(const char *text, const char *file, struct settings *out,
                   struct problem *problem_out)
{
	struct parsing p = { 0 };
	int            error;

	settings_default(&p.settings);
	error = ini_walk(text, file, settings_take_pair, &p, problem_out);
	if (error == 0)
		*out = p.settings;
	return error;
}

static bool settings_take_good_pair(void *context, const char *section, const char *name,
                                    const char *value, bool goes_on, struct problem *problem,
                                    const char **at_out)
{
	settings_take_pair(context, section, name, value, goes_on, problem, at_out);
	return true;
}

void settings_salvage(const char *text, struct settings *out)
{
	struct parsing p    = { 0 };
	struct problem ignored;
	char          *copy = strdup(text);

	settings_default(&p.settings);
	/* One line that is too long would make inih refuse the whole file. */
	for (char *line = copy; line != NULL && line[0] != '\0'; line += line[0] == '\n') {
		size_t len = strcspn(line, "\n");

		if (len > INI_LINE_MAX)
			memset(line, '\n', len);
		line += len;
	}
	if (copy != NULL)
		ini_walk(copy, "", settings_take_good_pair, &p, &ignored);
	free(copy);
	*out = p.settings;
}

struct marks settings_marks(const struct settings *s)
{
	uint32_t left = s->mark_mask, bits[4];

	for (size_t i = 0; i < COUNT(bits); i++) {
		bits[i] = left & -left;
		left &= left - 1;
	}
	return (struct marks){ .decided = bits[0], .blocked = bits[1], .seen = bits[2],
	                       .injected = bits[3] };
}

uint32_t settings_queue(const struct settings *s, bool is_udp)
{
	return s->first + (is_udp ? s->workers : 0);
}

static int settings_order(const struct setting *a, const struct setting *b)
{
	int order = strcmp(a->section, b->section);

	return order != 0 ? order : strcmp(a->key, b->key);
}

/* The row after `after`; NULL: the first one. NULL if there is none. */
static const struct setting *settings_next(const struct setting *after)
{
	const struct setting *next = NULL;

	for (size_t i = 0; i < settings_count; i++) {
		const struct setting *row = &settings_table[i];

		if ((after == NULL || settings_order(row, after) > 0) &&
		    (next == NULL || settings_order(row, next) < 0))
			next = row;
	}
	return next;
}

/* Words of a list; a text is written verbatim. */
static void settings_write_value(struct writer *w, const struct setting *row, const char *value)
{
	bool is_list = row->type == SETTING_LIST || row->type == SETTING_INTERFACES;

	if (value[0] == '\0')
		value = "none";
	while (*value != '\0') {
		size_t len = is_list ? strcspn(value, BLANKS) : strlen(value);

		write_bytes(w, bytes_of(value, len));
		value += len;
		value += is_list ? strspn(value, BLANKS) : 0;
		write_text(w, is_list && *value != '\0' ? " " : "");
	}
}

void settings_write(struct writer *w, const struct settings *s)
{
	const struct setting *row = NULL;
	char                  room[SETTING_NUMBER_MAX];

	while ((row = settings_next(row)) != NULL) {
		write_text(w, row->section);
		write_text(w, ".");
		write_text(w, row->key);
		write_text(w, " = ");
		settings_write_value(w, row, setting_value(row, s, room));
		write_text(w, "\n");
	}
}

int settings_digest(const struct settings *s, uint8_t out[32])
{
	uint8_t       room[SETTINGS_WRITTEN_MAX];
	struct writer w = writer_over(room, sizeof(room));

	settings_write(&w, s);
	return w.full ? -EIO : sha256_of(writer_written(&w), out);
}
