/* SPDX-License-Identifier: MIT */

/*
 * A block is a type, its length, a body and the length again. The byte order in a section header
 * applies up to the next one; interfaces are numbered from 0 in each section.
 */

#include "wire/pcapng.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

enum {
	BLOCK_INTERFACE  = 1,
	BLOCK_PACKET_OLD = 2,           /* obsolete, but old files have it */
	BLOCK_SIMPLE     = 3,
	BLOCK_STATISTICS = 5,
	BLOCK_PACKET     = 6,
	BLOCK_SECTION    = 0x0a0d0d0a   /* the same in both byte orders */
};
enum { OPTION_END = 0, IF_TSRESOL = 9, IF_TSOFFSET = 14, ISB_IFDROP = 5, ISB_OSDROP = 7 };

#define BYTE_ORDER         0x1a2b3c4d
#define BYTE_ORDER_SWAPPED 0x4d3c2b1a
#define BLOCK_MIN          12   /* type, and the length twice */
#define MICROSECONDS       6    /* if_tsresol by default */
#define DECIMAL_MAX        19   /* 10^19 still fits 64 bits */
#define BINARY_MAX         63
#define SECONDS_MAX        INT64_C(253402300799)        /* 9999-12-31T23:59:59Z */

__attribute__((format(printf, 2, 3))) static enum parse pcapng_bad(struct problem *problem_out,
                                                                   const char     *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(problem_out->text, PROBLEM_MAX, format, arguments);
	va_end(arguments);
	return PARSE_BAD;
}

static uint16_t pcapng_u16(const struct pcapng *p, struct reader *r)
{
	return p->is_little ? read_u16_little(r) : read_u16(r);
}

static uint32_t pcapng_u32(const struct pcapng *p, struct reader *r)
{
	uint32_t value = read_u32(r);

	if (!p->is_little)
		return value;
	return value >> 24 | (value >> 8 & 0xff00) | (value << 8 & 0xff0000) | value << 24;
}

/* A 64-bit number in the section's order. */
static uint64_t pcapng_u64(const struct pcapng *p, struct reader *r)
{
	uint64_t first = pcapng_u32(p, r), second = pcapng_u32(p, r);

	return p->is_little ? second << 32 | first : first << 32 | second;
}

/* A time stamp: the upper half first, in either byte order. */
static uint64_t pcapng_stamp(const struct pcapng *p, struct reader *r)
{
	uint64_t high = pcapng_u32(p, r);

	return high << 32 | pcapng_u32(p, r);
}

enum parse pcapng_begin(struct pcapng *p, struct bytes head, uint32_t *len_out,
                        struct problem *problem_out)
{
	struct reader r     = reader_over(head, PARSE_BAD);
	struct reader order = reader_over(bytes_from(head, 8), PARSE_BAD);
	uint32_t      type  = read_u32(&r), magic = read_u32(&order), len;

	if (type != BLOCK_SECTION && !p->has_section)
		return pcapng_bad(problem_out, "expected a section header, type 0a0d0d0a; "
		                  "came a block of type %08" PRIx32, type);
	if (type == BLOCK_SECTION && magic != BYTE_ORDER && magic != BYTE_ORDER_SWAPPED)
		return pcapng_bad(problem_out, "expected the byte order of a section, 1a2b3c4d or "
		                  "4d3c2b1a; came %08" PRIx32, magic);
	if (type == BLOCK_SECTION)
		p->is_little = magic == BYTE_ORDER_SWAPPED;
	len = pcapng_u32(p, &r);
	if (len < BLOCK_MIN || len % 4 != 0 || len > PCAPNG_BLOCK_MAX)
		return pcapng_bad(problem_out, "expected the length of a block, a multiple of 4 "
		                  "from %d to %u; came %" PRIu32, BLOCK_MIN, PCAPNG_BLOCK_MAX, len);
	*len_out = len;
	return PARSE_OK;
}

