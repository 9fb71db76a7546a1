/* SPDX-License-Identifier: MIT */

/*
 * Arrays grow by doubling while lists are read and are cut to size at the end, when the hash table is made. Until then
 * strings are offsets, because their memory may still move.
 */

#include "policy/policy_build.h"

#include "policy/index.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

struct growing {
	void  *items;
	size_t num, room, item_bytes;
};

/* Offsets in strings, until the end. */
struct source_strings   { size_t id, title, authority, file; uint64_t serial; };
struct category_strings { size_t id, title, source; struct category c; };

struct builder {
	struct growing sources, categories, files, entries, texts, strings;
	EVP_MD_CTX    *digest;
	bool           has_kind[PATTERN_BUILTIN];
	bool           has_exceptions, has_zones;
	size_t         first_of_file;           /* entry */
	uint64_t       num_left_out;
	uint32_t       left_out_line;
	uint16_t       left_out_file;
};

static void *grow(struct growing *g, size_t by)
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

static bool put_string(struct builder *b, const char *text, size_t *at_out)
{
	size_t len = strlen(text) + 1;
	char  *to  = grow(&b->strings, len);

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
	b->files.item_bytes      = sizeof(size_t);
	b->entries.item_bytes    = sizeof(struct entry);
	b->texts.item_bytes      = 1;
	b->strings.item_bytes    = 1;
	b->digest                = EVP_MD_CTX_new();
	if (b->digest == NULL || EVP_DigestInit_ex(b->digest, EVP_sha256(), NULL) != 1) {
		builder_free(b);
		return NULL;
	}
	return b;
}

void builder_free(struct builder *b)
{
	if (b == NULL)
		return;
	free(b->sources.items);
	free(b->categories.items);
	free(b->files.items);
	free(b->entries.items);
	free(b->texts.items);
	free(b->strings.items);
	EVP_MD_CTX_free(b->digest);
	free(b);
}

bool builder_digest(struct builder *b, struct bytes content)
{
	return EVP_DigestUpdate(b->digest, content.at, content.len) == 1;
}

bool builder_add_source(struct builder *b, const char *id, const char *title, const char *authority,
                        uint64_t serial, const char *file)
{
	struct source_strings s = { .serial = serial };
	void                 *to;

	if (!put_string(b, id, &s.id) || !put_string(b, title, &s.title) ||
	    !put_string(b, authority, &s.authority) || !put_string(b, file, &s.file) ||
	    (to = grow(&b->sources, 1)) == NULL)
		return false;
	memcpy(to, &s, sizeof(s));
	return true;
}

bool builder_add_category(struct builder *b, const struct category *c)
{
	struct category_strings s = { .source = b->sources.num - 1, .c = *c };
	void                   *to;

	if (!put_string(b, c->id, &s.id) || !put_string(b, c->title, &s.title) ||
	    (to = grow(&b->categories, 1)) == NULL)
		return false;
	memcpy(to, &s, sizeof(s));
	return true;
}

bool builder_add_file(struct builder *b, const char *name)
{
	size_t at;
	void  *to;

	if (!put_string(b, name, &at) || (to = grow(&b->files, 1)) == NULL)
		return false;
	memcpy(to, &at, sizeof(at));
	b->first_of_file = b->entries.num;
	return true;
}

static bool add(struct builder *b, enum pattern_kind kind, struct host pattern, uint32_t line, bool is_exception)
{
	char         *text = grow(&b->texts, pattern.len);
	struct entry *e    = text == NULL ? NULL : grow(&b->entries, 1);

	if (e == NULL)
		return false;
	memcpy(text, pattern.text, pattern.len);
	*e = (struct entry){
		.text     = (uint32_t)(b->texts.num - pattern.len),
		.text_len = (uint16_t)pattern.len,
		.line     = line,
		.file     = (uint16_t)(b->files.num - 1),
		.category = (uint16_t)(b->categories.num - 1),
		.kind     = (uint8_t)kind,
		.is_exception = is_exception,
	};
	b->has_kind[kind]  = true;
	b->has_exceptions |= is_exception;
	return true;
}

bool builder_add_rule(struct builder *b, enum pattern_kind kind, struct host pattern, uint32_t line)
{
	return add(b, kind, pattern, line, false);
}

bool builder_add_exception(struct builder *b, enum pattern_kind kind, struct host pattern, uint32_t line)
{
	return add(b, kind, pattern, line, true);
}

void builder_mark_zone(struct builder *b)
{
	b->has_zones = true;
}

void builder_leave_out(struct builder *b, uint64_t num, uint32_t first_line)
{
	if (b->num_left_out == 0 && num > 0) {
		b->left_out_file = (uint16_t)(b->files.num - 1);
		b->left_out_line = first_line;
	}
	b->num_left_out += num;
}

