#!/bin/sh
# Every night: ask the fleet, write what changed since the last night into the reports, and tell people what they do not know yet.
#
#   nightly.sh [FOLDER]      where the reports and the history are (default: /var/lib/kernward)
#
# It exits as kernward does: 0 and 1 are answers, 3 says that not every host gave one, and 2 and 4 that nobody may rely on it.
cd "${1:-/var/lib/kernward}" || exit 2
set --
if [ -e last-night.json ]; then set -- --baseline last-night.json; fi
code=0
kernward scan -i /etc/kernward/inventory.yaml --waivers /etc/kernward/waivers.yaml --deadline 3600 --quiet \
  --history=history.db --notify /etc/kernward/notify.yaml "$@" \
  -o table -o json:tonight.json -o html:latest.html -o csv-hosts:hosts.csv -o csv-summary:summary.csv || code=$?
# A night that came to no report, or not to its end, is none to compare with.
case $code in
  0 | 1 | 3 | 4) if [ -e tonight.json ]; then mv tonight.json last-night.json; fi ;;
esac
exit "$code"
