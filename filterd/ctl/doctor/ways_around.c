/* SPDX-License-Identifier: MIT */

/* Paths for packets around rules that are all in place. */

#include "ctl/doctor/doctor.h"

#include "kernel/offloading.h"
#include "kernel/readback.h"
#include "kernel/routes.h"
#include "kernel/rule_text.h"

#include <dirent.h>
#include <errno.h>
#include <ifaddrs.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define OPENWRT_FIREWALL "/etc/config/firewall"
#define BRIDGE_REMEDY                                                                              \
	"modprobe br_netfilter && sysctl -w net.bridge.bridge-nf-call-iptables=1 "                 \
	"net.bridge.bridge-nf-call-ip6tables=1"

/* OpenWrt's own setting, which restores the rule at the next reload. */
static bool openwrt_offloads(void)
{
	char  line[256];
	bool  does = false;
	FILE *file = fopen(OPENWRT_FIREWALL, "re");

	while (file != NULL && !does && fgets(line, sizeof(line), file) != NULL)
		does = strstr(line, "flow_offloading") != NULL && strchr(line, '1') != NULL;
	if (file != NULL)
		fclose(file);
	return does;
}

static void check_offload(struct doctor *d)
{
	const struct foreign_rules *o      = &d->foreign;
	struct flowtables           tables = { 0 };
	enum offloading_state       state  = offloading_state(&tables);

	if (o->is_unknown)
		doctor_unknown(d, "offload");
	else if (state == OFFLOADING_HELD)
		doctor_ok(d, "offload",
		          "flows are offloaded by flow table %s%s, but not undecided ones",
		          tables.name, tables.is_hardware ? ", in hardware" : "");
	else if (o->num[FOREIGN_OFFLOAD] > 0)
		doctor_say(
			d, HEALTH_BROKEN, "offload",
			d->settings.offload == OFFLOAD_AUTO || d->settings.offload == OFFLOAD_HOLD
				? "filterctl rules install"
				: "set offload = auto in [queue], then filterctl rules install",
			"a rule in %s takes flows past the queue before their names are seen: %s",
			DOCTOR_FIRST(d, OFFLOAD));
	else if (state == OFFLOADING_NONE && openwrt_offloads())
		doctor_say(d, HEALTH_ATTENTION, "offload", "fw4 reload && filterctl rules install",
		           "%s turns flow offloading on at the firewall's next reload",
		           OPENWRT_FIREWALL);
	else if (o->num[FOREIGN_OFFLOAD_DECIDED] > 0)
		doctor_ok(d, "offload", "only decided flows are offloaded, in %s",
		          o->first[FOREIGN_OFFLOAD_DECIDED][0].where);
	else
		doctor_ok(d, "offload", "no rule offloads flows");
}

static void check_marks(struct doctor *d)
{
	const struct foreign_rules *o        = &d->foreign;
	static const char remedy[] = "set [queue] mark-mask to four bits that no other program "
	                             "uses, then filterctl rules install";

	if (o->is_unknown)
		doctor_unknown(d, "marks");
	else if (o->num[FOREIGN_MARK_WRITTEN] > 0)
		doctor_say(d, HEALTH_BROKEN, "marks", remedy,
		           "%u rules of other programs overwrite bits of mark-mask %#x, such as "
		           "this in %s: %s",
		           o->num[FOREIGN_MARK_WRITTEN], d->settings.mark_mask,
		           DOCTOR_FIRST(d, MARK_WRITTEN));
	else if (o->num[FOREIGN_MARK_READ] > 0)
		doctor_say(d, HEALTH_ATTENTION, "marks", remedy,
		           "%u rules of other programs decide by bits of mark-mask %#x, such as "
		           "this in %s: %s",
		           o->num[FOREIGN_MARK_READ], d->settings.mark_mask,
		           DOCTOR_FIRST(d, MARK_READ));
	else
		doctor_ok(d, "marks", "no other program uses the bits of mark-mask %#x",
		          d->settings.mark_mask);
}

/* Without replies filterd cannot see what a server accepted, nor where an answer leads. */
static void check_replies(struct doctor *d)
{
	uint64_t times = 0;
	int      error = d->readback_error;

	if (error == 0)
		error = readback_one_way(d->readback, &times);
	if (doctor_is_hidden(error))
		doctor_unknown(d, "replies");
	else if (error != 0)
		doctor_say(d, HEALTH_ATTENTION, "replies", "filterctl rules install",
		           "unknown: replies are not counted: %s",
		           error == -ENOENT ? "there is no rule for it" : strerror(-error));
	else if (times > 0)
		doctor_say(d, HEALTH_ATTENTION, "replies",
		           "route the replies of protected networks through this host, too",
		           "the replies of %llu TCP connections took another path, or are not "
		           "tracked: filterd cannot see where DNS answers lead, and a pass cannot "
		           "wait for the server",
		           (unsigned long long)times);
	else
		doctor_ok(d, "replies",
		          "no connection was seen whose replies take another path, or are not "
		          "tracked");
}

