/* SPDX-License-Identifier: MIT */

/*
 * A packet's path is a sequence of jumps, from the hook to the queue. Each link is a rule that must
 * exist: a jump, an expression or an iptables target in a certain chain. Our own chains must have
 * nothing else (readback_changed.c). Other programs' rules before the jump into them are not
 * checked: packets that bypass us are counted.
 *
 * The kernel has a generation number for its rules: the answer is cached until it changes.
 */

#include "kernel/readback_inside.h"

#include "base/mac.h"
#include "kernel/ipv6.h"
#include "kernel/rules.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netfilter.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define OLDER_TABLES "/proc/net/ip_tables_names"

static const struct rule_link unseen[] = {
	{ RULES_UNSEEN_TABLE, "prerouting", "objref" },
	{ RULES_UNSEEN_TABLE, "input",      "objref" },
	{ RULES_UNSEEN_TABLE, "forward",    "objref" },
	{ RULES_UNSEEN_TABLE, "output",     "objref" },
};
static const struct rule_link connections[] = {
	{ RULES_UNSEEN_TABLE, "passed_forward", "forwarded" },
	{ RULES_UNSEEN_TABLE, "passed_input",   "received" },
	{ RULES_UNSEEN_TABLE, "passed_output",  "sent" },
};
static const struct rule_link sources[] = {
	{ RULES_UNSEEN_TABLE, "one_way_in", "sources" },
	{ RULES_UNSEEN_TABLE, "sources",    "of_client" },
};
static const struct rule_links unseen_links      = { unseen, COUNT(unseen) };
static const struct rule_links connections_links = { connections, COUNT(connections) };
static const struct rule_links sources_links     = { sources, COUNT(sources) };

int readback_open(struct readback **out)
{
	struct readback *r = calloc(1, sizeof(*r));
	int              error;

	if (r == NULL)
		return -ENOMEM;
	r->older_fd  = open(OLDER_TABLES, O_RDONLY | O_CLOEXEC);
	r->older4_fd = readback_older_open(AF_INET);
	r->older6_fd = readback_older_open(AF_INET6);
	r->ipv6_fd   = ipv6_open();
	error        = netlink_open(&r->nft, NETLINK_NETFILTER);
	if (error != 0) {
		readback_close(r);
		return error;
	}
	*out = r;
	return 0;
}

void readback_close(struct readback *r)
{
	if (r == NULL)
		return;
	netlink_close(r->nft);
	if (r->older_fd >= 0)
		close(r->older_fd);
	if (r->older4_fd >= 0)
		close(r->older4_fd);
	if (r->older6_fd >= 0)
		close(r->older6_fd);
	if (r->ipv6_fd >= 0)
		close(r->ipv6_fd);
	free(r);
}

/* Are there rules of the older iptables that may be ours? */
static bool readback_has_older(const struct readback *r)
{
	char    names[512];
	ssize_t len = r->older_fd >= 0 ? pread(r->older_fd, names, sizeof(names) - 1, 0) : 0;

	names[len > 0 ? len : 0] = '\0';
	return strstr(names, "mangle\n") != NULL && strstr(names, "filter\n") != NULL;
}

/* Those have no generation number: they are read each time. */
static enum hooks look_at_older(struct readback *r)
{
	const struct rule_links way = rule_links(false, RULE_WAY_NEW);
	int has = readback_has_older(r) ? readback_older(AF_INET, r->older4_fd, way) : 0;

	if (has == 1) {
		int six = readback_older(AF_INET6, r->older6_fd, way);

		has = six == 1 || ipv6_is_used(r->ipv6_fd) ? six : 1;
	}
	return has < 0 ? HOOKS_UNKNOWN : has == 1 ? HOOKS_OK : HOOKS_MISSING;
}

int readback_holds(struct readback *r)
{
	const struct rule_links by_iptables = rule_links(false, RULE_WAY_HELD);
	int has = readback_nft(r->nft, NFPROTO_INET, rule_links(true, RULE_WAY_HELD));

	if (has == 0)
		has = readback_nft(r->nft, NFPROTO_IPV4, by_iptables);
	if (has == 0 && readback_has_older(r))
		has = readback_older(AF_INET, r->older4_fd, by_iptables);
	return has;
}

int readback_flowtables(struct readback *r, struct flowtables *out)
{
	return readback_nft_flowtables(r->nft, out);
}

