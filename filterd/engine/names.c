/* SPDX-License-Identifier: MIT */

/*
 * From a name to a ruling and its event, for streams and QUIC; messages.c does it for DNS.
 */

#include "base/instant.h"
#include "engine/state.h"

#include <string.h>

static enum event_type event_type_of(enum ruling ruling)
{
	switch (ruling) {
	case RULING_LOG:     return EVENT_LOG;
	case RULING_WAIVED:  return EVENT_WAIVED;
	case RULING_OBSERVE: return EVENT_WOULD_BLOCK;
	case RULING_BLOCK:   return EVENT_BLOCK;
	case RULING_PASS:    break;
	}
	return EVENT_PASS;
}

static void names_count(struct engine_counts *counts, enum ruling ruling)
{
	counts->blocked += ruling == RULING_BLOCK;
	counts->observed += ruling == RULING_OBSERVE;
	counts->waived += ruling == RULING_WAIVED;
	counts->logged += ruling == RULING_LOG;
}

/* The time that the policy goes by. */
static int64_t policy_time(const struct passage *at)
{
	return at->in->clock_untrusted ? INSTANT_UNKNOWN : at->in->now_us;
}

/* NULL: the policy does not depend on who asks. */
static inline const struct policy_client *names_client(struct passage *at)
{
	if (!at->rules->tells_clients_apart)
		return NULL;
	at->client = (struct policy_client){
		.address = client_of(at),
		.mac     = at->flow->has_mac ? at->flow->mac : NULL,
		.name    = at->engine->limits.name,
		.owner   = at->engine->owner,
	};
	return &at->client;
}

enum ruling names_settle(struct passage *at, struct decision *d)
{
	if (d->ruling != RULING_BLOCK)
		return d->ruling;
	if (at->rules->tells_clients_apart && !at->is_unwaived)
		at->is_unwaived = !policy_waive(at->rules->policy, names_client(at),
		                                policy_time(at), d);
	if (d->ruling == RULING_BLOCK && at->rules->mode == MODE_OBSERVE)
		d->ruling = RULING_OBSERVE;
	return d->ruling;
}

enum ruling names_ask(struct passage *at, struct host host, struct decision *out)
{
	policy_decide_for(at->rules->policy, names_client(at), host, policy_time(at), out);
	return names_settle(at, out);
}

unsigned names_rank(const struct decision *d)
{
	bool is_probe = builtin_is_probe(d);

	switch (d->ruling) {
	case RULING_PASS:    return 0;
	case RULING_LOG:     return 2;
	case RULING_WAIVED:  return 3;
	case RULING_OBSERVE: return is_probe ? 1 : 4;
	case RULING_BLOCK:   return is_probe ? 5 : 6;
	}
	return 0;
}

void names_copy_host(struct host_text *to, const struct host_text *from)
{
	to->len      = from->len;
	to->sent_len = from->sent_len;
	to->wire_len = from->wire_len;
	memcpy(to->text, from->text, from->len);
	memcpy(to->sent, from->sent, from->sent_len);
	to->text[to->len]      = '\0';
	to->sent[to->sent_len] = '\0';
}

struct event *names_begin_event(struct passage *at, enum app app, const struct host_text *host,
                                const struct decision *decision)
{
	const struct packet *p    = at->packet;
	const struct flow   *flow = at->flow;
	struct event        *e    = &at->engine->event;
	bool                 back = flow->client_known && flow->client != at->sender;
	struct address       link = link_of(flow);

	e->type        = event_type_of(decision->ruling);
	e->app         = app;
	e->reply       = decision->ruling == RULING_BLOCK ? reply_seen(at, app) : REPLY_NONE;
	e->time_us     = at->in->now_us;
	e->transport   = p->transport;
	e->client      = back ? p->dst : p->src;
	e->server      = back ? p->src : p->dst;
	e->client_port = back ? p->dst_port : p->src_port;
	e->server_port = back ? p->src_port : p->dst_port;
	e->to_client   = back;
	e->has_mac     = flow->has_mac;
	e->is_known    = devices_know(at, flow->has_mac ? &link : &e->client);
	e->decision    = *decision;
	memcpy(e->iface, flow->iface, sizeof(e->iface));
	memcpy(e->mac, flow->mac, sizeof(e->mac));
	names_copy_host(&e->host, host);
	e->is_named   = true;
	e->by_address = false;
	e->asked      = ASKED_LEFT_OUT;
	return e;
}

