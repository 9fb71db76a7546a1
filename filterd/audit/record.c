/* SPDX-License-Identifier: MIT */

/* One function a group of members, in the order in which they stand in the line. */

#include "audit/record.h"

#include "audit/community.h"
#include "audit/json.h"
#include "base/instant.h"
#include "base/mac.h"
#include "inspect/dns.h"
#include "policy/builtin.h"

#include <string.h>

#define SEVERITY_BLOCK 2
#define SEVERITY_OTHER 3
#define DIGEST_SHORT   8        /* bytes of the policy's digest in a record */

static const char *const layer_names[] = {
	[APP_DNS] = "dns",   [APP_TLS] = "tls",     [APP_QUIC] = "quic",
	[APP_HTTP] = "http", [APP_SOCKS] = "socks", [APP_UNKNOWN] = "failed",
};

static const char *const type_names[] = {
	[EVENT_PASS]        = "pass",
	[EVENT_LOG]         = "log",
	[EVENT_WAIVED]      = "waived",
	[EVENT_WOULD_BLOCK] = "would_block",
	[EVENT_BLOCK]       = "block",
};

static const char *const reply_names[] = {
	[REPLY_NONE]        = "none",
	[REPLY_RESET]       = "reset",
	[REPLY_UNREACHABLE] = "unreachable",
	[REPLY_NXDOMAIN]    = "nxdomain",
	[REPLY_REFUSED]     = "refused",
	[REPLY_UNSPECIFIED] = "unspecified",
};

static const char *const folded_names[] = {
	[FOLDED_DEVICE] = "device", [FOLDED_HOST] = "host", [FOLDED_CATEGORY] = "category",
};

static struct bytes record_text_of(const struct host_text *t)
{
	return bytes_of(t->text, t->len);
}

static void write_address(struct writer *w, const char *name, const struct address *a)
{
	json_open_member(w, name, "\"");
	address_write(w, a);
	write_text(w, "\"");
}

static void write_rule(struct writer *w, const char *name, const struct rule *rule)
{
	json_open_member(w, name, "\"");
	rule_write(w, rule);            /* list.h lets in no character that JSON would escape */
	write_text(w, "\"");
}

static void write_flow(struct writer *w, const struct event *e, const char *community)
{
	if (e->iface[0] != '\0')
		json_text_member(w, "in_iface", e->iface);
	json_text_member(w, "event_type", e->type == EVENT_PASS ? layer_names[e->app] : "alert");
	write_address(w, "src_ip", &e->client);
	json_number_member(w, "src_port", e->client_port);
	write_address(w, "dest_ip", &e->server);
	json_number_member(w, "dest_port", e->server_port);
	json_text_member(w, "proto", e->transport == TRANSPORT_TCP ? "TCP" : "UDP");
	json_number_member(w, "ip_v", e->client.family);
	if (e->has_mac) {
		json_open_member(w, "ether", "{\"src_mac\":\"");
		mac_write(w, e->mac);
		write_text(w, "\"}");
	}
	if (community[0] != '\0')
		json_text_member(w, "community_id", community);
}

static void write_alert(struct writer *w, const struct event *e)
{
	const struct category *c = e->decision.rule.category;

	json_open_member(w, "alert", "{");
	json_text_member(w, "action", e->type == EVENT_BLOCK ? "blocked" : "allowed");
	json_number_member(w, "gid", 1);
	json_number_member(w, "signature_id", c->signature_id);
	json_number_member(w, "rev", 1);
	json_open_member(w, "signature", "\"filterd ");
	write_text(w, c->id);
	write_text(w, ": ");
	rule_write(w, &e->decision.rule);
	write_text(w, "\"");
	json_text_member(w, "category", c->title);
	json_number_member(w, "severity", e->type == EVENT_BLOCK ? SEVERITY_BLOCK : SEVERITY_OTHER);
	write_text(w, "}");
}

static void record_write_verdict(struct writer *w, const struct event *e)
{
	json_open_member(w, "verdict", "{");
	json_text_member(w, "action", e->type == EVENT_BLOCK ? "drop" : "alert");
	if (e->reply == REPLY_RESET)
		write_text(w, ",\"reject_target\":\"both\",\"reject\":[\"tcp-reset\"]");
	if (e->reply == REPLY_UNREACHABLE)
		write_text(w, ",\"reject_target\":\"to_client\",\"reject\":[\"icmp-prohib\"]");
	write_text(w, "}");
}

static void write_question(struct writer *w, const struct event *e)
{
	json_bytes_member(w, "rrname",
	                  record_text_of(e->dns.has_question ? &e->dns.question : &e->host));
	json_open_member(w, "rrtype", "\"");
	dns_type_write(w, e->dns.type);
	write_text(w, "\"");
}

static void record_write_text_member(struct writer *w, const char *name, const struct event_text *t)
{
	if (t->len > 0)
		json_bytes_member(w, name, bytes_of(t->text, t->len));
}

