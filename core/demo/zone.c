#include "demo/zone.h"

#include <arpa/nameser.h>
#include <resolv.h>
#include <string.h>
#include <strings.h>

#define CHAIN_MAX  8  /* CNAMEs that one answer follows; a loop ends there as well */
#define RECORD_TTL 60 /* s */

/* Bits of the header's third and fourth byte (RFC 1035 4.1.1). */
#define BIT_QR 0x80
#define BIT_AA 0x04
#define BIT_TC 0x02
#define BIT_RD 0x01
#define BIT_RA 0x80

/* The question that is being answered, and the answer so far. */
struct work {
	unsigned char *bytes;
	size_t size, room;
	bool cut; /* a record did not fit */
	unsigned answers, authority;
};

static bool put(struct work *work, const void *bytes, size_t size)
{
	if (size > work->room - work->size) {
		work->cut = true;
		return false;
	}
	memcpy(work->bytes + work->size, bytes, size);
	work->size += size;
	return true;
}

static bool put_u16(struct work *work, unsigned value)
{
	const unsigned char bytes[] = {(unsigned char)(value >> 8), (unsigned char)value};

	return put(work, bytes, sizeof bytes);
}

static bool put_name(struct work *work, const char *name)
{
	unsigned char bytes[NS_MAXCDNAME];

	if (ns_name_pton(name, bytes, sizeof bytes) < 0)
		return false;
	return put(work, bytes, (size_t)dn_skipname(bytes, bytes + sizeof bytes));
}

/* A whole record or nothing of it; returns how many that is. */
static unsigned put_record(struct work *work, const struct dns_record *record)
{
	size_t before = work->size;

	if (put_name(work, record->name) && put_u16(work, (unsigned)record->type) && put_u16(work, ns_c_in) &&
	    put_u16(work, 0) && put_u16(work, RECORD_TTL) && put_u16(work, (unsigned)record->size) &&
	    put(work, record->data, record->size))
		return 1;
	work->size = before;
	return 0;
}

static const struct dns_record *find_cname(const struct dns_part *part, const char *name)
{
	for (size_t i = 0; i < part->record_count; i++)
		if (part->records[i].type == ns_t_cname && strcasecmp(part->records[i].name, name) == 0)
			return &part->records[i];
	return NULL;
}

/*
 * The records of that name and type, and of the names that it is an alias for. Returns the last of these: whether that
 * one exists makes the response code (RFC 6604 3).
 */
static const char *put_records(struct work *work, const struct dns_part *part, const char *name, int type)
{
	for (int hops = 0; hops < CHAIN_MAX; hops++) {
		const struct dns_record *cname = find_cname(part, name);

		for (size_t i = 0; i < part->record_count; i++) {
			const struct dns_record *record = &part->records[i];

			if (strcasecmp(record->name, name) == 0 && (type == ns_t_any || record->type == type))
				work->answers += put_record(work, record);
		}
		if (cname == NULL || type == ns_t_cname || type == ns_t_any)
			return name;
		work->answers += put_record(work, cname);
		name = cname->target;
	}
	return name;
}

/* Whether the name or one below it has records: then an empty answer is NOERROR and not NXDOMAIN (RFC 8020). */
static bool name_exists(const struct dns_part *part, const char *name)
{
	size_t size = strlen(name);

	for (size_t i = 0; i < part->record_count; i++) {
		const char *owner = part->records[i].name;
		size_t owner_size = strlen(owner);

		if (owner_size >= size && strcasecmp(owner + owner_size - size, name) == 0 &&
		    (owner_size == size || owner[owner_size - size - 1] == '.'))
			return true;
	}
	return false;
}

/* With a negative answer goes the SOA of the zone that says so (RFC 2308 3): the nearest one at or above the name. */
static void put_zone(struct work *work, const struct dns_part *part, const char *name)
{
	while (name != NULL) {
		for (size_t i = 0; i < part->record_count; i++) {
			if (part->records[i].type == ns_t_soa && strcasecmp(part->records[i].name, name) == 0) {
				work->authority += put_record(work, &part->records[i]);
				return;
			}
		}
		name = strchr(name, '.');
		name = name != NULL ? name + 1 : NULL;
	}
}

