/* SPDX-License-Identifier: MIT */

/* entry_read: every view lies inside the line; scan_text makes no text longer than it was. */

#include "log/entry.h"
#include "log/policy_said.h"
#include "log/scan.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_view(struct bytes line, struct bytes view)
{
	uint8_t      *room = malloc(view.len + 1);
	struct writer w    = writer_over(room, view.len);

	if (room == NULL ||
	    (view.len > 0 && (view.at < line.at || view.at + view.len > line.at + line.len)))
		abort();
	scan_text(&w, view);
	if (w.full)
		abort();
	free(room);
}

static void check_policies(struct bytes line, struct bytes array)
{
	struct scan        s = policy_said_begin(array);
	struct policy_said p;

	while (policy_said_next(&s, &p)) {
		check_view(line, p.id);
		check_view(line, p.title);
		check_view(line, p.authority);
		check_view(line, p.cutoff);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct bytes line = bytes_of(data, len);
	struct entry e;

	/* A string is any bytes to it: it must not count on what scan_string() lets through. */
	check_view(line, line);
	check_policies(line, line);
	if (entry_read(line, &e) != PARSE_OK)
		return 0;

	const struct bytes views[] = {
		e.sensor,     e.src_ip,     e.dest_ip,      e.proto,
		e.iface,      e.mac,        e.app,          e.community_id,
		e.direction,  e.action,     e.signature,    e.alert_category,
		e.host,       e.wire,       e.rule,         e.category,
		e.by,         e.policy,     e.device,       e.name,
		e.reply,      e.folded,     e.rrtype,       e.url,
		e.user_agent, e.method,     e.quic_version, e.version,
		e.boot,       e.state,      e.previous,     e.clock,
		e.hooks,      e.log,        e.key,          e.next_key,
		e.reason,     e.file,       e.sha256,       e.result,
		e.old_policy, e.new_policy, e.from,         e.to,
		e.cutoff,     e.policies,
	};

	for (size_t i = 0; i < COUNT(views); i++)
		check_view(line, views[i]);
	check_policies(line, e.policies);
	if (entry_is_attempt(&e) && entry_must_be_signed(&e))
		abort();
	return 0;
}
