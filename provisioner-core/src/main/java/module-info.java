/** Embeddable tenant provisioning: plans, provisioner and store interfaces, the engine. */
module dev.provisioner.core {
  requires com.fasterxml.jackson.databind;
  requires io.github.resilience4j.core;
  requires io.github.resilience4j.retry;
  requires static transitive org.jspecify;
  requires org.slf4j;

  exports dev.provisioner.engine;
  exports dev.provisioner.error;
  exports dev.provisioner.event;
  exports dev.provisioner.gate;
  exports dev.provisioner.plan;
  exports dev.provisioner.secret;
  exports dev.provisioner.spi;
  exports dev.provisioner.state;
  exports dev.provisioner.tenant;
}
