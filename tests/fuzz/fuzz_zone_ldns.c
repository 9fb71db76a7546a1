/* SPDX-License-Identifier: MIT */

/*
 * Two readers of zones: of a text that zone.h takes, it has every name that ldns has, and makes an
 * exception of it where ldns has rpz-passthru as its target. ldns goes astray where names could be
 * hidden, as zone_text.h says: so no quotes and no parentheses here, no '@', no directives, no
 * bytes that are none of a text, and no backslash at the end of a line.
 */

#include "policy/zone.h"

#include <ldns/ldns.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define HEAD      "$ORIGIN z.\n@ SOA . . 1 1 1 1 1\n"
#define TEXT_MAX  4096
#define RULES_MAX 256

struct kept {
	struct host_text host;
	enum pattern_kind kind;
	bool             is_exception;
};

static struct kept rules[RULES_MAX];
static size_t      num_rules;

static bool keep(void *context, const struct zone_rule *rule)
{
	struct kept *k = &rules[num_rules];

	(void)context;
	if (num_rules++ >= RULES_MAX)
		return false;
	*k          = (struct kept){ .kind = rule->kind, .is_exception = rule->is_exception };
	k->host.len = (uint16_t)rule->pattern.len;
	memcpy(k->host.text, rule->pattern.text, rule->pattern.len);
	return true;
}

/* Is there nothing in it that leads ldns astray? */
static bool is_plain(struct bytes text)
{
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.at[i];

		if (c != '\n' && c != '\t' && (c < ' ' || c > '~'))
			return false;
		if (strchr("\"()@$", c) != NULL ||
		    (c == '\\' && (i + 1 == text.len || text.at[i + 1] == '\n')))
			return false;
	}
	return text.len > 0 && text.at[text.len - 1] == '\n';
}

/* The owner without the zone's name as zone.h writes it; false for the zone's own, or another's. */
static bool owner_of(const ldns_rr *rr, struct kept *out)
{
	const uint8_t *wire = ldns_rdf_data(ldns_rr_owner(rr));
	size_t         len  = ldns_rdf_size(ldns_rr_owner(rr));
	struct reader  labels;

	if (len <= 3 || memcmp(wire + len - 3, "\1z", 3) != 0)
		return false;
	out->kind = PATTERN_EXACT;
	labels    = reader_over(bytes_of(wire, len - 3), PARSE_BAD);
	if (len > 5 && wire[0] == 1 && wire[1] == '*') {
		out->kind = PATTERN_BELOW;
		read_bytes(&labels, 2);
	}
	host_clear(&out->host);
	return host_read_labels(&out->host, &labels) == PARSE_OK;
}

static bool is_rule(const struct kept *k)
{
	for (size_t i = 0; i < num_rules; i++) {
		if (rules[i].kind == k->kind && rules[i].is_exception == k->is_exception &&
		    rules[i].host.len == k->host.len &&
		    memcmp(rules[i].host.text, k->host.text, k->host.len) == 0)
			return true;
	}
	return false;
}

static bool ends_with(const struct host_text *host, const char *end)
{
	size_t len = strlen(end);

	return host->len >= len && memcmp(host->text + host->len - len, end, len) == 0;
}

/* A record that prohibits its name, or makes an exception of it, is a rule of ours. */
static void compare(const ldns_rr *rr)
{
	static struct kept k;
	char              *target;

	if (ldns_rr_get_type(rr) != LDNS_RR_TYPE_CNAME || !owner_of(rr, &k) ||
	    ends_with(&k.host, "rpz-ip") || ends_with(&k.host, "rpz-client-ip") ||
	    ends_with(&k.host, "rpz-nsip") || ends_with(&k.host, "rpz-nsdname"))
		return;
	target = ldns_rdf2str(ldns_rr_rdf(rr, 0));
	if (target == NULL)
		abort();
	k.is_exception = strcasecmp(target, "rpz-passthru.") == 0;
	if (strcasecmp(target, "rpz-tcp-only.") != 0 && !is_rule(&k)) {
		/* or the target is the name itself */
		k.is_exception = true;
		if (!is_rule(&k))
			abort();
	}
	free(target);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static char          text[sizeof(HEAD) + TEXT_MAX];
	struct problem       problem;
	struct zone_left_out left_out;
	FILE                *f;
	ldns_rdf            *origin = NULL, *owner = NULL;
	uint32_t             ttl    = 0;
	int                  line   = 1;

	if (len > TEXT_MAX || !is_plain(bytes_of(data, len)))
		return 0;
	memcpy(text, HEAD, strlen(HEAD));
	memcpy(text + strlen(HEAD), data, len);
	len += strlen(HEAD);
	num_rules = 0;
	if (zone_walk(bytes_of(text, len), "z", keep, NULL, &left_out, &problem) != 0)
		return 0;
	f = fmemopen(text, len, "r");
	if (f == NULL)
		abort();
	while (!feof(f)) {
		ldns_rr *rr = NULL;

		if (ldns_rr_new_frm_fp_l(&rr, f, &ttl, &origin, &owner, &line) == LDNS_STATUS_OK)
			compare(rr);
		ldns_rr_free(rr);
	}
	ldns_rdf_deep_free(origin);
	ldns_rdf_deep_free(owner);
	fclose(f);
	return 0;
}
