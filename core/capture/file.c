#include "capture/file.h"

#include "base/buf.h"
#include "base/i18n.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "log/source.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#ifdef HAVE_LIBPCAP
#include <pcap.h>
#endif

#define HEAD_SIZE    ((size_t)512)      /* bytes that are looked at to recognise a capture, packed or not */
#define GZIP_BITS    (15 + 16)          /* inflateInit2: largest window, gzip header */
#define BUFFER       ((size_t)64 << 10) /* of the stream that libpcap reads */
#define TROUBLE_SIZE 512
#define SNAP_WHOLE   65535 /* B; who keeps so much of a packet keeps all */

bool capture_is_one(const void *head, size_t size)
{
	static const unsigned char magics[][4] = {
	    {0xa1, 0xb2, 0xc3, 0xd4}, {0xd4, 0xc3, 0xb2, 0xa1}, /* pcap, microseconds */
	    {0xa1, 0xb2, 0x3c, 0x4d}, {0x4d, 0x3c, 0xb2, 0xa1}, /* nanoseconds */
	    {0xa1, 0xb2, 0xcd, 0x34}, {0x34, 0xcd, 0xb2, 0xa1}, /* with fields of Kuznetzov's patch */
	    {0x0a, 0x0d, 0x0d, 0x0a},                           /* pcapng: section header */
	};

	for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i++)
		if (size >= sizeof magics[i] && memcmp(head, magics[i], sizeof magics[i]) == 0)
			return true;
	return false;
}

/* --- recognising a file, of which nothing may be taken: a pipe cannot be read twice */

/* Looks at the first bytes of a pipe without taking them (tee(2)); -1 when it is none. */
static ssize_t peek_pipe(int fd, void *head, size_t size)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		return -1;
	ssize_t got = tee(fd, ends[1], size, 0);
	if (got > 0)
		got = read(ends[0], head, (size_t)got);
	close(ends[0]);
	close(ends[1]);
	return got;
}

static ssize_t peek(const char *path, void *head, size_t size)
{
	const bool is_stdin = strcmp(path, "-") == 0;
	const int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return -1;
	const off_t at = lseek(fd, 0, SEEK_CUR);
	const ssize_t got = at >= 0 ? pread(fd, head, size, at) : peek_pipe(fd, head, size);
	if (!is_stdin)
		close(fd);
	return got;
}

/* The first unpacked bytes of a gzip file. */
static size_t unpack(unsigned char *packed, size_t size, unsigned char *head, size_t room)
{
	z_stream z = {.next_in = packed, .avail_in = (unsigned)size, .next_out = head, .avail_out = (unsigned)room};

	if (inflateInit2(&z, GZIP_BITS) != Z_OK)
		return 0;
	inflate(&z, Z_SYNC_FLUSH);
	inflateEnd(&z);
	return room - z.avail_out;
}

bool capture_file_is_one(const char *path)
{
	unsigned char head[HEAD_SIZE], plain[HEAD_SIZE];
	const ssize_t size = peek(path, head, sizeof head);

	if (size >= 2 && head[0] == 0x1f && head[1] == 0x8b)
		return capture_is_one(plain, unpack(head, (size_t)size, plain, sizeof plain));
	return size > 0 && capture_is_one(head, (size_t)size);
}

/* --- reading */

#ifdef HAVE_LIBPCAP

struct capture_file {
	char *name; /* clean, for messages */
	struct source source;
	bool has_source;
	pcap_t *pcap;
	char *buffer; /* of the stream */
	int link;
	unsigned long frames;
	struct timeval start; /* of the first frame, with nanoseconds */
	char trouble[TROUBLE_SIZE];
};

static ssize_t take(void *cookie, char *out, size_t room)
{
	return (ssize_t)source_take(cookie, out, room);
}

