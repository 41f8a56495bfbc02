/*
 * derive_limit - for derive.c alone: what the limit check counted out, held against what the server is set to take
 */
#ifndef SMTPDX_DIAGNOSE_DERIVE_LIMIT_H
#define SMTPDX_DIAGNOSE_DERIVE_LIMIT_H

#include "model/case.h"

void derive_limits(struct case_file *c);

#endif
