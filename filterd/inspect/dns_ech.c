/* SPDX-License-Identifier: MIT */

/*
 * ECH in HTTPS and SVCB records: found, and removed from a message. Whatever follows a removed part
 * moves, so every compression pointer beyond it is corrected. Pointers occur where RFC 1035 has
 * names (RFC 3597, section 4, forbids them elsewhere).
 */

#include "inspect/dns.h"

#include "inspect/dns_walk.h"

#include <string.h>

enum {
	TYPE_NS      = 2,
	TYPE_SOA     = 6,
	TYPE_PTR     = 12,
	TYPE_MX      = 15,
	TYPE_SRV     = 33,
	PARAM_ECH    = 5,
	ECH_VERSION  = 0xfe0d
};

/* A part of the message, by offsets. */
struct cut {
	size_t from, to;
};

struct cuts {
	struct cut cut[DNS_ECH_MAX];
	size_t     num;
};

static size_t dns_ech_offset_of(struct bytes message, const struct reader *r)
{
	return (size_t)(r->left.at - message.at);
}

/* The parameters of an HTTPS or SVCB record; empty for any other. RFC 9460, section 2.2. */
static struct reader dns_ech_parameters(struct dns_reader *r, const struct dns_record *record)
{
	struct reader data = record->data;

	if (record->type != DNS_TYPE_SVCB && record->type != DNS_TYPE_HTTPS)
		return reader_over((struct bytes){ 0 }, PARSE_BAD);
	read_u16(&data);                                /* priority */
	dns_skip_name(r, &data);
	return data;
}

/* The next parameter that is ech; false if there is none. */
static bool dns_ech_next(struct dns_reader *r, struct reader *parameters, struct bytes *value_out)
{
	while (reader_has_more(parameters) && dns_charge(r, 1) == PARSE_OK) {
		uint16_t      key   = read_u16(parameters);
		struct reader value = read_block16(parameters);

		*value_out = value.left;
		if (parameters->status == PARSE_OK && key == PARAM_ECH)
			return true;
	}
	return false;
}

struct bytes dns_record_ech(struct dns_reader *r, const struct dns_record *record)
{
	struct reader parameters = dns_ech_parameters(r, record);
	struct bytes  value;

	return dns_ech_next(r, &parameters, &value) ? value : (struct bytes){ 0 };
}

static enum parse dns_ech_find(struct bytes message, struct cuts *cuts,
                               struct bytes values[DNS_ECH_MAX])
{
	struct dns_reader d;
	struct dns_record record;
	enum parse        status;

	cuts->num = 0;
	if (dns_open(message, &d) != PARSE_OK || !d.header.is_response)
		return PARSE_BAD;
	while ((status = dns_next_record(&d, &record)) == PARSE_OK) {
		struct reader parameters = dns_ech_parameters(&d, &record);

		while (cuts->num < DNS_ECH_MAX &&
		       dns_ech_next(&d, &parameters, &values[cuts->num])) {
			size_t to = dns_ech_offset_of(message, &parameters);

			cuts->cut[cuts->num] = (struct cut){
				.from = to - values[cuts->num].len - 4, .to = to };
			cuts->num++;
		}
	}
	return status == PARSE_MORE ? PARSE_OK : PARSE_BAD;
}

size_t dns_find_ech(struct bytes message, struct bytes values_out[DNS_ECH_MAX])
{
	struct cuts cuts;

	return dns_ech_find(message, &cuts, values_out) == PARSE_OK ? cuts.num : 0;
}

/* The new place of something, once the parts before it are gone. */
static enum parse moved(const struct cuts *cuts, size_t offset, size_t *out)
{
	size_t gone = 0;

	for (size_t i = 0; i < cuts->num; i++) {
		if (offset >= cuts->cut[i].to)
			gone += cuts->cut[i].to - cuts->cut[i].from;
		else if (offset >= cuts->cut[i].from)
			return PARSE_BAD;
	}
	*out = offset - gone;
	return PARSE_OK;
}

