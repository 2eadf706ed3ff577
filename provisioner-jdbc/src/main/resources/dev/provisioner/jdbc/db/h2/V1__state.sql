-- Provisioner's tables, version 1, for H2 2.x.
--
-- JdbcStateStore.on(dataSource).createTables() runs this file in the schema of the store. Another
-- tablePrefix(...) takes the place of "provisioner_" everywhere. Running it again is harmless, and
-- goes on where it was broken off: H2 commits each statement by itself.

-- What has been applied. A release refuses tables that need a version it does not know.
CREATE TABLE IF NOT EXISTS provisioner_schema_version (
  version    INTEGER                  NOT NULL PRIMARY KEY,
  needs      INTEGER                  NOT NULL, -- the lowest version a release must know
  applied_at TIMESTAMP WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP NOT NULL
);

-- One row for each tenant under each plan. Keys are UTF-8, compared byte for byte whatever the
-- collation of the database: UTF8TOSTRING(tenant), and tenant = STRINGTOUTF8('acme').
CREATE TABLE IF NOT EXISTS provisioner_state (
  installation VARBINARY(512)     NOT NULL,
  plan         VARBINARY(512)     NOT NULL,
  tenant       VARBINARY(512)     NOT NULL,
  revision     UUID               NOT NULL, -- another for each write
  lifecycle    VARCHAR(16)        NOT NULL, -- NEW, ACTIVE, RETAINED, PURGED
  run_status   VARCHAR(16)        NOT NULL, -- RUNNING, ROLLING_BACK, SUCCEEDED, FAILED, CANCELLED
  plan_version BIGINT             NOT NULL,
  due_at       BIGINT,                      -- milliseconds since 1970
  updated_at   VARCHAR(64)        NOT NULL, -- ISO 8601, by the writer's clock
  document     VARBINARY(1048576) NOT NULL, -- JSON in UTF-8; as long as H2 lets a value be
  PRIMARY KEY (installation, plan, tenant)
);

CREATE INDEX IF NOT EXISTS provisioner_state_due ON provisioner_state (installation, due_at);

MERGE INTO provisioner_schema_version (version, needs) KEY (version) VALUES (1, 1);
