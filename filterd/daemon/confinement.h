/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_DAEMON_CONFINEMENT_H
#define FILTERD_DAEMON_CONFINEMENT_H

/*
 * Confinement: collects the folders that filterd needs at run time, and restricts it to them,
 * according to its settings.
 */

#include "daemon/in_force.h"
#include "os/lease_files.h"

/*
 * confinement_begin - Takes: the settings in force, and their sources: conf, and the files read for
 *                     the policy. Call once everything is open, before threads are started.
 * Gives:  whether a reload can read only from the folders used so far. If the kernel lacks a part,
 *         a message says so, and filterd continues without it.
 */
bool confinement_begin(const struct in_force *r, const char *conf, const struct watch *watch,
                       const struct lease_files *leases);

#endif
