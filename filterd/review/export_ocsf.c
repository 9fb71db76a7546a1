/* SPDX-License-Identifier: MIT */

/*
 * Source: OCSF 1.3, category Network Activity (4): classes, activities and the security_control
 * profile.
 */

#include "review/export.h"

#include "review/export_json.h"
#include "review/totals.h"

enum { CLASS_NETWORK = 4001, CLASS_HTTP = 4002, CLASS_DNS = 4003 };
enum { NETWORK_OPEN = 1, NETWORK_REFUSE = 5, DNS_QUERY = 1, DNS_RESPONSE = 2, HTTP_OTHER = 99 };
enum { ACTION_IS_ALLOWED = 1, ACTION_IS_DENIED = 2 };
enum { DISPOSITION_ALLOWED = 1, DISPOSITION_BLOCKED = 2, DISPOSITION_LOGGED = 17 };
enum { SEVERITY_INFORMATIONAL = 1, SEVERITY_MEDIUM = 3 };

static unsigned http_activity(struct bytes method)
{
	static const char *const methods[] = { "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS",
	                                       "POST", "PUT", "TRACE" };

	for (unsigned i = 0; i < COUNT(methods); i++) {
		if (bytes_equal(method, bytes_text(methods[i])))
			return i + 1;
	}
	return HTTP_OTHER;
}

static unsigned activity(const struct entry *e, unsigned class)
{
	if (class == CLASS_DNS)
		return bytes_equal(e->direction, BYTES("to_client")) ? DNS_RESPONSE : DNS_QUERY;
	if (class == CLASS_HTTP)
		return http_activity(e->method);
	return entry_is_blocked(e) ? NETWORK_REFUSE : NETWORK_OPEN;
}

static void put_class(struct json_out *j, const struct entry *e, unsigned class)
{
	enum result result = entry_result(e);

	out_number(j, "category_uid", class / 1000);
	out_number(j, "class_uid", class);
	out_number(j, "activity_id", activity(e, class));
	out_number(j, "type_uid", (uint64_t)class * 100 + activity(e, class));
	out_number(j, "severity_id",
	           result == RESULT_BLOCKED ? SEVERITY_MEDIUM : SEVERITY_INFORMATIONAL);
	out_number(j, "action_id", result == RESULT_BLOCKED ? ACTION_IS_DENIED : ACTION_IS_ALLOWED);
	out_number(j, "disposition_id", result == RESULT_BLOCKED ? DISPOSITION_BLOCKED :
	           result == RESULT_OBSERVED ? DISPOSITION_ALLOWED : DISPOSITION_LOGGED);
}

static void put_metadata(struct json_out *j, const struct entry *e,
                         const struct export_source *from)
{
	out_open(j, "metadata");
	out_word(j, "version", "1.3.0");
	out_raw(j, "profiles", "[\"security_control\"]");
	out_number(j, "sequence", from->seq);
	out_string(j, "log_provider", e->sensor);
	out_open(j, "product");
	out_word(j, "name", "filterd");
	out_word(j, "vendor_name", "filterd");
	out_string(j, "version", bytes_text(from->version));
	out_close(j);
	out_close(j);
}

static void export_ocsf_put_ends(struct json_out *j, const struct entry *e)
{
	out_open(j, "src_endpoint");
	out_string(j, "ip", e->src_ip);
	out_number(j, "port", e->src_port);
	out_string(j, "mac", e->mac);
	out_string(j, "hostname", e->name);
	out_string(j, "interface_name", e->iface);
	out_close(j);
	out_open(j, "dst_endpoint");
	out_string(j, "ip", e->dest_ip);
	out_number(j, "port", e->dest_port);
	out_string(j, "hostname", e->host);
	out_close(j);
}

static void put_connection(struct json_out *j, const struct entry *e)
{
	bool is_tcp = bytes_equal(e->proto, BYTES("TCP"));

	out_open(j, "connection_info");
	out_number(j, "protocol_num", is_tcp ? 6 : 17);
	out_word(j, "protocol_name", is_tcp ? "tcp" : "udp");
	out_number(j, "direction_id", 2);               /* outbound */
	out_string(j, "community_uid", e->community_id);
	out_close(j);
}

static void put_query(struct json_out *j, const struct entry *e)
{
	out_open(j, "query");
	out_string(j, "hostname", e->rrname.len > 0 ? e->rrname : e->host);
	out_string(j, "type", e->rrtype);
	out_close(j);
}

static void put_request(struct json_out *j, const struct entry *e)
{
	out_open(j, "http_request");
	out_string(j, "http_method", e->method);
	out_string(j, "user_agent", e->user_agent);
	out_open(j, "url");
	out_string(j, "hostname", e->host);
	out_string(j, "path", e->url);
	out_close(j);
	out_close(j);
}

static void export_ocsf_put_layer(struct json_out *j, const struct entry *e)
{
	switch (entry_layer(e)) {
	case LAYER_DNS:
		put_query(j, e);
		break;
	case LAYER_HTTP:
		put_request(j, e);
		break;
	case LAYER_TLS:
	case LAYER_QUIC:
		out_open(j, "tls");
		out_string(j, "sni", e->host);
		out_close(j);
		break;
	case LAYER_SOCKS:
	case LAYER_OTHER:
		break;
	}
}

static unsigned class_of(const struct entry *e)
{
	enum layer layer = entry_layer(e);

	return layer == LAYER_DNS ? CLASS_DNS : layer == LAYER_HTTP ? CLASS_HTTP : CLASS_NETWORK;
}

void export_ocsf(struct text *t, const struct entry *e, const struct export_source *from)
{
	struct json_out j = { .text = t };

	out_open(&j, NULL);
	out_milliseconds(&j, "time", e->time_us);
	put_class(&j, e, class_of(e));
	out_string(&j, "message", e->signature);
	put_metadata(&j, e, from);
	export_ocsf_put_ends(&j, e);
	put_connection(&j, e);
	export_ocsf_put_layer(&j, e);
	out_open(&j, "firewall_rule");
	out_string(&j, "name", e->rule);
	out_string(&j, "category", e->alert_category);
	out_close(&j);
	out_number(&j, "count", e->count);
	if (e->has_first) {
		out_milliseconds(&j, "start_time", e->first_us);
		out_milliseconds(&j, "end_time", e->time_us);
	}
	out_open(&j, "unmapped");
	out_own(&j, e, from);
	out_close(&j);
	out_close(&j);
	text_put(t, "\n");
}
