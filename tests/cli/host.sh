#!/bin/sh
# The host check: what this machine shows of itself, with programs that fail or hang, and in a namespace with sessions that
# are stuck and rules that drop.
#
# too slow for valgrind; sanitizers watch it
. "${0%/*}/lib.sh"

values() { # NAME: all values of that fact, as JSON writes them, a line each
	tr -d '\n' <out | grep -o "{[^{}]*\"name\": *\"$1\"[^{}]*}" | sed 's/.*"value": *\("[^"]*"\|[^,}]*\).*/\1/'
}

expect_fact() { # NAME VALUE WHAT
	if values "$1" | grep -qxF -e "$2"; then ok "$3"; else not_ok "$3"; echo "# $1 is $(values "$1"), expected $2"; fi
}

expect_number() { # NAME WHAT: it was measured
	if values "$1" | grep -qE '^-?[0-9.e-]+$'; then ok "$2"; else not_ok "$2"; echo "# no $1"; fi
}

expect_cause() { # CAUSE WHAT
	if [ "$(first_cause)" = "$1" ]; then ok "$2"; else not_ok "$2"; echo "# found $(first_cause)"; fi
}

first_cause() { tr -d '\n' <out | sed -n 's/.*"diagnosis": *\[ *{ *"cause": *"\([^"]*\)".*/\1/p'; }

fake iptables-save </dev/null
fake ip6tables-save </dev/null
fake nft <<'END'
echo '{"nftables": []}'
END
fake postconf <<'END'
exit 1
END

run smtpdx check example.invalid --only host --json
expect_status 0 'this machine can be looked at'
for fact in host.load host.memory.share host.descriptors.share host.resolver.servers host.sessions.in; do
	expect_number $fact "$fact is measured"
done
expect_fact host.firewall '"none"' 'no rules are no rules'
expect_fact host.firewall.icmp '"passes"' 'which drop nothing'
run smtpdx explain /dev/null --json
expect_no_match '"host\.' 'explain is not about this machine'

# --- rules, by programs that cannot say

fake iptables-save <<'END'
printf '*filter\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n-A INPUT -p icmp -j DROP\n-A OUTPUT -p tcp -m tcp --dport 25 -j REJECT\nCOMMIT\n'
END
run smtpdx check example.invalid --only host --json
expect_fact host.firewall '"iptables"' 'rules of iptables are read'
expect_fact host.firewall.icmp '"dropped"' 'ICMP is dropped'
expect_fact host.firewall.icmp6 '"passes"' 'ICMPv6 is not'
expect_fact host.firewall.out '"dropped"' 'port 25 is closed on the way out'
expect_match 'chain OUTPUT: OUTPUT -p tcp -m tcp --dport 25 -j REJECT' 'the rule is named'
expect_cause firewall-port-blocked 'that explains why nothing gets out'

fake iptables-save <<'END'
echo 'iptables-save: Permission denied (you must be root)' >&2
exit 4
END
run smtpdx check example.invalid --only host --json
expect_match 'Permission denied.*as root this shows it: nft list ruleset' 'what cannot be read is not tested, and how it would be'
expect_no_match 'host.firewall' 'and nothing is said about it'
run smtpdx check example.invalid --only host
expect_match '^What could not be looked at' 'the report says so'
expect_match '^ *nft list ruleset$' 'with the command'

fake iptables-save <<'END'
sleep 60
END
began=$(date +%s)
run smtpdx check example.invalid --only host --json --timeout 3
expect_match 'gave no answer in time' 'a program that hangs is ended'
expect 'in time' [ $(($(date +%s) - began)) -lt 20 ]
fake iptables-save </dev/null

# --- Postfix: its chroot, its room, its processes

mkdir -p queue/etc
echo 'nameserver 192.0.2.53' >queue/etc/resolv.conf
cp /etc/nsswitch.conf queue/etc/ 2>/dev/null
fake postconf <<END
case \$* in
'-h queue_directory') echo "$folder/queue" ;;
'-h default_process_limit') echo 100 ;;
-M) printf '%s\n' 'smtp inet n - y - 1 smtpd' 'submission inet n - y - - smtpd' 'pickup unix n - y 60 1 pickup' ;;
*) exit 1 ;;
esac
END
run smtpdx check example.invalid --only host --json
expect_fact host.queue.path "\"$folder/queue\"" 'the queue is where postconf says'
expect_number host.queue.free 'its room is measured'
expect_number host.queue.inodes.share 'and its inodes'
expect_fact host.chroot.resolv-conf '"stale"' 'an old resolv.conf in the chroot is found'
expect_fact host.chroot.services '"missing"' 'and what is missing there'
expect_fact host.processes.limit 1 'the limit of master.cf counts'
expect_fact host.processes.limit 100 'or that of main.cf'
cp /etc/resolv.conf queue/etc/ 2>/dev/null
run smtpdx check example.invalid --only host --json
expect_fact host.chroot.resolv-conf '"same"' 'a good copy is good'
cp bin/postconf postconf
fake postconf <<'END'
sleep 60
END
run smtpdx check example.invalid --only host --json --timeout 2
expect_number host.load 'a postconf that hangs takes nothing else with it'
fake postconf <<'END'
exit 1
END

# --- sessions that are stuck, and rules of the kernel's own

if [ "$(id -u)" != 0 ] || ! unshare --net true 2>/dev/null; then
	skip 'stuck sessions' 'needs root and network namespaces'
	finish
fi

# What stands for Postfix' smtpd, in a namespace, so that others' do not count.
cp postconf bin/
run unshare --net python3 -c '
import os, signal, subprocess, sys
smtpd = ["smtpd", "-c", "ulimit -n 4; kill -STOP $$", "smtpd", "-n", "smtp", "-t", "inet"]
other = ["smtpd", "-c", "kill -STOP $$", "smtpd", "-n", "elsewhere", "-t", "inet"]
started = [subprocess.Popen(arguments, executable="/bin/sh") for arguments in (smtpd, other)]
for process in started:
    os.waitpid(process.pid, os.WUNTRACED)
