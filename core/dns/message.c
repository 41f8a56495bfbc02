#include "dns/message.h"

#include "base/text.h"
#include "base/xalloc.h"

#include <arpa/nameser.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define CHAIN_MAX 16 /* CNAMEs that we follow; BIND and unbound give up at about as many */
#define TEXT_MAX  ((size_t)1024)

size_t dns_query_build(const char *name, int type, bool recursive, unsigned char query[static DNS_QUERY_SIZE])
{
	HEADER header = {.rd = recursive, .qdcount = htons(1)};
	uint16_t id;

	if (getrandom(&id, sizeof id, 0) != sizeof id)
		die("no random numbers");
	header.id = id;
	memcpy(query, &header, sizeof header);
	int name_size = dn_comp(name, query + NS_HFIXEDSZ, DNS_QUERY_SIZE - NS_HFIXEDSZ - NS_QFIXEDSZ, NULL, NULL);
	if (name_size < 0)
		return 0;
	unsigned char *end = query + NS_HFIXEDSZ + name_size;
	const uint16_t tail[2] = {htons((uint16_t)type), htons(ns_c_in)};
	memcpy(end, tail, sizeof tail);
	return (size_t)(end - query) + sizeof tail;
}

/* The question of a message: name in lower case and type. False when there is none. */
static bool read_question(const unsigned char *message, size_t size, char name[static NS_MAXDNAME], int *type)
{
	const unsigned char *end = message + size;
	int name_size = dn_expand(message, end, message + NS_HFIXEDSZ, name, NS_MAXDNAME);

	if (name_size < 0 || end - message < NS_HFIXEDSZ + name_size + NS_QFIXEDSZ)
		return false;
	const unsigned char *tail = message + NS_HFIXEDSZ + name_size;
	*type = tail[0] << 8 | tail[1];
	return (tail[2] << 8 | tail[3]) == ns_c_in;
}

bool dns_message_answers(const unsigned char *query, size_t query_size, const unsigned char *message, size_t size)
{
	HEADER sent, got;
	char asked[NS_MAXDNAME], repeated[NS_MAXDNAME];
	int asked_type, repeated_type;

	if (size < sizeof got || size > DNS_MESSAGE_SIZE)
		return false;
	memcpy(&sent, query, sizeof sent);
	memcpy(&got, message, sizeof got);
	if (got.id != sent.id || !got.qr || got.opcode != ns_o_query)
		return false;
	if (ntohs(got.qdcount) == 0)
		return got.rcode != ns_r_noerror;
	return ntohs(got.qdcount) == 1 && read_question(query, query_size, asked, &asked_type) &&
	       read_question(message, size, repeated, &repeated_type) && asked_type == repeated_type &&
	       dns_name_equal(asked, repeated);
}

bool dns_message_is_cut(const unsigned char *message)
{
	HEADER header;

	memcpy(&header, message, sizeof header);
	return header.tc;
}

/* A name in lower case, cut with "..." when it is longer than any host name: that is never looked up. */
static void keep_name(const char *name, char kept[static DNS_NAME_SIZE])
{
	text_clean(name, strlen(name), kept, DNS_NAME_SIZE);
	for (char *p = kept; *p != '\0'; p++)
		*p = (char)(*p >= 'A' && *p <= 'Z' ? *p - 'A' + 'a' : *p);
}

/* The name at `at` in a record's data; the root is ".". -1 when it is none. */
static int read_name(const ns_msg *m, const unsigned char *at, char name[static DNS_NAME_SIZE])
{
	char wide[NS_MAXDNAME];

	if (at >= ns_msg_end(*m) || dn_expand(ns_msg_base(*m), ns_msg_end(*m), at, wide, sizeof wide) < 0)
		return -1;
	keep_name(wide[0] != '\0' ? wide : ".", name);
	return 0;
}

