/* SPDX-License-Identifier: MIT */

/*
 * One object a field set, in the order of ECS's own reference. Source: Elastic Common Schema 8.11.
 */

#include "review/export.h"

#include "review/export_json.h"
#include "review/totals.h"

#include <ctype.h>

/* "3C-52-82-11-22-33": ECS wants a MAC as RFC 7042 writes it. */
static void put_mac(struct json_out *j, struct bytes mac)
{
	uint8_t room[17];

	if (mac.len != sizeof(room))
		return;
	for (size_t i = 0; i < sizeof(room); i++) {
		if (mac.at[i] != ':' && !isxdigit(mac.at[i]))
			return;
		room[i] = mac.at[i] == ':' ? '-' : (uint8_t)toupper(mac.at[i]);
	}
	out_string(j, "mac", bytes_of(room, sizeof(room)));
}

static void put_event(struct json_out *j, const struct entry *e, const struct export_source *from)
{
	out_open(j, "event");
	out_word(j, "kind", "alert");
	out_raw(j, "category", "[\"network\",\"intrusion_detection\"]");
	out_raw(j, "type", entry_is_blocked(e) ? "[\"denied\"]" : "[\"allowed\"]");
	out_word(j, "action", result_name(entry_result(e)));
	out_word(j, "module", "filterd");
	out_word(j, "dataset", "filterd.audit");
	out_number(j, "sequence", from->seq);
	if (e->has_first) {
		out_time(j, "start", e->first_us);
		out_time(j, "end", e->time_us);
	}
	out_close(j);
}

static void put_rule(struct json_out *j, const struct entry *e)
{
	out_open(j, "rule");
	out_number_text(j, "id", e->signature_id);
	out_string(j, "name", e->rule);
	out_string(j, "category", e->alert_category);
	out_close(j);
}

static void export_ecs_put_ends(struct json_out *j, const struct entry *e)
{
	out_open(j, "source");
	out_string(j, "ip", e->src_ip);
	out_number(j, "port", e->src_port);
	put_mac(j, e->mac);
	out_string(j, "domain", e->name);
	out_close(j);
	out_open(j, "destination");
	out_string(j, "ip", e->dest_ip);
	out_number(j, "port", e->dest_port);
	out_string(j, "domain", e->host);
	out_close(j);
}

static void put_network(struct json_out *j, const struct entry *e)
{
	out_open(j, "network");
	out_word(j, "transport", bytes_equal(e->proto, BYTES("TCP")) ? "tcp" : "udp");
	if (entry_layer(e) != LAYER_OTHER)
		out_word(j, "protocol", layer_name(entry_layer(e)));
	out_string(j, "community_id", e->community_id);
	out_close(j);
}

static void put_observer(struct json_out *j, const struct entry *e,
                         const struct export_source *from)
{
	out_open(j, "observer");
	out_string(j, "name", e->sensor);
	out_word(j, "product", "filterd");
	out_word(j, "type", "firewall");
	out_string(j, "version", bytes_text(from->version));
	if (e->iface.len > 0) {
		out_open(j, "ingress");
		out_open(j, "interface");
		out_string(j, "name", e->iface);
		out_close(j);
		out_close(j);
	}
	out_close(j);
}

static void put_dns(struct json_out *j, const struct entry *e)
{
	out_open(j, "dns");
	out_word(j, "type", bytes_equal(e->direction, BYTES("to_client")) ? "answer" : "query");
	out_open(j, "question");
	out_string(j, "name", e->rrname.len > 0 ? e->rrname : e->host);
	out_string(j, "type", e->rrtype);
	out_close(j);
	out_close(j);
}

static void put_http(struct json_out *j, const struct entry *e)
{
	if (e->method.len > 0) {
		out_open(j, "http");
		out_open(j, "request");
		out_string(j, "method", e->method);
		out_close(j);
		out_close(j);
	}
	out_open(j, "url");
	out_string(j, "domain", e->host);
	out_string(j, "path", e->url);
	out_close(j);
	if (e->user_agent.len > 0) {
		out_open(j, "user_agent");
		out_string(j, "original", e->user_agent);
		out_close(j);
	}
}

/* QUIC has no field set; its hello is TLS. */
static void put_tls(struct json_out *j, const struct entry *e)
{
	out_open(j, "tls");
	out_open(j, "client");
	out_string(j, "server_name", e->host);
	out_close(j);
	out_close(j);
}

static void export_ecs_put_layer(struct json_out *j, const struct entry *e)
{
	switch (entry_layer(e)) {
	case LAYER_DNS:
		put_dns(j, e);
		break;
	case LAYER_HTTP:
		put_http(j, e);
		break;
	case LAYER_TLS:
	case LAYER_QUIC:
		put_tls(j, e);
		break;
	case LAYER_SOCKS:
	case LAYER_OTHER:
		break;
	}
}

void export_ecs(struct text *t, const struct entry *e, const struct export_source *from)
{
	struct json_out j = { .text = t };

	out_open(&j, NULL);
	out_time(&j, "@timestamp", e->time_us);
	out_open(&j, "ecs");
	out_word(&j, "version", "8.11.0");
	out_close(&j);
	out_string(&j, "message", e->signature);
	put_event(&j, e, from);
	put_rule(&j, e);
	export_ecs_put_ends(&j, e);
	put_network(&j, e);
	put_observer(&j, e, from);
	export_ecs_put_layer(&j, e);
	out_own(&j, e, from);
	out_close(&j);
	text_put(t, "\n");
}
