#include "diagnose/template.h"

#include "base/buf.h"
#include "base/i18n.h"
#include "base/xalloc.h"
#include "diagnose/instance.h"
#include "diagnose/template_kind.h"
#include "model/target.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PROGRAM    "program"
#define RESULT_MAX 16384 /* bytes; no sentence and no command is longer */
#define NAME_CHARS "abcdefghijklmnopqrstuvwxyz0123456789.-"

/* What is no fact. `kind` is the kind it has in a command without another; NULL: it must be given. */
static const struct {
	const char *name, *kind;
} builtins[] = {
    {"target", "target"}, {"host", "host"},    {"address", "address"}, {"port", "port"},      {"mail-port", "port"},
    {"domain", "host"},   {"self", "address"}, {"subject", NULL},      {"postconf", PROGRAM}, {"postfix", PROGRAM},
};

/* A program with the options that make it that of the right instance: several words, and nobody else may give such. */
static const struct template_kind program_kind = {.name = PROGRAM};

struct placeholder {
	char *name;
	const struct fact_def *def;       /* NULL: a builtin */
	const struct template_kind *kind; /* NULL: free text */
};

static void placeholder_done(struct placeholder *p)
{
	free(p->name);
	p->name = NULL;
}

/* The length of the {placeholder} that begins at text[at], with its braces; 0 when that is something else. */
static size_t placeholder_length(const char *text, size_t at)
{
	const char *start = text + at + 1;
	size_t length;

	if (text[at] != '{' || (at > 0 && text[at - 1] == '$') || *start < 'a' || *start > 'z')
		return 0;
	length = strspn(start, NAME_CHARS ":");
	return start[length] == '}' ? length + 2 : 0;
}

static int find_kind(const char *name, struct placeholder *p, struct err *err)
{
	p->kind = template_kind_find(name);
	if (p->kind == NULL)
		return err_set(err, _("expected a kind of value after {%s:, found \"%s\""), p->name, name);
	if (p->def != NULL && !template_kind_suits(p->kind, p->def))
		return err_set(err, _("expected a kind that suits the %s %s, found \"%s\""),
		               fact_kind_name(p->def->kind), p->name, name);
	if (p->def == NULL && p->kind->unit != NULL)
		return err_set(err, _("expected a kind that suits the text {%s}, found \"%s\""), p->name, name);
	return 0;
}

/* The kind that a value has without being given one. */
static const struct template_kind *default_kind(const struct placeholder *p)
{
	if (p->def != NULL)
		return p->def->kind == FACT_WORD ? template_kind_find("word") : NULL;
	for (size_t i = 0; i < sizeof builtins / sizeof builtins[0]; i++)
		if (strcmp(builtins[i].name, p->name) == 0 && builtins[i].kind != NULL)
			return strcmp(builtins[i].kind, PROGRAM) == 0 ? &program_kind
			                                              : template_kind_find(builtins[i].kind);
	return NULL;
}

bool template_is_builtin(const char *name)
{
	for (size_t i = 0; i < sizeof builtins / sizeof builtins[0]; i++)
		if (strcmp(builtins[i].name, name) == 0)
			return true;
	return false;
}

/* Reads NAME[:KIND], the text between the braces. On success the caller ends it with placeholder_done(). */
static int placeholder_parse(const char *text, size_t length, enum template_use use, const struct figures *figures,
                             struct placeholder *p, struct err *err)
{
	char *name = xstrndup(text, length);
	char *kind = strchr(name, ':');

	if (kind != NULL)
		*kind++ = '\0';
	*p = (struct placeholder){.name = name, .def = figures_find_def(figures, name)};
	if (p->def == NULL && !template_is_builtin(name)) {
		err_set(err, _("expected a fact or a placeholder, found {%s}"), name);
		placeholder_done(p);
		return -1;
	}
	if (kind != NULL && find_kind(kind, p, err) != 0) {
		placeholder_done(p);
		return -1;
	}
	if (kind == NULL && use == TEMPLATE_COMMAND) {
		p->kind = default_kind(p);
		if (p->kind == NULL) {
			err_set(err, _("expected a kind, as in {%s:host}, for a value in a command, found {%s}"), name,
			        name);
			placeholder_done(p);
			return -1;
		}
	}
	return 0;
}

/* How a shell would read the text up to here. */
struct quoting {
	char open;    /* the quote that is open; 0 when none is */
	bool escaped; /* the character before was a backslash that counts */
};

static void quoting_step(struct quoting *quoting, char c)
{
	bool escaped = quoting->escaped;

	quoting->escaped = c == '\\' && !escaped && quoting->open != '\'';
	if (escaped || (c != '\'' && c != '"'))
		return;
	if (quoting->open == '\0')
		quoting->open = c;
	else if (quoting->open == c)
		quoting->open = '\0';
}