/* libpcap has taken the stream over, or it has to be closed here. */
static int start(struct capture_file *file, FILE *stream, struct err *err)
{
	char why[PCAP_ERRBUF_SIZE] = "";

	file->buffer = xmalloc(BUFFER); /* glibc allocates none of a size that is asked for */
	setvbuf(stream, file->buffer, _IOFBF, BUFFER);
	__fsetlocking(stream, FSETLOCKING_BYCALLER); /* two reads a packet, all of them by one thread */
	file->pcap = pcap_fopen_offline_with_tstamp_precision(stream, PCAP_TSTAMP_PRECISION_NANO, why);
	if (file->pcap == NULL) {
		fclose(stream);
		char *clean = text_clean_dup(why, strlen(why), sizeof why);
		err_set(err, _("%s: no capture that can be read: %s"), file->name, clean);
		free(clean);
		return -1;
	}
	file->link = pcap_datalink(file->pcap);
	if (!packet_link_is_known(file->link))
		return err_set(err, _("%s: its link type (%s) is none that can be read; record on another interface"),
		               file->name, capture_file_link_name(file));
	return 0;
}

static struct capture_file *file_new(const char *name)
{
	struct capture_file *file = xcalloc(1, sizeof *file);

	file->name = text_clean_dup(name, strlen(name), PATH_MAX);
	return file;
}

struct capture_file *capture_file_open_stream(FILE *stream, const char *name, struct err *err)
{
	struct capture_file *file = file_new(name);

	if (start(file, stream, err) == 0)
		return file;
	capture_file_close(file);
	return NULL;
}

struct capture_file *capture_file_open(const char *path, struct err *err)
{
	const cookie_io_functions_t functions = {.read = take};
	struct capture_file *file = file_new(path);

	file->has_source = source_open(&file->source, path, err) == 0;
	FILE *stream = file->has_source ? fopencookie(&file->source, "r", functions) : NULL;
	if (file->has_source && stream == NULL)
		err_sys(err, errno, "%s", file->name);
	if (stream != NULL && start(file, stream, err) == 0)
		return file;
	capture_file_close(file);
	return NULL;
}

void capture_file_close(struct capture_file *file)
{
	if (file == NULL)
		return;
	if (file->pcap != NULL)
		pcap_close(file->pcap);
	free(file->buffer); /* after the stream, which libpcap has closed */
	if (file->has_source)
		source_close(&file->source);
	free(file->name);
	free(file);
}

/* Takes the frames of one link type out of a capture of several; what tshark and editcap call them. */
static void add_extraction(struct buf *text, const char *separator, const char *name, int link)
{
	static const struct {
		int link, encapsulation;
		const char *type;
	} types[] = {
	    {DLT_NULL, 15, "null"},  {DLT_EN10MB, 1, "ether"},         {DLT_PPP, 4, "ppp"},      {DLT_RAW, 7, "rawip"},
	    {101, 7, "rawip"}, /* the same in a file */
	    {DLT_LOOP, 174, "loop"}, {DLT_LINUX_SLL, 25, "linux-sll"}, {276, 210, "linux-sll2"},
	};

	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		if (types[i].link != link)
			continue;
		buf_puts(text, separator);
		buf_puts(text, "tshark -r ");
		buf_put_word(text, name);
		buf_printf(text, " -Y 'frame.encap_type == %d' -w - | editcap -F pcap -T %s - %s.pcap",
		           types[i].encapsulation, types[i].type, types[i].type);
	}
}

/*
 * A file of pcapng may hold several interfaces; libpcap reads it as long as they have one link type and one snap length. Says
 * how the file is made one that it reads; false when that is not the trouble.
 */
static bool note_interfaces(struct capture_file *file, const char *why)
{
	static const char other_type[] = "an interface has a type ";
	struct buf text;

	buf_init(&text, sizeof file->trouble - 1);
	if (strncmp(why, other_type, strlen(other_type)) == 0) {
		const int link = (int)strtol(why + strlen(other_type), NULL, 10);
		buf_printf(
		    &text,
		    _("its interfaces have different link types (%s, and number %d), and libpcap reads one a file; "
		      "take them apart"),
		    capture_file_link_name(file), link);
		add_extraction(&text, ": ", file->name, file->link);
		add_extraction(&text, "; ", file->name, link);
	} else if (strstr(why, "snapshot length") != NULL && strstr(why, "different") != NULL) {
		buf_puts(
		    &text,
		    _("its interfaces keep different amounts of a packet, and libpcap reads one a file; this makes it "
		      "one: "));
		buf_puts(&text, "editcap -F pcap ");
		buf_put_word(&text, file->name);
		buf_puts(&text, " one.pcap");
	}
	const bool is_that = text.size > 0;
	snprintf(file->trouble, sizeof file->trouble, "%s", text.text);
	buf_done(&text);
	return is_that;
}

