# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# Sendmail pauses as long as an ident query would take; its ident query is refused at once
expect=healthy
servers=sendmail
setup() {
	prepare mx1 sendmail
	sed -i "/greet_pause/s/1000/5000/" "$work/mx1/root/etc/mail/sendmail.mc"
	start mx1 sendmail
}
