/*
 * fact_table - how the rows of the fact table are written
 *
 * One file in facts/ a check; each defines an array that ends with an empty row and is named in fact_table.c.
 */
#ifndef SMTPDX_MODEL_FACT_TABLE_H
#define SMTPDX_MODEL_FACT_TABLE_H

#include "base/i18n.h"
#include "model/fact.h"

#define NUMBER(fact, of, sentence)                                               \
	{                                                                        \
		.name = fact, .kind = FACT_NUMBER, .unit = of, .means = sentence \
	}
#define TEXT(fact, sentence)                                                   \
	{                                                                      \
		.name = fact, .kind = FACT_TEXT, .unit = "", .means = sentence \
	}
#define WORD(fact, list, sentence)                                                            \
	{                                                                                     \
		.name = fact, .kind = FACT_WORD, .unit = "", .words = list, .means = sentence \
	}
#define FLAG(fact, sentence)                                                   \
	{                                                                      \
		.name = fact, .kind = FACT_FLAG, .unit = "", .means = sentence \
	}

/* Lists of words that several facts share. */

#define PHASES        "connect|banner|ehlo|starttls|tls|mail|rcpt|data|body|end|quit"
#define LOOKUP        "ok|none|nxdomain|servfail|refused|timeout|loop|malformed"
#define SERVER_STATES "answers|lame|silent|servfail|refused|unreachable"
#define SOFTWARE                                                                                               \
	"postfix|exim|sendmail|opensmtpd|exchange|exchange-online|ses|gmail|yahoo|imsva|haraka|qmail|courier|" \
	"hmailserver|icloud|mimecast|proofpoint|other|unknown"

/* What a reply is about, by its catalogue row or, failing that, by its code and enhanced code. */
#define REPLY_CLASSES                                                                                              \
	"ok|idle-timeout|too-many-connections|rate-limit|session-limit|process-limit|overload|shutdown|disk-full|" \
	"size-limit|greylist|reputation|policy|dns|tls|tls-version|auth|milter|proxy-filter|policy-service|"       \
	"content-filter|pipelining|protocol-error|relaying|unknown-recipient|sender|greet-pause|server-fault|other"

/* What a line of a log, transcript, error message, configuration or remark is about, beyond replies. */
#define LINE_CLASSES                                                                                                   \
	"auth-down|back-pressure|ban|close-wait|cloud-host|connected|congestion|cut-at-end|deferred|delivered|"        \
	"dns-again|dns-list|dns-nxdomain|dns-ptr|dns-ptr-slow|dns-slow|early-talk|ehlo-refused|"                       \
	"expired|arrives-anyway|harmless-close|device-hint|ipv6-hint|in-session|in-connect|in-tls|loss|window|"        \
	"intermittent|"                                                                                                \
	"filter-busy|filter-conf|"                                                                                     \
	"filter-down|filter-"                                                                                          \
	"slow|firewall-hint|ident-timeout|"                                                                            \
	"idle-hint|late-reply|late-replies|in-lost-banner|in-lost-body|in-lost-body-empty|in-lost-body-part|in-lost-"  \
	"command|"                                                                                                     \
	"in-lost-end|in-lost-starttls|in-timeout-banner|in-timeout-body|in-timeout-body-empty|"                        \
	"in-timeout-body-part|in-timeout-command|in-timeout-idle|in-tls-closed|in-tls-failed|"                         \
	"in-tls-timeout|inspection|large-lost|large-only|late-banner|late-body|lmtp-refused|load|lookup-slow|many-at-" \
	"once|"                                                                                                        \
	"memory|"                                                                                                      \
	"milter-down|milter-slow|mtu-hint|nat-hint|no-dot|no-starttls|noise|not-smtp|not-tls|null-mx|"                 \
	"out-broken-pipe|out-connect-denied|out-connect-noaddress|out-connect-refused|"                                \
	"out-connect-timeout|out-connect-unreachable|out-lost-banner|out-lost-body|out-lost-command|"                  \
	"out-lost-end|out-lost-tls|out-refused|out-timeout-banner|out-timeout-body|"                                   \
	"out-timeout-command|out-timeout-end|out-timeout-idle|out-timeout-read|out-timeout-tls|"                       \
	"out-tls-failed|policy-down|port-not-published|proxy-protocol|proxy-protocol-conf|"                            \
	"ptr-refused|published-port|queue-only|quoted|reply-mixup|resolver-down|retransmits|"                          \
	"scanner-slow|secure-off|secure-on|server-slow|server-stuck|tls-wanted|session|session-expired|short-timer|"   \
	"silent-after-idle|slow-"                                                                                      \
	"hint|"                                                                                                        \
	"socket-missing|stress|syn-unanswered|tarpit|tls-certificate|tls-closed|tls-failed|"                           \
	"tls-timeout|tls-verify-conf|waits-for-banner|waits-for-body|waits-for-dot|waits-for-end|"                     \
	"waits-for-reply|wrong-tls-mode"

/* Where a setting's value comes from. */
#define CONFIG_ORIGINS "default|built-in|main.cf|master.cf|file"

/* What goes wrong with sessions and deliveries, as logs and queues tell it. */
#define LOG_SYMPTOMS                                                                           \
	"timeout|lost|busy|too-many|rate|process-limit|stress|load|disk|size|connect-timeout|" \
	"connect-refused|unreachable|dns|tls|auth|milter|filter|policy|greylist|refused|protocol|noise"

extern const struct fact_def facts_dns[];
extern const struct fact_def facts_smtp[];
extern const struct fact_def facts_mtu[];
extern const struct fact_def facts_text[];
extern const struct fact_def facts_log[];
extern const struct fact_def facts_config[];
extern const struct fact_def facts_capture[];
extern const struct fact_def facts_queue[];
extern const struct fact_def facts_host[];
extern const struct fact_def facts_limit[];
extern const struct fact_def facts_derived[];

#endif
