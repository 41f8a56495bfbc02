#include "diagnose/letter.h"

#include "base/buf.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/xalloc.h"

#include <stdlib.h>
#include <string.h>

#define LETTER_MAX   ((size_t)16384) /* bytes */
#define COLUMNS      ((size_t)72)
#define EVIDENCE_MAX ((size_t)8)

/*
 * Whatever answers on this machine, or has a configuration that we could read, is nobody else's. A configuration in which
 * nothing listens there is that of whoever sends.
 */
static bool is_ours(const struct scope *scope)
{
	const struct fact *loopback = scope_find(scope, fact_def_find("path.loopback"));

	return (loopback != NULL && loopback->flag) || scope_find(scope, fact_def_find("config.port")) != NULL;
}

static const struct ask *find_ask(const struct cause *cause, const struct scope *scope, struct match *match)
{
	for (size_t i = 0; i < cause->ask_count; i++) {
		match->count = 0;
		if (cause->asks[i].condition.count == 0 || condition_holds(&cause->asks[i].condition, scope, match))
			return &cause->asks[i];
	}
	return NULL;
}

/* The text in lines of at most COLUMNS, each after the first below the indent. Words longer than a line stay whole. */
static void put_wrapped(struct buf *out, const char *first, const char *indent, const char *text)
{
	size_t column = text_width(first);
	bool begun = false;

	buf_puts(out, first);
	for (text += strspn(text, " "); *text != '\0'; text += strspn(text, " ")) {
		char *word = xstrndup(text, strcspn(text, " "));
		size_t width = text_width(word);
		if (begun && column + 1 + width > COLUMNS) {
			buf_printf(out, "\n%s", indent);
			column = text_width(indent);
			begun = false;
		}
		buf_printf(out, "%s%s", begun ? " " : "", word);
		column += width + begun;
		begun = true;
		text += strlen(word);
		free(word);
	}
	buf_putc(out, '\n');
}

static char *addressee(const char *where, const struct scope *scope)
{
	if (strcmp(where, "their-dns") == 0 && *scope->domain != '\0')
		return xasprintf("hostmaster@%s", scope->domain);
	if (strcmp(where, "their-server") == 0 && *scope->host == '\0' && *scope->address == '\0')
		return xstrdup(_("(the postmaster there)"));
	if (strcmp(where, "their-server") == 0)
		return *scope->host != '\0' ? xasprintf("postmaster@%s", scope->host)
		                            : xasprintf("postmaster@[%s]", scope->address);
	return xstrdup(strcmp(where, "provider") == 0 ? _("(your provider's support)")
	                                              : _("(whoever runs the sender)"));
}

static void put_head(struct buf *out, const struct ask *ask, const struct finding *f, const struct scope *scope)
{
	char *to = addressee(ask->where, scope);

	buf_printf(out, _("To: %s\n"), to);
	if (*scope->host == '\0' && *scope->address == '\0' &&
	    *scope->domain == '\0') /* files of ours tell others nothing */
		buf_printf(out, _("Subject: mail to you: %s\n\n"), f->title);
	else
		buf_printf(out, _("Subject: mail to %s: %s\n\n"), f->subject, f->title);
	free(to);
}

/* What comes from a file was made when the file was read, which says nothing about when it happened. */
static bool is_live(const struct fact *fact)
{
	static const char *const checks[] = {"smtp", "dns", "mtu", "limit"};

	for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
		if (strcmp(fact->check, checks[i]) == 0)
			return true;
	return false;
}

/* A sentence and, where it was measured live, when. */
static void put_seen(struct buf *out, const char *sentence, const struct fact *fact)
{
	char *line = fact != NULL && is_live(fact) ? xasprintf("%s (%s)", sentence, fact->at) : xstrdup(sentence);

	put_wrapped(out, "- ", "  ", line);
	free(line);
}

