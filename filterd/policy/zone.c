/* SPDX-License-Identifier: MIT */

/*
 * A record's owner, without the zone's name, is the name it is about; its type and data are the
 * zone's action. A file that has only relative names and does not name its zone is read as well:
 * then the owners are the names.
 */

#include "policy/zone.h"

#include "policy/zone_text.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

struct zone_walking {
	const char           *file;
	zone_take            *take;
	void                 *context;
	struct zone_left_out *left_out;
	struct problem       *problem;
	struct zone_name      origin, apex, owner;
	bool                  has_apex;
	/* of the previous rule, without the apex; empty: none yet */
	struct zone_name      given;
	bool                  was_exception;
};

/* What a record says about its owner. */
enum meaning { MEANS_PROHIBITED, MEANS_EXCEPTION, MEANS_NOTHING, MEANS_NO_PART };

/* Types that prohibit whatever their data; the most frequent first. */
static const struct {
	enum meaning meaning;
	const char  *types;
} meanings[] = {
	{ MEANS_PROHIBITED,
	  "CNAME A AAAA TXT MX SRV PTR HTTPS SVCB NAPTR CAA A6 AFSDB AMTRELAY APL ATMA AVC BRID "
	  "CERT CLA CSYNC DHCID DOA DSYNC EID EUI48 EUI64 GID GPOS HHIT HINFO HIP IPN IPSECKEY "
	  "ISDN KX L32 L64 LOC LP MB MD MF MG MINFO MR NID NIMLOC NINFO NSAP NSAP-PTR NULL "
	  "OPENPGPKEY PX RESINFO RKEY RP RT SINK SMIMEA SPF SSHFP TALINK TLSA UID UINFO UNSPEC "
	  "URI WALLET WKS X25" },
	{ MEANS_NO_PART,
	  "SOA RRSIG NSEC NSEC3 NSEC3PARAM DNSKEY CDS CDNSKEY ZONEMD DLV KEY NXT SIG TA" },
	{ MEANS_NOTHING, "NS DS DNAME" },
};

static int wrong_at(const struct zone_walking *w, uint32_t line, size_t column, struct bytes word,
                    const char *what)
{
	char shown[84] = "";

	if (word.len > 0)
		snprintf(shown, sizeof(shown), "'%.*s' ", (int)(word.len < 80 ? word.len : 80),
		         (const char *)word.at);
	return problem_say(w->problem, -EINVAL, "%.160s: line %u, column %zu: %s%.200s", w->file,
	                   line, column, shown, what);
}

static int zone_wrong(const struct zone_walking *w, const struct zone_word *word, const char *what)
{
	return wrong_at(w, word->line, word->column, word->text, what);
}

/* Is it one of these, separated by blanks? */
static bool zone_is_word(struct bytes word, const char *words)
{
	for (size_t len; (len = strcspn(words, " ")) > 0; words += len + (words[len] == ' ')) {
		if (len == word.len && strncasecmp((const char *)word.at, words, len) == 0)
			return true;
	}
	return false;
}

/* A number, or 1d2h30m. */
static bool is_ttl(struct bytes word)
{
	for (size_t i = 0; i < word.len; i++) {
		if (!isdigit(word.at[i]) && (i == 0 || strchr("smhdwSMHDW", word.at[i]) == NULL))
			return false;
	}
	return word.len > 0;
}

static bool is_class(struct bytes word)
{
	return word.len == 2 && zone_is_word(word, "IN CH HS");
}

/* The index of the type: after the owner, if any, TTL and class. */
static size_t zone_type_of(const struct zone_record *r)
{
	size_t i = r->has_owner;

	while (i < r->num && (is_ttl(r->words[i].text) || is_class(r->words[i].text)))
		i++;
	return i;
}

static int take_directive(struct zone_walking *w, const struct zone_record *r)
{
	const struct zone_word *word = &r->words[0];

	if (zone_is_word(word->text, "$TTL"))
		return r->num > 1 && is_ttl(r->words[1].text)
		               ? 0
		               : zone_wrong(w, word,
		                            "has no time after it; expected one such as 3600");
	if (!zone_is_word(word->text, "$ORIGIN"))
		return zone_wrong(w, word,
		                  "is not read here; expected $ORIGIN, $TTL or records: let the "
		                  "name server write the zone in full");
	if (r->num < 2 || zone_name_read(r->words[1].text, &w->origin, &w->origin) != PARSE_OK)
		return zone_wrong(
			w, word, "has no domain name after it; expected one such as rpz.example.");
	return 0;
}

