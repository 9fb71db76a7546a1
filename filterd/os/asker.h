/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_OS_ASKER_H
#define FILTERD_OS_ASKER_H

/*
 * Asker: who asked filterd for something. The user is the kernel's word. The login user, whom sudo
 * does not change, stands in /proc as long as the process that asked is there; one that filterd may
 * not see there, as confined as it is, is unknown.
 */

#include "audit/control.h"

#include <sys/signalfd.h>

/*
 * asker_of_signal - Takes: by, the signal's name, kept.
 * asker_of_peer   - of a connected socket of this host; by as above.
 * asker_of_start  - whoever started this process: to be asked while it is still who it was then.
 */
struct control_asker asker_of_signal(const struct signalfd_siginfo *info, const char *by);
struct control_asker asker_of_peer(int fd, const char *by);
struct control_asker asker_of_start(void);

#endif
