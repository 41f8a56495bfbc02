#!/bin/sh
# causes.sh FOLDER - the causes of the pictures: those beside this script, and all others as good as impossible
set -eu
here=${0%/*}
mkdir -p "$1"
for cause in "$here"/../../../help/causes/*.cause; do
	name=${cause##*/}
	printf 'cause: %s\ntitle: %s\nprior: -60\nsupport +1 limit.match = yes\n  it may be\nwhy\n  It is not.\n' \
		"${name%.cause}" "${name%.cause}" >"$1/$name"
done
cp "$here"/*.cause "$1"
