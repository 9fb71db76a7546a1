/* SPDX-License-Identifier: MIT */

#include "audit/control.h"

#include "audit/json.h"
#include "base/instant.h"

#include <stdlib.h>
#include <string.h>

static const char *const state_names[] = {
	[STATE_ENFORCING] = "enforcing",
	[STATE_OBSERVING] = "observing",
	[STATE_WAITING]   = "waiting",
	[STATE_DEGRADED]  = "degraded",
};
static const char *const trust_names[] = {
	[TRUST_SYNCED] = "synced", [TRUST_UNSYNCED] = "unsynced", [TRUST_UNKNOWN] = "unknown",
	[TRUST_UNTRUSTED] = "untrusted",
};
static const char *const hooks_names[] = {
	[HOOKS_OK] = "ok", [HOOKS_MISSING] = "missing", [HOOKS_UNKNOWN] = "unknown",
	[HOOKS_NOBODY] = "nobody",
	[HOOKS_CHANGED] = "changed",
};
static const char *const previous_names[] = {
	[PREVIOUS_NEW] = "new",   [PREVIOUS_CLEAN] = "clean", [PREVIOUS_UNCLEAN] = "unclean",
	[PREVIOUS_TORN] = "torn", [PREVIOUS_SHORT] = "short", [PREVIOUS_FORK] = "fork",
	[PREVIOUS_LOST] = "lost",
};

const char *state_name(enum state state)
{
	return state_names[state];
}

const char *trust_name(enum trust trust)
{
	return trust_names[trust];
}

const char *hooks_name(enum hooks hooks)
{
	return hooks_names[hooks];
}

static void open_record(struct writer *w, const struct control *c, const char *event_type)
{
	write_text(w, "{\"timestamp\":\"");
	instant_write_eve(w, c->time_us);
	write_text(w, "\"");
	json_text_member(w, "event_type", event_type);
}

static void open_own(struct writer *w, const struct control *c, const char *type)
{
	json_text_member(w, "host", c->sensor);
	json_open_member(w, "filterd", "{");
	json_text_member(w, "type", type);
}

/* The message is the texts one after the other. */
static void open_engine(struct writer *w, const struct control *c, const char *type,
                        const char *level, const char *const texts[], size_t num_texts)
{
	uint8_t       message[1024];
	struct writer m = writer_over(message, sizeof(message));

	for (size_t i = 0; i < num_texts; i++)
		write_text(&m, texts[i]);
	open_record(w, c, "engine");
	json_text_member(w, "log_level", level);
	json_open_member(w, "engine", "{");
	json_bytes_member(w, "message", writer_written(&m));
	json_text_member(w, "module", "audit");
	write_text(w, "}");
	open_own(w, c, type);
}

#define ENGINE(w, c, type, level, ...) \
	open_engine(w, c, type, level, (const char *const[]){ __VA_ARGS__ }, \
	            COUNT(((const char *const[]){ __VA_ARGS__ })))

static void write_unfiltered(struct writer *w, const struct standing *s)
{
	json_text_member(w, "hooks", hooks_names[s->hooks]);
	if (s->unfiltered_known)
		json_number_member(w, "unfiltered", s->unfiltered);
}

static void control_write_uid(struct writer *w, const char *name, bool known, uint32_t uid)
{
	json_open_member(w, name, "\"");
	if (!known)
		write_text(w, "unknown");
	else if (uid == CONTROL_NO_LOGIN)
		write_text(w, "none");
	else
		write_decimal(w, uid);
	write_text(w, "\"");
}

static void write_asker(struct writer *w, const struct control_asker *a)
{
	if (a == NULL)
		return;
	json_open_member(w, "asked", "{");
	json_text_member(w, "by", a->by);
	control_write_uid(w, "uid", a->has_uid, a->uid);
	control_write_uid(w, "login_uid", a->has_login_uid, a->login_uid);
	write_text(w, "}");
}

