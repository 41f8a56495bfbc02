#include "diagnose/change.h"

#include "base/buf.h"
#include "base/i18n.h"
#include "base/xalloc.h"
#include "diagnose/instance.h"
#include "diagnose/service.h"
#include "diagnose/template_kind.h"

#include <stdlib.h>
#include <string.h>

#define BLANKS       " \t"
#define ALNUM        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
#define COMMANDS_MAX ((size_t)16384) /* bytes */

/* A change with its values filled in. */
struct edit {
	const char *name;
	char *value;
	const char *old; /* as it was read; NULL when it was not written down, or nobody read it */
	bool is_default; /* somebody read it, and it is not written down */
	char *service;   /* whose own value it is, "smtp/inet"; NULL when it is everybody's */
	char *field;     /* the name, where that is not as the cause file has it */
	/* of Postfix: how the instance's commands are called, and where its files are */
	char *postconf, *postfix, *folder;
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
	bool is_postfix;        /* which may be one of several, and reads it by `postfix reload` */
	const char *apply;      /* what makes the server read it */
	const char *apply_undo; /* the same after an undo, where that differs; otherwise NULL */
};

/* NAME=VALUE, or in single quotes where a shell would see more in it: nothing that is filled in has a quote of its own. */
static void put_assignment(struct buf *out, const char *postconf, const char *name, const char *value)
{
	const bool is_plain = strspn(value, ALNUM ".-_") == strlen(value);

	buf_printf(out, is_plain ? "%s -e %s=%s\n" : "%s -e '%s = %s'\n", postconf, name, value);
}

static void edit_postfix(const struct edit *c, struct script *s)
{
	const char *const postconf = c->postconf;

	if (c->service != NULL && c->old != NULL) {
		buf_printf(&s->run, "%s -P '%s/%s = %s'\n", postconf, c->service, c->name, c->value);
		buf_printf(&s->undo, "%s -P '%s/%s = %s'\n", postconf, c->service, c->name, c->old);
		buf_printf(&s->verify, "%s -P %s/%s | grep -Fx '%s/%s = %s'\n", postconf, c->service, c->name,
		           c->service, c->name, c->value);
		return;
	}
	char *kept = xasprintf("%s/%s.smtpdx", c->folder, c->name);
	if (c->old == NULL && !c->is_default)
		buf_printf(&s->run, "%s -n %s | tee %s\n", postconf, c->name, kept);
	put_assignment(&s->run, postconf, c->name, c->value);
	if (c->old != NULL)
		put_assignment(&s->undo, postconf, c->name, c->old);
	else if (c->is_default)
		buf_printf(&s->undo, "%s -X %s\n", postconf, c->name);
	else
		buf_printf(&s->undo, "if [ -s %s ]; then %s -e \"$(cat %s)\"; else %s -X %s; fi\nrm %s\n", kept,
		           postconf, kept, postconf, c->name, kept);
	buf_printf(&s->verify, "%s %s | grep -Fx '%s = %s'\n", postconf, c->name, c->name, c->value);
	free(kept);
}

/* postconf -F moves the line that it changes, so only a copy brings the old file back. */
static void edit_postfix_service(const struct edit *c, struct script *s)
{
	char *file = xasprintf("%s/master.cf", c->folder);

	buf_printf(&s->run, "cp -p %s %s.smtpdx\n%s -F '%s = %s'\n", file, file, c->postconf, c->name, c->value);
	buf_printf(&s->undo, "mv %s.smtpdx %s\n", file, file);
	buf_printf(&s->verify, "%s -F %s | grep -Fx '%s = %s'\n", c->postconf, c->name, c->name, c->value);
	free(file);
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
	.is_postfix = true,
    },
    {
	.name = "postfix-service",
	.name_chars = ALNUM "_/",
	.value_chars = ALNUM "-",
	.edit = edit_postfix_service,
	.is_postfix = true,
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

/* "smtp/inet" of "postfix smtp/inet", and of "postfix NAME smtp/inet"; NULL when it must not enter a command. */
static char *own_name(const char *service)
{
	const char *blank = strrchr(service, ' ');
	const char *name = blank != NULL ? blank + 1 : service;

	return consists_of(name, ALNUM "_-/.:") ? xstrdup(name) : NULL;
}

/* Fills in what was read of the setting. 0; or -1 when its old value is one that no command could bring back. */
static int find_old(const struct scope *scope, const struct change *change, const struct fact *row, struct edit *edit)
{
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
	char *service = service_of(row->subject);
	edit->service = own_name(service);
	free(service);
	return edit->service != NULL ? 0 : -1;
}

/* Which of several Postfixes it is: that of the setting that was read, or that of the service. 0, or -1. */
static int find_instance(const struct scope *scope, const struct fact *row, struct edit *edit)
{
	char *of_row = row != NULL ? service_of(row->subject) : NULL;
	const char *service = of_row != NULL ? of_row : instance_service(scope);

	edit->postconf = instance_command(scope, service, "postconf");
	edit->postfix = instance_command(scope, service, "postfix");
	edit->folder = instance_folder(scope, service);
	free(of_row);
	return edit->postconf != NULL && edit->postfix != NULL && edit->folder != NULL ? 0 : -1;
}

/*
 * A field of master.cf is that of the service which the trouble is with: "smtp/inet/process_limit" may be that of
 * 2525/inet. 0, or -1.
 */
static int find_field(const struct scope *scope, const struct change *change, struct edit *edit)
{
	const char *service = instance_service(scope), *field = strrchr(change->name, '/');

	const char *type = service != NULL ? strrchr(service, '/') : NULL;

	if (type == NULL || field == NULL || (strcmp(type, "/inet") != 0 && strcmp(type, "/pass") != 0))
		return 0;
	char *name = own_name(service);
	if (name == NULL)
		return -1;
	edit->field = xasprintf("%s%s", name, field);
	edit->name = edit->field;
	free(name);
	return 0;
}

/* 0; or -1 when there is no such command. In any case the caller ends it with edit_done(). */
static int edit_init(struct edit *edit, const struct change *change, const struct template_values *values)
{
	const char *const chars = change->server->value_chars;
	const struct fact *row = find_row(values->scope, change->name);

	*edit = (struct edit){.name = change->name, .value = template_fill(change->value, TEMPLATE_COMMAND, values)};
	if (edit->value == NULL || *edit->value == '\0' || (chars != NULL && !consists_of(edit->value, chars)) ||
	    find_old(values->scope, change, row, edit) != 0)
		return -1;
	if (!change->server->is_postfix)
		return 0;
	if (change->server->edit == edit_postfix_service && find_field(values->scope, change, edit) != 0)
		return -1;
	return find_instance(values->scope, row, edit);
}

static void edit_done(struct edit *edit)
{
	free(edit->value);
	free(edit->service);
	free(edit->field);
	free(edit->postconf);
	free(edit->postfix);
	free(edit->folder);
}

static void put_apply(const struct change_server *server, const struct edit *edit, struct script *script)
{
	if (server->is_postfix) {
		buf_printf(&script->run, "%s reload\n", edit->postfix);
		buf_printf(&script->undo, "%s reload\n", edit->postfix);
		return;
	}
	buf_puts(&script->run, server->apply);
	buf_puts(&script->undo, server->apply_undo != NULL ? server->apply_undo : server->apply);
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
		struct edit edit;
		result = edit_init(&edit, &changes[i], values);
		if (result == 0) {
			changes[i].server->edit(&edit, &script);
			if (is_last_of_server(changes, count, i))
				put_apply(changes[i].server, &edit, &script);
		}
		edit_done(&edit);
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
