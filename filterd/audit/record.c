/* SPDX-License-Identifier: MIT */

/* One function per group of members, in the order of the line. */

#include "audit/record.h"

#include "audit/community.h"
#include "base/json.h"
#include "inspect/dns.h"
#include "policy/builtin.h"

#include <string.h>

#define SEVERITY_BLOCK 2
#define SEVERITY_OTHER 3
#define DIGEST_SHORT   8        /* bytes of the policy's digest in a record */

const char *const app_names[] = {
	[APP_DNS] = "dns",   [APP_TLS] = "tls",     [APP_QUIC] = "quic",
	[APP_HTTP] = "http", [APP_SOCKS] = "socks", [APP_UNKNOWN] = "failed",
};

const char *const type_names[] = {
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

static const char *const asked_names[] = {
	[ASKED_UNKNOWN] = "unknown", [ASKED_NO] = "no", [ASKED_YES] = "yes",
};

static const char *const folded_names[] = {
	[FOLDED_DEVICE] = "device", [FOLDED_HOST] = "host", [FOLDED_CATEGORY] = "category",
};

static struct bytes record_text_of(const struct host_text *t)
{
	return bytes_of(t->text, t->len);
}

static void write_address(struct json *j, const char *name, const struct address *a)
{
	struct writer *w = json_text_begin(j, name);

	address_write(w, a);
	json_text_end(w);
}

static void write_rule(struct json *j, const char *name, const struct rule *rule)
{
	struct writer *w = json_text_begin(j, name);

	rule_write(w, rule);            /* list.h accepts no character that JSON would escape */
	json_text_end(w);
}

static void write_flow(struct json *j, const struct event *e, const char *community)
{
	if (e->iface[0] != '\0')
		json_text(j, "in_iface", e->iface);
	json_text(j, "event_type", e->type == EVENT_PASS ? app_names[e->app] : "alert");
	write_address(j, "src_ip", &e->client);
	json_number(j, "src_port", e->client_port);
	write_address(j, "dest_ip", &e->server);
	json_number(j, "dest_port", e->server_port);
	json_text(j, "proto", e->transport == TRANSPORT_TCP ? "TCP" : "UDP");
	json_number(j, "ip_v", e->client.family);
	if (e->has_mac) {
		json_object(j, "ether");
		json_mac(j, "src_mac", e->mac);
		json_end(j);
	}
	if (community[0] != '\0')
		json_text(j, "community_id", community);
}

static void write_alert(struct json *j, const struct event *e)
{
	const struct category *c = e->decision.rule.category;
	struct writer         *w;

	json_object(j, "alert");
	json_text(j, "action", e->type == EVENT_BLOCK ? "blocked" : "allowed");
	json_number(j, "gid", 1);
	json_number(j, "signature_id", c->signature_id);
	json_number(j, "rev", 1);
	w = json_text_begin(j, "signature");
	write_text(w, "filterd ");
	write_text(w, c->id);
	write_text(w, ": ");
	rule_write(w, &e->decision.rule);
	json_text_end(w);
	json_text(j, "category", c->title);
	json_number(j, "severity", e->type == EVENT_BLOCK ? SEVERITY_BLOCK : SEVERITY_OTHER);
	json_end(j);
}

static void record_write_verdict(struct json *j, const struct event *e)
{
	json_object(j, "verdict");
	json_text(j, "action", e->type == EVENT_BLOCK ? "drop" : "alert");
	if (e->reply == REPLY_RESET || e->reply == REPLY_UNREACHABLE) {
		bool is_reset = e->reply == REPLY_RESET;

		json_text(j, "reject_target", is_reset ? "both" : "to_client");
		json_array(j, "reject");
		json_text(j, NULL, is_reset ? "tcp-reset" : "icmp-prohib");
		json_end(j);
	}
	json_end(j);
}

static void write_question(struct json *j, const struct event *e)
{
	struct writer *w;

	json_bytes(j, "rrname",
	           record_text_of(e->dns.has_question ? &e->dns.question : &e->host));
	w = json_text_begin(j, "rrtype");
	dns_type_write(w, e->dns.type);
	json_text_end(w);
}

static void record_write_text_member(struct json *j, const char *name, const struct event_text *t)
{
	if (t->len > 0)
		json_bytes(j, name, bytes_of(t->text, t->len));
}

static void write_request(struct json *j, const struct event *e)
{
	if (e->is_named)
		json_bytes(j, "hostname", record_text_of(&e->host));
	record_write_text_member(j, "url", &e->http.url);
	record_write_text_member(j, "http_user_agent", &e->http.user_agent);
	record_write_text_member(j, "http_method", &e->http.method);
	record_write_text_member(j, "protocol", &e->http.protocol);
}

static void write_dns(struct json *j, const struct event *e)
{
	json_number(j, "version", 3);
	json_text(j, "type", e->dns.is_response ? "response" : "request");
	json_number(j, "id", e->dns.id);
	write_question(j, e);
	json_array(j, "queries");
	json_object(j, NULL);
	write_question(j, e);
	json_end(j);
	json_end(j);
}

static void write_layer(struct json *j, const struct event *e)
{
	if (e->app == APP_SOCKS || e->app == APP_UNKNOWN)
		return;
	json_object(j, app_names[e->app]);
	switch (e->app) {
	case APP_DNS:
		write_dns(j, e);
		break;
	case APP_HTTP:
		write_request(j, e);
		break;
	case APP_QUIC:
		if (e->quic_version != NULL)
			json_text(j, "version", e->quic_version);
		if (e->is_named)
			json_bytes(j, "sni", record_text_of(&e->host));
		break;
	case APP_TLS:
		if (e->is_named)
			json_bytes(j, "sni", record_text_of(&e->host));
		break;
	case APP_SOCKS:
	case APP_UNKNOWN:
		break;
	}
	json_end(j);
}

/* The device: its MAC if seen, else its address. */
static void record_write_device(struct json *j, const struct event *e, struct bytes name)
{
	if (e->has_mac)
		json_mac(j, "device", e->mac);
	else
		write_address(j, "device", &e->client);
	json_bytes(j, "name", name);
}

/* With its end and reason: a later reader of the log may not have the policy. */
static void record_write_waiver(struct json *j, const struct waiver *waiver)
{
	json_text(j, "waiver", waiver->id);
	json_time(j, "until", waiver->until_us);
	json_text(j, "reason", waiver->reason);
}

static void record_write_own(struct json *j, const struct event *e,
                             const struct record_context *c)
{
	json_object(j, "filterd");
	json_text(j, "type",
	                 builtin_is_probe(&e->decision) ? BUILTIN_PROBE_ID : type_names[e->type]);
	json_bytes(j, "host", record_text_of(&e->host));
	if (e->host.sent_len > 0)
		json_bytes(j, "wire", bytes_of(e->host.sent, e->host.sent_len));
	if (e->decision.has_rule) {
		write_rule(j, "rule", &e->decision.rule);
		json_text(j, "category", e->decision.rule.category->id);
	}
	if (e->decision.waiver != NULL)
		record_write_waiver(j, e->decision.waiver);
	if (e->by_address)
		json_text(j, "by", "address");
	if (e->asked != ASKED_LEFT_OUT)
		json_text(j, "asked", asked_names[e->asked]);
	json_hex(j, "policy", bytes_first(c->policy_digest, DIGEST_SHORT));
	record_write_device(j, e, c->name);
	json_text(j, "reply", reply_names[e->reply]);
}

void record_open(struct writer *w, const struct event *e, const struct record_context *c)
{
	struct json j = json_over(w);
	char        community[COMMUNITY_ID_MAX] = "";
	uint64_t    flow_id = 0;
	bool        has_id = community_id(&e->client, e->client_port, &e->server, e->server_port,
	                                  e->transport, community, &flow_id) == 0;

	json_object(&j, NULL);
	json_eve_time(&j, "timestamp", e->time_us);
	if (has_id)
		json_number(&j, "flow_id", flow_id);
	write_flow(&j, e, community);
	if (e->type != EVENT_PASS)
		write_alert(&j, e);
	json_text(&j, "app_proto", app_names[e->app]);
	json_text(&j, "direction", e->to_client ? "to_client" : "to_server");
	if (e->type != EVENT_PASS)
		record_write_verdict(&j, e);
	write_layer(&j, e);
	json_text(&j, "host", c->sensor);
	record_write_own(&j, e, c);
}

void record_count(struct writer *w, uint64_t count, int64_t first_us)
{
	struct json j = json_after(w);

	json_number(&j, "count", count);
	if (count >= 2)
		json_eve_time(&j, "first", first_us);
}

void record_folded(struct writer *w, enum folded folded)
{
	struct json j = json_after(w);

	if (folded != FOLDED_NOT)
		json_text(&j, "folded", folded_names[folded]);
}

void record_packet(struct writer *w, const char *capture, uint64_t number)
{
	struct json j = json_after(w);

	json_text(&j, "capture", capture);
	json_number(&j, "packet", number);
}

void record_close(struct writer *w, const struct chain *chain)
{
	chain_write(w, chain);
	write_text(w, "}}\n");
}