int template_check(const char *text, enum template_use use, const struct figures *figures, struct err *err)
{
	bool is_code = use == TEMPLATE_COMMAND && *text != '#';
	struct quoting quoting = {.open = '\0'};

	for (size_t i = 0; text[i] != '\0';) {
		size_t length = placeholder_length(text, i);
		struct placeholder p;

		if (length == 0) {
			quoting_step(&quoting, text[i++]);
			continue;
		}
		if (placeholder_parse(text + i + 1, length - 2, use, figures, &p, err) != 0)
			return -1;
		bool unsafe = is_code && quoting.open != '\0' && p.kind->needs_quotes;
		if (unsafe)
			err_set(err, _("expected {%s} outside quotes, since it brings its own, found it inside"),
			        p.name);
		placeholder_done(&p);
		if (unsafe)
			return -1;
		quoting.escaped = false;
		i += length;
	}
	if (is_code && (quoting.open != '\0' || quoting.escaped))
		return err_set(err, _("expected a command that is whole in its line, found it goes on"));
	return 0;
}

bool template_shows(const char *text, const char *name)
{
	size_t wanted = strlen(name);

	for (size_t i = 0; text[i] != '\0'; i++) {
		size_t length = placeholder_length(text, i);
		if (length > wanted + 1 && strncmp(text + i + 1, name, wanted) == 0 &&
		    strchr(":}", text[i + 1 + wanted]) != NULL)
			return true;
	}
	return false;
}

static bool is_program(const char *name)
{
	for (size_t i = 0; i < sizeof builtins / sizeof builtins[0]; i++)
		if (strcmp(builtins[i].name, name) == 0)
			return builtins[i].kind != NULL && strcmp(builtins[i].kind, PROGRAM) == 0;
	return false;
}

static const struct fact *find_fact(const struct fact_def *def, const struct template_values *values)
{
	for (size_t i = 0; values->match != NULL && i < values->match->count; i++)
		if (values->match->facts[i]->def == def)
			return values->match->facts[i];
	return scope_find(values->scope, def);
}

/* {subject:address} and the like take that part of the subject. The caller frees. */
static char *subject_part(const char *subject, const struct template_kind *kind)
{
	char *name, *address, *port;
	char *part = NULL;

	if (kind == NULL)
		return xstrdup(subject);
	subject_split(subject, &name, &address, &port);
	if (strcmp(kind->name, "host") == 0)
		part = xstrdup(name);
	else if (strcmp(kind->name, "address") == 0)
		part = xstrdup(address);
	else if (strcmp(kind->name, "port") == 0)
		part = xstrdup(port);
	else
		part = xstrdup(subject);
	free(name);
	free(address);
	free(port);
	return part;
}

/* The text of a builtin, "" when it is not known; the caller frees. */
static char *builtin_text(const struct placeholder *p, const struct template_values *values)
{
	const struct scope *scope = values->scope;

	if (strcmp(p->name, "subject") == 0)
		return subject_part(values->subject, p->kind);
	if (strcmp(p->name, "target") == 0)
		return xstrdup(scope->target);
	if (strcmp(p->name, "host") == 0)
		return xstrdup(scope->host);
	if (strcmp(p->name, "address") == 0)
		return xstrdup(scope->address);
	if (strcmp(p->name, "port") == 0)
		return xstrdup(scope->port);
	if (strcmp(p->name, "mail-port") == 0)
		return *scope->port != '\0' ? xstrdup(scope->port) : xasprintf("%d", SMTP_PORT);
	if (strcmp(p->name, "domain") == 0)
		return xstrdup(scope->domain);
	return xstrdup(scope->self);
}

/*
 * A fact as people read it. What was computed or set, not measured, is as exact as it looks: 300 s, where a measurement
 * of that length would be 300.00 s.
 */
static char *fact_text(const struct fact *fact, const struct figures *figures)
{
	const bool is_exact = figures_has(figures, fact->def) || strncmp(fact->def->name, "config.", 7) == 0;

	if (is_exact && strcmp(fact->def->unit, "s") == 0 && fact->number >= 1 && fact->number < 1e9 &&
	    !(fact->number < floor(fact->number) || fact->number > floor(fact->number)))
		return xasprintf("%.0f s", fact->number);
	return fact_value_text(fact);
}

