/* SPDX-License-Identifier: MIT */

#include "audit/control.h"

#include "base/instant.h"
#include "base/json.h"

#include <string.h>

const char *const state_names[] = {
	[STATE_ENFORCING] = "enforcing",
	[STATE_OBSERVING] = "observing",
	[STATE_WAITING]   = "waiting",
	[STATE_DEGRADED]  = "degraded",
};
const char *const trust_names[] = {
	[TRUST_SYNCED] = "synced", [TRUST_UNSYNCED] = "unsynced", [TRUST_UNKNOWN] = "unknown",
	[TRUST_UNTRUSTED] = "untrusted",
};
const char *const hooks_names[] = {
	[HOOKS_OK] = "ok", [HOOKS_MISSING] = "missing", [HOOKS_UNKNOWN] = "unknown",
	[HOOKS_NOBODY] = "nobody",
	[HOOKS_CHANGED] = "changed",
};
static const char *const previous_names[] = {
	[PREVIOUS_NEW] = "new",   [PREVIOUS_CLEAN] = "clean", [PREVIOUS_UNCLEAN] = "unclean",
	[PREVIOUS_TORN] = "torn", [PREVIOUS_SHORT] = "short", [PREVIOUS_FORK] = "fork",
	[PREVIOUS_LOST] = "lost",
};

static struct json open_record(struct writer *w, const struct control *c, const char *event_type)
{
	struct json j = json_over(w);

	json_object(&j, NULL);
	json_eve_time(&j, "timestamp", c->time_us);
	json_text(&j, "event_type", event_type);
	return j;
}

/* The message is the concatenation of the texts. */
static struct json open_engine(struct writer *w, const struct control *c, const char *type,
                               const char *level, const char *const texts[], size_t num_texts)
{
	uint8_t       message[1024];
	struct writer m = writer_over(message, sizeof(message));
	struct json   j = open_record(w, c, "engine");

	for (size_t i = 0; i < num_texts; i++)
		write_text(&m, texts[i]);
	json_text(&j, "log_level", level);
	json_object(&j, "engine");
	json_bytes(&j, "message", writer_written(&m));
	json_text(&j, "module", "audit");
	json_end(&j);
	json_text(&j, "host", c->sensor);
	json_object(&j, "filterd");
	json_text(&j, "type", type);
	return j;
}

#define ENGINE(w, c, type, level, ...) \
	open_engine(w, c, type, level, (const char *const[]){ __VA_ARGS__ }, \
	            COUNT(((const char *const[]){ __VA_ARGS__ })))

static void write_unfiltered(struct json *j, const struct standing *s)
{
	json_text(j, "hooks", hooks_names[s->hooks]);
	if (s->unfiltered_known)
		json_number(j, "unfiltered", s->unfiltered);
}

static void control_write_uid(struct json *j, const char *name, bool known, uint32_t uid)
{
	struct writer *w = json_text_begin(j, name);

	if (!known)
		write_text(w, "unknown");
	else if (uid == CONTROL_NO_LOGIN)
		write_text(w, "none");
	else
		write_decimal(w, uid);
	json_text_end(w);
}

static void write_asker(struct json *j, const struct control_asker *a)
{
	if (a == NULL)
		return;
	json_object(j, "caller");
	json_text(j, "by", a->by);
	control_write_uid(j, "uid", a->has_uid, a->uid);
	control_write_uid(j, "login_uid", a->has_login_uid, a->login_uid);
	if (a->reason != NULL)
		json_text(j, "reason", a->reason);
	json_end(j);
}

static void write_in_force(struct json *j, const struct control *c)
{
	write_bytes(j->w, c->in_force);
	write_asker(j, c->asker);
}

static void write_torn(struct json *j, const struct control_torn *t)
{
	json_object(j, "torn");
	json_number(j, "bytes", t->len);
	json_hex(j, "sha256", bytes_of(t->hash, sizeof(t->hash)));
	json_base64(j, "head", bytes_of(t->head, t->head_len));
	json_end(j);
}

void control_start(struct writer *w, const struct control *c, const struct control_start *s)
{
	struct json j = ENGINE(w, c, "start", "Notice", "filterd ", s->version, " started: ",
			       state_names[s->standing.state],
			       s->refused != NULL ? ", by the copy of the last good configuration: "
			                          : "",
			       s->refused != NULL ? s->refused : "");

	json_text(&j, "version", s->version);
	json_text(&j, "boot", s->boot);
	json_text(&j, "state", state_names[s->standing.state]);
	json_hex(&j, "policy", s->standing.policy_digest);
	json_number(&j, "rules", s->rules);
	if (s->cutoff_us == INSTANT_ALWAYS)
		json_text(&j, "cutoff", "always");
	else if (s->cutoff_us != INSTANT_NEVER)
		json_time(&j, "cutoff", s->cutoff_us);
	write_bytes(j.w, c->policies);
	json_text(&j, "previous", previous_names[s->previous]);
	if (s->torn.len > 0)
		write_torn(&j, &s->torn);
	if (s->previous == PREVIOUS_SHORT) {
		json_array(&j, "missing");
		json_number(&j, NULL, s->missing_from);
		json_number(&j, NULL, s->missing_to);
		json_end(&j);
	}
	json_text(&j, "clock", trust_names[s->standing.clock]);
	json_number(&j, "up", s->up_s);
	write_unfiltered(&j, &s->standing);
	if (s->carried > 0)
		json_number(&j, "carried", s->carried);
	if (s->refused != NULL)
		json_text(&j, "refused", s->refused);
	write_in_force(&j, c);
	json_text(&j, "log", s->log_id);
	json_base64(&j, "key", bytes_of(s->key, NOTE_KEY));
	json_base64(&j, "next_key", bytes_of(s->next_key, NOTE_KEY));
}

