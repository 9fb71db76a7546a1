/* SPDX-License-Identifier: MIT */

/*
 * Arrays double while lists are read, and are shrunk to size at the end, when the hash table is
 * made. Until then strings are offsets, because their memory may still move.
 */

#include "policy/policy_build.h"

#include "crypto/crypto.h"
#include "policy/builtin.h"
#include "policy/index.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* of the sieve: 6 to 12 bits per name, 2 of them set; twice as many do not fit the cache */
#define SLOTS_A_WORD 16

struct growing {
	void  *items;
	size_t num, room, item_bytes;
};

/* Offsets in strings, until the end. */
struct source_strings   { size_t id, title, authority, file, cutoff; struct policy_source s; };
struct category_strings { size_t id, title, source, first_device; struct category c; };
struct waiver_strings   { size_t id, reason, source, categories, first_device, first_waived;
                          struct waiver w; };

/* A category named by a waiver: of the policy, or of builtin.h. */
struct waived {
	size_t                 number;
	const struct category *builtin;
};

struct builder {
	struct growing sources, categories, files, entries, strings, devices, waivers, waived;
	size_t         num_entries;
	struct sha256 *digest;
	bool           has_kind[PATTERN_BUILTIN];
	bool           has_exceptions, has_zones;
	/* the beginning of the last file's entries, and the number before them */
	size_t         first_of_file, num_before_file;
	struct index_lines left_out, below;
	uint64_t       num_wrong;
	size_t         first_wrong;     /* an offset, like other strings */
};

static void *policy_build_grow(struct growing *g, size_t by)
{
	size_t room = g->room > 0 ? g->room : 64;
	void  *items;

	while (room < g->num + by)
		room *= 2;
	if (room != g->room) {
		items = realloc(g->items, room * g->item_bytes);
		if (items == NULL)
			return NULL;
		g->items = items;
		g->room  = room;
	}
	g->num += by;
	return (uint8_t *)g->items + (g->num - by) * g->item_bytes;
}

static bool policy_build_put_string(struct builder *b, const char *text, size_t *at_out)
{
	size_t len = strlen(text) + 1;
	char  *to  = policy_build_grow(&b->strings, len);

	if (to == NULL)
		return false;
	memcpy(to, text, len);
	*at_out = b->strings.num - len;
	return true;
}

struct builder *builder_new(void)
{
	struct builder *b = calloc(1, sizeof(*b));

	if (b == NULL)
		return NULL;
	b->sources.item_bytes    = sizeof(struct source_strings);
	b->categories.item_bytes = sizeof(struct category_strings);
	b->devices.item_bytes    = sizeof(struct policy_device);
	b->waivers.item_bytes    = sizeof(struct waiver_strings);
	b->waived.item_bytes     = sizeof(struct waived);
	b->files.item_bytes      = sizeof(size_t);
	b->entries.item_bytes    = 1;
	b->strings.item_bytes    = 1;
	b->digest                = sha256_new();
	return b;
}

void builder_free(struct builder *b)
{
	if (b == NULL)
		return;
	free(b->sources.items);
	free(b->categories.items);
	free(b->devices.items);
	free(b->waivers.items);
	free(b->waived.items);
	free(b->files.items);
	free(b->entries.items);
	free(b->strings.items);
	sha256_free(b->digest);
	free(b);
}

void builder_digest(struct builder *b, struct bytes content)
{
	sha256_add(b->digest, content);
}

bool builder_add_source(struct builder *b, const struct policy_source *s)
{
	struct source_strings strings = { .s = *s };
	void                 *to;

	if (!policy_build_put_string(b, s->id, &strings.id) ||
	    !policy_build_put_string(b, s->title, &strings.title) ||
	    !policy_build_put_string(b, s->authority, &strings.authority) ||
	    !policy_build_put_string(b, s->file, &strings.file) ||
	    !policy_build_put_string(b, s->cutoff, &strings.cutoff) ||
	    (to = policy_build_grow(&b->sources, 1)) == NULL)
		return false;
	memcpy(to, &strings, sizeof(strings));
	return true;
}

