/* SPDX-License-Identifier: MIT */

#include "evidence.h"

#include "os/clock.h"
#include "os/files.h"
#include "os/lease_files.h"
#include "os/lockdown.h"
#include "os/log.h"
#include "policy/instant.h"
#include "wallclock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define SIGN_AFTER 10000        /* records that stand unsigned at most, give or take a second */
#define BOOT_ID    "/proc/sys/kernel/random/boot_id"

struct evidence {
	struct journal *journal;
	struct lease_files *leases;
	struct witness     *witness;
	struct wallclock   *wallclock;
	uint64_t            fail_open;              /* packets that passed unseen while filterd ran */
	char            anchors[SETTINGS_TEXT_MAX];
	char            boot[40];
	int64_t         started_ms, last_ms, flushed_ms;        /* since the machine started; last: heartbeat */
	uint64_t        every_s, flush_every_s;                 /* flush: 0, no copy */
};

/* The folder of a file, made. */
static int make_folder_of(const char *path, unsigned mode, const char *user)
{
	char  folder[SETTINGS_TEXT_MAX];
	char *slash;

	snprintf(folder, sizeof(folder), "%s", path);
	slash = strrchr(folder, '/');
	if (slash == NULL || slash == folder)
		return 0;
	*slash = '\0';
	return files_make_folder(folder, mode, user);
}

static int complain(struct problem *problem, int error, const char *setting, const char *path)
{
	snprintf(problem->text, PROBLEM_MAX, "[audit] %s '%.300s': its folder cannot be made: %s", setting, path,
	         strerror(-error));
	return error;
}

int evidence_make_folders(const struct settings *s, struct problem *problem)
{
	int error = make_folder_of(s->audit_file, 0750, s->user);

	if (error != 0)
		return complain(problem, error, "file", s->audit_file);
	error = files_make_folder(s->keys, 0700, s->user);
	if (error != 0)
		return complain(problem, error, "keys", s->keys);
	error = s->flush_to[0] != '\0' ? files_make_folder(s->flush_to, 0750, s->user) : 0;
	if (error != 0)
		return complain(problem, error, "flush-to", s->flush_to);
	error = make_folder_of(s->repeats_file, 0755, s->user);
	return error != 0 ? complain(problem, error, "repeats-file", s->repeats_file) : 0;
}

static void append_note(const char *path, struct bytes note)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);

	if (fd < 0 || write(fd, note.at, note.len) < 0)
		log_warning("[audit] anchors '%s': %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
}

/* To wherever messages go, which in most cases is another machine too; and to a file. */
static void give_anchor(void *owner, const struct anchor *a)
{
	struct evidence *e = owner;
	uint8_t          text[NOTE_MAX];
	struct writer    w = writer_over(text, sizeof(text) - 1);

	if (note_write_line(&w, a->key, a->seq, a->body, a->sig) == 0)
		log_info("%.*s", (int)w.len, (const char *)text);
	w = writer_over(text, sizeof(text));
	if (e->anchors[0] != '\0' && note_write(&w, a->key, a->seq, a->body, a->sig) == 0) {
		write_text(&w, "\n");
		append_note(e->anchors, writer_written(&w));
	}
}

