# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# a legal notice of a dozen lines in front of everything
expect=healthy
servers=exim
setup() {
	notice='This is a private computer system. Its use is logged and may be looked at by its owner at any time.'
	serve mx1 exim "smtp_banner = \$smtp_active_hostname ESMTP$(for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do
		printf '\\n%s' "$notice"
	done)"
}
