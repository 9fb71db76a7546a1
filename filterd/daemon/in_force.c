/* SPDX-License-Identifier: MIT */

#include "daemon/in_force.h"

#include "os/clock.h"
#include "os/files.h"
#include "os/messages.h"
#include "base/instant.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void in_force_free(struct in_force *r)
{
	if (r == NULL)
		return;
	policy_free(r->policy);
	free(r);
}

int in_force_load(const char *conf, const struct settings *settings, struct watch *watch, struct in_force **out,
                  struct problem *problem)
{
	struct in_force *r     = calloc(1, sizeof(*r));
	int              error = 0;

	if (r == NULL)
		return -ENOMEM;
	if (settings != NULL)
		r->settings = *settings;
	else
		error = files_load_settings(conf, &r->settings, problem);
	if (error == 0)
		error = files_load_policy_watched(&r->settings, conf, watch, &r->policy, problem);
	if (error != 0) {
		in_force_free(r);
		return error;
	}
	r->rules = engine_rules_of(&r->settings, r->policy);
	*out = r;
	return 0;
}

size_t in_force_remarks(const struct in_force *r, char out[IN_FORCE_REMARKS][PROBLEM_MAX])
{
	const char *file    = "";
	uint32_t    line    = 0;
	uint64_t    num_out = policy_left_out(r->policy, &file, &line);
	size_t      num     = 0;

	if (num_out > 0)
		snprintf(out[num++], PROBLEM_MAX, "policy: %llu record%s of zones left out, the first at %.300s line %u: they go by addresses "
		         "or name servers, or prohibit nothing", (unsigned long long)num_out, num_out == 1 ? "" : "s", file, line);
	if (policy_has_zones(r->policy) && r->settings.watch_s == 0)
		snprintf(out[num++], PROBLEM_MAX, "policy: it has zones, which change by themselves, but only SIGHUP loads them; expected "
		         "[policy] watch = 1");
	return num;
}

bool in_force_is_older(const struct in_force *new, const struct in_force *old, struct problem *problem)
{
	const struct policy_source *s = new->settings.signed_by[0] != '\0' ? policy_older_source(new->policy, old->policy) : NULL;

	if (s != NULL)
		snprintf(problem->text, PROBLEM_MAX, "policy '%.300s': its serial, %llu, is lower than that in force; expected a higher one, or, to "
		         "go back on purpose, a restart", s->file, (unsigned long long)s->serial);
	return s != NULL;
}

/* Block categories of the policy begin when? For the line that people see at start. */
void in_force_say(const char *what, const struct in_force *r)
{
	struct bytes  digest  = policy_digest(r->policy);
	char          hex[17] = "", when[40] = "", remarks[IN_FORCE_REMARKS][PROBLEM_MAX];
	size_t        num;
	struct writer w    = writer_over(hex, sizeof(hex) - 1);
	struct writer t    = writer_over(when, sizeof(when) - 1);
	int64_t       next = policy_next_change(r->policy, clock_now_us());

	write_hex(&w, bytes_first(digest, 8));
	if (next != INSTANT_NEVER)
		instant_write(&t, next);
	message_notice("%s: policy %s, %zu rules, %s%s%s", what, hex, policy_num_rules(r->policy),
	               r->settings.mode == MODE_OBSERVE ? "observing only, nothing is blocked" : "enforcing",
	               next != INSTANT_NEVER ? "; next change at " : "", when);
	num = in_force_remarks(r, remarks);
	for (size_t i = 0; i < num; i++)
		message_notice("%s", remarks[i]);
}

/* Settings that queues, rules or memory were made from cannot change under way. */
void in_force_say_unchanged(const struct settings *old, const struct settings *new)
{
	if (old->first != new->first || old->workers != new->workers || old->length != new->length ||
	    old->buffer_kib != new->buffer_kib || old->on_failure != new->on_failure ||
	    old->mark_mask != new->mark_mask || old->flows != new->flows || old->hellos != new->hellos ||
	    old->flow_idle_s != new->flow_idle_s || strcmp(old->audit_file, new->audit_file) != 0 ||
	    strcmp(old->sensor, new->sensor) != 0 || strcmp(old->leases, new->leases) != 0 ||
	    old->confinement != new->confinement ||
	    strcmp(old->flush_to, new->flush_to) != 0 || strcmp(old->user, new->user) != 0 || strcmp(old->log, new->log) != 0 ||
	    strcmp(old->control, new->control) != 0 || strcmp(old->metrics, new->metrics) != 0)
		message_warning("[queue], [flow], [audit] and [daemon] settings take effect at the next start only");
	if (old->on_block != new->on_block || strcmp(old->protect, new->protect) != 0 ||
	    old->udp_packets != new->udp_packets || old->backend != new->backend || old->offload != new->offload)
		message_warning("settings that rules are made from have changed: run filterctl rules install");
}
