#include "capture/filter.h"

#include "base/buf.h"
#include "base/xalloc.h"
#include "model/target.h"

#include <stdlib.h>
#include <string.h>

#define FILTER_MAX ((size_t)64 << 10)

static bool is_repeated(const struct sockaddr_storage *endpoints, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (address_equal(&endpoints[i], &endpoints[index]))
			return true;
	return false;
}

char *filter_text(const struct sockaddr_storage *endpoints, size_t count)
{
	struct buf text;
	char address[46];

	buf_init(&text, FILTER_MAX);
	for (size_t i = 0; i < count; i++)
		if (!is_repeated(endpoints, i))
			buf_printf(&text, "%shost %s", i == 0 ? "(" : " or ", address_text(&endpoints[i], address));
	buf_printf(&text, ") and (tcp port %d or ip[6:2] & 0x1fff != 0 or ip6[6] = 44)", address_port(&endpoints[0]));
	buf_puts(&text, " or icmp[icmptype] = icmp-unreach or icmp[icmptype] = icmp-timxceed or icmp6[icmp6type] < 4");
	return buf_take(&text);
}

char *filter_command(const char *filter, const char *interface, int seconds, const char *path)
{
	struct buf text;

	buf_init(&text, 2 * FILTER_MAX);
	/* tcpdump would give the file to a user of its own, who may not write here. */
	buf_printf(&text, "sudo timeout -s INT %d tcpdump -Z \"$USER\" -n -s 0 -i ", seconds);
	buf_put_word(&text, interface);
	buf_puts(&text, " -w ");
	buf_put_word(&text, path);
	buf_puts(&text, " -- ");
	buf_put_word(&text, filter);
	return buf_take(&text);
}
