/** Tests of the stores in databases. */
@NullMarked
package dev.provisioner.jdbc;

import org.jspecify.annotations.NullMarked;