static void write_in_force(struct writer *w, const struct control *c)
{
	write_bytes(w, c->in_force);
	write_asker(w, c->asker);
}

static void write_torn(struct writer *w, const struct control_torn *t)
{
	json_open_member(w, "torn", "{");
	json_number_member(w, "bytes", t->len);
	json_hex_member(w, "sha256", bytes_of(t->hash, sizeof(t->hash)));
	json_base64_member(w, "head", bytes_of(t->head, t->head_len));
	write_text(w, "}");
}

void control_start(struct writer *w, const struct control *c, const struct control_start *s)
{
	ENGINE(w, c, "start", "Notice", "filterd ", s->version,
	       " started: ", state_names[s->standing.state],
	       s->refused != NULL ? ", by the copy of the last good configuration: " : "",
	       s->refused != NULL ? s->refused : "");
	json_text_member(w, "version", s->version);
	json_text_member(w, "boot", s->boot);
	json_text_member(w, "state", state_names[s->standing.state]);
	json_hex_member(w, "policy", s->standing.policy_digest);
	json_number_member(w, "rules", s->rules);
	if (s->cutoff_us == INSTANT_ALWAYS)
		json_text_member(w, "cutoff", "always");
	else if (s->cutoff_us != INSTANT_NEVER)
		json_time_member(w, "cutoff", s->cutoff_us);
	json_text_member(w, "previous", previous_names[s->previous]);
	if (s->torn.len > 0)
		write_torn(w, &s->torn);
	if (s->previous == PREVIOUS_SHORT) {
		json_open_member(w, "missing", "[");
		write_decimal(w, s->missing_from);
		write_text(w, ",");
		write_decimal(w, s->missing_to);
		write_text(w, "]");
	}
	json_text_member(w, "clock", trust_names[s->standing.clock]);
	json_number_member(w, "up", s->up_s);
	write_unfiltered(w, &s->standing);
	if (s->carried > 0)
		json_number_member(w, "carried", s->carried);
	if (s->refused != NULL)
		json_text_member(w, "refused", s->refused);
	write_in_force(w, c);
	json_text_member(w, "log", s->log_id);
	json_base64_member(w, "key", bytes_of(s->key, NOTE_KEY));
	json_base64_member(w, "next_key", bytes_of(s->next_key, NOTE_KEY));
}

static void write_stats(struct writer *w, const struct control_heartbeat *h)
{
	json_open_member(w, "stats", "{");
	json_number_member(w, "uptime", h->uptime_s);
	json_open_member(w, "capture", "{");
	json_number_member(w, "kernel_packets", h->packets);
	json_number_member(w, "kernel_drops", h->drops);
	write_text(w, "}");
	json_open_member(w, "ips", "{");
	json_number_member(w, "accepted", h->accepted);
	json_number_member(w, "blocked", h->blocked);
	write_text(w, "}}");
}

static void control_write_queues(struct writer *w, const struct control_heartbeat *h)
{
	json_open_member(w, "queues", "[");
	for (size_t i = 0; i < h->num_queues && i < CONTROL_QUEUES; i++) {
		write_text(w, i > 0 ? ",{" : "{");
		json_number_member(w, "id", h->queues[i].id);
		json_number_member(w, "drops", h->queues[i].drops);
		json_number_member(w, "user_drops", h->queues[i].user_drops);
		json_number_member(w, "backlog", h->queues[i].backlog);
		write_text(w, "}");
	}
	write_text(w, "]");
}

static void write_sources(struct writer *w, const struct sources_since *over)
{
	json_number_member(w, "over_rate", over->packets);
	if (over->num == 0)
		return;
	json_open_member(w, "sources", "[");
	for (size_t i = 0; i < over->num; i++) {
		const struct sources_row *row = &over->rows[i];

		write_text(w, i > 0 ? ",{" : "{");
		if (row->ip.family != 0) {
			json_open_member(w, "ip", "\"");
			address_write(w, &row->ip);
			write_text(w, "\"");
		}
		if (row->has_mac) {
			json_open_member(w, "mac", "\"");
			mac_write(w, row->mac);
			write_text(w, "\"");
		}
		json_number_member(w, "dropped", row->packets);
		write_text(w, "}");
	}
	write_text(w, "]");
}

