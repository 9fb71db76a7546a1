/* SPDX-License-Identifier: MIT */

#include "policy/words.h"

#include <string.h>

const char words_instant[] =
	"a date and time with offset such as 2024-09-29T00:00:00-04:00";
const char words_devices_expected[] =
	"MACs, addresses, networks such as 192.0.2.0/24 or DHCP names, separated by spaces";

bool words_complain(struct problem *problem, const char *name, const char *value,
                    const char *expects)
{
	return problem_say(problem, false, "'%.60s = %.120s': expected %.120s", name, value,
	                   expects);
}

bool words_copy(char *to, size_t room, const char *value)
{
	size_t len = strlen(value);

	if (len == 0 || len >= room)
		return false;
	memcpy(to, value, len + 1);
	return true;
}

bool words_is_id(const char *text)
{
	size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-_");

	return len > 0 && len < WORDS_ID && text[len] == '\0';
}

bool words_add(char to[WORDS_MAX], const char *value)
{
	size_t have = strlen(to), len = strlen(value);

	if (len == 0 || have + len + 2 > WORDS_MAX)
		return false;
	to[have] = ' ';
	memcpy(to + have + 1, value, len + 1);
	return true;
}

bool words_copy_instant(char to[WORDS_INSTANT], const char *value)
{
	char *zone;

	if (!words_copy(to, WORDS_INSTANT, value))
		return false;
	to[10] = 'T';
	zone   = strchr(to, 'z');
	if (zone != NULL)
		*zone = 'Z';
	return true;
}

bool words_is_device(const char *word)
{
	struct policy_device d;

	return policy_device_read(bytes_text(word), &d) == PARSE_OK;
}

bool words_are_all(const char *value, words_test *is_good)
{
	char  words[WORDS_MAX];
	char *rest = words;

	if (strlen(value) >= sizeof(words))
		return false;
	strcpy(words, value);
	for (char *word; (word = strtok_r(rest, " \t", &rest)) != NULL;) {
		if (!is_good(word))
			return false;
	}
	return true;
}

struct policy_devices words_read_devices(char *words, struct policy_device room[WORDS_DEVICES])
{
	struct policy_devices devices = { .at = room };
	char                 *rest    = words;

	for (char *word; (word = strtok_r(rest, " \t", &rest)) != NULL;) {
		if (devices.num < WORDS_DEVICES &&
		    policy_device_read(bytes_text(word), &room[devices.num]) == PARSE_OK)
			devices.num++;
	}
	return devices;
}
