/*
 * fuzz_capture - the reader of captures, the joining of two and the rewriter against arbitrary bytes
 *
 *   ../configure CC=clang CFLAGS='-g -O1 -fsanitize=fuzzer-no-link,address,undefined' && make libsmtpdx.a
 *   clang -std=c11 -D_GNU_SOURCE -I../core -g -fsanitize=fuzzer,address,undefined ../tests/fuzz/fuzz_capture.c \
 *         libsmtpdx.a -lpcap -ljansson -lz -lresolv -lm
 *   ./a.out ../tests/fuzz/seeds/capture
 *
 * The seeds are of capture/make_pcap.py. What a decoded packet points to lies in its frame, sums add up, and tables keep
 * to their sizes.
 */
#include "capture/capture.h"
#include "capture/join.h"
#include "capture/rewrite.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		__builtin_trap();
}

static void check_packet(const struct frame *frame, const struct packet *p)
{
	const uint8_t *end = frame->bytes + frame->captured;

	if (p->kind == PACKET_OTHER)
		return;
	const size_t address = p->v6 ? 16 : 4;
	check(p->source >= frame->bytes && p->source + address <= end);
	check(p->destination >= frame->bytes && p->destination + address <= end);
	check(p->transport >= frame->bytes && p->transport + p->transport_captured <= end);
	check(p->transport_captured <= p->transport_size);
	if (p->kind == PACKET_TCP) {
		check(p->payload >= frame->bytes && p->payload + p->payload_captured <= end);
		check(p->payload_captured <= p->payload_size && p->sacks <= PACKET_SACKS);
	}
	if (p->kind == PACKET_ICMP)
		check(p->quoted_source >= frame->bytes && p->quoted_destination + address <= end);
}

static void decode(const char *path)
{
	struct capture_file *file = capture_file_open(path, NULL);
	struct frame frame;
	struct packet packet;

	while (file != NULL && capture_file_next(file, &frame)) {
		check(frame.captured <= frame.size);
		packet_decode(&frame, &packet);
		check_packet(&frame, &packet);
	}
	capture_file_close(file);
}

/* The same session once more, as seen from elsewhere: later or earlier, and with packets missing. */
static void look_from_elsewhere(struct trace *t)
{
	size_t kept = 0;

	for (size_t i = 0; i < t->count; i++) {
		t->records[i].time += t->records[i].side == CLIENT ? 0.02 : -0.02;
		if (i % 5 != 4)
			t->records[kept++] = t->records[i];
	}
	t->count = kept;
}

static void join_with_itself(const char *path, const struct flow *session)
{
	struct trace here, there = {0};
	struct joined joined = {0};
	struct flow_endpoint ends[SIDES];

	if (trace_read(&here, path, session->ends) && trace_find(path, &here, ends) && trace_read(&there, path, ends)) {
		look_from_elsewhere(&there);
		if (join(&here, &there, &joined))
			for (int side = 0; side < SIDES; side++)
				check(joined.sides[side].vanished <= joined.sides[side].sent &&
				      joined.step_count <= here.count + there.count);
	}
	joined_done(&joined);
	trace_done(&here);
	trace_done(&there);
}

static void read_sessions(const char *path)
{
	struct capture *c = capture_new();
	struct err trouble;
	size_t kept;

	capture_read(c, path, NULL, &trouble);
	capture_end(c);
	const struct capture_totals *totals = capture_totals(c);
	check(totals->mail_packets <= totals->packets && totals->cut <= totals->packets);
	const struct flow_totals *flows = flows_totals(capture_flows(c));
	check(flows->troubled <= flows->sessions);
	const struct flow_kept *sessions = flows_kept(capture_flows(c), &kept);
	check(kept <= FLOWS_KEPT);
	if (kept > 0)
		join_with_itself(path, sessions[0].session);
	capture_free(c);
}

static void rewrite(const char *path)
{
	struct capture_file *file = capture_file_open(path, NULL);
	struct rewrite_count count;

	if (file == NULL)
		return;
	FILE *out = fopen("/dev/null", "wb");
	check(out != NULL);
	const int status = capture_rewrite_stream(file, out, &count);
	check(status == 0 || status == ENOTSUP);
	capture_file_close(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const int fd = memfd_create("fuzz", MFD_CLOEXEC);
	char path[40];

	check(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	decode(path);
	read_sessions(path);
	rewrite(path);
	close(fd);
	return 0;
}
