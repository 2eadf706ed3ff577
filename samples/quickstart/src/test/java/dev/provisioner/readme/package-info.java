/** The code that the README shows, compiled and run. */
@NullMarked
package dev.provisioner.readme;

import org.jspecify.annotations.NullMarked;
