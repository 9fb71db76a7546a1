/* SPDX-License-Identifier: MIT */

/*
 * without landlock|seccomp PROGRAM [ARGUMENT...]: runs the program as on a kernel that has not the
 * one, or the other: what asks for it gets the answer that such a kernel gives.
 */

#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int             error  = filter == NULL ? -ENOMEM : 0;

	if (argc < 3) {
		fprintf(stderr, "usage: without landlock|seccomp PROGRAM [ARGUMENT...]\n");
		return 64;
	}
	if (error == 0 && strcmp(argv[1], "landlock") == 0)
		error = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS),
		                         SCMP_SYS(landlock_create_ruleset), 0);
	if (error == 0 && strcmp(argv[1], "seccomp") == 0) {
		error = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(seccomp), 0);
		if (error == 0)
			error = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EINVAL), SCMP_SYS(prctl), 1,
			                         SCMP_A0(SCMP_CMP_EQ, PR_SET_SECCOMP, 0));
	}
	/* The program is to find itself with all its rights. */
	if (error == 0)
		error = seccomp_attr_set(filter, SCMP_FLTATR_CTL_NNP, 0);
	if (error == 0)
		error = seccomp_load(filter);
	if (error == 0)
		execvp(argv[2], argv + 2);
	fprintf(stderr, "without: %s\n", strerror(error != 0 ? -error : errno));
	return 1;
}
