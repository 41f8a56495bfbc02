/* Files of every kind must give their lines, in bounded memory, and say what became of the rest. */
#include "log/reader.h"

#include "unit.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

static char path[] = "/tmp/test_log_reader-XXXXXX";

static int make_path(void **state)
{
	(void)state;
	memcpy(path + sizeof path - 7, "XXXXXX", 6);
	const int fd = mkstemp(path);
	return fd < 0 ? -1 : close(fd);
}

static int remove_path(void **state)
{
	(void)state;
	chmod(path, 0600);
	return unlink(path);
}

static void write_bytes(const void *bytes, size_t size)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

static struct log_reader *open_path(void)
{
	struct err err;
	struct log_reader *reader = log_reader_open(path, &err);

	if (reader == NULL)
		fail_msg("%s", err.text);
	return reader;
}

static void expect_line(struct log_reader *reader, const char *expected)
{
	struct slice line;

	assert_true(log_reader_next(reader, &line));
	if (!slice_is(line, expected))
		fail_msg("\"%.*s\", expected \"%s\"", (int)line.size, line.at, expected);
}

static void expect_end(struct log_reader *reader, const char *trouble)
{
	struct slice line;

	assert_false(log_reader_next(reader, &line));
	assert_string_equal(log_reader_input(reader)->trouble, trouble);
	log_reader_free(reader);
}

static void lines_end_in_any_way(void **state)
{
	(void)state;
	write_bytes("one\ntwo\r\n\nlast", 14);
	struct log_reader *reader = open_path();
	expect_line(reader, "one");
	expect_line(reader, "two");
	expect_line(reader, "");
	expect_line(reader, "last");
	expect_end(reader, "");
	write_bytes("", 0);
	expect_end(open_path(), "");
}

static void byte_order_marks_are_understood(void **state)
{
	(void)state;
	write_bytes("\xef\xbb\xbfone\n", 7);
	struct log_reader *reader = open_path();
	expect_line(reader, "one");
	expect_end(reader, "");
	write_bytes("\xff\xfeo\0n\0\xac\x20\n\0x\0", 12);
	reader = open_path();
	expect_line(reader, "on?");
	expect_line(reader, "x");
	expect_end(reader, "");
	write_bytes("\xfe\xff\0o\0n\0e", 8);
	reader = open_path();
	expect_line(reader, "one");
	expect_end(reader, "");
}

static void a_line_without_end_is_cut_and_counted(void **state)
{
	const size_t size = 20u << 20;
	char *bytes = malloc(size + 6);
	struct slice line;

	(void)state;
	assert_non_null(bytes);
	memset(bytes, 'x', size);
	memcpy(bytes + size, "\nnext\n", 6);
	write_bytes(bytes, size + 6);
	free(bytes);
	struct log_reader *reader = open_path();
	assert_true(log_reader_next(reader, &line));
	assert_int_equal(line.size, LOG_LINE_MAX);
	expect_line(reader, "next");
	assert_true(log_reader_input(reader)->cut_lines > 0.5);
	assert_true(log_reader_input(reader)->cut_bytes > (double)(size - LOG_LINE_MAX) - 0.5);
	expect_end(reader, "");
}

/* Lines of many lengths across the borders of blocks come out whole and in order. */
static void blocks_do_not_show(void **state)
{
	const int count = 40000;
	FILE *file = fopen(path, "w");
	struct slice line;

	(void)state;
	assert_non_null(file);
	for (int i = 0; i < count; i++)
		fprintf(file, "%d %*s\n", i, i % 97, "");
	assert_int_equal(fclose(file), 0);
	struct log_reader *reader = open_path();
	for (int i = 0; i < count; i++) {
		assert_true(log_reader_next(reader, &line));
		char number[16];
		const int digits = snprintf(number, sizeof number, "%d ", i);
		assert_true(slice_begins(line, number));
		assert_int_equal(line.size, (size_t)digits + (size_t)(i % 97));
	}
	assert_true(log_reader_input(reader)->lines > count - 0.5);
	expect_end(reader, "");
}

static size_t read_file_bytes(char *bytes, size_t room)
{
	FILE *file = fopen(path, "rb");

	assert_non_null(file);
	const size_t size = fread(bytes, 1, room, file);
	fclose(file);
	return size;
}

