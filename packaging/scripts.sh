# What both kinds of packages do when they are installed and removed; the release puts each function into the script that
# calls it. The account holds the key of the audit and owns the reports: it is made once, and stays until a purge.
make_account() {
  getent passwd kernward >/dev/null ||
    useradd --system --user-group --home-dir /var/lib/kernward --no-create-home --shell /usr/sbin/nologin \
      --comment 'audit of the fleet' kernward
  test -d /var/lib/kernward || mkdir -m 0700 /var/lib/kernward
  chown kernward:kernward /var/lib/kernward
}
reload_systemd() {
  test ! -d /run/systemd/system || systemctl daemon-reload
}
stop_timer() {
  test ! -d /run/systemd/system || systemctl disable --now kernward.timer kernward.service
}
remove_account() {
  rm -rf /var/lib/kernward
  ! getent passwd kernward >/dev/null || userdel kernward
}
