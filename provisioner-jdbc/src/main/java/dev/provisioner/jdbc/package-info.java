/** State in PostgreSQL or H2, shared by several instances of the host. */
@NullMarked
package dev.provisioner.jdbc;

import org.jspecify.annotations.NullMarked;