static void read_boot_id(char out[40])
{
	int     fd  = open(BOOT_ID, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd >= 0 ? read(fd, out, 39) : 0;

	if (fd >= 0)
		close(fd);
	out[got > 0 ? got : 0] = '\0';
	out[strcspn(out, "\n")] = '\0';
}

/* A person has to keep the key of a log that has just begun. */
static void say_new_key(const struct evidence *e, const struct settings *s)
{
	const struct note_key *key = journal_new_key(e->journal);
	char                   text[NOTE_MAX];
	struct writer          w = writer_over(text, sizeof(text) - 1);

	if (key == NULL || note_key_write(&w, key) != 0)
		return;
	text[w.len] = '\0';
	log_notice("audit log: a new one begins; its verifier key, to be kept on another machine (it is in %s/audit.vkey): %s",
	           s->keys, text);
}

static void say_previous(const struct evidence *e)
{
	switch (journal_previous(e->journal)) {
	case PREVIOUS_NEW:
	case PREVIOUS_CLEAN:
	case PREVIOUS_LOST:     /* said when it was found */
		break;
	case PREVIOUS_UNCLEAN:
		log_notice("audit log: it does not end with a stop; filterd was killed, or the machine stopped");
		break;
	case PREVIOUS_TORN:
		log_warning("audit log: its end was torn and has been cut off; the start record keeps what it was");
		break;
	case PREVIOUS_SHORT:
		log_error("audit log: it is shorter than it was; records are missing. The start record says which");
		break;
	case PREVIOUS_FORK:
		log_error("audit log: it is not the one that was written last, as after restoring an old copy");
		break;
	}
}

/* As root one may write anywhere; as the user that filterd is now, perhaps not. */
static int look_at_folders(const struct settings *s, struct problem *problem)
{
	char  folder[SETTINGS_TEXT_MAX], user[LOCKDOWN_USER_MAX];
	char *slash;

	lockdown_user(user);
	if (faccessat(AT_FDCWD, s->keys, W_OK | X_OK, AT_EACCESS) != 0) {
		snprintf(problem->text, PROBLEM_MAX, "[audit] keys '%.300s': %s for user '%.60s'; chown it to that user", s->keys,
		         strerror(errno), user);
		return -EACCES;
	}
	snprintf(folder, sizeof(folder), "%s", s->audit_file);
	slash = strrchr(folder, '/');
	if (slash != NULL && slash != folder) {
		*slash = '\0';
		if (faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) != 0) {
			snprintf(problem->text, PROBLEM_MAX,
			         "[audit] file '%.300s': its folder: %s for user '%.60s', who has to begin new files in it; chown it to that user",
			         s->audit_file, strerror(errno), user);
			return -EACCES;
		}
	}
	return 0;
}

static int open_leases(struct evidence *e, const struct settings *s)
{
	uint64_t seed;
	char     user[LOCKDOWN_USER_MAX];

	lockdown_user(user);
	if (getrandom(&seed, sizeof(seed), 0) < 0)
		seed = (uint64_t)clock_now_us();
	e->leases = lease_files_open(s->leases, user, seed);
	return e->leases == NULL ? -ENOMEM : 0;
}

static int open_wallclock(struct evidence *e, const struct settings *s)
{
	e->wallclock = wallclock_open(s);
	return e->wallclock == NULL ? -ENOMEM : 0;
}

int evidence_open(const struct settings *s, const char *sensor, struct witness *witness, struct evidence **out,
                  struct problem *problem)
{
	struct evidence       *e       = calloc(1, sizeof(*e));
	struct journal_options options = {
		.path          = s->audit_file,
		.keys          = s->keys,
		.flush_to      = s->flush_to[0] != '\0' ? s->flush_to : NULL,
		.repeats       = s->repeats_file[0] != '\0' ? s->repeats_file : NULL,
		.sensor        = sensor,
		.segment_bytes = (uint64_t)s->segment_mib << 20,
		.total_bytes   = (uint64_t)s->total_mib << 20,
		.days          = s->days,
		.num_repeats   = s->repeats,
		.window_us     = (int64_t)s->repeat_window_s * 1000000,
		.sync          = s->sync,
		.anchor        = give_anchor,
		.owner         = e,
	};
	int error = e == NULL ? -ENOMEM : look_at_folders(s, problem);

	if (error == 0)
		error = open_leases(e, s);
	if (error == 0)
		error = open_wallclock(e, s);
	if (error == 0)
		error = journal_open(&options, &e->journal, problem);
	if (error != 0) {
		if (e != NULL) {
			lease_files_close(e->leases);
			wallclock_close(e->wallclock);
		}
		free(e);
		return error;
	}
	snprintf(e->anchors, sizeof(e->anchors), "%s", s->anchors);
	e->witness = witness;
	e->every_s = s->heartbeat_s;
	e->flush_every_s = s->flush_to[0] != '\0' ? s->flush_every_s : 0;
	read_boot_id(e->boot);
	say_previous(e);
	say_new_key(e, s);
	*out = e;
	return 0;
}

void evidence_close(struct evidence *e)
{
	if (e == NULL)
		return;
	leases_free(journal_use_leases(e->journal, NULL));
	lease_files_close(e->leases);
	wallclock_close(e->wallclock);
	journal_close(e->journal);
	free(e);
}

struct journal *evidence_journal(struct evidence *e)
{
	return e->journal;
}

