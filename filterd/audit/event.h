/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_AUDIT_EVENT_H
#define FILTERD_AUDIT_EVENT_H

/*
 * Event: one attempt to reach a host in the policy. Filled by the engine, written by record.h. Text
 * is copied, rules are borrowed from the policy that decided.
 */

#include "base/host.h"
#include "policy/policy.h"
#include "wire/packet.h"

#include <string.h>

enum event_type {
	EVENT_PASS,             /* replay --all only; never stored */
	EVENT_LOG,
	EVENT_WAIVED,           /* would be blocked without a waiver */
	EVENT_WOULD_BLOCK,      /* before the instant, or in observe mode */
	EVENT_BLOCK,
};

enum app { APP_DNS, APP_TLS, APP_QUIC, APP_HTTP, APP_SOCKS, APP_UNKNOWN };

/* The answer to the client. */
enum reply {
	REPLY_NONE,
	REPLY_RESET,
	REPLY_UNREACHABLE,
	REPLY_NXDOMAIN,
	REPLY_REFUSED,
	REPLY_UNSPECIFIED
};

/* Did the client ask a resolver for the shown name, within a day? engine/askers.c */
enum asked_for { ASKED_LEFT_OUT, ASKED_UNKNOWN, ASKED_NO, ASKED_YES };

#define IFACE_NAME_MAX 16       /* IFNAMSIZ */
#define EVENT_TEXT_MAX 256      /* bytes kept of a path, of a user agent */

/* Text from the wire, not NUL-terminated. */
struct event_text {
	uint16_t len;
	char     text[EVENT_TEXT_MAX];
};

struct event {
	enum event_type  type;
	enum app         app;
	enum reply       reply;
	/* wall clock or capture time, microseconds since 1970, UTC */
	int64_t          time_us;
	enum transport   transport;
	struct address   client, server;        /* of the flow: the client opened it */
	uint16_t         client_port, server_port;
	/* the name was in a packet to the client (a DNS answer) */
	bool             to_client;
	char             iface[IFACE_NAME_MAX]; /* incoming interface; "" if unknown */
	bool             has_mac;
	uint8_t          mac[6];        /* the client's */
	/* the MAC, or the address without one, has been there for a while */
	bool             is_known;
	struct decision  decision;
	bool             by_address;    /* host comes from DNS answers with the server's address */
	bool             is_named;      /* false: no name was shown, host is the server's address */
	enum asked_for       asked;
	struct host_text host;          /* the name that decided */
	const char      *quic_version;  /* APP_QUIC: "1", "2", "draft-29"; NULL if unknown */
	struct {
		struct event_text method, url, protocol, user_agent;    /* url: only the path */
	} http;
	struct {
		/* type of the question, or of the record that has the name */
		uint16_t         id, type;
		bool             is_response;
		/* the first question, if another name decided */
		struct host_text question;
		bool             has_question;
	} dns;
};

/* The client's device as a key: its MAC if seen, otherwise its address; as in records. */
#define EVENT_DEVICE 18         /* bytes: kind, and a MAC or an address */

static inline void event_device(const struct event *e, uint8_t out[EVENT_DEVICE])
{
	memset(out, 0, EVENT_DEVICE);
	out[0] = e->has_mac ? 1 : 2;
	if (e->has_mac) {
		memcpy(out + 1, e->mac, sizeof(e->mac));
		return;
	}
	out[1] = e->client.family;
	memcpy(out + 2, e->client.at, sizeof(e->client.at));
}

#endif
