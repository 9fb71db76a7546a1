/* SPDX-License-Identifier: MIT */

/*
 * The policy that ships: what it must block, must let pass, and must not mistake for something it
 * knows.
 */

#include "base/instant.h"
#include "os/files.h"
#include "support/policy.h"
#include "support/suite.h"

#include <stdio.h>
#include <string.h>

#define CUTOFF INT64_C(1727582400000000)        /* 2024-09-29T04:00:00Z */

static struct policy  *policy;
static struct settings settings;
static char            conf[4096];

static void load(void)
{
	struct problem problem = { "" };

	snprintf(conf, sizeof(conf), "%s/config/filterd.conf", getenv("FILTERD_SOURCE"));
	ck_assert_msg(files_load_settings(conf, &settings, &problem) == 0, "%s", problem.text);
	ck_assert_msg(files_load_policy(&settings, conf, &policy, &problem) == 0, "%s",
	              problem.text);
}

static void unload(void)
{
	policy_free(policy);
}

#define HOSTS_MAX   512
#define HOSTS_LEAST 120
#define COLUMN_MAX  64

/* A row of shipped_hosts.txt. */
struct expected {
	char        host[COLUMN_MAX], category[COLUMN_MAX];
	enum ruling ruling;
};

static struct expected hosts[HOSTS_MAX];
static int             num_hosts;

static bool read_row(const char *line, struct expected *row)
{
	static const char *const words[]   = { "pass", "log", "block" };
	static const enum ruling rulings[] = { RULING_PASS, RULING_LOG, RULING_BLOCK };
	char                     ruling[COLUMN_MAX], reason[2];

	if (sscanf(line, "%63s %63s %63s %1s", ruling, row->category, row->host, reason) != 4)
		return false;
	for (size_t i = 0; i < COUNT(words); i++) {
		row->ruling = rulings[i];
		if (strcmp(ruling, words[i]) == 0)
			return true;
	}
	return false;
}

/* Before any test runs, as each row is one. */
static void read_hosts(void)
{
	char  path[4096], line[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/tests/unit/shipped_hosts.txt", getenv("FILTERD_SOURCE"));
	f = fopen(path, "r");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		if (line[0] == '#' || line[0] == '\n')
			continue;
		if (num_hosts == HOSTS_MAX || !read_row(line, &hosts[num_hosts++])) {
			fprintf(stderr, "%s: ruling, category, host and reason: %s", path, line);
			exit(EXIT_FAILURE);
		}
	}
	if (f != NULL)
		fclose(f);
}

static void decide_host(const char *text, int64_t now_us, struct decision *out)
{
	static struct host_text host;

	ck_assert_int_eq(host_from_text(bytes_text(text), &host), PARSE_OK);
	policy_decide(policy, host_of(&host), now_us, out);
}

START_TEST(enough_hosts_are_told_what_becomes_of_them)
{
	ck_assert_int_ge(num_hosts, HOSTS_LEAST);
}

START_TEST(each_host_falls_into_its_category)
{
	const struct expected *row = &hosts[_i];
	struct decision        d;

	decide_host(row->host, CUTOFF, &d);
	ck_assert_msg(d.ruling == row->ruling, "%s: ruling %d", row->host, d.ruling);
	if (strcmp(row->category, "-") == 0)
		ck_assert_msg(!d.has_rule, "%s: a pattern matches", row->host);
	else
		ck_assert_msg(d.has_rule && strcmp(d.rule.category->id, row->category) == 0,
		              "%s: of %s", row->host, d.has_rule ? d.rule.category->id : "none");
}

START_TEST(what_is_blocked_was_only_observed_one_microsecond_before)
{
	const struct expected *row = &hosts[_i];
	struct decision        d;

	decide_host(row->host, CUTOFF - 1, &d);
	ck_assert_msg(d.ruling == (row->ruling == RULING_BLOCK ? RULING_OBSERVE : row->ruling),
	              "%s: ruling %d", row->host, d.ruling);
}

/* "name  # high: vendor, ..." */
static void check_comment(const char *path, const char *line)
{
	static const char *const confidences[] = { "high: ", "medium: ", "low: " };
	const char              *comment       = strstr(line, "  # ");
	size_t                   good          = 0;

	for (size_t i = 0; comment != NULL && i < COUNT(confidences); i++) {
		size_t len = strlen(confidences[i]);

		good += strncmp(comment + 4, confidences[i], len) == 0 && comment[4 + len] >= ' ';
	}
	ck_assert_msg(good == 1, "%s: no confidence and source: %s", path, line);
}

