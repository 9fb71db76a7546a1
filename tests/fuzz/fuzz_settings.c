/* SPDX-License-Identifier: MIT */

/* settings_parse, policy_build: any text gives values or a problem in words. */

#include "policy/policy_file.h"
#include "policy/settings.h"

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
	} else if (problem.text[0] == '\0') {
		abort();
	}
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
