#!/bin/sh
#
# The mtu check over paths of 5 and 6 routers, in every combination (see netns/matrix.sh).
#
# once: other paths, the same code as in mtu_matrix_short

. "${0%/*}/lib.sh"
. "${0%/*}/../netns/lib.sh"
. "${0%/*}/../netns/matrix.sh"

netns_enter 'the mtu check over paths of 5 and 6 routers'
check_matrix 5 6
finish
