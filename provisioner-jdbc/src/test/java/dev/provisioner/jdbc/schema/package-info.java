/** Tests on a real server, as an admin user who is no superuser. */
@NullMarked
package dev.provisioner.jdbc.schema;

import org.jspecify.annotations.NullMarked;