static void write_request(struct writer *w, const struct event *e)
{
	if (e->is_named)
		json_bytes_member(w, "hostname", record_text_of(&e->host));
	record_write_text_member(w, "url", &e->http.url);
	record_write_text_member(w, "http_user_agent", &e->http.user_agent);
	record_write_text_member(w, "http_method", &e->http.method);
	record_write_text_member(w, "protocol", &e->http.protocol);
}

static void write_dns(struct writer *w, const struct event *e)
{
	json_number_member(w, "version", 3);
	json_text_member(w, "type", e->dns.is_response ? "response" : "request");
	json_number_member(w, "id", e->dns.id);
	write_question(w, e);
	json_open_member(w, "queries", "[{");
	write_question(w, e);
	write_text(w, "}]");
}

static void write_layer(struct writer *w, const struct event *e)
{
	if (e->app == APP_SOCKS || e->app == APP_UNKNOWN)
		return;
	json_open_member(w, layer_names[e->app], "{");
	switch (e->app) {
	case APP_DNS:
		write_dns(w, e);
		break;
	case APP_HTTP:
		write_request(w, e);
		break;
	case APP_QUIC:
		if (e->quic_version != NULL)
			json_text_member(w, "version", e->quic_version);
		if (e->is_named)
			json_bytes_member(w, "sni", record_text_of(&e->host));
		break;
	case APP_TLS:
		if (e->is_named)
			json_bytes_member(w, "sni", record_text_of(&e->host));
		break;
	case APP_SOCKS:
	case APP_UNKNOWN:
		break;
	}
	write_text(w, "}");
}

/* The device: its MAC where it was seen, else its address. */
static void record_write_device(struct writer *w, const struct event *e, struct bytes name)
{
	json_open_member(w, "device", "\"");
	if (e->has_mac)
		mac_write(w, e->mac);
	else
		address_write(w, &e->client);
	write_text(w, "\"");
	json_bytes_member(w, "name", name);
}

/* With its end and reason: whoever reads the log later may not have the policy. */
static void record_write_waiver(struct writer *w, const struct waiver *waiver)
{
	json_text_member(w, "waiver", waiver->id);
	json_time_member(w, "until", waiver->until_us);
	json_text_member(w, "reason", waiver->reason);
}

static void record_write_own(struct writer *w, const struct event *e,
                             const struct record_context *c)
{
	json_open_member(w, "filterd", "{");
	json_text_member(w, "type",
	                 builtin_is_probe(&e->decision) ? BUILTIN_PROBE_ID : type_names[e->type]);
	json_bytes_member(w, "host", record_text_of(&e->host));
	if (e->host.sent_len > 0)
		json_bytes_member(w, "wire", bytes_of(e->host.sent, e->host.sent_len));
	if (e->decision.has_rule) {
		write_rule(w, "rule", &e->decision.rule);
		json_text_member(w, "category", e->decision.rule.category->id);
	}
	if (e->decision.waiver != NULL)
		record_write_waiver(w, e->decision.waiver);
	if (e->by_address)
		json_text_member(w, "by", "address");
	json_hex_member(w, "policy", bytes_first(c->policy_digest, DIGEST_SHORT));
	record_write_device(w, e, c->name);
	json_text_member(w, "reply", reply_names[e->reply]);
}

void record_open(struct writer *w, const struct event *e, const struct record_context *c)
{
	char     community[COMMUNITY_ID_MAX] = "";
	uint64_t flow_id = 0;
	bool     has_id = community_id(&e->client, e->client_port, &e->server, e->server_port,
	                               e->transport, community, &flow_id) == 0;

	write_text(w, "{\"timestamp\":\"");
	instant_write_eve(w, e->time_us);
	write_text(w, "\"");
	if (has_id)
		json_number_member(w, "flow_id", flow_id);
	write_flow(w, e, community);
	if (e->type != EVENT_PASS)
		write_alert(w, e);
	json_text_member(w, "app_proto", layer_names[e->app]);
	json_text_member(w, "direction", e->to_client ? "to_client" : "to_server");
	if (e->type != EVENT_PASS)
		record_write_verdict(w, e);
	write_layer(w, e);
	json_text_member(w, "host", c->sensor);
	record_write_own(w, e, c);
}

void record_count(struct writer *w, uint64_t count, int64_t first_us)
{
	json_number_member(w, "count", count);
	if (count < 2)
		return;
	json_open_member(w, "first", "\"");
	instant_write_eve(w, first_us);
	write_text(w, "\"");
}

void record_folded(struct writer *w, enum folded folded)
{
	if (folded != FOLDED_NOT)
		json_text_member(w, "folded", folded_names[folded]);
}

void record_packet(struct writer *w, const char *capture, uint64_t number)
{
	json_text_member(w, "capture", capture);
	json_number_member(w, "packet", number);
}

void record_close(struct writer *w, const struct chain *chain)
{
	chain_write(w, chain);
	write_text(w, "}}\n");
}

const char *app_name(enum app app)
{
	return layer_names[app];
}

const char *type_name(enum event_type type)
{
	return type_names[type];
}
