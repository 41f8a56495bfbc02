# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# Sendmail waits 3 s for bots that talk early
expect=healthy
servers=sendmail
setup() {
	prepare mx1 sendmail
	sed -i "/greet_pause/s/1000/3000/" "$work/mx1/root/etc/mail/sendmail.mc"
	start mx1 sendmail
}
