/** Errors: one root, typed by what the engine may do next. */
@NullMarked
package dev.provisioner.error;

import org.jspecify.annotations.NullMarked;
