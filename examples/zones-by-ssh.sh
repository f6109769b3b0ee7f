#!/bin/sh
# A machine in each zone, which has kernward and a way to its hosts; nothing else in common with this one. From here:
#
#   zones-by-ssh.sh vantage-eu vantage-us        a machine a shard, in the order of the plan
#
# Each is given the plan, and asked for one shard; what it reads comes back as a file. A machine that cannot be reached leaves
# a hole, which eval names (exit 3).
set -u
rm -rf plan results && mkdir results
kernward plan -i inventory.yaml --zone-by label:zone --shard-hosts 100000 -o plan || exit
shard=0
for machine; do
  shard=$((shard + 1))
  # The archive comes in by standard input, the readings go out by standard output: nothing stays there.
  tar -cf - plan | ssh -o BatchMode=yes "$machine" "
    folder=\$(mktemp -d) && trap 'rm -rf \"\$folder\"' EXIT && cd \"\$folder\" && tar -xf - &&
    kernward collect --plan plan --shard $shard --quiet" > "results/$shard.jsonl" &
done
wait
kernward eval --plan plan results --waivers waivers.yaml -o table -o html:fleet.html
