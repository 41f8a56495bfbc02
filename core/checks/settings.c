#include "checks/settings.h"

#include "base/i18n.h"
#include "base/text.h"
#include "base/xalloc.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX ((size_t)1024)

#define AT(member) offsetof(struct settings, member)

const struct setting settings_table[] = {
    {"timeout", 't', SETTING_SECONDS, AT(timeout), N_("SECONDS"), N_("time allowed for the whole run")},
    {NULL, '4', SETTING_FLAG, AT(v4_only), NULL, N_("probe IPv4 addresses only")},
    {NULL, '6', SETTING_FLAG, AT(v6_only), NULL, N_("probe IPv6 addresses only")},
    {"port", 'p', SETTING_PORT, AT(port), N_("PORT"), N_("SMTP port of the mail hosts (25)")},
    {"resolver", 0, SETTING_TEXT, AT(resolver), N_("ADDR[:PORT],..."),
     N_("ask these name servers, not those of resolv.conf")},
    {"from", 'f', SETTING_TEXT, AT(from), N_("ADDRESS"), N_("envelope sender (the null sender <>)")},
    {"rcpt", 'r', SETTING_TEXT, AT(rcpt), N_("ADDRESS"), N_("envelope recipient (postmaster at the domain)")},
    {"helo", 0, SETTING_TEXT, AT(helo), N_("NAME"), N_("name given with EHLO (this host's)")},
    {"pipelining", 0, SETTING_FLAG, AT(pipelining), NULL, N_("send MAIL, RCPT and DATA together, not in lock-step")},
    {"idle", 0, SETTING_TEXT, AT(idle), N_("PHASE"), N_("stay silent after that phase; time the server (--yes)")},
    {"deliver", 0, SETTING_FLAG, AT(deliver), NULL, N_("send a whole message; needs --rcpt")},
    {"yes", 'y', SETTING_FLAG, AT(yes), NULL, N_("consent to intrusive checks")},
    {"max", 0, SETTING_SESSIONS, AT(max), N_("COUNT"), N_("limit: sessions at most (20)")},
    {"rate", 0, SETTING_FLAG, AT(rate), NULL, N_("limit: open sessions one after the other, too")},
    {"messages", 0, SETTING_FLAG, AT(messages), NULL, N_("limit: messages and recipients of one session, too")},
    {"patience", 0, SETTING_FLAG, AT(patience), NULL, N_("limit: after a 421 try again, five times in 15 minutes")},
    {"patience-first", 0, SETTING_SECONDS, AT(patience_first), NULL, NULL},
    {"recording", 0, SETTING_TEXT, AT(recording), NULL, NULL},
    {"address", 0, SETTING_TEXT, AT(address), NULL, NULL},
    {"addresses-only", 0, SETTING_FLAG, AT(addresses_only), NULL, NULL},
    {"config", 0, SETTING_TEXT, AT(config), N_("DIR|FILE"), N_("the mail server's configuration, read for its limits")},
    {"since", 0, SETTING_TEXT, AT(since), N_("TIME"), N_("logs: from then on: 2026-03-01, 10:30, or 2h (ago)")},
    {"until", 0, SETTING_TEXT, AT(until), N_("TIME"), N_("logs: until then")},
    {"peer", 0, SETTING_TEXT, AT(peer), N_("HOST"), N_("logs: only this address or host")},
    {"queue-id", 0, SETTING_TEXT, AT(queue_id), N_("ID"), N_("logs: only this message")},
    {"log", 0, SETTING_FILES, AT(files), N_("FILE"), N_("reads that log as well, or any other evidence")},
    {"capture", 0, SETTING_FILES, AT(files), N_("FILE"), N_("the same with captured packets")},
    {"file", 0, SETTING_FILES, AT(files), NULL, NULL},
    {"pastes", 0, SETTING_TEXT, AT(pastes), NULL, NULL},
};

const size_t settings_table_size = sizeof settings_table / sizeof settings_table[0];

const struct setting *settings_find(const char *option)
{
	for (size_t i = 0; i < settings_table_size; i++)
		if (settings_table[i].help != NULL && settings_table[i].option != NULL &&
		    strcmp(settings_table[i].option, option) == 0)
			return &settings_table[i];
	return NULL;
}

void settings_add_file(struct settings *settings, const char *path)
{
	settings->files = xgrow(settings->files, settings->file_count, &settings->file_room, sizeof *settings->files);
	settings->files[settings->file_count++] = xstrdup(path);
}

void settings_clear_files(struct settings *settings)
{
	for (size_t i = 0; i < settings->file_count; i++)
		free(settings->files[i]);
	free(settings->files);
	settings->files = NULL;
	settings->file_count = settings->file_room = 0;
}

bool settings_is_pasted(const struct settings *settings, const char *path)
{
	return settings->pastes != NULL && strncmp(path, settings->pastes, strlen(settings->pastes)) == 0;
}

