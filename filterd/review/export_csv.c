/* SPDX-License-Identifier: MIT */

/* The header is the documentation: names as in the record where it has one. */

#include "review/export.h"

#include "base/csv.h"
#include "base/instant.h"
#include "review/scan.h"
#include "review/totals.h"

static const char header[] =
	"seq,time,result,device,name,src_ip,src_port,layer,direction,host,wire,category,rule,dest_ip,dest_port,proto,reply,count,first,"
	"in_iface,rrtype,http_method,url,user_agent,signature_id,community_id,policy,gateway";

void export_csv_head(struct text *t)
{
	text_put(t, header);
	csv_end(t);
}

static void put_text(struct text *t, struct bytes escaped)
{
	uint8_t       room[4096];
	struct writer w = writer_over(room, sizeof(room));

	scan_text(&w, escaped);
	text_put(t, ",");
	csv_cell(t, writer_written(&w));
}

static void put_number(struct text *t, uint64_t number)
{
	text_put(t, ",");
	write_decimal(text_room(t, 20), number);
}

static void put_time(struct text *t, bool known, int64_t us)
{
	text_put(t, ",");
	if (known)
		instant_write(text_room(t, 64), us);
}

void export_csv(struct text *t, const struct entry *e, const struct export_source *from)
{
	write_decimal(text_room(t, 20), from->seq);
	put_time(t, e->has_time, e->time_us);
	text_put(t, ",");
	text_put(t, result_name(entry_result(e)));
	put_text(t, e->device);
	put_text(t, e->name);
	put_text(t, e->src_ip);
	put_number(t, e->src_port);
	text_put(t, ",");
	text_put(t, layer_name(entry_layer(e)));
	put_text(t, e->direction);
	put_text(t, e->host);
	put_text(t, e->wire);
	put_text(t, e->category);
	put_text(t, e->rule);
	put_text(t, e->dest_ip);
	put_number(t, e->dest_port);
	put_text(t, e->proto);
	put_text(t, e->reply);
	put_number(t, e->count);
	put_time(t, e->has_first, e->first_us);
	put_text(t, e->iface);
	put_text(t, e->rrtype);
	put_text(t, e->method);
	put_text(t, e->url);
	put_text(t, e->user_agent);
	put_number(t, e->signature_id);
	put_text(t, e->community_id);
	put_text(t, e->policy);
	put_text(t, e->sensor);
	csv_end(t);
}