static void write_stats(struct json *j, const struct control_heartbeat *h)
{
	json_object(j, "stats");
	json_number(j, "uptime", h->uptime_s);
	json_object(j, "capture");
	json_number(j, "kernel_packets", h->packets);
	json_number(j, "kernel_drops", h->drops);
	json_end(j);
	json_object(j, "ips");
	json_number(j, "accepted", h->accepted);
	json_number(j, "blocked", h->blocked);
	json_end(j);
	json_end(j);
}

static void control_write_queues(struct json *j, const struct control_heartbeat *h)
{
	json_array(j, "queues");
	for (size_t i = 0; i < h->num_queues && i < CONTROL_QUEUES; i++) {
		json_object(j, NULL);
		json_number(j, "id", h->queues[i].id);
		json_number(j, "drops", h->queues[i].drops);
		json_number(j, "user_drops", h->queues[i].user_drops);
		json_number(j, "backlog", h->queues[i].backlog);
		json_end(j);
	}
	json_end(j);
}

static void write_sources(struct json *j, const struct sources_since *over)
{
	json_number(j, "over_rate", over->packets);
	if (over->num == 0)
		return;
	json_array(j, "sources");
	for (size_t i = 0; i < over->num; i++) {
		const struct sources_row *row = &over->rows[i];

		json_object(j, NULL);
		if (row->ip.family != 0) {
			struct writer *w = json_text_begin(j, "ip");

			address_write(w, &row->ip);
			json_text_end(w);
		}
		if (row->has_mac)
			json_mac(j, "mac", row->mac);
		json_number(j, "dropped", row->packets);
		json_end(j);
	}
	json_end(j);
}

void control_heartbeat(struct writer *w, const struct control *c, const struct control_heartbeat *h)
{
	struct json j = open_record(w, c, "stats");

	/* EVE has `host` before `stats`; our own object comes last. */
	json_text(&j, "host", c->sensor);
	write_stats(&j, h);
	json_object(&j, "filterd");
	json_text(&j, "type", "heartbeat");
	json_text(&j, "state", state_names[h->standing.state]);
	json_hex(&j, "policy", h->standing.policy_digest);
	json_text(&j, "clock", trust_names[h->standing.clock]);
	json_number(&j, "mono", h->mono_ms);
	json_number(&j, "every", h->every_s);
	json_number(&j, "attempts", h->attempts);
	json_number(&j, "pending", h->pending);
	json_number(&j, "devices", h->devices);
	control_write_queues(&j, h);
	write_unfiltered(&j, &h->standing);
	if (h->connections_known) {
		json_number(&j, "met", h->met);
		json_number(&j, "around", h->around);
		json_number(&j, "left_out", h->left_out);
		json_number(&j, "missed", h->missed);
		json_number(&j, "unheard", h->unheard);
	}
	if (h->over != NULL)
		write_sources(&j, h->over);
	json_number(&j, "fail_open", h->fail_open);
	json_number(&j, "log_dropped", h->log_dropped);
}

void control_policy(struct writer *w, const struct control *c, const struct control_policy *p)
{
	bool        loaded = p->new_digest.len > 0;
	struct json j = ENGINE(w, c, "policy", loaded ? "Notice" : "Error",
			       loaded ? "policy loaded: " : "policy refused: ",
			       loaded ? p->file : p->result);

	json_hex(&j, "policy", loaded ? p->new_digest : p->old_digest);
	json_hex(&j, "old", p->old_digest);
	if (loaded)
		json_hex(&j, "new", p->new_digest);
	json_number(&j, "rules", p->rules);
	write_bytes(j.w, c->policies);
	json_text(&j, "file", p->file);
	json_text(&j, "result", p->result);
	write_in_force(&j, c);
}

/* Words consist of small letters, digits and hyphens; they and their NUL must fit. */
static bool control_word(struct bytes *rest, char *out, size_t room)
{
	struct bytes word = bytes_cut_word(rest);

	if (word.len == 0 || word.len >= room)
		return false;
	memcpy(out, word.at, word.len);
	out[word.len] = '\0';
	return strspn(out, "abcdefghijklmnopqrstuvwxyz0123456789-") == word.len;
}

enum parse control_access_read(struct bytes line, struct control_access *out)
{
	struct control_access a = { .verb = "" };
	uint64_t              login;

