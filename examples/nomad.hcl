# Nomad: a fleet in shards, each asked by an allocation of its own, and judged once. The clients mount one file system at
# /srv/kernward (or take a volume of kind multi-node-multi-writer there), with inventory.yaml, waivers.yaml, known_hosts and the
# key; from that folder:
#   kernward plan -i inventory.yaml --shard-hosts 1000 -o plan && mkdir results
#   nomad job run -var shards="$(jq '.shards | length' plan/plan.json)" nomad.hcl
# and, when `nomad job status kernward-collect` says that nothing runs any more (by hand, or by cron after the time that it takes):
#   kernward eval --plan plan results --waivers waivers.yaml -o table -o html:fleet.html
variable "shards" {
  type        = number
  description = "How many shards the plan has: fewer allocations leave a hole, which eval names"
}

job "kernward-collect" {
  type = "batch"

  group "shard" {
    count = var.shards

    # A shard whose process dies is begun again once. What then does not come is in the report.
    restart {
      attempts = 1
      mode     = "fail"
    }
    reschedule {
      attempts  = 0
      unlimited = false
    }

    task "collect" {
      driver = "raw_exec"
      user   = "kernward"

      # NOMAD_ALLOC_INDEX says which shard. Exit 3: a host did not answer; it stands in the file, and eval says so.
      config {
        command = "/bin/sh"
        args = [
          "-c",
          "cd /srv/kernward && { kernward collect --plan plan -i inventory.yaml --host-keys file:known_hosts --quiet -o results/ || [ $? -eq 3 ]; }",
        ]
      }

      resources {
        cpu    = 500
        memory = 1024
      }
    }
  }
}