char *settings_file_name(const struct settings *settings, const char *path)
{
	size_t pasted = 0, number = 0;

	if (strcmp(path, "-") == 0)
		return xstrdup(_("standard input"));
	if (!settings_is_pasted(settings, path))
		return text_clean_dup(path, strlen(path), PATH_MAX);
	for (size_t i = 0; i < settings->file_count; i++) {
		pasted += settings_is_pasted(settings, settings->files[i]);
		if (number == 0 && strcmp(settings->files[i], path) == 0)
			number = pasted;
	}
	return pasted > 1 ? xasprintf(_("pasted text %zu"), number) : xstrdup(_("pasted text"));
}

static void *member(const struct settings *settings, const struct setting *setting)
{
	return (char *)settings + setting->offset;
}

int settings_set(struct settings *settings, const struct setting *setting, const char *argument, struct err *err)
{
	void *at = member(settings, setting);
	double number = 0;
	const char *unit = "";

	switch (setting->kind) {
	case SETTING_FLAG:
		*(bool *)at = true;
		return 0;
	case SETTING_TEXT: {
		char clean[TEXT_MAX];
		text_clean(argument, strlen(argument), clean, sizeof clean);
		if (strcmp(clean, argument) != 0)
			return err_set(err, _("--%s: has characters that are not printable, or is too long"),
			               setting->option);
		free(*(char **)at);
		*(char **)at = xstrdup(argument);
		return 0;
	}
	case SETTING_SECONDS:
		if (text_quantity(argument, &number, &unit) != 0 || (*unit != '\0' && strcmp(unit, "s") != 0) ||
		    number <= 0 || number > 86400)
			return err_set(err, _("--%s: \"%s\": expected seconds, more than 0 and at most a day"),
			               setting->option, argument);
		*(double *)at = number;
		return 0;
	case SETTING_PORT: {
		char *end;
		long port = strtol(argument, &end, 10);
		if (strspn(argument, "0123456789") != strlen(argument) || *end != '\0' || port < 1 || port > 65535)
			return err_set(err, _("--%s: \"%s\": expected a port from 1 to 65535"), setting->option,
			               argument);
		*(int *)at = (int)port;
		return 0;
	}
	case SETTING_SESSIONS: {
		char *end;
		long count = strtol(argument, &end, 10);
		if (strspn(argument, "0123456789") != strlen(argument) || *end != '\0' || count < 1 ||
		    count > SETTINGS_SESSIONS_MAX)
			return err_set(err, _("--%s: \"%s\": expected a number of sessions from 1 to %d"),
			               setting->option, argument, SETTINGS_SESSIONS_MAX);
		*(int *)at = (int)count;
		return 0;
	}
	case SETTING_FILES:
		settings_add_file(settings, argument);
		return 0;
	}
	return -1;
}

void settings_copy(struct settings *to, const struct settings *from)
{
	*to = *from;
	for (size_t i = 0; i < settings_table_size; i++)
		if (settings_table[i].kind == SETTING_TEXT)
			*(char **)member(to, &settings_table[i]) = xstrdup(*(char **)member(from, &settings_table[i]));
	to->files = NULL;
	to->file_count = to->file_room = 0;
	for (size_t i = 0; i < from->file_count; i++)
		settings_add_file(to, from->files[i]);
}

void settings_done(struct settings *settings)
{
	for (size_t i = 0; i < settings_table_size; i++)
		if (settings_table[i].kind == SETTING_TEXT)
			free(*(char **)member(settings, &settings_table[i]));
	settings_clear_files(settings);
	*settings = (struct settings){0};
}

static char *option_text(const struct setting *setting)
{
	return setting->option != NULL ? xasprintf("--%s", setting->option) : xasprintf("-%c", setting->letter);
}

size_t settings_args_room(const struct settings *settings)
{
	return SETTINGS_ARGS_MAX + 2 * settings->file_count;
}

size_t settings_to_args(const struct settings *settings, char **argv, size_t count)
{
	for (size_t i = 0; i < settings_table_size; i++) {
		const struct setting *setting = &settings_table[i];
		const void *at = member(settings, setting);
		char *argument = NULL;

		switch (setting->kind) {
		case SETTING_FLAG:
			if (*(const bool *)at)
				argv[count++] = option_text(setting);
			continue;
		case SETTING_TEXT:
			argument = xstrdup(*(char *const *)at);
			break;
		case SETTING_SECONDS:
			argument = *(const double *)at > 0 ? xasprintf("%.3f", *(const double *)at) : NULL;
			break;
		case SETTING_PORT:
		case SETTING_SESSIONS:
			argument = *(const int *)at != 0 ? xasprintf("%d", *(const int *)at) : NULL;
			break;
		case SETTING_FILES:
			if (setting->help != NULL)
				continue; /* another name of the internal one */
			for (size_t j = 0; j < settings->file_count; j++) {
				argv[count++] = option_text(setting);
				argv[count++] = xstrdup(settings->files[j]);
			}
			continue;
		}
		if (argument != NULL) {
			argv[count++] = option_text(setting);
			argv[count++] = argument;
		}
	}
	return count;
}
