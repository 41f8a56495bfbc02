#!/bin/sh
# A terminal of a type that nobody knows: taken for an xterm, for a vt100 where only that is known, and served line by line
# where none is; each with a line that says so. The types are hidden in a mount namespace.
#
# once: what is looked at is a table of names; screen_terminal has the screens

. "${0%/*}/lib.sh"

play=$SMTPDX_BUILDDIR/obj/tests/screen/play
if [ ! -x "$play" ]; then
	skip 'the types of terminals' 'libvterm is not installed'
	finish
fi
if [ "$(id -u)" != 0 ] || ! unshare -m true 2>/dev/null; then
	skip 'the types of terminals' 'hiding them takes root'
	finish
fi

hidden() { # FILE TYPE...: a program that is smtpdx on a machine that knows these types only
	file=$1
	shift
	mkdir "$file.types"
	for type; do
		mkdir -p "$file.types/${type%"${type#?}"}"
		cp "$(find /lib/terminfo /usr/share/terminfo /etc/terminfo -path "*/$type" 2>/dev/null | head -1)" \
			"$file.types/${type%"${type#?}"}/"
	done
	cat >"$file" <<-END
		#!/bin/sh
		exec unshare -m sh -c '
			for place in /etc/terminfo /lib/terminfo /usr/share/terminfo; do
				if [ -d "\$place" ]; then mount --bind "$PWD/$file.types" "\$place" || exit 9; fi
			done
			exec "$SMTPDX" "\$@"' sh "\$@"
	END
	chmod 755 "$file"
}

hidden old vt100
hidden none
cat >types.play <<-END
	env TERM=frobnicator-3000
	env HOME=$PWD
	env XDG_STATE_HOME=$PWD/state
	env SMTPDX=$PWD/old
	start
	see What is wrong?
	see TERM=frobnicator-3000 is not known on this machine; taken for vt100
	colour no
	key Down
	marked Mail that others
	key q
	ended status 3
	restored
	env SMTPDX=$PWD/none
	start
	see TERM=frobnicator-3000 is not known on this machine; line by line instead
	see What is wrong?
	type quit
	key Enter
	ended status 3
	restored
	meant
END
"$play" "$PWD/types.play" >played 2>&1
ran='smtpdx with an unknown TERM' status=$?
cp played out
: >err
expect_status 0 'a terminal of an unknown type is served by what is known'
finish
