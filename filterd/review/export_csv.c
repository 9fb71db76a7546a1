/* SPDX-License-Identifier: MIT */

/* The header is the documentation: it uses the record's names where possible. */

#include "review/export.h"

#include "base/csv.h"
#include "base/instant.h"
#include "log/scan.h"
#include "review/totals.h"

static const char header[] =
	"seq,time,result,device,name,src_ip,src_port,layer,direction,host,wire,category,rule,dest_"
        "ip,dest_port,proto,reply,count,first,"
	"in_iface,rrtype,http_method,url,user_agent,signature_id,community_id,policy,gateway,"
	"waiver,asked";

void export_csv_head(struct text *t)
{
	text_put(t, header);
	csv_end(t);
}

static void export_csv_put_text(struct text *t, struct bytes escaped)
{
	uint8_t       room[4096];
	struct writer w = writer_over(room, sizeof(room));

	scan_text(&w, escaped);
	text_put(t, ",");
	csv_cell(t, writer_written(&w));
}

static void export_csv_put_number(struct text *t, uint64_t number)
{
	text_put(t, ",");
	write_decimal(text_room(t, 20), number);
}

static void export_csv_put_time(struct text *t, bool known, int64_t us)
{
	text_put(t, ",");
	if (known)
		instant_write(text_room(t, 64), us);
}

void export_csv(struct text *t, const struct entry *e, const struct export_source *from)
{
	write_decimal(text_room(t, 20), from->seq);
	export_csv_put_time(t, e->has_time, e->time_us);
	text_put(t, ",");
	text_put(t, result_name(entry_result(e)));
	export_csv_put_text(t, e->device);
	export_csv_put_text(t, e->name);
	export_csv_put_text(t, e->src_ip);
	export_csv_put_number(t, e->src_port);
	text_put(t, ",");
	text_put(t, layer_name(entry_layer(e)));
	export_csv_put_text(t, e->direction);
	export_csv_put_text(t, e->host);
	export_csv_put_text(t, e->wire);
	export_csv_put_text(t, e->category);
	export_csv_put_text(t, e->rule);
	export_csv_put_text(t, e->dest_ip);
	export_csv_put_number(t, e->dest_port);
	export_csv_put_text(t, e->proto);
	export_csv_put_text(t, e->reply);
	export_csv_put_number(t, e->count);
	export_csv_put_time(t, e->has_first, e->first_us);
	export_csv_put_text(t, e->iface);
	export_csv_put_text(t, e->rrtype);
	export_csv_put_text(t, e->method);
	export_csv_put_text(t, e->url);
	export_csv_put_text(t, e->user_agent);
	export_csv_put_number(t, e->signature_id);
	export_csv_put_text(t, e->community_id);
	export_csv_put_text(t, e->policy);
	export_csv_put_text(t, e->sensor);
	export_csv_put_text(t, e->waiver);
	export_csv_put_text(t, e->asked);
	csv_end(t);
}
