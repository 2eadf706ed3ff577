-- Provisioner's tables, version 1, for PostgreSQL 13 and later.
--
-- JdbcStateStore.on(dataSource).createTables() runs this file. To run it by hand instead:
--   psql -1 -v ON_ERROR_STOP=1 -c 'SET search_path TO "the schema"' -f V1__state.sql
-- Another tablePrefix(...) takes the place of "provisioner_" everywhere. Running it again is harmless.
-- The application needs SELECT, INSERT, UPDATE and DELETE on provisioner_state, and SELECT on
-- provisioner_schema_version.

-- What has been applied. A release refuses tables that need a version it does not know.
CREATE TABLE IF NOT EXISTS provisioner_schema_version (
  version    integer     NOT NULL PRIMARY KEY,
  needs      integer     NOT NULL, -- the lowest version a release must know to use the tables
  applied_at timestamptz NOT NULL DEFAULT now()
);

-- One row for each tenant under each plan.
CREATE TABLE IF NOT EXISTS provisioner_state (
  installation text COLLATE "C" NOT NULL, -- "C": compared byte for byte
  plan         text COLLATE "C" NOT NULL,
  tenant       text COLLATE "C" NOT NULL,
  revision     uuid             NOT NULL, -- another for each write
  lifecycle    text             NOT NULL, -- NEW, ACTIVE, RETAINED, PURGED
  run_status   text             NOT NULL, -- RUNNING, ROLLING_BACK, SUCCEEDED, FAILED, CANCELLED
  plan_version bigint           NOT NULL,
  due_at       bigint,                    -- milliseconds since 1970; to_timestamp(due_at / 1000.0)
  updated_at   text             NOT NULL, -- ISO 8601, by the writer's clock
  document     bytea            NOT NULL, -- JSON in UTF-8; convert_from(document, 'UTF8')
  PRIMARY KEY (installation, plan, tenant)
);

-- Cheaper to write than the default, where the server has it: from PostgreSQL 14, if built with it.
DO $$
BEGIN
  EXECUTE 'ALTER TABLE provisioner_state ALTER COLUMN document SET COMPRESSION lz4';
EXCEPTION WHEN syntax_error OR feature_not_supported THEN
  NULL;
END
$$;

CREATE INDEX IF NOT EXISTS provisioner_state_due
  ON provisioner_state (installation, due_at) WHERE due_at IS NOT NULL;

INSERT INTO provisioner_schema_version (version, needs) VALUES (1, 1) ON CONFLICT DO NOTHING;
