/** What several packages of this module share; not exported. */
@NullMarked
package dev.provisioner.internal;

import org.jspecify.annotations.NullMarked;
