#include "text/excerpt.h"

#include "base/xalloc.h"
#include "log/prefix.h"
#include "log/stamp.h"
#include "text/breaks.h"
#include "text/clue.h"
#include "text/transcript.h"
#include "text/undress.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define LINES_MAX 512
#define BYTES_MAX ((size_t)64 << 10)

/* Columns of windows, terminals and mails. */
#define WIDTH_MIN 48
#define WIDTH_MAX 140

#define STAMP_WITHIN 40 /* bytes of a line, behind the name of a file or a container */

struct excerpt {
	char text[BYTES_MAX]; /* each line with a NUL behind it */
	size_t used;
	char *lines[LINES_MAX];
	size_t sizes[LINES_MAX];
	int parts[LINES_MAX]; /* lines of the file that this one stands for; 0: its beginning does */
	bool gone[LINES_MAX]; /* it went into the one before */
	size_t count, next;
};

struct excerpt *excerpt_new(void)
{
	return xcalloc(1, sizeof(struct excerpt));
}

void excerpt_free(struct excerpt *excerpt)
{
	free(excerpt);
}

bool excerpt_add(struct excerpt *x, struct slice line)
{
	if (x->count == LINES_MAX || line.size >= BYTES_MAX - x->used)
		return false;
	x->lines[x->count] = x->text + x->used;
	x->sizes[x->count] = line.size;
	x->parts[x->count++] = 1;
	if (line.size > 0)
		memcpy(x->text + x->used, line.at, line.size);
	x->text[x->used + line.size] = '\0';
	x->used += line.size + 1;
	return true;
}

bool excerpt_next(struct excerpt *x, struct slice *line, int *parts)
{
	while (x->next < x->count && x->gone[x->next])
		x->next++;
	if (x->next == x->count)
		return false;
	*line = (struct slice){.at = x->lines[x->next], .size = x->sizes[x->next]};
	*parts = x->parts[x->next++];
	return true;
}

/* --- lines that are several */

/* Makes room for a line behind `line`, which begins at `at` in it. */
static void insert(struct excerpt *x, size_t line, size_t at)
{
	const size_t after = x->count - line - 1;

	memmove(x->lines + line + 2, x->lines + line + 1, after * sizeof *x->lines);
	memmove(x->sizes + line + 2, x->sizes + line + 1, after * sizeof *x->sizes);
	memmove(x->parts + line + 2, x->parts + line + 1, after * sizeof *x->parts);
	x->lines[line + 1] = x->lines[line] + at;
	x->sizes[line + 1] = x->sizes[line] - at;
	x->parts[line + 1] = 0;
	x->count++;
}

static void break_up(struct excerpt *x)
{
	bool spelled = false;

	for (size_t i = 0, skip; i < x->count; i++) {
		spelled = spelled && x->parts[i] == 0;
		const size_t size = breaks_find(x->lines[i], x->sizes[i], &skip, &spelled);
		if (size < x->sizes[i] && x->count < LINES_MAX) {
			insert(x, i, size + skip);
			x->sizes[i] = size;
			x->lines[i][size] = '\0';
		}
		if (spelled)
			x->sizes[i] = breaks_unescape(x->lines[i], x->sizes[i]);
	}
}

/* --- paragraphs */

static void undress(struct excerpt *x)
{
	size_t end;

	for (size_t i = 0; i < x->count; i++) {
		x->sizes[i] = undress_line(x->lines[i], x->sizes[i]);
		x->lines[i][x->sizes[i]] = '\0';
	}
	for (size_t begin = 0; begin < x->count; begin = end + 1) {
		for (end = begin; end < x->count && x->sizes[end] > 0; end++)
			;
		undress_paragraph(x->lines + begin, x->sizes + begin, end - begin);
	}
}

/* --- wrapped lines */

/* The width at which the text was wrapped, if it was: its longest line that could have been broken; 0: there is none. */
static size_t width_of(const struct excerpt *x)
{
	size_t width = 0;

	for (size_t i = 0; i < x->count; i++)
		if (x->sizes[i] > width && x->sizes[i] <= WIDTH_MAX)
			width = x->sizes[i];
	return width >= WIDTH_MIN ? width : 0;
}

static bool has_program(const char *line, size_t size)
{
	struct log_prefix prefix;

	log_prefix_parse(NULL, (struct slice){.at = line, .size = size}, &prefix);
	return prefix.program.size > 0;
}

/* Whether a line begins as lines of a log do: with a stamp behind whatever, or with a program. */
static bool is_of_log(const char *line, size_t size)
{
	struct stamp stamp;

	for (size_t i = 0; i < size && i < STAMP_WITHIN; i++)
		if (stamp_parse((struct slice){.at = line + i, .size = size - i}, &stamp) > 0)
			return true;
	return has_program(line, size);
}

