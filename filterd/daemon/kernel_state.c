/* SPDX-License-Identifier: MIT */

#include "daemon/kernel_state.h"

#include "kernel/protection.h"
#include "kernel/readback.h"
#include "kernel/routes.h"
#include "os/clock.h"
#include "os/files.h"
#include "os/messages.h"
#include "queue/queue_table.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAMESPACE "/proc/self/ns/net"

/*
 * A gateway with all routes of the Internet needs a second to list them: at most 1/200 of the time.
 */
#define NETWORK_EVERY_MS 2000
#define NETWORK_SHARE    200

struct kernel_state {
	struct readback *readback;              /* NULL: the kernel does not answer */
	int              queues_fd;
	uint32_t         first;
	size_t           num;
	uint64_t         space;
	enum hooks       hooks, said;           /* at the last check; in the last record */
	/* missed: rules have been missing since the last record */
	bool             asked, missed;
	char             path[SETTINGS_TEXT_MAX + 32];   /* of `recorded` on disk */
	struct unseen    recorded;
	bool             has_recorded, unknown_told;
	struct netlink        *networks;        /* NULL: the kernel does not answer */
	struct netlink        *routes;          /* for the links, by any thread; may be NULL, too */
	int64_t                network_ms;      /* the next read of the network; 0: now */
	struct network         network;
	bool                   has_network, network_is_new, is_nobody;  /* no clients protected */
	struct status_wrong    told[STATUS_WRONG_MAX];   /* of the protection */
	size_t                 num_told;
	/* connections in the previous record of this process */
	struct connections_sums said_sums;
	bool                    has_said_sums, uncounted_told;
	/* at the last request; in the previous record */
	struct sources          sources, said_sources;
	bool                    has_said_sources;
};

/*
 * The counts in the previous record. A damaged file is treated as missing: then the record has the
 * whole count again.
 */
static void read_recorded(struct kernel_state *w)
{
	struct bytes content;

	if (files_read(w->path, &content) != 0)
		return;
	w->has_recorded = unseen_read(content, &w->recorded) == PARSE_OK;
	files_free(content);
}

int kernel_state_open(const struct settings *s, struct kernel_state **out)
{
	struct kernel_state *w = calloc(1, sizeof(*w));
	struct stat          st;
	int                  error;

	if (w == NULL)
		return -ENOMEM;
	w->first = s->first;
	w->num   = SETTINGS_QUEUES(s);
	w->hooks = HOOKS_UNKNOWN;
	w->space = stat(NAMESPACE, &st) == 0 ? (uint64_t)st.st_ino : 0;
	snprintf(w->path, sizeof(w->path), "%s/audit.unseen", s->keys);
	read_recorded(w);
	error = readback_open(&w->readback);
	if (error != 0)
		message_warning("the kernel cannot be asked for its rules: %s; records will not "
		                "say whether they are in place",
		                strerror(-error));
	error = network_open(&w->networks);
	if (error == 0)
		error = network_open(&w->routes);
	if (error != 0)
		message_warning("the kernel cannot be asked for its interfaces: %s; status will "
		                "not say whose clients are filtered",
		                strerror(-error));
	w->queues_fd = queue_table_open();
	if (w->queues_fd < 0)
		message_warning(
			"the kernel's table of queues: %s; records will not say how many packets "
			"they dropped",
			strerror(-w->queues_fd));
	*out = w;
	return 0;
}

void kernel_state_close(struct kernel_state *w)
{
	if (w == NULL)
		return;
	readback_close(w->readback);
	network_close(w->networks);
	network_close(w->routes);
	if (w->queues_fd >= 0)
		close(w->queues_fd);
	free(w);
}

static int look_at_connections(const struct kernel_state *w, struct kernel_facts *out)
{
	int error = w->readback != NULL ? readback_connections(w->readback, &out->connections)
	                                : -EOPNOTSUPP;

	out->connections_known = error == 0;
	return error;
}

/* The protection that the kernel's rules give, for the network as last read. */
static void judge_protection(struct kernel_state *w, const char *protect,
                             struct status_protection *out)
{
	struct rule_interfaces rules;
	struct kernel_facts    facts = { 0 };

	*out = (struct status_protection){ .known = false };
	if (!w->has_network || w->readback == NULL ||
	    readback_interfaces(w->readback, &rules) != 0)
		return;
	protection_judge(&w->network, &rules, protect, out);
	out->has_met = look_at_connections(w, &facts) == 0 && facts.connections.met > 0;
}

static void look_at_network(struct kernel_state *w)
{
	struct status_protection protection;
	int64_t begun_ms = clock_boot_ms(), took_ms;

	if (w->networks == NULL || begun_ms < w->network_ms)
		return;
	w->has_network = network_read(w->networks, &w->network) == 0;
	w->network_is_new = true;
	/* The present settings do not matter here; the rules do. */
	judge_protection(w, "auto", &protection);
	w->is_nobody   = status_protection_is_nobody(&protection);
	took_ms        = clock_boot_ms() - begun_ms;
	w->network_ms  = begun_ms + NETWORK_EVERY_MS + NETWORK_SHARE * took_ms;
}

