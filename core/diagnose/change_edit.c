#include "diagnose/change_edit.h"

#include "base/xalloc.h"

#include <stdlib.h>
#include <string.h>

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

static void apply_postfix(const struct edit *c, struct script *s)
{
	buf_printf(&s->run, "%s reload\n", c->postfix);
	buf_printf(&s->undo, "%s reload\n", c->postfix);
}

/* Debian's program, service and folder have a 4 in their names. */
static bool is_debian(const struct edit *c)
{
	return c->main == NULL || strncmp(c->main, "/etc/exim4/", 11) == 0;
}

/* An option, or the macro that has its value, is changed where it stands: Exim refuses to see an option twice. */
static void replace_exim(const struct edit *c, struct script *s)
{
	static const char set[] = "sed -i -E 's/^([ \\t]*%s[ \\t]*==?[ \\t]*\"?)%s(\"?[ \\t]*)$/\\1%s\\2/' %s\n";
	static const char find[] = "grep -rlE '^%s *=' /etc/exim4 | xargs sed -i -E 's/^(%s *= *).*/\\1%s/'\n";
	const char *const name = c->macro != NULL ? c->macro : c->name;

	if (c->file != NULL) {
		buf_printf(&s->run, set, name, c->old, c->value, c->file);
		buf_printf(&s->undo, set, name, c->value, c->old, c->file);
	} else {
		buf_printf(&s->run, find, name, name, c->value);
		buf_printf(&s->undo, find, name, name, c->old);
	}
}

/*
 * Debian builds the configuration from one template or from conf.d, as update-exim4.conf.conf says; a line in both places
 * is right for either. A file that is edited as a whole begins with the main section.
 */
static void add_exim(const struct edit *c, struct script *s)
{
#define LOCAL "/etc/exim4/exim4.conf.localmacros"
#define SPLIT "/etc/exim4/conf.d/main/00_smtpdx_"

	if (c->main != NULL) {
		buf_printf(&s->run, "sed -i '1i %s = %s' %s\n", c->name, c->value, c->main);
		buf_printf(&s->undo, "sed -i '1{/^%s = %s$/d}' %s\n", c->name, c->value, c->main);
		return;
	}
	buf_printf(&s->run, "echo '%s = %s' | tee -a " LOCAL " >" SPLIT "%s\n", c->name, c->value, c->name);
	buf_printf(&s->undo,
	           "rm " SPLIT "%s\n"
	           "sed -i '/^%s = %s$/d' " LOCAL "\n"
	           "find " LOCAL " -empty -delete\n",
	           c->name, c->name, c->value);
}

static void edit_exim(const struct edit *c, struct script *s)
{
	if (c->old != NULL)
		replace_exim(c, s);
	else
		add_exim(c, s);
	buf_printf(&s->verify, "%s -bP %s | grep -Fx '%s = %s'\n", is_debian(c) ? "exim4" : "exim", c->name, c->name,
	           c->value);
}

