/* SPDX-License-Identifier: MIT */

/*
 * filterd: reads its options, opens everything that needs privileges, drops them, confines itself
 * and starts the workers. Then it only answers the control socket, checks the policy's files for
 * changes, and waits for signals: SIGHUP reloads the policy and the changeable settings; SIGTERM
 * and SIGINT end it, with a verdict for every queued packet.
 */

#include "daemon/check.h"
#include "daemon/confinement.h"
#include "daemon/in_force.h"
#include "daemon/loading.h"
#include "daemon/pause.h"
#include "daemon/records.h"
#include "daemon/status_server.h"
#include "daemon/workers.h"
#include "os/asker.h"
#include "os/clock.h"
#include "os/files.h"
#include "os/lockdown.h"
#include "os/messages.h"
#include "os/notify.h"

#include <errno.h>
#include <getopt.h>
#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define EXIT_USAGE        64    /* sysexits.h: EX_USAGE */
/* flows for each remembered name of a question: 10 bytes, kept for half a minute */
#define FLOWS_A_QUESTION  4
#define MAPPED_FROM       65536 /* bytes */
#define LOOK_EVERY_MS     1000  /* a failed worker is noticed after this time */

struct options {
	const char *conf;
	bool        check_only;
};

struct daemon {
	const char           *conf;
	struct in_force      *in_force;
	/* the state of the policy's files at the last read */
	struct watch         *watch;
	int64_t               looked_ms;        /* last check of them; since boot */
	struct records       *records;
	struct kernel_state  *kernel;
	struct status_server *server;
	int                   signals_fd;
	struct inject         inject[2];        /* worker.h */
	struct workers        workers;
	struct questions     *questions;        /* shared by all workers, like the next two */
	struct askers        *askers;
	struct links         *links;
	struct status_loads   loads;
	struct loading        loading;          /* at start, until it is stored */
	struct pause          pause;
	char                  sensor[SETTINGS_TEXT_MAX];
	struct control_asker  starter;          /* the user who started filterd */
	struct control_asker  asker;            /* of the last signal */
	bool                  failed;
	/* reloads can read only from the folders used at start */
	bool                  is_held;
};

static const char usage[] =
	"usage: filterd [-c FILE] [--check]\n"
	"\n"
	"  -c, --config FILE   configuration, default " CONF_DEFAULT "\n"
	"      --check         only check the configuration and the policy, then end\n"
	"      --version       print the version\n"
	"  -h, --help          this text\n"
	"\n"
	"Runs in the foreground. SIGHUP reloads policy and settings, SIGTERM ends it.\n"
	"The rules that send packets here are made by: filterctl rules install\n";

/* 0: continue; otherwise the exit status is in *status_out. */
static int daemon_main_read_options(int argc, char **argv, struct options *out, int *status_out)
{
	static const struct option names[] = {
		{ "config",  required_argument, NULL, 'c' },
		{ "check",   no_argument,       NULL, 'k' },
		{ "version", no_argument,       NULL, 'v' },
		{ "help",    no_argument,       NULL, 'h' },
		{ 0 },
	};
	int option;

	*out = (struct options){ .conf = CONF_DEFAULT };
	*status_out = EXIT_SUCCESS;
	while ((option = getopt_long(argc, argv, "c:h", names, NULL)) != -1) {
		switch (option) {
		case 'c':
			out->conf = optarg;
			break;
		case 'k':
			out->check_only = true;
			break;
		case 'v':
			puts("filterd " FILTERD_VERSION);
			return -1;
		case 'h':
			fputs(usage, stdout);
			return -1;
		default:
			fputs(usage, stderr);
			*status_out = EXIT_USAGE;
			return -1;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "filterd: '%s' is not an option; expected only options\n%s",
		        argv[optind], usage);
		*status_out = EXIT_USAGE;
		return -1;
	}
	return 0;
}

static int open_all(struct daemon *d, struct problem *problem)
{
	const struct settings *s = &d->in_force->settings;
	int                    error;

	snprintf(d->sensor, sizeof(d->sensor), "%s", s->sensor);
	if (d->sensor[0] == '\0' && gethostname(d->sensor, sizeof(d->sensor) - 1) != 0)
		snprintf(d->sensor, sizeof(d->sensor), "filterd");
	error = records_make_folders(s, problem);
	if (error != 0)
		return error;
	for (size_t i = 0; i < COUNT(d->inject) && error == 0; i++)
		error = inject_open(settings_marks(s).injected, &d->inject[i]);
	if (error != 0)
		return problem_say(problem, error,
		                   "raw socket for answers: %s; start filterd as root or with "
		                   "CAP_NET_RAW", strerror(-error));
	error = kernel_state_open(s, &d->kernel);
	if (error != 0)
		return problem_say(problem, error, "%s", strerror(-error));
	error = status_server_open(s, &d->server);
	if (error != 0)
		return problem_say(problem, error, "%s", strerror(-error));
	if (d->loads.refused_us == 0)
		loading_note_start(d->in_force);
	/* Open the log as the user who will rotate its files. */
	error = lockdown(s->user, problem);
	if (error == 0)
		error = records_open(s, d->sensor, d->kernel, &d->records, problem);
	if (error == 0)
		error = workers_open(&d->workers, s, problem);
	if (error == 0)
		d->is_held = confinement_begin(d->in_force, d->conf, d->watch,
		                               records_leases(d->records));
	return error;
}