static bool is_in_place(enum hooks hooks)
{
	return hooks == HOOKS_OK || hooks == HOOKS_NOBODY;
}

/* Logs a message when the state changes. */
static enum hooks ask_hooks(struct kernel_state *w)
{
	enum hooks before = w->hooks;

	w->hooks  = w->readback != NULL ? readback_hooks(w->readback) : HOOKS_UNKNOWN;
	w->missed = w->missed || w->hooks == HOOKS_MISSING || w->hooks == HOOKS_CHANGED;
	look_at_network(w);
	if (w->hooks == HOOKS_OK && w->is_nobody)
		w->hooks = HOOKS_NOBODY;
	if (w->hooks == HOOKS_MISSING && (before != HOOKS_MISSING || !w->asked) &&
	    readback_is_offloaded(w->readback))
		message_error("another program's flowtable offloads flows before they are "
		              "judged, so they pass unseen; run filterctl "
		              "rules install");
	else if (w->hooks == HOOKS_MISSING && (before != HOOKS_MISSING || !w->asked))
		message_error("no rules in the kernel bring packets to filterd, so they pass "
		              "unseen; run filterctl rules install");
	if (w->hooks == HOOKS_CHANGED && (before != HOOKS_CHANGED || !w->asked))
		message_error("another program has changed our rules in '%s', so packets may pass "
		              "unseen; run filterctl rules install",
		              readback_changed(w->readback));
	if (is_in_place(w->hooks) && !is_in_place(before) && w->asked)
		message_notice("the rules that bring packets to filterd are in place again");
	w->asked = true;
	return w->hooks;
}

static void ask_unseen(struct kernel_state *w, const char *boot, struct kernel_facts *out)
{
	struct unseen now   = { .space = w->space };
	int error = w->readback != NULL ? readback_unseen(w->readback, &now.table, &now.packets)
	                                : -EOPNOTSUPP;

	if (error != 0 && !w->unknown_told && out->hooks != HOOKS_MISSING)
		message_warning("packets that pass unseen are not counted here: %s; records will "
		                "not say how many there were",
		                error == -ENOENT ? "the rules lack it; run filterctl rules install"
		                                 : strerror(-error));
	w->unknown_told = error != 0;
	if (error != 0)
		return;
	snprintf(now.boot, sizeof(now.boot), "%s", boot);
	out->has_recorded = true;
	out->unseen_known = unseen_since(w->has_recorded ? &w->recorded : NULL, &now, &out->unseen,
	                                 &out->recorded);
	/*
	 * Packets passed while no rule counted them, so any number would be wrong here: the count
	 * goes into the next record.
	 */
	if (out->unseen_known && w->missed) {
		out->has_recorded = out->unseen_known = false;
		out->unseen       = 0;
	}
}

static void ask_connections(struct kernel_state *w, struct kernel_facts *out)
{
	int                     error = look_at_connections(w, out);
	struct connections_sums now   = connections_sums(&out->connections);

	if (error != 0 && !w->uncounted_told && out->hooks != HOOKS_MISSING)
		message_warning("connections that go around filterd are not counted here: %s; "
		                "records will not say how many there were",
		                error == -ENOENT ? "the rules lack it; run filterctl rules install"
		                                 : strerror(-error));
	w->uncounted_told = error != 0;
	out->since_known  = error == 0 && w->has_said_sums &&
	                   connections_since(&w->said_sums, &now, &out->since);
}

/* Not in a process's first record: the counts may include an earlier process's. */
static void ask_sources(struct kernel_state *w, struct kernel_facts *out)
{
	out->sources_known =
		w->readback != NULL && readback_sources(w->readback, &w->sources) == 0;
	if (!out->sources_known)
		return;
	out->over_rate = w->sources.packets;
	if (w->has_said_sources)
		sources_since(&w->said_sources, &w->sources, &out->over);
}

struct kernel_facts kernel_state_ask(struct kernel_state *w, const char *boot)
{
	struct kernel_facts t = { .hooks = ask_hooks(w) };

	w->said = t.hooks;
	ask_unseen(w, boot, &t);
	ask_connections(w, &t);
	ask_sources(w, &t);
	w->missed = t.hooks == HOOKS_MISSING || t.hooks == HOOKS_CHANGED;
	t.num_queues = queue_table_now(w->queues_fd, w->first, w->num, t.queues);
	return t;
}