static bool policy_build_put_devices(struct builder *b, struct policy_devices devices,
                                     size_t *first_out)
{
	void *to;

	*first_out = b->devices.num;
	if (devices.num == 0)
		return true;
	to = policy_build_grow(&b->devices, devices.num);
	if (to != NULL)
		memcpy(to, devices.at, devices.num * sizeof(*devices.at));
	return to != NULL;
}

bool builder_add_category(struct builder *b, const struct category *c)
{
	struct category_strings s = { .source = b->sources.num - 1, .c = *c };
	void                   *to;

	if (!policy_build_put_string(b, c->id, &s.id) ||
	    !policy_build_put_string(b, c->title, &s.title) ||
	    !policy_build_put_devices(b, c->devices, &s.first_device) ||
	    (to = policy_build_grow(&b->categories, 1)) == NULL)
		return false;
	memcpy(to, &s, sizeof(s));
	return true;
}

bool builder_add_waiver(struct builder *b, const struct waiver *w, const char *categories)
{
	struct waiver_strings s = { .source = b->sources.num - 1, .w = *w };
	void                 *to;

	if (!policy_build_put_string(b, w->id, &s.id) ||
	    !policy_build_put_string(b, w->reason, &s.reason) ||
	    !policy_build_put_string(b, categories, &s.categories) ||
	    !policy_build_put_devices(b, w->devices, &s.first_device) ||
	    (to = policy_build_grow(&b->waivers, 1)) == NULL)
		return false;
	memcpy(to, &s, sizeof(s));
	return true;
}

static bool policy_build_put_waived(struct builder *b, size_t number,
                                    const struct category *builtin)
{
	struct waived *to = policy_build_grow(&b->waived, 1);

	if (to != NULL)
		*to = (struct waived){ .number = number, .builtin = builtin };
	return to != NULL;
}

/* All blocking categories with this id; "*": with any id. *num_out: their number. */
static bool policy_build_find_category(struct builder *b, const char *id, size_t *num_out)
{
	const struct category_strings *categories = b->categories.items;
	bool                           is_any     = strcmp(id, "*") == 0;
	const struct category         *builtin;

	*num_out = 0;
	for (size_t i = 0; i < b->categories.num; i++) {
		if (categories[i].c.action != ACTION_BLOCK ||
		    (!is_any && strcmp((const char *)b->strings.items + categories[i].id, id) != 0))
			continue;
		if (!policy_build_put_waived(b, i, NULL))
			return false;
		++*num_out;
	}
	for (size_t i = 0; (builtin = builtin_waivable(i)) != NULL; i++) {
		if (!is_any && strcmp(builtin->id, id) != 0)
			continue;
		if (!policy_build_put_waived(b, 0, builtin))
			return false;
		++*num_out;
	}
	return true;
}

int builder_find_waived(struct builder *b, struct problem *problem_out)
{
	struct waiver_strings *waivers = b->waivers.items;
	const char            *strings = b->strings.items;

	for (size_t i = 0; i < b->waivers.num; i++) {
		const char *word = strings + waivers[i].categories;
		char        id[32];
		size_t      num;

		waivers[i].first_waived = b->waived.num;
		for (word += strspn(word, " \t"); *word != '\0'; word += strspn(word, " \t")) {
			size_t len = strcspn(word, " \t");

			snprintf(id, sizeof(id), "%.*s", (int)len, word);
			word += len;
			if (!policy_build_find_category(b, id, &num))
				return -ENOMEM;
			if (num > 0)
				continue;
			return problem_say(problem_out, -EINVAL,
			                   "[waiver %s] categories: '%s' is not a category that "
			                   "blocks; expected the names of some, of any policy file",
			                   strings + waivers[i].id, id);
		}
		waivers[i].w.num_categories = b->waived.num - waivers[i].first_waived;
	}
	return 0;
}

