#include "diagnose/change.h"

#include "base/buf.h"
#include "base/i18n.h"
#include "base/xalloc.h"
#include "diagnose/service.h"
#include "diagnose/template_kind.h"

#include <stdlib.h>
#include <string.h>

#define BLANKS       " \t"
#define ALNUM        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
#define COMMANDS_MAX ((size_t)16384) /* bytes */

/* A change with its values filled in. */
struct edit {
	const char *name, *value;
	const char *old; /* as it was read; NULL when it was not written down, or nobody read it */
	bool is_default; /* somebody read it, and it is not written down */
	char *service;   /* whose own value it is, "smtp/inet"; NULL when it is everybody's */
};

/* The commands as they grow, a line at a time. */
struct script {
	struct buf run, undo, verify;
};

struct change_server {
	const char *name;
	const char *name_chars;  /* what names consist of */
	const char *value_chars; /* what filled values consist of; NULL: whatever a template lets into single quotes */
	bool (*knows)(const char *name); /* NULL: any name */
	void (*edit)(const struct edit *edit, struct script *script);
	const char *apply;      /* what makes the server read it */
	const char *apply_undo; /* the same after an undo, where that differs; otherwise NULL */
};

/* NAME=VALUE, or in single quotes where a shell would see more in it: nothing that is filled in has a quote of its own. */
static void put_assignment(struct buf *out, const char *command, const char *name, const char *value)
{
	const bool is_plain = strspn(value, ALNUM ".-_") == strlen(value);

	buf_printf(out, is_plain ? "%s %s=%s\n" : "%s '%s = %s'\n", command, name, value);
}

static void edit_postfix(const struct edit *c, struct script *s)
{
	if (c->service != NULL && c->old != NULL) {
		buf_printf(&s->run, "postconf -P '%s/%s = %s'\n", c->service, c->name, c->value);
		buf_printf(&s->undo, "postconf -P '%s/%s = %s'\n", c->service, c->name, c->old);
		buf_printf(&s->verify, "postconf -P %s/%s | grep -Fx '%s/%s = %s'\n", c->service, c->name, c->service,
		           c->name, c->value);
		return;
	}
	if (c->old == NULL && !c->is_default)
		buf_printf(&s->run, "postconf -n %s | tee /etc/postfix/%s.smtpdx\n", c->name, c->name);
	put_assignment(&s->run, "postconf -e", c->name, c->value);
	if (c->old != NULL)
		put_assignment(&s->undo, "postconf -e", c->name, c->old);
	else if (c->is_default)
		buf_printf(&s->undo, "postconf -X %s\n", c->name);
	else
		buf_printf(&s->undo,
		           "if [ -s /etc/postfix/%s.smtpdx ]; then postconf -e \"$(cat /etc/postfix/%s.smtpdx)\"; "
		           "else postconf -X %s; fi\n"
		           "rm /etc/postfix/%s.smtpdx\n",
		           c->name, c->name, c->name, c->name);
	buf_printf(&s->verify, "postconf %s | grep -Fx '%s = %s'\n", c->name, c->name, c->value);
}

/* postconf -F moves the line that it changes, so only a copy brings the old file back. */
static void edit_postfix_service(const struct edit *c, struct script *s)
{
	buf_printf(&s->run,
	           "cp -p /etc/postfix/master.cf /etc/postfix/master.cf.smtpdx\n"
	           "postconf -F '%s = %s'\n",
	           c->name, c->value);
	buf_puts(&s->undo, "mv /etc/postfix/master.cf.smtpdx /etc/postfix/master.cf\n");
	buf_printf(&s->verify, "postconf -F %s | grep -Fx '%s = %s'\n", c->name, c->name, c->value);
}

/*
 * Debian builds the configuration from one template or from conf.d, as update-exim4.conf.conf says; a line in both places
 * is right for either. An option that is there already is changed where it stands: Exim refuses to see it twice.
 */
