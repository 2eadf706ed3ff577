/** Where state is kept: the store interface, the memory and file stores. */
@NullMarked
package dev.provisioner.state;

import org.jspecify.annotations.NullMarked;
