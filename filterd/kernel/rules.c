/* SPDX-License-Identifier: MIT */

/*
 * Installing with nft is one transaction. With iptables each table is one, and the counting of
 * unseen packets is installed first; our chains are filled before the jumps into them are made, in
 * both families, so nothing is queued half-way; a failure is rolled back. IPv6 may fail on a host
 * without it. The counting of new connections comes last, so that none counts as having bypassed
 * rules that did not exist yet.
 */

#include "kernel/rules.h"

#include "kernel/ipv6.h"
#include "kernel/protection.h"
#include "kernel/readback.h"
#include "kernel/rule_table.h"
#include "kernel/run.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Unless flows are held, no packet gets there. */
static bool is_needed(const struct rule_jump *j, const struct offloading *o)
{
	return o->hold || j->when != IF_HOLD;
}

static const char *program_of(int family)
{
	return family == 4 ? "iptables" : "ip6tables";
}

/* A program's message, on one line. */
static int kernel_rules_complain(struct problem *problem_out, const char *program, int status,
                                 const char *output)
{
	if (status < 0)
		snprintf(problem_out->text, PROBLEM_MAX,
		         "%s: cannot be run: %s; install it, or choose another back end with "
		         "--backend",
		         program, strerror(-status));
	else
		snprintf(problem_out->text, PROBLEM_MAX, "%s ended with %d: %.*s", program, status,
		         (int)strcspn(output, "\n"), output);
	return status < 0 ? status : -EINVAL;
}

