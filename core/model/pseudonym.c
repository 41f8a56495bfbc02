#include "model/pseudonym.h"

#include "base/buf.h"
#include "base/xalloc.h"
#include "model/target.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUCKETS  1024
#define TEXT_MAX ((size_t)16 << 20)

enum kind { KIND_ADDRESS, KIND_DOMAIN, KIND_HOST, KIND_USER, KIND_QUEUE_ID, KIND_LABEL, KINDS };

struct entry {
	enum kind kind;
	char *original, *pseudonym;
	struct entry *next;
};

struct pseudonyms {
	bool same_size;
	struct entry *buckets[BUCKETS];
	unsigned counts[KINDS];
	unsigned public_v4, private_v4[3], public_v6, private_v6;
};

struct pseudonyms *pseudonyms_new(bool same_size)
{
	struct pseudonyms *p = xcalloc(1, sizeof *p);

	p->same_size = same_size;
	return p;
}

void pseudonyms_free(struct pseudonyms *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct entry *e = p->buckets[i], *next; e != NULL; e = next) {
			next = e->next;
			free(e->original);
			free(e->pseudonym);
			free(e);
		}
	free(p);
}

/* FNV-1a over lower case: names are the same in either (RFC 4343). */
static size_t bucket_of(const char *text)
{
	unsigned hash = 2166136261u;

	for (; *text != '\0'; text++)
		hash = (hash ^ (unsigned)tolower((unsigned char)*text)) * 16777619u;
	return hash % BUCKETS;
}

static const char *find(const struct pseudonyms *p, enum kind kind, const char *original)
{
	for (const struct entry *e = p->buckets[bucket_of(original)]; e != NULL; e = e->next)
		if (e->kind == kind && strcasecmp(e->original, original) == 0)
			return e->pseudonym;
	return NULL;
}

/* Takes the pseudonym over. */
static const char *add(struct pseudonyms *p, enum kind kind, const char *original, char *pseudonym)
{
	struct entry *e = xcalloc(1, sizeof *e);
	const size_t bucket = bucket_of(original);

	*e = (struct entry){kind, xstrdup(original), pseudonym, p->buckets[bucket]};
	p->buckets[bucket] = e;
	return e->pseudonym;
}

/* ---- addresses */

static void v4_pseudonym(struct pseudonyms *p, uint32_t from, struct sockaddr_in *out)
{
	static const uint32_t documentation[] = {0xc0000200, 0xc6336400, 0xcb007100};
	static const struct {
		uint32_t net, mask;
	} private_nets[] = {{0x0a000000, 0xff000000}, {0xac100000, 0xfff00000}, {0xc0a80000, 0xffff0000}};
	uint32_t to;

	for (size_t i = 0; i < 3; i++)
		if ((from & private_nets[i].mask) == private_nets[i].net) {
			to = private_nets[i].net | (++p->private_v4[i] & ~private_nets[i].mask);
			out->sin_addr.s_addr = htonl(to);
			return;
		}
	const uint32_t number = p->public_v4++;
	if (number < 3 * 254)
		to = documentation[number / 254] + number % 254 + 1;
	else /* RFC 2544: for benchmarks, and as little anybody's as the others */
		to = 0xc6120000 | ((number - 3 * 254 + 1) & 0x1ffff);
	out->sin_addr.s_addr = htonl(to);
}

static void v6_pseudonym(struct pseudonyms *p, const struct in6_addr *from, struct sockaddr_in6 *out)
{
	static const struct in6_addr documentation = {{{0x20, 0x01, 0x0d, 0xb8}}}, local = {{{0xfd}}},
				     link_local = {{{0xfe, 0x80}}};
	const bool is_link_local = IN6_IS_ADDR_LINKLOCAL(from), is_unique_local = (from->s6_addr[0] & 0xfe) == 0xfc;
	const unsigned number = is_link_local || is_unique_local ? ++p->private_v6 : ++p->public_v6;

	out->sin6_addr = is_link_local ? link_local : is_unique_local ? local : documentation;
	for (int i = 0; i < 4; i++)
		out->sin6_addr.s6_addr[15 - i] = (uint8_t)(number >> (8 * i));
}

