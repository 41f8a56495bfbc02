#include "smtp/tcp.h"

#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

/* The states of tcpi_state, as the kernel's include/net/tcp_states.h numbers them. */
enum { STATE_ESTABLISHED = 1, STATE_SYN_SENT = 2, STATE_SYN_RECV = 3, STATE_CLOSE = 7, STATE_CLOSE_WAIT = 8 };

/* Older kernels fill less of the struct. */
static bool has(socklen_t size, size_t end)
{
	return size >= end;
}

#define HAS(size, member) has(size, offsetof(struct tcp_info, member) + sizeof((struct tcp_info){0}.member))

int tcp_sample(int fd, struct tcp_sample *sample)
{
	struct tcp_info info;
	socklen_t size = sizeof info;
	int queued = 0;

	memset(&info, 0, sizeof info);
	memset(sample, 0, sizeof *sample);
	if (fd < 0 || getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0)
		return -1;
	if (ioctl(fd, SIOCOUTQ, &queued) != 0)
		queued = 0;
	sample->closed_by_peer = info.tcpi_state == STATE_CLOSE_WAIT;
	sample->dead = info.tcpi_state == STATE_CLOSE;
	sample->connected = !sample->dead && info.tcpi_state != STATE_SYN_SENT && info.tcpi_state != STATE_SYN_RECV;
	sample->mss = info.tcpi_snd_mss;
	sample->pmtu = info.tcpi_pmtu;
	sample->rtt = info.tcpi_rtt / 1e6;
	sample->retransmits = info.tcpi_total_retrans;
	sample->unacked = info.tcpi_unacked;
	sample->backoff = info.tcpi_backoff;
	sample->queued = queued;
	sample->window = -1;
	if (HAS(size, tcpi_bytes_received))
		sample->received = (double)info.tcpi_bytes_received;
	if (HAS(size, tcpi_snd_wnd)) {
		double room = (double)info.tcpi_snd_wnd - (queued - (double)info.tcpi_notsent_bytes);
		sample->window = room > 0 ? room : 0;
	}
	return 0;
}