static void apply_exim(const struct edit *c, struct script *s)
{
	const char *const apply = c->main == NULL ? "update-exim4.conf && systemctl reload exim4\n"
	                          : is_debian(c)  ? "exim4 -bV >/dev/null && systemctl reload exim4\n"
	                                          : "exim -bV >/dev/null && systemctl reload exim\n";

	buf_puts(&s->run, apply);
	buf_puts(&s->undo, apply);
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

/* Without a sendmail.mc sendmail.cf itself is edited: the option anew, before the first one. */
static void edit_sendmail_cf(const struct edit *c, struct script *s)
{
	buf_printf(&s->run,
	           "[ -e %s.smtpdx ] || cp -p %s %s.smtpdx\n"
	           "sed -i -e '/^O %s=/d' -e '0,/^O /s//O %s=%s\\n&/' %s\n",
	           c->main, c->main, c->main, c->name, c->name, c->value, c->main);
	buf_printf(&s->undo, "[ ! -e %s.smtpdx ] || mv %s.smtpdx %s\n", c->main, c->main, c->main);
	buf_printf(&s->verify, "grep -Fx 'O %s=%s' %s\n", c->name, c->value, c->main);
}

/*
 * A definition counts until the next one of its name, so ours comes last: before the mailers, which make use of it. Behind
 * dnl ("delete to newline") m4 reads nothing, which makes room for a mark. sendmail.cf has the time of its making in it:
 * only a copy is the same again.
 */
static void edit_sendmail(const struct edit *c, struct script *s)
{
	const char *const m4 = m4_name(c->name);

	if (c->main != NULL) {
		edit_sendmail_cf(c, s);
		return;
	}
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

static void apply_sendmail(const struct edit *c, struct script *s)
{
	buf_puts(&s->run,
	         c->main == NULL ? "make -C /etc/mail\nsystemctl restart sendmail\n" : "systemctl restart sendmail\n");
	buf_puts(&s->undo, "systemctl restart sendmail\n");
}

static const char *smtpd_conf(const struct edit *c)
{
	return c->main != NULL ? c->main : "/etc/smtpd.conf";
}

/* "smtp limit max-mails": the word before the value, and what the line begins with. */
static void replace_opensmtpd(const struct edit *c, struct script *s)
{
	static const char set[] = "sed -i -E 's/^([ \\t]*%s[ \\t](.*[ \\t])?%s[ \\t]+\"?)%s\\b/\\1%s/' %s\n";
	const char *const last = strrchr(c->name, ' ');
	const char *const key = last != NULL ? last + 1 : c->name;
	char *start = last != NULL ? xstrndup(c->name, (size_t)(last - c->name)) : xstrdup("");

	buf_printf(&s->run, set, start, key, c->old, c->value, c->file);
	buf_printf(&s->undo, set, start, key, c->value, c->old, c->file);
	buf_printf(&s->verify, "grep -E '^[[:blank:]]*%s[[:blank:]](.*[[:blank:]])?%s[[:blank:]]+\"?%s\\b' %s\n", start,
	           key, c->value, c->file);
	free(start);
}

/* A value is changed where it stands; without one a line is added: the last one of a kind counts. */
static void edit_opensmtpd(const struct edit *c, struct script *s)
{
	const char *const file = smtpd_conf(c);

	if (c->old != NULL && c->file != NULL && c->macro == NULL) {
		replace_opensmtpd(c, s);
		return;
	}
	buf_printf(&s->run, "sed -i '$a %s %s # smtpdx' %s\n", c->name, c->value, file);
	buf_printf(&s->undo, "sed -i '/^%s .* # smtpdx$/d' %s\n", c->name, file);
	buf_printf(&s->verify, "grep -Fx '%s %s # smtpdx' %s\n", c->name, c->value, file);
}

static void apply_opensmtpd(const struct edit *c, struct script *s)
{
	char *apply = c->main != NULL && strcmp(c->main, "/etc/smtpd.conf") != 0
	                  ? xasprintf("smtpd -n -f %s && systemctl restart opensmtpd\n", c->main)
	                  : xstrdup("smtpd -n && systemctl restart opensmtpd\n");

	buf_puts(&s->run, apply);
	buf_puts(&s->undo, apply);
	free(apply);
}

static void edit_sysctl(const struct edit *c, struct script *s)
{
	buf_printf(&s->run, "sysctl %s >/run/%s.smtpdx\nsysctl -w %s=%s\n", c->name, c->name, c->name, c->value);
	buf_printf(&s->undo, "sysctl -p /run/%s.smtpdx\nrm /run/%s.smtpdx\n", c->name, c->name);
	buf_printf(&s->verify, "sysctl %s | grep -Fx '%s = %s'\n", c->name, c->name, c->value);
}

/* It is in effect at once. */
static void apply_sysctl(const struct edit *c, struct script *s)
{
	(void)c;
	(void)s;
}

const struct change_server change_servers[] = {
    {
	.name = "postfix",
	.name_chars = ALNUM "_",
	.is_postfix = true,
	.edit = edit_postfix,
	.apply = apply_postfix,
    },
    {
	.name = "postfix-service",
	.name_chars = ALNUM "_/",
	.value_chars = ALNUM "-",
	.is_postfix = true,
	.is_field = true,
	.edit = edit_postfix_service,
	.apply = apply_postfix,
    },
    {
	.name = "exim",
	.name_chars = ALNUM "_",
	.value_chars = ALNUM ".",
	.software = "exim",
	.edit = edit_exim,
	.apply = apply_exim,
    },
    {
	.name = "sendmail",
	.name_chars = ALNUM ".",
	.value_chars = ALNUM ".",
	.knows = sendmail_knows,
	.software = "sendmail",
	.edit = edit_sendmail,
	.apply = apply_sendmail,
    },
    {
	.name = "opensmtpd",
	.name_chars = ALNUM "- ",
	.value_chars = ALNUM,
	.software = "opensmtpd",
	.edit = edit_opensmtpd,
	.apply = apply_opensmtpd,
    },
    {
	.name = "sysctl",
	.name_chars = ALNUM "._",
	.value_chars = ALNUM,
	.edit = edit_sysctl,
	.apply = apply_sysctl,
    },
    {.name = NULL},
};
