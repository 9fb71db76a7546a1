/* SPDX-License-Identifier: MIT */

/*
 * Each link type is a short reader that ends at an EtherType or an IP packet; nested EtherTypes are
 * unwrapped in one loop.
 */

#include "wire/link.h"

#include <string.h>

enum {
	TYPE_IPV4           = 0x0800,
	TYPE_IPV6           = 0x86dd,
	TYPE_VLAN           = 0x8100,
	TYPE_QINQ           = 0x88a8,
	TYPE_QINQ_OLD       = 0x9100,
	TYPE_MPLS           = 0x8847,
	TYPE_MPLS_MULTICAST = 0x8848,
	TYPE_PPPOE          = 0x8864,
	TYPE_BRIDGED        = 0x6558
};
enum { PPP_IPV4 = 0x0021, PPP_IPV6 = 0x0057 };
enum {
	LINK_NULL        = 0,
	LINK_ETHERNET    = 1,
	LINK_PPP         = 9,
	LINK_RAW_BSD     = 12,
	LINK_RAW_OPENBSD = 14,
	LINK_PPP_HDLC    = 50,
	LINK_PPP_ETHER   = 51,
	LINK_RAW         = 101,
	LINK_CISCO_HDLC  = 104,
	LINK_80211       = 105,
	LINK_LOOP        = 108,
	LINK_SLL         = 113,
	LINK_RADIOTAP    = 127,
	LINK_IPV4        = 228,
	LINK_IPV6        = 229,
	LINK_NFLOG       = 239,
	LINK_SLL2        = 276
};

#define NESTING_MAX    8        /* tags and labels; honest frames have fewer */
#define NFLOG_PAYLOAD  9        /* NFULA_PAYLOAD, linux/netfilter/nfnetlink_log.h */
#define NFLOG_HWADDR   8        /* NFULA_HWADDR */

static void take_mac(struct link_frame *out, struct bytes mac)
{
	if (mac.len != sizeof(out->mac))
		return;
	memcpy(out->mac, mac.at, sizeof(out->mac));
	out->has_mac = true;
}

/* An IP packet, or nothing: RAW link types and the like have no type field. */
static void take_ip(struct link_frame *out, struct bytes ip)
{
	if (ip.len > 0 && (ip.at[0] >> 4 == 4 || ip.at[0] >> 4 == 6))
		out->ip = ip;
}

static enum parse read_ppp(struct reader *r, struct link_frame *out)
{
	uint16_t protocol;

	/*
	 * Address and control, and the high byte of the protocol, may be omitted: RFC 1661, section
	 * 6.
	 */
	if (r->left.len >= 2 && r->left.at[0] == 0xff && r->left.at[1] == 0x03)
		read_u16(r);
	protocol = r->left.len > 0 && r->left.at[0] & 1 ? read_u8(r) : read_u16(r);
	if (protocol == PPP_IPV4 || protocol == PPP_IPV6)
		take_ip(out, r->left);
	return r->status;
}

static enum parse read_pppoe(struct reader *r, struct link_frame *out)
{
	uint8_t  code;
	uint16_t len;

	read_u8(r);
	code = read_u8(r);
	read_u16(r);
	len = read_u16(r);
	if (r->status != PARSE_OK || code != 0)
		return r->status;
	r->left = bytes_first(r->left, len);
	return read_ppp(r, out);
}

static enum parse read_mpls(struct reader *r, struct link_frame *out)
{
	for (int i = 0; i < NESTING_MAX && r->status == PARSE_OK; i++) {
		if (read_u32(r) & 0x100) {      /* bottom of the stack, RFC 3032 section 2.1 */
			take_ip(out, r->left);
			break;
		}
	}
	return r->status;
}

/* The packet behind an EtherType, with tags removed. */
static enum parse read_typed(struct reader *r, uint16_t type, struct link_frame *out)
{
	for (int i = 0; i < NESTING_MAX && r->status == PARSE_OK; i++) {
		switch (type) {
		case TYPE_IPV4:
		case TYPE_IPV6:
			take_ip(out, r->left);
			return PARSE_OK;
		case TYPE_VLAN:
		case TYPE_QINQ:
		case TYPE_QINQ_OLD:
			read_u16(r);
			type = read_u16(r);
			break;
		case TYPE_PPPOE:
			return read_pppoe(r, out);
		case TYPE_MPLS:
		case TYPE_MPLS_MULTICAST:
			return read_mpls(r, out);
		default:
			return PARSE_OK;
		}
	}
	return r->status;
}

static enum parse read_ethernet(struct reader *r, struct link_frame *out)
{
	read_bytes(r, 6);
	take_mac(out, read_bytes(r, 6));
	return read_typed(r, read_u16(r), out);
}

/* Cisco's HDLC: an address, a control byte, and an EtherType. RFC 1547, section 4.3.1. */
static enum parse read_cisco_hdlc(struct reader *r, struct link_frame *out)
{
	read_u16(r);
	return read_typed(r, read_u16(r), out);
}

/* tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html and _SLL2.html */
static enum parse read_cooked(struct reader *r, struct link_frame *out)
{
	uint16_t     len;
	struct bytes mac;

