/* config: what a mail server's configuration says, per listening service and per way of sending */
#include "model/fact_table.h"

/*
 * A role is what a setting is for, whatever its name is on that server. The subject is a service: "postfix smtp/inet",
 * "exim server", "exim client remote_smtp". A limit that is switched off has no number, only ".off": no limit is not 0.
 */
#define ROLE(role, of, sentence)                                                                                      \
	NUMBER("config." role, of, sentence),                                                                         \
	    NUMBER("config." role ".stress", of, N_("the same under stress, where that differs")),                    \
	    NUMBER("config." role ".default", of, N_("the same as the software comes")),                              \
	    NUMBER("config." role ".minimum", of, N_("the least that RFC 5321 4.5.3 allows")),                        \
	    FLAG("config." role ".off", N_("it is switched off: no limit, no wait")),                                 \
	    TEXT("config." role ".setting", N_("what that setting is called there")),                                 \
	    TEXT("config." role ".raw", N_("its value as it is written there; missing when it is not written down")), \
	    WORD("config." role ".origin", CONFIG_ORIGINS, N_("where its value comes from")),                         \
	    NUMBER("config." role ".line", "count", N_("in which line of that file"))

const struct fact_def facts_config[] = {
    WORD("config.software", SOFTWARE, N_("whose configuration it is; once for each service")),
    TEXT("config.version", N_("its version")),
    TEXT("config.path", N_("the file or folder that it was read from")),
    TEXT("config.hostname", N_("the name that the server is set to have, where it is written down")),
    TEXT("config.source", N_("the file that people edit, and the one of config.path is made from (sendmail.mc)")),
    TEXT("config.compiled", N_("what the program was compiled with, where it tells (Sendmail)")),
    TEXT("config.folder", N_("the folder that commands must name, unless it is the one that Postfix takes by itself")),
    TEXT("config.programs", N_("the folder of its commands, unless a shell finds them")),
    TEXT("config.fault", N_("what could not be read or understood; the rest counts")),
    NUMBER("config.port", "count", N_("a port that the service listens on")),
    TEXT("config.endpoint", N_("an address and port of this machine that the service listens on")),
    FLAG("config.stress", N_("the server runs under stress now")),
    /* the receiving side */
    ROLE("server-timeout", "s", N_("how long the server waits for a client's next command or piece of message")),
    ROLE("data-timeout", "s", N_("how long it waits for the next piece of message, where that is set apart")),
    ROLE("starttls-timeout", "s", N_("how long it waits within a TLS handshake")),
    ROLE("connection-limit", "count", N_("sessions that one client may have at the same time")),
    ROLE("rate-limit", "count", N_("new connections that one client may open in each rate-window")),
    ROLE("rate-window", "s", N_("the time that rates are counted over")),
    ROLE("message-rate-limit", "count", N_("messages that one client may send in each rate-window")),
    ROLE("recipient-rate-limit", "count", N_("recipients that one client may name in each rate-window")),
    ROLE("process-limit", "count", N_("sessions that the server serves at the same time, whoever they are from")),
    ROLE("process-reserve", "count", N_("of these, how many are kept for chosen clients")),
    ROLE("queue-sessions", "count", N_("sessions from which on messages are only queued")),
    ROLE("rate-throttle", "count", N_("new connections that the server takes in a second, whoever they are from")),
    ROLE("session-limit", "count", N_("messages in one session")),
    ROLE("recipient-limit", "count", N_("recipients of one message")),
    ROLE("error-limit", "count", N_("mistakes in a session after which the server hangs up")),
    ROLE("message-limit", "B", N_("size of a message")),
    ROLE("free-space", "B", N_("room that must be free in the queue before a message is taken")),
    ROLE("refuse-load", "count", N_("load average from which connections are refused")),
    ROLE("queue-load", "count", N_("load average from which messages are only queued")),
    ROLE("delay-load", "count", N_("load average from which replies are delayed by a second")),
    ROLE("ident-timeout", "s", N_("how long the server waits for an answer from the client's ident port")),
    ROLE("greet-pause", "s", N_("deliberate pause before the greeting")),
    ROLE("milter-timeout", "s", N_("how long the server waits for a milter's answer to a command")),
    ROLE("milter-content-timeout", "s", N_("how long it waits for a milter's answer to the message")),
    ROLE("policy-timeout", "s", N_("how long it waits for a policy service")),
    ROLE("proxy-timeout", "s", N_("how long it waits for a filter before the queue")),
    /* the sending side */
    ROLE("client-connect-timeout", "s", N_("how long a sender waits for a connection")),
    ROLE("client-banner-timeout", "s", N_("how long a sender waits for the greeting")),
    ROLE("client-mail-timeout", "s", N_("how long a sender waits for the reply to MAIL")),
    ROLE("client-rcpt-timeout", "s", N_("how long a sender waits for the reply to RCPT")),
    ROLE("client-data-timeout", "s", N_("how long a sender waits for the reply to DATA")),
    ROLE("client-body-timeout", "s", N_("how long a sender waits until a piece of message is taken")),
    ROLE("client-end-timeout", "s", N_("how long a sender waits for the reply to the final dot")),
    ROLE("client-concurrency", "count", N_("sessions that the sender has with one destination at the same time")),
    ROLE("client-session-limit", "count", N_("messages that the sender puts into one session")),
    ROLE("client-idle", "s", N_("how long the sender keeps a session that it does not use")),
    ROLE("retry-least", "s", N_("shortest wait before a message is tried again")),
    ROLE("retry-most", "s", N_("longest wait before a message is tried again")),
    ROLE("queue-lifetime", "s", N_("how long a message is tried before it is returned")),
    /* each setting of the server; the subject is the service and the setting's name */
    TEXT("config.setting.value", N_("a setting's value in normal operation")),
    TEXT("config.setting.stress", N_("its value under stress, where that differs")),
    TEXT("config.setting.default", N_("its value as the software comes, where that differs")),
    TEXT("config.setting.minimum", N_("the least that RFC 5321 4.5.3 allows")),
    TEXT("config.setting.raw", N_("its value as it is written")),
    TEXT("config.setting.role", N_("what it is for: the fact that has the same value")),
    WORD("config.setting.origin", CONFIG_ORIGINS, N_("where its value comes from, unless it is the default")),
    TEXT("config.setting.file", N_("the file that has it, unless that is the one of config.path")),
    TEXT("config.setting.macro", N_("the macro that has its value: that is to be changed")),
    NUMBER("config.setting.line", "count", N_("in which line of that file")),
    TEXT("config.setting.fault", N_("why its value could not be told")),
    {0},
};