static int start_workers(struct daemon *d)
{
	uint64_t seed;

	if (getrandom(&seed, sizeof(seed), 0) < 0)
		seed = (uint64_t)clock_now_us();
	/* As many names as flows: each question is a flow, usually for a known domain. */
	d->questions = questions_new(d->in_force->settings.flows / FLOWS_A_QUESTION, seed);
	d->askers    = askers_new(d->in_force->settings.flows, seed, clock_now_us());
	d->links     = kernel_state_new_links(d->kernel);
	if (d->questions == NULL || d->askers == NULL || d->links == NULL) {
		message_error("workers cannot start: %s", strerror(ENOMEM));
		return -ENOMEM;
	}

	kernel_state_links(d->kernel, d->links);

	const struct worker_options common = {
		.in_force     = d->in_force,
		.journal     = records_journal(d->records),
		.inject      = d->inject,
		.sensor      = d->sensor,
		.questions   = d->questions,
		.askers      = d->askers,
		.links       = d->links,
		.leave_queue = notify_is_there(),
		.oldest_s    = records_oldest(d->records),
	};

	return workers_start(&d->workers, &common);
}

/*
 * Watches the files that were read, valid or not; if no policy file was named, the old ones.
 */
static void use_watch(struct daemon *d, struct watch *watch)
{
	if (watch == NULL || watch_path(watch, 0) == NULL) {
		watch_free(watch);
		return;
	}
	watch_free(d->watch);
	d->watch = watch;
}

static char *take_text(char **text)
{
	char *taken = *text;

	*text = NULL;
	return taken;
}

static enum mode daemon_mode(const struct daemon *d, const struct in_force *r)
{
	return d->pause.is_on ? MODE_OBSERVE : r->settings.mode;
}

/*
 * The workers' in_force is immutable: during a pause they use a copy with another mode, which
 * borrows the rest.
 */
static void use_mode(struct daemon *d)
{
	struct in_force copy = *d->in_force;

	copy.rules.mode = daemon_mode(d, d->in_force);
	if (copy.rules.mode == d->in_force->rules.mode)
		return;
	workers_use(&d->workers, &copy);
	d->in_force->rules.mode = copy.rules.mode;
	workers_use(&d->workers, d->in_force);
}

/* asker: NULL if the pause has expired. */
static void say_pause(struct daemon *d, const struct control_asker *asker)
{
	char says[PAUSE_SAYS_MAX] = "the pause has ended";

	if (d->pause.is_on)
		pause_say(&d->pause, says);
	message_warning("%s%s", says, d->pause.is_on ? "; nothing is blocked until then" : "");
	records_paused(d->records, d->in_force, says, asker);
}

/* By the control socket. */
static void pause_for(void *owner, uint32_t seconds, const char *reason,
                      const struct control_asker *asker)
{
	struct daemon *d = owner;

	if (seconds > 0)
		pause_begin(&d->pause, seconds, reason);
	else
		pause_end(&d->pause);
	use_mode(d);
	say_pause(d, asker);
}

static void daemon_main_look_at_pause(struct daemon *d)
{
	if (!pause_is_over(&d->pause))
		return;
	pause_end(&d->pause);
	use_mode(d);
	say_pause(d, NULL);
}

/*
 * settings: those in force, to load only the policy. asker: NULL if a change of the files caused
 * it.
 */
