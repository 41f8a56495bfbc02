/*
 * i18n - the one place where text for people meets gettext
 *
 * Wire text, fact names, commands and machine output are never translated, so they never pass through _().
 */
#ifndef SMTPDX_BASE_I18N_H
#define SMTPDX_BASE_I18N_H

#include <libintl.h>

#define _(text)  gettext(text)
#define N_(text) (text) /* marks a text in a table; whoever shows it calls _() */

#endif
