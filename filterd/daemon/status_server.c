/* SPDX-License-Identifier: MIT */

/*
 * The figures are collected at most once a second, because some need requests to the kernel. A
 * reload frees the old policy, so nothing that borrows from it is kept, only the text.
 */

#include "daemon/status_server.h"

#include "daemon/feed.h"
#include "daemon/verification.h"
#include "os/clock.h"
#include "os/files.h"
#include "os/messages.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define METRICS_EVERY_MS 15000
#define FRESH_MS         1000
#define METRICS_MODE     0644

static struct message_limit trouble = MESSAGE_LIMIT_INIT;

/* Has this figure grown recently? */
struct growth {
	bool     known;
	uint64_t value;
	int64_t  grew_ms;                       /* 0: not since the first value */
};

#define ACCESS_EVERY_MS 60000           /* repetitions within this time count as one access */

struct form {
	int64_t made_ms;                        /* 0: not yet */
	size_t  len;
	uint8_t text[STATUS_TEXT_MAX + 2];      /* with the exit status on its first line */
};

struct status_server {
	struct control_socket       *control;   /* NULL: none */
	char                         metrics[SETTINGS_TEXT_MAX];
	/* settings that need a restart: those at start */
	uint32_t                     first, length, flows;
	enum on_failure              on_failure;
	int64_t                      metrics_ms;        /* the last write */
	int                          metrics_error;     /* its result: 0 or -errno */
	struct status_server_sources sources;
	struct growth                unseen, dropped, missed, unheard, around, clients, over_rate,
		taken;
	struct control_access        access;            /* the last one */
	int64_t                      access_ms;
	struct verification          verification;
	struct feed                  feed;
	struct status                status;
	struct form                  text, json;
};

int status_server_open(const struct settings *s, struct status_server **out)
{
	struct status_server *i       = calloc(1, sizeof(*i));
	struct problem        problem = { "" };

	if (i == NULL)
		return -ENOMEM;
	memcpy(i->metrics, s->metrics, sizeof(i->metrics));
	i->first      = s->first;
	i->length     = s->length;
	i->flows      = s->flows;
	i->on_failure = s->on_failure;
	verification_open(&i->verification, s);
	feed_open(&i->feed, s);
	if (s->control[0] != '\0' &&
	    control_socket_open(s->control, s->user, &i->control, &problem) != 0)
		message_warning("%s; filterctl status will get no answer", problem.text);
	*out = i;
	return 0;
}

/*
 * Records who read the log, and the result of a verification; repetitions once a minute.
 */
static void status_server_told(void *owner, struct bytes line, uint32_t uid)
{
	struct status_server *i = owner;
	struct control_access a;

	if (control_access_read(line, &a) != PARSE_OK)
		return;
	a.uid = uid;
	if (strcmp(a.verb, "verify") == 0)
		verification_take(&i->verification, a.result, clock_now_us());
	if (i->access_ms != 0 && memcmp(&a, &i->access, sizeof(a)) == 0 &&
	    clock_boot_ms() - i->access_ms < ACCESS_EVERY_MS)
		return;
	i->access    = a;
	i->access_ms = clock_boot_ms();
	records_access(i->sources.records, &a);
}

void status_server_close(struct status_server *i)
{
	if (i == NULL)
		return;
	control_socket_close(i->control);
	free(i);
}

/* The first value may come from an earlier filterd: growth counts from there. */
static bool grew_lately(struct growth *g, uint64_t value)
{
	int64_t now_ms = clock_boot_ms();

	if (g->known && value > g->value)
		g->grew_ms = now_ms;
	g->known = true;
	g->value = value;
	return g->grew_ms != 0 && now_ms - g->grew_ms < INT64_C(1000) * STATUS_RECENT_S;
}

static struct status_queue *queue_of(struct status *s, uint32_t number)
{
	for (size_t i = 0; i < s->num_queues; i++) {
		if (s->queues[i].number == number)
			return &s->queues[i];
	}
	return NULL;
}

/* Flows belong to the worker, and are reported with its TCP queue. */
static void add_worker(struct status *s, struct worker *w, uint32_t tcp, uint32_t udp)
{
	struct engine_counts c  = worker_counts(w);
	struct status_queue *of_tcp = queue_of(s, tcp), *of_udp = queue_of(s, udp);
	const uint64_t      *one    = (const uint64_t *)(const void *)&c;
	uint64_t            *sum    = (uint64_t *)(void *)&s->counts;

	_Static_assert(sizeof(c) % sizeof(*sum) == 0, "nothing but counts");

	for (size_t i = 0; i < sizeof(c) / sizeof(*sum); i++)
		sum[i] += one[i];
	worker_tally(w, &s->tally);
	if (of_udp != NULL)
		of_udp->packets = c.datagrams;
	if (of_tcp == NULL)
		return;
	of_tcp->packets       = c.packets - c.datagrams;
	of_tcp->has_flows     = true;
	of_tcp->flows         = c.flows;
	of_tcp->flows_evicted = c.flows_evicted;
}

