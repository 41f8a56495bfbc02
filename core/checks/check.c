#include "checks/check.h"

#include "base/clock.h"
#include "base/xalloc.h"

#include <stdlib.h>

double check_limit(const struct check *check, const struct settings *settings)
{
	double limit = check->limit;

	if (settings->idle != NULL && check->idle_limit > limit)
		limit = check->idle_limit;
	if (settings->patience && check->patience_limit > limit)
		limit = check->patience_limit;
	return settings->timeout > 0 ? settings->timeout : limit;
}

enum check_status check_run(const struct check *check, const struct target *target, const struct settings *settings,
                            struct emit *e)
{
	const double began = clock_now();
	const double limit = check_limit(check, settings);
	struct sockaddr_storage address;
	struct err err = {""};
	char *subject = settings->address != NULL && address_parse(settings->address, target->port, &address) == 0
	                    ? subject_endpoint(target->name, &address)
	                    : xstrdup(target->text);

	emit_start(e, subject, limit);
	enum check_status status = check->run(target, settings, began + limit, e, &err);
	emit_end(e, subject, status, clock_now() - began, status == CHECK_DONE ? NULL : err.text);
	free(subject);
	return status;
}
