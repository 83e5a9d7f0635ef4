"""A private PostgreSQL and PostGIS cluster, made, started and stopped by the register itself.

Where things are::

    QALA_HOME/             default ~/.local/share/qala
    ├── secret             every login's password is derived from it; mode 0600
    ├── port               the loopback port, kept from one start to the next
    ├── lock, users        locked by who is starting it, and by each who is using it
    └── place              only where the server can't live in QALA_HOME: names the folder that it lives in
    the place/             QALA_HOME itself, or /var/lib/qala/<hash of QALA_HOME>
    ├── data/              PostgreSQL's data directory
    ├── log/               a week of logs, one file a weekday
    ├── run/               the unix socket; in /tmp or /run where the path is too long for one
    ├── postgresql.conf    written anew at every start
    └── ephemeral          present while the last user is to stop it

PostgreSQL refuses to run as root. Started by root, the server runs as the owner of QALA_HOME where that is an ordinary
user, else as ``postgres``, else as a system user ``qala`` made for it. That user can't enter /root, nor any other
folder closed to it; the place is then ``/var/lib/qala/<hash>``. The system's own clusters are never touched.

Every login needs a password (scram-sha-256). ``Cluster.password(role)`` derives it from the secret, so that a migration
that makes a login needs no store for it.
"""

from gis.cluster.cluster import Cluster, ClusterFailed, Status
from gis.cluster.ownership import WrongOwner
from gis.cluster.places import default_home
from gis.cluster.server import NoServer, Server, find_server

__all__ = ["Cluster", "ClusterFailed", "NoServer", "Server", "Status", "WrongOwner", "default_home", "find_server"]
