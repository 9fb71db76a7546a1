/* SPDX-License-Identifier: MIT */

#include "daemon/in_force.h"

#include "base/instant.h"
#include "os/clock.h"
#include "os/files.h"
#include "os/last_good.h"
#include "os/messages.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void in_force_free(struct in_force *r)
{
	if (r == NULL)
		return;
	lists_seen_free(&r->lists);
	policy_free(r->policy);
	free(r->conf);
	free(r);
}

int in_force_load(const char *conf, const struct settings *settings, struct watch *watch,
                  struct file_set *read, struct in_force **out, struct problem *problem)
{
	struct in_force *r     = calloc(1, sizeof(*r));
	int              error = 0;
	struct bytes     text;

	if (r == NULL)
		return -ENOMEM;
	if (settings != NULL)
		r->settings = *settings;
	else
		error = files_load_settings_into(conf, read, &r->settings, problem);
	if (error == 0 && file_set_find(read, conf, &text) &&
	    (r->conf = strdup((const char *)text.at)) == NULL)
		error = -ENOMEM;
	if (error == 0)
		error = files_load_policy_into(&r->settings, conf, read, watch, &r->policy,
		                               problem);
	if (error == 0)
		error = last_good_see(r->policy, read, &r->lists);
	if (error != 0) {
		in_force_free(r);
		return error;
	}
	r->rules = engine_rules_of(&r->settings, r->policy);
	*out = r;
	return 0;
}

/* Lines of lists that may not mean what their author intended. */
static size_t in_force_remark_lists(const struct in_force *r, char out[][PROBLEM_MAX])
{
	const char *file = "", *first = "";
	uint32_t    line = 0;
	uint64_t    num_out   = policy_left_out(r->policy, &file, &line);
	uint64_t    num_wrong = policy_wrong_lines(r->policy, &first), num_below;
	size_t      num       = 0;

	if (num_out > 0)
		snprintf(out[num++], PROBLEM_MAX,
		         "policy: %llu record%s of zones left out, the first at %.300s line %u: "
		         "they match addresses or name servers, or block nothing",
		         (unsigned long long)num_out, num_out == 1 ? "" : "s", file, line);
	if (num_wrong > 0)
		snprintf(out[num++], PROBLEM_MAX,
		         "policy: %llu wrong line%s of lists left out: %.430s",
		         (unsigned long long)num_wrong, num_wrong == 1 ? "" : "s", first);
	num_below = policy_below(r->policy, &file, &line);
	if (num_below > 0)
		snprintf(out[num++], PROBLEM_MAX,
		         "policy: *.name stands for all below a name, at any depth, and not for "
		         "the name itself: %llu of them, the first at %.300s line %u",
		         (unsigned long long)num_below, file, line);
	for (size_t i = 0; i < r->lists.num; i++) {
		if (r->lists.lists[i].has_end)
			continue;
		snprintf(out[num++], PROBLEM_MAX,
		         "policy: '%.300s' ends within its last line; if it is complete, add a "
		         "newline",
		         r->lists.lists[i].file);
		break;
	}
	return num;
}

size_t in_force_remarks(const struct in_force *r, char out[IN_FORCE_REMARKS][PROBLEM_MAX])
{
	size_t               num       = in_force_remark_lists(r, out);
	const struct waiver *ended     = NULL;
	size_t               num_ended = policy_ended_waivers(r->policy, clock_now_us(), &ended);

	if (num_ended > 0)
		snprintf(out[num++], PROBLEM_MAX,
		         "policy: %zu waiver%s ended and ha%s no effect, the first "
		         "[waiver %s] of %.300s; remove %s",
		         num_ended, num_ended == 1 ? " has" : "s have", num_ended == 1 ? "s" : "ve",
		         ended->id, ended->source->file, num_ended == 1 ? "it" : "them");
	if (r->settings.gone != NULL)
		snprintf(out[num++], PROBLEM_MAX,
		         "[%s] %s is no longer a setting: %s; remove the line",
		         r->settings.gone->section, r->settings.gone->key, r->settings.gone->why);
	if (policy_has_zones(r->policy) && r->settings.watch_s == 0)
		snprintf(out[num++], PROBLEM_MAX,
		         "policy: it has zones, which change by themselves, but only SIGHUP loads "
		         "them; set [policy] watch = 1");
	if (policy_num_rules(r->policy) == 0)
		snprintf(out[num++], PROBLEM_MAX,
		         "policy: it contains no names, so nothing is blocked; check the lists of "
		         "%.300s",
		         r->settings.files);
	return num;
}

