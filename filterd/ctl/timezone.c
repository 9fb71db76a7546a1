/* SPDX-License-Identifier: MIT */

/*
 * The C library silently takes an unknown name for UTC. So this finds the zone's file itself, and
 * gives the library its path.
 */

#include "ctl/timezone.h"

#include "base/bytes.h"
#include "base/timezone.h"
#include "ctl/complain.h"
#include "review/people.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define LOCALTIME "/etc/localtime"
#define MAGIC     "TZif"        /* RFC 9636, section 3.1 */
#define DIGITS    "0123456789"
#define LETTERS   "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

static bool is_zone_file(const char *path)
{
	char   magic[sizeof(MAGIC) - 1];
	FILE  *file = fopen(path, "re");
	size_t got  = file != NULL ? fread(magic, 1, sizeof(magic), file) : 0;

	if (file != NULL)
		fclose(file);
	return got == sizeof(magic) && memcmp(magic, MAGIC, sizeof(magic)) == 0;
}

/* Does the name stay within the folder? */
static bool is_name(const char *text)
{
	return isalpha((unsigned char)text[0]) && strstr(text, "..") == NULL &&
	       strlen(text) <= TIMEZONE_NAME_MAX &&
	       strspn(text, LETTERS DIGITS "_+-/") == strlen(text);
}

/* Searches the folders of the C libraries. *has_files_out: are there any zone files at all? */
static bool find_zone_file(const char *name, char path[PATH_MAX], bool *has_files_out)
{
	static const char *const common[] = { "/usr/share/zoneinfo", "/share/zoneinfo",
	                                      "/etc/zoneinfo" };
	const char              *own      = getenv("TZDIR");
	const char *const       *folders  = own != NULL ? &own : common;

	*has_files_out = false;
	for (size_t i = 0; i < (own != NULL ? 1 : COUNT(common)); i++) {
		*has_files_out |= access(folders[i], F_OK) == 0;
		if (snprintf(path, PATH_MAX, "%s/%s", folders[i], name) < PATH_MAX &&
		    is_name(name) && is_zone_file(path))
			return true;
	}
	return false;
}

/* "-05:00", "+0530", "+1": in the form of TZ, where west is positive. */
static bool timezone_read_offset(const char *text, char rule[64], char name[64])
{
	bool          is_east = text[0] == '+';
	size_t        len     = is_east || text[0] == '-' ? strspn(text + 1, DIGITS) : 0;
	unsigned long hours, minutes = 0;
	const char   *rest;

	if (len == 0 || len == 3 || len > 4)
		return false;
	rest  = text + 1 + len;
	hours = strtoul(text + 1, NULL, 10);
	if (len == 4) {
		minutes = hours % 100;
		hours  /= 100;
	} else if (rest[0] == ':' && strspn(rest + 1, DIGITS) == 2) {
		minutes = strtoul(rest + 1, NULL, 10);
		rest   += 3;
	}
	if (rest[0] != '\0' || hours > 14 || minutes > 59)
		return false;
	snprintf(rule, 64, "<own>%c%02lu:%02lu", is_east ? '-' : '+', hours, minutes);
	snprintf(name, 64, "UTC%c%02lu:%02lu", text[0], hours, minutes);
	return true;
}

/* "EST5EDT,M3.2.0,M11.1.0": an abbreviation and a number; the library reads the rest. */
static bool is_rule(const char *text)
{
	size_t len = strspn(text, LETTERS);

	if (text[0] == '<') {
		len = strcspn(text, ">");
		len += text[len] == '>';
	}
	text += len;
	return len >= 3 && isdigit((unsigned char)text[*text == '+' || *text == '-']);
}

static bool timezone_refuse(const char *who, const char *given_by, const char *zone,
                            bool has_files)
{
	return complain(false, who, "%s '%s': %s; expected %sUTC, %san offset such as -05:00",
	                given_by, zone,
	                has_files ? "this machine has no such time zone"
	                          : "this machine has no zone files (/usr/share/zoneinfo, from "
	                            "the package tzdata), so it knows no names",
	                has_files ? "a name such as America/New_York, " : "",
	                given_by[0] == '-' ? "local, or " : "or with --tz ");
}

/* The name behind /etc/localtime, if that is a link into the zone files. */
static const char *linked_name(char room[PATH_MAX])
{
	ssize_t     len  = readlink(LOCALTIME, room, PATH_MAX - 1);
	const char *name = NULL;

	if (len > 0) {
		room[len] = '\0';
		name      = strstr(room, "/zoneinfo/");
	}
	return name != NULL && is_name(name + strlen("/zoneinfo/")) ? name + strlen("/zoneinfo/")
	                                                            : NULL;
}

static bool take_local(const char *who)
{
	const char *variable = getenv("TZ"), *zone = variable;
	char        path[PATH_MAX];
	bool        has_files;

	if (zone == NULL) {
		timezone_choose(NULL, linked_name(path));
		return true;
	}
	zone += zone[0] == ':';
	if (zone[0] == '\0' || strcasecmp(zone, "UTC") == 0) {
		timezone_choose("UTC0", NULL);
	} else if (find_zone_file(zone, path, &has_files)) {
		timezone_choose(path, zone);
	} else if (zone[0] == '/' && is_zone_file(zone)) {
		timezone_choose(zone, NULL);
	} else if (is_rule(zone)) {
		timezone_choose(NULL, NULL);
	} else {
		return timezone_refuse(who, "the variable TZ is", zone, has_files);
	}
	return true;
}

bool timezone_take(const char *who, const char *zone)
{
	char path[PATH_MAX], rule[64], name[64];
	bool has_files;

	if (zone == NULL || strcmp(zone, "local") == 0)
		return take_local(who);
	if (strcasecmp(zone, "UTC") == 0)
		timezone_choose("UTC0", NULL);
	else if (timezone_read_offset(zone, rule, name))
		timezone_choose(rule, name);
	else if (find_zone_file(zone, path, &has_files))
		timezone_choose(path, zone);
	else
		return timezone_refuse(who, "--tz", zone, has_files);
	return true;
}

bool timezone_read_time(const char *who, const char *option, const char *text, int64_t now_us,
                        int64_t *us_out)
{
	if (people_read_time(bytes_text(text), now_us, us_out) == PARSE_OK)
		return true;
	complain(false, who, "--%s '%s' is not a time.", option, text);
	fputs(people_time_help, stderr);
	return false;
}
