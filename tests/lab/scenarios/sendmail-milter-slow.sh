# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the milter thinks about the sender for 12 s
expect=milter-slow
servers=sendmail
setup() {
	peer mx1 milter 8891 mail 12
	serve mx1 sendmail "INPUT_MAIL_FILTER(\`lab', \`S=inet:8891@127.0.0.1, F=T, T=C:2s;S:30s;R:30s')dnl"
}
