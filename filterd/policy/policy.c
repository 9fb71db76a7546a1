/* SPDX-License-Identifier: MIT */

/*
 * A decision hashes every suffix of the host in one pass from its end, then searches from the most
 * specific kind of pattern to the least. The first kind with a match decides, so there is at most
 * one look-up per label and two more.
 */

#include "base/instant.h"
#include "policy/builtin.h"
#include "policy/index.h"

#include <stdlib.h>
#include <string.h>

#define LABELS_MAX 128          /* 255 octets hold at most 127 labels */

struct suffix {
	struct host host;
	uint64_t    hash;
};

/* The suffixes, from the whole name down to the last label, fill the end of the array. */
static const struct suffix *split(struct host host, struct suffix room[LABELS_MAX], size_t *num_out)
{
	size_t   at = LABELS_MAX, begin = host.len + 1;
	uint64_t hash = INDEX_START;

	while (begin > 0 && at > 0) {
		hash       = index_longer(hash, host, begin - 1, &begin);
		room[--at] = (struct suffix){ { host.text + begin, host.len - begin }, hash };
	}
	*num_out = LABELS_MAX - at;
	return room + at;
}

static struct host text_of(const struct index_entry *e)
{
	return (struct host){ .text = e->text, .len = e->len };
}

static bool host_equal(struct host a, struct host b)
{
	return a.len == b.len && memcmp(a.text, b.text, a.len) == 0;
}

/* Does `a` win over `b`, both of the same kind and matching? b may be NULL. */
static bool wins(const struct policy *p, const struct index_entry *a, const struct index_entry *b)
{
	enum action of_a, of_b;

	if (b == NULL)
		return true;
	of_a = p->categories[a->category].action;
	of_b = p->categories[b->category].action;
	return of_a < of_b || (of_a == of_b && a < b);
}

/* Does this file have an exception of this kind and key? */
static bool has_exception(const struct policy *p, enum pattern_kind kind, const struct suffix *key,
                          uint16_t file)
{
	struct index_aim aim = index_aim(p, key->hash, kind);

	for (uint32_t at = aim.slot; p->slots[at] != 0; at = (at + 1) & p->slot_mask) {
		const struct index_entry *e = index_entry(p, (p->slots[at] & p->place_mask) - 1);

		if ((p->slots[at] & ~p->place_mask) == aim.tag && e->is_exception &&
		    e->file == file && e->kind == kind && host_equal(text_of(e), key->host))
			return true;
	}
	return false;
}

/*
 * Does e's own file except the whole name, or names below one of the suffixes up to this one?
 */
static bool is_excepted(const struct policy *p, const struct index_entry *e,
                        const struct suffix *suffixes, size_t depth)
{
	bool excepted = has_exception(p, PATTERN_EXACT, &suffixes[0], e->file);

	for (size_t i = 1; i <= depth && !excepted; i++)
		excepted = has_exception(p, PATTERN_BELOW, &suffixes[i], e->file);
	return excepted;
}

/* Is this entry found under key, and does it match a host with this first label? */
static bool is_meant(const struct index_entry *e, enum pattern_kind kind, struct host key,
                     struct bytes first_label)
{
	struct host text = text_of(e);

	if (e->kind != kind || e->is_exception || !host_equal(index_key(kind, text), key))
		return false;
	return kind != PATTERN_LABEL ||
	       pattern_matches_label(bytes_of(text.text, text.len - key.len - 1), first_label);
}

static bool policy_is_owner(void *context, uint32_t owner)
{
	return owner == *(uint32_t *)context;
}

/* Does its category apply to this client? */
static inline bool policy_holds_for(const struct policy *p, const struct index_entry *e,
                                    const struct policy_client *client)
{
	uint32_t category = e->category;

	return p->categories[category].devices.num == 0 ||
	       (client != NULL &&
	        policy_owned_find(p->owned, p->num_devices, client, policy_is_owner, &category));
}