/* Does another program's rule offload undecided flows? 1, 0 or -errno. */
static int is_offloaded(struct readback *r)
{
	struct flowtables others;
	int               error = readback_flowtables(r, &others), holds;

	if (error != 0 || others.num == 0)
		return error;
	holds = readback_holds(r);
	return holds < 0 ? holds : !holds;
}

static enum hooks look(struct readback *r)
{
	const struct rule_links by_iptables = rule_links(false, RULE_WAY_NEW);
	int has = readback_nft(r->nft, NFPROTO_INET, rule_links(true, RULE_WAY_NEW));

	if (has == 0) {
		has = readback_nft(r->nft, NFPROTO_IPV4, by_iptables);
		if (has == 1) {
			has = readback_nft(r->nft, NFPROTO_IPV6, by_iptables);
			r->is_ipv4_alone = has != 1;
		}
	}
	if (has == 1 || r->is_ipv4_alone) {
		int offloaded = is_offloaded(r);

		r->is_offloaded  = offloaded == 1;
		r->is_ipv4_alone = r->is_ipv4_alone && offloaded == 0;
		if (offloaded != 0)
			has = offloaded < 0 ? offloaded : 0;
	}
	if (readback_find_changed(r->nft, r->changed) != 0)
		has = -EIO;
	return has < 0 ? HOOKS_UNKNOWN : has == 1 ? HOOKS_OK : HOOKS_MISSING;
}

static enum hooks readback_way(struct readback *r)
{
	uint32_t generation = 0;

	/* A kernel without nft has only the older tables. */
	if (readback_nft_generation(r->nft, &generation) != 0)
		return readback_has_older(r) ? look_at_older(r) : HOOKS_UNKNOWN;
	/*
	 * Read the rules after the number: a change in between gives another number, and then a new
	 * read.
	 */
	if (!r->has_generation || generation != r->generation) {
		r->is_offloaded   = false;
		r->is_ipv4_alone  = false;
		r->changed[0]     = '\0';
		r->hooks          = look(r);
		r->has_generation = r->hooks != HOOKS_UNKNOWN;
		r->generation     = generation;
	}
	/* Addresses may change while the rules stay: checked each time. */
	if (r->is_ipv4_alone && !ipv6_is_used(r->ipv6_fd))
		return HOOKS_OK;
	if (r->hooks != HOOKS_MISSING || r->is_offloaded)
		return r->hooks;
	/*
	 * After lockdown new tables of this kind cannot be listed, and asking for one would create
	 * it.
	 */
	if (r->older_fd < 0 && access(OLDER_TABLES, F_OK) == 0)
		return HOOKS_UNKNOWN;
	return readback_has_older(r) ? look_at_older(r) : HOOKS_MISSING;
}

enum hooks readback_hooks(struct readback *r)
{
	enum hooks hooks = readback_way(r);

	return hooks == HOOKS_OK && r->changed[0] != '\0' ? HOOKS_CHANGED : hooks;
}

const char *readback_changed(const struct readback *r)
{
	return r->changed;
}

bool readback_is_offloaded(const struct readback *r)
{
	return r->is_offloaded;
}

/* The table's number, which identifies its counters: 0, -ENOENT without these rules, -errno. */
static int readback_table_with(struct readback *r, struct rule_links links, uint64_t *out)
{
	int has = readback_nft(r->nft, NFPROTO_INET, links);

	/* If another program has changed the counting rules, they may count too little. */
	if (has == 1) {
		int changed = readback_is_changed(r->nft);

		has = changed < 0 ? changed : !changed;
	}
	return has < 0    ? has
	       : has == 0 ? -ENOENT
	                  : readback_nft_table(r->nft, RULES_UNSEEN_TABLE, out);
}

static int readback_counted(struct readback *r, struct rule_links links, const char *counter,
                            uint64_t *table_out, uint64_t *packets_out)
{
	uint64_t before = 0, after = 0, packets = 0;
	int      error  = readback_table_with(r, links, &before);

	if (error == 0)
		error = readback_nft_counter(r->nft, RULES_UNSEEN_TABLE, counter, &packets);
	if (error == 0)
		error = readback_nft_table(r->nft, RULES_UNSEEN_TABLE, &after);
	/* The table was replaced in between: the value may be of either. */
	if (error == 0 && before != after)
		error = -EAGAIN;
	if (error != 0)
		return error;
	*table_out   = before;
	*packets_out = packets;
	return 0;
}

