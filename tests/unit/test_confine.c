/* SPDX-License-Identifier: MIT */

/*
 * Each case confines a child for good, which then tries something and ends with the errno that it
 * got.
 */

#include "os/confine.h"
#include "support/suite.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/landlock.h>
#include <net/if.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

typedef int attempt(void);

/* of this child: the kernel, or this build, has not what is tried */
#define NO_KERNEL 250

static char base[40], readable[64], writable[64], outside[64];

/* What an attempt came to: an errno, 0, or 1000 and the signal that ended it. */
static int in_child(int (*confine)(void), attempt *try)
{
	const struct rlimit no_core = { 0 };
	int                 status;
	pid_t               child = fork();

	ck_assert_int_ge(child, 0);
	if (child == 0) {
		int error;

		setrlimit(RLIMIT_CORE, &no_core);
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		error = confine();
		if (error == -EOPNOTSUPP || error == -ENOSYS)
			_exit(NO_KERNEL);
		_exit(error != 0 ? 251 : try());
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) ? 1000 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int errno_if(bool failed)
{
	return failed ? errno : 0;
}

/* ---- system calls ---- */

/* An emulator of a processor takes no filter, nor does a kernel that was built without. */
static bool has_filters(void)
{
	return prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0;
}

static int without_syslog(void) { return has_filters() ? confine_syscalls(false) : -ENOSYS; }
static int with_syslog(void)    { return has_filters() ? confine_syscalls(true) : -ENOSYS; }

static int runs_a_program(void)
{
	char *const arguments[] = { (char *)(uintptr_t)"/bin/true", NULL };

	return errno_if(execve(arguments[0], arguments, NULL) != 0);
}

static int forks(void)
{
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	return errno_if(child < 0);
}

/* As musl's fork(3) does it, where there is such a call. */
static int forks_by_the_old_call(void)
{
#ifdef SYS_fork
	long child = syscall(SYS_fork);

	if (child == 0)
		_exit(0);
	return errno_if(child < 0);
#else
	return ENOSYS;
#endif
}

static int traces(void)
{
	return errno_if(ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0);
}

static int loads_bpf(void)
{
	union bpf_attr none = { 0 };

	return errno_if(syscall(SYS_bpf, BPF_MAP_CREATE, &none, sizeof(none)) < 0);
}

static int mounts(void)
{
	return errno_if(mount("none", "/mnt", "tmpfs", 0, NULL) != 0);
}

static int becomes_root(void)
{
	return errno_if(setuid(0) != 0);
}

static int socket_of(int family, int type)
{
	return errno_if(socket(family, type, 0) < 0);
}

static int talks_tcp(void)     { return socket_of(AF_INET, SOCK_STREAM); }
static int talks_udp6(void)    { return socket_of(AF_INET6, SOCK_DGRAM); }
static int talks_netlink(void) { return socket_of(AF_NETLINK, SOCK_RAW); }
static int sniffs(void)        { return socket_of(AF_PACKET, SOCK_RAW); }

static int listens(void)
{
	return errno_if(listen(0, 1) != 0);
}

static int connects(void)
{
	struct sockaddr address = { .sa_family = AF_UNIX };

	connect(-1, &address, sizeof(address));
	return errno;
}

static int kills(void)
{
	return errno_if(kill(getppid(), SIGUSR1) != 0);
}

static int kills_a_thread(void)
{
	return errno_if(syscall(SYS_tkill, getppid(), SIGUSR1) != 0);
}

static int makes_code(void)
{
	return errno_if(mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
	                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
}

static int makes_data_code(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		return 252;
	return errno_if(mprotect(page, 4096, PROT_READ | PROT_EXEC) != 0);
}

static void *nothing(void *argument)
{
	return argument;
}

static int starts_a_thread(void)
{
	pthread_t thread;
	int       error = pthread_create(&thread, NULL, nothing, NULL);

	return error != 0 ? error : pthread_join(thread, NULL);
}

static int names_an_interface(void)
{
	char name[IF_NAMESIZE];

	return errno_if(if_indextoname(1, name) == NULL);
}

static int reads_a_file(void)
{
	char    byte;
	int     fd  = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	ssize_t got = fd >= 0 ? read(fd, &byte, 1) : -1;

	return errno_if(got != 1);
}

static int allocates(void)
{
	size_t len = 64;
	char  *at  = malloc(len);

	/* To where malloc(3) moves whole pages, and back. */
	while (at != NULL && len < 64 << 20) {
		len *= 2;
		at   = realloc(at, len);
		if (at != NULL)
			memset(at + len / 2, 1, len / 2);
	}
	free(at);
	return errno_if(at == NULL);
}

static int aborts(void)
{
	abort();
}

/* As musl's abort(3) does it. */
static int aborts_by_thread(void)
{
	return errno_if(syscall(SYS_tkill, getpid(), SIGABRT) != 0);
}

static void *abort_here(void *argument)
{
	(void)argument;
	abort();
}

static int aborts_elsewhere(void)
{
	pthread_t thread;
	int       error = pthread_create(&thread, NULL, abort_here, NULL);

	return error != 0 ? error : pthread_join(thread, NULL);
}

#ifdef __GLIBC__
#define ENDED_BY_A_THREAD SIGABRT
#else
#define ENDED_BY_A_THREAD SIGSEGV       /* what musl's abort(3) does when no signal can be sent */
#endif

static const struct { const char *what; attempt *try; int want; } calls[] = {
	{ "another program",                        runs_a_program,     1000 + SIGSYS },
	{ "watching another process",               traces,             1000 + SIGSYS },
	{ "a program in the kernel",                loads_bpf,          1000 + SIGSYS },
	{ "another file system",                    mounts,             1000 + SIGSYS },
	{ "another user",                           becomes_root,       1000 + SIGSYS },
	{ "a server",                               listens,            1000 + SIGSYS },
	{ "another process",                        forks,              ENOSYS },
	{ "another process, by the old call",       forks_by_the_old_call, ENOSYS },
	{ "TCP",                                    talks_tcp,          ENOSYS },
	{ "UDP over IPv6",                          talks_udp6,         ENOSYS },
	{ "another netlink socket",                 talks_netlink,      ENOSYS },
	{ "a packet socket",                        sniffs,             ENOSYS },
	{ "connecting, if messages go to stderr",   connects,           ENOSYS },
	{ "a signal to another process",            kills,              ENOSYS },
	{ "a signal to a thread of another",        kills_a_thread,     ENOSYS },
	{ "memory to write programs to",            makes_code,         ENOSYS },
	{ "data that becomes a program",            makes_data_code,    ENOSYS },
	{ "a thread",                               starts_a_thread,    0 },
	{ "the name of an interface",               names_an_interface, 0 },
	{ "a file",                                 reads_a_file,       0 },
	{ "memory, much of it",                     allocates,          0 },
	{ "an abort",                               aborts,             1000 + SIGABRT },
	{ "an abort of the first thread, by number", aborts_by_thread,  1000 + SIGABRT },
	{ "an abort in another thread",             aborts_elsewhere,   1000 + ENDED_BY_A_THREAD },
};

START_TEST(of_system_calls_those_of_the_list_work_and_no_others)
{
	int came = in_child(without_syslog, calls[_i].try);

	if (came != NO_KERNEL)
		ck_assert_msg(came == calls[_i].want, "%s: expected %d, came %d", calls[_i].what,
		              calls[_i].want, came);
}

START_TEST(whose_messages_go_to_syslog_may_connect_to_it_again)
{
	int came = in_child(with_syslog, connects);

	if (came != NO_KERNEL)
		ck_assert_int_eq(came, EBADF);
}

/* ---- files ---- */

/*
 * Containers, systemd-nspawn for one, forbid by a filter of their own even to ask the kernel which
 * version it has.
 */
static bool is_kept_away(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) < 0 &&
	       errno == EPERM;
}

static int hold(void)
{
	const char *const            read[]  = { readable, "/nowhere/at/all" };
	const char *const            write[] = { writable };
	const struct confine_folders folders = { .read = read, .num_read = COUNT(read),
	                                         .write = write, .num_write = COUNT(write) };

	return is_kept_away() ? -ENOSYS : confine_files(&folders);
}

static int try_open(const char *folder, const char *name, int flags)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return errno_if(open(path, flags | O_CLOEXEC, 0600) < 0);
}