static void write_gzip(const char *mode)
{
	gzFile file = gzopen(path, mode);

	assert_non_null(file);
	for (int i = 0; i < 3000; i++)
		gzprintf(file, "line %d %08x\n", i, (unsigned)i * 2654435761u);
	assert_int_equal(gzclose(file), Z_OK);
}

static long count_lines(struct log_reader *reader)
{
	struct slice line;
	long count = 0;

	while (log_reader_next(reader, &line))
		count++;
	return count;
}

static void gzip_is_unpacked(void **state)
{
	(void)state;
	write_gzip("wb");
	write_gzip("ab"); /* a second stream behind the first, as rotated files have it */
	struct log_reader *reader = open_path();
	assert_int_equal(count_lines(reader), 6000);
	assert_true(log_reader_input(reader)->compressed);
	expect_end(reader, "");
}

static void damaged_gzip_gives_what_can_be_read(void **state)
{
	static char bytes[200000];

	(void)state;
	write_gzip("wb");
	const size_t size = read_file_bytes(bytes, sizeof bytes);
	write_bytes(bytes, size / 2);
	struct log_reader *reader = open_path();
	long lines = count_lines(reader);
	assert_true(lines > 500 && lines < 3000);
	expect_end(reader, "the gzip file ends in the middle");
	memset(bytes + size / 2, 0xff, 64);
	write_bytes(bytes, size);
	reader = open_path();
	assert_true(count_lines(reader) > 500);
	expect_end(reader, "the gzip file is damaged");
}

static void what_cannot_be_read_is_said(void **state)
{
	struct err err;

	(void)state;
	assert_null(log_reader_open("/nowhere/mail.log", &err));
	assert_string_equal(err.text, "/nowhere/mail.log: No such file or directory");
	assert_null(log_reader_open("/tmp", &err));
	assert_string_equal(err.text, "/tmp: Is a directory");
	write_bytes("\xfd"
	            "7zXZ\0....",
	            10);
	assert_null(log_reader_open(path, &err));
	assert_non_null(strstr(err.text, "packed with xz"));
	if (geteuid() != 0) {
		chmod(path, 0);
		assert_null(log_reader_open(path, &err));
		assert_non_null(strstr(err.text, "Permission denied"));
	}
}

/* A writer that is faster than we are must not keep us for ever; what copytruncate cuts is gone, and said. */
static void growing_and_shrinking_files_come_to_an_end(void **state)
{
	(void)state;
	write_bytes("one\n", 4);
	struct log_reader *reader = open_path();
	FILE *file = fopen(path, "a");
	fputs("two\n", file);
	fclose(file);
	expect_line(reader, "one");
	expect_end(reader, "");

	const size_t size = 4u << 20;
	char *bytes = malloc(size);
	assert_non_null(bytes);
	memset(bytes, '\n', size);
	write_bytes(bytes, size);
	free(bytes);
	reader = open_path();
	assert_int_equal(truncate(path, 1000), 0);
	assert_true(count_lines(reader) > 1000); /* the first block had been read */
	expect_end(reader, "the file became shorter while it was read");
}

static void binary_files_are_told(void **state)
{
	(void)state;
	write_bytes("\x7f"
	            "ELF\0\0\0\n\1\2\3",
	            11);
	struct log_reader *reader = open_path();
	assert_true(log_reader_input(reader)->binary);
	assert_int_equal(count_lines(reader), 2);
	expect_end(reader, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines_end_in_any_way),
	    cmocka_unit_test(byte_order_marks_are_understood),
	    cmocka_unit_test(a_line_without_end_is_cut_and_counted),
	    cmocka_unit_test(blocks_do_not_show),
	    cmocka_unit_test(gzip_is_unpacked),
	    cmocka_unit_test(damaged_gzip_gives_what_can_be_read),
	    cmocka_unit_test(what_cannot_be_read_is_said),
	    cmocka_unit_test(growing_and_shrinking_files_come_to_an_end),
	    cmocka_unit_test(binary_files_are_told),
	};

	return cmocka_run_group_tests(tests, make_path, remove_path);
}
