#include "checks/check.h"

#include <string.h>

/* clang-format off */
const struct check *const checks[] = {
    &check_dns,
    &check_smtp,
    &check_mtu,
    &check_limit_sessions,
    &check_log,
    &check_capture,
    &check_config,
    &check_queue,
    &check_host,
    &check_record,
    NULL,
};
/* clang-format on */

const struct check *check_find(const char *name)
{
	for (size_t i = 0; checks[i] != NULL; i++)
		if (strcmp(checks[i]->name, name) == 0)
			return checks[i];
	return NULL;
}

/* What none of the others reads is text, a matter of the check that is not choosy. */
const struct check *check_reader(const char *path)
{
	const struct check *reader = NULL;

	for (size_t i = 0; checks[i] != NULL; i++) {
		if (checks[i]->takes != TAKES_FILES)
			continue;
		if (checks[i]->reads == NULL)
			reader = reader != NULL ? reader : checks[i];
		else if (checks[i]->reads(path))
			return checks[i];
	}
	return reader;
}

bool check_reads_one_of(const struct check *check, char *const *files, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (check_reader(files[i]) == check)
			return true;
	return false;
}