bool in_force_has_lost(const struct in_force *r, const struct lists_seen *old,
                       struct problem *problem)
{
	return lists_seen_lost(&r->lists, old, r->settings.max_shrink, problem);
}

bool in_force_is_older(const struct in_force *new, const struct in_force *old,
                       struct problem *problem)
{
	const struct policy_source *s = new->settings.signed_by[0] != '\0'
	                                        ? policy_older_source(new->policy, old->policy)
	                                        : NULL;

	if (s != NULL)
		snprintf(problem->text, PROBLEM_MAX,
		         "policy '%.300s': its serial, %llu, is lower than that in force; expected "
		         "a higher one, or, to "
		         "go back on purpose, a restart",
		         s->file, (unsigned long long)s->serial);
	return s != NULL;
}

void in_force_say(const char *what, const struct in_force *r)
{
	struct bytes  digest  = policy_digest(r->policy);
	char          hex[17] = "", remarks[IN_FORCE_REMARKS][PROBLEM_MAX];
	size_t        num;
	struct writer w    = writer_over(hex, sizeof(hex) - 1);
	int64_t       next = policy_next_change(r->policy, clock_now_us());

	write_hex(&w, bytes_first(digest, 8));
	message_notice("%s: policy %s, %zu rules, %s%s%s", what, hex, policy_num_rules(r->policy),
	               r->settings.mode == MODE_OBSERVE ? "observing only, nothing is blocked"
	                                                : "enforcing",
	               next != INSTANT_NEVER ? "; next change at " : "",
	               next != INSTANT_NEVER ? instant_text(next).text : "");
	num = in_force_remarks(r, remarks);
	for (size_t i = 0; i < num; i++)
		message_notice("%s", remarks[i]);
}

static void in_force_write_section(struct json *j, const struct settings *s, const char *section)
{
	char room[SETTING_NUMBER_MAX];

	json_object(j, section);
	for (size_t i = 0; i < settings_count; i++) {
		const struct setting *row = &settings_table[i];

		if (strcmp(row->section, section) != 0)
			continue;
		if (row->type == SETTING_NUMBER)
			json_number(j, row->key, strtoul(setting_value(row, s, room), NULL, 10));
		else
			json_text(j, row->key, setting_value(row, s, room));
	}
	json_end(j);
}

void in_force_write(struct json *j, const struct in_force *r)
{
	uint8_t digest[32];

	if (settings_digest(&r->settings, digest) == 0)
		json_hex(j, "settings", bytes_of(digest, sizeof(digest)));
	json_text(j, "mode", r->settings.mode == MODE_OBSERVE ? "observe" : "enforce");
	in_force_write_section(j, &r->settings, "inspect");
}

static void say_changed(const struct setting *row, const struct settings *old,
                        const struct settings *new)
{
	char        old_room[SETTING_NUMBER_MAX], new_room[SETTING_NUMBER_MAX];
	const char *was = setting_value(row, old, old_room),
		   *is  = setting_value(row, new, new_room);

	switch (row->when) {
	case SETTING_AT_ONCE:
		message_notice("[%s] %s = %s from now on; it was '%s'", row->section, row->key, is,
		               was);
		return;
	case SETTING_WITH_RULES:
		message_warning(
			"[%s] %s = %s, which the rules are made from: run filterctl rules install",
			row->section, row->key, is);
		return;
	case SETTING_AT_START:
		message_warning("[%s] %s = %s at the next start; until then it stays '%s'",
		                row->section, row->key, is, was);
		return;
	case SETTING_WITH_RULES_AT_START:
		message_warning("[%s] %s = %s at the next start: run filterctl rules install, then "
		                "restart filterd; until then it stays '%s'",
		                row->section, row->key, is, was);
		return;
	}
}

void in_force_follow(struct in_force *new, const struct settings *old)
{
	for (size_t i = 0; i < settings_count; i++) {
		const struct setting *row = &settings_table[i];

		if (setting_is_same(row, old, &new->settings))
			continue;
		say_changed(row, old, &new->settings);
		if (row->when == SETTING_AT_START || row->when == SETTING_WITH_RULES_AT_START)
			setting_keep(row, &new->settings, old);
	}
	new->rules = engine_rules_of(&new->settings, new->policy);
}
