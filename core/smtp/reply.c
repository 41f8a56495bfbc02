#include "smtp/reply.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

const char *smtp_fault_name(enum smtp_fault fault)
{
	static const char *const names[] = {
	    [SMTP_FAULT_NONE] = "",
	    [SMTP_FAULT_MALFORMED] = "malformed-reply",
	    [SMTP_FAULT_LINE_LENGTH] = "line-too-long",
	    [SMTP_FAULT_ENDLESS] = "endless-reply",
	    [SMTP_FAULT_NUL] = "nul",
	    [SMTP_FAULT_EARLY_TALK] = "early-talk",
	    [SMTP_FAULT_MIXED_CODES] = "mixed-codes",
	    [SMTP_FAULT_BARE_LF] = "bare-lf",
	};

	return names[fault];
}

void smtp_parser_init(struct smtp_parser *p, void (*on_line)(void *context, const char *line), void *context)
{
	memset(p, 0, sizeof *p);
	p->on_line = on_line;
	p->context = context;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t digits(const char *text, size_t max)
{
	size_t n = 0;

	while (n < max && is_digit(text[n]))
		n++;
	return n;
}

const char *smtp_reply_split(const char *text, char enhanced[static 12])
{
	size_t size = 1;

	enhanced[0] = '\0';
	if (text[0] != '2' && text[0] != '4' && text[0] != '5')
		return text;
	for (int part = 0; part < 2; part++) {
		size_t count = text[size] == '.' ? digits(text + size + 1, 3) : 0;
		if (count == 0)
			return text;
		size += 1 + count;
	}
	if (text[size] != ' ' && text[size] != '\0' && text[size] != ':')
		return text;
	memcpy(enhanced, text, size);
	enhanced[size] = '\0';
	size += text[size] == ':';
	return text + size + strspn(text + size, " ");
}

static void note_fault(struct smtp_reply *reply, enum smtp_fault fault, const char *line)
{
	if (reply->fault != SMTP_FAULT_NONE)
		return;
	reply->fault = fault;
	snprintf(reply->detail, sizeof reply->detail, "%s", line);
}

/* The code of a reply line (RFC 5321 4.2: three digits, the first 2 to 5), 0 when it is none. */
static int line_code(const char *line)
{
	if (digits(line, 4) != 3 || line[0] < '2' || line[0] > '5')
		return 0;
	if (line[3] != '\0' && line[3] != ' ' && line[3] != '-')
		return 0;
	return (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
}

static void add_text(struct smtp_reply *reply, const char *text)
{
	size_t used = strlen(reply->text);
	size_t size = strlen(text);

	if (used + size + 2 > sizeof reply->text)
		return;
	memcpy(reply->text + used, text, size);
	memcpy(reply->text + used + size, "\n", 2);
}

/* One whole line is there. */
static enum smtp_parse end_line(struct smtp_parser *p)
{
	struct smtp_reply *reply = &p->reply;
	char line[SMTP_LINE_KEPT], enhanced[12];
	size_t kept = p->line_size < sizeof p->line ? p->line_size : sizeof p->line;

	text_clean(p->line, kept, line, sizeof line);
	if (p->on_line != NULL)
		p->on_line(p->context, line);
	if (p->has_nul)
		note_fault(reply, SMTP_FAULT_NUL, line);
	if (!p->after_cr)
		note_fault(reply, SMTP_FAULT_BARE_LF, line);
	p->line_size = 0;
	p->has_nul = p->after_cr = false;

	int code = line_code(line);
	if (code == 0) {
		reply->fault = SMTP_FAULT_NONE; /* whatever was odd before: this is no reply at all */
		note_fault(reply, SMTP_FAULT_MALFORMED, line);
		return SMTP_PARSE_FAULT;
	}
	if (reply->lines > 0 && code != reply->code)
		note_fault(reply, SMTP_FAULT_MIXED_CODES, line);
	const char *text = smtp_reply_split(line + 3 + (line[3] != '\0'), enhanced);
	reply->code = code;
	if (reply->enhanced[0] == '\0')
		memcpy(reply->enhanced, enhanced, sizeof enhanced);
	if (reply->lines++ == 0)
		snprintf(reply->first, sizeof reply->first, "%s", text);
	add_text(reply, text);
	if (line[3] != '-') {
		p->complete = true;
		return SMTP_PARSE_REPLY;
	}
	if (reply->lines >= SMTP_REPLY_LINES_MAX) {
		note_fault(reply, SMTP_FAULT_ENDLESS, line);
		return SMTP_PARSE_FAULT;
	}
	return SMTP_PARSE_MORE;
}

static enum smtp_parse overrun(struct smtp_parser *p, enum smtp_fault fault)
{
	char line[SMTP_LINE_KEPT];

	text_clean(p->line, sizeof p->line, line, sizeof line);
	if (p->on_line != NULL)
		p->on_line(p->context, line);
	p->reply.fault = SMTP_FAULT_NONE;
	note_fault(&p->reply, fault, line);
	return SMTP_PARSE_FAULT;
}

enum smtp_parse smtp_parser_feed(struct smtp_parser *p, const char *bytes, size_t size, size_t *used)
{
	if (p->complete)
		smtp_parser_init(p, p->on_line, p->context);
	for (*used = 0; *used < size;) {
		char c = bytes[(*used)++];
		if (++p->reply_size > SMTP_REPLY_BYTES_MAX)
			return overrun(p, SMTP_FAULT_ENDLESS);
		if (c == '\n') {
			enum smtp_parse result = end_line(p);
			if (result != SMTP_PARSE_MORE)
				return result;
			continue;
		}
		if (p->line_size < sizeof p->line)
			p->line[p->line_size] = c;
		if (++p->line_size > SMTP_LINE_MAX)
			return overrun(p, SMTP_FAULT_LINE_LENGTH);
		p->has_nul = p->has_nul || c == '\0';
		p->after_cr = c == '\r';
	}
	return SMTP_PARSE_MORE;
}
