/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_DOCTOR_DOCTOR_H
#define FILTERD_CTL_DOCTOR_DOCTOR_H

/*
 * Doctor: looks for things that silently defeat a filter, one after the other. A check says what it
 * found, good or not; names of checks stay what they are, as programs read them.
 */

#include "base/json.h"
#include "kernel/foreign.h"
#include "kernel/readback.h"
#include "policy/policy.h"
#include "policy/settings.h"

#include <sys/types.h>

/* In the order in which they count. Unknown is never good, and never somebody's fault. */
enum health { HEALTH_OK, HEALTH_UNKNOWN, HEALTH_ATTENTION, HEALTH_BROKEN };

struct doctor {
	const char          *conf;
	struct settings      settings;
	struct problem       conf_problem;      /* "": it is good */
	bool                 has_copy;          /* the settings are those of the last good one */
	struct policy       *policy;    /* NULL: it cannot be loaded, and policy_problem says why */
	struct problem       policy_problem;
	struct foreign_rules foreign;
	/* the rules in the kernel; NULL: they cannot be asked for, for this reason */
	struct readback     *readback;
	int                  readback_error;
	/* 0: it does not run, or, with an error that doctor_is_hidden(), nobody may tell us */
	pid_t                filterd;
	int                  filterd_error;
	/* its status, as JSON; NULL: it does not run, or does not tell, for this reason */
	char                *says;
	int                  says_error;
	bool                 json;
	struct json          out;       /* with `json` */
	enum health          worst;
};

/* One finding. remedy: a command, or what to change; NULL if there is nothing to be done. */
void doctor_say(struct doctor *d, enum health health, const char *check, const char *remedy,
                const char *format, ...) __attribute__((format(printf, 5, 6)));
#define doctor_ok(d, check, ...) doctor_say(d, HEALTH_OK, check, NULL, __VA_ARGS__)

/*
 * doctor_is_hidden - is this what the kernel says to who is not root? doctor_unknown - that, as the
 * finding of a check.
 */
bool doctor_is_hidden(int error);
void doctor_unknown(struct doctor *d, const char *check);

/* For "%s: %s": where the first rule of a kind stands, and the rule. */
#define DOCTOR_FIRST(d, kind) \
	(d)->foreign.first[FOREIGN_##kind][0].where, (d)->foreign.first[FOREIGN_##kind][0].rule

/* The number that stands in a file of /proc; false if there is none. */
bool doctor_read_number(const char *path, uint64_t *out);

/*
 * doctor_ask_filterd    - before the first check.
 * doctor_filterd_number - a number of what it says, such as "packets.missed"; false: it does not
 *                         say.
 * doctor_filterd_is     - does it say true of that?
 */
void doctor_ask_filterd(struct doctor *d);
bool doctor_filterd_number(const struct doctor *d, const char *path, uint64_t *out);
bool doctor_filterd_is(const struct doctor *d, const char *path);

void doctor_filterd(struct doctor *d);          /* what it knows itself */
void doctor_kernel(struct doctor *d);           /* rights, queue, connection tracking */
/* ours: there, whole, in time, as the settings say */
void doctor_rules(struct doctor *d);
/* new connections: do they come by the queue? */
void doctor_coverage(struct doctor *d);
/* offloading, marks, bridges, docker, encrypted DNS */
void doctor_ways_around(struct doctor *d);
void doctor_dates(struct doctor *d);            /* policy, mode, clock */
void doctor_storage(struct doctor *d);          /* the log's folder, the keys, the disk */

#endif
