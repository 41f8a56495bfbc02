/*
 * derive - what several facts say together, as facts of check "derived"
 *
 * Only arithmetic that a condition cannot express: counts over endpoints, shares, the slowest phase. Derived facts are
 * declared like all others, in the last section of the fact table, and made anew at each diagnosis.
 */
#ifndef SMTPDX_DIAGNOSE_DERIVE_H
#define SMTPDX_DIAGNOSE_DERIVE_H

#include "model/case.h"

void derive_facts(struct case_file *c);

#endif
