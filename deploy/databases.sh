#!/bin/sh
# Runs once, when the volume is new. Creates the role of the services, which only owns their databases, and the databases. The profiles test
# and scale have databases of their own.
set -eu

psql --username=postgres --no-psqlrc --set=ON_ERROR_STOP=1 --quiet <<'END'
\getenv password ATTACHMENTS_DB_PASSWORD
CREATE ROLE attachments LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'password';
CREATE DATABASE attachments OWNER attachments;
CREATE DATABASE attachments_test OWNER attachments;
CREATE DATABASE attachments_scale OWNER attachments;
END
