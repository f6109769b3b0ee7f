"""
Run by tuned-oracle.ts where /etc, /run, /proc/sys and /sys/kernel/mm are scratch: writes each tree of the file that is named, has
tuned's own loader, manager and plugins apply its active profile as the daemon does when it starts, and prints a line a tree: what
the probe's awk tells of the files, and what stands in each file of the kernel then.
"""
import json
import os
import shutil
import subprocess
import sys

import tuned.consts as consts
import tuned.logs
from tuned.plugins.exceptions import NotSupportedPluginException
from tuned.plugins.instance.factory import Factory as InstanceFactory
from tuned.plugins.plugin_sysctl import SysctlPlugin
from tuned.plugins.plugin_sysfs import SysfsPlugin
from tuned.plugins.plugin_vm import VMPlugin
from tuned.profiles.factory import Factory
from tuned.profiles.loader import Loader
from tuned.profiles.locator import Locator
from tuned.profiles.merger import Merger
from tuned.profiles.variables import Variables
from tuned.units.manager import Manager
from tuned.utils.global_config import GlobalConfig

given = json.load(open(sys.argv[1]))
UNTOUCHED = "untouched"
PLUGINS = {"sysctl": SysctlPlugin, "vm": VMPlugin, "sysfs": SysfsPlugin}


class Storage:
    """What tuned remembers from one start to the next: nothing, at a boot."""

    def create(self, *names):
        return self

    def get(self, key, default=None):
        return default

    def set(self, key, value):
        pass

    def unset(self, key):
        pass


class Hardware:
    """None of these plugins has devices."""

    def start_processing_events(self):
        pass


class Repository:
    def __init__(self, config, variables):
        self.more = (config, variables)

    def create(self, name):
        if name not in PLUGINS:
            raise NotSupportedPluginException(name)
        return PLUGINS[name](None, Storage(), Hardware(), None, None, InstanceFactory(), *self.more)


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


def apply(nodes):
    config = GlobalConfig("/etc/tuned/tuned-main.conf")
    variables = Variables()
    # What the daemon reads of them: controller.py and commands.py, get_active_profile().
    profiles = open("/etc/tuned/active_profile").read().strip().split()
    locator = Locator(given["directories"])
    known = locator.get_known_names()
    if any(name not in known for name in profiles):
        return
    profile = Loader(locator, Factory(), Merger(), config, variables).load(profiles)
    manager = Manager(Repository(config, variables), None, consts.DEFAULT_PLUGIN_PRIORITY if hasattr(consts, "DEFAULT_PLUGIN_PRIORITY") else 0, Hardware(), config)
    manager.create(profile.units)
    manager.start_tuning()


tuned.logs.get().setLevel("CRITICAL")
for tree in given["trees"]:
    for directory in ["/etc/tuned", "/etc/sysctl.d", "/run/sysctl.d", *given["directories"]]:
        shutil.rmtree(directory, ignore_errors=True)
        os.makedirs(directory, exist_ok=True)
    for node in tree["nodes"]:
        write(node["path"], node["text"])
    write(given["cmdline"], tree["cmdline"] + "\n")
    for path in given["settings"]:
        write(path, UNTOUCHED)
    failed = None
    try:
        apply(tree["nodes"])
    except Exception as error:
        failed = str(error)
    values = {}
    for path in given["settings"]:
        with open(path) as file:
            value = file.read()
        if value != UNTOUCHED:
            values[path] = value
    # Of those that the probe lists.
    files = [node["path"] for node in tree["nodes"] if not node["path"].endswith(".txt")]
    told = subprocess.run([*given["awk"], *files], capture_output=True, text=True, check=True).stdout
    print(json.dumps({"told": told.split("\n"), "values": values, "failed": failed}))
