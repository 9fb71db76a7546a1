/* SPDX-License-Identifier: MIT */

/*
 * The policy that ships: what it must block, must let pass, and must not mistake for something it
 * knows.
 */

#include "base/instant.h"
#include "os/files.h"
#include "support/suite.h"

#include <stdio.h>

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

static const struct { const char *host, *category; enum ruling ruling; } hosts[] = {
	{ "s00.upd.kaspersky.com", "update", RULING_BLOCK },
	{ "p19.upd.kaspersky.com", "update", RULING_BLOCK },
	{ "downloads.upd.kaspersky.com", "update", RULING_BLOCK },
	{ "dnl-07.geo.kaspersky.com", "update", RULING_BLOCK },
	{ "edge.geo.kaspersky.com", "update", RULING_BLOCK },
	{ "cm.k.kaspersky-labs.com", "update", RULING_BLOCK },
	{ "downloads3.kaspersky-labs.com", "update", RULING_BLOCK },
	{ "ftp.downloads2.kaspersky-labs.com", "update", RULING_BLOCK },
	{ "updates-us1.kaspersky-labs.com", "update", RULING_BLOCK },
	{ "rescuedisk.s.kaspersky-labs.com", "update", RULING_BLOCK },
	{ "activation-v2.kaspersky.com", "license", RULING_BLOCK },
	{ "refresh-bkg.activation-v2.kaspersky.com", "license", RULING_BLOCK },
	/* not update: the longer suffix */
	{ "activation-v2.geo.kaspersky.com", "license", RULING_BLOCK },
	{ "my.kaspersky.com", "account", RULING_BLOCK },
	{ "hq.uis.kaspersky.com", "account", RULING_BLOCK },
	{ "ds.kaspersky.com", "ksn", RULING_BLOCK },
	{ "dc1-st.ksn.kaspersky-labs.com", "ksn", RULING_BLOCK },
	{ "ksn-crypto-file-geo.kaspersky-labs.com", "ksn", RULING_BLOCK },
	{ "ksn-info.geoksn.kaspersky.com", "ksn", RULING_BLOCK },
	{ "ksn-cinfo-geo.kas-labs.com", "ksn", RULING_BLOCK },
	{ "x.ksc.kaspersky.com", "console", RULING_BLOCK },
	{ "s405.cloud.kaspersky.com", "console", RULING_BLOCK },
	{ "bosh4.ucp-ntfy.kaspersky-labs.com", "sync", RULING_BLOCK },
	{ "products.s.kaspersky-labs.com", "distribution", RULING_BLOCK },
	{ "touch.kaspersky.com", "aux", RULING_LOG },
	{ "keyfile.kaspersky.com", "unverified", RULING_LOG },
	{ "kavdumps.kaspersky.com", "telemetry", RULING_LOG },
	{ "gc.kis.v2.scr.kaspersky-labs.com", "inject", RULING_LOG },
	{ "kav8.zonealarm.com", "oem", RULING_LOG },
	{ "something-new.kaspersky.com", "unknown", RULING_LOG },
	{ "something-new.kaspersky-labs.com", "unknown", RULING_LOG },
	{ "www.kaspersky.com", "exempt", RULING_PASS },
	{ "kaspersky.com", "exempt", RULING_PASS },
	{ "support.kaspersky.com", "exempt", RULING_PASS },
	{ "media.kaspersky.com", "exempt", RULING_PASS },
	{ "opentip.kaspersky.com", "exempt", RULING_PASS },
	{ "wlinfo.kaspersky.com", "exempt", RULING_PASS },
	{ "mx12.kaspersky-labs.com", "exempt", RULING_PASS },
	{ "securelist.com", "exempt", RULING_PASS },
	/* Names that only look like it. */
	{ "s01kaspersky.com", NULL, RULING_PASS },
	{ "upd.kasperskyupdates.com", NULL, RULING_PASS },
	{ "update.kaspersky-lab.org", NULL, RULING_PASS },
	{ "kasperskyupdate.com", NULL, RULING_PASS },
	{ "kaspersky.122.2o7.net", NULL, RULING_PASS },
	{ "geo.kaspersky.com.evil.example", NULL, RULING_PASS },
	{ "kaspersky-labs.com.example.org", NULL, RULING_PASS },
	{ "relay.klbr.net", NULL, RULING_PASS },
	{ "www.kaspersky.fr", NULL, RULING_PASS },
	{ "ultraav.com", NULL, RULING_PASS },
};

START_TEST(each_host_falls_into_its_category)
{
	struct decision d;

	policy_decide(policy, host_literal(hosts[_i].host), CUTOFF, &d);
	ck_assert_msg(d.ruling == hosts[_i].ruling, "%s: ruling %d", hosts[_i].host, d.ruling);
	if (hosts[_i].category == NULL)
		ck_assert_msg(!d.has_rule, "%s: a pattern matches", hosts[_i].host);
	else
		ck_assert_str_eq(d.rule.category->id, hosts[_i].category);
}

START_TEST(what_is_blocked_was_only_observed_one_microsecond_before)
{
	struct decision d;

	policy_decide(policy, host_literal(hosts[_i].host), CUTOFF - 1, &d);
	ck_assert_int_eq(d.ruling,
	                 hosts[_i].ruling == RULING_BLOCK ? RULING_OBSERVE : hosts[_i].ruling);
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
	policy_decide_port(optional, true, 853, CUTOFF, &d);
	ck_assert_int_eq(d.ruling, RULING_BLOCK);
	policy_decide_port(optional, false, 853, CUTOFF, &d);
	ck_assert_int_eq(d.ruling, RULING_BLOCK);
	policy_decide_port(optional, true, 443, CUTOFF, &d);
	ck_assert_int_eq(d.ruling, RULING_PASS);
	policy_free(optional);
}

START_TEST(update_paths_are_recorded_and_nothing_more)
{
	struct decision d;

	policy_decide_path(policy, BYTES("/index/u1313g.xml"), CUTOFF, &d);
	ck_assert_int_eq(d.ruling, RULING_LOG);
	ck_assert_str_eq(d.rule.category->id, "update-content");
	policy_decide_path(policy, BYTES("/index/u1313g.xmlx"), CUTOFF, &d);
	ck_assert_int_eq(d.ruling, RULING_PASS);
}

int main(void)
{
	Suite *s = suite_create("shipped policy");
	TCase *t = tcase_create("shipped policy");

	tcase_add_checked_fixture(t, load, unload);
	tcase_add_loop_test(t, each_host_falls_into_its_category, 0, COUNT(hosts));
	tcase_add_loop_test(t, what_is_blocked_was_only_observed_one_microsecond_before, 0,
	                    COUNT(hosts));
	tcase_add_test(t, the_only_instant_is_the_cutoff);
	tcase_add_loop_test(t, the_optional_policy_closes_encrypted_dns, 0, COUNT(resolvers));
	tcase_add_test(t, update_paths_are_recorded_and_nothing_more);
	suite_add_tcase(s, t);
	return suite_run(s);
}