/* Addresses that mean the same everywhere: they identify nobody. */
static bool is_everybodys(const struct sockaddr_storage *address)
{
	if (address->ss_family == AF_INET) {
		const uint32_t v4 = ntohl(((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr);
		return v4 >> 24 == 127 || v4 >> 24 == 0 || v4 >> 28 >= 14 || v4 >> 16 == 0xa9fe;
	}
	const struct in6_addr *v6 = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
	return IN6_IS_ADDR_LOOPBACK(v6) || IN6_IS_ADDR_UNSPECIFIED(v6) || IN6_IS_ADDR_MULTICAST(v6);
}

void pseudonym_address(struct pseudonyms *p, const struct sockaddr_storage *address, struct sockaddr_storage *out)
{
	char original[46], text[46];
	const int port = address_port(address);

	*out = *address;
	if ((address->ss_family != AF_INET && address->ss_family != AF_INET6) || is_everybodys(address))
		return;
	const char *known = find(p, KIND_ADDRESS, address_text(address, original));
	if (known != NULL) {
		address_parse(known, port, out);
		return;
	}
	if (address->ss_family == AF_INET)
		v4_pseudonym(p, ntohl(((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr),
		             (struct sockaddr_in *)(void *)out);
	else
		v6_pseudonym(p, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr,
		             (struct sockaddr_in6 *)(void *)out);
	add(p, KIND_ADDRESS, original, xstrdup(address_text(out, text)));
}

/* ---- names */

/* A word of that many letters and digits, another one for each number: b, c, ...; aab for 3 letters. */
static char *word_of_size(size_t size, unsigned number)
{
	char *word = xmalloc(size + 1);

	word[size] = '\0';
	for (size_t i = size; i-- > 0; number /= 26)
		word[i] = (char)('a' + number % 26);
	return word;
}

static const char *same_size_word(struct pseudonyms *p, enum kind kind, const char *original)
{
	const char *known = find(p, kind, original);

	return known != NULL ? known : add(p, kind, original, word_of_size(strlen(original), ++p->counts[kind]));
}

/* Each label by itself, so that names of one domain stay in one domain; the last stays. */
static char *same_size_host(struct pseudonyms *p, const char *name)
{
	struct buf out;

	buf_init(&out, TEXT_MAX);
	for (;;) {
		const size_t size = strcspn(name, ".");
		if (name[size] == '\0') {
			buf_puts(&out, name);
			return buf_take(&out);
		}
		char *label = xstrndup(name, size);
		buf_puts(&out, size > 0 ? same_size_word(p, KIND_LABEL, label) : "");
		buf_putc(&out, '.');
		free(label);
		name += size + 1;
	}
}

/* Where the part of a name begins that somebody registered: two labels, or three below such as co.uk. */
static const char *registered_part(const char *name)
{
	const char *label[3] = {name, name, name}; /* the last labels, the last one first */

	for (const char *p = name; *p != '\0'; p++)
		if (*p == '.' && p[1] != '\0') {
			label[2] = label[1];
			label[1] = label[0];
			label[0] = p + 1;
		}
	const bool is_country = strlen(label[0]) == 2 && label[0] - label[1] <= 4;
	return is_country ? label[2] : label[1];
}

static char *readable_host(struct pseudonyms *p, const char *name)
{
	const char *domain = registered_part(name);
	const char *known = find(p, KIND_DOMAIN, domain);

	if (known == NULL)
		known = add(p, KIND_DOMAIN, domain, xasprintf("domain%u.example", ++p->counts[KIND_DOMAIN]));
	if (domain == name)
		return xstrdup(known);
	const char *host = find(p, KIND_HOST, name);
	if (host == NULL)
		host = add(p, KIND_HOST, name, xasprintf("host%u.%s", ++p->counts[KIND_HOST], known));
	return xstrdup(host);
}

char *pseudonym_host(struct pseudonyms *p, const char *name)
{
	if (*name == '\0' || strcasecmp(name, "localhost") == 0)
		return xstrdup(name);
	if (strchr(name, '.') == NULL) {
		if (p->same_size)
			return xstrdup(same_size_word(p, KIND_LABEL, name));
		const char *known = find(p, KIND_HOST, name);
		return xstrdup(known != NULL ? known
		                             : add(p, KIND_HOST, name, xasprintf("host%u", ++p->counts[KIND_HOST])));
	}
	return p->same_size ? same_size_host(p, name) : readable_host(p, name);
}

static const char *user_pseudonym(struct pseudonyms *p, const char *local)
{
	static const char *const roles[] = {"postmaster", "abuse", "mailer-daemon", "root", "hostmaster"};

	for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
		if (strcasecmp(local, roles[i]) == 0)
			return local;
	if (p->same_size)
		return same_size_word(p, KIND_USER, local);
	const char *known = find(p, KIND_USER, local);
	return known != NULL ? known : add(p, KIND_USER, local, xasprintf("user%u", ++p->counts[KIND_USER]));
}

static const char *queue_id_pseudonym(struct pseudonyms *p, const char *id)
{
	if (p->same_size)
		return same_size_word(p, KIND_QUEUE_ID, id);
	const char *known = find(p, KIND_QUEUE_ID, id);
	return known != NULL ? known : add(p, KIND_QUEUE_ID, id, xasprintf("QUEUEID%u", ++p->counts[KIND_QUEUE_ID]));
}

/* ---- finding them in a text */

/* What is under the eye: the text, where we are, and what may be replaced. */
struct scan {
	struct pseudonyms *p;
	enum pseudonym_scan how;
	const char *text, *at;
	struct buf *out;
};

static bool is_name_char(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '_' || c == '.';
}

static size_t run_of(const char *text, bool (*belongs)(char))
{
	size_t size = 0;

	while (text[size] != '\0' && belongs(text[size]))
		size++;
	while (size > 0 && text[size - 1] == '.') /* the end of a sentence */
		size--;
	return size;
}

static bool is_address_char(char c)
{
	return isxdigit((unsigned char)c) || c == ':' || c == '.';
}

static bool is_local_char(char c)
{
	return is_name_char(c) || c == '+' || c == '!' || c == '#' || c == '~' || c == '*' || c == '%';
}

/* Writes what was found and steps over it. */
static bool replace(struct scan *s, size_t size, const char *pseudonym)
{
	buf_puts(s->out, pseudonym);
	s->at += size;
	return true;
}

static bool take_address(struct scan *s)
{
	struct sockaddr_storage address, other;
	char text[46];
	size_t size = run_of(s->at, is_address_char);

	while (size > 0 && s->at[size - 1] == ':' && (size < 2 || s->at[size - 2] != ':'))
		size--;
	for (; size >= 2 && size < sizeof text; size--) { /* "192.0.2.25:25" is an address and a port */
		char *word = xstrndup(s->at, size);
		const int status = strpbrk(word, ".:") != NULL ? address_parse(word, 0, &address) : -1;
		free(word);
		const char next = s->at[size];
		if (status == 0 && !isalnum((unsigned char)next) &&
		    !(next == '.' && isdigit((unsigned char)s->at[size + 1])))
			break;
	}
	if (size < 2 || size >= sizeof text)
		return false;
	if (s->how == PSEUDONYM_KNOWN && find(s->p, KIND_ADDRESS, address_text(&address, text)) == NULL)
		return false;
	pseudonym_address(s->p, &address, &other);
	return replace(s, size, address_text(&other, text));
}

/* Endings of files, of programs' names and of sentences about errors; domains that end so are rare in mail. */
static bool ends_like_a_file(const char *label)
{
	static const char *const endings[] = {"cf",     "conf",    "log",  "gz",   "json", "pcap", "pcapng", "txt",
	                                      "md",     "sh",      "db",   "pem",  "crt",  "key",  "sock",   "service",
	                                      "socket", "so",      "cpp",  "php",  "exe",  "dll",  "local",  "err",
	                                      "error",  "timeout", "info", "warn", "mail", "java", "cause"};

	for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
		if (strcasecmp(label, endings[i]) == 0 && strcmp(label, "local") != 0 && strcmp(label, "info") != 0)
			return true;
	return false;
}

/* Letters only, at least two, all in one case: what no version number and no "java.net.SocketException" has. */
static bool looks_like_a_host(const char *name)
{
	const char *last = strrchr(name, '.');
	bool lower = false, upper = false;

	if (last == NULL || last == name || strstr(name, "..") != NULL)
		return false;
	last++;
	if (strncasecmp(last, "xn--", 4) == 0)
		return true;
	for (const char *c = last; *c != '\0'; c++) {
		if (!isalpha((unsigned char)*c))
			return false;
		lower = lower || islower((unsigned char)*c);
		upper = upper || isupper((unsigned char)*c);
	}
	return strlen(last) >= 2 && !(lower && upper) && !ends_like_a_file(last);
}

/* syslog's host: what stands before " postfix/smtp[77]:". */
static bool logs_something(const char *after)
{
	if (*after != ' ')
		return false;
	const size_t program = strspn(after + 1, "abcdefghijklmnopqrstuvwxyz0123456789/_-") + 1;
	return program > 1 && after[program] == '[' && isdigit((unsigned char)after[program + 1]);
}

static bool has_host(struct scan *s, const char *name)
{
	if (s->how == PSEUDONYM_FIND) {
		const bool in_path = s->at > s->text && s->at[-1] == '/' && !(s->at > s->text + 1 && s->at[-2] == '/');
		return (looks_like_a_host(name) && !in_path) || logs_something(s->at + strlen(name)) ||
		       find(s->p, KIND_HOST, name) != NULL;
	}
	/* This machine may be called "mail": in our own sentences that is a word. */
	return strchr(name, '.') != NULL &&
	       (find(s->p, KIND_HOST, name) != NULL || find(s->p, KIND_DOMAIN, name) != NULL);
}

/* Postfix (6 and more hexadecimal digits, or letters and digits in time order), Exim (6-6-2, 6-11-4), Sendmail (14). */
static bool looks_like_a_queue_id(const char *word)
{
	size_t digits = 0, letters = 0, upper = 0, hexadecimal = 0;
	const size_t size = strlen(word), parts[2][2] = {{6, 13}, {6, 18}};

	for (size_t i = 0; i < 2; i++)
		if (size == parts[i][1] + (i == 0 ? 3 : 5) && word[parts[i][0]] == '-' && word[parts[i][1]] == '-')
			return strspn(word, "0123456789") < 6;
	for (const char *c = word; *c != '\0'; c++) {
		if (!isalnum((unsigned char)*c))
			return false;
		digits += isdigit((unsigned char)*c) != 0;
		letters += isalpha((unsigned char)*c) != 0;
		upper += isupper((unsigned char)*c) != 0;
		hexadecimal += isdigit((unsigned char)*c) || (*c >= 'A' && *c <= 'F');
	}
	if (digits == 0 || letters == 0)
		return false;
	return (size >= 8 && size <= 16 && hexadecimal == size) ||
	       (size >= 10 && size <= 20 && digits >= 3 && upper >= 2);
}

static bool take_mailbox(struct scan *s)
{
	const size_t local_size = run_of(s->at, is_local_char);

	if (local_size == 0 || s->at[local_size] != '@')
		return false;
	const char *domain_at = s->at + local_size + 1;
	const size_t domain_size = run_of(domain_at, is_name_char);
	if (domain_size == 0 && *domain_at != '[')
		return false;
	char *local = xstrndup(s->at, local_size), *domain = xstrndup(domain_at, domain_size);
	const bool takes = s->how == PSEUDONYM_FIND || find(s->p, KIND_USER, local) != NULL ||
	                   find(s->p, KIND_HOST, domain) != NULL || find(s->p, KIND_DOMAIN, domain) != NULL;
	if (takes) {
		char *host = pseudonym_host(s->p, domain);
		buf_printf(s->out, "%s@%s", user_pseudonym(s->p, local), host);
		s->at = domain_at + domain_size;
		free(host);
	}
	free(local);
	free(domain);
	return takes;
}

static bool take_name(struct scan *s)
{
	const size_t size = run_of(s->at, is_name_char);
	bool took = false;

	if (size == 0)
		return false;
	char *name = xstrndup(s->at, size);
	if (has_host(s, name)) {
		char *host = pseudonym_host(s->p, name);
		took = replace(s, size, host);
		free(host);
	} else if (find(s->p, KIND_QUEUE_ID, name) != NULL ||
	           (s->how == PSEUDONYM_FIND && looks_like_a_queue_id(name))) {
		took = replace(s, size, queue_id_pseudonym(s->p, name));
	}
	free(name);
	return took;
}

char *pseudonym_text(struct pseudonyms *p, const char *text, enum pseudonym_scan how)
{
	struct buf out;
	struct scan s = {.p = p, .how = how, .text = text, .at = text, .out = &out};

	buf_init(&out, TEXT_MAX);
	while (*s.at != '\0') {
		if (take_address(&s) || take_mailbox(&s) || take_name(&s))
			continue;
		const size_t word = run_of(s.at, is_name_char); /* none of them: as a whole, never from its middle */
		buf_add(&out, s.at, word > 0 ? word : 1);
		s.at += word > 0 ? word : 1;
	}
	return buf_take(&out);
}
