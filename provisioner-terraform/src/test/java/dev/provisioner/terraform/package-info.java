/** Tests of Terraform stacks. */
@NullMarked
package dev.provisioner.terraform;

import org.jspecify.annotations.NullMarked;
