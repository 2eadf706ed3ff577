-- Provisioner's tables, version 2, for PostgreSQL 13 and later: the queue. See V1__state.sql for how
-- to run it by hand.
-- The application needs SELECT, INSERT, UPDATE and DELETE on provisioner_job and provisioner_task,
-- and USAGE on provisioner_job_ticket.

-- One row for each job. Times are milliseconds since 1970, by the database's clock.
CREATE TABLE IF NOT EXISTS provisioner_job (
  installation text COLLATE "C" NOT NULL,
  id           text COLLATE "C" NOT NULL,
  plan         text COLLATE "C" NOT NULL,
  tenant       text COLLATE "C" NOT NULL,
  kind         text    NOT NULL, -- PROVISION, DEPROVISION, PURGE
  priority     integer NOT NULL, -- higher first
  not_before   bigint  NOT NULL,
  submitted_at bigint  NOT NULL,
  position     bigint  NOT NULL GENERATED ALWAYS AS IDENTITY,
  status       text    NOT NULL, -- NEW, WAITING, READY, RUNNING, SUCCEEDED, FAILED, CANCELLED
  in_turn      smallint,         -- 1 while it is this job's turn among those of its tenant and plan
  ticket       bigint,           -- given with the turn: higher for later turns
  cancelled    boolean NOT NULL, -- somebody asked for it
  plan_version bigint  NOT NULL,
  fingerprint  text,             -- of the input
  input        bytea,            -- JSON with its secrets sealed; gone when the job has ended
  retention    bigint,           -- milliseconds
  requested_by text,
  run          text,             -- the id of the run it became
  started_at   bigint,
  ended_at     bigint,
  message      text,
  PRIMARY KEY (installation, id)
);

-- At most one job of a tenant and plan has its turn.
CREATE UNIQUE INDEX IF NOT EXISTS provisioner_job_turn
  ON provisioner_job (installation, plan, tenant) WHERE in_turn = 1;
-- Those of a tenant and plan that wait for theirs, in their order.
CREATE INDEX IF NOT EXISTS provisioner_job_line
  ON provisioner_job (installation, plan, tenant, not_before, position)
  WHERE status IN ('NEW', 'WAITING');
-- All of a tenant and plan, for people.
CREATE INDEX IF NOT EXISTS provisioner_job_tenant
  ON provisioner_job (installation, plan, tenant, position);
-- Those nobody has looked at, or that wait for a time.
CREATE INDEX IF NOT EXISTS provisioner_job_new
  ON provisioner_job (installation, not_before, position) WHERE status = 'NEW';
CREATE INDEX IF NOT EXISTS provisioner_job_ended
  ON provisioner_job (installation, ended_at) WHERE ended_at IS NOT NULL;

CREATE SEQUENCE IF NOT EXISTS provisioner_job_ticket;

-- db-scheduler's table: a row for each job that has its turn, and one for each recurring task.
CREATE TABLE IF NOT EXISTS provisioner_task (
  task_name            text COLLATE "C" NOT NULL,
  task_instance        text COLLATE "C" NOT NULL,
  task_data            bytea,
  execution_time       timestamptz NOT NULL,
  picked               boolean     NOT NULL,
  picked_by            text,
  last_success         timestamptz,
  last_failure         timestamptz,
  consecutive_failures integer,
  last_heartbeat       timestamptz,
  version              bigint      NOT NULL,
  priority             smallint,
  PRIMARY KEY (task_name, task_instance)
);

CREATE INDEX IF NOT EXISTS provisioner_task_due
  ON provisioner_task (priority DESC, execution_time ASC) WHERE NOT picked;
CREATE INDEX IF NOT EXISTS provisioner_task_heartbeat
  ON provisioner_task (last_heartbeat) WHERE picked;

INSERT INTO provisioner_schema_version (version, needs) VALUES (2, 1) ON CONFLICT DO NOTHING;
