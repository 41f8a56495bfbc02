#include "dns/dns.h"

#include "base/file.h"

#include <arpa/nameser.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HOSTS_PATH     "/etc/hosts"
#define HOSTS_SIZE_MAX ((size_t)16 << 20) /* block lists in it can be long */
#define BLANKS         " \t\r\f\v"

const char *dns_state_name(enum dns_state state)
{
	static const char *const names[] = {
	    [DNS_OK] = "ok",
	    [DNS_NONE] = "none",
	    [DNS_NXDOMAIN] = "nxdomain",
	    [DNS_SERVFAIL] = "servfail",
	    [DNS_REFUSED] = "refused",
	    [DNS_TIMEOUT] = "timeout",
	    [DNS_LOOP] = "loop",
	    [DNS_MALFORMED] = "malformed",
	    [DNS_UNREACHABLE] = "timeout",
	};

	return names[state];
}

const char *dns_type_name(int type, char text[static 16])
{
	static const struct {
		int type;
		const char *name;
	} types[] = {
	    {ns_t_a, "A"},   {ns_t_ns, "NS"},   {ns_t_cname, "CNAME"}, {ns_t_soa, "SOA"},   {ns_t_ptr, "PTR"},
	    {ns_t_mx, "MX"}, {ns_t_txt, "TXT"}, {ns_t_aaaa, "AAAA"},   {ns_t_tlsa, "TLSA"},
	};

	snprintf(text, 16, "TYPE%d", type);
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (types[i].type == type)
			snprintf(text, 16, "%s", types[i].name);
	return text;
}

static char lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

bool dns_name_equal(const char *a, const char *b)
{
	while (*a != '\0' && lower(*a) == lower(*b)) {
		a++;
		b++;
	}
	return *a == *b;
}

void dns_answer_done(struct dns_answer *answer)
{
	for (size_t i = 0; i < answer->text_count; i++)
		free(answer->texts[i]);
	free(answer->texts);
	free(answer->mx);
	free(answer->addresses);
	*answer = (struct dns_answer){0};
}

void dns_reverse_name(const struct sockaddr_storage *address, char name[static DNS_NAME_SIZE])
{
	if (address->ss_family == AF_INET6) {
		const unsigned char *bytes = ((const struct sockaddr_in6 *)address)->sin6_addr.s6_addr;
		char *at = name;
		for (int i = 15; i >= 0; i--)
			at += snprintf(at, 5, "%x.%x.", bytes[i] & 15u, (unsigned)bytes[i] >> 4);
		snprintf(at, sizeof "ip6.arpa", "ip6.arpa");
		return;
	}
	const uint32_t v4 = ntohl(((const struct sockaddr_in *)address)->sin_addr.s_addr);
	snprintf(name, DNS_NAME_SIZE, "%u.%u.%u.%u.in-addr.arpa", v4 & 255, v4 >> 8 & 255, v4 >> 16 & 255, v4 >> 24);
}

/* Whether a line of a hosts file (which is consumed) names the host; then *address is what stands before the names. */
static bool hosts_line_names(char *line, const char *name, struct sockaddr_storage *address)
{
	char *rest = NULL;

	line[strcspn(line, "#")] = '\0';
	const char *first = strtok_r(line, BLANKS, &rest);
	if (first == NULL || address_parse(first, 0, address) != 0)
		return false;
	for (const char *word = strtok_r(NULL, BLANKS, &rest); word != NULL; word = strtok_r(NULL, BLANKS, &rest))
		if (dns_name_equal(word, name))
			return true;
	return false;
}

size_t dns_hosts_file(const char *path, const char *name, struct sockaddr_storage *addresses, size_t room)
{
	size_t size, count = 0;
	char *text = file_read(path != NULL ? path : HOSTS_PATH, HOSTS_SIZE_MAX, &size, NULL);
	char *rest = text;

	while (rest != NULL && count < room) {
		struct sockaddr_storage address;
		if (hosts_line_names(strsep(&rest, "\n"), name, &address))
			addresses[count++] = address;
	}
	free(text);
	return count;
}

int dns_source_address(const struct sockaddr_storage *to, struct sockaddr_storage *from)
{
	struct sockaddr_storage there = *to;
	socklen_t size = sizeof *from;
	int fd = socket(to->ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	*from = (struct sockaddr_storage){.ss_family = AF_UNSPEC};
	if (fd < 0)
		return -1;
	if (address_port(to) == 0)
		address_set_port(&there,
		                 DNS_PORT); /* any will do: connecting a UDP socket only asks the routing table */
	int failed = connect(fd, (const struct sockaddr *)&there, address_size(&there)) != 0 ||
	             getsockname(fd, (struct sockaddr *)from, &size) != 0;
	close(fd);
	return failed ? -1 : 0;
}