START_TEST(each_name_has_a_confidence_and_a_source)
{
	size_t num = 0;

	for (const char *path; (path = policy_file(policy, num)) != NULL; num++) {
		char  line[512];
		FILE *f = strstr(path, ".list") != NULL ? fopen(path, "r") : NULL;

		while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
			if (line[0] != '#' && line[0] != '\n')
				check_comment(path, line);
		}
		if (f != NULL)
			fclose(f);
	}
	ck_assert_uint_gt(num, 10);
}

START_TEST(the_only_instant_is_the_cutoff)
{
	ck_assert_int_eq(policy_next_change(policy, INT64_MIN + 1), CUTOFF);
	ck_assert_int_eq(policy_next_change(policy, CUTOFF), INSTANT_NEVER);
}

static const struct { const char *host; bool is_blocked; } resolvers[] = {
	{ "dns.google", true }, { "mozilla.cloudflare-dns.com", true }, { "use-application-dns.net",
	  true },
	{ "_dns.resolver.arpa", true }, { "x1y2.dns.nextdns.io", true }, { "mask.icloud.com",
	  true },
	{ "google", false }, { "www.google.com", false }, { "www.cloudflare.com", false },
	  { "my.nextdns.io", false },
	{ "icloud.com", false }, { "www.opendns.com", false },
};

START_TEST(the_optional_policy_closes_encrypted_dns)
{
	struct policy  *optional = NULL;
	struct problem  problem  = { "" };
	struct decision d;

	snprintf(settings.files, sizeof(settings.files), "policy/encrypted-dns.policy");
	ck_assert_msg(files_load_policy(&settings, conf, &optional, &problem) == 0, "%s",
	              problem.text);
	policy_decide(optional, host_literal(resolvers[_i].host), CUTOFF, &d);
	ck_assert_int_eq(d.ruling, resolvers[_i].is_blocked ? RULING_BLOCK : RULING_PASS);
	policy_decide_port_for(optional, NULL, true, 853, CUTOFF, &d);
	ck_assert_int_eq(d.ruling, RULING_BLOCK);
	policy_decide_port_for(optional, NULL, false, 853, CUTOFF, &d);
	ck_assert_int_eq(d.ruling, RULING_BLOCK);
	policy_decide_port_for(optional, NULL, true, 443, CUTOFF, &d);
	ck_assert_int_eq(d.ruling, RULING_PASS);
	policy_free(optional);
}

static const struct { const char *path; bool is_update; } paths[] = {
	{ "/index/u1313g.xml", true },
	{ "/index/6/u0607g.xml", true },
	{ "/diffs/bases/av/kdb/i386/x.klz", true },
	{ "/bases/av/kdb/i386/kdb-i386-0607g.xml", true },
	{ "/updatable/2018/bases/042-freshbases.srm", true },
	{ "/devbuilds/KVRT/latest/full/KVRT.exe", true },
	{ "/DownloadManagers/5a/startup.exe", true },
	{ "/index/u1313g.xmlx", false },
	{ "/bases/", false },
	{ "/my/bases/av/x", false },
	{ "/devbuilds/other.exe", false },
	{ "/downloadmanagers/5a/startup.exe", false },
	{ "/", false },
};

START_TEST(update_paths_are_recorded_and_nothing_more)
{
	struct decision d;

	policy_decide_path_for(policy, NULL, bytes_text(paths[_i].path), CUTOFF, &d);
	ck_assert_msg(d.ruling == (paths[_i].is_update ? RULING_LOG : RULING_PASS), "%s",
	              paths[_i].path);
	if (paths[_i].is_update)
		ck_assert_str_eq(d.rule.category->id, "update-content");
}

int main(void)
{
	Suite *s = suite_create("shipped policy");
	TCase *t = tcase_create("shipped policy");

	read_hosts();
	tcase_add_checked_fixture(t, load, unload);
	tcase_add_test(t, enough_hosts_are_told_what_becomes_of_them);
	tcase_add_loop_test(t, each_host_falls_into_its_category, 0, num_hosts);
	tcase_add_loop_test(t, what_is_blocked_was_only_observed_one_microsecond_before, 0,
	                    num_hosts);
	tcase_add_test(t, each_name_has_a_confidence_and_a_source);
	tcase_add_test(t, the_only_instant_is_the_cutoff);
	tcase_add_loop_test(t, the_optional_policy_closes_encrypted_dns, 0, COUNT(resolvers));
	tcase_add_loop_test(t, update_paths_are_recorded_and_nothing_more, 0, COUNT(paths));
	suite_add_tcase(s, t);
	return suite_run(s);
}
