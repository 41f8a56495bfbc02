/*
 * exim - Exim's configuration: through `exim -bP`, or from the text of its file (spec.txt, chapters 6, 13 and 14)
 *
 * Services are "server" and "client NAME" for each transport whose driver is smtp.
 */
#ifndef SMTPDX_CONFIG_EXIM_H
#define SMTPDX_CONFIG_EXIM_H

#include "config/config.h"

/* The Exim of this machine; NULL with the reason when there is none, or it does not tell. */
struct config *exim_read(double deadline, struct err *err);

/*
 * The text of a file, or of what -bP and `-bP transports` printed; it is cut to pieces. Macros, .ifdef and .include are
 * followed; what is included and cannot be read is a fault. `lines`: their numbers are those of the file config->path.
 */
void exim_take(struct config *config, char *text, bool lines);

/* Its services, when everything was read. */
void exim_finish(struct config *config);

#endif