/*
 * The best entry of this kind under key, which is number `depth` of the host's suffixes; among
 * label patterns, only those that match the host's first label.
 */
static const struct index_entry *search(const struct policy *p, enum pattern_kind kind,
                                        const struct suffix *key, size_t depth,
                                        struct bytes first_label,
                                        const struct policy_client *client)
{
	struct index_aim          aim  = index_aim(p, key->hash, kind);
	const struct index_entry *best = NULL;

	for (uint32_t at = aim.slot; p->slots[at] != 0; at = (at + 1) & p->slot_mask) {
		const struct index_entry *e = index_entry(p, (p->slots[at] & p->place_mask) - 1);

		if ((p->slots[at] & ~p->place_mask) == aim.tag &&
		    is_meant(e, kind, key->host, first_label) && wins(p, e, best) &&
		    policy_holds_for(p, e, client) &&
		    !(p->has_exceptions && is_excepted(p, e, key - depth, depth)))
			best = e;
	}
	return best;
}

/* Nearly always the sieve says no, so this part is inline. */
static inline const struct index_entry *look_up(const struct policy *p, enum pattern_kind kind,
                                                const struct suffix *key, size_t depth,
                                                struct bytes first_label,
                                                const struct policy_client *client)
{
	uint64_t bits = index_sieve_bits(key->hash, kind);

	if ((*index_sieve_word(p, key->hash) & bits) != bits)
		return NULL;
	return search(p, kind, key, depth, first_label, client);
}

/* "name and all below" and "only below" are equally specific. */
static const struct index_entry *look_up_suffix(const struct policy *p, const struct suffix *key,
                                                size_t depth, const struct policy_client *client)
{
	const struct index_entry *suffix =
		look_up(p, PATTERN_SUFFIX, key, depth, (struct bytes){ 0 }, client);
	const struct index_entry *below  = NULL;

	if (depth > 0 && p->has_kind[PATTERN_BELOW])
		below = look_up(p, PATTERN_BELOW, key, depth, (struct bytes){ 0 }, client);
	return below != NULL && wins(p, below, suffix) ? below : suffix;
}

static const struct index_entry *most_specific(const struct policy *p, struct host host,
                                               const struct policy_client *client)
{
	struct suffix             room[LABELS_MAX];
	size_t                    num;
	const struct suffix      *suffixes = split(host, room, &num);
	struct bytes              none     = { 0 };
	const struct index_entry *found    = NULL;

	if (host.len == 0)
		return NULL;
	found = look_up(p, PATTERN_EXACT, &suffixes[0], 0, none, client);
	if (found == NULL && p->has_kind[PATTERN_LABEL] && num > 1)
		found = look_up(p, PATTERN_LABEL, &suffixes[1], 1,
		                bytes_of(host.text, host.len - suffixes[1].host.len - 1), client);
	for (size_t i = 0; i < num && found == NULL; i++)
		found = look_up_suffix(p, &suffixes[i], i, client);
	return found;
}

static bool has_ended(const struct category *c, int64_t now_us)
{
	return now_us != INSTANT_UNKNOWN && now_us >= c->until_us;
}

static enum ruling ruling_of(const struct category *c, int64_t now_us)
{
	bool has_begun = now_us >= c->effective_us;

	if (c->action == ACTION_ALLOW || has_ended(c, now_us))
		return RULING_PASS;
	if (c->action == ACTION_BLOCK)
		return has_begun ? RULING_BLOCK : RULING_OBSERVE;
	return has_begun ? RULING_LOG : RULING_PASS;
}

static void decide(const struct policy *p, const struct index_entry *e, int64_t now_us,
                   struct decision *out)
{
	out->has_rule = e != NULL;
	out->ruling   = RULING_PASS;
	out->waiver   = NULL;
	if (e == NULL)
		return;
	out->rule = (struct rule){
		.kind     = (enum pattern_kind)e->kind,
		.pattern  = text_of(e),
		.file     = p->files[e->file],
		.line     = e->line,
		.category = &p->categories[e->category],
	};
	out->ruling = ruling_of(out->rule.category, now_us);
}

