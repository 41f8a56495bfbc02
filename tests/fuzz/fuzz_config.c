/*
 * fuzz_config - the readers of mail servers' configurations against arbitrary bytes, and the evaluation of what they read
 *
 *   clang -std=c11 -D_GNU_SOURCE -Icore -g -fsanitize=fuzzer,address,undefined tests/fuzz/fuzz_config.c libsmtpdx.a ...
 *
 * The first byte says which reader gets the rest. Whatever comes in, what goes out is clean text of bounded size.
 */
#include "base/text.h"
#include "base/xalloc.h"
#include "checks/config/facts.h"
#include "config/exim.h"
#include "config/opensmtpd.h"
#include "config/postfix.h"
#include "config/sendmail.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		__builtin_trap();
}

static void exim_take_text(struct config *config, char *text)
{
	exim_take(config, text, true);
}

static void check_facts(const struct case_file *c)
{
	for (size_t i = 0; i < c->fact_count; i++) {
		const char *text = c->facts[i].text;
		if (text == NULL)
			continue;
		char *again = text_clean_dup(text, strlen(text), 1 << 20);
		check(strcmp(text, again) == 0 && strlen(text) < 16384);
		free(again);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct {
		const char *server;
		void (*take)(struct config *config, char *text);
		void (*finish)(struct config *config);
	} kinds[] = {
	    {"postfix", postfix_take_any, postfix_finish},   {"postfix", postfix_take_defaults, postfix_finish},
	    {"exim", exim_take_text, exim_finish},           {"sendmail", sendmail_take, sendmail_finish},
	    {"opensmtpd", opensmtpd_take, opensmtpd_finish},
	};
	static struct config_catalogue *catalogue; /* kept: loading it takes longer than what is tested */

	if (catalogue == NULL)
		catalogue = config_catalogue_load(NULL);
	check(catalogue != NULL);
	if (size == 0)
		return 0;
	const size_t kind = data[0] % (sizeof kinds / sizeof kinds[0]);
	struct case_file *c = case_new("fuzz");
	struct emit *e = emit_new("config", NULL, c);
	struct config *config = config_new(kinds[kind].server, "fuzz");
	char *text = xstrndup((const char *)data + 1, size - 1);
	kinds[kind].take(config, text);
	kinds[kind].finish(config);
	config_emit(config, catalogue, e);
	check_facts(c);
	config_free(config);
	free(text);
	emit_free(e);
	case_free(c);
	return 0;
}
