-- Provisioner's tables, version 2, for H2 2.x: the queue. See V1__state.sql for how it is run.

-- One row for each job. Times are milliseconds since 1970, by the database's clock. Keys are UTF-8.
CREATE TABLE IF NOT EXISTS provisioner_job (
  installation VARBINARY(512) NOT NULL,
  id           VARBINARY(512) NOT NULL,
  plan         VARBINARY(512) NOT NULL,
  tenant       VARBINARY(512) NOT NULL,
  kind         VARCHAR(16)    NOT NULL, -- PROVISION, DEPROVISION, PURGE
  priority     INTEGER        NOT NULL, -- higher first
  not_before   BIGINT         NOT NULL,
  submitted_at BIGINT         NOT NULL,
  position     BIGINT         GENERATED ALWAYS AS IDENTITY,
  status       VARCHAR(16)    NOT NULL, -- NEW, WAITING, READY, RUNNING, SUCCEEDED, FAILED, CANCELLED
  in_turn      SMALLINT,       -- 1 while it is this job's turn among those of its tenant and plan
  ticket       BIGINT,         -- given with the turn: higher for later turns
  cancelled    BOOLEAN        NOT NULL, -- somebody asked for it
  plan_version BIGINT         NOT NULL,
  fingerprint  VARCHAR(256),   -- of the input
  input        VARBINARY(1048576), -- JSON with its secrets sealed; gone when the job has ended
  retention    BIGINT,         -- milliseconds
  requested_by VARCHAR(800),
  run          VARCHAR(128),   -- the id of the run it became
  started_at   BIGINT,
  ended_at     BIGINT,
  message      VARCHAR(4000),
  PRIMARY KEY (installation, id)
);

-- At most one job of a tenant and plan has its turn.
CREATE UNIQUE INDEX IF NOT EXISTS provisioner_job_turn
  ON provisioner_job (installation, plan, tenant, in_turn);
-- Those of a tenant and plan that wait for theirs, in their order.
CREATE INDEX IF NOT EXISTS provisioner_job_line
  ON provisioner_job (installation, plan, tenant, status, not_before, position);
-- All of a tenant and plan, for people.
CREATE INDEX IF NOT EXISTS provisioner_job_tenant
  ON provisioner_job (installation, plan, tenant, position);
-- Those nobody has looked at, or that wait for a time.
CREATE INDEX IF NOT EXISTS provisioner_job_new
  ON provisioner_job (installation, status, not_before, position);
CREATE INDEX IF NOT EXISTS provisioner_job_ended ON provisioner_job (installation, ended_at);

CREATE SEQUENCE IF NOT EXISTS provisioner_job_ticket;

-- db-scheduler's table: a row for each job that has its turn, and one for each recurring task.
CREATE TABLE IF NOT EXISTS provisioner_task (
  task_name            VARCHAR(200)             NOT NULL,
  task_instance        VARCHAR(100)             NOT NULL,
  task_data            VARBINARY(1000),
  execution_time       TIMESTAMP WITH TIME ZONE NOT NULL,
  picked               BOOLEAN                  NOT NULL,
  picked_by            VARCHAR(50),
  last_success         TIMESTAMP WITH TIME ZONE,
  last_failure         TIMESTAMP WITH TIME ZONE,
  consecutive_failures INTEGER,
  last_heartbeat       TIMESTAMP WITH TIME ZONE,
  version              BIGINT                   NOT NULL,
  priority             SMALLINT,
  PRIMARY KEY (task_name, task_instance)
);

CREATE INDEX IF NOT EXISTS provisioner_task_due ON provisioner_task (priority, execution_time);
CREATE INDEX IF NOT EXISTS provisioner_task_heartbeat ON provisioner_task (last_heartbeat);

MERGE INTO provisioner_schema_version (version, needs) KEY (version) VALUES (2, 1);
