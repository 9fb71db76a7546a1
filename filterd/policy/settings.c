/* SPDX-License-Identifier: MIT */

/*
 * Everything known about a setting stands in one row of the table below: the parser reads by it, and a test holds the
 * sample configuration and the manual page against it.
 */

#include "policy/settings.h"

#include "policy/ini.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const modes[]       = { "enforce", "observe", NULL };
static const char *const clocks[]      = { "check", "believe", NULL };
static const char *const on_blocks[]   = { "reject", "drop", NULL };
static const char *const dns_answers[] = { "nxdomain", "refused", "unspecified", NULL };
static const char *const on_failures[] = { "open", "closed", NULL };
static const char *const backends[]    = { "auto", "nft", "iptables", NULL };
static const char *const offloads[]    = { "auto", "none", "hold", "own", NULL };
static const char *const outcomes[]    = { "pass", "log", "block", NULL };
static const char *const requests[]    = { "first", "all", NULL };
static const char *const ech_choices[] = { "keep", "remove", NULL };
static const char *const no_yes[]      = { "no", "yes", NULL };
static const char *const syncs[]       = { "checkpoint", "record", "never", NULL };
static const char *const on_log_failures[] = { "enforce", "block-all", "stop", NULL };
static const char *const confinements[] = { "full", "seccomp", "landlock", "rights", NULL };
static const char *const logs[]        = { "stderr", "syslog", NULL };

#define AT(member) offsetof(struct settings, member)