const struct lease_files *evidence_leases(const struct evidence *e)
{
	return e->leases;
}

const atomic_uint *evidence_oldest(const struct evidence *e)
{
	return wallclock_oldest(e->wallclock);
}

static enum state state_of(const struct evidence *e, const struct ruleset *r, int64_t now_us)
{
	if (r->settings.mode == MODE_OBSERVE)
		return STATE_OBSERVING;
	return policy_blocks_at(r->policy, wallclock_policy_time(e->wallclock, now_us)) ? STATE_ENFORCING : STATE_WAITING;
}

static struct standing standing_of(const struct evidence *e, const struct ruleset *r, const struct testimony *t,
                                   int64_t now_us)
{
	return (struct standing){
		.state            = state_of(e, r, now_us),
		.policy_digest    = policy_digest(r->policy),
		.clock            = wallclock_trust(e->wallclock),
		.hooks            = t->hooks,
		.unfiltered_known = t->unseen_known,
		.unfiltered       = t->unseen,
	};
}

static void look_at_leases(struct evidence *e)
{
	struct leases *new = lease_files_look(e->leases, clock_now_us());

	if (new != NULL)
		leases_free(journal_use_leases(e->journal, new));
}

int evidence_start(struct evidence *e, const struct ruleset *r)
{
	int64_t              now_us    = clock_now_us();
	struct testimony     testimony = witness_ask(e->witness, e->boot);
	struct control_start start     = {
		.standing  = standing_of(e, r, &testimony, now_us),
		.version   = FILTERD_VERSION,
		.boot      = e->boot,
		.up_s      = (uint64_t)clock_boot_ms() / 1000,
		.rules     = policy_num_rules(r->policy),
		.cutoff_us = policy_cutoff(r->policy),
	};

	int error;

	e->started_ms = e->last_ms = e->flushed_ms = clock_boot_ms();
	look_at_leases(e);
	if (testimony.unseen > 0)
		log_notice("%llu packets passed unseen while filterd did not run", (unsigned long long)testimony.unseen);
	error = journal_start(e->journal, now_us, &start);
	if (error == 0)
		witness_recorded(e->witness, &testimony);
	return error;
}

int evidence_stop(struct evidence *e, const char *reason)
{
	return journal_stop(e->journal, clock_now_us(), reason);
}

static void beat(struct evidence *e, const struct ruleset *r, const struct engine_counts *sum, int64_t now_us)
{
	int64_t                  boot_ms   = clock_boot_ms();
	struct testimony         testimony = witness_ask(e->witness, e->boot);
	struct control_heartbeat h         = {
		.standing   = standing_of(e, r, &testimony, now_us),
		.uptime_s   = (uint64_t)(boot_ms - e->started_ms) / 1000,
		.mono_ms    = (uint64_t)boot_ms,
		.every_s    = e->every_s,
		.packets    = sum->packets,
		.accepted   = sum->packets - sum->blocked,
		.blocked    = sum->blocked,
		.fail_open  = e->fail_open + testimony.unseen,
		.num_queues = testimony.num_queues,
	};

	e->last_ms = boot_ms;
	for (size_t i = 0; i < h.num_queues; i++) {
		h.queues[i] = testimony.queues[i];
		h.drops += h.queues[i].drops + h.queues[i].user_drops;
	}
	if (journal_heartbeat(e->journal, now_us, &h) != 0)
		return;
	if (testimony.unseen > 0)
		log_warning("%llu packets passed unseen since the heartbeat before: the queue was full",
		            (unsigned long long)testimony.unseen);
	e->fail_open = h.fail_open;
	witness_recorded(e->witness, &testimony);
}

/* What the log says of a clock that was set, at once: a heartbeat holds it against the machine's own clock. */
static bool look_at_clock(struct evidence *e, const struct ruleset *r)
{
	struct clock_news news;
	int64_t           now_us;

	if (!wallclock_look(e->wallclock, &r->settings, &news))
		return false;
	now_us = clock_now_us();
	log_warning("clock: %s", news.reason);
	journal_clock(e->journal, now_us, state_of(e, r, now_us), news.trust, news.reason);
	return true;
}

static bool is_flush_due(const struct evidence *e)
{
	return e->flush_every_s > 0 && clock_boot_ms() - e->flushed_ms >= (int64_t)e->flush_every_s * 1000;
}

