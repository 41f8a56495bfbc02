/* What a recording is about: libpcap must take the expression on any link, and a shell the command as it is meant. */
#include "capture/filter.h"

#include "model/target.h"

#include "unit.h"

#include <stdlib.h>
#include <string.h>

#ifdef HAVE_LIBPCAP
#include <pcap.h>
#endif

static size_t addresses(struct sockaddr_storage *out, const char *const *texts, size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_int_equal(address_parse(texts[i], 2525, &out[i]), 0);
	return count;
}

static void filter_names_each_host_once(void **state)
{
	static const char *const texts[] = {"192.0.2.25", "2001:db8::25", "192.0.2.25"};
	struct sockaddr_storage endpoints[3];

	(void)state;
	char *text = filter_text(endpoints, addresses(endpoints, texts, 3));
	assert_ptr_equal(strstr(text,
	                        "(host 192.0.2.25 or host 2001:db8::25) and (tcp port 2525 or ip[6:2] & 0x1fff != 0 "
	                        "or ip6[6] = 44) or icmp["),
	                 text);
	free(text);
}

static void libpcap_takes_the_filter(void **state)
{
#ifdef HAVE_LIBPCAP
	static const int links[] = {DLT_EN10MB, DLT_RAW, DLT_LINUX_SLL, DLT_NULL};
	static const char *const texts[] = {"192.0.2.25", "2001:db8::25"};
	struct sockaddr_storage endpoints[2];

	char *text = filter_text(endpoints, addresses(endpoints, texts, 2));
	for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) {
		struct bpf_program program;
		pcap_t *device = pcap_open_dead(links[i], 65535);
		assert_non_null(device);
		if (pcap_compile(device, &program, text, 1, PCAP_NETMASK_UNKNOWN) != 0)
			fail_msg("link %d: %s", links[i], pcap_geterr(device));
		pcap_freecode(&program);
		pcap_close(device);
	}
	free(text);
#endif
	(void)state;
}

static void command_is_quoted(void **state)
{
	(void)state;
	char *text = filter_command("host 192.0.2.25", "any", 90, "a b's.pcap");
	assert_string_equal(text, "sudo timeout -s INT 90 tcpdump -Z \"$USER\" -n -s 0 -i any -w 'a b'\\''s.pcap' -- "
	                          "'host 192.0.2.25'");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(filter_names_each_host_once),
	    cmocka_unit_test(libpcap_takes_the_filter),
	    cmocka_unit_test(command_is_quoted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
