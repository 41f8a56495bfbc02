/*
 * scenario - what the faulty server is to do, as read from a scenario file (help/demo/README describes the language)
 *
 * A scenario has parts: DNS servers with records and rules for questions, SMTP servers with rules for what a client
 * sends. Rules are tried in the order of the file; the first that fits wins. Durations are kept as they will be waited,
 * the scenario's scale already applied.
 */
#ifndef SMTPDX_DEMO_SCENARIO_H
#define SMTPDX_DEMO_SCENARIO_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#define SCENARIO_PARTS_MAX 16
#define PART_ADDRESSES_MAX 4

/* ---- DNS */

enum dns_deed {
	DNS_DEED_ANSWER, /* from the records */
	DNS_DEED_SILENT,
	DNS_DEED_SERVFAIL,
	DNS_DEED_REFUSED,
	DNS_DEED_NXDOMAIN,
	DNS_DEED_TRUNCATE, /* over UDP an empty answer with the TC bit, over TCP the whole one */
	DNS_DEED_LAME,     /* an answer without authority and without records */
	DNS_DEED_GARBAGE,  /* a header that promises more than follows */
};

struct dns_record {
	char *name;          /* owner, lower case, without the final dot */
	int type;            /* ns_t_a, ... */
	unsigned char *data; /* RDATA, names in it not compressed */
	size_t size;
	char *target; /* of a CNAME; otherwise NULL */
};

struct dns_rule {
	int type;     /* ns_t_any: every type */
	char *name;   /* NULL: every name */
	size_t first; /* fits only so many times; 0: always */
	size_t used;  /* how often it has fitted; counted by the server */
	double delay; /* s */
	enum dns_deed deed;
};

struct dns_part {
	struct sockaddr_storage addresses[PART_ADDRESSES_MAX]; /* without ports */
	size_t address_count;
	bool closed; /* nobody listens: the kernel refuses questions */
	struct dns_record *records;
	size_t record_count, record_room;
	struct dns_rule *rules;
	size_t rule_count, rule_room;
};

/* ---- SMTP */

enum smtp_event {
	SMTP_BANNER, /* a client has connected */
	SMTP_EHLO,
	SMTP_HELO,
	SMTP_STARTTLS,
	SMTP_AUTH,
	SMTP_MAIL,
	SMTP_RCPT,
	SMTP_DATA,
	SMTP_RSET,
	SMTP_NOOP,
	SMTP_QUIT,
	SMTP_OTHER, /* any other command */
	SMTP_BODY,  /* so many bytes of the message have come */
	SMTP_END,   /* the final dot has come */
	SMTP_IDLE,  /* nothing has come for so long */
	SMTP_LIMIT, /* a client has connected that has so many sessions already */
	SMTP_EVENT_COUNT
};

enum smtp_step_kind {
	SMTP_STEP_DELAY,
	SMTP_STEP_WAIT,  /* until the client sends something, which is thrown away */
	SMTP_STEP_REPLY, /* text with line ends; {host} {client} {date} are filled in when it is sent */
	SMTP_STEP_BYTES, /* sent as they are */
	SMTP_STEP_CLOSE,
	SMTP_STEP_RESET,  /* a TCP reset instead of a close */
	SMTP_STEP_SILENT, /* reads on and never answers again */
	SMTP_STEP_STALL,  /* does not even read any more */
};

struct smtp_step {
	enum smtp_step_kind kind;
	double seconds; /* SMTP_STEP_DELAY */
	char *text;     /* SMTP_STEP_REPLY, SMTP_STEP_BYTES; may hold NUL */
	size_t size;
};

struct smtp_rule {
	enum smtp_event event;
	double amount; /* SMTP_BODY: bytes; SMTP_IDLE: seconds; SMTP_LIMIT: sessions */
	size_t first;  /* fits only so many times; 0: always */
	size_t used;   /* how often it has fitted; counted by the server */
	struct smtp_step *steps;
	size_t step_count, step_room;
};

struct smtp_part {
	struct sockaddr_storage addresses[PART_ADDRESSES_MAX]; /* without ports */
	size_t address_count;
	char *host;              /* {host} in replies */
	bool closed;             /* nobody listens: connections are refused */
	bool filtered;           /* connection attempts get no answer at all */
	struct smtp_rule *rules; /* those of help/demo/defaults come last */
	size_t rule_count, rule_room;
};

struct scenario {
	char *title;
	char *expect;  /* cause id */
	char *target;  /* may hold {port} */
	char *options; /* "" when there are none */
	double scale;
	struct dns_part *dns;
	size_t dns_count, dns_room;
	struct smtp_part *smtp;
	size_t smtp_count, smtp_room;
};

/* Reads a scenario; origin names the text in errors. NULL with "origin:line: expected ..., found ...". */
struct scenario *scenario_parse(const char *origin, const char *text, struct err *err);

/* The same for a shipped (or the site's) scenario by its name, or for the file at that path when the name has a slash. */
struct scenario *scenario_load(const char *name, struct err *err);
void scenario_free(struct scenario *scenario);

#endif
