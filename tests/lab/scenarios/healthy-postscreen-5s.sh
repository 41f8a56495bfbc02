# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# postscreen waits 5 s, as long as a resolver waits for a dead name server; its first line comes at once
expect=healthy
servers=postfix
setup() {
	prepare mx1 postfix
	on mx1 postconf -M 'smtp/inet=smtp inet n - n - 1 postscreen' 'smtpd/pass=smtpd pass - - n - - smtpd' \
		'dnsblog/unix=dnsblog unix - - n - 0 dnsblog' 'tlsproxy/unix=tlsproxy unix - - n - 0 tlsproxy'
	start mx1 postfix postscreen_greet_action=enforce postscreen_greet_wait=5s
}