void control_heartbeat(struct writer *w, const struct control *c, const struct control_heartbeat *h)
{
	open_record(w, c, "stats");
	/* EVE has `host` before `stats`, and ours last. */
	json_text_member(w, "host", c->sensor);
	write_stats(w, h);
	json_open_member(w, "filterd", "{");
	json_text_member(w, "type", "heartbeat");
	json_text_member(w, "state", state_names[h->standing.state]);
	json_hex_member(w, "policy", h->standing.policy_digest);
	json_text_member(w, "clock", trust_names[h->standing.clock]);
	json_number_member(w, "mono", h->mono_ms);
	json_number_member(w, "every", h->every_s);
	json_number_member(w, "attempts", h->attempts);
	json_number_member(w, "pending", h->pending);
	json_number_member(w, "devices", h->devices);
	control_write_queues(w, h);
	write_unfiltered(w, &h->standing);
	if (h->connections_known) {
		json_number_member(w, "met", h->met);
		json_number_member(w, "around", h->around);
		json_number_member(w, "left_out", h->left_out);
		json_number_member(w, "missed", h->missed);
		json_number_member(w, "unheard", h->unheard);
	}
	if (h->over != NULL)
		write_sources(w, h->over);
	json_number_member(w, "fail_open", h->fail_open);
	json_number_member(w, "log_dropped", h->log_dropped);
}

void control_policy(struct writer *w, const struct control *c, const struct control_policy *p)
{
	bool loaded = p->new_digest.len > 0;

	ENGINE(w, c, "policy", loaded ? "Notice" : "Error",
	       loaded ? "policy loaded: " : "policy refused: ", loaded ? p->file : p->result);
	json_hex_member(w, "policy", loaded ? p->new_digest : p->old_digest);
	json_hex_member(w, "old", p->old_digest);
	if (loaded)
		json_hex_member(w, "new", p->new_digest);
	json_number_member(w, "rules", p->rules);
	json_text_member(w, "file", p->file);
	json_text_member(w, "result", p->result);
	write_in_force(w, c);
}