bool builder_add_file(struct builder *b, const char *name)
{
	size_t at;
	void  *to;

	if (!policy_build_put_string(b, name, &at) ||
	    (to = policy_build_grow(&b->files, 1)) == NULL)
		return false;
	memcpy(to, &at, sizeof(at));
	b->first_of_file   = b->entries.num;
	b->num_before_file = b->num_entries;
	return true;
}

bool builder_add_rule(struct builder *b, enum pattern_kind kind, struct host pattern, uint32_t line,
                      bool is_exception)
{
	struct index_entry *e = policy_build_grow(&b->entries, index_entry_len(pattern.len));

	if (e == NULL)
		return false;
	*e = (struct index_entry){
		.line     = line,
		.file     = (uint16_t)(b->files.num - 1),
		.category = (uint16_t)(b->categories.num - 1),
		.len      = (uint16_t)pattern.len,
		.kind     = (uint8_t)kind,
		.is_exception = is_exception,
	};
	memcpy(e->text, pattern.text, pattern.len);
	b->num_entries++;
	b->has_kind[kind]  = true;
	b->has_exceptions |= is_exception;
	return true;
}

void builder_mark_zone(struct builder *b)
{
	b->has_zones = true;
}

static void policy_build_note(const struct builder *b, struct index_lines *lines, uint64_t num,
                              uint32_t first_line)
{
	if (lines->num == 0 && num > 0) {
		lines->file = (uint16_t)(b->files.num - 1);
		lines->line = first_line;
	}
	lines->num += num;
}

void builder_leave_out(struct builder *b, uint64_t num, uint32_t first_line)
{
	policy_build_note(b, &b->left_out, num, first_line);
}

void builder_note_below(struct builder *b, uint64_t num, uint32_t first_line)
{
	policy_build_note(b, &b->below, num, first_line);
}

bool builder_note_wrong(struct builder *b, uint64_t num, const char *first)
{
	bool is_first = b->num_wrong == 0;

	b->num_wrong += num;
	return !is_first || policy_build_put_string(b, first, &b->first_wrong);
}

/* In the order of the lines: "below", "exact", "except below", "except exact", each by name. */
static int compare_rules(const void *a, const void *b)
{
	const struct index_entry *x   = *(const struct index_entry *const *)a,
				 *y   = *(const struct index_entry *const *)b;
	size_t                    len = x->len < y->len ? x->len : y->len;
	int                       order;

	if (x->is_exception != y->is_exception)
		return x->is_exception ? 1 : -1;
	if (x->kind != y->kind)
		return x->kind == PATTERN_BELOW ? -1 : 1;
	order = memcmp(x->text, y->text, len);
	return order != 0 ? order : (int)x->len - (int)y->len;
}

/* The entries of the file added last, to be sorted; NULL without memory. */
static const struct index_entry **entries_of_file(const struct builder *b, size_t *num_out)
{
	const struct index_entry **entries = malloc((b->num_entries - b->num_before_file + 1) *
	                                            sizeof(const struct index_entry *));
	size_t                     num     = 0;

	for (size_t at = b->first_of_file; entries != NULL && at < b->entries.num;
	     at += index_entry_len(entries[num - 1]->len))
		entries[num++] = (const struct index_entry
		                          *)(const void *)((const uint8_t *)b->entries.items + at);
	*num_out = num;
	return entries;
}

bool builder_digest_rules(struct builder *b)
{
	size_t                     num;
	const struct index_entry **entries = entries_of_file(b, &num);

	if (entries == NULL)
		return false;
	qsort(entries, num, sizeof(*entries), compare_rules);
	for (size_t i = 0; i < num; i++) {
		char          line[HOST_TEXT_MAX + 32];
		struct writer w    = writer_over(line, sizeof(line));
		struct rule   rule = { .kind    = (enum pattern_kind)entries[i]->kind,
		                       .pattern = { entries[i]->text, entries[i]->len } };

		if (i > 0 && compare_rules(&entries[i - 1], &entries[i]) == 0)
			continue;
		write_text(&w, entries[i]->is_exception ? "except " : "");
		rule_write(&w, &rule);
		write_text(&w, "\n");
		builder_digest(b, writer_written(&w));
	}
	free(entries);
	return true;
}

