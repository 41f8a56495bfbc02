#include "base/i18n.h"
#include "base/xalloc.h"
#include "demo/scenario_parse.h"
#include "dns/dns.h"
#include "model/target.h"

#include <arpa/nameser.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdlib.h>
#include <string.h>

#define RECORDS_MAX ((size_t)1000)
#define RULES_MAX   ((size_t)100)
#define RDATA_MAX   4096

/* RDATA while it is put together. */
struct rdata {
	unsigned char bytes[RDATA_MAX];
	size_t size;
};

static void put_byte(struct rdata *rdata, unsigned value)
{
	rdata->bytes[rdata->size++] = (unsigned char)value;
}

static void put_u16(struct rdata *rdata, unsigned value)
{
	put_byte(rdata, value >> 8 & 0xff);
	put_byte(rdata, value & 0xff);
}

static void put_name(struct rdata *rdata, const char *name)
{
	unsigned char *at = rdata->bytes + rdata->size;

	if (ns_name_pton(name, at, sizeof rdata->bytes - rdata->size) >= 0)
		rdata->size += (size_t)dn_skipname(at, rdata->bytes + sizeof rdata->bytes);
}

static int read_name_rdata(struct statement *s, struct rdata *rdata)
{
	char name[256];

	if (statement_name(s, name) != 0)
		return -1;
	put_name(rdata, name);
	return 0;
}

static int read_a(struct statement *s, struct rdata *rdata)
{
	struct sockaddr_storage address;
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)&address;

	if (statement_address(s, &address) != 0)
		return -1;
	if (address.ss_family != AF_INET) {
		s->next--;
		return statement_expected(s, _("an IPv4 address"));
	}
	memcpy(rdata->bytes, &v4->sin_addr, sizeof v4->sin_addr);
	rdata->size = sizeof v4->sin_addr;
	return 0;
}

static int read_aaaa(struct statement *s, struct rdata *rdata)
{
	struct sockaddr_storage address;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&address;

	if (statement_address(s, &address) != 0)
		return -1;
	if (address.ss_family != AF_INET6) {
		s->next--;
		return statement_expected(s, _("an IPv6 address"));
	}
	memcpy(rdata->bytes, &v6->sin6_addr, sizeof v6->sin6_addr);
	rdata->size = sizeof v6->sin6_addr;
	return 0;
}

/* PREFERENCE HOST; a single dot as host is the null MX of RFC 7505. */
static int read_mx(struct statement *s, struct rdata *rdata)
{
	double preference;

	if (statement_number(s, _("an MX preference from 0 to 65535"), 65535, &preference) != 0)
		return -1;
	put_u16(rdata, (unsigned)preference);
	if (statement_accept(s, ".")) {
		put_byte(rdata, 0);
		return 0;
	}
	return read_name_rdata(s, rdata);
}

/* Quoted texts, each cut into strings of at most 255 bytes (RFC 1035 3.3.14). */
static int read_txt(struct statement *s, struct rdata *rdata)
{
	const struct word *word = statement_quoted(s);

	if (word == NULL)
		return statement_expected(s, _("a text in quotes"));
	for (; word != NULL; word = statement_quoted(s)) {
		size_t done = 0;

		if (word->size + word->size / 255 + 1 > RDATA_MAX - rdata->size)
			return err_set(s->err, _("%s:%d: more than %d bytes in one record"), s->origin, s->line,
			               RDATA_MAX);
		do {
			size_t size = word->size - done < 255 ? word->size - done : 255;

			put_byte(rdata, (unsigned)size);
			memcpy(rdata->bytes + rdata->size, word->text + done, size);
			rdata->size += size;
			done += size;
		} while (done < word->size);
	}
	return 0;
}

/* PRIMARY; the rest of the SOA is of no interest here. */
static int read_soa(struct statement *s, struct rdata *rdata)
{
	static const unsigned times[] = {1, 3600, 600, 86400, 60}; /* serial, refresh, retry, expire, minimum */

	if (read_name_rdata(s, rdata) != 0)
		return -1;
	put_name(rdata, "hostmaster.demo.test");
	for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
		put_u16(rdata, times[i] >> 16);
		put_u16(rdata, times[i] & 0xffff);
	}
	return 0;
}

/* USAGE SELECTOR MATCHING HEX (RFC 6698). */
static int read_tlsa(struct statement *s, struct rdata *rdata)
{
	double field;
	const char *hex;

	for (int i = 0; i < 3; i++) {
		if (statement_number(s, _("a TLSA field from 0 to 255"), 255, &field) != 0)
			return -1;
		put_byte(rdata, (unsigned)field);
	}
	hex = statement_word(s);
	if (hex == NULL || strlen(hex) % 2 != 0 || strlen(hex) > 1024 ||
	    strspn(hex, "0123456789abcdefABCDEF") != strlen(hex)) {
		s->next -= hex != NULL;
		return statement_expected(s, _("an even number of hexadecimal digits"));
	}
	for (; *hex != '\0'; hex += 2) {
		char pair[3] = {hex[0], hex[1], '\0'};
		put_byte(rdata, (unsigned)strtoul(pair, NULL, 16));
	}
	return 0;
}