static const struct status *status_server_look(struct status_server *i)
{
	const struct in_force *r       = *i->sources.in_force;
	struct status         *out     = &i->status;
	uint64_t               dropped = 0;

	memset(out, 0, sizeof(*out));
	out->version      = FILTERD_VERSION;
	out->sensor       = i->sources.sensor;
	out->pid          = (uint64_t)getpid();
	out->mode         = r->settings.mode;
	if (i->sources.paused->is_on) {
		out->paused          = i->sources.paused->reason;
		out->paused_until_us = i->sources.paused->until_us;
	}
	out->policy_files = r->settings.files;
	out->loads        = *i->sources.loads;
	out->feed         = i->feed.is;
	out->on_failure   = i->on_failure;
	out->length       = i->length;
	out->flows_most   = i->flows;
	out->verified     = i->verification.result;
	out->verified_us  = i->verification.us;
	out->verified_now = i->verification.is_of_now;
	out->metrics_reason = i->metrics_error != 0 ? strerror(-i->metrics_error) : NULL;
	records_status(i->sources.records, r, out);
	for (size_t w = 0; w < i->sources.num_workers; w++)
		add_worker(out, i->sources.workers[w], i->first + (uint32_t)w,
		           i->first + (uint32_t)(i->sources.num_workers + w));
	for (size_t q = 0; q < out->num_queues; q++)
		dropped += out->queues[q].dropped + out->queues[q].user_dropped;
	out->unseen_lately  = out->unseen_known && grew_lately(&i->unseen, out->unseen);
	out->dropped_lately = grew_lately(&i->dropped, dropped);
	out->missed_lately  = grew_lately(&i->missed, out->counts.missed);
	out->unheard_lately = grew_lately(&i->unheard, out->counts.unheard);
	out->around_lately  = out->connections_known &&
	                     grew_lately(&i->around, connections_sum(&out->connections.around));
	out->taken_lately     = grew_lately(&i->taken, out->log.taken);
	out->over_rate_lately =
		out->over_rate_known && grew_lately(&i->over_rate, out->over_rate);
	out->clients_lately = out->connections_known &&
	                      grew_lately(&i->clients, connections_sum(&out->connections.clients));
	return out;
}

/* Takes the first values: growth counts from here. */
void status_server_begin(struct status_server *i, const struct status_server_sources *sources)
{
	i->sources = *sources;
	control_socket_on_told(i->control, status_server_told, i);
	status_server_look(i);
}

/* filterctl's exit status, then the text. */
static void status_server_make(struct status_server *i, struct form *form,
                               void (*write)(struct writer *w, const struct status *s))
{
	struct writer        w = writer_over(form->text, sizeof(form->text));
	const struct status *s = status_server_look(i);
	struct troubles      t;

	write_text(&w, status_troubles(s, &t) ? "0\n" : "1\n");
	write(&w, s);
	form->len     = w.full ? 0 : w.len;
	form->made_ms = clock_boot_ms();
}

/*
 * Also discards the cached answers. words: the reason, for the record; only root may give one.
 */
static struct bytes status_server_reload(struct status_server *i, struct bytes words,
                                         const struct control_asker *asker)
{
	struct writer        w  = writer_over(i->text.text, sizeof(i->text.text));
	struct control_asker by = *asker;
	char                 reason[CONTROL_REASON_MAX + 1];

	i->text.made_ms = i->json.made_ms = 0;
	if (!asker->has_uid || (asker->uid != 0 && asker->uid != geteuid()))
		return BYTES("1\nonly root and the user of filterd may ask for a reload\n");
	if (words.len > 0 && (asker->uid != 0 || words.len > CONTROL_REASON_MAX))
		return BYTES("1\nonly root may give a reason, in 300 bytes at most\n");
	snprintf(reason, sizeof(reason), "%.*s", (int)words.len, (const char *)words.at);
	if (words.len > 0)
		by.reason = reason;
	i->sources.reload(i->sources.owner, &by);
	if (i->sources.loads->refused_us == 0)
		return BYTES("0\nloaded\n");
	write_format(&w, "1\nrefused: %s; the old ones stay in force\n", i->sources.loads->why);
	return writer_written(&w);
}

