# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# a filter program of OpenSMTPD's takes 12 s for each recipient
expect=milter-slow
servers=opensmtpd
options='--timeout 30'
setup() {
	prepare mx1 opensmtpd
	cat >"$work/mx1/root/usr/local/bin/slow-filter" <<-'END'
	#!/usr/bin/python3
	import sys, time
	for line in sys.stdin:
	    if line.strip() == "config|ready":
	        print("register|filter|smtp-in|rcpt-to\nregister|ready", flush=True)
	    elif line.startswith("filter|"):
	        f = line.split("|")
	        time.sleep(12)
	        print("filter-result|%s|%s|proceed" % (f[5], f[6]), flush=True)
	END
	chmod 755 "$work/mx1/root/usr/local/bin/slow-filter"
	start mx1 opensmtpd 'filter slow proc-exec "/usr/local/bin/slow-filter"' 'listen on 0.0.0.0 filter slow'
}
