/* SPDX-License-Identifier: MIT */

/*
 * Uses the system calls of landlock(7), because no C library has them. It removes every right that
 * this kernel can restrict, and grants those named below for the folders; older kernels restrict
 * fewer.
 * Source: linux/landlock.h; build machines may have an old copy: hence the numbers of newer rights,
 * and our own structure.
 */

#include "os/confine.h"

#include "base/bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FS_TRUNCATE  (UINT64_C(1) << 14)
#define FS_IOCTL_DEV (UINT64_C(1) << 15)
#define FS_FIRST     ((UINT64_C(1) << 13) - 1)  /* the rights of version 1 */
#define NET_TCP      UINT64_C(3)                /* bind, connect */
#define SCOPE_ALL    UINT64_C(3)                /* others' abstract sockets; signals to others */

#define MAY_READ  (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define MAY_WRITE (MAY_READ | LANDLOCK_ACCESS_FS_WRITE_FILE | FS_TRUNCATE | \
                   LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE)

/* Version 6; older ones use its beginning. */
struct landlock_attributes {
	uint64_t fs, net, scoped;
};

static size_t attributes_for(long version, struct landlock_attributes *out)
{
	*out = (struct landlock_attributes){ .fs = FS_FIRST };
	if (version >= 2)
		out->fs |= LANDLOCK_ACCESS_FS_REFER;
	if (version >= 3)
		out->fs |= FS_TRUNCATE;
	if (version >= 4)
		out->net = NET_TCP;
	if (version >= 5)
		out->fs |= FS_IOCTL_DEV;
	if (version >= 6)
		out->scoped = SCOPE_ALL;
	return version >= 6   ? sizeof(*out)
	       : version >= 4 ? offsetof(struct landlock_attributes, scoped)
	                      : offsetof(struct landlock_attributes, net);
}

/* Leaves out a folder that does not exist or may not be entered. */
static int allow(int ruleset, const char *folder, uint64_t rights)
{
	struct landlock_path_beneath_attr beneath = { .allowed_access = rights };
	int                               error   = 0;

	beneath.parent_fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (beneath.parent_fd < 0)
		return errno == ENOENT || errno == ENOTDIR || errno == EACCES ? 0 : -errno;
	if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) != 0)
		error = -errno;
	close(beneath.parent_fd);
	return error;
}

static int allow_all(int ruleset, const char *const *folders, size_t num, uint64_t rights)
{
	int error = 0;

	for (size_t i = 0; i < num && error == 0; i++)
		error = allow(ruleset, folders[i], rights);
	return error;
}

int confine_files(const struct confine_folders *folders)
{
	long version =
		syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	struct landlock_attributes attributes;
	size_t                     len;
	int                        ruleset, error;

	if (version < 1)
		return version < 0 ? -errno : -EOPNOTSUPP;
	len     = attributes_for(version, &attributes);
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &attributes, len, 0);
	if (ruleset < 0)
		return -errno;
	error = allow_all(ruleset, folders->read, folders->num_read, MAY_READ & attributes.fs);
	if (error == 0)
		error = allow_all(ruleset, folders->write, folders->num_write,
		                  MAY_WRITE & attributes.fs);
	if (error == 0 && (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	                   syscall(SYS_landlock_restrict_self, ruleset, 0) != 0))
		error = -errno;
	close(ruleset);
	return error;
}
