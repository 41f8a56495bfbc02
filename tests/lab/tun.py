#!/usr/bin/env python3
"""
tun.py SECONDS [LOSS] - a slow line: holds every packet of the device tun0 back for SECONDS, and loses LOSS of them (0..1)
"""
import collections, fcntl, os, random, select, struct, sys, time

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454ca, 1, 0x1000


def main():
    delay, loss = float(sys.argv[1]), float((sys.argv + ["0"])[2])
    tun = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH", b"tun0", IFF_TUN | IFF_NO_PI))
    print("ready", flush=True)
    line = collections.deque()
    random.seed(1)
    while True:
        wait = max(0, line[0][0] - time.monotonic()) if line else None
        if select.select([tun], [], [], wait)[0]:
            packet = os.read(tun, 65536)
            if random.random() >= loss:
                line.append((time.monotonic() + delay, packet))
        while line and line[0][0] <= time.monotonic():
            os.write(tun, line.popleft()[1])


main()