static void kernel_rules_note(struct problem *notes, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Remarks after success, one per line. */
static void kernel_rules_note(struct problem *notes, const char *format, ...)
{
	size_t  len = strlen(notes->text);
	va_list arguments;

	if (len > 0 && len + 1 < PROBLEM_MAX)
		notes->text[len++] = '\n';
	va_start(arguments, format);
	vsnprintf(notes->text + len, PROBLEM_MAX - len, format, arguments);
	va_end(arguments);
}

/* iptables -w -t TABLE OPERATION ...; its exit status. */
static int iptables(int family, const char *table, const char *operation, const char *chain,
                    const char *to, char *output_out)
{
	const char *argv[] = { program_of(family), "-w", "-t", table, operation, chain,
	                       to != NULL ? "-j" : NULL, to,
	                       NULL };

	return run_program(argv, (struct bytes){ 0 }, output_out);
}

static int iptables_restore(int family, struct bytes text, struct problem *problem_out)
{
	const char *program = family == 4 ? "iptables-restore" : "ip6tables-restore";
	const char *argv[]  = { program, "-w", "--noflush", NULL };
	char        output[RUN_OUTPUT_MAX];
	int         status  = run_program(argv, text, output);

	return status == 0 ? 0 : kernel_rules_complain(problem_out, program, status, output);
}

static void iptables_remove_jump(int family, const struct rule_jump *j)
{
	while (iptables(family, j->table, "-D", j->from, j->to, NULL) == 0)
		;
}

static int iptables_jumps(int family, const struct offloading *o, struct problem *problem_out)
{
	char output[RUN_OUTPUT_MAX];

	for (size_t i = 0; i < num_rule_jumps; i++) {
		const struct rule_jump *j = &rule_jumps[i];
		int                     status;

		if (!is_needed(j, o)) {
			iptables_remove_jump(family, j);
			continue;
		}
		if (iptables(family, j->table, "-C", j->from, j->to, output) == 0)
			continue;
		status = iptables(family, j->table, j->how, j->from, j->to, output);
		if (status != 0)
			return kernel_rules_complain(problem_out, program_of(family), status,
			                             output);
	}
	return 0;
}

static void iptables_remove(int family)
{
	static const char *const operations[] = { "-F", "-X" };

	for (size_t i = num_rule_jumps; i > 0; i--)
		iptables_remove_jump(family, &rule_jumps[i - 1]);
	for (size_t k = 0; k < COUNT(operations); k++) {
		for (size_t i = 0; i < num_rule_chains; i++) {
			if (rule_chains[i].name != NULL)
				iptables(family, rule_chains[i].table, operations[k],
				         rule_chains[i].name, NULL, NULL);
		}
		iptables(family, RULE_CHAIN_BEFORE_TABLE, operations[k], RULE_CHAIN_BEFORE, NULL,
		         NULL);
	}
}

static int nft(struct bytes text, struct problem *problem_out)
{
	const char *argv[] = { "nft", "-f", "-", NULL };
	char        output[RUN_OUTPUT_MAX];
	int         status = run_program(argv, text, output);

	return status == 0 ? 0 : kernel_rules_complain(problem_out, "nft", status, output);
}

/* Created first, so that deleting it cannot fail. */
#define REMOVE_TABLE(name) "table inet " name "\ndelete table inet " name "\n"

/* Has somebody changed our rules, or were there none? */
static bool rules_are_others(void)
{
	struct readback *r = NULL;
	enum hooks       hooks;

	if (readback_open(&r) != 0)
		return false;
	hooks = readback_hooks(r);
	readback_close(r);
	return hooks == HOOKS_MISSING || hooks == HOOKS_CHANGED;
}

/*
 * An intact table continues counting. If rules were missing, packets passed uncounted: a new table
 * has another number, and the next record leaves the count out.
 */
static void write_unseen(struct writer *w, const struct settings *s)
{
	if (rules_are_others())
		write_text(w, REMOVE_TABLE(RULES_UNSEEN_TABLE));
	rules_write_unseen(w, s);
}

/* A host with only iptables is filtered, too, but without the counts. */
static bool count_unseen(const struct settings *s, struct problem *problem_out)
{
	uint8_t        text[8192];
	struct writer  w   = writer_over(text, sizeof(text));
	struct problem why = { "" };

	write_unseen(&w, s);
	if (nft(writer_written(&w), &why) == 0)
		return true;
	kernel_rules_note(problem_out, "packets that pass unseen are not counted: %.160s",
	                  why.text);
	return false;
}

/* An old kernel may lack features for these, but can still filter. */
static void kernel_rules_add(void (*write)(struct writer *w, const struct settings *s,
                                           const struct uplinks *uplinks),
                             const char *without, const struct settings *s,
                             const struct uplinks *uplinks, struct problem *problem_out)
{
	static uint8_t text[RULES_TEXT_MAX];
	struct writer  w   = writer_over(text, sizeof(text));
	struct problem why = { "" };

	write(&w, s, uplinks);
	if (w.full || (w.len > 0 && nft(writer_written(&w), &why) != 0))
		kernel_rules_note(problem_out, "%s: %.160s", without, why.text);
}

static void count_and_limit(const struct settings *s, const struct uplinks *uplinks,
                            struct problem *problem_out)
{
	kernel_rules_add(rules_write_connections,
	                 "connections that go around filterd are not counted", s, uplinks,
	                 problem_out);
	kernel_rules_add(rules_write_sources,
	                 "source-rate is not in force, so one source can fill the queue", s,
	                 uplinks, problem_out);
}

static void iptables_remove_all(void)
{
	struct problem ignored;

	iptables_remove(4);
	iptables_remove(6);
	/* Fails only without nft, and then there is nothing to remove. */
	nft(BYTES(REMOVE_TABLE(RULES_UNSEEN_TABLE)), &ignored);
}

static int iptables_load(const struct settings *s, const struct uplinks *uplinks,
                         const struct offloading *o, int family, struct problem *problem_out)
{
	static uint8_t text[RULES_TEXT_MAX];
	struct writer  w = writer_over(text, sizeof(text));

	rules_write_iptables(&w, s, uplinks, o, family);
	return w.full ? -EMSGSIZE : iptables_restore(family, writer_written(&w), problem_out);
}

/* No ip6tables, or no such tables in the kernel: harmless without IPv6 traffic. */
static bool can_do_without_ipv6(const struct problem *why, struct problem *notes)
{
	if (ipv6_is_used_now())
		return false;
	iptables_remove(6);
	kernel_rules_note(notes, "IPv6 is not filtered: this host has no IPv6 address (%.160s)",
	                  why->text);
	return true;
}

static int iptables_install(const struct settings *s, const struct uplinks *uplinks,
                            const struct offloading *o, struct problem *problem_out)
{
	struct problem why = { "" };
	bool           counts = count_unseen(s, problem_out);
	int            error, error6;

	error  = iptables_load(s, uplinks, o, 4, &why);
	error6 = error == 0 ? iptables_load(s, uplinks, o, 6, &why) : 0;
	if (error == 0 && (error6 == 0 || !ipv6_is_used_now()))
		error = iptables_jumps(4, o, &why);
	if (error == 0 && error6 == 0)
		error6 = iptables_jumps(6, o, &why);
	if (error == 0 && error6 != 0 && !can_do_without_ipv6(&why, problem_out))
		error = error6;
	if (error != 0) {
		*problem_out = why;
		iptables_remove_all();
	} else if (counts) {
		count_and_limit(s, uplinks, problem_out);
	}
	return error;
}

static int nft_install(const struct settings *s, const struct uplinks *uplinks,
                       const struct offloading *o, struct problem *problem_out)
{
	static uint8_t text[RULES_TEXT_MAX];
	struct writer  w = writer_over(text, sizeof(text));
	int            error;

	rules_write_nft(&w, s, uplinks, o);
	write_unseen(&w, s);
	error = w.full ? -EMSGSIZE : nft(writer_written(&w), problem_out);
	if (error == 0)
		count_and_limit(s, uplinks, problem_out);
	return error;
}

enum rules_backend rules_backend_here(const struct settings *s)
{
	static const char probe[] =
		"table inet filterd_probe { chain c { queue flags bypass to 65535; }; }\n";
	const char *argv[] = { "nft", "-c", "-f", "-", NULL };

	if (s->backend != BACKEND_AUTO)
		return s->backend;
	return run_program(argv, bytes_text(probe), NULL) == 0 ? BACKEND_NFT : BACKEND_IPTABLES;
}

/* The host's facts that the rules depend on. */
static int look_around(const struct settings *s, struct uplinks *out,
                       struct offloading *offloading_out, struct problem *problem_out)
{
	static struct network network;
	struct uplinks        ways_out;
	struct missing        missing;
	struct problem        note;
	int                   error = network_now(&network);

	if (error == 0) {
		protection_missing(&network, s->protect, &missing);
		if (protection_say_missing(&missing, &note))
			kernel_rules_note(problem_out, "%s", note.text);
		routes_left_out(&network, out);
		routes_ways_out(&network, &ways_out);
		error = offloading_find(s, &ways_out, offloading_out);
		if (error != 0)
			snprintf(problem_out->text, PROBLEM_MAX,
			         error == -EPERM
			                 ? "flowtables cannot be read: %s; only root may, or set "
			                   "[queue] offload"
			                 : "flowtables cannot be read: %s; set [queue] offload",
			         strerror(-error));
	} else
		snprintf(problem_out->text, PROBLEM_MAX,
		         "default routes cannot be read: %s; name the protected interfaces in "
		         "[queue] protect",
		         strerror(-error));
	return error;
}

int rules_install(const struct settings *s, enum rules_backend backend, struct problem *problem_out)
{
	struct uplinks    uplinks;
	struct offloading offloading;
	int               error = look_around(s, &uplinks, &offloading, problem_out);

	if (error != 0)
		return error;
	error = backend == BACKEND_NFT ? nft_install(s, &uplinks, &offloading, problem_out)
	                               : iptables_install(s, &uplinks, &offloading, problem_out);
	if (error == 0 && offloading.own && backend == BACKEND_IPTABLES)
		kernel_rules_note(problem_out,
		                  "offload = own: only nft can do that, so nothing is offloaded");
	return error;
}

int rules_remove(enum rules_backend backend, struct problem *problem_out)
{
	if (backend == BACKEND_NFT)
		return nft(BYTES(REMOVE_TABLE(RULES_TABLE) REMOVE_TABLE(RULES_UNSEEN_TABLE)),
		           problem_out);
	iptables_remove_all();
	return 0;
}

int rules_print(const struct settings *s, enum rules_backend backend, struct problem *problem_out)
{
	static uint8_t text[2 * RULES_TEXT_MAX];
	struct writer     w = writer_over(text, sizeof(text));
	struct uplinks    uplinks;
	struct offloading offloading;
	int               error = look_around(s, &uplinks, &offloading, problem_out);

	if (error != 0)
		return error;
	if (backend == BACKEND_NFT) {
		rules_write_nft(&w, s, &uplinks, &offloading);
		rules_write_unseen(&w, s);
		write_text(&w, "# then: nft -f\n");
		rules_write_connections(&w, s, &uplinks);
		rules_write_sources(&w, s, &uplinks);
	} else {
		write_text(&w, "# first: nft -f\n");
		rules_write_unseen(&w, s);
		write_text(&w, "# IPv4: iptables-restore --noflush\n");
		rules_write_iptables(&w, s, &uplinks, &offloading, 4);
		write_text(&w, "# IPv6: ip6tables-restore --noflush\n");
		rules_write_iptables(&w, s, &uplinks, &offloading, 6);
		for (size_t i = 0; i < num_rule_jumps; i++) {
			const struct rule_jump *j = &rule_jumps[i];

			if (is_needed(j, &offloading))
				write_format(&w, "# both: -t %s %s %s -j %s\n", j->table, j->how,
				             j->from, j->to);
		}
		write_text(&w, "# last: nft -f\n");
		rules_write_connections(&w, s, &uplinks);
		rules_write_sources(&w, s, &uplinks);
	}
	fwrite(w.start, 1, w.len, stdout);
	return w.full ? -EMSGSIZE : 0;
}
