/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_DAEMON_CONFINEMENT_H
#define FILTERD_DAEMON_CONFINEMENT_H

/*
 * Confinement: which folders filterd still needs once it runs, and that it is held to them, as its
 * settings say.
 */

#include "daemon/in_force.h"
#include "os/lease_files.h"

/*
 * confinement_begin - Takes: what is in force, and where it came from: conf, and what was read for
 *                     the policy. Call once everything is open, before threads are started.
 * Gives:  whether a reload can read only from the folders that files were read from until now. What
 *         cannot be done here is said, and done without.
 */
bool confinement_begin(const struct in_force *r, const char *conf, const struct watch *watch,
                       const struct lease_files *leases);

#endif