static void copy_name(struct writer *w, struct reader *r, const struct cuts *cuts)
{
	for (;;) {
		uint8_t len = read_u8(r);
		size_t  target;

		if (r->status != PARSE_OK)
			return;
		if (len >= 0xc0) {
			if (moved(cuts, (size_t)(len & 0x3f) << 8 | read_u8(r), &target) !=
			    PARSE_OK) {
				r->status = PARSE_BAD;
				return;
			}
			write_u16(w, (uint16_t)(0xc000 | target));
			return;
		}
		if (len >= 0x40) {
			r->status = PARSE_BAD;
			return;
		}
		write_u8(w, len);
		if (len == 0)
			return;
		write_bytes(w, read_bytes(r, len));
	}
}

static void copy_data(struct writer *w, struct bytes message, uint16_t type, struct reader *data,
                      const struct cuts *cuts)
{
	switch (type) {
	case TYPE_SRV: write_bytes(w, read_bytes(data, 6)); copy_name(w, data, cuts); break;
	case TYPE_MX:  write_bytes(w, read_bytes(data, 2)); copy_name(w, data, cuts); break;
	case TYPE_SOA: copy_name(w, data, cuts); copy_name(w, data, cuts); break;
	case TYPE_NS:
	case TYPE_PTR:
	case DNS_TYPE_CNAME:
	case DNS_TYPE_DNAME: copy_name(w, data, cuts); break;
	default: break;
	}
	for (size_t i = 0; i < cuts->num; i++) {
		size_t at = dns_ech_offset_of(message, data);

		if (data->left.len == 0 || cuts->cut[i].from < at ||
		    cuts->cut[i].to > at + data->left.len)
			continue;
		write_bytes(w, read_bytes(data, cuts->cut[i].from - at));
		read_bytes(data, cuts->cut[i].to - cuts->cut[i].from);
	}
	write_bytes(w, read_bytes(data, data->left.len));
}

enum parse dns_remove_ech(struct writer *w, struct bytes message)
{
	struct bytes      values[DNS_ECH_MAX];
	struct cuts       cuts;
	struct dns_reader d;
	struct reader    *r = &d.left;

	if (dns_ech_find(message, &cuts, values) != PARSE_OK)
		return PARSE_BAD;
	if (cuts.num == 0)
		return PARSE_MORE;
	dns_open(message, &d);
	write_bytes(w, bytes_first(message, DNS_HEADER));
	for (unsigned i = 0; i < d.header.num_questions && r->status == PARSE_OK && !w->full; i++) {
		copy_name(w, r, &cuts);
		write_bytes(w, read_bytes(r, 4));
	}
	for (uint32_t i = 0; i < d.records_left && r->status == PARSE_OK && !w->full; i++) {
		uint16_t      type;
		size_t        length_at;
		struct reader data;

		copy_name(w, r, &cuts);
		type = read_u16(r);
		write_u16(w, type);
		write_bytes(w, read_bytes(r, 6));
		length_at = w->len;
		write_u16(w, 0);
		data = read_block16(r);
		copy_data(w, message, type, &data, &cuts);
		if (data.status != PARSE_OK)
			return PARSE_BAD;
		write_u16_at(w, length_at, (uint16_t)(w->len - length_at - 2));
	}
	return r->status == PARSE_OK && !w->full ? PARSE_OK : PARSE_BAD;
}

/* ECHConfigList: RFC 9849, section 4. */
enum parse dns_ech_public_name(struct bytes value, struct bytes *name_out)
{
	struct reader list    = reader_over(value, PARSE_BAD);
	struct reader configs = read_block16(&list);

	while (reader_has_more(&configs)) {
		uint16_t      version  = read_u16(&configs);
		struct reader contents = read_block16(&configs);
		struct bytes  name;

		if (configs.status != PARSE_OK)
			return PARSE_BAD;
		if (version != ECH_VERSION)
			continue;
		read_u8(&contents);                     /* config_id */
		read_u16(&contents);                    /* KEM */
		read_block16(&contents);                /* public key */
		read_block16(&contents);                /* cipher suites */
		read_u8(&contents);                     /* longest name */
		name = read_block8(&contents).left;
		if (contents.status != PARSE_OK || name.len == 0)
			return PARSE_BAD;
		*name_out = name;
		return PARSE_OK;
	}
	return configs.status == PARSE_OK ? PARSE_MORE : PARSE_BAD;
}
