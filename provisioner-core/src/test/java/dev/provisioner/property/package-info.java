/** Properties that every value must keep, and hostile values to try them on. */
@NullMarked
package dev.provisioner.property;

import org.jspecify.annotations.NullMarked;
