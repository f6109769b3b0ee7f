#!/bin/sh
# Node.js forgets at its start that nohup made it ignore SIGHUP: a shell has to look before it.
while IFS= read -r l; do case $l in SigIgn:*[13579bdf]) KERNWARD_NOHUP=1; export KERNWARD_NOHUP;; esac; done 2>/dev/null </proc/$$/status
exec /usr/lib/kernward/kernward "$@"
