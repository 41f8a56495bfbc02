#!/bin/sh
#
# What the mtu check makes of paths that answer little or oddly: a link is named or left open, never guessed. And what is
# left of it without root.
#
# too slow for valgrind; sanitizers watch it

. "${0%/*}/lib.sh"
. "${0%/*}/../netns/lib.sh"

netns_enter 'the mtu check over paths that answer little'

check() { path_do client "$SMTPDX" check "$1" --only mtu --json; }

check_twice() {
	check "$1" >/dev/null
	check "$1"
}

# As somebody who may nothing, not even ping.
check_unprivileged() {
	path_do client env -u XDG_CONFIG_HOME HOME=/nonexistent \
		setpriv --reuid 65534 --regid 65534 --clear-groups "$folder/smtpdx" check "$1" --only mtu --json
}

expect_hole() { # BYTES LINK WHAT: proven in-band, with that size, and the link as the sweep has it ("" for none)
	expect_status 1 "$3: trouble was found"
	expect_match '"cause": *"pmtu-blackhole"' "$3: it is a black hole"
	expect_fact "mtu.$way.size" "$1" "$3: the size by the SMTP port"
	if [ "$way" = out ]; then expect_fact mtu.link "$2" "$3: the link"; else expect_fact mtu.back.link "$2" "$3: the link"; fi
}
way=out

path_new 4
hole() { # FAMILY ROUTER MTU
	pair_new "$1"
	pair_narrow "$2" server "$3"
	pair_mute "$2" client frag-needed
}
hole v4 3 1397; odd=$pair_target
hole v4 3 1400; pair_mute 3 client errors; mute_router=$pair_target
hole v4 2 1400; pair_mute server client errors; mute_server=$pair_target
hole v6 2 1400; pair_mute all client errors; mute_routers=$pair_target
hole v4 1 1300; pair_narrow 3 server 1400; two_narrow=$pair_target
hole v6 2 1492; pair_narrow 4 server 1450; silent_then_icmp=$pair_target
hole v4 3 1400; barred=$pair_target barred_server=$pair_server
hole v4 2 1280; ordinary=$pair_target
hole v4 2 1280; unprivileged=$pair_target
pair_new v4; pair_narrow 2 client 1400; pair_mute 2 server frag-needed; inward=$pair_target
hole v4 4 1400; pair_mute server client errors; echo_last=$pair_target
pair_new v4; pair_narrow 2 client 1400; pair_mute 2 server frag-needed; pair_mute server client errors
echo_inward=$pair_target
pair_new v4; healthy_mute=$pair_target; pair_mute all client errors; pair_mute server client errors
# Nobody answers anything by ICMP.
mute_hole() { # server|client MTU: to whom packets of more than that vanish
	pair_new v4
	pair_narrow 1 "$1" "$2"
	pair_mute all client errors
	pair_mute all server errors
	pair_mute server client errors
	pair_mute server client echo
}
mute_hole server 1400; nothing=$pair_target
mute_hole client 1400; late=$pair_target late_server=$pair_server
mute_hole client 1439; too_late=$pair_target too_late_server=$pair_server
path_up
sink_start --starttls --late "$late_server=5" --late "$too_late_server=8"
path_do r4 nft "table ip filter { chain forward { type filter hook forward priority 0
	ip daddr $barred_server meta l4proto udp reject with icmp port-unreachable
	}; }"

# Without root. The program may lie where only root can read.
chmod 711 "$folder"
cp "$SMTPDX_BUILDDIR/smtpdx" smtpdx

begin odd check "$odd"
begin mute_router check "$mute_router"
begin mute_server check "$mute_server"
begin mute_routers check "$mute_routers"
begin two_narrow check "$two_narrow"
begin silent_then_icmp check "$silent_then_icmp"
begin echo_last check "$echo_last"
begin echo_inward check "$echo_inward"
begin barred check "$barred"
begin healthy_mute check "$healthy_mute"
begin nothing check "$nothing"
begin late check "$late"
begin too_late check "$too_late"
begin again check_twice "$ordinary"
begin unprivileged check_unprivileged "$unprivileged"
begin inward check_unprivileged "$inward"
wait_for_all

