# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the log of a sender whose large messages vanish on the way, and whose small ones arrive
expect=pmtu-blackhole
servers=postfix
setup() {
	serve mx1 postfix
	narrow mx2 1500
	ip route change 198.51.100.0/25 dev r-mx1 mtu lock 1280
	firewall output icmp type destination-unreachable drop
	zone 'mx2.lab.test A 198.51.100.225'
	serve mx2 postfix myhostname=mx2.lab.test mydestination=mx2.lab.test smtp_data_xfer_timeout=5s smtp_data_done_timeout=5s \
		smtp_tls_security_level=none smtp_rset_timeout=2s smtp_quit_timeout=2s
	for size in 100 200 300 100 200; do
		head -c $size /dev/zero | tr '\0' x | on mx2 sh -c 'exec sendmail -f a@mx2.lab.test postmaster@lab.test <<END
Subject: small

small
END'
	done
	for n in 1 2 3 4; do
		on mx2 sh -c 'yes large | head -n 20000 | sendmail -f a@mx2.lab.test postmaster@lab.test'
	done
	sleep 14
	files=$work/mx2/root/var/log/mail.log
}
