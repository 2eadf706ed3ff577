package dev.provisioner.samples.quickstart;

import dev.provisioner.spi.OutputView;
import dev.provisioner.terraform.StackSpec;

/**
 * How landing zones are made here.
 *
 * @param stacks Terraform stacks, or folders where there is no Terraform
 * @param module the module, without variables
 */
record LandingZones(OutputView<StackSpec, ?, Landing> stacks, StackSpec module) {}
