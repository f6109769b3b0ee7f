/** Where the collector is installed, unless the administrator chooses another place. */
export const COLLECTOR_PATH = '/usr/local/bin/kernward-collector';

/** Where the script that is run as root is: the one path that sudoers names. */
export const ROOT_SCRIPT_PATH = '/usr/local/sbin/kernward-root';
