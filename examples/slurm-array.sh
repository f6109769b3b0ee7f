#!/bin/sh
# Slurm: a fleet in shards, each asked by a task of an array, and judged once. The folder is on a file system that all nodes
# see; from it:
#   kernward plan -i inventory.yaml --shard-hosts 1000 -o plan && mkdir results
#   array=$(sbatch --parsable --array="1-$(jq '.shards | length' plan/plan.json)" slurm-array.sh)
#   sbatch --dependency="afterany:$array" --wrap 'kernward eval --plan plan results -o html:fleet.html'
#SBATCH --job-name=kernward
#SBATCH --time=01:00:00
#SBATCH --mem=1G
# Exit 3: a host did not answer. It stands in the file, and eval says so.
kernward collect --plan plan -i inventory.yaml --quiet -o results/ || [ $? -eq 3 ]