static void reload(struct daemon *d, const struct settings *settings,
                   const struct control_asker *asker)
{
	struct problem   problem = { "" };
	struct watch    *watch   = watch_new();
	struct loading   l       = { .conf = d->conf, .watch = watch };
	struct in_force *old     = d->in_force, *new = NULL;
	int              error   = in_force_load(d->conf, settings, watch, &l.read, &new, &problem);

	use_watch(d, watch);
	if (error == 0 && (in_force_is_older(new, old, &problem) ||
	                   in_force_has_lost(new, &old->lists, &problem))) {
		in_force_free(new);
		error = -EKEYREJECTED;
	}
	if (error != 0) {
		const char *why = problem.text[0] ? problem.text : strerror(-error);

		loading_end(&l);
		loads_refuse(&d->loads, why);
		message_error("%s; keeping the policy and settings in force", why);
		if (error == -EACCES && d->is_held)
			message_notice("filterd can read only from the folders it used at "
			               "startup; to use another folder, restart it");
		records_refused(d->records, old, why, asker);
		return;
	}
	/* The copy has the file itself, with settings that wait for the next start. */
	if (settings != NULL)
		new->conf = take_text(&old->conf);
	loading_keep(&l, new);
	loading_end(&l);
	in_force_follow(new, &old->settings);
	new->rules.mode = daemon_mode(d, new);
	workers_use(&d->workers, new);
	/* Questions for its new names were not remembered before. */
	if (!bytes_equal(policy_digest(old->policy), policy_digest(new->policy)))
		askers_begin(d->askers, clock_now_us());
	d->in_force = new;
	loads_take(&d->loads);
	records_reloaded(d->records, old, new, asker);
	if (pause_limit(&d->pause, &new->settings))
		say_pause(d, asker);
	in_force_free(old);
	in_force_say("reloaded", new);
}

/* By the control socket. */
static void reload_for(void *owner, const struct control_asker *asker)
{
	message_info("user %u asked for a reload", asker->uid);
	reload(owner, NULL, asker);
}

static void daemon_main_look_at_policy(struct daemon *d)
{
	uint32_t every_s = d->in_force->settings.watch_s;

	/* Called every LOOK_EVERY_MS; a call that is slightly early must still count. */
	if (every_s == 0 || d->watch == NULL ||
	    clock_boot_ms() - d->looked_ms < (int64_t)every_s * 1000 - LOOK_EVERY_MS / 2)
		return;
	d->looked_ms = clock_boot_ms();
	if (watch_look(d->watch))
		reload(d, &d->in_force->settings, NULL);
}

/* Feeds the service manager's watchdog only if every worker has answered since the last time. */
static void tell_manager(struct daemon *d)
{
	if (notify_watchdog_us() == 0 || !workers_are_alive(&d->workers))
		return;
	notify_alive();
	workers_ask_sign(&d->workers);
}

static const char *signal_word(int number)
{
	switch (number) {
	case SIGHUP:  return "SIGHUP";
	case SIGUSR1: return "SIGUSR1";
	case SIGTERM: return "SIGTERM";
	default:      return "SIGINT";
	}
}

/* A pending signal, or 0. */
static int take_signal(struct daemon *d)
{
	struct signalfd_siginfo info;

	if (read(d->signals_fd, &info, sizeof(info)) != (ssize_t)sizeof(info))
		return 0;
	d->asker = asker_of_signal(&info, signal_word((int)info.ssi_signo));
	return (int)info.ssi_signo;
}

/*
 * The next signal; 0 after a second without one. Answers the control socket meanwhile.
 */
static int wait_for_signal(struct daemon *d)
{
	int64_t until_ms = clock_boot_ms() + LOOK_EVERY_MS, left_ms;

	while ((left_ms = until_ms - clock_boot_ms()) > 0) {
		struct pollfd fds[1 + CONTROL_FDS] = { { .fd = d->signals_fd, .events = POLLIN } };
		nfds_t        num = 1 + (nfds_t)status_server_poll(d->server, fds + 1);

		if (poll(fds, num, (int)left_ms) <= 0)
			continue;
		status_server_serve(d->server, fds + 1);
		if (fds[0].revents != 0)
			return take_signal(d);
	}
	return 0;
}

/*
 * Runs until a signal ends filterd or an essential part fails. Gives the reason, for the log.
 */
static const char *watch(struct daemon *d)
{
	while (!workers_have_failed(&d->workers)) {
		int                  number = wait_for_signal(d);
		struct engine_counts sum    = workers_counts(&d->workers);

		if (number == SIGHUP)
			reload(d, NULL, &d->asker);
		else if (number == SIGUSR1)
			records_rotate(d->records);
		else if (number == SIGTERM || number == SIGINT)
			return d->asker.by;
		daemon_main_look_at_pause(d);
		daemon_main_look_at_policy(d);
		kernel_state_links(d->kernel, d->links);
		if (!records_tick(d->records, d->in_force, &sum))
			askers_begin(d->askers, clock_now_us());
		status_server_tick(d->server);
		tell_manager(d);
		if (d->in_force->settings.on_log_failure == ON_LOG_FAILURE_STOP &&
		    journal_is_degraded(records_journal(d->records))) {
			message_error(
				"the audit log cannot be written; ending, as on-log-failure says");
			d->failed = true;
			return "the audit log cannot be written";
		}
	}
	message_error(
		"a queue has failed; ending, so that filterd can be started again");
	return "a queue has failed";
}

