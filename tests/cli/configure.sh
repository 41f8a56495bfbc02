#!/bin/sh
#
# configure: what it accepts, finds, refuses and leaves behind.
#
# once: no program of ours is run

# shellcheck disable=SC2016 # dollars that make and configure shall see
. "${0%/*}/lib.sh"

unset CC CFLAGS CPPFLAGS LDFLAGS LIBS AR PKG_CONFIG MAKEFLAGS MAKELEVEL

mkdir tmp bin
TMPDIR=$PWD/tmp
export TMPDIR
configure() { "$SMTPDX_SRCDIR/configure" "$@"; }

# A compiler that says no to a library, with a pkg-config that knows nothing.
cat >bin/picky-cc <<'END'
#!/bin/sh
for arg; do [ "$arg" != "$MISSING" ] || { echo "cannot find $arg" >&2; exit 1; }; done
exec cc "$@"
END
chmod +x bin/picky-cc
# The tools of a cross-compiler.
for tool in gcc ar pkg-config; do
	ln -s "$(command -v $tool)" "bin/some-strange-machine-$tool"
done
PATH=$PWD/bin:$PATH

run configure --help
expect_status 0 '--help ends well'
expect_match '^  --prefix=DIR' 'and describes --prefix'

run configure --build=x86_64-linux-gnu --prefix=/usr '--includedir=${prefix}/include' '--mandir=${prefix}/share/man' \
	'--infodir=${prefix}/share/info' --sysconfdir=/etc --localstatedir=/var --disable-option-checking \
	--disable-silent-rules '--libdir=${prefix}/lib/x86_64-linux-gnu' --runstatedir=/run --disable-maintainer-mode \
	--disable-dependency-tracking
expect_status 0 'what Debian passes is accepted'
expect_empty err 'without a warning'
expect_match '^checking for libcurl\.\.\. yes' 'each question is printed with its answer'
cp config.mk first.mk
expect 'the command is the first line of config.mk' sh -c "head -n 1 config.mk | grep -q -- --disable-silent-rules"
expect 'config.log has what the compiler was asked' grep -qE '^gcc .*-lcurl' config.log
expect 'nothing is left in the folder for temporary files' test -z "$(ls tmp)"
printf 'show:\n\t@echo $(bindir) $(mandir)\n' >show.mk
run make -s -f Makefile -f show.mk show
expect_out '/usr/bin /usr/share/man' 'directories are made from each other'

run configure --enable-frobbing --with-cheese=blue --frob=1 -z WHAT=ever
expect_status 0 'unknown options are no reason to stop'
for option in --enable-frobbing --with-cheese --frob -z WHAT; do
	expect_err_match "^configure: warning: $option: " "but $option is warned about"
done
expect_no_match 'frobbing' 'on stderr only'

run configure enable-werror
expect_status 1 'a word that is no option is refused'
expect_err_match '^configure: enable-werror: ' 'by name'
run configure --prefix
expect_status 1 'an option without its value is refused'

run configure --prefix /opt/a --bindir /opt/b CFLAGS='-O1 -g' LDFLAGS=-Wl,--as-needed
expect 'values may follow as words of their own' grep -q '^bindir = /opt/b$' config.mk
expect 'CFLAGS are kept' grep -q '^CFLAGS = -O1 -g$' config.mk
expect 'LDFLAGS are kept' grep -q '^LDFLAGS = -Wl,--as-needed$' config.mk

run env CFLAGS=-O0 "$SMTPDX_SRCDIR/configure" --host=some-strange-machine --build=another-machine
expect_status 0 'a cross-build is prepared'
expect 'with the compiler of the host' grep -q '^CC = some-strange-machine-gcc$' config.mk
expect_match 'PKG_CONFIG\.\.\. some-strange-machine-pkg-config' 'and its pkg-config'
expect 'and CFLAGS from the environment' grep -q '^CFLAGS = -O0$' config.mk

cp config.mk before.mk
run env MISSING=-ljansson "$SMTPDX_SRCDIR/configure" CC=picky-cc PKG_CONFIG=false
expect_status 1 'without a library that is needed there is no build'
expect_err_match '^configure: missing: jansson ' 'and its name is told'
expect_match '^checking for zlib\.\.\. yes, -lz' 'without pkg-config a link decides'
expect 'the old configuration is still there' cmp -s config.mk before.mk
run env MISSING=-lpcap "$SMTPDX_SRCDIR/configure" CC=picky-cc PKG_CONFIG=false
expect_status 0 'without libpcap there is one'
expect 'that does not ask for it' grep -q '^PCAP_LIBS = $' config.mk
run env MISSING=-lpcap "$SMTPDX_SRCDIR/configure" CC=picky-cc PKG_CONFIG=false --with-libpcap
expect_status 1 'unless it was asked for'
run configure --without-libpcap
expect_no_match 'libpcap' 'what is not wanted is not looked for'
run configure CC=/nonexistent/cc
expect_status 1 'a compiler that is not there is told'
expect_err_match '/nonexistent/cc' 'by name'

run configure --enable-sanitizers --enable-coverage --enable-werror
expect 'sanitizers are passed to the compiler' grep -q '^INSTRUMENT.*-fsanitize=address,undefined' config.mk
expect 'so is --coverage' grep -q '^INSTRUMENT.*--coverage' config.mk
expect 'and -Werror' grep -q '^WARNINGS.*-Werror' config.mk

mkdir 'a b'
cd 'a b' || exit 1
run configure
expect_status 1 'make cannot work in a folder with a space, and is spared it'
finish