uint64_t pcapng_num_lost(const struct pcapng *p)
{
	uint64_t num = p->num_lost;

	for (uint32_t i = 0; i < p->num_interfaces; i++)
		num += p->interfaces[i].num_lost;
	return num;
}

static enum parse pcapng_short(const char *what, struct bytes body, struct problem *problem_out)
{
	return pcapng_bad(problem_out, "%s has too few bytes for its fields: %zu", what, body.len);
}

static enum parse pcapng_section(struct pcapng *p, struct reader r, struct problem *problem_out)
{
	struct bytes body = r.left;
	uint16_t     major, minor;

	read_u32(&r);
	major = pcapng_u16(p, &r);
	minor = pcapng_u16(p, &r);
	read_bytes(&r, 8);
	if (r.status != PARSE_OK)
		return pcapng_short("a section header", body, problem_out);
	/* some writers call the same format 1.2: section 4.1 */
	if (major != 1 || (minor != 0 && minor != 2))
		return pcapng_bad(problem_out, "expected pcapng of version 1.0 or 1.2; came %u.%u",
		                  major, minor);
	p->num_lost       = pcapng_num_lost(p);
	p->num_interfaces = 0;
	p->has_section    = true;
	return PARSE_MORE;
}

/* The next option; false after the last one, or if a length is wrong: r->status tells. */
static bool pcapng_option(const struct pcapng *p, struct reader *r, uint16_t *code_out,
                          struct bytes *value_out)
{
	uint16_t len;

	if (!reader_has_more(r))
		return false;
	*code_out  = pcapng_u16(p, r);
	len        = pcapng_u16(p, r);
	*value_out = read_bytes(r, len);
	read_bytes(r, -(size_t)len % 4);
	return r->status == PARSE_OK && *code_out != OPTION_END;
}

static enum parse pcapng_options_lie(const char *what, struct problem *problem_out)
{
	return pcapng_bad(problem_out, "the options of %s end beyond its block", what);
}

static enum parse pcapng_interface_option(const struct pcapng *p, struct pcapng_interface *to,
                                          uint16_t code, struct bytes value,
                                          struct problem *problem_out)
{
	struct reader r = reader_over(value, PARSE_BAD);

	if (code == IF_TSRESOL) {
		to->resolution = read_u8(&r);
		if ((to->resolution & 0x7f) > (to->resolution & 0x80 ? BINARY_MAX : DECIMAL_MAX))
			return pcapng_bad(problem_out, "expected time stamps in units of 10^-19 or "
			                  "2^-63 s at least; came %d^-%d s",
			                  to->resolution & 0x80 ? 2 : 10, to->resolution & 0x7f);
	} else if (code == IF_TSOFFSET) {
		to->offset_s = (int64_t)pcapng_u64(p, &r);
	} else {
		return PARSE_OK;
	}
	if (r.status != PARSE_OK || r.left.len > 0)
		return pcapng_bad(problem_out, "expected %d bytes of the option %s; came %zu",
		                  code == IF_TSRESOL ? 1 : 8,
		                  code == IF_TSRESOL ? "if_tsresol" : "if_tsoffset", value.len);
	return PARSE_OK;
}

static enum parse pcapng_describe(struct pcapng *p, struct reader r, struct problem *problem_out)
{
	struct pcapng_interface described = { .resolution = MICROSECONDS };
	struct bytes            body      = r.left, value;
	uint16_t                code;

	described.linktype = pcapng_u16(p, &r);
	read_u16(&r);
	described.snaplen = pcapng_u32(p, &r);
	if (r.status != PARSE_OK)
		return pcapng_short("an interface description", body, problem_out);
	while (pcapng_option(p, &r, &code, &value)) {
		if (pcapng_interface_option(p, &described, code, value, problem_out) != PARSE_OK)
			return PARSE_BAD;
	}
	if (r.status != PARSE_OK)
		return pcapng_options_lie("an interface description", problem_out);
	if (p->num_interfaces == PCAPNG_INTERFACES)
		return pcapng_bad(problem_out, "expected at most %d interfaces in a section",
		                  PCAPNG_INTERFACES);
	p->interfaces[p->num_interfaces++] = described;
	return PARSE_MORE;
}

