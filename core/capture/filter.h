/*
 * filter - what a recording is about, as an expression for libpcap and tcpdump(8), and the command that records by hand
 *
 * Either direction of the SMTP connections of some hosts, whichever end they are; later fragments, which carry no port;
 * and the ICMP errors by which routers say what became of a packet. Nothing else is recorded.
 */
#ifndef SMTPDX_CAPTURE_FILTER_H
#define SMTPDX_CAPTURE_FILTER_H

#include <stddef.h>
#include <sys/socket.h>

/* The expression for these endpoints (at least one; the caller frees). All have the port of the first. */
char *filter_text(const struct sockaddr_storage *endpoints, size_t count);

/*
 * A command line of tcpdump to paste, which needs root: whole packets into the file, for so many seconds. The caller
 * frees. The filter is one of filter_text(); interface and path are quoted for the shell.
 */
char *filter_command(const char *filter, const char *interface, int seconds, const char *path);

#endif