static const struct record_kind {
	const char *name;
	int type;
	int (*read)(struct statement *s, struct rdata *rdata);
} record_kinds[] = {
    {"a", ns_t_a, read_a},       {"aaaa", ns_t_aaaa, read_aaaa},   {"cname", ns_t_cname, read_name_rdata},
    {"mx", ns_t_mx, read_mx},    {"ns", ns_t_ns, read_name_rdata}, {"ptr", ns_t_ptr, read_name_rdata},
    {"soa", ns_t_soa, read_soa}, {"tlsa", ns_t_tlsa, read_tlsa},   {"txt", ns_t_txt, read_txt},
};

static const struct record_kind *record_kind_take(struct statement *s)
{
	for (size_t i = 0; i < sizeof record_kinds / sizeof record_kinds[0]; i++)
		if (statement_accept(s, record_kinds[i].name))
			return &record_kinds[i];
	return NULL;
}

/* The owner: a name, or an address for its name in in-addr.arpa or ip6.arpa. */
static int read_owner(struct statement *s, int type, char owner[static 256])
{
	struct sockaddr_storage address;

	if (type != ns_t_ptr)
		return statement_name(s, owner);
	if (statement_address(s, &address) != 0)
		return -1;
	dns_reverse_name(&address, owner);
	return 0;
}

static int read_record(struct dns_part *part, const struct record_kind *kind, struct statement *s)
{
	struct rdata rdata = {.size = 0};
	char owner[256];
	const char *target = NULL;
	struct dns_record *record;

	if (read_owner(s, kind->type, owner) != 0)
		return -1;
	if (kind->type == ns_t_cname && s->next < s->count)
		target = s->words[s->next].text;
	if (kind->read(s, &rdata) != 0 || statement_end(s) != 0)
		return -1;
	if (part->record_count == RECORDS_MAX)
		return err_set(s->err, _("%s:%d: more than %zu records"), s->origin, s->line, RECORDS_MAX);
	part->records = xgrow(part->records, part->record_count, &part->record_room, sizeof *part->records);
	record = &part->records[part->record_count++];
	*record = (struct dns_record){
	    .name = xstrdup(owner), .type = kind->type, .data = xmalloc(rdata.size), .size = rdata.size};
	memcpy(record->data, rdata.bytes, rdata.size);
	record->target = xstrdup(target);
	return 0;
}

static int read_deed(struct statement *s, struct dns_rule *rule)
{
	static const struct {
		const char *name;
		enum dns_deed deed;
	} deeds[] = {
	    {"silent", DNS_DEED_SILENT},     {"servfail", DNS_DEED_SERVFAIL}, {"refused", DNS_DEED_REFUSED},
	    {"nxdomain", DNS_DEED_NXDOMAIN}, {"truncate", DNS_DEED_TRUNCATE}, {"lame", DNS_DEED_LAME},
	    {"garbage", DNS_DEED_GARBAGE},
	};
	bool delayed = statement_accept(s, "delay");

	if (delayed && statement_seconds(s, &rule->delay) != 0)
		return -1;
	for (size_t i = 0; i < sizeof deeds / sizeof deeds[0]; i++) {
		if (statement_accept(s, deeds[i].name)) {
			rule->deed = deeds[i].deed;
			return statement_end(s);
		}
	}
	return delayed
	           ? statement_end(s)
	           : statement_expected(s, _("delay, silent, servfail, refused, nxdomain, truncate, lame or garbage"));
}

/* on TYPE|any NAME|* [first N] [delay TIME] [DEED] */
static int read_rule(struct dns_part *part, struct statement *s)
{
	struct dns_rule rule = {.type = ns_t_any};
	const struct record_kind *kind = record_kind_take(s);
	char owner[256];

	if (kind != NULL)
		rule.type = kind->type;
	else if (!statement_accept(s, "any"))
		return statement_expected(s, _("a record type or any"));
	if (statement_accept(s, "*"))
		owner[0] = '\0';
	else if (read_owner(s, rule.type, owner) != 0)
		return -1;
	if (statement_first(s, &rule.first) != 0 || read_deed(s, &rule) != 0)
		return -1;
	if (part->rule_count == RULES_MAX)
		return err_set(s->err, _("%s:%d: more than %zu rules"), s->origin, s->line, RULES_MAX);
	rule.name = owner[0] != '\0' ? xstrdup(owner) : NULL;
	part->rules = xgrow(part->rules, part->rule_count, &part->rule_room, sizeof *part->rules);
	part->rules[part->rule_count++] = rule;
	return 0;
}

int dns_statement(struct dns_part *part, struct statement *s)
{
	const struct record_kind *kind;
	if (statement_accept(s, "on"))
		return read_rule(part, s);
	if (statement_accept(s, "closed")) {
		part->closed = true;
		return statement_end(s);
	}
	kind = record_kind_take(s);
	if (kind == NULL)
		return statement_expected(s, _("a record (a, aaaa, cname, mx, ns, ptr, soa, tlsa, txt), on or closed"));
	return read_record(part, kind, s);
}

void dns_part_done(struct dns_part *part)
{
	for (size_t i = 0; i < part->record_count; i++) {
		free(part->records[i].name);
		free(part->records[i].data);
		free(part->records[i].target);
	}
	for (size_t i = 0; i < part->rule_count; i++)
		free(part->rules[i].name);
	free(part->records);
	free(part->rules);
}