const struct setting settings_table[] = {
	{ "policy", "files", SETTING_TEXT, "policy/kaspersky-us.policy", "", "policy files, parted by spaces",
	  "What is blocked, and from when. Relative names start from the folder of this file.",
	  AT(files), 1, 0, NULL },
	{ "policy", "mode", SETTING_CHOICE, "enforce", "", "enforce or observe",
	  "observe blocks nothing and records what would have been blocked.", AT(mode), 0, 0, modes },
	{ "policy", "clock", SETTING_CHOICE, "check", "", "check or believe",
	  "check does not believe a clock that shows a time before the newest one known, and enforces the policy then.",
	  AT(clock), 0, 0, clocks },
	{ "policy", "watch", SETTING_NUMBER, "0", "seconds", "a number from 0 to 3600",
	  "So often the policy's files are looked at, and loaded anew when they have changed; 0: only on SIGHUP.",
	  AT(watch_s), 0, 3600, NULL },
	{ "policy", "signed-by", SETTING_TEXT, "", "", "files with public keys, parted by spaces, or nothing",
	  "Keys of signify or usign, one of which must have signed the policy. Nothing: no signature is demanded.",
	  AT(signed_by), 0, 0, NULL },
	{ "block", "on-block", SETTING_CHOICE, "reject", "", "reject or drop",
	  "reject tells the client at once (TCP reset, ICMP, a DNS answer); drop leaves it waiting.",
	  AT(on_block), 0, 0, on_blocks },
	{ "block", "dns-answer", SETTING_CHOICE, "nxdomain", "", "nxdomain, refused or unspecified",
	  "What a blocked DNS question is answered with; unspecified is the address 0.0.0.0 or ::.",
	  AT(dns_answer), 0, 0, dns_answers },
	{ "block", "dns-text", SETTING_TEXT, "blocked by policy", "", "a short text",
	  "Text of the Extended DNS Error that goes with the answer.", AT(dns_text), 0, 0, NULL },
	{ "inspect", "no-name", SETTING_CHOICE, "pass", "", "pass, log or block",
	  "TLS and QUIC hellos and HTTP requests that name no host.", AT(no_name), 0, 0, outcomes },
	{ "inspect", "ech", SETTING_CHOICE, "log", "", "pass, log or block",
	  "Hellos whose real name is encrypted: those that show one of ech-names outside.", AT(ech), 0, 0, outcomes },
	{ "inspect", "ech-names", SETTING_TEXT, "cloudflare-ech.com", "", "host names parted by spaces, or nothing",
	  "Names that providers of encrypted hellos show outside. Browsers send dummies with any other name.",
	  AT(ech_names), 0, 0, NULL },
	{ "inspect", "ech-answers", SETTING_CHOICE, "keep", "", "keep or remove",
	  "remove takes the keys for encrypted hellos out of DNS answers over UDP, so that clients show the name.",
	  AT(ech_answers), 0, 0, ech_choices },
	{ "inspect", "quic-unreadable", SETTING_CHOICE, "log", "", "pass, log or block",
	  "QUIC of an unknown version, or without a whole hello in quic-datagrams; block makes browsers use TCP.",
	  AT(quic_unread), 0, 0, outcomes },
	{ "inspect", "over-limit", SETTING_CHOICE, "log", "", "pass, log or block",
	  "TCP streams that show no whole hello or request in stream-bytes.", AT(over_limit), 0, 0, outcomes },
	{ "inspect", "http-requests", SETTING_CHOICE, "first", "", "first or all",
	  "Requests judged on an HTTP connection; all keeps every packet of it in the queue.",
	  AT(http_requests), 0, 0, requests },
	{ "inspect", "strict", SETTING_CHOICE, "no", "", "no or yes",
	  "yes queues replies, too, until the server has taken what was judged: about two packets more a flow.",
	  AT(strict), 0, 0, no_yes },
	{ "inspect", "stream-bytes", SETTING_NUMBER, "20480", "bytes", "a number from 1024 to 20480",
	  "Bytes of a TCP stream in which the name must stand.", AT(stream_bytes), 1024, 20480, NULL },
	{ "inspect", "stream-gaps", SETTING_NUMBER, "4096", "segments", "a number from 1 to 20480",
	  "Segments of a TCP stream that may come before those in front of them.", AT(stream_gaps), 1, 20480, NULL },
	{ "inspect", "tls-records", SETTING_NUMBER, "512", "records", "a number from 1 to 512",
	  "TLS records that a hello may be cut into.", AT(tls_records), 1, 512, NULL },
	{ "inspect", "quic-datagrams", SETTING_NUMBER, "16", "datagrams", "a number from 1 to 64",
	  "QUIC datagrams of a flow in which the name must stand.", AT(quic_datagrams), 1, 64, NULL },
	{ "queue", "first", SETTING_NUMBER, "7100", "queue number", "a number from 0 to 65519",
	  "Number of the first netfilter queue; each worker has one, from here on.", AT(first), 0, 65519, NULL },
	{ "queue", "workers", SETTING_NUMBER, "1", "threads", "a number from 1 to 16",
	  "Workers, each with a queue of its own. More than there are processors gains nothing.",
	  AT(workers), 1, 16, NULL },
	{ "queue", "length", SETTING_NUMBER, "4096", "packets", "a number from 64 to 65535",
	  "Packets the kernel keeps for a worker that is busy.", AT(length), 64, 65535, NULL },
	{ "queue", "buffer", SETTING_NUMBER, "4096", "KiB", "a number from 128 to 262144",
	  "Receive buffer of each queue's socket.", AT(buffer_kib), 128, 262144, NULL },
	{ "queue", "on-failure", SETTING_CHOICE, "open", "", "open or closed",
	  "Without filterd, or with a full queue: open lets packets pass, closed stops them.",
	  AT(on_failure), 0, 0, on_failures },
	{ "queue", "backend", SETTING_CHOICE, "auto", "", "auto, nft or iptables",
	  "Which tool makes the rules; auto takes nft where the kernel has its queue expression.",
	  AT(backend), 0, 0, backends },
	{ "queue", "mark-mask", SETTING_MASK, "0xf0000000", "", "a number such as 0xf0000000 with exactly four bits set",
	  "Bits of the packet mark that are filterd's own. Others are never changed.", AT(mark_mask), 4, 0, NULL },
	{ "queue", "protect", SETTING_TEXT, "auto", "", "auto, or names of interfaces parted by spaces",
	  "Interfaces whose clients are filtered; auto: all that carry no default route.", AT(protect), 1, 0, NULL },
	{ "queue", "offload", SETTING_CHOICE, "auto", "", "auto, none, hold or own",
	  "Flow offloading: hold keeps undecided flows from other programs' rules for it, auto does so where there is a "
	  "flowtable, own offloads decided flows.", AT(offload), 0, 0, offloads },
	{ "flow", "flows", SETTING_NUMBER, "16384", "flows", "a number from 256 to 4194304",
	  "Flows a worker remembers. Beyond that the one longest silent is forgotten, and counted.",
	  AT(flows), 256, 4194304, NULL },
	{ "flow", "flow-idle", SETTING_NUMBER, "120", "seconds", "a number from 5 to 86400",
	  "Silence after which a flow is forgotten.", AT(flow_idle_s), 5, 86400, NULL },
	{ "flow", "hellos", SETTING_NUMBER, "256", "streams", "a number from 16 to 65536",
	  "Beginnings of TCP streams a worker keeps at once; each takes up to 23 KiB while in use.",
	  AT(hellos), 16, 65536, NULL },
	{ "flow", "udp-packets", SETTING_NUMBER, "8", "packets", "a number from 1 to 1000",
	  "Packets after which a decided UDP flow that nobody answers leaves the queue.",
	  AT(udp_packets), 1, 1000, NULL },
	{ "audit", "file", SETTING_TEXT, "/var/log/filterd/audit.jsonl", "", "a file name",
	  "Where records go, one JSON object a line. Its folder is made if it is not there.", AT(audit_file), 1, 0, NULL },
	{ "audit", "sensor", SETTING_TEXT, "", "", "a name, or nothing",
	  "Name of this gateway in records; nothing means the host name.", AT(sensor), 0, 0, NULL },
	{ "audit", "keys", SETTING_TEXT, "/var/lib/filterd", "", "a folder",
	  "Where the key that signs the log is kept, and how far the log is known to be on disk. Made if it is not there.",
	  AT(keys), 1, 0, NULL },
	{ "audit", "heartbeat", SETTING_NUMBER, "60", "seconds", "a number from 5 to 3600",
	  "Every so often a signed record says that filterd runs, and how many attempts there were.",
	  AT(heartbeat_s), 5, 3600, NULL },
	{ "audit", "segment", SETTING_NUMBER, "64", "MiB", "a number from 1 to 4096",
	  "The log is closed and another file begun when it is longer, and at midnight UTC.",
	  AT(segment_mib), 1, 4096, NULL },
	{ "audit", "total", SETTING_NUMBER, "2048", "MiB", "a number from 0 to 4194304",
	  "The oldest closed files are deleted when all are longer than that; 0 keeps all.",
	  AT(total_mib), 0, 4194304, NULL },
	{ "audit", "days", SETTING_NUMBER, "400", "days", "a number from 0 to 36500",
	  "Closed files older than that are deleted; 0 keeps all.",
	  AT(days), 0, 36500, NULL },
	{ "audit", "sync", SETTING_CHOICE, "checkpoint", "", "checkpoint, record or never",
	  "When the disk is waited for: at each signed record, at every record, or never.",
	  AT(sync), 0, 0, syncs },
	{ "audit", "repeat-window", SETTING_NUMBER, "60", "seconds", "a number from 0 to 900",
	  "Attempts that repeat are counted for so long, longer and longer while they go on; 0 writes each by itself.",
	  AT(repeat_window_s), 0, 900, NULL },
	{ "audit", "repeats", SETTING_NUMBER, "4096", "entries", "a number from 64 to 65536",
	  "Devices and hosts told apart when attempts repeat, 2 KiB each while in use. Beyond that they are counted by category.",
	  AT(repeats), 64, 65536, NULL },
	{ "audit", "repeats-file", SETTING_TEXT, "/run/filterd/repeats", "", "a file name, or nothing",
	  "Where repeats are counted, so that a crash loses none. Nothing: in memory. Its folder is made if it is not there.",
	  AT(repeats_file), 0, 0, NULL },
	{ "audit", "anchors", SETTING_TEXT, "", "", "a file name, or nothing",
	  "Where each signature is noted, besides the messages for people: to be kept on another machine.",
	  AT(anchors), 0, 0, NULL },
	{ "audit", "flush-to", SETTING_TEXT, "", "", "a folder, or nothing",
	  "For a log in memory: where its copy on flash is kept, from which it goes on after a reboot. Nothing: no copy.",
	  AT(flush_to), 0, 0, NULL },
	{ "audit", "flush-every", SETTING_NUMBER, "900", "seconds", "a number from 5 to 86400",
	  "So often the copy gets what is new, and at each start, stop and closed file.",
	  AT(flush_every_s), 5, 86400, NULL },
	{ "audit", "leases", SETTING_TEXT, "auto", "", "auto, file names parted by spaces, or nothing",
	  "Lease files of DHCP servers, which name the devices in records; auto: those of dnsmasq, Kea, dhcpd and OpenWrt.",
	  AT(leases), 0, 0, NULL },
	{ "audit", "on-log-failure", SETTING_CHOICE, "enforce", "", "enforce, block-all or stop",
	  "With a log that cannot be written: enforce blocks and counts on, block-all lets nothing new pass, stop ends filterd.",
	  AT(on_log_failure), 0, 0, on_log_failures },
	{ "daemon", "user", SETTING_TEXT, "nobody", "", "a user of this host, or nothing",
	  "Whom filterd runs as once everything is open, if root started it; nothing means root.", AT(user), 0, 0, NULL },
	{ "daemon", "confinement", SETTING_CHOICE, "full", "", "full, seccomp, landlock or rights",
	  "What holds filterd in once everything is open: a list of system calls (seccomp), of folders (landlock), both (full), "
	  "or only that it has no rights (rights).", AT(confinement), 0, 0, confinements },
	{ "daemon", "log", SETTING_CHOICE, "stderr", "", "stderr or syslog",
	  "Where messages for people go.", AT(log), 0, 0, logs },
	{ "daemon", "control", SETTING_TEXT, "/run/filterd/control", "", "a file name, or nothing",
	  "Socket on which any user of this host may ask how filterd fares, as filterctl status does. Nothing: none.",
	  AT(control), 0, 0, NULL },
	{ "daemon", "metrics", SETTING_TEXT, "", "", "a file name, or nothing",
	  "File that is written every 15 seconds for Prometheus's node_exporter.", AT(metrics), 0, 0, NULL },
};