static struct dns_rule *find_rule(struct dns_part *part, const char *name, int type)
{
	for (size_t i = 0; i < part->rule_count; i++) {
		struct dns_rule *rule = &part->rules[i];

		if ((rule->type == ns_t_any || rule->type == type) &&
		    (rule->name == NULL || strcasecmp(rule->name, name) == 0) &&
		    (rule->first == 0 || rule->used < rule->first)) {
			rule->used++;
			return rule;
		}
	}
	return NULL;
}

static unsigned put_answer(struct work *work, const struct dns_part *part, enum dns_deed deed, const char *name,
                           int type)
{
	switch (deed) {
	case DNS_DEED_SERVFAIL:
		return ns_r_servfail;
	case DNS_DEED_REFUSED:
		return ns_r_refused;
	case DNS_DEED_NXDOMAIN:
		put_zone(work, part, name);
		return ns_r_nxdomain;
	case DNS_DEED_LAME:
		return ns_r_noerror;
	case DNS_DEED_GARBAGE:
		work->answers = 3;
		put(work, "\xc0\xff\xc0", 3);
		return ns_r_noerror;
	default:
		name = put_records(work, part, name, type);
		if (work->answers == 0 && !work->cut)
			put_zone(work, part, name);
		return name_exists(part, name) ? ns_r_noerror : ns_r_nxdomain;
	}
}

/* A query of one question in class IN. */
static bool read_question(const unsigned char *query, size_t size, ns_msg *message, ns_rr *question)
{
	return size <= ZONE_TCP_MAX && ns_initparse(query, (int)size, message) == 0 &&
	       ns_msg_getflag(*message, ns_f_qr) == 0 && ns_msg_getflag(*message, ns_f_opcode) == ns_o_query &&
	       ns_msg_count(*message, ns_s_qd) == 1 && ns_parserr(message, ns_s_qd, 0, question) == 0 &&
	       ns_rr_class(*question) == ns_c_in;
}

static void put_header(struct work *work, const unsigned char *query, bool lame, unsigned rcode)
{
	unsigned char *header = work->bytes;

	memset(header, 0, NS_HFIXEDSZ);
	memcpy(header, query, 2);
	header[2] = (unsigned char)(BIT_QR | (lame ? 0 : BIT_AA) | (work->cut ? BIT_TC : 0) | (query[2] & BIT_RD));
	header[3] = (unsigned char)((lame ? 0 : BIT_RA) | rcode);
	header[5] = 1;
	header[6] = (unsigned char)(work->answers >> 8);
	header[7] = (unsigned char)work->answers;
	header[9] = (unsigned char)work->authority;
}

size_t zone_answer(struct dns_part *part, const unsigned char *query, size_t size, unsigned char *answer, size_t room,
                   double *delay)
{
	struct work work = {.bytes = answer, .size = NS_HFIXEDSZ, .room = room};
	enum dns_deed deed = DNS_DEED_ANSWER;
	const struct dns_rule *rule;
	ns_msg message;
	ns_rr question;
	const char *name;
	int type;

	*delay = 0;
	if (!read_question(query, size, &message, &question))
		return 0;
	name = ns_rr_name(question);
	type = (int)ns_rr_type(question);
	rule = find_rule(part, name, type);
	if (rule != NULL) {
		deed = rule->deed;
		*delay = rule->delay;
	}
	if (deed == DNS_DEED_SILENT)
		return 0;
	put_name(&work, name);
	put_u16(&work, (unsigned)type);
	put_u16(&work, ns_c_in);
	if (deed == DNS_DEED_TRUNCATE && room == ZONE_UDP_MAX) {
		work.cut = true;
		put_header(&work, query, false, ns_r_noerror);
	} else {
		unsigned rcode = put_answer(&work, part, deed, name, type);
		put_header(&work, query, deed == DNS_DEED_LAME, rcode);
	}
	return work.size;
}