static const char *text_of(const struct scope *scope, const char *name)
{
	const struct fact *fact = scope_find(scope, fact_def_find(name));

	return fact != NULL && fact->text != NULL ? fact->text : "";
}

static void put_reply(struct buf *out, const struct scope *scope)
{
	const struct fact *code = scope_find(scope, fact_def_find("smtp.reply.code"));

	if (code == NULL)
		return;
	char *line =
	    xasprintf(_("the reply, in the phase %s: %.0f %s%s%s"), text_of(scope, "smtp.reply.phase"), code->number,
	              text_of(scope, "smtp.reply.enhanced"), *text_of(scope, "smtp.reply.enhanced") != '\0' ? " " : "",
	              text_of(scope, "smtp.reply.text"));
	put_seen(out, line, code);
	free(line);
}

/* The times of logs and captures themselves. */
static void put_file_times(struct buf *out, const struct scope *scope)
{
	const struct fact *span = scope_find(scope, fact_def_find("capture.span"));
	char *line = NULL;

	if (*text_of(scope, "log.first") != '\0') {
		line = xasprintf(_("this is from a log that reaches from %s to %s"), text_of(scope, "log.first"),
		                 text_of(scope, "log.last"));
		put_wrapped(out, "- ", "  ", line);
		free(line);
	}
	if (*text_of(scope, "capture.first") != '\0' && span != NULL) {
		line = xasprintf(_("this is from a capture that begins at %s and lasts %.0f s"),
		                 text_of(scope, "capture.first"), span->number);
		put_wrapped(out, "- ", "  ", line);
		free(line);
	}
}

static void put_evidence(struct buf *out, const struct case_file *c, const struct finding *f, const struct scope *scope)
{
	put_wrapped(out, "", "", _("What we saw (times are UTC):"));
	buf_putc(out, '\n');
	put_reply(out, scope);
	for (size_t i = 0; i < f->because_count && i < EVIDENCE_MAX; i++)
		put_seen(out, f->because[i].text, scope_find(scope, fact_def_find(f->because[i].fact)));
	put_file_times(out, scope);
	char *from = *scope->self != '\0' ? xasprintf(_(" from %s"), scope->self) : xstrdup("");
	char *last = xasprintf(_("Measured with smtpdx %s%s, %s."), c->version, from, c->created);
	buf_putc(out, '\n');
	put_wrapped(out, "", "", last);
	free(last);
	free(from);
}

/* What is asked, in the words of the cause file. What nobody measured is left for the sender of the letter to fill in. */
static void put_ask(struct buf *out, const struct ask *ask, const struct template_values *values)
{
	struct scope scope = *values->scope;
	struct template_values filled = *values;
	char gap[] = "[...]";

	scope.self = *scope.self != '\0' ? scope.self : gap;
	scope.host = *scope.host != '\0' ? scope.host : *scope.address != '\0' ? scope.address : gap;
	scope.address = *scope.address != '\0' ? scope.address : gap;
	scope.port = *scope.port != '\0' ? scope.port : gap;
	scope.domain = *scope.domain != '\0' ? scope.domain : gap;
	filled.scope = &scope;
	char *text = template_fill(_(ask->text), TEMPLATE_SENTENCE, &filled);
	put_wrapped(out, "", "", text);
	buf_putc(out, '\n');
	free(text);
}

char *letter_write(const struct case_file *c, const struct finding *f, const struct cause *cause,
                   const struct template_values *values)
{
	struct match match;
	struct template_values matched = *values;
	const struct ask *ask = find_ask(cause, values->scope, &match);
	struct buf out;

	if (ask == NULL || (strncmp(ask->where, "their-", 6) == 0 && is_ours(values->scope)))
		return NULL;
	matched.match = &match;
	buf_init(&out, LETTER_MAX);
	put_head(&out, ask, f, values->scope);
	put_ask(&out, ask, &matched);
	put_evidence(&out, c, f, values->scope);
	return buf_take(&out);
}