int readback_unseen(struct readback *r, uint64_t *table_out, uint64_t *packets_out)
{
	return readback_counted(r, unseen_links, RULES_UNSEEN_COUNTER, table_out, packets_out);
}

int readback_over_rate(struct readback *r, uint64_t *table_out, uint64_t *packets_out)
{
	return readback_counted(r, sources_links, RULES_OVER_RATE, table_out, packets_out);
}

struct source_set {
	const char     *name;
	uint8_t         ip_len;
	struct sources *out;
};

/* The parts of a key are padded to multiples of four bytes. */
static void readback_take_source(void *owner, struct bytes key, uint64_t packets)
{
	const struct source_set *set = owner;

	sources_add(set->out, bytes_first(key, set->ip_len),
	            bytes_first(bytes_from(key, set->ip_len), MAC_BYTES), packets);
}

/*
 * The sum is read first: while it is 0, the sets need not be read. A source may have more than it,
 * by packets that came in between.
 */
static int readback_sources_once(struct readback *r, struct sources *out)
{
	struct source_set sets[] = {
		{ RULES_OVER_OF4, 4, out },     { RULES_OVER_OF6, 16, out },
		{ RULES_OVER_PLAIN4, 4, out },  { RULES_OVER_PLAIN6, 16, out },
		{ RULES_OVER_MAC, 0, out },
	};
	uint64_t after = 0;
	int      error = readback_over_rate(r, &out->table, &out->packets);

	out->num = 0;
	for (size_t i = 0; i < COUNT(sets) && error == 0 && out->packets > 0; i++)
		error = readback_nft_counts(r->nft, RULES_UNSEEN_TABLE, sets[i].name,
		                            readback_take_source, &sets[i]);
	if (error == 0)
		error = readback_nft_table(r->nft, RULES_UNSEEN_TABLE, &after);
	return error == 0 && after != out->table ? -EAGAIN : error;
}

int readback_sources(struct readback *r, struct sources *out)
{
	int error = -EINTR;

	for (int i = 0; i < NETLINK_TRIES && error == -EINTR; i++)
		error = readback_sources_once(r, out);
	return error;
}

int readback_one_way(struct readback *r, uint64_t *times_out)
{
	return readback_nft_counter(r->nft, RULES_UNSEEN_TABLE, RULES_ONE_WAY_COUNTER, times_out);
}

static void readback_take_interface(void *owner, struct bytes key, uint64_t packets)
{
	connections_add(owner, key, packets);
}

static int readback_counters(struct readback *r, struct connections *out)
{
	uint64_t own = 0;
	const struct { const char *name; uint64_t *out; } counters[] = {
		{ RULES_MET,        &out->met },
		{ RULES_MET_OWN,    &out->met_own },
		{ RULES_AROUND_OWN, &own },
	};
	const struct { const char *name; struct connections_by *out; } sets[] = {
		{ RULES_AROUND,   &out->around },
		{ RULES_LEFT_OUT, &out->left_out },
		{ RULES_OUTWARD,  &out->outward },
		{ RULES_CLIENTS,  &out->clients },
	};
	int error = 0;

	for (size_t i = 0; i < COUNT(counters) && error == 0; i++)
		error = readback_nft_counter(r->nft, RULES_UNSEEN_TABLE, counters[i].name,
		                             counters[i].out);
	for (size_t i = 0; i < COUNT(sets) && error == 0; i++)
		error = readback_nft_counts(r->nft, RULES_UNSEEN_TABLE, sets[i].name,
		                            readback_take_interface, sets[i].out);
	connections_add(&out->around, BYTES("lo"), own);
	return error;
}

static int readback_connections_once(struct readback *r, struct connections *out)
{
	uint64_t after = 0;
	int      error;

	*out  = (struct connections){ 0 };
	error = readback_table_with(r, connections_links, &out->table);
	if (error == 0)
		error = readback_counters(r, out);
	if (error == 0)
		error = readback_nft_table(r->nft, RULES_UNSEEN_TABLE, &after);
	return error == 0 && after != out->table ? -EAGAIN : error;
}

int readback_connections(struct readback *r, struct connections *out)
{
	struct connections c;
	int                error = -EINTR;

	for (int i = 0; i < NETLINK_TRIES && error == -EINTR; i++)
		error = readback_connections_once(r, &c);
	if (error == 0)
		*out = c;
	return error;
}
