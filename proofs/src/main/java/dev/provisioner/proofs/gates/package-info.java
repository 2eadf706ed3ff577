/** Parks many tenants at a gate and shows that they hold no thread and little memory. */
@NullMarked
package dev.provisioner.proofs.gates;

import org.jspecify.annotations.NullMarked;
