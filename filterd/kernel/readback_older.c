/* SPDX-License-Identifier: MIT */

/*
 * The older iptables: the kernel gives a table as one block of consecutive entries, with the chains
 * in order. Our chain begins after an entry with the target ERROR and the chain's name; a jump has
 * the offset of the chain's beginning. Source: linux/netfilter/x_tables.h,
 * linux/netfilter_ipv4/ip_tables.h.
 *
 * getsockopt(2) creates a missing table, so call it only for an existing one.
 */

#include "kernel/readback_inside.h"

#include <errno.h>
#include <netinet/in.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TABLE_MAX_BYTES (64 << 20)      /* a hundred thousand rules */

static const char *const hook_names[] = {
	[NF_INET_PRE_ROUTING] = "PREROUTING",   [NF_INET_LOCAL_IN] = "INPUT",
	[NF_INET_FORWARD] = "FORWARD",          [NF_INET_LOCAL_OUT] = "OUTPUT",
	[NF_INET_POST_ROUTING] = "POSTROUTING",
};

struct older_table {
	int                family;
	struct ipt_getinfo info;        /* that of IPv6 is the same */
	uint8_t           *memory;      /* struct ipt_get_entries, and the entries */
	const uint8_t     *entries;
};

/* Of one entry. */
struct older_entry {
	uint32_t     at, next;
	const char  *target;            /* "" is a verdict or a jump */
	const char  *name;              /* of the chain that begins after it, or NULL */
	int          verdict;
};

static int get(int family, int fd, bool entries, void *out, socklen_t len)
{
	int level = family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6;
	int what  = family == AF_INET ? (entries ? IPT_SO_GET_ENTRIES : IPT_SO_GET_INFO)
	                              : (entries ? IP6T_SO_GET_ENTRIES : IP6T_SO_GET_INFO);

	return getsockopt(fd, level, what, out, &len) == 0 ? 0 : -errno;
}

static int get_table(const char *name, int fd, struct older_table *out)
{
	struct ipt_get_entries head  = { .size = 0 };
	int                    error;

	memset(&out->info, 0, sizeof(out->info));
	memcpy(out->info.name, name, strlen(name) + 1);
	error = get(out->family, fd, false, &out->info, sizeof(out->info));
	if (error == 0 && out->info.size > TABLE_MAX_BYTES)
		error = -E2BIG;
	if (error != 0)
		return error;
	memcpy(head.name, name, strlen(name) + 1);
	head.size    = out->info.size;
	out->memory  = calloc(1, sizeof(head) + head.size);
	if (out->memory == NULL)
		return -ENOMEM;
	memcpy(out->memory, &head, sizeof(head));
	out->entries = out->memory + offsetof(struct ipt_get_entries, entrytable);
	return get(out->family, fd, true, out->memory, (socklen_t)(sizeof(head) + head.size));
}

