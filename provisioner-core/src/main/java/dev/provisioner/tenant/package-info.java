/** Who is provisioned: tenant ids, and names that are safe to derive from them. */
@NullMarked
package dev.provisioner.tenant;

import org.jspecify.annotations.NullMarked;
