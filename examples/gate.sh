#!/bin/sh
# A gate before a rollout, for whatever reads an exit code: an Argo Workflows step, the Job of an Argo Rollouts analysis,
# Spinnaker's Run Job or Script stage, a deploy script.
#
#   gate.sh [PATTERN]        the hosts that the rollout will touch, as for --limit; without it all
#
# Its last line on standard output is the decision. It exits:
#   0   promote  kernward's 0: every host answered and nothing is in the way
#   1   stop     kernward's 1: a machine would take itself down
#   75  hold     kernward's 3: not every host answered; try again (Argo Workflows: retryStrategy with the
#                expression asInt(lastRetry.exitCode) == 75)
#   70  broken   kernward's 2 (the input is wrong), 4 (a bug, or gate.json could not be written), and everything else, such
#                as 127 where there is no kernward: a person must look
code=0
kernward scan -i inventory.yaml -l "${1:-all}" --waivers waivers.yaml --deadline 600 --quiet -o table -o json:gate.json || code=$?
case $code in
  0) decision='promote' status=0 ;;
  1) decision='stop: a machine would take itself down, see the table' status=1 ;;
  3) decision='hold: not every host answered, so nothing is proven' status=75 ;;
  2) decision='broken: the inventory, the waivers or the command line is wrong' status=70 ;;
  *) decision="broken: kernward exited $code" status=70 ;;
esac
echo "decision: $decision"
exit "$status"
