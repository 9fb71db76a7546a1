/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_OS_ASKER_H
#define FILTERD_OS_ASKER_H

/*
 * Asker: the user behind a request to filterd. The kernel reports the user. The login user, whom
 * sudo does not change, is in /proc as long as the requesting process exists; it is unknown if
 * confinement hides it from filterd.
 */

#include "audit/control.h"

#include <sys/signalfd.h>

/*
 * asker_of_signal - Takes: by, the signal's name, kept.
 * asker_of_peer   - of a connected socket of this host; by as above.
 * asker_of_start  - the user who started this process: call it before the process changes its user.
 */
struct control_asker asker_of_signal(const struct signalfd_siginfo *info, const char *by);
struct control_asker asker_of_peer(int fd, const char *by);
struct control_asker asker_of_start(void);

#endif
