/* SPDX-License-Identifier: MIT */

/*
 * settings_parse, policy_build: any text gives values or a problem in words. settings_edit,
 * waivers_file_edit: any text is changed in one place, or not at all.
 */

#include "support/policy.h"
#include "policy/settings_edit.h"
#include "policy/waivers_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* The text is the policy file and its every list. */
static int fetch(void *context, const char *name, struct bytes *content_out)
{
	(void)name;
	*content_out = *(const struct bytes *)context;
	return 0;
}

/* What is a configuration is one with the other mode, too, and back it is what it was. */
static void edit_settings(const char *text, const struct settings *is)
{
	const struct setting *row     = settings_find("policy", "mode");
	size_t                room    = strlen(text) + SETTINGS_EDIT_MAX;
	char                 *edited  = malloc(room);
	struct writer         w       = writer_over(edited, edited != NULL ? room : 0);
	struct problem        problem = { "" };
	struct settings       new;
	const char           *other   = is != NULL && is->mode == MODE_OBSERVE ? "enforce" : "observe";
	int                   error   = edited == NULL ? -ENOMEM
	                                               : settings_edit(text, "a.conf", row, other, &w,
	                                                               &problem);

	if (error == -EINVAL && (is != NULL || problem.text[0] == '\0'))
		abort();
	if (error == 0 && settings_parse(edited, "a.conf", &new, &problem) != 0)
		abort();
	for (size_t i = 0; error == 0 && is != NULL && i < settings_count; i++) {
		if (setting_is_same(&settings_table[i], is, &new) == (&settings_table[i] == row))
			abort();
	}
	free(edited);
}

/* It only gets shorter, and what has ended once has not ended again. */
static void edit_waivers(const char *text)
{
	size_t              room    = strlen(text);
	char               *edited  = malloc(room + 1);
	struct waivers_edit e       = { .end = "w", .now_us = INT64_C(1796059200000000) };
	struct writer       w       = writer_over(edited, edited != NULL ? room : 0);
	struct problem      problem = { "" };

	if (edited != NULL && waivers_file_edit(text, "a", &e, &w, &problem) == 0) {
		if (w.full || (w.len != room && e.num_ended == 0 && strstr(text, "[waiver w]") == NULL))
			abort();
	} else if (edited != NULL && problem.text[0] == '\0') {
		abort();
	}
	free(edited);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const char *const files[] = { "a.policy" };
	struct settings          settings;
	struct problem           problem = { "" };
	struct policy           *policy  = NULL;
	struct decision          decision;
	struct address           address = { .family = 4, .at = { 192, 0, 2, 7 } };
	struct policy_client     client  = { .address = &address };
	char                    *text    = malloc(len + 1);
	struct bytes             content;

	if (text == NULL)
		return 0;
	memcpy(text, data, len);
	text[len] = '\0';
	content   = bytes_of(text, len);
	if (settings_parse(text, "a.conf", &settings, &problem) == 0) {
		if (settings.workers < 1 || settings_marks(&settings).injected == 0)
			abort();
		edit_settings(text, &settings);
	} else if (problem.text[0] == '\0') {
		abort();
	} else {
		edit_settings(text, NULL);
	}
	edit_waivers(text);
	problem.text[0] = '\0';
	if (policy_build(files, 1, fetch, &content, &policy, &problem) == 0) {
		policy_decide(policy, host_literal("a.example.com"), 0, &decision);
		policy_decide_port_for(policy, &client, true, 853, 0, &decision);
		policy_waive(policy, &client, 0, &decision);
		if ((decision.ruling == RULING_WAIVED) != (decision.waiver != NULL))
			abort();
		policy_free(policy);
	} else if (problem.text[0] == '\0') {
		abort();
	}
	free(text);
	return 0;
}
