/* Which server is it: by name, by the wording of its replies, and what a certificate says. */
#include "smtp/certificate.h"
#include "smtp/software.h"
#include "unit.h"

#include <stdio.h>
#include <time.h>

static void hear(struct smtp_software *software, enum smtp_phase phase, const char *text)
{
	struct smtp_reply reply = {.code = 250};

	snprintf(reply.text, sizeof reply.text, "%s\n", text);
	smtp_software_hear(software, phase, &reply);
}

static void test_banners(void **state)
{
	static const struct {
		const char *banner, *name, *version;
	} banners[] = {
	    {"mx.example.com ESMTP Postfix (Debian/GNU)", "postfix", ""},
	    {"mx.example.com ESMTP Postfix (2.10.1)", "postfix", "2.10.1"},
	    {"mx.example.com ESMTP Exim 4.96 Sat, 21 Nov 2026 12:00:00 +0000", "exim", "4.96"},
	    {"mx.example.com ESMTP Sendmail 8.17.1.9/8.17.1.9/Debian-2; Sat", "sendmail", "8.17.1.9"},
	    {"mx.example.com ESMTP OpenSMTPD", "opensmtpd", ""},
	    {"mx.example.com Microsoft ESMTP MAIL Service ready at Sat", "exchange", ""},
	    {"AM6EUR05FT044.mail.protection.outlook.com Microsoft ESMTP MAIL Service ready", "exchange-online", ""},
	    {"email-smtp.amazonaws.com ESMTP SimpleEmailService-d-ABCDEF", "ses", ""},
	    {"mx.google.com ESMTP 5b1f17b1804b1-gsmtp", "gmail", ""},
	    {"mtaproxy513.free.mail.bf1.yahoo.com ESMTP ready", "yahoo", ""},
	    {"mx.example.com ESMTP Haraka/3.0.2 ready", "haraka", "3.0.2"},
	    {"imsva.example.com ESMTP Postfix (InterScan Messaging)", "imsva", ""},
	    {"mx.example.com ESMTP", "unknown", ""},
	    {"****************************************", "unknown", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof banners / sizeof banners[0]; i++) {
		struct smtp_software software;
		smtp_software_init(&software);
		hear(&software, SMTP_BANNER, banners[i].banner);
		assert_string_equal(software.name, banners[i].name);
		assert_string_equal(software.version, banners[i].version);
		assert_true((software.because[0] != '\0') == (strcmp(software.name, "unknown") != 0));
	}
}

/* The replies of servers whose banner says nothing. */
static void test_wording(void **state)
{
	static const struct {
		const char *name, *ehlo, *mail, *rcpt, *data;
	} servers[] = {
	    {"postfix", "mx.example.com\nPIPELINING", "Ok", "Ok", "End data with <CR><LF>.<CR><LF>"},
	    {"exim", "mx.example.com Hello c.example.com [192.0.2.1]", "OK", "Accepted",
	     "Enter message, ending with \".\" on a line by itself"},
	    {"sendmail", "mx.example.com Hello c [192.0.2.1], pleased to meet you", "<>... Sender ok",
	     "postmaster... Recipient ok", "Enter mail, end with \".\" on a line by itself"},
	    {"opensmtpd", "mx.example.com Hello c [192.0.2.1], pleased to meet you", "Ok",
	     "Destination address valid: Recipient ok", "Enter mail, end with \".\" on a line by itself"},
	    {"exchange", "mx.example.com Hello [192.0.2.1]\nSIZE\nX-ANONYMOUSTLS", "Sender OK", "Recipient OK",
	     "Start mail input; end with <CRLF>.<CRLF>"},
	    {"gmail", "mx.example.com at your service, [192.0.2.1]", "OK x-v6.1 - gsmtp", "OK - gsmtp",
	     "Go ahead - gsmtp"},
	    {"unknown", "mx.example.com", "fine", "fine", "go on"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof servers / sizeof servers[0]; i++) {
		struct smtp_software software;
		smtp_software_init(&software);
		hear(&software, SMTP_BANNER, "mx.example.com ESMTP");
		hear(&software, SMTP_EHLO, servers[i].ehlo);
		hear(&software, SMTP_MAIL, servers[i].mail);
		hear(&software, SMTP_RCPT, servers[i].rcpt);
		hear(&software, SMTP_DATA, servers[i].data);
		if (strcmp(software.name, servers[i].name) != 0)
			fail_msg("%s is taken for %s (%s)", servers[i].name, software.name, software.because);
	}
}

static void test_a_name_outweighs_wording(void **state)
{
	struct smtp_software software;

	(void)state;
	smtp_software_init(&software);
	hear(&software, SMTP_BANNER, "mx.example.com ESMTP Haraka/3.0.2 ready");
	hear(&software, SMTP_DATA, "End data with <CR><LF>.<CR><LF>");
	assert_string_equal(software.name, "haraka");
}

/* --- certificates */

static struct certificate certificate_of(const char *const lines[])
{
	struct certificate certificate;
	struct curl_slist *list = NULL;

	for (size_t i = 0; lines[i] != NULL; i++)
		list = curl_slist_append(list, lines[i]);
	certificate_read(&certificate, list);
	curl_slist_free_all(list);
	return certificate;
}

static void test_certificate(void **state)
{
	static const char *const lines[] = {
	    "Subject:CN = mx.example.com",
	    "Issuer:C = XX, O = Auth\033ority",
	    "X509v3 Subject Alternative Name:DNS:mx.example.com, DNS:*.example.net, IP Address:192.0.2.25, email:a@b",
	    "Start date:Nov 21 12:00:00 2026 GMT",
	    "Expire date:Feb  3 04:05:06 2001 GMT",
	    NULL,
	};
	struct certificate certificate = certificate_of(lines);

	(void)state;
	assert_string_equal(certificate.subject, "CN = mx.example.com");
	assert_string_equal(certificate.issuer, "C = XX, O = Auth\\x1bority");
	assert_string_equal(certificate.names, "mx.example.com *.example.net 192.0.2.25");
	assert_string_equal(certificate.expires, "2001-02-03T04:05:06Z");
	assert_true(certificate.left < 0);
}

static void test_names_match_as_rfc_6125_wants(void **state)
{
	static const char *const lines[] = {
	    "Subject:CN = cn.example.com",
	    "X509v3 Subject Alternative Name:DNS:MX.example.com, DNS:*.example.net, DNS:*, IP Address:192.0.2.25",
	    NULL,
	};
	static const struct {
		const char *host;
		bool matches;
	} hosts[] = {
	    {"mx.example.com", true},    {"a.example.net", true},  {"192.0.2.25", true},
	    {"cn.example.com", false},   {"example.net", false},   {"a.b.example.net", false},
	    {"x.mx.example.com", false}, {"mx.example.co", false}, {".example.net", false},
	    {"192.0.2.2", false},
	};
	struct certificate certificate = certificate_of(lines);

	(void)state;
	for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++)
		if (certificate_is_for(&certificate, hosts[i].host) != hosts[i].matches)
			fail_msg("%s", hosts[i].host);
}

static void test_common_name_without_alternatives(void **state)
{
	static const char *const openssl[] = {"Subject:O = Example, CN = mx.example.com", NULL};
	static const char *const gnutls[] = {"Subject:CN=mx.example.com,O=Example", NULL};
	static const char *const none[] = {"Subject:O = Example", NULL};
	struct certificate certificate = certificate_of(openssl);

	(void)state;
	assert_true(certificate_is_for(&certificate, "mx.example.com"));
	certificate = certificate_of(gnutls);
	assert_true(certificate_is_for(&certificate, "mx.example.com"));
	certificate = certificate_of(none);
	assert_false(certificate_is_for(&certificate, "mx.example.com"));
	assert_string_equal(certificate.expires, "");
}

static void test_names_without_end(void **state)
{
	char line[8192] = "X509v3 Subject Alternative Name:";
	const char *const lines[] = {line, NULL};
	size_t used = strlen(line);

	(void)state;
	for (int i = 0; used + 40 < sizeof line; i++)
		used += (size_t)snprintf(line + used, sizeof line - used, "DNS:mx%d.example.com, ", i);
	struct certificate certificate = certificate_of(lines);
	assert_true(certificate_is_for(&certificate, "mx0.example.com"));
	assert_true(strlen(certificate.names) < sizeof certificate.names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_banners),
	    cmocka_unit_test(test_wording),
	    cmocka_unit_test(test_a_name_outweighs_wording),
	    cmocka_unit_test(test_certificate),
	    cmocka_unit_test(test_names_match_as_rfc_6125_wants),
	    cmocka_unit_test(test_common_name_without_alternatives),
	    cmocka_unit_test(test_names_without_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