/*
 * Is this pattern already in the same category? Then one of the two is enough, unless one is an
 * exception, or their files can have different exceptions.
 */
static bool policy_build_is_same(const struct policy *p, const struct index_entry *a,
                                 const struct index_entry *b)
{
	return a->kind == b->kind && a->category == b->category && a->len == b->len &&
	       (!p->has_exceptions || (a->file == b->file && a->is_exception == b->is_exception)) &&
	       memcmp(a->text, b->text, a->len) == 0;
}

static void put_in_slots(struct policy *p, uint32_t place)
{
	const struct index_entry *e    = index_entry(p, place);
	enum pattern_kind         kind = (enum pattern_kind)e->kind;
	uint64_t hash = index_hash(index_key(kind, (struct host){ e->text, e->len }));
	struct index_aim          aim  = index_aim(p, hash, kind);
	uint32_t                  at   = aim.slot;

	for (; p->slots[at] != 0; at = (at + 1) & p->slot_mask) {
		if ((p->slots[at] & ~p->place_mask) == aim.tag &&
		    policy_build_is_same(p, index_entry(p, (p->slots[at] & p->place_mask) - 1), e))
			return;
	}
	p->slots[at] = aim.tag | (place + 1);
	*index_sieve_word(p, hash) |= index_sieve_bits(hash, kind);
}

/* At most two thirds full: short probe sequences within the budget of bytes per name. */
static bool make_slots(struct policy *p)
{
	size_t num = 16, places = 1;

	while (num < p->num_entries + p->num_entries / 2)
		num *= 2;
	while (places <= p->entries_len / INDEX_UNIT)
		places *= 2;
	if (places > UINT32_MAX)
		return false;
	p->slots = calloc(num, sizeof(*p->slots));
	p->sieve = calloc(num / SLOTS_A_WORD, sizeof(*p->sieve));
	if (p->slots == NULL || p->sieve == NULL)
		return false;
	p->slot_mask  = (uint32_t)(num - 1);
	p->sieve_mask = (uint32_t)(num / SLOTS_A_WORD - 1);
	p->place_mask = (uint32_t)(places - 1);
	for (size_t at = 0; at < p->entries_len;
	     at += index_entry_len(index_entry(p, (uint32_t)(at / INDEX_UNIT))->len))
		put_in_slots(p, (uint32_t)(at / INDEX_UNIT));
	return true;
}

/* Hands an array over, shrunk to size. */
static void *policy_build_give(struct growing *g, size_t *num_out)
{
	void *items = g->items;
	void *cut   = g->num > 0 ? realloc(items, g->num * g->item_bytes) : NULL;

	*num_out = g->num;
	g->items = NULL;
	return cut != NULL ? cut : items;
}

static bool resolve_waivers(struct builder *b, struct policy *p)
{
	const struct waiver_strings *waivers = b->waivers.items;
	const struct waived         *waived  = b->waived.items;

	p->num_waivers = b->waivers.num;
	p->num_waived  = b->waived.num;
	p->waivers     = calloc(p->num_waivers + 1, sizeof(*p->waivers));
	p->waived      = calloc(p->num_waived + 1, sizeof(const struct category *));
	if (p->waivers == NULL || p->waived == NULL)
		return false;
	for (size_t i = 0; i < p->num_waived; i++)
		p->waived[i] = waived[i].builtin != NULL ? waived[i].builtin
		                                         : &p->categories[waived[i].number];
	for (size_t i = 0; i < p->num_waivers; i++) {
		struct waiver *w = &p->waivers[i];

		*w            = waivers[i].w;
		w->id         = p->strings + waivers[i].id;
		w->reason     = p->strings + waivers[i].reason;
		w->source     = &p->sources[waivers[i].source];
		w->devices.at = p->devices + waivers[i].first_device;
		w->categories = p->waived + waivers[i].first_waived;
	}
	return true;
}

