/** What the packages of this module share: connections, tables and migrations, dialects. */
@NullMarked
package dev.provisioner.jdbc.internal;

import org.jspecify.annotations.NullMarked;