/* Copies the strings of a TXT record one after the other, as RFC 7208 3.3 wants SPF records read. */
static char *read_text(const ns_rr *rr)
{
	const unsigned char *data = ns_rr_rdata(*rr);
	const size_t size = ns_rr_rdlen(*rr);
	unsigned char joined[TEXT_MAX];
	size_t used = 0;

	for (size_t at = 0; at < size; at += data[at] + 1u) {
		size_t part = data[at];
		part = part < size - at - 1 ? part : size - at - 1;
		part = part < sizeof joined - used ? part : sizeof joined - used;
		memcpy(joined + used, data + at + 1, part);
		used += part;
	}
	return text_clean_dup(joined, used, TEXT_MAX);
}

static void keep_text(struct dns_answer *answer, char *text)
{
	answer->texts = xrealloc(answer->texts, answer->text_count + 1, sizeof *answer->texts);
	answer->texts[answer->text_count++] = text;
}

static int keep_mx(const ns_msg *m, const ns_rr *rr, struct dns_answer *answer)
{
	struct dns_mx mx = {0};

	if (ns_rr_rdlen(*rr) < NS_INT16SZ + 1 || read_name(m, ns_rr_rdata(*rr) + NS_INT16SZ, mx.host) != 0)
		return -1;
	mx.preference = ns_rr_rdata(*rr)[0] << 8 | ns_rr_rdata(*rr)[1];
	answer->mx = xrealloc(answer->mx, answer->mx_count + 1, sizeof *answer->mx);
	answer->mx[answer->mx_count++] = mx;
	return 0;
}

static int keep_address(const ns_rr *rr, struct dns_answer *answer)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
	const bool is_v6 = ns_rr_type(*rr) == ns_t_aaaa;

	if (ns_rr_rdlen(*rr) != (is_v6 ? sizeof v6.sin6_addr : sizeof v4.sin_addr))
		return -1;
	answer->addresses = xrealloc(answer->addresses, answer->address_count + 1, sizeof *answer->addresses);
	struct sockaddr_storage *address = &answer->addresses[answer->address_count++];
	*address = (struct sockaddr_storage){0};
	if (is_v6) {
		memcpy(&v6.sin6_addr, ns_rr_rdata(*rr), sizeof v6.sin6_addr);
		memcpy(address, &v6, sizeof v6);
	} else {
		memcpy(&v4.sin_addr, ns_rr_rdata(*rr), sizeof v4.sin_addr);
		memcpy(address, &v4, sizeof v4);
	}
	return 0;
}

/* Keeps one record of the asked type. -1 when its data are none of that type. */
static int keep_record(const ns_msg *m, const ns_rr *rr, struct dns_answer *answer)
{
	char name[DNS_NAME_SIZE];

	switch ((int)ns_rr_type(*rr)) {
	case ns_t_mx:
		return keep_mx(m, rr, answer);
	case ns_t_a:
	case ns_t_aaaa:
		return keep_address(rr, answer);
	case ns_t_ptr:
	case ns_t_ns:
		if (ns_rr_rdlen(*rr) == 0 || read_name(m, ns_rr_rdata(*rr), name) != 0)
			return -1;
		keep_text(answer, xstrdup(name));
		return 0;
	case ns_t_txt:
		keep_text(answer, read_text(rr));
		return 0;
	default:
		return 0; /* TLSA, SOA: that there are some is all we want to know */
	}
}

/*
 * Follows the CNAMEs of the answer section from `name` on, in whatever order they stand there; `name` becomes the last
 * name of the chain, *links the number of steps. DNS_OK, DNS_LOOP or DNS_MALFORMED.
 */
