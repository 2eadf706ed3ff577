-- Provisioner's tables, version 3, for H2 2.x: the audit log.
-- Run as V1__state.sql is. Releases that know version 1 alone can go on beside it.

-- One row for each recorded event. Written by the AuditLog; to be read by whoever may.
CREATE TABLE IF NOT EXISTS provisioner_event (
  installation VARBINARY(512)              NOT NULL,
  tenant       VARBINARY(512)              NOT NULL,
  plan         VARBINARY(512)              NOT NULL,
  sequence     BIGINT                      NOT NULL, -- rises by one with each event of this tenant and plan
  happened_at  TIMESTAMP(6) WITH TIME ZONE NOT NULL, -- by the clock of the engine that recorded it
  run          VARCHAR(1000)               NOT NULL,
  requested_by VARCHAR(1000),                        -- who asked for the run, if the host said so
  event        VARCHAR(100)                NOT NULL, -- RunStarted, StepDone, ...
  step         VARCHAR(1000),
  work         VARCHAR(100),                         -- provision, deprovision or purge, when a run begins
  outcome      VARCHAR(2000),                        -- SUCCEEDED, created, failed, ... when something ends
  took_millis  BIGINT,
  description  VARCHAR(1000000)            NOT NULL, -- a line for people
  PRIMARY KEY (installation, tenant, plan, sequence)
);

CREATE INDEX IF NOT EXISTS provisioner_event_time
  ON provisioner_event (installation, happened_at, plan, tenant, sequence);

CREATE INDEX IF NOT EXISTS provisioner_event_run ON provisioner_event (installation, run);

MERGE INTO provisioner_schema_version (version, needs) KEY (version) VALUES (3, 1);
