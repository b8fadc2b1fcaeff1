-- Run once, when the volume is new. The profiles test and scale keep out of the database that the plain stack uses.
CREATE DATABASE attachments_test;
CREATE DATABASE attachments_scale;
