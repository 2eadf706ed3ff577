/** State in PostgreSQL or H2, shared by several instances of the host; a schema for each tenant. */
module dev.provisioner.jdbc {
  requires com.github.kagkarlsson.scheduler;
  requires transitive dev.provisioner.core;
  requires transitive java.sql;
  requires static transitive org.jspecify;
  requires org.slf4j;

  exports dev.provisioner.jdbc;
  exports dev.provisioner.jdbc.queue;
  exports dev.provisioner.jdbc.schema;
}