void names_report(struct passage *at, const struct event *e)
{
	names_count(&at->engine->counts, e->decision.ruling);
	at->engine->report(at->engine->owner, e);
}

static void names_keep_text(struct event_text *to, struct bytes from)
{
	from    = bytes_first(from, sizeof(to->text));
	to->len = (uint16_t)from.len;
	if (from.len > 0)
		memcpy(to->text, from.at, from.len);
}

/* The path of a target in any form, without its query. */
static struct bytes names_path_of(const struct http_request *r)
{
	struct bytes path   = r->target;
	size_t       scheme = 0, len = 0;

	while (scheme + 2 < path.len && memcmp(path.at + scheme, "://", 3) != 0)
		scheme++;
	if (!r->is_connect && path.len > 0 && path.at[0] != '/' && scheme + 2 < path.len) {
		path = bytes_from(path, scheme + 3);
		while (path.len > 0 && path.at[0] != '/')
			path = bytes_from(path, 1);
	}
	while (len < path.len && path.at[len] != '?')
		len++;
	return bytes_first(path, len);
}

static void names_note_ending(struct passage *at, enum app app, bool is_named,
                              const struct decision *decision)
{
	struct ending_cause cause = {
		.app        = app,
		.is_named   = is_named,
		.by_address = at->by_address,
		.by_port    = decision->rule.kind == PATTERN_PORT,
		.is_builtin = decision->rule.kind == PATTERN_BUILTIN,
	};

	if (cause.is_builtin)
		cause.builtin = builtin_of(&decision->rule);
	endings_note(at, &cause);
}

/* Fills the event of a stream or a QUIC datagram; the name is in host. */
static void report_name(struct passage *at, enum app app, bool is_named,
                        const struct decision *decision)
{
	struct event              *e = names_begin_event(at, app, &at->engine->host, decision);
	const struct http_request *r = at->request;

	e->is_named     = is_named;
	e->by_address   = at->by_address;
	e->quic_version = at->quic_version;
	e->asked        = askers_find(at, e);
	if (app == APP_HTTP) {
		names_keep_text(&e->http.method, r != NULL ? r->method : (struct bytes){ 0 });
		names_keep_text(&e->http.url, r != NULL ? names_path_of(r) : (struct bytes){ 0 });
		names_keep_text(&e->http.protocol, r != NULL ? r->protocol : (struct bytes){ 0 });
		names_keep_text(&e->http.user_agent,
		                r != NULL ? r->user_agent : (struct bytes){ 0 });
	}
	names_report(at, e);
	if (at->rules->mode == MODE_ENFORCE &&
	    (decision->ruling == RULING_OBSERVE || decision->ruling == RULING_WAIVED))
		names_note_ending(at, app, is_named, decision);
}

/*
 * A decision about a flow that shows no name: its record has the server's address in place of one.
 */
static enum ruling report_nameless(struct passage *at, enum app app, struct decision *decision)
{
	const struct packet *p    = at->packet;
	bool                 back = at->flow->client_known && at->flow->client != at->sender;
	uint8_t              text[64];
	struct writer        w = writer_over(text, sizeof(text));

	if (names_settle(at, decision) == RULING_PASS)
		return RULING_PASS;
	address_write(&w, back ? &p->src : &p->dst);
	if (host_from_text(writer_written(&w), &at->engine->host) == PARSE_OK)
		report_name(at, app, false, decision);
	return decision->ruling;
}

enum ruling names_judge_address(struct passage *at, enum app app)
{
	const struct packet *p    = at->packet;
	bool                 back = at->flow->client_known && at->flow->client != at->sender;
	struct host          name;
	struct decision      decision;

	if (!address_name(at, back ? &p->src : &p->dst, &name) ||
	    host_from_text(bytes_of(name.text, name.len), &at->engine->host) != PARSE_OK)
		return RULING_PASS;
	names_ask(at, host_of(&at->engine->host), &decision);
	if (!decision.has_rule || !decision.rule.category->by_address)
		return RULING_PASS;
	if (decision.ruling != RULING_PASS) {
		at->by_address = true;
		report_name(at, app, false, &decision);
		at->by_address = false;
	}
	return decision.ruling;
}

