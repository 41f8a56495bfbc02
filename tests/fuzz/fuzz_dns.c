/*
 * fuzz_dns - the reader of DNS answers against arbitrary bytes
 *
 *   clang -std=c11 -D_GNU_SOURCE -Icore -g -fsanitize=fuzzer,address,undefined tests/fuzz/fuzz_dns.c \
 *         core/dns/message.c core/dns/names.c core/model/target.c \
 *         core/base/{buf,clock,err,file,text,xalloc}.c -lresolv -lm
 *   ./a.out tests/fuzz/seeds/dns
 *
 * The first byte picks the type that is asked for; the rest is the message, as the answer to "example.test".
 */
#include "dns/message.h"

#include <arpa/nameser.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What reaches a face has to be printable, and what may be looked up has to be a host name. */
static void check_name(const char *name)
{
	for (const char *p = name; *p != '\0'; p++)
		if (*p < 0x20 || *p == 0x7f)
			__builtin_trap();
	if (strlen(name) >= DNS_NAME_SIZE)
		__builtin_trap();
	if (target_is_host_name(name) && strpbrk(name, "\\ \"'`$;|&<>()") != NULL)
		__builtin_trap();
}

static void check_answer(const struct dns_answer *answer)
{
	char text[46];

	check_name(answer->cname);
	check_name(answer->zone);
	dns_state_name(answer->state);
	for (size_t i = 0; i < answer->mx_count; i++)
		check_name(answer->mx[i].host);
	for (size_t i = 0; i < answer->address_count; i++)
		address_text(&answer->addresses[i], text);
	if (answer->mx_count > DNS_KEPT_MAX || answer->address_count > DNS_KEPT_MAX ||
	    answer->text_count > DNS_KEPT_MAX)
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int types[] = {ns_t_mx, ns_t_a, ns_t_aaaa, ns_t_ptr, ns_t_ns, ns_t_txt, ns_t_tlsa, ns_t_soa};
	static const char name[] = "example.test";
	unsigned char query[DNS_QUERY_SIZE];
	struct dns_answer answer = {0};

	if (size == 0)
		return 0;
	const int type = types[data[0] % (sizeof types / sizeof types[0])];
	size_t query_size = dns_query_build(name, type, true, query);
	if (size >= 3)
		memcpy(query, data + 1, 2); /* so that the id fits */
	dns_message_answers(query, query_size, data + 1, size - 1);
	dns_message_read(data + 1, size - 1, name, type, &answer);
	check_answer(&answer);
	dns_answer_done(&answer);
	return 0;
}
