#include "model/fact_table.h"

/* clang-format off */
const struct fact_def *const fact_tables[] = {
    facts_dns,
    facts_smtp,
    facts_mtu,
    facts_limit,
    facts_text,
    facts_log,
    facts_capture,
    facts_config,
    facts_queue,
    facts_host,
    facts_derived,
    NULL,
};
/* clang-format on */
