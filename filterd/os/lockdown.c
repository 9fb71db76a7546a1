/* SPDX-License-Identifier: MIT */

/* libcap-ng changes user, groups and capability sets in the one order that works. */

#include "os/lockdown.h"

#include <cap-ng.h>
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

static int drop_to(const struct passwd *who)
{
	capng_clear(CAPNG_SELECT_BOTH);
	capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, CAP_NET_ADMIN);
	if (who == NULL)
		return capng_apply(CAPNG_SELECT_BOTH);
	return capng_change_id((int)who->pw_uid, (int)who->pw_gid,
	                       CAPNG_DROP_SUPP_GRP | CAPNG_CLEAR_BOUNDING);
}

int lockdown(const char *user, struct problem *problem_out)
{
	struct passwd *who = NULL;
	int            status;

	errno = 0;
	if (user[0] != '\0' && (who = getpwnam(user)) == NULL) {
		snprintf(problem_out->text, PROBLEM_MAX,
		         "[daemon] user: there is no user '%s' on this host; create it or name another", user);
		return -ENOENT;
	}
	status = drop_to(who);
	if (status < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
		snprintf(problem_out->text, PROBLEM_MAX,
		         "cannot give up rights (libcap-ng says %d); start filterd as root", status);
		return -EPERM;
	}
	return 0;
}

bool lockdown_may_admin(void)
{
	return capng_get_caps_process() == 0 && capng_have_capability(CAPNG_EFFECTIVE, CAP_NET_ADMIN);
}
