-- Runs once, when the volume is new. The profiles test and scale have databases of their own.
CREATE DATABASE attachments_test;
CREATE DATABASE attachments_scale;