void policy_decide_for(const struct policy *p, const struct policy_client *client, struct host host,
                       int64_t now_us, struct decision *out)
{
	if (builtin_has_test_name(host))
		builtin_decide(BUILTIN_PROBE, OUTCOME_BLOCK, out);
	else
		decide(p, most_specific(p, host, client), now_us, out);
}

/* For patterns that are found by their whole text. */
static const struct index_entry *look_up_text(const struct policy *p, enum pattern_kind kind,
                                              struct bytes text, const struct policy_client *client)
{
	struct suffix key  = { .host = { .text = (const char *)text.at, .len = text.len } };
	struct bytes  none = { 0 };

	key.hash = index_hash(key.host);
	return look_up(p, kind, &key, 0, none, client);
}

void policy_decide_port_for(const struct policy *p, const struct policy_client *client, bool is_tcp,
                            uint16_t port, int64_t now_us, struct decision *out)
{
	char                      room[16];
	struct writer             w = writer_over(room, sizeof(room));
	const struct index_entry *e = NULL;

	if (p->has_kind[PATTERN_PORT]) {
		write_text(&w, is_tcp ? "tcp/" : "udp/");
		write_decimal(&w, port);
		e = look_up_text(p, PATTERN_PORT, writer_written(&w), client);
	}
	decide(p, e, now_us, out);
}

void policy_decide_path_for(const struct policy *p, const struct policy_client *client,
                            struct bytes path, int64_t now_us, struct decision *out)
{
	const struct index_entry *e = NULL;

	path = bytes_first(path, POLICY_PATH_MAX);
	if (p->has_kind[PATTERN_PATH])
		e = look_up_text(p, PATTERN_PATH, path, client);
	for (size_t len = path.len; p->has_kind[PATTERN_PATH] && len > 0 && e == NULL; len--) {
		if (path.at[len - 1] == '/')
			e = look_up_text(p, PATTERN_PATH, bytes_first(path, len), client);
	}
	decide(p, e, now_us, out);
}

static bool policy_waives(const struct waiver *w, const struct category *c)
{
	for (size_t i = 0; i < w->num_categories; i++) {
		if (w->categories[i] == c)
			return true;
	}
	return false;
}

struct policy_waiving {
	const struct policy   *policy;
	const struct category *category;
	int64_t                now_us;
	const struct waiver   *first;           /* the one that lets it pass; NULL: none */
	bool                   is_meant;        /* by any waiver */
};

static bool policy_take_waiver(void *context, uint32_t owner)
{
	struct policy_waiving *of = context;
	const struct waiver   *w;

	if (owner < of->policy->num_categories)
		return false;
	w            = &of->policy->waivers[owner - of->policy->num_categories];
	of->is_meant = true;
	if ((of->first == NULL || w < of->first) && of->now_us >= w->effective_us &&
	    of->now_us < w->until_us && policy_waives(w, of->category))
		of->first = w;
	return false;
}

bool policy_waive(const struct policy *p, const struct policy_client *client, int64_t now_us,
                  struct decision *d)
{
	struct policy_waiving of = { .policy = p, .category = d->rule.category, .now_us = now_us };

	if (d->ruling != RULING_BLOCK || client == NULL || now_us == INSTANT_UNKNOWN ||
	    p->num_waivers == 0)
		return false;
	policy_owned_find(p->owned, p->num_devices, client, policy_take_waiver, &of);
	if (of.first != NULL) {
		d->ruling = RULING_WAIVED;
		d->waiver = of.first;
	}
	return of.is_meant;
}

bool policy_tells_clients_apart(const struct policy *p)
{
	return p != NULL && p->num_devices > 0;
}

size_t policy_num_waivers(const struct policy *p)
{
	return p->num_waivers;
}

