#!/bin/sh
# Every scenario of the demo on the screen, from the first page to a saved report that names the cause that it expects.
. "${0%/*}/lib.sh"

play=$SMTPDX_BUILDDIR/obj/tests/screen/play
if [ ! -x "$play" ]; then
	skip 'the screen' 'libvterm is not installed'
	finish
fi

expected_cause() { # NAME
	sed -n 's/^expect: //p' "$SMTPDX_SRCDIR/help/demo/$1.demo"
}

title() { # CAUSE
	sed -n 's/^title: //p' "$SMTPDX_SRCDIR/help/causes/$1.cause"
}

# The first sentence of a report, below its heading, without line ends.
verdict() { # FILE
	sed '1,2d; /^$/q' "$1" | tr '\n' ' '
}

# What a person sees of a title where a line has little room for it.
first_words() { # CAUSE
	title "$1" | cut -c 1-25 | sed 's/ [^ ]*$//'
}

go_through() ( # NAME [SECONDS]: leaves NAME/report.txt, NAME/played, NAME/status
	folder=$folder/$1 cause=$(expected_cause "$1")
	mkdir "$folder"
	cat >"$folder/scenario.play" <<-END
		env XDG_STATE_HOME=$folder/state
		patience ${2:-10}
		start demo $1
		wait What is checked
		key Enter
		see diagnosis
		marked $(first_words "$cause")
		key f
		wait fix
		key Enter
		wait Where shall the report go
		type $folder/report.txt
		key Enter
		see Written to
		key q
		ended status $([ "$cause" = healthy ] && echo 0 || echo 1)
		restored
		meant
	END
	"$play" "$folder/scenario.play" >"$folder/played" 2>&1
	echo $? >"$folder/status"
)

arrives() { # NAME
	cause=$(expected_cause "$1")
	expect "$1: from the first page to the last" [ "$(cat "$1/status")" = 0 ] || sed "s/^/# /" "$1/played"
	sentence=$(title "$cause")
	[ "$cause" != healthy ] || sentence='nothing is wrong'
	case $(verdict "$1/report.txt") in
	*": $sentence"[\ .,]*) ok "$1: the saved report names $cause" ;;
	*)
		not_ok "$1: the saved report names $cause"
		head "$1/report.txt" | sed 's/^/# /'
		;;
	esac
}

# Those that take long do so by waiting; the others have their turns meanwhile. Under valgrind one is enough: the pages are
# the same, and test_demo has the scenarios.
long='data-timeout dead-resolver slow-banner tarpit'
[ -z "$SMTPDX_SLOW" ] || long=
for name in $long; do go_through "$name" 30 & done
for file in "$SMTPDX_SRCDIR"/help/demo/*.demo; do
	name=${file##*/}
	name=${name%.demo}
	[ -z "$SMTPDX_SLOW" ] || [ "$name" = tls-broken ] || continue
	set -- "$@" "$name"
	case " $long " in *" $name "*) ;; *) go_through "$name" ;; esac
done
wait
for name; do arrives "$name"; done

finish