static void edit_exim(const struct edit *c, struct script *s)
{
	const char *const set = "grep -rlE '^%s *=' /etc/exim4 | xargs sed -i -E 's/^(%s *= *).*/\\1%s/'\n";
#define LOCAL "/etc/exim4/exim4.conf.localmacros"
#define SPLIT "/etc/exim4/conf.d/main/00_smtpdx_"

	if (c->old != NULL) {
		buf_printf(&s->run, set, c->name, c->name, c->value);
		buf_printf(&s->undo, set, c->name, c->name, c->old);
	} else {
		buf_printf(&s->run, "echo '%s = %s' | tee -a " LOCAL " >" SPLIT "%s\n", c->name, c->value, c->name);
		buf_printf(&s->undo,
		           "rm " SPLIT "%s\n"
		           "sed -i '/^%s = %s$/d' " LOCAL "\n"
		           "find " LOCAL " -empty -delete\n",
		           c->name, c->name, c->value);
	}
	buf_printf(&s->verify, "exim4 -bP %s | grep -Fx '%s = %s'\n", c->name, c->name, c->value);
}

static const struct {
	const char *option, *m4;
} sendmail_options[] = {
    {"Timeout.command", "confTO_COMMAND"},
    {"Timeout.datablock", "confTO_DATABLOCK"},
    {"Timeout.ident", "confTO_IDENT"},
    {"Timeout.datafinal", "confTO_DATAFINAL"},
    {"MaxDaemonChildren", "confMAX_DAEMON_CHILDREN"},
    {"ConnectionRateThrottle", "confCONNECTION_RATE_THROTTLE"},
    {"MaxMessageSize", "confMAX_MESSAGE_SIZE"},
    {"MaxRecipientsPerMessage", "confMAX_RCPTS_PER_MESSAGE"},
    {"RefuseLA", "confREFUSE_LA"},
    {"QueueLA", "confQUEUE_LA"},
    {"MinFreeBlocks", "confMIN_FREE_BLOCKS"},
};

static const char *m4_name(const char *option)
{
	for (size_t i = 0; i < sizeof sendmail_options / sizeof sendmail_options[0]; i++)
		if (strcmp(sendmail_options[i].option, option) == 0)
			return sendmail_options[i].m4;
	return NULL;
}

static bool sendmail_knows(const char *name)
{
	return m4_name(name) != NULL;
}

/*
 * A definition counts until the next one of its name, so ours comes last: before the mailers, which make use of it. Behind
 * dnl ("delete to newline") m4 reads nothing, which makes room for a mark. sendmail.cf has the time of its making in it:
 * only a copy is the same again.
 */
static void edit_sendmail(const struct edit *c, struct script *s)
{
	const char *const m4 = m4_name(c->name);

	buf_printf(&s->run,
	           "cp -p /etc/mail/sendmail.cf /etc/mail/sendmail.cf.smtpdx-%s\n"
	           "sed -i \"0,/^MAILER/s//define(\\`%s', \\`%s')dnl smtpdx\\n&/\" /etc/mail/sendmail.mc\n",
	           c->name, m4, c->value);
	buf_printf(&s->undo,
	           "sed -i \"/^define(\\`%s', .*dnl smtpdx$/d\" /etc/mail/sendmail.mc\n"
	           "mv /etc/mail/sendmail.cf.smtpdx-%s /etc/mail/sendmail.cf\n",
	           m4, c->name);
	buf_printf(&s->verify, "grep -Fx 'O %s=%s' /etc/mail/sendmail.cf\n", c->name, c->value);
}

/* The last line of a kind counts. */
static void edit_opensmtpd(const struct edit *c, struct script *s)
{
	buf_printf(&s->run, "sed -i '$a %s %s # smtpdx' /etc/smtpd.conf\n", c->name, c->value);
	buf_printf(&s->undo, "sed -i '/^%s .* # smtpdx$/d' /etc/smtpd.conf\n", c->name);
	buf_printf(&s->verify, "grep -Fx '%s %s # smtpdx' /etc/smtpd.conf\n", c->name, c->value);
}

static void edit_sysctl(const struct edit *c, struct script *s)
{
	buf_printf(&s->run, "sysctl %s >/run/%s.smtpdx\nsysctl -w %s=%s\n", c->name, c->name, c->name, c->value);
	buf_printf(&s->undo, "sysctl -p /run/%s.smtpdx\nrm /run/%s.smtpdx\n", c->name, c->name);
	buf_printf(&s->verify, "sysctl %s | grep -Fx '%s = %s'\n", c->name, c->name, c->value);
}

