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

/* What the kernel takes for the largest segment of the peer before any came (its TCP_MSS_DEFAULT). */
#define FIRST_GUESS 536

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
	sample->sacked = info.tcpi_sacked;
	sample->rto = info.tcpi_rto / 1e6;
	sample->options = (info.tcpi_options & TCPI_OPT_TIMESTAMPS) != 0 ? 12 : 0;
	sample->scaled = (info.tcpi_options & TCPI_OPT_WSCALE) != 0;
	sample->advertised = info.tcpi_advmss;
	sample->largest = info.tcpi_rcv_mss > FIRST_GUESS ? info.tcpi_rcv_mss : 0;
	sample->window = -1;
	sample->peer_window = -1;
	if (HAS(size, tcpi_bytes_acked))
		sample->acked = (double)info.tcpi_bytes_acked;
	if (HAS(size, tcpi_data_segs_out))
		sample->segments = info.tcpi_data_segs_out;
	if (HAS(size, tcpi_rcv_ooopack))
		sample->out_of_order = info.tcpi_rcv_ooopack;
	if (HAS(size, tcpi_bytes_received))
		sample->received = (double)info.tcpi_bytes_received;
	if (HAS(size, tcpi_snd_wnd)) {
		double room = (double)info.tcpi_snd_wnd - (queued - (double)info.tcpi_notsent_bytes);
		sample->window = room > 0 ? room : 0;
		sample->peer_window = info.tcpi_snd_wnd;
	}
	return 0;
}