/* Written only if packets passed or the rules are new, because flash memory wears. */
void kernel_state_recorded(struct kernel_state *w, const struct kernel_facts *t)
{
	uint8_t       line[128];
	struct writer out = writer_over(line, sizeof(line));
	int           error;

	if (t->connections_known) {
		w->said_sums     = connections_sums(&t->connections);
		w->has_said_sums = true;
	}
	if (t->sources_known) {
		w->said_sources.table   = w->sources.table;
		w->said_sources.packets = w->sources.packets;
		w->said_sources.num     = w->sources.num;
		memcpy(w->said_sources.rows, w->sources.rows,
		       w->sources.num * sizeof(w->sources.rows[0]));
		w->has_said_sources = true;
	}
	if (!t->has_recorded ||
	    (w->has_recorded && memcmp(&w->recorded, &t->recorded, sizeof(w->recorded)) == 0))
		return;
	w->recorded     = t->recorded;
	w->has_recorded = true;
	unseen_write(&out, &w->recorded);
	error = files_replace(w->path, writer_written(&out), 0600);
	if (error != 0)
		message_warning(
			"'%s': %s; after a restart packets that passed unseen will be reported "
			"again",
			w->path, strerror(-error));
}

bool kernel_state_sees_change(struct kernel_state *w)
{
	return ask_hooks(w) != w->said;
}

void kernel_state_look(struct kernel_state *w, struct kernel_facts *out)
{
	uint64_t table;

	*out = (struct kernel_facts){ .hooks = w->hooks };
	out->unseen_known =
		w->readback != NULL && readback_unseen(w->readback, &table, &out->unseen) == 0;
	look_at_connections(w, out);
	out->sources_known =
		w->readback != NULL &&
		readback_over_rate(w->readback, &table, &out->over_rate) == 0;
	out->num_queues   = queue_table_now(w->queues_fd, w->first, w->num, out->queues);
}

/* If an interface has too many networks for the list, any network may be behind it. */
static struct link_known link_known_of(const struct network *n, const struct network_link *link)
{
	struct link_known known = { .index      = link->index,
		                    .is_way_out = routes_lead_by(n, link) ||
		                                  link->num_prefixes == NETWORK_PREFIXES };

	static_assert((int)LINK_NETWORKS >= (int)NETWORK_PREFIXES, "all of them have room");
	memcpy(known.name, link->name, sizeof(known.name));
	for (size_t i = 0; i < link->num_prefixes; i++) {
		struct link_network *to = &known.networks[known.num_networks++];

		to->bits           = link->prefixes[i].bits;
		to->address.family = (uint8_t)link->prefixes[i].family;
		memcpy(to->address.at, link->prefixes[i].bytes, to->address.family == 4 ? 4 : 16);
	}
	return known;
}

static void tell_forged(const struct address *a, unsigned by, unsigned other)
{
	static struct message_limit limit = MESSAGE_LIMIT_INIT;
	char                        came_by[IF_NAMESIZE] = "?", behind[IF_NAMESIZE] = "?";
	uint8_t                     text[64];
	struct writer               w = writer_over(text, sizeof(text));

	address_write(&w, a);
	if_indextoname(by, came_by);
	if_indextoname(other, behind);
	message_limited(&limit, MESSAGE_LEVEL_WARNING,
	                "a packet came in by '%s' with the source %.*s, which is behind '%s' by "
	                "this host's routes; it is not trusted, and what would begin a connection "
	                "is dropped; if that is a client, the host needs a route to it",
	                came_by, (int)w.len, (const char *)text, behind);
}

static bool ask_routes(void *owner, const struct address *a, unsigned by, unsigned *other_out)
{
	struct kernel_state  *w  = owner;
	struct network_prefix to = { .family = a->family };

	if (w->routes == NULL)
		return true;
	memcpy(to.bytes, a->at, sizeof(to.bytes));
	if (network_leads(w->routes, &to, by, other_out))
		return true;
	if (*other_out != 0)
		tell_forged(a, by, *other_out);
	return false;
}

struct links *kernel_state_new_links(struct kernel_state *w)
{
	return links_new(ask_routes, w);
}

void kernel_state_links(struct kernel_state *w, struct links *links)
{
	static struct link_known known[NETWORK_LINKS];

	look_at_network(w);
	if (!w->has_network || !w->network_is_new)
		return;
	for (size_t i = 0; i < w->network.num_links; i++)
		known[i] = link_known_of(&w->network, &w->network.links[i]);
	if (links_set(links, known, w->network.num_links))
		w->network_is_new = false;
}

static bool was_told(const struct kernel_state *w, const char *what)
{
	for (size_t i = 0; i < w->num_told; i++) {
		if (strcmp(w->told[i].what, what) == 0)
			return true;
	}
	return false;
}

/* Logs each fault once when it appears, and when none is left. */
static void tell_protection(struct kernel_state *w, const struct status_protection *p)
{
	struct status_wrong now[STATUS_WRONG_MAX];
	size_t              num = status_protection_wrong(p, now);

	for (size_t i = 0; i < num; i++) {
		if (!was_told(w, now[i].what))
			message_warning("%s; %s", now[i].what, now[i].remedy);
	}
	if (num == 0 && w->num_told > 0)
		message_notice("all interfaces to protect exist, and are protected");
	memcpy(w->told, now, num * sizeof(now[0]));
	w->num_told = num;
}

void kernel_state_protection(struct kernel_state *w, const char *protect,
                             struct status_protection *out)
{
	look_at_network(w);
	judge_protection(w, protect, out);
	if (out->known)
		tell_protection(w, out);
}