static enum dns_state follow_aliases(ns_msg *m, char name[static NS_MAXDNAME], int *links)
{
	for (*links = 0; *links <= CHAIN_MAX; ++*links) {
		bool found = false;
		for (int i = 0; i < ns_msg_count(*m, ns_s_an) && !found; i++) {
			ns_rr rr;
			if (ns_parserr(m, ns_s_an, i, &rr) != 0)
				return DNS_MALFORMED;
			if (ns_rr_type(rr) != ns_t_cname || !dns_name_equal(ns_rr_name(rr), name))
				continue;
			if (dn_expand(ns_msg_base(*m), ns_msg_end(*m), ns_rr_rdata(rr), name, NS_MAXDNAME) < 0)
				return DNS_MALFORMED;
			found = true;
		}
		if (!found)
			return DNS_OK;
	}
	return DNS_LOOP;
}

/* All records of the type that belong to the name. -1 when the section cannot be read, or none of them is sound. */
static int read_records(ns_msg *m, const char *name, int type, struct dns_answer *answer)
{
	size_t broken = 0;

	for (int i = 0; i < ns_msg_count(*m, ns_s_an); i++) {
		ns_rr rr;
		if (ns_parserr(m, ns_s_an, i, &rr) != 0)
			return -1;
		if ((int)ns_rr_type(rr) != type || ns_rr_class(rr) != ns_c_in || !dns_name_equal(ns_rr_name(rr), name))
			continue;
		if (answer->record_count < DNS_KEPT_MAX && keep_record(m, &rr, answer) != 0)
			broken++;
		else
			answer->record_count++;
	}
	return broken > 0 && answer->record_count == 0 ? -1 : 0;
}

/* The zone that a negative answer comes from: the owner of the SOA in its authority section. */
static void read_zone(ns_msg *m, struct dns_answer *answer)
{
	ns_rr rr;

	for (int i = 0; i < ns_msg_count(*m, ns_s_ns) && i < DNS_KEPT_MAX; i++) {
		if (ns_parserr(m, ns_s_ns, i, &rr) != 0)
			return;
		if (ns_rr_type(rr) == ns_t_soa) {
			keep_name(ns_rr_name(rr), answer->zone);
			return;
		}
	}
}

static enum dns_state state_of_rcode(int rcode)
{
	switch (rcode) {
	case ns_r_noerror:
		return DNS_OK;
	case ns_r_nxdomain:
		return DNS_NXDOMAIN;
	case ns_r_refused:
		return DNS_REFUSED;
	default:
		return DNS_SERVFAIL;
	}
}

static int compare_mx(const void *a, const void *b)
{
	const struct dns_mx *left = a, *right = b;

	if (left->preference != right->preference)
		return left->preference < right->preference ? -1 : 1;
	return strcmp(left->host, right->host);
}

void dns_message_read(const unsigned char *message, size_t size, const char *name, int type, struct dns_answer *answer)
{
	char last[NS_MAXDNAME];
	int links = 0;
	ns_msg m;

	if (size > DNS_MESSAGE_SIZE || ns_initparse(message, (int)size, &m) != 0) {
		answer->state = DNS_MALFORMED;
		return;
	}
	answer->rcode = ns_msg_getflag(m, ns_f_rcode);
	answer->authoritative = ns_msg_getflag(m, ns_f_aa) != 0;
	answer->recursion_available = ns_msg_getflag(m, ns_f_ra) != 0;
	answer->state = state_of_rcode(answer->rcode);
	if (answer->state != DNS_OK && answer->state != DNS_NXDOMAIN)
		return;

	snprintf(last, sizeof last, "%s", name);
	enum dns_state chain = type != ns_t_cname ? follow_aliases(&m, last, &links) : DNS_OK;
	if (chain == DNS_OK && read_records(&m, last, type, answer) != 0)
		chain = DNS_MALFORMED;
	if (chain != DNS_OK) {
		answer->state = chain;
		return;
	}
	if (links > 0)
		keep_name(last, answer->cname);
	if (answer->record_count == 0) {
		read_zone(&m, answer);
		answer->state = answer->state == DNS_OK ? DNS_NONE : answer->state;
	}
	if (answer->mx_count > 1)
		qsort(answer->mx, answer->mx_count, sizeof *answer->mx, compare_mx);
}