/* At most a few words, e.g. of a capture that was cut. */
static void note_trouble(struct capture_file *file)
{
	const char *why = pcap_geterr(file->pcap);
	const char *packed = file->has_source ? file->source.trouble : "";

	if (note_interfaces(file, why))
		return;
	if (packed[0] != '\0')
		snprintf(file->trouble, sizeof file->trouble, "%s", packed);
	else if (strstr(why, "truncated") != NULL)
		snprintf(file->trouble, sizeof file->trouble, _("the capture ends in the middle of packet %lu"),
		         file->frames + 1);
	else
		text_clean(why, strlen(why), file->trouble, sizeof file->trouble);
}

bool capture_file_next(struct capture_file *file, struct frame *frame)
{
	struct pcap_pkthdr *header;
	const u_char *bytes;
	const int result = pcap_next_ex(file->pcap, &header, &bytes);

	if (result != 1) {
		if (result == PCAP_ERROR)
			note_trouble(file);
		else if (file->has_source && file->source.trouble[0] != '\0')
			snprintf(file->trouble, sizeof file->trouble, "%s", file->source.trouble);
		return false;
	}
	if (file->frames++ == 0)
		file->start = header->ts;
	/* Unsigned: the times of a hostile file may be as far apart as numbers go. */
	const int64_t seconds = (int64_t)((uint64_t)header->ts.tv_sec - (uint64_t)file->start.tv_sec);
	const long nanoseconds = (long)header->ts.tv_usec - (long)file->start.tv_usec;
	*frame = (struct frame){
	    .link = file->link,
	    .time = (double)seconds + (double)nanoseconds * 1e-9,
	    .number = file->frames,
	    .bytes = bytes,
	    .captured = header->caplen,
	    .size = header->len > header->caplen ? header->len : header->caplen,
	};
	return true;
}

int capture_file_link(const struct capture_file *file)
{
	return file->link;
}

const char *capture_file_link_name(const struct capture_file *file)
{
	const char *name = pcap_datalink_val_to_name(file->link);

	return name != NULL ? name : _("not known");
}

size_t capture_file_snap(const struct capture_file *file)
{
	const int snap = pcap_snapshot(file->pcap);

	return snap > 0 && snap < SNAP_WHOLE ? (size_t)snap : 0;
}

double capture_file_start(const struct capture_file *file)
{
	return file->frames > 0 ? (double)file->start.tv_sec + (double)file->start.tv_usec * 1e-9 : NAN;
}

const char *capture_file_trouble(const struct capture_file *file)
{
	return file->trouble;
}

double capture_file_progress(const struct capture_file *file)
{
	return file->has_source && file->source.size > 0 ? file->source.taken / file->source.size : -1;
}

#else

struct capture_file *capture_file_open_stream(FILE *stream, const char *name, struct err *err)
{
	fclose(stream);
	err_set(err, _("%s: this smtpdx was built without libpcap, which reads captures"), name);
	return NULL;
}

struct capture_file *capture_file_open(const char *path, struct err *err)
{
	char *name = text_clean_dup(path, strlen(path), PATH_MAX);

	err_set(err, _("%s: this smtpdx was built without libpcap, which reads captures"), name);
	free(name);
	return NULL;
}

void capture_file_close(struct capture_file *file)
{
	(void)file;
}

bool capture_file_next(struct capture_file *file, struct frame *frame)
{
	(void)file;
	(void)frame;
	return false;
}

int capture_file_link(const struct capture_file *file)
{
	(void)file;
	return -1;
}

const char *capture_file_link_name(const struct capture_file *file)
{
	(void)file;
	return "";
}

size_t capture_file_snap(const struct capture_file *file)
{
	(void)file;
	return 0;
}

double capture_file_start(const struct capture_file *file)
{
	(void)file;
	return NAN;
}

const char *capture_file_trouble(const struct capture_file *file)
{
	(void)file;
	return "";
}

double capture_file_progress(const struct capture_file *file)
{
	(void)file;
	return -1;
}

#endif
