/* SPDX-License-Identifier: MIT */
#ifndef FILTERD_CTL_DOCTOR_DOCTOR_H
#define FILTERD_CTL_DOCTOR_DOCTOR_H

/*
 * Doctor: checks one by one for things that silently defeat a filter. A check reports good and bad
 * findings alike; its name never changes, as programs read it.
 */

#include "base/json.h"
#include "kernel/foreign.h"
#include "kernel/readback.h"
#include "policy/policy.h"
#include "policy/settings.h"

#include <sys/types.h>

/* In order of severity. Unknown never counts as good, and is never anybody's fault. */
enum health { HEALTH_OK, HEALTH_UNKNOWN, HEALTH_ATTENTION, HEALTH_BROKEN };

struct doctor {
	const char          *conf;
	struct settings      settings;
	struct problem       conf_problem;      /* "": it is good */
	bool                 has_copy;          /* settings of the last good configuration */
	struct policy       *policy;    /* NULL: not loadable, see policy_problem */
	struct problem       policy_problem;
	struct foreign_rules foreign;
	/* the kernel's rules; NULL: they cannot be read, for this reason */
	struct readback     *readback;
	int                  readback_error;
	/* 0: it does not run, or, with an error that doctor_is_hidden(), it may be hidden */
	pid_t                filterd;
	int                  filterd_error;
	/* its status, as JSON; NULL: it does not run, or does not answer, for this reason */
	char                *says;
	int                  says_error;
	bool                 json;
	struct json          out;       /* with `json` */
	enum health          worst;
};

/* Reports a finding. remedy: a command, or the necessary change; NULL: there is nothing to do. */
void doctor_say(struct doctor *d, enum health health, const char *check, const char *remedy,
                const char *format, ...) __attribute__((format(printf, 5, 6)));
#define doctor_ok(d, check, ...) doctor_say(d, HEALTH_OK, check, NULL, __VA_ARGS__)

/*
 * doctor_is_hidden - does the kernel hide this from users other than root?
 * doctor_unknown   - reports that as the finding of a check.
 */
bool doctor_is_hidden(int error);
void doctor_unknown(struct doctor *d, const char *check);

/* For "%s: %s": the place of the first rule of a kind, and the rule. */
#define DOCTOR_FIRST(d, kind) \
	(d)->foreign.first[FOREIGN_##kind][0].where, (d)->foreign.first[FOREIGN_##kind][0].rule

/* The number in a file of /proc; false if there is none. */
bool doctor_read_number(const char *path, uint64_t *out);

/*
 * doctor_ask_filterd    - before the first check.
 * doctor_filterd_number - a number from its status, such as "packets.missed"; false: it is absent.
 * doctor_filterd_is     - is this member of its status true?
 */
void doctor_ask_filterd(struct doctor *d);
bool doctor_filterd_number(const struct doctor *d, const char *path, uint64_t *out);
bool doctor_filterd_is(const struct doctor *d, const char *path);

void doctor_filterd(struct doctor *d);          /* what filterd knows itself */
void doctor_kernel(struct doctor *d);           /* rights, queue, connection tracking */
/* ours: present, complete, early enough, as configured */
void doctor_rules(struct doctor *d);
/* new connections: do they go through the queue? */
void doctor_coverage(struct doctor *d);
/* offloading, marks, bridges, docker, encrypted DNS */
void doctor_ways_around(struct doctor *d);
void doctor_dates(struct doctor *d);            /* policy, mode, clock */
void doctor_storage(struct doctor *d);          /* the log's folder, the keys, the disk */

#endif
