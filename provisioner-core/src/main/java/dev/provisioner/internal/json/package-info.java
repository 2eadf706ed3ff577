/** How values are recorded as JSON, with every secret sealed; not exported. */
@NullMarked
package dev.provisioner.internal.json;

import org.jspecify.annotations.NullMarked;