static int try_two(int (*two)(const char *, const char *), const char *from, const char *from_name,
                   const char *to, const char *to_name)
{
	char a[128], b[128];

	snprintf(a, sizeof(a), "%s/%s", from, from_name);
	snprintf(b, sizeof(b), "%s/%s", to, to_name);
	if (two(a, b) == 0)
		return 0;
	return errno == EXDEV ? EACCES : errno;         /* which of the two depends on the kernel */
}

static int reads_outside(void)     { return try_open(outside, "file", O_RDONLY); }
static int reads_passwords(void)   { return try_open("/etc", "passwd", O_RDONLY); }
static int lists_outside(void)     { return try_open(base, "outside", O_RDONLY | O_DIRECTORY); }
static int writes_outside(void)    { return try_open(outside, "file", O_WRONLY); }
static int makes_outside(void)     { return try_open(outside, "new", O_WRONLY | O_CREAT); }
static int writes_readable(void)   { return try_open(readable, "file", O_WRONLY); }
static int makes_readable(void)    { return try_open(readable, "new", O_WRONLY | O_CREAT); }
static int moves_out(void)         { return try_two(rename, writable, "file", outside, "file2"); }
static int links_in(void)          { return try_two(link, outside, "file", writable, "file2"); }
static int reads_readable(void)    { return try_open(readable, "file", O_RDONLY); }
static int lists_readable(void)    { return try_open(base, "readable", O_RDONLY | O_DIRECTORY); }
static int reads_writable(void)    { return try_open(writable, "file", O_RDONLY); }
static int appends_writable(void)  { return try_open(writable, "file", O_RDWR | O_APPEND); }
static int truncates_writable(void){ return try_open(writable, "file", O_WRONLY | O_TRUNC); }
static int makes_writable(void)
{
	return try_open(writable, "new", O_WRONLY | O_CREAT | O_EXCL);
}
static int renames_writable(void)  { return try_two(rename, writable, "file", writable, "file2"); }
static int links_writable(void)    { return try_two(link, writable, "file", writable, "file3"); }

