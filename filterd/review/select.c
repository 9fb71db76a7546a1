/* SPDX-License-Identifier: MIT */

/*
 * Cheap conditions come first. The policy's list reader reads host patterns, so that they have the
 * same meaning.
 */

#include "review/select.h"

#include "base/mac.h"
#include "policy/list.h"
#include "policy/policy.h"
#include "log/scan.h"
#include "wire/packet.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

struct selection selection_all(void)
{
	return (struct selection){ .from_us = INT64_MIN, .to_us = INT64_MAX };
}

static bool keep_pattern(void *context, enum pattern_kind kind, struct host pattern, uint32_t line)
{
	struct selection *s = context;

	(void)line;
	if (s->num_hosts == SELECT_HOSTS)
		return false;
	s->hosts[s->num_hosts].kind = kind;
	s->hosts[s->num_hosts].len  = pattern.len;
	memcpy(s->hosts[s->num_hosts].pattern, pattern.text, pattern.len);
	s->num_hosts++;
	return true;
}

int select_host(struct selection *s, const char *pattern, struct problem *problem)
{
	size_t            before = s->num_hosts;
	struct list_lines lines;
	int               error  = list_walk(bytes_text(pattern), "--host", keep_pattern, s, &lines,
	                                     problem);

	if (error == -ENOMEM)
		snprintf(problem->text, PROBLEM_MAX, "--host: more than %d patterns", SELECT_HOSTS);
	else if (lines.num_wrong == 0 && s->num_hosts == before)
		snprintf(problem->text, PROBLEM_MAX,
		         "--host '%.80s': no pattern; expected name, .name or ksn-*.name", pattern);
	else if (lines.num_wrong == 0)
		return 0;
	return -EINVAL;
}

/* Also "3C-52-82-11-22-33", the Windows form. */
static bool read_mac(const char *text, uint8_t mac[MAC_BYTES])
{
	char   colons[3 * MAC_BYTES];
	size_t len = strlen(text);

	if (len >= sizeof(colons))
		return false;
	for (size_t i = 0; i <= len; i++)
		colons[i] = text[i] == '-' ? ':' : text[i];
	return mac_from_text(bytes_text(colons), mac) == PARSE_OK;
}

void select_device(struct selection *s, const char *device)
{
	struct writer  w = writer_over(s->device_key, sizeof(s->device_key) - 1);
	struct address address;
	uint8_t        mac[MAC_BYTES];

	s->device = bytes_text(device);
	if (read_mac(device, mac))
		mac_write(&w, mac);
	else if (address_from_text(s->device, &address) == PARSE_OK)
		address_write(&w, &address);
	s->device_key[w.len] = '\0';
}

bool select_layer(struct selection *s, const char *name)
{
	for (enum layer layer = LAYER_DNS; layer <= LAYER_OTHER; layer++) {
		if (strcmp(layer_name(layer), name) == 0) {
			s->has_layer = true;
			s->layer     = layer;
			return true;
		}
	}
	return false;
}

bool select_type(struct selection *s, const char *name)
{
	static const enum entry_type of_results[RESULTS] = {
		[RESULT_BLOCKED]  = ENTRY_BLOCK,
		[RESULT_OBSERVED] = ENTRY_WOULD_BLOCK,
		[RESULT_WAIVED]   = ENTRY_WAIVED,
		[RESULT_WATCHED]  = ENTRY_LOG,
	};

	s->has_type = true;
	for (s->type = ENTRY_PASS; s->type <= ENTRY_PRUNE; s->type++) {
		if (strcmp(entry_type_name(s->type), name) == 0)
			return true;
	}
	for (enum result result = RESULT_BLOCKED; result <= RESULT_WATCHED; result++) {
		s->type = of_results[result];
		if (strcmp(result_name(result), name) == 0)
			return true;
	}
	s->has_type = false;
	return false;
}

static bool matches(enum pattern_kind kind, struct bytes pattern, struct bytes host)
{
	const uint8_t *of_pattern, *of_host;
	size_t         before = host.len - pattern.len;

	switch (kind) {
	case PATTERN_EXACT:
		return bytes_equal(host, pattern);
	case PATTERN_SUFFIX:
	case PATTERN_BELOW:
		return (kind == PATTERN_SUFFIX && bytes_equal(host, pattern)) ||
		       (host.len > pattern.len && host.at[before - 1] == '.' &&
		        bytes_equal(bytes_from(host, before), pattern));
	case PATTERN_LABEL:
		of_pattern = memchr(pattern.at, '.', pattern.len);
		of_host    = memchr(host.at, '.', host.len);
		return of_pattern != NULL && of_host != NULL &&
		       bytes_equal(bytes_from(pattern, (size_t)(of_pattern - pattern.at)),
		                   bytes_from(host, (size_t)(of_host - host.at))) &&
		       pattern_matches_label(
			       bytes_first(pattern, (size_t)(of_pattern - pattern.at)),
			       bytes_first(host, (size_t)(of_host - host.at)));
	default:
		return false;
	}
}

static bool takes_host(const struct selection *s, struct bytes escaped)
{
	uint8_t       host[HOST_TEXT_MAX];
	struct writer w = writer_over(host, sizeof(host));

	scan_text(&w, escaped);
	for (size_t i = 0; i < s->num_hosts && w.len > 0; i++) {
		if (matches(s->hosts[i].kind, bytes_of(s->hosts[i].pattern, s->hosts[i].len),
		            writer_written(&w)))
			return true;
	}
	return s->num_hosts == 0;
}

/* Names as typed by people: case-insensitive. */
static bool is_named(struct bytes wanted, struct bytes escaped)
{
	char          name[256];
	struct writer w = writer_over(name, sizeof(name));

	scan_text(&w, escaped);
	return !w.full && w.len == wanted.len &&
	       strncasecmp(name, (const char *)wanted.at, wanted.len) == 0;
}

static bool takes_device(const struct selection *s, const struct entry *e)
{
	struct bytes key = bytes_text(s->device_key);

	if (s->device.len == 0)
		return true;
	if (key.len > 0 && (bytes_equal(e->device, key) || bytes_equal(e->mac, key) ||
	                    bytes_equal(e->src_ip, key)))
		return true;
	return is_named(s->device, e->name);
}

static bool takes_kind(const struct selection *s, const struct entry *e)
{
	if (s->has_type)
		return e->type == s->type;
	return s->own_too || entry_is_attempt(e) || e->type == ENTRY_PROBE;
}

/* Does the selection use members that only attempts have? */
static bool wants_attempts(const struct selection *s)
{
	return s->has_layer || s->category.len > 0 || s->device.len > 0 || s->num_hosts > 0;
}

bool selection_takes(const struct selection *s, const struct entry *e)
{
	if (!e->has_time || e->time_us < s->from_us || e->time_us >= s->to_us || !takes_kind(s, e))
		return false;
	if (!wants_attempts(s))
		return true;
	return (entry_is_attempt(e) || e->type == ENTRY_PASS || e->type == ENTRY_PROBE) &&
	       (!s->has_layer || entry_layer(e) == s->layer) &&
	       (s->category.len == 0 || is_named(s->category, e->category)) && takes_device(s, e) &&
	       takes_host(s, e->host);
}
