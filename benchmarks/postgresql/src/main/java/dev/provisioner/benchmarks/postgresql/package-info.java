/** Side by side with others on one PostgreSQL server. */
@NullMarked
package dev.provisioner.benchmarks.postgresql;

import org.jspecify.annotations.NullMarked;
