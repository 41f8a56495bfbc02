/*
 * certificate - what a server's certificate says, from libcurl's CURLINFO_CERTINFO
 *
 * Names are matched as RFC 6125 wants it: the alternative names decide, a wildcard stands for exactly one leftmost
 * label, and only a certificate without alternative names is judged by its common name.
 */
#ifndef SMTPDX_SMTP_CERTIFICATE_H
#define SMTPDX_SMTP_CERTIFICATE_H

#include "base/clock.h"

#include <curl/curl.h>
#include <stdbool.h>

struct certificate {
	char subject[512]; /* all texts are clean */
	char issuer[512];
	char names[2048];               /* "mx.example.com *.example.net 192.0.2.25" */
	char expires[CLOCK_STAMP_SIZE]; /* UTC, ISO 8601; "" when libcurl does not tell */
	double left;                    /* s until then, negative when it has expired */
};

/* Reads the "name:value" lines of one certificate. */
void certificate_read(struct certificate *certificate, const struct curl_slist *lines);

/* Whether it is made out to that host name or numeric address. */
bool certificate_is_for(const struct certificate *certificate, const char *host);

#endif
