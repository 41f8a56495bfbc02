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
