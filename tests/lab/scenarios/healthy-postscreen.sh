# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# postscreen lets strangers wait for 6 s behind a banner of two lines
expect=healthy
servers=postfix
setup() {
	prepare mx1 postfix
	on mx1 postconf -M 'smtp/inet=smtp inet n - n - 1 postscreen' 'smtpd/pass=smtpd pass - - n - - smtpd' \
		'dnsblog/unix=dnsblog unix - - n - 0 dnsblog' 'tlsproxy/unix=tlsproxy unix - - n - 0 tlsproxy'
	start mx1 postfix postscreen_greet_action=enforce 'postscreen_greet_banner=Just a moment, please'
}