enum ruling names_judge_missing(struct passage *at, enum app app, enum builtin which,
                                enum outcome outcome)
{
	struct decision decision;
	enum ruling     known = names_judge_address(at, app);

	at->engine->counts.unreadable += which == BUILTIN_UNREADABLE || which == BUILTIN_QUIC;
	at->engine->counts.over_limit += which == BUILTIN_LIMIT;
	if (known != RULING_PASS)
		return known;
	builtin_decide(which, outcome, &decision);
	return report_nameless(at, app, &decision);
}

static enum ruling names_ask_port(struct passage *at, struct decision *out)
{
	const struct packet *p    = at->packet;
	bool                 back = client_of(at) != &p->src;

	policy_decide_port_for(at->rules->policy, names_client(at),
	                       p->transport == TRANSPORT_TCP, back ? p->src_port : p->dst_port,
	                       policy_time(at), out);
	return names_settle(at, out);
}

enum ruling names_judge_port(struct passage *at)
{
	struct decision decision;

	at->flow->port_judged = true;
	if (names_ask_port(at, &decision) == RULING_PASS)
		return RULING_PASS;
	return report_nameless(at, APP_UNKNOWN, &decision);
}

static enum outcome outcome_of(const struct engine_rules *r, enum builtin which)
{
	switch (which) {
	case BUILTIN_NO_NAME:    return r->no_name;
	case BUILTIN_ECH:        return r->ech;
	case BUILTIN_QUIC:       return r->quic_unread;
	case BUILTIN_UNREADABLE: return r->unreadable;
	case BUILTIN_LIMIT:      return r->over_limit;
	case BUILTIN_PROBE:      break;
	}
	return OUTCOME_BLOCK;
}

enum ruling names_judge_ending(struct passage *at, const struct ending_cause *cause)
{
	struct decision decision;
	enum ruling     of_port = names_ask_port(at, &decision);

	if (of_port == RULING_BLOCK)
		return report_nameless(at, APP_UNKNOWN, &decision);
	if (cause->by_port)
		return of_port;
	if (cause->is_builtin) {
		builtin_decide(cause->builtin, outcome_of(at->rules, cause->builtin), &decision);
		names_settle(at, &decision);
	} else {
		names_ask(at, host_of(&at->engine->host), &decision);
	}
	if (decision.ruling == RULING_BLOCK) {
		at->by_address = cause->by_address;
		report_name(at, cause->app, cause->is_named, &decision);
		at->by_address = false;
	}
	return decision.ruling > of_port ? decision.ruling : of_port;
}

/* Classifies a text that stands where a name is expected. */
enum named { NAMED_HOST, NAMED_ADDRESS, NAMED_OTHERWISE };

/* Puts a name that can be looked up into host. */
static enum named read_name(struct passage *at, struct bytes text)
{
	/* some servers cut off any number of dots */
	while (text.len > 1 && text.at[text.len - 1] == '.' && text.at[text.len - 2] == '.')
		text.len--;
	if (host_from_text(text, &at->engine->host) != PARSE_OK)
		return NAMED_OTHERWISE;
	return host_is_address(host_of(&at->engine->host)) ? NAMED_ADDRESS : NAMED_HOST;
}

/* Do encrypted hellos show this name, by the setting or by an answer that the client got? */
static bool is_ech_name(const struct passage *at, struct host host)
{
	const char *words = at->rules->ech_names;

	while (*words != '\0') {
		size_t len = strcspn(words, " ");

		if (len == host.len && memcmp(words, host.text, len) == 0)
			return true;
		words += len + strspn(words + len, " ");
	}
	return addresses_has_ech(at, host);
}

/*
 * The ruling about all names of one message: the first name under the strictest ruling stands for
 * it, and is in engine->host. false if no text is a name. *is_unreadable: a server may read a name
 * that is not here.
 */
