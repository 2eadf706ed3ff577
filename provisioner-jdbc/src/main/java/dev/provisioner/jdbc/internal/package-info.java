/** What the packages of this module share. Not exported. */
@NullMarked
package dev.provisioner.jdbc.internal;

import org.jspecify.annotations.NullMarked;
