#!/usr/bin/env python3
"""
tun.py SECONDS [LOSS [BACK]] - a slow line: holds every packet of the device tun0 back for SECONDS, and loses LOSS of them
(0..1), or BACK of those that come from mx1
"""
import collections, fcntl, os, random, select, struct, sys, time

MX1 = bytes((198, 51, 100, 25))
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454ca, 1, 0x1000


def main():
    delay, loss = float(sys.argv[1]), float((sys.argv + ["0"])[2])
    back = float(sys.argv[3]) if len(sys.argv) > 3 else loss
    tun = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH", b"tun0", IFF_TUN | IFF_NO_PI))
    print("ready", flush=True)
    line = collections.deque()
    random.seed(1)
    while True:
        wait = max(0, line[0][0] - time.monotonic()) if line else None
        if select.select([tun], [], [], wait)[0]:
            packet = os.read(tun, 65536)
            if random.random() >= (back if packet[12:16] == MX1 else loss):
                line.append((time.monotonic() + delay, packet))
        while line and line[0][0] <= time.monotonic():
            os.write(tun, line.popleft()[1])


main()