static const struct change_server servers[] = {
    {
	.name = "postfix",
	.name_chars = ALNUM "_",
	.edit = edit_postfix,
	.apply = "postfix reload\n",
    },
    {
	.name = "postfix-service",
	.name_chars = ALNUM "_/",
	.value_chars = ALNUM "-",
	.edit = edit_postfix_service,
	.apply = "postfix reload\n",
    },
    {
	.name = "exim",
	.name_chars = ALNUM "_",
	.value_chars = ALNUM ".",
	.edit = edit_exim,
	.apply = "update-exim4.conf\nsystemctl reload exim4\n",
    },
    {
	.name = "sendmail",
	.name_chars = ALNUM ".",
	.value_chars = ALNUM ".",
	.knows = sendmail_knows,
	.edit = edit_sendmail,
	.apply = "make -C /etc/mail\nsystemctl restart sendmail\n",
	.apply_undo = "systemctl restart sendmail\n",
    },
    {
	.name = "opensmtpd",
	.name_chars = ALNUM "- ",
	.value_chars = ALNUM,
	.edit = edit_opensmtpd,
	.apply = "smtpd -n && systemctl restart opensmtpd\n",
    },
    {
	.name = "sysctl",
	.name_chars = ALNUM "._",
	.value_chars = ALNUM,
	.edit = edit_sysctl,
	.apply = "",
    },
};

static const struct change_server *find_server(const char *text, size_t length)
{
	for (size_t i = 0; i < sizeof servers / sizeof servers[0]; i++)
		if (strlen(servers[i].name) == length && strncmp(servers[i].name, text, length) == 0)
			return &servers[i];
	return NULL;
}

/* The value goes into single quotes, so it must be whole in there. */
static int check_value(const char *value, const struct figures *figures, struct err *err)
{
	char *quoted = xasprintf("'%s'", value);
	int result = strchr(value, '\'') != NULL
	                 ? err_set(err, _("expected a value without single quotes, found \"%s\""), value)
	                 : template_check(quoted, TEMPLATE_COMMAND, figures, err);

	free(quoted);
	return result;
}

int change_parse(const char *text, const struct figures *figures, struct change *change, struct err *err)
{
	size_t length = strcspn(text, BLANKS);
	const struct change_server *server = find_server(text, length);
	const char *name = text + length + strspn(text + length, BLANKS);
	const char *equals = strchr(name, '=');
	size_t name_length = equals != NULL ? (size_t)(equals - name) : 0;

	if (server == NULL)
		return err_set(err,
		               _("expected postfix, postfix-service, exim, sendmail, opensmtpd or sysctl, found "
		                 "\"%.*s\""),
		               (int)length, text);
	while (name_length > 0 && strchr(BLANKS, name[name_length - 1]) != NULL)
		name_length--;
	*change = (struct change){.server = server, .name = xstrndup(name, name_length)};
	if (name_length == 0 || strspn(change->name, server->name_chars) != name_length ||
	    (server->knows != NULL && !server->knows(change->name))) {
		err_set(err, _("expected NAME = VALUE with a setting of %s, found \"%s\""), server->name, name);
		change_done(change);
		return -1;
	}
	change->value = xstrdup(equals + 1 + strspn(equals + 1, BLANKS));
	if (check_value(change->value, figures, err) == 0)
		return 0;
	change_done(change);
	return -1;
}

void change_done(struct change *change)
{
	free(change->name);
	free(change->value);
	*change = (struct change){0};
}

/* The row of a setting that was read has the subject "postfix smtp/inet: smtpd_timeout". */
static const struct fact *find_row(const struct scope *scope, const char *name)
{
	const struct fact_def *def = fact_def_find("config.setting.value");

	for (size_t i = 0; i < scope->count; i++) {
		const char *colon = scope->facts[i]->def == def ? strstr(scope->facts[i]->subject, ": ") : NULL;
		if (colon != NULL && strcmp(colon + 2, name) == 0)
			return scope->facts[i];
	}
	return NULL;
}