/* The value as it goes into the text; NULL when it is missing or does not fit its kind. The caller frees. */
static char *placeholder_value(const struct placeholder *p, const struct template_values *values)
{
	const struct fact *fact = p->def != NULL ? find_fact(p->def, values) : NULL;

	if (p->def == NULL && is_program(p->name))
		return instance_command(values->scope, instance_service(values->scope), p->name);
	if (p->def == NULL) {
		char *text = builtin_text(p, values);
		char *value = *text == '\0'     ? NULL
		              : p->kind != NULL ? template_kind_text(p->kind, text)
		                                : xstrdup(text);
		free(text);
		return value;
	}
	if (fact == NULL)
		return NULL;
	if (p->kind == NULL)
		return fact_text(fact, values->figures);
	if (p->def->kind == FACT_NUMBER)
		return template_kind_number(p->kind, fact->number);
	return template_kind_text(p->kind, fact->text);
}

/* Whether what stands behind "smtpdx check TARGET" opens a session: "--only dns" and its kind need no envelope. */
static bool opens_session(const char *rest)
{
	static const char *const checks[] = {"smtp", "mtu", "limit"};
	const size_t size = strcspn(rest, "\n");
	const char *only = memmem(rest, size, "--only ", strlen("--only "));

	for (size_t i = 0; only != NULL && i < sizeof checks / sizeof checks[0]; i++)
		if (strncmp(only + strlen("--only "), checks[i], strlen(checks[i])) == 0)
			return true;
	return only == NULL;
}

/* Whether the placeholder at text[at] is the target of our own command. */
static bool repeats_check(const char *text, size_t at)
{
	static const char command[] = "smtpdx check ", target[] = "{target}";
	const size_t size = sizeof command - 1;

	return at >= size && strncmp(text + at - size, command, size) == 0 &&
	       strncmp(text + at, target, sizeof target - 1) == 0;
}

/* Whether it is the recipient that a check of the domain names by itself; only --deliver wants it in words. */
static bool is_default(const char *option, const char *value, const char *rest, const struct scope *scope)
{
	char *postmaster = xasprintf("postmaster@%s", scope->domain);
	const bool same = strcmp(option, "--rcpt") == 0 && strcmp(value, postmaster) == 0 &&
	                  memmem(rest, strcspn(rest, "\n"), "--deliver", strlen("--deliver")) == NULL;

	free(postmaster);
	return same;
}

/*
 * "smtpdx check TARGET" repeats a measurement: what the user had asked for goes behind the target, unless the line has its
 * own. What does not fit its kind is left out, as it is no part of the template.
 */
static void put_asked(struct buf *out, const char *rest, const struct template_values *values)
{
	static const struct {
		const char *fact, *option, *kind;
	} asked[] = {
	    {"smtp.asked.port", "--port", "port"},
	    {"smtp.asked.from", "--from", "target"},
	    {"smtp.asked.rcpt", "--rcpt", "target"},
	    {"smtp.asked.helo", "--helo", "host"},
	};
	const size_t size = strcspn(rest, "\n");

	if (!opens_session(rest))
		return;
	for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
		const struct fact *fact = find_fact(fact_def_find(asked[i].fact), values);
		char *value = fact != NULL ? template_kind_text(template_kind_find(asked[i].kind), fact->text) : NULL;
		if (value != NULL && !is_default(asked[i].option, value, rest, values->scope) &&
		    memmem(rest, size, asked[i].option, strlen(asked[i].option)) == NULL) {
			buf_putc(out, ' ');
			buf_puts(out, asked[i].option);
			buf_putc(out, ' ');
			buf_puts(out, value);
		}
		free(value);
	}
}

char *template_fill(const char *text, enum template_use use, const struct template_values *values)
{
	struct buf out;

	buf_init(&out, RESULT_MAX);
	for (size_t i = 0; text[i] != '\0';) {
		size_t length = placeholder_length(text, i);
		struct placeholder p;

		if (length == 0) {
			buf_putc(&out, text[i++]);
			continue;
		}
		/* Checked when the file was loaded; what does not parse now is left out like any missing value. */
		char *value = NULL;
		if (placeholder_parse(text + i + 1, length - 2, use, values->figures, &p, NULL) == 0) {
			value = placeholder_value(&p, values);
			placeholder_done(&p);
		}
		if (value == NULL && use == TEMPLATE_COMMAND) {
			buf_done(&out);
			return NULL;
		}
		buf_puts(&out, value != NULL ? value : _("(not measured)"));
		free(value);
		if (use == TEMPLATE_COMMAND && repeats_check(text, i))
			put_asked(&out, text + i + length, values);
		i += length;
	}
	/* Half a command is no command. */
	if (out.cut && use == TEMPLATE_COMMAND) {
		buf_done(&out);
		return NULL;
	}
	return buf_take(&out);
}
