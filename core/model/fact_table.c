#include "model/fact_table.h"

const struct fact_def *const fact_tables[] = {
    facts_dns, facts_smtp, facts_mtu, facts_text, facts_log, facts_config, facts_queue, facts_derived, NULL,
};
