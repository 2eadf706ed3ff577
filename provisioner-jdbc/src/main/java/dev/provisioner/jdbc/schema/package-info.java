/** A schema and a login role of PostgreSQL for each tenant. */
@NullMarked
package dev.provisioner.jdbc.schema;

import org.jspecify.annotations.NullMarked;
