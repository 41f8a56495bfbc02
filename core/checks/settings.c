#include "checks/settings.h"

#include "base/i18n.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "checks/settings_text.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX ((size_t)1024)

#define AT(member) offsetof(struct settings, member)

const struct setting settings_table[] = {
    {.option = "timeout",
     .letter = 't',
     .kind = SETTING_SECONDS,
     .offset = AT(timeout),
     .argument = N_("SECONDS"),
     .help = N_("time allowed for the whole run")},
    {.letter = '4', .kind = SETTING_FLAG, .offset = AT(v4_only), .help = N_("probe IPv4 addresses only")},
    {.letter = '6', .kind = SETTING_FLAG, .offset = AT(v6_only), .help = N_("probe IPv6 addresses only")},
    {.option = "port",
     .letter = 'p',
     .kind = SETTING_PORT,
     .offset = AT(port),
     .argument = N_("PORT"),
     .help = N_("SMTP port of the mail hosts (25)")},
    {.option = "resolver",
     .kind = SETTING_TEXT,
     .offset = AT(resolver),
     .argument = N_("ADDR[:PORT],..."),
     .help = N_("ask these name servers, not those of resolv.conf"),
     .fits = settings_resolvers_fit},
    {.option = "from",
     .letter = 'f',
     .kind = SETTING_TEXT,
     .offset = AT(from),
     .argument = N_("ADDRESS"),
     .help = N_("envelope sender (the null sender <>)"),
     .fits = settings_sender_fits},
    {.option = "rcpt",
     .letter = 'r',
     .kind = SETTING_TEXT,
     .offset = AT(rcpt),
     .argument = N_("ADDRESS"),
     .help = N_("envelope recipient (postmaster at the domain)"),
     .fits = settings_mailbox_fits},
    {.option = "helo",
     .kind = SETTING_TEXT,
     .offset = AT(helo),
     .argument = N_("NAME"),
     .help = N_("name given with EHLO (this host's)"),
     .fits = settings_helo_fits},
    {.option = "pipelining",
     .kind = SETTING_FLAG,
     .offset = AT(pipelining),
     .help = N_("send MAIL, RCPT and DATA together, not in lock-step")},
    {.option = "idle",
     .kind = SETTING_TEXT,
     .offset = AT(idle),
     .argument = N_("PHASE"),
     .help = N_("stay silent after that phase; time the server (--yes)"),
     .fits = settings_phase_fits},
    {.option = "deliver",
     .kind = SETTING_FLAG,
     .offset = AT(deliver),
     .help = N_("send a whole message; needs --rcpt")},
    {.option = "yes",
     .letter = 'y',
     .kind = SETTING_FLAG,
     .offset = AT(yes),
     .help = N_("consent to intrusive checks")},
    {.option = "max",
     .kind = SETTING_SESSIONS,
     .offset = AT(max),
     .argument = N_("COUNT"),
     .help = N_("limit: sessions at most (20)")},
    {.option = "rate",
     .kind = SETTING_FLAG,
     .offset = AT(rate),
     .help = N_("limit: open sessions one after the other, too")},
    {.option = "messages",
     .kind = SETTING_FLAG,
     .offset = AT(messages),
     .help = N_("limit: messages and recipients of one session, too")},
    {.option = "patience",
     .kind = SETTING_FLAG,
     .offset = AT(patience),
     .help = N_("limit: after a 421 try again, five times in 15 minutes")},
    {.option = "patience-first", .kind = SETTING_SECONDS, .offset = AT(patience_first)},
    {.option = "recording", .kind = SETTING_TEXT, .offset = AT(recording)},
    {.option = "address", .kind = SETTING_TEXT, .offset = AT(address)},
    {.option = "addresses-only", .kind = SETTING_FLAG, .offset = AT(addresses_only)},
    {.option = "config",
     .kind = SETTING_TEXT,
     .offset = AT(config),
     .argument = N_("DIR|FILE"),
     .help = N_("the mail server's configuration, read for its limits")},
    {.option = "since",
     .kind = SETTING_TEXT,
     .offset = AT(since),
     .argument = N_("TIME"),
     .help = N_("logs: from then on: 2026-03-01, 10:30, or 2h (ago)"),
     .fits = settings_moment_fits},
    {.option = "until",
     .kind = SETTING_TEXT,
     .offset = AT(until),
     .argument = N_("TIME"),
     .help = N_("logs: until then"),
     .fits = settings_moment_fits},
    {.option = "peer",
     .kind = SETTING_TEXT,
     .offset = AT(peer),
     .argument = N_("HOST"),
     .help = N_("logs: only this address or host")},
    {.option = "queue-id",
     .kind = SETTING_TEXT,
     .offset = AT(queue_id),
     .argument = N_("ID"),
     .help = N_("logs: only this message")},
    {.option = "log",
     .kind = SETTING_FILES,
     .offset = AT(files),
     .argument = N_("FILE"),
     .help = N_("reads that log as well, or any other evidence")},
    {.option = "capture",
     .kind = SETTING_FILES,
     .offset = AT(files),
     .argument = N_("FILE"),
     .help = N_("the same with captured packets")},
    {.option = "file", .kind = SETTING_FILES, .offset = AT(files)},
    {.option = "pastes", .kind = SETTING_TEXT, .offset = AT(pastes)},
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
		if (setting->fits != NULL && setting->fits(setting->option, argument, err) != 0)
			return -1;
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
