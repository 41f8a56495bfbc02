/*
 * reply - incremental reading of SMTP replies (RFC 5321 4.2), without any I/O
 *
 * In: bytes as they come, in any portions. Out: each line once, and a reply when its last line is there. Whatever a
 * peer sends, a parser holds no more than its struct, and nothing in a reply is raw: texts are clean (base/text.h).
 * What is wrong with a reply is noted in it; only faults after which no reply can be told apart any more end the parse.
 */
#ifndef SMTPDX_SMTP_REPLY_H
#define SMTPDX_SMTP_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#define SMTP_LINE_MAX        65536 /* bytes in a line, far above the 512 of RFC 5321 4.5.3.1.5 */
#define SMTP_REPLY_LINES_MAX 100
#define SMTP_REPLY_BYTES_MAX 262144
#define SMTP_LINE_KEPT       512  /* bytes of a line, cleaned */
#define SMTP_REPLY_KEPT      4096 /* bytes of a whole reply, cleaned */

/* The words of smtp.protocol.fault, in smtp_fault_name(). */
enum smtp_fault {
	SMTP_FAULT_NONE,
	SMTP_FAULT_MALFORMED,   /* ends the parse */
	SMTP_FAULT_LINE_LENGTH, /* ends the parse */
	SMTP_FAULT_ENDLESS,     /* ends the parse */
	SMTP_FAULT_NUL,
	SMTP_FAULT_EARLY_TALK, /* set by whoever knows that nothing was asked */
	SMTP_FAULT_MIXED_CODES,
	SMTP_FAULT_BARE_LF,
};

const char *smtp_fault_name(enum smtp_fault fault);

struct smtp_reply {
	int code; /* of the last line; 0: there is none */
	int lines;
	char enhanced[12];           /* RFC 3463 code of the first line that has one, otherwise "" */
	char first[SMTP_LINE_KEPT];  /* text of the first line, without code and enhanced code */
	char text[SMTP_REPLY_KEPT];  /* the same of all lines, each ended by a line feed */
	enum smtp_fault fault;       /* the first that was met */
	char detail[SMTP_LINE_KEPT]; /* the line of that fault */
};

struct smtp_parser {
	struct smtp_reply reply; /* under way, or complete until the next byte comes */
	bool complete;
	char line[SMTP_LINE_KEPT]; /* start of the line under way, raw */
	size_t line_size;          /* its whole size so far */
	size_t reply_size;
	bool has_nul, after_cr;
	void (*on_line)(void *context, const char *line); /* each line, cleaned; may be NULL */
	void *context;
};

enum smtp_parse { SMTP_PARSE_MORE, SMTP_PARSE_REPLY, SMTP_PARSE_FAULT };

void smtp_parser_init(struct smtp_parser *p, void (*on_line)(void *context, const char *line), void *context);

/*
 * Reads up to the end of one reply; *used says how many bytes that took, the rest belongs to the next reply. After
 * SMTP_PARSE_FAULT reply.fault and reply.detail say what was wrong and the parser takes no more.
 */
enum smtp_parse smtp_parser_feed(struct smtp_parser *p, const char *bytes, size_t size, size_t *used);

/*
 * Splits "4.7.0 text" into the enhanced code (RFC 2034: class, subject, detail) and the text, which is returned;
 * enhanced is "" when there is none.
 */
const char *smtp_reply_split(const char *text, char enhanced[static 12]);

#endif
