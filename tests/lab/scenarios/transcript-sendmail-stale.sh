# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# a program keeps its session for longer than Sendmail does, which closes it without a word
expect=stale-pooled-connection
also='server-idle-timeout-too-short client-slow'
servers=sendmail
setup() {
	serve mx1 sendmail "define(\`confTO_COMMAND', \`3s')dnl"
	transcript 10 'send 500' 'sleep 6' 'send 500'
}
