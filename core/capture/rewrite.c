#include "capture/rewrite.h"

#include "base/i18n.h"

#include <errno.h>

#ifdef HAVE_LIBPCAP

#include "base/xalloc.h"
#include "capture/blank.h"
#include "model/target.h"

#include <math.h>
#include <netinet/in.h>
#include <pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SNAPLEN    262144
#define TCP_SUM    16 /* where the checksums are */
#define ICMP_SUM   2
#define IPV4_SUM   10
#define ICMP_QUOTE 8 /* B before the packet that an ICMP error quotes */

struct rewriter {
	struct pseudonyms *names;
	struct blanker *blanker;
	uint8_t *bytes, *old; /* SNAPLEN each: the frame that is being written to, and as it was */
};

/* ---- checksums: what was taken out and put in, never the whole (RFC 1624), for whole and cut packets alike */

static uint32_t folded(uint32_t sum)
{
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static uint32_t sum_of(const uint8_t *at, size_t size)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < size; i++)
		sum += i % 2 == 0 ? (uint32_t)at[i] << 8 : at[i];
	return folded(sum);
}

static void adjust(uint8_t *field, uint32_t old_sum, uint32_t new_sum)
{
	const uint32_t kept = (uint32_t)(~(field[0] << 8 | field[1]) & 0xffff) + (~folded(old_sum) & 0xffff);
	const uint32_t sum = ~folded(kept + folded(new_sum)) & 0xffff;

	field[0] = (uint8_t)(sum >> 8);
	field[1] = (uint8_t)sum;
}

/* ---- one frame. Pointers of a packet point into r->bytes, so r->old has the same place as it was. */

static const uint8_t *old_of(const struct rewriter *r, const uint8_t *at)
{
	return r->old + (at - r->bytes);
}

static uint8_t *writable(const struct rewriter *r, const uint8_t *at)
{
	return r->bytes + (at - r->bytes);
}

static void rename_address(struct rewriter *r, const uint8_t *at, bool v6)
{
	struct sockaddr_storage from = {.ss_family = v6 ? AF_INET6 : AF_INET}, to;
	uint8_t *out = writable(r, at);

	if (v6)
		memcpy(&((struct sockaddr_in6 *)(void *)&from)->sin6_addr, at, 16);
	else
		memcpy(&((struct sockaddr_in *)(void *)&from)->sin_addr, at, 4);
	pseudonym_address(r->names, &from, &to);
	if (v6)
		memcpy(out, &((struct sockaddr_in6 *)(void *)&to)->sin6_addr, 16);
	else
		memcpy(out, &((struct sockaddr_in *)(void *)&to)->sin_addr, 4);
}

/* Both addresses of an IP header; the sums are of them before and after. */
static void rename_addresses(struct rewriter *r, const uint8_t *source, const uint8_t *destination, bool v6,
                             uint32_t *old_sum, uint32_t *new_sum)
{
	const size_t size = v6 ? 16 : 4;

	rename_address(r, source, v6);
	rename_address(r, destination, v6);
	*old_sum = sum_of(old_of(r, source), size) + sum_of(old_of(r, destination), size);
	*new_sum = sum_of(source, size) + sum_of(destination, size);
}

static void zero_link_addresses(int link, uint8_t *frame, size_t size)
{
	const size_t at = link == DLT_LINUX_SLL ? 6 : link == 276 ? 12 : 0;
	const size_t count = link == DLT_EN10MB ? 12 : at != 0 ? 8 : 0;

	if (size >= at + count)
		memset(frame + at, 0, count);
}

static void rewrite_icmp(struct rewriter *r, const struct packet *p)
{
	uint8_t *message = writable(r, p->transport);
	uint32_t old_sum, new_sum;

	if (p->quoted_source == NULL || p->transport_captured <= ICMP_QUOTE)
		return;
	uint8_t *quoted = message + ICMP_QUOTE;
	rename_addresses(r, p->quoted_source, p->quoted_destination, p->v6, &old_sum, &new_sum);
	if (!p->v6)
		adjust(quoted + IPV4_SUM, old_sum, new_sum);
	const size_t headers = ICMP_QUOTE + (p->v6 ? 40 : (size_t)(quoted[0] & 15) * 4) + 20;
	if (p->transport_captured > headers)
		blank_bytes(message + headers, p->transport_captured - headers);
}

