/*
 * packet - a captured frame taken apart: link layer, IPv4 or IPv6, then TCP or ICMP, in place
 *
 * Nothing is copied or allocated: what is found are numbers, and pointers into the frame. A frame may have been cut by
 * the snap length or be hostile, so every read is checked against what was captured; what would lie behind the cut is
 * missing, never guessed. Checksums are not looked at: senders with offload leave them to the network card.
 */
#ifndef SMTPDX_CAPTURE_PACKET_H
#define SMTPDX_CAPTURE_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One captured frame, as a file holds it. */
struct frame {
	int link;             /* LINKTYPE_ or DLT_ number, see packet_link_is_known() */
	double time;          /* s since the first frame of the capture */
	unsigned long number; /* in its file, from 1: what other programs show as the packet number */
	const uint8_t *bytes;
	size_t captured; /* bytes of it in the file */
	size_t size;     /* bytes it had on the wire */
};

enum packet_kind {
	PACKET_OTHER, /* no IP, another protocol, or cut before it could be told */
	PACKET_TCP,
	PACKET_ICMP,     /* an ICMP error that quotes a TCP segment */
	PACKET_FRAGMENT, /* part of a datagram, see fragments.h */
};

enum tcp_flag { TCP_FIN = 0x01, TCP_SYN = 0x02, TCP_RST = 0x04, TCP_PUSH = 0x08, TCP_ACK = 0x10 };

enum icmp_says { ICMP_TOO_BIG, ICMP_UNREACHABLE, ICMP_EXPIRED };

#define PACKET_SACKS 4 /* blocks that fit a header */

struct packet {
	enum packet_kind kind;
	bool v6;
	bool
	    cut; /* the frame ended before the headers did; of a TCP header the flags may still be there: then it is TCP */
	const uint8_t *source, *destination; /* 4 or 16 bytes */
	uint8_t ttl;                         /* or hop limit */
	uint16_t id;                         /* IPv4 identification; 0 with IPv6 */
	const uint8_t *ip;                   /* header */
	const uint8_t *transport;            /* what follows the IP headers */
	size_t transport_size;               /* bytes on the wire */
	size_t transport_captured;

	/* PACKET_FRAGMENT */
	uint32_t fragment_id;
	size_t fragment_offset; /* bytes */
	bool fragment_more;
	uint8_t protocol; /* of the transport */

	/* PACKET_TCP; of PACKET_ICMP the quoted segment's ports, with the addresses below */
	uint16_t source_port, destination_port;
	uint32_t seq, ack;
	uint8_t flags;   /* enum tcp_flag */
	uint16_t window; /* the largest where it was cut off */
	uint16_t mss;    /* option, B; 0: none */
	int scale;       /* window scale option; -1: none */
	bool sack_permitted;
	bool options_cut; /* the capture does not hold all of them */
	int sacks;
	const uint8_t *payload;
	size_t payload_size;     /* bytes on the wire */
	size_t payload_captured; /* bytes of it in the frame */

	/* PACKET_ICMP: the sender of the quoted segment and its peer, and what became of the segment */
	enum icmp_says icmp;
	uint8_t icmp_code;
	uint32_t mtu; /* ICMP_TOO_BIG: B; 0: the router did not say */
	const uint8_t *quoted_source, *quoted_destination;

	uint32_t sack_from[PACKET_SACKS], sack_to[PACKET_SACKS]; /* PACKET_TCP: `sacks` of them */
};

/* Whether frames of that link type can be read; name it in messages with packet_link_name(). */
bool packet_link_is_known(int link);

/* Whether mail is spoken on that TCP port, as a rule. */
bool packet_is_mail_port(uint16_t port);

/* Takes the frame apart. The packet points into the frame and lives no longer; members of other kinds are not set. */
void packet_decode(const struct frame *frame, struct packet *packet);

/* Whether a PACKET_ICMP that says "unreachable" says that a filter wants it so. */
bool packet_is_prohibited(const struct packet *packet);

/* A way to carry packets inside others, which are not looked into here. */
struct tunnel {
	const char *name;
	uint8_t protocol; /* of IP */
	uint16_t port;    /* of UDP; 0: any */
	const char *chop; /* what editcap -C takes off an Ethernet frame, so that the packet within is left */
};

/* The tunnel that a PACKET_OTHER is in; NULL: none that is known. */
const struct tunnel *packet_tunnel(const struct packet *packet);

/* Reads packet->transport again, e.g. after fragments were put together; sets kind and all members behind it. */
void packet_decode_transport(struct packet *packet);

#endif
