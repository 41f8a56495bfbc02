#!/bin/sh
#
# make install, make uninstall and make dist.
#
# once: it is about make

. "${0%/*}/lib.sh"

unset MAKEFLAGS MAKELEVEL
target() { make -s -C "$SMTPDX_BUILDDIR" DESTDIR="$folder/root" prefix=/opt/x "$@"; }

mkdir -p root/opt/x/bin root/opt/x/share/doc
echo old >root/opt/x/bin/smtpdx
ln root/opt/x/bin/smtpdx running
echo precious >root/opt/x/share/doc/other
run target install
expect_status 0 'it installs below DESTDIR'
run root/opt/x/bin/smtpdx --version
expect_status 0 'what was installed runs'
expect 'the old program was replaced and not written over' grep -q old running
expect 'the program can be executed by everybody' test "$(stat -c %a root/opt/x/bin/smtpdx)" = 755
for page in "$SMTPDX_SRCDIR"/help/*.[1-8]; do
	name=${page##*/}
	expect "the manual page $name is there" cmp -s "$page" "root/opt/x/share/man/man${name##*.}/$name"
done
for schema in "$SMTPDX_SRCDIR"/help/*.json; do
	expect "the schema ${schema##*/} is there" cmp -s "$schema" "root/opt/x/share/smtpdx/${schema##*/}"
done
expect 'the licence is there' test -f root/opt/x/share/doc/smtpdx/LICENSE
run target install
expect_status 0 'it installs twice'
expect 'nothing temporary is left' test -z "$(find root -name '*.new*')"

run target uninstall
expect_status 0 'it uninstalls'
run find root -type f
expect_out root/opt/x/share/doc/other 'of all files only that of somebody else is left'
run find root -type d -name '*smtpdx*'
expect_empty out 'and no folder of ours'

target install docdir=/opt/x/share/doc
run target uninstall docdir=/opt/x/share/doc
expect_status 0 'it uninstalls from a folder that it shares'
run find root -type f
expect_out root/opt/x/share/doc/other 'and leaves there what is not its own'

mkdir dist
run sh "$SMTPDX_SRCDIR/tools/dist.sh" "$SMTPDX_SRCDIR" smtpdx-0
expect_status 0 'it makes a tarball'
tar -C dist -xzf smtpdx-0.tar.gz
sh "$SMTPDX_SRCDIR/tools/sources.sh" "$SMTPDX_SRCDIR" >sources
sh "$SMTPDX_SRCDIR/tools/sources.sh" dist/smtpdx-0 >shipped
expect 'with all sources and nothing else' cmp -s sources shipped
expect 'scripts can still be executed' test -x dist/smtpdx-0/configure
finish
