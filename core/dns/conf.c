#include "dns/dns.h"

#include "base/file.h"
#include "base/i18n.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define CONF_PATH     "/etc/resolv.conf"
#define CONF_SIZE_MAX ((size_t)65536)
#define TIMEOUT_MAX   30 /* s; RES_MAXRETRANS of the C library */
#define ATTEMPTS_MAX  5  /* RES_MAXRETRY */
#define BLANKS        " \t\r\n\f\v"

/* Notes the first fault only: the rest mostly follows from it. */
static void note_fault(struct dns_conf *conf, const struct err *fault)
{
	if (conf->fault[0] == '\0')
		text_clean(fault->text, strlen(fault->text), conf->fault, sizeof conf->fault);
}

static void add_server(struct dns_conf *conf, const struct sockaddr_storage *server)
{
	if (conf->server_count < DNS_SERVERS_MAX)
		conf->servers[conf->server_count++] = *server;
}

/* "timeout:2" with the option's name and colon given: the number, cut at max; -1 when it is another option. */
static int option_value(const char *word, const char *option, int max)
{
	if (strncmp(word, option, strlen(option)) != 0)
		return -1;
	long value = strtol(word + strlen(option), NULL, 10);
	return value < 0 ? 0 : value > max ? max : (int)value;
}

static void read_options(struct dns_conf *conf, char *words)
{
	char *rest = NULL;

	for (char *word = strtok_r(words, BLANKS, &rest); word != NULL; word = strtok_r(NULL, BLANKS, &rest)) {
		int value = option_value(word, "timeout:", TIMEOUT_MAX);
		if (value > 0)
			conf->timeout = value;
		value = option_value(word, "attempts:", ATTEMPTS_MAX);
		if (value > 0)
			conf->attempts = value;
	}
}

/* One line, as resolv.conf(5) has it: the keyword begins the line. Keywords that do not matter here are passed over. */
static void read_line(struct dns_conf *conf, char *line, const char *path, int number)
{
	char *rest = NULL;
	char *keyword = strtok_r(line, BLANKS, &rest);
	struct sockaddr_storage server;
	struct err fault;

	if (keyword == NULL || keyword != line || *keyword == '#' || *keyword == ';')
		return;
	if (strcmp(keyword, "options") == 0) {
		read_options(conf, rest);
	} else if (strcmp(keyword, "nameserver") == 0) {
		char *address = strtok_r(NULL, BLANKS, &rest);
		if (address != NULL && address_parse(address, DNS_PORT, &server) == 0) {
			add_server(conf, &server);
			return;
		}
		err_set(&fault, _("%s:%d: \"%s\" is no address of a name server"), path, number,
		        address != NULL ? address : "");
		note_fault(conf, &fault);
	}
}

static void read_file(struct dns_conf *conf, const char *path)
{
	struct err fault;
	size_t size;
	char *text = file_read(path, CONF_SIZE_MAX, &size, &fault);
	char *rest = text;

	if (text == NULL)
		note_fault(conf, &fault);
	for (int number = 1; rest != NULL; number++) {
		char *line = strsep(&rest, "\n");
		read_line(conf, line, path, number);
	}
	free(text);
	if (conf->server_count > DNS_STUB_MAX) {
		err_set(&fault, _("%s: more than %d name servers; the C library never asks the others"), path,
		        DNS_STUB_MAX);
		note_fault(conf, &fault);
	} else if (conf->server_count == 0) {
		err_set(&fault, _("%s: no name server in it; the C library then asks 127.0.0.1"), path);
		note_fault(conf, &fault);
		address_parse("127.0.0.1", DNS_PORT, &conf->servers[0]);
		conf->server_count = 1;
	}
}

static int read_resolvers(struct dns_conf *conf, const char *resolver, struct err *err)
{
	const char *next = resolver;

	do {
		struct sockaddr_storage server;
		char one[64];
		size_t size = strcspn(next, ",");
		text_clean(next, size, one, sizeof one);
		if (size >= sizeof one || address_parse_port(one, DNS_PORT, &server) != 0)
			return err_set(err, _("--resolver: \"%s\": expected ADDRESS, ADDRESS:PORT or [V6]:PORT"), one);
		if (conf->server_count == DNS_SERVERS_MAX)
			return err_set(err, _("--resolver: more than %d name servers"), DNS_SERVERS_MAX);
		add_server(conf, &server);
		next += size;
	} while (*next++ == ',');
	return 0;
}

int dns_conf_load(struct dns_conf *conf, const char *path, const char *resolver, struct err *err)
{
	*conf = (struct dns_conf){.timeout = 5, .attempts = 2};
	if (resolver != NULL)
		return read_resolvers(conf, resolver, err);
	read_file(conf, path != NULL ? path : CONF_PATH);
	return 0;
}
