/* SPDX-License-Identifier: MIT */

/*
 * Calls are named, not numbered: libseccomp knows the names of this architecture, and on 32-bit
 * ones some calls have several names. The list has the calls that filterd needs with glibc and with
 * musl.
 *
 * A call on neither list fails with ENOSYS. A C library newer than this list tries its newer call
 * first, takes the error for an older kernel's, and uses the older call. Calls that only an
 * intruder would make kill the process at once, and the kernel logs it. tests/system/confinement.sh
 * looks for calls that got ENOSYS.
 */

#include "os/confine.h"

#include "base/bytes.h"

#include <errno.h>
#include <linux/sockios.h>
#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

/* Names, each followed by a blank: pointers would each need a relocation. */
static const char allowed[] =
	/* packets, verdicts, answers, netlink, the service manager */
	"recvmmsg recvmmsg_time64 recvmsg recvfrom sendto sendmsg getsockopt poll ppoll "
	"ppoll_time64 eventfd2 close "
	/* clients on the control socket, which already listens */
	"accept4 "
	/* files */
	"open openat read readv pread64 write writev pwrite64 lseek _llseek stat stat64 "
	"lstat lstat64 fstat fstat64 newfstatat fstatat64 statx statfs statfs64 fstatfs "
	"fstatfs64 access faccessat faccessat2 getdents getdents64 fcntl fcntl64 flock "
	"fsync fdatasync fallocate ftruncate ftruncate64 fchmod rename renameat renameat2 "
	"link linkat unlink unlinkat "
	/* memory */
	"brk munmap mremap madvise "
	/*
	 * threads; malloc(3) and qsort(3) ask for the number of processors and the memory size
	 */
	"futex futex_time64 set_robust_list rseq sched_yield sched_getaffinity sysinfo "
	"exit exit_group rt_sigprocmask rt_sigaction rt_sigreturn sigreturn "
	"restart_syscall getpid gettid getuid geteuid getgid getegid "
	/* the clock and its state; setting it would take a capability that filterd has given up */
	"clock_gettime clock_gettime64 clock_getres clock_getres_time64 gettimeofday time "
	"clock_nanosleep clock_nanosleep_time64 nanosleep adjtimex clock_adjtime "
	"clock_adjtime64 getrandom ";

static const char deadly[] =
	/* other programs */
	"execve execveat vfork ptrace process_vm_readv process_vm_writev process_madvise "
	"pidfd_getfd kcmp personality "
	/* another network, another file system */
	"bind listen accept mount umount umount2 mount_setattr move_mount open_tree fsopen "
	"pivot_root chroot setns unshare open_by_handle_at mknod mknodat "
	/* other rights */
	"setuid setuid32 setgid setgid32 setreuid setreuid32 setregid setregid32 setresuid "
	"setresuid32 setresgid setresgid32 setfsuid setfsgid setgroups setgroups32 capset "
	"keyctl add_key request_key "
	/* the kernel */
	"bpf perf_event_open userfaultfd io_uring_setup init_module finit_module "
	"delete_module kexec_load kexec_file_load reboot swapon swapoff iopl ioperm "
	"modify_ldt settimeofday clock_settime clock_settime64 stime sethostname "
	"setdomainname syslog acct quotactl ";

/* The number of a name; leaves out names unknown to this architecture or this libseccomp. */
static int confine_syscalls_add(scmp_filter_ctx filter, uint32_t action, const char *name,
                                unsigned num, const struct scmp_arg_cmp *compare)
{
	int number = seccomp_syscall_resolve_name(name), error;

	if (number == __NR_SCMP_ERROR)
		return 0;
	error = seccomp_rule_add_array(filter, action, number, num, compare);
	return error == -EDOM ? 0 : error;
}

static int add_all(scmp_filter_ctx filter, uint32_t action, const char *names)
{
	char   name[32];
	size_t len;
	int    error = 0;

	for (; *names != '\0' && error == 0; names += len + 1) {
		len = strcspn(names, " ");
		snprintf(name, sizeof(name), "%.*s", (int)len, names);
		error = confine_syscalls_add(filter, action, name, 0, NULL);
	}
	return error;
}

/*
 * On s390x the flags of clone(2) come second, and the arguments of mmap(2) are in memory, where a
 * filter cannot check them.
 */
#ifdef __s390x__
#define CLONE_FLAGS 1
#define MMAP_BITS   0
#else
#define CLONE_FLAGS 0
#define MMAP_BITS   PROT_EXEC
#endif

static int add_conditions(scmp_filter_ctx filter, bool to_syslog)
{
	const uint64_t self = (uint32_t)getpid();
	const struct { const char *name; unsigned argument; uint64_t bits, value; } conditions[] = {
		/*
		 * Threads, not processes. A filter cannot check the flags of clone3(2); without it
		 * C libraries use clone(2). musl's fork(3) is fork(2), if the architecture has it,
		 * and fails in the same way.
		 */
		{ "clone", CLONE_FLAGS, CLONE_THREAD, CLONE_THREAD },
		/* Memory that holds data, not programs. */
		{ "mmap", 2, MMAP_BITS, 0 },
		{ "mmap2", 2, PROT_EXEC, 0 },
		{ "mprotect", 2, PROT_EXEC, 0 },
		/*
		 * abort(3). musl uses tkill(2), which names a thread and not a process: the first
		 * thread has the process's number, those of others are not known yet. If another
		 * thread aborts, musl ends the process with SIGSEGV.
		 */
		{ "tgkill", 0, UINT32_MAX, self },
		{ "tkill", 0, UINT32_MAX, self },
		/* For interface names, queried through a socket of this family; and for syslog. */
		{ "socket", 0, UINT32_MAX, AF_UNIX },
		{ "ioctl", 1, UINT32_MAX, SIOCGIFNAME },
	};
	int error = 0;

	for (size_t i = 0; i < COUNT(conditions) && error == 0; i++) {
		/* Allowed if one argument, or some bits of it, have a value. */
		const struct scmp_arg_cmp compare =
			SCMP_CMP64(conditions[i].argument, SCMP_CMP_MASKED_EQ, conditions[i].bits,
		                   conditions[i].value);

		error = confine_syscalls_add(filter, SCMP_ACT_ALLOW, conditions[i].name, 1,
		                             &compare);
	}
	if (error == 0 && to_syslog)
		error = confine_syscalls_add(filter, SCMP_ACT_ALLOW, "connect", 0, NULL);
	return error;
}

int confine_syscalls(bool to_syslog)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
	int             error;

	if (filter == NULL)
		return -ENOMEM;
	error = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	if (error == 0)
		error = add_all(filter, SCMP_ACT_ALLOW, allowed);
	if (error == 0)
		error = add_all(filter, SCMP_ACT_KILL_PROCESS, deadly);
	if (error == 0)
		error = add_conditions(filter, to_syslog);
	/* The kernel's own error for a refusal. */
	seccomp_attr_set(filter, SCMP_FLTATR_API_SYSRAWRC, 1);
	/* A binary tree if libseccomp can (2.5); else a linear list. */
	seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (error == 0)
		error = seccomp_load(filter);
	seccomp_release(filter);
	return error;
}