static int deletes_readable(void)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/file", readable);
	return errno_if(unlink(path) != 0);
}

static int deletes_writable(void)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/file", writable);
	return errno_if(unlink(path) != 0);
}

static int reads_new_readable(void)
{
	return try_open(readable, "below/file", O_RDONLY);
}

static const struct { const char *what; attempt *try; int want; } files[] = {
	{ "reading elsewhere",                        reads_outside,      EACCES },
	{ "reading the users of this host",           reads_passwords,    EACCES },
	{ "listing another folder",                   lists_outside,      EACCES },
	{ "writing elsewhere",                        writes_outside,     EACCES },
	{ "making a file elsewhere",                  makes_outside,      EACCES },
	{ "writing to what is for reading",           writes_readable,    EACCES },
	{ "making a file there",                      makes_readable,     EACCES },
	{ "deleting one there",                       deletes_readable,   EACCES },
	{ "moving a file out",                        moves_out,          EACCES },
	{ "a second name, within, of one outside",    links_in,           EACCES },
	{ "reading what is for reading",              reads_readable,     0 },
	{ "reading below it",                         reads_new_readable, 0 },
	{ "listing it",                               lists_readable,     0 },
	{ "reading what is for writing",              reads_writable,     0 },
	{ "appending there",                          appends_writable,   0 },
	{ "writing a file there anew",                truncates_writable, 0 },
	{ "making one there",                         makes_writable,     0 },
	{ "renaming one there",                       renames_writable,   0 },
	{ "giving one there a second name",           links_writable,     0 },
	{ "deleting one there",                       deletes_writable,   0 },
};

static void put(const char *folder, const char *name)
{
	char path[128];
	int  fd;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	ck_assert_int_ge(fd, 0);
	close(fd);
}

static void set_up(void)
{
	char below[80];

	snprintf(base, sizeof(base), "/tmp/filterd-confine-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(base));
	snprintf(readable, sizeof(readable), "%s/readable", base);
	snprintf(writable, sizeof(writable), "%s/writable", base);
	snprintf(outside, sizeof(outside), "%s/outside", base);
	snprintf(below, sizeof(below), "%s/below", readable);
	ck_assert_int_eq(mkdir(readable, 0700), 0);
	ck_assert_int_eq(mkdir(writable, 0700), 0);
	ck_assert_int_eq(mkdir(outside, 0700), 0);
	ck_assert_int_eq(mkdir(below, 0700), 0);
	put(readable, "file");
	put(below, "file");
	put(writable, "file");
	put(outside, "file");
}

static void tear_down(void)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -r %s", base);
	ck_assert_int_eq(system(command), 0);
}

START_TEST(of_files_those_below_the_folders_can_be_used_and_no_others)
{
	int came = in_child(hold, files[_i].try);

	if (came != NO_KERNEL)
		ck_assert_msg(came == files[_i].want, "%s: expected %d, came %d", files[_i].what,
		              files[_i].want, came);
}

static int opened_before = -1;

static int open_and_hold(void)
{
	opened_before = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
	return hold();
}

static int reads_opened_before(void)
{
	char byte;

	return errno_if(read(opened_before, &byte, 1) != 1);
}

START_TEST(what_is_open_already_stays_so)
{
	int came = in_child(open_and_hold, reads_opened_before);

	if (came != NO_KERNEL)
		ck_assert_int_eq(came, 0);
}

static int hold_all(void)
{
	int error = hold();

	return error != 0 ? error : without_syslog();
}

START_TEST(both_hold_together)
{
	int came = in_child(hold_all, reads_outside);

	if (came != NO_KERNEL)
		ck_assert_int_eq(came, EACCES);
	came = in_child(hold_all, runs_a_program);
	if (came != NO_KERNEL)
		ck_assert_int_eq(came, 1000 + SIGSYS);
}

int main(void)
{
	Suite *s = suite_create("confine");
	TCase *c = tcase_create("system calls"), *f = tcase_create("files");

	tcase_add_loop_test(c, of_system_calls_those_of_the_list_work_and_no_others, 0,
	                    (int)COUNT(calls));
	tcase_add_test(c, whose_messages_go_to_syslog_may_connect_to_it_again);
	tcase_add_checked_fixture(f, set_up, tear_down);
	tcase_add_loop_test(f, of_files_those_below_the_folders_can_be_used_and_no_others, 0,
	                    (int)COUNT(files));
	tcase_add_test(f, what_is_open_already_stays_so);
	tcase_add_test(f, both_hold_together);
	suite_add_tcase(s, c);
	suite_add_tcase(s, f);
	return suite_run(s);
}