static uint16_t half_at(const uint8_t *at)
{
	uint16_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

/* The entry at an offset; false at the end, or if it does not fit into the table. */
static bool read_entry(const struct older_table *t, uint32_t at, struct older_entry *out)
{
	const size_t head =
		t->family == AF_INET ? sizeof(struct ipt_entry) : sizeof(struct ip6t_entry);
	const size_t   fields = t->family == AF_INET ? offsetof(struct ipt_entry, target_offset)
	                                             : offsetof(struct ip6t_entry, target_offset);
	const uint8_t *entry = t->entries + at, *target;
	uint32_t       left, target_at, next;

	if (at >= t->info.size || (left = t->info.size - at) < head)
		return false;
	target_at = half_at(entry + fields);
	next      = half_at(entry + fields + 2);
	if (next > left || target_at < head || target_at + sizeof(struct xt_standard_target) > next)
		return false;
	target    = entry + target_at;
	*out      = (struct older_entry){ .at = at, .next = at + next };
	out->target = (const char *)target + offsetof(struct xt_entry_target, u.user.name);
	if (memchr(out->target, '\0', XT_EXTENSION_MAXNAMELEN) == NULL)
		return false;
	memcpy(&out->verdict, target + offsetof(struct xt_standard_target, verdict),
	       sizeof(out->verdict));
	if (strcmp(out->target, XT_ERROR_TARGET) == 0 &&
	    target_at + sizeof(struct xt_error_target) <= next) {
		out->name = (const char *)target + offsetof(struct xt_error_target, errorname);
		if (memchr(out->name, '\0', XT_FUNCTION_MAXNAMELEN) == NULL)
			return false;
	}
	return true;
}

/* The offset of a user-defined chain; the table's size if there is none with that name. */
static uint32_t readback_older_begin_of(const struct older_table *t, const char *chain)
{
	struct older_entry e;

	for (uint32_t at = 0; read_entry(t, at, &e); at = e.next) {
		if (e.name != NULL && strcmp(e.name, chain) == 0)
			return e.next;
	}
	return t->info.size;
}

/* The built-in chain that begins here; NULL: none. */
static const char *hook_at(const struct older_table *t, uint32_t at)
{
	for (unsigned i = 0; i < COUNT(hook_names); i++) {
		if ((t->info.valid_hooks & 1u << i) != 0 && t->info.hook_entry[i] == at)
			return hook_names[i];
	}
	return NULL;
}

static bool readback_older_has_link(const struct older_table *t, const struct rule_link *link)
{
	const uint32_t     there = readback_older_begin_of(t, link->to);
	const char        *chain = "";
	struct older_entry e;

	for (uint32_t at = 0; read_entry(t, at, &e); at = e.next) {
		chain = hook_at(t, at) != NULL ? hook_at(t, at) : chain;
		if (strcmp(chain, link->chain) == 0 &&
		    (strcmp(e.target, link->to) == 0 ||
		     (e.target[0] == '\0' && e.verdict >= 0 && (uint32_t)e.verdict == there &&
		      there < t->info.size)))
			return true;
		chain = e.name != NULL ? e.name : chain;
	}
	return false;
}

/* For an IPv4 entry; an empty name matches any interface. */
static void get_interface(const struct older_table *t, const struct older_entry *e,
                          char out[IF_NAMESIZE])
{
	const uint8_t *entry = t->entries + e->at;
	uint8_t        mask[IF_NAMESIZE];
	size_t         len;

	memcpy(out, entry + offsetof(struct ipt_entry, ip.iniface), IF_NAMESIZE);
	memcpy(mask, entry + offsetof(struct ipt_entry, ip.iniface_mask), IF_NAMESIZE);
	len = strnlen(out, IF_NAMESIZE);
	/* If its NUL is not compared, the name is a pattern; inverted, it matches all others. */
	if (len == IF_NAMESIZE || mask[len] == 0 ||
	    entry[offsetof(struct ipt_entry, ip.invflags)] & IPT_INV_VIA_IN)
		out[0] = '\0';
}

static bool is_return(const struct older_entry *e)
{
	return e->target[0] == '\0' && e->verdict == XT_RETURN;
}

int readback_older_interfaces(int fd, const struct rule_link *link, readback_name *take,
                              void *owner)
{
	struct older_table t     = { .family = AF_INET };
	int                error = fd >= 0 ? get_table(link->table, fd, &t) : fd;
	const uint32_t     there = error == 0 ? readback_older_begin_of(&t, link->to) : 0;
	uint32_t           at = error == 0 ? readback_older_begin_of(&t, link->chain) : 0;
	struct older_entry e;

	if (error == 0 && at == t.info.size)
		error = -ENOENT;
	for (; error == 0 && read_entry(&t, at, &e) && e.name == NULL; at = e.next) {
		char name[IF_NAMESIZE];
		bool leads = strcmp(link->to, "RETURN") == 0
		                     ? is_return(&e)
		                     : e.target[0] == '\0' && e.verdict >= 0 &&
		                               (uint32_t)e.verdict == there;

		get_interface(&t, &e, name);
		if (leads && name[0] != '\0')
			take(owner, name);
	}
	free(t.memory);
	return error;
}

/* 1 if all links of this table exist, 0 if not, -errno. */
static int has_links_of(const char *name, int family, int fd, struct rule_links links)
{
	struct older_table t   = { .family = family };
	int                has = get_table(name, fd, &t);

	has = has == 0 ? 1 : has;
	for (size_t i = 0; i < links.num && has == 1; i++) {
		if (strcmp(links.at[i].table, name) == 0)
			has = readback_older_has_link(&t, &links.at[i]);
	}
	free(t.memory);
	return has;
}

/* A socket type that receives nothing, because the socket stays open. */
int readback_older_open(int family)
{
	int fd = socket(family, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);

	return fd >= 0 ? fd : -errno;
}

int readback_older(int family, int fd, struct rule_links links)
{
	static const char *const tables[] = { "mangle", "filter" };
	int                      has      = fd >= 0 ? 1 : fd;

	for (size_t i = 0; i < COUNT(tables) && has == 1; i++)
		has = has_links_of(tables[i], family, fd, links);
	return has;
}
