/* SPDX-License-Identifier: MIT */

#include "ctl/board/waived.h"

#include "os/files.h"
#include "policy/waivers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct waived_one {
	struct board_waiver is;
	char                id[WORDS_ID], reason[WORDS_TEXT];
	struct waived_one  *next;
};

/* The devices of one waiver, in the order of policy_owned_find(). */
struct waived_whom {
	struct policy_device room[WORDS_DEVICES];
	struct policy_owned  owned[WORDS_DEVICES];
	size_t               num;
};

static struct bytes waived_name(void *owner, const uint8_t *mac, const struct address *client,
                                uint8_t room[POLICY_NAME_MAX])
{
	const struct board_device *d   = owner;
	size_t                     len = strlen(d->last->name);

	(void)mac;
	(void)client;
	len = len < POLICY_NAME_MAX ? len : 0;
	memcpy(room, d->last->name, len);
	return bytes_of(room, len);
}

static bool waived_found(void *context, uint32_t owner)
{
	(void)context;
	(void)owner;
	return true;
}

static bool waived_means(const struct waived_whom *whom, struct board_device *d)
{
	struct address       address = { 0 };
	uint8_t              mac[MAC_BYTES];
	struct policy_client client = { .address = &address, .name = waived_name, .owner = d };

	if (mac_from_text(d->row.name, mac) == PARSE_OK)
		client.mac = mac;
	/* If the text is not an address, this stays without a family. */
	address_from_text(bytes_text(d->last->address), &address);
	return policy_owned_find(whom->owned, whom->num, &client, waived_found, NULL);
}

static void waived_read_whom(struct waived_whom *whom, char *words)
{
	struct policy_devices devices = words_read_devices(words, whom->room);

	whom->num = devices.num;
	for (size_t i = 0; i < devices.num; i++)
		whom->owned[i] = (struct policy_owned){ .device = &devices.at[i] };
	policy_owned_sort(whom->owned, whom->num);
}

static struct waived_one *waived_add(struct waived *w, const struct waiver_text *text)
{
	struct waived_one *one = calloc(1, sizeof(*one));

	if (one == NULL)
		return NULL;
	snprintf(one->id, sizeof(one->id), "%s", text->id);
	snprintf(one->reason, sizeof(one->reason), "%s", text->reason);
	one->is   = (struct board_waiver){ .id = one->id, .reason = one->reason,
		                           .until_us = text->until_us };
	one->next = w->first;
	w->first  = one;
	return one;
}

static void waived_take(struct waived *w, struct waiver_text *text, struct waived_whom *whom,
                        struct board_devices *devices, size_t most)
{
	struct waived_one *one = NULL;

	if (devices->now_us < text->effective_us || devices->now_us >= text->until_us)
		return;
	waived_read_whom(whom, text->devices);
	for (size_t i = 0; i < devices->num && i < most; i++) {
		struct board_device *d = devices->order[i];

		/* Of several waivers, the one that lasts longest counts. */
		if ((d->waiver != NULL && d->waiver->until_us >= text->until_us) ||
		    !waived_means(whom, d))
			continue;
		if (one == NULL)
			one = waived_add(w, text);
		d->waiver = one != NULL ? &one->is : NULL;
	}
}

static void waived_take_file(struct waived *w, const char *path, struct waived_whom *whom,
                             struct board_devices *devices, size_t most)
{
	struct waiver_texts texts = { 0 };
	struct problem      problem;
	struct bytes        content;

	if (files_read(path, &content) != 0)
		return;
	if (waivers_read(&texts, (const char *)content.at, path, &problem) == 0) {
		for (size_t i = 0; i < texts.num; i++)
			waived_take(w, &texts.at[i], whom, devices, most);
	}
	free(texts.at);
	files_free(content);
}

void waived_find(struct waived *w, const struct settings *s, const char *conf,
                 struct board_devices *devices, size_t most)
{
	struct waived_whom *whom = malloc(sizeof(*whom));
	char                names[SETTINGS_TEXT_MAX], *rest = names, path[FILES_PATH_MAX];

	memcpy(names, s->files, sizeof(names));
	for (char *name; whom != NULL && (name = strtok_r(rest, " \t", &rest)) != NULL;) {
		policy_path_beside(path, conf, name);
		waived_take_file(w, path, whom, devices, most);
	}
	if (whom != NULL && files_waivers(s, conf, path))
		waived_take_file(w, path, whom, devices, most);
	free(whom);
}

void waived_free(struct waived *w)
{
	while (w->first != NULL) {
		struct waived_one *one = w->first;

		w->first = one->next;
		free(one);
	}
}