	if (!bytes_cut(&line, "audit ") || !control_word(&line, a.verb, sizeof(a.verb)) ||
	    !control_word(&line, a.result, sizeof(a.result)))
		return PARSE_BAD;
	if (strcmp(a.result, "-") == 0)
		a.result[0] = '\0';
	if (bytes_equal(line, BYTES("-"))) {
		*out = a;
		return PARSE_OK;
	}
	if (!bytes_cut_number(&line, &login) || line.len > 0 || login >= UINT32_MAX)
		return PARSE_BAD;
	a.has_login = true;
	a.login     = (uint32_t)login;
	*out        = a;
	return PARSE_OK;
}

void control_access_ask(struct writer *w, const struct control_access *a)
{
	write_format(w, "audit %s %s ", a->verb, a->result[0] != '\0' ? a->result : "-");
	if (a->has_login)
		write_decimal(w, a->login);
	else
		write_text(w, "-");
}

void control_access(struct writer *w, const struct control *c, const struct control_access *a)
{
	struct json j = ENGINE(w, c, "access",
			       strcmp(a->result, "not-sound") == 0 ? "Error" : "Notice",
			       "the log was read: filterctl audit ", a->verb,
			       a->result[0] != '\0' ? ": " : "", a->result);

	json_text(&j, "verb", a->verb);
	json_number(&j, "uid", a->uid);
	if (a->has_login)
		json_number(&j, "login", a->login);
	if (a->result[0] != '\0')
		json_text(&j, "result", a->result);
}

void control_state(struct writer *w, const struct control *c, enum state from, enum state to,
                   const char *reason)
{
	struct json j = ENGINE(w, c, "state", to == STATE_DEGRADED ? "Warning" : "Notice",
			       state_names[to], ": ", reason);

	json_text(&j, "from", state_names[from]);
	json_text(&j, "to", state_names[to]);
	json_text(&j, "reason", reason);
	write_in_force(&j, c);
}

/* The clock was set, or its trust changed, even if the state stays the same. */
void control_clock(struct writer *w, const struct control *c, enum state from, enum state to,
                   enum trust clock, const char *reason)
{
	struct json j = ENGINE(w, c, "state", "Warning", "clock ", trust_names[clock], ": ",
			       reason);

	json_text(&j, "from", state_names[from]);
	json_text(&j, "to", state_names[to]);
	json_text(&j, "reason", reason);
	json_text(&j, "clock", trust_names[clock]);
	write_in_force(&j, c);
}

void control_gap(struct writer *w, const struct control *c, const struct control_gap *g)
{
	struct json j = ENGINE(w, c, "gap", "Warning", "the log has a gap: ", g->reason);

	json_time(&j, "from", g->from_us);
	json_time(&j, "to", g->to_us);
	json_text(&j, "reason", g->reason);
	json_number(&j, "attempts", g->attempts);
	json_object(&j, "counts");
	for (size_t i = 0; i < g->num_counts && i < CONTROL_COUNTS; i++)
		json_number(&j, g->counts[i].category, g->counts[i].count);
	json_end(&j);
}

void control_segment(struct writer *w, const struct control *c, const struct control_segment *s)
{
	struct json j = ENGINE(w, c, "segment", "Info", "segment closed: ", s->file);

	if (s->policy_digest.len > 0)
		json_hex(&j, "policy", s->policy_digest);
	write_bytes(j.w, c->policies);
	json_text(&j, "file", s->file);
	json_number(&j, "first", s->first);
	json_number(&j, "last", s->last);
	json_text(&j, "log", s->log_id);
	json_base64(&j, "key", bytes_of(s->key, NOTE_KEY));
	json_base64(&j, "next_key", bytes_of(s->next_key, NOTE_KEY));
}

void control_prune(struct writer *w, const struct control *c, const struct control_prune *p)
{
	struct json j = ENGINE(w, c, "prune", "Notice", "segment deleted: ", p->file);

	json_text(&j, "file", p->file);
	json_number(&j, "first", p->first);
	json_number(&j, "last", p->last);
	json_hex(&j, "sha256", bytes_of(p->hash, sizeof(p->hash)));
	json_text(&j, "reason", p->reason);
}

void control_stop(struct writer *w, const struct control *c, const char *reason, uint64_t attempts)
{
	struct json j = ENGINE(w, c, "stop", "Notice", "stopped: ", reason);

	json_text(&j, "reason", reason);
	json_number(&j, "attempts", attempts);
	write_asker(&j, c->asker);
}

int control_close(struct writer *w, const struct chain *chain, const struct note_key *key,
                  const uint8_t secret[NOTE_KEY], uint8_t sig_out[CHAIN_SIG])
{
	struct json j = json_after(w);
	int         error;

	chain_write(w, chain);
	error = note_sign(key, secret, chain->seq, writer_written(w), sig_out);
	if (error != 0)
		return error;
	error = note_write_sig(json_text_begin(&j, "sig"), key, sig_out);
	json_text_end(w);
	write_text(w, "}}\n");
	return error;
}
