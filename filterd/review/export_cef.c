/* SPDX-License-Identifier: MIT */

/*
 * Source: ArcSight Common Event Format, CEF version 0: in the header '|' and '\' are escaped and a
 *         line end cannot stand; in the
 * extension '=' and '\' are, and a line end is \n or \r.
 */

#include "review/export.h"

#include "log/scan.h"
#include "review/totals.h"

#include <string.h>

#define SEVERITY_BLOCKED "6"
#define SEVERITY_OTHER   "3"

/* A character of a value: escaped, or a blank where a control character stood. */
static void export_cef_put_character(struct writer *w, uint8_t c, const char *escaped)
{
	if (c == '\n' || c == '\r')
		write_text(w, escaped[0] != '=' ? " " : c == '\n' ? "\\n" : "\\r");
	else if (c < 0x20 || c == 0x7f)
		write_text(w, " ");
	else {
		if (c == '\\' || c == (uint8_t)escaped[0])
			write_text(w, "\\");
		write_u8(w, c);
	}
}

/* escaped: "|" in the header, "=" in the extension. */
static void put_value(struct text *t, struct bytes text, const char *escaped)
{
	uint8_t       room[4096];
	struct writer w = writer_over(room, sizeof(room));

	scan_text(&w, text);
	for (size_t i = 0; i < w.len; i++)
		export_cef_put_character(text_room(t, 2), room[i], escaped);
}

static void export_cef_put_text(struct text *t, const char *name, struct bytes value)
{
	if (value.len == 0)
		return;
	text_put(t, name);
	put_value(t, value, "=");
}

static void export_cef_put_number(struct text *t, const char *name, uint64_t value)
{
	text_put(t, name);
	write_decimal(text_room(t, 20), value);
}

static void put_milliseconds(struct text *t, const char *name, int64_t us)
{
	export_cef_put_number(t, name, us > 0 ? (uint64_t)us / 1000 : 0);
}

static void put_header(struct text *t, const struct entry *e, const struct export_source *from)
{
	text_put(t, "CEF:0|filterd|filterd|");
	put_value(t, bytes_text(from->version), "|");
	text_put(t, "|");
	write_decimal(text_room(t, 20), e->signature_id);
	text_put(t, "|");
	put_value(t, e->alert_category, "|");
	text_put(t, " host ");
	text_put(t, result_name(entry_result(e)));
	text_put(t, entry_is_blocked(e) ? "|" SEVERITY_BLOCKED "|" : "|" SEVERITY_OTHER "|");
}

/* src and dst hold IPv4 addresses only. */
static void export_cef_put_address(struct text *t, struct bytes address, const char *name4,
                                   const char *name6)
{
	export_cef_put_text(t, memchr(address.at, ':', address.len) != NULL ? name6 : name4,
	                    address);
}

void export_cef(struct text *t, const struct entry *e, const struct export_source *from)
{
	put_header(t, e, from);
	put_milliseconds(t, "rt=", e->time_us);
	export_cef_put_text(t, " act=", e->action);
	if (e->src_ip.len > 0)
		export_cef_put_address(t, e->src_ip,
		                       " src=", " c6a2Label=Source IPv6 Address c6a2=");
	export_cef_put_number(t, " spt=", e->src_port);
	export_cef_put_text(t, " smac=", e->mac);
	export_cef_put_text(t, " shost=", e->name);
	if (e->dest_ip.len > 0)
		export_cef_put_address(t, e->dest_ip,
		                       " dst=", " c6a3Label=Destination IPv6 Address c6a3=");
	export_cef_put_number(t, " dpt=", e->dest_port);
	export_cef_put_text(t, " proto=", e->proto);
	export_cef_put_text(t, " app=", e->app);
	export_cef_put_text(t, " dhost=", e->host);
	export_cef_put_text(t, " cat=", e->category);
	export_cef_put_number(t, " cnt=", e->count);
	export_cef_put_text(t, " dvchost=", e->sensor);
	export_cef_put_text(t, " deviceInboundInterface=", e->iface);
	export_cef_put_text(t, " cs1Label=rule cs1=", e->rule);
	export_cef_put_text(t, " cs2Label=policy cs2=", e->policy);
	export_cef_put_text(t, " cs3Label=waiver cs3=", e->waiver);
	export_cef_put_number(t, " cn1Label=seq cn1=", from->seq);
	if (e->has_first) {
		put_milliseconds(t, " start=", e->first_us);
		put_milliseconds(t, " end=", e->time_us);
	}
	export_cef_put_text(t, " requestMethod=", e->method);
	export_cef_put_text(t, " request=", e->url);
	export_cef_put_text(t, " requestClientApplication=", e->user_agent);
	text_put(t, "\n");
}
