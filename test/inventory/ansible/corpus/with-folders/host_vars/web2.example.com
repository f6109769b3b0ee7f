ansible_port: "2244"
kernward_labels: {owner: me}
