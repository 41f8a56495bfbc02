# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# an access map turns our address away at the door
expect=reputation-block
servers=postfix
setup() {
	prepare mx1 postfix
	echo '192.0.2.10 554 5.7.1 Go away' >"$work/mx1/root/etc/postfix/access"
	start mx1 postfix smtpd_delay_reject=no smtpd_client_restrictions='check_client_access texthash:/etc/postfix/access'
}