static int take_apex(struct zone_walking *w, const struct zone_record *r, size_t type)
{
	if (type == r->num || !zone_is_word(r->words[type].text, "SOA"))
		return zone_wrong(w, &r->words[0],
		                  "is not how a zone begins; expected its SOA record");
	w->apex     = w->owner;
	w->has_apex = true;
	/* A relative name is relative to the zone, unless the file says otherwise. */
	if (w->origin.is_open)
		w->origin = w->apex;
	return 0;
}

static bool meaning_of_type(struct bytes type, enum meaning *out)
{
	*out = MEANS_PROHIBITED;
	for (size_t i = 0; i < COUNT(meanings); i++) {
		if (zone_is_word(type, meanings[i].types)) {
			*out = meanings[i].meaning;
			return true;
		}
	}
	return zone_is_word(bytes_first(type, 4), "TYPE") && is_ttl(bytes_from(type, 4));
}

/*
 * A CNAME's target is the action: the root, a wildcard, a keyword, the name itself, or another
 * name.
 */
static int meaning_of_target(const struct zone_walking *w, const struct zone_record *r, size_t type,
                             struct bytes front, enum meaning *out)
{
	const struct zone_word *word = &r->words[type + 1];
	struct zone_name        target;

	if (zone_name_read(word->text, &w->origin, &target) != PARSE_OK)
		return zone_wrong(
			w, word,
			"is not a domain name; expected a target such as . or rpz-passthru.");
	if (word->text.len > 4 && strncasecmp((const char *)word->text.at, "rpz-", 4) == 0 &&
	    word->text.at[word->text.len - 1] != '.')
		return zone_wrong(
			w, word,
			"lacks the dot at its end; expected a target such as rpz-passthru.");
	*out = MEANS_PROHIBITED;
	if (zone_is_word(word->text, "rpz-passthru.") ||
	    bytes_equal(bytes_of(target.wire, target.len), front))
		*out = MEANS_EXCEPTION;
	else if (zone_is_word(word->text, "rpz-tcp-only."))
		*out = MEANS_NOTHING;
	return 0;
}

/* The label at this offset of a name in wire form. */
static struct bytes label_at(struct bytes wire, size_t at)
{
	return bytes_first(bytes_from(wire, at + 1), wire.at[at]);
}

/* Does its last label show that the record is not about a name? */
static bool is_no_name(struct bytes front)
{
	struct bytes last = { 0 };

	for (size_t at = 0; at < front.len; at += 1 + (size_t)front.at[at])
		last = label_at(front, at);
	return zone_is_word(bytes_first(last, 4), "rpz-") &&
	       zone_is_word(bytes_from(last, 4), "ip client-ip nsip nsdname");
}

static void leave_out(struct zone_walking *w, uint32_t line)
{
	if (w->left_out->num++ == 0)
		w->left_out->line = line;
}

/* Several records of a name make one rule; in a zone they are consecutive. */
static int give_rule(struct zone_walking *w, struct bytes front, bool is_exception, uint32_t line)
{
	struct host_text host;
	struct reader    labels;
	struct zone_rule rule = { .kind = PATTERN_EXACT, .is_exception = is_exception,
	                          .line = line };

	if (bytes_equal(bytes_of(w->given.wire, w->given.len), front) &&
	    w->was_exception == is_exception)
		return 0;
	memcpy(w->given.wire, front.at, front.len);
	w->given.len     = (uint8_t)front.len;
	w->was_exception = is_exception;
	host_clear(&host);
	if (bytes_equal(label_at(front, 0), BYTES("*"))) {
		rule.kind = PATTERN_BELOW;
		front     = bytes_from(front, 2);
	}
	labels = reader_over(front, PARSE_BAD);
	if (host_read_labels(&host, &labels) != PARSE_OK)
		return -EINVAL;
	rule.pattern = host_of(&host);
	return w->take(w->context, &rule) ? 0 : -ENOMEM;
}

/* The data of these types is one word: more would be another record. */
static int zone_hold_to_one_word(const struct zone_walking *w, const struct zone_record *r,
                              size_t type)
{
	if (r->num < type + 2)
		return zone_wrong(w, &r->words[type],
		                  "has nothing after it; expected a target such as . or "
		                  "rpz-passthru., or an address");
	if (r->num > type + 2)
		return zone_wrong(w, &r->words[type + 2],
		                  "comes after the end of a record; expected a new line");
	return 0;
}