static void close_all(struct daemon *d)
{
	workers_close(&d->workers);
	questions_free(d->questions);
	askers_free(d->askers);
	links_free(d->links);
	for (size_t i = 0; i < COUNT(d->inject); i++)
		inject_close(&d->inject[i]);
	status_server_close(d->server);
	records_close(d->records);
	kernel_state_close(d->kernel);
	watch_free(d->watch);
	loading_end(&d->loading);
	in_force_free(d->in_force);
	if (d->signals_fd >= 0)
		close(d->signals_fd);
}

/*
 * Blocks signals before any thread starts, so that only the descriptor receives them, and before
 * any slow step: an early SIGHUP must not kill filterd. 0 or -errno.
 */
static int open_signals(struct daemon *d)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGUSR1);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	d->signals_fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	return d->signals_fd < 0 ? -errno : 0;
}

static void begin_to_serve(struct daemon *d)
{
	struct status_server_sources sources = {
		.records     = d->records,
		.in_force    = (const struct in_force *const *)&d->in_force,
		.workers     = d->workers.workers,
		.num_workers = d->workers.num,
		.sensor      = d->sensor,
		.loads       = &d->loads,
		.reload      = reload_for,
		.pause       = pause_for,
		.paused      = &d->pause,
		.owner       = d,
	};

	status_server_begin(d->server, &sources);
}

static int daemon_main_serve(struct daemon *d)
{
	struct problem problem = { "" };
	const char    *reason = "a worker could not be started";
	int            status = EXIT_FAILURE, error;

	if (open_all(d, &problem) != 0) {
		message_error("%s", problem.text);
		notify_forget_all();
		return EXIT_FAILURE;
	}
	in_force_say("starting", d->in_force);
	if (d->loads.refused_us == 0)
		loading_keep(&d->loading, d->in_force);
	loading_end(&d->loading);
	pause_open(&d->pause, &d->in_force->settings);
	d->in_force->rules.mode = daemon_mode(d, d->in_force);
	error = records_start(d->records, d->in_force, &d->loads, &d->starter);
	if (error != 0) {
		message_error("audit log: the start could not be recorded: %s", strerror(-error));
		return EXIT_FAILURE;
	}
	if (d->pause.is_on)
		say_pause(d, NULL);
	if (start_workers(d) == 0) {
		begin_to_serve(d);
		message_notice("ready: queues %u to %u, audit log %s", d->in_force->settings.first,
		               d->in_force->settings.first +
		                       SETTINGS_QUEUES(&d->in_force->settings) - 1,
		               d->in_force->settings.audit_file);
		notify_say("READY=1");
		reason = watch(d);
		status = d->failed ? EXIT_FAILURE : EXIT_SUCCESS;
	}
	notify_say("STOPPING=1");
	if (workers_stop(&d->workers) != 0)
		status = EXIT_FAILURE;
	error = records_stop(d->records, reason, reason == d->asker.by ? &d->asker : NULL);
	if (error != 0)
		message_error("audit log: the stop could not be recorded: %s", strerror(-error));
	return status;
}

/*
 * Tables are large, and used only as far as there are flows. Memory mapped by glibc costs a page
 * only when touched. But after freeing such memory once, glibc takes blocks of that size from the
 * heap and clears them: 700 KiB for an idle filterd.
 */
static void map_tables(void)
{
#ifdef M_MMAP_THRESHOLD
	mallopt(M_MMAP_THRESHOLD, MAPPED_FROM);
#endif
}

int main(int argc, char **argv)
{
	struct daemon  d = { .inject = { { -1, -1 }, { -1, -1 } }, .signals_fd = -1 };
	struct problem problem = { "" };
	struct options options;
	int            status, error;

	map_tables();
	d.starter = asker_of_start();
	if (daemon_main_read_options(argc, argv, &options, &status) != 0)
		return status;
	if (options.check_only)
		return check_configuration(options.conf);
	d.conf = options.conf;
	error  = open_signals(&d);
	if (error != 0) {
		fprintf(stderr, "filterd: signals: %s\n", strerror(-error));
		return EXIT_FAILURE;
	}
	notify_open();
	d.watch = watch_new();
	d.loading = (struct loading){ .conf = d.conf, .watch = d.watch };
	error     = loading_start(&d.loading, &d.in_force, &d.loads, &problem);
	if (error != 0) {
		fprintf(stderr, "filterd: %s\n", problem.text);
		/*
		 * Packets must not wait for a daemon that will not start: the rules decide about
		 * them without filterd.
		 */
		notify_forget_all();
		return EXIT_CONFIG;
	}
	message_open(strcmp(d.in_force->settings.log, "syslog") == 0 ? MESSAGE_TO_SYSLOG
	                                                             : MESSAGE_TO_STDERR,
	             MESSAGE_LEVEL_INFO);
	if (d.loads.refused_us != 0)
		message_error("%s; starting with the copy of the last good configuration and "
		              "policy, until that is fixed and filterd reloaded", d.loads.why);
	status = daemon_main_serve(&d);
	close_all(&d);
	notify_close();
	return status;
}
