#!/bin/sh
# The embedded server from the command line: what it lists, where it says it serves, how it ends.
. "${0%/*}/lib.sh"

run smtpdx demo --list
expect_status 0 'the list'
for file in "$SMTPDX_SRCDIR"/help/demo/*.demo; do
	name=${file##*/}
	expect_match "^ *${name%.demo} " "the list has ${name%.demo}"
done
expect 'the list has nothing else' \
	[ "$(wc -l <out)" = "$(find "$SMTPDX_SRCDIR/help/demo" -name '*.demo' | wc -l)" ]

demo_start healthy
cp demo out
expect_match '^title A healthy mail server' 'a server says its title'
expect_match '^expect healthy$' 'a server says its cause'
expect_match '^smtp 127\.0\.0\.2:[0-9]+$' 'a server says where its first mail host is'
expect_match '^smtp 127\.0\.0\.3:[0-9]+$' 'a server says where its second mail host is'
expect_match '^dns 127\.0\.0\.53:[0-9]+$' 'a server says where its name server is'
expect_match '^target demo\.test$' 'a server says what to check'
expect_match "^options --resolver $demo_dns --port ${demo_smtp##*:}\$" 'a server says how to check it'
kill "$demo_pid"
wait "$demo_pid"
status=$? demo_pid=
expect_status 0 'SIGTERM ends it in order'

cat >mine.demo <<'END'
title: A scenario from a file
target: 127.0.0.1:{port}
options: --only smtp
smtp 127.0.0.1
  banner close
END
demo_start ./mine.demo
cp demo out
expect_match "^target $demo_smtp\$" 'the port is filled into the target'
expect_match '^options --only smtp$' 'a target with a port needs no other options'
demo_stop

mkdir -p "$XDG_CONFIG_HOME/smtpdx/demo"
cp mine.demo "$XDG_CONFIG_HOME/smtpdx/demo/ours.demo"
run smtpdx demo --list
expect_match '^ *ours +A scenario from a file$' "the site's own scenarios are listed"
demo_start ours
cp demo out
expect_match '^title A scenario from a file$' "the site's own scenarios are served"
demo_stop

broken() { # ERROR WHAT: of the scenario on standard input
	cat >broken.demo
	run smtpdx demo --serve ./broken.demo
	expect "$2: not served" [ "$status" != 0 ]
	expect "$2: nothing on standard output" [ ! -s out ]
	expect_err_match "^smtpdx: .*\./broken\.demo:$1" "$2: file, line and reason"
}

broken '5: expected a closing quote' 'an open quote' <<'END'
title: x
target: demo.test
smtp 127.0.0.1
  ehlo reply "250-a"
             "250 b
END
broken '3: expected a loopback address .*, found "192\.0\.2\.1"' 'an address of somebody else' <<'END'
title: x
target: demo.test
smtp 192.0.2.1
END
broken '4: expected a loopback address .*, found "192\.0\.2\.1"' 'a record that leads elsewhere' <<'END'
title: x
target: demo.test
dns 127.0.0.53
  a demo.test 192.0.2.1
END

finish