/* NULL, with *problem_out, if the file does not describe that interface. */
static struct pcapng_interface *pcapng_interface_of(struct pcapng *p, uint32_t number,
                                                    struct problem *problem_out)
{
	if (number < p->num_interfaces)
		return &p->interfaces[number];
	pcapng_bad(problem_out, "expected one of the section's %" PRIu32 " interfaces; came "
	           "interface %" PRIu32, p->num_interfaces, number);
	return NULL;
}

static enum parse pcapng_statistics(struct pcapng *p, struct reader r, struct problem *problem_out)
{
	struct bytes             body   = r.left, value;
	uint32_t                 number = pcapng_u32(p, &r);
	struct pcapng_interface *of;
	uint64_t                 num_lost = 0;
	uint16_t                 code;

	read_bytes(&r, 8);
	if (r.status != PARSE_OK)
		return pcapng_short("a statistics block", body, problem_out);
	of = pcapng_interface_of(p, number, problem_out);
	if (of == NULL)
		return PARSE_BAD;
	while (pcapng_option(p, &r, &code, &value)) {
		struct reader number_of = reader_over(value, PARSE_BAD);

		if (code == ISB_IFDROP || code == ISB_OSDROP)
			num_lost += pcapng_u64(p, &number_of);
	}
	if (r.status != PARSE_OK)
		return pcapng_options_lie("a statistics block", problem_out);
	of->num_lost = num_lost;
	return PARSE_MORE;
}

static uint64_t pcapng_ten_to_the(unsigned exponent)
{
	uint64_t power = 1;

	while (exponent-- > 0)
		power *= 10;
	return power;
}

/* Whole seconds, and microseconds beyond them, rounded down. */
static void pcapng_split(uint8_t resolution, uint64_t stamp, uint64_t *s_out, uint32_t *us_out)
{
	unsigned exponent = resolution & 0x7f;
	uint64_t units, rest;

	if (resolution & 0x80) {
		/* the remainder has 44 bits at most: times a million it fits 64 */
		unsigned unused = exponent > 44 ? exponent - 44 : 0;

		rest    = (stamp & ((UINT64_C(1) << exponent) - 1)) >> unused;
		*s_out  = stamp >> exponent;
		*us_out = (uint32_t)(rest * 1000000 >> (exponent - unused));
		return;
	}
	units  = pcapng_ten_to_the(exponent);
	rest   = stamp % units;
	*s_out = stamp / units;
	if (exponent < MICROSECONDS)
		*us_out = (uint32_t)(rest * pcapng_ten_to_the(MICROSECONDS - exponent));
	else
		*us_out = (uint32_t)(rest / pcapng_ten_to_the(exponent - MICROSECONDS));
}

/* False, with *problem_out, if the date is not in the years 1970 to 9999. */
static bool pcapng_time(const struct pcapng_interface *of, uint64_t stamp, int64_t *us_out,
                        struct problem *problem_out)
{
	uint64_t s;
	uint32_t us;

	pcapng_split(of->resolution, stamp, &s, &us);
	/* in this order, so that no sum overflows */
	if (of->offset_s >= -2 * SECONDS_MAX && of->offset_s <= SECONDS_MAX &&
	    s <= 2 * (uint64_t)SECONDS_MAX && (int64_t)s + of->offset_s >= 0 &&
	    (int64_t)s + of->offset_s <= SECONDS_MAX) {
		*us_out = ((int64_t)s + of->offset_s) * 1000000 + us;
		return true;
	}
	pcapng_bad(problem_out, "expected a time stamp from 1970 to 9999; came %" PRIu64
	           " units of %d^-%d s and an offset of %" PRId64 " s", stamp,
	           of->resolution & 0x80 ? 2 : 10, of->resolution & 0x7f, of->offset_s);
	return false;
}