void evidence_tick(struct evidence *e, const struct ruleset *r, const struct engine_counts *sum)
{
	bool       clock_changed = look_at_clock(e, r), flush_due = is_flush_due(e);
	int64_t    now_us        = clock_now_us();
	enum state state         = state_of(e, r, now_us);

	look_at_leases(e);
	/* A clock that jumps ahead must not delete the log as too old. */
	journal_age_until(e->journal, wallclock_known(e->wallclock));
	journal_tick(e->journal, now_us);
	if (state != journal_last_state(e->journal))
		journal_state(e->journal, now_us, state, state == STATE_ENFORCING ? "a date of the policy has come" :
		              state == STATE_WAITING ? "no category of the policy blocks at this moment" :
		              "mode = observe");
	/* When the rules come or go is known to the second: coverage begins or ends there. */
	if (witness_sees_change(e->witness) || clock_changed || flush_due || clock_boot_ms() - e->last_ms >= (int64_t)e->every_s * 1000 ||
	    journal_unsigned(e->journal) >= SIGN_AFTER)
		beat(e, r, sum, now_us);
	/* Behind the heartbeat: what is on flash ends with a signature. */
	if (flush_due) {
		e->flushed_ms = clock_boot_ms();
		journal_flush(e->journal);
	}
}

void evidence_reloaded(struct evidence *e, const struct ruleset *old, const struct ruleset *new)
{
	struct control_policy p      = { .old_digest = policy_digest(old->policy), .new_digest = policy_digest(new->policy),
	                                 .rules = policy_num_rules(new->policy), .file = new->settings.files,
	                                 .result = "loaded" };
	int64_t               now_us = clock_now_us();

	if (!bytes_equal(p.old_digest, p.new_digest))
		journal_policy(e->journal, now_us, &p);
	journal_state(e->journal, now_us, state_of(e, new, now_us), "settings were loaded anew");
}

void evidence_refused(struct evidence *e, const struct ruleset *kept, const char *why)
{
	struct control_policy p = { .old_digest = policy_digest(kept->policy), .rules = policy_num_rules(kept->policy),
	                            .file = kept->settings.files, .result = why };

	journal_policy(e->journal, clock_now_us(), &p);
}

void evidence_rotate(struct evidence *e)
{
	int error = journal_rotate(e->journal, clock_now_us());

	if (error != 0)
		log_error("audit log: the segment could not be closed: %s", strerror(-error));
	else
		log_notice("audit log: the segment is closed");
}

static void log_status(struct evidence *e, struct status *out)
{
	struct journal_standing j;

	journal_standing(e->journal, &j);
	out->log_file         = j.path;
	out->degraded_reason  = j.reason[0] != '\0' ? j.reason : NULL;
	out->next_seq         = j.next_seq;
	out->unsigned_records = j.unsigned_records;
	out->signed_s         = j.signed_s;
	out->attempts         = j.attempts;
	out->pending          = j.pending;
	out->devices          = j.devices;
	out->lost             = j.failed;
	out->heartbeat_s      = (uint32_t)e->every_s;
}

void evidence_status(struct evidence *e, const struct ruleset *r, struct status *out)
{
	struct testimony t;
	struct standing  s;

	witness_look(e->witness, &t);
	out->now_us        = clock_now_us();
	s                  = standing_of(e, r, &t, out->now_us);
	out->state         = s.state;
	out->clock         = s.clock;
	out->hooks         = s.hooks;
	out->unseen_known  = t.unseen_known;
	out->unseen        = t.unseen;
	out->policy_digest = s.policy_digest;
	out->rules         = policy_num_rules(r->policy);
	out->cutoff_us     = policy_cutoff(r->policy);
	out->next_us       = policy_next_change(r->policy, wallclock_policy_time(e->wallclock, out->now_us));
	out->uptime_s      = (uint64_t)(clock_boot_ms() - e->started_ms) / 1000;
	out->num_queues    = t.num_queues;
	for (size_t i = 0; i < t.num_queues; i++)
		out->queues[i] = (struct status_queue){ .number = t.queues[i].id, .backlog = t.queues[i].backlog,
		                                        .dropped = t.queues[i].drops, .user_dropped = t.queues[i].user_drops };
	log_status(e, out);
	if (out->degraded_reason != NULL)
		out->state = STATE_DEGRADED;
}