	read_u32(r);
	len = read_u16(r);
	mac = read_bytes(r, 8);
	take_mac(out, len == 6 ? bytes_first(mac, 6) : (struct bytes){ 0 });
	return read_typed(r, read_u16(r), out);
}

static enum parse read_cooked2(struct reader *r, struct link_frame *out)
{
	uint16_t     type = read_u16(r);
	uint8_t      len;
	struct bytes mac;

	read_bytes(r, 9);
	len = read_u8(r);
	mac = read_bytes(r, 8);
	take_mac(out, len == 6 ? bytes_first(mac, 6) : (struct bytes){ 0 });
	return read_typed(r, type, out);
}

/* LLC and SNAP, as 802.11 data frames carry them: RFC 1042. */
static enum parse read_snap(struct reader *r, struct link_frame *out)
{
	uint16_t dsap_ssap = read_u16(r);

	read_u32(r);
	if (r->status != PARSE_OK || dsap_ssap != 0xaaaa)
		return r->status;
	return read_typed(r, read_u16(r), out);
}

/* IEEE 802.11-2020, section 9.3.2: data frames that are not encrypted. */
static enum parse read_80211(struct reader *r, struct link_frame *out)
{
	uint8_t      control = read_u8(r);
	uint8_t      flags   = read_u8(r);
	bool         to_ds = flags & 1, from_ds = flags & 2, is_protected = flags & 0x40;
	bool         is_qos = control & 0x80, has_no_data = control & 0x40;
	struct bytes second, third;

	if (r->status == PARSE_OK && ((control & 0x0c) != 0x08 || is_protected || has_no_data))
		return PARSE_OK;
	read_u16(r);
	read_bytes(r, 6);
	second = read_bytes(r, 6);
	third  = read_bytes(r, 6);
	read_u16(r);
	take_mac(out, from_ds && !to_ds ? third : second);
	if (to_ds && from_ds)
		read_bytes(r, 6);
	if (is_qos)
		read_u16(r);
	if (is_qos && flags & 0x80)
		read_u32(r);
	return read_snap(r, out);
}

static enum parse read_radiotap(struct reader *r, struct link_frame *out)
{
	uint16_t len;

	read_u16(r);
	len = read_u16_little(r);
	if (len < 4)
		return PARSE_BAD;
	read_bytes(r, len - 4u);
	return read_80211(r, out);
}

/* Attributes in the byte order of the capturing host; nearly always little-endian. */
static enum parse read_nflog(struct reader *r, struct link_frame *out)
{
	read_u32(r);
	while (reader_has_more(r)) {
		uint16_t     len  = read_u16_little(r);
		uint16_t     type = read_u16_little(r) & 0x7fff;
		struct bytes value;

		if (len < 4)
			return PARSE_BAD;
		value = read_bytes(r, len - 4u);
		if (type == NFLOG_HWADDR)
			take_mac(out, bytes_first(bytes_from(value, 4), 6));
		if (type == NFLOG_PAYLOAD) {
			take_ip(out, value);
			return PARSE_OK;
		}
		if (len % 4 != 0 && r->left.len > 0)
			read_bytes(r, 4 - len % 4u);
	}
	return r->status;
}

bool link_known(int linktype)
{
	static const int known[] = { LINK_NULL, LINK_ETHERNET, LINK_PPP, LINK_RAW_BSD,
	                             LINK_RAW_OPENBSD, LINK_PPP_HDLC, LINK_PPP_ETHER,
	                             LINK_RAW, LINK_CISCO_HDLC, LINK_80211, LINK_LOOP, LINK_SLL,
	                             LINK_RADIOTAP, LINK_IPV4, LINK_IPV6, LINK_NFLOG, LINK_SLL2 };

	for (size_t i = 0; i < COUNT(known); i++) {
		if (known[i] == linktype)
			return true;
	}
	return false;
}

enum parse link_read(int linktype, struct bytes frame, struct link_frame *out)
{
	struct reader r = reader_over(frame, PARSE_BAD);

	out->ip      = (struct bytes){ 0 };
	out->has_mac = false;
	switch (linktype) {
	/* the family is in the capturing host's byte order, but the packet itself shows it, too */
	case LINK_NULL:
	case LINK_LOOP:
		read_u32(&r);
		take_ip(out, r.left);
		return r.status;
	case LINK_RAW_BSD:
	case LINK_RAW_OPENBSD:
	case LINK_RAW:
	case LINK_IPV4:
	case LINK_IPV6:
		take_ip(out, frame);
		return PARSE_OK;
	case LINK_PPP:
	case LINK_PPP_HDLC:     return read_ppp(&r, out);
	case LINK_PPP_ETHER:    return read_pppoe(&r, out);
	case LINK_CISCO_HDLC:   return read_cisco_hdlc(&r, out);
	case LINK_ETHERNET:     return read_ethernet(&r, out);
	case LINK_SLL:          return read_cooked(&r, out);
	case LINK_SLL2:         return read_cooked2(&r, out);
	case LINK_80211:        return read_80211(&r, out);
	case LINK_RADIOTAP:     return read_radiotap(&r, out);
	case LINK_NFLOG:        return read_nflog(&r, out);
	default:                return PARSE_OK;
	}
}
