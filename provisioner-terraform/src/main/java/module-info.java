/** Terraform and OpenTofu stacks as a provisioner. */
module dev.provisioner.terraform {
  requires com.fasterxml.jackson.databind;
  requires transitive dev.provisioner.core;
  requires static transitive org.jspecify;
  requires org.slf4j;

  exports dev.provisioner.terraform;

  // specs and outputs are recorded as JSON
  opens dev.provisioner.terraform to
      dev.provisioner.core,
      com.fasterxml.jackson.databind;
}