subprocess.run(sys.argv[1:])
for process in started:
    process.kill()
    process.wait()
' "$SMTPDX" check example.invalid --only host --json
expect_fact host.processes 1 'processes are counted by service'
expect_fact host.processes 0 'each for itself'
expect_fact host.processes.share 1 'the fullest service is told'
expect_cause process-limit 'which has no process left for others'
expect_fact host.process '"smtpd"' 'open files are counted by process'
expect_fact host.process.descriptors 3 'those that are open'
expect_fact host.process.descriptors.limit 4 'against those that may be'

# A server that does not come to take its connections.
cat >busy.py <<'END'
import os, socket, subprocess, sys
server = socket.create_server(("127.0.0.1", 25), backlog=1)
clients = [socket.socket() for _ in range(4)]
for client in clients:
    client.setblocking(False)
    client.connect_ex(("127.0.0.1", 25))
# A mail server of somebody else, whose files only root may count.
smtpd = subprocess.Popen(["smtpd", "-c", "kill -STOP $$"], executable="/bin/sh")
os.waitpid(smtpd.pid, os.WUNTRACED)
subprocess.run(sys.argv[1:])
smtpd.kill()
smtpd.wait()
END
run unshare --net sh -c 'ip link set lo up && exec "$@"' sh python3 busy.py "$SMTPDX" check example.invalid --only host --json
expect_fact host.backlog 2 'connections that wait are counted'
expect_fact host.backlog.limit 1 'against how many may'
expect_number host.backlog.dropping 'whether more are given up is counted'
expect_cause process-limit 'the server does not come to take them'
run unshare --net sh -c 'ip link set lo up && exec "$@"' sh python3 busy.py \
	setpriv --reuid 65534 --clear-groups env HOME=/nonexistent XDG_CONFIG_HOME= "$SMTPDX" check example.invalid --only host --json
if [ "$status" -lt 126 ]; then
	expect_match 'open files of each process of the mail server: Permission denied; as root this shows it: ls /proc/[0-9]*/fd' \
		'without rights nobody counts the files of others, and the report says so'
	expect_fact host.backlog 2 'what waits is for everybody to see'
	expect 'and no files are made up' [ -z "$(values host.process.descriptors)" ]
fi

rm bin/iptables-save bin/ip6tables-save bin/nft bin/postconf
cat >stuck.py <<'END'
import socket, subprocess, sys, time
server = socket.create_server(("127.0.0.1", 25))
far = socket.create_server(("127.0.0.1", 587))
client = socket.create_connection(("127.0.0.1", 25), source_address=("127.0.0.9", 0))
peer, _ = server.accept()
client.sendall(b"EHLO stuck\r\n")              # which nobody reads
full = socket.create_connection(("127.0.0.1", 587))
full.setblocking(False)
try:
    while True:
        full.send(b"x" * 65536)                # until the window of the other side is closed
except BlockingIOError:
    pass
left = socket.create_connection(("127.0.0.1", 25))
gone, _ = server.accept()
gone.close()                                   # which the client does not notice
time.sleep(float(sys.argv[1]))
subprocess.run(sys.argv[2:])
END
enter='ip link set lo up && exec "$@"'
run unshare --net sh -c "$enter" sh python3 stuck.py 11 "$SMTPDX" check 127.0.0.1:9 --only host --json
expect_fact host.sessions.unread 2 'bytes that a program does not read are seen'
expect_fact host.sessions.closed-window 1 'so is a closed window'
expect_fact host.session.state '"unread"' 'each is told'
expect_match '"subject": *"session with 127.0.0.9 port' 'with the address of its peer'
expect_fact host.sessions.in 2 'sessions are counted'
expect_fact host.sessions.most 1 'by address too'

if command -v nft >/dev/null; then
	cat >rules.nft <<'END'
table inet filter {
	chain input {
		type filter hook input priority 0; policy drop;
		iifname "lo" accept
		ct state vmap { established : accept, invalid : drop }
		tcp dport { 22, 25 } accept
		icmpv6 type { packet-too-big, nd-neighbor-solicit } accept
	}
	chain output {
		type filter hook output priority 0; policy accept;
		tcp dport 25 ip daddr 192.0.2.1 drop
	}
}
END
	run unshare --net sh -c "ip link set lo up && nft -f rules.nft && $enter" sh \
		"$SMTPDX" check 127.0.0.1:9 --only host --json
	expect_fact host.firewall '"nftables"' 'rules of nftables are read'
	expect_fact host.firewall.icmp '"dropped"' 'the policy drops ICMP'
	expect_fact host.firewall.icmp6 '"passes"' 'and not ICMPv6'
	expect_fact host.firewall.in '"passes"' 'port 25 is open'
	expect_number host.conntrack.share 'what the packet filter keeps in mind is counted'
	expect_fact host.firewall.out '"passes"' 'so is the way out, but to one'
	expect_match 'inet filter, chain input: its policy' 'what decides is named'
	run unshare --net sh -c "ip link set lo up && nft -f rules.nft && $enter" sh \
		setpriv --reuid 65534 --clear-groups env HOME=/nonexistent XDG_CONFIG_HOME= "$SMTPDX" check 127.0.0.1:9 --only host --json
	if [ "$status" -lt 126 ]; then
		expect_match 'host.untested' 'without rights the rules are not tested'
		expect 'and nothing is made up' [ -z "$(values host.firewall)" ]
	fi
else
	skip 'rules of nftables' 'needs nft'
fi
finish
