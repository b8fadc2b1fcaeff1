#!/bin/sh
# Run once, when the volume is new: the role of the services, which owns their databases and may do nothing else on the server, and the
# databases. The profiles test and scale keep out of the one that the plain stack uses.
set -eu

psql --username=postgres --no-psqlrc --set=ON_ERROR_STOP=1 --quiet <<'END'
\getenv password ATTACHMENTS_DB_PASSWORD
CREATE ROLE attachments LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
CREATE DATABASE attachments OWNER attachments;
CREATE DATABASE attachments_test OWNER attachments;
CREATE DATABASE attachments_scale OWNER attachments;
END