static int take_name(struct zone_walking *w, const struct zone_record *r, size_t type,
                     struct bytes front)
{
	const struct zone_word *word = &r->words[type];
	enum meaning            meaning;
	int                     error = 0;

	if (!meaning_of_type(word->text, &meaning))
		return zone_wrong(w, word,
		                  "is not a record type of a policy zone; expected one "
		                  "such as CNAME");
	if (zone_is_word(word->text, "CNAME A AAAA"))
		error = zone_hold_to_one_word(w, r, type);
	if (error == 0 && zone_is_word(word->text, "CNAME"))
		error = meaning_of_target(w, r, type, front, &meaning);
	if (error != 0 || meaning == MEANS_NO_PART)
		return error;
	if (meaning == MEANS_NOTHING || is_no_name(front)) {
		leave_out(w, r->line);
		return 0;
	}
	if (bytes_equal(front, BYTES("\1*")))
		return zone_wrong(w, &r->words[0],
		                  "stands for every name there is; expected a name below which all "
		                  "are prohibited");
	error = give_rule(w, front, meaning == MEANS_EXCEPTION, r->line);
	return error == -EINVAL ? zone_wrong(w, &r->words[0], "is not a host name") : error;
}

static int zone_take_record(struct zone_walking *w, const struct zone_record *r)
{
	size_t       type = zone_type_of(r);
	struct bytes front;
	int          error = 0;

	if (r->has_owner && zone_name_read(r->words[0].text, &w->origin, &w->owner) != PARSE_OK)
		return zone_wrong(w, &r->words[0], "is not a domain name");
	if (!r->has_owner && !w->has_apex)
		return zone_wrong(
			w, &r->words[0],
			"has no name before it; expected the zone's SOA record first");
	if (!w->has_apex)
		error = take_apex(w, r, type);
	if (error != 0)
		return error;
	if (type == r->num)
		return zone_wrong(w, &r->words[r->num - 1],
		                  "is the end of a record; expected a type such as CNAME");
	if (w->owner.is_open != w->apex.is_open)
		return zone_wrong(w, &r->words[0],
		                  "ends with a dot, in a file that does not say what its zone is "
		                  "called; expected, as its "
		                  "first line, $ORIGIN and the zone's name");
	if (!zone_name_in_front(&w->owner, &w->apex, &front))
		return zone_wrong(w, &r->words[0],
		                  "is not in this zone; expected a name relative to it, or one "
		                  "that ends in the zone's name");
	return front.len == 0 ? 0 : take_name(w, r, type, front);
}

bool zone_is_one(struct bytes content)
{
	struct zone_text   t = zone_text_over(content);
	struct zone_record r;
	size_t             type;

	/* '#' begins a comment in other lists. */
	if (zone_text_next(&t, &r) != PARSE_OK || r.words[0].text.len == 0 ||
	    r.words[0].text.at[0] == '#' || !r.has_owner)
		return false;
	type = zone_type_of(&r);
	return r.words[0].text.at[0] == '$' ||
	       (type < r.num && zone_is_word(r.words[type].text, "SOA"));
}

int zone_walk(struct bytes content, const char *file, zone_take *take, void *context,
              struct zone_left_out *left_out, struct problem *problem)
{
	struct zone_walking w = { .file = file, .take = take, .context = context,
	                          .left_out = left_out, .problem = problem,
	                  .origin = { .is_open = true } };
	struct zone_text   t = zone_text_over(content);
	struct zone_record r;
	enum parse         status;
	int                error = 0;

	*left_out = (struct zone_left_out){ 0 };
	while (error == 0 && (status = zone_text_next(&t, &r)) == PARSE_OK) {
		if (r.has_owner && r.words[0].text.len > 0 && r.words[0].text.at[0] == '$')
			error = take_directive(&w, &r);
		else
			error = zone_take_record(&w, &r);
	}
	if (error == 0 && status == PARSE_BAD)
		return wrong_at(&w, t.line, t.column, (struct bytes){ 0 }, t.problem);
	if (error == 0 && !w.has_apex)
		return wrong_at(&w, t.line, 1, (struct bytes){ 0 },
		                "the zone has no SOA record; is the file whole?");
	return error;
}