/* The text of another fact about the same subject; NULL when there is none. */
static const char *text_beside(const struct scope *scope, const char *subject, const char *name)
{
	const struct fact_def *def = fact_def_find(name);

	for (size_t i = 0; i < scope->count; i++)
		if (scope->facts[i]->def == def && strcmp(scope->facts[i]->subject, subject) == 0)
			return scope->facts[i]->text;
	return NULL;
}

static bool consists_of(const char *text, const char *chars)
{
	return *text != '\0' && strspn(text, chars) == strlen(text);
}

/* Fills in what was read of the setting. 0; or -1 when its old value is one that no command could bring back. */
static int find_old(const struct scope *scope, const struct change *change, struct edit *edit)
{
	const struct fact *row = find_row(scope, change->name);
	const char *const chars = change->server->value_chars;

	if (row == NULL)
		return 0;
	const char *origin = text_beside(scope, row->subject, "config.setting.origin");
	const char *raw = text_beside(scope, row->subject, "config.setting.raw");
	if (origin == NULL || strcmp(origin, "default") == 0 || strcmp(origin, "built-in") == 0) {
		edit->is_default = true;
		return 0;
	}
	const bool is_own = strcmp(origin, "master.cf") == 0;
	if (raw == NULL || !template_kind_find("setting")->fits(raw) || (chars != NULL && !consists_of(raw, chars)))
		return chars == NULL && !is_own ? 0 : -1; /* main.cf can be asked for it by the command itself */
	edit->old = raw;
	if (!is_own)
		return 0;
	edit->service = service_of(row->subject);
	char *name = strchr(edit->service, ' '); /* after "postfix" */
	if (name != NULL)
		memmove(edit->service, name + 1, strlen(name));
	return consists_of(edit->service, ALNUM "_-/.:") ? 0 : -1;
}

static int add_edit(const struct change *change, const struct template_values *values, struct script *script)
{
	const char *const chars = change->server->value_chars;
	char *value = template_fill(change->value, TEMPLATE_COMMAND, values);
	struct edit edit = {.name = change->name, .value = value};
	int result = -1;

	if (value != NULL && *value != '\0' && (chars == NULL || consists_of(value, chars)) &&
	    find_old(values->scope, change, &edit) == 0) {
		change->server->edit(&edit, script);
		result = 0;
	}
	free(edit.service);
	free(value);
	return result;
}

/* What makes the server read it comes after the last of its settings. */
static bool is_last_of_server(const struct change *changes, size_t count, size_t index)
{
	for (size_t i = index + 1; i < count; i++)
		if (changes[i].server == changes[index].server)
			return false;
	return true;
}

/* The text without its last line feed, which the caller frees. */
static char *take_lines(struct buf *lines)
{
	char *text = buf_take(lines);
	size_t length = strlen(text);

	if (length > 0)
		text[length - 1] = '\0';
	return text;
}

int changes_fill(const struct change *changes, size_t count, const struct template_values *values,
                 struct change_commands *commands)
{
	struct script script;
	int result = 0;

	buf_init(&script.run, COMMANDS_MAX);
	buf_init(&script.undo, COMMANDS_MAX);
	buf_init(&script.verify, COMMANDS_MAX);
	for (size_t i = 0; i < count && result == 0; i++) {
		const struct change_server *server = changes[i].server;
		result = add_edit(&changes[i], values, &script);
		if (!is_last_of_server(changes, count, i))
			continue;
		buf_puts(&script.run, server->apply);
		buf_puts(&script.undo, server->apply_undo != NULL ? server->apply_undo : server->apply);
	}
	if (script.run.cut || script.undo.cut || script.verify.cut) /* half a command is no command */
		result = -1;
	if (result == 0) {
		*commands = (struct change_commands){
		    .run = take_lines(&script.run),
		    .undo = take_lines(&script.undo),
		    .verify = take_lines(&script.verify),
		};
		return 0;
	}
	buf_done(&script.run);
	buf_done(&script.undo);
	buf_done(&script.verify);
	return -1;
}