look odd
expect_hole 1397 'hop 3 [192.0.2.10] - hop 4 [192.0.2.14]' 'a size that no technology has'
expect_fact mtu.path 1397 'the sweep agrees about the size'
expect_fact mtu.sweep silent 'larger ones vanish'
expect_match 'vanish between hop 3 \[192\.0\.2\.10\] and hop 4' 'the diagnosis names the link'
expect 'the sweep took few packets' [ "$(fact mtu.sweep.probes)" -le 50 ]

look mute_router
expect_hole 1400 'hop 2 [192.0.2.6] - hop 4 [192.0.2.14]' 'a router that says nothing at all'

look mute_server
expect_hole 1400 'hop 2 [192.0.2.6] - hop 3 [192.0.2.10]' 'a server that answers no UDP'
expect_fact mtu.sweep.by echo 'echo takes its place'

look mute_routers
expect_hole 1400 '' 'routers that say nothing'
expect_fact mtu.path 1400 'routers that say nothing: the server tells the size'
expect_match 'which hop it is: the routers do not answer' 'and the link is left open'

look two_narrow
expect_hole 1300 'hop 1 [192.0.2.2] - hop 2 [192.0.2.6]' 'the narrower of two links is silent'

look silent_then_icmp
expect_fact mtu.path 1450 'behind a silent link one that says its size: the smaller size counts'
expect_fact mtu.out.size 1450 'for the SMTP port, too, although TCP went over to it in the middle of the measurement'
expect_fact mtu.link 'hop 4 [2001:db8:0:3::2] - hop 5 [2001:db8:5::6]' 'and its link is named'

look echo_last
expect_hole 1400 'hop 4 [192.0.2.14] - hop 5 [198.19.0.12]' 'a narrow last link before a server that answers echo only'
expect_fact mtu.sweep silent 'TCP tells that it is the way there'

look barred
expect_hole 1400 'hop 3 [192.0.2.10] - hop 4 [192.0.2.14]' 'a filter that rejects UDP'

look again
expect_status 1 'with much of the ration of ICMP used up by a run before: trouble was found'
expect_fact mtu.out.size 1280 'with much of the ration of ICMP used up by a run before: the size by the SMTP port'
expect 'the link is found in spite of that, or it is said that there was no time' grep -qxF \
	-e 'mtu.link=hop 2 [192.0.2.6] - hop 3 [192.0.2.10]' \
	-e "mtu.untested=[${ordinary%:*}]:25: the time allowed was over before the path MTU was known" facts

look healthy_mute
expect_status 0 'a healthy path whose hops say nothing is healthy'

look unprivileged
expect_hole 1280 'hop 2 [192.0.2.6] - hop 3 [192.0.2.10]' 'without root'
way=in
look echo_inward
expect_hole 1400 'hop 1 [192.0.2.2] - hop 2 [192.0.2.6]' 'towards us, from a server that answers echo only'
expect_fact mtu.link '' 'on the way there no link is blamed'
expect_fact mtu.path 1500 'since packets of full size arrive'
look inward
expect_hole 1400 '' 'towards us, without root'
expect_match 'sudo smtpdx check' 'what needs more rights is named, with the command'
path_do client sh -c 'echo "0 2147483647" >/proc/sys/net/ipv4/ping_group_range'
begin inward check_unprivileged "$inward"
wait_for_all
look inward
expect_hole 1400 'hop 1 [192.0.2.2] - hop 2 [192.0.2.6]' 'towards us, where everybody may ping'
way=out
look nothing
expect_hole 1400 '' 'a path without any ICMP'
expect_fact mtu.sweep mute 'the sweep heard nobody'
expect_fact mtu.path '' 'and guesses nothing'
expect_match 'neither the server nor any router answers' 'what could not be tested is said'
if [ -z "$SMTPDX_SLOW" ]; then
	look late
	expect_fact mtu.in.full stall 'a small answer that came late, as if it had been lost: the silences are tried again'
	expect_fact mtu.in.delay 5 'with more patience'
	look too_late # a busy machine may make an earlier one late; then it is no longer too late
	expect 'where there is no connection left to try again, it is unsure' grep -qE '^mtu.in.full=(unsure|stall)$' facts
	expect_status 1 'and not called healthy'
fi
expect_nothing_delivered
finish
