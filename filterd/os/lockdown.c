/* SPDX-License-Identifier: MIT */

/*
 * libcap-ng changes user, groups and capability sets in the one order that works. If a service
 * manager starts filterd as a user other than root, it passes ambient capabilities; these are
 * dropped together with the inheritable ones: capabilities(7).
 */

#include "os/lockdown.h"

#include <cap-ng.h>
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static int drop_to(const struct passwd *who)
{
	/*
	 * Emptying the bounding set takes a capability. Without it, no_new_privs still prevents
	 * gaining privileges.
	 */
	bool may_bound = capng_get_caps_process() == 0 &&
	                 capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP);

	capng_clear(CAPNG_SELECT_BOTH);
	capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, CAP_NET_ADMIN);
	if (who == NULL)
		return capng_apply(may_bound ? CAPNG_SELECT_BOTH : CAPNG_SELECT_CAPS);
	return capng_change_id((int)who->pw_uid, (int)who->pw_gid,
	                       CAPNG_DROP_SUPP_GRP | CAPNG_CLEAR_BOUNDING);
}

int lockdown(const char *user, struct problem *problem_out)
{
	struct passwd *who = NULL;
	int            status;

	errno = 0;
	if (geteuid() == 0 && user[0] != '\0' && (who = getpwnam(user)) == NULL)
		return problem_say(problem_out, -ENOENT,
		                   "[daemon] user: there is no user '%s' on this host; create it "
		                   "(useradd --system --user-group %s) or name another that runs "
		                   "nothing else", user, user);
	status = drop_to(who);
	if (status < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return problem_say(problem_out, -EPERM,
		                   "cannot give up rights (libcap-ng says %d); start filterd as "
		                   "root or with CAP_NET_ADMIN", status);
	return 0;
}

bool lockdown_may_admin(void)
{
	return capng_get_caps_process() == 0 &&
	       capng_have_capability(CAPNG_EFFECTIVE, CAP_NET_ADMIN);
}

void lockdown_user(char out[LOCKDOWN_USER_MAX])
{
	const struct passwd *who = getpwuid(geteuid());

	if (who != NULL)
		snprintf(out, LOCKDOWN_USER_MAX, "%s", who->pw_name);
	else
		snprintf(out, LOCKDOWN_USER_MAX, "%u", (unsigned)geteuid());
}