static bool strictest_of(struct passage *at, const struct hosts *hosts, struct decision *out,
                         bool *is_unreadable)
{
	struct decision decision;
	struct bytes    name = { 0 };
	bool            is_last = false;        /* the last one read is in host already */

	*out           = (struct decision){ .ruling = RULING_PASS };
	*is_unreadable = hosts->is_unreadable;
	for (size_t i = 0; i < hosts->num; i++) {
		enum named named = read_name(at, hosts->at[i]);

		*is_unreadable |= named == NAMED_OTHERWISE;
		is_last = false;
		if (named != NAMED_HOST)
			continue;
		names_ask(at, host_of(&at->engine->host), &decision);
		if (name.len > 0 && names_rank(&decision) <= names_rank(out))
			continue;
		name    = hosts->at[i];
		*out    = decision;
		is_last = true;
	}
	return name.len > 0 && (is_last || read_name(at, name) == NAMED_HOST);
}

/* A message that shows no name, or that may show its server a different one. */
static enum ruling judge_nameless(struct passage *at, enum app app, bool is_unreadable)
{
	return is_unreadable
	               ? names_judge_missing(at, app, BUILTIN_UNREADABLE, at->rules->unreadable)
	               : names_judge_missing(at, app, BUILTIN_NO_NAME, at->rules->no_name);
}

/*
 * An encrypted hello looks like the dummy that browsers send to every server (GREASE). Only the
 * visible name tells them apart: a dummy has the real name, an encrypted hello the provider's.
 */
enum ruling names_judge_hello(struct passage *at, enum app app, const struct tls_hello *hello)
{
	struct decision decision;
	bool            is_unreadable;

	if (!strictest_of(at, &hello->hosts, &decision, &is_unreadable)) {
		askers_note_hello(at, host_literal(""));
		return judge_nameless(at, app, is_unreadable);
	}
	if (decision.ruling != RULING_BLOCK)
		askers_note_hello(at, host_of(&at->engine->host));
	if (decision.ruling == RULING_PASS && hello->has_ech &&
	    is_ech_name(at, host_of(&at->engine->host))) {
		builtin_decide(BUILTIN_ECH, at->rules->ech, &decision);
		names_settle(at, &decision);
	}
	if (decision.ruling == RULING_PASS && is_unreadable)
		return judge_nameless(at, app, true);
	if (decision.ruling != RULING_PASS || at->rules->report_passes)
		report_name(at, app, true, &decision);
	return decision.ruling;
}

/* One request is one attempt, whatever the number of its names. */
enum ruling names_judge_request(struct passage *at, const struct http_request *request)
{
	struct decision strictest;
	bool            is_unreadable;
	bool            is_named = strictest_of(at, &request->hosts, &strictest, &is_unreadable);

	at->request = request;
	at->flow->is_proxied |= request->to_proxy;
	if (strictest.ruling == RULING_PASS && !strictest.has_rule)
		policy_decide_path_for(at->rules->policy, names_client(at),
		                       names_path_of(request), policy_time(at), &strictest);
	if (!is_named && strictest.ruling != RULING_PASS)
		return report_nameless(at, APP_HTTP, &strictest);
	if (!is_named || (strictest.ruling == RULING_PASS && is_unreadable))
		return judge_nameless(at, APP_HTTP, is_unreadable);
	if (strictest.ruling != RULING_PASS || at->rules->report_passes)
		report_name(at, APP_HTTP, true, &strictest);
	return strictest.ruling;
}

enum ruling names_judge_socks(struct passage *at, struct bytes host)
{
	enum named      named = read_name(at, host);
	struct decision decision;

	at->flow->is_proxied = true;
	if (named != NAMED_HOST)
		return host.len > 0 && named == NAMED_OTHERWISE
		               ? judge_nameless(at, APP_SOCKS, true)
		               : RULING_PASS;
	names_ask(at, host_of(&at->engine->host), &decision);
	if (decision.ruling != RULING_PASS || at->rules->report_passes)
		report_name(at, APP_SOCKS, true, &decision);
	return decision.ruling;
}

enum ruling names_judge_preamble(struct passage *at, const struct hosts *hosts)
{
	struct decision decision;
	bool            is_unreadable;

	if (!strictest_of(at, hosts, &decision, &is_unreadable))
		return RULING_PASS;
	if (decision.ruling != RULING_PASS || at->rules->report_passes)
		report_name(at, APP_UNKNOWN, true, &decision);
	return decision.ruling;
}
