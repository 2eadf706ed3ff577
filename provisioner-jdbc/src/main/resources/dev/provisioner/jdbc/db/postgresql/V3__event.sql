-- Provisioner's tables, version 3, for PostgreSQL 13 and later: the audit log.
-- Run as V1__state.sql is. Releases that know version 1 alone can go on beside it.
-- The application needs SELECT, INSERT and DELETE on provisioner_event.

-- One row for each recorded event. Written by the AuditLog; to be read by whoever may.
CREATE TABLE IF NOT EXISTS provisioner_event (
  installation text COLLATE "C" NOT NULL,
  tenant       text COLLATE "C" NOT NULL,
  plan         text COLLATE "C" NOT NULL,
  sequence     bigint           NOT NULL, -- rises by one with each event of this tenant and plan
  happened_at  timestamptz      NOT NULL, -- by the clock of the engine that recorded it
  run          text COLLATE "C" NOT NULL,
  requested_by text,                      -- who asked for the run, if the host said so
  event        text             NOT NULL, -- RunStarted, StepDone, ...
  step         text,
  work         text,                      -- provision, deprovision or purge, when a run begins
  outcome      text,                      -- SUCCEEDED, created, failed, ... when something ends
  took_millis  bigint,
  description  text             NOT NULL, -- a line for people
  PRIMARY KEY (installation, tenant, plan, sequence)
);

CREATE INDEX IF NOT EXISTS provisioner_event_time
  ON provisioner_event (installation, happened_at, plan, tenant, sequence);

CREATE INDEX IF NOT EXISTS provisioner_event_run ON provisioner_event (installation, run);

INSERT INTO provisioner_schema_version (version, needs) VALUES (3, 1) ON CONFLICT DO NOTHING;
