/** What a provisioner implements, and what it is given. */
@NullMarked
package dev.provisioner.spi;

import org.jspecify.annotations.NullMarked;
