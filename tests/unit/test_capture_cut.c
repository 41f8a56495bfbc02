/* A capture that breaks off, at whatever byte: read as far as it goes, never further, and said to be cut. */
#include "base/file.h"
#include "base/xalloc.h"
#include "capture/capture.h"

#include "unit.h"

#include <stdio.h>

#define CAPTURE_MAX ((size_t)1 << 20)

static char *read_seed(const char *name, size_t *size)
{
	const char *source = getenv("SMTPDX_SRCDIR");
	struct err err;

	char *path = xasprintf("%s/tests/fuzz/seeds/capture/%s", source != NULL ? source : "..", name);
	char *bytes = file_read(path, CAPTURE_MAX, size, &err);
	if (bytes == NULL)
		fail_msg("%s", err.text);
	free(path);
	return bytes;
}

/* Packets of the first bytes; *trouble says whether the capture was said to be cut. */
static unsigned long read_beginning(char *bytes, size_t size, bool *trouble)
{
	struct err err;
	unsigned long packets = 0;

	*trouble = true;
	FILE *stream = size > 0 ? fmemopen(bytes, size, "rb") : NULL;
	struct capture_file *file = stream != NULL ? capture_file_open_stream(stream, "cut", &err) : NULL;
	if (file == NULL)
		return 0;
	struct capture *c = capture_new();
	capture_read_open(c, file, NULL, &err);
	capture_end(c);
	*trouble = err.text[0] != '\0';
	packets = (unsigned long)capture_totals(c)->packets;
	capture_free(c);
	capture_file_close(file);
	return packets;
}

static void cut_everywhere(const char *name, unsigned long whole)
{
	const char *slow = getenv("SMTPDX_SLOW");
	const size_t step = slow != NULL && slow[0] != '\0' ? 97 : 1;
#ifndef HAVE_LIBPCAP
	skip();
#endif
	bool trouble;
	size_t size;
	unsigned long last = 0, in_order = 0;

	char *bytes = read_seed(name, &size);
	assert_int_equal(read_beginning(bytes, size, &trouble), whole);
	assert_false(trouble);
	for (size_t cut = 0; cut < size; cut += step) {
		const unsigned long packets = read_beginning(bytes, cut, &trouble);
		assert_true(packets >= last && packets <= whole);
		in_order += !trouble; /* cut between two packets: nothing tells */
		last = packets;
	}
	assert_true(in_order <= whole + 4);
	free(bytes);
}

static void pcap(void **state)
{
	(void)state;
	cut_everywhere("client-slow", 19);
}

static void pcapng(void **state)
{
	(void)state;
	cut_everywhere("blackhole", 18);
}

static void fragments(void **state)
{
	(void)state;
	cut_everywhere("fragments", 48);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(pcap),
	    cmocka_unit_test(pcapng),
	    cmocka_unit_test(fragments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