static struct bytes status_server_pause(struct status_server *i, struct bytes words,
                                        const struct control_asker *asker)
{
	struct writer          w = writer_over(i->text.text, sizeof(i->text.text));
	const struct in_force *r = *i->sources.in_force;
	char                   reason[PAUSE_REASON_MAX + 1] = "", says[PAUSE_SAYS_MAX];
	uint32_t               seconds;

	i->text.made_ms = i->json.made_ms = 0;
	if (!asker->has_uid || asker->uid != 0)
		return BYTES("1\nonly root may pause\n");
	if (pause_read(words, &seconds, reason) != PARSE_OK)
		return BYTES("1\nexpected a time and a reason of 1 to 100 printable characters\n");
	if (seconds > r->settings.pause_most_min * 60) {
		write_format(&w,
		             "1\nthat is longer than [daemon] pause-most allows: %u minutes\n",
		             r->settings.pause_most_min);
		return writer_written(&w);
	}
	if (seconds == 0 && !i->sources.paused->is_on)
		return BYTES("0\nit was not paused\n");
	i->sources.pause(i->sources.owner, seconds, reason, asker);
	if (seconds == 0)
		return BYTES("0\nthe pause has ended\n");
	pause_say(i->sources.paused, says);
	write_format(&w, "0\n%s\n", says);
	return writer_written(&w);
}

/* A report without a new policy is recorded only if it is a failure. */
static struct bytes status_server_feed(struct status_server *i, struct bytes words,
                                       const struct control_asker *asker)
{
	const struct in_force *r = *i->sources.in_force;
	char                   says[STATUS_FEED_TEXT + 8];

	i->text.made_ms = i->json.made_ms = 0;
	if (!asker->has_uid || asker->uid != 0)
		return BYTES("1\nonly root may report what a feed has found\n");
	if (feed_take(&i->feed, words, clock_now_us()) != PARSE_OK)
		return BYTES("1\nexpected off, or a result, when it came, and a text\n");
	snprintf(says, sizeof(says), "feed: %s", i->feed.is.text);
	if (i->feed.is.result == FEED_TAKEN)
		records_came(i->sources.records, r, says, asker);
	else if (i->feed.is.result != FEED_SAME && i->feed.is.result != FEED_NEVER)
		records_refused(i->sources.records, r, says, asker);
	return BYTES("0\n");
}

static struct bytes status_server_answer(void *owner, enum control_request request,
                                         struct bytes words, const struct control_asker *asker)
{
	struct status_server *i    = owner;
	struct form          *form = request == REQUEST_STATUS_JSON ? &i->json : &i->text;

	if (request == REQUEST_RELOAD)
		return status_server_reload(i, words, asker);
	if (request == REQUEST_PAUSE)
		return status_server_pause(i, words, asker);
	if (request == REQUEST_FEED)
		return status_server_feed(i, words, asker);
	if (form->made_ms == 0 || clock_boot_ms() - form->made_ms >= FRESH_MS)
		status_server_make(i, form,
		                   request == REQUEST_STATUS_JSON ? status_json : status_text);
	return bytes_of(form->text, form->len);
}

size_t status_server_poll(const struct status_server *i, struct pollfd *fds)
{
	return control_socket_poll(i->control, fds);
}

void status_server_serve(struct status_server *i, const struct pollfd *fds)
{
	control_socket_serve(i->control, fds, status_server_answer, i);
}

static void write_metrics(struct status_server *i)
{
	static uint8_t text[STATUS_TEXT_MAX];
	struct writer  w = writer_over(text, sizeof(text));
	int            error;

	status_metrics(&w, status_server_look(i));
	error = w.full ? -EMSGSIZE : files_swap(i->metrics, writer_written(&w), METRICS_MODE);
	i->metrics_error = error;
	if (error != 0)
		message_limited(&trouble, MESSAGE_LEVEL_WARNING, "[daemon] metrics '%s': %s",
		                i->metrics, strerror(-error));
}

void status_server_tick(struct status_server *i)
{
	int64_t now_ms = clock_boot_ms();

	if (i->metrics_ms != 0 && now_ms - i->metrics_ms < METRICS_EVERY_MS)
		return;
	i->metrics_ms = now_ms;
	if (i->metrics[0] != '\0')
		write_metrics(i);
	else
		/* so that growth is noticed even if nobody asks */
		status_server_look(i);
}