const struct waiver *policy_waiver(const struct policy *p, size_t number)
{
	return &p->waivers[number];
}

size_t policy_ended_waivers(const struct policy *p, int64_t now_us, const struct waiver **first_out)
{
	size_t num = 0;

	for (size_t i = 0; i < p->num_waivers; i++) {
		if (now_us < p->waivers[i].until_us)
			continue;
		if (num++ == 0)
			*first_out = &p->waivers[i];
	}
	return num;
}

struct bytes policy_digest(const struct policy *p)
{
	return bytes_of(p->digest, sizeof(p->digest));
}

bool policy_has_by_address(const struct policy *p)
{
	return p->has_by_address;
}

bool policy_has_zones(const struct policy *p)
{
	return p->has_zones;
}

size_t policy_num_rules(const struct policy *p)
{
	return p->num_entries;
}

const struct category *policy_category(const struct policy *p, size_t number)
{
	return number < p->num_categories ? &p->categories[number] : NULL;
}

size_t policy_num_rules_of(const struct policy *p, const struct category *c)
{
	const struct index_entry *e;
	size_t                    num = 0;

	for (size_t at = 0; at < p->entries_len; at += index_entry_len(e->len)) {
		e = index_entry(p, (uint32_t)(at / INDEX_UNIT));
		num += &p->categories[e->category] == c && !e->is_exception;
	}
	return num;
}

static uint64_t policy_lines(const struct policy *p, const struct index_lines *lines,
                             const char **file_out, uint32_t *line_out)
{
	if (lines->num > 0) {
		*file_out = p->files[lines->file];
		*line_out = lines->line;
	}
	return lines->num;
}

uint64_t policy_left_out(const struct policy *p, const char **file_out, uint32_t *line_out)
{
	return policy_lines(p, &p->left_out, file_out, line_out);
}

uint64_t policy_below(const struct policy *p, const char **file_out, uint32_t *line_out)
{
	return policy_lines(p, &p->below, file_out, line_out);
}

uint64_t policy_wrong_lines(const struct policy *p, const char **first_out)
{
	*first_out = p->first_wrong;
	return p->num_wrong;
}

const struct policy_source *policy_older_source(const struct policy *new, const struct policy *old)
{
	for (size_t i = 0; i < new->num_sources; i++) {
		for (size_t k = 0; k < old->num_sources; k++) {
			if (strcmp(new->sources[i].id, old->sources[k].id) == 0 &&
			    new->sources[i].serial < old->sources[k].serial)
				return &new->sources[i];
		}
	}
	return NULL;
}

const struct policy_source *policy_sources(const struct policy *p, size_t *num_out)
{
	*num_out = p->num_sources;
	return p->sources;
}

const char *policy_file(const struct policy *p, size_t number)
{
	return p->files[number];
}

size_t policy_bytes(const struct policy *p)
{
	return sizeof(*p) + p->num_sources * sizeof(*p->sources) +
	       p->num_categories * sizeof(*p->categories) +
	       p->num_devices * (sizeof(*p->devices) + sizeof(*p->owned)) +
	       p->num_waivers * sizeof(*p->waivers) +
	       p->num_waived * sizeof(*p->waived) + p->num_files * sizeof(*p->files) +
	       p->entries_len + ((size_t)p->slot_mask + 1) * sizeof(*p->slots) +
	       ((size_t)p->sieve_mask + 1) * sizeof(*p->sieve) + p->strings_len;
}

static void policy_take_sooner(int64_t at_us, int64_t now_us, int64_t *next)
{
	if (at_us > now_us && at_us < *next)
		*next = at_us;
}