const size_t settings_count = COUNT(settings_table);

static void *value_of(struct settings *s, const struct setting *row)
{
	return (char *)s + row->offset;
}

static bool set_text(char *to, const struct setting *row, const char *value)
{
	size_t len = strlen(value);

	/* `least` of a text is the least length: 1 where it may not be empty. */
	if (len >= SETTINGS_TEXT_MAX || len < row->least)
		return false;
	memcpy(to, value, len + 1);
	return true;
}

static bool to_number(const char *value, uint32_t *out)
{
	unsigned long number;
	char         *end;

	if (value[0] < '0' || value[0] > '9')
		return false;
	errno  = 0;
	number = strtoul(value, &end, 0);
	if (*end != '\0' || errno != 0 || number > UINT32_MAX)
		return false;
	*out = (uint32_t)number;
	return true;
}

static bool set_number(uint32_t *to, const struct setting *row, const char *value)
{
	uint32_t number;

	if (!to_number(value, &number) || number < row->least || number > row->most)
		return false;
	*to = number;
	return true;
}

static bool set_mask(uint32_t *to, const struct setting *row, const char *value)
{
	uint32_t mask;
	unsigned bits = 0;

	if (!to_number(value, &mask))
		return false;
	for (uint32_t left = mask; left != 0; left &= left - 1)
		bits++;
	if (bits != row->least)
		return false;
	*to = mask;
	return true;
}