static struct policy_owned *policy_build_own(struct policy_owned *to, struct policy_devices devices,
                                             size_t owner)
{
	for (size_t i = 0; i < devices.num; i++)
		*to++ = (struct policy_owned){ &devices.at[i], (uint32_t)owner, 0 };
	return to;
}

static bool policy_build_own_devices(struct policy *p)
{
	struct policy_owned *to = p->owned = calloc(p->num_devices + 1, sizeof(*p->owned));

	if (to == NULL)
		return false;
	for (size_t i = 0; i < p->num_categories; i++)
		to = policy_build_own(to, p->categories[i].devices, i);
	for (size_t i = 0; i < p->num_waivers; i++)
		to = policy_build_own(to, p->waivers[i].devices, p->num_categories + i);
	policy_owned_sort(p->owned, p->num_devices);
	return true;
}

static bool resolve_strings(struct builder *b, struct policy *p)
{
	const struct source_strings   *sources    = b->sources.items;
	const struct category_strings *categories = b->categories.items;
	const size_t                  *files      = b->files.items;

	p->num_sources    = b->sources.num;
	p->num_categories = b->categories.num;
	p->num_files      = b->files.num;
	p->sources        = calloc(p->num_sources + 1, sizeof(*p->sources));
	p->categories     = calloc(p->num_categories + 1, sizeof(*p->categories));
	p->files          = calloc(p->num_files + 1, sizeof(*p->files));
	if (p->sources == NULL || p->categories == NULL || p->files == NULL)
		return false;
	for (size_t i = 0; i < p->num_sources; i++) {
		p->sources[i]           = sources[i].s;
		p->sources[i].id        = p->strings + sources[i].id;
		p->sources[i].title     = p->strings + sources[i].title;
		p->sources[i].authority = p->strings + sources[i].authority;
		p->sources[i].file      = p->strings + sources[i].file;
		p->sources[i].cutoff    = p->strings + sources[i].cutoff;
	}
	for (size_t i = 0; i < p->num_categories; i++) {
		p->categories[i]        = categories[i].c;
		p->has_by_address |= categories[i].c.by_address;
		p->categories[i].id     = p->strings + categories[i].id;
		p->categories[i].title  = p->strings + categories[i].title;
		p->categories[i].source = &p->sources[categories[i].source];
		if (p->devices != NULL)
			p->categories[i].devices.at = p->devices + categories[i].first_device;
	}
	for (size_t i = 0; i < p->num_files; i++)
		p->files[i] = p->strings + files[i];
	return true;
}

struct policy *builder_finish(struct builder *b)
{
	struct policy *p = calloc(1, sizeof(*p));

	if (p == NULL || b->categories.num > UINT16_MAX || b->files.num > UINT16_MAX) {
		free(p);
		builder_free(b);
		return NULL;
	}
	p->num_entries = b->num_entries;
	p->entries     = policy_build_give(&b->entries, &p->entries_len);
	p->strings     = policy_build_give(&b->strings, &p->strings_len);
	memcpy(p->has_kind, b->has_kind, sizeof(p->has_kind));
	p->has_exceptions = b->has_exceptions;
	p->has_zones      = b->has_zones;
	p->left_out       = b->left_out;
	p->below          = b->below;
	p->num_wrong      = b->num_wrong;
	p->first_wrong    = p->strings != NULL ? p->strings + b->first_wrong : "";
	p->devices        = policy_build_give(&b->devices, &p->num_devices);
	if (!resolve_strings(b, p) || !resolve_waivers(b, p) ||
	    !policy_build_own_devices(p) || !make_slots(p) ||
	    sha256_end(b->digest, p->digest) != 0) {
		policy_free(p);
		p = NULL;
	}
	builder_free(b);
	return p;
}