int64_t policy_next_change(const struct policy *p, int64_t now_us)
{
	int64_t next = INSTANT_NEVER;

	for (size_t i = 0; i < p->num_categories; i++) {
		policy_take_sooner(p->categories[i].effective_us, now_us, &next);
		policy_take_sooner(p->categories[i].until_us, now_us, &next);
	}
	for (size_t i = 0; i < p->num_waivers; i++) {
		policy_take_sooner(p->waivers[i].effective_us, now_us, &next);
		policy_take_sooner(p->waivers[i].until_us, now_us, &next);
	}
	return next;
}

int64_t policy_cutoff(const struct policy *p)
{
	int64_t first = INSTANT_NEVER;

	for (size_t i = 0; i < p->num_categories; i++) {
		const struct category *c = &p->categories[i];

		if (c->action == ACTION_BLOCK && c->effective_us < first)
			first = c->effective_us;
	}
	return first;
}

bool policy_blocks_at(const struct policy *p, int64_t now_us)
{
	for (size_t i = 0; i < p->num_categories; i++) {
		const struct category *c = &p->categories[i];

		if (c->action == ACTION_BLOCK && c->effective_us <= now_us && !has_ended(c, now_us))
			return true;
	}
	return false;
}

void rule_write(struct writer *w, const struct rule *r)
{
	switch (r->kind) {
	case PATTERN_EXACT:   write_text(w, "exact:"); break;
	case PATTERN_LABEL:   write_text(w, "label:"); break;
	case PATTERN_SUFFIX:  write_text(w, "suffix:"); break;
	case PATTERN_BELOW:   write_text(w, "below:"); break;
	case PATTERN_PORT:    write_text(w, "port:"); break;
	case PATTERN_PATH:    write_text(w, "path:"); break;
	case PATTERN_BUILTIN: write_text(w, "builtin:"); break;
	}
	write_bytes(w, bytes_of(r->pattern.text, r->pattern.len));
}

void policy_free(struct policy *p)
{
	if (p == NULL)
		return;
	free(p->sources);
	free(p->categories);
	free(p->devices);
	free(p->owned);
	free(p->waivers);
	free(p->waived);
	free(p->files);
	free(p->entries);
	free(p->slots);
	free(p->sieve);
	free(p->strings);
	free(p);
}

/* Is c in the set that begins after '['? *len_out: its length with both brackets. */
static bool in_set(struct bytes pattern, uint8_t c, size_t *len_out)
{
	bool   found = false;
	size_t i     = 1;

	for (; i < pattern.len && pattern.at[i] != ']'; i++) {
		bool is_range =
			i + 2 < pattern.len && pattern.at[i + 1] == '-' && pattern.at[i + 2] != ']';

		if (is_range) {
			found |= c >= pattern.at[i] && c <= pattern.at[i + 2];
			i += 2;
		} else {
			found |= c == pattern.at[i];
		}
	}
	*len_out = i < pattern.len ? i + 1 : i;
	return found;
}

/*
 * Remembers only the last '*': a longer run for an earlier one never helps, so time is at most the
 * product of lengths.
 */
bool pattern_matches_label(struct bytes pattern, struct bytes label)
{
	struct bytes star_pattern = { 0 }, star_label = { 0 };
	bool         has_star     = false;

	while (label.len > 0) {
		size_t len     = 1;
		bool   matches = false;

		if (pattern.len > 0 && pattern.at[0] == '*') {
			has_star     = true;
			pattern      = bytes_from(pattern, 1);
			star_pattern = pattern;
			star_label   = label;
			continue;
		}
		if (pattern.len > 0 && pattern.at[0] == '[')
			matches = in_set(pattern, label.at[0], &len);
		else if (pattern.len > 0)
			matches = pattern.at[0] == label.at[0];
		if (matches) {
			pattern = bytes_from(pattern, len);
			label   = bytes_from(label, 1);
			continue;
		}
		if (!has_star)
			return false;
		star_label = bytes_from(star_label, 1);
		label      = star_label;
		pattern    = star_pattern;
	}
	while (pattern.len > 0 && pattern.at[0] == '*')
		pattern = bytes_from(pattern, 1);
	return pattern.len == 0;
}
