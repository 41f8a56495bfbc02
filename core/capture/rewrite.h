/*
 * rewrite - a capture for strangers: who and what is taken out, when and how large stays
 *
 * Addresses are replaced in IP headers, in what ICMP errors quote and in the text of replies; link-layer addresses become
 * zero; payload is blanked (blank.h). Sizes, times and sequence numbers stay, checksums stay as right or wrong as they
 * were (those of fragmented datagrams excepted), so the result has the same diagnosis. Packets that are neither TCP nor
 * about TCP could hold anything and are left out.
 */
#ifndef SMTPDX_CAPTURE_REWRITE_H
#define SMTPDX_CAPTURE_REWRITE_H

#include "base/err.h"
#include "capture/file.h"

struct rewrite_count {
	unsigned long kept, left_out; /* packets */
	char trouble[160];            /* why the capture was not read to its end; "" when it was */
};

/* Reads a capture, writes another (pcap, nanoseconds) through a temporary file beside it. 0, or -1 and why. */
int capture_rewrite(const char *from, const char *to, struct rewrite_count *count, struct err *err);

/* The same from an open capture to a stream, which is closed. 0, or an errno value. */
int capture_rewrite_stream(struct capture_file *in, FILE *out, struct rewrite_count *count);

#endif