/* False when the frame is to be left out. */
static bool rewrite_frame(struct rewriter *r, const struct frame *frame)
{
	struct frame copy = *frame;
	struct packet p;
	uint32_t old_sum, new_sum;

	memcpy(r->bytes, frame->bytes, frame->captured);
	memcpy(r->old, frame->bytes, frame->captured);
	copy.bytes = r->bytes;
	packet_decode(&copy, &p);
	if (p.kind == PACKET_OTHER || (p.kind == PACKET_FRAGMENT && p.protocol != IPPROTO_TCP))
		return false;
	zero_link_addresses(frame->link, r->bytes, (size_t)(p.ip - r->bytes));
	const uint8_t *end = p.transport + p.transport_captured; /* what a link added to fill its frame */
	memset(writable(r, end), 0, frame->captured - (size_t)(end - r->bytes));
	if (p.kind == PACKET_TCP)
		blank_payload(r->blanker, &p, writable(r, p.payload));
	else if (p.kind == PACKET_FRAGMENT)
		blank_bytes(writable(r, p.transport) + (p.fragment_offset == 0 && p.transport_captured > 20 ? 20 : 0),
		            p.transport_captured - (p.fragment_offset == 0 && p.transport_captured > 20 ? 20 : 0));
	else
		rewrite_icmp(r, &p);
	rename_addresses(r, p.source, p.destination, p.v6, &old_sum, &new_sum);
	if (!p.v6)
		adjust(writable(r, p.ip) + IPV4_SUM, old_sum, new_sum);
	const size_t at = p.kind == PACKET_TCP ? TCP_SUM : ICMP_SUM;
	if (p.kind == PACKET_FRAGMENT || p.transport_captured < at + 2)
		return true;
	if (p.kind == PACKET_ICMP && !p.v6) /* has no pseudo header */
		old_sum = new_sum = 0;
	adjust(writable(r, p.transport) + at, old_sum + sum_of(old_of(r, p.transport), p.transport_captured),
	       new_sum + sum_of(p.transport, p.transport_captured));
	return true;
}

/* ---- files */

/* Times are exact among themselves; the start is so to the microsecond, which is what a double of it has. */
static void write_frame(struct rewriter *r, pcap_dumper_t *out, const struct frame *frame, double start)
{
	const long long ns = llround(start * 1e6) * 1000 + llround(frame->time * 1e9);
	struct pcap_pkthdr header = {.caplen = (bpf_u_int32)frame->captured, .len = (bpf_u_int32)frame->size};

	header.ts.tv_sec = (time_t)(ns / 1000000000);
	header.ts.tv_usec = (suseconds_t)(ns % 1000000000); /* ns in a file of that precision */
	pcap_dump((u_char *)out, &header, r->bytes);
}

static void rewrite_all(struct rewriter *r, struct capture_file *in, pcap_dumper_t *out, struct rewrite_count *count)
{
	struct frame frame;

	while (capture_file_next(in, &frame)) {
		if (frame.captured <= SNAPLEN && rewrite_frame(r, &frame)) {
			write_frame(r, out, &frame, capture_file_start(in));
			count->kept++;
		} else {
			count->left_out++;
		}
	}
	snprintf(count->trouble, sizeof count->trouble, "%.150s", capture_file_trouble(in));
}

int capture_rewrite_stream(struct capture_file *in, FILE *out, struct rewrite_count *count)
{
	struct rewriter r = {.names = pseudonyms_new(true), .bytes = xmalloc(SNAPLEN), .old = xmalloc(SNAPLEN)};
	pcap_t *link = pcap_open_dead_with_tstamp_precision(capture_file_link(in), SNAPLEN, PCAP_TSTAMP_PRECISION_NANO);
	pcap_dumper_t *dumper = link != NULL ? pcap_dump_fopen(link, out) : NULL;
	int failed = ENOTSUP; /* a link layer that no file can name */

	*count = (struct rewrite_count){0};
	r.blanker = blanker_new(r.names);
	if (dumper != NULL) {
		rewrite_all(&r, in, dumper, count);
		failed = pcap_dump_flush(dumper) != 0 || ferror(out) ? EIO : 0;
		pcap_dump_close(dumper);
	} else {
		fclose(out);
	}
	if (link != NULL)
		pcap_close(link);
	blanker_free(r.blanker);
	pseudonyms_free(r.names);
	free(r.bytes);
	free(r.old);
	return failed;
}

/* Through a temporary file beside it; nothing is left behind when that fails. */
static int rewrite_to(struct capture_file *in, const char *path, struct rewrite_count *count, struct err *err)
{
	char *temporary = xasprintf("%s.XXXXXX", path);
	const int fd = mkstemp(temporary);
	FILE *stream = fd >= 0 ? fdopen(fd, "wb") : NULL;
	int failed = stream != NULL ? capture_rewrite_stream(in, stream, count) : errno;

	if (failed == 0 && rename(temporary, path) != 0)
		failed = errno;
	if (failed != 0 && fd >= 0)
		unlink(temporary);
	free(temporary);
	return failed != 0 ? err_sys(err, failed, "%s", path) : 0;
}

int capture_rewrite(const char *from, const char *to, struct rewrite_count *count, struct err *err)
{
	struct stat st;

	if (stat(to, &st) == 0 && !S_ISREG(st.st_mode))
		return err_set(err, _("%s: exists and is no regular file"), to);
	struct capture_file *in = capture_file_open(from, err);
	if (in == NULL)
		return -1;
	const int status = rewrite_to(in, to, count, err);
	capture_file_close(in);
	return status;
}

#else

int capture_rewrite(const char *from, const char *to, struct rewrite_count *count, struct err *err)
{
	(void)to;
	*count = (struct rewrite_count){0};
	return err_set(err, "%s: %s", from, _("this smtpdx was built without libpcap"));
}

int capture_rewrite_stream(struct capture_file *in, FILE *out, struct rewrite_count *count)
{
	(void)in;
	*count = (struct rewrite_count){0};
	fclose(out);
	return ENOSYS;
}

#endif
