# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # the lab reads what is set here, and sets the rest
# the queue's file system is full
expect=disk-full
servers=postfix
setup() {
	prepare mx1 postfix
	spool=$work/mx1/root/var/spool/postfix
	cp -a "$spool" "$work/spool"
	mount -t tmpfs -o size=1M,mode=755 none "$spool"
	cp -a "$work/spool/." "$spool/"
	start mx1 postfix
	head -c 2000000 /dev/zero >"$spool/large" 2>/dev/null || :
}