/* The first word of *rest, which is taken away; words are of small letters, digits and hyphens. */
static bool control_word(struct bytes *rest, char *out, size_t room)
{
	size_t len = 0;

	while (len < rest->len && rest->at[len] != ' ') {
		uint8_t c = rest->at[len];

		if (len + 1 == room || ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-'))
			return false;
		out[len++] = (char)c;
	}
	out[len] = '\0';
	*rest    = bytes_from(*rest, len + 1);
	return len > 0;
}

enum parse control_access_read(struct bytes line, struct control_access *out)
{
	struct control_access a = { .verb = "" };
	char                  title[8], login[12], *end;
	unsigned long long    number;

	if (!control_word(&line, title, sizeof(title)) || strcmp(title, "audit") != 0 ||
	    !control_word(&line, a.verb, sizeof(a.verb)) ||
	    !control_word(&line, a.result, sizeof(a.result)) ||
	    !control_word(&line, login, sizeof(login)) || line.len > 0)
		return PARSE_BAD;
	if (strcmp(a.result, "-") == 0)
		a.result[0] = '\0';
	if (strcmp(login, "-") != 0) {
		number = strtoull(login, &end, 10);
		if (*end != '\0' || number >= UINT32_MAX)
			return PARSE_BAD;
		a.has_login = true;
		a.login     = (uint32_t)number;
	}
	*out = a;
	return PARSE_OK;
}

void control_access_ask(struct writer *w, const struct control_access *a)
{
	write_text(w, "audit ");
	write_text(w, a->verb);
	write_text(w, " ");
	write_text(w, a->result[0] != '\0' ? a->result : "-");
	write_text(w, " ");
	if (a->has_login)
		write_decimal(w, a->login);
	else
		write_text(w, "-");
}

void control_access(struct writer *w, const struct control *c, const struct control_access *a)
{
	ENGINE(w, c, "access", strcmp(a->result, "not-sound") == 0 ? "Error" : "Notice",
	       "the log was read: filterctl audit ", a->verb, a->result[0] != '\0' ? ": " : "",
	       a->result);
	json_text_member(w, "verb", a->verb);
	json_number_member(w, "uid", a->uid);
	if (a->has_login)
		json_number_member(w, "login", a->login);
	if (a->result[0] != '\0')
		json_text_member(w, "result", a->result);
}

void control_state(struct writer *w, const struct control *c, enum state from, enum state to,
                   const char *reason)
{
	ENGINE(w, c, "state", to == STATE_DEGRADED ? "Warning" : "Notice", state_names[to], ": ",
	       reason);
	json_text_member(w, "from", state_names[from]);
	json_text_member(w, "to", state_names[to]);
	json_text_member(w, "reason", reason);
	write_in_force(w, c);
}

/* The clock was set, or is believed no longer, or again: also where the state stays what it was. */
void control_clock(struct writer *w, const struct control *c, enum state from, enum state to,
                   enum trust clock, const char *reason)
{
	ENGINE(w, c, "state", "Warning", "clock ", trust_names[clock], ": ", reason);
	json_text_member(w, "from", state_names[from]);
	json_text_member(w, "to", state_names[to]);
	json_text_member(w, "reason", reason);
	json_text_member(w, "clock", trust_names[clock]);
	write_in_force(w, c);
}

void control_gap(struct writer *w, const struct control *c, const struct control_gap *g)
{
	ENGINE(w, c, "gap", "Warning", "the log has a gap: ", g->reason);
	json_time_member(w, "from", g->from_us);
	json_time_member(w, "to", g->to_us);
	json_text_member(w, "reason", g->reason);
	json_number_member(w, "attempts", g->attempts);
	json_open_member(w, "counts", "{");
	for (size_t i = 0; i < g->num_counts && i < CONTROL_COUNTS; i++)
		json_number_member(w, g->counts[i].category, g->counts[i].count);
	write_text(w, "}");
}

void control_segment(struct writer *w, const struct control *c, const struct control_segment *s)
{
	ENGINE(w, c, "segment", "Info", "segment closed: ", s->file);
	json_text_member(w, "file", s->file);
	json_number_member(w, "first", s->first);
	json_number_member(w, "last", s->last);
	json_text_member(w, "log", s->log_id);
	json_base64_member(w, "key", bytes_of(s->key, NOTE_KEY));
	json_base64_member(w, "next_key", bytes_of(s->next_key, NOTE_KEY));
}

void control_prune(struct writer *w, const struct control *c, const struct control_prune *p)
{
	ENGINE(w, c, "prune", "Notice", "segment deleted: ", p->file);
	json_text_member(w, "file", p->file);
	json_number_member(w, "first", p->first);
	json_number_member(w, "last", p->last);
	json_hex_member(w, "sha256", bytes_of(p->hash, sizeof(p->hash)));
	json_text_member(w, "reason", p->reason);
}

void control_stop(struct writer *w, const struct control *c, const char *reason, uint64_t attempts)
{
	ENGINE(w, c, "stop", "Notice", "stopped: ", reason);
	json_text_member(w, "reason", reason);
	json_number_member(w, "attempts", attempts);
	write_asker(w, c->asker);
}

int control_close(struct writer *w, const struct chain *chain, const struct note_key *key,
                  const uint8_t secret[NOTE_KEY], uint8_t sig_out[CHAIN_SIG])
{
	int error;

	chain_write(w, chain);
	error = note_sign(key, secret, chain->seq, writer_written(w), sig_out);
	if (error != 0)
		return error;
	write_text(w, ",\"sig\":\"");
	error = note_write_sig(w, key, sig_out);
	write_text(w, "\"}}\n");
	return error;
}