/* "Host:", "queue-id =": a name and what it stands for. */
static bool is_named(const char *line)
{
	const size_t name = strspn(line, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.");

	return line[name] == '=' || (line[name] == ' ' && line[name + 1] == '=') ||
	       (name > 0 && line[name] == ':' && line[name + 1] == ' ');
}

/* Whether a line begins something of its own: a dialog's turn, an entry of a list, a setting, a frame of a stack. */
static bool is_beginning(const char *line, size_t size)
{
	const char *text;

	if (is_of_log(line, size) || transcript_side(line, true, &text) != SIDE_NONE)
		return true;
	if (strchr("*-+#$>|{}=~", line[0]) != NULL || strncmp(line, "at ", 3) == 0 || strncmp(line, "File \"", 6) == 0)
		return true;
	if (line[0] == '<' && strstr(line, ">: ") != NULL)
		return true;
	if (line[0] != '<' && memchr(line, '@', size) != NULL && memchr(line, ' ', size) == NULL) /* of a queue */
		return true;
	return isdigit((unsigned char)line[0]) && clue_time_of_day(line) >= 0;
}

/* "Diagnostic-Code: ...", a field of a message. */
static bool is_field(const char *line)
{
	const char *colon = line + strspn(line, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-");

	return *colon == ':' && isupper((unsigned char)line[0]) && memchr(line, '-', (size_t)(colon - line)) != NULL;
}

/* Whether `line`, which belongs to what began at `first`, is full and goes on in the next one, `next`. */
static bool goes_on(const struct excerpt *x, size_t first, size_t line, size_t width)
{
	const char *next = x->lines[line + 1];
	const size_t size = x->sizes[line], indent = strspn(next, " "), word = strcspn(next + indent, " ");
	const size_t rest = x->sizes[line + 1] - indent;

	if (size == 0 || rest == 0 || is_beginning(next + indent, rest))
		return false;
	if (indent > 0 && is_field(x->lines[first])) /* folded, however long it is */
		return true;
	if (width == 0 || size > width || size + 1 + word <= width)
		return false;
	if (next[indent] == '(') /* in the listing of a queue the reason is a line of its own */
		return has_program(x->lines[first], x->sizes[first]);
	if (is_of_log(x->lines[first], x->sizes[first]))
		return true;
	if (is_named(next + indent))
		return false;
	const char last = x->lines[line][size - 1];
	return isalnum((unsigned char)last) ||
	       (strchr(".!?:;{}[(", last) == NULL && !isupper((unsigned char)next[indent]));
}

/* Whether lines were broken where the window ended, within words: then each that goes on fills it. */
static bool is_hard_wrapped(const struct excerpt *x, const bool *more, size_t width)
{
	size_t full = 0;

	for (size_t i = 0; i < x->count; i++) {
		if (more[i] && x->sizes[i] != width)
			return false;
		full += more[i];
	}
	return full > 0 && (width % 10 == 0 || width == 132);
}

/* Moves line `from` behind line `to`. */
static void join(struct excerpt *x, size_t to, size_t from, bool hard)
{
	const size_t indent = hard ? 0 : strspn(x->lines[from], " ");
	char *end = x->lines[to] + x->sizes[to];

	if (!hard)
		*end++ = ' ';
	memmove(end, x->lines[from] + indent, x->sizes[from] - indent);
	end += x->sizes[from] - indent;
	*end = '\0';
	x->sizes[to] = (size_t)(end - x->lines[to]);
	x->parts[to] += x->parts[from];
	x->gone[from] = true;
}

/* Whether the only line that seems to go on is one of a log, whole in itself, and what follows something else. */
static bool is_whole(const struct excerpt *x, size_t line)
{
	size_t others = 0;

	if (!is_of_log(x->lines[line], x->sizes[line]))
		return false;
	for (size_t i = 0; i < x->count; i++)
		others += i != line && i != line + 1 && x->sizes[i] > 0;
	return others > 1 || strchr(")]", x->lines[line][x->sizes[line] - 1]) != NULL || is_named(x->lines[line + 1]);
}

static void unwrap(struct excerpt *x)
{
	const size_t width = width_of(x);
	bool more[LINES_MAX] = {false};
	size_t joins = 0, last = 0;

	for (size_t first = 0, i = 0; i + 1 < x->count; i++) {
		more[i] = goes_on(x, first, i, width);
		first = more[i] ? first : i + 1;
		last = more[i] ? i : last;
		joins += more[i];
	}
	if (joins == 1 && is_whole(x, last))
		return;
	const bool hard = is_hard_wrapped(x, more, width);
	for (size_t first = 0, i = 0; i + 1 < x->count; i++) {
		if (more[i])
			join(x, first, i + 1, hard);
		else
			first = i + 1;
	}
}

static void join(struct excerpt *x, size_t to, size_t from, bool hard);

/* Lines from `begin` to before `end` that a mail program encoded. */
static void decode(struct excerpt *x, size_t begin, size_t end)
{
	bool is_encoded = false, soft, some;

	for (size_t i = begin; i < end; i++) {
		if (!breaks_quoted_printable(x->lines[i], x->sizes[i], &soft, &some))
			return;
		is_encoded = is_encoded || some;
	}
	for (size_t i = begin, first = begin; is_encoded && i < end; i++) {
		breaks_quoted_printable(x->lines[i], x->sizes[i], &soft, &some);
		x->sizes[i] = breaks_decode(x->lines[i], x->sizes[i]);
		if (first < i)
			join(x, first, i, true);
		first = soft ? first : i + 1;
	}
}

/* Lines that went into others make room. */
static void close_up(struct excerpt *x)
{
	size_t kept = 0;

	for (size_t i = 0; i < x->count; i++) {
		if (x->gone[i]) {
			x->gone[i] = false;
			continue;
		}
		x->lines[kept] = x->lines[i];
		x->sizes[kept] = x->sizes[i];
		x->parts[kept++] = x->parts[i];
	}
	x->count = kept;
}

static void decode_paragraphs(struct excerpt *x)
{
	size_t end;

	for (size_t begin = 0; begin < x->count; begin = end + 1) {
		for (end = begin; end < x->count && x->sizes[end] > 0; end++)
			;
		decode(x, begin, end);
	}
	close_up(x);
}

void excerpt_tidy(struct excerpt *x)
{
	decode_paragraphs(x);
	break_up(x);
	undress(x);
	unwrap(x);
}
