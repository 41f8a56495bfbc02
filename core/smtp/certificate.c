#include "smtp/certificate.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define LINE_SIZE 2048

/* The value of a line "Name:value" when it has that name, otherwise NULL. */
static const char *value_of(const char *line, const char *name)
{
	size_t size = strlen(name);

	return strncmp(line, name, size) == 0 && line[size] == ':' ? line + size + 1 : NULL;
}

static void add_name(struct certificate *certificate, const char *name, size_t size)
{
	size_t used = strlen(certificate->names);

	if (size == 0 || used + size + 2 > sizeof certificate->names)
		return;
	if (used > 0)
		certificate->names[used++] = ' ';
	memcpy(certificate->names + used, name, size);
	certificate->names[used + size] = '\0';
}

/* "DNS:mx.example.com, IP Address:192.0.2.25, email:...": host names and addresses of it. */
static void read_alternative_names(struct certificate *certificate, const char *value)
{
	static const char *const kinds[] = {"DNS:", "IP Address:"};

	for (const char *p = value; *p != '\0'; p += strspn(p, ", ")) {
		size_t size = strcspn(p, ",");
		for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
			size_t kind = strlen(kinds[i]);
			if (size > kind && strncmp(p, kinds[i], kind) == 0)
				add_name(certificate, p + kind, strcspn(p + kind, ", "));
		}
		p += size;
	}
}

/* The common name of a subject: "CN = mx.example.com, O = ..." (OpenSSL) or "CN=mx.example.com,O=..." (GnuTLS). */
static void read_common_name(struct certificate *certificate)
{
	const char *p = strstr(certificate->subject, "CN");

	if (p == NULL)
		return;
	p += 2 + strspn(p + 2, " =");
	add_name(certificate, p, strcspn(p, ",/ "));
}

static void read_expiry(struct certificate *certificate, const char *value)
{
	const time_t expires = curl_getdate(value, NULL);

	if (clock_stamp_of((double)expires, certificate->expires))
		certificate->left = difftime(expires, time(NULL));
}

void certificate_read(struct certificate *certificate, const struct curl_slist *lines)
{
	memset(certificate, 0, sizeof *certificate);
	for (const struct curl_slist *at = lines; at != NULL; at = at->next) {
		char line[LINE_SIZE];
		const char *value;
		text_clean(at->data, strlen(at->data), line, sizeof line);
		if ((value = value_of(line, "Subject")) != NULL)
			snprintf(certificate->subject, sizeof certificate->subject, "%.*s",
			         (int)sizeof certificate->subject - 1, value);
		else if ((value = value_of(line, "Issuer")) != NULL)
			snprintf(certificate->issuer, sizeof certificate->issuer, "%.*s",
			         (int)sizeof certificate->issuer - 1, value);
		else if ((value = value_of(line, "X509v3 Subject Alternative Name")) != NULL)
			read_alternative_names(certificate, value);
		else if ((value = value_of(line, "Expire date")) != NULL)
			read_expiry(certificate, value);
	}
	if (certificate->names[0] == '\0')
		read_common_name(certificate);
}

static bool name_matches(const char *name, size_t size, const char *host)
{
	if (size > 2 && name[0] == '*' && name[1] == '.') {
		const char *rest = strchr(host, '.');
		if (rest == NULL || rest == host)
			return false;
		name++; /* from the dot on */
		size--;
		host = rest;
	}
	return strlen(host) == size && strncasecmp(name, host, size) == 0;
}

bool certificate_is_for(const struct certificate *certificate, const char *host)
{
	for (const char *p = certificate->names; *p != '\0'; p += strspn(p, " ")) {
		size_t size = strcspn(p, " ");
		if (name_matches(p, size, host))
			return true;
		p += size;
	}
	return false;
}