static enum parse pcapng_packet(struct pcapng *p, struct reader r, bool is_old,
                                struct pcapng_packet *out, struct problem *problem_out)
{
	struct bytes                   body = r.left;
	const struct pcapng_interface *of;
	uint32_t                       number, len, sent_len;
	uint64_t                       stamp;

	number = is_old ? pcapng_u16(p, &r) : pcapng_u32(p, &r);
	if (is_old)
		read_u16(&r);
	stamp    = pcapng_stamp(p, &r);
	len      = pcapng_u32(p, &r);
	sent_len = pcapng_u32(p, &r);
	if (r.status != PARSE_OK)
		return pcapng_short("a packet block", body, problem_out);
	if (len > r.left.len)
		return pcapng_bad(problem_out, "expected %" PRIu32 " bytes of a packet; the block "
		                  "has %zu", len, r.left.len);
	of = pcapng_interface_of(p, number, problem_out);
	if (of == NULL)
		return PARSE_BAD;
	*out = (struct pcapng_packet){ .frame = read_bytes(&r, len), .linktype = of->linktype,
	                               .sent_len = sent_len };
	out->has_time     = pcapng_time(of, stamp, &out->time_us, problem_out);
	out->has_odd_time = !out->has_time;
	return PARSE_OK;
}

/* Its length is the smaller of the packet's and the snap length of interface 0: section 4.4. */
static enum parse pcapng_simple(struct pcapng *p, struct reader r, struct pcapng_packet *out,
                                struct problem *problem_out)
{
	struct bytes                   body     = r.left;
	uint32_t                       sent_len = pcapng_u32(p, &r), len = sent_len;
	const struct pcapng_interface *of;

	if (r.status != PARSE_OK)
		return pcapng_short("a simple packet block", body, problem_out);
	of = pcapng_interface_of(p, 0, problem_out);
	if (of == NULL)
		return PARSE_BAD;
	if (of->snaplen != 0 && of->snaplen < len)
		len = of->snaplen;
	if (len > r.left.len)
		return pcapng_bad(problem_out, "expected %" PRIu32 " bytes of a packet; the block "
		                  "has %zu", len, r.left.len);
	*out = (struct pcapng_packet){ .frame = read_bytes(&r, len), .linktype = of->linktype,
	                               .sent_len = sent_len };
	return PARSE_OK;
}

enum parse pcapng_read(struct pcapng *p, struct bytes block, struct pcapng_packet *out,
                       struct problem *problem_out)
{
	struct reader r    = reader_over(block, PARSE_BAD);
	uint32_t      type = pcapng_u32(p, &r);
	uint32_t      len  = pcapng_u32(p, &r), len_again;
	struct reader body = read_block(&r, block.len > BLOCK_MIN ? block.len - BLOCK_MIN : 0);

	len_again = pcapng_u32(p, &r);
	if (r.status != PARSE_OK || len != len_again)
		return pcapng_bad(problem_out, "expected the block's length, %" PRIu32 ", once "
		                  "more at its end; came %" PRIu32, len, len_again);
	switch (type) {
	case BLOCK_SECTION:     return pcapng_section(p, body, problem_out);
	case BLOCK_INTERFACE:   return pcapng_describe(p, body, problem_out);
	case BLOCK_STATISTICS:  return pcapng_statistics(p, body, problem_out);
	case BLOCK_SIMPLE:      return pcapng_simple(p, body, out, problem_out);
	case BLOCK_PACKET_OLD:  return pcapng_packet(p, body, true, out, problem_out);
	case BLOCK_PACKET:      return pcapng_packet(p, body, false, out, problem_out);
	default:                return PARSE_MORE;
	}
}
