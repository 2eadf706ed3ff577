/**
 * Terraform and OpenTofu stacks as a provisioner.
 *
 * <p>Start at {@link dev.provisioner.terraform.TerraformStacks}.
 */
@NullMarked
package dev.provisioner.terraform;

import org.jspecify.annotations.NullMarked;