static bool has_address(const char *name)
{
	struct ifaddrs *all = NULL;
	bool            has = false;

	if (getifaddrs(&all) != 0)
		return true;
	for (const struct ifaddrs *i = all; i != NULL && !has; i = i->ifa_next)
		has = strcmp(i->ifa_name, name) == 0 && i->ifa_addr != NULL &&
		      i->ifa_addr->sa_family == AF_INET;
	freeifaddrs(all);
	return has;
}

static unsigned num_ports(const char *bridge)
{
	char           path[300];
	DIR           *folder;
	struct dirent *entry;
	unsigned       num = 0;

	snprintf(path, sizeof(path), "/sys/class/net/%.100s/brif", bridge);
	folder = opendir(path);
	while (folder != NULL && (entry = readdir(folder)) != NULL)
		num += entry->d_name[0] != '.';
	if (folder != NULL)
		closedir(folder);
	return num;
}

/*
 * Clients on one port, the uplink on another: switched packets bypass the IP rules. A bridge of
 * clients alone is routed.
 */
static bool is_transparent(const char *name, const struct uplinks *ways_out)
{
	return num_ports(name) >= 2 && (routes_has(ways_out, name) || !has_address(name));
}

static bool bridges_are_filtered(void)
{
	uint64_t four = 0, six = 0;

	return doctor_read_number("/proc/sys/net/bridge/bridge-nf-call-iptables", &four) &&
	       doctor_read_number("/proc/sys/net/bridge/bridge-nf-call-ip6tables", &six) &&
	       four != 0 && six != 0;
}

static void check_bridge(struct doctor *d, const char *name, const struct uplinks *left_out)
{
	const char *protect = d->settings.protect;
	bool        is_left_out = strcmp(protect, "auto") == 0
	                                  ? routes_has(left_out, name)
	                                  : !rule_names(protect, name);

	if (!bridges_are_filtered())
		doctor_say(d, HEALTH_BROKEN, "bridge", BRIDGE_REMEDY,
		           "packets that bridge %s switches between its ports bypass the "
			   "rules", name);
	else if (is_left_out)
		doctor_say(d, HEALTH_BROKEN, "bridge",
		           "name the bridge in [queue] protect, then filterctl rules install",
		           "bridge %s is the way out and the way in: protect = %s leaves it out",
		           name, protect);
	else
		doctor_ok(d, "bridge", "packets that bridge %s switches go through the rules",
		          name);
}

static void check_bridges(struct doctor *d)
{
	char                  path[300];
	static struct network network;
	struct uplinks        ways_out = { .num = 0 }, left_out = { .num = 0 };
	struct dirent        *entry;
	unsigned              num    = 0;
	DIR                  *folder = opendir("/sys/class/net");

	if (network_now(&network) == 0) {
		routes_ways_out(&network, &ways_out);
		routes_left_out(&network, &left_out);
	}
	while (folder != NULL && (entry = readdir(folder)) != NULL) {
		snprintf(path, sizeof(path), "/sys/class/net/%.200s/bridge", entry->d_name);
		if (entry->d_name[0] == '.' || access(path, F_OK) != 0 ||
		    !is_transparent(entry->d_name, &ways_out))
			continue;
		num++;
		check_bridge(d, entry->d_name, &left_out);
	}
	if (folder != NULL)
		closedir(folder);
	if (num == 0)
		doctor_ok(d, "bridge",
		          "no bridge switches packets between clients and the way out");
}

static void check_docker(struct doctor *d)
{
	const char *protect = d->settings.protect;

	if (d->foreign.is_unknown)
		doctor_unknown(d, "docker");
	else if (d->foreign.num[FOREIGN_DOCKER] == 0)
		doctor_ok(d, "docker", "docker has no chains here");
	else if (strcmp(protect, "auto") == 0 || rule_names(protect, "docker0"))
		doctor_ok(d, "docker",
		          "docker has chains here; its containers are filtered like any client");
	else
		doctor_say(d, HEALTH_ATTENTION, "docker",
		           "add docker0, and the bridges of docker's networks, to [queue] protect",
		           "docker has chains here, and protect = %s leaves its containers out",
		           protect);
}

static void check_encrypted_dns(struct doctor *d)
{
	struct decision decision = { .ruling = RULING_PASS };

	if (d->policy != NULL)
		policy_decide_port_for(d->policy, NULL, true, 853, INT64_MAX - 1, &decision);
	if (decision.ruling == RULING_PASS)
		doctor_ok(d, "encrypted-dns",
		          "clients may ask encrypted resolvers: names are still seen in TLS and "
		          "QUIC. To close that path too, add policy/encrypted-dns.policy to "
		          "[policy] files");
	else
		doctor_ok(d, "encrypted-dns", "the policy knows encrypted resolvers");
}

void doctor_ways_around(struct doctor *d)
{
	check_offload(d);
	check_replies(d);
	check_marks(d);
	check_bridges(d);
	check_docker(d);
	check_encrypted_dns(d);
}