/* In the order of the lines: "below", "exact", "except below", "except exact", each by name. */
static int compare_rules(const void *a, const void *b, void *texts)
{
	const struct entry *x = a, *y = b;
	size_t              len = x->text_len < y->text_len ? x->text_len : y->text_len;
	int                 order;

	if (x->is_exception != y->is_exception)
		return x->is_exception ? 1 : -1;
	if (x->kind != y->kind)
		return x->kind == PATTERN_BELOW ? -1 : 1;
	order = memcmp((char *)texts + x->text, (char *)texts + y->text, len);
	return order != 0 ? order : (int)x->text_len - (int)y->text_len;
}

/* Which order the entries of a file stand in matters to nobody else. */
bool builder_digest_rules(struct builder *b)
{
	struct entry *entries = (struct entry *)b->entries.items + b->first_of_file;
	size_t        num     = b->entries.num - b->first_of_file;
	bool          ok      = true;

	if (num == 0)
		return true;
	qsort_r(entries, num, sizeof(*entries), compare_rules, b->texts.items);
	for (size_t i = 0; i < num && ok; i++) {
		char          line[HOST_TEXT_MAX + 32];
		struct writer w    = writer_over(line, sizeof(line));
		struct rule   rule = { .kind    = (enum pattern_kind)entries[i].kind,
		                       .pattern = { (char *)b->texts.items + entries[i].text, entries[i].text_len } };

		if (i > 0 && compare_rules(&entries[i - 1], &entries[i], b->texts.items) == 0)
			continue;
		write_text(&w, entries[i].is_exception ? "except " : "");
		rule_write(&w, &rule);
		write_text(&w, "\n");
		ok = builder_digest(b, writer_written(&w));
	}
	return ok;
}

/*
 * Is this pattern there already in the same category? Then one of the two is enough; unless one of them is an exception, or the
 * files of the two can have different ones.
 */
static bool is_same(const struct policy *p, const struct entry *a, const struct entry *b)
{
	return a->kind == b->kind && a->category == b->category && a->text_len == b->text_len &&
	       (!p->has_exceptions || (a->file == b->file && a->is_exception == b->is_exception)) &&
	       memcmp(p->texts + a->text, p->texts + b->text, a->text_len) == 0;
}

static void put_in_slots(struct policy *p, uint32_t number)
{
	const struct entry *e    = &p->entries[number];
	struct host         text = { p->texts + e->text, e->text_len };
	enum pattern_kind   kind = (enum pattern_kind)e->kind;
	uint32_t            slot = index_slot(index_hash(index_key(kind, text)), kind) & p->slot_mask;

	for (; p->slots[slot] != 0; slot = (slot + 1) & p->slot_mask) {
		if (is_same(p, &p->entries[p->slots[slot] - 1], e))
			return;
	}
	p->slots[slot] = number + 1;
}

/* At most two thirds full: short chains, and still within the budget of bytes a name. */
static bool make_slots(struct policy *p)
{
	size_t num = 16;

	while (num < p->num_entries + p->num_entries / 2)
		num *= 2;
	p->slots = calloc(num, sizeof(*p->slots));
	if (p->slots == NULL)
		return false;
	p->slot_mask = (uint32_t)(num - 1);
	for (uint32_t i = 0; i < p->num_entries; i++)
		put_in_slots(p, i);
	return true;
}

/* Hands an array over, cut to size. */
static void *give(struct growing *g, size_t *num_out)
{
	void *items = g->items;
	void *cut   = g->num > 0 ? realloc(items, g->num * g->item_bytes) : NULL;

	*num_out = g->num;
	g->items = NULL;
	return cut != NULL ? cut : items;
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
	for (size_t i = 0; i < p->num_sources; i++)
		p->sources[i] = (struct policy_source){
			.id = p->strings + sources[i].id, .title = p->strings + sources[i].title,
			.authority = p->strings + sources[i].authority, .file = p->strings + sources[i].file,
			.serial = sources[i].serial };
	for (size_t i = 0; i < p->num_categories; i++) {
		p->categories[i]        = categories[i].c;
		p->has_by_address |= categories[i].c.by_address;
		p->categories[i].id     = p->strings + categories[i].id;
		p->categories[i].title  = p->strings + categories[i].title;
		p->categories[i].source = &p->sources[categories[i].source];
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
	p->entries    = give(&b->entries, &p->num_entries);
	p->texts      = give(&b->texts, &p->texts_len);
	p->strings    = give(&b->strings, &p->strings_len);
	memcpy(p->has_kind, b->has_kind, sizeof(p->has_kind));
	p->has_exceptions = b->has_exceptions;
	p->has_zones      = b->has_zones;
	p->num_left_out   = b->num_left_out;
	p->left_out_file  = b->left_out_file;
	p->left_out_line  = b->left_out_line;
	if (!resolve_strings(b, p) || !make_slots(p) || EVP_DigestFinal_ex(b->digest, p->digest, NULL) != 1) {
		policy_free(p);
		p = NULL;
	}
	builder_free(b);
	return p;
}