static bool set_choice(void *to, const struct setting *row, const char *value)
{
	for (unsigned i = 0; row->choices[i] != NULL; i++) {
		if (strcmp(row->choices[i], value) != 0)
			continue;
		if (row->offset == AT(log))
			return set_text(to, row, value);
		*(unsigned *)to = i;    /* every enum of struct settings counts from 0 in the order of its choices */
		return true;
	}
	return false;
}

static bool set(struct settings *s, const struct setting *row, const char *value)
{
	switch (row->type) {
	case SETTING_TEXT:   return set_text(value_of(s, row), row, value);
	case SETTING_NUMBER: return set_number(value_of(s, row), row, value);
	case SETTING_MASK:   return set_mask(value_of(s, row), row, value);
	case SETTING_CHOICE: return set_choice(value_of(s, row), row, value);
	}
	return false;
}

void settings_default(struct settings *out)
{
	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < settings_count; i++)
		set(out, &settings_table[i], settings_table[i].fallback);
}

struct parsing {
	struct settings settings;
	bool            seen[COUNT(settings_table)];
};

static bool complain(struct problem *problem, const char *format, const char *a, const char *b, const char *c)
{
	snprintf(problem->text, PROBLEM_MAX, format, a, b, c);
	return false;
}

static bool take_pair(void *context, const char *section, const char *name, const char *value,
                      struct problem *problem)
{
	struct parsing *p = context;
	bool            section_exists = false;

	for (size_t i = 0; i < settings_count; i++) {
		const struct setting *row = &settings_table[i];

		if (strcmp(row->section, section) != 0)
			continue;
		section_exists = true;
		if (strcmp(row->key, name) != 0)
			continue;
		if (p->seen[i])
			return complain(problem, "'%.60s' stands twice in [%.40s]; expected it once%s", name, section,
			                " (a line that begins with a space continues the one before)");
		p->seen[i] = true;
		if (!set(&p->settings, row, value))
			return complain(problem, "'%.60s = %.100s': expected %.120s", name, value, row->expects);
		return true;
	}
	if (!section_exists)
		return complain(problem, "there is no section [%.60s]; expected %s%s", section,
		                "[policy], [block], [inspect], [queue], [flow], [audit] or [daemon]", "");
	return complain(problem, "there is no setting '%.60s' in [%.40s]%s", name, section,
	                "; filterd.conf(5) lists all");
}

int settings_parse(const char *text, const char *file, struct settings *out, struct problem *problem_out)
{
	struct parsing p = { 0 };
	int            error;

	settings_default(&p.settings);
	error = ini_walk(text, file, take_pair, &p, problem_out);
	if (error == 0)
		*out = p.settings;
	return error;
}

struct marks settings_marks(const struct settings *s)
{
	uint32_t left = s->mark_mask, bits[4];

	for (size_t i = 0; i < COUNT(bits); i++) {
		bits[i] = left & -left;
		left &= left - 1;
	}
	return (struct marks){ .decided = bits[0], .blocked = bits[1], .seen = bits[2], .injected = bits[3] };
}
