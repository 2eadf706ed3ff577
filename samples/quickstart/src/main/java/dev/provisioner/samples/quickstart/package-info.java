/** A dozen tenants through a plan of seven steps, one of them a real Terraform stack. */
@NullMarked
package dev.provisioner.samples.quickstart;

import org.jspecify.annotations.NullMarked;
